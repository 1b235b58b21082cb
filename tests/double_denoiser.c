/* SPDX-License-Identifier: MIT
 *
 * The denoiser, in double: its derivatives against centred differences where they are a gradient,
 * and the original's rule for one image, written out, where they are not.
 */
#include "core/base/engine.h"
#include "core/base/exact.h"
#include "core/base/rng.h"
#include "core/base/vec.h"
#include "core/net/denoiser.h"
#include "core/net/gradcheck.h"
#include "core/net/sparse.h"
#include "tests/check.h"
#include <math.h>
#include <string.h>

enum { V = 7, H = 5, N = 3, MOST = 2 * V * H + V + H };

typedef struct Case {
    Arena *arena;
    Denoiser net;
    Real target[N * V], noisy[N * V], keep[N * H];
    DenoiserBatch batch;
} Case;

static void case_make(Case *c, const DenoiserSpec *spec) {
    Rng rng = rng_make(11, STREAM_TEST, 0);
    DenoiserSpec full = *spec;
    full.visible = V;
    full.hidden = H;
    full.batch = N;
    c->arena = arena_create();
    denoiser_init(&c->net, &full, c->arena);
    for (size_t i = 0; i < c->net.weights + c->net.biases; i++) {
        c->net.parameters[i] = rng_range(&rng, -0.7, 0.7);
    }
    for (size_t i = 0; i < N * V; i++) {
        c->target[i] = rng_range(&rng, 0.05, 0.95);
        c->noisy[i] = i % 3 == 1 ? 0 : c->target[i];
    }
    for (size_t i = 0; i < N * H; i++) {
        c->keep[i] = i % 4 != 2;
    }
    c->batch = (DenoiserBatch){.count = N, .target = c->target, .noisy = c->noisy};
}

/* ---- the error whose derivative at the output is decoded - target ---- */

static double error_of(Case *c) {
    double sum = 0;
    denoiser_forward(&c->net, &c->batch);
    for (size_t i = 0; i < N * V; i++) {
        double y = c->net.decoded[i], x = c->target[i];
        sum += c->net.spec.output == DENOISER_IDENTITY || c->net.spec.squared
                   ? (y - x) * (y - x) / 2
                   : -(x * exact_log(y) + (1 - x) * exact_log(1 - y));
    }
    return sum;
}

static void check_gradient(const DenoiserSpec *spec) {
    Case c;
    const double h = 1e-5;
    Real gradient[MOST] = {0};
    case_make(&c, spec);
    denoiser_forward(&c.net, &c.batch);
    denoiser_backward(&c.net, &c.batch, 1, 1, gradient);
    for (size_t i = 0; i < c.net.weights + c.net.biases; i++) {
        Real *w = &c.net.parameters[i], was = *w;
        *w = was + h;
        double above = error_of(&c);
        *w = was - h;
        double below = error_of(&c);
        *w = was;
        assert_true(gradcheck_error(gradient[i], (above - below) / (2 * h), 1e-4) < 1e-7);
    }
    arena_destroy(c.arena);
}

static void test_gradient_tied(void **state) {
    (void)state;
    check_gradient(&(DenoiserSpec){.code = DENOISER_SIGMOID, .output = DENOISER_SIGMOID});
    check_gradient(&(DenoiserSpec){.code = DENOISER_SIGMOID, .output = DENOISER_IDENTITY});
    check_gradient(&(DenoiserSpec){.code = DENOISER_RELU, .output = DENOISER_IDENTITY});
}

static void test_gradient_untied(void **state) {
    (void)state;
    check_gradient(&(DenoiserSpec){.output = DENOISER_SIGMOID, .untied = true});
    check_gradient(&(DenoiserSpec){.squared = true, .untied = true});
    check_gradient(
        &(DenoiserSpec){.code = DENOISER_RELU, .output = DENOISER_IDENTITY, .untied = true});
}

/* ---- the original's rule, image by image ---- */

static double sigmoid(double x) {
    return 1 / (1 + exact_exp(-x));
}

