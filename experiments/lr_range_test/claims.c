/* SPDX-License-Identifier: MIT
 *
 * What Smith's paper and source 004 say of range tests.  Bounds and Figure 3 are judged at the
 * paper's scale alone: desk scale is another network.
 */
#include "experiments/lr_range_test/lr_range_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROOM = 1000 };

static bool at_scale(const Results *results, const char *scale) {
    return strcmp(results_scale(results), scale) == 0;
}

/* The rates a rule suggested, without the curves where it found none. */
static size_t suggestions(const Results *results, Form form, Problem problem, const char *rule,
                          double out[ROOM]) {
    size_t n = table_select(results_table(results, "suggestions"), "rate",
                            (Where[]){{"form", form_names[form]},
                                      {"problem", problem_names[problem]}, {"rule", rule}, {0}},
                            out, ROOM), kept = 0;
    for (size_t i = 0; i < n && i < ROOM; i++)
        if (isfinite(out[i]))
            out[kept++] = out[i];
    return kept;
}

static Finding bound(const Results *results, const char *rule, double there, double within) {
    double rates[ROOM];
    size_t n = suggestions(results, SMITH, CIFAR10, rule, rates);
    if (!at_scale(results, "paper") || n == 0)
        return finding_inconclusive("the bound belongs to cifar10_full in 4,000 iterations");
    return finding_between(stats_bootstrap_median(rates, n), there - within, there + within,
                           "by a stated rule, median of %zu seeds; within %g counts", n, within);
}

static Finding base_bound(const Results *r) { return bound(r, "smith_base", 0.001, 0.001); }
static Finding max_bound(const Results *r) { return bound(r, "smith_max", 0.006, 0.002); }

/* ---- Figure 3 ---- */

static size_t accuracies(const Results *results, int point, double out[ROOM]) {
    char at[16];
    snprintf(at, sizeof at, "%d", point);
    return table_select(results_table(results, "smith"), "test_accuracy",
                        (Where[]){{"point", at}, {0}}, out, ROOM);
}

static Finding figure3(const Results *results) {
    static const double there[SMITH_POINTS + 1] = {
        .10, .16, .31, .33, .375, .42, .415, .42, .485, .425, .46,
        .49, .495, .425, .51, .40, .425, .395, .45, .43, .325};
    double here[ROOM], off[SMITH_POINTS + 1];
    for (int p = 0; p <= SMITH_POINTS; p++) {
        size_t n = accuracies(results, p, here);
        if (!at_scale(results, "paper") || n == 0)
            return finding_inconclusive("the curve belongs to cifar10_full in 4,000 iterations");
        off[p] = fabs(stats_median(here, n) - there[p]);
    }
    return finding_between(stats_bootstrap_mean(off, SMITH_POINTS + 1), 0, 0.06,
                           "mean distance of our median curve from the 21 points read off "
                           "(those to about 0.01); up to 0.06 counts");
}

/* At the end of the ramp against its middle, paired by seed. */
static Finding falls_again(const Results *results) {
    double end[ROOM], middle[ROOM];
    size_t n = accuracies(results, SMITH_POINTS, end);
    size_t m = accuracies(results, SMITH_POINTS / 2, middle);
    if (at_scale(results, "smoke") || n == 0)
        return finding_inconclusive("needs desk or paper scale");
    if (n != m)
        return finding_of(REPRODUCED, interval_point((double)n),
                          "of %zu runs reach the end of the ramp, the others diverge", m);
    Interval d = stats_paired_difference(middle, end, n);
    Verdict verdict = d.low > 0 ? REPRODUCED : d.high < 0 ? NOT_REPRODUCED : INCONCLUSIVE;
    return finding_of(verdict, d, "accuracy at rate 0.01 minus accuracy at 0.02, %zu pairs", n);
}

/* ---- the exponential form ---- */

/* Losses as they were, unsmoothed, along the ramp of one seed. */
static size_t ramp_of(const Results *results, uint32_t seed, double out[ROOM]) {
    char text[16];
    snprintf(text, sizeof text, "%u", seed);
    return table_select(results_table(results, "ramp"), "loss",
                        (Where[]){{"problem", "mnist_mlp"}, {"seed", text}, {0}}, out, ROOM);
}

/* Flat, then falling, then up: level over the first tenth, the lowest loss well below the first,
 * the last one well above the lowest. */
static Finding shape(const Results *results) {
    double seeds[ROOM], losses[ROOM];
    const Table *stops = results_table(results, "stops");
    size_t n = table_select(stops, "seed",
                            (Where[]){{"form", "exponential"}, {"problem", "mnist_mlp"}, {0}},
                            seeds, ROOM), hits = 0;
    if (at_scale(results, "smoke") || n == 0)
        return finding_inconclusive("needs ramps at desk or paper scale");
    for (size_t s = 0; s < n; s++) {
        size_t points = ramp_of(results, (uint32_t)seeds[s], losses), lowest = 0;
        for (size_t i = 0; i < points; i++)
            lowest = losses[i] < losses[lowest] ? i : lowest;
        hits += points > 20 && losses[lowest] < 0.7 * losses[0] &&
                fabs(stats_mean(losses, points / 10) / losses[0] - 1) < 0.1 &&
                losses[points - 1] > 2 * losses[lowest];
    }
    return finding_between(stats_share(hits, n), 0.8, 1, "of %zu ramps on MNIST are level at first "
                           "(10%%), fall by 30%% and end at twice their lowest loss; 80%% counts",
                           n);
}

