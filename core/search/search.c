/* SPDX-License-Identifier: MIT */
#include "core/search/search.h"

#include "core/search/methods.h"
#include "core/search/points.h"

#include <math.h>
#include <string.h>

/* ---- trials ---- */

static Trial *add(Search *s) {
    Trial *trial = &s->trials[s->count];
    *trial = (Trial){.index = s->count, .round = s->round, .config = s->count, .resource = 1,
                     .loss = (double)NAN};
    s->count++;
    return trial;
}

Trial *search_add(Search *s, const double *at) {
    Trial *trial = add(s);
    memcpy(trial->at, at, s->space->count * sizeof *at);
    space_values(s->space, trial->at, trial->values);
    return trial;
}

Trial *search_add_values(Search *s, const double *values) {
    Trial *trial = add(s);
    memcpy(trial->values, values, s->space->count * sizeof *values);
    space_features(s->space, values, trial->at);
    return trial;
}

double search_rank(const Trial *trial) {
    return isnan(trial->loss) ? (double)INFINITY : trial->loss;
}

const Trial *search_best_of(const Search *s, size_t first, size_t end) {
    const Trial *best = NULL;
    for (size_t i = first; i < end; i++) {
        const Trial *t = &s->trials[i];
        if (t->told && (!best || t->resource > best->resource ||
                        (t->resource == best->resource && search_rank(t) < search_rank(best))))
            best = t;
    }
    return best;
}

/* ---- searches that do not wait ---- */

static bool begin_grid(Search *s, Arena *arena, Error *err) {
    size_t n = s->space->count, product = 1;
    if (s->spec.shape) {
        memcpy(s->shape, s->spec.shape, n * sizeof *s->shape);
        for (size_t d = 0; d < n; d++)
            product *= s->shape[d];
        if (product != s->spec.budget)
            return error_set(err, "the shape of the grid has %zu points, the budget is %zu",
                             product, s->spec.budget);
        return true;
    }
    size_t shapes = points_grid_shapes(s->spec.budget, n, NULL, 0);
    size_t *all = arena_new(arena, size_t, shapes * n);
    points_grid_shapes(s->spec.budget, n, all, shapes);
    memcpy(s->shape, all + (shapes - 1) * n, n * sizeof *s->shape);
    return true;
}

static bool begin_latin(Search *s, Arena *arena, Error *err) {
    (void)err;
    s->permutations = arena_new(arena, uint32_t, s->space->count * s->spec.budget);
    points_latin_plan(s->spec.seed, s->permutations, s->spec.budget, s->space->count);
    return true;
}

static void place(Search *s, size_t k, double *at) {
    size_t n = s->space->count;
    const SearchSpec *spec = &s->spec;
    switch (spec->method) {
    case SEARCH_GRID:
        points_grid(s->shape, k, at, n);
        break;
    case SEARCH_LATIN:
        points_latin(spec->seed, s->permutations, spec->budget, k, at, n);
        break;
    case SEARCH_SOBOL:
        points_sobol(spec->seed, !spec->plain, k, at, n);
        break;
    case SEARCH_HALTON:
        points_halton(spec->seed, !spec->plain, k, at, n);
        break;
    default:
        points_random(spec->seed, k, at, n);
    }
}

static void batch_points(Search *s) {
    double at[SPACE_MAX];
    for (size_t k = s->count; k < s->spec.budget; k++) {
        place(s, k, at);
        search_add(s, at);
    }
}

/* ---- all methods ---- */

static const SearchOps grid = {"grid", begin_grid, batch_points, NULL};
static const SearchOps random_points = {"random", NULL, batch_points, NULL};
static const SearchOps latin = {"latin", begin_latin, batch_points, NULL};
static const SearchOps sobol = {"sobol", NULL, batch_points, NULL};
static const SearchOps halton = {"halton", NULL, batch_points, NULL};

static const SearchOps *const methods[SEARCH_METHODS] = {
    [SEARCH_GRID] = &grid,
    [SEARCH_RANDOM] = &random_points,
    [SEARCH_LATIN] = &latin,
    [SEARCH_SOBOL] = &sobol,
    [SEARCH_HALTON] = &halton,
    [SEARCH_COORDINATE] = &search_coordinate,
    [SEARCH_COARSE_TO_FINE] = &search_coarse_to_fine,
    [SEARCH_BAYES] = &search_bayes,
    [SEARCH_HALVING] = &search_halving,
};

const char *search_method_name(SearchMethod method) {
    return methods[method]->name;
}

Search *search_create(const SearchSpec *spec, Arena *arena, Error *err) {
    if (!space_check(spec->space, err))
        return NULL;
    if (spec->budget == 0) {
        error_set(err, "the budget of the %s search is 0 trials; give it at least one",
                  search_method_name(spec->method));
        return NULL;
    }
    Search *s = arena_new(arena, Search, 1);
    s->spec = *spec;
    s->space = spec->space;
    s->trials = arena_new(arena, Trial, spec->budget);
    const SearchOps *ops = methods[spec->method];
    return !ops->begin || ops->begin(s, arena, err) ? s : NULL;
}

size_t search_ask(Search *s, const Trial **trials) {
    for (size_t i = 0; i < s->count; i++)
        if (!s->trials[i].told)
            die("search: the next batch was asked for before the loss of trial %zu was told", i);
    size_t first = s->count;
    const SearchOps *ops = methods[s->spec.method];
    if (s->count < s->spec.budget)
        ops->batch(s);
    else if (ops->finish && !s->finished)
        ops->finish(s);
    s->finished = s->finished || s->count == first;
    s->round++;
    *trials = s->trials + first;
    return s->count - first;
}

void search_tell(Search *s, size_t index, double loss) {
    if (index >= s->count || s->trials[index].told)
        die("search: a loss of trial %zu, which %s", index,
            index >= s->count ? "was not handed out" : "has one already");
    s->trials[index].loss = loss;
    s->trials[index].told = true;
}

const Trial *search_trials(const Search *s, size_t *count) {
    *count = s->count;
    return s->trials;
}

const Trial *search_best(const Search *s) {
    return search_best_of(s, 0, s->count);
}

const SearchBorder *search_borders(const Search *s, size_t *count) {
    *count = s->border_count;
    return s->borders;
}

const char *search_border_text(const Search *s, const SearchBorder *border, Arena *arena) {
    return arena_format(arena, "%s: the best value %g is on the %s border of %g ... %g; the range "
                               "is %s", s->space->params[border->parameter].name, border->value,
                        border->upper ? "upper" : "lower", border->low, border->high,
                        border->widened ? "widened" : "not widened");
}

const double *search_center(const Search *s) {
    return s->center;
}

const double *search_lengths(const Search *s) {
    return s->bayes.fitted ? s->bayes.gp->scales.length : NULL;
}
