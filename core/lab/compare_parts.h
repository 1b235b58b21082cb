/* SPDX-License-Identifier: MIT
 *
 * compare_parts.h - what the files of the comparison share: for compare*.c alone.
 *
 *     compare.c             checks, and the two directories
 *     compare_experiment.c  one experiment: its manifests, what is promised, its files
 *     compare_table.c       one table: rows joined, columns held to their tiers
 *     compare_groups.c      one column of tier distribution
 *     compare_report.c      what is printed and written
 */
#ifndef TIDEMARK_LAB_COMPARE_PARTS_H
#define TIDEMARK_LAB_COMPARE_PARTS_H

#include "core/lab/compare.h"

/* The check of that kind, made if need be.  The pointer is good until the next call. */
Check *compare_check(Comparison *comparison, const char *experiment, const char *table,
                     const char *kind);

/* A difference that is not in numbers; the first one of a check is kept. */
void compare_note(Comparison *comparison, Check *check, const char *key, const char *column,
                  const char *a, const char *b);

double compare_relative(const char *a, const char *b); /* of two texts, see compare.h */

/* "rate=5,seed=1" of the row, from these columns; "row=7" if there are none. */
const char *compare_key(Comparison *comparison, const Table *table, size_t row, const size_t *keys,
                        size_t key_count);

/* Names in a directory, sorted and each once; free() `names`. */
typedef struct CompareNames {
    const char **names;
    size_t count, room;
} CompareNames;

/* Adds what `wanted` makes of every entry; NULL = not wanted. */
typedef const char *CompareWanted(Comparison *comparison, const char *directory, const char *entry);
bool compare_list(Comparison *comparison, const char *directory, CompareWanted *wanted,
                  CompareNames *names, Error *err);

void *compare_room(void *array, size_t count, size_t *room, size_t size); /* for one more */

void compare_experiment(Comparison *comparison, const char *experiment, const char *directory_a,
                        const char *directory_b);

typedef struct TablePair {
    const char *experiment, *name;
    const Table *a, *b;
    const Table *tiers; /* columns.csv: table,column,tier */
    bool exact;         /* every tier but key and machine is exact */
} TablePair;

void compare_tables(Comparison *comparison, const TablePair *pair);

/* Rows of the same key, and columns of the same name. */
typedef struct Both {
    size_t a, b;
} Both;

/* `rows` are sorted by key with the seed last; `keys` are a's key columns without the seed. */
void compare_groups(Comparison *comparison, const TablePair *pair, const Both *rows,
                    size_t row_count, const size_t *keys, size_t key_count, Both column);

#endif
