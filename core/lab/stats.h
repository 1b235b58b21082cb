/* SPDX-License-Identifier: MIT
 *
 * stats.h - the statistics every statement rests on.
 *
 * All in double, in a fixed order, without libm, so that verdicts are the same everywhere.  Tested
 * against certified values (NIST Statistical Reference Datasets).  A nan among the values makes the
 * result nan; infinities are values like others (a run that never got there: a miss is infinite).
 */
#ifndef TIDEMARK_LAB_STATS_H
#define TIDEMARK_LAB_STATS_H

#include <stddef.h>
#include <stdint.h>

double stats_mean(const double *x, size_t n); /* two passes; nan for n = 0 */
double stats_sd(const double *x, size_t n);   /* sample standard deviation, n - 1; nan for n < 2 */
double stats_lag1(const double *x, size_t n); /* lag-1 autocorrelation */
double stats_quantile(const double *x, size_t n, double p); /* Hyndman & Fan type 7; 0 <= p <= 1 */
double stats_median(const double *x, size_t n);

/* Least squares y = intercept + slope x; the deviations need n > 2 (else nan). */
typedef struct Line {
    double intercept, slope;
    double intercept_sd, slope_sd; /* standard deviations of the estimates */
    double residual_sd, r_squared;
} Line;
Line stats_line(const double *x, const double *y, size_t n);

/* A statistic with its 95% interval. */
typedef struct Interval {
    double value, low, high;
    size_t n;
} Interval;

/* Percentile bootstrap of the median (or mean) over seeds: 10,000 resamples from the frozen stream
 * BOOTSTRAP with seed 0, so the interval is a function of the data alone.  n = 1: low = -inf,
 * high = inf (one run says nothing about the next).  The order of the data does not matter. */
Interval stats_bootstrap_median(const double *x, size_t n);
Interval stats_bootstrap_mean(const double *x, size_t n);

/* Median of the differences a[i] - b[i], runs paired by seed.  'a is greater' is said only when
 * low > 0.  Equal infinities differ by 0. */
Interval stats_paired_difference(const double *a, const double *b, size_t n);

/* Difference of medians of two unpaired samples (two machines, two methods with other seeds); n is
 * the smaller number of the two, and below 2 the interval is infinite. */
Interval stats_unpaired_difference(const double *a, size_t na, const double *b, size_t nb);

/* Wilson's interval for a share of `hits` in `n`; n = 0: value nan in [0, 1]. */
Interval stats_share(size_t hits, size_t n);

#endif
