/* SPDX-License-Identifier: MIT */
#include "core/search/gp.h"

#include "core/base/cholesky.h"
#include "core/base/exact.h"

#include <math.h>
#include <string.h>

#define LOG_2PI 1.8378770664093453

Gp *gp_create(size_t room, size_t dimensions, Arena *arena) {
    if (dimensions > SPACE_MAX)
        die("a Gaussian process of %zu axes: at most %d", dimensions, SPACE_MAX);
    Gp *gp = arena_new(arena, Gp, 1);
    *gp = (Gp){.room = room, .dimensions = dimensions};
    gp->values = arena_new(arena, double, room);
    gp->alpha = arena_new(arena, double, room);
    gp->between = arena_new(arena, double, room);
    gp->factor = arena_new(arena, double, room * room);
    gp->kernel = arena_new(arena, double, room * room);
    gp->inverse = arena_new(arena, double, room * room);
    return gp;
}

static void standardise(Gp *gp, const double *y) {
    double n = (double)gp->count, sum = 0, squares = 0;
    for (size_t i = 0; i < gp->count; i++)
        sum += y[i];
    gp->mean = gp->count ? sum / n : 0;
    for (size_t i = 0; i < gp->count; i++)
        squares += (y[i] - gp->mean) * (y[i] - gp->mean);
    gp->deviation = squares > 0 ? sqrt(squares / n) : 1;
    for (size_t i = 0; i < gp->count; i++)
        gp->values[i] = (y[i] - gp->mean) / gp->deviation;
}

static double covariance(const Gp *gp, const double *a, const double *b) {
    double sum = 0;
    for (size_t d = 0; d < gp->dimensions; d++) {
        double z = (a[d] - b[d]) / gp->scales.length[d];
        sum += z * z;
    }
    return gp->scales.signal * exact_exp(-sum);
}

/* K = U'U, with as much jitter as it takes. */
static void factor_kernel(Gp *gp) {
    size_t n = gp->count;
    double level = gp->scales.signal + gp->scales.noise;
    gp->jitter = 0;
    for (double next = 1e-10;; next *= 10) {
        memcpy(gp->factor, gp->kernel, n * n * sizeof *gp->factor);
        for (size_t i = 0; i < n; i++)
            gp->factor[i * n + i] += gp->scales.noise + gp->jitter;
        if (cholesky_factor(gp->factor, n))
            return;
        if (next > 1)
            die("Gaussian process: a covariance matrix of %zu points is not finite", n);
        gp->jitter = next * level;
    }
}

/* Algorithm 2.1: factor, alpha, log marginal likelihood. */
static void condition(Gp *gp) {
    size_t n = gp->count;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++)
            gp->kernel[i * n + j] = gp->kernel[j * n + i] =
                covariance(gp, gp->x + i * gp->dimensions, gp->x + j * gp->dimensions);
    factor_kernel(gp);
    memcpy(gp->alpha, gp->values, n * sizeof *gp->alpha);
    cholesky_forward(gp->factor, n, gp->alpha, 1);
    cholesky_back(gp->factor, n, gp->alpha, 1);
    double fit = 0, volume = 0;
    for (size_t i = 0; i < n; i++) {
        fit += gp->values[i] * gp->alpha[i];
        volume += exact_log(gp->factor[i * n + i]);
    }
    gp->likelihood = -0.5 * fit - volume - 0.5 * (double)n * LOG_2PI;
}

void gp_condition(Gp *gp, const double *x, const double *y, size_t n, const GpScales *scales) {
    if (n > gp->room)
        die("%zu points for a Gaussian process planned for %zu", n, gp->room);
    gp->x = x;
    gp->count = n;
    gp->scales = *scales;
    standardise(gp, y);
    condition(gp);
}

/* Equation 5.9: half the trace of (alpha alpha' - K^-1) dK. */
void gp_gradient(Gp *gp, double *gradient) {
    size_t n = gp->count, d = gp->dimensions;
    memset(gp->inverse, 0, n * n * sizeof *gp->inverse);
    for (size_t i = 0; i < n; i++)
        gp->inverse[i * n + i] = 1;
    cholesky_forward(gp->factor, n, gp->inverse, n);
    cholesky_back(gp->factor, n, gp->inverse, n);
    memset(gradient, 0, (d + 2) * sizeof *gradient);
    for (size_t i = 0; i < n; i++) {
        double self = gp->alpha[i] * gp->alpha[i] - gp->inverse[i * n + i];
        gradient[d] += 0.5 * self * gp->scales.signal;
        gradient[d + 1] += 0.5 * self * gp->scales.noise;
        for (size_t j = 0; j < i; j++) { /* each pair stands for two elements */
            double weight = (gp->alpha[i] * gp->alpha[j] - gp->inverse[i * n + j]) *
                            gp->kernel[i * n + j];
            gradient[d] += weight;
            for (size_t k = 0; k < d; k++) {
                double z = (gp->x[i * d + k] - gp->x[j * d + k]) / gp->scales.length[k];
                gradient[k] += 2 * weight * z * z;
            }
        }
    }
}

