/* SPDX-License-Identifier: MIT
 *
 * net.h - feed-forward networks: layers in a row, a loss at the end, one plan of buffers.
 *
 * A network is described by an array of LayerSpec and planned once for a largest batch: all
 * activations, gradients and parameters are allocated then, and nothing afterwards.  A layer sees the
 * whole minibatch: count x (height x width x channels), channels innermost; a flat layer of u units
 * is 1 x 1 x u.  All parameters lie in one vector (`weights`), their gradients in another of the same
 * layout (`gradients`), described by blocks.
 *
 *     static const LayerSpec mlp[] = {
 *         {.kind = LAYER_DENSE, .units = 128, .init = {INIT_HE}},
 *         {.kind = LAYER_RELU},
 *         {.kind = LAYER_DENSE, .units = 10, .init = {INIT_XAVIER}},
 *         {.kind = LAYER_END}};
 *     Net *net = net_create(&(NetSpec){.height = 28, .width = 28, .channels = 1, .layers = mlp,
 *                                      .loss = LOSS_CROSS_ENTROPY, .max_batch = 100}, arena, err);
 *     net_initialise(net, seed);
 *     double loss = net_gradient(net, batch.x, (Target){.labels = batch.labels}, batch.count);
 *     optimizer_step(&optimizer, net, rate, -1);
 *
 * Inside, a batch goes through all layers in tiles of a few examples, forward and backward, so that
 * activations stay in the cache; every sum over the batch goes on from tile to tile in the order of
 * the examples, so the bits do not depend on the tile.
 */
#ifndef TIDEMARK_NET_NET_H
#define TIDEMARK_NET_NET_H

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/real.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- initial weights: stream WEIGHTS, cell = index of the layer ---- */
typedef enum InitKind {
    INIT_DEFAULT,     /* Xavier */
    INIT_ZERO,
    INIT_ALTERNATING, /* -a, +a, -a, ... row by row (weights, then biases); a = scale, 0 means 1 */
    INIT_UNIFORM,     /* U(-a, a), a = scale */
    INIT_GAUSSIAN,    /* N(0, scale^2) */
    INIT_XAVIER,      /* U(-a, a), a = sqrt(6 / (fan_in + fan_out)); Glorot & Bengio 2010, eq. 16 */
    INIT_HE,          /* N(0, 2 / fan_in); He et al. 2015, eq. 10 */
    INIT_FAN_IN,      /* U(-a, a), a = 1 / sqrt(fan_in): PyTorch's default for weights */
    INIT_FAN_OUT_ONE, /* U(-a, a), a = sqrt(6 / (fan_in + fan_out + 1)): UFLDL, np2LKoo */
} InitKind;

typedef struct Init {
    InitKind kind;
    double scale;
} Init;

/* ---- layers ---- */
typedef enum LayerKind {
    LAYER_END, /* closes an array of specs */
    LAYER_DENSE,
    LAYER_CONV,
    LAYER_MAX_POOL,
    LAYER_AVERAGE_POOL,
    LAYER_LRN,        /* local response normalisation within channels (Caffe) */
    LAYER_BATCH_NORM, /* per channel, without scale and shift (Caffe) */
    LAYER_SIGMOID,
    LAYER_TANH,
    LAYER_RELU,
    LAYER_LINEAR,     /* the identity, where a table of activations wants one */
    LAYER_DROPOUT,    /* y = x mask / (1 - share); stream DROPOUT, cell = layer index */
    LAYER_MASK,       /* y = x mask, without the scaling: masking noise of denoising autoencoders */
    LAYER_KINDS        /* how many there are */
} LayerKind;

typedef struct LayerSpec {
    LayerKind kind;
    size_t units;        /* dense, conv: outputs or output channels */
    size_t kernel, stride, pad; /* conv, pooling; stride 0 means 1 */
    Init init;           /* weights of dense and conv */
    double bias;         /* initial bias */
    bool no_bias;
    size_t tied;         /* dense: 1 + index of the dense layer whose weights, transposed, are used; 0 = own */
    double share;        /* dropout, mask: share of zeros, 0 <= share < 1 */
    size_t lrn_size;     /* LRN: window */
    double lrn_alpha, lrn_beta;
    double norm_epsilon, norm_fraction; /* batch norm: epsilon (0 = 1e-5), moving average fraction
                                           (0 = 0.999) */
    /* multipliers of rate and weight decay for weights and biases; 0 means 1 */
    double rate_weights, rate_bias, decay_weights, decay_bias;
    bool no_decay_weights, no_decay_bias; /* a multiplier of 0 */
} LayerSpec;

