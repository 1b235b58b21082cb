/* SPDX-License-Identifier: MIT
 *
 * denoiser.h - the denoising autoencoder: one hidden layer that restores damaged images.
 *
 *     noisy (n x V) --W, b--> code (n x H) --keep--> --D', c--> decoded (n x V)  against  target
 *
 *     code    = f(noisy W + b) keep        f: sigmoid or ReLU; keep: 0 or 1 a unit (dropout)
 *     decoded = g(code D' + c) H / kept    g: sigmoid or identity; kept: units an image has left
 *
 * W and D are V x H, a row an image pixel, a column a hidden unit: the weight image of unit j is
 * column j.  Tied weights (the default) make D the same array as W.  Dropout is made good by
 * scaling the OUTPUT, behind g, as np2lkoo's program of sources 000 and 003 does; `clip` cuts it
 * at 1.
 *
 * The error's derivative at the output is decoded - target: that of half the squared error behind
 * an identity, and of the cross-entropy behind a sigmoid.  Scaling and clipping are left out of it,
 * as there: with dropout it is a rule, without a gradient (tests/double_denoiser.c checks it).
 *     e = decoded - target                       n x V
 *     h = (e D + pull) f'(code) keep             n x H
 *     dW = noisy' h,  dD = e' code,  db = sums of h,  dc = sums of e;  tied: dW + dD
 * `pull` is what a penalty on the code adds: the sparse term.
 *
 * Noise and dropout come from outside as arrays, so that any random stream can serve.  All sums
 * over a batch are those of gemm.h and vec.h: the same bits on every machine.
 */
#ifndef TIDEMARK_NET_DENOISER_H
#define TIDEMARK_NET_DENOISER_H

#include "core/base/arena.h"
#include "core/base/real.h"
#include <stdbool.h>
#include <stddef.h>

typedef enum DenoiserUnit { DENOISER_SIGMOID, DENOISER_RELU, DENOISER_IDENTITY } DenoiserUnit;

typedef struct DenoiserSpec {
    size_t visible, hidden;
    size_t batch;          /* images at a time, at most */
    DenoiserUnit code;     /* SIGMOID or RELU */
    DenoiserUnit output;   /* SIGMOID or IDENTITY */
    bool untied;
    bool clip;             /* decoded images are cut at 1 */
    bool squared;          /* half the squared error behind a sigmoid: e is times y (1 - y) */
    /* Adds to `pull` (count x hidden) the derivative of a penalty by the code; NULL = none. */
    void (*penalty)(void *context, const Real *code, size_t count, Real *pull);
    void *context;
} DenoiserSpec;

/* The parameters lie in one block, [W, D unless tied, b, c], as any optimizer takes them. */
typedef struct Denoiser {
    DenoiserSpec spec;
    size_t weights, biases; /* how many; weights + biases is the block's length */
    Real *parameters;
    Real *encoder, *decoder, *code_bias, *output_bias; /* W, D, b, c inside it */
    /* of the last batch */
    Real *code;             /* n x hidden, behind dropout */
    Real *decoded;          /* n x visible, scaled and clipped */
    Real *error, *pull;     /* e and h above */
    Real *sums;             /* hidden + visible */
} Denoiser;

/* One batch: arrays of the caller's, valid during the call. */
typedef struct DenoiserBatch {
    size_t count;
    const Real *target; /* count x visible */
    const Real *noisy;  /* count x visible; NULL = target */
    const Real *keep;   /* count x hidden, 1 or 0; NULL = no dropout */
} DenoiserBatch;

/* All parameters are 0 at first; everything lives in `arena`. */
void denoiser_init(Denoiser *net, const DenoiserSpec *spec, Arena *arena);

/* Fills code and decoded. */
void denoiser_forward(Denoiser *net, const DenoiserBatch *batch);

/* After denoiser_forward of the same batch: adds weight_factor times the derivatives of the weights
 * and bias_factor times those of the biases, summed over the batch, to `into`, a block like
 * net->parameters.  It may be net->parameters itself: then this is the update.  `code` is spent. */
void denoiser_backward(Denoiser *net, const DenoiserBatch *batch, Real weight_factor,
                       Real bias_factor, Real *into);

/* Forward, backward and one step of gradient descent on the batch's mean, with rates of their own
 * for weights and biases.  `decoded` is that from before the step. */
void denoiser_step(Denoiser *net, const DenoiserBatch *batch, double weight_rate,
                   double bias_rate);

/* The squared error of the last denoiser_forward or _step, |decoded - target|^2 summed over the
 * batch. */
double denoiser_squared_error(const Denoiser *net, const DenoiserBatch *batch);

/* The cross-entropy of the last denoiser_forward, summed over the batch:
 * -(x log(y + eps) + (1 - x) log(1 - y + eps)) with eps = 1e-10, as the source prints its costs. */
double denoiser_cross_entropy(const Denoiser *net, const DenoiserBatch *batch);

#endif
