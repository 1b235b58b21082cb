/* SPDX-License-Identifier: MIT
 *
 * The tuner: one rate after the other, weights then biases, period by period, in rotation.
 */
#include "experiments/period_tuning/period_tuning.h"
#include "core/study/trials.h"
#include <math.h>
#include <string.h>

const Tuning tunings[] = {
    {"one_seed", 11, 1, 0.05, 1, false, false},
    {"several_seeds", 11, 1, 0.05, 1, true, false},
    {"fresh", 11, 1, 0.05, 1, false, true},
    {"seven_damped", 7, 0.5, 0.05, 1, false, false},
    {"wide_bounds", 11, 1, 0.01, 3, false, false},
    {0}};

static const double start_weight = 0.25, start_bias = 0.8; /* the author's constants, rounded */
static const double offsets[] = {-0.05, -0.04, -0.03, -0.02, -0.01, 0,
                                 0.01,  0.02,  0.03,  0.04,  0.05};
enum { FRESH = 9000, FRESH_MOST = 20 }; /* seeds that no tuning sees are FRESH + 1 ... */

typedef enum Set { MNIST, FASHION, SETS } Set;
static const char *const set_names[SETS] = {"mnist", "fashion"};

typedef struct Tuner {
    Cell *cell;
    const Config *config;
    const Tuning *tuning;
    const char *dropout;
    Data data[SETS];
    size_t rates; /* that are tuned: two a period */
    Param *params;
    Space space;
    /* differences before the tuning: [own seed, then the fresh ones][judged images, test images] */
    double before[SETS][1 + FRESH_MOST][2];
    /* the line that was tried last */
    double old_best, new_best, center[SPACE_MAX];
} Tuner;

static Rates rates_of(const Tuner *t, const double *values) {
    Rates rates = rates_constant(start_weight, start_bias);
    for (size_t i = 0; i < t->rates; i++) {
        (i % 2 == 0 ? rates.weight : rates.bias)[i / 2] = values[i];
    }
    return rates;
}

static Value name_of(const Tuner *t) {
    return v_text(t->tuning->name);
}

/* ---- one training ---- */

/* Judged on `judge` and, unless it is NULL, on `test`. */
static void train(const Tuner *t, const Digits *digits, uint32_t seed, const Rates *rates,
                  DigitsJudge *judge, DigitsJudge *test, double differences[2]) {
    Arena *arena = arena_create();
    Trainee trainee;
    trainee_start(&trainee,
                  &(DenoisingSpec){.digits = digits, .seed = seed, .noise = PERIOD_NOISE,
                                   .dropout = t->config->dropout},
                  rates, arena);
    trainee_go(&trainee, t->config->epochs);
    differences[0] = trainee_difference(&trainee, judge);
    if (test != NULL) {
        differences[1] = trainee_difference(&trainee, test);
    }
    arena_destroy(arena);
}

/* Weights, noise, the order of the images and which of them are judged: all its own. */
static double fresh_loss(Tuner *t, const Trial *trial, const Rates *rates) {
    Arena *arena = arena_create();
    const Digits *all = &t->data[MNIST].train;
    uint32_t seed = 100000 * t->config->seed + 1 + (uint32_t)trial->index;
    Rng order = rng_make(seed, STREAM_SHUFFLE, 0), subset = rng_make(seed, STREAM_SPLIT, 0);
    Digits trained = digits_shuffled(all, &order, arena);
    Digits judged = digits_shuffled(all, &subset, arena);
    DigitsJudge judge;
    double difference[2];
    digits_judge_init(&judge, &judged, arena);
    train(t, &trained, seed, rates, &judge, NULL, difference);
    arena_destroy(arena);
    return difference[0];
}

/* The first training of a trial has the tuning's own seed. */
static double loss(void *context, const Trial *trial) {
    Tuner *t = context;
    Rates rates = rates_of(t, trial->values);
    const uint32_t seeds = t->tuning->together ? t->config->together : 1;
    double sum = 0;
    if (t->tuning->fresh) {
        return fresh_loss(t, trial, &rates);
    }
    for (uint32_t i = 0; i < seeds; i++) {
        uint32_t seed = t->config->seed + 100 * i;
        double difference[2];
        train(t, &t->data[MNIST].train, seed, &rates, &t->data[MNIST].judge, NULL, difference);
        sum += difference[0];
    }
    return sum / seeds;
}

/* ---- what is written down ---- */

#define TUNING(t)                                                                                  \
    name_of(t), v_count((t)->config->epochs), v_text((t)->dropout), v_count((t)->config->seed)

/* The rates after a rotation, and what they do to seeds and images that the tuner never sees. */
static void write_run(Tuner *t, int64_t rotation, Set set, size_t run, const Rates *rates) {
    Data *data = &t->data[set];
    uint32_t seed = run == 0 ? t->config->seed : FRESH + (uint32_t)run;
    double now[2], *before = t->before[set][run];
    train(t, &data->train, seed, rates, &data->judge, &data->test, now);
    if (rotation == 0) {
        memcpy(before, now, sizeof now);
    }
    table_row(cell_table(t->cell, "carry"), TUNING(t), v_count(rotation), v_text(set_names[set]),
              v_count(seed), v_count(run == 0), v_double(now[0]), v_double(now[1]),
              v_double(now[0] - before[0]), v_double(now[1] - before[1]));
}

