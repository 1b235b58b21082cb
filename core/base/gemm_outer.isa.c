/* SPDX-License-Identifier: MIT
 *
 * gemm_outer.isa.c - GEMM_TN with k = 1, the weight gradient of one example, for one instruction
 * set.
 *
 * Each number of A times the one row of B.  There is nothing to keep in registers: C is walked as
 * it lies in memory, which is what the time goes into.
 */
#include "core/base/descend.h"
#include "core/base/kernels.h"
#include "core/base/nonzero.h"

enum { MOST = 1024 }; /* rows of C at a time */

/* One vector of a row of C; skip: the number is a zero that adds nothing. */
typedef struct Row {
    VR number, rate, decay;
    bool skip;
} Row;

INLINE void step(const Row *r, const bool descend, const Real *b, const Real *start, Real *c,
                 const size_t live) {
    VR sum = start ? vr_load_first(start, live) : vr_zero();
    if (!r->skip)
        sum = vr_fma(r->number, vr_load_first(b, live), sum);
    if (descend)
        sum = descended(vr_load_first(c, live), sum, r->rate, r->decay);
    vr_store_first(c, sum, live);
}

/* descend is a constant wherever this is inlined; start: the row's first values, or NULL for 0 */
INLINE void walk(const Row *r, const bool descend, const Real *b, const Real *start, Real *c,
                 const size_t n) {
    size_t j = 0;
    for (; j + LANES <= n; j += LANES)
        step(r, descend, b + j, start ? start + j : NULL, c + j, LANES);
    if (j < n)
        step(r, descend, b + j, start ? start + j : NULL, c + j, n - j);
}

static void run_row(const Gemm *p, size_t i) {
    Real *c = p->c + i * p->ldc;
    const Row r = {.number = vr_set(p->a[i]), .rate = vr_set(p->rate), .decay = vr_set(p->decay),
                   .skip = p->skip_zeros && p->a[i] == 0};
    if (!p->descend)
        walk(&r, false, p->b, p->add ? c : p->bias, c, p->n);
    else if (r.skip)
        walk(&r, true, p->b, NULL, c, p->n);
    else
        walk(&(Row){r.number, r.rate, r.decay, false}, true, p->b, NULL, c, p->n);
}

static void run(const Gemm *p) {
    bool zero_rows_stay = p->add || (p->descend && p->decay == 0);
    if (!p->skip_zeros || !zero_rows_stay) {
        for (size_t i = 0; i < p->m; i++)
            run_row(p, i);
        return;
    }
    uint32_t places[MOST + 16];
    for (size_t first = 0; first < p->m; first += MOST) {
        size_t rows = p->m - first < MOST ? p->m - first : MOST;
        size_t count = list_nonzero(p->a + first, rows, places);
        for (size_t index = 0; index < count; index++)
            run_row(p, first + places[index]);
    }
}

const GemmKernels VARIANT(gemm_outer_kernels) = {.run = run};
