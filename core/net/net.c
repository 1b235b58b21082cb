/* SPDX-License-Identifier: MIT */
#include "core/net/net.h"
#include "core/base/gemm.h"
#include "core/base/vec.h"
#include "core/net/layer.h"

#include <math.h>
#include <string.h>

/* ---- planning ---- */

/* Activations of a tile: about six images of the CIFAR-10 nets, which is what the convolutions take
 * at a time (core/base/conv.isa.c).  Fewer leave the kernels too little to do, many more leave the
 * cache.  A matter of speed alone, the bits are the same for any. */
enum { TILE_BYTES = 2 * 1024 * 1024 };

static bool check_spec(const NetSpec *spec, Error *err) {
    if (!spec->height || !spec->width || !spec->channels)
        return error_set(err, "net: the input has no elements (height %zu, width %zu, channels %zu)",
                         spec->height, spec->width, spec->channels);
    if (!spec->max_batch)
        return error_set(err, "net: max_batch must be at least 1");
    if (spec->layers[0].kind == LAYER_END)
        return error_set(err, "net: at least one layer is needed");
    return true;
}

static bool shape_tied(const Net *net, Layer *layer, Error *err) {
    size_t other = layer->spec.tied - 1;
    if (layer->spec.kind != LAYER_DENSE || other >= layer->index ||
        net->layers[other].spec.kind != LAYER_DENSE || net->layers[other].weights_shared)
        return error_set(err, "layer %zu: only a dense layer can be tied, to an earlier dense layer "
                         "with weights of its own", layer->index);
    const Layer *owner = &net->layers[other];
    if (owner->weight_rows != layer->weight_columns || owner->weight_columns != layer->weight_rows)
        return error_set(err, "layer %zu: tied to layer %zu, whose weights are %zu x %zu, not %zu x "
                         "%zu", layer->index, other, owner->weight_rows, owner->weight_columns,
                         layer->weight_columns, layer->weight_rows);
    layer->weights_shared = net->layers[other].weights_lent = true;
    return true;
}

static bool shape_layers(Net *net, Error *err) {
    Shape shape = {net->spec.height, net->spec.width, net->spec.channels};
    for (size_t i = 0; i < net->count; i++) {
        Layer *layer = &net->layers[i];
        *layer = (Layer){.spec = net->spec.layers[i], .index = i, .in = shape, .out = shape,
                         .weight_block = NO_BLOCK, .bias_block = NO_BLOCK};
        layer->ops = layer_ops(layer->spec.kind);
        if (!layer->ops)
            return error_set(err, "layer %zu: unknown kind %d", i, (int)layer->spec.kind);
        if (layer->spec.stride == 0)
            layer->spec.stride = 1;
        if (!layer->ops->shape(layer, err) ||
            (layer->spec.tied && !shape_tied(net, layer, err)))
            return false;
        shape = layer->out;
    }
    net->inputs = net->spec.height * net->spec.width * net->spec.channels;
    net->outputs = shape_size(shape);
    return true;
}

static double multiplier(double value, bool none) {
    return none ? 0 : value == 0 ? 1 : value;
}

/* From row to row, so that rows begin on cache lines, but not all on the same few sets of the cache. */
static size_t padded(size_t columns) {
    size_t line = 64 / sizeof(Real), lines = (columns + line - 1) / line;
    return columns <= line ? columns : (lines % 16 == 0 ? lines + 1 : lines) * line;
}

static size_t add_block(Net *net, const Layer *layer, size_t rows, size_t columns, bool bias) {
    const LayerSpec *s = &layer->spec;
    bool pad = net->spec.padded && s->kind == LAYER_DENSE && !bias;
    size_t stride = pad ? padded(columns) : columns;
    net->blocks[net->block_count] = (ParamBlock){
        .offset = net->parameters, .count = rows * stride, .rows = rows, .columns = columns,
        .stride = stride, .layer = layer->index, .is_bias = bias,
        .rate = multiplier(bias ? s->rate_bias : s->rate_weights, false),
        .decay = bias ? multiplier(s->decay_bias, s->no_decay_bias)
                      : multiplier(s->decay_weights, s->no_decay_weights)};
    net->parameters += (rows * stride + 15) / 16 * 16; /* every block starts on a cache line */
    return net->block_count++;
}

