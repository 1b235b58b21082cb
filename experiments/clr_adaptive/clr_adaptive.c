/* SPDX-License-Identifier: MIT
 *
 * clr_adaptive - Smith's Table 3: do cyclical rates help Nesterov and the adaptive methods, and
 * what does an update of each cost?
 *
 * Caffe's cifar10_full and solvers (optimizer.h).  The bounds are the paper's; `fixed` starts from
 * the lower one and has Caffe's two drops, as in Table 1.  Not stated there and assumed: the step
 * size (2,000), momentum 0.9 for Nesterov and as Adam's beta1, 0.95 as AdaDelta's rho with delta
 * 1e-6 (Caffe's MNIST example), 0.99 as RMSprop's decay (Caffe's default).  A triangular rate knows
 * nothing of a run's length, so that the 25,000 of Adam and RMSprop are a reading of their 70,000.
 * At desk scale all lengths are divided by 125, on cifar10_quick with images of 16 x 16 and batches
 * of 50.
 */
#include "core/data/dataset.h"
#include "core/study/cifar_cell.h"
#include "experiments/clr_adaptive/claims.h"
#include "experiments/clr_adaptive/cost.h"

typedef struct Config {
    CifarCell training;
    size_t cost_rounds; /* > 0: the cell that times updates */
} Config;

/* ---- the rows of Table 3, at the paper's scale ---- */
#define CONSTANT(rate) {.policy = SCHEDULE_CONSTANT, .base = (rate)}
#define FIXED(name, base)                                                                          \
    static const Schedule name##_fixed[] = {CONSTANT(base), CONSTANT((base) / 10),                 \
                                            CONSTANT((base) / 100)}
#define TRIANGULAR(name, low, high)                                                                \
    static const Schedule name##_triangular[] = {                                                  \
        {.policy = SCHEDULE_TRIANGULAR, .base = (low), .max = (high), .step = 2000}}

FIXED(nesterov, 0.001);
TRIANGULAR(nesterov, 0.001, 0.006);
FIXED(adam, 0.0005);
TRIANGULAR(adam, 0.0005, 0.002);
FIXED(rmsprop, 0.0001);
TRIANGULAR(rmsprop, 0.0001, 0.0003);
FIXED(adagrad, 0.003);
TRIANGULAR(adagrad, 0.003, 0.035);
FIXED(adadelta, 0.01);
TRIANGULAR(adadelta, 0.01, 0.1);

#define DECAY .weight_decay = 0.004, .decay_biases = true
static const OptimizerSpec nesterov = {.method = OPTIMIZER_NESTEROV, .momentum = 0.9,
                                       .rate_inside = true, DECAY};
static const OptimizerSpec adam = {.method = OPTIMIZER_ADAM, .momentum = 0.9, .beta2 = 0.999,
                                   .epsilon = 1e-8, DECAY};
static const OptimizerSpec rmsprop = {.method = OPTIMIZER_RMSPROP, .beta2 = 0.99, .epsilon = 1e-8,
                                      DECAY};
static const OptimizerSpec adagrad = {.method = OPTIMIZER_ADAGRAD, .epsilon = 1e-8, DECAY};
static const OptimizerSpec adadelta = {.method = OPTIMIZER_ADADELTA, .momentum = 0.95,
                                       .epsilon = 1e-6, DECAY};

typedef struct Row {
    const OptimizerSpec *optimizer;
    PolicyRow policy;
} Row;

#define FIXED_ROW(name) {&name, {"fixed", 70000, name##_fixed, {60000, 65000}, 2}}
#define TRIANGULAR_ROW(name, iterations)                                                           \
    {&name, {"triangular", (iterations), name##_triangular, {0}, 0}}
static const Row rows[] = {
    FIXED_ROW(nesterov), TRIANGULAR_ROW(nesterov, 25000), FIXED_ROW(adam),
    TRIANGULAR_ROW(adam, 70000), FIXED_ROW(rmsprop), TRIANGULAR_ROW(rmsprop, 70000),
    FIXED_ROW(adagrad), TRIANGULAR_ROW(adagrad, 25000), FIXED_ROW(adadelta),
    TRIANGULAR_ROW(adadelta, 25000)};
enum { ROWS = sizeof rows / sizeof *rows };

static void plan(Plan *plan) {
    static const Config scales[] = {
        [SCALE_SMOKE] = {{.run = {.net = CAFFE_QUICK, .test_images = 50, .batch = 5},
                          .divisor = 1000, .interval = 25}, .cost_rounds = 5},
        [SCALE_DESK] = {{.run = {.net = CAFFE_QUICK, .halved = true, .test_images = 500,
                                 .batch = 50},
                         .divisor = 125, .interval = 50}, .cost_rounds = 50},
        [SCALE_PAPER] = {{.run = {.net = CAFFE_FULL}, .divisor = 1, .interval = 500},
                         .cost_rounds = 200}};
    Config c = scales[plan_scale(plan)];
    CifarCell *t = &c.training;
    uint32_t seeds = cifar_cell_seeds(plan);
    t->run.loss_bound = 1e6;
    plan_add(plan, &c, "cost=update");
    c.cost_rounds = 0;
    for (t->run.seed = 1; t->run.seed <= seeds; t->run.seed++)
        for (size_t row = 0; row < ROWS; row++) {
            t->run.optimizer = *rows[row].optimizer;
            t->kind = optimizer_name(t->run.optimizer.method);
            t->policy = &rows[row].policy;
            plan_add(plan, &c, "method=%s,policy=%s,seed=%u", t->kind, t->policy->policy,
                     t->run.seed);
        }
}

static bool cell(Cell *cell, Error *err) {
    const Config *c = cell->config;
    return c->cost_rounds ? cost_measure(cell, c->cost_rounds, err) : cifar_cell_run(cell, err);
}

static const Column curve_columns[] = {
    {"method", TIER_KEY}, {"policy", TIER_KEY}, CIFAR_CURVE_COLUMNS};
static const Column run_columns[] = {
    {"method", TIER_KEY}, {"policy", TIER_KEY}, CIFAR_RUN_COLUMNS};
static const TableSpec tables[] = {
    {"curve", curve_columns}, {"runs", run_columns}, {"costs", cost_columns}, {0}};

static const Experiment experiment = {
    .name = "clr_adaptive",
    .title = "Cyclical rates with Nesterov and the adaptive methods: Smith's Table 3, Figure 5",
    .question = "Do cyclical rates shorten the training of adaptive methods, and at what cost?",
    .sources = "004 (Qiita, learning rates after fast.ai); Smith, Cyclical Learning Rates for "
               "Training Neural Networks, arXiv 1506.01186v6",
    .version = 1,
    .replanned = {[SCALE_DESK] = 1},
    .minutes = {0.05, 2, 1100},
    .config_size = sizeof(Config),
    .tables = tables,
    .claims = clr_adaptive_claims,
    .datasets = (const char *const[]){"cifar10", NULL},
    .verify = dataset_verify,
    .plan = plan,
    .cell = cell,
};

int main(int argc, char **argv) {
    return experiment_main(&experiment, argc, argv);
}
