/* SPDX-License-Identifier: MIT */
#include "core/lab/compare_parts.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double EARLY = 1e-5, STABLE = 1e-3;

/* Two tables joined row by row.  Key columns are in the order of a's header, but the seed last. */
typedef struct Join {
    Comparison *comparison;
    const TablePair *pair;
    size_t *keys_a, *keys_b, key_count;
    bool seeded; /* the last key is the seed */
    Both *pairs;
    size_t pair_count;
} Join;

/* ---- columns ---- */

static Tier tier_of(const TablePair *pair, const char *column) {
    const Table *tiers = pair->tiers;
    for (size_t row = 0; row < table_rows(tiers); row++) {
        Tier tier;
        if (strcmp(table_text(tiers, row, 0), pair->name) == 0 &&
            strcmp(table_text(tiers, row, 1), column) == 0 &&
            tier_parse(table_text(tiers, row, 2), &tier)) {
            return tier == TIER_KEY || tier == TIER_MACHINE || !pair->exact ? tier : TIER_EXACT;
        }
    }
    return TIER_EXACT;
}

static void note_columns(Join *join) {
    const Table *a = join->pair->a, *b = join->pair->b;
    Check *check =
        compare_check(join->comparison, join->pair->experiment, join->pair->name, "columns");
    check->compared = table_columns(a);
    for (size_t c = 0; c < table_columns(a); c++) {
        if (table_find(b, table_column_name(a, c)) == TABLE_NONE) {
            compare_note(join->comparison, check, "", table_column_name(a, c), "there", "missing");
        }
    }
    for (size_t c = 0; c < table_columns(b); c++) {
        if (table_find(a, table_column_name(b, c)) == TABLE_NONE) {
            check->compared++;
            compare_note(join->comparison, check, "", table_column_name(b, c), "missing", "there");
        }
    }
}

static void add_key(Join *join, size_t a, size_t b) {
    join->keys_a[join->key_count] = a;
    join->keys_b[join->key_count++] = b;
}

static void find_keys(Join *join) {
    const Table *a = join->pair->a, *b = join->pair->b;
    size_t seed_a = TABLE_NONE, seed_b = TABLE_NONE;
    join->keys_a = arena_new(join->comparison->arena, size_t, table_columns(a));
    join->keys_b = arena_new(join->comparison->arena, size_t, table_columns(a));
    for (size_t c = 0; c < table_columns(a); c++) {
        const char *name = table_column_name(a, c);
        size_t other = table_find(b, name);
        if (other == TABLE_NONE || tier_of(join->pair, name) != TIER_KEY) {
            continue;
        }
        if (strcmp(name, "seed") == 0) {
            seed_a = c;
            seed_b = other;
        } else {
            add_key(join, c, other);
        }
    }
    join->seeded = seed_a != TABLE_NONE;
    if (join->seeded) {
        add_key(join, seed_a, seed_b);
    }
}

/* ---- rows ---- */

