# SPDX-License-Identifier: MIT
# The loss at the start, twenty images to zero loss, what each check says of each condition, and
# overfitting against the number of images.
load 'plots/style.gp'

eval figure("start", 1000, 430)
set multiplot layout 1, 3
eval panel
set tmargin 4
set xtics font ",8"
set key off
set logscale xy
set ylabel "loss before the first update"
set xlabel "standard deviation of the initial weights"
set title "initial weights\n{/=9 Gaussian; crosses: He (left), ±1}"
set format xy power_of_ten
set yrange [1:1e4]
eval mark_y_at(2.302585, "ln 10", 0.3)
start(w) = bands("start", "data_loss", "scale", "init=gaussian classes=10 decay=0" . w)
plot start("") using "scale":"median" with linespoints lt 1, \
     rows("start", "init=he") using (0.05):"data_loss" with points lt 2 pt 2 ps 0.8, \
     rows("start", "init=alternating") using (1):"data_loss" with points lt 2 pt 2 ps 0.8
unset arrow; unset label
set title "classes\n{/=9 Gaussian weights of 0.01; line: ln(classes)}"
set xlabel "outputs"
set format xy "%g"
set yrange [2:8]
set xrange [8:1500]
unset logscale y
plot log(x) with lines lt 9, \
     bands("start", "data_loss", "classes", "init=gaussian scale=0.01 decay=0") using "classes":"median" with points lt 1 ps 1
set title "weight decay\n{/=9 Gaussian weights of 0.01}"
set xlabel "weight decay"
set format x power_of_ten
set yrange [2:7]
set xrange [5e-5:2]
plot log(10) with lines lt 9, \
     bands("start", "total_loss", "decay", "init=gaussian scale=0.01 classes=10") using "decay":"median" with linespoints lt 1
unset multiplot

names = system("awk -F, 'NR > 1 && !seen[$1]++ {print $1}' " . table("conditions"))
spaced(s) = system(sprintf("printf '%%s' '%s' | tr _ ' ' | sed 's/1e-5/10^{-5}/'", s))

eval figure("tiny", 1000, 520)
set multiplot layout 1, 2
eval panel
set tmargin 4
set logscale xy
set format y power_of_ten
set xlabel "update"
set ylabel "loss on the 20 images"
set yrange [1e-5:1e5]
set key maxrows 5
eval mark_y_at(0.01, "learnt", 0.25)
tiny(c) = bands("tiny", "loss", "update", "condition=" . c)
good = "right init_he init_1e-5 init_1 labels_shuffled labels_of_the_next labels_constant"
bad = "init_zero init_alternating rate_1e-5 rate_0.001 rate_3 pixels_unscaled pixels_blank decay_1"
set title "conditions that learn the twenty\n{/=9 " . of_seeds("median of seeds") . "}"
plot for [i = 1:words(good)] tiny(word(good, i)) using "update":(column("median") + 1e-9) with lines lt i title spaced(word(good, i))
set title "conditions that do not\n{/=9 " . of_seeds("median of seeds") . "}"
plot for [i = 1:words(bad)] tiny(word(bad, i)) using "update":(column("median") + 1e-9) with lines lt i title spaced(word(bad, i))
unset multiplot

# a row for each condition: how many seeds fail each check, and the points lost in earnest
verdicts = "< awk -F, 'NR == 1 {print \"condition,check,failed,n\"; next} " . \
    "{n[$1]++; if (!($3 / 2.302585 > 0.9 && $3 / 2.302585 < 1.1)) f[$1, 1]++; if (!($4 > $3)) f[$1, 2]++; " . \
    "if (!($5 < 0.01)) f[$1, 3]++; if ($1 == \"right\") a[$2] = $9; if (a[$2] - $9 > 0.02) f[$1, 4]++} " . \
    "END {for (c in n) for (k = 1; k <= 4; k++) print c \",\" k \",\" f[c, k] + 0 \",\" n[c]}' " . table("conditions")
place(c) = int(system(sprintf("echo '%s' | tr ' ' '\\n' | grep -n -x -- '%s' | cut -d: -f1", names, c)))

eval figure("verdicts", 760, 560)
eval headline("What each check says, and what a training shows", \
    "Over seeds. Last column: it fails two points behind the right one.")
set border 0
unset grid
set key off
set lmargin 22
set bmargin 4
set xrange [0.5:4.5]
set yrange [words(names) + 0.5:0.5]
set xtics scale 0 ("loss at\nthe start" 1, "decay\nraises it" 2, "20 images\nlearnt" 3, "validation\naccuracy" 4)
set ytics scale 0
set for [i = 1:words(names)] ytics (spaced(word(names, i)) i)
set palette defined (0 "#BFD9E4", 1 "#D55E00")
set cbrange [0:1]
plot verdicts using "check":(place(strcol("condition"))):(0.47):(0.47):(column("failed") / column("n")) with boxxyerror fs solid noborder lc palette, \
     verdicts using "check":(place(strcol("condition"))):(column("failed") == 0 ? "passes" : column("failed") == column("n") ? "fails" : \
         sprintf("%d of %d", column("failed"), column("n"))) with labels font ",10"

eval figure("sizes", 760, 430)
eval headline("Overfitting from 20 to 20,000 images", \
    "Equal number of updates. " . of_seeds("Median and quartiles over seeds."))
set logscale x
set xrange [15:30000]
set xlabel "training images"
set ylabel "accuracy (%)"
set yrange [30:102]
size(column_) = bands("sizes", column_, "images", "")
plot for [i = 1:2] size(word("training_accuracy validation_accuracy", i)) using "images":(100 * column("low")):(100 * column("high")) @band lt i notitle, \
     for [i = 1:2] size(word("training_accuracy validation_accuracy", i)) using "images":(100 * column("median")) with linespoints lt i \
         title word("training validation", i)
