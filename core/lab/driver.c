/* SPDX-License-Identifier: MIT */
#include "core/lab/files.h"
#include "core/lab/lab.h"
#include "core/lab/manifest.h"
#include "core/lab/pool.h"
#include "core/lab/progress.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { STATUS_DONE = 0, STATUS_CELL_FAILED = 1, STATUS_ERROR = 2 };

static const char *lab_path(const Lab *lab, const char *file) {
    return arena_format(lab->arena, "%s/%s", lab->directory, file);
}

/* ---- before the cells ---- */

static bool look_at_cells(Lab *lab, Error *err) {
    for (size_t i = 0; i < lab->plan->count; i++) {
        PlannedCell *cell = &lab->plan->cells[i];
        cell->state = cells_state(lab, cell);
        if (cell->selected && lab->options->force) {
            cell->state = CELL_STALE;
        }
        if (cell->selected && cell->state == CELL_FOREIGN) {
            return error_set(err,
                             "%s/%s is a cell of another experiment or of a longer scale than %s; "
                             "choose another --out, or --force to replace it",
                             lab->cells, cell->key, scale_name(lab->plan->scale));
        }
    }
    return true;
}

/* The tables that are there hold what hours may have gone into: those of a longer scale stay, and
 * --only with another scale, engine or number of seeds does not put fewer cells in their place. */
static bool tables_may_change(const Lab *lab, Error *err) {
    const Plan *plan = lab->plan;
    Table *present = lab->options->force ? NULL : table_read(lab_path(lab, "manifest.csv"), NULL);
    if (present == NULL) {
        return true;
    }
    const char *scale = manifest_value(present, "scale"), *cells = manifest_value(present, "cells");
    const char *seeds = arena_format(lab->arena, "%u", (unsigned)*plan->seeds_used);
    bool others = !manifest_has(present, "scale", scale_name(plan->scale)) ||
                  !manifest_has(present, "engine", lab->engine) ||
                  !manifest_has(present, "seeds", seeds);
    size_t left = 0;
    for (size_t i = 0; i < plan->count; i++) {
        left += plan->cells[i].selected || plan->cells[i].state == CELL_DONE;
    }
    cells = cells != NULL ? cells : "0";
    bool fewer = left < strtoul(cells, NULL, 10);
    bool good = true;
    if (cells_are_longer(scale, plan->scale) || (lab->options->only != NULL && others && fewer)) {
        good = error_set(err,
                         "%s holds the tables of %s cells at scale %s, this run would leave %zu "
                         "at scale %s; choose another --out, or --force to replace them",
                         lab->directory, cells, scale != NULL ? scale : "unknown", left,
                         scale_name(plan->scale));
    }
    table_free(present);
    return good;
}

static bool is_work_left(const Lab *lab) {
    for (size_t i = 0; i < lab->plan->count; i++) {
        if (lab->plan->cells[i].selected && lab->plan->cells[i].state != CELL_DONE) {
            return true;
        }
    }
    return false;
}

/* `sums` holds name=hex lines. */
static void add_sums(const Lab *lab, const char *sums) {
    for (char *line = arena_string(lab->arena, sums); *line != '\0';) {
        char *end = line + strcspn(line, "\n");
        char *next = end + (*end == '\n');
        *end = '\0';
        char *equals = strrchr(line, '=');
        if (equals != NULL) {
            *equals = '\0';
            manifest_add(lab->data, arena_format(lab->arena, "data %s", line), "%s", equals + 1);
        }
        line = next;
    }
}

/* Once a run; fills lab->data. */
static bool verify_data(Lab *lab, Error *err) {
    const char *const *name = lab->experiment->datasets;
    if (lab->data != NULL) {
        return true;
    }
    lab->data = manifest_create();
    for (; name != NULL && *name != NULL; name++) {
        if (lab->experiment->verify == NULL) {
            die("%s names data sets but not how to verify them", lab->experiment->name);
        }
        const char *sums = "";
        if (!lab->experiment->verify(*name, lab->arena, &sums, err)) {
            return false;
        }
        add_sums(lab, sums);
    }
    return true;
}

/* ---- the manifest ---- */

/* `count` cells are in the tables. */
static void add_result(const Lab *lab, Table *manifest, size_t count) {
    const Experiment *experiment = lab->experiment;
    manifest_add(manifest, "experiment", "%s", experiment->name);
    manifest_add(manifest, "title", "%s", experiment->title);
    manifest_add(manifest, "results_version", "%d", RESULTS_VERSION);
    manifest_add(manifest, "version", "%u", lab_version(lab));
    manifest_add(manifest, "scale", "%s", scale_name(lab->plan->scale));
    manifest_add(manifest, "seeds", "%u", (unsigned)*lab->plan->seeds_used);
    manifest_add(manifest, "engine", "%s", lab->engine);
    manifest_add(manifest, "cells_planned", "%zu", lab->plan->count);
    manifest_add(manifest, "cells", "%zu", count);
}

