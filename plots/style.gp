# SPDX-License-Identifier: MIT
#
# style.gp - the look of every figure, and the conventions of the scripts that draw them.
#
#     tools/draw.sh EXPERIMENT [LABEL]       (from anywhere; LABEL is `local` unless said otherwise)
#
# runs experiments/EXPERIMENT/EXPERIMENT.gp twice, for SVG and PNG, in the root of the tree, with
#     in    results/LABEL/EXPERIMENT    where the tables are
#     out   a temporary directory       its files go to plots/LABEL/EXPERIMENT/ when all went well
#     ext   "svg" or "png"
#     scale "smoke", "desk" or "paper"; "" = the tables have no manifest
#     seed_count   how many seeds the tables have; 0 = no table has a column for them
# set beforehand.  A script names files by these variables alone and reads like this:
#
#     load 'plots/style.gp'
#
#     eval figure("accuracy", 720, 450)      # -> accuracy.svg and .png; forgets all before it
#     eval headline("Test accuracy of two policies", of_seeds("Median and quartiles of the seeds."))
#     set xlabel "iteration"; set ylabel "accuracy (%)"
#     eval mark_y(81.4, "CLR Table 1: 81.4 %")     # what the source itself found
#     plot table("curves") using "iteration":"accuracy" with lines lt 1 title "one run", \
#          bands("curves", "accuracy", "iteration", "policy=fixed") \
#              using "iteration":"low":"high" @band lt 2 notitle, \
#          '' using "iteration":"median" @median lt 2 title "fixed"
#
#   table(NAME)                     in/NAME.csv; address columns by name, a wrong name is an error
#   rows(NAME, "a=x b=y")           only the rows where column a is x and column b is y (exact text)
#   greys(NAME, "a=x b=y")          the picture in column `greys` of those rows: `matrix with image`
#   bands(NAME, VALUE, KEYS, WHERE) one row for each value of KEYS (columns joined by commas): the
#                                   KEYS, then n, median, low, high (quartiles), min, max of VALUE,
#                                   diverged (how many were not finite) and mean; WHERE as in
#                                   rows(), "" for all.  Numbers increase, other keys stand in the
#                                   table's order
#   bands95(...)                    the same with low, high the 95 % bootstrap interval of the
#                                   median (both are tools/bands.c, the lab's own statistics)
#   lt 1 ... 8                      colours that colour-blind readers can tell apart, each with its
#                                   own dash and point, so that grey prints work; lt 9 is grey.
#                                   One thing keeps one lt through all figures of an experiment
#   @median, @band, @dots, @cross   line of medians; band around it; points; a diverged run
#   mark_y(Y, TEXT), mark_x(X, ...) the source's own value: a dotted grey line, its text over the
#   mark_point(X, Y, TEXT)          line's right end, over the frame, or beside a grey star;
#   mark_y_at(Y, TEXT, PLACE)       the text ends at PLACE (0 ... 1 of the width): keep off the data
#   headline(TITLE, NOTE)           what is seen; under it, smaller: n, interval, scale, source
#   of_seeds(NOTE)                  NOTE, or "One seed." ("one seed" without a full stop) where the
#                                   tables have no more: nobody is told of a band that is not there
#   eval viridis                    palette of heat maps (then `set colorbox`, `with image`)
#   eval panel                      smaller type, in multiplots; figure() first, then set multiplot
#
# Axes say what they show with its unit in brackets: "rate", "time (s)", "accuracy (%)".  The key
# is under the plot, never on the data; `set key off` and direct labels where they read better.
# Text is enhanced (10^{-3}); key entries with underscores need plain(NAME).  Values that are not
# finite vanish in gnuplot without a word: draw rows with status `diverged` with @cross.
#
# A selection without rows is an error, but not in a run that is not finished (its manifest counts
# fewer cells than were planned): there its line or points are left out and named on standard error,
# and a panel of which nothing is there says so.  A script need not ask what was run.

set encoding utf8
set datafile separator comma
set datafile columnheaders
set datafile missing "nan"

# ---- where data come from ----
table(name) = in . "/" . name . ".csv"
rows(name, where) = sprintf("< bands --rows '%s' '%s'", table(name), where)
greys(name, where) = sprintf("< bands --greys greys '%s' '%s'", table(name), where)
bands(name, value, keys, where) = \
    sprintf("< bands --value '%s' --by '%s' '%s' '%s'", value, keys, table(name), where)
bands95(name, value, keys, where) = \
    sprintf("< bands --interval --value '%s' --by '%s' '%s' '%s'", value, keys, table(name), where)

# ---- a figure: its file, its size in points (720 x 450 is one column, 1000 wide is two) ----
face = "DejaVu Sans"
terminal_svg(w, h) = sprintf("set terminal svg enhanced size %d,%d dynamic font '%s,12' " . \
    "linewidth 1.2 dashlength 1.4 background 'white'", w, h, face)
