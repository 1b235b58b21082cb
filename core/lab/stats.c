/* SPDX-License-Identifier: MIT */
#include "core/lab/stats.h"
#include "core/base/error.h"
#include "core/base/rng.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { RESAMPLES = 10000 };
static const double LOW = 0.025, HIGH = 0.975; /* of a 95% interval */

static void *allocate(size_t count, size_t size) {
    void *block = calloc(count > 0 ? count : 1, size);
    if (block == NULL) {
        die("no memory for statistics of %zu values", count);
    }
    return block;
}

static double sum_of(const double *x, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i];
    }
    return sum;
}

/* The second pass adds what rounding lost in the first (Neely 1966). */
double stats_mean(const double *x, size_t n) {
    if (n == 0) {
        return NAN;
    }
    double mean = sum_of(x, n) / (double)n;
    if (!isfinite(mean)) {
        return mean;
    }
    double rest = 0;
    for (size_t i = 0; i < n; i++) {
        rest += x[i] - mean;
    }
    return mean + rest / (double)n;
}

/* Sum of products of deviations from the means. */
static double cross_sum(const double *x, double x_mean, const double *y, double y_mean, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (x[i] - x_mean) * (y[i] - y_mean);
    }
    return sum;
}

double stats_sd(const double *x, size_t n) {
    if (n < 2) {
        return NAN;
    }
    double mean = stats_mean(x, n);
    return sqrt(cross_sum(x, mean, x, mean, n) / (double)(n - 1));
}

double stats_lag1(const double *x, size_t n) {
    if (n < 2) {
        return NAN;
    }
    double mean = stats_mean(x, n), lagged = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        double deviation = x[i] - mean;
        squares += deviation * deviation;
        if (i > 0) {
            lagged += deviation * (x[i - 1] - mean);
        }
    }
    return lagged / squares;
}

/* ---- order ---- */

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool has_nan(const double *x, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i])) {
            return true;
        }
    }
    return false;
}

/* A sorted copy, which the caller frees. */
static double *sorted(const double *x, size_t n) {
    double *copy = allocate(n, sizeof *copy);
    if (n > 0) {
        memcpy(copy, x, n * sizeof *copy);
        qsort(copy, n, sizeof *copy, compare_doubles);
    }
    return copy;
}

static double between(double low, double high, double share) {
    /* two equal infinities have no difference to take a share of */
    return share == 0 || low == high ? low : low + share * (high - low);
}

static double sorted_quantile(const double *x, size_t n, double p) {
    double place = (double)(n - 1) * p;
    size_t below = (size_t)place;
    return below + 1 < n ? between(x[below], x[below + 1], place - (double)below) : x[n - 1];
}

double stats_quantile(const double *x, size_t n, double p) {
    if (n == 0 || has_nan(x, n)) {
        return NAN;
    }
    double *copy = sorted(x, n);
    double quantile = sorted_quantile(copy, n, p);
    free(copy);
    return quantile;
}

double stats_median(const double *x, size_t n) {
    return stats_quantile(x, n, 0.5);
}

/* ---- a line ---- */

Line stats_line(const double *x, const double *y, size_t n) {
    double x_mean = stats_mean(x, n), y_mean = stats_mean(y, n);
    double xx = cross_sum(x, x_mean, x, x_mean, n);
    double xy = cross_sum(x, x_mean, y, y_mean, n);
    double yy = cross_sum(y, y_mean, y, y_mean, n);
    Line line = {.slope = xy / xx};
    line.intercept = y_mean - line.slope * x_mean;
    double residuals = 0;
    for (size_t i = 0; i < n; i++) {
        double residual = (y[i] - y_mean) - line.slope * (x[i] - x_mean);
        residuals += residual * residual;
    }
    line.residual_sd = n > 2 ? sqrt(residuals / (double)(n - 2)) : NAN;
    line.slope_sd = line.residual_sd / sqrt(xx);
    line.intercept_sd = line.residual_sd * sqrt(1 / (double)n + x_mean * x_mean / xx);
    line.r_squared = 1 - residuals / yy;
    return line;
}

/* ---- the bootstrap ---- */

/* One resample is how often each of the sorted values was drawn: the median follows from the counts
 * without sorting again, and the order of the data does not matter. */
static void draw_counts(Rng *rng, uint32_t *counts, size_t n) {
    memset(counts, 0, n * sizeof *counts);
    for (size_t i = 0; i < n; i++) {
        counts[rng_below(rng, (uint32_t)n)]++;
    }
}

