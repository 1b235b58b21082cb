/* SPDX-License-Identifier: MIT
 *
 * conv.c - conv.h through the table of the variant that runs.
 */
#include "core/base/conv.h"
#include "core/base/kernels.h"

static const ConvKernels *const tables[] = KERNEL_TABLES(conv_kernels);

size_t conv_out_height(const ConvShape *shape) {
    return (shape->height + 2 * shape->pad - shape->kernel) / shape->stride + 1;
}

size_t conv_out_width(const ConvShape *shape) {
    return (shape->width + 2 * shape->pad - shape->kernel) / shape->stride + 1;
}

void conv_forward(const ConvShape *shape, size_t n, const Real *x, const Real *w, const Real *bias,
                  Real *y) {
    tables[engine_variant]->forward(shape, n, x, w, bias, y);
}

void conv_backward_weights(const ConvShape *shape, size_t n, const Real *x, const Real *dy,
                           Real *dw, Real *db, bool add) {
    tables[engine_variant]->backward_weights(shape, n, x, dy, dw, add);
    if (db)
        vec_column_sums(dy, n * conv_out_height(shape) * conv_out_width(shape), shape->out, db,
                        add);
}

void conv_backward_input(const ConvShape *shape, size_t n, const Real *dy, const Real *w,
                         Real *dx) {
    tables[engine_variant]->backward_input(shape, n, dy, w, dx);
}
