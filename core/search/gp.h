/* SPDX-License-Identifier: MIT
 *
 * gp.h - Gaussian process regression with a length scale for every axis.
 *
 * Rasmussen & Williams, "Gaussian Processes for Machine Learning" (2006), algorithm 2.1.  With the
 * values standardised (mean 0, population standard deviation 1) the covariance of two points is
 *     signal product_d exp(-((a_d - b_d) / length_d)^2)  +  noise where a and b are one trial
 * as Bergstra & Bengio (2012, section 2.3) write it: length is sqrt(2) times scikit-learn's.  A
 * large 1 / length means that the axis matters.
 *
 *     Gp *gp = gp_create(256, 7, arena);
 *     gp_fit(gp, x, y, n, NULL);
 *     GpPosterior p = gp_predict(gp, at);
 *
 * The length scales, signal and noise that maximise the marginal likelihood are found by a fixed
 * number of steps from fixed starts (Rprop: Riedmiller & Braun 1993), so a fit is a function of its
 * data.  Equal or nearly equal points are no error: where the matrix cannot be factored, `jitter`
 * is added to its diagonal, ten times more at each try.
 */
#ifndef TIDEMARK_SEARCH_GP_H
#define TIDEMARK_SEARCH_GP_H

#include "core/base/arena.h"
#include "core/search/space.h"

typedef struct GpScales {
    double length[SPACE_MAX];
    double signal, noise; /* variances, in units of the variance of the values */
} GpScales;

typedef struct Gp {
    size_t room, dimensions; /* points at most; axes */
    size_t count;
    const double *x;         /* count x dimensions: the caller's, to live as long as the fit */
    GpScales scales;
    double mean, deviation;  /* of the values */
    double jitter;           /* what had to be added to the diagonal; 0 = nothing */
    double likelihood;       /* log marginal likelihood of the standardised values */
    double *values, *alpha;  /* standardised values; K^-1 values */
    double *factor, *kernel, *inverse; /* room x room each */
    double *between;         /* covariances of a new point with all others */
} Gp;

Gp *gp_create(size_t room, size_t dimensions, Arena *arena);

/* Conditions on n points with scales that are given. */
void gp_condition(Gp *gp, const double *x, const double *y, size_t n, const GpScales *scales);

/* ... with the scales of maximum marginal likelihood: lengths in 0.03 ... 30, noise in 1e-6 ... 1,
 * signal in 1e-2 ... 1e2.  `start` = one more start, or NULL. */
void gp_fit(Gp *gp, const double *x, const double *y, size_t n, const GpScales *start);

/* Gradient of `likelihood` by the logarithms of length[0] ..., signal, noise: dimensions + 2
 * numbers.  Needs a conditioned gp. */
void gp_gradient(Gp *gp, double *gradient);

/* Mean and variance of the function (without noise) at a point, in the units of y. */
typedef struct GpPosterior {
    double mean, variance;
} GpPosterior;
GpPosterior gp_predict(const Gp *gp, const double *at);

/* Expected improvement below `best` (values are minimised): Jones et al. 1998, eq. 15. */
double gp_expected_improvement(GpPosterior posterior, double best);

#endif
