/* SPDX-License-Identifier: MIT
 *
 * newton.h - Newton's method for smooth functions of few parameters, without noise.
 *
 *     x <- x - t (H + shift I)^-1 g           (CS231n, "Second order methods", with t = 1, shift 0)
 *
 * Nocedal and Wright, Numerical Optimization, algorithms 3.2 and 3.3: where H is not positive
 * definite (a saddle, a ridge), the first shift of max(0, beta - least diagonal element), then
 * doubled, with beta = 1e-3 |H| (Frobenius; 1e-3 where H = 0), for which H + shift I has a Cholesky
 * factor.  Steps as in lbfgs.h: length 1, halved until f falls by 1e-4 of what the slope promises.
 *
 * Memory count^2 doubles twice, time count^3 / 3 a step.  In float a Hessian by differences is
 * mostly noise: this is for the library in double.
 */
#ifndef TIDEMARK_LEARN_NEWTON_H
#define TIDEMARK_LEARN_NEWTON_H

#include "core/base/arena.h"
#include "core/base/real.h"
#include <stdbool.h>
#include <stddef.h>

typedef struct Newton {
    size_t count; /* parameters */
    double (*value)(void *context, const Real *x, Real *gradient); /* f, and fills its gradient */
    /* Fills the upper triangle of H (count x count, row-major, zeroed before).  NULL = centred
     * differences of the gradient: 2 count calls of `value`. */
    void (*hessian)(void *context, const Real *x, double *hessian);
    void *context;

    /* its own */
    Real *x;         /* the caller's parameters */
    double f;
    size_t calls;    /* of `value`, those for differences included */
    size_t shifted;  /* steps whose H was not positive definite */
    double shift;    /* of the last step */
    Real *gradient, *last_x, *last_gradient;
    double *direction, *curvature, *factor; /* curvature: H of the last step */
    bool begun;
} Newton;

/* Plans the buffers; `x` (count elements, the caller's) is moved by the steps. */
void newton_init(Newton *newton, Real *x, Arena *arena);

/* H at x into `curvature`: what a step begins with. */
void newton_hessian(Newton *newton);

/* One iteration.  false = no smaller value was found along the direction (or the Hessian is not
 * finite): x is where it was. */
bool newton_step(Newton *newton);

#endif
