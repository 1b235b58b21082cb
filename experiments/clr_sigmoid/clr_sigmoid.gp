# SPDX-License-Identifier: MIT
# Figure 6 of the paper and the range test that the bounds came from.
load 'plots/style.gp'

divisor = scale eq "paper" ? 1 : scale eq "desk" ? 100 : 2000
note = scale eq "paper" ? "" : sprintf(" 1/%d as long%s.", divisor, scale eq "desk" ? ", at 16 x 16" : "")
runs = of_seeds("Medians of the seeds with their quartiles.") . note
net(w) = w[1:strstrt(w, ",") - 1]
policy(w) = w[strstrt(w, ",") + 1:*]
all = "sigmoid_bn,fixed sigmoid_bn,triangular sigmoid,fixed sigmoid,triangular"
colour(w) = sum [i = 1:words(all)] (word(all, i) eq w ? i : 0)
label(w) = (net(w) eq "sigmoid" ? "without batch norm: " : "batch norm: ") . policy(w)
curve(w) = bands("curve", "test_accuracy", "iteration", \
    sprintf("net=%s policy=%s", net(w), policy(w)))

eval figure("figure6", 720, 480)
eval headline("Cyclical rates in networks of sigmoids (CLR Figure 6)", runs)
set xlabel "iteration"; set ylabel "test accuracy (%)"
set xrange [0:60000 / divisor]
if (scale eq "paper") {
    eval mark_y(60.8, "fixed there: 60.8 %")
    eval mark_y(72.2, "cyclical there: 72.2 %")
}
plot for [w in all] curve(w) using "iteration":(100 * column("low")):(100 * column("high")) \
         @band lt colour(w) notitle, \
     for [w in all] curve(w) using "iteration":(100 * column("median")) @median \
         lt colour(w) title label(w)

eval figure("range", 720, 480)
eval headline("Range test of the two networks of sigmoids", \
    of_seeds("Median of the seeds.") . " Dotted: the bounds taken, base and maximum." . \
    (scale eq "paper" ? "" : " A shorter test."))
set logscale x; set format x power_of_ten
set xlabel "rate" offset 0, 0.4; set ylabel "training loss"
set bmargin 6
set yrange [*:2.6]
eval mark_x(0.004, ""); eval mark_x(0.016, "batch norm")
eval mark_x(0.0063, ""); eval mark_x(0.25, "without")
plot bands("range", "training_loss", "rate", "net=sigmoid_bn") using "rate":"median" \
         with linespoints lt 2 title "with batch norm", \
     bands("range", "training_loss", "rate", "net=sigmoid") using "rate":"median" \
         with linespoints lt 4 title "without"
