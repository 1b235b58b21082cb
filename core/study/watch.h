/* SPDX-License-Identifier: MIT
 *
 * watch.h - a training seen from inside (CS231n, "Babysitting the learning process"): how large its
 * updates are against its weights, how activations and gradients are distributed over the layers,
 * and what the running average of its parameters is worth.
 *
 * Every driver writes all of it with --watch, for every training of curve_run (curve.h), into the
 * tables watch_ratio, watch_layer, watch_histogram and watch_average (lab/experiment.h).  A loop of
 * its own does the same by its step, for one training of a cell (rows are named by its key):
 *
 *     Watch *watch;
 *     if (!watch_create(&watch, cell, &trainer, err)) return false;
 *     ...
 *     while (trainer.iteration < updates &&
 *            watch_step(watch, &trainer, trainer.iteration % 100 == 0, validation))
 *         ...
 *
 * Watching changes no bit of what is watched: layers are looked at in a second network that keeps
 * all activations and gets a copy of the weights.
 */
#ifndef TIDEMARK_STUDY_WATCH_H
#define TIDEMARK_STUDY_WATCH_H

#include "core/lab/experiment.h"
#include "core/learn/train.h"

/* ---- updates against weights ---- */

/* L2 norms of one block.  `update` is what was really added to the weights, momentum and decay
 * included; CS231n's rule of thumb wants update / weight near 1e-3. */
typedef struct WatchRatio {
    double weight, update, gradient;
    double ratio; /* update / weight; infinite where all weights are zero and the update is not */
} WatchRatio;

/* `before` and `after` are all the parameters of the net that has `block`, as `gradients` are. */
WatchRatio watch_ratio(const ParamBlock *block, const Real *before, const Real *after,
                       const Real *gradients);

/* ---- distributions ---- */
enum { WATCH_BINS = 40 };

/* Bin b counts values from low + b width to low + (b + 1) width; the last one holds `high` too.
 * All values alike: width 0, all in bin 0.  A value that is not finite is in no bin. */
typedef struct WatchHistogram {
    size_t n;          /* finite values */
    double mean, sd;   /* sd with n, not n - 1 */
    double zero_share; /* exactly 0: units that are off */
    double low, high, width;
    size_t count[WATCH_BINS];
} WatchHistogram;

WatchHistogram watch_histogram(const Real *x, size_t n);

/* ---- the running average of the parameters ---- */

/* After n updates an exponential average with weight 1 - d for the newest, d = min(decay, (n - 1) /
 * n): the plain mean while there are few, so it needs no correction at the start.  Running
 * statistics (batch normalisation) are averaged alike. */
typedef struct Average {
    Net *net;
    double decay;
    uint64_t count;
    Real *weights, *state;
} Average;

void average_init(Average *average, Net *net, double decay, Arena *arena); /* decay 0 = 0.999 */
void average_add(Average *average);
/* Exchanges the average and the net's own parameters; a second call undoes the first. */
void average_swap(Average *average);

/* ---- all of it, into the tables of --watch ---- */
typedef struct Watch Watch;

/* *watch is NULL without --watch.  The layers are looked at on the first 100 images of the training
 * set, in training mode. */
bool watch_create(Watch **watch, Cell *cell, Trainer *trainer, Error *err);

/* trainer_step, watched where `watch` is not NULL.  `point`: rows are wanted of this update;
 * histograms at the 1st, 2nd, 4th, 8th ... point only.  `score` is what the average is scored on
 * beside the weights; NULL = not scored. */
bool watch_step(Watch *watch, Trainer *trainer, bool point, const Dataset *score);

#endif
