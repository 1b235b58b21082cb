/* SPDX-License-Identifier: MIT
 *
 * table.h - tables of results: CSV after RFC 4180, written whole or not at all.
 *
 * One header row of snake_case names, one observation a row, LF line ends.  Doubles are written
 * with %.17g, floats with %.9g (both round-trip), counts as integers, texts quoted only where
 * needed; not a number is `nan`, infinity `inf` or `-inf`.  A table holds no time, host or path, so
 * that two machines that computed the same wrote the same bytes.
 *
 * A cell is kept as its text, so that reading, appending and writing again changes no byte.  Texts
 * belong to the table and stay valid until a row is added to it or it is freed.
 */
#ifndef TIDEMARK_LAB_TABLE_H
#define TIDEMARK_LAB_TABLE_H

#include "core/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a column is compared between two runs (compare.h); `key` columns name the observation. */
typedef enum Tier {
    TIER_KEY,          /* joins rows; with all key columns together unique in the table */
    TIER_EXACT,        /* the same text: plans, rates, counts, statuses */
    TIER_EARLY,        /* relative 1e-5: a training's first steps */
    TIER_STABLE,       /* relative 1e-3: trainings below the edge of stability, to their end */
    TIER_DISTRIBUTION, /* medians over seeds agree within a bootstrap interval */
    TIER_BITS,         /* what a last bit may push over an edge (a grey value, a count, a sentence):
                          the same text where the bits are promised, else not compared */
    TIER_MACHINE,      /* seconds, ratios of speed: never compared */
} Tier;

/* "key", "exact", "early", "stable", "distribution", "bits", "machine": as columns.csv
 * (table,column,tier) spells them. */
const char *tier_name(Tier tier);
bool tier_parse(const char *name, Tier *tier); /* false: no such tier */

typedef struct Column {
    const char *name;
    Tier tier;
} Column;

typedef struct TableSpec {
    const char *name;      /* file is <name>.csv; NULL ends an array of specs */
    const Column *columns; /* ends with a NULL name */
} TableSpec;

/* ---- values ---- */
typedef struct Value {
    enum { VALUE_DOUBLE, VALUE_FLOAT, VALUE_COUNT, VALUE_TEXT } kind;
    double number;
    int64_t count;
    const char *text;
} Value;

static inline Value v_double(double x) { return (Value){.kind = VALUE_DOUBLE, .number = x}; }
static inline Value v_float(double x) { return (Value){.kind = VALUE_FLOAT, .number = x}; }
static inline Value v_count(int64_t n) { return (Value){.kind = VALUE_COUNT, .count = n}; }
static inline Value v_text(const char *s) { return (Value){.kind = VALUE_TEXT, .text = s}; }

/* ---- writing ---- */
typedef struct Table Table;

Table *table_create(const char *const *names, size_t columns);
Table *table_for(const TableSpec *spec);
void table_free(Table *table);

/* One row; dies when the number of values is not the number of columns.
 *     table_row(t, v_double(rate), v_count(epochs), v_text("ok")); */
void table_add(Table *table, const Value *values, size_t count);
#define table_row(table, ...)                                                                      \
    table_add((table), (Value[]){__VA_ARGS__}, sizeof((Value[]){__VA_ARGS__}) / sizeof(Value))

/* Writes to `path` by way of a temporary name in the same directory (<path>.<pid>.tmp), fsync and
 * rename.  On failure the temporary file is gone and what `path` held before is untouched. */
bool table_write(const Table *table, const char *path, Error *err);

/* ---- reading ---- */
/* NULL, with path and line in the sentence: a file that is missing or empty, has no header row of
 * distinct names, a row with more or fewer fields than the header, a quote or a carriage return
 * where none may be, a NUL byte, or a last line without an end (a file that was cut off).  CRLF
 * line ends are accepted. */
Table *table_read(const char *path, Error *err);

size_t table_rows(const Table *table);
size_t table_columns(const Table *table);
const char *table_column_name(const Table *table, size_t column);
#define TABLE_NONE ((size_t)-1)
size_t table_find(const Table *table, const char *column); /* TABLE_NONE if there is none */
const char *table_text(const Table *table, size_t row, size_t column);
double table_number(const Table *table, size_t row, size_t column); /* nan where it is no number */

/* The numbers of `column` in all rows where every condition holds.  A condition is
 * {"column", "text"} and holds where the cell is that text or that number ("0.05" finds
 * 0.050000000000000003); the array ends with {NULL}; NULL = every row.  Returns how many it stored:
 * the first `room` at most.  Dies for a column that is not there.
 *     n = table_select(t, "accuracy", (Where[]){{"policy", "fixed"}, {0}}, values, room) */
typedef struct Where {
    const char *column, *equals;
} Where;
size_t table_select(const Table *table, const char *column, const Where *where, double *values,
                    size_t room);

/* ---- pixels ----
 * A row of grey values (0 ... 255) as one text, a character a pixel: '0' + grey / 4, from '0' (black)
 * to 'o' (white).  Read, a level is the middle of its four greys (2, 6, ... 254).  For pictures:
 * `bands --greys COLUMN` hands them to gnuplot. */
#define GREY_LEVELS "0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmno"
static inline void greys_write(const uint8_t *greys, size_t count, char *text) {
    for (size_t i = 0; i < count; i++)
        text[i] = (char)('0' + greys[i] / 4);
    text[count] = '\0';
}

static inline int grey_read(char character) {
    return 4 * (character - '0') + 2;
}

/* Appends all rows of `from`; false if its columns are not the same in name and order. */
bool table_append(Table *table, const Table *from, Error *err);

#endif
