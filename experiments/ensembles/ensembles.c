/* SPDX-License-Identifier: MIT
 *
 * ensembles - do several models together do better than one, which ways to come by them are there,
 * and what do they cost?
 *
 * The four ways of CS231n (other initial weights; the best few of a search; checkpoints of one run;
 * a running average of the parameters) and snapshots of warm restarts, on few images, so that there
 * is something to gain: 784-100-10 on 2,000 of MNIST and of Fashion-MNIST; at paper scale also
 * Caffe's cifar10_quick on 9,000 of CIFAR-10.
 */
#include "core/data/dataset.h"
#include "experiments/ensembles/ensembles.h"

/* The repetitions at a scale, and what each of them does. */
typedef struct Work {
    uint32_t repetitions;
    Config config;
} Work;

#define WORK(repetitions, updates_, trials_, validation_, test_, batch_)                           \
    {repetitions, {.updates = updates_, .trials = trials_, .validation = validation_,              \
                   .test = test_, .batch = batch_}}
static const Work works[][SETS] = {
    [SCALE_SMOKE] = {WORK(1, 10, 12, 100, 100, 50), WORK(1, 10, 12, 100, 100, 50),
                     WORK(1, 10, 12, 20, 20, 2)},
    [SCALE_DESK] = {WORK(8, 400, 30, 1000, 10000, 50), WORK(5, 400, 30, 1000, 10000, 50),
                    {.repetitions = 0}},
    [SCALE_PAPER] = {WORK(20, 1200, 40, 1000, 10000, 50), WORK(20, 1200, 40, 1000, 10000, 50),
                     WORK(5, 400, 16, 1000, 10000, 50)}};

/* --seeds are MNIST's repetitions; the others keep their share of them, rounded up. */
static void plan(Plan *plan) {
    const Work *first = works[plan_scale(plan)];
    uint32_t most = first->repetitions, seeds = plan_seeds(plan, most);
    for (size_t set = 0; set < SETS; set++) {
        const Work *work = &first[set];
        for (uint32_t seed = 1; seed <= (work->repetitions * seeds + most - 1) / most; seed++) {
            Config c = work->config;
            c.set = set;
            c.seed = seed;
            plan_add(plan, &c, "set=%s,seed=%u", sets[set].name, seed);
        }
    }
}

static bool cell(Cell *cell, Error *err) {
    Ground ground;
    return ground_open(&ground, cell, err) && ways_run(&ground, err);
}

static const Column pool_columns[] = {
    {"set", TIER_KEY}, {"way", TIER_KEY}, {"seed", TIER_KEY}, {"models", TIER_KEY},
    {"trainings", TIER_EXACT}, {"accuracy", TIER_DISTRIBUTION},
    {"vote_accuracy", TIER_DISTRIBUTION}, {"loss", TIER_DISTRIBUTION},
    {"member_accuracy", TIER_DISTRIBUTION}, {"disagreement", TIER_DISTRIBUTION},
    {"gain", TIER_DISTRIBUTION}, {0}};
static const Column cost_columns[] = {
    {"set", TIER_KEY}, {"way", TIER_KEY}, {"seed", TIER_KEY}, {"trainings", TIER_KEY},
    {"models", TIER_EXACT}, {"accuracy", TIER_DISTRIBUTION}, {"gain", TIER_DISTRIBUTION}, {0}};
static const Column average_columns[] = {
    {"set", TIER_KEY}, {"window", TIER_KEY}, {"seed", TIER_KEY}, {"trainings", TIER_KEY},
    {"validation_accuracy", TIER_DISTRIBUTION}, {"average_accuracy", TIER_DISTRIBUTION},
    {"gain", TIER_DISTRIBUTION}, {0}};
static const Column trial_columns[] = {
    {"set", TIER_KEY}, {"seed", TIER_KEY}, {"trial", TIER_KEY}, {"rate", TIER_EXACT},
    {"weight_decay", TIER_EXACT}, {"dropout", TIER_EXACT}, {"schedule", TIER_EXACT},
    {"unit", TIER_EXACT}, {"status", TIER_EXACT}, {"validation_accuracy", TIER_DISTRIBUTION}, {0}};
static const Column run_columns[] = {
    {"set", TIER_KEY}, {"way", TIER_KEY}, {"seed", TIER_KEY}, {"model", TIER_KEY},
    {"status", TIER_EXACT}, {"updates", TIER_EXACT}, {0}};
static const Column time_columns[] = {
    {"set", TIER_KEY}, {"way", TIER_KEY}, {"seed", TIER_KEY}, {"cpu_s", TIER_MACHINE}, {0}};
static const TableSpec tables[] = {
    {"pools", pool_columns},   {"costs", cost_columns}, {"averages", average_columns},
    {"trials", trial_columns}, {"runs", run_columns},   {"times", time_columns}, {0}};

static const Experiment experiment = {
    .name = "ensembles",
    .title = "Several models together, and the ways to come by them",
    .question = "Do several models together do better than one, and which way to come by them is "
                "worth its cost?",
    .sources = "002 (CS231n, learning and evaluation: model ensembles); Huang et al., Snapshot "
               "Ensembles, arXiv 1704.00109",
    .version = 1,
    .minutes = {0.05, 2.2, 125},
    .config_size = sizeof(Config),
    .tables = tables,
    .claims = ensembles_claims,
    .datasets = (const char *const[]){"mnist", "fashion", "cifar10", NULL},
    .verify = dataset_verify,
    .plan = plan,
    .cell = cell,
};

int main(int argc, char **argv) {
    return experiment_main(&experiment, argc, argv);
}
