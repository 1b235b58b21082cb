/* SPDX-License-Identifier: MIT
 *
 * What CS231n says one sees, judged seed by seed: a figure of every seed, its median and interval.
 */
#include "experiments/babysitting/babysitting.h"

#include "core/base/exact.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_SEEDS = 200, MAX_ROWS = 64, FEWEST = 5 };

/* A column of one table in the rows of one seed where all conditions hold. */
static size_t of_seed(const Results *results, const char *table, size_t seed, const Where *where,
                      const char *column, double values[MAX_ROWS]) {
    char text[16];
    Where all[8] = {{"seed", text}};
    snprintf(text, sizeof text, "%zu", seed);
    for (size_t i = 0; i + 2 < sizeof all / sizeof *all && where[i].column; i++)
        all[i + 1] = where[i];
    return table_select(results_table(results, table), column, all, values, MAX_ROWS);
}

/* The last of them: a curve's end, or the one row there is; nan where there is none. */
static double last(const Results *results, const char *table, size_t seed, const Where *where,
                   const char *column) {
    double values[MAX_ROWS];
    size_t n = of_seed(results, table, seed, where, column, values);
    return n ? values[n - 1] : (double)NAN;
}

typedef double (*Figure)(const Results *results, size_t seed, size_t which);

static Interval of_all(const Results *results, Figure figure, size_t which) {
    double values[MAX_SEEDS];
    size_t n = 0;
    for (size_t seed = 1; seed <= MAX_SEEDS; seed++) {
        double value = figure(results, seed, which);
        if (isnan(value))
            break;
        values[n++] = value;
    }
    if (n < FEWEST || strcmp(results_scale(results), "smoke") == 0)
        return (Interval){(double)NAN, (double)NAN, (double)NAN, n};
    return stats_bootstrap_median(values, n);
}

/* Reproduced above zero, not reproduced below. */
static Finding above_zero(Interval d, const char *note) {
    Verdict verdict = isnan(d.value) ? INCONCLUSIVE : d.low > 0 ? REPRODUCED
                      : d.high < 0   ? NOT_REPRODUCED : INCONCLUSIVE;
    return finding_of(verdict, d, "%s", note);
}

/* ---- rates and ratios ---- */
static double of_rate(const Results *r, size_t seed, size_t method, size_t rate, const char *table,
                      const char *column) {
    char text[32];
    snprintf(text, sizeof text, "%.17g", method_rates[method][rate]);
    return last(r, table, seed, (Where[]){{"method", method_names[method]}, {"rate", text}, {0}},
                column);
}

/* The rate with the highest validation accuracy, seed by seed; RATE_COUNT if one was not run. */
static size_t best_rate(const Results *r, size_t seed, size_t method) {
    size_t best = 0;
    double highest = -1;
    for (size_t i = 0; i < RATE_COUNT; i++) {
        double accuracy = of_rate(r, seed, method, i, "rates", "validation_accuracy");
        if (isnan(accuracy))
            return RATE_COUNT;
        if (accuracy > highest)
            highest = accuracy, best = i;
    }
    return best;
}

static double best_ratio(const Results *r, size_t seed, size_t method) {
    size_t best = best_rate(r, seed, method);
    return best < RATE_COUNT ? of_rate(r, seed, method, best, "rates", "ratio_hidden")
                             : (double)NAN;
}

/* Points of validation accuracy that the rate with the ratio nearest to 1e-3 is behind the best. */
static double ratio_cost(const Results *r, size_t seed, size_t method) {
    size_t best = best_rate(r, seed, method), nearest = 0;
    double least = (double)INFINITY;
    if (best == RATE_COUNT)
        return (double)NAN;
    for (size_t i = 0; i < RATE_COUNT; i++) {
        double ratio = of_rate(r, seed, method, i, "rates", "ratio_hidden");
        double off = ratio > 0 ? fabs(exact_log10(ratio) + 3) : (double)INFINITY;
        if (off < least)
            least = off, nearest = i;
    }
    return 100 * (of_rate(r, seed, method, best, "rates", "validation_accuracy") -
                  of_rate(r, seed, method, nearest, "rates", "validation_accuracy"));
}

