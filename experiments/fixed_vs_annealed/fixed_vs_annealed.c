/* SPDX-License-Identifier: MIT
 *
 * fixed_vs_annealed - does a rate that falls during training beat the best constant rate?
 *
 * A 784-128-10 network (ReLU, He's initial weights, momentum 0.9, batch 100) on 50,000 images of
 * MNIST; the last 10,000 training images are the validation set that chooses each policy's rate; the
 * test set is read at the chosen rates alone.  Every policy has the same budget and the same grid of
 * initial rates; runs with one seed share initial weights and batches, so they are compared in pairs.
 */
#include "core/data/dataset.h"
#include "core/lab/experiment.h"
#include "core/study/watch.h"

#include <stdio.h>
#include <string.h>

enum { BATCH = 100, TRAINING = 50000, VALIDATION = 10000, LOOKED_AT = 2000, POINTS = 25,
       MAX_SEEDS = 200 };

typedef enum Policy {
    CONSTANT,
    STEP,
    EXPONENTIAL_10, /* ends at a tenth of the initial rate */
    EXPONENTIAL_100,
    INVERSE_10,
    INVERSE_100,
    COSINE,
    RESTARTS,
    POLICIES
} Policy;

static const char *const policy_names[POLICIES] = {
    "constant",       "step",             "exponential_10", "exponential_100",
    "inverse_time_10", "inverse_time_100", "cosine",         "warm_restarts"};

/* Initial rates; the annealed policies start at the upper four. */
static const double rates[] = {0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1};
enum { RATES = sizeof rates / sizeof *rates, ANNEALED_FROM = 3 };

typedef struct Config {
    Policy policy;
    double rate;
    uint32_t seed, iterations;
} Config;

static uint32_t budget(Scale scale) {
    static const uint32_t iterations[] = {[SCALE_SMOKE] = 100, [SCALE_DESK] = 2500,
                                          [SCALE_PAPER] = 25000};
    return iterations[scale];
}

static void plan(Plan *plan) {
    Scale scale = plan_scale(plan);
    uint32_t seeds = plan_seeds(plan, scale == SCALE_SMOKE ? 2 : scale == SCALE_DESK ? 5 : 10);
    for (int p = 0; p < POLICIES; p++)
        for (int r = p == CONSTANT ? 0 : ANNEALED_FROM; r < RATES; r++)
            for (uint32_t seed = 1; seed <= seeds; seed++)
                plan_add(plan, &(Config){(Policy)p, rates[r], seed, budget(scale)},
                         "policy=%s,rate=%g,seed=%u", policy_names[p], rates[r], seed);
}

/* Step: a tenth at a half and again at three quarters of the budget.  Exponential and 1/t decay: as
 * named, the source leaves their k open.  Cosine, and warm restarts with three periods of 1/7, 2/7
 * and 4/7 of the budget: down to zero. */
static Schedule schedule_of(const Config *c, const uint64_t milestones[2]) {
    Schedule s = {.base = c->rate, .total = c->iterations};
    switch (c->policy) {
    case STEP:
        s.policy = SCHEDULE_MULTI_STEP, s.gamma = 0.1, s.milestones = milestones, s.count = 2;
        break;
    case EXPONENTIAL_10:
    case EXPONENTIAL_100:
        s.policy = SCHEDULE_EXPONENTIAL, s.step = c->iterations;
        s.gamma = c->policy == EXPONENTIAL_10 ? 0.1 : 0.01;
        break;
    case INVERSE_10:
    case INVERSE_100:
        s.policy = SCHEDULE_INVERSE_TIME, s.step = c->iterations;
        s.gamma = c->policy == INVERSE_10 ? 9 : 99;
        break;
    case COSINE:
        s.policy = SCHEDULE_COSINE;
        break;
    case RESTARTS:
        s.policy = SCHEDULE_WARM_RESTARTS, s.step = (c->iterations + 6) / 7, s.multiply = 2;
        break;
    default:
        s.policy = SCHEDULE_CONSTANT;
    }
    return s;
}

