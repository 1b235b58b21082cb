# SPDX-License-Identifier: MIT
# Loss and update-to-weight ratios against time and rate, wiggle against batch size, the gap between
# training and validation, the layers of deep networks at their start, images of the first layer.
load 'plots/style.gp'

last = int(system("awk -F, 'NR > 1 && $4 > m {m = $4} END {print m}' " . table("gap")))

eval figure("loss", 1000, 450)
set multiplot layout 1, 2
eval panel
set tmargin 4
set xlabel "update"
set logscale y
set key maxrows 2
rates = "0.001 0.01 0.10000000000000001 1 3"
of(value, rate) = bands("curves", value, "update", "method=sgd rate=" . rate)
set title "training loss, plain descent\n{/=9 " . of_seeds("median and quartiles of seeds") . "}"
set ylabel "training loss"
set yrange [(last > 1000 ? 0.04 : 0.15):4]
set ytics (0.05, 0.1, 0.2, 0.5, 1, 2, 4)
plot for [i = 1:5] of("training_loss", word(rates, i)) using "update":"low":"high" @band lt i notitle, \
     for [i = 1:5] of("training_loss", word(rates, i)) using "update":"median" @median lt i title sprintf("rate %g", real(word(rates, i)))
set title "update over weights, first layer\n{/=9 " . \
    of_seeds("median and quartiles of seeds") . "}"
set ylabel "ratio"
set format y power_of_ten
set autoscale y
set ytics auto
set yrange [1e-5:1]
eval mark_y_at(1e-3, "CS231n: 10^{-3}", 0.98)
plot for [i = 1:4] of("ratio_hidden", word(rates, i)) using "update":(column("low") + 1e-9):(column("high") + 1e-9) @band lt i notitle, \
     for [i = 1:5] of("ratio_hidden", word(rates, i)) using "update":(column("median") + 1e-9) @median lt i title sprintf("rate %g", real(word(rates, i)))
unset multiplot

eval figure("ratio", 760, 470)
eval headline("Does a ratio of 10^{-3} mark the best rate?", "Every training that learns: one point a rate and seed. First layer (full) and output layer (open).")
set logscale x
set format x power_of_ten
set xlabel "update over weights, median of the second half"
set ylabel "validation accuracy (%)"
set xrange [3e-5:0.1]
set yrange [(last > 1000 ? 80 : 30):100]
eval mark_x(1e-3, "CS231n: 10^{-3}")
plot for [m = 1:3] rows("rates", "method=" . word("sgd momentum adam", m)) using "ratio_hidden":(100 * column("validation_accuracy")) \
         with points lt m pt int(word("7 5 9", m)) ps 0.7 title (m == 1 ? "plain descent" : word("- momentum Adam", m)), \
     for [m = 1:3] rows("rates", "method=" . word("sgd momentum adam", m)) using "ratio_output":(100 * column("validation_accuracy")) \
         with points lt m pt int(word("6 4 8", m)) ps (m == 3 ? 1.1 : 0.7) notitle

eval figure("wiggle", 1000, 450)
set multiplot layout 1, 2
eval panel
set tmargin 4
set title "training loss of one seed\n{/=9 rate 0.003, 2,000 images}"
set xlabel "update"
set ylabel "loss of the batch"
set yrange [0:*]
plot for [i = 1:4] rows("losses", "batch=" . word("1 10 100 2000", i)) using "update":"loss" with lines lt i lw (i == 1 ? 0.7 : 1.2) dt 1 \
    title "batch " . word("1 10 100 2000", i)
set title "wiggle of the loss\n{/=9 every seed}"
set logscale xy
set format y "%g"
set xlabel "batch size"
set ylabel "standard deviation about the trend"
set autoscale y
set yrange [3e-5:2]
set xrange [0.7:3000]
at_10 = real(system("(bands --value wiggle --by batch " . table("wiggle") . \
    " batch=10 | grep '^[0-9]' || echo ,,1) | cut -d, -f3"))
plot at_10 * sqrt(10 / x) with lines lt 9 title "b^{-1/2}", \
     rows("wiggle", "") using "batch":"wiggle" @dots lt 1 title "measured"
unset multiplot

eval figure("gap", 1000, 620)
set multiplot layout 2, 3
eval panel
set tmargin 3
set xlabel "update"
set ylabel "accuracy (%)"
set key maxrows 1
of(value, n, r) = bands("gap", value, "update", "images=" . n . " regularisation=" . r)
set yrange [75:101]
set xtics last / 4
do for [n in "500 2000 10000"] {
    set title n . " images, no regularisation"
    plot for [i = 1:2] of(word("training_accuracy validation_accuracy", i), n, "none") \
             using "update":(100 * column("low")):(100 * column("high")) @band lt i notitle, \
         for [i = 1:2] of(word("training_accuracy validation_accuracy", i), n, "none") \
             using "update":(100 * column("median")) with lines lt i title word("training validation", i)
}
kinds = "none decay_0.001 decay_0.01 decay_0.03 dropout"
set xtics ("none" 1, "0.001" 2, "0.01" 3, "0.03" 4, "dropout" 5)
set xlabel "regularisation (weight decay)"
set xrange [0.5:5.5]
do for [n in "500 2000 10000"] {
    set title n . " images, at the end"
    plot for [i = 1:2] for [k = 1:5] rows("gap", "images=" . n . " regularisation=" . word(kinds, k) . " update=" . sprintf("%d", last)) \
        using (k + 0.1 * (i - 1.5)):(100 * column(word("training_accuracy validation_accuracy", i))) @dots lt i \
        title (k == 1 ? word("training validation", i) : "")
}
unset multiplot

