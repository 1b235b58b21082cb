/* SPDX-License-Identifier: MIT
 *
 * The trainings: each rule at each rate of its grid, constant and falling, on MNIST and CIFAR-10.
 */
#include "core/base/exact.h"
#include "core/base/vec.h"
#include "core/data/dataset.h"
#include "core/study/watch.h"
#include "experiments/update_rules/update_rules.h"

#include <math.h>
#include <string.h>

/* The rate is inside the velocity, as CS231n writes it. */
const char *const rule_names[ALL_RULES] = {"sgd",     "momentum", "nesterov",         "adagrad",
                                           "rmsprop", "adam",     "adam_uncorrected", "adadelta"};
const OptimizerSpec rule_specs[ALL_RULES] = {
    [SGD] = {.method = OPTIMIZER_SGD},
    [MOMENTUM] = {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9, .rate_inside = true},
    [NESTEROV] = {.method = OPTIMIZER_NESTEROV, .momentum = 0.9, .rate_inside = true},
    [ADAGRAD] = {.method = OPTIMIZER_ADAGRAD, .epsilon = 1e-8},
    [RMSPROP] = {.method = OPTIMIZER_RMSPROP, .beta2 = 0.9, .epsilon = 1e-8},
    [ADAM] = {.method = OPTIMIZER_ADAM, .momentum = 0.9, .beta2 = 0.999, .epsilon = 1e-8},
    [UNCORRECTED] = {.method = OPTIMIZER_ADAM, .momentum = 0.9, .beta2 = 0.999, .epsilon = 1e-8,
                     .uncorrected = true},
    [ADADELTA] = {.method = OPTIMIZER_ADADELTA, .momentum = 0.95, .epsilon = 1e-6}};

const char *const decay_names[DECAYS] = {"constant", "step", "exponential", "inverse_time"};

/* ---- the tasks ---- */
static const LayerSpec mlp[] = {
    {.kind = LAYER_DENSE, .units = 64, .init = {INIT_HE, 0}}, {.kind = LAYER_RELU},
    {.kind = LAYER_DENSE, .units = 10, .init = {INIT_XAVIER, 0}}, {.kind = LAYER_END}};

/* 32 x 32 x 3 -> 16 x 16 x 16 -> 8 x 8 x 16 -> 8 x 8 x 16 -> 4 x 4 x 16 -> 10 */
static const LayerSpec small_convolutions[] = {
    {.kind = LAYER_CONV, .units = 16, .kernel = 5, .stride = 2, .pad = 2, .init = {INIT_HE, 0}},
    {.kind = LAYER_MAX_POOL, .kernel = 2, .stride = 2}, {.kind = LAYER_RELU},
    {.kind = LAYER_CONV, .units = 16, .kernel = 3, .pad = 1, .init = {INIT_HE, 0}},
    {.kind = LAYER_RELU}, {.kind = LAYER_AVERAGE_POOL, .kernel = 2, .stride = 2},
    {.kind = LAYER_DENSE, .units = 10, .init = {INIT_XAVIER, 0}}, {.kind = LAYER_END}};

typedef struct Task {
    const char *set;
    const LayerSpec *layers;
    size_t side, channels, training;
    size_t validation[3], test[3]; /* by scale; validation follows the training images */
    uint32_t updates[3], batch;
    Real shift, scale;             /* number = (byte - shift) * scale */
} Task;

const char *const task_names[TASKS] = {"mnist", "cifar10"};
static const Task tasks[TASKS] = {
    {.set = "mnist", .layers = mlp, .side = 28, .channels = 1, .training = 50000, .batch = 50,
     .validation = {500, 5000, 10000}, .test = {500, 10000, 10000}, .updates = {20, 400, 4000},
     .scale = (Real)(1 / 255.0)},
    {.set = "cifar10", .layers = small_convolutions, .side = 32, .channels = 3, .training = 40000,
     .validation = {100, 2000, 10000}, .test = {100, 4000, 10000}, .updates = {20, 200, 2000},
     .batch = 25, .shift = (Real)127.5, .scale = (Real)(1 / 64.0)}};

