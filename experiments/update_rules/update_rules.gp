# SPDX-License-Identifier: MIT
# Paths and losses on three surfaces, updates off the saddle; accuracy against rate, loss at each
# rule's own rate, test accuracy, widths, falling rates; what happens inside Adagrad and Adam; Newton's
# method and L-BFGS.
load 'plots/style.gp'

rules = "sgd momentum nesterov adagrad rmsprop adam adadelta"
names = "plain momentum Nesterov Adagrad RMSprop Adam Adadelta"
rate_of(s, r) = real(system(sprintf("bands --rows '%s' 'surface=%s rule=%s update=0' | tail -n 1 | cut -d, -f4", table("paths"), s, r)))

# ---- the pictures ----
valley(x, y) = (x * x / 100 + y * y) / 2
beale(x, y) = (1.5 - x + x * y)**2 + (2.25 - x + x * y**2)**2 + (2.625 - x + x * y**3)**2
set isosamples 160, 160
set samples 160
set contour base
unset surface
set cntrparam levels discrete 0.001, 0.01, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6
set xrange [-12:4]
set yrange [-2.2:2.2]
set table $valley
splot valley(x, y)
unset table
set cntrparam levels discrete 0.05, 0.5, 2, 5, 10, 20, 40, 80, 160
set xrange [-0.5:4.5]
set yrange [-1.5:2]
set table $beale
splot beale(x, y)
unset table
set cntrparam levels discrete -1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1
set xrange [-0.7:1.2]
set yrange [-1.1:1.1]
set table $saddle
splot x * x - y * y
unset table

eval figure("paths", 1100, 740)
set multiplot layout 2, 3
eval panel
set tmargin 3
set key off
unset grid
path(s, i) = rows("paths", "surface=" . s . " rule=" . word(rules, i))
set xlabel "x"
set ylabel "y"
number(k) = real(word(strcol(1), k)) # the separator is a comma
star = "point pt 3 ps 1.2 lw 1.5 lc rgb '#000000' front"
set label 1 "" at 0, 0 @star
set title "valley: (x^2/100 + y^2)/2 from (-10, 1)"
set xrange [-12:4]
set yrange [-2.2:2.2]
plot $valley using (number(1)):(number(2)) with lines lt 9 lw 0.6 dt 1, for [i = 1:7] path("valley", i) using "x":"y" with lines lt i dt 1 lw 1.3
set label 1 "" at 3, 0.5 @star
set title "Beale's function from (1, 1.5)"
set xrange [-0.5:4.5]
set yrange [-1.5:2]
plot $beale using (number(1)):(number(2)) with lines lt 9 lw 0.6 dt 1, for [i = 1:7] path("beale", i) using "x":"y" with lines lt i dt 1 lw 1.3
set label 1 "" at 0, 0 @star
set title "saddle: x^2 - y^2 from (1, 10^{-6})"
set xrange [-0.7:1.2]
set yrange [-0.1:1.1]
plot $saddle using (number(1)):(number(2)) with lines lt 9 lw 0.6 dt 1, for [i = 1:7] path("saddle", i) using "x":"y" with lines lt i dt 1 lw 1.3
unset label 1
set grid
set key bmargin left horizontal maxrows 3 font ",8" samplen 1.5
set xlabel "update"
set title "loss (rates: those that settle first)"
set logscale y
set format y power_of_ten
set ylabel "loss"
set xrange [0:200]
set yrange [1e-8:10]
plot for [i = 1:7] path("valley", i) using "update":"loss" with lines lt i title sprintf("%s %g", word(names, i), rate_of("valley", word(rules, i)))
set title "loss (rates: those that settle first)"
set yrange [1e-8:1e3]
plot for [i = 1:7] path("beale", i) using "update":"loss" with lines lt i title sprintf("%s %g", word(names, i), rate_of("beale", word(rules, i)))
set title "loss (one rate for all but Adadelta)"
unset logscale y
set format y "%g"
set logscale x
set xrange [1:2000]
set yrange [-1.2:1.1]
plot for [i = 1:7] path("saddle", i) using (column("update") + 1e-9):"loss" with lines lt i title sprintf("%s %g", word(names, i), rate_of("saddle", word(rules, i)))
unset multiplot