static double low_rate(const Results *r, size_t seed, size_t method) {
    size_t best = best_rate(r, seed, method);
    return best < RATE_COUNT ? of_rate(r, seed, method, 0, "curves", "training_loss") -
                                   of_rate(r, seed, method, best, "curves", "training_loss")
                             : (double)NAN;
}

static double high_rate(const Results *r, size_t seed, size_t method) {
    size_t best = best_rate(r, seed, method);
    return best < RATE_COUNT
               ? of_rate(r, seed, method, RATE_COUNT - 1, "curves", "training_loss") -
                     of_rate(r, seed, method, best, "curves", "training_loss")
               : (double)NAN;
}

static Finding judge_low(const Results *results) {
    return above_zero(of_all(results, low_rate, 0),
                      "training loss at the end of the lowest rate above the best rate's, sgd");
}

static Finding judge_high(const Results *results) {
    return above_zero(of_all(results, high_rate, 0),
                      "training loss at the end of the highest rate above the best rate's, sgd");
}

static Finding judge_ratio(const Results *results, size_t method) {
    return finding_between(of_all(results, best_ratio, method), 1e-3 / 3.1622777, 3.1622777e-3,
                           "update over weights of the first layer at the best rate, %s; the rate "
                           "with the ratio nearest to 1e-3 is %.2g points of validation accuracy "
                           "behind", method_names[method],
                           of_all(results, ratio_cost, method).value);
}

static Finding judge_ratio_sgd(const Results *results) { return judge_ratio(results, 0); }
static Finding judge_ratio_momentum(const Results *results) { return judge_ratio(results, 1); }
static Finding judge_ratio_adam(const Results *results) { return judge_ratio(results, 2); }

/* ---- wiggle ---- */
static double wiggle(const Results *r, size_t seed, size_t batch) {
    char text[16];
    snprintf(text, sizeof text, "%zu", batch);
    return last(r, "wiggle", seed, (Where[]){{"batch", text}, {0}}, "wiggle");
}

/* From 1 to a fifth of the set: a batch drawn without repetition wiggles less
 * when it is much of it. */
static double wiggle_slope(const Results *r, size_t seed, size_t unused) {
    double x[BATCHES], y[BATCHES];
    size_t n = 0;
    (void)unused;
    for (size_t b = 0; b < BATCHES && batch_sizes[b] <= FULL / 5; b++) {
        double w = wiggle(r, seed, batch_sizes[b]);
        x[n] = exact_log10((double)batch_sizes[b]);
        y[n++] = w > 0 ? exact_log10(w) : (double)NAN;
    }
    return stats_line(x, y, n).slope;
}

/* How many other batch sizes wiggle more. */
static double above_full(const Results *r, size_t seed, size_t unused) {
    double count = 0, full = wiggle(r, seed, FULL);
    (void)unused;
    for (size_t b = 0; b + 1 < BATCHES; b++)
        count += wiggle(r, seed, batch_sizes[b]) > full;
    return isnan(full) ? full : count;
}

static double below_one(const Results *r, size_t seed, size_t unused) {
    double count = 0, one = wiggle(r, seed, 1);
    (void)unused;
    for (size_t b = 1; b < BATCHES; b++)
        count += wiggle(r, seed, batch_sizes[b]) < one;
    return isnan(one) ? one : count;
}

static Finding judge_law(const Results *results) {
    return finding_between(of_all(results, wiggle_slope, 0), -0.55, -0.45,
                           "exponent of the batch size in the wiggle, batches of 1 to 400 of 2,000 "
                           "images");
}

static Finding judge_one(const Results *results) {
    return finding_between(of_all(results, below_one, 0), BATCHES - 1, BATCHES - 1,
                           "of 7 larger batch sizes wiggle less than batches of 1");
}

static Finding judge_full(const Results *results) {
    return finding_between(of_all(results, above_full, 0), BATCHES - 1, BATCHES - 1,
                           "of 7 smaller batch sizes wiggle more than the full batch");
}

/* ---- the gap ---- */
static double at_end(const Results *r, size_t seed, const char *images, const char *name,
                     const char *column) {
    return 100 * last(r, "gap", seed, (Where[]){{"images", images}, {"regularisation", name}, {0}},
                      column);
}

static double gap(const Results *r, size_t seed, const char *images, const char *name) {
    return at_end(r, seed, images, name, "training_accuracy") -
           at_end(r, seed, images, name, "validation_accuracy");
}

