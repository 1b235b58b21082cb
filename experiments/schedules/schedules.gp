# SPDX-License-Identifier: MIT
# Figures of `schedules`: every policy, the paper's own, the two exp_range, the cycled momenta.
load 'plots/style.gp'

curve(policy) = rows("rates", "policy=" . policy)

# ---- every policy, one small panel each: its last iteration and the top of its axis ----
shown = "constant 100 0.1  step 100 0.1  multi_step 100 0.1  exponential 100 0.1 " . \
    "exponential_staircase 100 0.1  inverse_time 100 0.1  inverse_time_staircase 100 0.1 " . \
    "inverse 100 0.1  hold_inverse 100 0.1  polynomial 100 0.1  sigmoid 100 0.1 " . \
    "cosine 100 0.1  warm_restarts_1 200 0.05  warm_restarts_2 150 0.05 " . \
    "warm_up_cosine 100 0.1  one_cycle 100 0.1  one_cycle_three_phase 100 0.1 " . \
    "one_cycle_smith 95 0.8  plateau 100 0.1  linear_range 4000 0.02 " . \
    "triangular 24000 0.006  triangular_welch 24000 0.006  triangular_hann 24000 0.006 " . \
    "triangular_uneven 120 0.1  triangular2 24000 0.006  exp_range 70000 0.006 " . \
    "exp_range_both 70000 0.006  clr_decay 25000 0.007  clr_fixed 70000 0.01 " . \
    "clr_table_2 25000 0.01  clr_exp 70000 0.01  exponential_range 100 100 " . \
    "periods_weights 4096 0.5  periods_biases 4096 1.2"
eval figure("policies", 1000, 1180)
set multiplot layout 7, 5 title "Learning rate against iteration, policy by policy\n" . \
    "{/=10 The parameters of each are in policies.csv; plateau follows a made-up loss; " . \
    "the last six have a logarithmic axis}" \
    font ",13" margins 0.075, 0.98, 0.045, 0.925 spacing 0.055, 0.05
eval panel
set key off
do for [k = 1:words(shown) / 3] {
    name = word(shown, 3 * k - 2)
    last = real(word(shown, 3 * k - 1)); top = real(word(shown, 3 * k))
    doubling = name[1:7] eq "periods"
    set title name noenhanced
    set xlabel (k > 29 ? "iteration" : "")
    set ylabel (k % 5 == 1 ? "rate" : "")
    unset logscale
    set format x "%.0f"; set format y "%g"
    set xrange [0:last]; set xtics last / 2
    set yrange [0:1.05 * top]; set ytics top / 2
    if (name[1:4] eq "clr_" && name ne "clr_decay") {
        set logscale y; set yrange [5e-6:1e-2]; set ytics 10; set format y power_of_ten
    }
    if (name eq "exponential_range") {
        set logscale y; set yrange [1e-8:100]; set ytics 1e-8, 1000; set format y power_of_ten
    }
    if (doubling) {
        set logscale x; set xrange [1:last]; set xtics 1, 16
        set xlabel "iteration + 1"
    }
    if (doubling) {
        plot curve(name) using (column("iteration") + 1):"rate" with steps lt 1 notitle
    } else {
        plot curve(name) using "iteration":"rate" with lines lt 1 notitle
    }
}
unset multiplot

# ---- what Table 1 of the paper compares ----
eval figure("paper", 1000, 520)
eval headline("The learning rates behind Table 1 (CLR, CIFAR-10)", \
    "Dotted: the jump of Fig. 1; the accuracies Table 1 reads for triangular2 and exp_range")
set xlabel "iteration"; set ylabel "rate"
set logscale y; set format y power_of_ten; set format x "%.0f"
set xrange [0:70000]; set yrange [7e-6:1e-2]
eval mark_x(16000, "jump of Fig. 1")
eval mark_x(25000, "81.4 %")
eval mark_x(42000, "82.2 %")
plot curve("clr_fixed") using "iteration":"rate" with lines lt 1 title "fixed", \
     curve("clr_table_2") using "iteration":"rate" with lines lt 2 lw 1.2 dt 1 \
         title "triangular2 (Table 2)", \
     curve("clr_decay") using "iteration":"rate" with lines lt 3 title "decay", \
     curve("clr_exp") using "iteration":"rate" with lines lt 4 title "exp", \
     curve("exp_range_both") using "iteration":"rate" with lines lt 5 lw 1.2 dt 1 \
         title plain("exp_range (both bounds)")

# ---- the two readings of exp_range ----
eval figure("exp_range", 1000, 520)
eval headline("exp_range has two readings", \
    "Base 0.001, maximum 0.006, step size 2,000, gamma 0.99994; Table 1 reads it at a peak, 42,000")
set xlabel "iteration"; set ylabel "rate"
set xrange [0:70000]; set yrange [0:0.0062]; set format x "%.0f"
eval mark_x(42000, "42,000")
plot curve("exp_range") using "iteration":"rate" with lines lt 6 dt 1 \
         title "amplitude alone (PyTorch, bckenstler/CLR)", \
     curve("exp_range_both") using "iteration":"rate" with lines lt 5 dt 1 \
         title "both bounds (the paper's text, coxy1989/clr)", \
     curve("clr_exp") using "iteration":"rate" with lines lt 4 title "exp"

# ---- momentum goes the other way ----
momenta = "triangular_uneven 120 0.1  triangular2_momentum 100 0.1  one_cycle 100 0.1 " . \
    "one_cycle_smith 96 0.8"
eval figure("momentum", 1000, 560)
set multiplot layout 2, 4 title "Where a policy cycles the momentum, it runs against the rate" \
    font ",13" margins 0.075, 0.98, 0.09, 0.87 spacing 0.055, 0.12
eval panel
set key off
set ytics
do for [row = 0:1] {
    do for [k = 1:4] {
        name = word(momenta, 3 * k - 2); last = real(word(momenta, 3 * k - 1))
        set title (row == 0 ? name : "") noenhanced
        set xlabel (row == 1 ? "iteration" : "")
        set ylabel (k > 1 ? "" : row == 0 ? "rate" : "momentum")
        set xrange [0:last]; set xtics last / 4
        if (row == 0) {
            set yrange [0:1.05 * real(word(momenta, 3 * k))]
        } else {
            set yrange [0.78:0.97]; set ytics 0.8, 0.05
        }
        plot curve(name) using "iteration":(row == 0 ? column("rate") : column("momentum")) \
            with lines lt row + 1 dt 1 notitle
    }
}
unset multiplot
