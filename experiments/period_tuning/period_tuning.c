/* SPDX-License-Identifier: MIT
 *
 * Period tuning: a rate for every period, found by a coordinate search.
 */
#include "experiments/period_tuning/period_tuning.h"
#include <string.h>

/* ---- tables ---- */

#define KEY(name)                                                                                  \
    { name, TIER_KEY }
#define EXACT(name)                                                                                \
    { name, TIER_EXACT }
#define SEEDS(name)                                                                                \
    { name, TIER_DISTRIBUTION }
#define MACHINE(name)                                                                              \
    { name, TIER_MACHINE }
#define TUNING KEY("tuning"), KEY("epochs"), KEY("dropout"), KEY("seed")

static const Column horizons_columns[] = {
    KEY("dropout"),      KEY("rates"), KEY("seed"), KEY("epoch"), SEEDS("img_diff"),
    SEEDS("test_img_diff"), SEEDS("above_constant"), {0}};
static const Column classes_columns[] = {KEY("dropout"), KEY("rates"), KEY("seed"), KEY("digit"),
                                         SEEDS("img_diff"), {0}};
static const Column sweep_columns[] = {KEY("dropout"), KEY("period"), KEY("rate"),
                                       KEY("value"), KEY("seed"), KEY("epoch"),
                                       SEEDS("img_diff"), SEEDS("effect"), {0}};
static const Column floor_columns[] = {KEY("noise"), KEY("seed"), KEY("epoch"),
                                       SEEDS("img_diff"), SEEDS("test_img_diff"), {0}};
static const Column log_columns[] = {
    TUNING, KEY("trial"), EXACT("edit_period"), EXACT("rate"), SEEDS("param"), SEEDS("offset"),
    SEEDS("before_img_diff"), SEEDS("img_diff"), {0}};
static const Column updates_columns[] = {
    TUNING, KEY("line"), EXACT("edit_period"), EXACT("rate"), SEEDS("old_param"),
    SEEDS("new_param"), SEEDS("old_best"), SEEDS("new_best"), {0}};
static const Column tuned_columns[] = {TUNING, KEY("rotation"), KEY("period"),
                                       SEEDS("weight_rate"), SEEDS("bias_rate"), {0}};
static const Column carry_columns[] = {
    TUNING, KEY("rotation"), KEY("data"), KEY("run_seed"), EXACT("own"), SEEDS("img_diff"),
    SEEDS("test_img_diff"), SEEDS("change"), SEEDS("test_change"), {0}};
static const Column times_columns[] = {KEY("part"), KEY("epochs"), KEY("dropout"), KEY("seed"),
                                       EXACT("runs"), MACHINE("cpu_s"), {0}};

const TableSpec period_tables[] = {
    {"log", log_columns},         {"updates", updates_columns}, {"tuned", tuned_columns},
    {"carry", carry_columns},     {"horizons", horizons_columns}, {"classes", classes_columns},
    {"sweep", sweep_columns},     {"floor", floor_columns},     {"times", times_columns},
    {0}};

/* ---- the plan ---- */

typedef struct Budget {
    uint32_t seeds, few;                   /* seeds of everything; of the tunings */
    uint32_t horizon, sweep, floor, tune;  /* epochs */
    uint32_t rotations, fresh_seeds, together;
} Budget;
static const Budget budgets[] = {[SCALE_SMOKE] = {2, 2, 128, 64, 64, 4, 1, 1, 2},
                                 [SCALE_DESK] = {5, 5, 4096, 512, 4096, 16, 1, 5, 3},
                                 [SCALE_PAPER] = {10, 5, 4096, 4096, 16384, 256, 4, 10, 3}};

static uint32_t seeds_of(const Plan *plan) {
    return plan_seeds(plan, budgets[plan_scale(plan)].seeds);
}

static void plan_horizons(Plan *plan) {
    const uint32_t epochs = budgets[plan_scale(plan)].horizon;
    for (uint32_t seed = 1; seed <= seeds_of(plan); seed++) {
        for (int d = 3; d <= 4; d++) {
            plan_add(plan,
                     &(Config){.part = PART_HORIZONS, .seed = seed, .epochs = epochs,
                               .dropout = (double)d / 10},
                     "part=horizons,dropout=0.%d,seed=%u", d, seed);
        }
    }
}

