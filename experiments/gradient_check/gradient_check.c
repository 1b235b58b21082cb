/* SPDX-License-Identifier: MIT
 *
 * gradient_check - which of the advice on checking gradients catches which error?
 *
 * Small networks (probe.h) on MNIST's digits averaged to 7 x 7 pixels; every element of the
 * gradient is checked.  What is varied, one study each: the step h, precision and formula; the
 * error that is planted; the number of data points; how long the network was trained; weight decay;
 * dropout; how many elements are looked at; and, last, every error under every piece of advice
 * heeded or not.
 */
#include "experiments/gradient_check/gradient_check.h"

#include "core/base/engine.h"
#include "core/base/rng.h"
#include "core/data/dataset.h"

#include <math.h>
#include <string.h>

enum { IMAGES = 300, POINTS = 3, UPDATES = 100 };

const char *const fault_names[FAULTS] = {
    "none", "missing_derivative", "wrong_derivative", "table_derivative", "wrong_index",
    "last_example", "off_by_one", "not_averaged", "unscaled_mask", "decay_factor"};

static const char *const model_names[] = {"tanh", "relu", "pool"};

typedef struct Bench { /* what a cell works with */
    Cell *cell;
    const char *study;
    uint32_t seed;
    ProbeData data;
    GradElement *elements;
} Bench;

/* The advice, all of it, for the smooth network; a study changes what it studies.  The floor of the
 * relative error is a hundred thousand times the noise of a centred difference in double. */
static ProbeAsk advised(const Bench *bench) {
    return (ProbeAsk){.model = PROBE_TANH, .seed = bench->seed, .updates = UPDATES, .rate = 0.1,
                      .h = 1e-5, .points = POINTS, .floor = 1e-6, .isa = engine_isa()};
}

/* ---- one check, one row ---- */
static double share_above(const double *x, size_t n, double bound) {
    size_t above = 0;
    for (size_t i = 0; i < n; i++)
        above += !(x[i] <= bound);
    return (double)above / (double)n;
}

static size_t probe(Bench *bench, const ProbeAsk *ask, bool single) {
    return (single ? float_probe : double_probe)(ask, &bench->data, bench->elements);
}

static void check(Bench *bench, const ProbeAsk *ask, const char *setting, bool single) {
    size_t n = probe(bench, ask, single), crossed = 0;
    double error[PROBE_ROOM], absolute[PROBE_ROOM];
    for (size_t i = 0; i < n; i++) {
        error[i] = bench->elements[i].error;
        absolute[i] = fabs(bench->elements[i].analytic - bench->elements[i].numeric);
        crossed += bench->elements[i].crossed;
    }
    table_row(cell_table(bench->cell, "checks"), v_text(bench->study), v_text(setting),
              v_text(fault_names[ask->fault]), v_text(model_names[ask->model]),
              v_text(single ? "single" : "double"), v_text(ask->forward ? "forward" : "centred"),
              v_double(ask->h), v_count((int64_t)ask->points), v_count(ask->updates),
              v_double(ask->decay), v_count(bench->seed), v_count((int64_t)n),
              v_double((double)crossed / (double)n), v_double(stats_quantile(error, n, 1)),
              v_double(stats_median(error, n)), v_double(stats_median(absolute, n)),
              v_double(share_above(error, n, 1e-2)), v_double(share_above(error, n, 1e-4)),
              v_double(share_above(error, n, 1e-7)));
}

/* ---- the studies ---- */

/* The error against h: a U whose left flank is rounding and whose right one is the formula. */
static void study_steps(Bench *bench) {
    for (int model = PROBE_TANH; model <= PROBE_RELU; model++)
        for (int single = 0; single < 2; single++)
            for (int forward = 0; forward < 2; forward++)
                for (int k = 1; k <= 12; k++) {
                    ProbeAsk ask = advised(bench);
                    ask.model = (ProbeModel)model;
                    ask.forward = forward;
                    ask.h = 1 / (double[]){1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10,
                                           1e11, 1e12}[k];
                    check(bench, &ask, "", single);
                }
}

