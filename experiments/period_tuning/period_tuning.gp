# SPDX-License-Identifier: MIT
# Figures of `period_tuning`: tables of rates, horizons, one rate varied, the incident, what carries
# over.
load 'plots/style.gp'

# how far the tunings of this scale went: their epochs and last rotation; the longest of all
largest(name, field, rule) = int(system(sprintf("awk -F, 'NR > 1 && %s && $%d > m " . \
    "{ m = $%d } END { print m + 0 }' '%s'", rule, field, field, table(name))))
of(tuning) = sprintf("$1 == \"%s\"", tuning)
epochs = largest("tuned", 2, of("several_seeds"))
rotation = largest("tuned", 5, of("several_seeds"))
longest = largest("tuned", 2, of("one_seed"))
seeds = largest("tuned", 4, of("several_seeds"))
tuned(name, e) = sprintf("tuning=%s epochs=%d dropout=0.3 rotation=%d", name, e, rotation)

$printed << EOD
period,weight_rate,bias_rate
0,0.05,1.00
1,0.45,1.01
2,0.41,0.61
3,0.35,0.66
4,0.29,0.71
5,0.42,0.73
6,0.38,0.72
7,0.41,0.75
8,0.29,0.73
9,0.32,0.74
10,0.26,0.72
11,0.24,0.71
12,0.23,0.70
EOD
$sweep << EOD
value,img_diff
0.40,897.31
0.41,896.26
0.42,896.20
0.43,897.58
0.44,898.34
0.45,898.84
0.46,900.65
0.47,902.48
0.48,903.81
0.49,904.87
0.50,905.97
EOD
star = "with points pt 3 ps 1.2 lw 1.5 lc rgb '#5A5A5A'"

# ---- the rates by period: the source's printed tables and what the tuner finds here ----
eval figure("rates", 1000, 480)
set multiplot layout 1, 2 title sprintf("Rates by period: printed there, and tuned here " . \
    "(%d rotation%s at %d epochs)\n{/=10 From 0.25 and 0.80 (dotted); dropout 0.3; medians of " . \
    "%d tunings, for one seed with their range}", rotation, rotation > 1 ? "s" : "", epochs, seeds) \
    font ",13" margins 0.07, 0.98, 0.28, 0.83 spacing 0.08, 0
set xrange [-0.4:12.4]; set xtics 1; set xlabel "period (its last epoch is 2^{period})"
do for [r in "weight_rate bias_rate"] {
    weight = r eq "weight_rate"
    set ylabel (weight ? "rate of the weights" : "rate of the biases")
    set yrange [0:weight ? 0.65 : 1.15]
    unset arrow
    set arrow from graph 0, first weight ? 0.25 : 0.8 to graph 1, first weight ? 0.25 : 0.8 \
        @mark_line
    plot bands("tuned", r, "period", tuned("one_seed", epochs)) \
             using "period":"min":"max" @band lt 1 notitle, \
         $printed using "period":(column(r)) with linespoints dt (2,4) pt 3 ps 1.2 lw 1.5 \
             lc rgb '#5A5A5A' title (weight ? "printed in the source" : ""), \
         bands("tuned", r, "period", tuned("one_seed", epochs)) \
             using "period":"median" with linespoints lt 1 title (weight ? "one seed" : ""), \
         bands("tuned", r, "period", tuned("several_seeds", epochs)) \
             using "period":"median" with linespoints lt 2 title (weight ? "several seeds" : ""), \
         bands("tuned", r, "period", tuned("fresh", epochs)) \
             using "period":"median" with linespoints lt 3 title (weight ? "" : "all fresh"), \
         bands("tuned", r, "period", tuned("one_seed", longest)) \
             using "period":(longest > epochs ? column("median") : 1/0) with linespoints lt 4 \
             title (longest > epochs && !weight ? \
                    sprintf("one seed, %d epochs (one tuning)", longest) : "")
}
unset multiplot

# ---- the printed table against constants, by horizon ----
# (keys: the first two under the left panel, others under the right)
drawn = "table 0.13/0.4"
there(rates) = int(system(sprintf("cut -d, -f2 '%s' | grep -cx '%s'", table("horizons"), rates)))
do for [c in "0.09/0.4 0.26/0.26"] { if (there(c) > 0) { drawn = drawn . " " . c } }
eval figure("horizons", 1000, 460)
set multiplot layout 1, 2 title "Constants and the printed table, against the author's " . \
    "constants of 0.26 and 0.806\n{/=10 Paired by seed: medians and 95% intervals; below 0 is " . \
    "better" . (words(drawn) > 2 ? "; cut at 110" : "") . "}" font ",13" margins 0.07, 0.98, 0.26, 0.82 spacing 0.07, 0