static const LayerSpec layers[] = {
    {.kind = LAYER_DENSE, .units = 128, .init = {.kind = INIT_HE}},
    {.kind = LAYER_RELU},
    {.kind = LAYER_DENSE, .units = 10, .init = {.kind = INIT_XAVIER}},
    {.kind = LAYER_END}};

/* Trains, noting the mean training loss and the score on some validation images POINTS times. */
static bool train(Trainer *trainer, Cell *cell, const Dataset *some, Error *err) {
    const Config *c = cell->config;
    Table *curves = cell_table(cell, "curves");
    uint32_t interval = c->iterations / POINTS;
    double sum = 0;
    Watch *watch;
    if (!watch_create(&watch, cell, trainer, err))
        return false;
    while (trainer->iteration < c->iterations) {
        bool point = trainer->iteration == 0 || (trainer->iteration + 1) % interval == 0;
        if (!watch_step(watch, trainer, point, some))
            break;
        sum += trainer->loss;
        if (trainer->iteration % interval)
            continue;
        Score score = trainer_score(trainer, some);
        table_row(curves, v_text(policy_names[c->policy]), v_double(c->rate), v_count(c->seed),
                  v_count((int64_t)trainer->iteration), v_double(trainer->rate),
                  v_double(sum / interval), v_double(score.loss), v_double(score.accuracy));
        sum = 0;
    }
    return true;
}

static bool cell(Cell *cell, Error *err) {
    const Config *c = cell->config;
    const Dataset *mnist = dataset_open("mnist", DATASET_TRAIN, err);
    const Dataset *test = mnist ? dataset_open("mnist", DATASET_TEST, err) : NULL;
    if (!test)
        return false;
    Dataset training = dataset_view(mnist, 0, NULL, TRAINING, cell->arena);
    Dataset validation = dataset_view(mnist, TRAINING, NULL, VALIDATION, cell->arena);
    Net *net = net_create(&(NetSpec){.height = 28, .width = 28, .channels = 1, .layers = layers,
                                     .loss = LOSS_CROSS_ENTROPY, .max_batch = BATCH},
                          cell->arena, err);
    if (!net)
        return false;
    net_initialise(net, c->seed);
    Schedule schedule = schedule_of(c, (uint64_t[]){c->iterations / 2, c->iterations / 4 * 3});
    if (!schedule_check(&schedule, err))
        return false;
    Trainer trainer;
    trainer_init(&trainer,
                 &(TrainSpec){.net = net, .schedule = &schedule,
                              .batches = {.set = &training, .size = BATCH, .seed = c->seed},
                              .optimizer = {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9},
                              .loss_bound = 1e3},
                 cell->arena);
    Dataset some = dataset_view(&validation, 0, NULL, LOOKED_AT, cell->arena);
    if (!train(&trainer, cell, &some, err))
        return false;
    Score valid = trainer_score(&trainer, &validation), last = trainer_score(&trainer, test);
    table_row(cell_table(cell, "runs"), v_text(policy_names[c->policy]), v_double(c->rate),
              v_count(c->seed), v_text(trainer_status(&trainer)),
              v_count((int64_t)trainer.iteration), v_double(valid.loss), v_double(valid.accuracy),
              v_double(last.loss), v_double(last.accuracy));
    return true;
}

/* ---- tables ---- */
static const Column run_columns[] = {
    {"policy", TIER_KEY}, {"rate", TIER_KEY}, {"seed", TIER_KEY}, {"status", TIER_EXACT},
    {"iterations", TIER_EXACT}, {"validation_loss", TIER_DISTRIBUTION},
    {"validation_accuracy", TIER_DISTRIBUTION}, {"test_loss", TIER_DISTRIBUTION},
    {"test_accuracy", TIER_DISTRIBUTION}, {0}};
static const Column curve_columns[] = {
    {"policy", TIER_KEY}, {"rate", TIER_KEY}, {"seed", TIER_KEY}, {"iteration", TIER_KEY},
    {"learning_rate", TIER_EXACT}, {"training_loss", TIER_DISTRIBUTION},
    {"validation_loss", TIER_DISTRIBUTION}, {"validation_accuracy", TIER_DISTRIBUTION}, {0}};