static double gap_less_data(const Results *r, size_t seed, size_t unused) {
    (void)unused;
    return gap(r, seed, "500", "none") - gap(r, seed, "10000", "none");
}

static double gap_regularised(const Results *r, size_t seed, size_t with) {
    return gap(r, seed, "2000", "none") - gap(r, seed, "2000", regularisations[with].name);
}

static double gain_regularised(const Results *r, size_t seed, size_t with) {
    return at_end(r, seed, "500", regularisations[with].name, "validation_accuracy") -
           at_end(r, seed, "500", "none", "validation_accuracy");
}

static Finding judge_gap_data(const Results *results) {
    return above_zero(of_all(results, gap_less_data, 0), "points by which the gap is wider with "
                      "500 images than with 10,000, no regularisation");
}

static Finding judge_gap_decay(const Results *results) {
    return above_zero(of_all(results, gap_regularised, 2),
                      "points by which decay 0.01 narrows the gap, 2,000 images");
}

static Finding judge_gap_dropout(const Results *results) {
    return above_zero(of_all(results, gap_regularised, REGULARISATIONS - 1),
                      "points by which dropout of a half narrows the gap, 2,000 images");
}

static Finding judge_gain_decay(const Results *results) {
    return above_zero(of_all(results, gain_regularised, 2),
                      "points of validation accuracy that decay 0.01 gains, 500 images");
}

static Finding judge_gain_dropout(const Results *results) {
    return above_zero(of_all(results, gain_regularised, REGULARISATIONS - 1),
                      "points of validation accuracy that dropout of a half gains, 500 images");
}

/* ---- depth ---- */

/* Largest over smallest standard deviation over the hidden layers, of activations or gradients. */
static double spread(const Results *r, size_t seed, size_t init, size_t activation,
                     const char *signal) {
    double sd[MAX_ROWS], low = (double)INFINITY, high = 0;
    size_t n = of_seed(r, "layers", seed, (Where[]){{"init", init_names[init]},
                                                    {"activation", activation_names[activation]},
                                                    {"signal", signal}, {0}}, "sd", sd);
    for (size_t i = 0; i < n; i++) {
        low = sd[i] < low ? sd[i] : low;
        high = sd[i] > high ? sd[i] : high;
    }
    return n == HIDDEN ? (low > 0 ? high / low : (double)INFINITY) : (double)NAN;
}

static bool looks_bad(const Results *r, size_t seed, size_t init, size_t activation) {
    return !(spread(r, seed, init, activation, "activation") < 10 &&
             spread(r, seed, init, activation, "gradient") < 10);
}

/* The loss of the best of the rates. */
static double best_loss(const Results *r, size_t seed, size_t init, size_t activation) {
    double loss[MAX_ROWS], least = (double)INFINITY;
    size_t n = of_seed(r, "depth", seed, (Where[]){{"init", init_names[init]},
                                                   {"activation", activation_names[activation]},
                                                   {0}}, "training_loss", loss);
    for (size_t i = 0; i < n; i++)
        least = loss[i] < least ? loss[i] : least;
    return n == DEPTH_RATES ? least : (double)NAN;
}

static double agreements(const Results *r, size_t seed, size_t unused) {
    double count = 0;
    (void)unused;
    for (size_t i = 0; i < INITS; i++)
        for (size_t a = 0; a < ACTIVATIONS; a++) {
            double loss = best_loss(r, seed, i, a);
            if (isnan(loss))
                return loss;
            count += looks_bad(r, seed, i, a) == (loss > 1);
        }
    return count;
}

static double stuck(const Results *r, size_t seed, size_t init) {
    double count = 0;
    for (size_t a = 0; a < ACTIVATIONS; a++) {
        double loss = best_loss(r, seed, init, a);
        if (isnan(loss))
            return loss;
        count += loss > 1;
    }
    return count;
}

static Finding judge_shows(const Results *results) {
    return finding_between(of_all(results, agreements, 0), INITS * ACTIVATIONS,
                           INITS * ACTIVATIONS,
                           "of 12 pairs of weights and activation: spreads over the five layers "
                           "differ tenfold exactly where the loss stays above 1 at every rate");
}

