/* SPDX-License-Identifier: MIT
 *
 * train.h - one training run: data, network, optimizer and schedule brought together.
 *
 * The caller owns the loop; online (batch 1), mini-batch and full-batch training are the same loop:
 *
 *     trainer_init(&trainer, &spec, arena);
 *     while (trainer.iteration < iterations && trainer_step(&trainer))
 *         if (trainer.iteration % interval == 0)
 *             Score score = trainer_score(&trainer, validation);
 *
 * Iteration t (from 0) uses batch t and the rate schedule_rate(schedule, t); momentum comes from the
 * schedule where it cycles it, else from the optimizer.  A loss that is not finite, or above
 * `loss_bound`, ends the run: it has diverged, which is a result.
 */
#ifndef TIDEMARK_LEARN_TRAIN_H
#define TIDEMARK_LEARN_TRAIN_H

#include "core/data/batch.h"
#include "core/learn/optimizer.h"
#include "core/learn/schedule.h"
#include "core/net/net.h"

typedef struct TrainSpec {
    Net *net;                  /* initialised */
    BatchPlan batches;
    OptimizerSpec optimizer;
    const Schedule *schedule;
    bool autoencode;           /* the targets are the inputs */
    double loss_bound;         /* diverged above; 0 = 1e6 */
    bool keep_gradients;       /* those of the last update stay in net->gradients (watch.h); plain
                                  SGD is slower so, and the bits are the same */
} TrainSpec;

typedef struct Trainer {
    TrainSpec spec;
    Batches batches;
    Optimizer optimizer;
    uint64_t iteration; /* updates done */
    double rate;        /* of the last update */
    double loss;        /* mean loss of the last batch, before its update */
    bool diverged;
} Trainer;

void trainer_init(Trainer *trainer, const TrainSpec *spec, Arena *arena);

/* One update.  False when it has diverged (the update is not made; iteration stays). */
bool trainer_step(Trainer *trainer);

/* Mean loss and share of right answers over a whole set, in test mode, in file order. */
typedef struct Score {
    double loss, accuracy; /* accuracy is nan without class labels */
} Score;
Score trainer_score(Trainer *trainer, const Dataset *set);

/* "ok" or "diverged". */
const char *trainer_status(const Trainer *trainer);

#endif