static const TableSpec tables[] = {{"runs", run_columns}, {"curves", curve_columns}, {0}};

/* ---- claims ---- */

/* A column of one policy at one rate, in the order of the seeds. */
static size_t select_runs(const Table *t, const char *policy, double rate, const char *column,
                          double *out) {
    char text[32];
    snprintf(text, sizeof text, "%.17g", rate);
    return table_select(t, column, (Where[]){{"policy", policy}, {"rate", text}, {0}}, out,
                        MAX_SEEDS);
}

/* The rate of the grid with the highest median validation accuracy; 0 if nothing was run. */
static double best_rate(const Table *t, const char *policy) {
    double best = 0, highest = -1, values[MAX_SEEDS];
    for (int r = 0; r < RATES; r++) {
        size_t n = select_runs(t, policy, rates[r], "validation_accuracy", values);
        double median = n ? stats_median(values, n) : -1;
        if (median > highest)
            highest = median, best = rates[r];
    }
    return best;
}

static Finding judge_policy(const Results *results, Policy policy) {
    const Table *t = results_table(results, "runs");
    double a[MAX_SEEDS], b[MAX_SEEDS];
    double mine = best_rate(t, policy_names[policy]), constant = best_rate(t, "constant");
    size_t n = select_runs(t, policy_names[policy], mine, "test_accuracy", a);
    size_t m = select_runs(t, "constant", constant, "test_accuracy", b);
    if (n != m || n < 5 || strcmp(results_scale(results), "smoke") == 0)
        return finding_inconclusive("needs at least 5 seeds at desk scale");
    for (size_t i = 0; i < n; i++)
        a[i] *= 100, b[i] *= 100;
    Interval d = stats_paired_difference(a, b, n);
    Verdict verdict = d.low > 0 ? REPRODUCED : d.high < 0 ? NOT_REPRODUCED : INCONCLUSIVE;
    return finding_of(verdict, d, "points of test accuracy over the best constant rate, median of "
                      "pairs; chosen on validation: %s from %g against constant %g",
                      policy_names[policy], mine, constant);
}

/* Of a policy that ends at a tenth and its neighbour that ends at a hundredth, the one that is better
 * on validation: k is a hyper-parameter like the rate. */
static Finding judge_better(const Results *results, Policy tenth) {
    const Table *t = results_table(results, "runs");
    double best[2] = {-1, -1}, values[MAX_SEEDS];
    for (int i = 0; i < 2; i++) {
        const char *name = policy_names[tenth + i];
        size_t n = select_runs(t, name, best_rate(t, name), "validation_accuracy", values);
        if (n)
            best[i] = stats_median(values, n);
    }
    return judge_policy(results, best[1] > best[0] ? tenth + 1 : tenth);
}

static Finding judge_step(const Results *r) { return judge_policy(r, STEP); }
static Finding judge_exponential(const Results *r) { return judge_better(r, EXPONENTIAL_10); }
static Finding judge_inverse(const Results *r) { return judge_better(r, INVERSE_10); }
static Finding judge_cosine(const Results *r) { return judge_policy(r, COSINE); }
static Finding judge_restarts(const Results *r) { return judge_policy(r, RESTARTS); }

/* Training loss of a constant rate at one iteration, in the order of the seeds. */
static size_t constant_loss(const Table *t, double rate, uint32_t iteration, double *out) {
    char at[32], text[32];
    snprintf(at, sizeof at, "%u", iteration);
    snprintf(text, sizeof text, "%.17g", rate);
    return table_select(t, "training_loss",
                        (Where[]){{"policy", "constant"}, {"rate", text}, {"iteration", at}, {0}},
                        out, MAX_SEEDS);
}

/* How much higher the loss of one constant rate is than that of another, paired by seed; n = 0 when
 * either was not run. */
