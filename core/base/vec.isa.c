/* SPDX-License-Identifier: MIT
 *
 * vec.isa.c - the loops of vec.h, for one instruction set.
 *
 * The last, partial vector of an array goes through the same code as all others (unused lanes hold
 * zeros), so an element's bits do not depend on its place.
 */
#include "core/base/kernels.h"
#include "core/base/simd_math.h"

/* ---- elementwise ---- */
#define UNARY(name, expression)                                   \
    static void name(const Real *x, Real *y, size_t n)            \
    {                                                             \
        EACH_VECTOR(i, live, n)                                   \
        {                                                         \
            VR v = vr_load_first(x + i, live);                    \
            vr_store_first(y + i, expression, live);              \
        }                                                         \
    }

#define BINARY(name, expression)                                        \
    static void name(const Real *a_, const Real *b_, Real *y, size_t n) \
    {                                                                   \
        EACH_VECTOR(i, live, n)                                         \
        {                                                               \
            VR a = vr_load_first(a_ + i, live);                         \
            VR b = vr_load_first(b_ + i, live);                         \
            vr_store_first(y + i, expression, live);                    \
        }                                                               \
    }

UNARY(exp_all, vr_exp(v))
UNARY(log_all, vr_log(v))
UNARY(tanh_all, vr_tanh(v))
UNARY(sigmoid_all, vr_sigmoid(v))
UNARY(relu_all, vr_select(v <= vr_zero(), vr_zero(), v))

BINARY(tanh_backward_all, b * (vr_set(1) - a * a))
BINARY(sigmoid_backward_all, b * (a * (vr_set(1) - a)))
BINARY(relu_backward_all, vr_select(a > vr_zero(), b, vr_zero()))
BINARY(multiply_all, a * b)

static void scale_all(Real *x, Real factor, size_t n) {
    const VR f = vr_set(factor);
    EACH_VECTOR(i, live, n)
        vr_store_first(x + i, f * vr_load_first(x + i, live), live);
}

static void cap_all(Real *x, Real most, size_t n) {
    const VR m = vr_set(most);
    EACH_VECTOR(i, live, n)
    {
        VR v = vr_load_first(x + i, live);
        vr_store_first(x + i, vr_select(v > m, m, v), live);
    }
}

static void axpy_all(Real a, const Real *x, Real *y, size_t n) {
    const VR f = vr_set(a);
    EACH_VECTOR(i, live, n)
        vr_store_first(y + i, vr_fma(f, vr_load_first(x + i, live), vr_load_first(y + i, live)),
                       live);
}

static void residual_all(const Real *a, const Real *b, Real factor, Real *y, size_t n) {
    const VR f = vr_set(factor);
    EACH_VECTOR(i, live, n)
        vr_store_first(y + i, (vr_load_first(a + i, live) - vr_load_first(b + i, live)) * f, live);
}

/* ---- bytes and words to numbers ---- */
/* `live` bytes, then zeros. */
INLINE VR vr_from_bytes(const uint8_t *bytes, size_t live) {
    uint8_t edge[LANES] = {0};
    if (live < LANES)
        memcpy(edge, bytes, live);
    return __builtin_convertvector(vi_from_bytes(live < LANES ? edge : bytes), VR);
}

static void shares_all(const uint8_t *bytes, Real whole, Real *y, size_t n) {
    const VR w = vr_set(whole);
    EACH_VECTOR(i, live, n)
        vr_store_first(y + i, vr_from_bytes(bytes + i, live) / w, live);
}

static void from_bytes_all(const uint8_t *bytes, const Real *shift, Real scale, Real *y, size_t n) {
    const VR factor = vr_set(scale);
    EACH_VECTOR(i, live, n)
    {
        VR v = vr_from_bytes(bytes + i, live);
        if (shift)
            v -= vr_load_first(shift + i, live);
        vr_store_first(y + i, v * factor, live);
    }
}

static void mask_all(const uint32_t *words, uint32_t threshold, Real value, Real *mask, size_t n) {
    for (size_t i = 0; i < n; i++)
        mask[i] = words[i] >= threshold ? value : 0;
}

/* ---- reductions: element i goes to partial i mod 16, then halves are added ---- */
enum { PARTIALS = 16, DOUBLES = VR_BYTES / 8, PARTS = PARTIALS / DOUBLES };
typedef double VD __attribute__((vector_size(VR_BYTES), may_alias));
typedef Real VHalf __attribute__((vector_size(DOUBLES * sizeof(Real))));

INLINE VD vd_load(const Real *p) {
    VHalf half;
    memcpy(&half, p, sizeof half);
    return __builtin_convertvector(half, VD);
}

INLINE VD vd_abs(VD x) {
    typedef int64_t Bits __attribute__((vector_size(VR_BYTES), may_alias));
    return (VD)((Bits)x & 0x7fffffffffffffff);
}

