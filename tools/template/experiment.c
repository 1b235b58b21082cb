/* SPDX-License-Identifier: MIT
 *
 * @NAME@ - say here in one paragraph what is trained, what is varied and what is held.
 *
 * As laid out: softmax regression on 2,000 images of MNIST at four constant rates.
 */
#include "core/data/dataset.h"
#include "core/study/curve.h"

#include <string.h>

typedef struct Config {
    double rate;
    uint32_t seed, iterations;
} Config;

static const double rates[] = {0.01, 0.1, 1, 10};
enum { RATES = sizeof rates / sizeof *rates, MAX_SEEDS = 100 };

static void plan(Plan *plan) {
    static const uint32_t iterations[] = {[SCALE_SMOKE] = 20, [SCALE_DESK] = 200,
                                          [SCALE_PAPER] = 2000};
    for (int r = 0; r < RATES; r++)
        for (uint32_t seed = 1; seed <= plan_seeds(plan, 5); seed++)
            plan_add(plan, &(Config){rates[r], seed, iterations[plan_scale(plan)]},
                     "rate=%g,seed=%u", rates[r], seed);
}

static void write_row(Table *table, const Cell *cell, const CurvePoint *p) {
    const Config *c = cell->config;
    table_row(table, v_double(c->rate), v_count(c->seed), v_count((int64_t)p->iteration),
              v_double(p->training_loss), v_double(p->score.accuracy));
}

static const LayerSpec layers[] = {{.kind = LAYER_DENSE, .units = 10}, {.kind = LAYER_END}};

static bool cell(Cell *cell, Error *err) {
    const Config *c = cell->config;
    const Dataset *train = dataset_open("mnist", DATASET_TRAIN, err);
    const Dataset *test = train ? dataset_open("mnist", DATASET_TEST, err) : NULL;
    Net *net = test ? net_create(&(NetSpec){.height = 28, .width = 28, .channels = 1,
                                            .layers = layers, .loss = LOSS_CROSS_ENTROPY,
                                            .max_batch = 100}, cell->arena, err)
                    : NULL;
    if (!net)
        return false;
    net_initialise(net, c->seed);
    Dataset some = dataset_view(train, 0, NULL, 2000, cell->arena);
    Schedule schedule = {.policy = SCHEDULE_CONSTANT, .base = c->rate};
    Trainer trainer;
    trainer_init(&trainer,
                 &(TrainSpec){.net = net, .schedule = &schedule,
                              .batches = {.set = &some, .size = 100, .seed = c->seed},
                              .optimizer = {.method = OPTIMIZER_SGD}},
                 cell->arena);
    return curve_run(&(Curve){.cell = cell, .trainer = &trainer, .table = "curve",
                              .iterations = c->iterations, .interval = c->iterations / 20,
                              .score = test, .row = write_row}, err);
}

static const Column columns[] = {
    {"rate", TIER_KEY}, {"seed", TIER_KEY}, {"iteration", TIER_KEY},
    {"training_loss", TIER_DISTRIBUTION}, {"test_accuracy", TIER_DISTRIBUTION}, {0}};
static const TableSpec tables[] = {{"curve", columns}, {0}};

/* A claim judges from the tables alone. */
static Finding judge_start(const Results *results) {
    double values[MAX_SEEDS];
    size_t n = table_select(results_table(results, "curve"), "test_accuracy",
                            (Where[]){{"rate", "0.1"}, {"iteration", "200"}, {0}}, values,
                            MAX_SEEDS);
    if (n < 3)
        return finding_inconclusive("needs three seeds at desk scale");
    return finding_between(stats_bootstrap_median(values, n), 0.8, 1,
                           "test accuracy at rate 0.1 after 200 updates, median of %zu seeds", n);
}

static const Claim claims[] = {
    {"learns", "this template", "200 updates at rate 0.1 are right for at least 80% of the digits.",
     "> 0.8", judge_start},
    {0}};

static const Experiment experiment = {
    .name = "@NAME@",
    .title = "A title of one line",
    .question = "Which question does it answer?",
    .sources = "the article or paper it follows",
    .version = 1,
    .minutes = {0.01, 0.05, 0.5},
    .config_size = sizeof(Config),
    .tables = tables,
    .claims = claims,
    .datasets = (const char *const[]){"mnist", NULL},
    .verify = dataset_verify,
    .plan = plan,
    .cell = cell,
};

int main(int argc, char **argv) {
    return experiment_main(&experiment, argc, argv);
}
