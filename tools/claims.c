/* SPDX-License-Identifier: MIT
 *
 * claims - the scoreboard: what the sources say and what our results say of it.
 *
 *     claims [--markdown] [DIR]     DIR holds one directory an experiment; results/local by default
 *
 * Reads DIR/<experiment>/claims.csv; prints every claim with its verdict and the measured figure
 * with its 95% interval, then the counts.  The exit status is 0 whatever the verdicts are.
 */
#include "core/base/arena.h"
#include "core/lab/claim.h"
#include "core/lab/table.h"
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Scoreboard {
    const char *directory;
    bool markdown;
    size_t counts[3]; /* by Verdict */
    size_t experiments;
    Arena *arena;
} Scoreboard;

static const char *const column_names[] = {"id",  "source", "statement", "expected", "measured",
                                           "low", "high",   "verdict",   "note"};
enum { ID, SOURCE, STATEMENT, EXPECTED, MEASURED, LOW, HIGH, VERDICT, NOTE, COLUMNS };

/* One experiment's claims, by the columns above. */
typedef struct Claims {
    const char *experiment;
    Table *table;
    size_t columns[COLUMNS];
} Claims;

static const char *text_of(const Claims *claims, size_t row, int column) {
    return table_text(claims->table, row, claims->columns[column]);
}

static double number_of(const Claims *claims, size_t row, int column) {
    return table_number(claims->table, row, claims->columns[column]);
}

/* "564", "81.4 [81.1, 81.6]"; "-" where nothing could be measured. */
static const char *measured_of(const Claims *claims, size_t row, Arena *arena) {
    double value = number_of(claims, row, MEASURED);
    double low = number_of(claims, row, LOW), high = number_of(claims, row, HIGH);
    if (isnan(value)) {
        return "-";
    }
    if (low == value && high == value) {
        return arena_format(arena, "%.6g", value);
    }
    return arena_format(arena, "%.6g [%.6g, %.6g]", value, low, high);
}

static bool open_claims(const Scoreboard *board, const char *experiment, Claims *claims,
                        Error *err) {
    const char *path = arena_format(board->arena, "%s/%s/claims.csv", board->directory, experiment);
    *claims = (Claims){.experiment = experiment, .table = table_read(path, err)};
    if (claims->table == NULL) {
        return false;
    }
    for (size_t c = 0; c < COLUMNS; c++) {
        claims->columns[c] = table_find(claims->table, column_names[c]);
        if (claims->columns[c] == TABLE_NONE) {
            table_free(claims->table);
            return error_set(err,
                             "%s: there is no column '%s'; judge again with build/bin/%s --claims",
                             path, column_names[c], experiment);
        }
    }
    return true;
}

static bool count_verdict(Scoreboard *board, const Claims *claims, size_t row, Error *err) {
    const char *verdict = text_of(claims, row, VERDICT);
    for (Verdict v = NOT_REPRODUCED; v <= INCONCLUSIVE; v++) {
        if (strcmp(verdict, verdict_name(v)) == 0) {
            board->counts[v]++;
            return true;
        }
    }
    return error_set(err, "%s/%s/claims.csv: '%s' is no verdict", board->directory,
                     claims->experiment, verdict);
}

/* ---- for a terminal ---- */

/* Characters, not bytes: UTF-8's continuation bytes take no room. */
static size_t width_of(const char *text) {
    size_t width = 0;
    for (; *text != '\0'; text++) {
        width += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return width;
}

static void print_padded(const char *text, size_t width) {
    size_t own = width_of(text);
    printf("%s%*s  ", text, own < width ? (int)(width - own) : 0, "");
}

static size_t widest(const Claims *claims, int column, Arena *arena) {
    size_t width = 0;
    for (size_t row = 0; row < table_rows(claims->table); row++) {
        const char *text =
            column == MEASURED ? measured_of(claims, row, arena) : text_of(claims, row, column);
        size_t own = width_of(text);
        width = own > width ? own : width;
    }
    return width;
}

/* Breaks at spaces; every line starts with eight blanks. */
static void print_wrapped(const char *text) {
    enum { LINE = 92 };
    size_t used = 0;
    printf("        ");
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        char *word = strndup(text, length);
        size_t width = word != NULL ? width_of(word) : length;
        free(word);
        if (used > 0 && used + 1 + width > LINE) {
            printf("\n        ");
            used = 0;
        }
        printf("%s%.*s", used > 0 ? " " : "", (int)length, text);
        used += width + (used > 0);
        text += length + strspn(text + length, " ");
    }
    putchar('\n');
}

static void print_for_terminal(const Scoreboard *board, const Claims *claims) {
    size_t id = widest(claims, ID, board->arena), source = widest(claims, SOURCE, board->arena);
    size_t measured = widest(claims, MEASURED, board->arena);
    printf("%s\n", claims->experiment);
    for (size_t row = 0; row < table_rows(claims->table); row++) {
        printf("  ");
        print_padded(text_of(claims, row, VERDICT), strlen("not reproduced"));
        print_padded(text_of(claims, row, ID), id);
        print_padded(text_of(claims, row, SOURCE), source);
        print_padded(measured_of(claims, row, board->arena), measured);
        printf("expected %s\n", text_of(claims, row, EXPECTED));
        print_wrapped(text_of(claims, row, STATEMENT));
        if (text_of(claims, row, NOTE)[0] != '\0') {
            print_wrapped(arena_format(board->arena, "(%s)", text_of(claims, row, NOTE)));
        }
    }
    putchar('\n');
}

