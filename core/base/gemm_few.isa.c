/* SPDX-License-Identifier: MIT
 *
 * gemm_few.isa.c - GEMM_TN that descends over 2 to 32 terms, many of them zero: the first layer's
 * weight step of a small batch; for one instruction set.
 *
 * Which of its terms a row of C has, is kept as bits.  Rows are taken in the order of how many they
 * have, because a loop that ends where it ended the last time costs no misprediction: with so few
 * terms that is most of the time.
 */
#include "core/base/descend.h"
#include "core/base/kernels.h"
#include "core/base/nonzero.h"
#include "core/base/rows.h"

enum { ROWS = 1024, WIDTH = MAX_VECTORS * LANES, AHEAD = 6 };

typedef struct Rows {
    Real counts[ROWS];             /* how many terms a row has, */
    Int terms[ROWS];               /* and which: bit k for term k */
    uint16_t taken[GEMM_FEW_TERMS + 1][ROWS]; /* the rows that have so many */
    size_t many[GEMM_FEW_TERMS + 1];
} Rows;

/* The rows of C, up to ROWS, from the columns of A. */
static void sort_rows(const Gemm *p, size_t rows, Rows *to) {
    EACH_VECTOR(i, live, rows) {
        VR count = vr_zero();
        VI terms = {0};
        for (size_t k = 0; k < p->k; k++) {
            VI there = vr_load_first(p->a + k * p->lda + i, live) != vr_zero();
            count += vr_select(there, vr_set(1), vr_zero());
            terms |= there & vi_set((Int)((uint32_t)1 << k));
        }
        vr_store(to->counts + i, count);
        memcpy(to->terms + i, &terms, sizeof terms);
    }
    memset(to->many, 0, sizeof to->many);
    uint32_t places[ROWS + 16];
    bool all = p->decay != 0; /* a row without terms moves as well */
    size_t some = all ? rows : list_nonzero(to->counts, rows, places);
    for (size_t index = 0; index < some; index++) {
        size_t i = all ? index : places[index], count = (size_t)to->counts[i];
        to->taken[count][to->many[count]++] = (uint16_t)i;
    }
}

/* One row of C under one panel of B; vectors is a constant wherever this is inlined. */
INLINE void step_row(const size_t vectors, const Gemm *p, size_t i, uint32_t terms, size_t live) {
    VR sum[MAX_VECTORS];
    Real *c = p->c + i * p->ldc;
    const size_t last = vectors - 1;
    UNROLL for (size_t v = 0; v < vectors; v++)
        sum[v] = vr_zero();
    for (; terms; terms &= terms - 1) {
        size_t k = (size_t)__builtin_ctz(terms);
        VR number = vr_set(p->a[k * p->lda + i]);
        UNROLL for (size_t v = 0; v < vectors; v++)
            sum[v] = vr_fma(number, vr_load(p->b + k * WIDTH + v * LANES), sum[v]);
    }
    const VR rate = vr_set(p->rate), decay = vr_set(p->decay);
    UNROLL for (size_t v = 0; v < last; v++)
        vr_store(c + v * LANES, descended(vr_load(c + v * LANES), sum[v], rate, decay));
    c += last * LANES;
    vr_store_first(c, descended(vr_load_first(c, live), sum[last], rate, decay), live);
}

INLINE void fetch(const size_t vectors, const Real *c) {
    UNROLL for (size_t v = 0; v < vectors; v++)
        __builtin_prefetch(c + v * LANES, 1, 3);
}

typedef void StepRows(const Gemm *p, const uint16_t *rows, size_t many, const Int *terms,
                      size_t live);
#define STEP(V)                                                                                  \
    static void step_##V(const Gemm *p, const uint16_t *rows, size_t many, const Int *terms,     \
                         size_t live) {                                                          \
        for (size_t index = 0; index < many; index++) {                                          \
            if (index + AHEAD < many)                                                            \
                fetch(V, p->c + rows[index + AHEAD] * p->ldc);                                   \
            step_row(V, p, rows[index], (uint32_t)terms[rows[index]], live);                     \
        }                                                                                        \
    }
EACH_WIDTH(STEP)
#define STEP_NAME(V) step_##V,
static StepRows *const steps[MAX_VECTORS] = {EACH_WIDTH(STEP_NAME)};

/* All rows under each panel of columns, of which B is copied, its vectors aligned and its rows
 * WIDTH apart however many columns there are. */
static void step_panels(const Gemm *p, const Rows *rows) {
    static _Alignas(64) Real panel[GEMM_FEW_TERMS * WIDTH];
    Gemm part = *p;
    part.b = panel;
    const size_t width = columns_at_a_time(p->n);
    for (size_t j = 0; j < p->n; j += width) {
        size_t wide = p->n - j < width ? p->n - j : width, vectors = (wide + LANES - 1) / LANES;
        for (size_t k = 0; k < p->k; k++)
            EACH_VECTOR(at, live, wide)
                vr_store(panel + k * WIDTH + at, vr_load_first(p->b + k * p->ldb + j + at, live));
        part.c = p->c + j;
        for (size_t count = 0; count <= p->k; count++)
            steps[vectors - 1](&part, rows->taken[count], rows->many[count], rows->terms,
                               wide - (vectors - 1) * LANES);
    }
}

static void run(const Gemm *p) {
    static Rows rows;
    for (size_t first = 0; first < p->m; first += ROWS) {
        Gemm part = *p;
        part.m = p->m - first < ROWS ? p->m - first : ROWS;
        part.a = p->a + first;
        part.c = p->c + first * p->ldc;
        sort_rows(&part, part.m, &rows);
        step_panels(&part, &rows);
    }
}

const GemmKernels VARIANT(gemm_few_kernels) = {.run = run};
