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
 * lengths are divided by 100 (those of the range test by 20) and batches by 2, on images of 16 x 16.
 */
#include "core/data/dataset.h"
#include "core/study/cifar_cell.h"
#include "experiments/clr_sigmoid/claims.h"

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

static const OptimizerSpec solver = {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9,
                                     .rate_inside = true};

/* What a scale makes of the paper's lengths. */
typedef struct Shorter {
    uint32_t divisor, range_divisor, batch_divisor, points;
    size_t test_images;
    bool halved;
    double norm_fraction; /* 0.999 to the power of divisor: the same share of a run's length */
} Shorter;

static CifarCell cell_of(const Row *row, const Shorter *s, uint32_t seed) {
    bool is_range = row->policy.iterations == RANGE;
    uint32_t divisor = is_range ? s->range_divisor : s->divisor;
    uint64_t interval = row->policy.iterations / divisor / (is_range ? 20 : s->points);
    return (CifarCell){.run = {.net = row->net, .seed = seed, .optimizer = solver,
                               .batch = row->batch / s->batch_divisor,
                               .test_images = s->test_images, .halved = s->halved,
                               .norm_fraction = s->norm_fraction},
                       .kind = row->name, .policy = &row->policy, .divisor = divisor,
                       .interval = interval ? interval : 1, .table = is_range ? "range" : NULL};
}

static void plan(Plan *plan) {
    static const Shorter scales[] = {
        [SCALE_SMOKE] = {.divisor = 2000, .range_divisor = 200, .batch_divisor = 20, .points = 2,
                         .test_images = 50, .norm_fraction = 0.135},
        [SCALE_DESK] = {.divisor = 100, .range_divisor = 20, .batch_divisor = 2, .points = 6,
                        .test_images = 500, .norm_fraction = 0.905, .halved = true},
        [SCALE_PAPER] = {.divisor = 1, .range_divisor = 1, .batch_divisor = 1, .points = 60}};
    uint32_t seeds = cifar_cell_seeds(plan);
    for (uint32_t seed = 1; seed <= seeds; seed++)
        for (const Row *row = rows; row < rows + ROWS; row++) {
            CifarCell c = cell_of(row, &scales[plan_scale(plan)], seed);
            plan_add(plan, &c, "net=%s,policy=%s,seed=%u", row->name, row->policy.policy, seed);
        }
}

static const Column curve_columns[] = {
    {"net", TIER_KEY}, {"policy", TIER_KEY}, CIFAR_CURVE_COLUMNS};
static const Column range_columns[] = {{"net", TIER_KEY}, CIFAR_CURVE_COLUMNS};
static const Column run_columns[] = {{"net", TIER_KEY}, {"policy", TIER_KEY}, CIFAR_RUN_COLUMNS};
static const TableSpec tables[] = {
    {"curve", curve_columns}, {"range", range_columns}, {"runs", run_columns}, {0}};

static const Experiment experiment = {
    .name = "clr_sigmoid",
    .title = "Cyclical rates where gradients vanish: sigmoids and batch norm, Smith's Figure 6",
    .question = "Do cyclical rates help where gradients vanish?",
    .sources = "004 (Qiita, learning rates after fast.ai); Smith, Cyclical Learning Rates for "
               "Training Neural Networks, arXiv 1506.01186v6",
    .version = 1,
    .replanned = {[SCALE_DESK] = 1},
    .minutes = {0.05, 1.2, 500},
    .config_size = sizeof(CifarCell),
    .tables = tables,
    .claims = clr_sigmoid_claims,
    .datasets = (const char *const[]){"cifar10", NULL},
    .verify = dataset_verify,
    .plan = plan,
    .cell = cifar_cell_run,
};

int main(int argc, char **argv) {
    return experiment_main(&experiment, argc, argv);
}