static double counted_median(const double *x, const uint32_t *counts, size_t n) {
    size_t i = 0, seen = counts[0], lower = (n - 1) / 2;
    while (seen <= lower) {
        seen += counts[++i];
    }
    double low = x[i];
    while (seen <= n / 2) {
        seen += counts[++i];
    }
    return between(low, x[i], 0.5);
}

static double counted_mean(const double *x, const uint32_t *counts, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += counts[i] > 0 ? counts[i] * x[i] : 0;
    }
    return sum / (double)n;
}

typedef double Counted(const double *x, const uint32_t *counts, size_t n);

/* The statistic of every resample, RESAMPLES values that the caller frees. */
static double *resample(const double *x, size_t n, uint64_t cell, Counted *statistic) {
    double *values = allocate(RESAMPLES, sizeof *values);
    double *ordered = sorted(x, n);
    uint32_t *counts = allocate(n, sizeof *counts);
    Rng rng = rng_make(0, STREAM_BOOTSTRAP, cell);
    for (size_t i = 0; i < RESAMPLES; i++) {
        draw_counts(&rng, counts, n);
        values[i] = statistic(ordered, counts, n);
    }
    free(counts);
    free(ordered);
    return values;
}

static Interval unknown(double value, size_t n) {
    return (Interval){.value = value, .low = -INFINITY, .high = INFINITY, .n = n};
}

static Interval percentiles(double value, double *resampled, size_t n) {
    if (has_nan(resampled, RESAMPLES)) { /* resamples half inf, half -inf have no median */
        return unknown(value, n);
    }
    qsort(resampled, RESAMPLES, sizeof *resampled, compare_doubles);
    return (Interval){.value = value,
                      .low = sorted_quantile(resampled, RESAMPLES, LOW),
                      .high = sorted_quantile(resampled, RESAMPLES, HIGH),
                      .n = n};
}

static Interval bootstrap(const double *x, size_t n, double value, Counted *statistic) {
    if (n < 2 || isnan(value)) {
        return unknown(value, n);
    }
    double *resampled = resample(x, n, 0, statistic);
    Interval interval = percentiles(value, resampled, n);
    free(resampled);
    return interval;
}

Interval stats_bootstrap_median(const double *x, size_t n) {
    return bootstrap(x, n, stats_median(x, n), counted_median);
}

Interval stats_bootstrap_mean(const double *x, size_t n) {
    return bootstrap(x, n, stats_mean(x, n), counted_mean);
}

/* Two equal infinities (two runs that never got there) do not differ. */
static double difference(double a, double b) {
    return a == b ? 0 : a - b;
}

Interval stats_paired_difference(const double *a, const double *b, size_t n) {
    double *differences = allocate(n, sizeof *differences);
    for (size_t i = 0; i < n; i++) {
        differences[i] = difference(a[i], b[i]);
    }
    Interval interval = stats_bootstrap_median(differences, n);
    free(differences);
    return interval;
}

Interval stats_unpaired_difference(const double *a, size_t na, const double *b, size_t nb) {
    size_t fewer = na < nb ? na : nb;
    double value = difference(stats_median(a, na), stats_median(b, nb));
    if (fewer < 2 || isnan(value)) {
        return unknown(value, fewer);
    }
    double *of_a = resample(a, na, 0, counted_median);
    double *of_b = resample(b, nb, 1, counted_median); /* the samples are independent */
    for (size_t i = 0; i < RESAMPLES; i++) {
        of_a[i] = difference(of_a[i], of_b[i]);
    }
    Interval interval = percentiles(value, of_a, fewer);
    free(of_a);
    free(of_b);
    return interval;
}

/* ---- shares ---- */

/* Wilson (1927): where |share - p| is z standard errors of p, z the normal 97.5% quantile. */
Interval stats_share(size_t hits, size_t n) {
    if (n == 0) {
        return (Interval){.value = NAN, .low = 0, .high = 1};
    }
    const double z = 1.959963984540054;
    double runs = (double)n, share = (double)hits / runs, zz = z * z;
    double centre = (share + zz / (2 * runs)) / (1 + zz / runs);
    double half = z / (1 + zz / runs) * sqrt(share * (1 - share) / runs + zz / (4 * runs * runs));
    /* at the ends the bound is the end itself, but for rounding */
    return (Interval){.value = share,
                      .low = hits == 0 ? 0 : centre - half,
                      .high = hits == n ? 1 : centre + half,
                      .n = n};
}