inits = "alternating gaussian xavier he"
title_of(i) = i == 1 ? "±1" : i == 2 ? "N(0, 0.01^2)" : i == 3 ? "Xavier" : "He"
name_of(activation) = activation eq "relu" ? "ReLU" : activation
eval figure("histograms", 1000, 760)
set multiplot layout 3, 4
eval panel
set tics font ",7"
set tmargin 2.2
set bmargin 3
set key off
set ytics 0.5
set yrange [0:0.6]
do for [activation in "sigmoid tanh relu"] {
    do for [i = 1:4] {
        set title name_of(activation) . ", " . title_of(i)
        set xlabel (activation eq "relu" ? "activation" : "")
        set ylabel (i == 1 ? "share" : "")
        high = activation eq "relu" ? (i == 1 ? 1e9 : i == 2 ? 0.4 : i == 3 ? 2.0 : 4.0) : 1
        low = activation eq "tanh" ? -1 : 0
        set xrange [low - 0.02 * high:high]
        set xtics low, (high - low) / 2.0
        if (activation eq "tanh" && i == 3) { set key inside top right vertical maxrows 5 samplen 1.5 } else { set key off }
        plot for [layer = 1:5] rows("histograms", "init=" . word(inits, i) . " activation=" . activation . \
            " signal=activation hidden=" . layer) using "middle":"share" with histeps lt layer lw 1.3 dt 1 title "layer " . layer
    }
}
unset multiplot

# The gradients at the hidden layers' outputs differ by many powers of ten: each panel is in units of
# the fifth layer's deviation.
sd_of(init, activation) = real(system("awk -F, '$1 == \"" . init . "\" && $2 == \"" . activation . \
    "\" && $3 == 5 && $4 == \"gradient\" && $5 == 1 {print $7}' " . table("layers")))
eval figure("gradients", 1000, 760)
set multiplot layout 3, 4
eval panel
set tics font ",7"
set tmargin 2.2
set bmargin 3
set key off
set ytics 0.5
set yrange [0:1.05]
set xrange [-4:4]
set xtics 2
do for [activation in "sigmoid tanh relu"] {
    do for [i = 1:4] {
        set title name_of(activation) . ", " . title_of(i)
        set xlabel (activation eq "relu" ? "gradient / layer 5's deviation" : "")
        set ylabel (i == 1 ? "share" : "")
        sd = sd_of(word(inits, i), activation)
        if (activation eq "relu" && i == 4) { set key inside top right vertical maxrows 5 samplen 1.5 } else { set key off }
        plot for [layer = 1:5] rows("histograms", "init=" . word(inits, i) . " activation=" . activation . \
            " signal=gradient hidden=" . layer) using (column("middle") / sd):"share" with histeps lt layer lw 1.3 dt 1 title "layer " . layer
    }
}
unset multiplot

eval figure("layers", 1000, 680)
set multiplot layout 2, 3
eval panel
set tmargin 3
set logscale y
set format y power_of_ten
set xlabel "hidden layer"
set xrange [0.8:5.2]
set xtics 1
set key maxrows 1
do for [signal in "activation gradient"] {
    do for [activation in "sigmoid tanh relu"] {
        set title name_of(activation)
        set ylabel "deviation of the " . signal . "s"
        set yrange [*:*]
        if (signal eq "activation") { set yrange [1e-6:1e9] } else { set yrange [1e-26:1e6] }
        plot for [i = 1:4] bands("layers", "sd", "hidden", "init=" . word(inits, i) . " activation=" . activation . " signal=" . signal) \
            using "hidden":(column("median") + 1e-30) with linespoints lt i title title_of(i)
    }
}
unset multiplot

eval figure("images", 1000, 640)
set multiplot layout 4, 8 margins 0.14, 0.99, 0.02, 0.9 spacing 0.008, 0.012
conditions = "unconverged rate_too_high no_decay decay"
spoken(c) = c == 1 ? "rate 0.02, 1/50\nof the updates" : c == 2 ? "rate 0.5" : c == 3 ? "rate 0.02" : "rate 0.02\ndecay 0.01"
set palette gray; set cbrange [0:255]
unset colorbox
unset border
unset tics
unset grid
set key off
set yrange [27.5:-0.5]
set xrange [-0.5:27.5]
set size ratio -1
do for [c = 1:4] {
    do for [u = 0:7] {
        unset label
        if (u == 0) { set label 2 spoken(c) at screen 0.01, 0.80 - 0.222 * (c - 1) font ",11" }
        if (u == 0 && c == 1) { set label 1 "First-layer weights of eight units, one seed, each in its own range of greys" at screen 0.56, 0.955 center font ",13" }
        plot greys("images", "condition=" . word(conditions, c) . " unit=" . u) matrix with image
    }
}
unset multiplot

eval figure("roughness", 700, 430)
eval headline("Smooth images and good networks", "Every seed. Roughness 1 is white noise.")
set xlabel "roughness of the first-layer images, median of 100 units"
set ylabel "validation accuracy (%)"
set xrange [0:1.1]
plot for [c = 1:4] rows("roughness", "condition=" . word(conditions, c)) using "roughness":(100 * column("validation_accuracy")) @dots lt c \
    title word("unconverged rate-too-high no-decay decay", c)