typedef enum LossKind {
    LOSS_SQUARED,        /* 1/2 sum (y - t)^2, mean over the batch */
    LOSS_CROSS_ENTROPY,  /* softmax and cross-entropy on logits, mean over the batch; class labels */
    LOSS_BINARY_CROSS_ENTROPY, /* sigmoid and cross-entropy on logits against targets in [0, 1],
                                  summed over outputs, mean over the batch */
} LossKind;

typedef struct NetSpec {
    size_t height, width, channels; /* of an input */
    const LayerSpec *layers;        /* ends with LAYER_END */
    LossKind loss;
    size_t max_batch;
    size_t tile;     /* examples a tile; 0 = as many as fit a second-level cache */
    bool full_inputs; /* hardly an input is 0: the first layer looks for none (faster, the same bits) */
    bool padded;     /* rows of dense weights longer than a cache line begin on one (faster; the
                        same bits, unless gradients are clipped: their norm is summed in other parts) */
    bool keep;       /* whole batch at once, every layer in a buffer of its own: net_layer_output and
                        net_layer_delta then hold all activations and gradients (watch.h) */
} NetSpec;

/* ---- parameters ---- */
typedef struct ParamBlock {
    size_t offset, count;  /* in weights and gradients: count = rows x stride */
    size_t rows, columns;  /* dense: inputs x units; conv: (kernel^2 channels) x units; bias: 1 x units */
    size_t stride;         /* from row to row: columns, or more with spec.padded; what is between is 0 */
    size_t layer;
    bool is_bias;
    double rate, decay;    /* multipliers */
} ParamBlock;

/* One step of plain gradient descent of a block: w -= rate (g + decay w), as vec_update_sgd. */
typedef struct NetStep {
    Real rate, decay;
} NetStep;

typedef enum NetMode { NET_TRAIN, NET_TEST } NetMode;

typedef struct Layer Layer; /* layer.h */

/* What outputs are measured against: class labels (count) or target values (count x outputs). */
typedef struct Target {
    const uint8_t *labels;
    const Real *values;
} Target;

typedef struct Net {
    NetSpec spec;            /* with `tile` as chosen */
    Layer *layers;
    size_t count;            /* layers */
    size_t inputs, outputs;  /* elements of one example */
    ParamBlock *blocks;
    size_t block_count;
    size_t parameters;       /* elements of weights and of gradients */
    Real *weights, *gradients;
    const NetStep *steps;    /* inside net_descend, where dense layers may move their own weights */
    Real *state;             /* what training changes besides weights (running statistics) */
    size_t state_count;
    uint32_t seed;
    uint64_t pass;           /* training passes so far: where the dropout streams stand */
    Real *output;            /* of the last pass: count x outputs, logits for cross-entropy */
    Real *losses;            /* per example of the last pass with a loss */
    size_t correct;          /* examples of the last pass whose class was right */
    Real *delta;             /* loss gradient at the outputs of one tile */
    Real *work[2];           /* gradients between layers, of one tile */
} Net;

/* Plans a network in `arena`; weights are zero.  NULL on a spec that fits nowhere (a kernel larger
 * than its image, tied weights of another shape, ...), with the layer's index in the sentence. */
Net *net_create(const NetSpec *spec, Arena *arena, Error *err);

/* Initial weights and biases, state and the key of the dropout streams; pass = 0. */
void net_initialise(Net *net, uint32_t seed);

/* Forward pass of `count` <= max_batch examples.  Returns the outputs (count x outputs). */
const Real *net_forward(Net *net, const Real *x, size_t count, NetMode mode);

/* Forward pass and mean loss over the batch; sets losses and correct. */
double net_loss(Net *net, const Real *x, Target target, size_t count, NetMode mode);

/* Forward pass in training mode, mean loss, and its gradients into net->gradients. */
double net_gradient(Net *net, const Real *x, Target target, size_t count);

/* Gradient and plain descent in one: leaves in `weights`, to the bit, what net_gradient and then
 * steps[b] for every block b would, and returns the same loss; nothing moves unless loss <= bound.
 * Where the batch is one tile, the gradients of dense layers with weights of their own stay in
 * registers (Gemm.descend), and `gradients` holds nothing of use afterwards. */
double net_descend(Net *net, const Real *x, Target target, size_t count, const NetStep *steps,
                   double bound);

/* Shape of a layer's output: elements of one example. */
size_t net_layer_outputs(const Net *net, size_t layer);

/* With spec.keep: activations of a layer in the last pass, and the loss gradient with respect to
 * them after net_gradient (count x net_layer_outputs). */
const Real *net_layer_output(const Net *net, size_t layer);
const Real *net_layer_delta(const Net *net, size_t layer);

/* The block of a layer's weights or biases; NULL if it has none. */
const ParamBlock *net_block(const Net *net, size_t layer, bool bias);

/* Floating-point operations (2 x multiply-adds) of one training step per example: forward, weight
 * gradients, input gradients except at the data. */
double net_train_flops(const Net *net);

#endif
