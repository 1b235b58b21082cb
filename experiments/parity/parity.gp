# SPDX-License-Identifier: MIT
# The article's log-log picture, its three stacked panels at two rates, and random initial weights.
load 'plots/style.gp'

# ---- updates against the rate ----
eval figure("updates", 720, 500)
eval headline("Updates that the 3-5-1 network needs, by learning rate", \
    "Initial weights -1, +1, -1, ...: one deterministic training a rate. Source 001.")
set logscale xy
set xrange [0.008:130]; set yrange [100:2e7]
set format y power_of_ten
set xlabel "learning rate"; set ylabel "weight updates"
eval mark_point(0.05, 660000, "001: about 110,000 epochs at 0.05")
set label "001: 564 at 5.0" at 4.2, 564 right point pt 3 ps 0 font ',10' textcolor rgb '#5A5A5A'
set label "" at 5, 564 point pt 3 ps 1.2 lw 1.5 lc rgb '#5A5A5A' front
set label "inverse proportion" at 0.55, 30000 right font ',10' textcolor rgb '#5A5A5A'
plot sample [0.01:30] 664122 * 0.05 / x with lines lt 9 notitle, \
     rows("updates", "status=converged") using "rate":"updates" with linespoints lt 1 \
         title "updates until all six errors are below 0.01", \
     rows("updates", "status=not_converged") using "rate":"updates" @cross \
         title "not converged when stopped"

# ---- errors and weights over the training, as the article draws them ----
weight(i, j) = sprintf("w0_%d_%d", i, j)
row(i) = word("x0 x1 x2 bias", i + 1)
pattern(p) = word("000 101 111 110 100 001", p + 1)

do for [which = 1:2] {
    rate = word("0.05 5", which)
    eval figure("traces_" . rate, 760, 820)
    set multiplot layout 3, 1 margins 0.09, 0.76, 0.07, 0.91 spacing 0.02, 0.03 title \
        sprintf("Rate %s: errors and weights over the training\n{/=10 Source 001's three panels; " . \
                "every %s update is drawn.}", rate, which == 1 ? "1,000th" : "single") font ",13"
    eval panel
    set key at graph 1.02, graph 0.5 left center vertical maxrows 20 samplen 2
    set xrange [0:(which == 1 ? 700000 : 600)]; set format x ""
    set ylabel "error (y - t)^2"; set yrange [0:1]
    trace = rows("traces", "rate=" . rate)
    plot for [p = 0:5] trace using "update":"error_" . p with lines lt p + 1 dt 1 \
        title sprintf("tr %d: %s", p, pattern(p))
    set yrange [-8:6]
    set ylabel "W[0]"
    plot for [i = 0:3] for [j = 0:4:2] trace using "update":weight(i, j) with lines lt i + 1 dt 1 \
             title (j == 0 ? row(i) . " to hidden 0, 2, 4" : ""), \
         for [i = 0:3] for [j = 1:3:2] trace using "update":weight(i, j) with lines lt i + 1 \
             dt (4, 3) title (j == 1 ? row(i) . " to hidden 1, 3" : "")
    set yrange [-5:5]; set format x "%.0s%c"
    set ylabel "W[1]"; set xlabel "weight updates"
    plot for [j = 0:4:2] trace using "update":"w1_" . j with lines lt 1 dt 1 \
             title (j == 0 ? "hidden 0, 2, 4" : ""), \
         for [j = 1:3:2] trace using "update":"w1_" . j with lines lt 2 dt 1 \
             title (j == 1 ? "hidden 1, 3" : ""), \
         trace using "update":"w1_5" with lines lt 3 dt 1 title "bias"
    unset multiplot
}

# ---- random initial weights ----
eval figure("random_start", 720, 700)
set multiplot layout 2, 1 margins 0.11, 0.97, 0.16, 0.9 spacing 0.02, 0.05 title \
    "Random initial weights: who converges, and when\n{/=10 " . of_seeds("Share of the seeds " . \
    "with its 95 % interval; of those that converge, median and middle half.") . "}" font ",13"
set logscale x; set xrange [0.008:130]
set key off
set format x ""
set ylabel "share that converges (%)"; set yrange [-3:103]
start(k) = word("uniform signs", k)
finished(k) = bands("random_start", "updates", "rate", "status=converged start=" . start(k))
plot for [k = 1:2] rows("random_share", "start=" . start(k)) \
         using "rate":(100 * column("share_low")):(100 * column("share_high")) @band lt k, \
     for [k = 1:2] rows("random_share", "start=" . start(k)) \
         using "rate":(100 * column("share")) with linespoints lt k
set format x "%g"; set xlabel "learning rate"
set logscale y; set yrange [100:5e6]; set format y power_of_ten; set ylabel "weight updates"
set key bmargin left horizontal
plot for [k = 1:2] finished(k) using "rate":"low":"high" @band lt k notitle, \
     for [k = 1:2] finished(k) using "rate":"median" @median lt k \
         title (k == 1 ? "uniform from -1 to 1" : "-1 or +1 at random"), \
     rows("updates", "status=converged") using "rate":"updates" with lines lt 9 \
         title "the article's -1, +1, -1, ..."
unset multiplot
