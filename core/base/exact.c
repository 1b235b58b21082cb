/* SPDX-License-Identifier: MIT
 *
 * Classic methods throughout: reduction to a small interval by a constant in two parts (Cody and
 * Waite, "Software manual for the elementary functions", 1980), then the Taylor series, whose
 * coefficients can be checked by eye.  Where one double is not enough a Pair carries on.  Subnormal
 * numbers are met in the last step only, which rounds them to zero itself.
 */
#include "core/base/exact.h"
#include "core/base/pair.h"
#include <float.h>
#include <stdbool.h>

/* ln 2 in two parts, the first of 40 bits: its product with an exponent is exact. */
static const double LN2_HI = 0x1.62e42fefa2p-1, LN2_LO = 0x1.9ef35793c7673p-41;
static const double LOG2_E = 0x1.71547652b82fep+0;
static const Pair LN_10 = {0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53};
static const Pair LOG10_E = {0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57};
static const Pair PI = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};
static const Pair TWO_OVER_SQRT_PI = {0x1.20dd750429b6dp+0, 0x1.1ae3a914fed8p-56};
static const Pair TWO_THIRDS = {0x1.5555555555555p-1, 0x1.5555555555555p-55};
static const double HALF_LN_2PI = 0x1.d67f1c864beb5p-1;

/* What is below the normal range is zero. */
static double flush(double x) {
    return fabs(x) < DBL_MIN ? copysign(0, x) : x;
}

/* ---- exponential ---- */

/* (exp(r) - 1 - r) / r^2 for |r| <= ln(2)/2: Taylor's series to r^13 / 13!, in Estrin's order. */
static double exp_rest(double r) {
    double r2 = r * r, r4 = r2 * r2;
    double a = (1.0 / 2 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120));
    double b = (1.0 / 720 + r * (1.0 / 5040)) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
    double c =
        (1.0 / 3628800 + r * (1.0 / 39916800)) + r2 * (1.0 / 479001600 + r * (1.0 / 6227020800));
    return a + r4 * (b + r4 * c);
}

/* exp(x + x_lo) = (hi + lo) 2^k with |lo| < 0.1 |hi|; |x| < 2000, |x_lo| <= ulp(x). */
static Pair exp_parts(double x, double x_lo, int *k) {
    double shift = 0x1.8p52, whole = (x * LOG2_E + shift) - shift;
    double a = x - whole * LN2_HI, b = x_lo - whole * LN2_LO;
    double r = a + b, c = (a - r) + b;
    Pair sum = pair_quick_sum(1, r);
    *k = (int)whole;
    return (Pair){sum.hi, sum.lo + (r * r * exp_rest(r) + (c + c * r))};
}

static double exp_pair(double x, double x_lo) { /* any x but nan */
    if (x > 720) {
        return INFINITY;
    }
    if (x < -720) {
        return 0;
    }
    int k;
    Pair e = exp_parts(x, x_lo, &k);
    return double_scale(e.hi + e.lo, k);
}

double exact_exp(double x) {
    return isnan(x) ? NAN : exp_pair(x, 0);
}

double exact_expm1(double x) {
    if (isnan(x)) {
        return NAN;
    }
    if (fabs(x) < 0x1p-54) {
        return flush(x);
    }
    if (fabs(x) < 0.34) {
        return x + x * x * exp_rest(x);
    }
    if (x > 40) { /* the 1 is below half a digit */
        return exp_pair(x, 0);
    }
    if (x < -40) {
        return -1;
    }
    int k;
    Pair e = exp_parts(x, 0, &k);
    double factor = double_power_of_two(k);
    Pair sum = pair_sum(e.hi * factor, -1);
    return sum.hi + (sum.lo + e.lo * factor);
}

