/* SPDX-License-Identifier: MIT */
#include "core/lab/compare_parts.h"
#include <math.h>
#include <string.h>

/* Kinds that compare values, in the order in which a difference tells most. */
static const char *const value_kinds[] = {"exact", "early", "stable", "distribution", "order"};
enum { VALUE_KINDS = sizeof value_kinds / sizeof value_kinds[0] };

static bool compares_values(const Check *check) {
    for (size_t k = 0; k < VALUE_KINDS; k++) {
        if (strcmp(check->kind, value_kinds[k]) == 0) {
            return true;
        }
    }
    return false;
}

/* What the check is of, "parity/updates.csv". */
static const char *place_of(const Check *check, char *text, size_t size) {
    const char *table = check->table;
    snprintf(text, size, "%s%s%s%s", check->experiment, *table != '\0' ? "/" : "", table,
             *table != '\0' ? ".csv" : "");
    return text;
}

/* 1234567 as "1,234,567". */
static const char *with_commas(size_t number, char text[32]) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%zu", number);
    char *out = text;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            *out++ = ',';
        }
        *out++ = digits[i];
    }
    *out = '\0';
    return text;
}

static void print_offender(const Check *check, FILE *out) {
    char place[512];
    fputs(place_of(check, place, sizeof place), out);
    if (check->worst.key != NULL && *check->worst.key != '\0') {
        fprintf(out, " %s", check->worst.key);
    }
    if (check->worst.column != NULL && *check->worst.column != '\0') {
        fprintf(out, " %s", check->worst.column);
    }
    fprintf(out, ": %s | %s", check->worst.a, check->worst.b);
}

/* ---- the summary ---- */

typedef struct Totals {
    size_t values, different, undecided, absent, tables;
    const Check *worst; /* NULL = what both sides have is the same */
} Totals;

/* An experiment that one side lacks: named apart, no part of the totals.  (Others of this kind
 * could not be read.) */
static bool is_alone(const Check *check) {
    return strcmp(check->kind, "experiment") == 0 && check->different > 0 &&
           (strcmp(check->worst.a, "there") == 0 || strcmp(check->worst.b, "there") == 0);
}

static double gravity(const Check *check) {
    return (check->different > 0 ? 2 : 0) + (compares_values(check) ? 0 : 1);
}

static bool same_table(const Check *a, const Check *b) {
    return strcmp(a->experiment, b->experiment) == 0 && strcmp(a->table, b->table) == 0;
}

static Totals add_up(const Comparison *comparison) {
    Totals totals = {0};
    const Check *last = NULL; /* the checks of a table follow each other */
    for (size_t i = 0; i < comparison->check_count; i++) {
        const Check *check = &comparison->checks[i];
        if (is_alone(check)) {
            continue;
        }
        bool values = compares_values(check);
        /* columns.csv holds no results, and the order of the groups no values of its own */
        if (values && strcmp(check->table, "columns") != 0 && strcmp(check->kind, "order") != 0) {
            totals.values += check->compared;
        }
        totals.different += values ? check->different : 0;
        totals.absent += values ? 0 : check->different;
        totals.undecided += check->undecided;
        if (check->different + check->undecided == 0) {
            continue;
        }
        if (check->different > 0 && (last == NULL || !same_table(last, check))) {
            totals.tables++;
            last = check;
        }
        if (totals.worst == NULL || gravity(check) > gravity(totals.worst)) {
            totals.worst = check;
        }
    }
    return totals;
}

static void print_same(const Comparison *comparison, const Totals *totals, FILE *out) {
    char tables[32], values[32];
    fprintf(out, "%s %s, %s values, %s%s", with_commas(comparison->tables, tables),
            comparison->tables == 1 ? "table" : "tables", with_commas(totals->values, values),
            comparison->tiered ? "each within its tier" : "byte for byte",
            comparison->machine_columns > 0 ? ", times aside" : "");
}

/* The experiments for which side A says `there` ("there" or "missing"), after `title`. */
static void print_alone(const Comparison *comparison, const char *there, const char *title,
                        FILE *out) {
    for (size_t i = 0; i < comparison->check_count; i++) {
        const Check *check = &comparison->checks[i];
        if (is_alone(check) && strcmp(check->worst.a, there) == 0) {
            fprintf(out, "%s%s", title, check->experiment);
            title = ", ";
        }
    }
}

