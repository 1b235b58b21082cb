# SPDX-License-Identifier: MIT
# The loss curves of constant rates (CS231n's picture of four), validation accuracy against the rate,
# and test accuracy of every policy at the rate that validation chose.
load 'plots/style.gp'

eval figure("loss_curves", 760, 470)
eval headline("Constant learning rates, from too low to too high", \
    "MLP on MNIST. Mean training loss since the point before; " . \
    of_seeds("median and quartiles over seeds."))
set xlabel "iteration"
set ylabel "training loss"
set logscale y
set format y power_of_ten
curve(rate) = bands("curves", "training_loss", "iteration", "policy=constant rate=" . rate)
names = "0.001 0.01 0.10000000000000001 0.29999999999999999 1"
label(i) = "rate " . word("0.001 0.01 0.1 0.3 1", i)
plot for [i = 1:words(names)] curve(word(names, i)) using "iteration":"low":"high" @band lt i notitle, \
     for [i = 1:words(names)] curve(word(names, i)) using "iteration":"median" @median lt i title label(i)

eval figure("accuracy_by_rate", 760, 470)
eval headline("Validation accuracy against the initial rate", \
    "Equal budget for all. " . of_seeds("Median and quartiles over seeds") . \
    "; the best of each curve is what the test set sees.")
set xlabel "initial learning rate"
set key maxcols 3
set ylabel "validation accuracy (%)"
set logscale x
set xrange [0.002:1.5]
set format x "%g"
if (scale ne "smoke") { set yrange [94:98.5] }
policies = "constant step exponential_10 exponential_100 inverse_time_10 inverse_time_100 cosine warm_restarts"
titles = "constant step exponential=to=1/10 exponential=to=1/100 1/t=to=1/10 1/t=to=1/100 cosine warm=restarts"
name(i) = system(sprintf("printf '%%s' '%s' | tr = ' '", word(titles, i)))
rate(p) = bands("runs", "validation_accuracy", "rate", "policy=" . p)
plot for [i = 1:words(policies)] rate(word(policies, i)) \
         using (column("rate") * (1 + 0.02 * (i - 4))):(100 * column("median")):(100 * column("low")):(100 * column("high")) \
         with yerrorbars lt i lw 1 ps 0 dt 1 notitle, \
     for [i = 1:words(policies)] rate(word(policies, i)) \
         using (column("rate") * (1 + 0.02 * (i - 4))):(100 * column("median")) with linespoints lt i title name(i)

eval figure("best_of_each", 760, 430)
eval headline("Test accuracy of every policy at its best rate", \
    of_seeds("Every seed (points), median with its 95 % bootstrap interval.") . \
    " Rate chosen on the validation set.")
set ylabel "test accuracy (%)"
set xrange [0.4:words(policies) + 0.6]
set key off
set for [i = 1:words(policies)] xtics (name(i) i) rotate by -20
best(p) = system(sprintf("bands --value validation_accuracy --by rate '%s' 'policy=%s' | sort -t, -k3,3gr | " . \
    "grep -v rate | head -n 1 | cut -d, -f1", table("runs"), p))
where(p) = "policy=" . p . " rate=" . best(p)
plot for [i = 1:words(policies)] bands95("runs", "test_accuracy", "policy", where(word(policies, i))) \
         using (i):(100 * column("median")):(100 * column("low")):(100 * column("high")) \
         with yerrorbars lt i lw 2 ps 1.2 dt 1, \
     for [i = 1:words(policies)] rows("runs", where(word(policies, i))) \
         using (i + 0.15):(100 * column("test_accuracy")) @dots lt i ps 0.5
