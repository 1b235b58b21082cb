/* SPDX-License-Identifier: MIT
 *
 * Layers that see an image: convolution, pooling, normalisation.  The arithmetic is in conv.h and
 * image.h; here it gets its shapes, its parameters and its place in the network.
 */
#include "core/base/conv.h"
#include "core/net/image.h"
#include "core/net/layer.h"

/* ---- convolution ---- */
static ConvShape conv_shape_of(const Layer *layer) {
    return (ConvShape){.height = layer->in.height, .width = layer->in.width,
                       .in = layer->in.channels, .kernel = layer->spec.kernel,
                       .stride = layer->spec.stride, .pad = layer->spec.pad,
                       .out = layer->spec.units};
}

static bool window_fits(const Layer *layer, Error *err) {
    const LayerSpec *s = &layer->spec;
    size_t smaller = layer->in.height < layer->in.width ? layer->in.height : layer->in.width;
    if (s->kernel == 0 || s->kernel > smaller + 2 * s->pad || s->pad >= s->kernel)
        return error_set(err, "layer %zu: a window of %zu with padding %zu does not fit an image of "
                         "%zu x %zu", layer->index, s->kernel, s->pad, layer->in.height,
                         layer->in.width);
    return true;
}

static bool conv_shape(Layer *layer, Error *err) {
    if (layer->spec.units == 0)
        return error_set(err, "layer %zu: a convolution needs units > 0", layer->index);
    if (!window_fits(layer, err))
        return false;
    ConvShape shape = conv_shape_of(layer);
    layer->out = (Shape){conv_out_height(&shape), conv_out_width(&shape), shape.out};
    layer->weight_rows = shape.kernel * shape.kernel * shape.in;
    layer->weight_columns = shape.out;
    layer->bias_count = layer->spec.no_bias ? 0 : shape.out;
    return true;
}

static void conv_layer_forward(Net *net, Layer *layer, const Tile *tile, const Real *x, Real *y) {
    ConvShape shape = conv_shape_of(layer);
    conv_forward(&shape, tile->n, x, layer_weights(net, layer), layer_bias(net, layer), y);
}

static void conv_layer_backward(Net *net, Layer *layer, const Tile *tile, const Real *x,
                                const Real *y, const Real *dy, Real *dx) {
    (void)y;
    ConvShape shape = conv_shape_of(layer);
    conv_backward_weights(&shape, tile->n, x, dy, layer_weight_gradient(net, layer),
                          layer_bias_gradient(net, layer), tile->add);
    if (dx)
        conv_backward_input(&shape, tile->n, dy, layer_weights(net, layer), dx);
}

const LayerOps layer_conv = {.name = "conv", .shape = conv_shape, .forward = conv_layer_forward,
                             .backward = conv_layer_backward};

/* ---- pooling ---- */
static PoolShape pool_shape_of(const Layer *layer) {
    return (PoolShape){.height = layer->in.height, .width = layer->in.width,
                       .channels = layer->in.channels, .kernel = layer->spec.kernel,
                       .stride = layer->spec.stride, .pad = layer->spec.pad};
}

static bool pool_shape(Layer *layer, Error *err) {
    if (!window_fits(layer, err))
        return false;
    PoolShape shape = pool_shape_of(layer);
    layer->out =
        (Shape){image_pool_out_height(&shape), image_pool_out_width(&shape), shape.channels};
    return true;
}

/* A maximum's place in its window is kept as one byte. */
static bool max_pool_shape(Layer *layer, Error *err) {
    if (!pool_shape(layer, err))
        return false;
    if (layer->spec.kernel > 15)
        return error_set(err, "layer %zu: a pooling window of at most 15 expected, not %zu",
                         layer->index, layer->spec.kernel);
    layer->kept_count = (shape_size(layer->out) + sizeof(Real) - 1) / sizeof(Real);
    return true;
}

static void max_pool_forward(Net *net, Layer *layer, const Tile *tile, const Real *x, Real *y) {
    (void)net;
    PoolShape shape = pool_shape_of(layer);
    image_max_pool_forward(&shape, tile->n, x, y, (uint8_t *)layer->kept);
}

static void max_pool_backward(Net *net, Layer *layer, const Tile *tile, const Real *x,
                              const Real *y, const Real *dy, Real *dx) {
    (void)net, (void)x, (void)y;
    PoolShape shape = pool_shape_of(layer);
    if (dx)
        image_max_pool_backward(&shape, tile->n, (const uint8_t *)layer->kept, dy, dx);
}

