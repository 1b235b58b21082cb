/* SPDX-License-Identifier: MIT
 *
 * claims.c - what CS231n and Bergstra & Bengio say, and what our trials say.
 */
#include "experiments/random_vs_grid/random_vs_grid.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROOM = 4000 };

static bool smoke(const Results *r) {
    return strcmp(results_scale(r), "smoke") == 0;
}

/* ---- (a) ---- */

static size_t plane_best(const Results *r, const char *method, const char *column, double *out) {
    char last[8];
    snprintf(last, sizeof last, "%d", PLANE_TRIALS - 1);
    return table_select(results_table(r, "plane"), column,
                        (Where[]){{"method", method}, {"trial", last}, {0}}, out, ROOM);
}

static Finding judge_plane(const Results *r) {
    static double random[ROOM], grid[ROOM];
    size_t n = plane_best(r, "random", "best_test", random);
    if (n < 5 || n != plane_best(r, "grid", "best_test", grid) || smoke(r))
        return finding_inconclusive("needs desk scale");
    for (size_t i = 0; i < n; i++) {
        random[i] *= 100;
        grid[i] *= 100;
    }
    Interval d = stats_paired_difference(random, grid, n);
    return finding_above(d, 0, "points of test accuracy, best of 9 at random over best of 3 x 3, "
                         "median of %zu pairs with one range of rates each", n);
}

/* The spread of accuracies along each axis of the lattice. */
static double spread(const Table *t, const char *fixed, const char *text) {
    static double values[ROOM];
    size_t n = table_select(t, "validation_accuracy",
                            (Where[]){{"method", "lattice"}, {fixed, text}, {0}}, values, ROOM);
    double low = 1, high = 0;
    for (size_t i = 0; i < n && i < ROOM; i++) {
        low = fmin(low, values[i]);
        high = fmax(high, values[i]);
    }
    return high - low;
}

static double median_spread(const Table *t, const char *axis) {
    static double spreads[ROOM];
    size_t column = table_find(t, axis), method = table_find(t, "method"), n = 0;
    for (size_t i = 0; i < table_rows(t) && n < ROOM; i++)
        if (strcmp(table_text(t, i, method), "lattice") == 0)
            spreads[n++] = spread(t, axis, table_text(t, i, column));
    return n ? stats_median(spreads, n) : (double)NAN;
}

static Finding judge_axes(const Results *r) {
    const Table *t = results_table(r, "plane");
    double along_rate = 100 * median_spread(t, "weight_decay");
    double along_decay = 100 * median_spread(t, "rate");
    if (!(along_rate > 0) || smoke(r))
        return finding_inconclusive("needs desk scale");
    double ratio = along_decay / along_rate;
    return finding_of(ratio < 0.2 ? REPRODUCED : NOT_REPRODUCED, interval_point(ratio),
                      "median range of accuracy along the weight decay (%.2g points) as a share of "
                      "that along the rate (%.3g points)", along_decay, along_rate);
}

/* ---- (b) ---- */

static double number(const Table *t, size_t row, const char *column) {
    return table_number(t, row, table_find(t, column));
}

/* 44 intervals at once: in 19 of 20 worlds the largest deviation is below 3.3 standard errors. */
static Finding judge_analytic(const Results *r) {
    const Table *t = results_table(r, "synthetic");
    double worst = 0;
    size_t n = 0, inside = 0;
    for (size_t i = 0; i < table_rows(t); i++) {
        if (strcmp(table_text(t, i, table_find(t, "method")), "random") != 0)
            continue;
        double p = number(t, i, "analytic"), share = number(t, i, "share");
        double error = sqrt(p * (1 - p) / number(t, i, "repetitions"));
        worst = fmax(worst, fabs(share - p) / error);
        inside += number(t, i, "low") <= p && p <= number(t, i, "high");
        n++;
    }
    if (n == 0)
        return finding_inconclusive("nothing was computed");
    return finding_of(worst < 3.3 ? REPRODUCED : NOT_REPRODUCED, interval_point(worst),
                      "largest distance from the curve in standard errors; the curve is inside %zu "
                      "of %zu intervals of 95%%", inside, n);
}

