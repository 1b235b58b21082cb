/* SPDX-License-Identifier: MIT
 *
 * ensemble.h - several classifiers asked together (CS231n, "Model Ensembles": "train multiple
 * independent models, and at test time average their predictions").
 *
 *     Real *p = arena_new(arena, Real, set->count * set->classes);
 *     Ensemble ensemble;
 *     ensemble_init(&ensemble, set, arena);
 *     for (each model) {
 *         ensemble_predict(&trainer, set, p);      (predictions kept are models kept)
 *         ensemble_add(&ensemble, p);
 *     }
 *     EnsembleScore score = ensemble_score(&ensemble);
 *
 * Predictions are count x classes, rows in the order of the set.  Models are added in double, in
 * the order of the calls.  The running average of one training's parameters is in study/watch.h.
 */
#ifndef TIDEMARK_LEARN_ENSEMBLE_H
#define TIDEMARK_LEARN_ENSEMBLE_H

#include "core/learn/train.h"

/* The class probabilities (softmax, in test mode) of every image of `set` by the trainer's present
 * weights.  Dies for a net that is not trained with cross-entropy on as many classes. */
void ensemble_predict(Trainer *trainer, const Dataset *set, Real *probabilities);

typedef struct Ensemble {
    const Dataset *set;
    size_t models;
    double *sums;    /* of the models' probabilities, count x classes */
    uint32_t *votes; /* count x classes */
} Ensemble;

void ensemble_init(Ensemble *ensemble, const Dataset *set, Arena *arena); /* with no models */
void ensemble_clear(Ensemble *ensemble);
void ensemble_add(Ensemble *ensemble, const Real *probabilities);

typedef struct EnsembleScore {
    double loss;     /* mean of -log of the mean probability of the right class; a probability below
                        2^-126, the smallest of a float, counts as that */
    double accuracy; /* of the class with the largest mean probability, the first of equals */
    double vote;     /* accuracy of the class most models choose; of equals that with the larger
                        mean probability, then the first */
} EnsembleScore;

/* Dies without a model. */
EnsembleScore ensemble_score(const Ensemble *ensemble);

/* Variety: the share of images of which two models choose different classes. */
double ensemble_disagreement(const Dataset *set, const Real *a, const Real *b);

#endif
