/* SPDX-License-Identifier: MIT */
#include "core/net/layer.h"

const LayerOps *layer_ops(LayerKind kind) {
    static const LayerOps *const ops[LAYER_KINDS] = {
        [LAYER_DENSE] = &layer_dense,
        [LAYER_CONV] = &layer_conv,
        [LAYER_MAX_POOL] = &layer_max_pool,
        [LAYER_AVERAGE_POOL] = &layer_average_pool,
        [LAYER_LRN] = &layer_lrn,
        [LAYER_BATCH_NORM] = &layer_batch_norm,
        [LAYER_SIGMOID] = &layer_sigmoid,
        [LAYER_TANH] = &layer_tanh,
        [LAYER_RELU] = &layer_relu,
        [LAYER_LINEAR] = &layer_linear,
        [LAYER_DROPOUT] = &layer_dropout,
        [LAYER_MASK] = &layer_mask,
    };
    return kind > LAYER_END && kind < LAYER_KINDS ? ops[kind] : NULL;
}

static Real *block_of(const Net *net, Real *vector, size_t block) {
    return block == NO_BLOCK ? NULL : vector + net->blocks[block].offset;
}

Real *layer_weights(const Net *net, const Layer *layer) {
    return block_of(net, net->weights, layer->weight_block);
}

size_t layer_stride(const Net *net, const Layer *layer) {
    return net->blocks[layer->weight_block].stride;
}

Real *layer_weight_gradient(const Net *net, const Layer *layer) {
    return block_of(net, net->gradients, layer->weight_block);
}

Real *layer_bias(const Net *net, const Layer *layer) {
    return block_of(net, net->weights, layer->bias_block);
}

Real *layer_bias_gradient(const Net *net, const Layer *layer) {
    return block_of(net, net->gradients, layer->bias_block);
}

bool layer_moves_weights(const Net *net, const Layer *layer) {
    return net->steps && layer->spec.kind == LAYER_DENSE && !layer->weights_shared &&
           !layer->weights_lent;
}

bool layer_gradient_begun(Net *net, Layer *layer) {
    Layer *owner = &net->layers[net->blocks[layer->weight_block].layer];
    bool begun = !owner->gradient_fresh;
    owner->gradient_fresh = false;
    return begun;
}
