/* SPDX-License-Identifier: MIT */
#include "core/study/tuned.h"

#include "core/study/mlp.h"

#include <time.h>

const Param tuned_params[TUNED_PARAMS] = {
    [TUNED_RATE] = {.name = "rate", .kind = PARAM_LOG, .low = 1e-6, .high = 10},
    [TUNED_DECAY] = {.name = "weight_decay", .kind = PARAM_LOG, .low = 1e-6, .high = 10},
    [TUNED_DROPOUT] = {.name = "dropout", .kind = PARAM_UNIFORM, .low = 0, .high = 0.9,
                       .fixed = true}};

const Column tuned_trial_columns[] = {
    {"arm", TIER_KEY}, {"trial", TIER_KEY}, {"seed", TIER_KEY}, {"round", TIER_EXACT},
    {"rate", TIER_DISTRIBUTION}, {"weight_decay", TIER_DISTRIBUTION},
    {"dropout", TIER_DISTRIBUTION}, {"status", TIER_EXACT},
    {"validation_accuracy", TIER_DISTRIBUTION}, {"best_validation", TIER_DISTRIBUTION},
    {"best_test", TIER_DISTRIBUTION}, {0}};
const Column tuned_time_columns[] = {
    {"arm", TIER_KEY}, {"seed", TIER_KEY}, {"propose_s", TIER_MACHINE}, {"train_s", TIER_MACHINE},
    {0}};

/* CPU time of this process: other cells do not count. */
static double cpu_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct Tuning {
    Cell *cell;
    const char *arm;
    uint32_t seed;
    MlpData data;
    double best, best_test; /* the best on validation so far, and what it does on the test set */
    double propose_s, train_s;
} Tuning;

static bool trial(Tuning *t, Search *search, const Trial *trial, Error *err) {
    static const size_t passes[] = {1, 4, 20};
    MlpOutcome o;
    MlpSpec spec = {.hidden = 64, .batch = 20, .passes = passes[t->cell->scale],
                    .unit = LAYER_RELU, .init = {{.kind = INIT_HE}, {.kind = INIT_XAVIER}},
                    .rate = trial->values[TUNED_RATE], .momentum = 0.9,
                    .weight_decay = trial->values[TUNED_DECAY],
                    .dropout = trial->values[TUNED_DROPOUT], .seed = t->seed};
    double begin = cpu_s();
    if (!mlp_train(&spec, &t->data, &o, err))
        return false;
    t->train_s += cpu_s() - begin;
    search_tell(search, trial->index, 1 - o.validation);
    if (o.validation > t->best) {
        t->best = o.validation;
        t->best_test = o.test;
    }
    table_row(cell_table(t->cell, "trials"), v_text(t->arm), v_count((int64_t)trial->index),
              v_count(t->seed), v_count((int64_t)trial->round), v_double(spec.rate),
              v_double(spec.weight_decay), v_double(spec.dropout), v_text(o.status),
              v_double(o.validation), v_double(t->best), v_double(t->best_test));
    return true;
}

Search *tuned_search(Cell *cell, const char *arm, uint32_t seed, const SearchSpec *spec,
                     Error *err) {
    static const size_t images[][3] = {{400, 400, 400}, {2000, 1000, 5000}, {10000, 2000, 50000}};
    const size_t *size = images[cell->scale];
    Tuning t = {.cell = cell, .arm = arm, .seed = seed, .best = -1};
    Search *search = search_create(spec, cell->arena, err);
    if (!search ||
        !mlp_data(&t.data, SYNTH_PLAIN, size[0], size[1], size[2], cell->arena, err))
        return NULL;
    for (;;) {
        const Trial *trials;
        double begin = cpu_s();
        size_t count = search_ask(search, &trials);
        t.propose_s += cpu_s() - begin;
        if (count == 0)
            break;
        for (size_t i = 0; i < count; i++)
            if (!trial(&t, search, &trials[i], err))
                return NULL;
    }
    table_row(cell_table(cell, "times"), v_text(arm), v_count(seed), v_double(t.propose_s),
              v_double(t.train_s));
    return search;
}
