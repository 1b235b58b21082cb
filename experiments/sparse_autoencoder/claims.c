/* SPDX-License-Identifier: MIT
 *
 * What sources 003, the book and the tutorial say of the sparse term, and what decides it.
 */
#include "experiments/sparse_autoencoder/sparse_autoencoder.h"
#include <math.h>
#include <string.h>

enum { ROOM = 200 };

/* One net: a set-up and a beta, at the rho it is mainly run with. */
typedef struct Point {
    const char *setup, *beta, *rho;
} Point;

/* A smoke run trains nothing to its end and decides nothing. */
static size_t values_of(const Results *results, Point point, const char *column, const char *when,
                        const char *at, double values[ROOM]) {
    const Where where[] = {{"setup", point.setup}, {"beta", point.beta}, {"rho", point.rho},
                           {when, at}, {0}};
    if (strcmp(results_scale(results), "smoke") == 0) {
        return 0;
    }
    return table_select(results_table(results, "curves"), column, where, values, ROOM);
}

static size_t last_of(const Results *results, Point point, const char *column,
                      double values[ROOM]) {
    return values_of(results, point, column, "last", "1", values);
}

/* a - b by seed; fewer than two seeds on a side say nothing. */
static Interval difference(const Results *results, Point a, Point b, const char *column,
                           const char *when, const char *at) {
    double left[ROOM], right[ROOM];
    size_t n = values_of(results, a, column, when, at, left);
    size_t other = values_of(results, b, column, when, at, right);
    n = other < n ? other : n;
    return n > 0 ? stats_paired_difference(left, right, n) : (Interval){NAN, NAN, NAN, 0};
}

static Finding above(Interval measured, double bound, const char *what) {
    return finding_above(measured, bound, "%s; to be above %g", what, bound);
}

/* ---- source 003: the course of the error ---- */

static Finding judge_middle(const Results *results) {
    Interval d = difference(results, (Point){"blog", "1", "0.05"}, (Point){"blog", "0", "0.05"},
                            "img_diff", "step", "64");
    return above(d, 0, "image difference at epoch 64, beta 1 minus beta 0");
}

static Finding judge_end(const Results *results) {
    Interval d = difference(results, (Point){"blog", "0", "0.05"}, (Point){"blog", "0.1", "0.05"},
                            "img_diff", "last", "1");
    return above(d, 0, "image difference at the end, beta 0 minus beta 0.1");
}

/* ---- source 003: activity and beta ---- */

static const char *const ladder[] = {"0.01", "0.03", "0.1", "0.3", "1", "3"};
enum { LADDER = sizeof ladder / sizeof *ladder };

static double gap(const Results *results, const char *setup, const char *beta) {
    double values[ROOM];
    size_t n = last_of(results, (Point){setup, beta, "0.05"}, "activity", values);
    return n > 0 ? fabs(stats_median(values, n) - 0.05) : NAN;
}

static Finding judge_nearer(const Results *results) {
    static const char *const forms[] = {"blog", "blog_share", "blog_batch"};
    double nearer = 0, known = 0;
    for (size_t f = 0; f < 3; f++) {
        double before = gap(results, "blog", "0");
        for (size_t b = 0; b < LADDER; b++) {
            double now = gap(results, forms[f], ladder[b]);
            known += !isnan(now) && !isnan(before);
            nearer += now < before;
            before = now;
        }
    }
    return finding_exact(known == 3 * LADDER ? nearer : NAN, 3 * LADDER,
                         "steps of beta (six for each of three forms) at which the median of the "
                         "mean activity comes nearer to 0.05");
}

/* ---- divergence ---- */

static Interval diverged(const Results *results, const char *const *names, size_t count,
                         const char *const *betas, size_t beta_count) {
    size_t hits = 0, n = 0;
    for (size_t s = 0; s < count; s++) {
        for (size_t b = 0; b < beta_count; b++) {
            double values[ROOM];
            size_t runs = last_of(results, (Point){names[s], betas[b], "0.05"}, "squared_error",
                                  values);
            n += runs;
            for (size_t i = 0; i < runs; i++) {
                hits += !isfinite(values[i]);
            }
        }
    }
    return stats_share(hits, n);
}

static Finding judge_diverges(const Results *results) {
    static const char *const names[] = {"blog",      "blog_share", "blog_unlimited", "blog_clean",
                                        "blog_clean_unlimited", "blog_share_unlimited",
                                        "blog_relu", "blog_relu_unlimited"};
    Interval share = diverged(results, names, 8, (const char *const[]){"3"}, 1);
    Verdict verdict = share.n < 16 ? INCONCLUSIVE : share.value > 0 ? REPRODUCED : NOT_REPRODUCED;
    return finding_of(verdict, share, "share of runs of the blog's forms that diverge at beta 3");
}

static Finding judge_textbook(const Results *results) {
    static const char *const names[] = {"blog_batch", "blog_clean_batch", "blog_relu_batch",
                                        "relu_identity", "sigmoid_identity", "sigmoid_sigmoid"};
    Interval share = diverged(results, names, 6, ladder, LADDER);
    Verdict verdict = share.n < 16 ? INCONCLUSIVE : share.value > 0 ? NOT_REPRODUCED : REPRODUCED;
    return finding_of(verdict, share, "share of runs of the textbook's form that diverge");
}

static Finding judge_unlimited(const Results *results) {
    static const char *const names[] = {"blog_relu_unlimited"};
    Interval share = diverged(results, names, 1, ladder, LADDER);
    Interval limited = diverged(results, (const char *const[]){"blog_relu"}, 1, ladder, LADDER);
    Verdict verdict = share.n < 16 ? INCONCLUSIVE
                      : share.value > 0 && limited.value == 0 ? REPRODUCED : NOT_REPRODUCED;
    return finding_of(verdict, share, "share of ReLU runs that diverge without the limiter (with "
                                      "it: %.2f)", limited.value);
}

