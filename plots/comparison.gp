# SPDX-License-Identifier: MIT
# What `make compare` found: the largest relative difference of every table, tier by tier.
load 'plots/style.gp'

values = sprintf("< awk -F, 'NR == 1 || ($3 != \"file\" && $3 != \"columns\" && $3 != \"rows\")' '%s'", \
    table("comparison"))
checks = int(system(substr(values, 3, strlen(values)) . " | wc -l")) - 1
eval figure("comparison", 860, 140 + 22 * checks)
eval headline("Largest relative difference, table by table", \
    "Left edge: the same. Dot: within the tier. Cross: beyond it.")
set key off
set logscale x
set format x power_of_ten
set xrange [1e-18:10]
set xtics add ("same" 1e-18)
set xlabel "largest relative difference"
set yrange [-0.7:checks - 0.3] reverse
set ytics noenhanced font ",9"
set lmargin 34
place(worst) = worst > 1e-17 ? (worst < 5 ? worst : 5) : 1e-18
name = "sprintf('%s/%s: %s', strcol('experiment'), strcol('table'), strcol('tier'))"
plot values using (place(column("worst_relative"))):0:ytic(@name) with points lt 1 ps 0, \
     '' using (column("different") == 0 ? place(column("worst_relative")) : NaN):0 with points lt 1 ps 1, \
     '' using (column("different") > 0 ? place(column("worst_relative")) : NaN):0 @cross
