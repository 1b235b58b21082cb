/* SPDX-License-Identifier: MIT
 *
 * plane.c - CS231n's picture on real trainings: the rate matters, the weight decay (so small) does
 * not.  Nine trials by every method, again and again.
 *
 * Nobody knows beforehand where in the range the good rates are, so every repetition but the first
 * moves the range of rates (CS231n's, 10^-6 to 10) by up to a decade; all methods of a repetition
 * search the same range, with the same initial weights.
 */
#include "experiments/random_vs_grid/random_vs_grid.h"

#include "core/base/exact.h"
#include "core/base/rng.h"

#include <string.h>

enum { LATTICE_RATES = 24, LATTICE_DECAYS = 8, BLOCK = 5 };

static const SearchMethod methods[] = {SEARCH_GRID, SEARCH_RANDOM, SEARCH_LATIN, SEARCH_SOBOL,
                                       SEARCH_COARSE_TO_FINE, SEARCH_BAYES};
enum { METHODS = sizeof methods / sizeof *methods };

const Column plane_columns[] = {
    {"method", TIER_KEY}, {"seed", TIER_KEY}, {"trial", TIER_KEY}, {"rate", TIER_DISTRIBUTION},
    {"weight_decay", TIER_DISTRIBUTION}, {"status", TIER_EXACT},
    {"validation_accuracy", TIER_DISTRIBUTION}, {"best_validation", TIER_DISTRIBUTION},
    {"best_test", TIER_DISTRIBUTION}, {0}};

static const Param ranges[] = {
    {.name = "weight_decay", .kind = PARAM_LOG, .low = 1e-7, .high = 1e-3},
    {.name = "rate", .kind = PARAM_LOG, .low = 1e-6, .high = 10}};

void plane_plan(Plan *plan) {
    static const uint32_t repetitions[] = {5, 40, 100};
    plan_add(plan, &(Config){.part = LATTICE}, "part=lattice");
    for (int m = 0; m < METHODS; m++)
        for (uint32_t first = 0; first < repetitions[plan_scale(plan)]; first += BLOCK)
            plan_add(plan, &(Config){.part = PLANE, .method = methods[m], .first = first,
                                     .count = BLOCK},
                     "part=plane,method=%s,first=%u", search_method_name(methods[m]), first);
}

static bool data_of(const Cell *cell, MlpData *data, Error *err) {
    static const size_t images[][3] = {{500, 1000, 500}, {2000, 1000, 5000}, {10000, 2000, 50000}};
    const size_t *size = images[cell->scale];
    return mlp_data(data, SYNTH_PLAIN, size[0], size[1], size[2], cell->arena, err);
}

static bool train(const Cell *cell, const MlpData *data, const double *values, uint32_t seed,
                  MlpOutcome *outcome, Error *err) {
    static const size_t passes[] = {1, 4, 20};
    MlpSpec spec = {.hidden = 64, .batch = 20, .passes = passes[cell->scale], .unit = LAYER_RELU,
                    .init = {{.kind = INIT_HE}, {.kind = INIT_XAVIER}}, .weight_decay = values[0],
                    .rate = values[1], .seed = seed};
    return mlp_train(&spec, data, outcome, err);
}

/* The whole plane, for the heat map. */
bool lattice_cell(Cell *cell, Error *err) {
    const Space space = {ranges, 2};
    const size_t shape[] = {LATTICE_DECAYS, LATTICE_RATES};
    MlpData data;
    Search *search = search_create(&(SearchSpec){.method = SEARCH_GRID, .space = &space,
                                                 .shape = shape,
                                                 .budget = LATTICE_DECAYS * LATTICE_RATES},
                                   cell->arena, err);
    if (!search || !data_of(cell, &data, err))
        return false;
    const Trial *trials;
    size_t count = search_ask(search, &trials);
    for (size_t i = 0; i < count; i++) {
        MlpOutcome o;
        if (!train(cell, &data, trials[i].values, 1, &o, err))
            return false;
        table_row(cell_table(cell, "plane"), v_text("lattice"), v_count(0), v_count((int64_t)i),
                  v_double(trials[i].values[1]), v_double(trials[i].values[0]), v_text(o.status),
                  v_double(o.validation), v_double(o.validation), v_double(o.test));
    }
    return true;
}

/* The range of rates of a repetition. */
static void move_range(Param *rate, uint32_t repetition) {
    Rng rng = rng_make(repetition, STREAM_SEARCH, UINT64_MAX);
    double factor = repetition ? exact_exp10(rng_range(&rng, -1, 1)) : 1;
    rate->low *= factor;
    rate->high *= factor;
}

static bool search_once(Cell *cell, const MlpData *data, uint32_t repetition, Error *err) {
    const Config *c = cell->config;
    const char *name = search_method_name(c->method);
    Param moved[2];
    memcpy(moved, ranges, sizeof ranges);
    move_range(&moved[1], repetition);
    const Space space = {moved, 2};
    Search *search = search_create(&(SearchSpec){.method = c->method, .space = &space,
                                                 .budget = PLANE_TRIALS, .seed = repetition + 1},
                                   cell->arena, err);
    const Trial *trials;
    double best = -1, best_test = -1;
    for (size_t n; search && (n = search_ask(search, &trials)) > 0;)
        for (size_t i = 0; i < n; i++) {
            const Trial *t = &trials[i];
            MlpOutcome o;
            if (!train(cell, data, t->values, repetition + 1, &o, err))
                return false;
            search_tell(search, t->index, 1 - o.validation);
            if (o.validation > best) {
                best = o.validation;
                best_test = o.test;
            }
            table_row(cell_table(cell, "plane"), v_text(name), v_count(repetition),
                      v_count((int64_t)t->index), v_double(t->values[1]), v_double(t->values[0]),
                      v_text(o.status), v_double(o.validation), v_double(best),
                      v_double(best_test));
        }
    return search != NULL;
}

bool plane_cell(Cell *cell, Error *err) {
    const Config *c = cell->config;
    MlpData data;
    if (!data_of(cell, &data, err))
        return false;
    for (uint32_t r = c->first; r < c->first + c->count; r++)
        if (!search_once(cell, &data, r, err))
            return false;
    return true;
}
