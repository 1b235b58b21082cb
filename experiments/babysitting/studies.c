/* SPDX-License-Identifier: MIT
 *
 * The trainings, and what is noted of each.
 */
#include "core/base/exact.h"
#include "core/base/vec.h"
#include "core/data/dataset.h"
#include "core/study/digits.h"
#include "core/study/watch.h"
#include "experiments/babysitting/babysitting.h"

#include <math.h>
#include <string.h>

enum { POINTS = 20, FIRST_VALIDATION = 50000, VALIDATION = 2000 };

const char *const method_names[METHODS] = {"sgd", "momentum", "adam"};
const double method_rates[METHODS][RATE_COUNT] = {
    {0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3},
    {0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3},
    {0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03}};
const size_t batch_sizes[BATCHES] = {1, 4, 10, 40, 100, 400, 1000, FULL};
const Regularisation regularisations[REGULARISATIONS] = {{"none", 0, 0},
                                                         {"decay_0.001", 0.001, 0},
                                                         {"decay_0.01", 0.01, 0},
                                                         {"decay_0.03", 0.03, 0},
                                                         {"dropout", 0, 0.5}};
const char *const init_names[INITS] = {"alternating", "gaussian", "xavier", "he"};
const char *const activation_names[ACTIVATIONS] = {"sigmoid", "tanh", "relu"};
const ImageCondition image_conditions[CONDITIONS] = {{"unconverged", 0.02, 0, 0.02},
                                                     {"rate_too_high", 0.5, 0, 1},
                                                     {"no_decay", 0.02, 0, 1},
                                                     {"decay", 0.02, 0.01, 1}};

/* ---- what all trainings have in common ---- */
typedef struct Run {
    Trainer trainer;
    Schedule schedule;
    Dataset set, validation;
    Watch *watch; /* NULL in studies of several trainings a cell */
} Run;

static Run *make_run(Cell *cell, const Dataset *mnist, const LayerSpec *layers, size_t images,
                     size_t batch, double rate, const OptimizerSpec *optimizer, Error *err) {
    const Config *c = cell->config;
    Run *run = arena_new(cell->arena, Run, 1);
    Net *net = net_create(&(NetSpec){.height = 28, .width = 28, .channels = 1, .layers = layers,
                                     .loss = LOSS_CROSS_ENTROPY, .max_batch = batch},
                          cell->arena, err);
    if (!net)
        return NULL;
    net_initialise(net, c->seed);
    run->set = dataset_view(mnist, 0, NULL, images, cell->arena);
    run->validation = dataset_view(mnist, FIRST_VALIDATION, NULL, VALIDATION, cell->arena);
    run->schedule = (Schedule){.policy = SCHEDULE_CONSTANT, .base = rate};
    trainer_init(&run->trainer,
                 &(TrainSpec){.net = net, .schedule = &run->schedule, .loss_bound = 1e3,
                              .batches = {.set = &run->set, .size = batch, .seed = c->seed},
                              .optimizer = *optimizer},
                 cell->arena);
    return run;
}

#define DENSE(units_, init_) {.kind = LAYER_DENSE, .units = units_, .init = init_}
#define HE {INIT_HE, 0}
#define XAVIER {INIT_XAVIER, 0}
static const LayerSpec one_hidden[] = {
    DENSE(100, HE), {.kind = LAYER_RELU}, DENSE(10, XAVIER), {.kind = LAYER_END}};
static const OptimizerSpec momentum = {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9};

/* ---- loss and update-to-weight ratios against time ---- */

/* One update, seen from inside at `point` with --watch. */
static bool step(Run *run, bool point) {
    return watch_step(run->watch, &run->trainer, point, &run->validation);
}

/* The ratios of the next update; false when it diverged. */
static bool step_with_ratios(Run *run, bool point, Real *before, double ratios[2]) {
    const Net *net = run->trainer.spec.net;
    memcpy(before, net->weights, net->parameters * sizeof *before);
    if (!step(run, point))
        return false;
    for (int i = 0; i < 2; i++)
        ratios[i] = watch_ratio(net_block(net, (size_t)(2 * i), false), before, net->weights,
                                net->gradients).ratio;
    return true;
}