double exact_exp10(double x) {
    if (isnan(x)) {
        return NAN;
    }
    if (fabs(x) > 320) {
        return x > 0 ? INFINITY : 0;
    }
    if (fabs(x) == double_nearest(fabs(x))) { /* 10^n = 5^n 2^n */
        return double_scale(pair_power(5, (int)x).hi, (int)x);
    }
    Pair p = pair_multiply((Pair){x, 0}, LN_10);
    return exp_pair(p.hi, p.lo);
}

/* ---- logarithm ---- */

/* x = 2^k m with m in [0.7, 1.42], for a normal x > 0. */
static double mantissa(double x, int *k) {
    uint64_t bits = double_to_bits(x);
    double m = double_from_bits((bits & 0xfffffffffffff) | (uint64_t)1023 << 52);
    bool large = m > 0x1.6a09e667f3bcdp+0; /* sqrt(2) */
    *k = (int)(bits >> 52) - 1023 + large;
    return large ? m / 2 : m;
}

/* With s = (m - 1) / (m + 1), ln m = 2 (s + s^3/3 + s^5/5 + ...).  This is 2/5 + 2/7 z + ... of
 * z = s^2 <= 0.0295, to s^27 / 27. */
static double log_rest(double z) {
    double z2 = z * z, z4 = z2 * z2;
    double a = (2.0 / 5 + z * (2.0 / 7)) + z2 * (2.0 / 9 + z * (2.0 / 11));
    double b = (2.0 / 13 + z * (2.0 / 15)) + z2 * (2.0 / 17 + z * (2.0 / 19));
    double c = (2.0 / 21 + z * (2.0 / 23)) + z2 * (2.0 / 25 + z * (2.0 / 27));
    return a + z4 * (b + z4 * c);
}

/* ln x of a normal x > 0, relative error below 2^-63: the first two terms in pairs. */
static Pair log_parts(double x) {
    int k;
    double m = mantissa(x, &k);
    Pair s = pair_divide((Pair){m - 1, 0}, pair_sum(m, 1));
    Pair square = pair_multiply(s, s), cube = pair_multiply(square, s);
    Pair third = pair_multiply(cube, TWO_THIRDS);
    double rest = cube.hi * square.hi * log_rest(square.hi);
    Pair sum = pair_quick_sum(2 * s.hi, third.hi);
    Pair whole = pair_quick_sum(k * LN2_HI, sum.hi);
    double small = sum.lo + (2 * s.lo + (third.lo + rest));
    return pair_quick_sum(whole.hi, whole.lo + (k * LN2_LO + small));
}

/* The same in doubles, as in Sun's fdlibm: ln m = f - (f^2/2 - s (f^2/2 + 2 s^2/3 + ...)). */
static double log_quick(double x) {
    int k;
    double f = mantissa(x, &k) - 1, s = f / (2 + f), z = s * s, half = 0.5 * f * f;
    double rest = z * (2.0 / 3 + z * log_rest(z));
    return k * LN2_HI - ((half - (s * (half + rest) + k * LN2_LO)) - f);
}

/* The logarithm of what the series does not take; subnormal numbers count as zero. */
static double log_special(double x) {
    if (fabs(x) < DBL_MIN) {
        return -INFINITY;
    }
    return x > 0 ? INFINITY : NAN;
}

static bool is_normal_positive(double x) {
    return x >= DBL_MIN && x <= DBL_MAX;
}

double exact_log(double x) {
    return is_normal_positive(x) ? log_quick(x) : log_special(x);
}

double exact_log10(double x) {
    return is_normal_positive(x) ? pair_multiply(log_parts(x), LOG10_E).hi : log_special(x);
}

double exact_log1p(double x) {
    if (fabs(x) < 0x1p-54) {
        return flush(x);
    }
    Pair sum = pair_sum(1, x);
    if (!is_normal_positive(sum.hi)) {
        return log_special(sum.hi);
    }
    Pair log = log_parts(sum.hi);
    return log.hi + (log.lo + sum.lo / sum.hi); /* ln(a + b) = ln a + b/a, b below half a digit */
}

/* ---- power ---- */

