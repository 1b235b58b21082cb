/* SPDX-License-Identifier: MIT
 *
 * second.h - one minimisation of a small problem, in double.
 *
 * double_second.c is linked with the library in double into one object of which only double_second
 * can be seen from outside.  Nothing in this interface depends on Real.
 */
#ifndef TIDEMARK_UPDATE_RULES_SECOND_H
#define TIDEMARK_UPDATE_RULES_SECOND_H

#include <stddef.h>
#include <stdint.h>

/* PARITY: the 3-5-1 net of source 001 on its six patterns, 26 weights, the sum of (y - t)^2 / 2,
 * from weights in U(-1, 1); done when all (y - t)^2 are below 0.01, as in that source.
 * SOFTMAX: regression of ten classes with biases, mean cross-entropy + decay/2 |w|^2 over all
 * weights (without decay the minimum is at infinity), from 0; done when |g| < 1e-6. */
typedef enum SecondProblem { PARITY, SOFTMAX_16, SOFTMAX_49, SOFTMAX_196, PROBLEMS } SecondProblem;

typedef enum SecondMethod {
    NEWTON,             /* SOFTMAX: exact Hessian; PARITY: differences of the gradient */
    NEWTON_DIFFERENCES, /* by differences everywhere */
    LBFGS,              /* ten pairs */
    DESCENT,            /* the full batch, at `rate` */
    DESCENT_MOMENTUM,   /* with momentum 0.9 */
    SECOND_METHODS
} SecondMethod;

typedef struct SecondAsk {
    SecondProblem problem;
    SecondMethod method;
    double rate;
    uint32_t seed;        /* of the initial weights */
    unsigned iterations;  /* at most */
    const double *x;      /* SOFTMAX: images x inputs */
    const uint8_t *labels;
    size_t images, inputs;
    double decay;
    const char *isa;      /* as engine_isa() of the caller */
} SecondAsk;

typedef struct SecondPoint {
    unsigned iteration;
    size_t evaluations;
    double loss, gradient_norm;
} SecondPoint;

enum { SECOND_ROOM = 100 };

typedef struct SecondOutcome {
    const char *status;  /* "converged", "not_converged", "stuck" (no smaller value), "diverged" */
    size_t parameters;
    unsigned iterations;
    size_t evaluations;  /* of the loss with its gradient, those for differences included */
    size_t hessians, shifted; /* Hessians, and how many were not positive definite */
    double loss, gradient_norm;
    double cpu_ms;
    SecondPoint points[SECOND_ROOM]; /* iterations 0 to 20, then 30, 40 ... 100, 200 ... */
    size_t count;
} SecondOutcome;

void double_second(const SecondAsk *ask, SecondOutcome *outcome);

#endif
