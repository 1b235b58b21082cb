/* SPDX-License-Identifier: MIT */
#include "core/learn/ensemble.h"

#include "core/base/exact.h"
#include "core/base/vec.h"

#include <string.h>

static const double SMALLEST = 0x1p-126;

void ensemble_predict(Trainer *trainer, const Dataset *set, Real *probabilities) {
    Net *net = trainer->spec.net;
    if (net->spec.loss != LOSS_CROSS_ENTROPY || net->outputs != set->classes)
        die("ensemble: a net of %zu outputs predicts no probabilities of %zu classes",
            net->outputs, set->classes);
    for (size_t first = 0; first < set->count; first += net->spec.max_batch) {
        size_t left = set->count - first;
        size_t count = left < net->spec.max_batch ? left : net->spec.max_batch;
        Batch batch = batches_slice(&trainer->batches, set, first, count);
        const Real *logits = net_forward(net, batch.x, count, NET_TEST);
        vec_softmax_cross_entropy(logits, batch.labels, count, set->classes,
                                  probabilities + first * set->classes, net->losses);
    }
}

void ensemble_init(Ensemble *ensemble, const Dataset *set, Arena *arena) {
    size_t n = set->count * set->classes;
    *ensemble = (Ensemble){.set = set, .sums = arena_new(arena, double, n),
                           .votes = arena_new(arena, uint32_t, n)};
}

void ensemble_clear(Ensemble *ensemble) {
    size_t n = ensemble->set->count * ensemble->set->classes;
    memset(ensemble->sums, 0, n * sizeof *ensemble->sums);
    memset(ensemble->votes, 0, n * sizeof *ensemble->votes);
    ensemble->models = 0;
}

/* The class chosen: the first of the largest. */
static size_t chosen(const Real *p, size_t classes) {
    size_t best = 0;
    for (size_t c = 1; c < classes; c++)
        best = p[c] > p[best] ? c : best;
    return best;
}

void ensemble_add(Ensemble *ensemble, const Real *probabilities) {
    size_t count = ensemble->set->count, classes = ensemble->set->classes;
    for (size_t i = 0; i < count * classes; i++)
        ensemble->sums[i] += (double)probabilities[i];
    for (size_t i = 0; i < count; i++)
        ensemble->votes[i * classes + chosen(probabilities + i * classes, classes)]++;
    ensemble->models++;
}

static size_t chosen_by_mean(const double *sums, size_t classes) {
    size_t best = 0;
    for (size_t c = 1; c < classes; c++)
        best = sums[c] > sums[best] ? c : best;
    return best;
}

static size_t chosen_by_vote(const uint32_t *votes, const double *sums, size_t classes) {
    size_t best = 0;
    for (size_t c = 1; c < classes; c++)
        if (votes[c] > votes[best] || (votes[c] == votes[best] && sums[c] > sums[best]))
            best = c;
    return best;
}

EnsembleScore ensemble_score(const Ensemble *ensemble) {
    const Dataset *set = ensemble->set;
    size_t classes = set->classes, right = 0, right_vote = 0;
    double loss = 0, n = (double)set->count;
    if (ensemble->models == 0)
        die("ensemble: no model was added");
    for (size_t i = 0; i < set->count; i++) {
        const double *sums = ensemble->sums + i * classes;
        double p = sums[set->labels[i]] / (double)ensemble->models;
        loss -= exact_log(p > SMALLEST ? p : SMALLEST);
        right += chosen_by_mean(sums, classes) == set->labels[i];
        right_vote +=
            chosen_by_vote(ensemble->votes + i * classes, sums, classes) == set->labels[i];
    }
    return (EnsembleScore){loss / n, (double)right / n, (double)right_vote / n};
}

double ensemble_disagreement(const Dataset *set, const Real *a, const Real *b) {
    size_t classes = set->classes, apart = 0;
    for (size_t i = 0; i < set->count; i++)
        apart += chosen(a + i * classes, classes) != chosen(b + i * classes, classes);
    return (double)apart / (double)set->count;
}
