/* SPDX-License-Identifier: MIT */
#include "core/learn/newton.h"

#include "core/base/cholesky.h"

#include <math.h>
#include <string.h>

enum { HALVINGS = 30, DOUBLINGS = 60 };
static const double armijo = 1e-4;
static const double least_shift = 1e-3;   /* of |H| */
static const double spacing = 6e-6;       /* cube root of double's epsilon */

void newton_init(Newton *n, Real *x, Arena *arena) {
    n->x = x;
    n->gradient = arena_new(arena, Real, n->count);
    n->last_x = arena_new(arena, Real, n->count);
    n->last_gradient = arena_new(arena, Real, n->count);
    n->direction = arena_new(arena, double, n->count);
    n->curvature = arena_new(arena, double, n->count * n->count);
    n->factor = arena_new(arena, double, n->count * n->count);
    n->calls = n->shifted = 0;
    n->shift = 0;
    n->begun = false;
}

static double evaluate(Newton *n, Real *gradient) {
    n->calls++;
    return n->value(n->context, n->x, gradient);
}

/* ---- H ---- */

/* Row j is the centred difference of the gradient along x(j); rounding makes it unsymmetric, so the
 * upper triangle takes the mean of both.  last_x and last_gradient are free here. */
static void differences(Newton *n) {
    for (size_t j = 0; j < n->count; j++) {
        Real middle = n->x[j];
        double h = spacing * fmax(1, fabs((double)middle));
        n->x[j] = (Real)((double)middle + h);
        double width = (double)n->x[j];
        evaluate(n, n->last_gradient);
        n->x[j] = (Real)((double)middle - h);
        width -= (double)n->x[j];
        evaluate(n, n->last_x);
        n->x[j] = middle;
        for (size_t i = 0; i < n->count; i++)
            n->curvature[j * n->count + i] =
                ((double)n->last_gradient[i] - (double)n->last_x[i]) / width;
    }
    for (size_t j = 0; j < n->count; j++)
        for (size_t i = 0; i < j; i++) {
            double *upper = &n->curvature[i * n->count + j];
            *upper = (*upper + n->curvature[j * n->count + i]) / 2;
        }
}

void newton_hessian(Newton *n) {
    memset(n->curvature, 0, n->count * n->count * sizeof *n->curvature);
    if (n->hessian)
        n->hessian(n->context, n->x, n->curvature);
    else
        differences(n);
}

/* ---- the direction ---- */

static bool factor_shifted(Newton *n, double shift) {
    memcpy(n->factor, n->curvature, n->count * n->count * sizeof *n->factor);
    for (size_t i = 0; i < n->count; i++)
        n->factor[i * n->count + i] += shift;
    return cholesky_factor(n->factor, n->count);
}

/* |H| and its least diagonal element. */
static double norm_of(const Newton *n, double *least) {
    double squares = 0;
    *least = n->curvature[0];
    for (size_t i = 0; i < n->count; i++) {
        const double *row = n->curvature + i * n->count;
        *least = fmin(*least, row[i]);
        squares += row[i] * row[i];
        for (size_t j = i + 1; j < n->count; j++)
            squares += 2 * row[j] * row[j];
    }
    return sqrt(squares);
}

/* The first shift that makes H positive definite. */
static bool factor_hessian(Newton *n) {
    double least, norm = norm_of(n, &least);
    double beta = least_shift * (norm > 0 ? norm : 1); /* a plane has H = 0 */
    n->shift = least > 0 ? 0 : beta - least;
    for (int i = 0; isfinite(beta) && i < DOUBLINGS; i++) {
        if (factor_shifted(n, n->shift)) {
            n->shifted += n->shift > 0;
            return true;
        }
        n->shift = fmax(2 * n->shift, beta);
    }
    return false;
}

/* d = -(H + shift I)^-1 g; returns g'd. */
static double find_direction(Newton *n) {
    for (size_t i = 0; i < n->count; i++)
        n->direction[i] = -(double)n->gradient[i];
    cholesky_forward(n->factor, n->count, n->direction, 1);
    cholesky_back(n->factor, n->count, n->direction, 1);
    double slope = 0;
    for (size_t i = 0; i < n->count; i++)
        slope += (double)n->gradient[i] * n->direction[i];
    return slope;
}

/* The first of 1, 1/2, 1/4, ... that falls far enough. */
static bool search(Newton *n, double slope) {
    const double start = n->f;
    double length = 1;
    memcpy(n->last_x, n->x, n->count * sizeof *n->x);
    memcpy(n->last_gradient, n->gradient, n->count * sizeof *n->x);
    for (int i = 0; i < HALVINGS; i++, length /= 2) {
        for (size_t k = 0; k < n->count; k++)
            n->x[k] = (Real)((double)n->last_x[k] + length * n->direction[k]);
        n->f = evaluate(n, n->gradient);
        if (n->f <= start + armijo * length * slope)
            return true;
    }
    memcpy(n->x, n->last_x, n->count * sizeof *n->x);
    memcpy(n->gradient, n->last_gradient, n->count * sizeof *n->x);
    n->f = start;
    return false;
}

bool newton_step(Newton *n) {
    if (!n->begun) {
        n->f = evaluate(n, n->gradient);
        n->begun = true;
    }
    newton_hessian(n);
    if (!factor_hessian(n))
        return false;
    double slope = find_direction(n);
    return slope < 0 && search(n, slope);
}
