/* SPDX-License-Identifier: MIT
 *
 * synthetic.c - how often do T trials hit a target of 1% of the unit cube at a random place?
 *
 * Bergstra & Bengio (2012), section 4 and Figure 8.  A cube has equal sides; an elongated target
 * has sides in proportion to uniform numbers.  Random trials hit with probability 1 - 0.99^T.
 */
#include "experiments/random_vs_grid/random_vs_grid.h"

#include "core/base/exact.h"
#include "core/base/rng.h"
#include "core/lab/stats.h"
#include "core/search/points.h"

enum { MOST = 512, MOST_DIMENSIONS = 5, SHAPES = 64 };

static const size_t budgets[] = {1, 2, 4, 8, 16, 32, 64, 100, 128, 256, 512};
enum { BUDGETS = sizeof budgets / sizeof *budgets };

static const SearchMethod methods[] = {SEARCH_GRID, SEARCH_RANDOM, SEARCH_LATIN, SEARCH_SOBOL,
                                       SEARCH_HALTON};

const Column synthetic_columns[] = {
    {"dimensions", TIER_KEY}, {"target", TIER_KEY}, {"method", TIER_KEY}, {"shape", TIER_KEY},
    {"trials", TIER_KEY}, {"repetitions", TIER_EXACT}, {"hits", TIER_EXACT},
    {"share", TIER_EXACT}, {"low", TIER_EXACT}, {"high", TIER_EXACT}, {"analytic", TIER_EXACT},
    {0}};

void synthetic_plan(Plan *plan) {
    for (size_t d = 3; d <= 5; d += 2)
        for (int elongated = 0; elongated < 2; elongated++)
            for (size_t m = 0; m < sizeof methods / sizeof *methods; m++)
                plan_add(plan, &(Config){.part = SYNTHETIC, .method = methods[m], .dimensions = d,
                                         .elongated = elongated},
                         "part=synthetic,dimensions=%zu,target=%s,method=%s", d,
                         elongated ? "elongated" : "cube", search_method_name(methods[m]));
}

static size_t repetitions_of(Scale scale) {
    static const size_t repetitions[] = {200, 5000, 20000};
    return repetitions[scale];
}

/* ---- targets ---- */

typedef struct TargetBox {
    double low[MOST_DIMENSIONS], high[MOST_DIMENSIONS];
} TargetBox;

static bool sides(const Config *c, Rng *rng, double *side) {
    double product = 1, d = (double)c->dimensions;
    for (size_t i = 0; i < c->dimensions; i++) {
        side[i] = c->elongated ? 1 - rng_uniform(rng) : 1;
        product *= side[i];
    }
    double factor = exact_pow(0.01 / product, 1 / d);
    bool fits = true;
    for (size_t i = 0; i < c->dimensions; i++) {
        side[i] *= factor;
        fits = fits && side[i] <= 1;
    }
    return fits;
}

/* The target of a repetition is the same for every method. */
static TargetBox target_of(const Config *c, size_t repetition) {
    Rng rng = rng_make((uint32_t)repetition + 1, STREAM_DATA,
                       2 * c->dimensions + (c->elongated ? 1 : 0));
    TargetBox box;
    double side[MOST_DIMENSIONS];
    while (!sides(c, &rng, side))
        ;
    for (size_t i = 0; i < c->dimensions; i++) {
        box.low[i] = (1 - side[i]) * rng_uniform(&rng);
        box.high[i] = box.low[i] + side[i];
    }
    return box;
}

static bool inside(const TargetBox *box, const double *at, size_t dimensions) {
    for (size_t i = 0; i < dimensions; i++)
        if (at[i] < box->low[i] || at[i] >= box->high[i])
            return false;
    return true;
}

/* ---- methods ---- */

static void write(Cell *cell, const char *shape, size_t trials, size_t hits) {
    const Config *c = cell->config;
    size_t repetitions = repetitions_of(cell->scale);
    Interval share = stats_share(hits, repetitions);
    table_row(cell_table(cell, "synthetic"), v_count((int64_t)c->dimensions),
              v_text(c->elongated ? "elongated" : "cube"), v_text(search_method_name(c->method)),
              v_text(shape), v_count((int64_t)trials), v_count((int64_t)repetitions),
              v_count((int64_t)hits), v_double(share.value), v_double(share.low),
              v_double(share.high), v_double(1 - exact_pow(0.99, (double)trials)));
}

