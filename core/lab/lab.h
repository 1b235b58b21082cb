/* SPDX-License-Identifier: MIT
 *
 * lab.h - what the lab's own files share; nothing here is for experiments.
 *
 *     options.c   the command line
 *     plan.c      the list of cells; select.c: which of them --only and --shard ask for
 *     cells.c     what is on disk: finished cells, joined tables
 *     work.c      one cell in its worker: its tables, its scratch files, its rename into place
 *     watched.c   the tables that --watch adds
 *     results.c   tables read back, columns.csv, claims.csv
 *     run.c       the workers of one run and what became of them
 *     driver.c    all of it in order: experiment_main
 *
 * Two processes may work in one directory (shards): a cell is one rename, a joined table is
 * another, and joining is done under a lock, so that the last one to join sees everything.
 */
#ifndef TIDEMARK_LAB_LAB_H
#define TIDEMARK_LAB_LAB_H

#include "core/base/engine.h"
#include "core/lab/experiment.h"

/* ---- the command line ---- */
typedef struct Options {
    Scale scale;
    uint32_t seeds;   /* 0 = the experiment's own number */
    size_t jobs;      /* 0 = one a core */
    const char *only; /* NULL = all */
    size_t shard, shards; /* cells whose index is `shard` modulo `shards`; 0 of 1 = all */
    const char *out;
    EngineChoice engine;
    bool list, about, force, quiet, claims, help, version, watch;
} Options;

bool options_parse(int argc, char **argv, Options *options, Error *err);
void options_print_help(const Experiment *experiment);

/* The experiment with the tables of --watch after its own. */
Experiment experiment_watched(const Experiment *experiment, Arena *arena);

/* ---- the plan ---- */
typedef enum CellState {
    CELL_MISSING,
    CELL_STALE,   /* damaged, or made by another version, engine or shorter scale: is redone */
    CELL_FOREIGN, /* of another experiment or a longer scale: is not touched without --force */
    CELL_DONE
} CellState;

typedef struct PlannedCell {
    const char *key;
    const void *config;
    bool selected; /* asked for by this run */
    CellState state;
} PlannedCell;

struct Plan {
    Scale scale;
    uint32_t seeds;       /* --seeds; 0 = the experiment's own */
    uint32_t *seeds_used; /* what plan_seeds answered; 0 = the plan has no seeds */
    size_t config_size;
    PlannedCell *cells;
    size_t count, room;
    Arena *arena;
};

/* The plan at a scale; plan_free frees it.  Dies for a key that is malformed or not unique. */
Plan *plan_create(const Experiment *experiment, Scale scale, uint32_t seeds);
void plan_free(Plan *plan);

/* Marks what --only and --shard ask for.  When no cell matches --only and the experiment can make a
 * configuration of it, that cell is added to the end. */
bool plan_select(Plan *plan, const Experiment *experiment, const Options *options, Error *err);

/* NULL, or what is wrong with a key. */
const char *plan_key_fault(const char *key);

/* Does a cell's key fit an --only pattern?  Conditions `name=value` joined by commas, each value a
 * glob or a number (0.5 fits 5e-1); or a glob over the whole key. */
bool plan_key_fits(const char *key, const char *pattern);

/* ---- one run of the driver ---- */
typedef struct Lab {
    const Experiment *experiment; /* with --watch it has those tables too */
    const Experiment *own;        /* without them */
    const Options *options;
    Plan *plan;
    Arena *arena;
    const char *directory; /* <out>/<experiment> */
    const char *cells;     /* <out>/<experiment>/cells */
    const char *engine;    /* as a cell's stamp names it: "own", "openblas Haswell" */
    size_t workers;        /* of one cell: run_workers */
    Table *data;           /* checksums of the data sets, a manifest; NULL = not yet verified */
} Lab;

/* Of the experiment at this scale. */
static inline unsigned lab_version(const Lab *lab) {
    return lab->experiment->version + lab->experiment->replanned[lab->plan->scale];
}

static inline size_t lab_table_count(const Experiment *experiment) {
    size_t count = 0;
    while (experiment->tables[count].name != NULL) {
        count++;
    }
    return count;
}

/* ---- cells on disk ---- */
const char *cells_path(const Lab *lab, Arena *arena, const char *key); /* its directory */

/* Is the scale of this name longer?  What it made has cost more than what would replace it. */
bool cells_are_longer(const char *scale, Scale than);

/* Of a cell that this run is not asked for only the experiment's own tables are looked at: what an
 * earlier run finished without --watch is finished. */
CellState cells_state(const Lab *lab, const PlannedCell *cell);

/* Removes what a killed run left of these cells: half-written directories. */
void cells_sweep(const Lab *lab);

/* Writes every declared table of all finished cells in the plan's order (of the tables of --watch
 * those that were written).  `cpu_s` is what the cells
 * cost in all; `joined` is how many there are. */
bool cells_join(const Lab *lab, size_t *joined, double *cpu_s, Error *err);

/* A checksum (FNV-1a, 64 bits) that tells a damaged file from a whole one; 17 bytes of text. */
void cells_checksum(const void *bytes, size_t size, char text[17]);

/* ---- a worker ---- */
typedef struct CellReport {
    bool begun;
    bool unwritable; /* the result could not be written: no other cell's will be either */
    Error error;
} CellReport;

/* Computes a cell and moves its result into place. */
bool work_cell(const Lab *lab, const PlannedCell *cell, CellReport *report);

/* ---- the workers of a run ---- */
typedef struct RunCounts {
    size_t selected, kept, computed, failed; /* failed = selected but not there in the end */
} RunCounts;

/* Computes the selected cells that are not CELL_DONE and names those that fail.  false = a result
 * could not be written. */
bool run_cells(Lab *lab, RunCounts *counts, Error *err);

/* Processes of a cell when `jobs` (0 = one a core) are shared out among `cells`: 1 or more. */
size_t run_workers(size_t jobs, size_t cells);

/* ---- results ---- */

/* Reads the joined tables of `directory` back; a table that is not there is empty. */
Results *results_open(const Experiment *experiment, const char *directory, Scale scale, Error *err);
void results_close(Results *results);

bool results_write_columns(const Experiment *experiment, const char *directory, Error *err);

/* Judges every claim and writes claims.csv; `counts` are by Verdict. */
bool results_write_claims(const Results *results, const char *directory, size_t counts[3],
                          Error *err);

#endif