/* ---- strokes ---- */

static Finding judge_strokes(const Results *results) {
    Interval d = difference(results, (Point){"relu_identity", "0.1", "0.05"},
                            (Point){"relu_identity", "0", "0.05"}, "strokes", "last", "1");
    return above(d, 0.25, "share of units that are strokes, beta 0.1 minus beta 0");
}

static Finding judge_moire(const Results *results) {
    double values[ROOM];
    size_t n = last_of(results, (Point){"relu_identity", "0", "0.05"}, "patterns", values);
    Interval share = n > 1 ? stats_bootstrap_median(values, n) : (Interval){NAN, NAN, NAN, n};
    return above(share, 0.9, "share of units that are patterns of several pieces at beta 0");
}

static Finding judge_hidden(const Results *results) {
    Interval d = difference(results, (Point){"sigmoid_sigmoid", "0.1", "0.05"},
                            (Point){"sigmoid_sigmoid", "0", "0.05"}, "strokes", "last", "1");
    return finding_between(d, -0.1, 0.1, "share of strokes behind a sigmoid output with "
                                         "cross-entropy, beta 0.1 minus beta 0");
}

static Finding judge_output(const Results *results) {
    Interval d = difference(results, (Point){"relu_identity", "0.1", "0.05"},
                            (Point){"relu_sigmoid", "0.1", "0.05"}, "strokes", "last", "1");
    return above(d, 0, "share of strokes with ReLU, identity minus sigmoid output, beta 0.1");
}

static Finding judge_code(const Results *results) {
    Interval d = difference(results, (Point){"relu_identity", "0.1", "0.05"},
                            (Point){"sigmoid_identity", "0.1", "0.05"}, "strokes", "last", "1");
    return above(d, 0, "share of strokes with an identity output, ReLU minus sigmoid, beta 0.1");
}

static Finding judge_templates(const Results *results) {
    double shapes[ROOM], strokes[ROOM];
    const Point point = {"sigmoid_identity", "3", "0.05"};
    size_t n = last_of(results, point, "shapes", shapes);
    last_of(results, point, "strokes", strokes);
    Interval d = n > 1 ? stats_paired_difference(shapes, strokes, n) : (Interval){NAN, NAN, NAN, n};
    return above(d, 0, "share of shapes minus that of strokes, sigmoid and identity, beta 3");
}

static Finding judge_tutorial(const Results *results) {
    Interval d = difference(results, (Point){"tutorial", "3", "0.1"},
                            (Point){"tutorial", "0", "0.1"}, "strokes", "last", "1");
    return above(d, 0.1, "share of units that are strokes, beta 3 minus beta 0");
}

/* The net with most strokes of all that were looked through. */
static Finding judge_anywhere(const Results *results) {
    static const char *const rhos[] = {"0.05", "0.01", "0.2", "0.1"};
    Point best = {"none", "-", "-"};
    Interval most = {NAN, NAN, NAN, 0};
    for (size_t s = 0; s < setup_count; s++) {
        for (size_t r = 0; r < 4; r++) {
            for (size_t b = 0; b < LADDER; b++) {
                double values[ROOM];
                Point point = {setups[s].name, ladder[b], rhos[r]};
                size_t n = last_of(results, point, "strokes", values);
                if (n > 1 && !(stats_median(values, n) <= most.value)) {
                    most = stats_bootstrap_median(values, n);
                    best = point;
                }
            }
        }
    }
    return finding_above(most, 0.25, "share of units that are strokes in the net with most: %s, "
                         "beta %s, rho %s; to be above 0.25", best.setup, best.beta, best.rho);
}

const Claim sparse_claims[] = {
    {"slower-middle", "003", "The sparse term slows learning in the middle.",
     "a larger image difference", judge_middle},
    {"better-end", "003", "With some set-ups the end is better with the term than without.",
     "a smaller image difference", judge_end},
    {"nearer", "003", "A larger beta brings the mean activity nearer to rho.", "every step",
     judge_nearer},
    {"diverges-3", "003", "With beta = 3.0 the blog's form diverges.", "diverges", judge_diverges},
    {"limiter", "003", "The limiter of 3 is there to prevent divergence: without it, some runs do.",
     "> 0 without, 0 with", judge_unlimited},
    {"textbook", "book 5.4", "The textbook's form does not diverge, not with beta = 3.0 either.",
     "0", judge_textbook},
    {"strokes", "book Fig. 5.6", "beta = 0.1 brings strokes (ReLU, identity output).",
     "strokes at 0.1, none at 0", judge_strokes},
    {"moire", "003", "Without the term the weights are the 'geometric moire' he never saw.",
     "at beta 0", judge_moire},
    {"hidden", "003", "Behind a sigmoid output with cross-entropy beta = 0.1 brings no strokes.",
     "never found", judge_hidden},
    {"output", "our reading", "It is the identity output with squared error that brings them out.",
     "more strokes", judge_output},
    {"code", "our reading", "It is the ReLU that brings them out.", "more strokes", judge_code},
    {"sigmoid-3", "book Fig. 5.6",
     "With sigmoid units beta = 3.0 goes past strokes, to templates of digits.",
     "more shapes than strokes", judge_templates},
    {"anywhere", "003 (never found)", "Clean strokes appear under some setting.",
     "a quarter of the units", judge_anywhere},
    {"tutorial", "UFLDL", "784-196-784, rho 0.1, beta 3, decay 0.003: pen strokes.",
     "pen strokes", judge_tutorial},
    {0}};