/* Adds the derivatives of image `n` to `into` (W, b, c) as the source's program has them. */
static double rule(const Case *c, size_t n, bool clipped, double *into) {
    const Real *x = c->target + n * V, *noisy = c->noisy + n * V, *keep = c->keep + n * H;
    double p[H], kept = 0, delta[V], squared = 0;
    for (size_t j = 0; j < H; j++) {
        double u = c->net.code_bias[j];
        for (size_t i = 0; i < V; i++) {
            u += c->net.encoder[i * H + j] * noisy[i];
        }
        p[j] = sigmoid(u) * keep[j];
        kept += keep[j];
    }
    for (size_t i = 0; i < V; i++) {
        double u = c->net.output_bias[i];
        for (size_t j = 0; j < H; j++) {
            u += c->net.encoder[i * H + j] * p[j];
        }
        double y = sigmoid(u) * H / kept;
        delta[i] = (clipped && y > 1 ? 1 : y) - x[i];
        squared += delta[i] * delta[i];
    }
    for (size_t j = 0; j < H; j++) {
        double back = 0;
        for (size_t i = 0; i < V; i++) {
            back += c->net.encoder[i * H + j] * delta[i];
        }
        back *= p[j] * (1 - p[j]) * keep[j];
        for (size_t i = 0; i < V; i++) {
            into[i * H + j] += delta[i] * p[j] + back * noisy[i];
        }
        into[V * H + j] += back;
    }
    for (size_t i = 0; i < V; i++) {
        into[V * H + H + i] += delta[i];
    }
    return squared;
}

static void check_step(bool clipped) {
    Case c;
    double sums[MOST] = {0}, want[MOST], squared = 0;
    case_make(&c, &(DenoiserSpec){.clip = clipped});
    c.batch.keep = c.keep;
    for (size_t n = 0; n < N; n++) {
        squared += rule(&c, n, clipped, sums);
    }
    for (size_t i = 0; i < V * H + H + V; i++) {
        want[i] = c.net.parameters[i] - (i < V * H ? 0.3 : 0.8) * sums[i] / N;
    }
    denoiser_step(&c.net, &c.batch, 0.3, 0.8);
    assert_close(denoiser_squared_error(&c.net, &c.batch), squared, 1e-13, 0);
    assert_all_close(c.net.parameters, want, V * H + H + V, 1e-12, 1e-14);
    arena_destroy(c.arena);
}

static void test_step_with_dropout(void **state) {
    (void)state;
    check_step(false);
    check_step(true);
}

static void test_nothing_kept_teaches_nothing(void **state) {
    (void)state;
    Case c;
    Real before[MOST];
    case_make(&c, &(DenoiserSpec){0});
    memset(c.keep, 0, sizeof c.keep);
    c.batch.keep = c.keep;
    memcpy(before, c.net.parameters, (V * H + H + V) * sizeof *before);
    denoiser_step(&c.net, &c.batch, 0.3, 0.8);
    assert_bits_equal(denoiser_squared_error(&c.net, &c.batch), 0);
    assert_all_bits_equal(c.net.parameters, before, V * H + H + V);
    arena_destroy(c.arena);
}

/* ---- penalties on the code ---- */

static void add_square(void *context, const Real *code, size_t count, Real *pull) {
    const double *weight = context;
    for (size_t i = 0; i < count * H; i++) {
        pull[i] += *weight * code[i];
    }
}

/* weight / 2 |code|^2 beside the error: a gradient still. */
static void test_penalty(void **state) {
    (void)state;
    Case c;
    double weight = 0.9, h = 1e-5;
    Real gradient[MOST] = {0};
    case_make(&c, &(DenoiserSpec){.penalty = add_square, .context = &weight});
    denoiser_forward(&c.net, &c.batch);
    denoiser_backward(&c.net, &c.batch, 1, 1, gradient);
    for (size_t i = 0; i < V * H + H + V; i++) {
        Real *w = &c.net.parameters[i], was = *w;
        double side[2];
        for (int s = 0; s < 2; s++) {
            *w = was + (s ? h : -h);
            side[s] = error_of(&c);
            side[s] += weight / 2 * vec_sum_squares(c.net.code, N * H);
        }
        *w = was;
        assert_true(gradcheck_error(gradient[i], (side[1] - side[0]) / (2 * h), 1e-4) < 1e-7);
    }
    arena_destroy(c.arena);
}

/* ---- the sparse term ---- */

/* lambda 0, no limit: the textbook's form is the gradient of n beta KL(rho || mean code). */
static void test_sparse_batch_is_a_gradient(void **state) {
    (void)state;
    Case c;
    Sparse sparse;
    const double h = 1e-5, beta = 0.8;
    Real gradient[MOST] = {0};
    case_make(&c, &(DenoiserSpec){.penalty = sparse_pull, .context = &sparse});
    sparse_init(&sparse, &(SparseSpec){.form = SPARSE_BATCH, .beta = beta, .rho = 0.1, .eps = 1e-9},
                H, c.arena);
    denoiser_forward(&c.net, &c.batch);
    denoiser_backward(&c.net, &c.batch, 1, 1, gradient);
    for (size_t i = 0; i < V * H + H + V; i++) {
        Real *w = &c.net.parameters[i], was = *w;
        double side[2];
        for (int s = 0; s < 2; s++) {
            double mean[H] = {0};
            *w = was + (s ? h : -h);
            side[s] = error_of(&c);
            for (size_t k = 0; k < N * H; k++) {
                mean[k % H] += c.net.code[k] / N;
            }
            side[s] += N * beta * sparse_penalty(&sparse, mean);
        }
        *w = was;
        assert_true(gradcheck_error(gradient[i], (side[1] - side[0]) / (2 * h), 1e-4) < 1e-7);
    }
    arena_destroy(c.arena);
}