const LayerOps layer_max_pool = {.name = "max pool", .shape = max_pool_shape,
                                 .forward = max_pool_forward, .backward = max_pool_backward};

static void average_pool_forward(Net *net, Layer *layer, const Tile *tile, const Real *x,
                                 Real *y) {
    (void)net;
    PoolShape shape = pool_shape_of(layer);
    image_average_pool_forward(&shape, tile->n, x, y);
}

static void average_pool_backward(Net *net, Layer *layer, const Tile *tile, const Real *x,
                                  const Real *y, const Real *dy, Real *dx) {
    (void)net, (void)x, (void)y;
    PoolShape shape = pool_shape_of(layer);
    if (dx)
        image_average_pool_backward(&shape, tile->n, dy, dx);
}

const LayerOps layer_average_pool = {.name = "average pool", .shape = pool_shape,
                                     .forward = average_pool_forward,
                                     .backward = average_pool_backward};

/* ---- local response normalisation ---- */
static LrnShape lrn_shape_of(const Layer *layer) {
    return (LrnShape){.height = layer->in.height, .width = layer->in.width,
                      .channels = layer->in.channels, .size = layer->spec.lrn_size,
                      .alpha = (Real)layer->spec.lrn_alpha, .beta = (Real)layer->spec.lrn_beta};
}

static bool lrn_shape(Layer *layer, Error *err) {
    if (layer->spec.lrn_size % 2 == 0)
        return error_set(err, "layer %zu: an odd normalisation window expected, not %zu",
                         layer->index, layer->spec.lrn_size);
    layer->out = layer->in;
    layer->kept_count = shape_size(layer->in);
    return true;
}

static void lrn_forward(Net *net, Layer *layer, const Tile *tile, const Real *x, Real *y) {
    (void)net;
    LrnShape shape = lrn_shape_of(layer);
    image_lrn_forward(&shape, tile->n, x, y, layer->kept);
}

static void lrn_backward(Net *net, Layer *layer, const Tile *tile, const Real *x, const Real *y,
                         const Real *dy, Real *dx) {
    (void)net;
    LrnShape shape = lrn_shape_of(layer);
    if (dx)
        image_lrn_backward(&shape, tile->n, x, y, layer->kept, dy, dx);
}

const LayerOps layer_lrn = {.name = "lrn", .reads_own_output = true, .shape = lrn_shape,
                            .forward = lrn_forward, .backward = lrn_backward};

/* ---- batch normalisation: the whole batch is one tile ---- */
static BatchNorm norm_of(const Layer *layer) {
    double epsilon = layer->spec.norm_epsilon, fraction = layer->spec.norm_fraction;
    return (BatchNorm){.channels = layer->in.channels,
                       .epsilon = (Real)(epsilon > 0 ? epsilon : 1e-5),
                       .fraction = (Real)(fraction > 0 ? fraction : 0.999)};
}

static size_t norm_pixels(const Layer *layer, const Tile *tile) {
    return tile->n * layer->in.height * layer->in.width;
}

static bool batch_norm_shape(Layer *layer, Error *err) {
    (void)err;
    layer->out = layer->in;
    layer->kept_count = 2 * layer->in.channels; /* mean and variance, once a batch */
    layer->state_count = 2 * layer->in.channels + 1;
    return true;
}

static void batch_norm_forward(Net *net, Layer *layer, const Tile *tile, const Real *x, Real *y) {
    BatchNorm norm = norm_of(layer);
    Real *running = net->state + layer->state_offset;
    Real *mean = layer->kept, *variance = mean + norm.channels;
    size_t pixels = norm_pixels(layer, tile);
    if (tile->mode == NET_TEST) {
        image_batch_norm_inference(&norm, pixels, running, x, y);
        return;
    }
    image_batch_norm_forward(&norm, pixels, x, y, mean, variance);
    if (tile->gradient)
        image_batch_norm_track(&norm, pixels, mean, variance, running);
}

static void batch_norm_backward(Net *net, Layer *layer, const Tile *tile, const Real *x,
                                const Real *y, const Real *dy, Real *dx) {
    (void)net, (void)x;
    BatchNorm norm = norm_of(layer);
    if (dx)
        image_batch_norm_backward(&norm, norm_pixels(layer, tile), y, layer->kept + norm.channels,
                                  dy, dx);
}

const LayerOps layer_batch_norm = {.name = "batch norm", .reads_own_output = true,
                                   .shape = batch_norm_shape, .forward = batch_norm_forward,
                                   .backward = batch_norm_backward};
