/* SPDX-License-Identifier: MIT
 *
 * denoising.h - trains an autoencoder as the author of sources 000 and 003 did.
 *
 * An 'epoch' of his is 3 batches of 20 images, a thousandth of MNIST, in the order of digits.h.
 * Each pixel is set to 0 with probability `noise`, each hidden unit with probability `dropout`; an
 * update is one denoiser_step.  Weights start uniform in +-sqrt(6 / (visible + hidden + 1)), biases
 * at 0.  His random numbers are experiments/original_report's; here they are the lab's, from the
 * streams WEIGHTS, NOISE and DROPOUT of `seed` (cell 0), so that two trainings with one seed differ
 * by their settings alone.
 */
#ifndef TIDEMARK_STUDY_DENOISING_H
#define TIDEMARK_STUDY_DENOISING_H

#include "core/base/rng.h"
#include "core/study/digits.h"

enum { DENOISING_BATCH = 20, DENOISING_BATCHES = 3 /* an epoch */ };

typedef struct DenoisingSpec {
    const Digits *digits;  /* lives as long as the training */
    uint32_t seed;
    double noise, dropout; /* probabilities; 0 = none, and nothing is drawn */
} DenoisingSpec;

typedef struct Denoising {
    DenoisingSpec spec;
    Denoiser *net;
    Rng noise, dropout;
    /* of one batch */
    uint32_t images[DENOISING_BATCH], *words;
    Real *target, *noisy, *keep;
} Denoising;

/* The state before the first epoch: starts the net's weights too.  net->spec.batch is at least
 * DENOISING_BATCH and net->spec.visible is DIGIT_PIXELS; buffers live in `arena`. */
void denoising_start(Denoising *training, Denoiser *net, const DenoisingSpec *spec, Arena *arena);

/* Trains epoch `epoch` (0, 1, 2 ... in this order) with these rates for weights and biases. */
void denoising_epoch(Denoising *training, uint64_t epoch, double weight_rate, double bias_rate);

/* mask[0 ... n): 0 with probability `share`, else 1; takes n numbers from `rng`, into `words`. */
void denoising_mask(Rng *rng, uint32_t *words, double share, Real *mask, size_t n);

#endif
