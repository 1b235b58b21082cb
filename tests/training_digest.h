/* SPDX-License-Identifier: MIT
 *
 * training_digest.h - whole training steps as one number: every layer, loss and optimizer.
 *
 * The nets of Caffe and a small denoising autoencoder take a few steps on random inputs, in tiles
 * that do not divide the batch; the bits of weights, state and losses are hashed.  With
 * engine_digest.h it covers all that a driver computes, at a cost that an emulator can bear.
 */
#ifndef TIDEMARK_TESTS_TRAINING_DIGEST_H
#define TIDEMARK_TESTS_TRAINING_DIGEST_H

#include "core/learn/optimizer.h"
#include "core/net/caffe.h"
#include "tests/engine_digest.h"

/* Steps on one batch; the targets of a net without classes are its inputs. */
static inline void digest_steps(Digest *d, const NetSpec *spec, const OptimizerSpec *rule,
                                double rate, int steps) {
    Error err;
    Arena *arena = arena_create();
    Net *net = net_create(spec, arena, &err);
    if (!net)
        die("%s", err.text);
    net_initialise(net, 3);
    Optimizer optimizer;
    optimizer_init(&optimizer, rule, net, arena);
    bool classes = spec->loss == LOSS_CROSS_ENTROPY;
    Real *x = digest_numbers(d, spec->max_batch * net->inputs, classes ? 100 : 1);
    uint8_t labels[16];
    for (size_t i = 0; i < sizeof labels; i++)
        labels[i] = (uint8_t)rng_below(&d->rng, 10);
    for (size_t i = 0; i < spec->max_batch * net->inputs && !classes; i++)
        x[i] = x[i] < 0 ? 0 : x[i]; /* targets from 0 to 1, and zeros to skip */
    Target target = classes ? (Target){.labels = labels} : (Target){.values = x};
    for (int step = 0; step < steps; step++) {
        double loss = net_gradient(net, x, target, spec->max_batch);
        if (!isfinite(loss))
            die("step %d gives no number: the digest would say nothing", step);
        digest_double(d, loss);
        optimizer_step(&optimizer, net, rate, -1);
    }
    digest_double(d, net_loss(net, x, target, spec->max_batch, NET_TEST));
    digest_array(d, net->weights, net->parameters);
    digest_array(d, net->state, net->state_count);
    free(x);
    arena_destroy(arena);
}

static inline uint64_t digest_caffe(void) {
    static const OptimizerSpec rules[CAFFE_NETS] = {
        [CAFFE_FULL] = {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9, .rate_inside = true,
                        .weight_decay = 0.004, .decay_biases = true},
        [CAFFE_QUICK] = {.method = OPTIMIZER_NESTEROV, .momentum = 0.9, .rate_inside = true},
        [CAFFE_SIGMOID] = {.method = OPTIMIZER_ADAM, .momentum = 0.9},
        [CAFFE_SIGMOID_BN] = {.method = OPTIMIZER_ADADELTA, .momentum = 0.95, .epsilon = 1e-5}};
    Digest d = digest_begin(5);
    for (CaffeNet net = 0; net < CAFFE_NETS; net++)
        digest_steps(&d, &(NetSpec){.height = 32, .width = 32, .channels = 3, .max_batch = 3,
                                    .layers = caffe_layers(net), .loss = LOSS_CROSS_ENTROPY,
                                    .tile = 2}, &rules[net], 0.001, 2);
    return d.hash;
}

static inline uint64_t digest_autoencoder(void) {
    static const LayerSpec layers[] = {
        {.kind = LAYER_MASK, .share = 0.2},
        {.kind = LAYER_DENSE, .units = 21, .init = {INIT_HE, 0}},
        {.kind = LAYER_TANH},
        {.kind = LAYER_DROPOUT, .share = 0.3},
        {.kind = LAYER_DENSE, .units = 150, .tied = 2},
        {.kind = LAYER_END}};
    static const OptimizerSpec rules[] = {
        {.method = OPTIMIZER_SGD, .clip_value = 0.01},
        {.method = OPTIMIZER_MOMENTUM, .momentum = 0.5, .clip_norm = 0.1},
        {.method = OPTIMIZER_NESTEROV, .momentum = 0.9, .weight_decay = 0.01},
        {.method = OPTIMIZER_ADAGRAD},
        {.method = OPTIMIZER_RMSPROP, .bias_rate = 2},
        {.method = OPTIMIZER_ADAM, .momentum = 0.9, .adam_hat = true},
        {.method = OPTIMIZER_ADADELTA, .momentum = 0.95}};
    Digest d = digest_begin(6);
    for (size_t rule = 0; rule < sizeof rules / sizeof *rules; rule++)
        for (size_t batch = 1; batch <= 15; batch += 14)
            digest_steps(&d, &(NetSpec){.height = 1, .width = 1, .channels = 150, .layers = layers,
                                        .loss = rule % 2 ? LOSS_SQUARED : LOSS_BINARY_CROSS_ENTROPY,
                                        .max_batch = batch, .tile = 4}, &rules[rule], 0.01, 4);
    return d.hash;
}

#endif
