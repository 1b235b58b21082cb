/* SPDX-License-Identifier: MIT
 *
 * engine_digest.h - everything the engine computes, as one number for each module.
 *
 * The same random problems go through every function; the bits of all results are hashed.  The
 * digest is a constant of the project: any CPU, compiler or optimisation level must find it.
 */
#ifndef TIDEMARK_TESTS_ENGINE_DIGEST_H
#define TIDEMARK_TESTS_ENGINE_DIGEST_H

#include "core/base/conv.h"
#include "core/base/gemm.h"
#include "core/base/rng.h"
#include "core/base/vec.h"
#include "core/net/image.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Digest {
    uint64_t hash;
    Rng rng;
} Digest;

static inline Digest digest_begin(uint64_t cell) {
    return (Digest){0xcbf29ce484222325u, rng_make(7, STREAM_TEST, cell)};
}

/* FNV-1a over bytes; every nan counts as one, for its sign and payload mean nothing. */
static inline void digest_double(Digest *d, double value) {
    uint64_t bits = 0x7ff8000000000000u;
    if (!isnan(value))
        memcpy(&bits, &value, sizeof bits);
    for (int byte = 0; byte < 8; byte++)
        d->hash = (d->hash ^ (bits >> (8 * byte) & 0xff)) * 0x100000001b3u;
}

static inline void digest_array(Digest *d, const Real *x, size_t n) {
    for (size_t i = 0; i < n; i++)
        digest_double(d, (double)x[i]);
}

/* Uniform numbers by integers and one division by a power of two: no library function. */
static inline Real *digest_numbers(Digest *d, size_t n, Real size) {
    Real *x = malloc((n + 1) * sizeof *x);
    if (!x)
        abort();
    for (size_t i = 0; i < n; i++)
        x[i] = ((Real)(rng_u32(&d->rng) >> 8) / (Real)(1 << 23) - 1) * size;
    return x;
}

static inline uint64_t digest_gemm(void) {
    Digest d = digest_begin(1);
    for (int trial = 0; trial < 60; trial++) {
        size_t m = rng_below(&d.rng, 24), n = rng_below(&d.rng, 60), k = rng_below(&d.rng, 200);
        Real *a = digest_numbers(&d, m * k, 1), *b = digest_numbers(&d, n * k, 1);
        Real *c = digest_numbers(&d, m * n, 1);
        for (size_t i = 0; i < m * k; i++)
            if (trial % 2 && a[i] < 0)
                a[i] = 0;
        for (int form = 0; form < 3; form++) {
            gemm(&(Gemm){.form = (GemmForm)form, .m = m, .n = n, .k = k, .a = a, .b = b, .c = c,
                         .lda = form == GEMM_TN ? m : k, .ldb = form == GEMM_NT ? k : n, .ldc = n,
                         .add = trial % 3 == 0, .skip_zeros = trial % 2});
            digest_array(&d, c, m * n);
        }
        free(a), free(b), free(c);
    }
    return d.hash;
}

/* One example: a long row of a product, and the way back through the layer that it came from. */
static inline uint64_t digest_example(void) {
    Digest d = digest_begin(7);
    for (int trial = 0; trial < 24; trial++) {
        size_t m = 1 + rng_below(&d.rng, 40), n = 100 + rng_below(&d.rng, 300);
        Real *x = digest_numbers(&d, m, 1), *w = digest_numbers(&d, m * n, 1);
        Real *y = digest_numbers(&d, n, 1), *dx = digest_numbers(&d, m, 1);
        gemm(&(Gemm){.form = GEMM_NN, .m = 1, .n = n, .k = m, .a = x, .lda = m, .b = w, .ldb = n,
                     .add = trial % 3 == 0, .c = y, .ldc = n});
        digest_array(&d, y, n);
        gemm_back(&(GemmBack){.m = m, .n = n, .x = x, .dy = y, .w = w, .ldw = n, .dx = dx,
                              .rate = (Real)0.1, .decay = trial % 2 ? (Real)0.01 : 0});
        digest_array(&d, w, m * n);
        digest_array(&d, dx, m);
        free(x), free(w), free(y), free(dx);
    }
    return d.hash;
}

