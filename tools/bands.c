/* SPDX-License-Identifier: MIT
 *
 * bands - what a figure draws of many runs: the median of a column and a band around it.
 *
 *     bands --value accuracy --by iteration results/local/clr/curves.csv 'policy=fixed'
 *     bands --rows results/local/clr/curves.csv 'policy=fixed seed=1'
 *
 * Prints CSV: one row for each combination of the --by columns (joined by commas), with n, median,
 * low and high (quartiles, Hyndman & Fan type 7; with --interval the 95% bootstrap interval of
 * the median), min, max, and diverged: how many values were not finite, which the others leave out.
 * Numbers come in increasing order, other texts in the order of the table.  With --rows: the rows
 * of the table as they are.  The last argument, if any, keeps only rows where every named column
 * has that very text.
 */
#include "core/lab/stats.h"
#include "core/lab/table.h"
#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 8 }; /* columns in --by and in a condition */

typedef struct Bands {
    const Table *table;
    size_t value, keys[MOST], key_count;
    size_t where[MOST];
    const char *equals[MOST];
    size_t where_count;
    size_t *rows, row_count; /* those kept */
    double *ranks[MOST];     /* the order of every key column, by row of the table */
    bool interval;
} Bands;

static size_t column(const Table *table, const char *name) {
    size_t found = table_find(table, name);
    if (found == TABLE_NONE)
        die("bands: the table has no column '%s'; its first is '%s'", name,
            table_column_name(table, 0));
    return found;
}

static void read_keys(Bands *b, char *names) {
    for (char *name = strtok(names, ","); name; name = strtok(NULL, ",")) {
        if (b->key_count == MOST)
            die("bands: more than %d columns in --by", MOST);
        b->keys[b->key_count++] = column(b->table, name);
    }
}

static void read_where(Bands *b, char *conditions) {
    for (char *word = strtok(conditions, " "); word; word = strtok(NULL, " ")) {
        char *equals = strchr(word, '=');
        if (!equals || b->where_count == MOST)
            die("bands: '%s' is not COLUMN=TEXT, or there are more than %d of them", word, MOST);
        *equals = '\0';
        b->where[b->where_count] = column(b->table, word);
        b->equals[b->where_count++] = equals + 1;
    }
}

static bool kept(const Bands *b, size_t row) {
    for (size_t k = 0; k < b->where_count; k++)
        if (strcmp(table_text(b->table, row, b->where[k]), b->equals[k]) != 0)
            return false;
    return true;
}

static void keep_rows(Bands *b) {
    size_t rows = table_rows(b->table);
    b->rows = calloc(rows + 1, sizeof *b->rows);
    if (!b->rows)
        die("bands: no memory for %zu rows", rows);
    for (size_t row = 0; row < rows; row++)
        if (kept(b, row))
            b->rows[b->row_count++] = row;
    if (b->row_count == 0)
        die("bands: no row of %zu is as asked", rows);
}

/* ---- order ---- */

static const Bands *sorted; /* what the comparisons of qsort look at */
static size_t sorted_column;

static int by_text(const void *a, const void *b) {
    const size_t *x = a, *y = b;
    int order = strcmp(table_text(sorted->table, *x, sorted_column),
                       table_text(sorted->table, *y, sorted_column));
    return order ? order : (*x > *y) - (*x < *y);
}

/* Numbers rank as they are; if any text is none, texts rank by the row where they first stand. */
static double *rank_column(const Bands *b, size_t key) {
    double *ranks = calloc(table_rows(b->table), sizeof *ranks);
    size_t *order = malloc(b->row_count * sizeof *order);
    if (!ranks || !order)
        die("bands: no memory for %zu rows", b->row_count);
    bool numbers = true;
    for (size_t k = 0; k < b->row_count; k++) {
        ranks[b->rows[k]] = table_number(b->table, b->rows[k], key);
        numbers = numbers && !isnan(ranks[b->rows[k]]);
    }
    memcpy(order, b->rows, b->row_count * sizeof *order);
    sorted = b;
    sorted_column = key;
    if (!numbers)
        qsort(order, b->row_count, sizeof *order, by_text);
    for (size_t k = 0, first = 0; !numbers && k < b->row_count; k++) {
        if (strcmp(table_text(b->table, order[k], key), table_text(b->table, order[first], key)) !=
            0)
            first = k;
        ranks[order[k]] = (double)order[first];
    }
    free(order);
    return ranks;
}

