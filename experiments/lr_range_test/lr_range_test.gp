# SPDX-License-Identifier: MIT
# Figure 3 of the paper, the exponential form, what every rule suggests, and what that is worth.
load 'plots/style.gp'

net = scale eq "paper" ? "cifar10_full, 4,000 iterations" : "cifar10_quick" . (scale eq "desk" ? " at 16 x 16" : "")

# ---- Smith's form ----
$there << END
point,accuracy
0,10
1,16
2,31
3,33
4,37.5
5,42
6,41.5
7,42
8,48.5
9,42.5
10,46
11,49
12,49.5
13,42.5
14,51
15,40
16,42.5
17,39.5
18,45
19,43
20,32.5
END
eval figure("smith", 720, 480)
eval headline("Accuracy while the rate grows along a line (CLR Figure 3)", \
    of_seeds("Thin: seeds; thick: their median.") . " " . net . ". Stars: the paper's.")
set xlabel "rate"; set ylabel "test accuracy (%)"
set xrange [0:0.02]
eval mark_x(0.001, "base there")
eval mark_x(0.006, "maximum there")
seeds = system(sprintf("(tail -n +2 '%s/smith.csv' | grep . || echo 1) | cut -d, -f1 | " . \
    "sort -nu | tr '\\n' ' '", in))
plot for [s in seeds] rows("smith", "seed=" . s) using "rate":(100 * column("test_accuracy")) \
         with lines lt 1 lw 0.6 dt 1 notitle, \
     bands("smith", "test_accuracy", "rate", "") using "rate":(100 * column("median")) \
         with lines lt 1 lw 2.6 title of_seeds("median"), \
     $there using (0.001 * $1):2 with points pt 3 ps 1.2 lw 1.5 lc rgb '#5A5A5A' \
         title "the paper's"

# ---- the exponential form ----
eval figure("exponential", 1000, 440)
set multiplot layout 1, 2 margins 0.07, 0.98, 0.2, 0.82 spacing 0.07, 0.1 title \
    "Loss while the rate grows by equal factors (source 004, fastai)\n{/=10 One thin line a " . \
    "seed. The smoothed loss runs behind: its minimum lies right of the loss' own.}" font ",13"
eval panel
set logscale x; set format x power_of_ten
set xrange [1e-7:10]; set xlabel "rate"; set ylabel "training loss"
set key bmargin center horizontal
do for [problem in "mnist_mlp cifar10"] {
    set title problem eq "cifar10" ? "CIFAR-10, " . (scale eq "paper" ? "cifar10\\_full" : \
        "cifar10\\_quick") : "MNIST, 784-128-10"
    set yrange [0:(problem eq "cifar10" ? 5 : 4)]
    seeds = system(sprintf("(grep '^%s,' '%s/ramp.csv' || echo ,1) | cut -d, -f2 | " . \
        "sort -nu | head -n 5 | tr '\\n' ' '", problem, in))
    plot for [s in seeds] rows("ramp", sprintf("problem=%s seed=%s", problem, s)) \
             using "rate":"loss" with lines lt 9 lw 0.6 notitle, \
         for [s in seeds] rows("ramp", sprintf("problem=%s seed=%s", problem, s)) \
             using "rate":"smoothed" with lines lt 1 lw 1 dt 1 notitle, \
         NaN with lines lt 9 title "loss of the batch", \
         NaN with lines lt 1 dt 1 title "smoothed (0.98)"
}
unset multiplot

# ---- what the rules suggest ----
rules = "valley slide minimum_tenth steepest per_point minimum"
smith = "smith_base smith_max"
label(r) = r eq "minimum_tenth" ? "minimum / 10" : r eq "per_point" ? "steepest a point" : \
           r eq "smith_base" ? "Smith's base" : r eq "smith_max" ? "Smith's maximum" : r
eval figure("suggestions", 760, 480)
eval headline("The rate that each rule suggests", \
    "Every dot is one seed's range test: a rule gives no one number.")
set logscale x; set format x power_of_ten
set xlabel "suggested rate" offset 0, 0.4; unset ylabel
set bmargin 6
set lmargin 18
each = rules . " " . smith
set yrange [words(each) + 0.6:0.4]
set grid noytics
set ytics ("" 0)
do for [k = 1:words(each)] { set ytics add (label(word(each, k)) k) }
plot for [k = 1:words(rules)] rows("suggestions", "problem=mnist_mlp rule=" . word(rules, k)) \
         using "rate":(k - 0.3 + 0.05 * int($0) / 3) with points lt 1 title (k == 1 ? "MNIST, 784-128-10" : ""), \
     for [k = 1:words(rules)] rows("suggestions", \
         "form=exponential problem=cifar10 rule=" . word(rules, k)) \
         using "rate":(k + 0.08 + 0.06 * int($0)) with points lt 2 title (k == 1 ? "CIFAR-10" : ""), \
     for [k = 1:words(smith)] rows("suggestions", "form=smith rule=" . word(smith, k)) \
         using "rate":(words(rules) + k + 0.08 + 0.06 * int($0)) with points lt 2 notitle

# ---- what that is worth ----
eval figure("trainings", 720, 450)
eval headline("Training on MNIST at the rates suggested", \
    "A dot a seed and rule: its own suggestion, a fresh training at that constant rate.")
set logscale x; set format x power_of_ten
set xlabel "suggested rate" offset 0, 0.4; set ylabel "test accuracy (%)"
set bmargin 7
plot for [k = 1:words(rules)] rows("trainings", "rule=" . word(rules, k)) \
    using "rate":(100 * column("test_accuracy")) with points lt k title label(word(rules, k))
