/* SPDX-License-Identifier: MIT
 *
 * clr_sigmoid - Smith's Figure 6: do cyclical rates help where gradients vanish, in a network of
 * sigmoids with and without batch normalisation?
 *
 * Caffe's cifar10_full_sigmoid_bn (the figure's) and cifar10_full_sigmoid beside it, with their own
 * solver: rate 0.001 all the way to 60,000 iterations, momentum 0.9, no weight decay, batches of
 * 100 and 111.  The paper states neither bounds nor step size nor length of its cyclical run: the
 * bounds come from our own range test (cells policy=range: the rate grows by equal factors from
 * 0.0001 to 1 in 8 epochs), step size 2,000 and 60,000 iterations are assumed.  At desk scale all
 * lengths are divided by 200 (those of the range test by 20) and batches by 2.
 */
#include "core/data/dataset.h"
#include "core/study/cifar.h"
#include "core/study/curve.h"
#include "core/study/policy.h"
#include "experiments/clr_sigmoid/claims.h"

typedef struct Config {
    size_t row;
    uint32_t seed, divisor, range_divisor, batch_divisor, points;
    size_t test_images;
    double norm_fraction; /* 0.999 to the power of divisor: the same share of a run's length */
} Config;

/* ---- the rows, at the paper's scale ---- */
typedef struct Row {
    CaffeNet net;
    const char *name;
    size_t batch;
    PolicyRow policy; /* "range" goes into a table of its own */
} Row;

enum { ITERATIONS = 60000, RANGE = 4000 };

static const Schedule fixed[] = {{.policy = SCHEDULE_CONSTANT, .base = 0.001}};
static const Schedule range[] = {
    {.policy = SCHEDULE_EXPONENTIAL_RANGE, .base = 0.0001, .max = 1, .total = RANGE}};
/* With batch norm the test accuracy of a rising ramp says nothing (the running statistics are of
 * weights long gone): the training loss falls up to 0.016, and the base is a quarter of that, the
 * fallback of CLR section 3.3. */
static const Schedule triangular_bn[] = {
    {.policy = SCHEDULE_TRIANGULAR, .base = 0.004, .max = 0.016, .step = 2000}};
/* Without it range_bounds, the rule that gives the paper's own choice on its Figure 3. */
static const Schedule triangular_plain[] = {
    {.policy = SCHEDULE_TRIANGULAR, .base = 0.0063, .max = 0.25, .step = 2000}};

static const Row rows[] = {
    {CAFFE_SIGMOID_BN, "sigmoid_bn", 100, {"triangular", ITERATIONS, triangular_bn, {0}, 0}},
    {CAFFE_SIGMOID_BN, "sigmoid_bn", 100, {"fixed", ITERATIONS, fixed, {0}, 0}},
    {CAFFE_SIGMOID, "sigmoid", 111, {"triangular", ITERATIONS, triangular_plain, {0}, 0}},
    {CAFFE_SIGMOID, "sigmoid", 111, {"fixed", ITERATIONS, fixed, {0}, 0}},
    {CAFFE_SIGMOID_BN, "sigmoid_bn", 100, {"range", RANGE, range, {0}, 0}},
    {CAFFE_SIGMOID, "sigmoid", 111, {"range", RANGE, range, {0}, 0}},
};
enum { ROWS = sizeof rows / sizeof *rows };

static bool is_range(const Config *c) {
    return rows[c->row].policy.iterations == RANGE;
}

static void plan(Plan *plan) {
    static const Config scales[] = {
        [SCALE_SMOKE] = {.divisor = 2000, .range_divisor = 200, .batch_divisor = 20, .points = 2,
                         .test_images = 50, .norm_fraction = 0.135},
        [SCALE_DESK] = {.divisor = 200, .range_divisor = 20, .batch_divisor = 2, .points = 6,
                        .test_images = 500, .norm_fraction = 0.819},
        [SCALE_PAPER] = {.divisor = 1, .range_divisor = 1, .batch_divisor = 1, .points = 60}};
    Config c = scales[plan_scale(plan)];
    static const uint32_t seeds_at[] = {
        [SCALE_SMOKE] = 1, [SCALE_DESK] = 2, [SCALE_PAPER] = 3};
    uint32_t seeds = plan_seeds(plan, seeds_at[plan_scale(plan)]);
    for (c.seed = 1; c.seed <= seeds; c.seed++)
        for (c.row = 0; c.row < ROWS; c.row++)
            plan_add(plan, &c, "net=%s,policy=%s,seed=%u", rows[c.row].name,
                     rows[c.row].policy.policy, c.seed);
}