eval figure("saddle", 760, 480)
eval headline("Breaking symmetry: updates to leave the saddle", "x^2 - y^2 from (1, distance); rate 0.01, Adadelta 1; off it at |y| = 1")
set logscale xy
set format x power_of_ten
set xlabel "distance of the start from the ridge"
set ylabel "updates until |y| reaches 1"
set xrange [5e-13:0.2] reverse
set key maxrows 2
set bmargin 6
own(i) = i == 7 ? "1" : "0.01"
plot for [i = 1:7] rows("plane", "surface=saddle rate=" . own(i) . " rule=" . word(rules, i)) using "offset":"updates" with linespoints lt i title word(names, i)

# ---- trainings ----
tuned(d, r, k) = system(sprintf("bands --value validation_accuracy --by rate '%s' 'data=%s rule=%s decay=%s' | tail -n +2 | sort -s -t, -k3,3gr | head -n 1 | cut -d, -f1", table("runs"), d, r, k))
array on_mnist[6]
array on_cifar10[6]
do for [i = 1:6] {
    on_mnist[i] = tuned("mnist", word(rules, i), "constant")
    on_cifar10[i] = tuned("cifar10", word(rules, i), "constant")
}
own_rate(d, i) = d eq "mnist" ? on_mnist[i] : on_cifar10[i]
data_name(d) = d eq "mnist" ? "MNIST, 784-64-10" : "CIFAR-10, two convolutions"

eval figure("rates", 1000, 470)
set multiplot layout 1, 2
eval panel
set tmargin 4
set logscale x
set format x power_of_ten
set xlabel "rate"
set key maxrows 1
do for [d in "mnist cifar10"] {
    set title data_name(d) . "\n{/=9 median and quartiles of seeds}"
    set ylabel "validation accuracy (%)"
    if (d eq "mnist") { set yrange [82:*] } else { set yrange [15:*] }
    by_rate(i) = bands("runs", "validation_accuracy", "rate", "decay=constant data=" . d . " rule=" . word(rules, i))
    plot for [i = 1:6] by_rate(i) using "rate":(100 * column("low")):(100 * column("high")) @band lt i notitle, \
         for [i = 1:6] by_rate(i) using "rate":(100 * column("median")) with linespoints lt i title word(names, i)
}
unset multiplot

eval figure("loss", 1000, 470)
set multiplot layout 1, 2
eval panel
set tmargin 4
set logscale xy
set format x "%g"
set xlabel "update"
set xrange [*:*] noextend
set key maxrows 1
do for [d in "mnist cifar10"] {
    set title data_name(d) . ", each rule at its own rate\n{/=9 mean loss since the point before; median and quartiles of seeds}"
    set ylabel "training loss"
    if (d eq "mnist") { set yrange [*:6] noextend; set ytics (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5) } else { set yrange [*:5] noextend; set ytics (1, 1.2, 1.5, 2, 3, 4, 5) }
    of(i) = bands("curves", "training_loss", "update", "data=" . d . " rule=" . word(rules, i) . " rate=" . own_rate(d, i))
    plot for [i = 1:6] of(i) using "update":"low":"high" @band lt i notitle, \
         for [i = 1:6] of(i) using "update":"median" with lines lt i title word(names, i)
}
unset multiplot