/* The thresholds, with the relative error as CS231n has it (no floor) and with ours. */
static void study_thresholds(Bench *bench) {
    for (int model = PROBE_TANH; model <= PROBE_POOL; model++)
        for (int fault = 0; fault < (model == PROBE_TANH ? FAULT_UNSCALED_MASK : 1); fault++)
            for (int floor = 0; floor < 2; floor++) {
                ProbeAsk ask = advised(bench);
                ask.model = (ProbeModel)model;
                ask.fault = (ProbeFault)fault;
                ask.floor = floor ? ask.floor : 1e-300;
                check(bench, &ask, floor ? "floor" : "plain", false);
            }
}

static void study_kinks(Bench *bench) {
    static const size_t points[] = {1, 2, 3, 10, 30, 100, 300};
    static const double steps[] = {1e-2, 1e-3, 1e-4, 1e-5};
    for (int model = PROBE_RELU; model <= PROBE_POOL; model++)
        for (size_t p = 0; p < sizeof points / sizeof *points; p++)
            for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
                ProbeAsk ask = advised(bench);
                ask.model = (ProbeModel)model;
                ask.points = points[p];
                ask.h = steps[s];
                ask.sample = 40;
                check(bench, &ask, "", false);
            }
}

static void study_training(Bench *bench) {
    static const unsigned updates[] = {0, 1, 3, 10, 30, 100, 300};
    static const ProbeFault faults[] = {FAULT_NONE, FAULT_MISSING_DERIVATIVE,
                                        FAULT_WRONG_DERIVATIVE, FAULT_TABLE_DERIVATIVE,
                                        FAULT_WRONG_INDEX};
    for (size_t u = 0; u < sizeof updates / sizeof *updates; u++)
        for (int small = 0; small < 2; small++)
            for (size_t f = 0; f < sizeof faults / sizeof *faults; f++) {
                ProbeAsk ask = advised(bench);
                ask.fault = faults[f];
                ask.updates = updates[u];
                ask.rate = 0.3; /* small weights leave their saddle slowly */
                ask.start = small ? 1e-2 : 0;
                check(bench, &ask, small ? "small" : "xavier", false);
            }
}

static void study_decay(Bench *bench) {
    static const double decays[] = {0, 1e-4, 1e-3, 1e-2, 1e-1, 1, 1e1, 1e2, 1e3};
    static const ProbeFault faults[] = {FAULT_NONE, FAULT_MISSING_DERIVATIVE, FAULT_WRONG_INDEX,
                                        FAULT_OFF_BY_ONE, FAULT_DECAY_FACTOR};
    for (size_t d = 0; d < sizeof decays / sizeof *decays; d++)
        for (size_t f = 0; f < sizeof faults / sizeof *faults; f++) {
            ProbeAsk ask = advised(bench);
            ask.fault = faults[f];
            ask.decay = decays[d];
            check(bench, &ask, "", false);
        }
}

static void study_dropout(Bench *bench) {
    static const char *const modes[] = {"off", "held", "fresh"};
    static const ProbeFault faults[] = {FAULT_NONE, FAULT_MISSING_DERIVATIVE, FAULT_UNSCALED_MASK};
    for (int mode = 0; mode < 3; mode++)
        for (size_t f = 0; f < sizeof faults / sizeof *faults; f++) {
            ProbeAsk ask = advised(bench);
            ask.fault = faults[f];
            ask.share = mode ? 0.5 : 0;
            ask.fresh_masks = mode == 2;
            check(bench, &ask, modes[mode], false);
        }
}

/* ---- a few elements instead of all ---- */

/* Is one of `count` elements, drawn from elements first ... first+n-1, above 1e-2? */
static bool draw(const GradElement *elements, size_t first, size_t n, size_t count, Rng *rng) {
    bool caught = false;
    for (size_t i = 0; i < count; i++)
        caught |= elements[first + rng_below(rng, (uint32_t)n)].error > 1e-2;
    return caught;
}