static Finding judge_stuck(const Results *results) {
    return finding_between(of_all(results, stuck, 0), ACTIVATIONS, ACTIVATIONS,
                           "of 3 activations do not learn from weights of +-1 at any rate; from "
                           "Gaussian 0.01 %g, Xavier %g, He %g", of_all(results, stuck, 1).value,
                           of_all(results, stuck, 2).value, of_all(results, stuck, 3).value);
}

/* ---- images ---- */
static double image(const Results *r, size_t seed, size_t condition, const char *column) {
    return last(r, "roughness", seed,
                (Where[]){{"condition", image_conditions[condition].name}, {0}}, column);
}

static double rougher(const Results *r, size_t seed, size_t than) { /* the one before it */
    return image(r, seed, than == 2 ? 0 : 2, "roughness") - image(r, seed, than, "roughness");
}

static double smooth_gain(const Results *r, size_t seed, size_t smooth) {
    return 100 * (image(r, seed, smooth, "validation_accuracy") -
                  image(r, seed, 2, "validation_accuracy"));
}

static Finding judge_unconverged(const Results *results) {
    return above_zero(of_all(results, rougher, 2),
                      "rougher (1 is white noise) are first-layer images after a fiftieth of the "
                      "updates than after all");
}

static Finding judge_decay_images(const Results *results) {
    return above_zero(of_all(results, rougher, 3),
                      "rougher (1 is white noise) are first-layer images without decay than with "
                      "0.01");
}

static Finding judge_smooth(const Results *results) {
    Interval high = of_all(results, smooth_gain, 1);
    Interval d = of_all(results, smooth_gain, 3);
    Verdict verdict = isnan(d.value) ? INCONCLUSIVE : d.low > 0 ? REPRODUCED
                      : d.high < 0   ? NOT_REPRODUCED : INCONCLUSIVE;
    return finding_of(verdict, d, "points of validation accuracy of the smooth images of decay "
                      "over the noisy ones without; the smooth ones of a rate too high: %.3g",
                      high.value);
}

#define CS231N "002 (CS231n)"
const Claim babysitting_claims[] = {
    {"low-rate", CS231N, "A rate that is too low improves slowly.", "> 0", judge_low},
    {"high-rate", CS231N, "A rate that is too high ends at a worse loss.", "> 0", judge_high},
    {"ratio-sgd", CS231N, "The update-to-weight ratio should be about 1e-3 (plain descent).",
     "1e-3", judge_ratio_sgd},
    {"ratio-momentum", CS231N, "The update-to-weight ratio should be about 1e-3 (momentum).",
     "1e-3", judge_ratio_momentum},
    {"ratio-adam", CS231N, "The update-to-weight ratio should be about 1e-3 (Adam).", "1e-3",
     judge_ratio_adam},
    {"wiggle-law", CS231N, "The wiggle of the loss follows the batch size.", "-1/2", judge_law},
    {"wiggle-one", CS231N, "With batches of one image the wiggle is largest.", "7 of 7", judge_one},
    {"wiggle-full", CS231N, "With the full batch the wiggle is smallest.", "7 of 7", judge_full},
    {"gap-data", CS231N, "With less data the network overfits more.", "> 0 points", judge_gap_data},
    {"gap-decay", CS231N, "Weight decay narrows the gap.", "> 0 points", judge_gap_decay},
    {"gap-dropout", CS231N, "Dropout narrows the gap.", "> 0 points", judge_gap_dropout},
    {"gain-decay", CS231N, "Against a wide gap more decay helps.", "> 0 points", judge_gain_decay},
    {"gain-dropout", CS231N, "Against a wide gap more dropout helps.", "> 0 points",
     judge_gain_dropout},
    {"init-shows", CS231N, "A bad initialisation shows in the histograms of the layers.",
     "12 of 12", judge_shows},
    {"init-stuck", CS231N, "With a bad initialisation learning does not get going.", "3 of 3",
     judge_stuck},
    {"noisy-unconverged", CS231N, "Noisy first-layer images mean an unconverged network.", "> 0",
     judge_unconverged},
    {"noisy-undecayed", CS231N, "Noisy first-layer images mean too little regularisation.", "> 0",
     judge_decay_images},
    {"smooth-better", CS231N, "Smooth first-layer images mean a training that goes well.",
     "> 0 points", judge_smooth},
    {0}};
