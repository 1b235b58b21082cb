/* SPDX-License-Identifier: MIT
 *
 * gemm_dot.isa.c - GEMM_NT with a long k, alone and in gemm_back, for one instruction set.
 *
 * Rows of A and rows of B both run along k, so an element of C is the dot product of two rows, and
 * turning B would cost more than a small product itself.  The dot product's order is its own (see
 * gemm.h): 16 chains, term k in chain k mod 16, then halves are added.  k counts as padded with
 * zeros to a multiple of 16.
 */
#include "core/base/descend.h"
#include "core/base/kernels.h"
#include "core/base/simd.h"

#define SHUFFLE __builtin_shufflevector

enum { CHAINS = 16, PARTS = CHAINS / LANES, COLUMNS = 4, BLOCK_BYTES = 384 * 1024 };

/* Registers: rows x 4 sums, the rows, a column.  A pass over k adds to some of an element's PARTS
 * vectors of chains; with one row to all of them, else to one, in steps of k that leave a tile's
 * rows and columns in the caches until all parts are done. */
#if VR_BYTES == 64 || defined(__aarch64__)
enum { MAX_ROWS = 6 };
#elif VR_BYTES == 32
enum { MAX_ROWS = 3 };
#else
enum { MAX_ROWS = 1 };
#endif
enum { STEP = 4096 / sizeof(Real) };

typedef struct Dots {
    const Real *a, *b[COLUMNS]; /* rows of A, lda apart; four rows of B, wherever they are */
    size_t lda, k;
    Real sums[MAX_ROWS][COLUMNS];
} Dots;

typedef Real Four __attribute__((vector_size(4 * sizeof(Real)), may_alias));

/* By pointer: four doubles are more than a baseline CPU returns in a register. */
INLINE void four_sums(const Real chains[CHAINS], Four *sums) {
    Four part[4];
    memcpy(part, chains, sizeof part);
    *sums = (part[0] + part[2]) + (part[1] + part[3]);
}

/* Adds halves: 0+8 ... 7+15, then 0+4 ..., 0+2, 0+1; the last two for all columns at once. */
INLINE void add_halves(const Real chains[COLUMNS][CHAINS], Real sums[COLUMNS]) {
    Four a, b, c, d;
    four_sums(chains[0], &a);
    four_sums(chains[1], &b);
    four_sums(chains[2], &c);
    four_sums(chains[3], &d);
    Four ab = SHUFFLE(a, b, 0, 1, 4, 5) + SHUFFLE(a, b, 2, 3, 6, 7);
    Four cd = SHUFFLE(c, d, 0, 1, 4, 5) + SHUFFLE(c, d, 2, 3, 6, 7);
    Four all = SHUFFLE(ab, cd, 0, 2, 4, 6) + SHUFFLE(ab, cd, 1, 3, 5, 7);
    memcpy(sums, &all, sizeof all);
}

/* 16 terms for `together` parts; rows and together are constants wherever this is inlined. */
INLINE void add_terms(const size_t rows, const size_t together, const Real *a, size_t lda,
                      const Real *const b[COLUMNS], size_t k, size_t part,
                      VR sum[MAX_ROWS][COLUMNS][PARTS]) {
    UNROLL for (size_t p = 0; p < together; p++) {
        size_t at = k + (part + p) * LANES;
        VR row[MAX_ROWS];
        UNROLL for (size_t i = 0; i < rows; i++)
            row[i] = vr_load(a + i * lda + at);
        UNROLL for (size_t j = 0; j < COLUMNS; j++) {
            VR column = vr_load(b[j] + at);
            UNROLL for (size_t i = 0; i < rows; i++)
                sum[i][j][p] = vr_fma(row[i], column, sum[i][j][p]);
        }
    }
}

/* Fewer than 16 terms from k on: zeros behind them make them 16. */
INLINE void add_last_terms(const size_t rows, const size_t together, const Dots *d, size_t k,
                           size_t part, VR sum[MAX_ROWS][COLUMNS][PARTS]) {
    Real a[MAX_ROWS][CHAINS] = {{0}}, b[COLUMNS][CHAINS] = {{0}};
    const Real *const columns[COLUMNS] = {b[0], b[1], b[2], b[3]};
    size_t bytes = (d->k - k) * sizeof(Real);
    for (size_t i = 0; i < rows; i++)
        memcpy(a[i], d->a + i * d->lda + k, bytes);
    for (size_t j = 0; j < COLUMNS; j++)
        memcpy(b[j], d->b[j] + k, bytes);
    add_terms(rows, together, a[0], CHAINS, columns, 0, part, sum);
}

