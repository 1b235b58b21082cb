# SPDX-License-Identifier: MIT
# The error against h, planted errors against the thresholds, kinks, training, weight decay, dropout,
# a few elements instead of all, and the table of advice against errors.
load 'plots/style.gp'

threshold = "set arrow from graph 0, first %s to graph 1, first %s nohead back dt (2,4) lw 1.2 lc rgb '#9A9A9A'; "
thresholds = sprintf(threshold . threshold . threshold, "1e-2", "1e-2", "1e-4", "1e-4", "1e-7", "1e-7")
errors = "set logscale y; set format y power_of_ten; set ylabel 'relative error'"
checks(column, keys, where) = bands("checks", column, keys, where)

eval figure("step", 1000, 460)
set multiplot layout 1, 2
eval panel
do for [model in "tanh relu"] {
    set title (model eq "tanh" ? "smooth network (tanh)" : "network with kinks (ReLU)") . \
        "\n{/=9 median element; " . of_seeds("median and quartiles of seeds") . "}"
    set tmargin 4
    set logscale xy
    set format x power_of_ten
    set format y power_of_ten
    set xlabel "step h"
    set ylabel "relative error"
    set xrange [0.5e-12:2e-1]
    set yrange [1e-11:10]
    set key maxrows 2
    unset object
    set object rectangle from first 1e-6, graph 0 to first 1e-4, graph 1 behind fc rgb "#EEEEEE" fs solid noborder
    curve(formula, precision) = checks("median", "step", \
        "study=steps model=" . model . " formula=" . formula . " precision=" . precision)
    plot for [i = 1:4] curve(word("forward centred", 1 + (i > 2)), word("single double", 1 + (i % 2 == 0))) \
             using "step":"low":"high" @band lt i notitle, \
         for [i = 1:4] curve(word("forward centred", 1 + (i > 2)), word("single double", 1 + (i % 2 == 0))) \
             using "step":"median" with linespoints lt i \
             title word("forward centred", 1 + (i > 2)) . ", " . word("single double", 1 + (i % 2 == 0))
}
unset multiplot

faults = "none missing_derivative wrong_derivative table_derivative wrong_index last_example off_by_one not_averaged unscaled_mask decay_factor"
spaced(s) = system(sprintf("printf '%%s' '%s' | tr _ ' '", s))

eval figure("thresholds", 760, 470)
eval headline("Right and wrong gradients against the thresholds", \
    "Median and worst element of a check, every seed. Lines: the thresholds of CS231n.")
@errors
eval thresholds
set yrange [1e-11:10]
set xrange [0.4:10.6]
set xtics rotate by -25
set for [i = 2:8] xtics (spaced(word(faults, i)) i + 2)
set xtics add ("right, tanh" 1, "right, ReLU" 2, "right, pooling" 3)
where(f, m) = "study=thresholds setting=plain fault=" . f . " model=" . m
plot for [i = 1:3] rows("checks", where("none", word("tanh relu pool", i))) using (i - 0.08):"median" @dots lt 1 title (i == 1 ? "median element" : ""), \
     for [i = 1:3] rows("checks", where("none", word("tanh relu pool", i))) using (i + 0.08):"worst" @dots lt 2 title (i == 1 ? "worst element" : ""), \
     for [i = 2:8] rows("checks", where(word(faults, i), "tanh")) using (i + 1.92):"median" @dots lt 1 notitle, \
     for [i = 2:8] rows("checks", where(word(faults, i), "tanh")) using (i + 2.08):"worst" @dots lt 2 notitle

eval figure("kinks", 1000, 450)
set multiplot layout 1, 2
eval panel
do for [model in "relu pool"] {
    set title (model eq "relu" ? "ReLU network" : "convolution, max-pooling, ReLU") . \
        "\n{/=9 centred differences over a kink, mean of seeds}"
    set tmargin 4
    set logscale xy
    set xlabel "data points"
    set key maxcols 2
    set ylabel "differences over a kink (%)"
    set xrange [0.8:400]
    set yrange [0.005:100]
    share(h) = "< awk -F, '$1 == \"study\" {for (i = 1; i <= NF; i++) c[$i] = i; print \"points,share\"; next} " . \
        "$c[\"study\"] == \"kinks\" && $c[\"model\"] == \"" . model . "\" && $c[\"step\"] + 0 == " . h . \
        " {s[$c[\"points\"]] += $c[\"crossed_share\"]; n[$c[\"points\"]]++} " . \
        "END {for (p in s) print p \",\" 100 * s[p] / n[p] + 1e-9}' " . table("checks") . " | sort -n -t, -k1"
    plot for [i = 1:4] share(word("1e-2 1e-3 1e-4 1e-5", i)) using "points":"share" with linespoints lt i \
        title "h = 10^{-" . (i + 1) . "}"
}
unset multiplot

