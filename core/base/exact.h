/* SPDX-License-Identifier: MIT
 *
 * exact.h - elementary functions in double whose bits do not depend on the machine.
 *
 * glibc chooses its exp, log, pow, cos and tanh by CPU, and their last bits differ; no such call
 * may decide a bit of a compared column.  These use only + - * / in a fixed order and a handful of
 * constants, so every IEEE-754 machine and every compiler (with -ffp-contract=off) gives the same
 * bits.  Errors stay below the bounds stated, measured against long double in tests/exact.c.
 * Special values follow C11 Annex F (exp(-inf) = 0, log(0) = -inf, log(-1) = nan, ...), but that
 * subnormal numbers count as zero, arguments and results alike: flush-to-zero changes no bit.
 * Every nan returned is the one of NAN, and no flag or errno is promised.
 */
#ifndef TIDEMARK_BASE_EXACT_H
#define TIDEMARK_BASE_EXACT_H

double exact_exp(double x);     /* < 1 ulp */
double exact_log(double x);     /* < 1 ulp */
double exact_expm1(double x);   /* < 2 ulp */
double exact_log1p(double x);   /* < 2 ulp */
double exact_pow(double x, double y); /* < 1 ulp; integer y with |y| <= 64 by repeated squaring:
                                         exact where the power is a double; x < 0 for integer y */
double exact_tanh(double x);    /* < 3 ulp */
double exact_sigmoid(double x); /* 1 / (1 + exp(-x)), < 2 ulp */
double exact_cospi(double x);   /* cos(pi x): exactly 1, 0, -1, 0 at 0, 1/2, 1, 3/2; < 2 ulp else */
double exact_sinpi(double x);   /* sin(pi x) likewise */
double exact_log10(double x);   /* < 1 ulp; exact at powers of ten that are doubles */
double exact_exp10(double x);   /* < 2 ulp; the nearest double to 10^x for integer x */
double exact_erf(double x);     /* < 1 ulp; for the normal distribution function */
double exact_lgamma(double x);  /* x > 0; < 1e-14 relative or absolute; for Student's t */

#endif
