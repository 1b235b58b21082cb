/* SPDX-License-Identifier: MIT
 *
 * curve.h - a training run inside a cell: a curve of scores, checkpoints, resuming.
 *
 * This floor stands on learn and lab: it is what most experiments' cells do.
 *
 *     Curve curve = {.cell = cell, .trainer = &trainer, .table = "curve", .iterations = 70000,
 *                    .interval = 1000, .score = test, .row = write_row};
 *     if (!curve_run(&curve, err)) return false;
 *
 * trains to `iterations` and calls `row` after every `interval` updates (and after the last one)
 * with the scores there.  A long run saves a checkpoint and its rows into the cell's scratch files
 * about once a minute; cut off at any moment, the next run of the cell goes on from there to the
 * same bytes.
 *
 * With --watch the training is also seen from inside (watch.h), at the first update and at every
 * point.  Such a run keeps no checkpoints.
 */
#ifndef TIDEMARK_STUDY_CURVE_H
#define TIDEMARK_STUDY_CURVE_H

#include "core/lab/experiment.h"
#include "core/learn/train.h"

typedef struct CurvePoint {
    uint64_t iteration;   /* updates done */
    double rate;          /* of the last of them */
    double training_loss; /* mean of the batch losses since the point before */
    Score score;          /* on Curve.score; nan where there is none */
} CurvePoint;

typedef struct Curve {
    Cell *cell;
    Trainer *trainer;
    const char *table;    /* declared by the experiment; `row` writes one row into it */
    uint64_t iterations, interval;
    const Dataset *score; /* NULL = training loss alone */
    bool start;           /* a row before the first update too, with a training loss of nan */
    void (*row)(Table *table, const Cell *cell, const CurvePoint *point);
} Curve;

/* False when a file cannot be written or a checkpoint is refused; a diverged training is neither:
 * it ends early, without a row for the interval it did not finish. */
bool curve_run(const Curve *curve, Error *err);

#endif
