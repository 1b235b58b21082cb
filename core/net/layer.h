/* SPDX-License-Identifier: MIT
 *
 * layer.h - what a layer is to the network (internal to core/net).
 *
 * A kind of layer is a LayerOps: how its output is shaped, its forward and its backward pass on a
 * tile of n examples.  Layers own no memory; net.c plans every buffer.
 */
#ifndef TIDEMARK_NET_LAYER_H
#define TIDEMARK_NET_LAYER_H

#include "core/net/net.h"

typedef struct Shape {
    size_t height, width, channels;
} Shape;

static inline size_t shape_size(Shape s) {
    return s.height * s.width * s.channels;
}

#define NO_BLOCK ((size_t)-1)

/* One tile on its way through the network. */
typedef struct Tile {
    size_t first, n; /* examples first ... first+n-1 of the batch */
    NetMode mode;
    bool gradient;   /* a backward pass follows */
    bool add;        /* gradients go on from the tile before */
} Tile;

typedef struct LayerOps {
    const char *name;
    bool in_place; /* y may be x: the backward pass needs only y */
    bool reads_own_output; /* the backward pass reads y, so no later layer may overwrite it */
    /* Sets layer->out, weight_rows/columns, state_count and kept_count (per example) from layer->in. */
    bool (*shape)(Layer *layer, Error *err);
    void (*forward)(Net *net, Layer *layer, const Tile *tile, const Real *x, Real *y);
    /* Adds to (or sets) the layer's gradients; writes dx unless it is NULL.  dx may be dy only for
     * in_place kinds. */
    void (*backward)(Net *net, Layer *layer, const Tile *tile, const Real *x, const Real *y,
                     const Real *dy, Real *dx);
} LayerOps;

struct Layer {
    LayerSpec spec;
    const LayerOps *ops;
    size_t index;
    Shape in, out;
    size_t weight_rows, weight_columns; /* 0 = no weights */
    size_t bias_count;                  /* 0 = no biases */
    size_t weight_block, bias_block;    /* indices in net->blocks, or NO_BLOCK; a tied layer names the
                                           other's weight block */
    bool weights_shared;                /* tied: another layer owns the block */
    bool weights_lent;                  /* tied: another layer uses this one's block */
    bool gradient_fresh;                /* nothing added yet to the weight block in this pass; kept at
                                           the block's owner */
    size_t state_count, state_offset;   /* in net->state */
    size_t kept_count;                  /* Reals an example needs between forward and backward */
    Real *kept;                         /* tile x kept_count: masks, places of maxima, scales */
    Real *y;                            /* tile x out */
    Real *dy;                           /* with spec.keep: max_batch x out; else NULL */
};

/* The operations of each kind; NULL for LAYER_END. */
const LayerOps *layer_ops(LayerKind kind);

extern const LayerOps layer_dense, layer_conv, layer_max_pool, layer_average_pool, layer_lrn,
    layer_batch_norm, layer_sigmoid, layer_tanh, layer_relu, layer_linear, layer_dropout, layer_mask;

/* Helpers of the layers. */
Real *layer_weights(const Net *net, const Layer *layer);
size_t layer_stride(const Net *net, const Layer *layer); /* from row to row of the weights */
Real *layer_bias(const Net *net, const Layer *layer);          /* NULL if none */
Real *layer_bias_gradient(const Net *net, const Layer *layer); /* NULL if none */
Real *layer_weight_gradient(const Net *net, const Layer *layer);
/* With net->steps, whether the layer's backward pass moves its weights itself. */
bool layer_moves_weights(const Net *net, const Layer *layer);
/* Whether the weight gradient has been begun in this pass; begins it. */
bool layer_gradient_begun(Net *net, Layer *layer);

/* loss.c: net->losses of a tile and, unless delta is NULL, the gradient of the mean over `batch`
 * examples; adds to net->correct. */
void loss_tile(Net *net, const Tile *tile, const Real *output, Target target, size_t batch,
               Real *delta);

/* Whether a layer reads the data themselves and many of them may be zero. */
static inline bool layer_reads_zeros(const Net *net, const Layer *layer) {
    return (layer->index == 0 && !net->spec.full_inputs) ||
           (layer->index == 1 && layer[-1].spec.kind == LAYER_MASK);
}

#endif