static bool is_whole(double y) {
    return fabs(y) == double_nearest(fabs(y));
}

static bool is_odd(double y) {
    return is_whole(y) && fabs(y) < 0x1p53 && (uint64_t)fabs(y) % 2 == 1;
}

/* x^y for finite x >= DBL_MIN, x not 1, and finite y. */
static double power_positive(double x, double y) {
    if (fabs(y) <= 64 && is_whole(y)) {
        int n = (int)y, k = (int)(double_to_bits(x) >> 52) - 1023;
        return double_scale(pair_power(double_scale(x, -k), n).hi, k * n);
    }
    if (fabs(y) < 0x1p-70) {
        return 1;
    }
    if (fabs(y) > 0x1p70) { /* |ln x| >= 2^-53 */
        return (x > 1) == (y > 0) ? INFINITY : 0;
    }
    Pair p = pair_multiply((Pair){y, 0}, log_parts(x));
    return exp_pair(p.hi, p.lo);
}

double exact_pow(double x, double y) {
    double size = fabs(x), magnitude;
    bool edge = size < DBL_MIN || isinf(x) || isinf(y);
    if (y == 0 || x == 1) {
        return 1;
    }
    if (isnan(x) || isnan(y) || (x < 0 && !edge && !is_whole(y))) {
        return NAN;
    }
    if (size == 1) {
        magnitude = 1;
    } else if (edge) {
        magnitude = (size > 1) == (y > 0) ? INFINITY : 0;
    } else {
        magnitude = power_positive(size, y);
    }
    return signbit(x) && is_odd(y) ? -magnitude : magnitude;
}

/* ---- sigmoid functions ---- */

double exact_tanh(double x) {
    double size = fabs(x);
    if (isnan(x)) {
        return NAN;
    }
    if (size < 0x1p-28) {
        return flush(x);
    }
    double t = size < 22 ? exact_expm1(2 * size) : INFINITY;
    return copysign(isinf(t) ? 1 : t / (t + 2), x);
}

double exact_sigmoid(double x) {
    if (isnan(x)) {
        return NAN;
    }
    if (fabs(x) > 40) { /* beside 1 the smaller term is below half a digit */
        return x > 0 ? 1 : exp_pair(x, 0);
    }
    int k;
    Pair e = exp_parts(-x, 0, &k);
    double factor = double_power_of_two(k);
    Pair sum = pair_sum(1, e.hi * factor);
    sum = pair_quick_sum(sum.hi, sum.lo + e.lo * factor);
    double y = 1 / sum.hi;
    return y - y * y * sum.lo;
}

/* ---- circular functions of pi x ---- */

/* pi r as a pair, for 2^-500 <= |r| <= 1/4 or r = 0. */
static Pair times_pi(double r) {
    return pair_multiply((Pair){r, 0}, PI);
}

static double sinpi_kernel(double r) { /* |r| <= 1/4 */
    if (fabs(r) < 0x1p-30) {
        return flush(r) * PI.hi;
    }
    Pair h = times_pi(r);
    double z = h.hi * h.hi, z2 = z * z;
    double a = (-1.0 / 6 + z * (1.0 / 120)) + z2 * (-1.0 / 5040 + z * (1.0 / 362880));
    double b = (-1.0 / 39916800 + z * (1.0 / 6227020800)) +
               z2 * (-1.0 / 1307674368000 + z * (1.0 / 355687428096000));
    return h.hi + (h.hi * z * (a + z2 * z2 * b) + h.lo * (1 - z / 2));
}

static double cospi_kernel(double r) { /* |r| <= 1/4 */
    if (fabs(r) < 0x1p-30) {
        return 1;
    }
    Pair h = times_pi(r);
    double z = h.hi * h.hi, z2 = z * z;
    double a = (1.0 / 24 + z * (-1.0 / 720)) + z2 * (1.0 / 40320 + z * (-1.0 / 3628800));
    double b = (1.0 / 479001600 + z * (-1.0 / 87178291200)) + z2 * (1.0 / 20922789888000);
    Pair sum = pair_quick_sum(1, -z / 2);
    return sum.hi + (sum.lo + (z2 * (a + z2 * z2 * b) - h.hi * h.lo));
}