static Interval loss_above(const Results *results, double rate, double than, uint32_t iteration) {
    const Table *t = results_table(results, "curves");
    double a[MAX_SEEDS], b[MAX_SEEDS];
    size_t n = constant_loss(t, rate, iteration, a), m = constant_loss(t, than, iteration, b);
    return n == m && n > 1 ? stats_paired_difference(a, b, n) : (Interval){.n = 0};
}

static uint32_t iterations_of(const Results *results) {
    const char *scale = results_scale(results);
    return budget(strcmp(scale, "paper") == 0  ? SCALE_PAPER
                  : strcmp(scale, "desk") == 0 ? SCALE_DESK : SCALE_SMOKE);
}

/* The good constant rate, or 0 where this run cannot tell. */
static double good_rate(const Results *results) {
    bool smoke = strcmp(results_scale(results), "smoke") == 0;
    return smoke ? 0 : best_rate(results_table(results, "runs"), "constant");
}

/* CS231n's picture: a high rate starts ahead of the good one and ends behind it. */
static Finding judge_high_rate(const Results *results) {
    uint32_t last = iterations_of(results), first = last / POINTS;
    double good = good_rate(results);
    Interval late = {.n = 0};
    for (int r = 0; good > 0 && r < RATES; r++) {
        if (rates[r] <= good)
            continue;
        Interval early = loss_above(results, rates[r], good, first);
        late = loss_above(results, rates[r], good, last);
        if (early.n && late.n && early.high < 0 && late.low > 0)
            return finding_of(REPRODUCED, late, "training loss at the end above that of the good "
                              "rate %g; the high rate is %g, and %.3g below it at the first point",
                              good, rates[r], -early.value);
    }
    if (late.n == 0)
        return finding_inconclusive("needs desk scale, all constant rates and a good rate below "
                                    "the highest");
    return finding_of(NOT_REPRODUCED, late, "no rate above the good one, %g, is ahead of it at "
                      "iteration %u and behind at the end; the figure is the highest rate's "
                      "loss above its at the end", good, first);
}

/* A low rate falls slowly and ends above the good one. */
static Finding judge_low_rate(const Results *results) {
    double good = good_rate(results);
    Interval d = loss_above(results, rates[0], good, iterations_of(results));
    if (good <= rates[0] || d.n == 0)
        return finding_inconclusive("needs desk scale and a good rate above the lowest");
    Verdict verdict = d.low > 0 ? REPRODUCED : d.high < 0 ? NOT_REPRODUCED : INCONCLUSIVE;
    return finding_of(verdict, d, "training loss at the end of rate %g above that of the good rate "
                      "%g", rates[0], good);
}

#define CS231N "002 (CS231n)"
static const Claim claims[] = {
    {"low-rate", CS231N, "A rate that is too low improves slowly and is behind at the end.",
     "> 0", judge_low_rate},
    {"high-rate", CS231N,
     "A rate that is too high falls faster at first and gets stuck at a worse loss.",
     "ahead first, behind last", judge_high_rate},
    {"step", CS231N, "Step decay beats the best constant rate at equal budget.", "> 0 points",
     judge_step},
    {"exponential", CS231N, "Exponential decay beats the best constant rate at equal budget.",
     "> 0 points", judge_exponential},
    {"inverse-time", CS231N, "1/t decay beats the best constant rate at equal budget.",
     "> 0 points", judge_inverse},
    {"cosine", "000, 004 (SGDR)",
     "Cosine annealing beats the best constant rate at equal budget.", "> 0 points", judge_cosine},
    {"warm-restarts", "004 (SGDR)", "Warm restarts beat the best constant rate at equal budget.",
     "> 0 points", judge_restarts},
    {0}};

static const Experiment experiment = {
    .name = "fixed_vs_annealed",
    .title = "Constant against annealed learning rates, MLP on MNIST",
    .question = "Does a rate that falls during training beat the best constant rate?",
    .sources = "002 (CS231n, learning and evaluation); 000 (a rate that changes during training)",
    .version = 2,
    .minutes = {0.1, 3.4, 60},
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
