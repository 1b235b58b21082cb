/* SPDX-License-Identifier: MIT
 *
 * What is said of ensembles, judged repetition by repetition: a figure of every one, its median and
 * interval.  A statement is reproduced where it holds on every data set with at least five
 * repetitions, not reproduced where it fails on one; the figure is that of the set (and of the
 * step) that decides, the weakest.
 */
#include "experiments/ensembles/ensembles.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_SEEDS = 200, FEWEST = 5, CASES = 4 };

/* ---- figures of one repetition; nan where there is none ---- */

typedef struct Place {
    const Results *results;
    size_t set, seed;
} Place;

/* A column of the one row of a way where `key` is that number. */
static double value(const Place *at, const char *table, const char *way, const char *key,
                    double number, const char *column) {
    char seed[16], text[32];
    double found = (double)NAN;
    snprintf(seed, sizeof seed, "%zu", at->seed);
    snprintf(text, sizeof text, "%.17g", number);
    const Where where[] = {{"seed", seed}, {"set", sets[at->set].name}, {"way", way}, {key, text},
                           {0}};
    table_select(results_table(at->results, table), column, where, &found, 1);
    return found;
}

static double pool(const Place *at, const char *way, size_t models, const char *column) {
    return value(at, "pools", way, "models", (double)models, column);
}

static double cost(const Place *at, const char *way, size_t trainings) {
    return value(at, "costs", way, "trainings", (double)trainings, "gain");
}

typedef double (*Figure)(const Place *at, size_t which);

static const char *const ways[] = {"init", "top", "checkpoints", "snapshots"};

/* Points that ten models gain over the first of them; over any one where they are alike. */
static double gain(const Place *at, size_t way) {
    return pool(at, ways[way], MODELS, "gain") - pool(at, ways[way], 1, "gain");
}

/* Steps from 1 to 2, 5 and 10 models: way = which / 3, step = which % 3. */
static double step(const Place *at, size_t which) {
    static const size_t models[] = {1, 2, 5, 10};
    const char *way = ways[which / 3];
    return pool(at, way, models[which % 3 + 1], "gain") - pool(at, way, models[which % 3], "gain");
}

static double diminishing(const Place *at, size_t way) {
    return step(at, 3 * way) - step(at, 3 * way + 2);
}

/* All five ways: points that ten models gain over the mean of them, against the share of images on
 * which two of them disagree; points a percent. */
static double gain_by_variety(const Place *at, size_t unused) {
    static const char *const all[] = {"init", "top", "checkpoints", "checkpoints_long",
                                      "snapshots"};
    double x[5], y[5];
    (void)unused;
    for (size_t i = 0; i < 5; i++) {
        x[i] = 100 * pool(at, all[i], MODELS, "disagreement");
        y[i] = 100 * (pool(at, all[i], MODELS, "accuracy") -
                      pool(at, all[i], MODELS, "member_accuracy"));
    }
    return stats_line(x, y, 5).slope;
}

static double variety(const Place *at, const char *more, const char *less) {
    return 100 * (pool(at, more, MODELS, "disagreement") - pool(at, less, MODELS, "disagreement"));
}

static double variety_top(const Place *at, size_t unused) {
    (void)unused;
    return variety(at, "top", "init");
}

static double variety_checkpoints(const Place *at, size_t unused) {
    (void)unused;
    return variety(at, "init", "checkpoints");
}

static double suboptimal(const Place *at, size_t unused) {
    (void)unused;
    return 100 * (pool(at, "init", MODELS, "member_accuracy") -
                  pool(at, "top", MODELS, "member_accuracy"));
}

static double cheap(const Place *at, size_t unused) {
    (void)unused;
    return pool(at, "checkpoints", MODELS, "gain");
}

/* The order of the source's list: a way ahead of the next. */
static double order(const Place *at, size_t which) {
    static const char *const listed[] = {"top", "init", "checkpoints"};
    double next = which == 2 ? cost(at, "average", 1)
                             : pool(at, listed[which + 1], MODELS, "gain");
    return pool(at, listed[which], MODELS, "gain") - next;
}

/* At a cost of ten trainings. */
static const char *const dear[] = {"init", "snapshots", "checkpoints_long", "single", "average"};
enum { DEAR_INIT, DEAR_SNAPSHOTS, DEAR_CHECKPOINTS, DEAR_SINGLE, DEAR_AVERAGE, DEAR };

/* which = DEAR * one + other */
static double at_ten(const Place *at, size_t which) {
    return cost(at, dear[which / DEAR], 10) - cost(at, dear[which % DEAR], 10);
}

/* ---- the running average, with the window of a tenth of a training ---- */
static size_t average_gains(const Place *at, double trainings, double gains[2 * MODELS]) {
    char seed[16], text[32];
    snprintf(seed, sizeof seed, "%zu", at->seed);
    snprintf(text, sizeof text, "%.17g", trainings);
    const Where where[] = {{"seed", seed}, {"set", sets[at->set].name}, {"window", "0.1"},
                           {trainings > 0 ? "trainings" : NULL, text}, {0}};
    return table_select(results_table(at->results, "averages"), "gain", where, gains, 2 * MODELS);
}