static void plan_sweep(Plan *plan, uint32_t period, bool bias) {
    const uint32_t epochs = budgets[plan_scale(plan)].sweep;
    for (uint32_t seed = 1; seed <= seeds_of(plan); seed++) {
        plan_add(plan,
                 &(Config){.part = PART_SWEEP, .seed = seed, .epochs = epochs, .dropout = 0.3,
                           .period = period, .bias = bias},
                 "part=sweep,period=%u,rate=%s,seed=%u", period, bias ? "b" : "W", seed);
    }
}

static void plan_floor(Plan *plan) {
    const Budget *budget = &budgets[plan_scale(plan)];
    uint32_t seeds = seeds_of(plan) < budget->few ? seeds_of(plan) : budget->few;
    for (uint32_t seed = 1; seed <= seeds; seed++) {
        plan_add(plan, &(Config){.part = PART_FLOOR, .seed = seed, .epochs = budget->floor},
                 "part=floor,noise=0,seed=%u", seed);
        if (plan_scale(plan) == SCALE_PAPER) {
            plan_add(plan,
                     &(Config){.part = PART_FLOOR, .seed = seed, .epochs = budget->floor,
                               .dropout = 0.3},
                     "part=floor,noise=0.3,seed=%u", seed);
        }
    }
}

static void plan_tune(Plan *plan, const char *name, uint32_t epochs, int tenths, uint32_t first,
                      uint32_t last) {
    const Budget *budget = &budgets[plan_scale(plan)];
    Config config = {.part = PART_TUNE, .epochs = epochs, .dropout = (double)tenths / 10,
                     .rotations = budget->rotations, .fresh_seeds = budget->fresh_seeds,
                     .together = budget->together};
    while (strcmp(tunings[config.tuning].name, name) != 0) {
        config.tuning++;
    }
    for (config.seed = first; config.seed <= last; config.seed++) {
        plan_add(plan, &config, "part=tune,tuning=%s,epochs=%u,dropout=0.%d,seed=%u", name, epochs,
                 tenths, config.seed);
    }
}

/* In the order of importance: what a run that is cut off should have.  The source tuned one table at
 * its full length, in about 880 runs; that is done once, and what is asked of several tunings is asked
 * at a sixteenth of it. */
static void plan_period(Plan *plan) {
    const Budget *budget = &budgets[plan_scale(plan)];
    const bool paper = plan_scale(plan) == SCALE_PAPER;
    const uint32_t seeds = seeds_of(plan) < budget->few ? seeds_of(plan) : budget->few;
    plan_horizons(plan);
    plan_sweep(plan, 5, false);
    plan_sweep(plan, 0, false);
    plan_sweep(plan, 0, true);
    plan_floor(plan);
    if (paper) {
        plan_tune(plan, "one_seed", LAST_EPOCH, 3, 1, 1);
    }
    plan_tune(plan, "several_seeds", budget->tune, 3, 1, seeds);
    plan_tune(plan, "one_seed", budget->tune, 3, 1, seeds);
    plan_tune(plan, "fresh", budget->tune, 3, 1, seeds);
    if (paper) {
        plan_tune(plan, "wide_bounds", budget->tune, 3, 1, seeds);
        plan_tune(plan, "seven_damped", budget->tune, 3, 1, seeds);
        plan_tune(plan, "one_seed", budget->tune, 4, 1, seeds);
        plan_sweep(plan, 11, false);
        plan_sweep(plan, 11, true);
    }
}

static bool period_cell(Cell *cell, Error *err) {
    const Config *config = cell->config;
    switch (config->part) {
    case PART_HORIZONS: return horizons_cell(cell, err);
    case PART_SWEEP: return sweep_cell(cell, err);
    case PART_FLOOR: return floor_cell(cell, err);
    case PART_TUNE: return tune_cell(cell, err);
    }
    return false;
}

static const Experiment period_tuning = {
    .name = "period_tuning",
    .title = "A learning rate for every period, tuned automatically",
    .question = "How should the rates of weights and biases change during training, and what does "
                "a tuner that finds it really fit?",
    .sources = "000 (np2lkoo, autoencoders part 9: rates that change during training)",
    .version = 2,
    .replanned = {[SCALE_PAPER] = 1},
    .minutes = {0.15, 4.5, 120},
    .config_size = sizeof(Config),
    .tables = period_tables,
    .claims = period_claims,
    .datasets = (const char *const[]){"mnist", "fashion", NULL},
    .verify = dataset_verify,
    .plan = plan_period,
    .cell = period_cell,
};

int main(int argc, char **argv) {
    return experiment_main(&period_tuning, argc, argv);
}
