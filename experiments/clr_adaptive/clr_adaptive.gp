# SPDX-License-Identifier: MIT
# Figure 5 of the paper, Table 3 with the paper's numbers, and the cost of an update.
load 'plots/style.gp'

divisor = scale eq "paper" ? 1 : scale eq "desk" ? 125 : 1000
net = scale eq "paper" ? "cifar10_full" : sprintf("cifar10_quick%s, 1/%d as long", scale eq "desk" ? " at 16 x 16" : "", divisor)
runs = of_seeds("Medians of the seeds with their quartiles.") . " " . net . "."
got = " " . system(sprintf("tail -n +2 '%s/curve.csv' | cut -d, -f1,2,4 | sort -u | tr '\\n' ' '", in))

# ---- Figure 5 and the other methods ----
methods = "nesterov adam rmsprop adagrad adadelta"
label(m) = word("Nesterov Adam RMSprop AdaGrad AdaDelta", \
    int(sum [i = 1:words(methods)] (word(methods, i) eq m ? i : 0)))
curve(m, p) = bands("curve", "test_accuracy", "iteration", sprintf("method=%s policy=%s", m, p))
eval figure("figure5", 1000, 640)
set multiplot layout 2, 3 margins 0.07, 0.97, 0.13, 0.86 spacing 0.07, 0.13 title \
    "Adaptive methods with fixed and triangular rates (CLR Figure 5 and Table 3)\n{/=10 " . \
    plain(runs) . "}" font ",13"
eval panel
set key off
set xrange [0:70000 / divisor]
set xlabel "iteration"; set ylabel "test accuracy (%)"
do for [m in methods] {
    set title label(m)
    plot for [p in "fixed triangular"] curve(m, p) using "iteration":(100 * column("low")): \
             (100 * column("high")) @band lt (p eq "fixed" ? 1 : 2), \
         for [p in "fixed triangular"] curve(m, p) using "iteration":(100 * column("median")) \
             @median lt (p eq "fixed" ? 1 : 2)
}
# the colours' meaning, in the sixth panel
unset title; unset border; unset tics; unset grid; unset xlabel; unset ylabel
set key center center vertical maxrows 3 font ",11"
set xrange [0:1]; set yrange [0:1]
plot NaN with lines lt 1 title "fixed (lower bound, two drops)", \
     NaN with lines lt 2 title "triangular"
unset multiplot

# ---- Table 3 ----
method = "nesterov nesterov adam adam adam rmsprop rmsprop rmsprop adagrad adagrad adadelta adadelta"
policy = "fixed triangular fixed triangular triangular fixed triangular triangular fixed " . \
    "triangular fixed triangular"
iteration = "70000 25000 70000 25000 70000 70000 25000 70000 70000 25000 70000 25000"
there = "82.1 81.3 81.4 79.8 81.1 75.2 72.8 75.1 74.6 76.0 67.3 67.3"
lines = ""
when(k) = int(word(iteration, k)) / divisor
do for [k = 1:words(method)] {
    point = sprintf(" %s,%s,%d ", word(method, k), word(policy, k), when(k))
    if (strstrt(got, point) > 0) { lines = lines . " " . k }
}
if (words(lines) == 0) { lines = "1" }
at(k) = sprintf("method=%s policy=%s iteration=%d", word(method, k), word(policy, k), when(k))
colour(k) = word(policy, k) eq "fixed" ? 1 : 2
row(j) = int(word(lines, j))
eval figure("table3", 860, 580)
eval headline("Test accuracy by method, policy and iteration (CLR Table 3)", \
    of_seeds("Dots: seeds. Bars: 95 % of their median.") . " " . \
    (scale eq "paper" ? "Stars: the paper. " : "") . net . ".")
set xlabel "test accuracy (%)"; unset ylabel
set lmargin 28; set key off
set yrange [words(lines) + 0.6:0.4]
set grid noytics
set ytics ("" 0)
do for [j = 1:words(lines)] {
    set ytics add (sprintf("%s %s, %d", label(word(method, row(j))), word(policy, row(j)), \
        when(row(j))) j)
    if (scale eq "paper") {
        set label "" at real(word(there, row(j))), j point pt 3 ps 1.2 lw 1.5 \
            lc rgb '#5A5A5A' front
    }
}
plot for [j = 1:words(lines)] bands95("curve", "test_accuracy", "iteration", at(row(j))) \
         using (100 * column("median")):(j):(100 * column("low")):(100 * column("high")) \
         with xerrorbars lt colour(row(j)) pt 6 ps 0 lw 3, \
     for [j = 1:words(lines)] rows("curve", at(row(j))) \
         using (100 * column("test_accuracy")):(j) @dots lt colour(row(j))

# ---- the cost of an update ----
eval figure("cost", 760, 420)
eval headline("What an update costs", \
    "89,578 parameters of cifar10_full, one thread; share: of a training step of 100 images.")
set logscale x; set format x power_of_ten
set xlabel "time (ns)"; unset ylabel
set lmargin 22; set rmargin 12; set key off
works = "triangular momentum nesterov rmsprop adagrad adam adadelta gradient"
what(w) = w eq "triangular" ? "the triangular rate" : w eq "gradient" ? \
    "forward and backward" : w . ": update"
set yrange [words(works) + 0.6:0.4]; set xrange [1:1e10]
took(ns) = ns < 1e3 ? sprintf("%.3g ns", ns) : ns < 1e6 ? sprintf("%.3g µs", ns / 1e3) : \
    sprintf("%.3g ms", ns / 1e6)
set grid noytics
set ytics ("" 0)
do for [k = 1:words(works)] { set ytics add (what(word(works, k)) k) }
plot for [k = 1:words(works)] rows("costs", "work=" . word(works, k)) \
         using (1):(k):(1):"ns":(k - 0.3):(k + 0.3) with boxxyerror fill solid 0.6 noborder \
         lt (word(works, k) eq "triangular" ? 2 : word(works, k) eq "gradient" ? 9 : 1), \
     for [k = 1:words(works)] rows("costs", "work=" . word(works, k)) \
         using (1.2 * column("ns")):(k):(sprintf("%s  (%.3g %%)", took(column("ns")), \
         100 * column("share_of_step"))) with labels left font ",9"
