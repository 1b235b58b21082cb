/* SPDX-License-Identifier: MIT
 *
 * update_rules - what does the way a gradient becomes an update change?
 *
 * Three studies: the paths of seven rules through a long valley, over Beale's function and off a
 * saddle (plane.c); six rules on MNIST and CIFAR-10, each at its own tuned rate, constant and
 * falling (train.c); Newton's method and L-BFGS on problems small enough for a Hessian
 * (second.c).
 */
#include "experiments/update_rules/update_rules.h"

#include "core/data/dataset.h"

static void plan_training(Plan *plan, size_t task, size_t rule, size_t decay, uint32_t seed) {
    double rates[RATE_ROOM];
    size_t count = task_rates(task, rule, decay, rates);
    for (size_t r = 0; r < count; r++)
        plan_add(plan, &(Config){TRAINING, task, rule, decay, rates[r], seed},
                 "data=%s,rule=%s,decay=%s,rate=%g,seed=%u", task_names[task], rule_names[rule],
                 decay_names[decay], rates[r], seed);
}

static void plan_second(Plan *plan, size_t problem, size_t method, uint32_t seed) {
    double rates[RATE_ROOM];
    size_t count = problem_rates(problem, method, rates);
    for (size_t r = 0; r < count; r++)
        plan_add(plan, &(Config){SECOND, problem, method, 0, rates[r], seed},
                 "problem=%s,method=%s,rate=%g,seed=%u", problem_names[problem],
                 method_names[method], rates[r], seed);
}

/* Differences of the gradient are what Newton's method has on the 3-5-1 net anyway; on a larger
 * problem they would take minutes. */
static bool is_asked(size_t problem, size_t method, Scale scale) {
    if (problem == SOFTMAX_196 && scale != SCALE_PAPER)
        return false;
    return method != NEWTON_DIFFERENCES || problem == SOFTMAX_16;
}

static void plan_seed(Plan *plan, uint32_t seed) {
    for (size_t rule = 0; rule < RULES; rule++)
        for (size_t decay = 0; decay < DECAYS; decay++)
            plan_training(plan, 0, rule, decay, seed);
    plan_training(plan, 0, UNCORRECTED, CONSTANT, seed);
    for (size_t rule = 0; rule < RULES; rule++)
        plan_training(plan, 1, rule, CONSTANT, seed);
    for (size_t problem = SOFTMAX_16; problem < PROBLEMS; problem++)
        for (size_t method = 0; method < SECOND_METHODS; method++)
            if (is_asked(problem, method, plan_scale(plan)))
                plan_second(plan, problem, method, seed);
}

/* The 3-5-1 net, whose trainings cost nothing, from four times as many starts. */
static void plan(Plan *plan) {
    Scale scale = plan_scale(plan);
    uint32_t seeds = plan_seeds(plan, scale == SCALE_SMOKE ? 1 : scale == SCALE_DESK ? 5 : 10);
    for (size_t surface = 0; surface < SURFACES; surface++)
        for (size_t rule = 0; rule < ALL_RULES; rule++)
            if (rule != UNCORRECTED)
                plan_add(plan, &(Config){PLANE, surface, rule, 0, 0, 0}, "surface=%s,rule=%s",
                         surface_names[surface], rule_names[rule]);
    for (uint32_t seed = 1; seed <= seeds; seed++)
        plan_seed(plan, seed);
    for (uint32_t seed = 1; seed <= 4 * seeds; seed++)
        for (size_t method = 0; method < SECOND_METHODS; method++)
            if (is_asked(PARITY, method, scale))
                plan_second(plan, PARITY, method, seed);
}

static bool cell(Cell *cell, Error *err) {
    static bool (*const studies[])(Cell *, Error *) = {
        [PLANE] = study_plane, [TRAINING] = study_training, [SECOND] = study_second};
    return studies[((const Config *)cell->config)->study](cell, err);
}

static const Column plane_columns[] = {
    {"surface", TIER_KEY}, {"rule", TIER_KEY}, {"rate", TIER_KEY}, {"offset", TIER_KEY},
    {"status", TIER_EXACT}, {"updates", TIER_STABLE}, {"overshoot", TIER_STABLE},
    {"length", TIER_STABLE}, {0}};
static const Column path_columns[] = {
    {"surface", TIER_KEY}, {"rule", TIER_KEY}, {"update", TIER_KEY}, {"rate", TIER_EXACT},
    {"x", TIER_STABLE}, {"y", TIER_STABLE}, {"loss", TIER_STABLE}, {0}};
static const Column run_columns[] = {
    {"data", TIER_KEY}, {"rule", TIER_KEY}, {"decay", TIER_KEY}, {"rate", TIER_KEY},
    {"seed", TIER_KEY}, {"status", TIER_EXACT}, {"updates", TIER_EXACT},
    {"training_loss", TIER_DISTRIBUTION}, {"validation_loss", TIER_DISTRIBUTION},
    {"validation_accuracy", TIER_DISTRIBUTION}, {"test_loss", TIER_DISTRIBUTION},
    {"test_accuracy", TIER_DISTRIBUTION}, {0}};
static const Column curve_columns[] = {
    {"data", TIER_KEY}, {"rule", TIER_KEY}, {"rate", TIER_KEY}, {"seed", TIER_KEY},
    {"update", TIER_KEY}, {"effective_rate", TIER_DISTRIBUTION},
    {"training_loss", TIER_DISTRIBUTION}, {0}};
static const Column second_columns[] = {
    {"problem", TIER_KEY}, {"method", TIER_KEY}, {"rate", TIER_KEY}, {"seed", TIER_KEY},
    {"status", TIER_EXACT}, {"parameters", TIER_EXACT}, {"iterations", TIER_DISTRIBUTION},
    {"evaluations", TIER_DISTRIBUTION}, {"hessians", TIER_DISTRIBUTION},
    {"shifted", TIER_DISTRIBUTION}, {"loss", TIER_DISTRIBUTION},
    {"gradient_norm", TIER_DISTRIBUTION}, {"cpu_ms", TIER_MACHINE}, {0}};
static const Column descent_columns[] = {
    {"problem", TIER_KEY}, {"method", TIER_KEY}, {"rate", TIER_KEY}, {"seed", TIER_KEY},
    {"iteration", TIER_KEY}, {"evaluations", TIER_DISTRIBUTION}, {"loss", TIER_DISTRIBUTION},
    {"gradient_norm", TIER_DISTRIBUTION}, {0}};
static const TableSpec tables[] = {
    {"plane", plane_columns},   {"paths", path_columns},    {"runs", run_columns},
    {"curves", curve_columns},  {"second", second_columns}, {"descents", descent_columns}, {0}};

static const Experiment experiment = {
    .name = "update_rules",
    .title = "Update rules: from plain descent to Adam, Newton's method and L-BFGS",
    .question = "What does the way a gradient becomes an update change?",
    .sources = "002 (CS231n, learning and evaluation: parameter updates)",
    .version = 1,
    .minutes = {0.1, 2.6, 41},
    .config_size = sizeof(Config),
    .tables = tables,
    .claims = update_rules_claims,
    .datasets = (const char *const[]){"mnist", "cifar10", NULL},
    .verify = dataset_verify,
    .plan = plan,
    .cell = cell,
};

int main(int argc, char **argv) {
    return experiment_main(&experiment, argc, argv);
}