void compare_print_summary(const Comparison *comparison, FILE *out) {
    Totals totals = add_up(comparison);
    char different[32], values[32], tables[32];
    switch (compare_status(comparison)) {
    case 0:
        fputs("same: ", out);
        print_same(comparison, &totals, out);
        break;
    case 1:
        if (totals.worst == NULL) { /* nothing but experiments that one side lacks */
            fputs(comparison->experiments > 0 ? "same where both have results: "
                                              : "nothing in common: ", out);
            print_same(comparison, &totals, out);
            break;
        }
        fprintf(out, "different: %s of %s values, %zu absent or unreadable, in %zu of %s tables; ",
                with_commas(totals.different, different), with_commas(totals.values, values),
                totals.absent, totals.tables, with_commas(comparison->tables, tables));
        print_offender(totals.worst, out);
        break;
    default:
        fprintf(out, "could not compare all: %zu undecided; ", totals.undecided);
        print_offender(totals.worst, out);
        break;
    }
    print_alone(comparison, "there", "; only in A: ", out);
    print_alone(comparison, "missing", "; only in B: ", out);
    fputs(comparison->versions ? "; versions differ, so numbers may\n" : "\n", out);
}

/* ---- the whole report ---- */

static void print_checks(const Comparison *comparison, FILE *out) {
    int width = 12;
    char place[512];
    for (size_t i = 0; i < comparison->check_count; i++) {
        int length = (int)strlen(place_of(&comparison->checks[i], place, sizeof place));
        width = length > width ? length : width;
    }
    fprintf(out, "%-*s  %-12s  %9s  %9s  %9s  %s\n", width, "table", "tier", "compared",
            "different", "undecided", "worst relative");
    for (size_t i = 0; i < comparison->check_count; i++) {
        const Check *check = &comparison->checks[i];
        bool bad = check->different + check->undecided > 0;
        if (bad || (compares_values(check) && strcmp(check->table, "columns") != 0)) {
            fprintf(out, "%-*s  %-12s  %9zu  %9zu  %9zu  %.3g\n", width,
                    place_of(check, place, sizeof place), check->kind, check->compared,
                    check->different, check->undecided, check->worst.relative);
        }
    }
}

/* The worst of each tier over all tables; of what is absent, each. */
static void print_offenders(const Comparison *comparison, FILE *out) {
    for (size_t k = 0; k < VALUE_KINDS; k++) {
        const Check *worst = NULL;
        for (size_t i = 0; i < comparison->check_count; i++) {
            const Check *check = &comparison->checks[i];
            if (strcmp(check->kind, value_kinds[k]) == 0 &&
                check->different + check->undecided > 0 &&
                (worst == NULL || check->worst.relative > worst->worst.relative)) {
                worst = check;
            }
        }
        if (worst != NULL) {
            fprintf(out, "worst of %s: ", value_kinds[k]);
            print_offender(worst, out);
            fprintf(out, " (relative %.3g)\n", worst->worst.relative);
        }
    }
    for (size_t i = 0; i < comparison->check_count; i++) {
        const Check *check = &comparison->checks[i];
        if (!compares_values(check) && check->different + check->undecided > 0) {
            fprintf(out, "%s: ", check->kind);
            print_offender(check, out);
            if (check->different > 1) {
                fprintf(out, ", and %zu more", check->different - 1);
            }
            putc('\n', out);
        }
    }
}

static void print_manifests(const Comparison *comparison, FILE *out) {
    if (comparison->line_count > 0) {
        fputs("manifests differ in\n", out);
    }
    for (size_t i = 0; i < comparison->line_count; i++) {
        const ManifestLine *line = &comparison->lines[i];
        fprintf(out, "  %s: %s | %s", line->key, line->a, line->b);
        if (line->experiments < comparison->experiments) {
            fprintf(out, "  (%s%s)", line->experiment, line->experiments > 1 ? ", ..." : "");
        }
        putc('\n', out);
    }
}

void compare_print(const Comparison *comparison, FILE *out) {
    fprintf(out, "A: %s\nB: %s\n\n", comparison->a, comparison->b);
    print_checks(comparison, out);
    putc('\n', out);
    print_offenders(comparison, out);
    print_manifests(comparison, out);
    compare_print_summary(comparison, out);
}

static const char *or_empty(const char *text) {
    return text == NULL ? "" : text;
}

bool compare_write_csv(const Comparison *comparison, const char *path, Error *err) {
    static const char *const names[] = {
        "experiment",     "table", "tier",   "compared", "different",
        "worst_relative", "key",   "column", "a",        "b"};
    Table *table = table_create(names, sizeof names / sizeof names[0]);
    for (size_t i = 0; i < comparison->check_count; i++) {
        const Check *check = &comparison->checks[i];
        const Offender *worst = &check->worst;
        table_row(table, v_text(check->experiment), v_text(check->table), v_text(check->kind),
                  v_count((int64_t)check->compared), v_count((int64_t)check->different),
                  v_double(worst->relative), v_text(or_empty(worst->key)),
                  v_text(or_empty(worst->column)), v_text(or_empty(worst->a)),
                  v_text(or_empty(worst->b)));
    }
    bool written = table_write(table, path, err);
    table_free(table);
    return written;
}
