/* SPDX-License-Identifier: MIT */
#include "core/study/cifar.h"
#include "core/study/curve.h"
#include "core/study/range.h"
#include "experiments/lr_range_test/lr_range_test.h"

#include <math.h>

static void write_suggestion(Cell *cell, const char *rule, double rate) {
    const Config *c = cell->config;
    table_row(cell_table(cell, "suggestions"), v_text(form_names[c->form]),
              v_text(problem_names[c->problem]), v_text(rule), v_count(c->seed), v_double(rate));
}

static void write_stop(Cell *cell, const char *why, uint64_t iterations, double rate) {
    const Config *c = cell->config;
    table_row(cell_table(cell, "stops"), v_text(form_names[c->form]),
              v_text(problem_names[c->problem]), v_count(c->seed), v_text(why),
              v_count((int64_t)iterations), v_double(rate));
}

/* ---- Smith's form ---- */

static Schedule linear_ramp(const Config *c) {
    return (Schedule){.policy = SCHEDULE_LINEAR_RANGE, .base = 0, .max = 0.02,
                      .total = c->iterations};
}

static void write_smith_row(Table *table, const Cell *cell, const CurvePoint *p) {
    const Config *c = cell->config;
    Schedule ramp = linear_ramp(c);
    table_row(table, v_count(c->seed),
              v_count((int64_t)(p->iteration * SMITH_POINTS / c->iterations)),
              v_double(schedule_rate(&ramp, p->iteration)), v_double(p->training_loss),
              v_double(p->score.loss), v_double(p->score.accuracy));
}

bool smith_cell(Cell *cell, Error *err) {
    const Config *c = cell->config;
    Schedule ramp = linear_ramp(c);
    Trainer trainer;
    const Dataset *test;
    if (!cifar_trainer(&(CifarRun){.net = c->net, .halved = c->halved, .seed = c->seed,
                                   .schedule = &ramp, .batch = c->batch,
                                   .test_images = c->test_images},
                       cell, &trainer, &test, err) ||
        !curve_run(&(Curve){.cell = cell, .trainer = &trainer, .table = "smith", .start = true,
                            .iterations = c->iterations, .interval = c->iterations / SMITH_POINTS,
                            .score = test, .row = write_smith_row}, err))
        return false;
    double rates[SMITH_POINTS + 1], accuracies[SMITH_POINTS + 1];
    const Table *points = cell_table(cell, "smith");
    size_t n = table_select(points, "rate", (Where[]){{0}}, rates, SMITH_POINTS + 1);
    table_select(points, "test_accuracy", (Where[]){{0}}, accuracies, SMITH_POINTS + 1);
    RangeBounds bounds = range_bounds(accuracies, n, CHANCE, RISE);
    write_stop(cell, trainer.diverged ? "diverged" : "end", trainer.iteration,
               schedule_rate(&ramp, trainer.iteration));
    write_suggestion(cell, "smith_base", bounds.base == RANGE_NONE ? (double)NAN
                                                                   : rates[bounds.base]);
    write_suggestion(cell, "smith_max", bounds.max == RANGE_NONE ? (double)NAN : rates[bounds.max]);
    return true;
}

/* ---- the exponential form ---- */

enum { MOST = 1000 };

typedef struct Ramp {
    double rates[MOST], losses[MOST]; /* smoothed */
    size_t count;
} Ramp;

static const LayerSpec mlp[] = {
    {.kind = LAYER_DENSE, .units = 128, .init = {.kind = INIT_HE}},
    {.kind = LAYER_RELU},
    {.kind = LAYER_DENSE, .units = 10, .init = {.kind = INIT_XAVIER}},
    {.kind = LAYER_END}};

/* A fresh network and trainer on MNIST; nothing is shared with one made before. */
static bool mnist_trainer(const Config *c, const Schedule *schedule, Cell *cell, Trainer *trainer,
                          const Dataset **test, Error *err) {
    const Dataset *train = dataset_open("mnist", DATASET_TRAIN, err);
    *test = train ? dataset_open("mnist", DATASET_TEST, err) : NULL;
    Net *net = *test ? net_create(&(NetSpec){.height = 28, .width = 28, .channels = 1,
                                             .layers = mlp, .loss = LOSS_CROSS_ENTROPY,
                                             .max_batch = c->batch}, cell->arena, err)
                     : NULL;
    if (!net || !schedule_check(schedule, err))
        return false;
    net_initialise(net, c->seed);
    trainer_init(trainer,
                 &(TrainSpec){.net = net, .schedule = schedule, .loss_bound = 1e30,
                              .batches = {.set = train, .size = c->batch, .seed = c->seed},
                              .optimizer = {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9}},
                 cell->arena);
    return true;
}

