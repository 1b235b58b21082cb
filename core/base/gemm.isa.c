/* SPDX-License-Identifier: MIT
 *
 * gemm.isa.c - our own matrix product, for one instruction set.
 *
 * C is cut into tiles of a few rows by a few vectors that stay in registers while k runs; each step
 * of k loads the tile's piece of a row of B and multiplies it by one broadcast number per row of A:
 *
 *              b0   b1   b2        3 vectors of row k of B
 *     a(0,k)   c00  c01  c02
 *     a(1,k)   c10  c11  c12       c += a b, fused: one chain over k in each lane
 *      ...
 * k is cut into blocks so that the piece of B stays in the first-level cache while all rows of A go
 * by; between blocks the tile waits in C, which changes no bit.
 */
#include "core/base/descend.h"
#include "core/base/kernels.h"
#include "core/base/simd.h"

/* Registers decide the tile: rows x vectors accumulators, a row of B, one number of A.  Of two
 * tiles with twelve, four rows by three vectors load less than six by two: WIDE_ROWS is the most
 * rows where C is wide, and has MANY rows, so that little of it is left over. */
#if VR_BYTES == 64 || defined(__aarch64__)
enum { MAX_ROWS = 8, MAX_VECTORS = 8, WIDE_ROWS = MAX_ROWS, APART = 65536 /* no limit */ };
static const size_t vectors_for_rows[MAX_ROWS + 1] = {0, 8, 8, 8, 6, 5, 4, 3, 3};
#else
enum { MAX_ROWS = 6, MAX_VECTORS = 6, WIDE_ROWS = 4, APART = 16384 };
static const size_t vectors_for_rows[MAX_ROWS + 1] = {0, 6, 5, 4, 3, 2, 2};
#endif
enum { MANY = 17 };
enum { PANEL = 32768 / sizeof(Real) }; /* numbers of B at a time: they fit the first cache */

typedef struct Tile {
    const Real *a, *b, *start; /* start: the tile's first values (bias or C), or NULL for 0 */
    size_t a_row, a_k;         /* steps through A from row to row and along k */
    size_t b_k, start_row, k;
    Real *c;
    size_t ldc;
    size_t live;               /* lanes of the last vector */
    bool masked;               /* B may not be read beyond them */
    bool descend;              /* C moves against the sums */
    Real rate, decay;
} Tile;

INLINE VR load_cut(const Real *p, bool cut, size_t live) {
    return cut ? vr_load_first(p, live) : vr_load(p);
}

/* rows, vectors and masked are constants wherever this is inlined */
INLINE void multiply(const size_t rows, const size_t vectors, const bool masked, const Tile *t) {
    VR sum[MAX_ROWS][MAX_VECTORS];
    const size_t last = vectors - 1, live = t->live;
    UNROLL for (size_t r = 0; r < rows; r++)
        UNROLL for (size_t v = 0; v < vectors; v++)
            sum[r][v] = !t->start ? vr_zero()
                                  : load_cut(t->start + r * t->start_row + v * LANES, v == last,
                                             live);
    const Real *a = t->a, *b = t->b;
    const size_t a_row = t->a_row, a_k = t->a_k, b_k = t->b_k;
    for (size_t k = t->k; k > 0; k--, a += a_k, b += b_k) {
        VR row[MAX_VECTORS];
        UNROLL for (size_t v = 0; v < vectors; v++)
            row[v] = load_cut(b + v * LANES, masked && v == last, live);
        UNROLL for (size_t r = 0; r < rows; r++) {
            VR number = vr_set(a[r * a_row]);
            UNROLL for (size_t v = 0; v < vectors; v++)
                sum[r][v] = vr_fma(number, row[v], sum[r][v]);
        }
    }
    if (t->descend) {
        const VR rate = vr_set(t->rate), decay = vr_set(t->decay);
        UNROLL for (size_t r = 0; r < rows; r++)
            UNROLL for (size_t v = 0; v < vectors; v++)
                sum[r][v] = descended(load_cut(t->c + r * t->ldc + v * LANES, v == last, live),
                                      sum[r][v], rate, decay);
    }
    UNROLL for (size_t r = 0; r < rows; r++) {
        UNROLL for (size_t v = 0; v < last; v++)
            vr_store(t->c + r * t->ldc + v * LANES, sum[r][v]);
        vr_store_first(t->c + r * t->ldc + last * LANES, sum[r][last], live);
    }
}

