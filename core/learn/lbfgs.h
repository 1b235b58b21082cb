/* SPDX-License-Identifier: MIT
 *
 * lbfgs.h - limited-memory BFGS for smooth functions of many parameters, without noise.
 *
 * Liu and Nocedal, "On the limited memory BFGS method", Math. Programming 45 (1989); the two-loop
 * recursion of Nocedal and Wright, Numerical Optimization, algorithm 7.4, with gamma = s'y / y'y.
 * A step is taken along d = -H g: length 1 (the first: 1 / |g|), halved until Armijo's condition
 *     f(x + t d) <= f(x) + 1e-4 t g'd
 * holds.  A pair (s, y) is kept only where s'y > 1e-10 y'y, so H stays positive definite.
 */
#ifndef TIDEMARK_LEARN_LBFGS_H
#define TIDEMARK_LEARN_LBFGS_H

#include "core/base/arena.h"
#include "core/base/real.h"
#include <stdbool.h>
#include <stddef.h>

typedef struct Lbfgs {
    size_t count;  /* parameters */
    size_t memory; /* pairs kept at most */
    double (*value)(void *context, const Real *x, Real *gradient); /* f, and fills its gradient */
    void *context;

    /* its own */
    Real *x;        /* the caller's parameters */
    double f;
    size_t calls;   /* of `value` */
    Real *gradient, *direction, *last_x, *last_gradient;
    Real *steps, *changes; /* memory x count: s and y */
    double *products, *factors; /* s'y; alpha of the recursion */
    size_t pairs, next;
    bool begun;
} Lbfgs;

/* Plans the buffers; `x` (count elements, the caller's) is moved by the steps. */
void lbfgs_init(Lbfgs *lbfgs, Real *x, Arena *arena);

/* One iteration.  false = no smaller value was found along the direction: x is where it was. */
bool lbfgs_step(Lbfgs *lbfgs);

#endif
