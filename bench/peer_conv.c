/* SPDX-License-Identifier: MIT
 *
 * peer_conv.c - convolution as most libraries do it over a BLAS: an image becomes a matrix of
 * patches (places x kernel^2 channels), the convolution a matrix product.
 *
 * The program is linked with --wrap for the three functions of core/base/conv.h, so that the same
 * networks train with either: under ENGINE_OPENBLAS with these, else with the engine's own.
 */
#include "core/base/conv.h"
#include "core/base/engine.h"
#include "core/base/error.h"
#include "core/base/gemm.h"
#include "core/base/vec.h"
#include <stdlib.h>
#include <string.h>

void __real_conv_forward(const ConvShape *s, size_t n, const Real *x, const Real *w,
                         const Real *bias, Real *y);
void __real_conv_backward_weights(const ConvShape *s, size_t n, const Real *x, const Real *dy,
                                  Real *dw, Real *db, bool add);
void __real_conv_backward_input(const ConvShape *s, size_t n, const Real *dy, const Real *w,
                                Real *dx);
void __wrap_conv_forward(const ConvShape *s, size_t n, const Real *x, const Real *w,
                         const Real *bias, Real *y);
void __wrap_conv_backward_weights(const ConvShape *s, size_t n, const Real *x, const Real *dy,
                                  Real *dw, Real *db, bool add);
void __wrap_conv_backward_input(const ConvShape *s, size_t n, const Real *dy, const Real *w,
                                Real *dx);

static size_t places(const ConvShape *s) {
    return conv_out_height(s) * conv_out_width(s);
}

static size_t patch(const ConvShape *s) {
    return s->kernel * s->kernel * s->in;
}

/* Kept and only growing, as the engine's own work space. */
static Real *patches_of(const ConvShape *s) {
    static Real *buffer;
    static size_t room;
    size_t count = places(s) * patch(s);
    if (count > room) {
        free(buffer);
        buffer = aligned_alloc(64, (count * sizeof(Real) + 63) / 64 * 64);
        if (!buffer)
            die("out of memory: patches of an image");
        room = count;
    }
    return buffer;
}

/* A row of a patch: `count` elements from `column` on lie in the image, the others are padding. */
typedef struct Run {
    size_t skip, column, count;
} Run;

static Run run_of(const ConvShape *s, size_t out_column) {
    size_t left = out_column * s->stride, right = left + s->kernel;
    size_t from = left > s->pad ? left : s->pad;
    size_t to = right < s->width + s->pad ? right : s->width + s->pad;
    return (Run){.skip = from - left, .column = from - s->pad, .count = to > from ? to - from : 0};
}

static void to_rows(const ConvShape *s, const Real *image, Real *rows) {
    size_t line = s->kernel * s->in, in = s->in;
    for (size_t r = 0; r < conv_out_height(s); r++)
        for (size_t c = 0; c < conv_out_width(s); c++)
            for (size_t k = 0; k < s->kernel; k++, rows += line) {
                size_t row = r * s->stride + k;
                Run run = run_of(s, c);
                if (row < s->pad || row >= s->height + s->pad || run.count == 0) {
                    memset(rows, 0, line * sizeof *rows);
                    continue;
                }
                if (run.count < s->kernel)
                    memset(rows, 0, line * sizeof *rows);
                memcpy(rows + run.skip * in, image + ((row - s->pad) * s->width + run.column) * in,
                       run.count * in * sizeof *rows);
            }
}

static void from_rows(const ConvShape *s, const Real *rows, Real *image) {
    size_t line = s->kernel * s->in, in = s->in;
    memset(image, 0, s->height * s->width * in * sizeof *image);
    for (size_t r = 0; r < conv_out_height(s); r++)
        for (size_t c = 0; c < conv_out_width(s); c++)
            for (size_t k = 0; k < s->kernel; k++, rows += line) {
                size_t row = r * s->stride + k;
                Run run = run_of(s, c);
                if (row < s->pad || row >= s->height + s->pad)
                    continue;
                Real *to = image + ((row - s->pad) * s->width + run.column) * in;
                const Real *from = rows + run.skip * in;
                for (size_t i = 0; i < run.count * in; i++)
                    to[i] += from[i];
            }
}

void __wrap_conv_forward(const ConvShape *s, size_t n, const Real *x, const Real *w,
                         const Real *bias, Real *y) {
    if (engine_current() != ENGINE_OPENBLAS) {
        __real_conv_forward(s, n, x, w, bias, y);
        return;
    }
    Real *rows = patches_of(s);
    for (size_t i = 0; i < n; i++) {
        to_rows(s, x + i * s->height * s->width * s->in, rows);
        gemm(&(Gemm){.form = GEMM_NN, .m = places(s), .n = s->out, .k = patch(s),
                     .a = rows, .lda = patch(s), .b = w, .ldb = s->out, .bias = bias,
                     .c = y + i * places(s) * s->out, .ldc = s->out});
    }
}

void __wrap_conv_backward_weights(const ConvShape *s, size_t n, const Real *x, const Real *dy,
                                  Real *dw, Real *db, bool add) {
    if (engine_current() != ENGINE_OPENBLAS) {
        __real_conv_backward_weights(s, n, x, dy, dw, db, add);
        return;
    }
    Real *rows = patches_of(s);
    for (size_t i = 0; i < n; i++) {
        to_rows(s, x + i * s->height * s->width * s->in, rows);
        gemm(&(Gemm){.form = GEMM_TN, .m = patch(s), .n = s->out, .k = places(s),
                     .a = rows, .lda = patch(s), .b = dy + i * places(s) * s->out, .ldb = s->out,
                     .add = add || i > 0, .c = dw, .ldc = s->out});
    }
    if (db)
        vec_column_sums(dy, n * places(s), s->out, db, add);
}

void __wrap_conv_backward_input(const ConvShape *s, size_t n, const Real *dy, const Real *w,
                                Real *dx) {
    if (engine_current() != ENGINE_OPENBLAS) {
        __real_conv_backward_input(s, n, dy, w, dx);
        return;
    }
    Real *rows = patches_of(s);
    for (size_t i = 0; i < n; i++) {
        gemm(&(Gemm){.form = GEMM_NT, .m = places(s), .n = patch(s), .k = s->out,
                     .a = dy + i * places(s) * s->out, .lda = s->out, .b = w, .ldb = s->out,
                     .c = rows, .ldc = patch(s)});
        from_rows(s, rows, dx + i * s->height * s->width * s->in);
    }
}
