/* SPDX-License-Identifier: MIT
 *
 * simd_math.h - internal: exp, log, tanh and the logistic function of one vector.
 *
 * Float: argument reduction and polynomials of the Cephes library (S. L. Moshier, 1984-1992,
 * expf.c, logf.c, tanhf.c), evaluated by Horner's rule with fused multiply-adds, so every lane has
 * one fixed sequence of roundings.  Double: exact.h, lane by lane (gradient checks, not speed).
 * Error bounds are in vec.h.  A subnormal argument counts as 0 whether flush-to-zero is set or not.
 */
#ifndef TIDEMARK_BASE_SIMD_MATH_H
#define TIDEMARK_BASE_SIMD_MATH_H

#include "core/base/exact.h"
#include "core/base/simd.h"

#ifdef TIDEMARK_DOUBLE

#define EACH_LANE(function)                  \
    do {                                     \
        for (size_t lane = 0; lane < LANES; lane++) \
            x[lane] = function(x[lane]);     \
        return x;                            \
    } while (0)

INLINE VR vr_exp(VR x) { EACH_LANE(exact_exp); }
INLINE VR vr_log(VR x) { EACH_LANE(exact_log); }
INLINE VR vr_tanh(VR x) { EACH_LANE(exact_tanh); }
INLINE VR vr_sigmoid(VR x) { EACH_LANE(exact_sigmoid); }

#else

/* Unsigned: lanes with a wild argument wrap around, and are replaced at the end. */
typedef uint32_t VU __attribute__((vector_size(VR_BYTES), may_alias));

/* 2^n for integer n in -126 ... 127: its exponent field. */
INLINE VR vr_power_of_two(VI n) {
    return (VR)(((VU)n + 127) << 23);
}

/* x = n ln 2 + r with |r| <= ln(2) / 2;  e^x = 2^n e^r.  Adding 1.5 * 2^23 rounds to an integer and
 * leaves it in the low bits.  2^n is applied in two halves: n = 128 is still a finite result. */
INLINE VR vr_exp(VR x) {
    const VR shift = vr_set(12582912.0f);
    VR shifted = vr_fma(x, vr_set(1.44269504088896341f), shift);
    VR n = shifted - shift;
    VR r = vr_fma(n, vr_set(-0.693359375f), x);
    r = vr_fma(n, vr_set(2.12194440e-4f), r);
    VR p = vr_set(1.9875691500e-4f);
    p = vr_fma(p, r, vr_set(1.3981999507e-3f));
    p = vr_fma(p, r, vr_set(8.3334519073e-3f));
    p = vr_fma(p, r, vr_set(4.1665795894e-2f));
    p = vr_fma(p, r, vr_set(1.6666665459e-1f));
    p = vr_fma(p, r, vr_set(5.0000001201e-1f));
    p = vr_fma(p, r * r, r) + vr_set(1.0f);
    VI whole = (VI)((VU)shifted - (VU)shift);
    VI half = whole >> 1;
    VR y = p * vr_power_of_two(half) * vr_power_of_two((VI)((VU)whole - (VU)half));
    y = vr_select(x > vr_set(88.7228394f), vr_set(INFINITY), y);
    y = vr_select(x < vr_set(-87.3365402f), vr_zero(), y);
    return vr_select(x != x, x, y);
}

/* x = 2^e m with sqrt(1/2) <= m < sqrt(2);  log x = e ln 2 + log(1 + (m - 1)). */
INLINE VR vr_log(VR x) {
    const VI one_bits = vi_set(0x3f800000), root_bits = vi_set(0x3f3504f3); /* 1, sqrt(1/2) */
    VI bits = (VI)((VU)x + (VU)(one_bits - root_bits));
    VR e = __builtin_convertvector((bits >> 23) - 127, VR);
    VR f = (VR)((bits & 0x007fffff) + root_bits) - vr_set(1.0f);
    VR z = f * f;
    VR p = vr_set(7.0376836292e-2f);
    p = vr_fma(p, f, vr_set(-1.1514610310e-1f));
    p = vr_fma(p, f, vr_set(1.1676998740e-1f));
    p = vr_fma(p, f, vr_set(-1.2420140846e-1f));
    p = vr_fma(p, f, vr_set(1.4249322787e-1f));
    p = vr_fma(p, f, vr_set(-1.6668057665e-1f));
    p = vr_fma(p, f, vr_set(2.0000714765e-1f));
    p = vr_fma(p, f, vr_set(-2.4999993993e-1f));
    p = vr_fma(p, f, vr_set(3.3333331174e-1f));
    VR y = p * f * z;
    y = vr_fma(e, vr_set(-2.12194440e-4f), y);
    y = vr_fma(z, vr_set(-0.5f), y);
    y = vr_fma(e, vr_set(0.693359375f), f + y);
    y = vr_select(x < vr_zero(), vr_set(NAN), y);
    y = vr_select(vr_abs(x) < vr_set(1.17549435e-38f), vr_set(-INFINITY), y);
    y = vr_select(x == vr_set(INFINITY), x, y);
    return vr_select(x != x, x, y);
}

/* |x| < 0.625: an odd polynomial; beyond: 1 - 2 / (e^2|x| + 1). */
INLINE VR vr_tanh(VR x) {
    VR a = vr_abs(x), z = x * x;
    VR p = vr_set(-5.70498872745e-3f);
    p = vr_fma(p, z, vr_set(2.06390887954e-2f));
    p = vr_fma(p, z, vr_set(-5.37397155531e-2f));
    p = vr_fma(p, z, vr_set(1.33314422036e-1f));
    p = vr_fma(p, z, vr_set(-3.33332819422e-1f));
    VR small = vr_fma(p * z, x, x);
    VR large = vr_set(1.0f) - vr_set(2.0f) / (vr_exp(a + a) + vr_set(1.0f));
    VR y = vr_select(a < vr_set(0.625f), small, vr_copysign(large, x));
    return vr_select(x != x, x, y);
}

INLINE VR vr_sigmoid(VR x) {
    return vr_set(1.0f) / (vr_set(1.0f) + vr_exp(-x));
}

#endif

#endif