bool study_rates(Cell *cell, const Dataset *mnist, Error *err) {
    const Config *c = cell->config;
    static const OptimizerSpec optimizers[METHODS] = {
        {.method = OPTIMIZER_SGD},
        {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9},
        {.method = OPTIMIZER_ADAM, .momentum = 0.9}};
    double rate = method_rates[c->a][c->b], sum = 0, ratios[2], late[2][POINTS];
    Run *run = make_run(cell, mnist, one_hidden, 50000, 100, rate, &optimizers[c->a], err);
    if (!run || !watch_create(&run->watch, cell, &run->trainer, err))
        return false;
    Trainer *trainer = &run->trainer;
    trainer->spec.keep_gradients = true; /* watch_ratio reads them */
    Real *before = arena_new(cell->arena, Real, trainer->spec.net->parameters);
    size_t points = 0, interval = c->updates / POINTS;
    while (trainer->iteration < c->updates &&
           step_with_ratios(run, (trainer->iteration + 1) % interval == 0, before, ratios)) {
        sum += trainer->loss;
        if (trainer->iteration % interval)
            continue;
        table_row(cell_table(cell, "curves"), v_text(method_names[c->a]), v_double(rate),
                  v_count(c->seed), v_count((int64_t)trainer->iteration),
                  v_double(sum / (double)interval), v_double(ratios[0]), v_double(ratios[1]));
        sum = 0;
        for (int i = 0; i < 2; i++)
            late[i][points] = ratios[i];
        points++;
    }
    Score score = trainer_score(trainer, &run->validation);
    table_row(cell_table(cell, "rates"), v_text(method_names[c->a]), v_double(rate),
              v_count(c->seed), v_text(trainer_status(trainer)),
              v_double(stats_median(late[0], points)), v_double(stats_median(late[1], points)),
              v_double(score.loss), v_double(score.accuracy));
    return true;
}

/* ---- wiggle against batch size ---- */

/* One seed of four batch sizes is enough for a picture. */
static bool in_picture(const Config *c, size_t time) {
    bool drawn = c->a == 1 || c->a == 10 || c->a == 100 || c->a == 2000;
    return drawn && c->seed == 1 && time == 0;
}

/* One training in the order of its own; the steps from loss to loss in its second half. */
static size_t steps_of_loss(Cell *cell, Run *run, size_t time, double *steps) {
    const Config *c = cell->config;
    TrainSpec spec = run->trainer.spec;
    Trainer *trainer = &run->trainer;
    size_t n = 0;
    double last = 0;
    spec.batches.seed = c->seed + 1000 * (uint32_t)time;
    net_initialise(spec.net, c->seed);
    trainer_init(trainer, &spec, cell->arena);
    while (trainer->iteration < c->updates && trainer_step(trainer)) {
        if (in_picture(c, time))
            table_row(cell_table(cell, "losses"), v_count((int64_t)c->a),
                      v_count((int64_t)trainer->iteration), v_double(trainer->loss));
        if (trainer->iteration > c->updates / 2)
            steps[n++] = trainer->loss - last;
        last = trainer->loss;
    }
    return n;
}

bool study_wiggle(Cell *cell, const Dataset *mnist, Error *err) {
    const Config *c = cell->config;
    Run *run = make_run(cell, mnist, one_hidden, FULL, c->a, 0.003,
                        &(OptimizerSpec){.method = OPTIMIZER_SGD}, err);
    if (!run)
        return false;
    size_t n = 0, times = c->a > 400 ? 1 : c->a > 40 ? 400 / c->a : 10;
    double *steps = arena_new(cell->arena, double, times * c->updates);
    for (size_t time = 0; time < times; time++)
        n += steps_of_loss(cell, run, time, steps + n);
    /* differences of neighbours have twice the variance and no trend to speak of */
    table_row(cell_table(cell, "wiggle"), v_count((int64_t)c->a), v_count(c->seed),
              v_double(stats_sd(steps, n) / sqrt(2)));
    return true;
}

