/* SPDX-License-Identifier: MIT
 *
 * bands - what a figure draws of many runs: the median of a column and a band around it.
 *
 *     bands --value accuracy --by iteration results/local/clr/curves.csv 'policy=fixed'
 *     bands --rows results/local/clr/curves.csv 'policy=fixed seed=1'
 *     bands --distinct seed results/local/clr/curves.csv
 *     bands --greys greys results/local/sparse_autoencoder/sheets.csv 'setup=blog beta=0'
 *
 * Prints CSV: one row for each combination of the --by columns (joined by commas), with n, median,
 * low and high (quartiles, Hyndman & Fan type 7; with --interval the 95% bootstrap interval of
 * the median), min, max, diverged: how many values were not finite, which the others leave out; and
 * the mean.
 * Numbers come in increasing order, other texts in the order of the table.  With --rows: the rows
 * of the table as they are.  With --distinct: how many texts a column has (0 if it is not there).  With
 * --greys: the pixels of a column (table.h), a row of the table one line of numbers, no header.
 * The last argument, if any, keeps only rows where every named column has that very text.
 *
 * That no row is as asked is an error, but not in a run that is not finished: where BANDS_LOG names
 * a file, the header alone is printed and the file gets the line "- TABLE: CONDITIONS" ("+" for a
 * selection with rows).  `bands --nothing`, which draw.sh makes the end of every plot, prints the
 * words of an empty panel if all selections of this plot were empty; with --end the next plot begins.
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
    const char *log;         /* NULL = the run is finished */
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

/* ---- a run that is not finished ---- */

/* A line of the log: `text`, and what was asked for where nothing is as asked. */
static void log_selection(const char *path, const char *text, const char *table,
                          const char *conditions) {
    const char *name = strrchr(table, '/');
    FILE *log = fopen(path, "a");
    if (!log)
        die("bands: cannot write %s", path);
    fputs(text, log);
    if (*text == '-')
        fprintf(log, " %s%s%s", name ? name + 1 : table, *conditions ? ": " : "", conditions);
    fputc('\n', log);
    fclose(log);
}

/* Were there selections since the last end of a plot, ".", and all of them empty? */
static bool all_were_empty(const char *path) {
    char line[4096];
    bool some = false, empty = false;
    FILE *log = fopen(path, "r");
    while (log && fgets(line, sizeof line, log)) {
        some = (some || *line == '+') && *line != '.';
        empty = (empty || *line == '-') && *line != '.';
    }
    if (log)
        fclose(log);
    return empty && !some;
}

/* Every axis needs a value to be scaled by: there are some in any range that a script sets. */
static void print_nothing(const char *path, bool end) {
    puts("value,words");
    if (path && all_were_empty(path)) {
        puts("1,not run yet");
        for (double power = 1e-9; power < 1e10; power *= 10)
            for (int digit = 1; digit < 10; digit++)
                printf("%g,\n%g,\n", digit * power, -digit * power);
    }
    if (path && end)
        log_selection(path, ".", "", "");
}

/* ---- rows ---- */

static void keep_rows(Bands *b) {
    size_t rows = table_rows(b->table);
    b->rows = calloc(rows + 1, sizeof *b->rows);
    if (!b->rows)
        die("bands: no memory for %zu rows", rows);
    for (size_t row = 0; row < rows; row++)
        if (kept(b, row))
            b->rows[b->row_count++] = row;
    if (b->row_count == 0 && !b->log)
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
    double *ranks = calloc(table_rows(b->table) + 1, sizeof *ranks);
    size_t *order = malloc((b->row_count + 1) * sizeof *order);
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
    printf("%zu,%.17g,%.17g,%.17g,%.17g,%.17g,%zu,%.17g\n", n, middle, low, high,
           n ? values[0] : (double)NAN, n ? values[n - 1] : (double)NAN, count - n,
           n ? stats_mean(values, n) : (double)NAN);
}