/* A run that computed nothing says nothing new about what made the result: the manifest that is
 * there stays, as long as it describes the same result. */
static bool manifest_stays(const Lab *lab, size_t count) {
    Table *present = table_read(lab_path(lab, "manifest.csv"), NULL);
    Table *ours = manifest_create();
    add_result(lab, ours, count);
    bool same = present != NULL;
    for (size_t row = 0; same && row < table_rows(ours); row++) {
        same = manifest_has(present, table_text(ours, row, 0), table_text(ours, row, 1));
    }
    table_free(ours);
    table_free(present);
    return same;
}

typedef struct Joined {
    size_t cells;
    double cpu_s;
} Joined;

static bool write_manifest(Lab *lab, const RunCounts *counts, const Joined *joined, double began,
                           Error *err) {
    if (counts->computed == 0 && manifest_stays(lab, joined->cells)) {
        return true;
    }
    size_t jobs = lab->options->jobs;
    Table *manifest = manifest_create();
    add_result(lab, manifest, joined->cells);
    manifest_add_build(manifest);
    manifest_add_machine(manifest);
    bool good = verify_data(lab, err) && table_append(manifest, lab->data, err);
    manifest_add(manifest, "jobs", "%zu", jobs != 0 ? jobs : pool_cores());
    manifest_add(manifest, "cells_computed", "%zu", counts->computed);
    manifest_add(manifest, "cells_kept", "%zu", counts->kept);
    manifest_add(manifest, "wall_s", "%.3f", progress_clock() - began);
    manifest_add(manifest, "cpu_s", "%.3f", joined->cpu_s);
    good = good && table_write(manifest, lab_path(lab, "manifest.csv"), err);
    table_free(manifest);
    return good;
}

/* ---- after the cells ---- */

static bool judge(const Lab *lab, Scale scale, size_t verdicts[3], Error *err) {
    Results *results = results_open(lab->experiment, lab->directory, scale, err);
    bool good = results != NULL && results_write_claims(results, lab->directory, verdicts, err);
    results_close(results);
    return good;
}

static void say_verdicts(const Lab *lab, const size_t verdicts[3]) {
    if (!lab->options->quiet && lab->experiment->claims != NULL) {
        fprintf(stderr, "%s: claims: %zu reproduced, %zu not reproduced, %zu inconclusive\n",
                lab->experiment->name, verdicts[REPRODUCED], verdicts[NOT_REPRODUCED],
                verdicts[INCONCLUSIVE]);
    }
}

static void say_summary(const Lab *lab, const RunCounts *counts, double began) {
    char text[32];
    if (!lab->options->quiet) {
        fprintf(stderr, "%s: %zu cells (%zu kept, %zu computed), %zu failed, %s -> %s\n",
                lab->experiment->name, counts->selected, counts->kept, counts->computed,
                counts->failed, progress_duration(progress_clock() - began, text), lab->directory);
    }
}

/* Trainings that are no Trainer's (parity's, the autoencoders') and the many of one cell (a search's)
 * are not watched: empty tables are not left to speak for themselves. */
static void say_watched(const Lab *lab) {
    Error err;
    Table *ratios = lab->options->watch ? table_read(lab_path(lab, "watch_ratio.csv"), &err) : NULL;
    if (ratios != NULL && table_rows(ratios) == 0) {
        fprintf(stderr, "%s: --watch: none of these trainings can be watched, so the watch_*.csv "
                        "are empty; see core/study/watch.h for one of your own\n",
                lab->experiment->name);
    }
    table_free(ratios);
}

/* Tables, manifest and claims belong together; one process at a time writes them. */
static bool write_all(Lab *lab, const RunCounts *counts, double began, size_t verdicts[3],
                      Error *err) {
    int lock = open(lab->cells, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock >= 0) {
        flock(lock, LOCK_EX); /* a file system without locks: go on, as one process alone may */
    }
    Joined joined = {0};
    bool good = cells_join(lab, &joined.cells, &joined.cpu_s, err) &&
                results_write_columns(lab->experiment, lab->directory, err) &&
                write_manifest(lab, counts, &joined, began, err) &&
                judge(lab, lab->plan->scale, verdicts, err);
    if (lock >= 0) {
        close(lock);
    }
    return good;
}

static int run_all(Lab *lab, Error *err) {
    double began = progress_clock();
    RunCounts counts = {0};
    size_t verdicts[3];
    if (!look_at_cells(lab, err) || !tables_may_change(lab, err) ||
        (is_work_left(lab) && !verify_data(lab, err)) ||
        !files_make_directory(lab->cells, err)) {
        return STATUS_ERROR;
    }
    cells_sweep(lab);
    bool written = run_cells(lab, &counts, err);
    cells_sweep(lab); /* a killed run's children may have outlived it by a moment */
    if (!written || !write_all(lab, &counts, began, verdicts, err)) {
        return STATUS_ERROR;
    }
    say_summary(lab, &counts, began);
    say_watched(lab);
    say_verdicts(lab, verdicts);
    return counts.failed == 0 ? STATUS_DONE : STATUS_CELL_FAILED;
}

