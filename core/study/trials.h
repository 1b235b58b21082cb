/* SPDX-License-Identifier: MIT
 *
 * trials.h - the trials of any search, computed side by side and kept against being cut off.
 *
 *     Trials trials = {.search = search, .loss = train, .context = &setting,
 *                      .workers = cell->workers, .log = cell_scratch(cell, "losses")};
 *     const Trial *batch;
 *     for (size_t n; trials_next(&trials, &batch, &n, err) && n > 0;)
 *         ...                            (batch[0 ... n-1] have their losses)
 *
 * A batch is what the search hands out at a time: a line of a coordinate search, a round.  Its
 * trials are computed in forked workers (core/lab/pool.h), so they fill `workers` cores; their
 * losses are told in the order of the trials.  The result depends on the values of a trial alone,
 * never on the number of workers or on which finished first.
 *
 * With a log, losses are written down batch by batch; a search that was cut off and is begun again
 * with the same log takes them from there instead of computing them again.
 */
#ifndef TIDEMARK_STUDY_TRIALS_H
#define TIDEMARK_STUDY_TRIALS_H

#include "core/search/search.h"
#include <stdbool.h>
#include <stddef.h>

typedef struct Trials {
    Search *search;
    double (*loss)(void *context, const Trial *trial); /* in a worker: what it changes is lost */
    void *context;
    size_t workers;  /* at least 1; 1 = no process of their own */
    const char *log; /* a file; NULL = none */
    size_t reread;   /* trials whose losses came from the log; 0 at first */
} Trials;

/* Asks for a batch, computes it and tells its losses; *count = 0 when the search has ended.  false:
 * a worker died or the log cannot be written. */
bool trials_next(Trials *trials, const Trial **batch, size_t *count, Error *err);

#endif
