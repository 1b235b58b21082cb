/* SPDX-License-Identifier: MIT
 *
 * pair.h - twice the digits of a double, and a double's bits: the tools of exact.c.
 *
 * A Pair holds an unevaluated sum of two doubles, about 106 bits, by Knuth's error-free sum and
 * Dekker's error-free product ("A floating-point technique for extending the available precision",
 * Numer. Math. 18, 1971).  Only + - * / in a fixed order: the same bits everywhere, with or without
 * a fused multiply-add.  Arguments stay between 2^-900 and 2^900 (or 0), so that nothing here
 * overflows or meets a subnormal number.
 */
#ifndef TIDEMARK_BASE_PAIR_H
#define TIDEMARK_BASE_PAIR_H

#include "core/base/real.h" /* refuses -ffast-math */
#include <math.h>
#include <stdint.h>
#include <string.h>

typedef struct Pair {
    double hi, lo;
} Pair;

/* ---- bits ---- */

static inline uint64_t double_to_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double double_from_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline double double_power_of_two(int k) { /* -1022 <= k <= 1023 */
    return double_from_bits((uint64_t)(k + 1023) << 52);
}

/* x 2^k for a normal x > 0; a result below the normal range becomes 0, one above it infinity. */
static inline double double_scale(double x, int k) {
    uint64_t bits = double_to_bits(x);
    int exponent = (int)(bits >> 52) + k;
    if (exponent <= 0) {
        return 0;
    }
    return exponent >= 2047 ? INFINITY : double_from_bits(bits + ((uint64_t)k << 52));
}

/* The nearest whole number of x >= 0, ties to even. */
static inline double double_nearest(double x) {
    return x < 0x1p52 ? (x + 0x1p52) - 0x1p52 : x;
}

/* ---- pairs ---- */

static inline Pair pair_quick_sum(double a, double b) { /* |a| >= |b| or a = 0 */
    double sum = a + b;
    return (Pair){sum, b - (sum - a)};
}

static inline Pair pair_sum(double a, double b) {
    double sum = a + b, b_part = sum - a;
    return (Pair){sum, (a - (sum - b_part)) + (b - b_part)};
}

static inline Pair pair_split(double a) { /* into halves of 26 bits */
    double c = 134217729.0 * a, hi = c - (c - a);
    return (Pair){hi, a - hi};
}

static inline Pair pair_product(double a, double b) {
    double product = a * b;
    Pair p = pair_split(a), q = pair_split(b);
    return (Pair){product, ((p.hi * q.hi - product) + p.hi * q.lo + p.lo * q.hi) + p.lo * q.lo};
}

static inline Pair pair_multiply(Pair a, Pair b) {
    Pair p = pair_product(a.hi, b.hi);
    return pair_quick_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static inline Pair pair_divide(Pair a, Pair b) {
    double quotient = a.hi / b.hi;
    Pair p = pair_product(quotient, b.hi);
    double rest = ((a.hi - p.hi) - p.lo) + (a.lo - quotient * b.lo);
    return pair_quick_sum(quotient, rest / b.hi);
}

static inline Pair pair_power(double base, int n) { /* n may be negative */
    Pair result = {1, 0}, square = {base, 0};
    for (int left = n < 0 ? -n : n; left > 0; left /= 2) {
        if (left % 2 == 1) {
            result = pair_multiply(result, square);
        }
        if (left > 1) {
            square = pair_multiply(square, square);
        }
    }
    return n < 0 ? pair_divide((Pair){1, 0}, result) : result;
}

#endif
