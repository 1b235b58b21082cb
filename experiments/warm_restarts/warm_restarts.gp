# SPDX-License-Identifier: MIT
# Curves and ends of warm restarts and one-cycle against cyclical and fixed rates.
load 'plots/style.gp'

divisor = scale eq "paper" ? 1 : scale eq "desk" ? 100 : 500
net = scale eq "paper" ? "cifar10_full" : sprintf("cifar10_quick%s, 1/%d as long", scale eq "desk" ? " at 16 x 16" : "", divisor)
policies = "fixed triangular2 sgdr_doubling one_cycle cosine sgdr_equal fixed_drops one_cycle_smith"
colour(p) = sum [place = 1:words(policies)] (word(policies, place) eq p ? place : 0)
label(p) = p eq "sgdr_doubling" ? "SGDR, periods doubling" : p eq "sgdr_equal" ? \
    "SGDR, five equal periods" : p eq "one_cycle" ? "one-cycle (PyTorch)" : \
    p eq "one_cycle_smith" ? "one-cycle (Smith)" : p eq "fixed_drops" ? "fixed, two drops" : p
curve(p) = bands("curve", "test_accuracy", "iteration", "policy=" . p)
runs = of_seeds("Medians of the seeds with their quartiles.") . " " . net . "."

eval figure("curves", 760, 720)
set multiplot layout 2, 1 margins 0.1, 0.97, 0.17, 0.89 spacing 0.02, 0.04 title \
    "Warm restarts and one-cycle beside cyclical rates\n{/=10 " . plain(runs) . "}" font ",13"
set key off
drawn = "fixed triangular2 sgdr_doubling one_cycle cosine"
set xrange [0:25000 / divisor]; set format x ""
set ylabel "rate (10^{-3})"; set yrange [0:5.5]
plot for [p in drawn] \
    rows("rates", "policy=" . p) using "iteration":(1000 * column("rate")) with lines lt colour(p)
set yrange [*:*]
set format x "%g"; set xlabel "iteration"; set ylabel "test accuracy (%)"
set key bmargin center horizontal Left reverse
plot for [p in drawn] curve(p) \
         using "iteration":(100 * column("low")):(100 * column("high")) @band lt colour(p) \
         notitle, \
     for [p in drawn] curve(p) \
         using "iteration":(100 * column("median")) @median lt colour(p) title label(p)
unset multiplot

eval figure("ends", 860, 450)
eval headline("Test accuracy at the end of an equal budget", \
    of_seeds("Dots: seeds. Bars: 95 % of their median.") . " " . net . ".")
set xlabel "test accuracy (%)"; unset ylabel
set lmargin 26; set key off
set yrange [words(policies) + 0.6:0.4]
set grid noytics
set ytics ("" 0)
do for [k = 1:words(policies)] { set ytics add (label(word(policies, k)) k) }
plot for [k = 1:words(policies)] bands95("runs", "test_accuracy", "policy", "policy=" . word(policies, k)) \
         using (100 * column("median")):(k):(100 * column("low")):(100 * column("high")) \
         with xerrorbars lt colour(word(policies, k)) pt 6 ps 0 lw 3, \
     for [k = 1:words(policies)] rows("runs", "policy=" . word(policies, k)) \
         using (100 * column("test_accuracy")):(k) @dots lt colour(word(policies, k))
