/* SPDX-License-Identifier: MIT
 *
 * lr_range_test - does one short run with a rising rate tell which learning rates to use?
 *
 * Smith's form on Caffe's CIFAR-10 network: the rate grows along a line from 0 to 0.02 in 8 epochs,
 * the test accuracy is taken 21 times (the paper's Figure 3).  The form of source 004 and fastai:
 * from 1e-7 to 10 by equal factors in 100 iterations, the loss smoothed, stopped at four times its
 * best; on CIFAR-10 and on a 784-128-10 network on MNIST.  Every tool's rule is applied to every
 * curve, and on MNIST a training at each suggested rate follows.
 */
#include "core/data/dataset.h"
#include "experiments/lr_range_test/lr_range_test.h"

const char *const form_names[FORMS] = {"smith", "exponential"};
const char *const problem_names[PROBLEMS] = {"cifar10", "mnist_mlp"};

static const Config smith[] = {
    [SCALE_SMOKE] = {.form = SMITH, .net = CAFFE_QUICK, .iterations = 20, .batch = 5,
                     .test_images = 10},
    [SCALE_DESK] = {.form = SMITH, .net = CAFFE_QUICK, .halved = true, .iterations = 300,
                    .batch = 100, .test_images = 500},
    [SCALE_PAPER] = {.form = SMITH, .net = CAFFE_FULL, .iterations = 4000, .batch = 100}};

static const Config exponential[] = {
    [SCALE_SMOKE] = {.form = EXPONENTIAL, .net = CAFFE_QUICK, .iterations = 100, .batch = 4,
                     .training = 50},
    [SCALE_DESK] = {.form = EXPONENTIAL, .net = CAFFE_QUICK, .halved = true, .iterations = 100,
                    .batch = 100, .training = 300},
    [SCALE_PAPER] = {.form = EXPONENTIAL, .net = CAFFE_FULL, .iterations = 100, .batch = 100,
                     .training = 3000}};

static void add(Plan *plan, Config c, Problem problem, uint32_t seeds) {
    c.problem = problem;
    for (c.seed = 1; c.seed <= seeds; c.seed++)
        plan_add(plan, &c, "form=%s,problem=%s,seed=%u", form_names[c.form], problem_names[problem],
                 c.seed);
}

static void plan(Plan *plan) {
    Scale scale = plan_scale(plan);
    uint32_t seeds = plan_seeds(plan, scale == SCALE_SMOKE ? 2 : 5);
    add(plan, smith[scale], CIFAR10, seeds);
    add(plan, exponential[scale], CIFAR10, seeds);
    add(plan, exponential[scale], MNIST_MLP, scale == SCALE_SMOKE ? seeds : 4 * seeds);
}

static bool cell(Cell *cell, Error *err) {
    const Config *c = cell->config;
    return c->form == SMITH ? smith_cell(cell, err) : exponential_cell(cell, err);
}

/* ---- tables ---- */
static const Column smith_columns[] = {
    {"seed", TIER_KEY}, {"point", TIER_KEY}, {"rate", TIER_EXACT},
    {"training_loss", TIER_DISTRIBUTION}, {"test_loss", TIER_DISTRIBUTION},
    {"test_accuracy", TIER_DISTRIBUTION}, {0}};
static const Column ramp_columns[] = {
    {"problem", TIER_KEY}, {"seed", TIER_KEY}, {"iteration", TIER_KEY}, {"rate", TIER_EXACT},
    {"loss", TIER_DISTRIBUTION}, {"smoothed", TIER_DISTRIBUTION}, {0}};
static const Column stop_columns[] = {
    {"form", TIER_KEY}, {"problem", TIER_KEY}, {"seed", TIER_KEY}, {"stop", TIER_DISTRIBUTION},
    {"iterations", TIER_DISTRIBUTION}, {"rate", TIER_DISTRIBUTION}, {0}};
static const Column suggestion_columns[] = {
    {"form", TIER_KEY}, {"problem", TIER_KEY}, {"rule", TIER_KEY}, {"seed", TIER_KEY},
    {"rate", TIER_DISTRIBUTION}, {0}};
static const Column training_columns[] = {
    {"rule", TIER_KEY}, {"seed", TIER_KEY}, {"rate", TIER_DISTRIBUTION},
    {"status", TIER_DISTRIBUTION}, {"training_loss", TIER_DISTRIBUTION},
    {"test_loss", TIER_DISTRIBUTION}, {"test_accuracy", TIER_DISTRIBUTION}, {0}};
static const TableSpec tables[] = {{"smith", smith_columns}, {"ramp", ramp_columns},
                                   {"stops", stop_columns}, {"suggestions", suggestion_columns},
                                   {"trainings", training_columns}, {0}};

static const Experiment experiment = {
    .name = "lr_range_test",
    .title = "The learning-rate range test in Smith's and fastai's forms, with every rule's rate",
    .question = "Does one short run with a rising rate tell which learning rates to use?",
    .sources = "004 (Qiita, learning rates after fast.ai); Smith, Cyclical Learning Rates for "
               "Training Neural Networks, arXiv 1506.01186v6",
    .version = 1,
    .replanned = {[SCALE_DESK] = 1},
    .minutes = {0.05, 1.1, 41},
    .config_size = sizeof(Config),
    .tables = tables,
    .claims = lr_range_test_claims,
    .datasets = (const char *const[]){"cifar10", "mnist", NULL},
    .verify = dataset_verify,
    .plan = plan,
    .cell = cell,
};

int main(int argc, char **argv) {
    return experiment_main(&experiment, argc, argv);
}