static double average_gain(const Place *at, size_t trainings) {
    double gains[2 * MODELS];
    return average_gains(at, (double)trainings, gains) ? gains[0] : (double)NAN;
}

static double average_share(const Place *at, size_t unused) {
    double gains[2 * MODELS], better = 0;
    size_t n = average_gains(at, 0, gains);
    (void)unused;
    for (size_t i = 0; i < n; i++)
        better += gains[i] > 0;
    return n ? better / (double)n : (double)NAN;
}

/* ---- judging ---- */

static Interval of_all(const Results *results, size_t set, Figure figure, size_t which) {
    double values[MAX_SEEDS];
    size_t n = 0;
    for (size_t seed = 1; seed <= MAX_SEEDS; seed++) {
        Place at = {results, set, seed};
        if (isnan(pool(&at, "init", 1, "gain"))) /* no such repetition */
            break;
        double one = figure(&at, which);
        if (!isnan(one)) /* a search with fewer than ten that did not diverge */
            values[n++] = one;
    }
    Interval none = {(double)NAN, (double)NAN, (double)NAN, n};
    return n < FEWEST ? none : stats_bootstrap_median(values, n);
}

/* Differences of equal accuracies are zero but for rounding. */
static Verdict verdict_of(Interval i, double above, double below) {
    const double rounding = 1e-9;
    return i.low > above + rounding && i.high < below - rounding    ? REPRODUCED
           : i.high < above - rounding || i.low > below + rounding ? NOT_REPRODUCED
                                                                   : INCONCLUSIVE;
}

/* One after the other in the order of what they decide. */
static bool weaker(Verdict a, Interval i, Verdict b, Interval j) {
    static const int rank[] = {[NOT_REPRODUCED] = 0, [INCONCLUSIVE] = 1, [REPRODUCED] = 2};
    return rank[a] < rank[b] || (rank[a] == rank[b] && i.low < j.low);
}

typedef struct Question {
    Figure figure;
    size_t first, count;      /* its cases: which = first ... first + count - 1 */
    const char *const *cases; /* their names; NULL for one */
    double above, below;      /* what the source says it is; 0, 0 = above zero */
    const char *text;         /* what the figure is */
} Question;

static Finding judge(const Results *results, const Question *q) {
    double above = q->above, below = q->below > 0 ? q->below : (double)INFINITY;
    Interval weakest = {.n = 0};
    Verdict verdict = REPRODUCED;
    char name[64] = "", others[128] = "";
    for (size_t set = 0; set < SETS; set++)
        for (size_t k = 0; k < q->count; k++) {
            Interval i = of_all(results, set, q->figure, q->first + k);
            if (isnan(i.value))
                continue;
            Verdict v = verdict_of(i, above, below);
            size_t used = strlen(others);
            snprintf(others + used, sizeof others - used, "%s%.2f", used ? ", " : "", i.value);
            if (weakest.n && !weaker(v, i, verdict, weakest))
                continue;
            weakest = i;
            verdict = v;
            snprintf(name, sizeof name, "%s%s%s", sets[set].name, q->cases ? " " : "",
                     q->cases ? q->cases[k] : "");
        }
    if (weakest.n == 0 || strcmp(results_scale(results), "smoke") == 0)
        return finding_inconclusive("needs five repetitions at desk or paper scale");
    return finding_of(verdict, weakest, "%s; %s, the weakest of %s", q->text, name, others);
}

/* ---- the claims ---- */
static const char *const step_names[] = {"1 to 2", "2 to 5", "5 to 10"};
static const char *const order_names[] = {"top-init", "init-checkpoints", "checkpoints-average"};

#define QUESTION(name, ...)                                                                        \
    static Finding name(const Results *results) {                                                  \
        return judge(results, &(Question){__VA_ARGS__});                                           \
    }
#define TEN_OVER_ONE "points of ten models over the first (init: any one) of them"
#define STEPS "points of a step from 1 to 2, 5 and 10 models"
#define AT_TEN(one, other) at_ten, DEAR * one + other, 1, NULL, 0, 0
QUESTION(gain_init, gain, 0, 1, NULL, 0, 0, TEN_OVER_ONE)
QUESTION(gain_top, gain, 1, 1, NULL, 0, 0, TEN_OVER_ONE)
QUESTION(gain_checkpoints, gain, 2, 1, NULL, 0, 0, TEN_OVER_ONE)
QUESTION(gain_snapshots, gain, 3, 1, NULL, 0, 0, TEN_OVER_ONE)
QUESTION(few_percent, gain, 0, 1, NULL, 1, 5, TEN_OVER_ONE)
QUESTION(monotone_init, step, 0, 3, step_names, 0, 0, STEPS)
QUESTION(monotone_top, step, 3, 3, step_names, 0, 0, STEPS)
QUESTION(monotone_checkpoints, step, 6, 3, step_names, 0, 0, STEPS)
QUESTION(monotone_snapshots, step, 9, 3, step_names, 0, 0, STEPS)
QUESTION(diminish, diminishing, 0, 1, NULL, 0, 0,
         "points by which the step from 1 to 2 models is larger than that from 5 to 10")
