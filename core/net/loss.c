/* SPDX-License-Identifier: MIT
 *
 * Losses of a tile and their gradients at the network's outputs.  The gradient is that of the mean
 * over the whole batch, so it is divided by the batch, not by the tile.
 */
#include "core/base/vec.h"
#include "core/net/layer.h"

/* Row by row, so that the second look at a row finds it in the cache. */
static void squared(const Real *output, const Real *target, size_t rows, size_t columns,
                    size_t batch, Real *losses, Real *delta) {
    for (size_t r = 0, at = 0; r < rows; r++, at += columns) {
        losses[r] = (Real)(0.5 * vec_sum_squared_difference(output + at, target + at, columns));
        if (delta)
            vec_residual(output + at, target + at, 1 / (Real)batch, delta + at, columns);
    }
}

static size_t cross_entropy(const Real *output, const uint8_t *labels, size_t rows, size_t columns,
                            size_t batch, Real *losses, Real *probability, bool gradient) {
    size_t correct =
        vec_softmax_cross_entropy(output, labels, rows, columns, probability, losses);
    if (gradient) {
        for (size_t r = 0; r < rows; r++)
            probability[r * columns + labels[r]] -= 1;
        vec_scale(probability, 1 / (Real)batch, rows * columns);
    }
    return correct;
}

/* -t log p - (1 - t) log(1 - p) with p = sigmoid(z), as max(z, 0) - z t - log(max(p, 1 - p)), which
 * is exact for large |z|. */
static void binary_cross_entropy(const Real *output, const Real *target, size_t rows,
                                 size_t columns, size_t batch, Real *losses, Real *p, Real *term,
                                 bool gradient) {
    size_t n = rows * columns;
    vec_sigmoid(output, p, n);
    for (size_t i = 0; i < n; i++)
        term[i] = p[i] > (Real)0.5 ? p[i] : 1 - p[i];
    vec_log(term, term, n);
    for (size_t i = 0; i < n; i++) {
        Real positive = output[i] > 0 ? output[i] : 0;
        term[i] = positive - output[i] * target[i] - term[i];
    }
    for (size_t r = 0; r < rows; r++)
        losses[r] = (Real)vec_sum(term + r * columns, columns);
    if (gradient)
        vec_residual(p, target, 1 / (Real)batch, p, n);
}

void loss_tile(Net *net, const Tile *tile, const Real *output, Target target, size_t batch,
               Real *delta) {
    size_t rows = tile->n, columns = net->outputs;
    const Real *values = target.values ? target.values + tile->first * columns : NULL;
    Real *losses = net->losses + tile->first;
    Real *p = delta ? delta : net->work[0];
    if (net->spec.loss == LOSS_CROSS_ENTROPY ? !target.labels : !values)
        die("net: the target does not suit the loss (labels for cross-entropy, else values)");
    switch (net->spec.loss) {
    case LOSS_CROSS_ENTROPY:
        net->correct += cross_entropy(output, target.labels + tile->first, rows, columns, batch,
                                      losses, p, delta != NULL);
        break;
    case LOSS_SQUARED:
        squared(output, values, rows, columns, batch, losses, delta);
        break;
    case LOSS_BINARY_CROSS_ENTROPY:
        binary_cross_entropy(output, values, rows, columns, batch, losses, p, net->work[1],
                             delta != NULL);
        break;
    }
}