static inline uint64_t digest_conv(void) {
    Digest d = digest_begin(2);
    for (int trial = 0; trial < 24; trial++) {
        ConvShape s = {.height = 3 + rng_below(&d.rng, 7), .width = 3 + rng_below(&d.rng, 7),
                       .in = 1 + rng_below(&d.rng, 20), .kernel = 1 + rng_below(&d.rng, 3),
                       .stride = 1 + rng_below(&d.rng, 2), .out = 1 + rng_below(&d.rng, 40)};
        s.pad = rng_below(&d.rng, (uint32_t)s.kernel);
        size_t n = 1 + rng_below(&d.rng, 14), nx = n * s.height * s.width * s.in;
        size_t ny = n * conv_out_height(&s) * conv_out_width(&s) * s.out;
        size_t nw = s.kernel * s.kernel * s.in * s.out;
        Real *x = digest_numbers(&d, nx, 1), *w = digest_numbers(&d, nw, 1);
        Real *y = digest_numbers(&d, ny, 1), *b = digest_numbers(&d, s.out, 1);
        conv_forward(&s, n, x, w, b, y);
        digest_array(&d, y, ny);
        conv_backward_input(&s, n, y, w, x);
        digest_array(&d, x, nx);
        conv_backward_weights(&s, n, x, y, w, b, trial % 2);
        digest_array(&d, w, nw);
        digest_array(&d, b, s.out);
        free(x), free(w), free(y), free(b);
    }
    return d.hash;
}

static inline void digest_updates(Digest *d, size_t n) {
    static void (*const rules[])(const VecUpdate *) = {
        vec_update_sgd,      vec_update_momentum,          vec_update_nesterov,
        vec_update_velocity, vec_update_velocity_nesterov, vec_update_adagrad,
        vec_update_rmsprop,  vec_update_adam,              vec_update_adadelta};
    Real *w = digest_numbers(d, n, 1), *g = digest_numbers(d, n, 1);
    for (size_t rule = 0; rule < sizeof rules / sizeof *rules; rule++) {
        Real *first = calloc(n + 1, sizeof *first), *second = calloc(n + 1, sizeof *second);
        for (int step = 0; step < 3; step++)
            rules[rule](&(VecUpdate){.w = w, .g = g, .first = first, .second = second, .n = n,
                                     .rate = (Real)0.01, .grad_scale = (Real)0.7,
                                     .decay = (Real)0.004, .momentum = (Real)0.9,
                                     .beta2 = (Real)0.99, .epsilon = (Real)1e-6});
        digest_array(d, w, n);
        free(first), free(second);
    }
    free(w), free(g);
}

static inline void digest_elementwise(Digest *d, size_t n) {
    static void (*const unary[])(const Real *, Real *, size_t) = {vec_exp, vec_log, vec_tanh,
                                                                  vec_sigmoid, vec_relu};
    static void (*const binary[])(const Real *, const Real *, Real *, size_t) = {
        vec_tanh_backward, vec_sigmoid_backward, vec_relu_backward, vec_multiply};
    Real *x = digest_numbers(d, n, 30), *z = digest_numbers(d, n, 1), *y = digest_numbers(d, n, 1);
    for (size_t f = 0; f < sizeof unary / sizeof *unary; f++) {
        unary[f](x, y, n);
        digest_array(d, y, n);
    }
    for (size_t f = 0; f < sizeof binary / sizeof *binary; f++) {
        binary[f](z, x, y, n);
        digest_array(d, y, n);
    }
    vec_axpy((Real)0.3, x, y, n);
    vec_scale(y, (Real)1.1, n);
    digest_array(d, y, n);
    digest_double(d, vec_sum(x, n));
    digest_double(d, vec_dot(x, z, n));
    digest_double(d, vec_sum_squares(x, n));
    digest_double(d, vec_sum_squared_difference(x, z, n));
    digest_double(d, vec_sum_abs(x, n));
    if (n > 0) {
        digest_double(d, (double)vec_max(x, n));
        digest_double(d, (double)vec_min(x, n));
    }
    free(x), free(z), free(y);
}