/* Weights and biases of the three dense layers, as gradcheck goes through them. */
static bool draw_of_each(const GradElement *elements, size_t count, Rng *rng) {
    static const size_t blocks[] = {20 * PROBE_INPUTS, 20, 20 * 20, 20, 20 * 10, 10};
    bool caught = false;
    for (size_t b = 0, first = 0; b < sizeof blocks / sizeof *blocks; first += blocks[b++])
        caught |= draw(elements, first, blocks[b], count, rng);
    return caught;
}

/* `count` elements of every block, or six times as many of the whole vector. */
static void study_dimensions(Bench *bench) {
    enum { DRAWS = 400 };
    static const size_t counts[] = {1, 2, 3, 5, 10, 20, 50, 100};
    for (int fault = FAULT_NONE; fault < FAULT_UNSCALED_MASK; fault++) {
        ProbeAsk ask = advised(bench);
        ask.fault = (ProbeFault)fault;
        size_t n = probe(bench, &ask, false);
        Rng rng = rng_make(bench->seed, STREAM_SEARCH, (uint64_t)fault);
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
            size_t caught[2] = {0, 0};
            for (int d = 0; d < DRAWS; d++) {
                caught[0] += draw_of_each(bench->elements, counts[k], &rng);
                caught[1] += draw(bench->elements, 0, n, 6 * counts[k], &rng);
            }
            for (int whole = 0; whole < 2; whole++)
                table_row(cell_table(bench->cell, "dimensions"), v_text(fault_names[fault]),
                          v_text(whole ? "whole" : "each"), v_count((int64_t)(6 * counts[k])),
                          v_count(bench->seed), v_double((double)caught[whole] / DRAWS));
        }
    }
}

/* ---- every error under every piece of advice, heeded or not ---- */
typedef struct Setting {
    const char *name;
    bool single;
    ProbeAsk change; /* what is not zero here is not as advised */
    bool untrained;
} Setting;

static const Setting settings[] = {
    {.name = "all_advice"},
    {.name = "and_small_decay", .change = {.decay = 1e-2}},
    {.name = "and_held_dropout", .change = {.share = 0.5}},
    {.name = "single_precision", .single = true},
    {.name = "forward_difference", .change = {.forward = true}},
    {.name = "step_1e-1", .change = {.h = 1e-1}},
    {.name = "step_1e-11", .change = {.h = 1e-11}},
    {.name = "one_point", .change = {.points = 1}},
    {.name = "at_small_start", .untrained = true, .change = {.start = 1e-2}},
    {.name = "strong_decay", .change = {.decay = 1e3}},
    {.name = "fresh_dropout", .change = {.share = 0.5, .fresh_masks = true}},
    {.name = "one_of_each", .change = {.sample = 1}},
};

static void study_advice(Bench *bench) {
    for (size_t s = 0; s < sizeof settings / sizeof *settings; s++)
        for (int fault = 0; fault < FAULTS; fault++) {
            const ProbeAsk *change = &settings[s].change;
            ProbeAsk ask = advised(bench);
            ask.fault = (ProbeFault)fault;
            ask.forward = change->forward;
            ask.decay = change->decay;
            ask.share = change->share;
            ask.fresh_masks = change->fresh_masks;
            ask.start = change->start;
            ask.sample = change->sample;
            ask.h = change->h > 0 ? change->h : ask.h;
            ask.points = change->points ? change->points : ask.points;
            ask.updates = settings[s].untrained ? 0 : ask.updates;
            check(bench, &ask, settings[s].name, settings[s].single);
        }
}

/* ---- plan and cell ---- */
static const struct {
    const char *name;
    void (*run)(Bench *bench);
} studies[] = {{"steps", study_steps},       {"thresholds", study_thresholds},
               {"kinks", study_kinks},       {"training", study_training},
               {"decay", study_decay},       {"dropout", study_dropout},
               {"dimensions", study_dimensions}, {"advice", study_advice}};
enum { STUDIES = sizeof studies / sizeof *studies };

typedef struct Config {
    int study;
    uint32_t seed;
} Config;