static void print_bands(Bands *b) {
    double *values = malloc((b->row_count + 1) * sizeof *values);
    if (!values)
        die("bands: no memory for %zu values", b->row_count);
    for (size_t k = 0; k < b->key_count; k++) {
        b->ranks[k] = rank_column(b, b->keys[k]);
        print_text(table_column_name(b->table, b->keys[k]));
        putchar(',');
    }
    puts("n,median,low,high,min,max,diverged,mean");
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

static void print_greys(const Bands *b, const char *name) {
    size_t pixels = column(b->table, name), width = 0;
    for (size_t k = 0; k < b->row_count; k++) {
        const char *text = table_text(b->table, b->rows[k], pixels);
        size_t length = strlen(text);
        width = k == 0 ? length : width;
        if (length == 0 || length != width || strspn(text, GREY_LEVELS) != length)
            die("bands: column '%s' of row %zu is not %zu pixels: '%.20s'", name, b->rows[k] + 1,
                width, text);
        for (; *text; text++)
            printf("%d%c", grey_read(*text), text[1] ? ',' : '\n');
    }
    if (b->row_count == 0)
        puts("nan,nan\nnan,nan"); /* the least that is a picture */
}

/* How many texts a column has. */
static size_t distinct(const Table *table, const char *name) {
    size_t found = table_find(table, name), count = 0;
    size_t *first = calloc(table_rows(table) + 1, sizeof *first); /* rows where a text first stands */
    if (!first)
        die("bands: no memory for %zu rows", table_rows(table));
    for (size_t row = 0; found != TABLE_NONE && row < table_rows(table); row++) {
        const char *text = table_text(table, row, found);
        size_t k = 0;
        while (k < count && strcmp(table_text(table, first[k], found), text) != 0)
            k++;
        if (k == count)
            first[count++] = row;
    }
    free(first);
    return count;
}

/* ---- the command line ---- */

typedef struct Request {
    char *value, *by, *distinct, *greys;
    bool rows, interval, nothing, end;
} Request;

static bool read_options(int argc, char **argv, Request *r) {
    static const struct option options[] = {{"value", required_argument, NULL, 'v'},
                                            {"by", required_argument, NULL, 'b'},
                                            {"distinct", required_argument, NULL, 'd'},
                                            {"greys", required_argument, NULL, 'g'},
                                            {"interval", no_argument, NULL, 'i'},
                                            {"rows", no_argument, NULL, 'r'},
                                            {"nothing", no_argument, NULL, 'n'},
                                            {"end", no_argument, NULL, 'e'},
                                            {NULL, 0, NULL, 0}};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == '?')
            return false;
        r->value = option == 'v' ? optarg : r->value;
        r->by = option == 'b' ? optarg : r->by;
        r->distinct = option == 'd' ? optarg : r->distinct;
        r->greys = option == 'g' ? optarg : r->greys;
        r->interval |= option == 'i';
        r->rows |= option == 'r';
        r->nothing |= option == 'n';
        r->end |= option == 'e';
    }
    return true;
}

static void answer(const Request *r, const Table *table, const char *path, char *conditions) {
    Bands b = {.table = table, .interval = r->interval, .log = getenv("BANDS_LOG")};
    char *asked = strdup(conditions);
    if (!asked)
        die("bands: no memory");
    read_where(&b, conditions);
    keep_rows(&b);
    if (b.log)
        log_selection(b.log, b.row_count ? "+" : "-", path, asked);
    if (r->rows) {
        print_rows(&b);
    } else if (r->greys) {
        print_greys(&b, r->greys);
    } else {
        b.value = column(table, r->value);
        read_keys(&b, r->by);
        print_bands(&b);
    }
    free(b.rows);
    free(asked);
}

int main(int argc, char **argv) {
    Request r = {0};
    char none[1] = "";
    if (!read_options(argc, argv, &r))
        return 2;
    int words = argc - optind;
    if (r.nothing) {
        print_nothing(getenv("BANDS_LOG"), r.end);
        return fflush(stdout) ? 2 : 0;
    }
    int asked = r.rows + (r.distinct != NULL) + (r.greys != NULL) + (r.value != NULL);
    if (words < 1 || words > 2 || asked != 1 || !r.value != !r.by)
        die("usage: bands (--rows | --distinct COLUMN | --greys COLUMN | [--interval] --value COLUMN "
            "--by COLUMNS) TABLE ['COLUMN=TEXT ...']");
    Error err = {0};
    Table *table = table_read(argv[optind], &err);
    if (!table)
        die("bands: %s", err.text);
    if (r.distinct)
        printf("%zu\n", distinct(table, r.distinct));
    else
        answer(&r, table, argv[optind], words == 2 ? argv[optind + 1] : none);
    table_free(table);
    return fflush(stdout) || ferror(stdout) ? 2 : 0;
}
