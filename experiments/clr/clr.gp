# SPDX-License-Identifier: MIT
# Figures 1 and 4 of the paper, Table 1 with the paper's numbers, and the control it lacks.
load 'plots/style.gp'

divisor = scale eq "paper" ? 1 : scale eq "desk" ? 50 : 500
net = scale eq "paper" ? "cifar10_full" : sprintf("cifar10_quick%s, 1/%d as long", scale eq "desk" ? " at 16 x 16" : "", divisor)
# one policy keeps one colour through all figures: its place here
policies = "fixed triangular2 exp decay exp_range exp_range_amplitude decay_drops triangular"
colour(p) = sum [place = 1:words(policies)] (word(policies, place) eq p ? place : 0)
label(p) = p eq "exp_range_amplitude" ? plain("exp_range, amplitude alone") : \
    p eq "decay_drops" ? "decay with the two drops" : plain(p)
curve(p) = bands("curve", "test_accuracy", "iteration", "policy=" . p)
star = "with points pt 3 ps 1.2 lw 1.5"
runs = of_seeds("Medians and quartiles of the seeds.") . " " . net . "."

# ---- Figure 1 ----
$fig1_triangular2 << END
iteration,accuracy
4000,.735
6000,.70
8000,.77
10000,.74
12000,.78
16000,.80
25000,.814
END
$fig1_fixed << END
iteration,accuracy
5000,.69
15000,.75
55000,.785
60000,.81
65000,.815
END
$fig1_exp << END
iteration,accuracy
45000,.79
70000,.79
END
eval figure("figure1", 720, 480)
eval headline("Cyclical rates on CIFAR-10 (CLR Figure 1)", \
    runs . " Stars: the paper's figure.")
set xlabel "iteration"; set ylabel "test accuracy (%)"
set xrange [0:70000 / divisor]
plot for [p in "fixed exp triangular2"] curve(p) \
         using "iteration":(100 * column("low")):(100 * column("high")) @band lt colour(p) \
         notitle, \
     for [p in "fixed exp triangular2"] curve(p) \
         using "iteration":(100 * column("median")) @median lt colour(p) title label(p), \
     $fig1_fixed using ($1 / divisor):(100 * $2) @star lc rgb "#0072B2" notitle, \
     $fig1_exp using ($1 / divisor):(100 * $2) @star lc rgb "#009E73" notitle, \
     $fig1_triangular2 using ($1 / divisor):(100 * $2) @star lc rgb "#D55E00" notitle

# ---- Figure 4 ----
eval figure("figure4", 720, 480)
eval headline("Exponential decay with and without cycles (CLR Figure 4)", \
    runs . " Stars: Table 1.")
set xlabel "iteration"; set ylabel "test accuracy (%)"
set xrange [0:70000 / divisor]
$fig4 << END
iteration,accuracy
70000,79.1
42000,82.2
END
plot for [p in "exp exp_range exp_range_amplitude"] curve(p) \
         using "iteration":(100 * column("low")):(100 * column("high")) @band lt colour(p) \
         notitle, \
     for [p in "exp exp_range exp_range_amplitude"] curve(p) \
         using "iteration":(100 * column("median")) @median lt colour(p) title label(p), \
     $fig4 using ($1 / divisor):2 @star lc rgb "#5A5A5A" title "Table 1"

# ---- Table 1 ----
# policies, iterations, the paper's numbers (0: none)
policy = "fixed triangular2 decay exp exp_range exp_range exp_range exp_range_amplitude " . \
    "exp_range_amplitude exp_range_amplitude fixed decay_drops triangular"
iteration = "70000 25000 25000 70000 40000 42000 44000 40000 42000 44000 25000 25000 24000"
there = "81.4 81.4 78.5 79.1 0 82.2 0 0 82.2 0 0 0 0"
points = " " . system(sprintf("tail -n +2 '%s/curve.csv' | cut -d, -f1,3 | sort -u | tr '\\n' ' '", in))
lines = ""
do for [k = 1:words(policy)] {
    point = sprintf(" %s,%d ", word(policy, k), int(word(iteration, k)) / divisor)
    if (strstrt(points, point) > 0) { lines = lines . " " . k }
}
if (words(lines) == 0) { lines = "1" }
name(k) = word(policy, int(word(lines, k)))
when(k) = int(word(iteration, int(word(lines, k)))) / divisor
number(k) = real(word(there, int(word(lines, k))))
at(k) = sprintf("policy=%s iteration=%d", name(k), when(k))
eval figure("table1", 920, 600)
eval headline("Test accuracy by policy and iteration (CLR Table 1)", \
    of_seeds("Dots: seeds. Bars: 95 % of their median.") . " " . \
    (scale eq "paper" ? "Stars: the paper. " : "") . net . ".")
set xlabel "test accuracy (%)"; unset ylabel
set lmargin 36; set key off
set yrange [words(lines) + 0.6:0.4]
if (scale eq "paper") { set xrange [74:84] }
set grid noytics
set ytics ("" 0)
do for [k = 1:words(lines)] {
    set ytics add (sprintf("%s, %d", label(name(k)), when(k)) k)
    if (number(k) > 0 && scale eq "paper") {
        set label "" at number(k), k point pt 3 ps 1.2 lw 1.5 lc rgb '#5A5A5A' front
    }
}
plot for [k = 1:words(lines)] bands95("curve", "test_accuracy", "iteration", at(k)) \
         using (100 * column("median")):(k):(100 * column("low")):(100 * column("high")) \
         with xerrorbars lt colour(name(k)) pt 6 ps 0 lw 3, \
     for [k = 1:words(lines)] rows("curve", at(k)) \
         using (100 * column("test_accuracy")):(k) @dots lt colour(name(k))

# ---- the control ----
eval figure("control", 720, 480)
eval headline("Is it the rising rate, or the two drops at the end?", \
    runs)
set xlabel "iteration"; set ylabel "test accuracy (%)"
set xrange [0:25000 / divisor]
plot for [p in "triangular2 decay decay_drops triangular"] curve(p) \
         using "iteration":(100 * column("low")):(100 * column("high")) @band lt colour(p) \
         notitle, \
     for [p in "triangular2 decay decay_drops triangular"] curve(p) \
         using "iteration":(100 * column("median")) @median lt colour(p) title label(p)
