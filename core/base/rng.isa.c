/* SPDX-License-Identifier: MIT
 *
 * rng.isa.c - Philox4x32-10, RNG_GROUP blocks at a time: each word of a block has a vector of its
 * own, in the low halves of 64-bit lanes; what the high halves hold is left over and never read.
 */
#include "core/base/kernels.h"
#include "core/base/simd.h"
#include <Random123/philox.h>

enum { ROUNDS = 10, BLOCKS = VR_BYTES / 8 /* in one vector */, VECTORS = BLOCKS >= 4 ? 4 : 2 };

typedef uint64_t Words __attribute__((vector_size(VR_BYTES), may_alias));

/* The 64-bit products of the low halves. */
INLINE Words multiply(Words a, uint32_t b) {
    Words factor = (Words){0} + b;
#if VR_BYTES == 64
    return (Words)_mm512_mul_epu32((__m512i)a, (__m512i)factor);
#elif VR_BYTES == 32
    return (Words)_mm256_mul_epu32((__m256i)a, (__m256i)factor);
#elif defined(__x86_64__)
    return (Words)_mm_mul_epu32((__m128i)a, (__m128i)factor);
#else
    return (Words)vmull_u32(vmovn_u64((uint64x2_t)a), vmovn_u64((uint64x2_t)factor));
#endif
}

INLINE void make_blocks(const Rng *rng, uint64_t index, uint32_t *out) {
    Words c0[VECTORS], c1[VECTORS], c2[VECTORS], c3[VECTORS];
    static const uint64_t counting[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    Words lane;
    memcpy(&lane, counting, sizeof lane);
    UNROLL
    for (int v = 0; v < VECTORS; v++) {
        c0[v] = lane + (index + (uint64_t)(v * BLOCKS));
        c1[v] = c0[v] >> 32;
        c2[v] = (Words){0} + rng->cell;
        c3[v] = c2[v] >> 32;
    }
    uint32_t k0 = rng->key[0], k1 = rng->key[1];
    for (int round = 0; round < ROUNDS; round++) {
        UNROLL
        for (int v = 0; v < VECTORS; v++) {
            Words p0 = multiply(c0[v], PHILOX_M4x32_0), p1 = multiply(c2[v], PHILOX_M4x32_1);
            c0[v] = (p1 >> 32) ^ c1[v] ^ k0;
            c2[v] = (p0 >> 32) ^ c3[v] ^ k1;
            c1[v] = p1;
            c3[v] = p0;
        }
        k0 += PHILOX_W32_0;
        k1 += PHILOX_W32_1;
    }
    UNROLL
    for (int v = 0; v < VECTORS; v++) {
        Words low = (c0[v] & 0xffffffff) | c1[v] << 32, high = (c2[v] & 0xffffffff) | c3[v] << 32;
        UNROLL
        for (int i = 0; i < BLOCKS; i++) {
            const uint64_t block[2] = {low[i], high[i]};
            memcpy(out + 4 * (v * BLOCKS + i), block, sizeof block);
        }
    }
}

static void make_groups(const Rng *rng, uint64_t index, uint32_t *out, size_t groups) {
    enum { STEP = BLOCKS * VECTORS };
    _Static_assert(RNG_GROUP % STEP == 0, "a group is made of whole steps");
    for (size_t i = 0; i < groups * RNG_GROUP; i += STEP) {
        make_blocks(rng, index + i, out + 4 * i);
    }
}

const RngKernels VARIANT(rng_kernels) = {make_groups};
