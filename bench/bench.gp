# SPDX-License-Identifier: MIT
# Figures of `make bench`: what share of the core's peak whole training steps and single products
# reach, and the engine's ratio to PyTorch.
load 'plots/style.gp'

one(program) = rows("throughput", "threads=1 program=" . program)
torch = int(system("grep -c ',eager,' " . table("throughput")))
blas = int(system("grep -c ',openblas,' " . table("throughput")))
place(batch) = batch == 100 ? "" : sprintf("\nbatch %d", batch)
name(w, b) = plain(w) . place(b)

# by place of the workload
$floors << EOD
place,floor
0,1.65
1,1.25
2,2
3,5
4,20
5,1.8
EOD

# ---- whole steps ----
eval figure("throughput", 1000, 480)
eval headline("Training steps on one core", \
    "Share of the peak; batch 100 unless said. Left out multiplications (zeros of the input, " . \
    "taps on the padding) count as done.")
set xlabel " "; set bmargin 7
set ylabel "share of the FMA peak (%)"
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.85 noborder
set boxwidth 0.9
set yrange [0:*]
set xtics nomirror scale 0 font ",10"
set grid noxtics
counted(program) = "< bands --rows '" . table("throughput") . "' 'threads=1 program=" . program . \
    "' | grep -v '^parity'"
plot counted("own") using (100 * column("share_of_fma_peak")): \
         xtic(name(strcol("workload"), column("batch"))) lt 1 title "own engine", \
     counted(blas ? "openblas" : "own") using (blas ? 100 * column("share_of_fma_peak") : 0) lt 2 \
         title "OpenBLAS", \
     counted(torch ? "best" : "own") using (torch ? 100 * column("share_of_fma_peak") : 0) lt 3 \
         title "PyTorch, fastest form", \
     counted(torch ? "eager" : "own") using (torch ? 100 * column("share_of_fma_peak") : 0) lt 5 \
         title "PyTorch, as tutorials write it"

# ---- against PyTorch ----
if (torch) {
    eval figure("ratios", 1000, 480)
    eval headline("The engine against PyTorch, one thread each", \
        "Samples per CPU-second, own / PyTorch: median of paired ratios. " . \
        "Bars: its 95 % interval; crosses: the floors. (parity: throughput.csv)")
    set logscale y
    set xlabel " "; set bmargin 7
    set ylabel "times as fast"
    set xrange [-0.5:6.5]; set yrange [0.9:40]
    set xtics nomirror scale 0 font ",10"
    set grid noxtics
    eval mark_y(1, "as fast as PyTorch")
    plot one("own") using 0:"ratio_to_eager":xtic(name(strcol("workload"), column("batch"))) \
             @dots lt 1 ps 1.4 title "PyTorch as tutorials write it", \
         '' using 0:"ratio_to_best" @dots lt 3 ps 1.4 title "its fastest form", \
         '' using 0:"ratio_low":(0):(column("ratio_high") - column("ratio_low")) \
             with vectors nohead lt 9 lw 2 notitle, \
         $floors using (column("place") + 0.12):"floor" @cross title "floor"
}

# ---- products and convolutions by themselves ----
label(shape, form) = plain(shape) . "  " . plain(form)
eval figure("shapes", 820, 960)
eval headline("Products and convolutions by themselves", \
    "Share of the peak; above 100 % where zeros or padding are skipped")
set xlabel "share of the FMA peak (%)"; set bmargin 5
set xrange [0:*]
set yrange [*:*] reverse
set offsets 0, 0, 0.7, 0.7
set ytics nomirror scale 0 font ",9"
set grid xtics ytics
side(program) = rows("shapes", "program=" . program)
plot side("own") using (100 * column("share_of_fma_peak")):0: \
         ytic(label(strcol("shape"), strcol("form"))) @dots lt 1 ps 1 title "own engine", \
     side(blas ? "openblas" : "own") using (100 * column("share_of_fma_peak")):0 @dots lt 6 ps 1 \
         title (blas ? "OpenBLAS" : "")
