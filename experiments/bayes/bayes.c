/* SPDX-License-Identifier: MIT
 *
 * bayes - does Bayesian optimisation find good hyper-parameters in fewer trials than random search?
 *
 * CS231n names it as the thing to watch ("Bayesian hyperparameter optimization"); here it stands
 * against random trials, Sobol's sequence and coarse to fine, on the same space with the same
 * budget, and the time it takes to propose a trial beside the time to train one.
 */
#include "core/data/dataset.h"
#include "core/study/tuned.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef enum Arm { RANDOM, SOBOL, COARSE, BAYES, BAYES_BATCH, ARMS } Arm;

static const char *const arms[ARMS] = {"random", "sobol", "coarse_to_fine", "bayes", "bayes_batch"};
static const SearchMethod methods[ARMS] = {SEARCH_RANDOM, SEARCH_SOBOL, SEARCH_COARSE_TO_FINE,
                                           SEARCH_BAYES, SEARCH_BAYES};

enum { BUDGET = 30, BATCH = 4, SEEDS_ROOM = 200 };

typedef struct Config {
    Arm arm;
    uint32_t seed;
} Config;

static void plan(Plan *plan) {
    static const uint32_t seeds[] = {2, 20, 30};
    for (int a = ARMS; a-- > 0;) /* the longest first */
        for (uint32_t s = 1; s <= plan_seeds(plan, seeds[plan_scale(plan)]); s++)
            plan_add(plan, &(Config){(Arm)a, s}, "arm=%s,seed=%u", arms[a], s);
}

static bool cell(Cell *cell, Error *err) {
    static const Space space = {tuned_params, TUNED_PARAMS};
    const Config *c = cell->config;
    SearchSpec spec = {.method = methods[c->arm], .space = &space, .budget = BUDGET,
                       .seed = c->seed,
                       .bayes = {.batch = c->arm == BAYES_BATCH ? BATCH : 1}};
    Search *search = tuned_search(cell, arms[c->arm], c->seed, &spec, err);
    const double *lengths = search ? search_lengths(search) : NULL;
    for (size_t i = 0; lengths && i < TUNED_PARAMS; i++)
        table_row(cell_table(cell, "lengths"), v_text(arms[c->arm]), v_count(c->seed),
                  v_text(tuned_params[i].name), v_double(lengths[i]));
    return search != NULL;
}

static const Column length_columns[] = {{"arm", TIER_KEY}, {"seed", TIER_KEY},
                                        {"parameter", TIER_KEY}, {"length", TIER_DISTRIBUTION},
                                        {0}};
static const TableSpec tables[] = {{"trials", tuned_trial_columns},
                                   {"times", tuned_time_columns},
                                   {"lengths", length_columns},
                                   {0}};

/* ---- claims ---- */

/* The best so far of every seed after `trial` + 1 trials, in per cent. */
static size_t best_after(const Results *r, Arm arm, int trial, const char *column, double *out) {
    char at[16];
    snprintf(at, sizeof at, "%d", trial);
    size_t n = table_select(results_table(r, "trials"), column,
                            (Where[]){{"arm", arms[arm]}, {"trial", at}, {0}}, out, SEEDS_ROOM);
    for (size_t i = 0; i < n; i++)
        out[i] *= 100;
    return n;
}

static Finding judge_against(const Results *r, Arm arm, Arm other) {
    double a[SEEDS_ROOM], b[SEEDS_ROOM];
    size_t n = best_after(r, arm, BUDGET - 1, "best_test", a);
    size_t m = best_after(r, other, BUDGET - 1, "best_test", b);
    if (n != m || n < 5 || strcmp(results_scale(r), "smoke") == 0)
        return finding_inconclusive("needs at least 5 seeds at desk scale");
    Interval d = stats_paired_difference(a, b, n);
    Verdict verdict = d.low > 0 ? REPRODUCED : d.high < 0 ? NOT_REPRODUCED : INCONCLUSIVE;
    return finding_of(verdict, d, "points of test accuracy of the best of %d trials, %s over %s, "
                      "median of %zu pairs", BUDGET, arms[arm], arms[other], n);
}

static Finding judge_random(const Results *r) { return judge_against(r, BAYES, RANDOM); }
static Finding judge_coarse(const Results *r) { return judge_against(r, BAYES, COARSE); }
static Finding judge_batch(const Results *r) { return judge_against(r, BAYES_BATCH, RANDOM); }

/* Trials until the best so far reaches what random search has after all its trials (medians). */
static Finding judge_trials(const Results *r) {
    double values[SEEDS_ROOM];
    size_t n = best_after(r, RANDOM, BUDGET - 1, "best_validation", values);
    if (n < 5 || strcmp(results_scale(r), "smoke") == 0)
        return finding_inconclusive("needs at least 5 seeds at desk scale");
    double goal = stats_median(values, n);
    int trial = 0;
    for (; trial < BUDGET; trial++) {
        n = best_after(r, BAYES, trial, "best_validation", values);
        if (n && stats_median(values, n) >= goal)
            break;
    }
    Verdict verdict = trial + 1 < BUDGET ? REPRODUCED : NOT_REPRODUCED;
    return finding_of(verdict, interval_point(trial + 1), "trials after which the median best "
                      "validation accuracy of bayes is %.2f%%, that of %d random trials", goal,
                      BUDGET);
}

static Finding judge_time(const Results *r) {
    double propose[SEEDS_ROOM], train[SEEDS_ROOM];
    const Where where[] = {{"arm", arms[BAYES]}, {0}};
    const Table *t = results_table(r, "times");
    size_t n = table_select(t, "propose_s", where, propose, SEEDS_ROOM);
    if (n < 5 || strcmp(results_scale(r), "smoke") == 0)
        return finding_inconclusive("needs at least 5 seeds at desk scale");
    table_select(t, "train_s", where, train, SEEDS_ROOM);
    double each = 1000 * stats_median(train, n) / BUDGET;
    for (size_t i = 0; i < n; i++)
        propose[i] /= train[i];
    Interval share = stats_bootstrap_median(propose, n);
    return finding_between(share, 0, 1, "time spent proposing over time spent training, %d trials "
                           "of %.0f ms each; proposing does not grow with the training", BUDGET,
                           each);
}

#define CS231N "002 (CS231n)"
static const Claim claims[] = {
    {"beats-random", CS231N, "Bayesian optimisation beats random search at equal budget.",
     "> 0 points", judge_random},
    {"fewer-trials", CS231N, "It needs fewer trials to get where random search ends.", "< 30",
     judge_trials},
    {"beats-rounds", CS231N, "It beats coarse to fine at equal budget.", "> 0 points",
     judge_coarse},
    {"side-by-side", "Snoek et al. 2012", "Proposing four trials at a time still beats random.",
     "> 0 points", judge_batch},
    {"cost", "002 (CS231n)", "Proposing costs less than training.", "< 1", judge_time},
    {0}};

static const Experiment experiment = {
    .name = "bayes",
    .title = "Bayesian optimisation against random, Sobol and coarse-to-fine search",
    .question = "Does Bayesian optimisation need fewer trials than random search?",
    .sources = "002 (CS231n, hyperparameter optimization); Snoek et al. 2012",
    .version = 1,
    .minutes = {0.05, 2.1, 25},
    .config_size = sizeof(Config),
    .tables = tables,
    .claims = claims,
    .datasets = (const char *const[]){"mnist", NULL},
    .verify = dataset_verify,
    .plan = plan,
    .cell = cell,
};

int main(int argc, char **argv) {
    return experiment_main(&experiment, argc, argv);
}
