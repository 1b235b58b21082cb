/* SPDX-License-Identifier: MIT
 *
 * clr - Smith's Table 1 on CIFAR-10: do cyclical rates reach the fixed policy's accuracy in fewer
 * iterations, and more at equal iterations?
 *
 * Caffe's cifar10_full with its own solver (core/study/cifar.h), every policy with the settings of
 * the paper's text, plus the controls the paper leaves out: plain triangular, the decay policy with
 * the same two drops as its rivals, and both readings of exp_range.  At desk scale everything is
 * divided by 50 in iterations and trained on cifar10_quick and images of 16 x 16.
 */
#include "core/data/dataset.h"
#include "core/study/cifar_cell.h"
#include "experiments/clr/claims.h"

/* ---- the rows of Table 1 and the controls, at the paper's scale ---- */
#define GAMMA 0.99994
#define CONSTANT(rate) {.policy = SCHEDULE_CONSTANT, .base = (rate)}

static const Schedule fixed[] = {CONSTANT(0.001), CONSTANT(0.0001), CONSTANT(0.00001)};
static const Schedule triangular2[] = { /* Table 2 */
    {.policy = SCHEDULE_TRIANGULAR2, .base = 0.001, .max = 0.005, .step = 2000},
    {.policy = SCHEDULE_TRIANGULAR2, .base = 0.0001, .max = 0.0005, .step = 1000},
    {.policy = SCHEDULE_TRIANGULAR2, .base = 0.00001, .max = 0.00005, .step = 500}};
static const Schedule decay[] = {
    {.policy = SCHEDULE_DECAY, .base = 0.001, .max = 0.007, .step = 4000},
    CONSTANT(0.0001), CONSTANT(0.00001)};
static const Schedule exponential[] = {
    {.policy = SCHEDULE_EXPONENTIAL, .base = 0.001, .gamma = GAMMA, .step = 1}};
static const Schedule exp_range[] = {{.policy = SCHEDULE_EXP_RANGE_BOTH, .base = 0.001,
                                      .max = 0.006, .step = 2000, .gamma = GAMMA}};
static const Schedule exp_range_amplitude[] = {
    {.policy = SCHEDULE_EXP_RANGE, .base = 0.001, .max = 0.006, .step = 2000, .gamma = GAMMA}};
static const Schedule triangular[] = {
    {.policy = SCHEDULE_TRIANGULAR, .base = 0.001, .max = 0.006, .step = 2000}};

/* The rows that decide most come first: cells run in this order. */
static const PolicyRow rows[] = {
    {"triangular2", 25000, triangular2, {16000, 22000}, 2},
    {"fixed", 70000, fixed, {60000, 65000}, 2},
    {"decay", 25000, decay, {0}, 0},
    {"exp_range", 70000, exp_range, {0}, 0},
    {"exp", 70000, exponential, {0}, 0},
    {"exp_range_amplitude", 44000, exp_range_amplitude, {0}, 0},
    {"decay_drops", 25000, decay, {16000, 22000}, 2},
    {"triangular", 24000, triangular, {0}, 0},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void plan(Plan *plan) {
    static const CifarCell scales[] = {
        [SCALE_SMOKE] = {.run = {.net = CAFFE_QUICK, .test_images = 500}, .divisor = 500,
                         .interval = 10},
        [SCALE_DESK] = {.run = {.net = CAFFE_QUICK, .halved = true, .test_images = 500},
                        .divisor = 50, .interval = 20},
        [SCALE_PAPER] = {.run = {.net = CAFFE_FULL}, .divisor = 1, .interval = 500}};
    CifarCell c = scales[plan_scale(plan)];
    uint32_t seeds = cifar_cell_seeds(plan);
    for (c.run.seed = 1; c.run.seed <= seeds; c.run.seed++)
        for (size_t row = 0; row < ROWS; row++) {
            c.policy = &rows[row];
            plan_add(plan, &c, "policy=%s,seed=%u", c.policy->policy, c.run.seed);
        }
}

static const Column curve_columns[] = {{"policy", TIER_KEY}, CIFAR_CURVE_COLUMNS};
static const Column run_columns[] = {{"policy", TIER_KEY}, CIFAR_RUN_COLUMNS};
static const TableSpec tables[] = {{"curve", curve_columns}, {"runs", run_columns}, {0}};

static const Experiment experiment = {
    .name = "clr",
    .title = "Cyclical learning rates on CIFAR-10: Smith's Table 1, Figures 1 and 4",
    .question = "Do cyclical rates reach a fixed rate's accuracy in fewer iterations?",
    .sources = "004 (Qiita, learning rates after fast.ai); Smith, Cyclical Learning Rates for "
               "Training Neural Networks, arXiv 1506.01186v6",
    .version = 1,
    .replanned = {[SCALE_DESK] = 1},
    .minutes = {0.3, 5.6, 700},
    .config_size = sizeof(CifarCell),
    .tables = tables,
    .claims = clr_claims,
    .datasets = (const char *const[]){"cifar10", NULL},
    .verify = dataset_verify,
    .plan = plan,
    .cell = cifar_cell_run,
};

int main(int argc, char **argv) {
    return experiment_main(&experiment, argc, argv);
}
