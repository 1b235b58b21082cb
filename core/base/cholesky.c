/* SPDX-License-Identifier: MIT */
#include "core/base/cholesky.h"

#include "core/base/engine.h"

#include <math.h>

#ifndef TIDEMARK_NO_BLAS
#include <cblas.h>
/* As f77blas.h of OpenBLAS declares it. */
extern int dpotrf_(char *uplo, int *n, double *a, int *lda, int *info);
#endif

/* y -= factor x: every loop below is made of these. */
static void subtract(double *restrict y, const double *restrict x, double factor, size_t n) {
    for (size_t i = 0; i < n; i++)
        y[i] -= factor * x[i];
}

static void scale(double *x, double divisor, size_t n) {
    for (size_t i = 0; i < n; i++)
        x[i] /= divisor;
}

static const double least_pivot = 1e-14;

/* Row by row; what is left of A is updated after every pivot. */
static bool factor_own(double *a, size_t n) {
    for (size_t k = 0; k < n; k++) {
        double *row = a + k * n, diagonal = row[k];
        for (size_t i = 0; i < k; i++)
            diagonal += a[i * n + k] * a[i * n + k]; /* what it was before any pivot */
        if (!(row[k] > least_pivot * diagonal) || !isfinite(row[k]))
            return false;
        row[k] = sqrt(row[k]);
        scale(row + k + 1, row[k], n - k - 1);
        for (size_t i = k + 1; i < n; i++)
            subtract(a + i * n + i, row + i, row[i], n - i);
    }
    return true;
}

#ifndef TIDEMARK_NO_BLAS
/* Our upper triangle by rows is LAPACK's lower one by columns. */
static bool factor_lapack(double *a, size_t n) {
    int order = (int)n, info = 0;
    dpotrf_((char[]){"L"}, &order, a, &order, &info);
    for (size_t k = 0; info == 0 && k < n; k++) {
        double diagonal = 0, pivot = a[k * n + k] * a[k * n + k];
        for (size_t i = 0; i <= k; i++)
            diagonal += a[i * n + k] * a[i * n + k];
        if (!(pivot > least_pivot * diagonal))
            return false;
    }
    return info == 0;
}

static void solve_blas(const double *u, size_t n, double *b, size_t columns, bool forward) {
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasUpper, forward ? CblasTrans : CblasNoTrans,
                CblasNonUnit, (int)n, (int)columns, 1, u, (int)n, b, (int)columns);
}
#endif

bool cholesky_factor(double *a, size_t n) {
#ifndef TIDEMARK_NO_BLAS
    if (engine_current() == ENGINE_OPENBLAS && n > 0)
        return factor_lapack(a, n);
#endif
    return factor_own(a, n);
}

void cholesky_forward(const double *u, size_t n, double *b, size_t columns) {
#ifndef TIDEMARK_NO_BLAS
    if (engine_current() == ENGINE_OPENBLAS && n > 0 && columns > 0) {
        solve_blas(u, n, b, columns, true);
        return;
    }
#endif
    for (size_t k = 0; k < n; k++) {
        scale(b + k * columns, u[k * n + k], columns);
        for (size_t i = k + 1; i < n; i++)
            subtract(b + i * columns, b + k * columns, u[k * n + i], columns);
    }
}

void cholesky_back(const double *u, size_t n, double *b, size_t columns) {
#ifndef TIDEMARK_NO_BLAS
    if (engine_current() == ENGINE_OPENBLAS && n > 0 && columns > 0) {
        solve_blas(u, n, b, columns, false);
        return;
    }
#endif
    for (size_t k = n; k-- > 0;) {
        for (size_t j = k + 1; j < n; j++)
            subtract(b + k * columns, b + j * columns, u[k * n + j], columns);
        scale(b + k * columns, u[k * n + k], columns);
    }
}
