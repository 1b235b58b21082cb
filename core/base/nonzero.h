/* SPDX-License-Identifier: MIT
 *
 * nonzero.h - internal: where an array is not zero, for *.isa.c files.
 *
 * list_nonzero(a, n, places) lists the places in rising order and returns how many; `places` has
 * room for a vector behind the last one.
 */
#ifndef TIDEMARK_BASE_NONZERO_H
#define TIDEMARK_BASE_NONZERO_H

#include "core/base/simd.h"

#if VR_BYTES == 64
#ifdef TIDEMARK_DOUBLE
#define NOT_ZERO(v) _mm512_cmp_pd_mask(v, _mm512_setzero_pd(), _CMP_NEQ_UQ)
#else
#define NOT_ZERO(v) _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ)
#endif

INLINE size_t list_nonzero(const Real *a, size_t n, uint32_t *places) {
    __m512i at = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    size_t count = 0;
    EACH_VECTOR(i, live, n) {
        Mask found = NOT_ZERO(vr_load_first(a + i, live));
        _mm512_storeu_si512(places + count, _mm512_maskz_compress_epi32(found, at));
        count += (size_t)__builtin_popcount(found);
        at = _mm512_add_epi32(at, _mm512_set1_epi32(LANES));
    }
    return count;
}
#elif VR_BYTES == 32 && !defined(TIDEMARK_DOUBLE)
/* Byte n of entry m is the place of the n-th bit that is set in m. */
INLINE const uint64_t *places_of_bits(void) {
    static uint64_t table[256];
    if (!table[255]) /* the last to be made */
        for (unsigned m = 0; m < 256; m++)
            for (unsigned bit = 0, n = 0; bit < 8; bit++)
                if (m >> bit & 1)
                    table[m] |= (uint64_t)bit << 8 * n++;
    return table;
}

INLINE size_t list_nonzero(const Real *a, size_t n, uint32_t *places) {
    const uint64_t *table = places_of_bits();
    __m256i first = _mm256_setzero_si256();
    size_t count = 0;
    EACH_VECTOR(i, live, n) {
        __m256 differs = _mm256_cmp_ps(vr_load_first(a + i, live), vr_zero(), _CMP_NEQ_UQ);
        unsigned found = (unsigned)_mm256_movemask_ps(differs);
        __m256i at = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)table[found]));
        _mm256_storeu_si256((__m256i *)(places + count), _mm256_add_epi32(at, first));
        count += (size_t)__builtin_popcount(found);
        first = _mm256_add_epi32(first, _mm256_set1_epi32(LANES));
    }
    return count;
}
#else
INLINE size_t list_nonzero(const Real *a, size_t n, uint32_t *places) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        places[count] = (uint32_t)i;
        count += a[i] != 0;
    }
    return count;
}
#endif

#endif
