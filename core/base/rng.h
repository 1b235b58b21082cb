/* SPDX-License-Identifier: MIT
 *
 * rng.h - counter-based random numbers: the same number for the same question, in any order.
 *
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011)
 * as Random123 implements it.  Key = (seed, stream); counter = (block index, cell).  Every purpose
 * has its own stream, so one more consumer moves no other.  `cell` separates what shares a seed and a
 * stream: 0 where runs are compared pair by pair (same initial weights, same batches), a layer or
 * repetition number where they must differ.
 *
 * The streams' numbers are frozen: they are added to, never changed.  `results_version` (lab) is
 * raised should a distribution below ever change.
 */
#ifndef TIDEMARK_BASE_RNG_H
#define TIDEMARK_BASE_RNG_H

#include "core/base/real.h"
#include <stddef.h>
#include <stdint.h>

typedef enum Stream {
    STREAM_WEIGHTS = 1,   /* initial weights; cell = layer index */
    STREAM_SHUFFLE = 2,   /* order of the training images; cell = epoch */
    STREAM_DROPOUT = 3,   /* dropout masks; cell = layer index */
    STREAM_NOISE = 4,     /* masking or additive noise on inputs */
    STREAM_SEARCH = 5,    /* trials of a search; cell = trial */
    STREAM_BOOTSTRAP = 6, /* resampling in statistics */
    STREAM_DATA = 7,      /* generated data */
    STREAM_SPLIT = 8,     /* training/validation splits */
    STREAM_TEST = 9,      /* tests and benchmarks */
} Stream;

typedef struct Rng {
    uint32_t key[2];   /* seed, stream */
    uint64_t cell;
    uint64_t position; /* number of 32-bit words already drawn */
    uint32_t block[4]; /* the block that holds word `position`, when `filled` */
    uint64_t filled;   /* 1 + index of the block in `block`; 0 = none */
} Rng;

Rng rng_make(uint32_t seed, Stream stream, uint64_t cell);

uint32_t rng_u32(Rng *rng);
double rng_uniform(Rng *rng);                 /* [0, 1), 53 bits, two words */
double rng_range(Rng *rng, double low, double high); /* low + (high - low) u */
double rng_normal(Rng *rng);                  /* N(0, 1), Box-Muller, four words */
uint32_t rng_below(Rng *rng, uint32_t bound); /* 0 ... bound-1, unbiased (Lemire 2019); bound > 0 */

/* A permutation of 0 ... n-1 (Fisher-Yates, from the last place down). */
void rng_permutation(Rng *rng, uint32_t *order, size_t n);

/* n words, the same as n calls of rng_u32, several blocks at a time. */
void rng_fill_u32(Rng *rng, uint32_t *out, size_t n);

/* n uniforms of 24 bits, one word each: (word >> 8) * 2^-24, in [0, 1).  For masks and weights. */
void rng_fill_uniform(Rng *rng, Real *out, size_t n);

#endif
