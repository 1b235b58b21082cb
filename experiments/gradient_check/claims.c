/* SPDX-License-Identifier: MIT
 *
 * What CS231n advises, judged seed by seed: a figure of every seed, its median and interval.
 */
#include "experiments/gradient_check/gradient_check.h"

#include "core/base/exact.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_SEEDS = 200, MAX_STEPS = 64, FEWEST = 5 };

/* A column of `checks` in the rows of one seed where all conditions hold. */
static size_t of_seed(const Results *results, size_t seed, const Where *where, const char *column,
                      double *values) {
    char text[16];
    Where all[10] = {{"seed", text}};
    snprintf(text, sizeof text, "%zu", seed);
    for (size_t i = 0; i + 2 < sizeof all / sizeof *all && where[i].column; i++)
        all[i + 1] = where[i];
    return table_select(results_table(results, "checks"), column, all, values, MAX_STEPS);
}

/* The one value there, else nan. */
static double one(const Results *results, size_t seed, const Where *where, const char *column) {
    double values[MAX_STEPS];
    return of_seed(results, seed, where, column, values) == 1 ? values[0] : (double)NAN;
}

/* A figure of every seed; its median and interval.  nan as soon as one seed has none. */
static Interval of_all(const Results *results, double (*figure)(const Results *, size_t seed)) {
    double values[MAX_SEEDS];
    size_t n = 0;
    for (size_t seed = 1; seed <= MAX_SEEDS; seed++) {
        double value = figure(results, seed);
        if (isnan(value))
            break;
        values[n++] = value;
    }
    if (n < FEWEST)
        return (Interval){(double)NAN, (double)NAN, (double)NAN, n};
    return stats_bootstrap_median(values, n);
}

/* ---- formulas, steps, precision ---- */
#define STEPS(formula_, precision_)                                                                \
    (Where[]) {                                                                                    \
        {"study", "steps"}, {"model", "tanh"}, {"formula", formula_}, {"precision", precision_},   \
            {0}                                                                                    \
    }

static double slope(const Results *results, size_t seed, const char *formula) {
    double h[MAX_STEPS], error[MAX_STEPS], x[MAX_STEPS], y[MAX_STEPS];
    size_t n = of_seed(results, seed, STEPS(formula, "double"), "step", h), used = 0;
    of_seed(results, seed, STEPS(formula, "double"), "median_absolute", error);
    for (size_t i = 0; i < n; i++)
        if (h[i] < 0.02 && h[i] > 5e-5)
            x[used] = exact_log10(h[i]), y[used++] = exact_log10(error[i]);
    return used > 2 ? stats_line(x, y, used).slope : (double)NAN;
}

static double forward_slope(const Results *r, size_t seed) { return slope(r, seed, "forward"); }
static double centred_slope(const Results *r, size_t seed) { return slope(r, seed, "centred"); }

static Finding judge_forward(const Results *results) {
    return finding_between(of_all(results, forward_slope), 0.95, 1.05,
                           "exponent of h in the forward difference's error, h = 1e-4 ... 1e-2");
}

static Finding judge_centred(const Results *results) {
    return finding_between(of_all(results, centred_slope), 1.95, 2.05,
                           "exponent of h in the centred difference's error, h = 1e-4 ... 1e-2");
}

static double at_step(const Results *results, size_t seed, const char *formula,
                      const char *precision, double step) {
    double h[MAX_STEPS], error[MAX_STEPS];
    size_t n = of_seed(results, seed, STEPS(formula, precision), "step", h);
    of_seed(results, seed, STEPS(formula, precision), "median", error);
    for (size_t i = 0; i < n; i++)
        if (fabs(h[i] / step - 1) < 1e-6)
            return error[i];
    return (double)NAN;
}

/* The step of the grid with the smallest median error. */
static double best_step(const Results *results, size_t seed, const char *precision) {
    double h[MAX_STEPS], error[MAX_STEPS];
    size_t n = of_seed(results, seed, STEPS("centred", precision), "step", h), best = 0;
    of_seed(results, seed, STEPS("centred", precision), "median", error);
    for (size_t i = 1; i < n; i++)
        best = error[i] < error[best] ? i : best;
    return n ? h[best] : (double)NAN;
}

static double advantage(const Results *r, size_t seed) {
    return at_step(r, seed, "forward", "double", 1e-5) /
           at_step(r, seed, "centred", "double", 1e-5);
}

static double single_error(const Results *r, size_t seed) {
    return at_step(r, seed, "centred", "single", 1e-5);
}

static double best_double(const Results *r, size_t seed) { return best_step(r, seed, "double"); }
static double best_single(const Results *r, size_t seed) { return best_step(r, seed, "single"); }

static double rise(const Results *r, size_t seed) {
    double best = best_double(r, seed);
    return at_step(r, seed, "centred", "double", 1e-12) /
           at_step(r, seed, "centred", "double", best);
}

static Finding judge_advantage(const Results *results) {
    return finding_between(of_all(results, advantage), 1, (double)INFINITY,
                           "times the median relative error of the forward difference is that of "
                           "the centred one, at h = 1e-5 in double");
}