/* Terms k to `end` of every chain in `together` parts; `begun`: chains hold those before. */
INLINE void add_part(const size_t rows, const size_t together, const bool begun, const Dots *d,
                     size_t k, size_t end, size_t part, Real chains[MAX_ROWS][COLUMNS][CHAINS]) {
    VR sum[MAX_ROWS][COLUMNS][PARTS];
    const Real *const b[COLUMNS] = {d->b[0], d->b[1], d->b[2], d->b[3]};
    UNROLL for (size_t i = 0; i < rows; i++)
        UNROLL for (size_t j = 0; j < COLUMNS; j++)
            UNROLL for (size_t p = 0; p < together; p++)
                sum[i][j][p] = begun ? vr_load(chains[i][j] + (part + p) * LANES) : vr_zero();
    for (; k + CHAINS <= end; k += CHAINS)
        add_terms(rows, together, d->a, d->lda, b, k, part, sum);
    if (k < end)
        add_last_terms(rows, together, d, k, part, sum);
    UNROLL for (size_t i = 0; i < rows; i++)
        UNROLL for (size_t j = 0; j < COLUMNS; j++)
            UNROLL for (size_t p = 0; p < together; p++)
                vr_store(chains[i][j] + (part + p) * LANES, sum[i][j][p]);
}

INLINE void dot(const size_t rows, Dots *d) {
    const size_t together = rows == 1 ? PARTS : 1;
    Real chains[MAX_ROWS][COLUMNS][CHAINS];
    for (size_t part = 0; part < PARTS; part += together)
        add_part(rows, together, false, d, 0, d->k < STEP ? d->k : STEP, part, chains);
    for (size_t k = STEP; k < d->k; k += STEP)
        for (size_t part = 0; part < PARTS; part += together)
            add_part(rows, together, true, d, k, d->k - k < STEP ? d->k : k + STEP, part, chains);
    for (size_t i = 0; i < rows; i++)
        add_halves((const Real(*)[CHAINS])chains[i], d->sums[i]);
}

typedef void DotKernel(Dots *d);
#define DOT(R) \
    static void dot_##R(Dots *d) { dot(R, d); }
DOT(1)
#if VR_BYTES == 64 || defined(__aarch64__)
DOT(2) DOT(3) DOT(4) DOT(5) DOT(6)
static DotKernel *const dot_kernels[MAX_ROWS] = {dot_1, dot_2, dot_3, dot_4, dot_5, dot_6};
#elif VR_BYTES == 32
DOT(2) DOT(3)
static DotKernel *const dot_kernels[MAX_ROWS] = {dot_1, dot_2, dot_3};
#else
static DotKernel *const dot_kernels[MAX_ROWS] = {dot_1};
#endif

/* Four columns of C under `rows` rows from row i on; columns past the last repeat it, unused. */
static void run_columns(const Gemm *p, size_t i, size_t rows, size_t j) {
    size_t columns = p->n - j < COLUMNS ? p->n - j : COLUMNS;
    Dots d = {.a = p->a + i * p->lda, .lda = p->lda, .k = p->k};
    for (size_t column = 0; column < COLUMNS; column++)
        d.b[column] = p->b + (j + (column < columns ? column : columns - 1)) * p->ldb;
    dot_kernels[rows - 1](&d);
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++) {
            Real *c = p->c + (i + row) * p->ldc + j + column;
            *c = (p->add ? *c : p->bias ? p->bias[j + column] : 0) + d.sums[row][column];
        }
}

/* Columns `first` to `end` of C under all rows. */
static void run_part(const Gemm *p, size_t first, size_t end) {
    size_t blocks = (p->m + MAX_ROWS - 1) / MAX_ROWS;
    for (size_t block = 0, i = 0; block < blocks; block++) {
        size_t rows = p->m / blocks + (block < p->m % blocks);
        for (size_t j = first; j < end; j += COLUMNS)
            run_columns(p, i, rows, j);
        i += rows;
    }
}

