/* SPDX-License-Identifier: MIT
 *
 * claim.h - what a source says, and what our results say of it.
 *
 * A claim is one checkable statement with where it stands, the number given there and the function
 * that decides it from the tables of an experiment.  A verdict always comes with the measured
 * figure and its interval.  "Not reproduced" is a finding like any other; "inconclusive" means that
 * this scale or this number of seeds cannot decide.
 */
#ifndef TIDEMARK_LAB_CLAIM_H
#define TIDEMARK_LAB_CLAIM_H

#include "core/lab/stats.h"
#include "core/lab/table.h"

typedef enum Verdict { NOT_REPRODUCED, REPRODUCED, INCONCLUSIVE } Verdict;

const char *verdict_name(Verdict verdict);

typedef struct Finding {
    Verdict verdict;
    Interval measured; /* value, low, high; low = high = value for what is not random */
    char note[240];    /* what the figure is, and what decided: one sentence */
} Finding;

typedef struct Results Results; /* the tables of one experiment, read from its CSVs */

/* The table of that name; dies for a name the experiment did not declare.  An empty table when
 * nothing was computed. */
const Table *results_table(const Results *results, const char *name);
const char *results_scale(const Results *results); /* "smoke", "desk", "paper" */

typedef struct Claim {
    const char *id;        /* short, unique in the experiment: "updates-5" */
    const char *source;    /* "001", "CLR Table 1" */
    const char *statement; /* one sentence, in English */
    const char *expected;  /* the number there: "564", "< 1", "a third" */
    Finding (*judge)(const Results *results);
} Claim;

/* Helpers that most judges are made of.  `format` is the note.  A measured nan (nothing was
 * computed) is inconclusive with each of them. */
Finding finding_exact(double measured, double expected, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Reproduced where the whole interval lies in [low, high], not where it lies wholly outside. */
Finding finding_between(Interval measured, double low, double high, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Reproduced where the whole interval lies above (below) the limit, not where it lies wholly on the
 * other side or is the limit itself. */
Finding finding_above(Interval measured, double limit, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
Finding finding_below(Interval measured, double limit, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
Finding finding_inconclusive(const char *format, ...) __attribute__((format(printf, 1, 2)));
Finding finding_of(Verdict verdict, Interval measured, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static inline Interval interval_point(double value) {
    return (Interval){.value = value, .low = value, .high = value, .n = 1};
}

#endif
