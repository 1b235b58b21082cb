/* SPDX-License-Identifier: MIT
 *
 * experiment.h - what an experiment gives the lab, and what the lab does with it.
 *
 * An experiment is a plan (its cells at a scale), what one cell does, what it claims, and its name
 * and sources.  Options, workers, progress, resuming, CSV files, manifest and verdicts are the
 * lab's:
 *
 *     int main(int argc, char **argv) { return experiment_main(&parity, argc, argv); }
 *
 * A cell depends on nothing but its configuration, its seed and the data, so cells run in any
 * order, side by side and on other machines.  Every cell runs in a forked worker of its own and
 * writes
 *     <out>/<experiment>/cells/<key>/<table>.csv  and  cell.csv
 * in one rename (<out> is results/local unless --out says otherwise).  When the run ends (or was
 * cut off and started again) the cells that are there are joined in the plan's order into
 *     <out>/<experiment>/<table>.csv
 * with manifest.csv, columns.csv and claims.csv beside them.
 */
#ifndef TIDEMARK_LAB_EXPERIMENT_H
#define TIDEMARK_LAB_EXPERIMENT_H

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/lab/claim.h"
#include "core/lab/table.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Raised whenever numbers may move; CHANGELOG.md says which.  Results of one version compare. */
#define RESULTS_VERSION 1

typedef enum Scale { SCALE_SMOKE, SCALE_DESK, SCALE_PAPER } Scale;

const char *scale_name(Scale scale);

/* ---- the plan ---- */
typedef struct Plan Plan;

Scale plan_scale(const Plan *plan);
/* --seeds, or the experiment's own number; seeds are 1 ... that number. */
uint32_t plan_seeds(const Plan *plan, uint32_t otherwise);

/* Adds a cell.  `config` (of Experiment.config_size bytes) is copied.  The key is a printf format
 * of `name=value` pairs joined by commas, unique in the plan, of at most 160 letters, digits and
 * "=,._+-":
 *     plan_add(plan, &(Config){.rate = 5, .seed = 1}, "rate=%g,seed=%u", 5.0, 1u);
 * Everything the cell does must follow from config; changing what a cell does means raising
 * Experiment.version, or replanned where only one scale's cells change.  A cell's version is their
 * sum, which may only grow. */
void plan_add(Plan *plan, const void *config, const char *key_format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- a cell at work ---- */
typedef struct Cell {
    const char *key;
    const void *config;
    Scale scale;
    Arena *arena; /* freed after the cell */
    size_t workers; /* processes that the cell may run side by side (pool.h): --jobs shared out
                       among the cells of this run; no result may depend on it */
    bool watch;   /* --watch: the tables of watched_tables are there to be written (study/watch.h) */
    struct CellFiles *files;
} Cell;

/* The cell's own piece of a declared table. */
Table *cell_table(Cell *cell, const char *name);

/* A file of this cell that survives its death and is removed when it is done: where long cells keep
 * checkpoints.  The path is valid in the cell; the file may or may not exist. */
const char *cell_scratch(Cell *cell, const char *name);

/* What --watch adds to every experiment's tables: watch_ratio, watch_layer, watch_histogram and
 * watch_average.  A finished cell without them is redone.  Ends with a NULL name. */
extern const TableSpec watched_tables[];

/* ---- the experiment ---- */
typedef struct Experiment {
    const char *name;            /* the directory's name */
    const char *title;           /* one line */
    const char *question;        /* one sentence ending in a question mark */
    const char *sources;         /* "001 (Qiita, ...)"; several separated by "; " */
    unsigned version;            /* of the plan and of what a cell does */
    unsigned replanned[3];       /* added to it at smoke, desk, paper: changes of one scale's plan */
    double minutes[3];           /* one core, smoke, desk, paper: for `make list` and --list */
    size_t config_size;
    const TableSpec *tables;     /* ends with a NULL name */
    const Claim *claims;         /* ends with a NULL id; NULL = none */
    const char *const *datasets; /* ends with NULL; verified before the first cell; NULL = none */
    /* How: dataset_verify of core/data, wherever `datasets` is given. */
    bool (*verify)(const char *dataset, Arena *arena, const char **sums, Error *err);
    void (*plan)(Plan *plan);
    bool (*cell)(Cell *cell, Error *err); /* false = failed; a diverged training is not a failure */
    /* Makes the configuration of a key that is not in the plan, for --only KEY; NULL = none can be.
     * false = not a key of this experiment (the sentence says which keys there are). */
    bool (*parse)(const char *key, void *config, Error *err);
    /* A look at argv before the lab's own options (and before engine_start): an experiment that is
     * also a tool answers here.  Returns -1 to go on, else the exit status. */
    int (*tool)(int argc, char **argv);
} Experiment;

/* Runs the command line.  Exit status: 0 all cells are there; 1 a cell failed; 2 wrong use, missing
 * data, a full disk.
 *     --scale smoke|desk|paper   --seeds N   --jobs N   --only PATTERN   --shard K/N   --out DIR
 *     --list   --about   --force   --watch   --quiet   --blas own|openblas   --isa NAME   --core NAME
 *     --claims (judge again from the CSVs alone)   --help   --version
 *
 * A finished cell is kept.  It is redone with --force, when it is damaged, and when it was made by
 * another version, a shorter scale or another engine.  A cell of a longer scale (or of another
 * experiment) in the way is an error: hours of work are not overwritten by a wrong option.  The
 * tables hold the plan's cells that are there, also those of earlier runs and other shards.  Tables
 * of a longer scale in the way are an error too, and so are those of another scale, engine or number
 * of seeds when --only would leave fewer cells in them. */
int experiment_main(const Experiment *experiment, int argc, char **argv);

#endif