/* Training loss after the suggestion of rule a minus that of rule b, paired by seed. */
static Finding better(const Results *results, const char *a, const char *b) {
    const Table *t = results_table(results, "trainings");
    double x[ROOM], y[ROOM];
    size_t n = table_select(t, "test_accuracy", (Where[]){{"rule", a}, {0}}, x, ROOM);
    size_t m = table_select(t, "test_accuracy", (Where[]){{"rule", b}, {0}}, y, ROOM);
    if (at_scale(results, "smoke") || n == 0 || n != m)
        return finding_inconclusive("needs trainings at both rules' rates at desk scale");
    for (size_t i = 0; i < n; i++)
        x[i] *= 100, y[i] *= 100;
    Interval d = stats_paired_difference(x, y, n);
    Verdict verdict = d.low > 0 ? REPRODUCED : d.high < 0 ? NOT_REPRODUCED : INCONCLUSIVE;
    return finding_of(verdict, d, "points of test accuracy on MNIST after a training at the rate "
                      "of rule %s over that of rule %s, %zu pairs", a, b, n);
}

static Finding not_the_minimum(const Results *r) { return better(r, "steepest", "minimum"); }
static Finding tenth(const Results *r) { return better(r, "minimum_tenth", "minimum"); }
static Finding valley(const Results *r) { return better(r, "valley", "steepest"); }

/* How many times the largest suggestion is the smallest, over seeds. */
static Finding spread(const Results *results, Problem problem, const char *rule) {
    double rates[ROOM];
    size_t n = suggestions(results, EXPONENTIAL, problem, rule, rates);
    if (at_scale(results, "smoke") || n < 5)
        return finding_inconclusive("needs 5 seeds or more at desk scale");
    Interval middle = {stats_median(rates, n), stats_quantile(rates, n, 0),
                       stats_quantile(rates, n, 1), n};
    double factor = middle.high / middle.low;
    return finding_of(factor <= 3 ? REPRODUCED : NOT_REPRODUCED, middle,
                      "the suggested rate (median, least, most of %zu seeds); most is %.3g times "
                      "least, up to 3 counts", n, factor);
}

static Finding spread_steepest(const Results *r) { return spread(r, MNIST_MLP, "steepest"); }
static Finding spread_valley(const Results *r) { return spread(r, MNIST_MLP, "valley"); }
static Finding spread_minimum(const Results *r) { return spread(r, MNIST_MLP, "minimum_tenth"); }
static Finding spread_cifar(const Results *r) { return spread(r, CIFAR10, "valley"); }

#define SMITH_TEST "CLR 3.3, Fig. 3"
const Claim lr_range_test_claims[] = {
    {"base", SMITH_TEST, "The accuracy starts to rise at once: base rate 0.001.", "0.001",
     base_bound},
    {"max", SMITH_TEST, "The accuracy gets rough above 0.006: maximum rate.", "0.006", max_bound},
    {"figure-3", SMITH_TEST, "Accuracy against rate, 21 points from 0 to 0.02.",
     "the curve read off, within 0.06", figure3},
    {"falls-again", SMITH_TEST, "Where the rate is too high the accuracy falls again.",
     "> 0 (0.46 at 0.01, 0.325 at 0.02)", falls_again},
    {"shape", "004",
     "The loss is flat, falls ever faster, flattens out and jumps up in the end.", "every curve",
     shape},
    {"not-the-minimum", "004",
     "A good rate is where the loss falls fastest, not where it is lowest.", "> 0 points",
     not_the_minimum},
    {"tenth-of-minimum", "fastai; sgugger",
     "A tenth of the rate of the lowest loss is better than that rate.", "> 0 points", tenth},
    {"valley-steepest", "fastai",
     "The valley rule (the default today) is better than the steepest fall.", "> 0 points",
     valley},
    {"spread-steepest", "004; pytorch-lr-finder #106",
     "The steepest fall is at one rate whatever the seed.", "within 3 times", spread_steepest},
    {"spread-valley", "fastai", "The valley rule gives one rate whatever the seed.",
     "within 3 times", spread_valley},
    {"spread-minimum", "fastai; sgugger",
     "A tenth of the lowest loss' rate is one rate whatever the seed.", "within 3 times",
     spread_minimum},
    {"spread-cifar", "fastai", "The valley rule gives one rate on CIFAR-10 whatever the seed.",
     "within 3 times", spread_cifar},
    {0}};
