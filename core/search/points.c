/* SPDX-License-Identifier: MIT
 *
 * points.c - direction numbers and primes, and what is made of them.
 */
#include "core/search/points.h"

#include "core/base/error.h"
#include "core/base/rng.h"

/* Primitive polynomials (with all their bits) and initial direction numbers of axes 2 ... 40:
 * S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections",
 * SIAM J. Sci. Comput. 30, 2635-2654 (2008), file new-joe-kuo-6.21201.  The tables of SciPy 1.10
 * and of Boost 1.81 both have these numbers; tests/search.c compares points with SciPy's. */
static const struct {
    uint16_t polynomial;
    uint8_t initial[8];
} joe_kuo[SOBOL_MAX - 1] = {
    {3, {1}},
    {7, {1, 3}},
    {11, {1, 3, 1}},
    {13, {1, 1, 1}},
    {19, {1, 1, 3, 3}},
    {25, {1, 3, 5, 13}},
    {37, {1, 1, 5, 5, 17}},
    {41, {1, 1, 5, 5, 5}},
    {47, {1, 1, 7, 11, 19}},
    {55, {1, 1, 5, 1, 1}},
    {59, {1, 1, 1, 3, 11}},
    {61, {1, 3, 5, 5, 31}},
    {67, {1, 3, 3, 9, 7, 49}},
    {91, {1, 1, 1, 15, 21, 21}},
    {97, {1, 3, 1, 13, 27, 49}},
    {103, {1, 1, 1, 15, 7, 5}},
    {109, {1, 3, 1, 15, 13, 25}},
    {115, {1, 1, 5, 5, 19, 61}},
    {131, {1, 3, 7, 11, 23, 15, 103}},
    {137, {1, 3, 7, 13, 13, 15, 69}},
    {143, {1, 1, 3, 13, 7, 35, 63}},
    {145, {1, 3, 5, 9, 1, 25, 53}},
    {157, {1, 3, 1, 13, 9, 35, 107}},
    {167, {1, 3, 1, 5, 27, 61, 31}},
    {171, {1, 1, 5, 11, 19, 41, 61}},
    {185, {1, 3, 5, 3, 3, 13, 69}},
    {191, {1, 1, 7, 13, 1, 19, 1}},
    {193, {1, 3, 7, 5, 13, 19, 59}},
    {203, {1, 1, 3, 9, 25, 29, 41}},
    {211, {1, 3, 5, 13, 23, 1, 55}},
    {213, {1, 3, 7, 3, 13, 59, 17}},
    {229, {1, 3, 1, 3, 5, 53, 69}},
    {239, {1, 1, 5, 5, 23, 33, 13}},
    {241, {1, 1, 7, 7, 1, 61, 123}},
    {247, {1, 1, 7, 9, 13, 61, 49}},
    {253, {1, 3, 3, 5, 3, 55, 33}},
    {285, {1, 3, 1, 15, 31, 13, 49, 245}},
    {299, {1, 3, 5, 15, 31, 59, 63, 97}},
    {301, {1, 3, 1, 11, 11, 11, 77, 249}},
};

static const uint16_t primes[HALTON_MAX] = {2,  3,  5,  7,  11, 13, 17, 19,  23,  29,  31,
                                            37, 41, 43, 47, 53, 59, 61, 67,  71,  73,  79,
                                            83, 89, 97, 101, 103, 107, 109, 113, 127, 131};

/* Cells of the stream SEARCH above every trial's: what belongs to a search as a whole. */
static const uint64_t shift_cell = UINT64_C(1) << 62, latin_cell = UINT64_C(1) << 61;

void points_random(uint32_t seed, uint64_t k, double *at, size_t dimensions) {
    Rng rng = rng_make(seed, STREAM_SEARCH, k);
    for (size_t d = 0; d < dimensions; d++)
        at[d] = rng_uniform(&rng);
}

/* ---- Latin hypercube ---- */

void points_latin_plan(uint32_t seed, uint32_t *permutations, size_t n, size_t dimensions) {
    for (size_t d = 0; d < dimensions; d++) {
        Rng rng = rng_make(seed, STREAM_SEARCH, latin_cell + d);
        rng_permutation(&rng, permutations + d * n, n);
    }
}

