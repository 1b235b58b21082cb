/* SPDX-License-Identifier: MIT
 *
 * conv.isa.c - direct convolution, for one instruction set.
 */
#include "core/base/kernels.h"
#include "core/base/simd.h"

static Real fma_one(Real a, Real b, Real c) {
    return vr_fma(vr_set(a), vr_set(b), vr_set(c))[0];
}

typedef enum Pass { FORWARD, WEIGHTS, INPUT } Pass;

static void naive(const ConvShape *s, size_t n, Pass pass, const Real *x, const Real *w,
                  const Real *dy, Real *out) {
    size_t oh = (s->height + 2 * s->pad - s->kernel) / s->stride + 1;
    size_t ow = (s->width + 2 * s->pad - s->kernel) / s->stride + 1;
    for (size_t i = 0; i < n; i++)
        for (size_t r = 0; r < oh; r++)
            for (size_t c = 0; c < ow; c++)
                for (size_t kr = 0; kr < s->kernel; kr++)
                    for (size_t kc = 0; kc < s->kernel; kc++) {
                        size_t row = r * s->stride + kr - s->pad, col = c * s->stride + kc - s->pad;
                        if (row >= s->height || col >= s->width)
                            continue;
                        size_t xo = ((i * s->height + row) * s->width + col) * s->in;
                        size_t yo = ((i * oh + r) * ow + c) * s->out;
                        size_t wo = (kr * s->kernel + kc) * s->in * s->out;
                        for (size_t a = 0; a < s->in; a++)
                            for (size_t f = 0; f < s->out; f++) {
                                size_t at = wo + a * s->out + f;
                                if (pass == FORWARD)
                                    out[yo + f] = fma_one(x[xo + a], w[at], out[yo + f]);
                                else
                                    out[at] = fma_one(x[xo + a], dy[yo + f], out[at]);
                            }
                    }
}

static void forward(const ConvShape *s, size_t n, const Real *x, const Real *w, const Real *bias,
                    Real *y) {
    size_t oh = (s->height + 2 * s->pad - s->kernel) / s->stride + 1;
    size_t ow = (s->width + 2 * s->pad - s->kernel) / s->stride + 1;
    for (size_t p = 0; p < n * oh * ow; p++)
        for (size_t f = 0; f < s->out; f++)
            y[p * s->out + f] = bias ? bias[f] : 0;
    naive(s, n, FORWARD, x, w, NULL, y);
}

static void backward_weights(const ConvShape *s, size_t n, const Real *x, const Real *dy, Real *dw,
                             bool add) {
    for (size_t i = 0; !add && i < s->kernel * s->kernel * s->in * s->out; i++)
        dw[i] = 0;
    naive(s, n, WEIGHTS, x, NULL, dy, dw);
}

static void backward_input(const ConvShape *s, size_t n, const Real *dy, const Real *w, Real *dx) {
    size_t oh = (s->height + 2 * s->pad - s->kernel) / s->stride + 1;
    size_t ow = (s->width + 2 * s->pad - s->kernel) / s->stride + 1;
    for (size_t i = 0; i < n; i++)
        for (size_t row = 0; row < s->height; row++)
            for (size_t col = 0; col < s->width; col++)
                for (size_t a = 0; a < s->in; a++) {
                    Real sum = 0;
                    for (size_t kr = 0; kr < s->kernel; kr++)
                        for (size_t kc = 0; kc < s->kernel; kc++) {
                            size_t up = row + s->pad - kr, left = col + s->pad - kc;
                            if (up % s->stride || left % s->stride || up / s->stride >= oh ||
                                left / s->stride >= ow)
                                continue;
                            size_t yo = ((i * oh + up / s->stride) * ow + left / s->stride) * s->out;
                            size_t wo = ((kr * s->kernel + kc) * s->in + a) * s->out;
                            for (size_t f = 0; f < s->out; f++)
                                sum = fma_one(dy[yo + f], w[wo + f], sum);
                        }
                    dx[((i * s->height + row) * s->width + col) * s->in + a] = sum;
                }
}

const ConvKernels VARIANT(conv_kernels) = {forward, backward_weights, backward_input};