static void write_row(Table *table, const Cell *cell, const CurvePoint *p) {
    const Config *c = cell->config;
    const Row *row = &rows[c->row];
    if (is_range(c))
        table_row(table, v_text(row->name), v_count(c->seed), v_count((int64_t)p->iteration),
                  v_double(p->rate), v_double(p->training_loss), v_double(p->score.loss),
                  v_double(p->score.accuracy));
    else
        table_row(table, v_text(row->name), v_text(row->policy.policy), v_count(c->seed),
                  v_count((int64_t)p->iteration), v_double(p->rate), v_double(p->training_loss),
                  v_double(p->score.loss), v_double(p->score.accuracy));
}

static bool cell(Cell *cell, Error *err) {
    static const OptimizerSpec solver = {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9,
                                         .rate_inside = true};
    const Config *c = cell->config;
    const Row *row = &rows[c->row];
    uint32_t divisor = is_range(c) ? c->range_divisor : c->divisor;
    uint64_t iterations = row->policy.iterations / divisor;
    uint64_t interval = iterations / (is_range(c) ? 20 : c->points);
    Schedule schedule = policy_schedule(&row->policy, divisor, cell->arena);
    Trainer trainer;
    const Dataset *test;
    if (!cifar_trainer(&(CifarRun){.net = row->net, .seed = c->seed, .schedule = &schedule,
                                   .optimizer = solver, .batch = row->batch / c->batch_divisor,
                                   .test_images = c->test_images,
                                   .norm_fraction = c->norm_fraction},
                       cell, &trainer, &test, err) ||
        !curve_run(&(Curve){.cell = cell, .trainer = &trainer,
                            .table = is_range(c) ? "range" : "curve", .iterations = iterations,
                            .interval = interval ? interval : 1, .score = test,
                            .row = write_row}, err))
        return false;
    Score last = trainer_score(&trainer, test);
    table_row(cell_table(cell, "runs"), v_text(row->name), v_text(row->policy.policy),
              v_count(c->seed), v_text(trainer_status(&trainer)),
              v_count((int64_t)trainer.iteration), v_double(last.loss), v_double(last.accuracy));
    return true;
}

static const Column curve_columns[] = {
    {"net", TIER_KEY}, {"policy", TIER_KEY}, {"seed", TIER_KEY}, {"iteration", TIER_KEY},
    {"rate", TIER_EXACT}, {"training_loss", TIER_DISTRIBUTION}, {"test_loss", TIER_DISTRIBUTION},
    {"test_accuracy", TIER_DISTRIBUTION}, {0}};
static const Column range_columns[] = {
    {"net", TIER_KEY}, {"seed", TIER_KEY}, {"iteration", TIER_KEY}, {"rate", TIER_EXACT},
    {"training_loss", TIER_DISTRIBUTION}, {"test_loss", TIER_DISTRIBUTION},
    {"test_accuracy", TIER_DISTRIBUTION}, {0}};
static const Column run_columns[] = {
    {"net", TIER_KEY}, {"policy", TIER_KEY}, {"seed", TIER_KEY}, {"status", TIER_EXACT},
    {"iterations", TIER_EXACT}, {"test_loss", TIER_DISTRIBUTION},
    {"test_accuracy", TIER_DISTRIBUTION}, {0}};
static const TableSpec tables[] = {
    {"curve", curve_columns}, {"range", range_columns}, {"runs", run_columns}, {0}};

static const Experiment experiment = {
    .name = "clr_sigmoid",
    .title = "Cyclical rates where gradients vanish: sigmoids and batch norm, Smith's Figure 6",
    .question = "Do cyclical rates help where gradients vanish?",
    .sources = "004 (Qiita, learning rates after fast.ai); Smith, Cyclical Learning Rates for "
               "Training Neural Networks, arXiv 1506.01186v6",
    .version = 1,
    .minutes = {0.05, 0.9, 500},
    .config_size = sizeof(Config),
    .tables = tables,
    .claims = clr_sigmoid_claims,
    .datasets = (const char *const[]){"cifar10", NULL},
    .verify = dataset_verify,
    .plan = plan,
    .cell = cell,
};

int main(int argc, char **argv) {
    return experiment_main(&experiment, argc, argv);
}