/* ---- the gap between training and validation ---- */
bool study_gap(Cell *cell, const Dataset *mnist, Error *err) {
    const Config *c = cell->config;
    const Regularisation *r = &regularisations[c->b];
    LayerSpec layers[] = {DENSE(100, HE), {.kind = LAYER_RELU},
                          {.kind = LAYER_DROPOUT, .share = r->dropout}, DENSE(10, XAVIER),
                          {.kind = LAYER_END}};
    OptimizerSpec optimizer = momentum;
    optimizer.weight_decay = r->decay;
    Run *run = make_run(cell, mnist, layers, c->a, 50, 0.02, &optimizer, err);
    if (!run || !watch_create(&run->watch, cell, &run->trainer, err))
        return false;
    Dataset look = dataset_view(&run->set, 0, NULL, 500, cell->arena);
    Trainer *trainer = &run->trainer;
    uint32_t interval = c->updates / 10;
    while (trainer->iteration < c->updates && step(run, (trainer->iteration + 1) % interval == 0)) {
        if (trainer->iteration % interval)
            continue;
        Score own = trainer_score(trainer, &look);
        Score other = trainer_score(trainer, &run->validation);
        table_row(cell_table(cell, "gap"), v_count((int64_t)c->a), v_text(r->name),
                  v_count(c->seed), v_count((int64_t)trainer->iteration), v_double(own.loss),
                  v_double(own.accuracy), v_double(other.loss), v_double(other.accuracy));
    }
    return true;
}

/* ---- activations and gradients of a deep network ---- */
static void deep_layers(const Config *c, LayerSpec layers[2 * HIDDEN + 2]) {
    static const Init inits[INITS] = {{INIT_ALTERNATING, 1}, {INIT_GAUSSIAN, 0.01},
                                      {INIT_XAVIER, 0}, {INIT_HE, 0}};
    static const LayerKind kinds[ACTIVATIONS] = {LAYER_SIGMOID, LAYER_TANH, LAYER_RELU};
    for (size_t i = 0; i < HIDDEN; i++) {
        layers[2 * i] = (LayerSpec)DENSE(100, inits[c->a]);
        layers[2 * i + 1] = (LayerSpec){.kind = kinds[c->b]};
    }
    layers[2 * HIDDEN] = (LayerSpec)DENSE(10, inits[c->a]);
    layers[2 * HIDDEN + 1] = (LayerSpec){.kind = LAYER_END};
}

static void write_signal(Cell *cell, size_t hidden, const char *signal, const Real *x, size_t n) {
    const Config *c = cell->config;
    WatchHistogram h = watch_histogram(x, n);
    table_row(cell_table(cell, "layers"), v_text(init_names[c->a]),
              v_text(activation_names[c->b]), v_count((int64_t)hidden), v_text(signal),
              v_count(c->seed), v_double(h.mean), v_double(h.sd), v_double(h.zero_share));
    for (size_t b = 0; c->seed == 1 && b < WATCH_BINS; b++)
        table_row(cell_table(cell, "histograms"), v_text(init_names[c->a]),
                  v_text(activation_names[c->b]), v_count((int64_t)hidden), v_text(signal),
                  v_count((int64_t)b), v_double(h.low + ((double)b + 0.5) * h.width),
                  v_double((double)h.count[b] / (double)h.n));
}

static bool look_inside(Cell *cell, const Dataset *set, const LayerSpec *layers, Error *err) {
    enum { LOOK = 200 };
    const Config *c = cell->config;
    Batches batches;
    Net *net = net_create(&(NetSpec){.height = 28, .width = 28, .channels = 1, .layers = layers,
                                     .loss = LOSS_CROSS_ENTROPY, .max_batch = LOOK, .keep = true},
                          cell->arena, err);
    if (!net)
        return false;
    net_initialise(net, c->seed);
    batches_init(&batches, &(BatchPlan){.set = set, .size = LOOK, .seed = c->seed}, cell->arena);
    Batch batch = batches_get(&batches, 0);
    net_gradient(net, batch.x, (Target){.labels = batch.labels}, LOOK);
    for (size_t i = 0; i < HIDDEN; i++) {
        size_t layer = 2 * i + 1, n = LOOK * net_layer_outputs(net, layer);
        write_signal(cell, i + 1, "activation", net_layer_output(net, layer), n);
        write_signal(cell, i + 1, "gradient", net_layer_delta(net, layer), n);
    }
    return true;
}

