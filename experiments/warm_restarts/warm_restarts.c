/* SPDX-License-Identifier: MIT
 *
 * warm_restarts - do warm restarts (SGDR) and one-cycle, which came after cyclical rates, do better
 * on the same network and budget?
 *
 * Caffe's cifar10_full with its own solver for the 25,000 iterations of the paper's triangular2
 * row. Every policy's highest rate is 0.005, the upper bound of that row, so that only the shape
 * differs; SGDR goes down to 0 in every period.  The rivals (triangular2 after Table 2, a constant
 * rate, a constant rate with two drops) are run here again, so that pairs of one seed share
 * everything else.  At desk scale all lengths are divided by 125, on cifar10_quick.
 */
#include "core/data/dataset.h"
#include "core/study/cifar.h"
#include "core/study/curve.h"
#include "core/study/policy.h"
#include "experiments/warm_restarts/claims.h"

typedef struct Config {
    size_t row;
    uint32_t seed, divisor, batch, interval;
    CaffeNet net;
    size_t test_images;
} Config;

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
    static const Config scales[] = {
        [SCALE_SMOKE] = {.divisor = 500, .batch = 5, .interval = 25, .net = CAFFE_QUICK,
                         .test_images = 50},
        [SCALE_DESK] = {.divisor = 125, .batch = 100, .interval = 28, .net = CAFFE_QUICK,
                        .test_images = 500},
        [SCALE_PAPER] = {.divisor = 1, .batch = 100, .interval = 500, .net = CAFFE_FULL}};
    Config c = scales[plan_scale(plan)];
    static const uint32_t seeds_at[] = {
        [SCALE_SMOKE] = 1, [SCALE_DESK] = 2, [SCALE_PAPER] = 3};
    uint32_t seeds = plan_seeds(plan, seeds_at[plan_scale(plan)]);
    for (c.seed = 1; c.seed <= seeds; c.seed++)
        for (c.row = 0; c.row < ROWS; c.row++)
            plan_add(plan, &c, "policy=%s,seed=%u", rows[c.row].policy, c.seed);
}

static void write_row(Table *table, const Cell *cell, const CurvePoint *p) {
    const Config *c = cell->config;
    table_row(table, v_text(rows[c->row].policy), v_count(c->seed), v_count((int64_t)p->iteration),
              v_double(p->rate), v_double(p->training_loss), v_double(p->score.loss),
              v_double(p->score.accuracy));
}

/* The rate is a function of the iteration alone: a hundred points of it, once. */
static void write_rates(Cell *cell, const Schedule *schedule) {
    const Config *c = cell->config;
    uint64_t iterations = rows[c->row].iterations / c->divisor;
    uint64_t every = iterations > 200 ? iterations / 100 : 1;
    for (uint64_t i = 0; i < iterations; i += every)
        table_row(cell_table(cell, "rates"), v_text(rows[c->row].policy), v_count((int64_t)i),
                  v_double(schedule_rate(schedule, i)));
}

static bool cell(Cell *cell, Error *err) {
    const Config *c = cell->config;
    const PolicyRow *row = &rows[c->row];
    Schedule schedule = policy_schedule(row, c->divisor, cell->arena);
    Trainer trainer;
    const Dataset *test;
    if (!cifar_trainer(&(CifarRun){.net = c->net, .seed = c->seed, .schedule = &schedule,
                                   .batch = c->batch, .test_images = c->test_images},
                       cell, &trainer, &test, err) ||
        !curve_run(&(Curve){.cell = cell, .trainer = &trainer, .table = "curve",
                            .iterations = row->iterations / c->divisor, .interval = c->interval,
                            .score = test, .row = write_row}, err))
        return false;
    if (c->seed == 1)
        write_rates(cell, &schedule);
    Score last = trainer_score(&trainer, test);
    table_row(cell_table(cell, "runs"), v_text(row->policy), v_count(c->seed),
              v_text(trainer_status(&trainer)), v_count((int64_t)trainer.iteration),
              v_double(last.loss), v_double(last.accuracy));
    return true;
}

static const Column curve_columns[] = {
    {"policy", TIER_KEY}, {"seed", TIER_KEY}, {"iteration", TIER_KEY}, {"rate", TIER_EXACT},
    {"training_loss", TIER_DISTRIBUTION}, {"test_loss", TIER_DISTRIBUTION},
    {"test_accuracy", TIER_DISTRIBUTION}, {0}};
static const Column run_columns[] = {
    {"policy", TIER_KEY}, {"seed", TIER_KEY}, {"status", TIER_EXACT}, {"iterations", TIER_EXACT},
    {"test_loss", TIER_DISTRIBUTION}, {"test_accuracy", TIER_DISTRIBUTION}, {0}};
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
    .minutes = {0.05, 1.5, 400},
    .config_size = sizeof(Config),
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
