/* SPDX-License-Identifier: MIT
 *
 * What the tuner finds, what carries over, and the incident.
 */
#include "experiments/period_tuning/claims.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what the tuner finds ---- */

/* The epochs and the last rotation of the tunings that decide, as texts. */
typedef struct Reach {
    const char *epochs, *rotation;
    bool far; /* long enough for what the source says of its tuner */
} Reach;

static Reach reach_of(const Results *results) {
    bool paper = strcmp(results_scale(results), "paper") == 0;
    return paper ? (Reach){"256", "4", true} : (Reach){"16", "1", false};
}

/* What the source says of tunings at 1,024 epochs and more, one rotation at 16 cannot decide: 0.25 is
 * four steps from 0.05. */
static Finding if_far(Reach reach, Finding finding) {
    finding.verdict = reach.far ? finding.verdict : INCONCLUSIVE;
    return finding;
}

static size_t tuned(const Results *results, const char *column, const char *period,
                    double values[ROOM]) {
    Reach reach = reach_of(results);
    return claim_rows(results, "tuned", column,
                      (Where[]){{"tuning", "one_seed"},
                                {"epochs", reach.epochs},
                                {"dropout", "0.3"},
                                {"rotation", reach.rotation},
                                {"period", period},
                                {0}},
                      values);
}

static Finding judge_tuned_first(const Results *results, const char *column, double low,
                                 double high) {
    double values[ROOM];
    Reach reach = reach_of(results);
    Interval at = claim_median(values, tuned(results, column, "0", values));
    return if_far(reach, finding_between(at, low, high,
                                         "%s of period 0, rotation %s from 0.25 and 0.80, %s "
                                         "epochs",
                                         column, reach.rotation, reach.epochs));
}

Finding judge_weight_low(const Results *results) {
    return judge_tuned_first(results, "weight_rate", 0, 0.1);
}

Finding judge_bias_high(const Results *results) {
    return judge_tuned_first(results, "bias_rate", 0.95, INFINITY);
}

/* A tuning's weights' rates rise to a peak within periods 1 ... 6 and end below it. */
Finding judge_rise(const Results *results) {
    double rates[PERIODS][ROOM];
    Reach reach = reach_of(results);
    const size_t last = period_of((uint32_t)strtoul(reach.epochs, NULL, 10));
    size_t n = 0, hits = 0;
    for (size_t k = 0; k <= last; k++) {
        char period[24];
        snprintf(period, sizeof period, "%zu", k);
        n = tuned(results, "weight_rate", period, rates[k]);
    }
    if (!reach.far || n < FEWEST) {
        return finding_inconclusive("needs 5 tunings of four rotations: the paper scale");
    }
    for (size_t i = 0; i < n; i++) {
        size_t peak = 0;
        for (size_t k = 1; k <= last; k++) {
            peak = rates[k][i] > rates[peak][i] ? k : peak;
        }
        hits += peak >= 1 && peak <= 6 && rates[0][i] <= rates[peak][i] - 0.05 &&
                rates[last][i] <= rates[peak][i] - 0.05;
    }
    return finding_between(stats_share(hits, n), 0.5, 1,
                           "share of %zu tunings whose weights' rate peaks in periods 1 to 6, 0.05 "
                           "or more above its first and its last",
                           n);
}

/* ---- what tuning carries over ---- */

/* For every tuning the mean change of its runs after the last rotation. */
static size_t changes(const Results *results, const char *tuning, const char *data, const char *own,
                      const char *column, double means[ROOM]) {
    Reach reach = reach_of(results);
    size_t n = 0;
    for (uint32_t seed = 1; seed <= ROOM; seed++) {
        char text[16];
        double values[ROOM];
        snprintf(text, sizeof text, "%u", seed);
        size_t runs = claim_rows(results, "carry", column,
                                 (Where[]){{"tuning", tuning},
                                           {"epochs", reach.epochs},
                                           {"dropout", "0.3"},
                                           {"seed", text},
                                           {"rotation", reach.rotation},
                                           {"data", data},
                                           {"own", own},
                                           {0}},
                                 values);
        if (runs == 0) {
            break;
        }
        means[n++] = stats_mean(values, runs);
    }
    return n;
}

static Finding judge_carry(const Results *results, const char *data, const char *column,
                           const char *what) {
    double change[ROOM];
    Interval d = claim_median(change, changes(results, "one_seed", data, "0", column, change));
    Reach reach = reach_of(results);
    return if_far(reach, finding_below(d, 0,
                                       "%s: change of img_diff from the start to the table tuned "
                                       "on one seed, %s epochs",
                                       what, reach.epochs));
}

Finding judge_seeds(const Results *r) {
    return judge_carry(r, "mnist", "change", "other seeds");
}

Finding judge_test(const Results *r) {
    return judge_carry(r, "mnist", "test_change", "other seeds, test images");
}

Finding judge_fashion(const Results *r) {
    return judge_carry(r, "fashion", "change", "Fashion-MNIST, other seeds");
}

static Interval change_difference(const Results *results, const char *const a[4],
                                  const char *const b[4]) {
    double left[ROOM], right[ROOM];
    size_t n = changes(results, a[0], a[1], a[2], a[3], left);
    size_t m = changes(results, b[0], b[1], b[2], b[3], right);
    return n >= FEWEST && n == m ? stats_paired_difference(left, right, n) : claim_nothing();
}

Finding judge_fits(const Results *results) {
    Interval d =
        change_difference(results, (const char *const[]){"one_seed", "mnist", "1", "change"},
                          (const char *const[]){"one_seed", "mnist", "0", "change"});
    return finding_below(d, 0,
                         "change of img_diff on the seed tuned on minus that on "
                         "other seeds, %s epochs",
                         reach_of(results).epochs);
}

Finding judge_several(const Results *results) {
    Interval d =
        change_difference(results, (const char *const[]){"several_seeds", "mnist", "0", "change"},
                          (const char *const[]){"one_seed", "mnist", "0", "change"});
    return finding_below(d, 0,
                         "change of img_diff on other seeds, tuned on several "
                         "seeds minus tuned on one, %s epochs",
                         reach_of(results).epochs);
}

/* ---- the incident ---- */

Finding judge_incident(const Results *results) {
    double after[ROOM];
    Reach reach = reach_of(results);
    size_t n = claim_rows(results, "carry", "img_diff",
                          (Where[]){{"tuning", "one_seed"},
                                    {"epochs", reach.epochs},
                                    {"dropout", "0.3"},
                                    {"rotation", reach.rotation},
                                    {"data", "mnist"},
                                    {"own", "1"},
                                    {0}},
                          after);
    return if_far(reach, finding_between(claim_median(after, n), 0, 100,
                                         "img_diff that tuning reaches on one fixed seed, order "
                                         "and 1,000 images, %s epochs",
                                         reach.epochs));
}

Finding judge_subset(const Results *results) {
    Interval d =
        change_difference(results, (const char *const[]){"one_seed", "mnist", "1", "change"},
                          (const char *const[]){"one_seed", "mnist", "1", "test_change"});
    Reach reach = reach_of(results);
    return if_far(reach, finding_below(d, 0,
                                       "change on the 1,000 judged images minus that on 1,000 "
                                       "test images, same seed, %s epochs",
                                       reach.epochs));
}