/* Among all monotone shapes at budgets 64 ... 512: the share that is below random. */
static Finding judge_grids(const Results *r) {
    const Table *t = results_table(r, "synthetic");
    size_t worse = 0, better = 0, n = 0;
    for (size_t i = 0; i < table_rows(t); i++) {
        if (strcmp(table_text(t, i, table_find(t, "method")), "grid") != 0 ||
            number(t, i, "trials") < 64)
            continue;
        worse += number(t, i, "high") < number(t, i, "analytic");
        better += number(t, i, "low") > number(t, i, "analytic");
        n++;
    }
    if (n == 0 || smoke(r))
        return finding_inconclusive("needs desk scale");
    return finding_between(stats_share(worse, n), 0.5, 1, "of %zu grids of 64 ... 512 points in 3-D"
                           " and 5-D hit less often than random, by their interval; %zu hit more "
                           "often", n, better);
}

static Finding judge_latin(const Results *r) {
    const Table *t = results_table(r, "synthetic");
    double total = 0;
    size_t n = 0;
    for (size_t i = 0; i < table_rows(t); i++)
        if (strcmp(table_text(t, i, table_find(t, "method")), "latin") == 0) {
            total += fabs(number(t, i, "share") - number(t, i, "analytic"));
            n++;
        }
    if (n == 0 || smoke(r))
        return finding_inconclusive("needs desk scale");
    double mean = total / (double)n;
    return finding_of(mean < 0.02 ? REPRODUCED : NOT_REPRODUCED, interval_point(mean),
                      "mean distance of its %zu shares from random's curve", n);
}

static Finding judge_sobol(const Results *r) {
    const Table *t = results_table(r, "synthetic");
    double low = 1, high = -1;
    size_t n = 0, above = 0;
    for (size_t i = 0; i < table_rows(t); i++) {
        double trials = number(t, i, "trials");
        if (strcmp(table_text(t, i, table_find(t, "method")), "sobol") != 0 || trials < 100 ||
            trials > 256)
            continue;
        double gain = number(t, i, "share") - number(t, i, "analytic");
        low = fmin(low, gain);
        high = fmax(high, gain);
        above += number(t, i, "low") > number(t, i, "analytic");
        n++;
    }
    if (n == 0 || smoke(r))
        return finding_inconclusive("needs desk scale");
    Interval gain = {.value = (low + high) / 2, .low = low, .high = high, .n = n};
    return finding_of(2 * above > n ? REPRODUCED : NOT_REPRODUCED, gain,
                      "share of hits above random's curve at 100 ... 256 trials (smallest and "
                      "largest of %zu); %zu are above by their interval", n, above);
}

/* ---- (c) ---- */

static size_t best_of(const Results *r, const char *set, const char *method, const char *trials,
                      double *out) {
    size_t n = table_select(results_table(r, "efficiency"), "test_accuracy",
                            (Where[]){{"set", set}, {"method", method}, {"trials", trials}, {0}},
                            out, ROOM);
    for (size_t i = 0; i < n; i++)
        out[i] *= 100;
    return n;
}

/* The best of the one experiment with 96 trials, in per cent; the deviation is the estimator's
 * (equation 6): it is all that one experiment tells of how uncertain its best is. */
typedef struct Score {
    double accuracy, deviation;
} Score;

static bool best_of_96(const Results *r, const char *set, const char *method, Score *score) {
    const Where rows[] = {{"set", set}, {"method", method}, {"trials", "96"}, {0}};
    const Table *t = results_table(r, "efficiency");
    if (table_select(t, "test_accuracy", rows, &score->accuracy, 1) != 1 ||
        table_select(t, "deviation", rows, &score->deviation, 1) != 1)
        return false;
    score->accuracy *= 100;
    score->deviation *= 100;
    return true;
}

/* Two 95% intervals of independent errors make one. */
static Interval over_grid(Interval median, Score grid) {
    double own = 1.96 * grid.deviation;
    return (Interval){.value = median.value - grid.accuracy,
                      .low = median.value - grid.accuracy - hypot(median.value - median.low, own),
                      .high = median.value - grid.accuracy + hypot(median.high - median.value, own),
                      .n = median.n};
}

/* Eight random trials over the four parameters of a grid of 96, against that grid. */
static Finding judge_same(const Results *r) {
    static double eight[ROOM];
    Interval all = {.low = (double)INFINITY, .high = -(double)INFINITY};
    for (int set = 0; set < SYNTH_KINDS; set++) {
        const char *name = synth_name((SynthKind)set);
        Score grid;
        size_t n = best_of(r, name, "random_few", "8", eight);
        if (n < 5 || !best_of_96(r, name, "grid_few", &grid) || smoke(r))
            return finding_inconclusive("needs desk scale");
        Interval gain = over_grid(stats_bootstrap_median(eight, n), grid);
        all.value += gain.value / SYNTH_KINDS;
        all.low = fmin(all.low, gain.low);
        all.high = fmax(all.high, gain.high);
        all.n += n;
    }
    return finding_between(all, -0.5, (double)INFINITY, "points of test accuracy, medians of bests "
                           "of 8 minus the grid: mean of %d data sets, lowest and highest end of "
                           "their intervals; within half a point counts as a match", SYNTH_KINDS);
}

