/* SPDX-License-Identifier: MIT
 *
 * vec.c - vec.h through the tables of the variant that runs; the softmax on top of them.
 */
#include "core/base/vec.h"
#include "core/base/kernels.h"
#include <string.h>

static const VecKernels *const vec_tables[] = KERNEL_TABLES(vec_kernels);
static const UpdateKernels *const update_tables[] = KERNEL_TABLES(update_kernels);

static inline const VecKernels *kernels(void) {
    return vec_tables[engine_variant];
}

static inline const UpdateKernels *rules(void) {
    return update_tables[engine_variant];
}

void vec_exp(const Real *x, Real *y, size_t n) {
    kernels()->exp(x, y, n);
}

void vec_log(const Real *x, Real *y, size_t n) {
    kernels()->log(x, y, n);
}

void vec_tanh(const Real *x, Real *y, size_t n) {
    kernels()->tanh(x, y, n);
}

void vec_sigmoid(const Real *x, Real *y, size_t n) {
    kernels()->sigmoid(x, y, n);
}

void vec_relu(const Real *x, Real *y, size_t n) {
    kernels()->relu(x, y, n);
}

void vec_tanh_backward(const Real *y, const Real *dy, Real *dx, size_t n) {
    kernels()->tanh_backward(y, dy, dx, n);
}

void vec_sigmoid_backward(const Real *y, const Real *dy, Real *dx, size_t n) {
    kernels()->sigmoid_backward(y, dy, dx, n);
}

void vec_relu_backward(const Real *y, const Real *dy, Real *dx, size_t n) {
    kernels()->relu_backward(y, dy, dx, n);
}

void vec_fill(Real *x, Real value, size_t n) {
    for (size_t i = 0; i < n; i++)
        x[i] = value;
}

void vec_scale(Real *x, Real factor, size_t n) {
    kernels()->scale(x, factor, n);
}

void vec_axpy(Real a, const Real *x, Real *y, size_t n) {
    kernels()->axpy(a, x, y, n);
}

void vec_multiply(const Real *a, const Real *b, Real *y, size_t n) {
    kernels()->multiply(a, b, y, n);
}

void vec_residual(const Real *a, const Real *b, Real factor, Real *y, size_t n) {
    kernels()->residual(a, b, factor, y, n);
}

void vec_cap(Real *x, Real most, size_t n) {
    kernels()->cap(x, most, n);
}

void vec_shares(const uint8_t *bytes, Real whole, Real *y, size_t n) {
    kernels()->shares(bytes, whole, y, n);
}

void vec_from_bytes(const uint8_t *bytes, const Real *shift, Real scale, Real *y, size_t n) {
    kernels()->from_bytes(bytes, shift, scale, y, n);
}

void vec_mask(const uint32_t *words, uint32_t threshold, Real value, Real *mask, size_t n) {
    kernels()->mask(words, threshold, value, mask, n);
}

double vec_sum(const Real *x, size_t n) {
    return kernels()->sum(x, n);
}

double vec_dot(const Real *a, const Real *b, size_t n) {
    return kernels()->dot(a, b, n);
}

double vec_sum_squares(const Real *x, size_t n) {
    return kernels()->sum_squares(x, n);
}

double vec_sum_squared_difference(const Real *a, const Real *b, size_t n) {
    return kernels()->sum_squared_difference(a, b, n);
}

double vec_sum_abs(const Real *x, size_t n) {
    return kernels()->sum_abs(x, n);
}

Real vec_max(const Real *x, size_t n) {
    return kernels()->max(x, n);
}

Real vec_min(const Real *x, size_t n) {
    return kernels()->min(x, n);
}

void vec_column_sums(const Real *x, size_t rows, size_t columns, Real *sums, bool add) {
    kernels()->column_sums(x, rows, columns, sums, add);
}

/* ---- softmax and cross-entropy ---- */

/* The first of the largest logits; nan never is. */
static size_t row_argmax(const Real *row, size_t classes) {
    size_t best = 0;
    for (size_t j = 1; j < classes; j++)
        if (row[j] > row[best])
            best = j;
    return best;
}

/* A block of rows: shifts all logits, takes all exponentials and logarithms at once, divides. */
static size_t softmax_block(const Real *logits, const uint8_t *targets, size_t rows,
                            size_t classes, Real *probabilities, Real *losses) {
    enum { BLOCK = 64 };
    Real shifted_target[BLOCK], sums[BLOCK];
    size_t right = 0;
    for (size_t r = 0; r < rows; r++) {
        const Real *row = logits + r * classes;
        Real *out = probabilities + r * classes;
        size_t best = row_argmax(row, classes);
        Real most = row[best];
        right += best == targets[r];
        shifted_target[r] = row[targets[r]] - most;
        for (size_t j = 0; j < classes; j++)
            out[j] = row[j] - most;
    }
    vec_exp(probabilities, probabilities, rows * classes);
    for (size_t r = 0; r < rows; r++) {
        Real *out = probabilities + r * classes;
        double sum = 0;
        for (size_t j = 0; j < classes; j++)
            sum += (double)out[j];
        sums[r] = (Real)sum;
        Real factor = (Real)(1 / sum);
        for (size_t j = 0; j < classes; j++)
            out[j] *= factor;
    }
    vec_log(sums, losses, rows);
    for (size_t r = 0; r < rows; r++)
        losses[r] -= shifted_target[r];
    return right;
}

size_t vec_softmax_cross_entropy(const Real *logits, const uint8_t *targets, size_t rows,
                                 size_t classes, Real *probabilities, Real *losses) {
    size_t right = 0;
    for (size_t r = 0; r < rows; r += 64)
        right += softmax_block(logits + r * classes, targets + r, rows - r < 64 ? rows - r : 64,
                               classes, probabilities + r * classes, losses + r);
    return right;
}

/* ---- updates ---- */

void vec_update_sgd(const VecUpdate *u) {
    rules()->sgd(u);
}

void vec_update_momentum(const VecUpdate *u) {
    rules()->momentum(u);
}

void vec_update_nesterov(const VecUpdate *u) {
    rules()->nesterov(u);
}

void vec_update_velocity(const VecUpdate *u) {
    rules()->velocity(u);
}

void vec_update_velocity_nesterov(const VecUpdate *u) {
    rules()->velocity_nesterov(u);
}

void vec_update_adagrad(const VecUpdate *u) {
    rules()->adagrad(u);
}

void vec_update_rmsprop(const VecUpdate *u) {
    rules()->rmsprop(u);
}

void vec_update_adam(const VecUpdate *u) {
    rules()->adam(u);
}

void vec_update_adadelta(const VecUpdate *u) {
    rules()->adadelta(u);
}
