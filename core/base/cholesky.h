/* SPDX-License-Identifier: MIT
 *
 * cholesky.h - symmetric positive definite systems, by the lab's own engine or by LAPACK.
 *
 * As with gemm.h the engine decides: ENGINE_OWN subtracts every element's products one after the
 * other in the order of the pivots, so that what rests on it is the same bits everywhere;
 * ENGINE_OPENBLAS calls dpotrf and dtrsm of OpenBLAS, the peer it is checked against.  Matrices are
 * row-major, n x n.
 */
#ifndef TIDEMARK_BASE_CHOLESKY_H
#define TIDEMARK_BASE_CHOLESKY_H

#include <stdbool.h>
#include <stddef.h>

/* Replaces the upper triangle of `a` by U with U'U = A; what is below it is neither read nor
 * meaningful afterwards.  False when a pivot is not above 1e-14 of its diagonal element: the matrix
 * is not positive definite to working precision. */
bool cholesky_factor(double *a, size_t n);

/* B (n x columns) = U'^-1 B, and B = U^-1 B; both together solve A X = B. */
void cholesky_forward(const double *u, size_t n, double *b, size_t columns);
void cholesky_back(const double *u, size_t n, double *b, size_t columns);

#endif
