/* SPDX-License-Identifier: MIT */
#include "core/study/reading.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { CONDITIONS = sizeof((Reading *)0)->where / sizeof(Where) };

size_t reading_values(const Results *results, const Reading *reading, double *seeds,
                      double values[READING_ROOM]) {
    const Table *curve = results_table(results, "curve");
    Where where[CONDITIONS + 2] = {{0}}; /* the reading's, the iteration, the end */
    char at[32];
    size_t n = 0;
    for (; n < CONDITIONS && reading->where[n].column; n++)
        where[n] = reading->where[n];
    snprintf(at, sizeof at, "%" PRIu64, reading->iteration);
    where[n] = (Where){"iteration", at};
    if (seeds)
        table_select(curve, "seed", where, seeds, READING_ROOM);
    size_t count = table_select(curve, "test_accuracy", where, values, READING_ROOM);
    for (size_t i = 0; i < count; i++)
        values[i] *= 100;
    return count;
}

Interval reading_difference(const Results *results, const Reading *a, const Reading *b) {
    double seeds[2][READING_ROOM], values[2][READING_ROOM], x[READING_ROOM], y[READING_ROOM];
    size_t n = reading_values(results, a, seeds[0], values[0]), pairs = 0;
    size_t m = reading_values(results, b, seeds[1], values[1]);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            if (seeds[0][i] == seeds[1][j]) {
                x[pairs] = values[0][i];
                y[pairs++] = values[1][j];
                break;
            }
    if (pairs == 0)
        return (Interval){(double)NAN, (double)NAN, (double)NAN, 0};
    return stats_paired_difference(x, y, pairs);
}

Finding reading_number(const Results *results, const Reading *reading, double there,
                       double within) {
    double values[READING_ROOM];
    size_t n = reading_values(results, reading, NULL, values);
    if (n == 0)
        return finding_inconclusive("no run of %s reached iteration %" PRIu64, reading->name,
                                    reading->iteration);
    return finding_between(stats_bootstrap_median(values, n), there - within, there + within,
                           "%% test accuracy of %s at iteration %" PRIu64 ", median of %zu seeds; "
                           "within %g points counts", reading->name, reading->iteration, n, within);
}

static double median_of(const Results *results, const Reading *reading) {
    double values[READING_ROOM];
    size_t n = reading_values(results, reading, NULL, values);
    return n ? stats_median(values, n) : (double)NAN;
}

Finding reading_above(const Results *results, const Reading *a, const Reading *b, double bound,
                      double floor) {
    Interval d = reading_difference(results, a, b);
    double best = fmax(median_of(results, a), median_of(results, b));
    if (d.n == 0)
        return finding_inconclusive("no seed has both %s at iteration %" PRIu64 " and %s at "
                                    "%" PRIu64, a->name, a->iteration, b->name, b->iteration);
    if (best < floor)
        return finding_of(INCONCLUSIVE, d, "points, %s at %" PRIu64 " minus %s at %" PRIu64 "; the "
                          "better is at %.1f %%, below %g %% the paper's runs have only begun",
                          a->name, a->iteration, b->name, b->iteration, best, floor);
    Verdict verdict = d.low > bound ? REPRODUCED : d.high < bound ? NOT_REPRODUCED : INCONCLUSIVE;
    return finding_of(verdict, d, "points, %s at %" PRIu64 " minus %s at %" PRIu64 ", %zu pairs by "
                      "seed; above %g counts", a->name, a->iteration, b->name, b->iteration, d.n,
                      bound);
}
