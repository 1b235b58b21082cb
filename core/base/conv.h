/* SPDX-License-Identifier: MIT
 *
 * conv.h - two-dimensional convolution, channels innermost, without im2col.
 *
 *     images   n x height x width x in         y   n x out_height x out_width x out
 *     weights  (kernel x kernel x in) x out    (a patch of the image is a row times this matrix)
 * Cross-correlation with zero padding `pad` on all sides and stride 1 or more, as every
 * deep-learning library calls convolution.  The order of every sum is fixed, fused multiply-adds in
 * one chain:
 *     y(i,r,c,f)     = bias(f), then over kernel row, kernel column, input channel
 *     dw(kr,kc,c,f)  = 0 (or dw itself, with `add`), then over image, output row, output column
 *     db(f)          = likewise (plain additions)
 *     dx(i,r,c,ch)   = 0, then over kernel row, kernel column, output channel
 * Taps that fall on the padding are left out.  With `add` a batch may be given in tiles of images,
 * one after the other: the chains go on, and the bits are those of one call.  A work buffer grows
 * to the largest shape seen, once; nothing is allocated after that.
 */
#ifndef TIDEMARK_BASE_CONV_H
#define TIDEMARK_BASE_CONV_H

#include "core/base/real.h"
#include <stdbool.h>
#include <stddef.h>

typedef struct ConvShape {
    size_t height, width, in; /* input image */
    size_t kernel, stride, pad;
    size_t out; /* output channels */
} ConvShape;

size_t conv_out_height(const ConvShape *shape); /* (height + 2 pad - kernel) / stride + 1 */
size_t conv_out_width(const ConvShape *shape);

void conv_forward(const ConvShape *shape, size_t n, const Real *x, const Real *w, const Real *bias,
                  Real *y); /* bias may be NULL */
void conv_backward_weights(const ConvShape *shape, size_t n, const Real *x, const Real *dy,
                           Real *dw, Real *db, bool add); /* db may be NULL */
void conv_backward_input(const ConvShape *shape, size_t n, const Real *dy, const Real *w, Real *dx);
/* overwrites dx */
#endif
