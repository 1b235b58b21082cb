/* SPDX-License-Identifier: MIT
 *
 * mlp.h - one trial of a search: a network with one hidden layer on digits, trained and scored.
 *
 * The data are cut as Bergstra & Bengio (2012) had them: training, validation and test images that
 * do not overlap, from the 70,000 of MNIST in the order of the files, plain or in a harder variant.
 * Whatever a search varies is a field of MlpSpec; everything a trial needs is in memory of its own
 * that is freed with it, so that one cell may run hundreds.
 */
#ifndef TIDEMARK_STUDY_MLP_H
#define TIDEMARK_STUDY_MLP_H

#include "core/data/synth.h"
#include "core/net/net.h"

typedef struct MlpData {
    Dataset training, validation, test;
} MlpData;

/* Images 0 ... training-1, the next `validation`, and `test` from number 12,000 on (at most 58,000:
 * the last 10,000 are MNIST's test set). */
bool mlp_data(MlpData *data, SynthKind kind, size_t training, size_t validation, size_t test,
              Arena *arena, Error *err);

typedef struct MlpSpec {
    size_t hidden, batch, passes;
    LayerKind unit;         /* LAYER_SIGMOID, LAYER_TANH, LAYER_RELU */
    Init init[2];           /* of the hidden and of the output layer */
    double rate;
    uint64_t hold;          /* rate t0 / max(t, t0) after t0 = `hold` updates; 0 = constant rate */
    double momentum, weight_decay, dropout; /* dropout: share of hidden units */
    bool early_stop;        /* at pass p if the best validation score was before p / 2 (6.1) */
    uint32_t seed;
} MlpSpec;

typedef struct MlpOutcome {
    double validation, test; /* accuracy after the pass that was best on validation */
    size_t passes;           /* trained */
    const char *status;      /* "ok" or "diverged"; scores of a diverged one are those before */
} MlpOutcome;

/* A training that diverged before its first pass ended has both scores 1/10 (a guess). */
bool mlp_train(const MlpSpec *spec, const MlpData *data, MlpOutcome *outcome, Error *err);

#endif
