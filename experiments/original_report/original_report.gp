# SPDX-License-Identifier: MIT
# The report of `original_report`: one sheet laid out like its author's, from the tables alone.
load 'plots/style.gp'

# ---- what the ranges are drawn against: the last period's greatest weight and bias ----
stats table("periods") using "period" nooutput
last = int(STATS_max)
largest(column_name) = sprintf("stats table('nodes') using " . \
    "(column('period') == last ? abs(column('%s')) : 1/0) nooutput", column_name)
eval largest("weight_min"); weight_limit = STATS_max
eval largest("weight_max"); weight_limit = weight_limit > STATS_max ? weight_limit : STATS_max
eval largest("bias"); bias_limit = STATS_max

# ---- the sheet: a row a period, 31 units high; a unit is a pixel of an image ----
top_of(period) = -31 * period
x_number = 80; x_range = 84; x_weights = 118; x_bias = 424; x_bias_number = 492
x_cost = 536; x_decoded = 544; right = x_decoded + 12 * 30

tile(name, period, key, k, left, top) = sprintf("\"%s\" matrix every 1:1:3:1 using " . \
    "(%g + $1 - 3):(%g - $2):3 with image notitle, ", \
    rows(name, sprintf("period=%d %s=%d", period, key, k)), left + 30 * k, top)
images = ""
do for [p = 0:last] {
    do for [k = 0:9] { images = images . tile("weights", p, "node", k, x_weights, top_of(p)) }
    do for [k = 0:11] { images = images . tile("decoded", p, "image", k, x_decoded, top_of(p)) }
}
bottom = top_of(last + 1) - 5
do for [k = 0:9] { images = images . tile("inputs", 0, "image", k, x_decoded, bottom) }

number(name, format, x, down) = sprintf("table('periods') using (%g):" . \
    "(top_of(column('period')) - %g):(column('%s') == column('%s') ? " . \
    "sprintf('%s', column('%s')) : '') with labels right font ',7' notitle, ", \
    x, down, name, name, format, name)
numbers = number("period", "%.0f", 12, 9) . number("epoch", "(%.0f)", 36, 21) . \
    number("weight_max", "%.3f", x_number, 5) . number("weight_mean", "%.3f", x_number, 14.5) . \
    number("weight_min", "%.3f", x_number, 24) . number("bias_max", "%.3f", x_bias_number, 5) . \
    number("bias_mean", "%.3f", x_bias_number, 14.5) . \
    number("bias_min", "%.3f", x_bias_number, 24) . \
    number("cost", "%.3f", x_cost, 9) . number("img_diff", "%.1f", x_cost, 20)

# weights from their least to their greatest, biases from 0, node by node
bar(left, low, high, limit, color) = sprintf("table('nodes') using " . \
    "(column('node') < 10 ? %g + 3 * column('node') : 1/0):" . \
    "(top_of(column('period')) - 14 + 13 * (%s) / %g):(0):(13 * ((%s) - (%s)) / %g) " . \
    "with vectors nohead dt 1 lw 0.9 lc rgb '%s' notitle", \
    left, low, limit, high, low, limit, color)
ranges = bar(x_range + 1, "column('weight_min')", "column('weight_max')", weight_limit, \
    "#0072B2") . ", " . bar(x_bias + 1, "0", "column('bias')", bias_limit, "#D55E00")

eval figure("report", 1000, 1040)
set multiplot
set lmargin at screen 0.01; set rmargin at screen 0.99
set tmargin at screen 0.945; set bmargin at screen 0.33
set xrange [0:right]; set yrange [top_of(last + 1) - 38:32]
unset border; unset tics; unset grid; unset key; unset colorbox
set palette gray; set cbrange [0:255]
set label "Report K160916-2039 of the author's autoencoder, computed again" \
    at screen 0.01, 0.983 font ",13"
set label "784-100-784 sigmoids, tied weights, rate 0.26, noise 0.3, dropout 0.4, batches of " . \
    "20. Period k ends with epoch 2^{k-1}; an epoch is 60 images. Sources 000, 003." \
    at screen 0.01, 0.960 font ",9"
small = "right font ',7'"
set label "period" at 36, 20 @small
set label "(epoch)" at 36, 8 @small
set label "W max" at x_number, 24 @small
set label "mean" at x_number, 14.5 @small
set label "min" at x_number, 5 @small
set label "range" at x_range + 28, 8 @small
set label "weight images of nodes 0 to 9" at x_weights, 8 font ",9"
set label "range" at x_bias + 28, 8 @small
set label "b max" at x_bias_number, 24 @small
set label "mean" at x_bias_number, 14.5 @small
set label "min" at x_bias_number, 5 @small
set label "cost" at x_cost, 19 @small
set label "img diff" at x_cost, 8 @small
set label "decoded: the first training image of every class" at x_decoded, 8 font ",9"
set label "black" at x_decoded + 314, 8 center font ",7"
set label "grey" at x_decoded + 344, 8 center font ",7"
set label "the images themselves" at x_decoded - 6, top_of(last + 1) - 19 right font ",9"
eval "plot " . images . numbers . ranges
unset label

# ---- under it: costs, classes, and the last state by node ----
frame(left, right_side, top, bottom) = sprintf("set lmargin at screen %g; " . \
    "set rmargin at screen %g; set tmargin at screen %g; set bmargin at screen %g", \
    left, right_side, top, bottom)
below = "reset; load 'plots/style.gp'; eval panel; set title font ',9'; unset key"
epochs = 2 ** (last - 1)

eval below
eval frame(0.055, 0.30, 0.275, 0.055)
set title "Cost (mean since the point before)"
set logscale xy; set xrange [1:epochs]; set format x power_of_ten
set xlabel "epoch"
plot table("costs") using "epoch":"cost" with lines lt 1

eval below
eval frame(0.355, 0.60, 0.275, 0.055)
set title "Change of entropy, by digit (nats an image)"
set logscale x; set xrange [1:epochs * 1.6]; set format x power_of_ten
set xlabel "epoch"
plot for [d = 0:9] rows("classes", sprintf("digit=%d", d)) \
         using (2 ** (column("period") - 1)):"entropy_change" with lines lt d % 8 + 1 dt 1 lw 1, \
     for [d = 0:9] rows("classes", sprintf("digit=%d", d)) using \
         (int(column("period")) % 5 == d % 5 ? 2 ** (column("period") - 1) : 1/0): \
         "entropy_change":(sprintf("%d", d)) with labels font ",9" textcolor lt d % 8 + 1

eval below
eval frame(0.655, 0.955, 0.275, 0.19)
set title "Last weights (bars) and biases (points, right axis)"
set xrange [-1:100]; set ytics 5
set format x ""
set border 11
set y2tics 10 nomirror font ",9"
plot rows("nodes", sprintf("period=%d", last)) \
         using "node":"weight_mean":"weight_min":"weight_max" \
         with yerrorbars lt 1 pt 7 ps 0.2 lw 0.7, \
     rows("nodes", sprintf("period=%d", last)) using "node":"bias" axes x1y2 \
         with points lt 2 pt 7 ps 0.4

eval below
eval frame(0.655, 0.955, 0.155, 0.055)
set title "Last codes of the ten images above"
set xrange [-1:100]; set yrange [9.5:-0.5]; set ytics 0, 1, 9 font ",7"
set xlabel "node"; set ylabel "digit"
set palette gray negative; set cbrange [0:1]
plot table("codes") using "node":"digit":"code" with image
unset multiplot
