/* SPDX-License-Identifier: MIT */
#include "core/lab/lab.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct Results {
    const Experiment *experiment;
    Scale scale;
    Table **tables; /* one a spec */
    Arena *arena;
};

const Table *results_table(const Results *results, const char *name) {
    const TableSpec *specs = results->experiment->tables;
    for (size_t i = 0; specs[i].name != NULL; i++) {
        if (strcmp(specs[i].name, name) == 0) {
            return results->tables[i];
        }
    }
    die("%s: a claim asks for the table '%s', which the experiment does not declare",
        results->experiment->name, name);
}

const char *results_scale(const Results *results) {
    return scale_name(results->scale);
}

/* Judges ask for columns by name, so a table of another version must not reach them. */
static bool has_columns(const Table *table, const TableSpec *spec, const char *path, Error *err) {
    size_t count = 0;
    for (; spec->columns[count].name != NULL; count++) {
        if (count >= table_columns(table) ||
            strcmp(table_column_name(table, count), spec->columns[count].name) != 0) {
            break;
        }
    }
    if (spec->columns[count].name == NULL && count == table_columns(table)) {
        return true;
    }
    return error_set(err,
                     "%s: its columns are not those of this version (column %zu); run the "
                     "experiment again",
                     path, count + 1);
}

static Table *open_table(Results *results, const TableSpec *spec, const char *directory,
                         Error *err) {
    const char *path = arena_format(results->arena, "%s/%s.csv", directory, spec->name);
    if (access(path, F_OK) != 0) {
        return table_for(spec);
    }
    Table *table = table_read(path, err);
    if (table != NULL && !has_columns(table, spec, path, err)) {
        table_free(table);
        return NULL;
    }
    return table;
}

Results *results_open(const Experiment *experiment, const char *directory, Scale scale,
                      Error *err) {
    Arena *arena = arena_create();
    Results *results = arena_new(arena, Results, 1);
    *results = (Results){.experiment = experiment, .scale = scale, .arena = arena};
    size_t count = 0;
    while (experiment->tables[count].name != NULL) {
        count++;
    }
    results->tables = arena_new(arena, Table *, count + 1);
    for (size_t i = 0; i < count; i++) {
        results->tables[i] = open_table(results, &experiment->tables[i], directory, err);
        if (results->tables[i] == NULL) {
            results_close(results);
            return NULL;
        }
    }
    return results;
}

void results_close(Results *results) {
    if (results == NULL) {
        return;
    }
    for (size_t i = 0; results->experiment->tables[i].name != NULL; i++) {
        table_free(results->tables[i]);
    }
    arena_destroy(results->arena);
}

static bool write_in(const char *directory, const char *file, const Table *table, Error *err) {
    Arena *arena = arena_create();
    bool good = table_write(table, arena_format(arena, "%s/%s", directory, file), err);
    arena_destroy(arena);
    return good;
}

bool results_write_columns(const Experiment *experiment, const char *directory, Error *err) {
    Table *columns = table_create((const char *const[]){"table", "column", "tier"}, 3);
    for (const TableSpec *spec = experiment->tables; spec->name != NULL; spec++) {
        for (const Column *column = spec->columns; column->name != NULL; column++) {
            table_row(columns, v_text(spec->name), v_text(column->name),
                      v_text(tier_name(column->tier)));
        }
    }
    bool good = write_in(directory, "columns.csv", columns, err);
    table_free(columns);
    return good;
}

bool results_write_claims(const Results *results, const char *directory, size_t counts[3],
                          Error *err) {
    static const char *const names[] = {"id",  "source", "statement", "expected", "measured",
                                        "low", "high",   "n",         "verdict",  "note"};
    Table *claims = table_create(names, sizeof names / sizeof names[0]);
    const Claim *claim = results->experiment->claims;
    memset(counts, 0, 3 * sizeof counts[0]);
    for (; claim != NULL && claim->id != NULL; claim++) {
        Finding finding = claim->judge(results);
        counts[finding.verdict]++;
        table_row(claims, v_text(claim->id), v_text(claim->source), v_text(claim->statement),
                  v_text(claim->expected), v_double(finding.measured.value),
                  v_double(finding.measured.low), v_double(finding.measured.high),
                  v_count((int64_t)finding.measured.n), v_text(verdict_name(finding.verdict)),
                  v_text(finding.note));
    }
    bool good = write_in(directory, "claims.csv", claims, err);
    table_free(claims);
    return good;
}