eval figure("test", 1000, 450)
set multiplot layout 1, 2
eval panel
set tmargin 4
set key off
set xrange [0.5:6.5]
set for [i = 1:6] xtics (word(names, i) i) font ",8"
do for [d in "mnist cifar10"] {
    set title data_name(d) . "\n{/=9 each rule at its own rate: every seed, median with its 95 % interval}"
    set ylabel "test accuracy (%)"
    at(i) = "decay=constant data=" . d . " rule=" . word(rules, i) . " rate=" . own_rate(d, i)
    plot for [i = 1:6] bands95("runs", "test_accuracy", "rule", at(i)) using (i - 0.1):(100 * column("median")):(100 * column("low")):(100 * column("high")) \
             with yerrorbars lt i lw 2 ps 1.1 dt 1, \
         for [i = 1:6] rows("runs", at(i)) using (i + 0.15):(100 * column("test_accuracy")) @dots lt i ps 0.5
}
unset multiplot

# differences over seeds are those of the claims
claim(id) = rows("claims", "id=" . id)
# a scale that decides nothing draws nothing: beside the plot
undecided(text) = text eq "nan" || text eq ""
is_judged(place) = undecided(strcol("measured")) ? -9 : place
judged(name) = undecided(strcol("measured")) ? 0 : real(strcol(name))
eval figure("width", 760, 430)
eval headline("Decades of rates that will do, more than plain descent has", "Within 1 point of the best on MNIST, 2 on CIFAR-10; median of paired seeds, 95 % interval")
set xlabel ""
set ylabel "decades more than plain descent"
set xrange [0.5:3.5]
set xtics ("Adagrad" 1, "RMSprop" 2, "Adam" 3)
set xzeroaxis lt 9
set key maxrows 1
wide = "adagrad rmsprop adam"
plot for [j = 1:2] for [i = 1:3] claim("wide-" . word(wide, i) . "-" . word("mnist cifar10", j)) \
     using (is_judged(i + 0.16 * (j - 1.5))):(judged("measured")):(judged("low")):(judged("high")) with yerrorbars lt j lw 2 ps 1.1 dt 1 title (i == 1 ? word("MNIST CIFAR-10", j) : "")

eval figure("pairs", 860, 450)
eval headline("Rule against rule, each at its own tuned rate", "Points of test accuracy; median of paired seeds with its 95 % interval")
set ylabel "points of test accuracy"
set xrange [0.5:4.5]
set xtics ("Nesterov - momentum" 1, "Adam - RMSprop" 2, "Nesterov - Adam" 3, "Adam - best other" 4)
set xzeroaxis lt 9
set key maxrows 1
compared = "nesterov-better adam-rmsprop nesterov-alternative adam-default"
plot for [j = 1:2] for [i = 1:4] claim(word(compared, i) . "-" . word("mnist cifar10", j)) \
     using (is_judged(i + 0.16 * (j - 1.5))):(judged("measured")):(judged("low")):(judged("high")) with yerrorbars lt j lw 2 ps 1.1 dt 1 title (i == 1 ? word("MNIST CIFAR-10", j) : "")

eval figure("decay", 860, 450)
eval headline("Falling rates against the best constant one, rule by rule", "MNIST; all end at 1/16 of their initial rate; each tuned on validation; median of pairs of one seed, 95 % interval")
set ylabel "points of test accuracy"
set xrange [0.5:6.5]
set for [i = 1:6] xtics (word(names, i) i)
set xzeroaxis lt 9
set key maxrows 1
kinds = "step exponential inverse-time"
plot for [j = 1:3] for [i = 1:6] claim(word(rules, i) . "-" . word(kinds, j)) \
     using (is_judged(i + 0.2 * (j - 2))):(judged("measured")):(judged("low")):(judged("high")) with yerrorbars lt j lw 2 ps 1.1 dt 1 title (i == 1 ? word("step exponential 1/t", j) : "")

