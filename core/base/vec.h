/* SPDX-License-Identifier: MIT
 *
 * vec.h - elementwise functions, reductions and updates on arrays of Real.
 *
 * Elementwise functions give every element the same bits at any vector width.  In the float build
 * exp, log, tanh and sigmoid are polynomial approximations of our own with the error bounds stated
 * (measured over all floats in tests/engine.c); in the double build they are those of exact.h.
 * `y` may be the same array as `x`; partial overlap is not allowed.
 *
 * Reductions have one documented order: 16 partial sums in double, element i goes to partial
 * i mod 16 in increasing order, then the partials are added pairwise (0+8, 1+9, ... then 0+4, ...
 * 0+2, 0+1).
 */
#ifndef TIDEMARK_BASE_VEC_H
#define TIDEMARK_BASE_VEC_H

#include "core/base/real.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- elementwise ---- */
void vec_exp(const Real *x, Real *y, size_t n);     /* < 2 ulp; 0 below -87.33, inf above 88.73 */
void vec_log(const Real *x, Real *y, size_t n);     /* < 2 ulp */
void vec_tanh(const Real *x, Real *y, size_t n);    /* < 3 ulp */
void vec_sigmoid(const Real *x, Real *y, size_t n); /* < 3 ulp */
void vec_relu(const Real *x, Real *y, size_t n);    /* max(x, 0); nan stays nan */

/* Backward of the activations, from the OUTPUT y: dx = dy * f'(x).  dx may be dy. */
void vec_tanh_backward(const Real *y, const Real *dy, Real *dx, size_t n);    /* 1 - y y */
void vec_sigmoid_backward(const Real *y, const Real *dy, Real *dx, size_t n); /* y (1 - y) */
void vec_relu_backward(const Real *y, const Real *dy, Real *dx, size_t n);    /* y > 0 */

void vec_fill(Real *x, Real value, size_t n);
void vec_scale(Real *x, Real factor, size_t n);                    /* x = factor x */
void vec_axpy(Real a, const Real *x, Real *y, size_t n);           /* y = fma(a, x, y) */
void vec_multiply(const Real *a, const Real *b, Real *y, size_t n); /* y = a b */
void vec_residual(const Real *a, const Real *b, Real factor, Real *y, size_t n); /* (a - b) factor;
                                                                                    y may be a */
void vec_cap(Real *x, Real most, size_t n);                         /* above most: most; not nan */

/* ---- bytes to numbers: y = (byte - shift(i)) * scale; shift has n elements or is NULL ---- */
void vec_from_bytes(const uint8_t *bytes, const Real *shift, Real scale, Real *y, size_t n);
void vec_shares(const uint8_t *bytes, Real whole, Real *y, size_t n); /* y = byte / whole */

/* ---- masks: `value` where word i >= threshold, else 0 ---- */

/* The threshold for a share of zeros of 0 ... 1 (at 1 one word in 2^32 still passes). */
static inline uint32_t vec_mask_threshold(double share) {
    return share < 1 ? (uint32_t)(share * 0x1p32) : UINT32_MAX;
}

void vec_mask(const uint32_t *words, uint32_t threshold, Real value, Real *mask, size_t n);

/* ---- reductions, in the order above ---- */
double vec_sum(const Real *x, size_t n);
double vec_dot(const Real *a, const Real *b, size_t n);
double vec_sum_squares(const Real *x, size_t n);
double vec_sum_squared_difference(const Real *a, const Real *b, size_t n);
double vec_sum_abs(const Real *x, size_t n);
Real vec_max(const Real *x, size_t n); /* n > 0; nan if any is nan */
Real vec_min(const Real *x, size_t n);

/* Column sums of a (rows x columns) matrix, each column added from row 0 down, starting from 0 or,
 * with `add`, from `sums` (a batch in tiles): the bias gradient. */
void vec_column_sums(const Real *x, size_t rows, size_t columns, Real *sums, bool add);

/* ---- softmax and cross-entropy, row by row of a (rows x classes) matrix of logits ----
 * probability = exp(x - max) / sum; loss = log(sum) - (x_target - max); both may be the same array
 * as the logits; `losses` has `rows` elements.  Returns the number of rows whose largest logit (the
 * first, if several) is the target. */
size_t vec_softmax_cross_entropy(const Real *logits, const uint8_t *targets, size_t rows,
                                 size_t classes, Real *probabilities, Real *losses);

/* ---- optimizer updates, on one block of parameters w with gradient g ----
 * All read the effective gradient  g' = fma(decay, w, grad_scale * g)  (L2 added before the step).
 * Formulas are in optimizer.h; these are their inner loops.  1/sqrt is sqrt and a division. */
typedef struct VecUpdate {
    Real *w;
    const Real *g;
    Real *first, *second; /* the optimizer's state, as many elements as w, or NULL */
    size_t n;
    Real rate, grad_scale, decay;
    Real momentum, beta2, epsilon; /* by method */
} VecUpdate;

void vec_update_sgd(const VecUpdate *u);          /* w -= rate g' */
void vec_update_momentum(const VecUpdate *u);     /* v = mu v + g'; w -= rate v */
void vec_update_nesterov(const VecUpdate *u);     /* v = mu v + g'; w -= rate (g' + mu v) */
void vec_update_velocity(const VecUpdate *u);     /* v = mu v + rate g'; w -= v (rate inside) */
void vec_update_velocity_nesterov(const VecUpdate *u); /* u = v; v = mu v + rate g';
                                                          w -= (1 + mu) v - mu u */
void vec_update_adagrad(const VecUpdate *u);      /* s += g'^2; w -= rate g' / (sqrt(s) + eps) */
void vec_update_rmsprop(const VecUpdate *u);      /* s = b2 s + (1-b2) g'^2;
                                                     w -= rate g' / (sqrt(s) + eps) */
void vec_update_adam(const VecUpdate *u);         /* m = b1 m + (1-b1) g'; s = b2 s + (1-b2) g'^2;
                                                     w -= rate m / (sqrt(s) + eps); momentum = b1 */
void vec_update_adadelta(const VecUpdate *u);     /* s = rho s + (1-rho) g'^2;
                                                     d = g' sqrt((x+eps)/(s+eps));
                                                     x = rho x + (1-rho) d^2; w -= rate d;
                                                     rho = momentum, x = first, s = second */
#endif