static int compare_keys(const Table *a, size_t row_a, const size_t *keys_a, const Table *b,
                        size_t row_b, const size_t *keys_b, size_t count) {
    if (count == 0) { /* rows without a name are joined by their place */
        return (row_a > row_b) - (row_a < row_b);
    }
    for (size_t k = 0; k < count; k++) {
        int order = strcmp(table_text(a, row_a, keys_a[k]), table_text(b, row_b, keys_b[k]));
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

typedef struct Sorting {
    const Table *table;
    const size_t *keys;
    size_t count;
} Sorting;

static int compare_rows(const void *x, const void *y, void *context) {
    const Sorting *sorting = context;
    size_t row_x = *(const size_t *)x, row_y = *(const size_t *)y;
    int order = compare_keys(sorting->table, row_x, sorting->keys, sorting->table, row_y,
                             sorting->keys, sorting->count);
    return order != 0 ? order : (row_x > row_y) - (row_x < row_y);
}

static size_t *sorted_rows(const Table *table, const size_t *keys, size_t count) {
    size_t rows = table_rows(table), *order = calloc(rows + 1, sizeof *order);
    if (order == NULL) {
        die("no memory to sort %zu rows", rows);
    }
    for (size_t r = 0; r < rows; r++) {
        order[r] = r;
    }
    qsort_r(order, rows, sizeof *order, compare_rows, &(Sorting){table, keys, count});
    return order;
}

static void note_row(Join *join, Check *check, bool of_a, size_t row) {
    const char *key = compare_key(join->comparison, of_a ? join->pair->a : join->pair->b, row,
                                  of_a ? join->keys_a : join->keys_b, join->key_count);
    check->compared++;
    compare_note(join->comparison, check, key, "", of_a ? "there" : "missing",
                 of_a ? "missing" : "there");
}

static void join_rows(Join *join) {
    const Table *a = join->pair->a, *b = join->pair->b;
    size_t rows_a = table_rows(a), rows_b = table_rows(b), i = 0, j = 0;
    size_t *order_a = sorted_rows(a, join->keys_a, join->key_count);
    size_t *order_b = sorted_rows(b, join->keys_b, join->key_count);
    Check *check =
        compare_check(join->comparison, join->pair->experiment, join->pair->name, "rows");
    join->pairs = arena_new(join->comparison->arena, Both, rows_a < rows_b ? rows_a : rows_b);
    while (i < rows_a || j < rows_b) {
        int order = i == rows_a   ? 1
                    : j == rows_b ? -1
                                  : compare_keys(a, order_a[i], join->keys_a, b, order_b[j],
                                                 join->keys_b, join->key_count);
        if (order < 0) {
            note_row(join, check, true, order_a[i++]);
        } else if (order > 0) {
            note_row(join, check, false, order_b[j++]);
        } else {
            check->compared++;
            join->pairs[join->pair_count++] = (Both){order_a[i++], order_b[j++]};
        }
    }
    free(order_a);
    free(order_b);
}

/* ---- cells ---- */

static void compare_column(Join *join, Tier tier, size_t column_a, size_t column_b) {
    const TablePair *pair = join->pair;
    double tolerance = tier == TIER_EARLY ? EARLY : tier == TIER_STABLE ? STABLE : 0;
    Check *check = compare_check(join->comparison, pair->experiment, pair->name, tier_name(tier));
    const Both *worst = NULL;
    for (size_t p = 0; p < join->pair_count; p++) {
        const char *a = table_text(pair->a, join->pairs[p].a, column_a);
        const char *b = table_text(pair->b, join->pairs[p].b, column_b);
        bool same = strcmp(a, b) == 0;
        double relative = same ? 0 : compare_relative(a, b);
        bool different = !same && (tier == TIER_EXACT || relative > tolerance);
        check->compared++;
        check->different += different;
        /* "0" and "-0" differ by nothing, and still are not the same text */
        if (relative > check->worst.relative || (different && check->worst.a == NULL)) {
            check->worst.relative = relative;
            check->worst.a = a;
            check->worst.b = b;
            worst = &join->pairs[p];
        }
    }
    if (worst != NULL) {
        Arena *arena = join->comparison->arena;
        check->worst.key =
            compare_key(join->comparison, pair->a, worst->a, join->keys_a, join->key_count);
        check->worst.column = arena_string(arena, table_column_name(pair->a, column_a));
        check->worst.a = arena_string(arena, check->worst.a);
        check->worst.b = arena_string(arena, check->worst.b);
    }
}

static void compare_columns(Join *join) {
    const TablePair *pair = join->pair;
    for (size_t c = 0; c < table_columns(pair->a); c++) {
        const char *name = table_column_name(pair->a, c);
        size_t other = table_find(pair->b, name);
        if (other == TABLE_NONE) {
            continue;
        }
        Tier tier = tier_of(pair, name);
        if (tier == TIER_MACHINE || tier == TIER_BITS) {
            join->comparison->machine_columns += tier == TIER_MACHINE;
        } else if (tier == TIER_DISTRIBUTION) {
            compare_groups(join->comparison, pair, join->pairs, join->pair_count, join->keys_a,
                           join->key_count - join->seeded, (Both){c, other});
        } else if (tier != TIER_KEY) {
            compare_column(join, tier, c, other);
        }
    }
}

void compare_tables(Comparison *comparison, const TablePair *pair) {
    Join join = {.comparison = comparison, .pair = pair};
    note_columns(&join);
    find_keys(&join);
    join_rows(&join);
    compare_columns(&join);
}
