/* SPDX-License-Identifier: MIT */
#include "core/net/denoiser.h"
#include "core/base/exact.h"
#include "core/base/gemm.h"
#include "core/base/vec.h"
#include <string.h>

void denoiser_init(Denoiser *net, const DenoiserSpec *spec, Arena *arena) {
    const size_t visible = spec->visible, hidden = spec->hidden, batch = spec->batch;
    *net = (Denoiser){.spec = *spec};
    net->weights = visible * hidden * (spec->untied ? 2 : 1);
    net->biases = hidden + visible;
    net->parameters = arena_new(arena, Real, net->weights + net->biases);
    net->encoder = net->parameters;
    net->decoder = spec->untied ? net->encoder + visible * hidden : net->encoder;
    net->code_bias = net->parameters + net->weights;
    net->output_bias = net->code_bias + hidden;
    net->code = arena_new(arena, Real, batch * hidden);
    net->pull = arena_new(arena, Real, batch * hidden);
    net->decoded = arena_new(arena, Real, batch * visible);
    net->error = arena_new(arena, Real, batch * visible);
    net->sums = arena_new(arena, Real, net->biases);
}

static const Real *input_of(const DenoiserBatch *batch) {
    return batch->noisy != NULL ? batch->noisy : batch->target;
}

/* ---- forward ---- */

static void activate(DenoiserUnit unit, Real *x, size_t n) {
    if (unit == DENOISER_SIGMOID) {
        vec_sigmoid(x, x, n);
    } else if (unit == DENOISER_RELU) {
        vec_relu(x, x, n);
    }
}

/* What dropout took is given back by the units that are left.  An image without any is taken for
 * decoded: it teaches nothing. */
static void give_back(Denoiser *net, const DenoiserBatch *batch) {
    const size_t visible = net->spec.visible, hidden = net->spec.hidden;
    for (size_t i = 0; i < batch->count; i++) {
        double kept = vec_sum(batch->keep + i * hidden, hidden);
        Real *decoded = net->decoded + i * visible;
        if (kept > 0) {
            vec_scale(decoded, (Real)((double)hidden / kept), visible);
        } else {
            memcpy(decoded, batch->target + i * visible, visible * sizeof *decoded);
        }
    }
}

void denoiser_forward(Denoiser *net, const DenoiserBatch *batch) {
    const size_t visible = net->spec.visible, hidden = net->spec.hidden, count = batch->count;
    gemm(&(Gemm){.form = GEMM_NN, .m = count, .n = hidden, .k = visible, .a = input_of(batch),
                 .lda = visible, .b = net->encoder, .ldb = hidden, .bias = net->code_bias,
                 .skip_zeros = true, .c = net->code, .ldc = hidden});
    activate(net->spec.code, net->code, count * hidden);
    if (batch->keep != NULL) {
        vec_multiply(net->code, batch->keep, net->code, count * hidden);
    }
    gemm(&(Gemm){.form = GEMM_NT, .m = count, .n = visible, .k = hidden, .a = net->code,
                 .lda = hidden, .b = net->decoder, .ldb = hidden, .bias = net->output_bias,
                 .c = net->decoded, .ldc = visible});
    activate(net->spec.output, net->decoded, count * visible);
    if (batch->keep != NULL) {
        give_back(net, batch);
    }
    if (net->spec.clip) {
        vec_cap(net->decoded, 1, count * visible);
    }
}

/* ---- backward ---- */

/* h = (e D + pull) f'(code) keep */
static void pull_code(Denoiser *net, const DenoiserBatch *batch) {
    const size_t visible = net->spec.visible, hidden = net->spec.hidden, count = batch->count;
    const size_t n = count * hidden;
    gemm(&(Gemm){.form = GEMM_NN, .m = count, .n = hidden, .k = visible, .a = net->error,
                 .lda = visible, .b = net->decoder, .ldb = hidden, .c = net->pull, .ldc = hidden});
    if (net->spec.penalty != NULL) {
        net->spec.penalty(net->spec.context, net->code, count, net->pull);
    }
    if (net->spec.code == DENOISER_SIGMOID) {
        vec_sigmoid_backward(net->code, net->pull, net->pull, n);
    } else {
        vec_relu_backward(net->code, net->pull, net->pull, n);
    }
    if (batch->keep != NULL) {
        vec_multiply(net->pull, batch->keep, net->pull, n);
    }
}

/* into += left' right */
static void add_outer(const Denoiser *net, const Real *left, const Real *right, size_t count,
                      Real *into) {
    const size_t visible = net->spec.visible, hidden = net->spec.hidden;
    gemm(&(Gemm){.form = GEMM_TN, .m = visible, .n = hidden, .k = count, .a = left,
                 .lda = visible, .b = right, .ldb = hidden, .add = true, .skip_zeros = true,
                 .c = into, .ldc = hidden});
}

void denoiser_backward(Denoiser *net, const DenoiserBatch *batch, Real weight_factor,
                       Real bias_factor, Real *into) {
    const size_t visible = net->spec.visible, hidden = net->spec.hidden, count = batch->count;
    vec_residual(net->decoded, batch->target, 1, net->error, count * visible);
    if (net->spec.squared && net->spec.output == DENOISER_SIGMOID) {
        vec_sigmoid_backward(net->decoded, net->error, net->error, count * visible);
    }
    pull_code(net, batch);
    vec_column_sums(net->pull, count, hidden, net->sums, false);
    vec_column_sums(net->error, count, visible, net->sums + hidden, false);
    vec_axpy(bias_factor, net->sums, into + net->weights, net->biases);

    vec_scale(net->code, weight_factor, count * hidden);
    vec_scale(net->pull, weight_factor, count * hidden);
    add_outer(net, net->error, net->code, count, into + (net->decoder - net->parameters));
    add_outer(net, input_of(batch), net->pull, count, into);
}

void denoiser_step(Denoiser *net, const DenoiserBatch *batch, double weight_rate,
                   double bias_rate) {
    const double count = (double)batch->count;
    denoiser_forward(net, batch);
    denoiser_backward(net, batch, (Real)(-weight_rate / count), (Real)(-bias_rate / count),
                      net->parameters);
}

double denoiser_squared_error(const Denoiser *net, const DenoiserBatch *batch) {
    return vec_sum_squared_difference(net->decoded, batch->target,
                                      batch->count * net->spec.visible);
}

double denoiser_cross_entropy(const Denoiser *net, const DenoiserBatch *batch) {
    const double eps = 1e-10;
    double sum = 0;
    for (size_t i = 0; i < batch->count * net->spec.visible; i++) {
        double x = (double)batch->target[i], y = (double)net->decoded[i];
        sum -= x * exact_log(y + eps) + (1 - x) * exact_log(1 - y + eps);
    }
    return sum;
}
