/* SPDX-License-Identifier: MIT
 *
 * image_kernels.h - internal: the table of image.isa.c (see core/base/kernels.h).
 */
#ifndef TIDEMARK_NET_IMAGE_KERNELS_H
#define TIDEMARK_NET_IMAGE_KERNELS_H

#include "core/base/kernels.h"
#include "core/net/image.h"

typedef struct ImageKernels {
    void (*max_pool_forward)(const PoolShape *s, size_t n, const Real *x, Real *y,
                             uint8_t *argmax);
    void (*max_pool_backward)(const PoolShape *s, size_t n, const uint8_t *argmax, const Real *dy,
                              Real *dx);
    void (*average_pool_forward)(const PoolShape *s, size_t n, const Real *x, Real *y);
    void (*average_pool_backward)(const PoolShape *s, size_t n, const Real *dy, Real *dx);
    void (*lrn_forward)(const LrnShape *s, size_t n, const Real *x, Real *y, Real *scale);
    void (*lrn_backward)(const LrnShape *s, size_t n, const Real *x, const Real *y,
                         const Real *scale, const Real *dy, Real *dx);
    /* sums over pixels, in order: of a, and of (a - shift) (b - shift2) where b is given */
    void (*channel_means)(size_t channels, size_t pixels, const Real *a, Real *mean);
    void (*channel_products)(size_t channels, size_t pixels, const Real *a, const Real *b,
                             const Real *shift, Real *mean);
    /* y = (x - shift) / deviation, and its backward pass */
    void (*normalise)(size_t channels, size_t pixels, const Real *x, const Real *shift,
                      const Real *deviation, Real *y);
    void (*normalise_backward)(size_t channels, size_t pixels, const Real *y, const Real *dy,
                               const Real *mean_dy, const Real *mean_dy_y, const Real *deviation,
                               Real *dx);
} ImageKernels;

KERNEL_DECLARE(ImageKernels, image_kernels);

#endif
