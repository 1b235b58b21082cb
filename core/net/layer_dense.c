/* SPDX-License-Identifier: MIT
 *
 * Fully connected layers: y (n x units) = x (n x inputs) W (inputs x units) + b.
 * A tied layer uses another layer's W (units' x inputs' there) transposed: y = x W' + b; both add to
 * the one gradient, the later layer first, since it is reached first on the way back.
 */
#include "core/base/gemm.h"
#include "core/base/vec.h"
#include "core/net/layer.h"

static bool dense_shape(Layer *layer, Error *err) {
    if (layer->spec.units == 0)
        return error_set(err, "layer %zu: a dense layer needs units > 0", layer->index);
    layer->out = (Shape){1, 1, layer->spec.units};
    layer->weight_rows = shape_size(layer->in);
    layer->weight_columns = layer->spec.units;
    layer->bias_count = layer->spec.no_bias ? 0 : layer->spec.units;
    return true;
}

static void dense_forward(Net *net, Layer *layer, const Tile *tile, const Real *x, Real *y) {
    size_t inputs = shape_size(layer->in), units = layer->spec.units;
    gemm(&(Gemm){.form = layer->weights_shared ? GEMM_NT : GEMM_NN,
                 .m = tile->n, .n = units, .k = inputs,
                 .a = x, .lda = inputs,
                 .b = layer_weights(net, layer), .ldb = layer_stride(net, layer),
                 .bias = layer_bias(net, layer),
                 .skip_zeros = layer_reads_zeros(net, layer),
                 .c = y, .ldc = units});
}

static void input_gradient(const Net *net, const Layer *layer, const Tile *tile, const Real *dy,
                           Real *dx) {
    size_t inputs = shape_size(layer->in), units = layer->spec.units;
    bool tied = layer->weights_shared;
    gemm(&(Gemm){.form = tied ? GEMM_NN : GEMM_NT,
                 .m = tile->n, .n = inputs, .k = units,
                 .a = dy, .lda = units,
                 .b = layer_weights(net, layer), .ldb = layer_stride(net, layer),
                 .c = dx, .ldc = inputs});
}

/* What moves the layer's weights, inside net_descend. */
static NetStep step_of(const Net *net, const Layer *layer) {
    return net->steps[layer->weight_block];
}

/* Or, inside net_descend, the step against it. */
static void weight_gradient(Net *net, Layer *layer, const Tile *tile, const Real *x,
                            const Real *dy) {
    size_t inputs = shape_size(layer->in), units = layer->spec.units;
    bool tied = layer->weights_shared, moves = layer_moves_weights(net, layer);
    NetStep step = moves ? step_of(net, layer) : (NetStep){0, 0};
    gemm(&(Gemm){.form = GEMM_TN,
                 .m = tied ? units : inputs, .n = tied ? inputs : units, .k = tile->n,
                 .a = tied ? dy : x, .lda = tied ? units : inputs,
                 .b = tied ? x : dy, .ldb = tied ? inputs : units,
                 .add = !moves && layer_gradient_begun(net, layer),
                 .descend = moves, .rate = step.rate, .decay = step.decay,
                 .skip_zeros = layer_reads_zeros(net, layer),
                 .c = moves ? layer_weights(net, layer) : layer_weight_gradient(net, layer),
                 .ldc = layer_stride(net, layer)});
}

static void both(Net *net, Layer *layer, const Real *x, const Real *dy, Real *dx) {
    NetStep step = step_of(net, layer);
    gemm_back(&(GemmBack){.m = shape_size(layer->in), .n = layer->spec.units, .x = x, .dy = dy,
                          .w = layer_weights(net, layer), .ldw = layer_stride(net, layer), .dx = dx,
                          .rate = step.rate, .decay = step.decay});
}

static void dense_backward(Net *net, Layer *layer, const Tile *tile, const Real *x, const Real *y,
                           const Real *dy, Real *dx) {
    (void)y;
    if (dx && tile->n == 1 && layer_moves_weights(net, layer)) {
        both(net, layer, x, dy, dx);
    } else {
        if (dx) /* first: the weights may move */
            input_gradient(net, layer, tile, dy, dx);
        weight_gradient(net, layer, tile, x, dy);
    }
    if (layer->bias_count)
        vec_column_sums(dy, tile->n, layer->spec.units, layer_bias_gradient(net, layer), tile->add);
}

const LayerOps layer_dense = {.name = "dense", .shape = dense_shape, .forward = dense_forward,
                              .backward = dense_backward};