static inline uint64_t digest_vec(void) {
    Digest d = digest_begin(3);
    for (size_t n = 0; n < 70; n += 1 + n / 4) {
        digest_elementwise(&d, n);
        digest_updates(&d, n);
        Real *x = digest_numbers(&d, n * 9 + 9, 20), *y = digest_numbers(&d, n * 9, 1);
        uint8_t labels[80], bytes[80] = {0};
        uint32_t words[80] = {0};
        for (size_t i = 0; i < 80; i++) {
            labels[i] = (uint8_t)rng_below(&d.rng, 9);
            bytes[i] = (uint8_t)rng_below(&d.rng, 256);
            words[i] = rng_u32(&d.rng);
        }
        digest_double(&d, (double)vec_softmax_cross_entropy(x, labels, n, 9, y, x));
        digest_array(&d, y, n * 9);
        digest_array(&d, x, n);
        vec_column_sums(y, n, 9, x, false);
        digest_array(&d, x, 9);
        vec_from_bytes(bytes, n % 2 ? y : NULL, (Real)(1 / 255.0), x, n);
        digest_array(&d, x, n);
        vec_mask(words, 0x60000000, (Real)1.6, x, n);
        digest_array(&d, x, n);
        free(x), free(y);
    }
    return d.hash;
}

static inline uint64_t digest_image(void) {
    Digest d = digest_begin(4);
    for (int trial = 0; trial < 24; trial++) {
        size_t n = 1 + rng_below(&d.rng, 3), c = 1 + rng_below(&d.rng, 36);
        PoolShape p = {.height = 4 + rng_below(&d.rng, 6), .width = 4 + rng_below(&d.rng, 6),
                       .channels = c, .kernel = 1 + rng_below(&d.rng, 4),
                       .stride = 1 + rng_below(&d.rng, 3)};
        p.pad = rng_below(&d.rng, (uint32_t)p.kernel);
        size_t pixels = n * p.height * p.width;
        size_t outputs = n * image_pool_out_height(&p) * image_pool_out_width(&p) * c;
        Real *x = digest_numbers(&d, pixels * c, 3), *y = digest_numbers(&d, outputs, 1);
        Real *z = digest_numbers(&d, pixels * c, 1), *s = digest_numbers(&d, pixels * c, 1);
        Real *t = digest_numbers(&d, pixels * c, 1);
        uint8_t *places = malloc(outputs);
        image_max_pool_forward(&p, n, x, y, places);
        digest_array(&d, y, outputs);
        image_max_pool_backward(&p, n, places, y, z);
        digest_array(&d, z, pixels * c);
        image_average_pool_forward(&p, n, x, y);
        digest_array(&d, y, outputs);
        image_average_pool_backward(&p, n, y, z);
        digest_array(&d, z, pixels * c);
        LrnShape l = {.height = p.height, .width = p.width, .channels = c, .size = 3,
                      .alpha = (Real)0.5, .beta = trial % 2 ? (Real)0.75 : (Real)0.6};
        image_lrn_forward(&l, n, x, z, s);
        digest_array(&d, z, pixels * c);
        image_lrn_backward(&l, n, x, z, s, x, t);
        digest_array(&d, t, pixels * c);
        BatchNorm b = {.channels = c, .epsilon = (Real)1e-5, .fraction = (Real)0.9};
        image_batch_norm_forward(&b, pixels, x, z, s, t);
        digest_array(&d, z, pixels * c);
        image_batch_norm_backward(&b, pixels, z, t, x, x);
        digest_array(&d, x, pixels * c);
        free(x), free(y), free(z), free(s), free(t), free(places);
    }
    return d.hash;
}

#endif
