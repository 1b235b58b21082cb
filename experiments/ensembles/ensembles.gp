# SPDX-License-Identifier: MIT
# Gain against the number of models, against training cost, variety against gain, running averages
# along a run; one panel a data set.
load 'plots/style.gp'

sets = system("tail -n +2 " . table("pools") . " | cut -d, -f1 | uniq | tr '\\n' ' '")
net_of(s) = s eq "cifar10" ? "cifar10\\_quick on 9,000 of CIFAR-10" : \
    "784-100-10 on 2,000 of " . (s eq "mnist" ? "MNIST" : "Fashion-MNIST")
count(s) = system(sprintf("bands --value gain --by models '%s' 'set=%s way=init models=1' | tail -n 1 | cut -d, -f2", \
    table("pools"), s))
one(s) = 100 * real(system(sprintf("bands --value accuracy --by models '%s' 'set=%s way=init models=1' | tail -n 1 | cut -d, -f3", \
    table("pools"), s)))
above(s) = sprintf("%s\n{/=9 median of %s repetitions, 95 %% interval; one model: %.1f %%}", net_of(s), count(s), one(s))
ways = "init top checkpoints checkpoints_long snapshots"
colour(w) = w eq "init" ? 1 : w eq "top" ? 2 : w eq "checkpoints" ? 3 : w eq "checkpoints_long" ? 4 : \
    w eq "snapshots" ? 5 : w eq "average" ? 6 : w eq "single" ? 7 : 9
spoken(w) = w eq "init" ? "initial weights" : w eq "top" ? "top of search" : \
    w eq "checkpoints" ? "checkpoints" : w eq "checkpoints_long" ? "long checkpoints" : \
    w eq "snapshots" ? "snapshots" : w eq "average" ? "running average" : \
    w eq "single" ? "one model, cosine" : "one model, constant"

eval figure("models", 480 * words(sets) + 40, 480)
set multiplot layout 1, words(sets)
eval panel
set tmargin 4
set xlabel "models asked together"
set xrange [0.5:10.5]
set xtics 1
set key maxcols 3
of(w, s) = bands95("pools", "gain", "models", "set=" . s . " way=" . w)
aside(w) = 0.09 * (colour(w) - 3)
do for [s in sets] {
    set title above(s)
    set ylabel "gain over one model (points of test accuracy)"
    plot 0 with lines lt 9 notitle, \
         1 with lines lt 9 dt (2,4) title "CS231n: a few percent", \
         for [w in ways] of(w, s) using (column("models") + aside(w)):"median":"low":"high" \
             with yerrorbars lt colour(w) lw 0.9 ps 0 dt 1 notitle, \
         for [w in ways] of(w, s) using (column("models") + aside(w)):"median" with linespoints lt colour(w) title spoken(w)
}
unset multiplot

eval figure("cost", 480 * words(sets) + 40, 500)
set multiplot layout 1, words(sets)
eval panel
set tmargin 4
set xlabel "trainings paid for, beyond the search"
set xrange [-0.5:10.6]
set xtics 1
set key maxcols 3
of(w, s) = bands95("costs", "gain", "trainings", "set=" . s . " way=" . w)
lines = "init snapshots checkpoints_long average single constant"
aside(i) = 0.1 * (i - 3.5)
do for [s in sets] {
    set title above(s)
    set ylabel "gain over one model (points of test accuracy)"
    plot 0 with lines lt 9 notitle, \
         for [i = 1:words(lines)] of(word(lines, i), s) using (column("trainings") + aside(i)):"median":"low":"high" \
             with yerrorbars lt colour(word(lines, i)) lw 0.9 ps 0 dt 1 notitle, \
         for [i = 1:words(lines)] of(word(lines, i), s) using (column("trainings") + aside(i)):"median" \
             with linespoints lt colour(word(lines, i)) title spoken(word(lines, i)), \
         for [w in "top checkpoints"] of(w, s) using (column("trainings") - (w eq "top" ? 0 : 0.36)):"median":"low":"high" \
             with yerrorbars lt colour(w) lw 1.6 ps 1.3 dt 1 title "ten " . spoken(w)
}
unset multiplot

eval figure("variety", 480 * words(sets) + 40, 470)
set multiplot layout 1, words(sets)
eval panel
set tmargin 4
set xlabel "images on which two of ten models disagree (%)"
set xrange [0:*]
set key maxcols 3
do for [s in sets] {
    set title net_of(s) . "\n{/=9 ten models; one point a repetition}"
    set ylabel "gain over the mean of the ten (points)"
    plot 0 with lines lt 9 notitle, \
         for [w in ways] rows("pools", "set=" . s . " models=10 way=" . w) using (100 * column("disagreement")): \
             (100 * (column("accuracy") - column("member_accuracy"))) @dots lt colour(w) title spoken(w)
}
unset multiplot

windows = "0.01 0.10000000000000001 1"
eval figure("average", 480 * words(sets) + 40, 760)
set multiplot layout 2, words(sets)
eval panel
set tmargin 4
set logscale x
set xrange [0.09:11]
set xtics (0.1, 0.2, 0.5, 1, 2, 5, 10)
set xlabel "length of the run (trainings)"
set key maxcols 3
do for [s in sets] {
    set title net_of(s) . "\n{/=9 one run at a constant rate; median and quartiles of " . count(s) . " repetitions}"
    set ylabel "validation accuracy (%)"
    raw = bands("averages", "validation_accuracy", "trainings", "set=" . s . " window=1")
    mean(w) = bands("averages", "average_accuracy", "trainings", "set=" . s . " window=" . w)
    plot raw using "trainings":(100 * column("low")):(100 * column("high")) @band lt 9 notitle, \
         for [i = 1:3] mean(word(windows, i)) using "trainings":(100 * column("low")):(100 * column("high")) @band lt i notitle, \
         raw using "trainings":(100 * column("median")) @median lt 9 lw 2 title "weights", \
         for [i = 1:3] mean(word(windows, i)) using "trainings":(100 * column("median")) @median lt i \
             title sprintf("average over %g", real(word(windows, i)))
}
do for [s in sets] {
    set title "The average over the weights themselves\n{/=9 median and its 95 % interval; windows are shares of a training}"
    set ylabel "gain (points of validation accuracy)"
    set yrange [-4:5]
    gain(w) = bands95("averages", "gain", "trainings", "set=" . s . " window=" . w)
    plot 0 with lines lt 9 notitle, \
         1 with lines lt 9 dt (2,4) title "1 ... 2 points: CS231n", 2 with lines lt 9 dt (2,4) notitle, \
         for [i = 1:3] gain(word(windows, i)) using "trainings":"low":"high" @band lt i notitle, \
         for [i = 1:3] gain(word(windows, i)) using "trainings":"median" with linespoints lt i \
             title sprintf("average over %g", real(word(windows, i)))
}
unset multiplot
