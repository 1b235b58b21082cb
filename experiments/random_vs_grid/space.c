/* SPDX-License-Identifier: MIT
 *
 * space.c - the paper's space (Bergstra & Bengio 2012, section 2.4, without preprocessing).
 *
 * The second alternative of every choice is the usual one: a grid that gives a choice one value
 * takes that.  At desk scale trainings are a hundred times shorter, so the time from which the rate
 * falls is too, and all trainings are equally long.
 */
#include "experiments/random_vs_grid/random_vs_grid.h"

#include <math.h>
#include <string.h>

enum { DISTRIBUTION, SCALING, FACTOR, SEED, HIDDEN, UNIT, BATCH, RATE, HOLD, L2, L2_VALUE, PASSES };

static const Param params[] = {
    [DISTRIBUTION] = {.name = "distribution", .kind = PARAM_CHOICE,
                      .choices = (const char *const[]){"normal", "uniform", NULL}},
    [SCALING] = {.name = "scaling", .kind = PARAM_CHOICE,
                 .choices = (const char *const[]){"fan_in", "fan_in_and_out", NULL}},
    [FACTOR] = {.name = "factor", .kind = PARAM_UNIFORM, .low = 0.2, .high = 2,
                .conditional = true, .parent = SCALING, .when = 0},
    [SEED] = {.name = "seed", .kind = PARAM_CHOICE,
              .choices = (const char *const[]){"1", "2", "3", NULL}},
    [HIDDEN] = {.name = "hidden", .kind = PARAM_LOG, .low = 18, .high = 1024, .quantum = 1},
    [UNIT] = {.name = "unit", .kind = PARAM_CHOICE,
              .choices = (const char *const[]){"sigmoid", "tanh", NULL}},
    [BATCH] = {.name = "batch", .kind = PARAM_CHOICE,
               .choices = (const char *const[]){"100", "20", NULL}},
    [RATE] = {.name = "rate", .kind = PARAM_LOG, .low = 1e-3, .high = 10},
    [HOLD] = {.name = "hold", .kind = PARAM_LOG, .low = 300, .high = 30000, .quantum = 1},
    [L2] = {.name = "l2", .kind = PARAM_CHOICE,
            .choices = (const char *const[]){"on", "off", NULL}},
    [L2_VALUE] = {.name = "l2_value", .kind = PARAM_LOG, .low = 3.1e-7, .high = 3.1e-5,
                  .conditional = true, .parent = L2, .when = 0},
    [PASSES] = {.name = "passes", .kind = PARAM_UNIFORM, .low = 100, .high = 1000, .quantum = 1}};

enum { PARAMS = sizeof params / sizeof *params, SHORT_PASSES = 8 };

Space network_space_at(Scale scale, Param copy[SPACE_MAX]) {
    memcpy(copy, params, sizeof params);
    if (scale == SCALE_PAPER)
        return (Space){copy, PARAMS};
    copy[HOLD].low /= 100;
    copy[HOLD].high /= 100;
    return (Space){copy, PARAMS - 1};
}

/* Weights of a layer: U(-1, 1) or N(0, 1) times factor / sqrt(inputs) or sqrt(6 / (in + out)). */
static Init init_of(const double *v, double in, double out) {
    double scale = v[SCALING] == 0 ? v[FACTOR] / sqrt(in) : sqrt(6 / (in + out));
    return (Init){v[DISTRIBUTION] == 0 ? INIT_GAUSSIAN : INIT_UNIFORM, scale};
}

MlpSpec network_spec(const double *v, Scale scale) {
    return (MlpSpec){
        .hidden = (size_t)v[HIDDEN],
        .batch = v[BATCH] == 0 ? 100 : 20,
        .passes = scale == SCALE_PAPER ? (size_t)v[PASSES] : scale == SCALE_DESK ? SHORT_PASSES : 2,
        .unit = v[UNIT] == 0 ? LAYER_SIGMOID : LAYER_TANH,
        .init = {init_of(v, 784, v[HIDDEN]), init_of(v, v[HIDDEN], 10)},
        .rate = v[RATE],
        .hold = (uint64_t)v[HOLD],
        .weight_decay = v[L2] == 0 ? v[L2_VALUE] : 0,
        .early_stop = true,
        .seed = (uint32_t)v[SEED] + 1};
}