eval figure("inside", 1000, 450)
set multiplot layout 1, 2
eval panel
set tmargin 4
set logscale xy
set xlabel "update"
set xrange [*:*] noextend
set title "What a gradient is multiplied by\n{/=9 MNIST, own rates: rate over root mean square; median of seeds}"
set ylabel "effective rate"
set key maxrows 1
inside(i) = bands("curves", "effective_rate", "update", "data=mnist rule=" . word(rules, i) . " rate=" . on_mnist[i])
plot for [i = 4:6] inside(i) using "update":"median" with linespoints lt i title word(names, i)
set title "Adam with and without its bias correction, one rate\n{/=9 MNIST; median and quartiles; the rate's factor by its formula}"
set ylabel "training loss, factor"
set xrange [*:*] noextend
set yrange [*:3] noextend
set ytics (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)
both(r) = bands("curves", "training_loss", "update", "data=mnist rule=" . r . " rate=" . on_mnist[6])
plot both("adam") using "update":"low":"high" @band lt 6 notitle, both("adam_uncorrected") using "update":"low":"high" @band lt 8 notitle, \
     both("adam") using "update":"median" with lines lt 6 title "with", both("adam_uncorrected") using "update":"median" with lines lt 8 title "without", \
     both("adam") using "update":(sqrt(1 - 0.999**column("update")) / (1 - 0.9**column("update"))) with lines lt 9 title "factor"
unset multiplot

# ---- second order ----
methods = "newton lbfgs momentum descent"
spoken = "Newton L-BFGS momentum descent"
by_iterations(p, m, s) = sprintf("bands --value iterations --by rate '%s' 'problem=%s method=%s%s' 2>/dev/null | tail -n +2 | sort -s -t, -k2,2gr -k3,3g | head -n 1 | cut -d, -f1", table("second"), p, m, s)
best(p, m) = system(sprintf("a=$(%s); b=$(%s); echo ${a:-$b}", by_iterations(p, m, " status=converged"), by_iterations(p, m, "")))
seeds(p) = int(system(sprintf("awk -F, '$1 == \"%s\" && $4 > m {m = $4} END {print m}' %s", p, table("descents"))))
after(n) = n == 0 ? 0.5 : n # the start, on a logarithmic axis
eval figure("second", 1100, 460)
set multiplot layout 1, 3
eval panel
set tmargin 5
set logscale xy
set format y power_of_ten
set key maxrows 1
set xlabel "iteration (the start at 1/2)"
set title "softmax regression, 500 weights\n{/=8 at the best rates; seeds 1 to 5}"
set ylabel "norm of the gradient"
array best_49[4]
array best_parity[4]
do for [i = 1:4] {
    best_49[i] = best("softmax_49", word(methods, i))
    best_parity[i] = best("parity", word(methods, i))
}
run(p, i, s) = rows("descents", "problem=" . p . " method=" . word(methods, i) . " seed=" . s . " rate=" . (p eq "parity" ? best_parity[i] : best_49[i]))
plot for [i = 1:4] for [s = 1:seeds("softmax_49")] run("softmax_49", i, s) using (after(column("iteration"))):"gradient_norm" with lines lt i lw 1 dt 1 title (s == 1 ? word(spoken, i) : "")
set title "3-5-1 on parity, 26 weights\n{/=8 until every error is below 0.01; seeds 1 to 5}"
set ylabel "sum of squared errors / 2"
plot for [i = 1:4] for [s = 1:seeds("parity")] run("parity", i, s) using (after(column("iteration"))):"loss" with lines lt i lw 1 dt 1 title (s == 1 ? word(spoken, i) : "")
set title "CPU time of a run on this machine\n{/=8 every run, at the best rate of its method}"
set xlabel "weights"
set ylabel "CPU time (ms)"
set xrange [15:3000]
set yrange [*:*]
problems = system(sprintf("cut -d, -f1 %s | tail -n +2 | awk '!s[$0]++' | tr '\n' ' '", table("second")))
plot for [i = 1:4] for [p in problems] rows("second", "problem=" . p . " method=" . word(methods, i) . " rate=" . best(p, word(methods, i))) \
     using (column("parameters") * (1 + 0.07 * (i - 2.5))):"cpu_ms" @dots lt i title (p eq word(problems, 1) ? word(spoken, i) : "")
unset multiplot