/* |x| mod 2 as quarter turns and a rest: |x| = quarters/2 + rest (mod 2), |rest| <= 1/4. */
static double quarter_turns(double x, int *quarters) {
    double y = fabs(x), turn = y - 2 * double_nearest(y / 2); /* in [-1, 1] */
    double count = copysign(double_nearest(2 * fabs(turn)), turn);
    *quarters = (int)count & 3;
    return turn - count / 2;
}

double exact_cospi(double x) {
    if (!isfinite(x)) {
        return NAN;
    }
    int quarters;
    double r = quarter_turns(x, &quarters);
    double size = quarters % 2 == 0 ? cospi_kernel(r) : sinpi_kernel(r);
    return quarters == 1 || quarters == 2 ? 0 - size : size;
}

double exact_sinpi(double x) {
    if (!isfinite(x)) {
        return NAN;
    }
    int quarters;
    double r = quarter_turns(x, &quarters);
    double size = quarters % 2 == 0 ? sinpi_kernel(r) : cospi_kernel(r);
    double y = quarters >= 2 ? 0 - size : size;
    return signbit(x) ? -y : y;
}

/* ---- for statistics ---- */

/* 2/sqrt(pi) exp(-x^2) x (1 + z/3 (1 + z/5 (1 + z/7 ...))) with z = 2 x^2: all terms positive. */
static double erf_series(double x) {
    Pair square = pair_product(x, x), z = {2 * square.hi, 2 * square.lo}, sum = {1, 0};
    for (int n = 12 + (int)(4 * z.hi); n >= 1; n--) {
        Pair term = pair_divide(pair_multiply(sum, z), (Pair){2 * n + 1, 0});
        Pair one = pair_sum(1, term.hi);
        sum = pair_quick_sum(one.hi, one.lo + term.lo);
    }
    int k;
    Pair e = exp_parts(-square.hi, -square.lo, &k);
    Pair front = pair_multiply((Pair){x, 0}, TWO_OVER_SQRT_PI);
    return pair_multiply(pair_multiply(front, e), sum).hi * double_power_of_two(k);
}

/* 1 - erf(x) for x >= 2.5, to 40 bits: Laplace's continued fraction. */
static double erfc_fraction(double x) {
    double fraction = x;
    for (int n = 40; n >= 1; n--) {
        fraction = x + n / (2 * fraction);
    }
    return TWO_OVER_SQRT_PI.hi / 2 * exact_exp(-x * x) / fraction;
}

double exact_erf(double x) {
    double size = fabs(x);
    if (isnan(x)) {
        return NAN;
    }
    if (size < 0x1p-30) {
        return flush(x) * TWO_OVER_SQRT_PI.hi;
    }
    return copysign(size < 2.5 ? erf_series(size) : size < 6 ? 1 - erfc_fraction(size) : 1, x);
}

/* Stirling's series from 10 on; smaller x by Gamma(x + 1) = x Gamma(x). */
double exact_lgamma(double x) {
    if (!is_normal_positive(x)) {
        return fabs(x) < DBL_MIN || x > 0 ? INFINITY : NAN;
    }
    double product = 1, y = x;
    for (; y < 10; y++) {
        product *= y;
    }
    double w = 1 / y, z = w * w;
    double series =
        1.0 / 12 -
        z * (1.0 / 360 -
             z * (1.0 / 1260 -
                  z * (1.0 / 1680 - z * (1.0 / 1188 - z * (691.0 / 360360 - z * (1.0 / 156))))));
    double stirling = (y - 0.5) * (exact_log(y) - 1) - 0.5 + HALF_LN_2PI + series * w;
    return x < 10 ? stirling - exact_log(product) : stirling;
}
