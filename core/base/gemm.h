/* SPDX-License-Identifier: MIT
 *
 * gemm.h - matrix products, by the lab's own engine or by OpenBLAS.
 *
 * All matrices are row-major; ld is the distance between rows in elements.
 *     GEMM_NN   C (m x n) = A  (m x k) B  (k x n)
 *     GEMM_TN   C (m x n) = A' , A stored (k x m),  times B (k x n)
 *     GEMM_NT   C (m x n) = A  (m x k) times B', B stored (n x k)
 * The sum of every element starts from 0, from a row vector `bias` (n), or from C itself (`add`).
 *
 * ENGINE_OWN: element (i, j) is one chain of fused multiply-adds over k = 0, 1, 2, ... in order,
 *     c = start;  for k:  c = fma(a(i,k), b(k,j), c)
 * whatever the vector width, blocking, compiler or optimisation level: the same bits everywhere.
 * One exception: GEMM_NT with k >= GEMM_LONG is 16 such chains from 0, term k in chain k mod 16 (k
 * counts as padded with zeros to a multiple of 16), whose sums are added by halves (0+8 ... 7+15,
 * then 0+4, 0+2, 0+1), then to `start`.  The order depends on the form and on k alone, so cutting m
 * or n into pieces moves no bit.
 * With `skip_zeros` terms whose a(i,k) is zero may be left out of the chain; while B is finite that
 * changes no bit but the sign of a zero.  It pays when A is sparse, like the rows of MNIST.
 * With `descend` the product is a gradient and C the weights it moves: the sum, from 0, is never
 * stored, but  C = C - rate (sum + decay C)  with the roundings of vec_update_sgd, so that the bits
 * are those of a product and an update, and the memory is read and written once.  Rows of A that are
 * all zero leave their rows of C alone, under skip_zeros and decay 0.  See gemm_can_descend.
 * ENGINE_OPENBLAS: cblas_sgemm (cblas_dgemm in the double build) on one thread; its order, and so
 * its bits, differ between CPU families.
 *
 * Nothing is allocated; packing buffers are static.  C must not overlap A or B; m, n, k may be 0.
 */
#ifndef TIDEMARK_BASE_GEMM_H
#define TIDEMARK_BASE_GEMM_H

#include "core/base/real.h"
#include <stdbool.h>
#include <stddef.h>

typedef enum GemmForm { GEMM_NN, GEMM_TN, GEMM_NT } GemmForm;

typedef struct Gemm {
    GemmForm form;
    size_t m, n, k;
    const Real *a, *b;
    size_t lda, ldb;
    const Real *bias; /* n elements that start every row of C, or NULL */
    bool add;         /* start from C; excludes bias */
    bool descend;     /* GEMM_TN alone; excludes bias and add */
    Real rate, decay; /* with descend */
    bool skip_zeros;  /* A is expected to hold many zeros */
    Real *c;
    size_t ldc;
} Gemm;

enum { GEMM_LONG = 128 };

void gemm(const Gemm *product);

/* Whether `descend` is offered: by our own engine, for up to 512 terms a sum. */
bool gemm_can_descend(size_t k);

/* One example's way back through a dense layer whose weights W (m x n, rows ldw apart) it moves:
 *     dx (m) = W dy,   then   W = W - rate (x dy' + decay W)
 * to the bit (while W is finite) what GEMM_NT with C = dx and GEMM_TN with `descend` give one after
 * the other; but W comes from memory once.  Where gemm_can_descend(1). */
typedef struct GemmBack {
    size_t m, n;
    const Real *x, *dy; /* m; n */
    Real *w, *dx;       /* m x n; m */
    size_t ldw;
    Real rate, decay;
} GemmBack;

void gemm_back(const GemmBack *back);

#endif
