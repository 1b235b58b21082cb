/* SPDX-License-Identifier: MIT
 *
 * search.h - searches that hand out trials and take back losses.
 *
 *     Search *search = search_create(&(SearchSpec){.method = SEARCH_BAYES, .space = &space,
 *                                                  .budget = 64, .seed = 1}, arena, err);
 *     const Trial *trials;
 *     for (size_t n; (n = search_ask(search, &trials)) > 0;)
 *         for (size_t i = 0; i < n; i++)         (side by side, in any order)
 *             search_tell(search, trials[i].index, train(trials[i].values));
 *     const Trial *best = search_best(search);
 *
 * search_ask gives a batch: trials that do not depend on each other.  Losses of a batch may be told
 * in any order; the next batch is made from all of them in the order of the trials.  So trial k is
 * a function of (seed, k) and, for the sequential searches, of the losses of the batches before it:
 * never of which worker finished first.  Losses are minimised; nan and infinity (a diverged
 * training) are worse than any number.
 *
 *     GRID             a grid of `shape`, or of the last monotone shape of the budget (the one that
 *                      is nearest to a cube); one batch
 *     RANDOM, LATIN, SOBOL, HALTON   points.h; one batch
 *     COORDINATE       "Floyd Rose" tuning (source 000): one parameter after the other, in
 *                      rotation; a batch is one line search: the present place and others
 *     COARSE_TO_FINE   rounds of random trials (CS231n); each round's box is centred at the best
 *                      so far and `shrink` as wide, but as wide as before, and so beyond the old
 *                      range, along an axis where the best was on the border
 *     BAYES            a few Sobol points, then the maximum of expected improvement under a
 *                      Gaussian process (gp.h; Jones et al. 1998; Snoek et al. 2012); within a
 *                      batch the process believes its own mean (Ginsbourger et al. 2010)
 *     HALVING          successive halving (Jamieson & Talwalkar 2016): many trials with one unit of
 *                      resource, the best 1/eta of them again with eta units, and so on
 */
#ifndef TIDEMARK_SEARCH_SEARCH_H
#define TIDEMARK_SEARCH_SEARCH_H

#include "core/base/arena.h"
#include "core/search/space.h"
#include <stdint.h>

typedef enum SearchMethod {
    SEARCH_GRID,
    SEARCH_RANDOM,
    SEARCH_LATIN,
    SEARCH_SOBOL,
    SEARCH_HALTON,
    SEARCH_COORDINATE,
    SEARCH_COARSE_TO_FINE,
    SEARCH_BAYES,
    SEARCH_HALVING,
    SEARCH_METHODS
} SearchMethod;

const char *search_method_name(SearchMethod method); /* "grid", "coarse_to_fine", ... */

typedef struct Trial {
    size_t index;    /* 0, 1, 2, ... in the order they are handed out */
    size_t round;    /* batches before this one */
    size_t config;   /* the first trial with these values: halving trains it again */
    double resource; /* how much training, in units of a first round; 1 but for halving */
    double at[SPACE_MAX], values[SPACE_MAX]; /* places on the axes; values, nan = inactive */
    double loss;     /* nan until told */
    bool told;
} Trial;

/* COORDINATE: offsets are in the parameter's units, on a log scale in decades; a choice tries all
 * its alternatives.  The first and every other value stay within the bounds of the space. */
typedef struct CoordinateSpec {
    const double *start;   /* values; NULL = the middle of every range */
    const double *offsets; /* `count` of them; 0 tries the present place again */
    size_t count;
    double damping;        /* share of the way to the best place that is gone; 0 means 1 */
    size_t lines;          /* ends after so many, whatever trials they had; 0 = at the budget */
} CoordinateSpec;

typedef struct CoarseToFineSpec {
    size_t rounds;     /* 0 means 3 */
    double shrink;     /* width of a round's box, of the one before; 0 means 1/3 */
    double border;     /* share of the width that is border, on each side; 0 means 0.1 */
    bool narrow_only;  /* never leave a box: what happens to those who do not mind the border */
    bool own_round;    /* rounds are judged by themselves, as when later ones train longer */
} CoarseToFineSpec;

typedef struct BayesSpec {
    size_t initial;    /* points before the first model; 0 means 2 a parameter, at least 4 */
    size_t batch;      /* trials side by side; 0 means 1 */
    size_t candidates; /* random places tried for each trial; 0 means 500 */
} BayesSpec;

typedef struct SearchSpec {
    SearchMethod method;
    const Space *space;
    size_t budget;       /* trials; for halving of all rounds together */
    uint32_t seed;
    const size_t *shape; /* GRID: points along each axis, their product is the budget; or NULL */
    bool plain;          /* SOBOL, HALTON: without the random shift */
    CoordinateSpec coordinate;
    CoarseToFineSpec coarse;
    BayesSpec bayes;
    size_t eta;          /* HALVING; 0 means 3 */
} SearchSpec;

/* A best value on the border of its range: a warning worth having. */
typedef struct SearchBorder {
    size_t round, parameter;
    bool upper;         /* which border */
    bool widened;       /* false: the range is fixed (or narrow_only) */
    double value;       /* of the best trial */
    double low, high;   /* the range in that round */
} SearchBorder;

typedef struct Search Search;

/* NULL for a space that space_check refuses, a budget of 0, a shape that is not the budget's,
 * missing offsets, and values outside their ranges.  Everything lives in `arena`; spec->space must
 * live as long. */
Search *search_create(const SearchSpec *spec, Arena *arena, Error *err);

/* The next batch; 0 = the budget is spent.  Dies if a loss of the batch before is missing. */
size_t search_ask(Search *search, const Trial **trials);
void search_tell(Search *search, size_t index, double loss);

const Trial *search_trials(const Search *search, size_t *count); /* all so far */
/* The smallest loss among those with the largest resource, the first of equals; NULL before any. */
const Trial *search_best(const Search *search);
const SearchBorder *search_borders(const Search *search, size_t *count);
/* "rate: the best value 9.1 is on the upper border of 0.001 ... 10; the range is widened". */
const char *search_border_text(const Search *search, const SearchBorder *border, Arena *arena);

/* COORDINATE: the present place, a value a parameter.  While a line is out it is where the line
 * goes out from; when search_ask has said 0, it is where the search ended. */
const double *search_center(const Search *search);

/* Length scales of the model behind the last batch of BAYES; NULL before there is one. */
const double *search_lengths(const Search *search);

#endif
