# SPDX-License-Identifier: MIT
# Figures of `sparse_autoencoder`: what the term does over time and to the activities; the sheets.
load 'plots/style.gp'

net(setup, beta) = sprintf("setup=%s beta=%s rho=0.05", setup, beta)
betas = "0.01 0.03 0.1 0.3 1 3"

# ---- the blog's pair of pictures: with and without the term ----
eval figure("course", 1000, 480)
set multiplot layout 1, 2 title "The image difference with and without the sparse term\n" . \
    "{/=10 The blog's first form, rho 0.05, limiter 3; " . \
    of_seeds("medians and middle halves of the seeds") . "}" font ",13" margins 0.08, 0.965, 0.2, 0.81 spacing 0.07, 0
do for [k = 1:2] {
    setup = word("blog blog_clean", k)
    set title (k == 1 ? "noise 0.3, dropout 0.4" : "no noise, no dropout") font ",11"
    set logscale xy; set xrange [1:*]; set yrange [600:2300]; set ytics (600, 800, 1000, 1400, 2000)
    set xlabel "epoch of 60 images"; set ylabel (k == 1 ? "image difference (grey levels)" : "")
    plot for [b in "0 0.1 1 3"] bands("curves", "img_diff", "step", net(setup, b)) \
             using "step":"low":"high" @band \
             lt (b eq "0" ? 1 : b eq "0.1" ? 2 : b eq "1" ? 3 : 4) notitle, \
         for [b in "0 0.1 1 3"] bands("curves", "img_diff", "step", net(setup, b)) \
             using "step":"median" @median \
             lt (b eq "0" ? 1 : b eq "0.1" ? 2 : b eq "1" ? 3 : 4) title "beta " . b
}
unset multiplot

# ---- activity against beta, form by form ----
eval figure("activity", 1000, 480)
set multiplot layout 1, 2 title "The larger beta, the nearer the activity to its target\n" . \
    "{/=10 rho 0.05; " . of_seeds("medians and middle halves of the seeds") . \
    "; noise 0.3, dropout 0.4}" font ",13" margins 0.09, 0.98, 0.2, 0.84 spacing 0.1, 0
set logscale x; set xrange [0.009:3.4]; set xlabel "beta"
set ylabel "mean activity of the hidden units"; set yrange [0:0.32]
set arrow from graph 0, first 0.05 to graph 1, first 0.05 nohead back dt (2,4) lw 1.4 \
    lc rgb '#5A5A5A'
set label "target rho" at graph 0.01, first 0.062 font ",10" textcolor rgb '#5A5A5A'
forms = "blog blog_share blog_batch"
form(k) = word("mean share batch", k)
at_least(name) = column(name) > 0 ? column(name) : 1/0
do for [c in "activity img_diff"] {
    if (c eq "img_diff") {
        unset arrow; unset label
        set ylabel "image difference at the end"; set yrange [*:*]
    }
    plot for [k = 1:3] bands("curves", c, "beta", "last=1 rho=0.05 setup=" . word(forms, k)) \
             using (at_least("beta")):"low":"high" @band lt k notitle, \
         for [k = 1:3] bands("curves", c, "beta", "last=1 rho=0.05 setup=" . word(forms, k)) \
             using (at_least("beta")):"median" with linespoints lt k title "form " . form(k)
}
unset multiplot

# ---- the units' activities against the target ----
eval figure("histogram", 1000, 430)
set multiplot layout 1, 3 \
    title "Activities of the 100 hidden units of the blog's net, one seed (dotted: rho 0.05)" \
    font ",13" margins 0.06, 0.98, 0.15, 0.82 spacing 0.05, 0
width = 0.02
bin(x) = width * (floor(x / width) + 0.5)
set style fill solid 0.5 border lt 1
set boxwidth width
set xrange [0:0.7]; set yrange [0:30]; set xlabel "mean activity"; unset key
set arrow from 0.05, 0 to 0.05, 30 nohead front dt (2,4) lw 1.6 lc rgb '#5A5A5A'
do for [b in "0 0.1 3"] {
    set title "beta " . b; set ylabel (b eq "0" ? "units" : "")
    plot rows("units", net("blog", b)) using (bin(column("activity"))):(1) smooth frequency \
        with boxes lt 1
}
unset multiplot

