/* SPDX-License-Identifier: MIT
 *
 * Parity: the learning-rate article of source 001, to the digit, and what its numbers hang on.
 */
#include "experiments/parity/parity.h"
#include "core/base/exact.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The rates of the article's figure, as far as its text tells, are traced: 0.05, 0.5, 5, 50 and, in
 * all likelihood, the rest.  Around them a ladder, finer where the number of updates falls off. */
static const struct Rung {
    double rate;
    bool traced;
} ladder[] = {{0.01, 0}, {0.02, 0}, {0.05, 1}, {0.1, 1}, {0.2, 0}, {0.5, 1}, {1, 1},
              {1.5, 0},  {2, 0},    {2.5, 0},  {3, 0},   {3.5, 0}, {4, 0},   {4.5, 0},
              {5, 1},    {6, 0},    {8, 0},    {10, 1},  {12, 0},  {15, 0},  {17, 0},
              {20, 0},   {25, 0},   {30, 0},   {40, 0},  {50, 1},  {100, 0}};

static void plan_rates(Plan *plan) {
    for (size_t i = 0; i < sizeof ladder / sizeof *ladder; i++) {
        double rate = ladder[i].rate;
        if (plan_scale(plan) == SCALE_SMOKE && rate < 0.05) {
            continue; /* 540,029 epochs at 0.01 */
        }
        plan_add(plan, &(Config){.kind = ARTICLE, .rate = rate, .trace = ladder[i].traced},
                 "rate=%g", rate);
    }
}

static void plan_programs(Plan *plan) {
    for (uint32_t s = 0; s < 2; s++) {
        plan_add(plan, &(Config){.kind = BOOK, .variant = s}, "program=book,sigmoid=%s",
                 parity_sigmoids[s]);
    }
    for (uint32_t r = 0; r < PARITY_READINGS; r++) {
        for (int i = 0; i < 2; i++) {
            double rate = i == 0 ? 0.05 : 5;
            plan_add(plan, &(Config){.kind = READING, .variant = r, .rate = rate},
                     "reading=%s,at=%g", parity_readings[r].name, rate);
        }
    }
}

/* 10^(index / steps) to three digits, as a person would write it. */
static double grid_rate(int index, int steps) {
    char text[32];
    snprintf(text, sizeof text, "%.3g", exact_exp10((double)index / steps));
    return strtod(text, NULL);
}

static void plan_start(Plan *plan, uint32_t start, double rate, uint32_t seeds) {
    plan_add(plan, &(Config){.kind = RANDOM_START, .variant = start, .rate = rate, .seeds = seeds},
             "start=%s,at=%g", parity_starts[start], rate);
}

/* Rates below 1, where a law of proportion holds, stand at wider steps than those up to 100. */
static void plan_random_starts(Plan *plan) {
    static const struct Grid {
        int decades_below, steps_below, steps_above; /* of 1; steps to a decade */
        uint32_t seeds;
    } grids[] = {[SCALE_SMOKE] = {1, 2, 2, 10},
                 [SCALE_DESK] = {2, 5, 10, 100},
                 [SCALE_PAPER] = {2, 20, 20, 400}};
    const struct Grid *grid = &grids[plan_scale(plan)];
    uint32_t seeds = plan_seeds(plan, grid->seeds);
    for (uint32_t start = 0; start < PARITY_STARTS; start++) {
        for (int i = -grid->decades_below * grid->steps_below; i < 0; i++) {
            plan_start(plan, start, grid_rate(i, grid->steps_below), seeds);
        }
        for (int i = 0; i <= 2 * grid->steps_above; i++) {
            plan_start(plan, start, grid_rate(i, grid->steps_above), seeds);
        }
    }
}

static void plan_parity(Plan *plan) {
    plan_rates(plan);
    plan_programs(plan);
    plan_random_starts(plan);
}

/* Any rate can be asked for: --only rate=0.25 */
static bool parse_key(const char *key, void *config, Error *err) {
    char *end = NULL;
    double rate = strncmp(key, "rate=", 5) == 0 ? strtod(key + 5, &end) : NAN;
    if (end == NULL || end == key + 5 || *end != '\0' || !(rate > 0) || isinf(rate)) {
        return error_set(err, "only rate=NUMBER, above 0, can be run beside the plan");
    }
    *(Config *)config = (Config){.kind = ARTICLE, .rate = rate, .trace = 1};
    return true;
}

static const Experiment parity = {
    .name = "parity",
    .title = "A 3-5-1 network and the learning rate",
    .question = "How do the updates that a small network needs depend on the learning rate, and on "
                "the weights it starts from?",
    .sources = "001 (Qiita, hyperparameters part 1: the learning rate)",
    .version = 1,
    .minutes = {0.03, 1, 20},
    .config_size = sizeof(Config),
    .tables = parity_tables,
    .claims = parity_claims,
    .plan = plan_parity,
    .cell = parity_cell,
    .parse = parse_key,
};

int main(int argc, char **argv) {
    return experiment_main(&parity, argc, argv);
}
