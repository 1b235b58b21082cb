# SPDX-License-Identifier: MIT
# (a) The plane of rate and weight decay with every method's trials, and the best so far; (b) the
# target of 1% volume; (c) efficiency curves and the trials by parameter; (d) what mattered.
load 'plots/style.gp'

methods = "grid random latin sobol coarse_to_fine bayes"
method_titles = "grid random Latin=hypercube Sobol coarse=to=fine Bayesian"
spaced(s) = system(sprintf("printf '%%s' '%s' | tr = ' '", s))
sets = "plain rotated background"
set_titles = "MNIST;rotated digits;random background"
set_title(i) = system(sprintf("printf '%%s' '%s' | cut -d';' -f%d", set_titles, i))

# accuracies as errors (%), on an axis where good ones can be told apart
error(c) = 100 * (1 - column(c))
error_axis(least) = sprintf("set logscale y; set yrange [%g:100]; " . \
    "set ytics add ('100' 100, '50' 50, '20' 20, '10' 10, '5' 5)", least)

# ---- (a) ----
eval figure("plane", 1000, 620)
set multiplot layout 2, 3 margins 0.07, 0.9, 0.1, 0.88 spacing 0.03, 0.1 title \
    "Nine trials by every method on the plane of an important and an unimportant parameter\n" . \
    "{/=10 Validation accuracy of a 784-64-10 network after a short training, on a lattice; " . \
    "points: the trials of one search.}" font ",13"
eval panel
eval viridis
set xrange [-6:1]; set yrange [-7:-3]; set cbrange [0:100]
unset grid
unset key
set xtics ("10^{-6}" -6, "10^{-4}" -4, "10^{-2}" -2, "1" 0)
do for [i = 1:6] {
    set title spaced(word(method_titles, i))
    if (i == 3) { set colorbox user origin 0.92, 0.1 size 0.015, 0.7; set cblabel "accuracy (%)" font ",9" offset -1, 0; set cbtics font ",9" }
    if (i == 4) { unset colorbox }
    set xlabel (i > 3 ? "learning rate" : "")
    set ylabel (i % 3 == 1 ? "weight decay" : "")
    if (i % 3 == 1) { set ytics ("10^{-7}" -7, "10^{-5}" -5, "10^{-3}" -3) } else { set ytics ("" -7, "" -5, "" -3) }
    plot rows("plane", "method=lattice") \
             using (log10(column("rate"))):(log10(column("weight_decay"))):(100 * column("validation_accuracy")) with image, \
         rows("plane", "seed=0 method=" . word(methods, i)) \
             using (log10(column("rate"))):(log10(column("weight_decay"))) with points pt 7 ps 1.1 lc rgb "white", \
         '' using (log10(column("rate"))):(log10(column("weight_decay"))) with points pt 6 ps 1.1 lw 1.5 lc rgb "black"
}
unset multiplot

eval figure("plane_best", 720, 450)
eval headline("Best of the trials so far on the plane", \
    "Test error of the best on validation: median of searches; bands: quartiles of random, grid.")
set xlabel "trials"; set ylabel "test error (%)"
set xrange [1:9]
eval error_axis(scale eq "paper" ? 4 : 9)
best(m) = bands("plane", "best_test", "trial", "method=" . m)
plot best("random") using (column("trial") + 1):(error("low")):(error("high")) @band lt 2 notitle, \
     best("grid") using (column("trial") + 1):(error("low")):(error("high")) @band lt 1 notitle, \
     for [i = 1:words(methods)] best(word(methods, i)) using (column("trial") + 1):(error("median")) \
         with linespoints lt i title spaced(word(method_titles, i))

# ---- (b) ----
eval figure("synthetic", 1000, 700)
set multiplot layout 2, 2 margins 0.08, 0.97, 0.08, 0.88 spacing 0.06, 0.1 title \
    "How often T trials hit a target of 1 % of the volume\n{/=10 Share of random places with its 95 % " . \
    "interval. Every monotone grid is a grey point. After Bergstra and Bengio, Figure 8.}" font ",13"
eval panel
set logscale x 2
set xrange [0.8:700]; set yrange [0:1]
set format x "%g"
do for [d = 3:5:2] {
    do for [elongated = 0:1] {
        target = elongated ? "elongated" : "cube"
        what(m) = sprintf("dimensions=%d target=%s method=%s", d, target, m)
        set title sprintf("%s in %d dimensions", target, d)
        set xlabel (d == 5 ? "trials" : "")
        set ylabel (elongated ? "" : "share of hits")
        if (d == 3 && !elongated) { set key inside top left vertical Left reverse samplen 1.6 } else { unset key }
        plot rows("synthetic", what("grid")) using "trials":"share" with points pt 7 ps 0.5 lc rgb "#9A9A9A" title "grids", \
             rows("synthetic", what("random")) using "trials":"analytic" with lines lt 7 dt 1 title "1 - 0.99^T", \
             rows("synthetic", what("random")) using "trials":"share":"low":"high" with yerrorbars lt 2 dt 1 title "random", \
             rows("synthetic", what("latin")) using "trials":"share" with points lt 3 title "Latin hypercube", \
             rows("synthetic", what("sobol")) using "trials":"share" with linespoints lt 1 title "Sobol", \
             rows("synthetic", what("halton")) using "trials":"share" with linespoints lt 4 title "Halton"
    }
}
unset multiplot

