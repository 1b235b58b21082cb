/* SPDX-License-Identifier: MIT
 *
 * clr - Smith's Table 1 on CIFAR-10: do cyclical rates reach the fixed policy's accuracy in fewer
 * iterations, and more at equal iterations?
 *
 * Caffe's cifar10_full with its own solver (core/study/cifar.h), every policy with the settings of
 * the paper's text, plus the controls the paper leaves out: plain triangular, the decay policy with
 * the same two drops as its rivals, and both readings of exp_range.  At desk scale everything is
 * divided by 50 in iterations and trained on cifar10_quick.
 */
#include "core/data/dataset.h"
#include "core/study/cifar.h"
#include "core/study/curve.h"
#include "experiments/clr/claims.h"

#include <string.h>

typedef struct Config {
    size_t row;
    uint32_t seed, divisor; /* of all iteration counts */
    CaffeNet net;
    size_t test_images;
} Config;

/* ---- the rows of Table 1 and the controls, at the paper's scale ---- */
typedef struct Row {
    const char *policy;
    uint64_t iterations;
    const Schedule *stages; /* joined at the milestones */
    uint64_t milestones[2];
    size_t joins;
} Row;

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
static const Row rows[] = {
    {"triangular2", 25000, triangular2, {16000, 22000}, 2},
    {"fixed", 70000, fixed, {60000, 65000}, 2},
    {"decay", 25000, decay, {0}, 0},
    {"exp_range", 70000, exp_range, {0}, 0},
    {"exp", 70000, exponential, {0}, 0},
    {"decay_drops", 25000, decay, {16000, 22000}, 2},
    {"triangular", 24000, triangular, {0}, 0},
    {"exp_range_amplitude", 44000, exp_range_amplitude, {0}, 0},
};
enum { ROWS = sizeof rows / sizeof *rows };

/* A stage with all its lengths divided, so that it goes through the same rates. */
static Schedule compressed(Schedule s, uint32_t divisor) {
    if (s.policy == SCHEDULE_EXPONENTIAL || s.policy == SCHEDULE_EXP_RANGE ||
        s.policy == SCHEDULE_EXP_RANGE_BOTH) {
        double gamma = 1;
        for (uint32_t i = 0; i < divisor; i++)
            gamma *= s.gamma;
        s.gamma = gamma;
    }
    if (s.policy != SCHEDULE_EXPONENTIAL && s.step)
        s.step /= divisor;
    return s;
}

static Schedule schedule_of(const Config *c, Arena *arena) {
    const Row *row = &rows[c->row];
    Schedule *stages = arena_new(arena, Schedule, 3);
    uint64_t *milestones = arena_new(arena, uint64_t, 2);
    for (size_t i = 0; i <= row->joins; i++)
        stages[i] = compressed(row->stages[i], c->divisor);
    for (size_t i = 0; i < row->joins; i++)
        milestones[i] = row->milestones[i] / c->divisor;
    if (row->joins == 0)
        return stages[0];
    return (Schedule){.policy = SCHEDULE_JOINED, .stages = stages, .milestones = milestones,
                      .count = row->joins};
}

static void plan(Plan *plan) {
    static const uint32_t divisors[] = {[SCALE_SMOKE] = 500, [SCALE_DESK] = 50, [SCALE_PAPER] = 1};
    static const uint32_t seeds[] = {[SCALE_SMOKE] = 1, [SCALE_DESK] = 2, [SCALE_PAPER] = 3};
    static const size_t test_images[] = {
        [SCALE_SMOKE] = 500, [SCALE_DESK] = 1000, [SCALE_PAPER] = 0};
    Scale scale = plan_scale(plan);
    for (uint32_t seed = 1; seed <= plan_seeds(plan, seeds[scale]); seed++)
        for (size_t row = 0; row < ROWS; row++)
            plan_add(plan,
                     &(Config){.row = row, .seed = seed, .divisor = divisors[scale],
                               .net = scale == SCALE_PAPER ? CAFFE_FULL : CAFFE_QUICK,
                               .test_images = test_images[scale]},
                     "policy=%s,seed=%u", rows[row].policy, seed);
}

static void write_row(Table *table, const Cell *cell, const CurvePoint *p) {
    const Config *c = cell->config;
    table_row(table, v_text(rows[c->row].policy), v_count(c->seed), v_count((int64_t)p->iteration),
              v_double(p->rate), v_double(p->training_loss), v_double(p->score.loss),
              v_double(p->score.accuracy));
}

static bool cell(Cell *cell, Error *err) {
    const Config *c = cell->config;
    Schedule schedule = schedule_of(c, cell->arena);
    Trainer trainer;
    const Dataset *test;
    if (!cifar_trainer(&(CifarRun){.net = c->net, .seed = c->seed, .schedule = &schedule,
                                   .test_images = c->test_images}, cell, &trainer, &test, err))
        return false;
    uint64_t iterations = rows[c->row].iterations / c->divisor;
    uint64_t interval = c->divisor == 1 ? 500 : c->divisor == 50 ? 20 : 10;
    if (!curve_run(&(Curve){.cell = cell, .trainer = &trainer, .table = "curve",
                            .iterations = iterations, .interval = interval, .score = test,
                            .row = write_row}, err))
        return false;
    Score last = trainer_score(&trainer, test);
    table_row(cell_table(cell, "runs"), v_text(rows[c->row].policy), v_count(c->seed),
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
static const TableSpec tables[] = {{"curve", curve_columns}, {"runs", run_columns}, {0}};

static const Experiment experiment = {
    .name = "clr",
    .title = "Cyclical learning rates on CIFAR-10: Smith's Table 1, Figures 1 and 4",
    .question = "Do cyclical rates reach a fixed rate's accuracy in fewer iterations?",
    .sources = "004 (Qiita, learning rates after fast.ai); Smith, Cyclical Learning Rates for "
               "Training Neural Networks, arXiv 1506.01186v6",
    .version = 1,
    .minutes = {0.3, 8, 700},
    .config_size = sizeof(Config),
    .tables = tables,
    .claims = clr_claims,
    .datasets = (const char *const[]){"cifar10", NULL},
    .verify = dataset_verify,
    .plan = plan,
    .cell = cell,
};

int main(int argc, char **argv) {
    return experiment_main(&experiment, argc, argv);
}