bool study_depth(Cell *cell, const Dataset *mnist, Error *err) {
    const Config *c = cell->config;
    static const double rates[DEPTH_RATES] = {0.01, 0.1, 1};
    LayerSpec layers[2 * HIDDEN + 2];
    deep_layers(c, layers);
    if (!look_inside(cell, mnist, layers, err))
        return false;
    for (size_t r = 0; r < DEPTH_RATES; r++) {
        double sum = 0;
        Run *run = make_run(cell, mnist, layers, 50000, 100, rates[r],
                            &(OptimizerSpec){.method = OPTIMIZER_SGD}, err);
        if (!run)
            return false;
        size_t last = c->updates / 5; /* whose mean is the loss it came to */
        while (run->trainer.iteration < c->updates && trainer_step(&run->trainer))
            sum += run->trainer.iteration > c->updates - last ? run->trainer.loss : 0;
        table_row(cell_table(cell, "depth"), v_text(init_names[c->a]),
                  v_text(activation_names[c->b]), v_double(rates[r]), v_count(c->seed),
                  v_text(trainer_status(&run->trainer)),
                  v_double(run->trainer.diverged ? (double)INFINITY : sum / (double)last));
    }
    return true;
}

/* ---- images of the first layer ---- */

/* Squared differences of neighbours over twice the squares about the mean: 1 for white noise, near
 * 0 for a smooth image. */
static double roughness(const Real *w, size_t unit, size_t units) {
    double mean = 0, squares = 0, steps = 0;
    for (size_t p = 0; p < 784; p++)
        mean += (double)w[p * units + unit] / 784;
    for (size_t p = 0; p < 784; p++) {
        double here = (double)w[p * units + unit];
        squares += (here - mean) * (here - mean) / 784;
        if (p % 28 < 27)
            steps += exact_pow((double)w[(p + 1) * units + unit] - here, 2) / (2 * 27 * 28);
        if (p < 27 * 28)
            steps += exact_pow((double)w[(p + 28) * units + unit] - here, 2) / (2 * 27 * 28);
    }
    return squares > 0 ? steps / (2 * squares) : (double)NAN;
}

/* One unit's weights, stretched to the greys: 28 rows of pixels. */
static void draw_unit(Table *images, const char *condition, const Real *w, size_t units,
                      size_t unit) {
    uint8_t greys[784];
    digits_stretch(w + unit, units, greys);
    for (size_t row = 0; row < 28; row++) {
        char text[28 + 1];
        greys_write(greys + 28 * row, 28, text);
        table_row(images, v_text(condition), v_count((int64_t)unit), v_count((int64_t)row),
                  v_text(text));
    }
}

bool study_images(Cell *cell, const Dataset *mnist, Error *err) {
    const Config *c = cell->config;
    const ImageCondition *condition = &image_conditions[c->a];
    OptimizerSpec optimizer = momentum;
    optimizer.weight_decay = condition->decay;
    Run *run = make_run(cell, mnist, one_hidden, 50000, 100, condition->rate, &optimizer, err);
    if (!run || !watch_create(&run->watch, cell, &run->trainer, err))
        return false;
    Trainer *trainer = &run->trainer;
    uint64_t updates = (uint64_t)(condition->share * c->updates);
    while (trainer->iteration < updates && step(run, trainer->iteration + 1 == updates))
        continue;
    const ParamBlock *block = net_block(trainer->spec.net, 0, false);
    const Real *w = trainer->spec.net->weights + block->offset;
    double rough[100];
    for (size_t unit = 0; unit < block->columns; unit++)
        rough[unit] = roughness(w, unit, block->columns);
    table_row(cell_table(cell, "roughness"), v_text(condition->name), v_count(c->seed),
              v_double(stats_median(rough, block->columns)),
              v_double(trainer_score(trainer, &run->validation).accuracy));
    for (size_t unit = 0; c->seed == 1 && unit < 8; unit++)
        draw_unit(cell_table(cell, "images"), condition->name, w, block->columns, unit);
    return true;
}
