/* SPDX-License-Identifier: MIT */
#include "core/base/rng.h"
#include "core/base/exact.h"
#include <math.h>
#include <Random123/philox.h>

/* Blocks computed side by side by rng_fill_u32: enough for the widest vectors. */
enum { LANES = 16, ROUNDS = 10, CHUNK = 1024 };

Rng rng_make(uint32_t seed, Stream stream, uint64_t cell) {
    return (Rng){.key = {seed, (uint32_t)stream}, .cell = cell};
}

static void make_block(Rng *rng, uint64_t index) {
    philox4x32_ctr_t counter = {{(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)rng->cell,
                                 (uint32_t)(rng->cell >> 32)}};
    philox4x32_key_t key = {{rng->key[0], rng->key[1]}};
    philox4x32_ctr_t block = philox4x32_R(ROUNDS, counter, key);
    for (int i = 0; i < 4; i++) {
        rng->block[i] = block.v[i];
    }
    rng->filled = index + 1;
}

uint32_t rng_u32(Rng *rng) {
    uint64_t index = rng->position / 4;
    if (rng->filled != index + 1) {
        make_block(rng, index);
    }
    return rng->block[rng->position++ % 4];
}

double rng_uniform(Rng *rng) {
    uint64_t high = rng_u32(rng);
    uint64_t word = high << 32 | rng_u32(rng);
    return (double)(word >> 11) * 0x1p-53;
}

double rng_range(Rng *rng, double low, double high) {
    return low + (high - low) * rng_uniform(rng);
}

double rng_normal(Rng *rng) {
    double radius = sqrt(-2 * exact_log(1 - rng_uniform(rng))); /* 1 - u is in (0, 1] */
    double angle = 2 * rng_uniform(rng);
    return radius * exact_cospi(angle);
}

uint32_t rng_below(Rng *rng, uint32_t bound) {
    uint64_t product = (uint64_t)rng_u32(rng) * bound;
    if ((uint32_t)product < bound) {
        uint32_t excess = -bound % bound; /* 2^32 mod bound low halves would come too often */
        while ((uint32_t)product < excess) {
            product = (uint64_t)rng_u32(rng) * bound;
        }
    }
    return (uint32_t)(product >> 32);
}

void rng_permutation(Rng *rng, uint32_t *order, size_t n) {
    for (size_t i = 0; i < n; i++) {
        order[i] = (uint32_t)i;
    }
    for (size_t i = n; i > 1; i--) {
        size_t j = rng_below(rng, (uint32_t)i);
        uint32_t moved = order[i - 1];
        order[i - 1] = order[j];
        order[j] = moved;
    }
}

/* LANES blocks from `index` on, 4 * LANES words: philox4x32 with the rounds outside and the blocks
 * inside, which a compiler turns into vector instructions (Random123's own form it does not). */
static void make_lanes(const Rng *rng, uint64_t index, uint32_t *out) {
    uint32_t c0[LANES], c1[LANES], c2[LANES], c3[LANES];
    for (uint32_t i = 0; i < LANES; i++) {
        c0[i] = (uint32_t)(index + i);
        c1[i] = (uint32_t)((index + i) >> 32);
        c2[i] = (uint32_t)rng->cell;
        c3[i] = (uint32_t)(rng->cell >> 32);
    }
    uint32_t k0 = rng->key[0], k1 = rng->key[1];
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < LANES; i++) {
            uint64_t p0 = (uint64_t)PHILOX_M4x32_0 * c0[i];
            uint64_t p1 = (uint64_t)PHILOX_M4x32_1 * c2[i];
            c0[i] = (uint32_t)(p1 >> 32) ^ c1[i] ^ k0;
            c2[i] = (uint32_t)(p0 >> 32) ^ c3[i] ^ k1;
            c1[i] = (uint32_t)p1;
            c3[i] = (uint32_t)p0;
        }
        k0 += PHILOX_W32_0;
        k1 += PHILOX_W32_1;
    }
    for (int i = 0; i < LANES; i++) {
        out[4 * i] = c0[i];
        out[4 * i + 1] = c1[i];
        out[4 * i + 2] = c2[i];
        out[4 * i + 3] = c3[i];
    }
}

void rng_fill_u32(Rng *rng, uint32_t *out, size_t n) {
    size_t i = 0;
    while (i < n && rng->position % 4 != 0) {
        out[i++] = rng_u32(rng);
    }
    for (; n - i >= 4 * LANES; i += 4 * LANES) {
        make_lanes(rng, rng->position / 4, out + i);
        rng->position += 4 * LANES;
    }
    while (i < n) {
        out[i++] = rng_u32(rng);
    }
}

void rng_fill_uniform(Rng *rng, Real *out, size_t n) {
    uint32_t words[CHUNK];
    while (n > 0) {
        size_t count = n < CHUNK ? n : CHUNK;
        rng_fill_u32(rng, words, count);
        for (size_t i = 0; i < count; i++) {
            out[i] = (Real)(int32_t)(words[i] >> 8) * (Real)0x1p-24; /* signed: one instruction */
        }
        out += count;
        n -= count;
    }
}
