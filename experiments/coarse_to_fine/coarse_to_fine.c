/* SPDX-License-Identifier: MIT
 *
 * coarse_to_fine - is it better to search in rounds, from coarse to fine, on a log scale, and to
 * mind a best value on the border?
 *
 * CS231n's advice, each piece against its opposite at the same budget: random trials on log scales
 * against linear ones; three rounds that narrow to the best against one; and, in a range of rates
 * that was chosen too low, rounds that widen where the best is on the border against rounds that
 * only narrow.  Searches with one seed share initial weights and batches and are compared in pairs.
 */
#include "core/data/dataset.h"
#include "core/study/tuned.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef enum Arm {
    RANDOM_LOG,
    RANDOM_LINEAR,
    COARSE_TO_FINE,
    BORDER_MINDED,
    BORDER_IGNORED,
    ARMS
} Arm;

static const char *const arms[ARMS] = {"random_log", "random_linear", "coarse_to_fine",
                                       "border_minded", "border_ignored"};

enum { BUDGET = 30, SEEDS_ROOM = 200 };

typedef struct Config {
    Arm arm;
    uint32_t seed;
} Config;

static void plan(Plan *plan) {
    static const uint32_t seeds[] = {2, 20, 30};
    for (int a = 0; a < ARMS; a++)
        for (uint32_t s = 1; s <= plan_seeds(plan, seeds[plan_scale(plan)]); s++)
            plan_add(plan, &(Config){(Arm)a, s}, "arm=%s,seed=%u", arms[a], s);
}

/* The space as an arm sees it. */
static void see(Arm arm, Param params[TUNED_PARAMS]) {
    memcpy(params, tuned_params, TUNED_PARAMS * sizeof *params);
    if (arm == RANDOM_LINEAR) {
        params[TUNED_RATE].kind = PARAM_UNIFORM;
        params[TUNED_DECAY].kind = PARAM_UNIFORM;
    }
    if (arm == BORDER_MINDED || arm == BORDER_IGNORED)
        params[TUNED_RATE].high = 1e-3; /* good rates are above */
}

static bool cell(Cell *cell, Error *err) {
    const Config *c = cell->config;
    Param params[TUNED_PARAMS];
    see(c->arm, params);
    const Space space = {params, TUNED_PARAMS};
    bool at_once = c->arm == RANDOM_LOG || c->arm == RANDOM_LINEAR;
    SearchSpec spec = {.method = at_once ? SEARCH_RANDOM : SEARCH_COARSE_TO_FINE, .space = &space,
                       .budget = BUDGET, .seed = c->seed,
                       .coarse = {.rounds = 3, .narrow_only = c->arm == BORDER_IGNORED}};
    Search *search = tuned_search(cell, arms[c->arm], c->seed, &spec, err);
    if (!search)
        return false;
    size_t count;
    const SearchBorder *borders = search_borders(search, &count);
    for (size_t i = 0; i < count; i++)
        table_row(cell_table(cell, "borders"), v_text(arms[c->arm]), v_count(c->seed),
                  v_count((int64_t)borders[i].round), v_text(params[borders[i].parameter].name),
                  v_text(borders[i].upper ? "upper" : "lower"), v_double(borders[i].value),
                  v_double(borders[i].low), v_double(borders[i].high),
                  v_text(borders[i].widened ? "yes" : "no"),
                  v_text(search_border_text(search, &borders[i], cell->arena)));
    return true;
}

static const Column border_columns[] = {
    {"arm", TIER_KEY}, {"seed", TIER_KEY}, {"round", TIER_KEY}, {"parameter", TIER_KEY},
    {"border", TIER_EXACT}, {"value", TIER_DISTRIBUTION}, {"low", TIER_DISTRIBUTION},
    {"high", TIER_DISTRIBUTION}, {"widened", TIER_EXACT}, {"warning", TIER_BITS}, {0}};
