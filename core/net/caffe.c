/* SPDX-License-Identifier: MIT */
#include "core/net/caffe.h"

#define CONV(units_, sd, ...)                                                                      \
    {.kind = LAYER_CONV, .units = (units_), .kernel = 5, .pad = 2, .init = {INIT_GAUSSIAN, (sd)},  \
     __VA_ARGS__}
#define MAX_POOL {.kind = LAYER_MAX_POOL, .kernel = 3, .stride = 2}
#define AVERAGE_POOL {.kind = LAYER_AVERAGE_POOL, .kernel = 3, .stride = 2}
#define RELU {.kind = LAYER_RELU}
#define SIGMOID {.kind = LAYER_SIGMOID}
#define LRN {.kind = LAYER_LRN, .lrn_size = 3, .lrn_alpha = 5e-5, .lrn_beta = 0.75}
#define BATCH_NORM {.kind = LAYER_BATCH_NORM, .norm_epsilon = 1e-5, .norm_fraction = 0.999}
#define DENSE(units_, sd, ...)                                                                     \
    {.kind = LAYER_DENSE, .units = (units_), .init = {INIT_GAUSSIAN, (sd)}, __VA_ARGS__}
#define END {.kind = LAYER_END}

/* conv3 has no param blocks in the prototxt: its biases learn at the weights' rate. */
static const LayerSpec full[] = {
    CONV(32, 1e-4, .rate_bias = 2), MAX_POOL, RELU, LRN,
    CONV(32, 0.01, .rate_bias = 2), RELU, AVERAGE_POOL, LRN,
    CONV(64, 0.01, .rate_bias = 1), RELU, AVERAGE_POOL,
    DENSE(10, 0.01, .rate_bias = 2, .decay_weights = 250, .no_decay_bias = true), END};

static const LayerSpec quick[] = {
    CONV(32, 1e-4, .rate_bias = 2), MAX_POOL, RELU,
    CONV(32, 0.01, .rate_bias = 2), RELU, AVERAGE_POOL,
    CONV(64, 0.01, .rate_bias = 2), RELU, AVERAGE_POOL,
    DENSE(64, 0.1, .rate_bias = 2), DENSE(10, 0.1, .rate_bias = 2), END};

static const LayerSpec sigmoid[] = {
    CONV(32, 1e-4, .rate_bias = 2), MAX_POOL, SIGMOID,
    CONV(32, 0.01, .rate_bias = 2), SIGMOID, AVERAGE_POOL,
    CONV(64, 0.01, .rate_bias = 1), SIGMOID, AVERAGE_POOL,
    DENSE(10, 0.01, .rate_bias = 2, .no_decay_weights = true, .no_decay_bias = true), END};

static const LayerSpec sigmoid_bn[] = {
    CONV(32, 1e-4, .no_bias = true), MAX_POOL, BATCH_NORM, SIGMOID,
    CONV(32, 0.01, .no_bias = true), BATCH_NORM, SIGMOID, AVERAGE_POOL,
    CONV(64, 0.01, .no_bias = true), BATCH_NORM, SIGMOID, AVERAGE_POOL,
    DENSE(10, 0.01, .no_decay_bias = true), END};

static const struct {
    const char *name;
    const LayerSpec *layers;
} nets[CAFFE_NETS] = {
    [CAFFE_FULL] = {"cifar10_full", full},
    [CAFFE_QUICK] = {"cifar10_quick", quick},
    [CAFFE_SIGMOID] = {"cifar10_full_sigmoid", sigmoid},
    [CAFFE_SIGMOID_BN] = {"cifar10_full_sigmoid_bn", sigmoid_bn},
};

const char *caffe_name(CaffeNet net) {
    return nets[net].name;
}

const LayerSpec *caffe_layers(CaffeNet net) {
    return nets[net].layers;
}