void points_latin(uint32_t seed, const uint32_t *permutations, size_t n, size_t k, double *at,
                  size_t dimensions) {
    points_random(seed, k, at, dimensions);
    for (size_t d = 0; d < dimensions; d++)
        at[d] = (permutations[d * n + k] + at[d]) / (double)n;
}

/* ---- Sobol ---- */

/* Direction numbers of one axis, as fractions of 2^32 (Bratley & Fox 1988, equation 1). */
static void directions(size_t axis, uint32_t v[32]) {
    if (axis == 0) {
        for (int i = 0; i < 32; i++)
            v[i] = UINT32_C(1) << (31 - i);
        return;
    }
    uint32_t polynomial = joe_kuo[axis - 1].polynomial;
    int degree = 31 - __builtin_clz(polynomial);
    for (int i = 0; i < 32; i++) {
        if (i < degree) {
            v[i] = (uint32_t)joe_kuo[axis - 1].initial[i] << (31 - i);
            continue;
        }
        v[i] = v[i - degree] ^ (v[i - degree] >> degree);
        for (int j = 1; j < degree; j++)
            if (polynomial >> (degree - j) & 1)
                v[i] ^= v[i - j];
    }
}

void points_sobol(uint32_t seed, bool shift, uint64_t k, double *at, size_t dimensions) {
    if (dimensions > SOBOL_MAX || k >> 32)
        die("a Sobol sequence of %d axes and 2^32 points has no point %llu in %zu", SOBOL_MAX,
            (unsigned long long)k, dimensions);
    uint32_t gray = (uint32_t)(k ^ k >> 1), v[32];
    Rng rng = rng_make(seed, STREAM_SEARCH, shift_cell);
    for (size_t d = 0; d < dimensions; d++) {
        uint32_t x = shift ? rng_u32(&rng) : 0;
        directions(d, v);
        for (int i = 0; i < 32; i++)
            x ^= gray >> i & 1 ? v[i] : 0;
        at[d] = x * 0x1p-32;
    }
}

/* ---- Halton ---- */

static double radical_inverse(uint64_t k, uint32_t base) {
    uint64_t numerator = 0, denominator = 1;
    for (; k; k /= base) {
        numerator = numerator * base + k % base;
        denominator *= base;
    }
    return (double)numerator / (double)denominator;
}

void points_halton(uint32_t seed, bool shift, uint64_t k, double *at, size_t dimensions) {
    if (dimensions > HALTON_MAX)
        die("a Halton sequence has at most %d axes, not %zu", HALTON_MAX, dimensions);
    Rng rng = rng_make(seed, STREAM_SEARCH, shift_cell);
    for (size_t d = 0; d < dimensions; d++) {
        double x = radical_inverse(k + 1, primes[d]) + (shift ? rng_uniform(&rng) : 0);
        at[d] = x >= 1 ? x - 1 : x;
    }
}

/* ---- grids ---- */

void points_grid(const size_t *shape, uint64_t k, double *at, size_t dimensions) {
    for (size_t d = dimensions; d-- > 0; k /= shape[d])
        at[d] = ((double)(k % shape[d]) + 0.5) / (double)shape[d];
}

typedef struct Shapes {
    size_t *out, room, count, dimensions, shape[64];
} Shapes;

/* Factors from axis `axis` on, none below `least`, whose product is `rest`. */
static void factorise(Shapes *s, size_t axis, size_t least, size_t rest) {
    if (axis + 1 == s->dimensions) {
        s->shape[axis] = rest;
        for (size_t d = 0; s->count < s->room && d < s->dimensions; d++)
            s->out[s->count * s->dimensions + d] = s->shape[d];
        s->count++;
        return;
    }
    for (size_t factor = least; factor <= rest / factor; factor++)
        if (rest % factor == 0) {
            s->shape[axis] = factor;
            factorise(s, axis + 1, factor, rest / factor);
        }
}

size_t points_grid_shapes(size_t budget, size_t dimensions, size_t *shapes, size_t room) {
    Shapes s = {.out = shapes, .room = room, .dimensions = dimensions};
    if (budget == 0 || dimensions == 0 || dimensions > 64)
        return 0;
    factorise(&s, 0, 1, budget);
    return s.count;
}
