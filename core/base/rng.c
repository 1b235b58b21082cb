/* SPDX-License-Identifier: MIT */
#include "core/base/rng.h"
#include "core/base/exact.h"
#include "core/base/kernels.h"
#include <math.h>
#include <Random123/philox.h>
#include <string.h>

enum { ROUNDS = 10, GROUP_WORDS = 4 * RNG_GROUP, CHUNK = 8 * GROUP_WORDS };

static const RngKernels *const tables[] = KERNEL_TABLES(rng_kernels);

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

void rng_fill_u32(Rng *rng, uint32_t *out, size_t n) {
    const RngKernels *kernels = tables[engine_variant];
    size_t i = 0;
    while (i < n && rng->position % 4 != 0) {
        out[i++] = rng_u32(rng);
    }
    size_t groups = (n - i) / GROUP_WORDS, words = groups * GROUP_WORDS;
    kernels->make_groups(rng, rng->position / 4, out + i, groups);
    rng->position += words;
    i += words;
    /* a group of which the end is not used is still the faster way */
    if (n - i > GROUP_WORDS / 4) {
        uint32_t group[GROUP_WORDS];
        kernels->make_groups(rng, rng->position / 4, group, 1);
        memcpy(out + i, group, (n - i) * sizeof group[0]);
        rng->position += n - i;
        return;
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