typedef void TileKernel(const Tile *t);
#define TILE(R, V)                               \
    static void tile_##R##_##V(const Tile *t) {  \
        if (t->masked)                           \
            multiply(R, V, true, t);             \
        else                                     \
            multiply(R, V, false, t);            \
    }
#define UP_TO_2(X, R) X(R, 1) X(R, 2)
#define UP_TO_3(X, R) UP_TO_2(X, R) X(R, 3)
#define UP_TO_4(X, R) UP_TO_3(X, R) X(R, 4)
#define UP_TO_5(X, R) UP_TO_4(X, R) X(R, 5)
#define UP_TO_6(X, R) UP_TO_5(X, R) X(R, 6)
#define UP_TO_8(X, R) UP_TO_6(X, R) X(R, 7) X(R, 8)
#define NAME(R, V) tile_##R##_##V,
#if VR_BYTES == 64 || defined(__aarch64__)
#define EACH_TILE(X, OPEN, CLOSE)                                                            \
    OPEN UP_TO_8(X, 1) CLOSE OPEN UP_TO_8(X, 2) CLOSE OPEN UP_TO_8(X, 3) CLOSE               \
    OPEN UP_TO_6(X, 4) CLOSE OPEN UP_TO_5(X, 5) CLOSE OPEN UP_TO_4(X, 6) CLOSE               \
    OPEN UP_TO_3(X, 7) CLOSE OPEN UP_TO_3(X, 8) CLOSE
#else
#define EACH_TILE(X, OPEN, CLOSE)                                                            \
    OPEN UP_TO_6(X, 1) CLOSE OPEN UP_TO_5(X, 2) CLOSE OPEN UP_TO_4(X, 3) CLOSE               \
    OPEN UP_TO_3(X, 4) CLOSE OPEN UP_TO_2(X, 5) CLOSE OPEN UP_TO_2(X, 6) CLOSE
#endif
EACH_TILE(TILE, , )
#define BRACE {
#define UNBRACE },
static TileKernel *const tiles[MAX_ROWS][MAX_VECTORS] = {EACH_TILE(NAME, BRACE, UNBRACE)};

/* ---- packing a piece of B: k x width, rows one after the other, missing columns 0 ---- */
static _Alignas(64) Real panel[PANEL];

static void pack_turned(const Real *b, size_t ldb, size_t k, size_t columns, size_t width) {
    for (size_t j = 0; j < width; j += LANES) {
        const Real *from = b + j * ldb;
        Real *to = panel + j;
        size_t rows = lanes_left(columns - j), whole = rows == LANES ? k - k % PIECE : 0;
        VR turned[PIECE];
        for (size_t i = 0; i < whole; i += PIECE, from += PIECE, to += PIECE * width) {
            vr_load_turned(from, ldb, turned);
            UNROLL for (size_t step = 0; step < PIECE; step++)
                vr_store(to + step * width, turned[step]);
        }
        if (whole && whole < k) { /* the last PIECE steps: some of them once more */
            size_t before = PIECE - (k - whole);
            vr_load_turned(from - before, ldb, turned);
            for (size_t step = before; step < PIECE; step++)
                vr_store(to + (step - before) * width, turned[step]);
            continue;
        }
        /* fewer than LANES columns, or than PIECE steps */
        for (size_t i = whole; i < k; i += PIECE, from += PIECE, to += PIECE * width) {
            size_t steps = k - i < PIECE ? k - i : PIECE;
            vr_load_turned_edge(from, ldb, rows, steps, turned);
            for (size_t step = 0; step < steps; step++)
                vr_store(to + step * width, turned[step]);
        }
    }
}