/* The best of 96 by one method minus that by another, on each data set. */
typedef struct Gain {
    Interval mean;      /* over the data sets, 95% */
    double least, most; /* of them */
} Gain;

static bool gain_of_96(const Results *r, const char *method, const char *over, Gain *gain) {
    double sum = 0, variance = 0;
    *gain = (Gain){.least = (double)INFINITY, .most = -(double)INFINITY};
    for (int set = 0; set < SYNTH_KINDS; set++) {
        Score a, b;
        if (!best_of_96(r, synth_name((SynthKind)set), method, &a) ||
            !best_of_96(r, synth_name((SynthKind)set), over, &b))
            return false;
        variance += a.deviation * a.deviation + b.deviation * b.deviation;
        double difference = a.accuracy - b.accuracy;
        sum += difference;
        gain->least = fmin(gain->least, difference);
        gain->most = fmax(gain->most, difference);
    }
    double mean = sum / SYNTH_KINDS, wide = 1.96 * sqrt(variance) / SYNTH_KINDS;
    gain->mean = (Interval){mean, mean - wide, mean + wide, SYNTH_KINDS};
    return true;
}

#define MEAN_OF_SETS "mean of %d data sets with its 95%% interval by the estimator's deviations " \
                     "(%.2f to %.2f)"

/* ... and as many random trials as the grid has. */
static Finding judge_budget(const Results *r) {
    Gain gain;
    if (smoke(r) || !gain_of_96(r, "random_few", "grid_few", &gain))
        return finding_inconclusive("needs desk scale");
    return finding_between(gain.mean, -0.5, (double)INFINITY, "points of test accuracy, 96 random "
                           "trials minus the grid of 96 over the same four parameters: "
                           MEAN_OF_SETS "; within half a point counts as a match", SYNTH_KINDS,
                           gain.least, gain.most);
}

/* Eight random trials over all parameters against the better of the two grids. */
static Finding judge_eight(const Results *r, SynthKind set) {
    static double eight[ROOM];
    Score few, many;
    const char *name = synth_name(set);
    size_t n = best_of(r, name, "random", "8", eight);
    if (!best_of_96(r, name, "grid_few", &few) || !best_of_96(r, name, "grid_many", &many) ||
        n < 5 || smoke(r))
        return finding_inconclusive("needs desk scale");
    bool fewer = few.accuracy > many.accuracy;
    Interval gain = over_grid(stats_bootstrap_median(eight, n), fewer ? few : many);
    return finding_between(gain, -0.5, (double)INFINITY, "points of test accuracy, median of %zu "
                           "bests of 8 random trials minus the better grid of 96 (%.2f; the other "
                           "%.2f); within half a point counts as a match", n,
                           fewer ? few.accuracy : many.accuracy,
                           fewer ? many.accuracy : few.accuracy);
}

static Finding judge_eight_plain(const Results *r) { return judge_eight(r, SYNTH_PLAIN); }
static Finding judge_eight_rotated(const Results *r) { return judge_eight(r, SYNTH_ROTATED); }
static Finding judge_eight_noise(const Results *r) { return judge_eight(r, SYNTH_BACKGROUND); }

/* A grid of 96 with two or three values a parameter against one that spends them on the rate. */
static Finding judge_waste(const Results *r) {
    Gain gain;
    if (smoke(r) || !gain_of_96(r, "grid_few", "grid_many", &gain))
        return finding_inconclusive("needs desk scale");
    return finding_above(gain.mean, 0, "points of test accuracy, a grid of 96 with 6 rates over "
                         "one with 3 rates and 2 values of five others: " MEAN_OF_SETS,
                         SYNTH_KINDS, gain.least, gain.most);
}

/* ---- (d) ---- */

static double median_length(const Results *r, const char *set, const char *parameter) {
    static double lengths[ROOM];
    size_t n = table_select(results_table(r, "importance"), "length",
                            (Where[]){{"set", set}, {"parameter", parameter}, {0}}, lengths, ROOM);
    return n ? stats_median(lengths, n) : (double)NAN;
}

