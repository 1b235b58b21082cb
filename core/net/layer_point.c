/* SPDX-License-Identifier: MIT
 *
 * Layers that work on each element alone: activations and random masks.  They may run in place.
 */
#include "core/base/rng.h"
#include "core/base/vec.h"
#include "core/net/layer.h"

#include <string.h>

static bool same_shape(Layer *layer, Error *err) {
    (void)err;
    layer->out = layer->in;
    return true;
}

static size_t elements(const Layer *layer, const Tile *tile) {
    return tile->n * shape_size(layer->in);
}

static void copy(const Real *x, Real *y, size_t n) {
    if (x != y)
        memcpy(y, x, n * sizeof *y);
}

/* ---- activations: forward f(x), backward from the output ---- */
#define ACTIVATION(f)                                                                              \
    static void f##_forward(Net *net, Layer *layer, const Tile *tile, const Real *x, Real *y) {    \
        (void)net;                                                                                 \
        vec_##f(x, y, elements(layer, tile));                                                      \
    }                                                                                              \
    static void f##_backward(Net *net, Layer *layer, const Tile *tile, const Real *x,              \
                             const Real *y, const Real *dy, Real *dx) {                            \
        (void)net, (void)x;                                                                        \
        if (dx)                                                                                    \
            vec_##f##_backward(y, dy, dx, elements(layer, tile));                                  \
    }                                                                                              \
    const LayerOps layer_##f = {.name = #f, .in_place = true, .reads_own_output = true,            \
                                .shape = same_shape, .forward = f##_forward,                       \
                                .backward = f##_backward}

ACTIVATION(sigmoid);
ACTIVATION(tanh);
ACTIVATION(relu);

static void linear_forward(Net *net, Layer *layer, const Tile *tile, const Real *x, Real *y) {
    (void)net;
    copy(x, y, elements(layer, tile));
}

static void linear_backward(Net *net, Layer *layer, const Tile *tile, const Real *x, const Real *y,
                            const Real *dy, Real *dx) {
    (void)net, (void)x, (void)y;
    if (dx)
        copy(dy, dx, elements(layer, tile));
}

const LayerOps layer_linear = {.name = "linear", .in_place = true, .shape = same_shape,
                               .forward = linear_forward, .backward = linear_backward};

/* ---- masks ---- */
static bool mask_shape(Layer *layer, Error *err) {
    if (!(layer->spec.share >= 0 && layer->spec.share < 1))
        return error_set(err, "layer %zu: a share of zeros from 0 to below 1 expected, not %g",
                         layer->index, layer->spec.share);
    layer->out = layer->in;
    layer->kept_count = shape_size(layer->in);
    return true;
}

/* The mask of example e in pass p is words e * size ... of (seed, DROPOUT, cell = pass and layer):
 * the same whatever the tile. */
static void draw_mask(Net *net, Layer *layer, const Tile *tile, Real value) {
    enum { CHUNK = 1024 };
    uint32_t words[CHUNK];
    size_t size = shape_size(layer->in), n = tile->n * size;
    uint32_t threshold = vec_mask_threshold(layer->spec.share);
    Rng rng = rng_make(net->seed, STREAM_DROPOUT, net->pass << 8 | layer->index);
    rng.position = (uint64_t)tile->first * size;
    for (size_t i = 0; i < n; i += CHUNK) {
        size_t some = n - i < CHUNK ? n - i : CHUNK;
        rng_fill_u32(&rng, words, some);
        vec_mask(words, threshold, value, layer->kept + i, some);
    }
}

static void masked_forward(Net *net, Layer *layer, const Tile *tile, const Real *x, Real *y,
                           Real value) {
    size_t n = elements(layer, tile);
    if (tile->mode == NET_TEST || layer->spec.share <= 0) {
        copy(x, y, n);
        return;
    }
    draw_mask(net, layer, tile, value);
    vec_multiply(x, layer->kept, y, n);
}

static void dropout_forward(Net *net, Layer *layer, const Tile *tile, const Real *x, Real *y) {
    masked_forward(net, layer, tile, x, y, (Real)(1 / (1 - layer->spec.share)));
}

static void mask_forward(Net *net, Layer *layer, const Tile *tile, const Real *x, Real *y) {
    masked_forward(net, layer, tile, x, y, 1);
}

static void mask_backward(Net *net, Layer *layer, const Tile *tile, const Real *x, const Real *y,
                          const Real *dy, Real *dx) {
    (void)net, (void)x, (void)y;
    if (!dx)
        return;
    if (layer->spec.share <= 0)
        copy(dy, dx, elements(layer, tile));
    else
        vec_multiply(dy, layer->kept, dx, elements(layer, tile));
}

const LayerOps layer_dropout = {.name = "dropout", .in_place = true, .shape = mask_shape,
                                .forward = dropout_forward, .backward = mask_backward};
const LayerOps layer_mask = {.name = "mask", .in_place = true, .shape = mask_shape,
                             .forward = mask_forward, .backward = mask_backward};
