/* SPDX-License-Identifier: MIT
 *
 * mt19937.h - the random numbers of the original program: numpy's RandomState.
 *
 * The Mersenne Twister MT19937 (Matsumoto and Nishimura, ACM TOMACS 8, 1998) started by its
 * init_genrand, and doubles of 53 bits made of two words.  It is here to draw what the author's
 * program drew; everything else in the lab draws from core/base/rng.h.
 *
 * The state goes on by blocks of 624 words.  Skipping makes the blocks but not their numbers.
 */
#ifndef TIDEMARK_ORIGINAL_REPORT_MT19937_H
#define TIDEMARK_ORIGINAL_REPORT_MT19937_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MT_WORDS = 624 };

typedef struct Mt19937 {
    uint32_t state[MT_WORDS];
    double numbers[MT_WORDS / 2]; /* of this state, when `made` */
    size_t used;                  /* of the state's MT_WORDS / 2 numbers */
    bool made;
} Mt19937;

void mt19937_start(Mt19937 *mt, uint32_t seed);
void mt19937_fill(Mt19937 *mt, double *out, size_t n); /* n uniforms in [0, 1) */
void mt19937_skip(Mt19937 *mt, size_t n);              /* as if n had been drawn */

#endif