static void plan_parameters(Net *net, Arena *arena) {
    net->blocks = arena_new(arena, ParamBlock, 2 * net->count);
    for (size_t i = 0; i < net->count; i++) {
        Layer *layer = &net->layers[i];
        if (layer->weights_shared)
            layer->weight_block = net->layers[layer->spec.tied - 1].weight_block;
        else if (layer->weight_rows)
            layer->weight_block =
                add_block(net, layer, layer->weight_rows, layer->weight_columns, false);
        if (layer->bias_count)
            layer->bias_block = add_block(net, layer, 1, layer->bias_count, true);
        layer->state_offset = net->state_count;
        net->state_count += layer->state_count;
    }
    net->weights = arena_new(arena, Real, net->parameters);
    net->gradients = arena_new(arena, Real, net->parameters);
    net->state = arena_new(arena, Real, net->state_count);
}

static size_t choose_tile(const Net *net) {
    size_t bytes = 0, batch = net->spec.max_batch;
    for (size_t i = 0; i < net->count; i++) {
        bytes += shape_size(net->layers[i].out) * sizeof(Real);
        if (net->layers[i].spec.kind == LAYER_BATCH_NORM)
            return batch;
    }
    if (net->spec.keep)
        return batch;
    size_t tile = net->spec.tile ? net->spec.tile : TILE_BYTES / bytes;
    tile = tile < 1 ? 1 : tile > batch ? batch : tile;
    size_t tiles = (batch + tile - 1) / tile;
    return (batch + tiles - 1) / tiles;
}

static bool in_place(const Net *net, size_t i) {
    return i > 0 && !net->spec.keep && net->layers[i].ops->in_place &&
           !net->layers[i - 1].ops->reads_own_output;
}

static void plan_buffers(Net *net, Arena *arena) {
    size_t tile = net->spec.tile = choose_tile(net), largest = net->inputs;
    for (size_t i = 0; i < net->count; i++) {
        Layer *layer = &net->layers[i];
        size_t size = shape_size(layer->out);
        largest = size > largest ? size : largest;
        layer->kept = arena_new(arena, Real, tile * layer->kept_count);
        layer->y = in_place(net, i) ? net->layers[i - 1].y : arena_new(arena, Real, tile * size);
        layer->dy = net->spec.keep ? arena_new(arena, Real, tile * size) : NULL;
    }
    net->output = tile == net->spec.max_batch /* one tile: the last layer writes them itself */
                      ? net->layers[net->count - 1].y
                      : arena_new(arena, Real, net->spec.max_batch * net->outputs);
    net->losses = arena_new(arena, Real, net->spec.max_batch);
    net->delta = net->spec.keep ? net->layers[net->count - 1].dy
                                : arena_new(arena, Real, tile * net->outputs);
    for (int i = 0; i < 2; i++)
        net->work[i] = arena_new(arena, Real, tile * largest);
}

Net *net_create(const NetSpec *spec, Arena *arena, Error *err) {
    if (!check_spec(spec, err))
        return NULL;
    Net *net = arena_new(arena, Net, 1);
    net->spec = *spec;
    while (spec->layers[net->count].kind != LAYER_END)
        net->count++;
    net->spec.layers =
        arena_copy(arena, spec->layers, (net->count + 1) * sizeof *spec->layers);
    net->layers = arena_new(arena, Layer, net->count);
    if (!shape_layers(net, err))
        return NULL;
    plan_parameters(net, arena);
    plan_buffers(net, arena);
    return net;
}

/* ---- passes ---- */

static void forward_tile(Net *net, const Real *x, const Tile *tile) {
    const Real *in = x + tile->first * net->inputs;
    for (size_t i = 0; i < net->count; i++) {
        Layer *layer = &net->layers[i];
        layer->ops->forward(net, layer, tile, in, layer->y);
        in = layer->y;
    }
    if (in != net->output)
        memcpy(net->output + tile->first * net->outputs, in,
               tile->n * net->outputs * sizeof *net->output);
}

/* The first layer whose gradients are wanted: below it nothing has parameters. */
static size_t lowest_layer(const Net *net) {
    size_t i = 0;
    while (i < net->count && net->layers[i].weight_block == NO_BLOCK &&
           net->layers[i].bias_block == NO_BLOCK)
        i++;
    return i;
}

