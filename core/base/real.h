/* SPDX-License-Identifier: MIT
 *
 * real.h - the number type of everything that is trained.
 *
 * The library is compiled twice from one source: as it stands, `Real` is float; with
 * TIDEMARK_DOUBLE defined it is double, which gradient checks need.  Sums over batches and all
 * statistics are double in both builds.
 */
#ifndef TIDEMARK_BASE_REAL_H
#define TIDEMARK_BASE_REAL_H

#if defined(__FAST_MATH__) || defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#error "tidemark cannot be built with -ffast-math, -Ofast or -ffinite-math-only: results would not be comparable; remove the flag"
#endif

#ifdef TIDEMARK_DOUBLE
typedef double Real;
#else
typedef float Real;
#endif

#endif
