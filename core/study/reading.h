/* SPDX-License-Identifier: MIT
 *
 * reading.h - test accuracies read off curves, and what they say of a claim.
 *
 * A reading names the runs (by conditions on key columns) and the iteration at which their curves
 * are read: rows of curve.csv with the columns `seed`, `iteration` and `test_accuracy`.  Values are
 * per cent, differences points.  Runs are compared in pairs of one seed, so initial weights are the
 * same on both sides; a run that diverged before the iteration has no value there and no pair.
 */
#ifndef TIDEMARK_STUDY_READING_H
#define TIDEMARK_STUDY_READING_H

#include "core/lab/claim.h"
#include <stdint.h>

typedef struct Reading {
    const char *name;    /* in the finding's note: "adam with triangular" */
    Where where[4];      /* ends with {0} */
    uint64_t iteration;  /* as the table counts: already divided at a smaller scale */
} Reading;

enum { READING_ROOM = 200 }; /* seeds at most */

/* Accuracies in the order of the table; `seeds` may be NULL. */
size_t reading_values(const Results *results, const Reading *reading, double *seeds,
                      double values[READING_ROOM]);

/* a minus b, paired by seed; n = number of pairs, 0 with a value of nan where there is none. */
Interval reading_difference(const Results *results, const Reading *a, const Reading *b);

/* A number of a paper: the median must lie within `within` points of `there`. */
Finding reading_number(const Results *results, const Reading *reading, double there, double within);

/* Reproduced when the whole interval of a - b is above `bound` points, not reproduced when it is
 * wholly below.  One pair decides nothing.  Neither do runs of which not even the better one has
 * come to `floor` per cent (its median): they are at another stage of training than the paper's, and
 * an order there says nothing of the order at its end. */
Finding reading_above(const Results *results, const Reading *a, const Reading *b, double bound,
                      double floor);

#endif