static void plan(Plan *plan) {
    static const uint32_t seeds[] = {[SCALE_SMOKE] = 1, [SCALE_DESK] = 10, [SCALE_PAPER] = 20};
    uint32_t count = plan_seeds(plan, seeds[plan_scale(plan)]);
    for (int study = 0; study < STUDIES; study++)
        for (uint32_t seed = 1; seed <= count; seed++)
            plan_add(plan, &(Config){study, seed}, "study=%s,seed=%u", studies[study].name, seed);
}

/* Every seed has images of its own; 4 x 4 pixels become one.  No input is zero: the mean of MNIST's
 * pixels is taken off. */
static ProbeData make_data(const Dataset *mnist, uint32_t seed, Arena *arena) {
    double *x = arena_new(arena, double, IMAGES * PROBE_INPUTS);
    uint8_t *labels = arena_new(arena, uint8_t, IMAGES);
    for (size_t i = 0; i < IMAGES; i++) {
        size_t image = ((size_t)seed * IMAGES + i) % mnist->count;
        const uint8_t *bytes = mnist->images[image];
        labels[i] = mnist->labels[image];
        for (size_t p = 0; p < 28 * 28; p++)
            x[i * PROBE_INPUTS + p / 28 / 4 * PROBE_SIDE + p % 28 / 4] += bytes[p];
        for (size_t p = 0; p < PROBE_INPUTS; p++)
            x[i * PROBE_INPUTS + p] = x[i * PROBE_INPUTS + p] / (16 * 255) - 0.1307;
    }
    return (ProbeData){.x = x, .labels = labels, .count = IMAGES};
}

static bool cell(Cell *cell, Error *err) {
    const Config *c = cell->config;
    const Dataset *mnist = dataset_open("mnist", DATASET_TRAIN, err);
    if (!mnist)
        return false;
    Bench bench = {.cell = cell, .study = studies[c->study].name, .seed = c->seed,
                   .data = make_data(mnist, c->seed, cell->arena),
                   .elements = arena_new(cell->arena, GradElement, PROBE_ROOM)};
    studies[c->study].run(&bench);
    return true;
}

static const Column check_columns[] = {
    {"study", TIER_KEY}, {"setting", TIER_KEY}, {"fault", TIER_KEY}, {"model", TIER_KEY},
    {"precision", TIER_KEY}, {"formula", TIER_KEY}, {"step", TIER_KEY}, {"points", TIER_KEY},
    {"updates", TIER_KEY}, {"decay", TIER_KEY}, {"seed", TIER_KEY}, {"checked", TIER_EXACT},
    {"crossed_share", TIER_DISTRIBUTION}, {"worst", TIER_DISTRIBUTION},
    {"median", TIER_DISTRIBUTION}, {"median_absolute", TIER_DISTRIBUTION},
    {"above_1e2", TIER_DISTRIBUTION}, {"above_1e4", TIER_DISTRIBUTION},
    {"above_1e7", TIER_DISTRIBUTION}, {0}};
static const Column dimension_columns[] = {
    {"fault", TIER_KEY}, {"drawn", TIER_KEY}, {"elements", TIER_KEY}, {"seed", TIER_KEY},
    {"caught_share", TIER_DISTRIBUTION}, {0}};
static const TableSpec tables[] = {{"checks", check_columns}, {"dimensions", dimension_columns},
                                   {0}};

static const Experiment experiment = {
    .name = "gradient_check",
    .title = "Gradient checks: the advice, and real errors planted",
    .question = "Which of the advice on gradient checks catches which error?",
    .sources = "002 (CS231n, learning and evaluation: gradient checks)",
    .version = 1,
    .replanned = {[SCALE_PAPER] = 1},
    .minutes = {0.05, 1, 2},
    .config_size = sizeof(Config),
    .tables = tables,
    .claims = gradient_check_claims,
    .datasets = (const char *const[]){"mnist", NULL},
    .verify = dataset_verify,
    .plan = plan,
    .cell = cell,
};

int main(int argc, char **argv) {
    return experiment_main(&experiment, argc, argv);
}
