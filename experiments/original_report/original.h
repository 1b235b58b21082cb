/* SPDX-License-Identifier: MIT
 *
 * original.h - np2lkoo's program behind sources 000 and 003, as it ran for report K160916-2039.
 *
 * 784 - 100 - 784, sigmoids, tied weights, 30 % of the pixels masked, 40 % of the hidden units
 * dropped, gradient descent with rate 0.26 for weights and biases.  An 'epoch' is 3 batches of 20
 * images (a thousandth of MNIST); period k ends with epoch 2^(k - 1), period 0 is the start.
 *
 * Two streams of numpy's RandomState, both started with 1:
 *     noise    the weights, hidden unit by hidden unit; then one number a pixel of every batch:
 *              kept where it is at most 0.7
 *     dropout  784 x 100 numbers a batch, of which only the first rows serve, one row an image:
 *              kept where it is at least 0.4
 */
#ifndef TIDEMARK_ORIGINAL_REPORT_ORIGINAL_H
#define TIDEMARK_ORIGINAL_REPORT_ORIGINAL_H

#include "core/lab/experiment.h"
#include "core/study/digits.h"
#include "experiments/original_report/mt19937.h"

enum { ORIGINAL_HIDDEN = 100, ORIGINAL_BATCH = 20, ORIGINAL_NODES = 10 /* that are shown */ };

typedef struct Original {
    Digits digits;
    Denoiser net;
    Mt19937 noise, dropout;
    /* of one batch */
    uint32_t *images;
    double *uniform;
    Real *target, *noisy, *keep;
} Original;

/* The state before the first epoch; all in `arena`. */
bool original_start(Original *run, Arena *arena, Error *err);

/* Trains epoch `epoch` (from 0).  Returns the cost as the program prints it: half the squared error
 * of an image over the number of weights, averaged over a batch, summed over the batches, times
 * 1000. */
double original_epoch(Original *run, uint64_t epoch);

/* ---- what is written down at the end of a period (snapshot.c) ---- */
typedef struct Snapshots {
    Cell *cell;
    DigitsJudge judge;
    Real *zero_and_mean; /* two images: black, and the grey of all images' mean */
} Snapshots;

void snapshots_start(Snapshots *snapshots, Cell *cell, const Digits *digits);
void snapshots_take(Snapshots *snapshots, Original *run, int64_t period, double cost);

/* What the report shows of the last state alone: the codes of the ten sample images. */
void snapshots_end(Snapshots *snapshots, Original *run);

extern const TableSpec original_tables[];
extern const Claim original_claims[];

#endif
