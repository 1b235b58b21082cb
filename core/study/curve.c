/* SPDX-License-Identifier: MIT */
#include "core/study/curve.h"

#include "core/learn/checkpoint.h"
#include "core/study/watch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Seconds between checkpoints: the bytes of the result do not depend on it. */
static double checkpoint_pause(void) {
    const char *text = getenv("TIDEMARK_CHECKPOINT_SECONDS");
    return text ? strtod(text, NULL) : 60;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The rows up to a checkpoint lie in a file of their own named by its iteration, written before the
 * checkpoint and removed after the next one: whichever checkpoint is found, its rows are there. */
static const char *rows_path(const Curve *curve, uint64_t iteration) {
    return cell_scratch(curve->cell, arena_format(curve->cell->arena, "%s-%llu.csv", curve->table,
                                                  (unsigned long long)iteration));
}

static const char *state_path(const Curve *curve) {
    return cell_scratch(curve->cell, arena_format(curve->cell->arena, "%s.checkpoint",
                                                  curve->table));
}

static bool save(const Curve *curve, uint64_t *saved, Error *err) {
    uint64_t before = *saved;
    *saved = curve->trainer->iteration;
    if (!table_write(cell_table(curve->cell, curve->table), rows_path(curve, *saved), err) ||
        !checkpoint_save(state_path(curve), curve->cell->key, curve->trainer, err))
        return false;
    if (before && before != *saved)
        unlink(rows_path(curve, before));
    return true;
}

/* What is watched (averages, rows) is in no checkpoint: a watched run begins anew. */
static bool resume(const Curve *curve, uint64_t *saved, Error *err) {
    if (curve->cell->watch)
        return true;
    switch (checkpoint_load(state_path(curve), curve->cell->key, curve->trainer, err)) {
    case CHECKPOINT_REFUSED:
        return false;
    case CHECKPOINT_NONE:
        return true;
    case CHECKPOINT_LOADED:
        break;
    }
    *saved = curve->trainer->iteration;
    Table *rows = table_read(rows_path(curve, *saved), err);
    bool ok = rows && table_append(cell_table(curve->cell, curve->table), rows, err);
    table_free(rows);
    return ok;
}

static void add_point(const Curve *curve, double loss_sum, uint64_t updates) {
    Trainer *trainer = curve->trainer;
    CurvePoint point = {.iteration = trainer->iteration, .rate = trainer->rate,
                        .training_loss = updates ? loss_sum / (double)updates : (double)NAN,
                        .score = {(double)NAN, (double)NAN}};
    if (curve->score)
        point.score = trainer_score(trainer, curve->score);
    curve->row(cell_table(curve->cell, curve->table), curve->cell, &point);
}

/* Is a row due at this iteration? */
static bool is_point(const Curve *curve, uint64_t iteration) {
    return iteration % curve->interval == 0 || iteration == curve->iterations;
}

bool curve_run(const Curve *curve, Error *err) {
    Trainer *trainer = curve->trainer;
    Watch *watch;
    double last = now(), pause = checkpoint_pause(), sum = 0;
    uint64_t saved = 0, updates = 0;
    if (!watch_create(&watch, curve->cell, trainer, err) || !resume(curve, &saved, err))
        return false;
    if (curve->start && trainer->iteration == 0)
        add_point(curve, 0, 0);
    while (trainer->iteration < curve->iterations) {
        bool look = trainer->iteration == 0 || is_point(curve, trainer->iteration + 1);
        if (!watch_step(watch, trainer, look, curve->score))
            break;
        sum += trainer->loss;
        updates++;
        if (!is_point(curve, trainer->iteration))
            continue;
        add_point(curve, sum, updates);
        sum = 0;
        updates = 0;
        if (!watch && trainer->iteration < curve->iterations && now() - last >= pause) {
            if (!save(curve, &saved, err))
                return false;
            last = now();
        }
    }
    return true;
}