static bool fitted_all(const Results *r) {
    for (int set = 0; set < SYNTH_KINDS; set++)
        if (isnan(median_length(r, synth_name((SynthKind)set), "rate")))
            return false;
    return !smoke(r);
}

/* A parameter matters when the two ends of its range are less alike than 1/e: a length below 1. */
static size_t effective(const Results *r, const char *set, bool *rate_first) {
    Param params[SPACE_MAX];
    Space space = network_space_at(SCALE_PAPER, params);
    size_t count = 0;
    double shortest = (double)INFINITY;
    *rate_first = false;
    for (size_t i = 0; i < space.count; i++) {
        double length = median_length(r, set, space.params[i].name);
        count += length < 1;
        if (length < shortest) {
            shortest = length;
            *rate_first = strcmp(space.params[i].name, "rate") == 0;
        }
    }
    return count;
}

static Finding judge_dimension(const Results *r) {
    Interval count = {.low = 99, .high = 0};
    bool first;
    if (!fitted_all(r))
        return finding_inconclusive("needs desk scale");
    for (int set = 0; set < SYNTH_KINDS; set++) {
        double n = (double)effective(r, synth_name((SynthKind)set), &first);
        count.low = fmin(count.low, n);
        count.high = fmax(count.high, n);
        count.value += n / SYNTH_KINDS;
    }
    count.n = SYNTH_KINDS;
    return finding_between(count, 1, 4, "parameters whose median length scale is below 1 (the "
                           "range of the parameter); mean, least and most of %d data sets",
                           SYNTH_KINDS);
}

static Finding judge_rate(const Results *r) {
    size_t matters = 0, firsts = 0;
    if (!fitted_all(r))
        return finding_inconclusive("needs desk scale");
    for (int set = 0; set < SYNTH_KINDS; set++) {
        bool first;
        effective(r, synth_name((SynthKind)set), &first);
        matters += median_length(r, synth_name((SynthKind)set), "rate") < 1;
        firsts += first;
    }
    return finding_of(matters == SYNTH_KINDS ? REPRODUCED : NOT_REPRODUCED,
                      interval_point((double)matters), "of %d data sets where the rate's median "
                      "length scale is below 1; it is the shortest of all on %zu", SYNTH_KINDS,
                      firsts);
}

#define BB "Bergstra & Bengio 2012"
const Claim random_vs_grid_claims[] = {
    {"picture", "002 (CS231n)", "Nine random trials find a better rate than a grid of 3 x 3.",
     "> 0 points", judge_plane},
    {"one-axis", "002 (CS231n)",
     "One parameter of the picture is important, the other is not.", "a small share", judge_axes},
    {"analytic", BB " section 4", "Random trials hit a target of 1% with probability 1 - 0.99^T.",
     "1 - 0.99^T inside the interval of all points together", judge_analytic},
    {"grids-worst", BB " Figure 8", "Most grids hit less often than random trials.",
     "more than half", judge_grids},
    {"latin", BB " Figure 8", "A Latin hypercube is no better than random trials.", "0",
     judge_latin},
    {"sobol", BB " Figure 8", "Sobol's sequence is a few points better at 100 ... 300 trials.",
     "some 0.05", judge_sobol},
    {"eight-plain", BB " Figure 5", "8 random trials match a grid of about 100 (mnist basic).",
     ">= 0 points", judge_eight_plain},
    {"eight-rotated", BB " Figure 5", "8 random trials match a grid of about 100 (rotated digits).",
     ">= 0 points", judge_eight_rotated},
    {"eight-background", BB " Figure 5",
     "8 random trials match a grid of about 100 (random background).", ">= 0 points",
     judge_eight_noise},
    {"same-parameters", BB " Figure 5",
     "8 random trials over its own parameters match a grid of about 100.", ">= 0 points",
     judge_same},
    {"same-budget", "002 (CS231n)", "At the budget of a grid, random trials do no worse.",
     ">= 0 points", judge_budget},
    {"waste", BB " section 3", "A grid wastes trials on parameters that do not matter.",
     "> 0 points", judge_waste},
    {"dimension", BB " Figure 7", "The effective dimension is 1 to 4.", "1 ... 4",
     judge_dimension},
    {"rate-matters", BB " Figure 7", "The learning rate always matters.", "all data sets",
     judge_rate},
    {0}};