static void pack_rows(const Real *b, size_t ldb, size_t k, size_t columns, size_t width) {
    for (size_t i = 0; i < k; i++)
        EACH_VECTOR(j, live, columns)
            vr_store(panel + i * width + j, vr_load_first(b + i * ldb + j, live));
}

/* ---- the walk over C ---- */

/* `total` in `pieces` pieces of at most `most`, as even as can be: the first `larger` ones have
 * size + 1, the others size. */
typedef struct Cut {
    size_t pieces, size, larger;
} Cut;

INLINE Cut cut_even(size_t total, size_t most) {
    size_t pieces = total <= most ? 1 : (total + most - 1) / most;
    if (pieces == 1)
        return (Cut){1, total, 0};
    return (Cut){pieces, total / pieces, total % pieces};
}

INLINE size_t cut_size(const Cut *cut, size_t index) {
    return cut->size + (index < cut->larger);
}

/* All rows of C under one panel of columns: t is the first tile, and is moved behind the last. */
static void run_panel(Tile *t, size_t vectors, const Cut *rows) {
    for (size_t block = 0; block < rows->pieces; block++) {
        size_t count = cut_size(rows, block);
        tiles[count - 1][vectors - 1](t);
        t->a += count * t->a_row;
        t->c += count * t->ldc;
        if (t->start)
            t->start += count * t->start_row;
    }
}

/* The panels of B for one block of k, packed where that pays. */
static void run_block(const Gemm *p, size_t k0, size_t k, bool pack, const Cut *rows,
                      const Cut *panels) {
    for (size_t index = 0, j = 0; j < p->n; index++) {
        size_t vectors = cut_size(panels, index), width = vectors * LANES;
        size_t columns = p->n - j < width ? p->n - j : width;
        Tile t = {.k = k, .ldc = p->ldc, .live = columns - (vectors - 1) * LANES, .c = p->c + j,
                  .b = panel, .b_k = width,
                  .descend = p->descend, .rate = p->rate, .decay = p->decay};
        t.a_row = p->form == GEMM_TN ? 1 : p->lda;
        t.a_k = p->form == GEMM_TN ? p->lda : 1;
        t.a = p->a + k0 * t.a_k;
        t.start = k0 > 0 || p->add ? t.c : p->bias ? p->bias + j : NULL;
        t.start_row = t.start == t.c ? p->ldc : 0;
        if (p->form == GEMM_NT) {
            pack_turned(p->b + j * p->ldb + k0, p->ldb, k, columns, width);
        } else if (pack) {
            pack_rows(p->b + k0 * p->ldb + j, p->ldb, k, columns, width);
        } else {
            t.b = p->b + k0 * p->ldb + j;
            t.b_k = p->ldb;
            t.masked = t.live < LANES;
        }
        run_panel(&t, vectors, rows);
        j += width;
    }
}

static void run_cut(const Gemm *p) {
    Cut rows = cut_even(p->m, p->m >= MANY && p->n > 2 * LANES ? WIDE_ROWS : MAX_ROWS);
    size_t vectors = vectors_for_rows[cut_size(&rows, 0)];
    if (p->descend && p->k * vectors * LANES > PANEL) /* sums cannot wait in C: k stays whole */
        vectors = PANEL / (p->k * LANES);
    Cut panels = cut_even((p->n + LANES - 1) / LANES, vectors);
    /* Rows of B a multiple of 1024 bytes apart fall on few sets of the cache: they are copied.
     * Others are read in place, from a cache line more than they fill, in steps of APART bytes. */
    bool pack = rows.pieces > 2 && p->ldb * sizeof(Real) % 1024 == 0;
    size_t most = PANEL / (vectors * LANES), apart = APART / ((vectors + 1) * VR_BYTES);
    if (panels.pieces > 1 && apart < most && !p->descend && !pack && p->form != GEMM_NT)
        most = apart;
    Cut steps = cut_even(p->k, most);
    for (size_t index = 0, k0 = 0; index < steps.pieces; index++) {
        size_t k = cut_size(&steps, index);
        run_block(p, k0, k, pack, &rows, &panels);
        k0 += k;
    }
}

