/* SPDX-License-Identifier: MIT
 *
 * What CS231n says of the checks, judged seed by seed: a figure of every seed, its median and
 * interval.
 */
#include "experiments/sanity_checks/sanity_checks.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_SEEDS = 200, FEWEST = 5 };
#define LN10 2.302585092994046

/* A column of one condition (or one row of `start`) at one seed; nan where it was not run. */
static double at(const Results *results, const char *table, size_t seed, const Where *where,
                 const char *column) {
    char text[16];
    double value;
    Where all[8] = {{"seed", text}};
    snprintf(text, sizeof text, "%zu", seed);
    for (size_t i = 0; i + 2 < sizeof all / sizeof *all && where[i].column; i++)
        all[i + 1] = where[i];
    size_t n = table_select(results_table(results, table), column, all, &value, 1);
    return n == 1 ? value : (double)NAN;
}

static Interval of_all(const Results *results, double (*figure)(const Results *, size_t seed)) {
    double values[MAX_SEEDS];
    size_t n = 0;
    for (size_t seed = 1; seed <= MAX_SEEDS; seed++) {
        double value = figure(results, seed);
        if (isnan(value))
            break;
        values[n++] = value;
    }
    if (n < FEWEST || strcmp(results_scale(results), "smoke") == 0)
        return (Interval){(double)NAN, (double)NAN, (double)NAN, n};
    return stats_bootstrap_median(values, n);
}

/* ---- the loss at the start ---- */
static double start(const Results *r, size_t seed, const char *scale, const char *classes,
                    const char *decay, const char *column) {
    return at(r, "start", seed, (Where[]){{"init", "gaussian"}, {"scale", scale},
                                          {"classes", classes}, {"decay", decay}, {0}}, column);
}

static double small_start(const Results *r, size_t seed) {
    return start(r, seed, "0.01", "10", "0", "data_loss") / LN10;
}

/* The ratio furthest from 1. */
static double worst_classes(const Results *r, size_t seed) {
    static const struct { const char *text; double log; } classes[] = {
        {"20", 2.995732273553991}, {"50", 3.912023005428146}, {"100", 4.605170185988092},
        {"1000", 6.907755278982137}};
    double worst = 1;
    for (int i = 0; i < 4; i++) {
        double ratio = start(r, seed, "0.01", classes[i].text, "0", "data_loss") / classes[i].log;
        worst = fabs(ratio - 1) >= fabs(worst - 1) || isnan(ratio) ? ratio : worst;
    }
    return worst;
}

static double large_start(const Results *r, size_t seed) {
    return start(r, seed, "1", "10", "0", "data_loss") / LN10;
}

static double raise_least(const Results *r, size_t seed) {
    static const char *const decays[] = {"0", "1e-4", "1e-3", "1e-2", "1e-1", "1"};
    double least = (double)INFINITY;
    for (int i = 0; i < 5; i++) {
        double step = start(r, seed, "0.01", "10", decays[i + 1], "total_loss") -
                      start(r, seed, "0.01", "10", decays[i], "total_loss");
        least = step < least || isnan(step) ? step : least;
    }
    return least;
}

static Finding judge_start(const Results *results) {
    return finding_between(of_all(results, small_start), 0.99, 1.01,
                           "loss before the first update over ln 10, Gaussian weights of 0.01");
}

static Finding judge_classes(const Results *results) {
    return finding_between(of_all(results, worst_classes), 0.99, 1.01,
                           "loss before the first update over ln(classes), the furthest from 1 of "
                           "20, 50, 100 and 1,000 outputs");
}

static Finding judge_large(const Results *results) {
    return finding_between(of_all(results, large_start), 1.1, (double)INFINITY,
                           "loss before the first update over ln 10, Gaussian weights of 1");
}

static Finding judge_raise(const Results *results) {
    Interval least = of_all(results, raise_least);
    return finding_of(isnan(least.value) ? INCONCLUSIVE
                      : least.low > 0    ? REPRODUCED
                                         : NOT_REPRODUCED,
                      least, "smallest rise of the loss from one decay to the next, "
                      "0 ... 1");
}

/* ---- the conditions ---- */
static double of_condition(const Results *r, size_t seed, size_t c, const char *column) {
    return at(r, "conditions", seed, (Where[]){{"condition", conditions[c].name}, {0}}, column);
}

