/* SPDX-License-Identifier: MIT
 *
 * engine_reference.h - the sums of gemm.h and conv.h as plain loops in the documented order.
 *
 * What the engine's tests compare with, bit by bit, in the float and in the double build.
 */
#ifndef TIDEMARK_TESTS_ENGINE_REFERENCE_H
#define TIDEMARK_TESTS_ENGINE_REFERENCE_H

#include "core/base/conv.h"
#include "core/base/engine.h"
#include "core/base/gemm.h"
#include "core/base/rng.h"
#include "tests/check.h"
#include <float.h>
#include <stdlib.h>

#ifdef TIDEMARK_DOUBLE
#define reference_fma fma
#define REAL_MIN DBL_MIN
#define REAL_EPSILON DBL_EPSILON
#else
#define reference_fma fmaf
#define REAL_MIN FLT_MIN
#define REAL_EPSILON FLT_EPSILON
#endif

static inline void use_engine(Engine engine, const char *isa) {
    Error err;
    if (!engine_start(&(EngineChoice){.engine = engine, .isa = isa}, NULL, &err))
        fail_msg("%s", err.text);
}

/* Runs `body` once for every instruction set of this machine, its name in `isa`. */
#define FOR_EACH_ISA(isa)                                                             \
    for (char isa##_list[64], *isa = strtok(strcpy(isa##_list, engine_isa_list()), " "); \
         isa && (use_engine(ENGINE_OWN, isa), true); isa = strtok(NULL, " "))

/* ---- numbers to multiply: normal ones, and now and then what usually breaks a kernel ---- */
static inline Real awkward_number(Rng *rng, bool awkward) {
    static const Real special[] = {0, (Real)-0.0, REAL_MIN, -REAL_MIN, REAL_MIN / 4, 1, -1,
                                   REAL_MIN * 3, (Real)1e-30, (Real)1e30};
    if (awkward && rng_below(rng, 4) == 0)
        return special[rng_below(rng, sizeof special / sizeof *special)];
    return (Real)rng_normal(rng);
}

static inline Real *awkward_numbers(Rng *rng, size_t n, bool awkward) {
    Real *x = malloc((n + 1) * sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < n; i++)
        x[i] = awkward_number(rng, awkward);
    return x;
}

/* The first difference of two arrays is printed; nan equals nan. */
static inline void assert_same_array(const Real *got, const Real *want, size_t n, const char *what,
                                     const char *isa) {
    for (size_t i = 0; i < n; i++)
        if (!check_same_bits((double)got[i], (double)want[i]))
            fail_msg("%s, %s, element %zu of %zu: %.17g (%a) is not %.17g (%a)", what, isa, i, n,
                     (double)got[i], (double)got[i], (double)want[i], (double)want[i]);
}

/* ---- matrix product ---- */
static inline Real reference_element(const Gemm *p, size_t i, size_t j) {
    Real start = p->add ? p->c[i * p->ldc + j] : p->bias ? p->bias[j] : 0;
    Real chains[16] = {0}, c = start;
    for (size_t k = 0; k < (p->k + 15) / 16 * 16; k++) {
        bool inside = k < p->k;
        Real a = !inside ? 0 : p->a[p->form == GEMM_TN ? k * p->lda + i : i * p->lda + k];
        Real b = !inside ? 0 : p->b[p->form == GEMM_NT ? j * p->ldb + k : k * p->ldb + j];
        if (inside)
            c = reference_fma(a, b, c);
        chains[k % 16] = reference_fma(a, b, chains[k % 16]);
    }
    if (p->form != GEMM_NT || p->k < GEMM_LONG)
        return c;
    for (size_t half = 8; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++)
            chains[l] += chains[l + half];
    return start + chains[0];
}

static inline void reference_gemm(const Gemm *p) {
    for (size_t i = 0; i < p->m; i++)
        for (size_t j = 0; j < p->n; j++)
            p->c[i * p->ldc + j] = reference_element(p, i, j);
}

/* ---- convolution ---- */
typedef struct Convolution {
    ConvShape shape;
    size_t n;
    size_t images, outputs, weights; /* how many numbers */
    Real *x, *w, *bias, *dy;
} Convolution;