# ---- (c) ----
box(s) = bands("efficiency", "test_accuracy", "trials", "method=random set=" . s)
grid(s, m) = rows("efficiency", sprintf("trials=96 method=%s set=%s", m, s))
present(s) = int(system(sprintf("grep -c '^%s,' %s || true", s, table("efficiency")))) > 0
least = scale eq "paper" ? 2.5 : 9
eval figure("efficiency", 1000, 530)
set multiplot layout 1, 3 margins 0.07, 0.98, 0.29, 0.84 spacing 0.05, 0.1 title \
    "Best of s random trials against grids of 96\n{/=10 Test error by the paper's estimator; " . \
    "median, quartiles and extremes of experiments that share no trial. After Figure 5.}" font ",13"
eval panel
set logscale x 2
eval error_axis(least)
set xrange [0.7:(scale eq "paper" ? 380 : 190)]
set xlabel "trials in an experiment (s)"
theirs = "4.69 18.11 20.04" # Larochelle et al. 2007, one hidden layer, the grids of Figure 5
do for [i = 1:3] {
    s = word(sets, i)
    set title set_title(i)
    set ylabel (i == 1 ? "test error (%)" : "")
    if (i == 1) { set key at screen 0.5, 0.155 center top vertical Left reverse samplen 1.6 } else { unset key }
    if (scale eq "paper") {
        eval mark_y(real(word(theirs, i)), "")
        eval sprintf("set label 'dotted: %s %% (2007)' at graph 0.97, 0.95 right %s", \
            word(theirs, i), mark_text)
    }
    if (present(s)) {
        plot box(s) using "trials":(error("low")):(error("min")):(error("max")):(error("high")):(0.25 * column("trials")) \
                 with candlesticks lt 2 dt 1 fs transparent solid 0.2 title "random, all parameters", \
             bands("efficiency", "test_accuracy", "trials", "method=random_few set=" . s) \
                 using "trials":(error("median")) with linespoints lt 4 title "random, 4 parameters", \
             box(s) using "trials":(error("median")):(0.11 * column("trials")) with xerrorbars lt 2 dt 1 lw 2.5 ps 0 notitle, \
             grid(s, "grid_few") using "trials":(error("test_accuracy")) with points lt 1 ps 1.6 title "grid with 6 rates", \
             grid(s, "grid_many") using "trials":(error("test_accuracy")) with points lt 3 ps 1.6 title "grid with 3 rates"
    }
    unset label; unset arrow
}
unset multiplot

eval figure("trials", 1000, 620)
set multiplot layout 2, 3 margins 0.07, 0.98, 0.12, 0.88 spacing 0.05, 0.14 title \
    "All random trials on MNIST, by parameter\n{/=10 Validation error; each point is one network.}" font ",13"
eval panel
unset key
eval error_axis(least)
trials = rows("trials", "method=random set=plain")
valid = '(error("validation_accuracy"))'
set logscale x
set ylabel "validation error (%)"
set format x power_of_ten
set xlabel "learning rate"
set xrange [0.001:10]
plot trials using "rate":@valid @dots lt 1 ps 0.5
set format x "%g"
set ylabel ""
set xlabel "hidden units"
set xrange [18:1024]; set xtics add ("20" 20, "50" 50, "200" 200, "500" 500)
plot trials using "hidden":@valid @dots lt 1 ps 0.5
set xlabel "updates before the rate falls"
set xtics autofreq
set autoscale x; set autoscale xfix
plot trials using "hold":@valid @dots lt 1 ps 0.5
unset logscale x
spread(s) = (s eq "sigmoid" || s eq "off" ? 0 : 1) + 0.5 * (rand(0) - 0.5)
set xrange [-0.5:1.5]
set ylabel "validation error (%)"
set xlabel "unit"; set xtics ("sigmoid" 0, "tanh" 1)
plot trials using (spread(strcol("unit"))):@valid @dots lt 1 ps 0.5
set ylabel ""
set xlabel "L2 penalty"; set xtics ("off" 0, "on" 1)
plot trials using (spread(strcol("l2"))):@valid @dots lt 1 ps 0.5
set xrange [0.2:2]; set xtics autofreq
set xlabel "factor of the initial weights"
plot trials using "factor":@valid @dots lt 1 ps 0.5
unset multiplot

# ---- (d) ----
eval figure("importance", 860, 450)
eval headline("What mattered: 1 / length scale of a Gaussian process", \
    "Median and quartiles of fits to random parts of the trials. Above the line the ends of a range differ.")
relevance(s) = bands("importance", "relevance", "parameter", "set=" . s)
set style fill solid 0.7 noborder
set boxwidth 0.25
set xtics rotate by -25
set ylabel "1 / length"
set logscale y
set yrange [0.03:40] # lengths of 1/33 to 30 are allowed
set arrow from graph 0, first 1 to graph 1, first 1 nohead dt (2,4) lw 1.4 lc rgb '#5A5A5A' front
shown = present("rotated") ? 3 : 1
plot relevance("plain") using ($0):"median":xtic(plain(strcol("parameter"))) with points ps 0 notitle, \
     for [i = 1:shown] relevance(word(sets, i)) \
         using ($0 + 0.27 * (i - 2)):"median" with boxes lt i dt 1 title set_title(i), \
     for [i = 1:shown] relevance(word(sets, i)) \
         using ($0 + 0.27 * (i - 2)):"low":(0):(column("high") - column("low")) \
         with vectors heads size graph 0.006, 90 lt 7 dt 1 lw 1 notitle
