/* SPDX-License-Identifier: MIT
 *
 * gemm_sparse.isa.c - products whose A holds many zeros, for one instruction set.
 *
 * Row by row of C: first the places of the row's numbers that are not zero are listed, then only
 * their rows of B are multiplied and added, in the order of k, into a row of C held in registers.
 * Columns are taken in parts, and k in blocks whose piece of B stays in the first-level cache while
 * all rows of A go by; a piece whose rows straddle cache lines is copied first, if it is met often
 * enough.
 */
#include "core/base/descend.h"
#include "core/base/kernels.h"
#include "core/base/nonzero.h"
#include "core/base/rows.h"

#if VR_BYTES == 32
enum { BLOCK_BYTES = 28672 };
#else
enum { BLOCK_BYTES = 40960 };
#endif
enum { MAX_BLOCK = 1024, PANEL = 16384, MANY_ROWS = 32, FEW_ROWS = 4, PART = 128 };

/* ---- one row of C: `vectors` vectors from column j on ---- */
typedef struct Row {
    const Real *a;          /* the row's numbers, one after the other */
    const uint32_t *places; /* of those that are not zero */
    size_t count;
    const Real *b, *start;  /* start: first values, or NULL for 0 */
    size_t ldb;
    Real *c;
    size_t live;            /* lanes of the last vector */
    bool descend;           /* C moves against the sums */
    Real rate, decay;
} Row;

/* vectors is a constant wherever this is inlined */
INLINE void add_rows(const size_t vectors, const Row *r) {
    VR sum[MAX_VECTORS];
    const size_t last = vectors - 1, live = r->live, ldb = r->ldb;
    UNROLL for (size_t v = 0; v < vectors; v++)
        sum[v] = !r->start ? vr_zero()
                           : vr_load_first(r->start + v * LANES, v == last ? live : LANES);
    for (size_t i = 0; i < r->count; i++) {
        size_t k = r->places[i];
        const Real *b = r->b + k * ldb;
        VR number = vr_set(r->a[k]);
        UNROLL for (size_t v = 0; v < last; v++)
            sum[v] = vr_fma(number, vr_load(b + v * LANES), sum[v]);
        sum[last] = vr_fma(number, vr_load_first(b + last * LANES, live), sum[last]);
    }
    if (r->descend)
        UNROLL for (size_t v = 0; v < vectors; v++)
            sum[v] = descended(vr_load_first(r->c + v * LANES, v == last ? live : LANES), sum[v],
                               vr_set(r->rate), vr_set(r->decay));
    UNROLL for (size_t v = 0; v < vectors; v++)
        vr_store_first(r->c + v * LANES, sum[v], v == last ? live : LANES);
}

typedef void RowKernel(const Row *r);
#define ROW(V) \
    static void row_##V(const Row *r) { add_rows(V, r); }
EACH_WIDTH(ROW)
#define ROW_NAME(V) row_##V,
static RowKernel *const row_kernels[MAX_VECTORS] = {EACH_WIDTH(ROW_NAME)};

/* Whether a row of zeros in A leaves its row of C as it is. */
static bool zero_rows_stay(const Gemm *p) {
    return p->add || (p->descend && p->decay == 0);
}

/* Row i of C for one block of k, whose part of B is p->b. */
static void run_row(const Gemm *p, size_t i, size_t k0, const Real *a, size_t k) {
    uint32_t places[MAX_BLOCK + 16];
    Row r = {.a = a, .places = places, .count = list_nonzero(a, k, places), .ldb = p->ldb,
             .descend = p->descend, .rate = p->rate, .decay = p->decay};
    bool from_c = k0 > 0 || p->add;
    if (r.count == 0 && (from_c || zero_rows_stay(p)))
        return;
    size_t width = columns_at_a_time(p->n);
    for (size_t j = 0; j < p->n; j += width) {
        size_t wide = p->n - j < width ? p->n - j : width;
        size_t vectors = (wide + LANES - 1) / LANES;
        r.live = wide - (vectors - 1) * LANES;
        r.b = p->b + j;
        r.c = p->c + i * p->ldc + j;
        r.start = from_c ? r.c : p->bias ? p->bias + j : NULL;
        row_kernels[vectors - 1](&r);
    }
}

/* GEMM_TN keeps a row of A as a column: PIECE of them are turned at a time. */
static void run_turned_rows(const Gemm *p, size_t i, size_t rows, size_t k0, size_t k) {
    static _Alignas(64) Real turned_rows[PIECE][MAX_BLOCK];
    const Real *from = p->a + k0 * p->lda + i;
    EACH_VECTOR(step, live, k) {
        VR turned[PIECE];
        vr_load_turned_edge(from + step * p->lda, p->lda, live, rows, turned);
        UNROLL for (size_t row = 0; row < PIECE; row++)
            vr_store(&turned_rows[row][step], turned[row]);
    }
    for (size_t row = 0; row < rows; row++)
        run_row(p, i + row, k0, turned_rows[row], k);
}

/* Turns to a copy of k rows of B whose vectors are aligned: they are read at twice the speed. */
static void align_b(Gemm *p, size_t k) {
    static _Alignas(64) Real panel[PANEL];
    size_t width = (p->n + LANES - 1) / LANES * LANES;
    bool straddles = ((uintptr_t)p->b | p->ldb * sizeof(Real)) % VR_BYTES != 0;
    if (!straddles || p->m < MANY_ROWS || k * width > PANEL)
        return;
    for (size_t i = 0; i < k; i++)
        EACH_VECTOR(j, live, p->n)
            vr_store(panel + i * width + j, vr_load_first(p->b + i * p->ldb + j, live));
    p->b = panel;
    p->ldb = width;
}

static void run_part(const Gemm *p) {
    if (p->k == 0 && p->add)
        return;
    size_t most = p->m > FEW_ROWS && !p->descend ? BLOCK_BYTES / sizeof(Real) / p->n : MAX_BLOCK;
    most = most < 32 ? 32 : most > MAX_BLOCK ? MAX_BLOCK : most;
    size_t k0 = 0;
    do {
        size_t k = p->k - k0 < most ? p->k - k0 : most;
        Gemm block = *p;
        block.b = p->b + k0 * p->ldb;
        align_b(&block, k);
        if (p->form == GEMM_TN)
            for (size_t i = 0; i < p->m; i += PIECE)
                run_turned_rows(&block, i, p->m - i < PIECE ? p->m - i : PIECE, k0, k);
        else
            for (size_t i = 0; i < p->m; i++)
                run_row(&block, i, k0, p->a + i * p->lda + k0, k);
        k0 += k;
    } while (k0 < p->k);
}

/* The columns of C that are done together.  Fewer of them let a higher block of B into the cache, but
 * the zeros of A are looked for again in every part.  With `descend` sums cannot wait in C, so that k
 * stays whole. */
static size_t part_width(const Gemm *p) {
    size_t width = columns_at_a_time(p->n);
    if (p->descend)
        return width;
    return p->m <= FEW_ROWS ? p->n : (PART + width - 1) / width * width;
}

static void run(const Gemm *p) {
    size_t width = p->n > 0 ? part_width(p) : 1;
    Gemm part = *p;
    for (size_t j = 0; j < p->n; j += width) {
        part.n = p->n - j < width ? p->n - j : width;
        part.b = p->b + j;
        part.bias = p->bias ? p->bias + j : NULL;
        part.c = p->c + j;
        run_part(&part);
    }
}

const GemmKernels VARIANT(gemm_sparse_kernels) = {.run = run};
