/* SPDX-License-Identifier: MIT
 *
 * simd.h - internal: one vector of Real, as wide as the instruction set it is compiled for.
 *
 * For *.isa.c files only.  `VR` is a vector of LANES numbers (GCC vector extension: + - * / and
 * comparisons work element by element), `VI` one of integers of the same width.
 *
 *     variant    bytes   float lanes   fused multiply-add
 *     v4         64      16            AVX-512
 *     v3         32      8             FMA
 *     neon       16      4             fmla
 *     baseline   16      4             computed: see vr_fma
 *
 * An element's bits may not depend on LANES: so there is no horizontal sum here, no reciprocal
 * estimate and no min/max instruction (their answer to nan and -0 differs between machines), and
 * nothing is left to the compiler's contraction.
 */
#ifndef TIDEMARK_BASE_SIMD_H
#define TIDEMARK_BASE_SIMD_H

#include "core/base/real.h"
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define VR_BYTES 64
#elif defined(__AVX2__) && defined(__FMA__)
#define VR_BYTES 32
#else
#define VR_BYTES 16
#endif

#ifdef TIDEMARK_DOUBLE
typedef int64_t Int;
#else
typedef int32_t Int;
#endif

typedef Real VR __attribute__((vector_size(VR_BYTES), may_alias));
typedef Int VI __attribute__((vector_size(VR_BYTES), may_alias));

#ifdef TIDEMARK_DOUBLE
#define LANE_COUNT (VR_BYTES / 8)
#else
#define LANE_COUNT (VR_BYTES / 4)
#endif
enum { LANES = LANE_COUNT };

#define INLINE static inline __attribute__((always_inline, unused))

/* UNROLL before a loop over registers: without it the registers become an array in memory. */
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 64")
#endif

/* ---- the few operations that need the machine's own names ---- */
#if VR_BYTES == 64
#ifdef TIDEMARK_DOUBLE
#define MM(name) _mm512_##name##_pd
typedef __mmask8 Mask;
#else
#define MM(name) _mm512_##name##_ps
typedef __mmask16 Mask;
#endif
#elif VR_BYTES == 32
#ifdef TIDEMARK_DOUBLE
#define MM(name) _mm256_##name##_pd
typedef long long MaskWord;
#else
#define MM(name) _mm256_##name##_ps
typedef int MaskWord;
#endif
#elif defined(__x86_64__)
#ifdef TIDEMARK_DOUBLE
#define MM(name) _mm_##name##_pd
#else
#define MM(name) _mm_##name##_ps
#endif
#else
#ifdef TIDEMARK_DOUBLE
#define NEON(name) name##_f64
#else
#define NEON(name) name##_f32
#endif
#endif

INLINE VR vr_set(Real x) {
#ifdef __aarch64__
    return NEON(vdupq_n)(x);
#else
    return MM(set1)(x);
#endif
}

INLINE VR vr_zero(void) {
    return (VR){0};
}

INLINE VR vr_sqrt(VR x) {
#ifdef __aarch64__
    return NEON(vsqrtq)(x);
#else
    return MM(sqrt)(x);
#endif
}

#if !defined(__aarch64__) && VR_BYTES == 16 && !defined(TIDEMARK_DOUBLE)
/* a + b of two doubles, rounded to odd: an inexact result gets the neighbour whose last bit is 1.
 * Rounded once more to float (53 >= 24 + 2 bits) it is what one rounding of the exact sum gives
 * (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", IEEE TC 57, 2008). */
INLINE __m128d add_to_odd(__m128d a, __m128d b) {
    typedef int64_t V2 __attribute__((vector_size(16), may_alias));
    const __m128d zero = _mm_setzero_pd();
    __m128d s = a + b;
    __m128d t = s - a;
    __m128d e = (a - (s - t)) + (b - t); /* exact: s + e = a + b; nan when s is infinite */
    V2 inexact = (V2)_mm_or_pd(_mm_cmplt_pd(e, zero), _mm_cmpgt_pd(e, zero));
    V2 opposite = (V2)_mm_xor_pd(_mm_cmplt_pd(e, zero), _mm_cmplt_pd(s, zero));
    V2 even = ((V2)s & 1) - 1;
    return (__m128d)((V2)s + (inexact & even & (opposite | 1)));
}
#endif