INLINE double add_pairwise(const VD *part) {
    double sum[PARTIALS];
    memcpy(sum, part, sizeof sum);
    for (size_t half = PARTIALS / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            sum[i] += sum[i + half];
    return sum[0];
}

typedef enum Term { TERM_VALUE, TERM_ABS, TERM_PRODUCT, TERM_SQUARED_DIFFERENCE } Term;

INLINE VD term_of(Term term, const Real *x, const Real *z) {
    VD a = vd_load(x);
    switch (term) {
    case TERM_ABS: return vd_abs(a);
    case TERM_PRODUCT: return a * vd_load(z);
    case TERM_SQUARED_DIFFERENCE: return (a - vd_load(z)) * (a - vd_load(z));
    default: return a;
    }
}

/* `term` is a constant wherever this is inlined.  A tail is padded with zeros, which change
 * nothing: a partial sum starts as +0 and so is never -0. */
INLINE double reduce(Term term, const Real *x, const Real *z, size_t n) {
    VD part[PARTS] = {{0}};
    size_t i = 0;
    for (; i + PARTIALS <= n; i += PARTIALS)
        UNROLL for (size_t p = 0; p < PARTS; p++)
            part[p] += term_of(term, x + i + p * DOUBLES, z + i + p * DOUBLES);
    if (i < n) {
        Real tail_x[PARTIALS] = {0}, tail_z[PARTIALS] = {0};
        memcpy(tail_x, x + i, (n - i) * sizeof *x);
        memcpy(tail_z, z + i, (n - i) * sizeof *z);
        UNROLL for (size_t p = 0; p < PARTS; p++)
            part[p] += term_of(term, tail_x + p * DOUBLES, tail_z + p * DOUBLES);
    }
    return add_pairwise(part);
}

static double sum_all(const Real *x, size_t n) {
    return reduce(TERM_VALUE, x, x, n);
}

static double sum_abs_all(const Real *x, size_t n) {
    return reduce(TERM_ABS, x, x, n);
}

static double sum_squares_all(const Real *x, size_t n) {
    return reduce(TERM_PRODUCT, x, x, n);
}

static double dot_all(const Real *a, const Real *b, size_t n) {
    return reduce(TERM_PRODUCT, a, b, n);
}

static double sum_squared_difference_all(const Real *a, const Real *b, size_t n) {
    return reduce(TERM_SQUARED_DIFFERENCE, a, b, n);
}

/* Largest (>) or smallest (<).  nan wins and stays; adding 0 makes the sign of a zero certain. */
#define EXTREME(name, beats)                                                     \
    static Real name(const Real *x, size_t n)                                    \
    {                                                                            \
        VR most = vr_set(x[0]);                                                  \
        size_t i = 0;                                                            \
        for (; i + LANES <= n; i += LANES) {                                     \
            VR v = vr_load(x + i);                                               \
            most = vr_select((v beats most) | (v != v), v, most);                \
        }                                                                        \
        Real result = most[0];                                                   \
        for (size_t lane = 1; lane < LANES; lane++)                              \
            if (most[lane] beats result || most[lane] != most[lane])             \
                result = most[lane];                                             \
        for (; i < n; i++)                                                       \
            if (x[i] beats result || x[i] != x[i])                               \
                result = x[i];                                                   \
        return result + 0;                                                       \
    }

EXTREME(max_all, >)
EXTREME(min_all, <)

/* Four vectors of columns at a time: four chains of additions go side by side. */
static void column_sums_all(const Real *x, size_t rows, size_t columns, Real *sums, bool add) {
    enum { SIDE = 4 };
    size_t j = 0;
    for (; j + SIDE * LANES <= columns; j += SIDE * LANES) {
        VR sum[SIDE];
        UNROLL for (size_t v = 0; v < SIDE; v++)
            sum[v] = add ? vr_load(sums + j + v * LANES) : vr_zero();
        for (size_t i = 0; i < rows; i++)
            UNROLL for (size_t v = 0; v < SIDE; v++)
                sum[v] += vr_load(x + i * columns + j + v * LANES);
        UNROLL for (size_t v = 0; v < SIDE; v++)
            vr_store(sums + j + v * LANES, sum[v]);
    }
    for (; j < columns; j += LANES) {
        size_t live = lanes_left(columns - j);
        VR sum = add ? vr_load_first(sums + j, live) : vr_zero();
        for (size_t i = 0; i < rows; i++)
            sum += vr_load_first(x + i * columns + j, live);
        vr_store_first(sums + j, sum, live);
    }
}

const VecKernels VARIANT(vec_kernels) = {
    .exp = exp_all,
    .log = log_all,
    .tanh = tanh_all,
    .sigmoid = sigmoid_all,
    .relu = relu_all,
    .tanh_backward = tanh_backward_all,
    .sigmoid_backward = sigmoid_backward_all,
    .relu_backward = relu_backward_all,
    .multiply = multiply_all,
    .scale = scale_all,
    .axpy = axpy_all,
    .residual = residual_all,
    .cap = cap_all,
    .shares = shares_all,
    .from_bytes = from_bytes_all,
    .mask = mask_all,
    .sum = sum_all,
    .sum_squares = sum_squares_all,
    .sum_abs = sum_abs_all,
    .dot = dot_all,
    .sum_squared_difference = sum_squared_difference_all,
    .max = max_all,
    .min = min_all,
    .column_sums = column_sums_all,
};
