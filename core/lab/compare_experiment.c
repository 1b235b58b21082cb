/* SPDX-License-Identifier: MIT */
#include "core/lab/compare_parts.h"
#include "core/lab/manifest.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- one experiment, in a directory on each side ---- */

typedef struct Side {
    const char *directory; /* of the experiment */
    Table *manifest, *columns;
} Side;

/* A file that one side lacks, or that cannot be read, is a difference; NULL then. */
static void read_both(Comparison *comparison, const char *experiment, const char *name,
                      const Side sides[2], Table *tables[2]) {
    const char *said[2] = {"there", "there"};
    bool missing[2];
    for (int s = 0; s < 2; s++) {
        Error err = {""};
        const char *path = arena_format(comparison->arena, "%s/%s.csv", sides[s].directory, name);
        missing[s] = access(path, F_OK) != 0;
        tables[s] = missing[s] ? NULL : table_read(path, &err);
        if (tables[s] == NULL) {
            said[s] = missing[s] ? "missing" : arena_string(comparison->arena, err.text);
        }
    }
    if (missing[0] && missing[1]) {
        return;
    }
    Check *check = compare_check(comparison, experiment, name, "file");
    check->compared = 1;
    if (tables[0] == NULL || tables[1] == NULL) {
        compare_note(comparison, check, "", "", said[0], said[1]);
        for (int s = 0; s < 2; s++) {
            table_free(tables[s]);
            tables[s] = NULL;
        }
    }
}

static bool same_entry(const Side sides[2], const char *key) {
    const char *a = manifest_value(sides[0].manifest, key);
    return a != NULL && manifest_has(sides[1].manifest, key, a);
}

/* Times and places of the run do not explain a difference in numbers. */
static bool explains(const char *key) {
    static const char *const run[] = {"wall_s", "cpu_s", "jobs", "cells_computed", "cells_kept"};
    for (size_t i = 0; i < sizeof run / sizeof run[0]; i++) {
        if (strcmp(key, run[i]) == 0) {
            return false;
        }
    }
    return true;
}

static bool same_text(const char *a, const char *b) {
    return strcmp(a, b) == 0;
}

/* Experiments of one run have nearly the same manifest: a difference is listed once. */
static void add_line(Comparison *comparison, const char *experiment, const char *key, const char *a,
                     const char *b) {
    for (size_t i = 0; i < comparison->line_count; i++) {
        ManifestLine *line = &comparison->lines[i];
        if (same_text(line->key, key) && same_text(line->a, a) && same_text(line->b, b)) {
            line->experiments++;
            return;
        }
    }
    comparison->lines = compare_room(comparison->lines, comparison->line_count,
                                     &comparison->line_room, sizeof *comparison->lines);
    Arena *arena = comparison->arena;
    comparison->lines[comparison->line_count++] =
        (ManifestLine){.key = arena_string(arena, key),
                       .a = arena_string(arena, a),
                       .b = arena_string(arena, b),
                       .experiment = arena_string(arena, experiment),
                       .experiments = 1};
}

static void compare_manifests(Comparison *comparison, const char *experiment, const Side sides[2]) {
    for (int s = 0; s < 2; s++) {
        const Table *own = sides[s].manifest, *other = sides[1 - s].manifest;
        for (size_t row = 0; table_columns(own) == 2 && row < table_rows(own); row++) {
            const char *key = table_text(own, row, 0), *value = table_text(own, row, 1);
            const char *there = manifest_value(other, key);
            if (!explains(key) || (there != NULL && (s == 1 || same_text(there, value)))) {
                continue; /* the second time round only what the first side lacks is new */
            }
            there = there == NULL ? "(none)" : there;
            add_line(comparison, experiment, key, s == 0 ? value : there, s == 0 ? there : value);
        }
    }
}

static bool has_machine_column(const Table *columns) {
    for (size_t row = 0; row < table_rows(columns); row++) {
        if (same_text(table_text(columns, row, 2), tier_name(TIER_MACHINE))) {
            return true;
        }
    }
    return false;
}

/* Claims are judged from the tables: beside the verdict they are held to the text only where all
 * that they can be made of is. */
static Table *claim_tiers(const Table *claims, bool exact) {
    Table *tiers = table_create((const char *const[]){"table", "column", "tier"}, 3);
    for (size_t c = 0; c < table_columns(claims); c++) {
        const char *name = table_column_name(claims, c);
        Tier tier = same_text(name, "id")                 ? TIER_KEY
                    : exact || same_text(name, "verdict") ? TIER_EXACT
                                                          : TIER_MACHINE;
        table_row(tiers, v_text("claims"), v_text(name), v_text(tier_name(tier)));
    }
    return tiers;
}