eval figure("training", 1000, 470)
set multiplot layout 1, 2
eval panel
do for [start in "small xavier"] {
    set title (start eq "small" ? "small initial weights, N(0, 0.01^2)" : "initial weights after Xavier") . \
        "\n{/=9 worst element; " . of_seeds("median and quartiles of seeds") . "}"
    set tmargin 4
    set logscale xy
    set format y power_of_ten
    set xlabel "updates before the check"
    set xtics ("0" 0.5, "1" 1, "3" 3, "10" 10, "30" 30, "100" 100, "300" 300)
    set ylabel "relative error"
    set xrange [0.4:400]
    set yrange [1e-7:10]
    set key maxrows 3
    eval thresholds
    curve(f) = checks("worst", "updates", "study=training setting=" . start . " fault=" . f)
    x(u) = u > 0 ? u : 0.5
    plot for [i = 1:5] curve(word(faults, i)) using (x(column("updates"))):(column("low")):(column("high")) @band lt i notitle, \
         for [i = 1:5] curve(word(faults, i)) using (x(column("updates"))):(column("median")) with linespoints lt i \
             title spaced(word(faults, i))
}
unset multiplot

eval figure("decay", 1000, 470)
set multiplot layout 1, 2
eval panel
do for [which in "median worst"] {
    set title (which eq "median" ? "median element" : "worst element") . \
        "\n{/=9 weight decay in the loss; " . of_seeds("median and quartiles of seeds") . "}"
    set tmargin 4
    set logscale xy
    set format xy power_of_ten
    set xlabel "weight decay"
    set xtics add ("0" 1e-5)
    set ylabel "relative error"
    set xrange [0.7e-5:2e3]
    set yrange [1e-11:10]
    set key maxrows 3
    eval thresholds
    some = "none missing_derivative wrong_index off_by_one decay_factor"
    colour(i) = int(word("1 2 5 7 3", i))
    curve(f) = checks(which, "decay", "study=decay fault=" . f)
    x(d) = d > 0 ? d : 1e-5
    plot for [i = 1:5] curve(word(some, i)) using (x(column("decay"))):(column("low")):(column("high")) @band lt colour(i) notitle, \
         for [i = 1:5] curve(word(some, i)) using (x(column("decay"))):(column("median")) with linespoints lt colour(i) \
             title spaced(word(some, i))
}
unset multiplot

eval figure("dropout", 700, 440)
eval headline("Dropout during a check", "Worst element, every seed. Share 0.5; held: the same mask for every loss.")
@errors
eval thresholds
set yrange [1e-8:10]
set xrange [0.5:3.5]
set xtics ("off" 1, "on, mask held" 2, "on, a new mask each time" 3)
dropped = "none missing_derivative unscaled_mask"
plot for [f = 1:3] for [m = 1:3] rows("checks", "study=dropout setting=" . word("off held fresh", m) . " fault=" . word(dropped, f)) \
    using (m + 0.14 * (f - 2)):"worst" @dots lt f title (m == 1 ? (f == 1 ? "right gradient" : spaced(word(dropped, f))) : "")

eval figure("dimensions", 1000, 450)
set multiplot layout 1, 2
eval panel
do for [drawn in "each whole"] {
    set title (drawn eq "each" ? "as many of every layer's weights and biases" : "drawn from all parameters together") . \
        "\n{/=9 share of draws with an element above 10^{-2}; " . of_seeds("median of seeds") . "}"
    set tmargin 4
    set logscale x
    set xlabel "elements checked (of 1,630)"
    set ylabel "caught (%)"
    set yrange [0:102]
    set xrange [5:700]
    set key maxrows 3
    plot for [i = 2:8] bands("dimensions", "caught_share", "elements", "drawn=" . drawn . " fault=" . word(faults, i)) \
        using "elements":(100 * column("median")) with linespoints lt i - 1 title spaced(word(faults, i))
}
unset multiplot

eval figure("advice", 1000, 560)
eval headline("Every planted error under every way of checking", \
    "Power of ten of the worst relative error. Orange, above -2: called wrong; only the first column is right.")
settings = "all_advice and_small_decay and_held_dropout single_precision forward_difference step_1e-1 step_1e-11 one_point at_small_start strong_decay fresh_dropout one_of_each"
named(s) = s eq "and_small_decay" ? "all advice and decay 0.01" : s eq "and_held_dropout" ? "all advice and a held mask" : \
    s eq "step_1e-1" ? "h = 0.1" : s eq "step_1e-11" ? "h = 10^{-11}" : s eq "one_of_each" ? "one element a block" : spaced(s)
set border 0
unset grid
set key off
set xrange [0.5:10.5]
set yrange [12.5:0.5]
set xtics scale 0 rotate by -25
set ytics scale 0
set for [i = 1:10] xtics ((i == 1 ? "right" : spaced(word(faults, i))) i)
set for [s = 1:12] ytics (named(word(settings, s)) s)
set palette defined (-8 "#2C728E", -4 "#BFD9E4", -2.01 "#F2F2F2", -1.99 "#F6D9C4", 0.4 "#D55E00")
set cbrange [-8:0.4]
set lmargin 26
cell(s, f) = checks("worst", "setting,fault", "study=advice setting=" . word(settings, s) . " fault=" . word(faults, f))
plot for [s = 1:12] for [f = 1:10] cell(s, f) using (f):(s):(0.47):(0.47):(log10(column("median"))) with boxxyerror fs solid noborder lc palette, \
     for [s = 1:12] for [f = 1:10] cell(s, f) using (f):(s):(sprintf("%.1f", log10(column("median")))) with labels font ",10"
