/* SPDX-License-Identifier: MIT
 *
 * gemm.c - gemm.h: our own engine, or OpenBLAS behind the same call.
 */
#include "core/base/gemm.h"
#include "core/base/engine.h"
#include "core/base/error.h"
#include "core/base/kernels.h"
#include <string.h>

#ifndef TIDEMARK_NO_BLAS
#include <cblas.h>
#endif

static const GemmKernels *const tables[] = KERNEL_TABLES(gemm_kernels);
static const GemmKernels *const sparse_tables[] = KERNEL_TABLES(gemm_sparse_kernels);
static const GemmKernels *const dot_tables[] = KERNEL_TABLES(gemm_dot_kernels);
static const GemmBackKernels *const back_tables[] = KERNEL_TABLES(gemm_back_kernels);
static const GemmKernels *const outer_tables[] = KERNEL_TABLES(gemm_outer_kernels);
static const GemmKernels *const few_tables[] = KERNEL_TABLES(gemm_few_kernels);

#ifndef TIDEMARK_NO_BLAS
#ifdef TIDEMARK_DOUBLE
#define cblas_gemm cblas_dgemm
#else
#define cblas_gemm cblas_sgemm
#endif

static void by_openblas(const Gemm *p) {
    for (size_t i = 0; i < p->m && !p->add; i++) {
        if (p->bias)
            memcpy(p->c + i * p->ldc, p->bias, p->n * sizeof(Real));
        else
            memset(p->c + i * p->ldc, 0, p->n * sizeof(Real));
    }
    if (p->m == 0 || p->n == 0 || p->k == 0)
        return;
    cblas_gemm(CblasRowMajor, p->form == GEMM_TN ? CblasTrans : CblasNoTrans,
               p->form == GEMM_NT ? CblasTrans : CblasNoTrans, (int)p->m, (int)p->n, (int)p->k, 1,
               p->a, (int)p->lda, p->b, (int)p->ldb, p->add || p->bias ? 1 : 0, p->c, (int)p->ldc);
}
#endif

enum {
    MOST_TERMS = 512, /* a piece of B as high as that fits a panel of gemm.isa.c */
};

bool gemm_can_descend(size_t k) {
    return engine_current() == ENGINE_OWN && k <= MOST_TERMS;
}

/* Decided by the shape alone: a short k under GEMM_TN costs more to look through than to do. */
static bool worth_skipping(const Gemm *p) {
    return p->skip_zeros && (p->form == GEMM_NN ||
                             (p->form == GEMM_TN && (p->k >= GEMM_FEW_TERMS || p->descend)));
}

void gemm(const Gemm *product) {
#ifndef TIDEMARK_NO_BLAS
    if (engine_current() == ENGINE_OPENBLAS) {
        by_openblas(product);
        return;
    }
#endif
    if (product->form == GEMM_NT && product->k >= GEMM_LONG)
        dot_tables[engine_variant]->run(product);
    else if (product->form == GEMM_TN && product->k == 1)
        outer_tables[engine_variant]->run(product);
    else if (worth_skipping(product) && product->descend && product->k <= GEMM_FEW_TERMS)
        few_tables[engine_variant]->run(product);
    else if (worth_skipping(product))
        sparse_tables[engine_variant]->run(product);
    else
        tables[engine_variant]->run(product);
}

/* Short rows have another order: a few of them at a time stay in the first-level cache meanwhile. */
static void back_in_two(const GemmBack *b) {
    enum { PART_BYTES = 28 * 1024 };
    size_t most = PART_BYTES / sizeof(Real) / GEMM_LONG;
    for (size_t i = 0; i < b->m; i += most) {
        size_t rows = b->m - i < most ? b->m - i : most;
        Real *w = b->w + i * b->ldw;
        gemm(&(Gemm){.form = GEMM_NT, .m = 1, .n = rows, .k = b->n, .a = b->dy, .lda = b->n,
                     .b = w, .ldb = b->ldw, .c = b->dx + i, .ldc = rows});
        gemm(&(Gemm){.form = GEMM_TN, .m = rows, .n = b->n, .k = 1, .a = b->x + i, .lda = rows,
                     .b = b->dy, .ldb = b->n, .descend = true, .rate = b->rate,
                     .decay = b->decay, .c = w, .ldc = b->ldw});
    }
}

void gemm_back(const GemmBack *back) {
    if (!gemm_can_descend(1))
        die("gemm_back is offered by our own engine alone");
    if (back->n >= GEMM_LONG)
        back_tables[engine_variant]->run(back);
    else
        back_in_two(back);
}
