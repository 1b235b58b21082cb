/* SPDX-License-Identifier: MIT */
#include "core/lab/files.h"
#include "core/lab/lab.h"
#include "core/lab/manifest.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *cells_path(const Lab *lab, Arena *arena, const char *key) {
    return arena_format(arena, "%s/%s", lab->cells, key);
}

void cells_checksum(const void *bytes, size_t size, char text[17]) {
    uint64_t sum = 14695981039346656037u;
    for (size_t i = 0; i < size; i++) {
        sum = (sum ^ ((const unsigned char *)bytes)[i]) * 1099511628211u;
    }
    snprintf(text, 17, "%016llx", (unsigned long long)sum);
}

/* ---- what is there ---- */

bool cells_are_longer(const char *scale, Scale than) {
    for (Scale s = SCALE_SMOKE; s <= SCALE_PAPER; s++) {
        if (scale != NULL && strcmp(scale, scale_name(s)) == 0) {
            return s > than;
        }
    }
    return false;
}

static bool is_foreign(const Lab *lab, const Table *stamp, const char *key) {
    const char *cell = manifest_value(stamp, "cell");
    const char *experiment = manifest_value(stamp, "experiment");
    return (cell != NULL && strcmp(cell, key) != 0) ||
           (experiment != NULL && strcmp(experiment, lab->experiment->name) != 0) ||
           cells_are_longer(manifest_value(stamp, "scale"), lab->plan->scale);
}

static bool is_present_version(const Lab *lab, const Table *stamp) {
    char version[24], results[24];
    snprintf(version, sizeof version, "%u", lab_version(lab));
    snprintf(results, sizeof results, "%d", RESULTS_VERSION);
    return manifest_has(stamp, "version", version) &&
           manifest_has(stamp, "results_version", results) &&
           manifest_has(stamp, "scale", scale_name(lab->plan->scale)) &&
           manifest_has(stamp, "engine", lab->engine);
}

static bool header_is(const char *text, const TableSpec *spec) {
    for (const Column *column = spec->columns; column->name != NULL; column++) {
        size_t length = strlen(column->name);
        if (strncmp(text, column->name, length) != 0 ||
            text[length] != (column[1].name != NULL ? ',' : '\n')) {
            return false;
        }
        text += length + 1;
    }
    return true;
}

static bool tables_are_whole(const TableSpec *spec, const Table *stamp, const char *path) {
    for (; spec->name != NULL; spec++) {
        char file[4096], entry[256], sum[17];
        snprintf(file, sizeof file, "%s/%s.csv", path, spec->name);
        snprintf(entry, sizeof entry, "checksum %s", spec->name);
        size_t size = 0;
        char *text = files_read(file, &size, NULL);
        if (text == NULL) {
            return false;
        }
        cells_checksum(text, size, sum);
        bool whole = manifest_has(stamp, entry, sum) && header_is(text, spec);
        free(text);
        if (!whole) {
            return false;
        }
    }
    return true;
}

CellState cells_state(const Lab *lab, const PlannedCell *cell) {
    Arena *arena = arena_create();
    const char *path = cells_path(lab, arena, cell->key);
    const TableSpec *tables = cell->selected ? lab->experiment->tables : lab->own->tables;
    CellState state = CELL_STALE;
    Table *stamp = table_read(arena_format(arena, "%s/cell.csv", path), NULL);
    if (stamp == NULL) {
        state = access(path, F_OK) == 0 ? CELL_STALE : CELL_MISSING;
    } else if (is_foreign(lab, stamp, cell->key)) {
        state = CELL_FOREIGN;
    } else if (is_present_version(lab, stamp) && tables_are_whole(tables, stamp, path)) {
        state = CELL_DONE;
    }
    table_free(stamp);
    arena_destroy(arena);
    return state;
}

/* ---- what a killed run left ---- */

/* A zombie has written its last byte, even where nobody collects it. */
static bool is_running(long pid) {
    char path[64], process_state = 'R';
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return false;
    }
    int fields = fscanf(file, "%*d (%*[^)]) %c", &process_state);
    fclose(file);
    return fields != 1 || process_state != 'Z';
}