/* ---- for a document ---- */

static void print_cell(const char *text) {
    printf(" ");
    for (; *text != '\0'; text++) {
        printf(*text == '|' ? "\\%c" : "%c", *text == '\n' ? ' ' : *text);
    }
    printf(" |");
}

/* A value of the experiment's manifest; "?" where there is none. */
static const char *manifest_value(const Scoreboard *board, const char *experiment, const char *key) {
    const char *path =
        arena_format(board->arena, "%s/%s/manifest.csv", board->directory, experiment);
    Table *manifest = table_read(path, NULL);
    const char *value = "?";
    for (size_t row = 0; manifest && row < table_rows(manifest); row++) {
        if (strcmp(table_text(manifest, row, 0), key) == 0) {
            value = arena_string(board->arena, table_text(manifest, row, 1));
        }
    }
    table_free(manifest);
    return value;
}

/* What ran, how, and how long on one core. */
static void print_markdown_head(const Scoreboard *board, const char *experiment) {
    double minutes = strtod(manifest_value(board, experiment, "cpu_s"), NULL) / 60;
    const char *time = minutes < 10 ? arena_format(board->arena, "%.2g", minutes)
                                    : arena_format(board->arena, "%.0f", minutes);
    printf("### %s\n\n%s. `build/bin/%s --scale %s`: %s cells, %s core-minutes on %s (%s).\n\n",
           experiment, manifest_value(board, experiment, "title"), experiment,
           manifest_value(board, experiment, "scale"), manifest_value(board, experiment, "cells"),
           time, manifest_value(board, experiment, "cpu"),
           manifest_value(board, experiment, "isa"));
}

static void print_markdown(const Scoreboard *board, const Claims *claims) {
    print_markdown_head(board, claims->experiment);
    printf("| claim | source | statement | there | here | verdict |\n");
    printf("|---|---|---|---|---|---|\n");
    for (size_t row = 0; row < table_rows(claims->table); row++) {
        printf("|");
        print_cell(text_of(claims, row, ID));
        print_cell(text_of(claims, row, SOURCE));
        print_cell(text_of(claims, row, STATEMENT));
        print_cell(text_of(claims, row, EXPECTED));
        print_cell(arena_format(board->arena, "%s: %s", measured_of(claims, row, board->arena),
                                text_of(claims, row, NOTE)));
        print_cell(text_of(claims, row, VERDICT));
        putchar('\n');
    }
    putchar('\n');
}

/* ---- all experiments ---- */

static bool print_experiment(Scoreboard *board, const char *experiment, Error *err) {
    Claims claims;
    if (!open_claims(board, experiment, &claims, err)) {
        return false;
    }
    bool good = true;
    for (size_t row = 0; good && row < table_rows(claims.table); row++) {
        good = count_verdict(board, &claims, row, err);
    }
    if (good && table_rows(claims.table) > 0) {
        board->experiments++;
        (board->markdown ? print_markdown : print_for_terminal)(board, &claims);
    }
    table_free(claims.table);
    return good;
}

static bool print_all(Scoreboard *board, Error *err) {
    struct dirent **entries;
    int count = scandir(board->directory, &entries, NULL, alphasort);
    if (count < 0) {
        return error_set(err, "cannot read %s: %s; `make reproduce` makes results",
                         board->directory, strerror(errno));
    }
    bool good = true;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        const char *path = arena_format(board->arena, "%s/%s/claims.csv", board->directory, name);
        if (good && name[0] != '.' && access(path, F_OK) == 0) {
            good = print_experiment(board, arena_string(board->arena, name), err);
        }
        free(entries[i]);
    }
    free(entries);
    if (good && board->experiments == 0) {
        return error_set(err, "%s: no experiment there has claims; `make reproduce` makes results",
                         board->directory);
    }
    return good;
}

static bool read_options(int argc, char **argv, Scoreboard *board, Error *err) {
    bool named = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--markdown") == 0) {
            board->markdown = true;
        } else if (argv[i][0] == '-' || argv[i][0] == '\0' || named) {
            return error_set(err, "'%s' is not understood; usage: claims [--markdown] [DIR]",
                             argv[i]);
        } else {
            board->directory = argv[i];
            named = true;
        }
    }
    return true;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        puts("Usage: claims [--markdown] [DIR]\n"
             "The scoreboard of the results in DIR (results/local if not given).");
        return 0;
    }
    Scoreboard board = {.directory = "results/local", .arena = arena_create()};
    Error err;
    bool good = read_options(argc, argv, &board, &err) && print_all(&board, &err);
    if (good) {
        printf("%zu claims in %zu experiments: %zu reproduced, %zu not reproduced, %zu "
               "inconclusive\n",
               board.counts[0] + board.counts[1] + board.counts[2], board.experiments,
               board.counts[REPRODUCED], board.counts[NOT_REPRODUCED], board.counts[INCONCLUSIVE]);
        if (fflush(stdout) != 0) {
            good = error_set(&err, "cannot write to standard output: %s", strerror(errno));
        }
    }
    if (!good) {
        fprintf(stderr, "claims: %s\n", err.text);
    }
    arena_destroy(board.arena);
    return good ? 0 : 2;
}