/* As many rows of B at a time as stay in the second-level cache while all rows of A go by.  Where
 * all of A stays there, and a tile has fewer rows than columns, it goes by for each tile's columns:
 * these are then read but once. */
static void run(const Gemm *p) {
    size_t fit = BLOCK_BYTES / sizeof(Real) / p->k, most = fit / COLUMNS * COLUMNS;
    bool few_rows = (int)MAX_ROWS < (int)COLUMNS && p->m > MAX_ROWS && p->m <= fit;
    most = few_rows || most < COLUMNS ? COLUMNS : most;
    for (size_t j = 0; j < p->n; j += most)
        run_part(p, j, p->n - j < most ? p->n : j + most);
}

const GemmKernels VARIANT(gemm_dot_kernels) = {.run = run};

/* ---- gemm_back: each row of W is the row of a dot product, and moves as it goes by ---- */
#if VR_BYTES == 64 || defined(__aarch64__)
enum { BACK_ROWS = 4 };
#elif VR_BYTES == 32
enum { BACK_ROWS = 2 };
#else
enum { BACK_ROWS = 1 };
#endif

typedef struct Moving {
    VR number[BACK_ROWS], rate, decay;
} Moving;

/* The first `left` of 16 terms, of which there is one at least. */
INLINE void back_terms(const size_t rows, const bool decayed, Real *w, const size_t ldw,
                       const Real *dy, const size_t left, const Moving *by,
                       VR sum[BACK_ROWS][PARTS]) {
    UNROLL for (size_t part = 0; part < PARTS; part++) {
        size_t at = part * LANES, live = left <= at ? 0 : lanes_left(left - at);
        VR row = vr_load_first(dy + at, live);
        UNROLL for (size_t r = 0; r < rows; r++) {
            Real *here = w + r * ldw + at;
            VR old = vr_load_first(here, live), g = vr_fma(by->number[r], row, vr_zero());
            sum[r][part] = vr_fma(row, old, sum[r][part]);
            vr_store_first(here, decayed ? descended(old, g, by->rate, by->decay)
                                         : vr_fma(-by->rate, g, old), live);
        }
    }
}

/* rows and decayed are constants wherever this is inlined */
INLINE void back_rows(const size_t rows, const bool decayed, const GemmBack *p, size_t i) {
    Real chains[COLUMNS][CHAINS] = {{0}}, sums[COLUMNS];
    VR sum[BACK_ROWS][PARTS];
    Moving by = {.rate = vr_set(p->rate), .decay = vr_set(p->decay)};
    const size_t n = p->n, ldw = p->ldw;
    const Real *dy = p->dy;
    Real *w = p->w + i * ldw;
    UNROLL for (size_t r = 0; r < rows; r++) {
        by.number[r] = vr_set(p->x[i + r]);
        UNROLL for (size_t part = 0; part < PARTS; part++)
            sum[r][part] = vr_zero();
    }
    size_t j = 0;
    for (; j + CHAINS <= n; j += CHAINS)
        back_terms(rows, decayed, w + j, ldw, dy + j, CHAINS, &by, sum);
    if (j < n)
        back_terms(rows, decayed, w + j, ldw, dy + j, n - j, &by, sum);
    UNROLL for (size_t r = 0; r < rows; r++)
        UNROLL for (size_t part = 0; part < PARTS; part++)
            vr_store(chains[r] + part * LANES, sum[r][part]);
    add_halves((const Real(*)[CHAINS])chains, sums);
    for (size_t r = 0; r < rows; r++)
        p->dx[i + r] = 0 + sums[r];
}

static void back(const GemmBack *p) {
    size_t i = 0;
    for (; i + BACK_ROWS <= p->m; i += BACK_ROWS)
        if (p->decay != 0)
            back_rows(BACK_ROWS, true, p, i);
        else
            back_rows(BACK_ROWS, false, p, i);
    for (; i < p->m; i++)
        back_rows(1, true, p, i);
}

const GemmBackKernels VARIANT(gemm_back_kernels) = {.run = back};