static Finding judge_single(const Results *results) {
    return finding_between(of_all(results, single_error), 1e-2, (double)INFINITY,
                           "median relative error of a right gradient in single precision at "
                           "h = 1e-5; its best step is %g", of_all(results, best_single).value);
}

static Finding judge_step(const Results *results) {
    return finding_between(of_all(results, best_double), 0.999e-6, 1.001e-4,
                           "the step with the smallest median error, centred, in double");
}

static Finding judge_rise(const Results *results) {
    return finding_between(of_all(results, rise), 1, (double)INFINITY,
                           "times larger is the median error at h = 1e-12 than at the best step");
}

/* ---- thresholds ---- */
static double plain(const Results *results, size_t seed, const char *model, const char *fault,
                    const char *column) {
    return one(results, seed, (Where[]){{"study", "thresholds"}, {"setting", "plain"},
                                        {"model", model}, {"fault", fault}, {0}}, column);
}

static double smooth_above(const Results *r, size_t seed) {
    return 100 * plain(r, seed, "tanh", "none", "above_1e7");
}

static double right_above(const Results *r, size_t seed) {
    double tanh_above = plain(r, seed, "tanh", "none", "above_1e2");
    double relu = plain(r, seed, "relu", "none", "above_1e2");
    return 100 * fmax(tanh_above, fmax(relu, plain(r, seed, "pool", "none", "above_1e2")));
}

static double least_fault(const Results *r, size_t seed) {
    double least = (double)INFINITY;
    for (int f = FAULT_NONE + 1; f < FAULT_UNSCALED_MASK; f++) {
        double worst = plain(r, seed, "tanh", fault_names[f], "worst");
        least = worst < least || isnan(worst) ? worst : least;
    }
    return least;
}

static Finding judge_smooth(const Results *results) {
    return finding_between(of_all(results, smooth_above), 0, 0,
                           "per cent of the elements of a right, smooth gradient above 1e-7 "
                           "(h = 1e-5, double); their gradients are small");
}

static Finding judge_wrong(const Results *results) {
    return finding_between(of_all(results, right_above), 0, 0,
                           "per cent of the elements of a right gradient above 1e-2, the most of "
                           "tanh, ReLU and max-pooling");
}

static Finding judge_caught(const Results *results) {
    return finding_between(of_all(results, least_fault), 1e-2, (double)INFINITY,
                           "worst relative error of the best hidden of seven planted errors");
}

/* ---- kinks ---- */
static double crossed(const Results *r, size_t seed, const char *points) {
    return 100 * one(r, seed, (Where[]){{"study", "kinks"}, {"model", "relu"}, {"step", "0.001"},
                                        {"points", points}, {0}}, "crossed_share");
}

static double crossed_few(const Results *r, size_t seed) { return crossed(r, seed, "2"); }
static double crossed_more(const Results *r, size_t seed) {
    return crossed(r, seed, "100") - crossed(r, seed, "2");
}

static Finding judge_kinks(const Results *results) {
    return finding_above(of_all(results, crossed_more), 0,
                         "more per cent of the differences cross a kink with 100 data points "
                         "than with 2 (%.3g per cent), ReLU, h = 1e-3",
                         of_all(results, crossed_few).value);
}

/* ---- when, with what ---- */
static double worst_when(const Results *r, size_t seed, const char *fault, const char *setting,
                         const char *updates) {
    return one(r, seed, (Where[]){{"study", "training"}, {"setting", setting}, {"fault", fault},
                                  {"updates", updates}, {0}}, "worst");
}

static double hidden_at_start(const Results *r, size_t seed) {
    double count = 0;
    for (int f = FAULT_MISSING_DERIVATIVE; f <= FAULT_WRONG_INDEX; f++) {
        double before = worst_when(r, seed, fault_names[f], "small", "0");
        double after = worst_when(r, seed, fault_names[f], "small", "300");
        count += isnan(before) ? before : before < 1e-2 && after > 1e-2;
    }
    return count;
}

static Finding judge_start(const Results *results) {
    return finding_between(of_all(results, hidden_at_start), 1, 4,
                           "of four planted errors stay below 1e-2 at small initial weights and "
                           "are found after 300 updates");
}

static double worst_decay(const Results *r, size_t seed, const char *decay) {
    return one(r, seed, (Where[]){{"study", "decay"}, {"fault", "off_by_one"}, {"decay", decay},
                                  {0}}, "worst");
}

static double decay_strong(const Results *r, size_t seed) { return worst_decay(r, seed, "1000"); }
static double decay_none(const Results *r, size_t seed) { return worst_decay(r, seed, "0"); }

static Finding judge_decay(const Results *results) {
    Interval without = of_all(results, decay_none);
    return finding_between(of_all(results, decay_strong), without.low > 1e-2 ? 0 : 1, 1e-2,
                           "worst error at decay 1000 of weights without any data gradient; "
                           "without decay it is %.3g", without.value);
}