static bool ramp_trainer(const Config *c, const Schedule *schedule, Cell *cell, Trainer *trainer,
                         Error *err) {
    const Dataset *test;
    if (c->problem == MNIST_MLP)
        return mnist_trainer(c, schedule, cell, trainer, &test, err);
    if (!cifar_trainer(&(CifarRun){.net = c->net, .halved = c->halved, .seed = c->seed,
                                   .schedule = schedule, .batch = c->batch},
                       cell, trainer, &test, err))
        return false;
    trainer->spec.loss_bound = 1e30; /* the stop rule decides, not the trainer */
    return true;
}

/* Trains up the ramp until the rule stops it; every loss is that of the batch before its update. */
static void climb(Trainer *trainer, Cell *cell, Ramp *ramp) {
    const Config *c = cell->config;
    RangeSmoother smoother = {.beta = 0.98};
    double best = (double)INFINITY;
    const char *why = "end";
    while (ramp->count < c->iterations) {
        double rate = schedule_rate(trainer->spec.schedule, trainer->iteration);
        if (!trainer_step(trainer)) {
            why = "not finite";
            break;
        }
        double smoothed = range_smooth(&smoother, trainer->loss);
        ramp->rates[ramp->count] = rate;
        ramp->losses[ramp->count++] = smoothed;
        table_row(cell_table(cell, "ramp"), v_text(problem_names[c->problem]), v_count(c->seed),
                  v_count((int64_t)trainer->iteration - 1), v_double(rate),
                  v_double(trainer->loss), v_double(smoothed));
        best = smoothed < best ? smoothed : best;
        if (range_stops(smoothed, best, 4)) {
            why = "4 times the best";
            break;
        }
    }
    write_stop(cell, why, ramp->count, ramp->count ? ramp->rates[ramp->count - 1] : (double)NAN);
}

/* ---- what the curve suggests ---- */

typedef struct Rule {
    const char *name;
    size_t (*find)(const double *rates, const double *losses, size_t n);
    double factor; /* on the rate found */
} Rule;

static size_t per_point(const double *rates, const double *losses, size_t n) {
    (void)rates;
    return range_per_point(losses, n);
}
static size_t valley(const double *rates, const double *losses, size_t n) {
    (void)rates;
    return range_valley(losses, n);
}
static size_t slide(const double *rates, const double *losses, size_t n) {
    (void)rates;
    return range_slide(losses, n);
}
static size_t minimum(const double *rates, const double *losses, size_t n) {
    (void)rates;
    return range_minimum(losses, n);
}

static const Rule rules[] = {{"steepest", range_steepest, 1}, {"per_point", per_point, 1},
                             {"valley", valley, 1}, {"slide", slide, 1},
                             {"minimum_tenth", minimum, 0.1}, {"minimum", minimum, 1}};
enum { RULES = sizeof rules / sizeof *rules };

static double apply(const Rule *rule, const Ramp *ramp, size_t planned) {
    const double *rates = ramp->rates, *losses = ramp->losses;
    size_t n = range_trim(&rates, &losses, ramp->count, planned);
    size_t found = rule->find(rates, losses, n);
    return found == RANGE_NONE ? (double)NAN : rule->factor * rates[found];
}

/* A training from scratch at a constant rate: what the suggestion is worth. */
static bool try_rate(Cell *cell, const char *rule, double rate, Error *err) {
    const Config *c = cell->config;
    Schedule constant = {.policy = SCHEDULE_CONSTANT, .base = rate};
    Trainer trainer;
    const Dataset *test;
    if (!mnist_trainer(c, &constant, cell, &trainer, &test, err))
        return false;
    double sum = 0;
    uint64_t tail = c->training / 10; /* the mean loss of the last tenth */
    while (trainer.iteration < c->training && trainer_step(&trainer))
        sum += trainer.iteration > c->training - tail ? trainer.loss : 0;
    Score score = trainer_score(&trainer, test);
    table_row(cell_table(cell, "trainings"), v_text(rule), v_count(c->seed), v_double(rate),
              v_text(trainer_status(&trainer)),
              v_double(trainer.diverged ? (double)NAN : sum / (double)tail), v_double(score.loss),
              v_double(score.accuracy));
    return true;
}

bool exponential_cell(Cell *cell, Error *err) {
    const Config *c = cell->config;
    Schedule schedule = {.policy = SCHEDULE_EXPONENTIAL_RANGE, .base = 1e-7, .max = 10,
                         .total = c->iterations};
    Ramp *ramp = arena_new(cell->arena, Ramp, 1);
    Trainer trainer;
    if (!ramp_trainer(c, &schedule, cell, &trainer, err))
        return false;
    climb(&trainer, cell, ramp);
    for (size_t k = 0; k < RULES; k++) {
        double rate = apply(&rules[k], ramp, c->iterations);
        write_suggestion(cell, rules[k].name, rate);
        if (c->problem == MNIST_MLP && isfinite(rate) &&
            !try_rate(cell, rules[k].name, rate, err))
            return false;
    }
    return true;
}
