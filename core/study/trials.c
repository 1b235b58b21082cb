/* SPDX-License-Identifier: MIT */
#include "core/study/trials.h"
#include "core/lab/pool.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef struct Board {
    const Trials *trials;
    const Trial *batch;
    double *losses; /* shared with the workers */
} Board;

static bool work(void *context, size_t piece) {
    Board *board = context;
    board->losses[piece] = board->trials->loss(board->trials->context, &board->batch[piece]);
    return true;
}

/* ---- the log: losses as they are in memory, in the order of the trials ---- */

/* True if the whole batch is there. */
static bool read_losses(const Trials *t, const Board *board, size_t count) {
    FILE *file = t->log != NULL ? fopen(t->log, "rb") : NULL;
    bool there = file != NULL &&
                 fseek(file, (long)(board->batch[0].index * sizeof(double)), SEEK_SET) == 0 &&
                 fread(board->losses, sizeof(double), count, file) == count;
    if (file != NULL) {
        fclose(file);
    }
    return there;
}

/* Behind the batches before: what a killed run left half-written is overwritten. */
static bool write_losses(const Trials *t, const Board *board, size_t count, Error *err) {
    if (t->log == NULL) {
        return true;
    }
    FILE *file = fopen(t->log, board->batch[0].index == 0 ? "wb" : "r+b");
    bool good = file != NULL &&
                fseek(file, (long)(board->batch[0].index * sizeof(double)), SEEK_SET) == 0 &&
                fwrite(board->losses, sizeof(double), count, file) == count;
    good = file != NULL && fclose(file) == 0 && good;
    return good || error_set(err, "cannot write %s: %s", t->log, strerror(errno));
}

/* ---- a batch ---- */

static bool compute(const Trials *t, Board *board, size_t count, Error *err) {
    if (t->workers <= 1) {
        for (size_t i = 0; i < count; i++) {
            work(board, i);
        }
        return true;
    }
    size_t lost = pool_run(&(Pool){.jobs = t->workers, .work = work, .context = board}, count);
    return lost == 0 || error_set(err, "%zu of %zu trials side by side were lost: a worker died",
                                  lost, count);
}

bool trials_next(Trials *t, const Trial **batch, size_t *count, Error *err) {
    *count = search_ask(t->search, batch);
    if (*count == 0) {
        return true;
    }
    const size_t bytes = *count * sizeof(double);
    Board board = {.trials = t, .batch = *batch, .losses = pool_shared(bytes)};
    bool known = read_losses(t, &board, *count);
    bool good = known || (compute(t, &board, *count, err) &&
                          write_losses(t, &board, *count, err));
    t->reread += known ? *count : 0;
    for (size_t i = 0; good && i < *count; i++) {
        search_tell(t->search, (*batch)[i].index, board.losses[i]);
    }
    pool_unshare(board.losses, bytes);
    return good;
}