static int by_ranks(const void *a, const void *b) {
    const size_t *x = a, *y = b;
    for (size_t k = 0; k < sorted->key_count; k++) {
        double p = sorted->ranks[k][*x], q = sorted->ranks[k][*y];
        if (p != q)
            return p < q ? -1 : 1;
    }
    return (*x > *y) - (*x < *y);
}

static bool same_group(const Bands *b, size_t x, size_t y) {
    for (size_t k = 0; k < b->key_count; k++)
        if (b->ranks[k][x] != b->ranks[k][y])
            return false;
    return true;
}

/* ---- output ---- */

static void print_text(const char *text) {
    if (!strpbrk(text, ",\"\n")) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    putchar('"');
}

static int by_value(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void print_group(const Bands *b, const size_t *rows, size_t count, double *values) {
    size_t n = 0;
    for (size_t k = 0; k < count; k++) {
        double value = table_number(b->table, rows[k], b->value);
        if (isfinite(value))
            values[n++] = value;
    }
    double low = n ? stats_quantile(values, n, 0.25) : (double)NAN;
    double high = n ? stats_quantile(values, n, 0.75) : (double)NAN;
    double middle = n ? stats_median(values, n) : (double)NAN;
    if (b->interval && n) {
        Interval i = stats_bootstrap_median(values, n);
        low = isfinite(i.low) ? i.low : middle; /* one run has no interval to draw */
        high = isfinite(i.high) ? i.high : middle;
    }
    qsort(values, n, sizeof *values, by_value);
    for (size_t k = 0; k < b->key_count; k++) {
        print_text(table_text(b->table, rows[0], b->keys[k]));
        putchar(',');
    }
    printf("%zu,%.17g,%.17g,%.17g,%.17g,%.17g,%zu\n", n, middle, low, high,
           n ? values[0] : (double)NAN, n ? values[n - 1] : (double)NAN, count - n);
}

static void print_bands(Bands *b) {
    double *values = malloc(b->row_count * sizeof *values);
    if (!values)
        die("bands: no memory for %zu values", b->row_count);
    for (size_t k = 0; k < b->key_count; k++) {
        b->ranks[k] = rank_column(b, b->keys[k]);
        print_text(table_column_name(b->table, b->keys[k]));
        putchar(',');
    }
    puts("n,median,low,high,min,max,diverged");
    sorted = b;
    qsort(b->rows, b->row_count, sizeof *b->rows, by_ranks);
    for (size_t first = 0, k = 1; k <= b->row_count; k++)
        if (k == b->row_count || !same_group(b, b->rows[first], b->rows[k])) {
            print_group(b, b->rows + first, k - first, values);
            first = k;
        }
    for (size_t k = 0; k < b->key_count; k++)
        free(b->ranks[k]);
    free(values);
}

static void print_rows(const Bands *b) {
    size_t columns = table_columns(b->table);
    for (size_t c = 0; c < columns; c++) {
        print_text(table_column_name(b->table, c));
        putchar(c + 1 < columns ? ',' : '\n');
    }
    for (size_t k = 0; k < b->row_count; k++)
        for (size_t c = 0; c < columns; c++) {
            print_text(table_text(b->table, b->rows[k], c));
            putchar(c + 1 < columns ? ',' : '\n');
        }
}

int main(int argc, char **argv) {
    static const struct option options[] = {{"value", required_argument, NULL, 'v'},
                                            {"by", required_argument, NULL, 'b'},
                                            {"interval", no_argument, NULL, 'i'},
                                            {"rows", no_argument, NULL, 'r'},
                                            {NULL, 0, NULL, 0}};
    Bands b = {0};
    char *value = NULL, *by = NULL;
    bool rows = false;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == '?')
            return 2;
        value = option == 'v' ? optarg : value;
        by = option == 'b' ? optarg : by;
        b.interval = b.interval || option == 'i';
        rows = rows || option == 'r';
    }
    if (argc - optind < 1 || argc - optind > 2 || (!rows && (!value || !by)))
        die("usage: bands (--rows | [--interval] --value COLUMN --by COLUMNS) TABLE ['COLUMN=TEXT "
            "...']");
    Error err = {0};
    Table *table = table_read(argv[optind], &err);
    if (!table)
        die("bands: %s", err.text);
    b.table = table;
    if (argc - optind == 2)
        read_where(&b, argv[optind + 1]);
    keep_rows(&b);
    if (rows) {
        print_rows(&b);
    } else {
        b.value = column(table, value);
        read_keys(&b, by);
        print_bands(&b);
    }
    free(b.rows);
    table_free(table);
    return fflush(stdout) || ferror(stdout) ? 2 : 0;
}
