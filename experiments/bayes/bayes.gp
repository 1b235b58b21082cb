# SPDX-License-Identifier: MIT
# Best so far, what it costs to propose, the trials of one search, and the length scales found.
load 'plots/style.gp'

arms = "random sobol coarse_to_fine bayes bayes_batch"
titles = "random|Sobol|coarse=to=fine|Bayesian|Bayesian,=four=at=a=time"
title_of(i) = system(sprintf("printf '%%s' '%s' | cut -d'|' -f%d | tr = ' '", titles, i))

eval figure("best_so_far", 760, 480)
eval headline("Best of the trials so far", \
    "Validation accuracy; " . \
    of_seeds("median and (random, Bayesian) quartiles over repeated searches."))
set xlabel "trials"; set ylabel "validation accuracy (%)"
set xrange [4:30]
if (scale eq "desk") { set yrange [80:92] }
if (scale eq "paper") { set yrange [90:96.5] }
set key maxcols 3
best(arm) = bands("trials", "best_validation", "trial", "arm=" . arm)
plot for [i = 1:4:3] best(word(arms, i)) using (column("trial") + 1):(100 * column("low")):(100 * column("high")) @band lt i notitle, \
     for [i = 1:5] best(word(arms, i)) using (column("trial") + 1):(100 * column("median")) @median lt i title title_of(i)

eval figure("best_of_all", 760, 430)
eval headline("The best of 30 trials", \
    of_seeds("Test accuracy: every search (points), median with its 95 % bootstrap interval."))
set ylabel "test accuracy (%)"
set xrange [0.5:5.5]
set bmargin 3.5
set key off
set xtics ("random" 1, "Sobol" 2, "coarse to fine" 3, "Bayesian" 4, "Bayesian,\nfour at a time" 5)
plot for [i = 1:5] bands95("trials", "best_test", "arm", "trial=29 arm=" . word(arms, i)) \
         using (i):(100 * column("median")):(100 * column("low")):(100 * column("high")) \
         with yerrorbars lt i lw 2 ps 1.2 dt 1, \
     for [i = 1:5] rows("trials", "trial=29 arm=" . word(arms, i)) \
         using (i + 0.15):(100 * column("best_test")) @dots lt i ps 0.5

eval figure("cost", 720, 430)
eval headline("Time for 30 trials: proposing and training", of_seeds("Median over searches, one core."))
set style fill solid 0.7 noborder
set boxwidth 0.35
set logscale y
set yrange [1e-6:20]
set format y power_of_ten
set ylabel "time (s)"
set xrange [0.4:5.6]
set xtics ("random" 1, "Sobol" 2, "coarse to fine" 3, "Bayesian" 4, "Bayesian,\nfour at a time" 5)
cost(what, i) = bands("times", what, "arm", "arm=" . word(arms, i))
plot for [i = 1:5] cost("propose_s", i) using (i - 0.19):"median" with boxes lt 1 title (i == 1 ? "proposing" : ""), \
     for [i = 1:5] cost("train_s", i) using (i + 0.19):"median" with boxes lt 2 title (i == 1 ? "training" : "")

eval figure("trials", 1000, 380)
set multiplot layout 1, 3 margins 0.07, 0.93, 0.17, 0.78 spacing 0.05, 0.1 title \
    "The trials of one search by each method\n{/=10 Searches with seed 1; colour: the number of the trial.}" font ",13"
eval panel
eval viridis
unset key
set logscale xy
set xrange [1e-6:10]; set yrange [1e-6:10]; set cbrange [1:30]
set format x power_of_ten; set format y power_of_ten
set xlabel "learning rate"
shown = "1 3 4"
do for [i = 1:3] {
    arm = int(word(shown, i))
    set title title_of(arm)
    set ylabel (i == 1 ? "weight decay" : "")
    if (i == 3) { set colorbox user origin 0.945, 0.17 size 0.012, 0.6; set cbtics font ",9" }
    plot rows("trials", "seed=1 arm=" . word(arms, arm)) \
        using "rate":"weight_decay":(column("trial") + 1) with points pt 7 ps 1 lc palette
}
unset multiplot

eval figure("lengths", 640, 400)
eval headline("Length scales of the last model", \
    of_seeds("Every search (points) and median") . \
    "; a range is 1 wide, so below 1 a parameter matters.")
set logscale y
set ylabel "length scale"
set xrange [-0.5:2.5]
set xtics ("learning rate" 0, "weight decay" 1, "dropout" 2)
place(p) = p eq "rate" ? 0 : p eq "weight_decay" ? 1 : 2
set key off
plot rows("lengths", "arm=bayes") using (place(strcol("parameter")) + 0.1 * (rand(0) - 0.5)):"length" @dots lt 1 ps 0.6, \
     bands("lengths", "length", "parameter", "arm=bayes") using (place(strcol("parameter"))):"median" with points pt 2 ps 2 lw 2 lc rgb "black", \
     1 with lines lt 9 dt (2,4)