set logscale x 2; set xrange [56:4700]; set xtics (64, 128, 256, 512, 1024, 2048, 4096)
set xlabel "horizon (epochs of 60 images)"
set yrange [-50:110]
do for [d in "0.3 0.4"] {
    set title "dropout " . d font ",11"
    set ylabel (d eq "0.3" ? "difference from 0.26/0.806 (grey levels)" : "")
    unset arrow
    set arrow from graph 0, first 0 to graph 1, first 0 @mark_line
    plot for [k = 1:words(drawn)] bands95("horizons", "above_constant", "epoch", \
             sprintf("dropout=%s rates=%s", d, word(drawn, k))) \
             using "epoch":"low":"high" @band lt k notitle, \
         for [k = 1:words(drawn)] bands95("horizons", "above_constant", "epoch", \
             sprintf("dropout=%s rates=%s", d, word(drawn, k))) \
             using "epoch":"median" with linespoints lt k \
             title ((k < 3) != (d eq "0.3") ? "" : \
                    k == 1 ? "printed table" : "constant " . word(drawn, k))
}
unset multiplot

# ---- eleven rates of period 5: what an offset does and what a seed does ----
last = largest("sweep", 6, "1")
at_five = sprintf("period=5 rate=W epoch=%d", last)
sweep_seeds = largest("sweep", 5, "1")
eval figure("sweep", 1000, 460)
set multiplot layout 1, 2 title sprintf("The weights' rate of period 5 in the printed table, " . \
    "after %d epochs (dropout 0.3)", last) \
    font ",13" margins 0.075, 0.98, 0.22, 0.85 spacing 0.08, 0
set xlabel "rate of the weights in period 5"; set xrange [0.395:0.505]; set xtics 0.02
set ylabel "image difference (grey levels)"
set title "every seed is a line" font ",11"
plot for [s = 1:sweep_seeds] rows("sweep", at_five . sprintf(" seed=%d", s)) \
         using "value":"img_diff" with lines lt 1 lw 1.2 dt 1 title (s == 1 ? "here" : ""), \
     $sweep using "value":"img_diff" @star title "printed in the source"
set ylabel "difference from 0.42 (grey levels)"
set title "the same, from 0.42 on: medians, 95% intervals" font ",11"
set arrow from graph 0, first 0 to graph 1, first 0 @mark_line
plot bands95("sweep", "effect", "value", at_five) using "value":"low":"high" @band lt 1 notitle, \
     bands95("sweep", "effect", "value", at_five) using "value":"median" with linespoints lt 1 \
         title "here", \
     $sweep using "value":(column("img_diff") - 896.20) @star title "printed in the source"
unset multiplot

# ---- the very first rates ----
eval figure("first", 1000, 430)
set multiplot layout 1, 2 title sprintf("The rates of the first epoch alone, varied in the " . \
    "printed table: what is left after %d epochs\n{/=10 Medians and 95%% intervals, paired by " . \
    "seed; dropout 0.3; star: the printed rate}", last) \
    font ",13" margins 0.08, 0.98, 0.14, 0.82 spacing 0.08, 0
unset key
do for [r in "W b"] {
    set xlabel (r eq "W" ? "rate of the weights in period 0" : "rate of the biases in period 0")
    set ylabel (r eq "W" ? "change of the image difference (grey levels)" : "")
    set xrange [0:r eq "W" ? 1.05 : 1.6]
    unset arrow; unset label
    set arrow from graph 0, first 0 to graph 1, first 0 @mark_line
    set label at first (r eq "W" ? 0.05 : 1), first 0 front point pt 3 ps 1.8 lw 1.5 \
        lc rgb '#5A5A5A'
    plot bands95("sweep", "effect", "value", sprintf("period=0 rate=%s epoch=%d", r, last)) \
             using "value":"low":"high" @band lt (r eq "W" ? 1 : 2), \
         bands95("sweep", "effect", "value", sprintf("period=0 rate=%s epoch=%d", r, last)) \
             using "value":"median" with linespoints lt (r eq "W" ? 1 : 2)
}
unset multiplot

# ---- the incident: how far tuning goes, and what cannot be passed ----
run(name, s) = sprintf("tuning=%s epochs=%d dropout=0.3 seed=%d", name, epochs, s)
floor_epoch = largest("floor", 3, "1")
low = real(system(sprintf("bands --value img_diff --by noise '%s' 'noise=0 epoch=%d' | " . \
    "awk -F, 'NR == 2 { print $3 }'", table("floor"), floor_epoch)))
