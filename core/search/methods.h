/* SPDX-License-Identifier: MIT
 *
 * methods.h - what a method of search is to search.c (internal to core/search).
 *
 * A method plans its memory in `begin` and adds the trials of the next batch in `batch`; it finds
 * every loss told so far in search->trials.
 */
#ifndef TIDEMARK_SEARCH_METHODS_H
#define TIDEMARK_SEARCH_METHODS_H

#include "core/search/gp.h"
#include "core/search/search.h"

typedef struct BayesState {
    Gp *gp;
    double *x, *y;
    bool fitted;
} BayesState;

struct Search {
    SearchSpec spec;
    const Space *space;
    Trial *trials; /* room for the budget */
    size_t count, round;
    SearchBorder *borders;
    size_t border_count;
    uint32_t *permutations;         /* LATIN */
    size_t shape[SPACE_MAX];        /* GRID */
    double center[SPACE_MAX];       /* COORDINATE: values */
    size_t line, previous;          /* its parameter; where its last batch begins */
    double low[SPACE_MAX], high[SPACE_MAX]; /* COARSE_TO_FINE: the box, in places */
    size_t rung;                    /* HALVING: where the last rung begins */
    BayesState bayes;
    bool finished;
};

typedef struct SearchOps {
    const char *name;
    bool (*begin)(Search *search, Arena *arena, Error *err); /* NULL = nothing to plan */
    void (*batch)(Search *search); /* adds no trial when the search has come to its end */
    void (*finish)(Search *search); /* once, when all losses are known; NULL = nothing to do */
} SearchOps;

extern const SearchOps search_coordinate, search_coarse_to_fine, search_bayes, search_halving;

/* Adds a trial at a place (values follow from it), or with values that are given. */
Trial *search_add(Search *search, const double *at);
Trial *search_add_values(Search *search, const double *values);

/* A loss to compare: nan counts as infinity. */
double search_rank(const Trial *trial);

/* The best of trials first ... end-1; NULL if there is none. */
const Trial *search_best_of(const Search *search, size_t first, size_t end);

#endif
