/* SPDX-License-Identifier: MIT
 *
 * image.c - image.h through the table of the variant that runs.
 */
#include "core/net/image.h"
#include "core/net/image_kernels.h"
#include <math.h>

static const ImageKernels *const tables[] = KERNEL_TABLES(image_kernels);

static inline const ImageKernels *kernels(void) {
    return tables[engine_variant];
}

/* ---- pooling ---- */
static size_t pooled(size_t size, const PoolShape *s) {
    size_t last = (size + 2 * s->pad - s->kernel + s->stride - 1) / s->stride;
    if (last * s->stride >= size + s->pad)
        last--;
    return last + 1;
}

size_t image_pool_out_height(const PoolShape *shape) {
    return pooled(shape->height, shape);
}

size_t image_pool_out_width(const PoolShape *shape) {
    return pooled(shape->width, shape);
}

void image_max_pool_forward(const PoolShape *shape, size_t n, const Real *x, Real *y,
                            uint8_t *argmax) {
    kernels()->max_pool_forward(shape, n, x, y, argmax);
}

void image_max_pool_backward(const PoolShape *shape, size_t n, const uint8_t *argmax,
                             const Real *dy, Real *dx) {
    kernels()->max_pool_backward(shape, n, argmax, dy, dx);
}

void image_average_pool_forward(const PoolShape *shape, size_t n, const Real *x, Real *y) {
    kernels()->average_pool_forward(shape, n, x, y);
}

void image_average_pool_backward(const PoolShape *shape, size_t n, const Real *dy, Real *dx) {
    kernels()->average_pool_backward(shape, n, dy, dx);
}

/* ---- local response normalisation ---- */
void image_lrn_forward(const LrnShape *shape, size_t n, const Real *x, Real *y, Real *scale) {
    kernels()->lrn_forward(shape, n, x, y, scale);
}

void image_lrn_backward(const LrnShape *shape, size_t n, const Real *x, const Real *y,
                        const Real *scale, const Real *dy, Real *dx) {
    kernels()->lrn_backward(shape, n, x, y, scale, dy, dx);
}

/* ---- batch normalisation ---- */
static Real *deviations(const BatchNorm *norm, const Real *variance, Real divide) {
    Real *deviation = engine_scratch(SCRATCH_WEIGHTS, norm->channels);
    for (size_t c = 0; c < norm->channels; c++)
        deviation[c] = (Real)sqrt((double)(variance[c] / divide) + (double)norm->epsilon);
    return deviation;
}

void image_batch_norm_forward(const BatchNorm *norm, size_t pixels, const Real *x, Real *y,
                              Real *mean, Real *variance) {
    kernels()->channel_means(norm->channels, pixels, x, mean);
    kernels()->channel_products(norm->channels, pixels, x, x, mean, variance);
    kernels()->normalise(norm->channels, pixels, x, mean, deviations(norm, variance, 1), y);
}

void image_batch_norm_track(const BatchNorm *norm, size_t pixels, const Real *mean,
                            const Real *variance, Real *running) {
    size_t channels = norm->channels;
    Real unbias = pixels > 1 ? (Real)pixels / (Real)(pixels - 1) : 1;
    for (size_t c = 0; c < channels; c++) {
        running[c] = norm->fraction * running[c] + mean[c];
        running[channels + c] = norm->fraction * running[channels + c] + unbias * variance[c];
    }
    running[2 * channels] = norm->fraction * running[2 * channels] + 1;
}

void image_batch_norm_inference(const BatchNorm *norm, size_t pixels, const Real *running,
                                const Real *x, Real *y) {
    size_t channels = norm->channels;
    Real weight = running[2 * channels] > 0 ? running[2 * channels] : 1;
    Real *mean = engine_scratch(SCRATCH_INPUT, channels);
    for (size_t c = 0; c < channels; c++)
        mean[c] = running[c] / weight;
    kernels()->normalise(channels, pixels, x, mean,
                         deviations(norm, running + channels, weight), y);
}

void image_batch_norm_backward(const BatchNorm *norm, size_t pixels, const Real *y,
                               const Real *variance, const Real *dy, Real *dx) {
    size_t channels = norm->channels;
    Real *mean_dy = engine_scratch(SCRATCH_INPUT, 2 * channels), *mean_dy_y = mean_dy + channels;
    kernels()->channel_means(channels, pixels, dy, mean_dy);
    kernels()->channel_products(channels, pixels, dy, y, NULL, mean_dy_y);
    kernels()->normalise_backward(channels, pixels, y, dy, mean_dy, mean_dy_y,
                                  deviations(norm, variance, 1), dx);
}