static double dropout(const Results *r, size_t seed, const char *fault, const char *mode) {
    return one(r, seed, (Where[]){{"study", "dropout"}, {"fault", fault}, {"setting", mode}, {0}},
               "worst");
}

static double fresh(const Results *r, size_t seed) { return dropout(r, seed, "none", "fresh"); }
static double off(const Results *r, size_t seed) { return dropout(r, seed, "none", "off"); }
static double missed(const Results *r, size_t seed) {
    return dropout(r, seed, "unscaled_mask", "off");
}
static double held(const Results *r, size_t seed) {
    return dropout(r, seed, "unscaled_mask", "held");
}

static Finding judge_dropout(const Results *results) {
    return finding_between(of_all(results, fresh), 1e-2, (double)INFINITY,
                           "worst error of a right gradient with dropout on; off it is %.2g",
                           of_all(results, off).value);
}

static Finding judge_missed(const Results *results) {
    Interval caught = of_all(results, held);
    return finding_between(of_all(results, missed), caught.low > 1e-2 ? 0 : 1, 1e-2,
                           "worst error of a wrong dropout gradient with dropout off; with the "
                           "mask held it is %.3g", caught.value);
}

/* ---- how many ---- */
static double least_caught(const Results *r, size_t seed) {
    double least = (double)NAN, value;
    char text[16];
    snprintf(text, sizeof text, "%zu", seed);
    for (int f = FAULT_NONE + 1; f < FAULT_UNSCALED_MASK; f++)
        if (table_select(results_table(r, "dimensions"), "caught_share",
                         (Where[]){{"fault", fault_names[f]}, {"drawn", "each"},
                                   {"elements", "30"}, {"seed", text}, {0}}, &value, 1) == 1)
            least = value < least || isnan(least) ? value : least;
    return least;
}

static Finding judge_dimensions(const Results *results) {
    return finding_between(of_all(results, least_caught), 0.95, 1,
                           "share of draws of 30 elements (5 of each block) that catch the best "
                           "hidden of seven planted errors");
}

/* Planted errors above 1e-2 in at least one of the first `count` settings. */
static double caught(const Results *r, size_t seed, int count) {
    static const char *const names[] = {"all_advice", "and_small_decay", "and_held_dropout"};
    double sum = 0;
    for (int f = FAULT_NONE + 1; f < FAULTS; f++) {
        bool found = false;
        for (int s = 0; s < count; s++) {
            double worst = one(r, seed, (Where[]){{"study", "advice"}, {"setting", names[s]},
                                                  {"fault", fault_names[f]}, {0}}, "worst");
            if (isnan(worst))
                return worst;
            found |= worst > 1e-2;
        }
        sum += found;
    }
    return sum;
}

static double caught_once(const Results *r, size_t seed) { return caught(r, seed, 1); }
static double caught_thrice(const Results *r, size_t seed) { return caught(r, seed, 3); }

static Finding judge_advice(const Results *results) {
    return finding_between(of_all(results, caught_once), FAULTS - 1, FAULTS - 1,
                           "of 9 planted errors are found by one check with all the advice; with "
                           "a check of small decay and one of held dropout beside it, %g",
                           of_all(results, caught_thrice).value);
}

#define CS231N "002 (CS231n)"
const Claim gradient_check_claims[] = {
    {"forward-order", CS231N, "The forward difference has an error of order h.", "1",
     judge_forward},
    {"centred-order", CS231N, "The centred difference has an error of order h^2.", "2",
     judge_centred},
    {"centred-better", CS231N, "The centred difference is the better one.", "> 1",
     judge_advantage},
    {"double", CS231N, "In single precision relative errors are large though all is right.",
     "> 0.01", judge_single},
    {"smaller-is-worse", CS231N, "A step that is too small makes the error larger again.", "> 1",
     judge_rise},
    {"step", CS231N, "The step should lie between 1e-6 and 1e-4.", "1e-6 ... 1e-4", judge_step},
    {"threshold-smooth", CS231N, "Without kinks a right gradient is below 1e-7.",
     "0 per cent above", judge_smooth},
    {"threshold-wrong", CS231N, "A relative error above 1e-2 means that the gradient is wrong.",
     "0 per cent of a right one above", judge_wrong},
    {"threshold-caught", CS231N, "A wrong gradient shows as a relative error above 1e-2.", "> 0.01",
     judge_caught},
    {"few-points", CS231N, "With two or three data points a difference crosses fewer kinks.", "> 0",
     judge_kinks},
    {"at-start", CS231N, "At initialisation a wrong gradient can look right.", "1 or more",
     judge_start},
    {"decay-hides", CS231N, "Strong regularisation hides a wrong data gradient.", "< 0.01",
     judge_decay},
    {"dropout", CS231N, "Dropout must be off during a check.", "> 0.01", judge_dropout},
    {"dropout-missed", CS231N, "With dropout off, its own gradient is not checked.", "< 0.01",
     judge_missed},
    {"few-dimensions", CS231N, "A few of many dimensions are enough.", "all draws",
     judge_dimensions},
    {"advice", CS231N, "A check with all the advice heeded finds the errors.", "9 of 9",
     judge_advice},
    {0}};
