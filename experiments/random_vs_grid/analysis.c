/* SPDX-License-Identifier: MIT
 *
 * analysis.c - what the paper makes of its trials: the test accuracy of the best of s (section 2.1,
 * equations 5 and 6), efficiency curves, and the length scales of a Gaussian process (section 2.3).
 */
#include "experiments/random_vs_grid/random_vs_grid.h"

#include "core/base/rng.h"
#include "core/search/gp.h"

#include <math.h>

const Column efficiency_columns[] = {
    {"set", TIER_KEY}, {"method", TIER_KEY}, {"trials", TIER_KEY}, {"experiment", TIER_KEY},
    {"test_accuracy", TIER_DISTRIBUTION}, {"deviation", TIER_DISTRIBUTION}, {0}};
const Column importance_columns[] = {
    {"set", TIER_KEY}, {"fit", TIER_KEY}, {"parameter", TIER_KEY}, {"length", TIER_DISTRIBUTION},
    {"relevance", TIER_DISTRIBUTION}, {0}};

enum { DRAWS = 1000, MOST = 256 };

static double variance(double share, size_t n) {
    return share * (1 - share) / ((double)n - 1);
}

/* w_s is the probability that trial s is the best when every validation accuracy is a normal random
 * number of its own mean and variance: counted in DRAWS draws. */
Estimate analysis_best_of(const Scored *trials, size_t count, size_t validation_images,
                          size_t test_images, uint64_t cell) {
    size_t wins[MOST] = {0};
    Rng rng = rng_make(1, STREAM_BOOTSTRAP, cell);
    for (int draw = 0; draw < (count > 1 ? DRAWS : 1); draw++) {
        size_t best = 0;
        double highest = -1;
        for (size_t s = 0; s < count; s++) {
            double sd = sqrt(variance(trials[s].validation, validation_images));
            double z = trials[s].validation + (count > 1 ? sd * rng_normal(&rng) : 0);
            best = z > highest ? s : best;
            highest = fmax(highest, z);
        }
        wins[best]++;
    }
    double mean = 0, square = 0, draws = count > 1 ? DRAWS : 1;
    for (size_t s = 0; s < count; s++) {
        double w = (double)wins[s] / draws, test = trials[s].test;
        mean += w * test;
        square += w * (test * test + variance(test, test_images));
    }
    return (Estimate){mean, sqrt(fmax(0, square - mean * mean))};
}

/* All trials cut into experiments of s = 1, 2, 4, ... trials that share none; at the end all. */
void analysis_efficiency(Cell *cell, const char *method, const Scored *trials, size_t count,
                         size_t validation_images, size_t test_images) {
    const Config *c = cell->config;
    for (size_t size = 1;; size = 2 * size < count ? 2 * size : count) {
        for (size_t e = 0; (e + 1) * size <= count; e++) {
            Estimate best = analysis_best_of(trials + e * size, size, validation_images,
                                             test_images, size * MOST + e);
            table_row(cell_table(cell, "efficiency"), v_text(synth_name(c->set)), v_text(method),
                      v_count((int64_t)size), v_count((int64_t)e), v_double(best.mean),
                      v_double(best.deviation));
        }
        if (size == count)
            return;
    }
}

/* Fits to random 80% of the trials: 50 at paper scale, as in the paper, fewer otherwise. */
void analysis_importance(Cell *cell, const Space *space, const double *features,
                         const Scored *trials, size_t count) {
    static const size_t fits[] = {2, 10, 50};
    const Config *c = cell->config;
    size_t d = space->count, n = count * 4 / 5;
    Gp *gp = gp_create(n, d, cell->arena);
    uint32_t order[MOST];
    double *x = arena_new(cell->arena, double, n * d), *y = arena_new(cell->arena, double, n);
    for (size_t fit = 0; fit < fits[cell->scale]; fit++) {
        Rng rng = rng_make(1, STREAM_BOOTSTRAP, UINT64_C(1) << 32 | fit);
        rng_permutation(&rng, order, count);
        for (size_t i = 0; i < n; i++) {
            for (size_t k = 0; k < d; k++)
                x[i * d + k] = features[order[i] * d + k];
            y[i] = 1 - trials[order[i]].validation;
        }
        gp_fit(gp, x, y, n, NULL);
        for (size_t k = 0; k < d; k++)
            table_row(cell_table(cell, "importance"), v_text(synth_name(c->set)),
                      v_count((int64_t)fit), v_text(space->params[k].name),
                      v_double(gp->scales.length[k]), v_double(1 / gp->scales.length[k]));
    }
}