static bool fails_start(const Results *r, size_t seed, size_t c) {
    double ratio = of_condition(r, seed, c, "start_loss") / LN10;
    return !(ratio > 0.9 && ratio < 1.1);
}

static bool fails_decay(const Results *r, size_t seed, size_t c) {
    return !(of_condition(r, seed, c, "start_loss_with_decay") >
             of_condition(r, seed, c, "start_loss"));
}

static bool fails_tiny(const Results *r, size_t seed, size_t c) {
    return !(of_condition(r, seed, c, "tiny_loss") < 0.01);
}

/* Two points and more below the right one, in earnest. */
static bool is_bad(const Results *r, size_t seed, size_t c) {
    return of_condition(r, seed, 0, "validation_accuracy") -
           of_condition(r, seed, c, "validation_accuracy") > 0.02;
}

/* Conditions that are bad, and that are called bad, and ... */
static double count_of(const Results *r, size_t seed, bool bad, bool called) {
    double count = 0;
    for (size_t c = 0; c < condition_count; c++) {
        if (isnan(of_condition(r, seed, c, "start_loss")))
            return (double)NAN;
        bool says = fails_start(r, seed, c) || fails_decay(r, seed, c) || fails_tiny(r, seed, c);
        count += is_bad(r, seed, c) == bad && says == called;
    }
    return count;
}

static double missed(const Results *r, size_t seed) { return count_of(r, seed, true, false); }
static double found(const Results *r, size_t seed) { return count_of(r, seed, true, true); }
static double alarms(const Results *r, size_t seed) { return count_of(r, seed, false, true); }
static double right_tiny(const Results *r, size_t seed) {
    return of_condition(r, seed, 0, "tiny_loss");
}

static Finding judge_tiny(const Results *results) {
    return finding_between(of_all(results, right_tiny), 0, 0.01,
                           "loss on 20 images after 600 updates");
}

static Finding judge_found(const Results *results) {
    Interval m = of_all(results, missed);
    return finding_between(m, 0, 0, "bad trainings that pass all three checks; %g are found",
                           of_all(results, found).value);
}

static Finding judge_alarms(const Results *results) {
    return finding_between(of_all(results, alarms), 0, 0,
                           "trainings that a check calls bad and that are not 2 points behind");
}

/* ---- sizes ---- */
static double large_loss(const Results *r, size_t seed) {
    return at(r, "sizes", seed, (Where[]){{"images", "20000"}, {0}}, "training_loss");
}

static double gap(const Results *r, size_t seed, const char *images) {
    Where where[] = {{"images", images}, {0}};
    return 100 * (at(r, "sizes", seed, where, "training_accuracy") -
                  at(r, "sizes", seed, where, "validation_accuracy"));
}

static double small_gap(const Results *r, size_t seed) { return gap(r, seed, "20"); }
static double large_gap(const Results *r, size_t seed) { return gap(r, seed, "20000"); }

static Finding judge_large_set(const Results *results) {
    return finding_between(of_all(results, large_loss), 0, 0.01,
                           "training loss with 20,000 images after the updates that smaller sets "
                           "have too; the gap between training and "
                           "validation accuracy is %.3g points with them, %.3g with 20",
                           of_all(results, large_gap).value, of_all(results, small_gap).value);
}

#define CS231N "002 (CS231n)"
const Claim sanity_check_claims[] = {
    {"start", CS231N, "With small initial weights the loss starts at ln(classes).", "1",
     judge_start},
    {"start-classes", CS231N, "So it does for any number of classes.", "1", judge_classes},
    {"start-wrong", CS231N, "If it does not, the initialisation is wrong.", "> 1.1", judge_large},
    {"decay-raises", CS231N, "More regularisation raises the loss at the start.", "> 0",
     judge_raise},
    {"tiny", CS231N, "A tiny subset can be learnt to zero loss.", "< 0.01", judge_tiny},
    {"found", CS231N, "What is wrong with a training shows in the checks.", "0 missed",
     judge_found},
    {"alarms", CS231N, "A training that fails a check is bad.", "0 false alarms", judge_alarms},
    {"large-set", "002", "What overfits a small set overfits a large one too.", "< 0.01",
     judge_large_set},
    {0}};
