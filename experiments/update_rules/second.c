/* SPDX-License-Identifier: MIT
 *
 * Newton's method and L-BFGS beside plain descent: the problems' data, and a row of each run.
 */
#include "core/base/engine.h"
#include "core/base/rng.h"
#include "core/data/dataset.h"
#include "experiments/update_rules/update_rules.h"

#include <string.h>

enum { SIDE = 28, IMAGES = 500, NOTED = 5 };
static const double decay = 0.01;

const char *const problem_names[PROBLEMS] = {"parity", "softmax_16", "softmax_49", "softmax_196"};
const char *const method_names[SECOND_METHODS] = {"newton", "newton_differences", "lbfgs",
                                                  "descent", "momentum"};
static const size_t sides[PROBLEMS] = {0, 4, 7, 14};

size_t problem_rates(size_t problem, size_t method, double rates[RATE_ROOM]) {
    static const double grids[2][2][RATE_ROOM] = {
        {{1, 2, 5, 10, 20, 50}, {0.1, 0.2, 0.5, 1, 2, 5}}, /* 3-5-1 */
        {{1, 2, 5, 10}, {0.5, 1, 2, 5, 10}}};      /* softmax */
    const double *grid = grids[problem != PARITY][method == DESCENT_MOMENTUM];
    size_t count = 0;
    if (method != DESCENT && method != DESCENT_MOMENTUM) {
        rates[0] = 0;
        return 1;
    }
    for (; count < RATE_ROOM && grid[count] > 0; count++)
        rates[count] = grid[count];
    return count;
}

/* IMAGES random training images, each square of pixels averaged to one of `side` x `side`. */
static bool shrink(SecondAsk *ask, size_t side, uint32_t seed, Arena *arena, Error *err) {
    const Dataset *mnist = dataset_open("mnist", DATASET_TRAIN, err);
    if (!mnist)
        return false;
    size_t square = SIDE / side;
    uint32_t *order = arena_new(arena, uint32_t, mnist->count);
    double *x = arena_new(arena, double, IMAGES * side * side);
    uint8_t *labels = arena_new(arena, uint8_t, IMAGES);
    Rng rng = rng_make(seed, STREAM_SPLIT, 0);
    rng_permutation(&rng, order, mnist->count);
    for (size_t k = 0; k < IMAGES; k++) {
        const uint8_t *image = mnist->images[order[k]];
        labels[k] = mnist->labels[order[k]];
        for (size_t i = 0; i < SIDE * SIDE; i++)
            x[(k * side + i / SIDE / square) * side + i % SIDE / square] += image[i];
        for (size_t i = 0; i < side * side; i++)
            x[k * side * side + i] /= 255.0 * (double)(square * square);
    }
    ask->x = x;
    ask->labels = labels;
    ask->images = IMAGES;
    ask->inputs = side * side;
    ask->decay = decay;
    return true;
}

bool study_second(Cell *cell, Error *err) {
    const Config *c = cell->config;
    static const unsigned most[] = {[SCALE_SMOKE] = 30, [SCALE_DESK] = 2000, [SCALE_PAPER] = 2000};
    SecondAsk ask = {.problem = (SecondProblem)c->what, .method = (SecondMethod)c->how,
                     .rate = c->rate, .seed = c->seed, .iterations = most[cell->scale],
                     .isa = engine_isa()};
    SecondOutcome *o = arena_new(cell->arena, SecondOutcome, 1);
    if (c->what != PARITY && !shrink(&ask, sides[c->what], c->seed, cell->arena, err))
        return false;
    double_second(&ask, o);
    const char *problem = problem_names[c->what], *method = method_names[c->how];
    table_row(cell_table(cell, "second"), v_text(problem), v_text(method), v_double(c->rate),
              v_count(c->seed), v_text(o->status), v_count((int64_t)o->parameters),
              v_count(o->iterations), v_count((int64_t)o->evaluations),
              v_count((int64_t)o->hessians), v_count((int64_t)o->shifted), v_double(o->loss),
              v_double(o->gradient_norm), v_double(o->cpu_ms));
    for (size_t i = 0; i < o->count && c->seed <= NOTED; i++) /* what is drawn */
        table_row(cell_table(cell, "descents"), v_text(problem), v_text(method), v_double(c->rate),
                  v_count(c->seed), v_count(o->points[i].iteration),
                  v_count((int64_t)o->points[i].evaluations), v_double(o->points[i].loss),
                  v_double(o->points[i].gradient_norm));
    return true;
}
