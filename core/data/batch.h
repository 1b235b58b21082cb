/* SPDX-License-Identifier: MIT
 *
 * batch.h - minibatches gathered from a Dataset in a stated order.
 *
 * Batch number t (= iteration t, from 0) of a Batches is a pure function of (order, seed, t):
 * training can stop and go on anywhere, and two policies with one seed see the same images.
 *     BATCH_SHUFFLED     every epoch is a new permutation (stream SHUFFLE, cell = epoch)
 *     BATCH_FILE_ORDER   images 0, 1, 2, ... and round again, as Caffe reads them
 * Under both, an epoch whose image count is not a multiple of the batch size ends with a short
 * batch, except with `wrap`, where the batch runs on into the next epoch (Caffe).
 */
#ifndef TIDEMARK_DATA_BATCH_H
#define TIDEMARK_DATA_BATCH_H

#include "core/data/dataset.h"

typedef enum BatchOrder { BATCH_SHUFFLED, BATCH_FILE_ORDER } BatchOrder;

typedef struct BatchPlan {
    const Dataset *set;
    size_t size;           /* images a batch; 0 = the whole set (full batch) */
    BatchOrder order;
    bool wrap;
    uint32_t seed;
    Real scale;            /* number = (byte - shift) * scale; 0 means 1/255 */
    const Real *shift;     /* dataset_pixels elements (a mean image), or NULL */
} BatchPlan;

typedef struct Batch {
    size_t count;          /* images in this batch */
    const Real *x;         /* count x pixels, channels innermost */
    const uint8_t *labels; /* count */
} Batch;

typedef struct Batches {
    BatchPlan plan;        /* with the defaults filled in */
    size_t per_epoch;      /* batches an epoch (rounded up; with wrap: rounded down, at least 1) */
    uint32_t *order;       /* the permutation of epoch `epoch`; NULL in file order */
    uint64_t epoch;
    Real *x;
    uint8_t *labels;
    uint8_t *bytes;        /* a planar image on its way to channels innermost */
    uint64_t held;         /* what x holds and need not be made again: the place in the endless */
    size_t held_count;     /* sequence of epochs where it begins, and the number of images */
} Batches;

/* Plans the buffers; they live in `arena`, and plan->set and plan->shift must live as long. */
void batches_init(Batches *batches, const BatchPlan *plan, Arena *arena);

/* Batch `iteration`; its arrays stay valid until the next call. */
Batch batches_get(Batches *batches, uint64_t iteration);

/* Images first ... first+count-1 of `set` (which may be another set of the same shape: a test set)
 * in file order, converted the same way: for evaluation.  count must not exceed `size`. */
Batch batches_slice(Batches *batches, const Dataset *set, size_t first, size_t count);

#endif