static inline Convolution random_convolution(Rng *rng, bool awkward) {
    Convolution c = {.n = rng_below(rng, 4) == 0 ? rng_below(rng, 28) : rng_below(rng, 5)};
    do {
        c.shape = (ConvShape){.height = 1 + rng_below(rng, 9), .width = 1 + rng_below(rng, 9),
                              .in = 1 + rng_below(rng, rng_below(rng, 8) ? 5 : 34),
                              .kernel = 1 + rng_below(rng, 6), .stride = 1 + rng_below(rng, 3),
                              .out = 1 + rng_below(rng, rng_below(rng, 8) ? 20 : 70)};
        c.shape.pad = rng_below(rng, (uint32_t)c.shape.kernel);
    } while (c.shape.height + 2 * c.shape.pad < c.shape.kernel ||
             c.shape.width + 2 * c.shape.pad < c.shape.kernel);
    c.images = c.n * c.shape.height * c.shape.width * c.shape.in;
    c.outputs = c.n * conv_out_height(&c.shape) * conv_out_width(&c.shape) * c.shape.out;
    c.weights = c.shape.kernel * c.shape.kernel * c.shape.in * c.shape.out;
    c.x = awkward_numbers(rng, c.images, awkward);
    c.w = awkward_numbers(rng, c.weights, awkward);
    c.bias = awkward_numbers(rng, c.shape.out, awkward);
    c.dy = awkward_numbers(rng, c.outputs, awkward);
    return c;
}

static inline void free_convolution(Convolution *c) {
    free(c->x), free(c->w), free(c->bias), free(c->dy);
}

/* Walks output pixel by output pixel through the taps that meet the image: rows and columns of the
 * image in (*xr, *xc).  Every one of the three passes visits the terms of an element in this order,
 * save that dx goes through (kr, kc) first; see below. */
static inline bool tap_meets(const ConvShape *s, size_t r, size_t c, size_t kr, size_t kc,
                             size_t *at) {
    size_t row = r * s->stride + kr - s->pad, column = c * s->stride + kc - s->pad;
    *at = (row * s->width + column) * s->in;
    return row < s->height && column < s->width; /* negative ones wrapped around */
}

typedef enum ConvPass { CONV_FORWARD, CONV_WEIGHTS, CONV_INPUT } ConvPass;

/* y, dw or dx, overwritten; `y` and `dw` start as given (bias, 0 or the sums so far). */
static inline void reference_conv(const Convolution *v, ConvPass pass, Real *out) {
    const ConvShape *s = &v->shape;
    size_t oh = conv_out_height(s), ow = conv_out_width(s), at;
    size_t image = s->height * s->width * s->in;
    size_t K = s->kernel;
    /* dx needs kernel row and column outermost; for y and dw the order of those loops is the order
     * of different elements or the documented one all the same */
    for (size_t i = 0; i < v->n; i++)
        for (size_t outer = 0; outer < (pass == CONV_INPUT ? K * K : oh * ow); outer++)
            for (size_t inner = 0; inner < (pass == CONV_INPUT ? oh * ow : K * K); inner++) {
                size_t place = pass == CONV_INPUT ? inner : outer;
                size_t tap = pass == CONV_INPUT ? outer : inner;
                if (!tap_meets(s, place / ow, place % ow, tap / K, tap % K, &at))
                    continue;
                const Real *x = v->x + i * image + at, *w = v->w + tap * s->in * s->out;
                size_t y = (i * oh * ow + place) * s->out;
                for (size_t c = 0; c < s->in; c++)
                    for (size_t f = 0; f < s->out; f++) {
                        Real weight = w[c * s->out + f];
                        Real *sum = pass == CONV_FORWARD   ? &out[y + f]
                                    : pass == CONV_WEIGHTS ? &out[(tap * s->in + c) * s->out + f]
                                                           : &out[i * image + at + c];
                        Real a = pass == CONV_INPUT ? v->dy[y + f] : x[c];
                        *sum = reference_fma(a, pass == CONV_WEIGHTS ? v->dy[y + f] : weight, *sum);
                    }
            }
}

#endif
