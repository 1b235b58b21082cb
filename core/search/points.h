/* SPDX-License-Identifier: MIT
 *
 * points.h - points of the unit cube that do not wait for results: random, Latin hypercube, Sobol,
 * Halton, grids.
 *
 * Point k is a function of (seed, k); stream SEARCH.  For a hypercube the number of points counts
 * too, for a grid its shape.
 */
#ifndef TIDEMARK_SEARCH_POINTS_H
#define TIDEMARK_SEARCH_POINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SOBOL_MAX = 40, HALTON_MAX = 32 };

/* Independent and uniform; cell of the stream = k. */
void points_random(uint32_t seed, uint64_t k, double *at, size_t dimensions);

/* Point k of `n`: on every axis each of n equal slices holds exactly one point (McKay, Beckman &
 * Conover 1979).  `permutations` has dimensions x n elements, filled by points_latin_plan. */
void points_latin_plan(uint32_t seed, uint32_t *permutations, size_t n, size_t dimensions);
void points_latin(uint32_t seed, const uint32_t *permutations, size_t n, size_t k, double *at,
                  size_t dimensions);

/* Sobol's sequence in Gray-code order (Antonov & Saleev 1979) with the direction numbers of Joe &
 * Kuo (2008), new-joe-kuo-6.21201, 32 bits; at most SOBOL_MAX axes, k < 2^32.  `shift`: every axis
 * is XORed with 32 random bits of `seed`, which keeps the net and makes each point uniform. */
void points_sobol(uint32_t seed, bool shift, uint64_t k, double *at, size_t dimensions);

/* Halton's sequence (1960): radical inverses of k + 1 in the first primes; at most HALTON_MAX axes.
 * `shift`: a random translation modulo 1 (Cranley & Patterson 1976). */
void points_halton(uint32_t seed, bool shift, uint64_t k, double *at, size_t dimensions);

/* Point k of a grid of shape[0] x shape[1] x ..., the last axis fastest: the middles of equal
 * slices. */
void points_grid(const size_t *shape, uint64_t k, double *at, size_t dimensions);

/* The monotone shapes of `budget` points: every way to write it as a product of `dimensions`
 * factors that do not decrease (16 in three: 1 1 16, 1 2 8, 1 4 4, 2 2 4).  Stores at most `room`
 * shapes one after the other and returns how many there are. */
size_t points_grid_shapes(size_t budget, size_t dimensions, size_t *shapes, size_t room);

#endif
