/* SPDX-License-Identifier: MIT
 *
 * image.h - pooling and normalisation of images stored n x height x width x channels.
 *
 * Elementwise over channels, so vectors run along them.  Every sum has one fixed order, stated
 * below; same bits on every machine.  Nothing is allocated after the first call of a shape.
 */
#ifndef TIDEMARK_NET_IMAGE_H
#define TIDEMARK_NET_IMAGE_H

#include "core/base/real.h"
#include <stddef.h>
#include <stdint.h>

/* ---- pooling, with Caffe's windows (pooling_layer.cpp) ----
 * Output sizes are rounded up; a window that starts beyond the image and its padding is dropped.
 * Windows are cut at the image for the maximum.  kernel <= 15, pad < kernel. */
typedef struct PoolShape {
    size_t height, width, channels;
    size_t kernel, stride, pad;
} PoolShape;

size_t image_pool_out_height(const PoolShape *shape);
size_t image_pool_out_width(const PoolShape *shape);

/* Largest of each window; the first in row order wins, and `argmax` (as many elements as y) keeps
 * its place (row * kernel + column) in the window for the backward pass. */
void image_max_pool_forward(const PoolShape *shape, size_t n, const Real *x, Real *y,
                            uint8_t *argmax);
/* dx: the dy of all windows won, added in row order of the windows; overwritten. */
void image_max_pool_backward(const PoolShape *shape, size_t n, const uint8_t *argmax,
                             const Real *dy, Real *dx);

/* Sum of each window in row order, times 1/size; size counts the places of the window that lie in
 * the image or its padding (Caffe), not those that overhang it. */
void image_average_pool_forward(const PoolShape *shape, size_t n, const Real *x, Real *y);
void image_average_pool_backward(const PoolShape *shape, size_t n, const Real *dy, Real *dx);

/* ---- local response normalisation within channels (Caffe's lrn_layer.cpp, WITHIN_CHANNEL) ----
 *     scale = 1 + alpha / size^2 * sum over the size x size window of x^2,   y = x scale^-beta
 * with zeros around the image; size is odd.  beta = 3/4 is computed as 1 / (sqrt(s) sqrt(sqrt(s))).
 * `scale` (as many elements as x) is kept for the backward pass. */
typedef struct LrnShape {
    size_t height, width, channels;
    size_t size;
    Real alpha, beta;
} LrnShape;

void image_lrn_forward(const LrnShape *shape, size_t n, const Real *x, Real *y, Real *scale);
/* dx = dy scale^-beta - (2 alpha beta / size^2) x * (window sum of dy y / scale) */
void image_lrn_backward(const LrnShape *shape, size_t n, const Real *x, const Real *y,
                        const Real *scale, const Real *dy, Real *dx);

/* ---- batch normalisation per channel, without scale and shift (Caffe's batch_norm_layer.cpp) ----
 * `pixels` = images x height x width, the values a channel has.  Sums over pixels run in double, in
 * order.  The running statistics are those of Caffe: three blobs in one array of 2 channels + 1
 * elements, sum of means, sum of variances (each times m / (m - 1)), and the weight both are
 * divided by; all 0 at the start. */
typedef struct BatchNorm {
    size_t channels;
    Real epsilon;  /* 1e-5 */
    Real fraction; /* of the past in the running statistics: 0.999 */
} BatchNorm;

/* y = (x - mean) / sqrt(variance + epsilon); mean and (biased) variance: `channels` elements. */
void image_batch_norm_forward(const BatchNorm *norm, size_t pixels, const Real *x, Real *y,
                              Real *mean, Real *variance);
/* Takes a batch's mean and variance into the running statistics. */
void image_batch_norm_track(const BatchNorm *norm, size_t pixels, const Real *mean,
                            const Real *variance, Real *running);
/* y by the running statistics (y = x / sqrt(epsilon) while they are empty). */
void image_batch_norm_inference(const BatchNorm *norm, size_t pixels, const Real *running,
                                const Real *x, Real *y);
/* dx = (dy - mean(dy) - y mean(dy y)) / sqrt(variance + epsilon); dx may be dy. */
void image_batch_norm_backward(const BatchNorm *norm, size_t pixels, const Real *y,
                               const Real *variance, const Real *dy, Real *dx);

#endif