static void compare_file(Comparison *comparison, const char *experiment, const char *name,
                         const Side sides[2], bool exact) {
    Table *tables[2];
    read_both(comparison, experiment, name, sides, tables);
    if (tables[0] == NULL) {
        return;
    }
    bool claims = same_text(name, "claims");
    Table *tiers = claims ? claim_tiers(tables[0], exact && !has_machine_column(sides[0].columns))
                          : sides[0].columns;
    size_t passed = comparison->machine_columns;
    compare_tables(comparison, &(TablePair){.experiment = experiment,
                                            .name = name,
                                            .a = tables[0],
                                            .b = tables[1],
                                            .tiers = tiers,
                                            .exact = exact});
    if (claims) {
        comparison->machine_columns = passed; /* they are of the tables, and counted there */
        table_free(tiers);
    }
    comparison->tables++;
    table_free(tables[0]);
    table_free(tables[1]);
}

static const char *wanted_table(Comparison *comparison, const char *directory, const char *entry) {
    (void)directory;
    size_t length = strlen(entry);
    if (entry[0] == '.' || length < 5 || !same_text(entry + length - 4, ".csv") ||
        same_text(entry, "manifest.csv") || same_text(entry, "columns.csv")) {
        return NULL;
    }
    return arena_format(comparison->arena, "%.*s", (int)(length - 4), entry);
}

/* columns.csv is a table like others: what it promises must be the same on both sides. */
static void compare_tiers(Comparison *comparison, const char *experiment, const Side sides[2]) {
    Table *tiers = table_create((const char *const[]){"table", "column", "tier"}, 3);
    table_row(tiers, v_text("columns"), v_text("table"), v_text("key"));
    table_row(tiers, v_text("columns"), v_text("column"), v_text("key"));
    table_row(tiers, v_text("columns"), v_text("tier"), v_text("exact"));
    compare_tables(comparison, &(TablePair){.experiment = experiment,
                                            .name = "columns",
                                            .a = sides[0].columns,
                                            .b = sides[1].columns,
                                            .tiers = tiers});
    table_free(tiers);
}

static void compare_files(Comparison *comparison, const char *experiment, const Side sides[2]) {
    bool versions = !same_entry(sides, "results_version") || !same_entry(sides, "version");
    bool exact = !versions && same_entry(sides, "engine") &&
                 manifest_has(sides[0].manifest, "engine", "own");
    comparison->versions |= versions;
    comparison->tiered |= !exact;
    CompareNames names = {0};
    for (int s = 0; s < 2; s++) {
        compare_list(comparison, sides[s].directory, wanted_table, &names, NULL);
    }
    for (size_t i = 0; i < names.count; i++) {
        compare_file(comparison, experiment, names.names[i], sides, exact);
    }
    free(names.names);
}

/* Two scales have two plans: there is nothing to join. */
static bool same_scale(Comparison *comparison, const char *experiment, const Side sides[2]) {
    if (same_entry(sides, "scale")) {
        return true;
    }
    Check *check = compare_check(comparison, experiment, "", "scale");
    const char *scales[2];
    for (int s = 0; s < 2; s++) {
        scales[s] = manifest_value(sides[s].manifest, "scale");
        scales[s] = scales[s] == NULL ? "(none)" : scales[s];
    }
    compare_note(comparison, check, "", "", scales[0], scales[1]);
    check->different = 0;
    check->undecided = 1;
    return false;
}

static bool is_table_of(const Table *table, const char *const *names, size_t count) {
    bool good = table_columns(table) == count;
    for (size_t c = 0; good && c < count; c++) {
        good = same_text(table_column_name(table, c), names[c]);
    }
    return good;
}

/* The two files without which nothing else can be understood. */
static bool read_frame(Comparison *comparison, const char *experiment, Side sides[2]) {
    Table *manifests[2], *columns[2];
    read_both(comparison, experiment, "manifest", sides, manifests);
    read_both(comparison, experiment, "columns", sides, columns);
    bool good = manifests[0] != NULL && columns[0] != NULL;
    for (int s = 0; s < 2; s++) {
        sides[s].manifest = manifests[s];
        sides[s].columns = columns[s];
        good = good && is_table_of(manifests[s], (const char *const[]){"key", "value"}, 2) &&
               is_table_of(columns[s], (const char *const[]){"table", "column", "tier"}, 3);
    }
    return good;
}

void compare_experiment(Comparison *comparison, const char *experiment, const char *directory_a,
                        const char *directory_b) {
    Side sides[2] = {{.directory = directory_a}, {.directory = directory_b}};
    comparison->experiments++;
    if (!read_frame(comparison, experiment, sides)) {
        Check *check = compare_check(comparison, experiment, "", "experiment");
        compare_note(comparison, check, "manifest.csv and columns.csv", "", "needed on both sides",
                     "nothing else was compared");
    } else {
        compare_manifests(comparison, experiment, sides);
        if (same_scale(comparison, experiment, sides)) {
            compare_tiers(comparison, experiment, sides);
            compare_files(comparison, experiment, sides);
        }
    }
    for (int s = 0; s < 2; s++) {
        table_free(sides[s].manifest);
        table_free(sides[s].columns);
    }
}