/* A narrow C = A'B leaves most of a vector empty; its transpose B'A does not, and multiplies the
 * same pairs in the same order.  It is made in strips of `WIDE` columns beside C. */
enum { WIDE = 8 * LANES };

static void run_narrow(const Gemm *p) {
    static _Alignas(64) Real beside[LANES * WIDE];
    for (size_t i = 0; i < p->m; i += WIDE) {
        size_t wide = p->m - i < WIDE ? p->m - i : WIDE;
        for (size_t row = 0; row < wide && (p->add || p->bias); row++)
            for (size_t j = 0; j < p->n; j++)
                beside[j * WIDE + row] = p->add ? p->c[(i + row) * p->ldc + j] : p->bias[j];
        run_cut(&(Gemm){.form = GEMM_TN, .m = p->n, .n = wide, .k = p->k, .a = p->b, .lda = p->ldb,
                        .b = p->a + i, .ldb = p->lda, .c = beside, .ldc = WIDE,
                        .add = p->add || p->bias});
        for (size_t row = 0; row < wide; row += PIECE) {
            size_t columns = wide - row < PIECE ? wide - row : PIECE;
            VR turned[PIECE];
            vr_load_turned_edge(beside + row, WIDE, p->n, columns, turned);
            for (size_t c = 0; c < columns; c++) {
                Real *to = p->c + (i + row + c) * p->ldc;
                if (p->descend)
                    turned[c] = descended(vr_load_first(to, p->n), turned[c], vr_set(p->rate),
                                          vr_set(p->decay));
                vr_store_first(to, turned[c], p->n);
            }
        }
    }
}

/* One long row of C: rows of B go by whole, a few at a time, as they lie in memory; the sums wait in
 * the first-level cache. */
enum { TOGETHER = 4 };

INLINE void add_numbers(const size_t rows, const VR number[TOGETHER], const Real *b,
                        const size_t ldb, const Real *start, Real *c, const size_t live) {
    VR sum = start ? vr_load_first(start, live) : vr_zero();
    UNROLL for (size_t r = 0; r < TOGETHER; r++)
        if (r < rows)
            sum = vr_fma(number[r], vr_load_first(b + r * ldb, live), sum);
    vr_store_first(c, sum, live);
}

INLINE void add_rows(const size_t rows, const Gemm *p, size_t k, const Real *start) {
    const size_t n = p->n, ldb = p->ldb;
    const Real *b = p->b + k * ldb;
    Real *c = p->c;
    VR number[TOGETHER];
    UNROLL for (size_t r = 0; r < TOGETHER; r++)
        if (r < rows)
            number[r] = vr_set(p->a[k + r]);
    size_t j = 0;
    for (; j + LANES <= n; j += LANES)
        add_numbers(rows, number, b + j, ldb, start ? start + j : NULL, c + j, LANES);
    if (j < n)
        add_numbers(rows, number, b + j, ldb, start ? start + j : NULL, c + j, n - j);
}

static void run_long_row(const Gemm *p) {
    const Real *start = p->add ? p->c : p->bias;
    size_t k = 0;
    for (; k + TOGETHER <= p->k; k += TOGETHER, start = p->c)
        add_rows(TOGETHER, p, k, start);
    for (; k < p->k; k++, start = p->c)
        add_rows(1, p, k, start);
    if (p->k == 0)
        add_rows(0, p, 0, start);
}

static void run(const Gemm *p) {
    if (p->m == 0 || p->n == 0 || (p->k == 0 && p->add))
        return;
    if (p->form == GEMM_NN && p->m == 1 && p->n > MAX_VECTORS * LANES)
        run_long_row(p);
    else if (p->form == GEMM_TN && p->n <= LANES - LANES / 4 && p->m >= 2 * LANES && p->k >= 2)
        run_narrow(p);
    else
        run_cut(p);
}

const GemmKernels VARIANT(gemm_kernels) = {.run = run};
