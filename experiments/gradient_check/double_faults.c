/* SPDX-License-Identifier: MIT
 *
 * Errors that people make in a backward pass, each in one layer of a network that is otherwise
 * right: the layer's operations are exchanged for a copy with another backward function.
 */
#include "core/base/vec.h"
#include "core/net/layer.h"
#include "experiments/gradient_check/probe.h"

enum { DROPOUT = 2, DENSE = 3, ACTIVATION = 4, OUTPUT = 5 }; /* layers of the dense models */

static LayerOps spoiled;
static const LayerOps *right;
static size_t where;

static size_t elements(const Layer *layer, const Tile *tile) {
    return tile->n * shape_size(layer->in);
}

static void missing_derivative(Net *net, Layer *layer, const Tile *tile, const Real *x,
                               const Real *y, const Real *dy, Real *dx) {
    (void)net, (void)x, (void)y;
    for (size_t i = 0; i < elements(layer, tile); i++)
        dx[i] = dy[i];
}

static void wrong_derivative(Net *net, Layer *layer, const Tile *tile, const Real *x,
                             const Real *y, const Real *dy, Real *dx) {
    (void)net, (void)x;
    for (size_t i = 0; i < elements(layer, tile); i++)
        dx[i] = dy[i] * (1 - y[i]);
}

static void table_derivative(Net *net, Layer *layer, const Tile *tile, const Real *x,
                             const Real *y, const Real *dy, Real *dx) {
    (void)net, (void)x;
    for (size_t i = 0; i < elements(layer, tile); i++) {
        Real entry = (Real)((int)((y[i] + 1) * 50)) / 50 + (Real)0.01 - 1; /* middle of its step */
        dx[i] = dy[i] * (1 - entry * entry);
    }
}

static void wrong_index(Net *net, Layer *layer, const Tile *tile, const Real *x, const Real *y,
                        const Real *dy, Real *dx) {
    size_t units = layer->spec.units;
    const Real *w = layer_weights(net, layer);
    right->backward(net, layer, tile, x, y, dy, dx);
    for (size_t e = 0; e < tile->n; e++)
        for (size_t i = 0; i < units; i++) {
            double sum = 0;
            for (size_t j = 0; j < units; j++) /* w[i * units + j] would be right */
                sum += (double)dy[e * units + j] * (double)w[j * units + i];
            dx[e * units + i] = (Real)sum;
        }
}

static void last_example(Net *net, Layer *layer, const Tile *tile, const Real *x, const Real *y,
                         const Real *dy, Real *dx) {
    Real *bias = layer_bias_gradient(net, layer);
    right->backward(net, layer, tile, x, y, dy, dx);
    for (size_t u = 0; u < layer->spec.units; u++)
        bias[u] = dy[(tile->n - 1) * layer->spec.units + u];
}

static void off_by_one(Net *net, Layer *layer, const Tile *tile, const Real *x, const Real *y,
                       const Real *dy, Real *dx) {
    size_t units = layer->spec.units;
    Real *gradient = layer_weight_gradient(net, layer);
    right->backward(net, layer, tile, x, y, dy, dx);
    for (size_t i = 0; i < shape_size(layer->in); i++)
        gradient[i * units + units - 1] = 0;
}

static void not_averaged(Net *net, Layer *layer, const Tile *tile, const Real *x, const Real *y,
                         const Real *dy, Real *dx) {
    Real *all = net->layers[OUTPUT].dy; /* what dy points to, not const */
    (void)dy;
    vec_scale(all, (Real)tile->n, tile->n * net->outputs);
    right->backward(net, layer, tile, x, y, all, dx);
}

static void unscaled_mask(Net *net, Layer *layer, const Tile *tile, const Real *x, const Real *y,
                          const Real *dy, Real *dx) {
    right->backward(net, layer, tile, x, y, dy, dx);
    vec_scale(dx, (Real)(1 - layer->spec.share), elements(layer, tile));
}

static const struct {
    size_t layer;
    void (*backward)(Net *net, Layer *layer, const Tile *tile, const Real *x, const Real *y,
                     const Real *dy, Real *dx);
} faults[FAULTS] = {
    [FAULT_MISSING_DERIVATIVE] = {ACTIVATION, missing_derivative},
    [FAULT_WRONG_DERIVATIVE] = {ACTIVATION, wrong_derivative},
    [FAULT_TABLE_DERIVATIVE] = {ACTIVATION, table_derivative},
    [FAULT_WRONG_INDEX] = {DENSE, wrong_index},
    [FAULT_LAST_EXAMPLE] = {DENSE, last_example},
    [FAULT_OFF_BY_ONE] = {DENSE, off_by_one},
    [FAULT_NOT_AVERAGED] = {OUTPUT, not_averaged},
    [FAULT_UNSCALED_MASK] = {DROPOUT, unscaled_mask},
};

void fault_plant(Net *net, ProbeFault fault) {
    if (!faults[fault].backward)
        return;
    where = faults[fault].layer;
    right = net->layers[where].ops;
    spoiled = *right;
    spoiled.backward = faults[fault].backward;
    net->layers[where].ops = &spoiled;
}

void fault_remove(Net *net) {
    if (right)
        net->layers[where].ops = right;
    right = NULL;
}
