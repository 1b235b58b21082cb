/* SPDX-License-Identifier: MIT
 *
 * gemm.isa.c - our own matrix product, for one instruction set.
 */
#include "core/base/kernels.h"
#include "core/base/simd.h"

static Real fma_one(Real a, Real b, Real c) {
    return vr_fma(vr_set(a), vr_set(b), vr_set(c))[0];
}

static void run(const Gemm *p) {
    size_t ai = p->form == GEMM_TN ? 1 : p->lda, ak = p->form == GEMM_TN ? p->lda : 1;
    size_t bk = p->form == GEMM_NT ? 1 : p->ldb, bj = p->form == GEMM_NT ? p->ldb : 1;
    for (size_t i = 0; i < p->m; i++)
        for (size_t j = 0; j < p->n; j++) {
            Real c = p->add ? p->c[i * p->ldc + j] : p->bias ? p->bias[j] : 0;
            for (size_t k = 0; k < p->k; k++) {
                Real a = p->a[i * ai + k * ak];
                if (!p->skip_zeros || a != 0)
                    c = fma_one(a, p->b[k * bk + j * bj], c);
            }
            p->c[i * p->ldc + j] = c;
        }
}

const GemmKernels VARIANT(gemm_kernels) = {.run = run};