/* The post's lines for one unit and two images, worked out by hand. */
static void test_sparse_by_image(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const Real code[2] = {0.6, 0.2};
    const double rho = 0.05, eps = 1e-3;
    SparseSpec spec = {.form = SPARSE_MEAN, .beta = 0.1, .rho = rho, .lambda = 0.9, .eps = eps};
    Sparse sparse;
    sparse_init(&sparse, &spec, 1, arena);
    Real pull[2] = {10, 20};
    sparse_pull(&sparse, code, 2, pull);
    double r = 0.9 * rho + 0.1 * 0.6 + eps; /* 0.106 */
    assert_close(pull[0], 10 + 0.1 * (-rho / r + 0.95 / (1 - r + eps)), 1e-14, 0);
    r = 0.9 * r + 0.1 * 0.2 + eps;
    assert_close(pull[1], 20 + 0.1 * (-rho / r + 0.95 / (1 - r + eps)), 1e-14, 0);
    assert_close(sparse.activity[0], r, 1e-14, 0);

    spec.form = SPARSE_SHARE;
    sparse_init(&sparse, &spec, 1, arena);
    pull[0] = pull[1] = 0;
    sparse_pull(&sparse, code, 2, pull);
    assert_close(pull[0], 0.1 * (-rho / (0.145 + eps) + 0.95 / (0.855 + eps)), 1e-13, 0);
    assert_close(pull[1], 0.1 * (-rho / (0.1305 + eps) + 0.95 / (0.8695 + eps)), 1e-13, 0);
    arena_destroy(arena);
}

static void test_sparse_limit(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const Real code[2] = {0, 1};
    SparseSpec spec = {.form = SPARSE_SHARE, .beta = 100, .rho = 0.3, .eps = 1e-3, .limit = 3};
    Sparse sparse;
    sparse_init(&sparse, &spec, 2, arena);
    Real pull[2] = {0};
    sparse_pull(&sparse, code, 1, pull);
    assert_bits_equal(pull[0], -3); /* a silent unit is pulled up, by at most the limit */
    assert_bits_equal(pull[1], 3);
    arena_destroy(arena);
}

/* The first form's eps: a unit always on ends at 1.01, and what should turn it down turns it up. */
static void test_sparse_mean_changes_sign(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const Real on = 1;
    SparseSpec spec = {.form = SPARSE_MEAN, .beta = 1, .rho = 0.05, .lambda = 0.9, .eps = 1e-3};
    Sparse sparse;
    sparse_init(&sparse, &spec, 1, arena);
    Real pull = 0;
    for (int i = 0; i < 1000; i++) {
        pull = 0;
        sparse_pull(&sparse, &on, 1, &pull);
    }
    assert_close(sparse.activity[0], 1.01, 1e-12, 0);
    assert_close(pull, -0.05 / 1.01 - 0.95 / 0.009, 1e-9, 0);
    arena_destroy(arena);
}

static void test_cross_entropy(void **state) {
    (void)state;
    Case c;
    case_make(&c, &(DenoiserSpec){0});
    double want = error_of(&c);
    assert_close(denoiser_cross_entropy(&c.net, &c.batch), want, 1e-8, 0);
    arena_destroy(c.arena);
}

int main(int argc, char **argv) {
    (void)argc;
    Error err;
    if (!engine_start(&(EngineChoice){0}, argv, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradient_tied),
        cmocka_unit_test(test_gradient_untied),
        cmocka_unit_test(test_step_with_dropout),
        cmocka_unit_test(test_nothing_kept_teaches_nothing),
        cmocka_unit_test(test_penalty),
        cmocka_unit_test(test_cross_entropy),
        cmocka_unit_test(test_sparse_batch_is_a_gradient),
        cmocka_unit_test(test_sparse_by_image),
        cmocka_unit_test(test_sparse_limit),
        cmocka_unit_test(test_sparse_mean_changes_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
