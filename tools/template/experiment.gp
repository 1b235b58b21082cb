# SPDX-License-Identifier: MIT
load 'plots/style.gp'

eval figure("accuracy", 720, 450)
eval headline("Test accuracy at four constant rates", of_seeds("Median and quartiles over seeds."))
set xlabel "iteration"
set ylabel "test accuracy (%)"
rates = "0.01 0.10000000000000001 1 10"
curve(i) = bands("curve", "test_accuracy", "iteration", "rate=" . word(rates, i))
plot for [i = 1:4] curve(i) using "iteration":(100 * column("low")):(100 * column("high")) @band lt i notitle, \
     for [i = 1:4] curve(i) using "iteration":(100 * column("median")) @median lt i \
         title sprintf("rate %g", real(word(rates, i)))