/* ---- maximum likelihood ---- */

enum { STEPS = 40, UNKNOWNS = SPACE_MAX + 2 };

typedef struct Bounds {
    double low, high;
} Bounds;

static const Bounds length_bounds = {0.03, 30}, signal_bounds = {1e-2, 1e2},
                    noise_bounds = {1e-6, 1};

static double *unknown(Gp *gp, size_t i) {
    return i < gp->dimensions ? &gp->scales.length[i]
                              : i == gp->dimensions ? &gp->scales.signal : &gp->scales.noise;
}

static Bounds bounds_of(const Gp *gp, size_t i) {
    return i < gp->dimensions ? length_bounds : i == gp->dimensions ? signal_bounds : noise_bounds;
}

/* One Rprop step: each logarithm goes its own way uphill, faster while the sign of its slope stays,
 * at half the pace after it turned. */
static void climb(Gp *gp, const double *slope, double *before, double *pace) {
    for (size_t i = 0; i < gp->dimensions + 2; i++) {
        double turn = slope[i] * before[i], *value = unknown(gp, i);
        Bounds bounds = bounds_of(gp, i);
        pace[i] = turn > 0 ? fmin(pace[i] * 1.2, 1) : turn < 0 ? pace[i] * 0.5 : pace[i];
        double move = slope[i] > 0 ? pace[i] : slope[i] < 0 ? -pace[i] : 0;
        *value = fmax(bounds.low, fmin(bounds.high, *value * exact_exp(move)));
        before[i] = slope[i];
    }
}

/* The best scales on the way from a start, if they are better than `best`. */
static void ascend(Gp *gp, const GpScales *start, GpScales *best, double *likelihood) {
    double slope[UNKNOWNS], before[UNKNOWNS] = {0}, pace[UNKNOWNS];
    for (size_t i = 0; i < UNKNOWNS; i++)
        pace[i] = 0.3;
    gp->scales = *start;
    for (int step = 0; step < STEPS; step++) {
        condition(gp);
        if (gp->likelihood > *likelihood) {
            *likelihood = gp->likelihood;
            *best = gp->scales;
        }
        gp_gradient(gp, slope);
        climb(gp, slope, before, pace);
    }
}

void gp_fit(Gp *gp, const double *x, const double *y, size_t n, const GpScales *start) {
    static const double lengths[] = {0.3, 1, 4};
    GpScales scales = {.signal = 1, .noise = 0.01}, best = scales;
    double likelihood = -(double)INFINITY;
    for (size_t s = 0; s < sizeof lengths / sizeof *lengths; s++) {
        for (size_t d = 0; d < gp->dimensions; d++)
            scales.length[d] = lengths[s];
        if (s == 0)
            gp_condition(gp, x, y, n, &scales);
        ascend(gp, &scales, &best, &likelihood);
    }
    if (start)
        ascend(gp, start, &best, &likelihood);
    gp->scales = best;
    condition(gp);
}

/* ---- prediction ---- */

GpPosterior gp_predict(const Gp *gp, const double *at) {
    double mean = 0, explained = 0;
    for (size_t i = 0; i < gp->count; i++) {
        gp->between[i] = covariance(gp, at, gp->x + i * gp->dimensions);
        mean += gp->between[i] * gp->alpha[i];
    }
    cholesky_forward(gp->factor, gp->count, gp->between, 1);
    for (size_t i = 0; i < gp->count; i++)
        explained += gp->between[i] * gp->between[i];
    return (GpPosterior){gp->mean + gp->deviation * mean,
                         fmax(0, gp->scales.signal - explained) * gp->deviation * gp->deviation};
}

double gp_expected_improvement(GpPosterior posterior, double best) {
    double deviation = sqrt(posterior.variance), gain = best - posterior.mean;
    if (!(deviation > 0))
        return gain > 0 ? gain : 0;
    double z = gain / deviation;
    double density = 0.3989422804014327 * exact_exp(-0.5 * z * z);
    double below = 0.5 * (1 + exact_erf(z * 0.7071067811865476));
    return fmax(0, gain * below + deviation * density);
}