/* ---- what computes nothing ---- */

static int finish_output(Error *err) {
    if (fflush(stdout) != 0 || ferror(stdout)) {
        error_set(err, "cannot write to standard output: %s", strerror(errno));
        return STATUS_ERROR;
    }
    return STATUS_DONE;
}

static int list_cells(const Lab *lab, Error *err) {
    for (size_t i = 0; i < lab->plan->count; i++) {
        if (lab->plan->cells[i].selected) {
            puts(lab->plan->cells[i].key);
        }
    }
    return finish_output(err);
}

/* One line of `make list`. */
static int tell_about(const Experiment *experiment, Error *err) {
    size_t cells[3];
    const double *minutes = experiment->minutes;
    for (Scale scale = SCALE_SMOKE; scale <= SCALE_PAPER; scale++) {
        Plan *plan = plan_create(experiment, scale, 0);
        cells[scale] = plan->count;
        plan_free(plan);
    }
    char counts[80], times[80];
    snprintf(counts, sizeof counts, "%zu / %zu / %zu", cells[0], cells[1], cells[2]);
    snprintf(times, sizeof times, "%.4g / %.4g / %.4g", minutes[0], minutes[1], minutes[2]);
    printf("%-20s %22s %28s  %s\n", experiment->name, counts, times, experiment->question);
    return finish_output(err);
}

static int tell_version(const Experiment *experiment, Error *err) {
    printf("tidemark %s, version %u of the experiment, results version %d\n", experiment->name,
           experiment->version, RESULTS_VERSION);
    return finish_output(err);
}

/* The scale is the results' own, whatever the options say. */
static int judge_again(const Lab *lab, Error *err) {
    Table *manifest = table_read(lab_path(lab, "manifest.csv"), err);
    if (manifest == NULL) {
        error_prefix(err, "--claims: nothing to judge");
        return STATUS_ERROR;
    }
    Scale scale = SCALE_SMOKE;
    while (scale < SCALE_PAPER && !manifest_has(manifest, "scale", scale_name(scale))) {
        scale++;
    }
    table_free(manifest);
    size_t verdicts[3];
    if (!judge(lab, scale, verdicts, err)) {
        return STATUS_ERROR;
    }
    say_verdicts(lab, verdicts);
    return STATUS_DONE;
}

/* ---- the command line ---- */

static int with_plan(Lab *lab, Error *err) {
    const Options *options = lab->options;
    if (options->claims) {
        return judge_again(lab, err);
    }
    lab->plan = plan_create(lab->experiment, options->scale, options->seeds);
    int status = STATUS_ERROR;
    if (plan_select(lab->plan, lab->experiment, options, err)) {
        status = options->list ? list_cells(lab, err) : run_all(lab, err);
    }
    plan_free(lab->plan);
    return status;
}

static int with_engine(const Experiment *experiment, const Options *options, Error *err) {
    Arena *arena = arena_create();
    Experiment watched;
    const Experiment *own = experiment;
    if (options->watch) {
        watched = experiment_watched(experiment, arena);
        experiment = &watched;
    }
    Lab lab = {.experiment = experiment, .own = own, .options = options, .arena = arena};
    lab.directory = arena_format(arena, "%s/%s", options->out, experiment->name);
    lab.cells = arena_format(arena, "%s/cells", lab.directory);
    lab.engine = engine_current() == ENGINE_OWN
                     ? engine_name()
                     : arena_format(arena, "%s %s", engine_name(), engine_blas_core());
    int status = with_plan(&lab, err);
    table_free(lab.data);
    arena_destroy(arena);
    return status;
}

static int obey(const Experiment *experiment, const Options *options, char **argv, Error *err) {
    if (options->help) {
        options_print_help(experiment);
        return finish_output(err);
    }
    if (options->version) {
        return tell_version(experiment, err);
    }
    if (!engine_start(&options->engine, argv, err)) {
        return STATUS_ERROR;
    }
    if (options->about) {
        return tell_about(experiment, err);
    }
    return with_engine(experiment, options, err);
}

int experiment_main(const Experiment *experiment, int argc, char **argv) {
    if (experiment->tool != NULL) {
        int status = experiment->tool(argc, argv);
        if (status >= 0) {
            return status;
        }
    }
    signal(SIGXFSZ, SIG_IGN); /* a file over the limit is an error to report, not a death */
    Options options;
    Error err = {{0}};
    int status = options_parse(argc, argv, &options, &err) ? obey(experiment, &options, argv, &err)
                                                           : STATUS_ERROR;
    if (status == STATUS_ERROR) {
        fprintf(stderr, "%s: %s\n", experiment->name, err.text);
    }
    return status;
}