static void backward_tile(Net *net, const Real *x, const Tile *tile) {
    Real *dy = net->delta;
    size_t lowest = lowest_layer(net), turn = 0;
    for (size_t i = net->count; i-- > lowest;) {
        Layer *layer = &net->layers[i];
        const Real *in = i ? net->layers[i - 1].y : x + tile->first * net->inputs;
        Real *dx = NULL;
        if (i > lowest)
            dx = net->spec.keep          ? net->layers[i - 1].dy
                 : layer->ops->in_place ? dy
                                        : net->work[turn++ % 2];
        layer->ops->backward(net, layer, tile, in, layer->y, dy, dx);
        dy = dx;
    }
}

static void begin_gradients(Net *net) {
    for (size_t i = 0; i < net->count; i++)
        net->layers[i].gradient_fresh = true;
}

/* `backward` may be left out after a gradient's forward pass: the caller does it. */
static void pass(Net *net, const Real *x, const Target *target, size_t count, NetMode mode,
                 bool gradient, bool backward) {
    if (count == 0 || count > net->spec.max_batch)
        die("net: a batch of %zu where 1 to %zu were planned", count, net->spec.max_batch);
    net->correct = 0;
    begin_gradients(net);
    for (size_t first = 0; first < count; first += net->spec.tile) {
        size_t left = count - first;
        Tile tile = {.first = first, .n = left < net->spec.tile ? left : net->spec.tile,
                     .mode = mode, .gradient = gradient, .add = first > 0};
        forward_tile(net, x, &tile);
        if (target)
            loss_tile(net, &tile, net->output + first * net->outputs, *target, count,
                      gradient ? net->delta : NULL);
        if (backward)
            backward_tile(net, x, &tile);
    }
}

static double mean_loss(const Net *net, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double)net->losses[i];
    return sum / (double)count;
}

const Real *net_forward(Net *net, const Real *x, size_t count, NetMode mode) {
    pass(net, x, NULL, count, mode, false, false);
    return net->output;
}

double net_loss(Net *net, const Real *x, Target target, size_t count, NetMode mode) {
    pass(net, x, &target, count, mode, false, false);
    return mean_loss(net, count);
}

double net_gradient(Net *net, const Real *x, Target target, size_t count) {
    pass(net, x, &target, count, NET_TRAIN, true, true);
    net->pass++;
    return mean_loss(net, count);
}

/* The blocks whose layers did not move them. */
static void move_blocks(Net *net, const NetStep *steps) {
    for (size_t b = 0; b < net->block_count; b++) {
        const ParamBlock *block = &net->blocks[b];
        if (block->is_bias || !layer_moves_weights(net, &net->layers[block->layer]))
            vec_update_sgd(&(VecUpdate){.w = net->weights + block->offset,
                                        .g = net->gradients + block->offset, .n = block->count,
                                        .grad_scale = 1, .rate = steps[b].rate,
                                        .decay = steps[b].decay});
    }
}

double net_descend(Net *net, const Real *x, Target target, size_t count, const NetStep *steps,
                   double bound) {
    bool fused = count <= net->spec.tile && gemm_can_descend(count) && !net->spec.keep;
    pass(net, x, &target, count, NET_TRAIN, true, !fused);
    net->pass++;
    double loss = mean_loss(net, count);
    if (!(loss <= bound))
        return loss;
    if (fused) {
        net->steps = steps;
        backward_tile(net, x, &(Tile){.n = count, .mode = NET_TRAIN, .gradient = true});
    }
    move_blocks(net, steps);
    net->steps = NULL;
    return loss;
}

/* ---- looking in ---- */

size_t net_layer_outputs(const Net *net, size_t layer) {
    return shape_size(net->layers[layer].out);
}

const Real *net_layer_output(const Net *net, size_t layer) {
    return net->spec.keep ? net->layers[layer].y : NULL;
}

const Real *net_layer_delta(const Net *net, size_t layer) {
    return net->layers[layer].dy;
}

const ParamBlock *net_block(const Net *net, size_t layer, bool bias) {
    size_t block = bias ? net->layers[layer].bias_block : net->layers[layer].weight_block;
    return block == NO_BLOCK ? NULL : &net->blocks[block];
}

double net_train_flops(const Net *net) {
    size_t lowest = lowest_layer(net);
    double flops = 0;
    for (size_t i = 0; i < net->count; i++) {
        const Layer *layer = &net->layers[i];
        double places = layer->spec.kind == LAYER_CONV
                            ? (double)(layer->out.height * layer->out.width) : 1;
        double once = 2 * places * (double)(layer->weight_rows * layer->weight_columns);
        flops += once * (i > lowest ? 3 : 2);
    }
    return flops;
}
