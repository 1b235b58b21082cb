/* SPDX-License-Identifier: MIT */
#include "core/lab/compare_parts.h"
#include "core/lab/stats.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double NEGLIGIBLE = 1e-5; /* relative difference of medians, whatever the interval */

/* The runs of one setting, on both sides. */
typedef struct Group {
    size_t row;    /* of a: names the group */
    double *a, *b; /* their values, nan left out */
    size_t n, nan_a, nan_b;
    bool same; /* text for text */
    Interval median_a, median_b;
} Group;

static bool same_group(const Table *table, size_t row, size_t other, const size_t *keys,
                       size_t count) {
    for (size_t k = 0; k < count; k++) {
        if (strcmp(table_text(table, row, keys[k]), table_text(table, other, keys[k])) != 0) {
            return false;
        }
    }
    return true;
}

static void add_run(Group *group, const TablePair *pair, Both rows, Both column) {
    double a = table_number(pair->a, rows.a, column.a), b = table_number(pair->b, rows.b, column.b);
    group->same &=
        strcmp(table_text(pair->a, rows.a, column.a), table_text(pair->b, rows.b, column.b)) == 0;
    if (isnan(a)) {
        group->nan_a++;
    } else {
        group->a[group->n - group->nan_a] = a;
    }
    if (isnan(b)) {
        group->nan_b++;
    } else {
        group->b[group->n - group->nan_b] = b;
    }
    group->n++;
}

/* The runs of `pairs` in groups; the two arrays of values are shared by all of them. */
static Group *gather(const TablePair *pair, const Both *pairs, size_t pair_count,
                     const size_t *keys, size_t key_count, Both column, size_t *count,
                     Arena *arena) {
    Group *groups = arena_new(arena, Group, pair_count);
    double *a = arena_new(arena, double, pair_count), *b = arena_new(arena, double, pair_count);
    *count = 0;
    for (size_t p = 0; p < pair_count; p++) {
        if (p == 0 || !same_group(pair->a, pairs[p - 1].a, pairs[p].a, keys, key_count)) {
            groups[(*count)++] = (Group){.row = pairs[p].a, .a = a + p, .b = b + p, .same = true};
        }
        add_run(&groups[*count - 1], pair, pairs[p], column);
    }
    return groups;
}

static double relative_difference(double a, double b) {
    if (a == b) {
        return 0;
    }
    double larger = fmax(fabs(a), fabs(b));
    return isfinite(larger) ? fabs(a - b) / larger : INFINITY;
}

static void keep_worst(Comparison *comparison, Check *check, const TablePair *pair,
                       const Group *group, const size_t *keys, size_t key_count, Both column,
                       double relative) {
    Arena *arena = comparison->arena;
    const char *nan_a = group->nan_a > 0 ? arena_format(arena, ", %zu nan", group->nan_a) : "";
    const char *nan_b = group->nan_b > 0 ? arena_format(arena, ", %zu nan", group->nan_b) : "";
    check->worst = (Offender){
        .relative = relative,
        .key = compare_key(comparison, pair->a, group->row, keys, key_count),
        .column = arena_string(arena, table_column_name(pair->a, column.a)),
        .a = arena_format(arena, "median %.9g%s", group->median_a.value, nan_a),
        .b = arena_format(arena, "median %.9g%s", group->median_b.value, nan_b),
    };
}

typedef enum Judgement { SAME, UNDECIDED, DIFFERENT } Judgement;

static Judgement judge(const Group *group, double *relative) {
    size_t na = group->n - group->nan_a, nb = group->n - group->nan_b;
    *relative = na != nb ? INFINITY : 0;
    if (group->same || na != nb || na == 0) {
        return na != nb ? DIFFERENT : SAME;
    }
    *relative = relative_difference(group->median_a.value, group->median_b.value);
    if (*relative <= NEGLIGIBLE || na < 2) {
        return *relative <= NEGLIGIBLE ? SAME : UNDECIDED;
    }
    Interval difference = stats_unpaired_difference(group->a, na, group->b, nb);
    return difference.low > 0 || difference.high < 0 ? DIFFERENT : SAME;
}