/* a b + c with one rounding.  Baseline x86-64 has no such instruction: the product of two floats is
 * exact in double, and the sum is rounded to odd there, then to float.  Under flush-to-zero every
 * step does what the instruction does: inputs that are subnormal count as 0, a result is tiny when
 * it is so after rounding. */
INLINE VR vr_fma(VR a, VR b, VR c) {
#if defined(__aarch64__)
    return NEON(vfmaq)(c, a, b);
#elif VR_BYTES > 16 || defined(__FMA__)
    return MM(fmadd)(a, b, c);
#elif defined(TIDEMARK_DOUBLE)
    return (VR){fma(a[0], b[0], c[0]), fma(a[1], b[1], c[1])};
#else
    __m128d low = add_to_odd(_mm_cvtps_pd(a) * _mm_cvtps_pd(b), _mm_cvtps_pd(c));
    __m128d high = add_to_odd(_mm_cvtps_pd(_mm_movehl_ps(a, a)) * _mm_cvtps_pd(_mm_movehl_ps(b, b)),
                              _mm_cvtps_pd(_mm_movehl_ps(c, c)));
    return _mm_movelh_ps(_mm_cvtpd_ps(low), _mm_cvtpd_ps(high));
#endif
}

/* ---- memory: full vectors at any address, and the first `live` lanes (1 ... LANES) ---- */
INLINE VR vr_load(const Real *p) {
    VR v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void vr_store(Real *p, VR v) {
    memcpy(p, &v, sizeof v);
}

#if VR_BYTES == 32
INLINE __m256i lanes_below(size_t live) {
#ifdef TIDEMARK_DOUBLE
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x((long long)live), _mm256_setr_epi64x(0, 1, 2, 3));
#else
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)live),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
#endif
}
#endif

INLINE VR vr_load_first(const Real *p, size_t live) /* the other lanes are 0 */
{
    if (live == LANES)
        return vr_load(p);
#if VR_BYTES == 64
    return MM(maskz_loadu)((Mask)((1u << live) - 1), p);
#elif VR_BYTES == 32
    return MM(maskload)(p, lanes_below(live));
#else
    Real lanes[LANES] = {0};
    for (size_t i = 0; i < live; i++)
        lanes[i] = p[i];
    return vr_load(lanes);
#endif
}

INLINE void vr_store_first(Real *p, VR v, size_t live) {
    if (live == LANES) {
        vr_store(p, v);
        return;
    }
#if VR_BYTES == 64
#ifndef TIDEMARK_DOUBLE
    if (live == 4) { /* a masked store holds up loads of what lies behind it: the next row of 100 */
        _mm_storeu_ps(p, _mm512_castps512_ps128((__m512)v));
        return;
    }
#endif
    MM(mask_storeu)(p, (Mask)((1u << live) - 1), v);
#elif VR_BYTES == 32
    MM(maskstore)(p, lanes_below(live), v);
#else
    Real lanes[LANES];
    vr_store(lanes, v);
    for (size_t i = 0; i < live; i++)
        p[i] = lanes[i];
#endif
}

/* ---- bits and choices ---- */
INLINE VR vr_select(VI mask, VR yes, VR no) /* mask lanes are 0 or -1 */
{
#if VR_BYTES == 32
    return MM(blendv)(no, yes, (VR)mask);
#else
    return (VR)((mask & (VI)yes) | (~mask & (VI)no));
#endif
}

INLINE VI vi_set(Int x) {
    VI v = {0};
    return v + x;
}

INLINE VR vr_abs(VR x) {
    return (VR)((VI)x & vi_set((Int)((uint64_t)~0 >> (64 - 8 * sizeof(Int) + 1))));
}

INLINE VR vr_copysign(VR size, VR sign) {
    VI top = vi_set((Int)((uint64_t)1 << (8 * sizeof(Int) - 1)));
    return (VR)(((VI)size & ~top) | ((VI)sign & top));
}

/* ---- LANES bytes, as integers: gcc's own conversion takes them one by one ---- */
typedef uint8_t LaneBytes __attribute__((vector_size(LANES)));

INLINE VI vi_from_bytes(const uint8_t *p) {
#if VR_BYTES == 64 && !defined(TIDEMARK_DOUBLE)
    return (VI)_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)p));
#elif VR_BYTES == 32 && !defined(TIDEMARK_DOUBLE)
    return (VI)_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)p));
#else
    LaneBytes bytes;
    memcpy(&bytes, p, sizeof bytes);
    return __builtin_convertvector(bytes, VI);