courses = "plot for [s = 1:seeds] rows('updates', run('one_seed', s)) using 'line':'new_best' " . \
    "with lines lt 1 lw 1.2 dt 1 title (s == 1 ? 'one seed, fixed images' : ''), " . \
    "for [s = 1:seeds] rows('updates', run('fresh', s)) using 'line':'new_best' " . \
    "with lines lt 3 lw 1.2 title (s == 1 ? 'all fresh at every run' : '')"
eval figure("incident", 1000, 500)
set multiplot layout 1, 2 title sprintf("How far tuning takes its own measure (%d epochs a " . \
    "run, dropout 0.3)", epochs) font ",13" margins 0.095, 0.98, 0.22, 0.86 spacing 0.08, 0
set xlabel "lines searched (one rate each)"
set ylabel "best difference (grey levels)"
set title "beside the incident" font ",11"
set yrange [0:*]
eval mark_y_at(62.62, "the incident: 62.62", 0.99)
eval mark_y_at(low, sprintf("trained on the judged images alone (%d epochs): %.0f", \
    floor_epoch, low), 0.99)
@courses
unset label; unset arrow
set title sprintf("the same, from near: median and quartiles of %d tunings", seeds) font ",11"
set ylabel ""
set yrange [*:*]
among(name) = bands('updates', 'new_best', 'line', sprintf("tuning=%s epochs=%d dropout=0.3", name, epochs))
plot among('one_seed') using 'line':'low':'high' @band lt 1 notitle, \
     among('fresh') using 'line':'low':'high' @band lt 3 notitle, \
     among('one_seed') using 'line':'median' with lines lt 1 title 'one seed, fixed images', \
     among('fresh') using 'line':'median' with lines lt 3 title 'all fresh at every run'
unset multiplot

# ---- what carries over ----
eval figure("carry", 1000, 480)
eval headline(sprintf("Change by %d rotation%s at %d epochs, and where it shows", \
    rotation, rotation > 1 ? "s" : "", epochs), \
    "Small: a tuning, the mean of its runs; bars: median of tunings, 95% interval; below 0 is better")
set ylabel "change of the difference (grey levels)"
set xrange [0.4:4.6]; set xlabel ""
set xtics ("the seed tuned on" 1, "other seeds" 2, "other seeds,\ntest images" 3, \
    "Fashion-MNIST,\nother seeds" 4)
set bmargin 6
set key at screen 0.5, 0.035 center
set arrow from graph 0, first 0 to graph 1, first 0 @mark_line
names = "one_seed several_seeds fresh"
where(k, data, own) = tuned(word(names, k), epochs) . sprintf(" data=%s own=%d", data, own)
place(at, k) = at + 0.2 * (k - 2)
# a tuning counts once, however many runs it was looked at in
over_tunings(value, where) = bands("carry", value, "tuning,seed", where) . \
    " | bands --interval --value mean --by tuning /dev/stdin"
# the tuner that sees nothing twice has no seed of its own
plot for [k = 1:2] bands("carry", "change", "seed", where(k, "mnist", 1)) \
         using (place(1, k) + 0.06):"mean" with points lt k ps 0.5 notitle, \
     for [k = 1:3] bands("carry", "change", "seed", where(k, "mnist", 0)) \
         using (place(2, k) + 0.06):"mean" with points lt k ps 0.5 notitle, \
     for [k = 1:3] bands("carry", "test_change", "seed", where(k, "mnist", 0)) \
         using (place(3, k) + 0.06):"mean" with points lt k ps 0.5 notitle, \
     for [k = 1:3] bands("carry", "change", "seed", where(k, "fashion", 0)) \
         using (place(4, k) + 0.06):"mean" with points lt k ps 0.5 notitle, \
     for [k = 1:2] over_tunings("change", where(k, "mnist", 1)) \
         using (place(1, k)):"median":"low":"high" with yerrorbars lt k dt 1 notitle, \
     for [k = 1:3] over_tunings("change", where(k, "mnist", 0)) \
         using (place(2, k)):"median":"low":"high" with yerrorbars lt k dt 1 \
         title word("'one seed' 'several seeds' 'all fresh'", k), \
     for [k = 1:3] over_tunings("test_change", where(k, "mnist", 0)) \
         using (place(3, k)):"median":"low":"high" with yerrorbars lt k dt 1 notitle, \
     for [k = 1:3] over_tunings("change", where(k, "fashion", 0)) \
         using (place(4, k)):"median":"low":"high" with yerrorbars lt k dt 1 notitle