# ---- beta and rho together ----
eval figure("map", 1000, 470)
set multiplot layout 1, 2 title "beta and rho together (" . of_seeds("medians") . \
    "; noise 0.3, dropout 0.4)" font ",13" margins 0.085, 0.92, 0.15, 0.84 spacing 0.18, 0
place(b) = b < 0.02 ? 0 : b < 0.05 ? 1 : b < 0.2 ? 2 : b < 0.5 ? 3 : b < 2 ? 4 : 5
level(r) = r < 0.03 ? 0 : r < 0.07 ? 1 : r < 0.15 ? 2 : r < 0.25 ? 3 : r < 0.4 ? 4 : 5
set xtics ("0.01" 0, "0.03" 1, "0.1" 2, "0.3" 3, "1" 4, "3" 5)
set ytics ("0.01" 0, "0.05" 1, "0.1" 2, "0.2" 3, "0.3" 4, "0.5" 5)
set xlabel "beta"; set ylabel "rho" offset 0.5, 0; set xrange [-0.5:5.5]; set yrange [-0.5:5.5]
set colorbox; unset key; unset grid
set border 0
@viridis
do for [c in "img_diff activity"] {
    set title (c eq "img_diff" ? "image difference at the end" : "mean activity") font ",11"
    plot bands("curves", c, "beta,rho", "setup=blog last=1") using \
             (column("beta") > 0 ? place(column("beta")) : 1/0):(level(column("rho"))): \
             (0.5):(0.5):"median" with boxxyerror fillstyle solid noborder fillcolor palette, \
         for [k = 0:1] bands("curves", c, "beta,rho", "setup=blog last=1") using \
             (column("beta") > 0 ? place(column("beta")) + 0.012 * k : 1/0): \
             (level(column("rho")) - 0.02 * k): \
             (sprintf(c eq "img_diff" ? "%.0f" : "%.2f", column("median"))) \
             with labels font ",9" textcolor rgb k ? "white" : "black" # legible on yellow, too
}
unset multiplot

# ---- the penalty and what is made of it ----
eval figure("penalty", 1000, 430)
set multiplot layout 1, 2 \
    title "The penalty KL(rho || r), and the pull: its slope times beta, cut at 3" \
    font ",13" margins 0.07, 0.98, 0.22, 0.86 spacing 0.08, 0
set samples 800; set xrange [0.001:0.999]; set xlabel "activity r"
kl(p, r) = p * log(p / r) + (1 - p) * log((1 - p) / (1 - r))
slope(p, r) = -p / r + (1 - p) / (1 - r)
cut(x) = x > 3 ? 3 : x < -3 ? -3 : x
set ylabel "KL (nats)"; set yrange [0:2]
plot for [k = 1:4] kl(word("0.05 0.1 0.2 0.5", k), x) lt k \
    title "rho " . word("0.05 0.1 0.2 0.5", k)
set ylabel "pull on a unit of rho 0.05"; set yrange [-3.4:3.4]
plot for [k = 1:4] cut(word("0.1 0.3 1 3", k) * slope(0.05, x)) lt k \
    title "beta " . word("0.1 0.3 1 3", k)
unset multiplot

# ---- strokes: their share by set-up and beta ----
eval figure("strokes", 1000, 480)
eval headline("Share of hidden units whose weights are strokes", \
    "One small, long, local piece (core/study/features.h); " . \
    of_seeds("medians and ranges of the seeds") . "; rho 0.05")
set xlabel "beta (0 at the left)"; set ylabel "share of the units"; set yrange [0:1]
set logscale x; set xrange [0.028:3.5]; set xtics ("0" 0.03, "0.1" 0.1, "0.3" 0.3, "1" 1, "3" 3)
books = "relu_identity relu_sigmoid sigmoid_identity sigmoid_sigmoid relu_untied relu_decay " . \
    "relu_centred relu_slow sigmoid_untied"
at(b) = b > 0 ? b : 0.03
plot for [k in "1 7"] bands("curves", "strokes", "beta", \
             "last=1 rho=0.05 setup=" . word(books, int(k))) \
         using (at(column("beta"))):"min":"max" @band lt int(k) notitle, \
     bands("curves", "strokes", "beta", "last=1 rho=0.05 setup=relu_fast") \
         using (at(column("beta"))):"min":"max" @band lc rgb "#7A0177" notitle, \
     for [k = 1:9] bands("curves", "strokes", "beta", "last=1 rho=0.05 setup=" . word(books, k)) \
         using (at(column("beta"))):"median" with linespoints lt k title plain(word(books, k)), \
     bands("curves", "strokes", "beta", "last=1 rho=0.05 setup=relu_fast") \
         using (at(column("beta"))):"median" with linespoints lt 1 dt 2 pt 12 lc rgb "#7A0177" \
         title "relu\\_fast"

