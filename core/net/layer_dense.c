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
                 .b = layer_weights(net, layer), .ldb = layer->weights_shared ? inputs : units,
                 .bias = layer_bias(net, layer),
                 .skip_zeros = layer_reads_data(layer),
                 .c = y, .ldc = units});
}

/* The rows of W that belong to some of the layer's inputs. */
typedef struct Part {
    size_t first, inputs;
} Part;

static void input_gradient(const Net *net, const Layer *layer, const Tile *tile, Part part,
                           const Real *dy, Real *dx) {
    size_t inputs = shape_size(layer->in), units = layer->spec.units;
    bool tied = layer->weights_shared;
    gemm(&(Gemm){.form = tied ? GEMM_NN : GEMM_NT,
                 .m = tile->n, .n = part.inputs, .k = units,
                 .a = dy, .lda = units,
                 .b = layer_weights(net, layer) + part.first * (tied ? 1 : units),
                 .ldb = tied ? inputs : units,
                 .c = dx + part.first, .ldc = inputs});
}

/* Or, inside net_descend, the step against it. */
static void weight_gradient(Net *net, Layer *layer, const Tile *tile, Part part, const Real *x,
                            const Real *dy) {
    size_t inputs = shape_size(layer->in), units = layer->spec.units;
    bool tied = layer->weights_shared, moves = layer_moves_weights(net, layer);
    NetStep step = moves ? net->steps[layer->weight_block] : (NetStep){0, 0};
    Real *c = moves ? layer_weights(net, layer) : layer_weight_gradient(net, layer);
    x += part.first;
    gemm(&(Gemm){.form = GEMM_TN,
                 .m = tied ? units : part.inputs, .n = tied ? part.inputs : units, .k = tile->n,
                 .a = tied ? dy : x, .lda = tied ? units : inputs,
                 .b = tied ? x : dy, .ldb = tied ? inputs : units,
                 .add = !moves && layer_gradient_begun(net, layer),
                 .descend = moves, .rate = step.rate, .decay = step.decay,
                 .skip_zeros = layer_reads_data(layer),
                 .c = c + part.first * (tied ? 1 : units), .ldc = tied ? inputs : units});
}

/* One example reads W for dx and moves it: done part by part, it comes into the first-level cache
 * once.  (Larger batches would read dy as often as there are parts.) */
static size_t inputs_at_a_time(const Net *net, const Layer *layer, const Tile *tile) {
    enum { PART_BYTES = 28 * 1024, COLUMNS = 4 /* of gemm_dot.isa.c */ };
    if (tile->n > 1 || !layer_moves_weights(net, layer))
        return shape_size(layer->in);
    size_t inputs = PART_BYTES / sizeof(Real) / layer->spec.units;
    return inputs < COLUMNS ? COLUMNS : inputs - inputs % COLUMNS;
}

static void dense_backward(Net *net, Layer *layer, const Tile *tile, const Real *x, const Real *y,
                           const Real *dy, Real *dx) {
    (void)y;
    size_t inputs = shape_size(layer->in), most = dx ? inputs_at_a_time(net, layer, tile) : inputs;
    for (Part part = {0, 0}; part.first < inputs; part.first += part.inputs) {
        part.inputs = inputs - part.first < most ? inputs - part.first : most;
        if (dx) /* first: the weights may move */
            input_gradient(net, layer, tile, part, dy, dx);
        weight_gradient(net, layer, tile, part, x, dy);
    }
    if (layer->bias_count)
        vec_column_sums(dy, tile->n, layer->spec.units, layer_bias_gradient(net, layer), tile->add);
}

const LayerOps layer_dense = {.name = "dense", .shape = dense_shape, .forward = dense_forward,
                              .backward = dense_backward};