uint32_t task_updates(size_t task, Scale scale) {
    return tasks[task].updates[scale];
}

/* ---- rates: wide grids where they are constant; where they fall, what is near the best ---- */
static const double grids[TASKS][RULES][RATE_ROOM] = {
    {[SGD] = {0.02, 0.05, 0.1, 0.2, 0.5, 1, 2},
     [MOMENTUM] = {0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5},
     [NESTEROV] = {0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5},
     [ADAGRAD] = {0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5},
     [RMSPROP] = {0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02},
     [ADAM] = {0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05}},
    {[SGD] = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5},
     [MOMENTUM] = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05},
     [NESTEROV] = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05},
     [ADAGRAD] = {0.002, 0.005, 0.01, 0.02, 0.05, 0.1},
     [RMSPROP] = {0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01},
     [ADAM] = {0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01}}};

/* Initial ones of falling rates, on MNIST. */
static const double falling[RULES][RATE_ROOM] = {
    [SGD] = {0.1, 0.2, 0.5, 1, 2},
    [MOMENTUM] = {0.02, 0.05, 0.1, 0.2, 0.5},
    [NESTEROV] = {0.02, 0.05, 0.1, 0.2, 0.5},
    [ADAGRAD] = {0.02, 0.05, 0.1, 0.2, 0.5},
    [RMSPROP] = {0.002, 0.005, 0.01, 0.02, 0.05},
    [ADAM] = {0.002, 0.005, 0.01, 0.02, 0.05}};

size_t task_rates(size_t task, size_t rule, size_t decay, double rates[RATE_ROOM]) {
    size_t row = rule == UNCORRECTED ? ADAM : rule, count = 0;
    const double *grid = decay == CONSTANT ? grids[task][row] : falling[row];
    for (; count < RATE_ROOM && grid[count] > 0; count++)
        rates[count] = grid[count];
    return count;
}

/* All three end at a sixteenth of the initial rate: step halves after every fifth of the budget,
 * exponential and 1/t fall smoothly. */
static Schedule schedule_of(const Config *c, uint32_t updates) {
    Schedule s = {.policy = SCHEDULE_CONSTANT, .base = c->rate, .step = updates};
    switch ((Decay)c->decay) {
    case STEP:
        s.policy = SCHEDULE_STEP, s.gamma = 0.5, s.step = updates / 5;
        break;
    case EXPONENTIAL:
        s.policy = SCHEDULE_EXPONENTIAL, s.gamma = 1 / 16.0;
        break;
    case INVERSE:
        s.policy = SCHEDULE_INVERSE_TIME, s.gamma = 15;
        break;
    case CONSTANT:
    case DECAYS:
        break;
    }
    return s;
}

/* ---- one training ---- */
typedef struct Run {
    Trainer trainer;
    Schedule schedule;
    Dataset training, validation, test;
    Watch *watch;
    uint32_t updates;
} Run;

static Real *shift_of(const Task *task, Arena *arena) {
    size_t pixels = task->side * task->side * task->channels;
    Real *shift = arena_new(arena, Real, pixels);
    vec_fill(shift, task->shift, pixels);
    return shift;
}