# ---- the sheets: the book's Fig. 5.6 and its neighbours ----
sheet_rows = "blog sigmoid_sigmoid sigmoid_identity relu_sigmoid relu_identity"
eval figure("sheets", 1000, 1560)
set multiplot layout 5, 3 title "Weights of all 100 hidden units (one seed, each stretched)" \
    font ",13" margins 0.02, 0.98, 0.01, 0.955 spacing 0.015, 0.022
unset border; unset tics; unset grid; unset key; unset colorbox
set palette gray; set cbrange [0:255]
set xrange [-0.5:279.5]; set yrange [279.5:-0.5]
do for [k = 1:9] {
    set arrow k from 28 * k - 0.5, -0.5 to 28 * k - 0.5, 279.5 nohead front lw 0.7 lc rgb "white"
    set arrow 10 + k from -0.5, 28 * k - 0.5 to 279.5, 28 * k - 0.5 nohead front lw 0.7 \
        lc rgb "white"
}
do for [s in sheet_rows] {
    do for [b in "0 0.1 3"] {
        set title plain(s) . ", beta " . b font ",11" offset 0, -0.6
        plot greys("sheets", net(s, b)) matrix with image
    }
}
unset multiplot

# ---- the strokes the source never found ----
eval figure("best", 1000, 560)
set multiplot layout 1, 2 title "Two nets with many strokes" font ",13" margins 0.02, 0.98, 0.01, 0.88 spacing 0.02, 0
unset border; unset tics; unset grid; unset key; unset colorbox
set palette gray; set cbrange [0:255]
set xrange [-0.5:279.5]; set yrange [279.5:-0.5]
do for [k = 1:2] {
    set title (k == 1 ? "ReLU, identity output, tied, rate 0.003; beta 0.3" : \
        "the same, rate 0.001, images minus their mean; beta 1") font ",11" offset 0, -0.6
    plot greys("sheets", k == 1 ? net("relu_fast", "0.3") : net("relu_centred", "1")) matrix with image
}
unset multiplot

# ---- the tutorial's 196 units ----
eval figure("tutorial", 1000, 760)
set multiplot layout 1, 2 title "UFLDL's sparse autoencoder: 784-196-784, rho 0.1, decay 0.003" \
    font ",13" margins 0.02, 0.98, 0.01, 0.92 spacing 0.02, 0
unset border; unset tics; unset grid; unset key; unset colorbox
set palette gray; set cbrange [0:255]
set xrange [-0.5:279.5]; set yrange [559.5:-0.5]
do for [b in "0 3"] {
    set title "beta " . b font ",11" offset 0, -0.6
    plot greys("sheets", sprintf("setup=tutorial beta=%s rho=0.1", b)) matrix with image
}
unset multiplot

# ---- originals and what is made of them ----
eval figure("restored", 1000, 640)
set multiplot layout 7, 2 title "Ten training images and what the nets make of them (each stretched to all greys)" \
    font ",13" margins 0.02, 0.98, 0.01, 0.905 spacing 0.02, 0.03
unset border; unset tics; unset grid; unset key; unset colorbox
set palette gray; set cbrange [0:255]
set xrange [-0.5:279.5]; set yrange [27.5:-0.5]
strip(s, b, band) = greys("decoded", net(s, b) . sprintf(" band=%d", band))
do for [k = 1:2] {
    set title "the images" font ",10" offset 0, -0.7
    plot strip("blog", "0", 0) matrix with image
}
do for [b in "0 0.1 3"] {
    do for [s in "blog relu_identity"] {
        set title plain(s) . ", beta " . b font ",10" offset 0, -0.7
        plot strip(s, b, 1) matrix with image
    }
}
do for [b in "0 0.1 3"] {
    do for [s in "sigmoid_sigmoid sigmoid_identity"] {
        set title plain(s) . ", beta " . b font ",10" offset 0, -0.7
        plot strip(s, b, 1) matrix with image
    }
}
unset multiplot