/* ---- the order of the groups ---- */

static int compare_by_high(const void *x, const void *y) {
    double a = (*(Group *const *)x)->median_a.high, b = (*(Group *const *)y)->median_a.high;
    return (a > b) - (a < b);
}

static int compare_by_low(const void *x, const void *y) {
    double a = (*(Group *const *)x)->median_a.low, b = (*(Group *const *)y)->median_a.low;
    return (a > b) - (a < b);
}

/* Counts the groups that lie above another one in a and below it in b, intervals apart both times:
 * among all that lie wholly below a group in a, the highest in b is the one to look at. */
static void compare_order(Comparison *comparison, const TablePair *pair, Group *groups,
                          size_t count, const size_t *keys, size_t key_count, Both column) {
    Arena *arena = comparison->arena;
    Check *check = compare_check(comparison, pair->experiment, pair->name, "order");
    Group **by_high = arena_new(arena, Group *, count), **by_low = arena_new(arena, Group *, count);
    size_t ranked = 0, below = 0;
    for (size_t g = 0; g < count; g++) {
        if (!isnan(groups[g].median_a.value) && !isnan(groups[g].median_b.value)) {
            by_high[ranked] = by_low[ranked] = &groups[g];
            ranked++;
        }
    }
    qsort(by_high, ranked, sizeof *by_high, compare_by_high);
    qsort(by_low, ranked, sizeof *by_low, compare_by_low);
    const Group *highest = NULL;
    for (size_t g = 0; g < ranked; g++) {
        const Group *group = by_low[g];
        for (; by_high[below]->median_a.high < group->median_a.low; below++) {
            if (highest == NULL || by_high[below]->median_b.low > highest->median_b.low) {
                highest = by_high[below];
            }
        }
        check->compared++;
        if (highest != NULL && highest->median_b.low > group->median_b.high) {
            const char *key = compare_key(comparison, pair->a, group->row, keys, key_count);
            const char *than = compare_key(comparison, pair->a, highest->row, keys, key_count);
            compare_note(comparison, check, key, table_column_name(pair->a, column.a),
                         arena_format(arena, "above %s", than),
                         arena_format(arena, "below %s", than));
        }
    }
}

static void rank_groups(Group *groups, size_t count) {
    for (size_t g = 0; g < count; g++) {
        Group *group = &groups[g];
        group->median_a = stats_bootstrap_median(group->a, group->n - group->nan_a);
        group->median_b = stats_bootstrap_median(group->b, group->n - group->nan_b);
    }
}

void compare_groups(Comparison *comparison, const TablePair *pair, const Both *pairs,
                    size_t pair_count, const size_t *keys, size_t key_count, Both column) {
    size_t count = 0;
    bool all_same = true;
    Arena *arena = arena_create();
    Group *groups = gather(pair, pairs, pair_count, keys, key_count, column, &count, arena);
    Check *check = compare_check(comparison, pair->experiment, pair->name, "distribution");
    Judgement gravest = check->different > 0   ? DIFFERENT
                        : check->undecided > 0 ? UNDECIDED
                                               : SAME; /* of the columns before this one */
    for (size_t g = 0; g < count; g++) {
        Group *group = &groups[g];
        all_same &= group->same;
        group->median_a.value = stats_median(group->a, group->n - group->nan_a);
        group->median_b.value = stats_median(group->b, group->n - group->nan_b);
        double relative;
        Judgement judgement = judge(group, &relative);
        check->compared++;
        check->different += judgement == DIFFERENT;
        check->undecided += judgement == UNDECIDED;
        if (judgement > gravest || (judgement == gravest && relative > check->worst.relative)) {
            keep_worst(comparison, check, pair, group, keys, key_count, column, relative);
            gravest = judgement;
        }
    }
    if (!all_same) { /* the same values are in the same order */
        rank_groups(groups, count);
        compare_order(comparison, pair, groups, count, keys, key_count, column);
    }
    arena_destroy(arena);
}
