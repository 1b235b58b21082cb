/* SPDX-License-Identifier: MIT
 *
 * Initial weights.  Every layer draws from its own piece of the stream WEIGHTS, so that changing one
 * layer leaves the others as they were.
 */
#include "core/base/rng.h"
#include "core/net/layer.h"

#include <math.h>
#include <string.h>

static void uniform(Real *w, size_t n, double limit, Rng *rng) {
    for (size_t i = 0; i < n; i++)
        w[i] = (Real)rng_range(rng, -limit, limit);
}

static void gaussian(Real *w, size_t n, double sd, Rng *rng) {
    for (size_t i = 0; i < n; i++)
        w[i] = (Real)(sd * rng_normal(rng));
}

/* -a, +a, -a, ... through the weights, row by row, and on through the biases. */
static void alternating(Real *w, size_t n, Real *bias, size_t biases, double a) {
    for (size_t i = 0; i < n + biases; i++)
        *(i < n ? w + i : bias + (i - n)) = (Real)(i % 2 ? a : -a);
}

/* Connections that enter a unit, and that leave an input. */
static void fans(const Layer *layer, double *in, double *out) {
    double taps = layer->spec.kind == LAYER_CONV
                      ? (double)(layer->spec.kernel * layer->spec.kernel) : 1;
    *in = (double)layer->weight_rows;
    *out = taps * (double)layer->weight_columns;
}

/* Moves rows that lie one behind the other to where they belong. */
static void spread_rows(Real *w, const ParamBlock *block) {
    size_t rows = block->rows, columns = block->columns, stride = block->stride;
    for (size_t r = rows; r-- > 0 && stride > columns;) {
        memmove(w + r * stride, w + r * columns, columns * sizeof *w);
        memset(w + r * stride + columns, 0, (stride - columns) * sizeof *w);
    }
}

static void initialise_layer(Net *net, Layer *layer) {
    size_t n = layer->weights_shared ? 0 : layer->weight_rows * layer->weight_columns;
    Real *w = layer_weights(net, layer), *bias = layer_bias(net, layer);
    Init init = layer->spec.init;
    Rng rng = rng_make(net->seed, STREAM_WEIGHTS, layer->index);
    double in, out, scale = init.scale;
    fans(layer, &in, &out);
    for (size_t i = 0; i < layer->bias_count; i++)
        bias[i] = (Real)layer->spec.bias;
    switch (init.kind) {
    case INIT_ZERO:
        memset(w, 0, n * sizeof *w);
        break;
    case INIT_ALTERNATING:
        alternating(w, n, bias, layer->bias_count, scale > 0 ? scale : 1);
        break;
    case INIT_UNIFORM:
        uniform(w, n, scale, &rng);
        break;
    case INIT_GAUSSIAN:
        gaussian(w, n, scale, &rng);
        break;
    case INIT_DEFAULT:
    case INIT_XAVIER:
        uniform(w, n, sqrt(6 / (in + out)), &rng);
        break;
    case INIT_HE:
        gaussian(w, n, sqrt(2 / in), &rng);
        break;
    case INIT_FAN_IN:
        uniform(w, n, 1 / sqrt(in), &rng);
        break;
    case INIT_FAN_OUT_ONE:
        uniform(w, n, sqrt(6 / (in + out + 1)), &rng);
        break;
    }
    if (!layer->weights_shared)
        spread_rows(w, &net->blocks[layer->weight_block]);
}

void net_initialise(Net *net, uint32_t seed) {
    net->seed = seed;
    net->pass = 0;
    if (net->state_count)
        memset(net->state, 0, net->state_count * sizeof *net->state);
    for (size_t i = 0; i < net->count; i++)
        if (net->layers[i].weight_block != NO_BLOCK)
            initialise_layer(net, &net->layers[i]);
}
