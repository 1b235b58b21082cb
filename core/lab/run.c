/* SPDX-License-Identifier: MIT */
#include "core/base/rng.h"
#include "core/lab/lab.h"
#include "core/lab/pool.h"
#include "core/lab/progress.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everything a run of cells shares with its workers' ends. */
typedef struct Work {
    const Lab *lab;
    size_t *order; /* piece -> index in the plan */
    size_t count;
    CellReport *reports; /* shared with the workers, one a piece */
    PieceEnd *ends;
    int *details;
    Progress progress;
    size_t computed;
    bool unwritable;
} Work;

/* ---- workers ---- */

static bool work_piece(void *context, size_t piece) {
    Work *work = context;
    return work_cell(work->lab, &work->lab->plan->cells[work->order[piece]], &work->reports[piece]);
}

static void piece_ended(void *context, size_t piece, PieceEnd end, int detail) {
    Work *work = context;
    work->ends[piece] = end;
    work->details[piece] = detail;
    work->unwritable |= work->reports[piece].unwritable;
    if (end == PIECE_OK) {
        work->lab->plan->cells[work->order[piece]].state = CELL_DONE;
        work->computed++;
    }
    progress_step(&work->progress, end != PIECE_OK);
}

static bool go_on(void *context) {
    Work *work = context;
    progress_show(&work->progress);
    return !work->unwritable;
}

static void interrupted(void *context, int signal_number) {
    Work *work = context;
    cells_sweep(work->lab);
    progress_clear(&work->progress);
    fprintf(
        stderr,
        "%s: stopped by signal %d (%s); %zu of %zu cells are finished, the same command goes on "
        "from there\n",
        work->lab->experiment->name, signal_number, strsignal(signal_number),
        work->progress.kept + work->computed, work->progress.total);
}

static void say_failures(const Work *work) {
    for (size_t i = 0; i < work->count; i++) {
        const CellReport *report = &work->reports[i];
        const char *name = work->lab->experiment->name;
        const char *key = work->lab->plan->cells[work->order[i]].key;
        if (!report->begun || work->ends[i] == PIECE_OK) {
            continue;
        }
        if (work->ends[i] == PIECE_DIED) {
            fprintf(stderr, "%s: cell %s died of signal %d (%s)\n", name, key, work->details[i],
                    strsignal(work->details[i]));
        } else if (report->error.text[0] != '\0') {
            fprintf(stderr, "%s: cell %s failed: %s\n", name, key, report->error.text);
        } else {
            fprintf(stderr, "%s: cell %s failed with exit status %d\n", name, key,
                    work->details[i]);
        }
    }
}

/* For tests: TIDEMARK_SHUFFLE_CELLS=SEED starts the cells in another order. */
static void shuffle(size_t *order, size_t count) {
    const char *seed = getenv("TIDEMARK_SHUFFLE_CELLS");
    if (seed != NULL) {
        Rng rng = rng_make((uint32_t)strtoul(seed, NULL, 10), STREAM_TEST, 0);
        for (size_t i = count; i > 1; i--) {
            size_t other = rng_below(&rng, (uint32_t)i), held = order[i - 1];
            order[i - 1] = order[other];
            order[other] = held;
        }
    }
}

/* The selected cells that are not finished. */
static void list_work(Work *work, const Lab *lab, size_t *selected) {
    work->order = arena_new(lab->arena, size_t, lab->plan->count);
    *selected = 0;
    for (size_t i = 0; i < lab->plan->count; i++) {
        const PlannedCell *cell = &lab->plan->cells[i];
        *selected += cell->selected;
        if (cell->selected && cell->state != CELL_DONE) {
            work->order[work->count++] = i;
        }
    }
    shuffle(work->order, work->count);
}

static bool say_unwritable(const Work *work, Error *err) {
    for (size_t i = 0; i < work->count; i++) {
        if (work->reports[i].unwritable) {
            return error_set(err, "%s", work->reports[i].error.text);
        }
    }
    return true;
}

size_t run_workers(size_t jobs, size_t cells) {
    jobs = jobs != 0 ? jobs : pool_cores();
    return cells != 0 && cells < jobs ? jobs / cells : 1;
}

bool run_cells(Lab *lab, RunCounts *counts, Error *err) {
    Work work = {.lab = lab};
    list_work(&work, lab, &counts->selected);
    counts->kept = counts->selected - work.count;
    lab->workers = run_workers(lab->options->jobs, work.count);
    size_t bytes = work.count * sizeof *work.reports;
    work.reports = pool_shared(bytes);
    work.ends = arena_new(lab->arena, PieceEnd, work.count);
    work.details = arena_new(lab->arena, int, work.count);
    work.progress =
        progress_begin(lab->experiment->name, counts->selected, counts->kept, lab->options->quiet);
    Pool pool = {.jobs = lab->options->jobs,
                 .work = work_piece,
                 .ended = piece_ended,
                 .go_on = go_on,
                 .interrupted = interrupted,
                 .context = &work};
    counts->failed = pool_run(&pool, work.count);
    counts->computed = work.computed;
    progress_clear(&work.progress);
    bool good = say_unwritable(&work, err);
    if (good) {
        say_failures(&work);
    }
    pool_unshare(work.reports, bytes);
    return good;
}