static Run *make_run(Cell *cell, Error *err) {
    const Config *c = cell->config;
    const Task *task = &tasks[c->what];
    Run *run = arena_new(cell->arena, Run, 1);
    const Dataset *all = dataset_open(task->set, DATASET_TRAIN, err);
    const Dataset *test = all ? dataset_open(task->set, DATASET_TEST, err) : NULL;
    Net *net = !test ? NULL : net_create(&(NetSpec){.height = task->side, .width = task->side,
                                                    .channels = task->channels,
                                                    .layers = task->layers,
                                                    .loss = LOSS_CROSS_ENTROPY,
                                                    .max_batch = task->batch}, cell->arena, err);
    if (!net)
        return NULL;
    net_initialise(net, c->seed);
    run->updates = task_updates(c->what, cell->scale);
    run->training = dataset_view(all, 0, NULL, task->training, cell->arena);
    run->validation = dataset_view(all, task->training, NULL, task->validation[cell->scale],
                                   cell->arena);
    run->test = dataset_view(test, 0, NULL, task->test[cell->scale], cell->arena);
    run->schedule = schedule_of(c, run->updates);
    if (!schedule_check(&run->schedule, err))
        return NULL;
    trainer_init(&run->trainer,
                 &(TrainSpec){.net = net, .schedule = &run->schedule, .loss_bound = 1e3,
                              .batches = {.set = &run->training, .size = task->batch,
                                          .seed = c->seed, .scale = task->scale,
                                          .shift = task->shift > 0 ? shift_of(task, cell->arena)
                                                                   : NULL},
                              .optimizer = rule_specs[c->how]},
                 cell->arena);
    return watch_create(&run->watch, cell, &run->trainer, err) ? run : NULL;
}

/* 1, 2, 5, 10, 20, 50 ... and every tenth of the budget. */
static bool is_point(uint64_t update, uint32_t updates) {
    uint64_t power = 1;
    while (update / power >= 10)
        power *= 10;
    uint64_t digit = update / power;
    return update % (updates / 10) == 0 ||
           (update % power == 0 && (digit == 1 || digit == 2 || digit == 5));
}

/* The factor of the gradient in an update, over all parameters: the rate over the root of the mean
 * square of what Adagrad, RMSprop or Adam divides by. */
static double effective_rate(const Trainer *t) {
    const Optimizer *o = &t->optimizer;
    if (!o->second)
        return t->rate;
    double squares = vec_sum(o->second, o->count) / (double)o->count;
    if (o->spec.method == OPTIMIZER_ADAM && !o->spec.uncorrected)
        squares /= 1 - exact_pow(o->spec.beta2, (double)o->steps);
    return t->rate / (sqrt(squares) + o->spec.epsilon);
}

/* One row a point where the rate is constant. */
static void write_point(Cell *cell, const Trainer *t, double loss) {
    const Config *c = cell->config;
    if (c->decay == CONSTANT)
        table_row(cell_table(cell, "curves"), v_text(task_names[c->what]),
                  v_text(rule_names[c->how]), v_double(c->rate), v_count(c->seed),
                  v_count((int64_t)t->iteration), v_double(effective_rate(t)), v_double(loss));
}

/* Trains, and returns the mean loss of the updates since the point before the last. */
static double train(Cell *cell, Run *run) {
    Trainer *t = &run->trainer;
    double sum = 0, loss = (double)NAN;
    uint64_t since = 0;
    while (t->iteration < run->updates &&
           watch_step(run->watch, t, is_point(t->iteration + 1, run->updates), &run->validation)) {
        sum += t->loss;
        since++;
        if (!is_point(t->iteration, run->updates))
            continue;
        loss = sum / (double)since;
        write_point(cell, t, loss);
        sum = 0;
        since = 0;
    }
    return t->diverged ? (double)INFINITY : loss;
}

bool study_training(Cell *cell, Error *err) {
    const Config *c = cell->config;
    Run *run = make_run(cell, err);
    if (!run)
        return false;
    double loss = train(cell, run);
    Score valid = trainer_score(&run->trainer, &run->validation);
    Score test = trainer_score(&run->trainer, &run->test);
    table_row(cell_table(cell, "runs"), v_text(task_names[c->what]), v_text(rule_names[c->how]),
              v_text(decay_names[c->decay]), v_double(c->rate), v_count(c->seed),
              v_text(trainer_status(&run->trainer)), v_count((int64_t)run->trainer.iteration),
              v_double(loss), v_double(valid.loss), v_double(valid.accuracy), v_double(test.loss),
              v_double(test.accuracy));
    return true;
}