#endif
}

INLINE void vi_to_bytes(uint8_t *p, VI v) /* each below 256 */ {
#if VR_BYTES == 64 && !defined(TIDEMARK_DOUBLE)
    _mm_storeu_si128((__m128i *)p, _mm512_cvtepi32_epi8((__m512i)v));
#else
    LaneBytes bytes = __builtin_convertvector(v, LaneBytes);
    memcpy(p, &bytes, sizeof bytes);
#endif
}

/* ---- turning rows into columns ----
 * A PIECE is what 128 bits hold: 4 floats or 2 doubles. */
enum { PIECE = 16 / (int)sizeof(Real) };

/* Pieces at p, p + step, p + 2 step, ... side by side in one vector. */
INLINE VR vr_join(const Real *p, size_t step) {
#if VR_BYTES == 16
    (void)step;
    return vr_load(p);
#else
#ifdef TIDEMARK_DOUBLE
    __m256d low = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(p)),
                                       _mm_loadu_pd(p + step), 1);
#else
    __m256 low = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(p)),
                                      _mm_loadu_ps(p + step), 1);
#endif
#if VR_BYTES == 32
    return low;
#elif defined(TIDEMARK_DOUBLE)
    __m256d high = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(p + 2 * step)),
                                        _mm_loadu_pd(p + 3 * step), 1);
    return _mm512_insertf64x4(_mm512_castpd256_pd512(low), high, 1);
#else
    __m256 high = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(p + 2 * step)),
                                       _mm_loadu_ps(p + 3 * step), 1);
    return _mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1);
#endif
#endif
}

INLINE VR vr_zip_low(VR a, VR b) /* in each piece: a0 b0 a1 b1 */ {
#ifdef __aarch64__
    return NEON(vzip1q)(a, b);
#else
    return MM(unpacklo)(a, b);
#endif
}

INLINE VR vr_zip_high(VR a, VR b) /* a2 b2 a3 b3 */ {
#ifdef __aarch64__
    return NEON(vzip2q)(a, b);
#else
    return MM(unpackhi)(a, b);
#endif
}

/* PIECE columns of LANES rows at p, ld apart: lane j of turned[c] is p[j ld + c]. */
INLINE void vr_load_turned(const Real *p, size_t ld, VR turned[PIECE]) {
    VR v[PIECE];
    UNROLL for (size_t r = 0; r < PIECE; r++)
        v[r] = vr_join(p + r * ld, PIECE * ld);
#ifdef TIDEMARK_DOUBLE
    turned[0] = vr_zip_low(v[0], v[1]);
    turned[1] = vr_zip_high(v[0], v[1]);
#else
    VR even_low = vr_zip_low(v[0], v[2]), even_high = vr_zip_high(v[0], v[2]);
    VR odd_low = vr_zip_low(v[1], v[3]), odd_high = vr_zip_high(v[1], v[3]);
    turned[0] = vr_zip_low(even_low, odd_low);
    turned[1] = vr_zip_high(even_low, odd_low);
    turned[2] = vr_zip_low(even_high, odd_high);
    turned[3] = vr_zip_high(even_high, odd_high);
#endif
}

/* The same at an edge: only `rows` <= LANES and `columns` <= PIECE are there, the rest is 0. */
INLINE void vr_load_turned_edge(const Real *p, size_t ld, size_t rows, size_t columns,
                                VR turned[PIECE]) {
    if (rows == LANES && columns == PIECE) {
        vr_load_turned(p, ld, turned);
        return;
    }
    Real edge[LANES * PIECE];
    UNROLL for (size_t c = 0; c < PIECE; c++) /* gcc's own way (= {0}) is a slow instruction */
        vr_store(edge + c * LANES, vr_zero());
    for (size_t r = 0; r < rows; r++)
        if (columns == PIECE)
            memcpy(edge + r * PIECE, p + r * ld, PIECE * sizeof(Real));
        else
            memcpy(edge + r * PIECE, p + r * ld, columns * sizeof(Real));
    vr_load_turned(edge, PIECE, turned);
}

/* ---- walking an array: i = 0, LANES, ... with the live lanes of each step ---- */
INLINE size_t lanes_left(size_t left) {
    return left < LANES ? left : LANES;
}
#define EACH_VECTOR(i, live, n) \
    for (size_t i = 0, live; i < (n) && (live = lanes_left((n) - i)) != 0; i += LANES)

#endif