terminal_png(w, h) = sprintf("set terminal pngcairo enhanced size %d,%d font '%s,12' " . \
    "fontscale 2 linewidth 2.4 dashlength 1.4 pointscale 2 background rgb 'white'", \
    2 * w, 2 * h, face)
figure(name, w, h) = "unset multiplot; set output; reset; load 'plots/style.gp'; " . \
    (ext eq "svg" ? terminal_svg(w, h) : terminal_png(w, h)) . \
    sprintf("; set output '%s/%s.%s'", out, name, ext)

# ---- lines: Okabe & Ito's colours, darkest first; yellow is left out, it fades on white ----
set linetype 1 lc rgb "#0072B2" lw 1.8 dt 1           pt 7  ps 0.7
set linetype 2 lc rgb "#D55E00" lw 1.8 dt (12,4)      pt 5  ps 0.7
set linetype 3 lc rgb "#009E73" lw 1.8 dt (6,3)       pt 9  ps 0.8
set linetype 4 lc rgb "#CC79A7" lw 1.8 dt (12,3,3,3)  pt 13 ps 0.9
set linetype 5 lc rgb "#E69F00" lw 1.8 dt (3,3)       pt 11 ps 0.8
set linetype 6 lc rgb "#56B4E9" lw 1.8 dt (18,4)      pt 6  ps 0.8
set linetype 7 lc rgb "#000000" lw 1.4 dt (8,3,2,3,2,3) pt 4 ps 0.7
set linetype 8 lc rgb "#8C510A" lw 1.8 dt (4,2)       pt 8  ps 0.8
set linetype 9 lc rgb "#7F7F7F" lw 1.2 dt 1           pt 2  ps 0.7
set linetype cycle 8
median = "with lines"
band = "with filledcurves fillstyle transparent solid 0.20 noborder"
dots = "with points"
cross = "with points pt 2 ps 1.1 lw 2 lc rgb '#000000' dt 1"

# ---- frame ----
set border 3 lc rgb "#4D4D4D" lw 0.8
set tics nomirror out scale 0.6, 0.3 textcolor rgb "#262626"
set grid lt 1 lc rgb "#E4E4E4" lw 0.7 dt 1, lt 1 lc rgb "#F0F0F0" lw 0.5 dt 1
set key bmargin left horizontal Left reverse samplen 2.6 spacing 1.1 width 1 font ",11"
set title font ",13" offset 0, -0.3
set xlabel offset 0, 0.5
set format x "%g"
set format y "%g"
unset colorbox
unset mouse
panel = "set tics font ',9'; set xlabel font ',9' offset 0,0.5; " . \
    "set ylabel font ',9' offset 1,0; set title font ',10' offset 0,-0.7; set key font ',9'"
power_of_ten = "10^{%T}"

# ---- words on the figure ----
# in enhanced text an underscore lowers what follows: `plain` keeps it, `quoted` through an eval
cut(s) = strstrt(s, "_")
plain(s) = cut(s) ? s[1:cut(s) - 1] . "\\_" . plain(s[cut(s) + 1:*]) : s
quoted(s) = cut(s) ? s[1:cut(s) - 1] . "\\\\_" . quoted(s[cut(s) + 1:*]) : s
of_seeds(note) = seed_count != 1 ? note : note[strlen(note):] eq "." ? "One seed." : "one seed"
headline(title, note) = sprintf("set tmargin 4.8; set title \"%s\\n{/=10 %s}\" offset 0, 0.6", \
    quoted(title), quoted(note))
set style textbox opaque fillcolor rgb "#FFFFFF" noborder margins 0.4, 0.2
mark_line = "nohead back dt (2,4) lw 1.4 lc rgb '#5A5A5A'"
mark_text = "font ',10' textcolor rgb '#5A5A5A'"
mark_y_at(y, text, place) = sprintf("set arrow from graph 0, first %.9g to graph 1, " . \
    "first %.9g %s; set label \"%s\" at graph %g, first %.9g right offset 0,0.6 front boxed %s", \
    y, y, mark_line, quoted(text), place, y, mark_text)
mark_y(y, text) = mark_y_at(y, text, 0.99)
mark_x(x, text) = sprintf("set arrow from first %.9g, graph 0 to first %.9g, graph 1 %s; " . \
    "set label \"%s\" at first %.9g, graph 1 center offset 0,0.6 %s", \
    x, x, mark_line, quoted(text), x, mark_text)
mark_point(x, y, text) = sprintf("set label \"%s\" at first %.9g, first %.9g left front " . \
    "offset 0.8,0.4 point pt 3 ps 1.2 lw 1.5 lc rgb '#5A5A5A' boxed %s", \
    quoted(text), x, y, mark_text)

# ---- surfaces: viridis (van der Walt & Smith, CC0), nine of its colours ----
viridis = "set palette defined (0 '#440154', 1 '#472D7B', 2 '#3B528B', 3 '#2C728E', " . \
    "4 '#21918C', 5 '#28AE80', 6 '#5EC962', 7 '#ADDC30', 8 '#FDE725')"
