# SPDX-License-Identifier: MIT
# Best so far of every arm; where the trials of one search lie; the warnings.
load 'plots/style.gp'

arms = "random_log random_linear coarse_to_fine border_minded border_ignored"
titles = "random,=log=scales|random,=linear=scales|coarse=to=fine|range=too=low,=border=minded|range=too=low,=border=ignored"
title_of(i) = system(sprintf("printf '%%s' '%s' | cut -d'|' -f%d | tr = ' '", titles, i))

eval figure("best_so_far", 760, 480)
eval headline("Best of the trials so far", \
    "Test accuracy of the trial that is best on validation; " . \
    of_seeds("median and quartiles over repeated searches."))
set xlabel "trials"; set ylabel "test accuracy (%)"
set xrange [1:30]; set yrange [0:100]
set key maxcols 2
best(arm) = bands("trials", "best_test", "trial", "arm=" . arm)
plot for [i = 1:5] best(word(arms, i)) using (column("trial") + 1):(100 * column("low")):(100 * column("high")) @band lt i notitle, \
     for [i = 1:5] best(word(arms, i)) using (column("trial") + 1):(100 * column("median")) @median lt i title title_of(i)

eval figure("best_of_all", 760, 430)
eval headline("The best of 30 trials", \
    of_seeds("Test accuracy: every search (points), median with its 95 % bootstrap interval."))
set ylabel "test accuracy (%)"
set xrange [0.5:5.5]
set bmargin 3.5
set key off
set xtics ("random,\nlog scales" 1, "random,\nlinear scales" 2, "coarse\nto fine" 3, \
    "range too low,\nborder minded" 4, "range too low,\nborder ignored" 5)
plot for [i = 1:5] bands95("trials", "best_test", "arm", "trial=29 arm=" . word(arms, i)) \
         using (i):(100 * column("median")):(100 * column("low")):(100 * column("high")) \
         with yerrorbars lt i lw 2 ps 1.2 dt 1, \
     for [i = 1:5] rows("trials", "trial=29 arm=" . word(arms, i)) \
         using (i + 0.15):(100 * column("best_test")) @dots lt i ps 0.5

seed = scale eq "smoke" ? 2 : 4 # one that is warned in both rounds
eval figure("trials", 1000, 380)
set multiplot layout 1, 3 margins 0.07, 0.97, 0.17, 0.78 spacing 0.04, 0.1 title \
    sprintf("Where the trials lie, round by round\n{/=10 Searches with seed %d; the range of " . \
    "rates of the last two ends at 0.001 (dotted).}", seed) font ",13"
eval panel
set logscale xy
set xrange [1e-6:100]; set yrange [1e-6:100]
set format x power_of_ten; set format y power_of_ten
set xlabel "learning rate"
shown = "coarse_to_fine border_minded border_ignored"
do for [i = 1:3] {
    arm = word(shown, i)
    set title title_of(i + 2)
    set ylabel (i == 1 ? "weight decay" : "")
    if (i == 3) { set key inside right center vertical Left reverse samplen 1 } else { unset key }
    if (i > 1) { set arrow 1 from 0.001, graph 0 to 0.001, graph 1 nohead dt (2,4) lw 1.4 lc rgb '#5A5A5A' }
    plot for [round = 0:2] rows("trials", sprintf("seed=%d arm=%s round=%d", seed, arm, round)) \
        using "rate":"weight_decay" with points lt round + 1 title sprintf("round %d", round + 1)
}
unset multiplot
