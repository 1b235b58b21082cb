/* SPDX-License-Identifier: MIT
 *
 * warm_restarts - do warm restarts (SGDR) and one-cycle, which came after cyclical rates, do better
 * on the same network and budget?
 *
 * Caffe's cifar10_full with its own solver for the 25,000 iterations of the paper's triangular2
 * row. Every policy's highest rate is 0.005, the upper bound of that row, so that only the shape
 * differs; SGDR goes down to 0 in every period.  The rivals (triangular2 after Table 2, a constant
 * rate, a constant rate with two drops) are run here again, so that pairs of one seed share
 * everything else.  At desk scale all lengths are divided by 100, on cifar10_quick and images of
 * 16 x 16.
 */
#include "core/data/dataset.h"
#include "core/study/cifar_cell.h"
#include "experiments/warm_restarts/claims.h"

/* ---- the rows, at the paper's scale ---- */
#define CONSTANT(rate) {.policy = SCHEDULE_CONSTANT, .base = (rate)}
#define RESTARTS(first, times)                                                                     \
    {.policy = SCHEDULE_WARM_RESTARTS, .base = 0.005, .step = (first), .multiply = (times)}

static const Schedule fixed[] = {CONSTANT(0.001), CONSTANT(0.0001), CONSTANT(0.00001)};
static const Schedule triangular2[] = { /* CLR Table 2 */
    {.policy = SCHEDULE_TRIANGULAR2, .base = 0.001, .max = 0.005, .step = 2000},
    {.policy = SCHEDULE_TRIANGULAR2, .base = 0.0001, .max = 0.0005, .step = 1000},
    {.policy = SCHEDULE_TRIANGULAR2, .base = 0.00001, .max = 0.00005, .step = 500}};
static const Schedule sgdr_equal[] = {RESTARTS(5000, 1)};    /* five periods of 10 epochs */
static const Schedule sgdr_doubling[] = {RESTARTS(3572, 2)}; /* 1/7, 2/7 and 4/7 of the budget */
static const Schedule cosine[] = {
    {.policy = SCHEDULE_COSINE, .base = 0.005, .total = 25000}}; /* SGDR's one-period row */
static const Schedule one_cycle[] = { /* PyTorch: from max/25, over 30%, to max/250,000 */
    {.policy = SCHEDULE_ONE_CYCLE, .base = 0.0002, .max = 0.005, .end = 2e-8, .total = 25000,
     .rise = 0.3, .momentum_base = 0.85, .momentum_max = 0.95}};
static const Schedule one_cycle_smith[] = { /* 1803.09820: two equal halves, then a hundredth */
    {.policy = SCHEDULE_ONE_CYCLE_SMITH, .base = 0.0005, .max = 0.005, .end = 0.000005,
     .step = 11250, .total = 25000, .momentum_base = 0.85, .momentum_max = 0.95}};

static const PolicyRow rows[] = {
    {"triangular2", 25000, triangular2, {16000, 22000}, 2},
    {"sgdr_doubling", 25000, sgdr_doubling, {0}, 0},
    {"one_cycle", 25000, one_cycle, {0}, 0},
    {"fixed", 25000, fixed, {0}, 0},
    {"fixed_drops", 25000, fixed, {16000, 22000}, 2},
    {"sgdr_equal", 25000, sgdr_equal, {0}, 0},
    {"cosine", 25000, cosine, {0}, 0},
    {"one_cycle_smith", 25000, one_cycle_smith, {0}, 0},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void plan(Plan *plan) {
    static const CifarCell scales[] = {
        [SCALE_SMOKE] = {.run = {.net = CAFFE_QUICK, .test_images = 50, .batch = 5},
                         .divisor = 500, .interval = 25},
        [SCALE_DESK] = {.run = {.net = CAFFE_QUICK, .halved = true, .test_images = 500},
                        .divisor = 100, .interval = 35}, /* 105 is a row: SGDR's second end */
        [SCALE_PAPER] = {.run = {.net = CAFFE_FULL}, .divisor = 1, .interval = 500}};
    CifarCell c = scales[plan_scale(plan)];
    uint32_t seeds = cifar_cell_seeds(plan);
    for (c.run.seed = 1; c.run.seed <= seeds; c.run.seed++)
        for (size_t row = 0; row < ROWS; row++) {
            c.policy = &rows[row];
            plan_add(plan, &c, "policy=%s,seed=%u", c.policy->policy, c.run.seed);
        }
}

/* The rate is a function of the iteration alone: a hundred points of it, once. */
static void write_rates(Cell *cell) {
    const CifarCell *c = cell->config;
    Schedule schedule = policy_schedule(c->policy, c->divisor, cell->arena);
    uint64_t iterations = c->policy->iterations / c->divisor;
    uint64_t every = iterations > 200 ? iterations / 100 : 1;
    for (uint64_t i = 0; i < iterations; i += every)
        table_row(cell_table(cell, "rates"), v_text(c->policy->policy), v_count((int64_t)i),
                  v_double(schedule_rate(&schedule, i)));
}

static bool cell(Cell *cell, Error *err) {
    const CifarCell *c = cell->config;
    if (!cifar_cell_run(cell, err))
        return false;
    if (c->run.seed == 1)
        write_rates(cell);
    return true;
}

static const Column curve_columns[] = {{"policy", TIER_KEY}, CIFAR_CURVE_COLUMNS};
static const Column run_columns[] = {{"policy", TIER_KEY}, CIFAR_RUN_COLUMNS};
static const Column rate_columns[] = {
    {"policy", TIER_KEY}, {"iteration", TIER_KEY}, {"rate", TIER_EXACT}, {0}};
static const TableSpec tables[] = {
    {"curve", curve_columns}, {"runs", run_columns}, {"rates", rate_columns}, {0}};

static const Experiment experiment = {
    .name = "warm_restarts",
    .title = "Warm restarts and one-cycle against cyclical rates on CIFAR-10",
    .question = "Do warm restarts or one-cycle beat cyclical rates at equal budget?",
    .sources = "004 (Qiita, learning rates after fast.ai); Loshchilov & Hutter, SGDR, arXiv "
               "1608.03983; Smith, arXiv 1803.09820",
    .version = 1,
    .replanned = {[SCALE_DESK] = 1},
    .minutes = {0.05, 1.7, 400},
    .config_size = sizeof(CifarCell),
    .tables = tables,
    .claims = warm_restarts_claims,
    .datasets = (const char *const[]){"cifar10", NULL},
    .verify = dataset_verify,
    .plan = plan,
    .cell = cell,
};

int main(int argc, char **argv) {
    return experiment_main(&experiment, argc, argv);
}
