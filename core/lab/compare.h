/* SPDX-License-Identifier: MIT
 *
 * compare.h - do two sets of results say the same?
 *
 * Compares results/<label> with results/<other>, or one experiment's directory with another's.
 * What is promised depends on how both were made (manifest.csv):
 *
 *   - both by the lab's own engine at one results_version: every value is the same text, whatever
 *     the machine; only TIER_MACHINE columns (seconds) are passed over (beside them claims are held
 *     to the verdict alone: some are judged by time);
 *   - otherwise each column is held to the tier that its experiment declares (columns.csv):
 *       exact         the same text
 *       early         relative difference at most 1e-5
 *       stable        relative difference at most 1e-3
 *       distribution  medians over the seeds: different when the bootstrap interval of their
 *                     difference leaves out 0 and they differ by more than the early tolerance, or
 *                     when one side has more nan; undecided when there is a single seed
 *       bits          not compared
 *       order         of those medians: two groups whose intervals lie apart on both sides must
 *                     stand in the same order on both
 *     and the verdicts of claims.csv must be the same.
 *
 * The relative difference is |a - b| / max(|a|, |b|); nan equals nan; what is no number, nan
 * against a number and unequal infinities differ infinitely.  Rows are joined by their key columns,
 * so the order of rows never matters.  What only one side has (an experiment, a file, a column, a
 * row) is a difference.  An experiment's directory is one that holds a columns.csv.
 */
#ifndef TIDEMARK_LAB_COMPARE_H
#define TIDEMARK_LAB_COMPARE_H

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/lab/table.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What stands for a check: the largest relative difference, or the first of what is missing. */
typedef struct Offender {
    double relative;
    const char *key, *column, *a, *b; /* texts of both sides; NULL = nothing was compared */
} Offender;

/* One kind of comparison in one table. */
typedef struct Check {
    const char *experiment;
    const char *table; /* "" for what concerns the whole experiment */
    const char *kind;  /* a tier's name, "order", or what is there at all: "experiment", "file",
                          "columns", "rows", "scale" */
    size_t compared, different, undecided;
    Offender worst;
} Check;

/* A line of the manifests that is not the same on both sides. */
typedef struct ManifestLine {
    const char *key, *a, *b;
    const char *experiment; /* where it was seen first */
    size_t experiments;     /* in how many */
} ManifestLine;

typedef struct Comparison {
    const char *a, *b; /* the directories */
    Check *checks;
    size_t check_count, check_room;
    ManifestLine *lines;
    size_t line_count, line_room;
    size_t experiments, tables;
    size_t machine_columns; /* passed over */
    bool tiered;            /* not everything could be held to the same bytes */
    bool versions;          /* results_version, or an experiment's version, differs */
    Arena *arena;
} Comparison;

/* NULL when there is nothing to compare: a directory that cannot be read or holds no results. */
Comparison *compare_directories(const char *a, const char *b, Error *err);
void compare_free(Comparison *comparison);

/* 0 the same; 1 different; 2 could not be compared (two scales; groups of a single seed that differ
 * where only a distribution is promised). */
int compare_status(const Comparison *comparison);

/* One line: "same: 12 tables, 3,456 values, byte for byte". */
void compare_print_summary(const Comparison *comparison, FILE *out);

/* Tables, worst offenders and the manifests' differing lines, then the summary. */
void compare_print(const Comparison *comparison, FILE *out);

/* experiment,table,tier,compared,different,worst_relative,key,column,a,b: a row a check. */
bool compare_write_csv(const Comparison *comparison, const char *path, Error *err);

#endif