static void write_rotation(Tuner *t, int64_t rotation, const double *values) {
    const Rates rates = rates_of(t, values);
    const bool ends = rotation == 0 || rotation == t->config->rotations;
    for (size_t k = 0; k < t->rates / 2; k++) {
        table_row(cell_table(t->cell, "tuned"), TUNING(t), v_count(rotation),
                  v_count((int64_t)k), v_double(rates.weight[k]), v_double(rates.bias[k]));
    }
    for (Set set = MNIST; set < SETS; set++) {
        for (size_t run = t->tuning->fresh || set != MNIST; run <= t->config->fresh_seeds; run++) {
            if (set == MNIST || ends) {
                write_run(t, rotation, set, run, &rates);
            }
        }
    }
}

/* The source's first form: one row a trial.  Of a tuning's first seed: thousands of them are enough. */
static void write_trials(const Tuner *t, size_t rate, const Trial *batch, size_t count) {
    for (size_t i = 0; i < count && t->config->seed == 1; i++) {
        double offset = nearbyint((batch[i].values[rate] - t->center[rate]) * 1e9) / 1e9;
        table_row(cell_table(t->cell, "log"), TUNING(t), v_count((int64_t)batch[i].index),
                  v_count((int64_t)rate / 2), v_text(rate % 2 == 0 ? "W" : "b"),
                  v_double(t->center[rate]), v_double(offset), v_double(t->old_best),
                  v_double(batch[i].loss));
    }
}

/* ... and its `Update` line. */
static void write_update(const Tuner *t, int64_t line, const double *center) {
    size_t rate = (size_t)line % t->rates;
    table_row(cell_table(t->cell, "updates"), TUNING(t), v_count(line), v_count((int64_t)rate / 2),
              v_text(rate % 2 == 0 ? "W" : "b"), v_double(t->center[rate]),
              v_double(center[rate]), v_double(t->old_best), v_double(t->new_best));
}

/* ---- the search ---- */

static Search *make_search(Tuner *t, Error *err) {
    const Tuning *tuning = t->tuning;
    double start[SPACE_MAX];
    t->rates = 2 * (1 + period_of(t->config->epochs));
    t->params = arena_new(t->cell->arena, Param, t->rates);
    for (size_t i = 0; i < t->rates; i++) {
        t->params[i] = (Param){.name = i % 2 == 0 ? "weight_rate" : "bias_rate",
                               .kind = PARAM_UNIFORM, .low = tuning->low, .high = tuning->high,
                               .quantum = tuning->damping < 1 ? 0 : 0.01, .fixed = true};
        start[i] = i % 2 == 0 ? start_weight : start_bias;
    }
    t->space = (Space){t->params, t->rates};
    memcpy(t->center, start, sizeof start);
    const size_t lines = t->rates * t->config->rotations;
    const CoordinateSpec moves = {.start = start, .offsets = offsets + (11 - tuning->offsets) / 2,
                                  .count = tuning->offsets, .damping = tuning->damping,
                                  .lines = lines};
    return search_create(&(SearchSpec){.method = SEARCH_COORDINATE, .space = &t->space,
                                       .budget = lines * tuning->offsets, .coordinate = moves},
                         t->cell->arena, err);
}

/* Until the search ends.  What a line has moved shows when the next one is asked for. */
static bool follow(Tuner *t, Trials *trials, Error *err) {
    const Trial *batch;
    size_t count = 1;
    write_rotation(t, 0, t->center);
    for (size_t line = 0; count > 0; line++) {
        if (!trials_next(trials, &batch, &count, err)) {
            return false;
        }
        const double *center = search_center(trials->search);
        if (line > 0) {
            write_update(t, (int64_t)line - 1, center);
            t->old_best = t->new_best;
        }
        memcpy(t->center, center, t->rates * sizeof *center);
        if (line > 0 && line % t->rates == 0) {
            write_rotation(t, (int64_t)(line / t->rates), center);
        }
        write_trials(t, line % t->rates, batch, count);
        t->new_best = INFINITY;
        for (size_t i = 0; i < count; i++) {
            t->new_best = batch[i].loss < t->new_best ? batch[i].loss : t->new_best;
        }
    }
    return true;
}

bool tune_cell(Cell *cell, Error *err) {
    Tuner *t = arena_new(cell->arena, Tuner, 1);
    *t = (Tuner){.cell = cell, .config = cell->config, .old_best = NAN, .new_best = NAN};
    t->tuning = &tunings[t->config->tuning];
    t->dropout = arena_format(cell->arena, "%g", t->config->dropout);
    for (Set set = MNIST; set < SETS; set++) {
        if (!data_open(&t->data[set], set_names[set], cell->arena, err)) {
            return false;
        }
    }
    Trials trials = {.search = make_search(t, err), .loss = loss, .context = t,
                     .workers = cell->workers, .log = cell_scratch(cell, "losses")};
    return trials.search != NULL && follow(t, &trials, err);
}
