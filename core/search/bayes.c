/* SPDX-License-Identifier: MIT
 *
 * bayes.c - the next trial where a Gaussian process expects most.
 */
#include "core/base/rng.h"
#include "core/search/methods.h"
#include "core/search/points.h"

#include <math.h>
#include <string.h>

/* Cells of the stream SEARCH for candidates, apart from those of trials. */
static const uint64_t candidate_cell = UINT64_C(1) << 60;

enum { REFINED = 3, REFINEMENTS = 40 };

_Static_assert((int)SPACE_MAX <= (int)SOBOL_MAX, "a Sobol axis for every parameter");

static bool begin_bayes(Search *s, Arena *arena, Error *err) {
    BayesSpec *spec = &s->spec.bayes;
    size_t d = s->space->count;
    (void)err;
    size_t usual = 2 * d > 4 ? 2 * d : 4;
    spec->initial = spec->initial ? spec->initial : usual;
    spec->batch = spec->batch ? spec->batch : 1;
    spec->candidates = spec->candidates ? spec->candidates : 500;
    s->bayes.gp = gp_create(s->spec.budget, d, arena);
    s->bayes.x = arena_new(arena, double, s->spec.budget * d);
    s->bayes.y = arena_new(arena, double, s->spec.budget);
    return true;
}

/* What the model sees of the trials so far; a loss that is no number is the worst that is one. */
static double model_data(Search *s) {
    double worst = -(double)INFINITY, best = (double)INFINITY;
    for (size_t i = 0; i < s->count; i++)
        if (isfinite(s->trials[i].loss)) {
            worst = fmax(worst, s->trials[i].loss);
            best = fmin(best, s->trials[i].loss);
        }
    for (size_t i = 0; i < s->count; i++) {
        space_features(s->space, s->trials[i].values, s->bayes.x + i * s->space->count);
        double known = isfinite(worst) ? worst : 0;
        s->bayes.y[i] = isfinite(s->trials[i].loss) ? s->trials[i].loss : known;
    }
    return isfinite(best) ? best : 0;
}

typedef struct Candidate {
    double at[SPACE_MAX], gain;
} Candidate;

static double gain_at(const Search *s, const double *at, double best) {
    double values[SPACE_MAX], features[SPACE_MAX];
    space_values(s->space, at, values);
    space_features(s->space, values, features);
    return gp_expected_improvement(gp_predict(s->bayes.gp, features), best);
}

/* Keeps the REFINED best, best first. */
static void keep(Candidate *kept, const Candidate *candidate) {
    if (!(candidate->gain > kept[REFINED - 1].gain))
        return;
    size_t i = REFINED - 1;
    for (; i > 0 && candidate->gain > kept[i - 1].gain; i--)
        kept[i] = kept[i - 1];
    kept[i] = *candidate;
}

/* Random steps that shrink, taken when they gain. */
static void refine(const Search *s, Candidate *candidate, double best, Rng *rng) {
    for (int step = 0; step < REFINEMENTS; step++) {
        Candidate next = *candidate;
        double width = 0.3 * (1 - (double)step / REFINEMENTS) + 0.005;
        for (size_t d = 0; d < s->space->count; d++)
            next.at[d] = fmin(fmax(next.at[d] + rng_range(rng, -width, width), 0), 1);
        next.gain = gain_at(s, next.at, best);
        if (next.gain > candidate->gain)
            *candidate = next;
    }
}

/* The place of largest expected improvement, as far as candidates and refinement find it. */
static void propose(const Search *s, double best, double *at) {
    Candidate kept[REFINED], candidate;
    Rng rng = rng_make(s->spec.seed, STREAM_SEARCH, candidate_cell + s->count);
    for (size_t i = 0; i < REFINED; i++)
        kept[i].gain = -1;
    for (size_t c = 0; c < s->spec.bayes.candidates; c++) {
        for (size_t d = 0; d < s->space->count; d++)
            candidate.at[d] = rng_uniform(&rng);
        candidate.gain = gain_at(s, candidate.at, best);
        keep(kept, &candidate);
    }
    size_t chosen = 0;
    for (size_t i = 0; i < REFINED && kept[i].gain >= 0; i++) {
        refine(s, &kept[i], best, &rng);
        chosen = kept[i].gain > kept[chosen].gain ? i : chosen;
    }
    memcpy(at, kept[chosen].at, s->space->count * sizeof *at);
}

/* The first fit starts afresh; later ones also from where the last one ended. */
static double model(Search *s) {
    double best = model_data(s);
    GpScales last = s->bayes.gp->scales;
    gp_fit(s->bayes.gp, s->bayes.x, s->bayes.y, s->count, s->bayes.fitted ? &last : NULL);
    s->bayes.fitted = true;
    return best;
}

/* The new trial enters the model with the value the model expects of it. */
static void believe(Search *s, const Trial *trial) {
    size_t d = s->space->count, k = trial->index;
    GpScales scales = s->bayes.gp->scales;
    space_features(s->space, trial->values, s->bayes.x + k * d);
    s->bayes.y[k] = gp_predict(s->bayes.gp, s->bayes.x + k * d).mean;
    gp_condition(s->bayes.gp, s->bayes.x, s->bayes.y, k + 1, &scales);
}

static void batch_bayes(Search *s) {
    const BayesSpec *spec = &s->spec.bayes;
    double at[SPACE_MAX];
    size_t left = s->spec.budget - s->count;
    if (s->count == 0) {
        for (size_t k = 0; k < spec->initial && k < left; k++) {
            points_sobol(s->spec.seed, true, k, at, s->space->count);
            search_add(s, at);
        }
        return;
    }
    double best = model(s);
    for (size_t i = 0; i < spec->batch && i < left; i++) {
        propose(s, best, at);
        const Trial *trial = search_add(s, at);
        if (i + 1 < spec->batch && i + 1 < left)
            believe(s, trial);
    }
}

const SearchOps search_bayes = {"bayes", begin_bayes, batch_bayes, NULL};