static const TableSpec tables[] = {{"trials", tuned_trial_columns},
                                   {"times", tuned_time_columns},
                                   {"borders", border_columns},
                                   {0}};

/* ---- claims ---- */

static size_t last_best(const Results *r, Arm arm, double *out) {
    char last[8];
    snprintf(last, sizeof last, "%d", BUDGET - 1);
    size_t n = table_select(results_table(r, "trials"), "best_test",
                            (Where[]){{"arm", arms[arm]}, {"trial", last}, {0}}, out, SEEDS_ROOM);
    for (size_t i = 0; i < n; i++)
        out[i] *= 100;
    return n;
}

static Finding judge_pair(const Results *r, Arm better, Arm worse, const char *what) {
    double a[SEEDS_ROOM], b[SEEDS_ROOM];
    size_t n = last_best(r, better, a), m = last_best(r, worse, b);
    if (n != m || n < 5 || strcmp(results_scale(r), "smoke") == 0)
        return finding_inconclusive("needs at least 5 seeds at desk scale");
    Interval d = stats_paired_difference(a, b, n);
    Verdict verdict = d.low > 0 ? REPRODUCED : d.high < 0 ? NOT_REPRODUCED : INCONCLUSIVE;
    return finding_of(verdict, d, "points of test accuracy of the best of %d trials, %s, median of "
                      "%zu pairs", BUDGET, what, n);
}

static Finding judge_log(const Results *r) {
    return judge_pair(r, RANDOM_LOG, RANDOM_LINEAR, "log over linear scales");
}

static Finding judge_rounds(const Results *r) {
    return judge_pair(r, COARSE_TO_FINE, RANDOM_LOG, "three rounds over one");
}

static Finding judge_border(const Results *r) {
    return judge_pair(r, BORDER_MINDED, BORDER_IGNORED, "widening over narrowing");
}

/* How often the warning comes where the range is wrong. */
static Finding judge_warning(const Results *r) {
    const Table *t = results_table(r, "borders");
    double values[SEEDS_ROOM];
    size_t n = last_best(r, BORDER_MINDED, values), warned = 0;
    size_t arm = table_find(t, "arm"), parameter = table_find(t, "parameter"), seen = SEEDS_ROOM;
    size_t seed = table_find(t, "seed"), border = table_find(t, "border");
    for (size_t i = 0; i < table_rows(t); i++)
        if (strcmp(table_text(t, i, arm), arms[BORDER_MINDED]) == 0 &&
            strcmp(table_text(t, i, parameter), "rate") == 0 &&
            strcmp(table_text(t, i, border), "upper") == 0 &&
            (size_t)table_number(t, i, seed) != seen) {
            seen = (size_t)table_number(t, i, seed);
            warned++;
        }
    if (n < 5)
        return finding_inconclusive("needs at least 5 seeds");
    return finding_between(stats_share(warned, n), 0.5, 1, "of %zu searches in a range of rates "
                           "that ends at 0.001 are warned of its upper border", n);
}

#define CS231N "002 (CS231n)"
static const Claim claims[] = {
    {"log-scale", CS231N, "Rates and decays are searched on a log scale.", "> 0 points", judge_log},
    {"coarse-to-fine", CS231N, "Searching from coarse to fine is better than at once.",
     "> 0 points", judge_rounds},
    {"border-warning", CS231N, "A range that is wrong shows as a best value on its border.",
     "more than half", judge_warning},
    {"border", CS231N, "Minding the border finds what a wrong range hides.", "> 0 points",
     judge_border},
    {0}};

static const Experiment experiment = {
    .name = "coarse_to_fine",
    .title = "Log scales, rounds from coarse to fine, and best values on the border",
    .question = "Is it better to search in rounds, on a log scale, with an eye on the border?",
    .sources = "002 (CS231n, hyperparameter optimization)",
    .version = 1,
    .minutes = {0.05, 1.7, 25},
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
