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