QUESTION(by_variety, gain_by_variety, 0, 1, NULL, 0, 0,
         "points gained over the models' mean for a percent of disagreement, line over five ways")
QUESTION(top_varied, variety_top, 0, 1, NULL, 0, 0,
         "percent of images on which two models of the search disagree, above init's")
QUESTION(top_suboptimal, suboptimal, 0, 1, NULL, 0, 0,
         "points by which the mean of the search's ten is behind the mean of init's")
QUESTION(checkpoints_alike, variety_checkpoints, 0, 1, NULL, 0, 0,
         "percent of images on which two models of init disagree, above checkpoints'")
QUESTION(checkpoints_cheap, cheap, 0, 1, NULL, 0, 0,
         "points of ten checkpoints of one training over one model of the best setting")
QUESTION(average_better, average_gain, 1, 1, NULL, 0, 0,
         "points of validation accuracy of the average over the weights, after one training")
QUESTION(average_always, average_share, 0, 1, NULL, 0.9, 2,
         "share of 19 points of a run where the average is better on validation")
QUESTION(average_percent, average_gain, 1, 1, NULL, 1, 2,
         "points of validation accuracy of the average over the weights, after one training")
QUESTION(listed, order, 0, 3, order_names, 0, 0,
         "points of test accuracy, ten models each; average after one training")
QUESTION(snapshots_single, AT_TEN(DEAR_SNAPSHOTS, DEAR_SINGLE),
         "points of ten snapshots over one cosine of the same ten trainings")
QUESTION(snapshots_restarts, AT_TEN(DEAR_SNAPSHOTS, DEAR_CHECKPOINTS),
         "points of ten snapshots over ten checkpoints of a run without restarts")
QUESTION(init_snapshots, AT_TEN(DEAR_INIT, DEAR_SNAPSHOTS),
         "points of ten independent models over ten snapshots, ten trainings each")
QUESTION(init_single, AT_TEN(DEAR_INIT, DEAR_SINGLE),
         "points of ten models of one training each over one cosine of ten trainings")

#define CS231N "002 (CS231n)"
#define HUANG "Huang et al. 2017"
#define COST "002 (at equal cost)"
const Claim ensembles_claims[] = {
    {"gain-init", CS231N, "Same model, other initial weights: the average of ten predicts better.",
     "> 0 points", gain_init},
    {"gain-top", CS231N, "The average of the top ten of a search predicts better than its best.",
     "> 0 points", gain_top},
    {"gain-checkpoints", CS231N,
     "The average of checkpoints of one model predicts better than its last state.", "> 0 points",
     gain_checkpoints},
    {"gain-snapshots", HUANG, "The average of snapshots predicts better than the last of them.",
     "> 0 points", gain_snapshots},
    {"few-percent", CS231N, "Independent models together gain a few percent.", "1 ... 5 points",
     few_percent},
    {"monotone-init", CS231N, "It improves monotonically with the number of models: init.",
     "> 0 points", monotone_init},
    {"monotone-top", CS231N, "It improves monotonically with the number of models: top.",
     "> 0 points", monotone_top},
    {"monotone-checkpoints", CS231N,
     "It improves monotonically with the number of models: checkpoints.", "> 0 points",
     monotone_checkpoints},
    {"monotone-snapshots", CS231N,
     "It improves monotonically with the number of models: snapshots.", "> 0 points",
     monotone_snapshots},
    {"diminishing", CS231N, "... though with diminishing returns.", "> 0 points", diminish},
    {"variety", CS231N, "Improvements are more dramatic with higher model variety.", "> 0",
     by_variety},
    {"top-varied", CS231N, "Top models of a search are more varied than initialisations.", "> 0",
     top_varied},
    {"top-suboptimal", CS231N, "... but there are suboptimal models among them.", "> 0 points",
     top_suboptimal},
    {"checkpoints-alike", CS231N, "Checkpoints of one model lack variety.", "> 0",
     checkpoints_alike},
    {"checkpoints-cheap", CS231N,
     "Checkpoints still work reasonably well, at the price of one training.", "> 0 points",
     checkpoints_cheap},
    {"average-better", CS231N, "A running average of the parameters validates better.",
     "> 0 points", average_better},
    {"average-always", CS231N, "... almost always.", "> 0.9", average_always},
    {"average-percent", CS231N, "... by an extra percent or two.", "1 ... 2 points",
     average_percent},
    {"order", CS231N,
     "Read by variety, the four stand so: top, init, checkpoints, average.",
     "> 0 points", listed},
    {"snapshots-single", HUANG, "Snapshots beat a single model at equal cost.", "> 0 points",
     snapshots_single},
    {"snapshots-restarts", HUANG, "Snapshots beat checkpoints without restarts.", "> 0 points",
     snapshots_restarts},
    {"init-snapshots", COST,
     "Ten trainings are better spent on ten independent models than on ten snapshots of one run.",
     "> 0 points", init_snapshots},
    {"init-single", COST, "Ten trainings are better spent on ten models than on one.",
     "> 0 points", init_single},
    {0}};