/* ".KEY.tmp-PID" or ".KEY.old-PID" of a selected cell, whose process is gone. */
static bool is_debris(const Lab *lab, const char *name) {
    const char *mark = strrchr(name, '-');
    if (name[0] != '.' || mark == NULL || mark - name < 5 ||
        (strncmp(mark - 4, ".tmp", 4) != 0 && strncmp(mark - 4, ".old", 4) != 0)) {
        return false;
    }
    long pid = strtol(mark + 1, NULL, 10);
    if (pid <= 0 || is_running(pid)) {
        return false;
    }
    size_t length = (size_t)(mark - 4 - (name + 1));
    for (size_t i = 0; i < lab->plan->count; i++) {
        const PlannedCell *cell = &lab->plan->cells[i];
        if (cell->selected && strlen(cell->key) == length &&
            strncmp(cell->key, name + 1, length) == 0) {
            return true;
        }
    }
    return false;
}

static void sweep(const Lab *lab, const char *directory,
                  bool (*rubbish)(const Lab *lab, const char *name)) {
    DIR *open = opendir(directory);
    if (open == NULL) {
        return;
    }
    for (struct dirent *entry; (entry = readdir(open)) != NULL;) {
        if (rubbish(lab, entry->d_name)) {
            Arena *arena = arena_create();
            files_remove(arena_format(arena, "%s/%s", directory, entry->d_name));
            arena_destroy(arena);
        }
    }
    closedir(open);
}

void cells_sweep(const Lab *lab) {
    sweep(lab, lab->cells, is_debris);
}

/* ---- joining ---- */

/* "TABLE.csv.PID.tmp": joining is done under a lock, so nobody is writing it. */
static bool is_half_table(const Lab *lab, const char *name) {
    (void)lab;
    size_t length = strlen(name);
    return strstr(name, ".csv.") != NULL && length > 4 && strcmp(name + length - 4, ".tmp") == 0;
}

static bool append_cell(const Lab *lab, Table *joined, const TableSpec *spec,
                        const PlannedCell *cell, Error *err) {
    Arena *arena = arena_create();
    const char *path =
        arena_format(arena, "%s/%s.csv", cells_path(lab, arena, cell->key), spec->name);
    bool is_own = (size_t)(spec - lab->experiment->tables) < lab_table_count(lab->own);
    bool good = true;
    if (is_own || cell->selected || access(path, F_OK) == 0) { /* else it was never watched */
        Table *piece = table_read(path, err);
        good = piece != NULL && table_append(joined, piece, err);
        table_free(piece);
    }
    arena_destroy(arena);
    return good;
}

static bool join_table(const Lab *lab, const TableSpec *spec, Error *err) {
    Table *joined = table_for(spec);
    bool good = true;
    for (size_t i = 0; good && i < lab->plan->count; i++) {
        const PlannedCell *cell = &lab->plan->cells[i];
        good = cell->state != CELL_DONE || append_cell(lab, joined, spec, cell, err);
    }
    Arena *arena = arena_create();
    good = good &&
           table_write(joined, arena_format(arena, "%s/%s.csv", lab->directory, spec->name), err);
    arena_destroy(arena);
    table_free(joined);
    return good;
}

static double cell_cost(const Lab *lab, const char *key) {
    Arena *arena = arena_create();
    Table *stamp =
        table_read(arena_format(arena, "%s/cell.csv", cells_path(lab, arena, key)), NULL);
    const char *cost = stamp != NULL ? manifest_value(stamp, "cpu_s") : NULL;
    double seconds = cost != NULL ? strtod(cost, NULL) : 0;
    table_free(stamp);
    arena_destroy(arena);
    return seconds;
}

bool cells_join(const Lab *lab, size_t *joined, double *cpu_s, Error *err) {
    sweep(lab, lab->directory, is_half_table);
    *joined = 0;
    *cpu_s = 0;
    for (size_t i = 0; i < lab->plan->count; i++) {
        PlannedCell *cell = &lab->plan->cells[i];
        if (cell->state != CELL_DONE) {
            cell->state = cells_state(lab, cell); /* another shard may have done it */
        }
        if (cell->state == CELL_DONE) {
            *cpu_s += cell_cost(lab, cell->key);
            ++*joined;
        }
    }
    for (const TableSpec *spec = lab->experiment->tables; spec->name != NULL; spec++) {
        if (!join_table(lab, spec, err)) {
            return false;
        }
    }
    return true;
}
