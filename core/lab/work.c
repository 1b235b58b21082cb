/* SPDX-License-Identifier: MIT */
#include "core/lab/files.h"
#include "core/lab/lab.h"
#include "core/lab/manifest.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct CellFiles {
    const Lab *lab;
    Table **tables;      /* one a spec */
    const char *scratch; /* the directory; NULL = the cell has not asked for a file */
};

/* Scale, versions and engine are in the name, so that no cell goes on from another plan's
 * checkpoint; '@' is in no key. */
static const char *scratch_directory(const Lab *lab, Arena *arena, const char *key) {
    char *path = arena_format(arena, "%s/.scratch-%s@%s,v%u.%d,%s", lab->cells, key,
                              scale_name(lab->plan->scale), lab_version(lab), RESULTS_VERSION,
                              lab->engine);
    return path;
}

Table *cell_table(Cell *cell, const char *name) {
    const TableSpec *specs = cell->files->lab->experiment->tables;
    for (size_t i = 0; specs[i].name != NULL; i++) {
        if (strcmp(specs[i].name, name) == 0) {
            return cell->files->tables[i];
        }
    }
    die("%s: the experiment declares no table '%s'", cell->files->lab->experiment->name, name);
}

const char *cell_scratch(Cell *cell, const char *name) {
    struct CellFiles *files = cell->files;
    if (files->scratch == NULL) {
        Error err;
        files->scratch = scratch_directory(files->lab, cell->arena, cell->key);
        if (!files_make_directory(files->scratch, &err)) {
            die("%s", err.text);
        }
    }
    return arena_format(cell->arena, "%s/%s", files->scratch, name);
}

static double seconds_of(struct timeval time) {
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

static double cpu_seconds(void) {
    struct rusage own, children;
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    return seconds_of(own.ru_utime) + seconds_of(own.ru_stime) + seconds_of(children.ru_utime) +
           seconds_of(children.ru_stime);
}

static double wall_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- the result ---- */

/* Writes a table into the cell's directory and its checksum into the stamp. */
static bool write_table(const Table *table, const char *name, const char *directory, Table *stamp,
                        Arena *arena, Error *err) {
    const char *path = arena_format(arena, "%s/%s.csv", directory, name);
    size_t size = 0;
    char *text = table_write(table, path, err) ? files_read(path, &size, err) : NULL;
    if (text == NULL) {
        return false;
    }
    char sum[17];
    cells_checksum(text, size, sum);
    free(text);
    manifest_add(stamp, arena_format(arena, "checksum %s", name), "%s", sum);
    return true;
}

static Table *make_stamp(const Lab *lab, const char *key) {
    Table *stamp = manifest_create();
    manifest_add(stamp, "experiment", "%s", lab->experiment->name);
    manifest_add(stamp, "version", "%u", lab_version(lab));
    manifest_add(stamp, "results_version", "%d", RESULTS_VERSION);
    manifest_add(stamp, "scale", "%s", scale_name(lab->plan->scale));
    manifest_add(stamp, "engine", "%s", lab->engine);
    manifest_add(stamp, "cell", "%s", key);
    return stamp;
}

static bool write_result(const Cell *cell, const char *directory, double wall_s, double cpu_s,
                         Error *err) {
    const Lab *lab = cell->files->lab;
    Table *stamp = make_stamp(lab, cell->key);
    bool good = files_make_directory(directory, err);
    for (size_t i = 0; good && lab->experiment->tables[i].name != NULL; i++) {
        good = write_table(cell->files->tables[i], lab->experiment->tables[i].name, directory,
                           stamp, cell->arena, err);
    }
    manifest_add(stamp, "wall_s", "%.3f", wall_s);
    manifest_add(stamp, "cpu_s", "%.3f", cpu_s);
    good = good && table_write(stamp, arena_format(cell->arena, "%s/cell.csv", directory), err);
    table_free(stamp);
    return good;
}

/* A directory cannot be renamed over one that holds files: the old one steps aside first. */
static bool move_into_place(const Cell *cell, const char *from, Error *err) {
    const Lab *lab = cell->files->lab;
    const char *to = cells_path(lab, cell->arena, cell->key);
    const char *aside =
        arena_format(cell->arena, "%s/.%s.old-%ld", lab->cells, cell->key, (long)getpid());
    if (rename(from, to) != 0) {
        if (rename(to, aside) != 0 || rename(from, to) != 0) {
            return error_set(err, "cannot write %s: %s", to, strerror(errno));
        }
        files_remove(aside);
    }
    return true;
}

static bool keep_result(const Cell *cell, double wall_s, double cpu_s, Error *err) {
    const Lab *lab = cell->files->lab;
    const char *temporary =
        arena_format(cell->arena, "%s/.%s.tmp-%ld", lab->cells, cell->key, (long)getpid());
    if (write_result(cell, temporary, wall_s, cpu_s, err) &&
        move_into_place(cell, temporary, err)) {
        return true;
    }
    files_remove(temporary);
    return false;
}

bool work_cell(const Lab *lab, const PlannedCell *planned, CellReport *report) {
    report->begun = true;
    Arena *arena = arena_create();
    size_t count = lab_table_count(lab->experiment);
    struct CellFiles files = {.lab = lab, .tables = arena_new(arena, Table *, count + 1)};
    for (size_t i = 0; i < count; i++) {
        files.tables[i] = table_for(&lab->experiment->tables[i]);
    }
    Cell cell = {.key = planned->key,
                 .config = planned->config,
                 .scale = lab->plan->scale,
                 .arena = arena,
                 .workers = lab->workers,
                 .watch = lab->options->watch,
                 .files = &files};
    const char *scratch = scratch_directory(lab, arena, planned->key);
    if (lab->options->force) {
        files_remove(scratch);
    }
    double began = wall_seconds();
    bool good = lab->experiment->cell(&cell, &report->error);
    if (good) {
        good = keep_result(&cell, wall_seconds() - began, cpu_seconds(), &report->error);
        report->unwritable = !good;
    }
    if (good) {
        files_remove(scratch);
    }
    for (size_t i = 0; i < count; i++) {
        table_free(files.tables[i]);
    }
    arena_destroy(arena);
    return good;
}
