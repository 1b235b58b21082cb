/* SPDX-License-Identifier: MIT
 *
 * What is said of warm restarts and one-cycle, as orderings on our network: the papers' numbers
 * belong to networks that are not trained here.  Differences are points of test accuracy, paired by
 * seed; 'not behind' allows half a point, the seed noise of this network.  Below 61%, three quarters
 * of what the network reaches in the paper, an order decides nothing.
 */
#include "experiments/warm_restarts/claims.h"

#include "core/study/reading.h"
#include <string.h>

static uint64_t scaled(const Results *results, uint64_t iteration) {
    const char *scale = results_scale(results);
    return iteration / (strcmp(scale, "paper") == 0 ? 1 : strcmp(scale, "desk") == 0 ? 100 : 500);
}

static Finding judge(const Results *results, const char *a, uint64_t i, const char *b,
                     double bound) {
    if (strcmp(results_scale(results), "smoke") == 0)
        return finding_inconclusive("needs desk or paper scale");
    return reading_above(results,
                         &(Reading){a, {{"policy", a}}, scaled(results, i)},
                         &(Reading){b, {{"policy", b}}, scaled(results, 25000)}, bound, 61);
}

static Finding sgdr_fixed(const Results *r) {
    return judge(r, "sgdr_doubling", 25000, "fixed", 0);
}
static Finding sgdr_triangular2(const Results *r) {
    return judge(r, "sgdr_doubling", 25000, "triangular2", -0.5);
}
static Finding anytime(const Results *r) {
    return judge(r, "sgdr_doubling", 10500, "fixed", 0);
}
static Finding restarts_or_annealing(const Results *r) {
    return judge(r, "sgdr_doubling", 25000, "cosine", 0);
}
static Finding sgdr_drops(const Results *r) {
    return judge(r, "sgdr_doubling", 25000, "fixed_drops", 0);
}
static Finding doubling_equal(const Results *r) {
    return judge(r, "sgdr_doubling", 25000, "sgdr_equal", 0);
}
static Finding one_cycle_fixed(const Results *r) {
    return judge(r, "one_cycle", 25000, "fixed", 0);
}
static Finding one_cycle_triangular2(const Results *r) {
    return judge(r, "one_cycle", 25000, "triangular2", 0);
}
static Finding smith_triangular2(const Results *r) {
    return judge(r, "one_cycle_smith", 25000, "triangular2", 0);
}

#define SGDR "004; SGDR"
#define ONE_CYCLE "1803.09820"
const Claim warm_restarts_claims[] = {
    {"sgdr-fixed", SGDR, "Warm restarts end ahead of a fixed rate at equal budget.", "> 0 points",
     sgdr_fixed},
    {"sgdr-triangular2", SGDR,
     "SGDR, named as the successor of cyclical rates, is not behind triangular2.", "> -0.5 points",
     sgdr_triangular2},
    {"anytime", "SGDR abstract",
     "SGDR is good at any time: at the end of its second period, after 43% of the budget, it is "
     "ahead of the fixed rate's end.", "> 0 points (2-4 times faster)", anytime},
    {"doubling-equal", "SGDR Table 1 (4.03 against 4.17% error)",
     "Periods that double beat periods of one length.", "> 0 points", doubling_equal},
    {"restarts", "SGDR Table 1, with the control in it (4.03 against 3.86% error)",
     "It is the restarts that help: SGDR beats one cosine without any.", "> 0 points",
     restarts_or_annealing},
    {"sgdr-drops", "SGDR Table 1 (4.03 against 4.13% error)",
     "SGDR beats a rate with two drops at equal budget.", "> 0 points", sgdr_drops},
    {"one-cycle-fixed", ONE_CYCLE, "One-cycle ends ahead of a fixed rate at equal budget.",
     "> 0 points", one_cycle_fixed},
    {"one-cycle-triangular2", ONE_CYCLE,
     "One-cycle (PyTorch's, fastai's form) beats triangular2 at equal budget.", "> 0 points",
     one_cycle_triangular2},
    {"one-cycle-smith", ONE_CYCLE, "One-cycle in Smith's form beats triangular2 at equal budget.",
     "> 0 points", smith_triangular2},
    {0}};