/* The first of 512 points that is inside; the same for all budgets. */
static size_t first_hit(const Config *c, size_t repetition, const double *sequence) {
    TargetBox box = target_of(c, repetition);
    for (size_t k = 0; k < MOST; k++) {
        double at[MOST_DIMENSIONS];
        const double *point = sequence + k * c->dimensions;
        if (c->method == SEARCH_RANDOM) {
            points_random((uint32_t)repetition + 1, k, at, c->dimensions);
            point = at;
        }
        if (inside(&box, point, c->dimensions))
            return k;
    }
    return MOST;
}

static void sequences(Cell *cell) {
    const Config *c = cell->config;
    double sequence[MOST * MOST_DIMENSIONS];
    size_t hits[BUDGETS] = {0};
    for (size_t k = 0; k < MOST; k++)
        if (c->method == SEARCH_SOBOL)
            points_sobol(0, false, k, sequence + k * c->dimensions, c->dimensions);
        else
            points_halton(0, false, k, sequence + k * c->dimensions, c->dimensions);
    for (size_t r = 0; r < repetitions_of(cell->scale); r++) {
        size_t first = first_hit(c, r, sequence);
        for (size_t b = 0; b < BUDGETS; b++)
            hits[b] += first < budgets[b];
    }
    for (size_t b = 0; b < BUDGETS; b++)
        write(cell, "", budgets[b], hits[b]);
}

static void hypercubes(Cell *cell) {
    const Config *c = cell->config;
    uint32_t permutations[MOST * MOST_DIMENSIONS];
    for (size_t b = 0; b < BUDGETS; b++) {
        size_t hits = 0;
        for (size_t r = 0; r < repetitions_of(cell->scale); r++) {
            TargetBox box = target_of(c, r);
            uint32_t seed = (uint32_t)r + 1;
            bool hit = false;
            points_latin_plan(seed, permutations, budgets[b], c->dimensions);
            for (size_t k = 0; k < budgets[b] && !hit; k++) {
                double at[MOST_DIMENSIONS];
                points_latin(seed, permutations, budgets[b], k, at, c->dimensions);
                hit = inside(&box, at, c->dimensions);
            }
            hits += hit;
        }
        write(cell, "", budgets[b], hits);
    }
}

/* A grid hits when every axis has one of its values inside. */
static bool grid_hits(const TargetBox *box, const size_t *shape, size_t dimensions) {
    for (size_t d = 0; d < dimensions; d++) {
        bool hit = false;
        for (size_t i = 0; i < shape[d] && !hit; i++) {
            double at = ((double)i + 0.5) / (double)shape[d];
            hit = at >= box->low[d] && at < box->high[d];
        }
        if (!hit)
            return false;
    }
    return true;
}

static const char *shape_text(Cell *cell, const size_t *shape, size_t dimensions) {
    const char *text = arena_format(cell->arena, "%zu", shape[0]);
    for (size_t d = 1; d < dimensions; d++)
        text = arena_format(cell->arena, "%sx%zu", text, shape[d]);
    return text;
}

static void grids(Cell *cell) {
    const Config *c = cell->config;
    for (size_t b = 0; b < BUDGETS; b++) {
        size_t shapes[SHAPES * MOST_DIMENSIONS];
        size_t count = points_grid_shapes(budgets[b], c->dimensions, shapes, SHAPES);
        for (size_t s = 0; s < count; s++) {
            const size_t *shape = shapes + s * c->dimensions;
            size_t hits = 0;
            for (size_t r = 0; r < repetitions_of(cell->scale); r++) {
                TargetBox box = target_of(c, r);
                hits += grid_hits(&box, shape, c->dimensions);
            }
            write(cell, shape_text(cell, shape, c->dimensions), budgets[b], hits);
        }
    }
}

bool synthetic_cell(Cell *cell, Error *err) {
    (void)err;
    const Config *c = cell->config;
    if (c->method == SEARCH_GRID)
        grids(cell);
    else if (c->method == SEARCH_LATIN)
        hypercubes(cell);
    else
        sequences(cell);
    return true;
}
