/* SPDX-License-Identifier: MIT
 *
 * rows.h - internal: how much of one row of C stays in registers while rows of B are added to it.
 *
 * For the *.isa.c files whose A holds many zeros.  A kernel is compiled for every number of vectors:
 * EACH_WIDTH(X) is X(1) X(2) ... X(MAX_VECTORS).
 */
#ifndef TIDEMARK_BASE_ROWS_H
#define TIDEMARK_BASE_ROWS_H

#include "core/base/simd.h"

#define WIDTHS_TO_4(X) X(1) X(2) X(3) X(4)
#define WIDTHS_TO_8(X) WIDTHS_TO_4(X) X(5) X(6) X(7) X(8)
#if VR_BYTES == 64 || defined(__aarch64__)
enum { MAX_VECTORS = 8 };
#define EACH_WIDTH(X) WIDTHS_TO_8(X)
#elif VR_BYTES == 32 /* 100 numbers at once */
enum { MAX_VECTORS = 13 };
#define EACH_WIDTH(X) WIDTHS_TO_8(X) X(9) X(10) X(11) X(12) X(13)
#else
enum { MAX_VECTORS = 4 };
#define EACH_WIDTH(X) WIDTHS_TO_4(X)
#endif

/* How many of n columns to take at a time: all of them, or whole vectors in as few pieces as the
 * registers allow, equal but for the last, which is what is left. */
INLINE size_t columns_at_a_time(size_t n) {
    size_t all = (n + LANES - 1) / LANES, pieces = (all + MAX_VECTORS - 1) / MAX_VECTORS;
    return pieces <= 1 ? n : (all + pieces - 1) / pieces * LANES;
}

#endif
