/* SPDX-License-Identifier: MIT
 *
 * Gaussian processes: the Cholesky against LAPACK, posteriors against closed forms and
 * scikit-learn, duplicates.
 */
#include "core/base/cholesky.h"
#include "core/base/engine.h"
#include "core/base/rng.h"
#include "core/search/gp.h"
#include "tests/check.h"
#include "tests/fixtures/sklearn_gp.h"
#include <math.h>
#include <stdlib.h>

static bool start(Engine engine) {
    return engine_start(&(EngineChoice){.engine = engine}, NULL, NULL);
}

/* ---- Cholesky ---- */

enum { N = 40, COLUMNS = 3 };

/* M'M + I/10 of random numbers, and right-hand sides. */
static void random_system(double *a, double *b) {
    Rng rng = rng_make(1, STREAM_TEST, 0);
    double m[N * N];
    for (size_t i = 0; i < N * N; i++)
        m[i] = rng_normal(&rng);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            a[i * N + j] = i == j ? 0.1 : 0;
            for (size_t k = 0; k < N; k++)
                a[i * N + j] += m[k * N + i] * m[k * N + j];
        }
    for (size_t i = 0; i < N * COLUMNS; i++)
        b[i] = rng_normal(&rng);
}

/* |A x - b| in units of |A| |x| and the rounding: 1 is perfect. */
static double scaled_residual(const double *a, const double *x, const double *b) {
    double worst = 0;
    for (size_t i = 0; i < N; i++)
        for (size_t c = 0; c < COLUMNS; c++) {
            double residual = -b[i * COLUMNS + c], size = fabs(b[i * COLUMNS + c]);
            for (size_t k = 0; k < N; k++) {
                residual += a[i * N + k] * x[k * COLUMNS + c];
                size += fabs(a[i * N + k] * x[k * COLUMNS + c]);
            }
            worst = fmax(worst, fabs(residual) / (size * 0x1p-52));
        }
    return worst;
}

static void solves(void **state) {
    (void)state;
    double a[N * N], u[N * N], b[N * COLUMNS], x[N * COLUMNS];
    random_system(a, b);
    memcpy(u, a, sizeof u);
    memcpy(x, b, sizeof x);
    assert_true(cholesky_factor(u, N));
    cholesky_forward(u, N, x, COLUMNS);
    cholesky_back(u, N, x, COLUMNS);
    assert_true(scaled_residual(a, x, b) < N);
}

static void agrees_with_lapack(void **state) {
    (void)state;
    double a[N * N], u[N * N], v[N * N], b[N * COLUMNS], x[N * COLUMNS], y[N * COLUMNS];
    random_system(a, b);
    memcpy(u, a, sizeof u);
    memcpy(v, a, sizeof v);
    memcpy(x, b, sizeof x);
    memcpy(y, b, sizeof y);
    assert_true(cholesky_factor(u, N));
    cholesky_forward(u, N, x, COLUMNS);
    if (!start(ENGINE_OPENBLAS))
        skip(); /* built with BLAS=none */
    assert_true(cholesky_factor(v, N));
    cholesky_forward(v, N, y, COLUMNS);
    for (size_t i = 0; i < N; i++)
        assert_all_close(u + i * N + i, v + i * N + i, N - i, 1e-12, 1e-12);
    assert_all_close(x, y, N * COLUMNS, 1e-11, 1e-12);
    cholesky_back(v, N, y, COLUMNS);
    assert_true(scaled_residual(a, y, b) < N);
    double singular[] = {1, 1, 1, 1};
    assert_false(cholesky_factor(singular, 2));
    start(ENGINE_OWN);
}

static void refuses_what_is_not_positive(void **state) {
    (void)state;
    double singular[] = {1, 1, 1, 1}, indefinite[] = {1, 2, 2, 1};
    double broken[] = {(double)NAN, 0, 0, 1};
    assert_false(cholesky_factor(singular, 2));
    assert_false(cholesky_factor(indefinite, 2));
    assert_false(cholesky_factor(broken, 2));
    assert_true(cholesky_factor(singular, 0));
}

/* ---- Gaussian processes ---- */

/* Two values +1 and -1 (mean 0, deviation 1) a distance apart: with c their covariance the
 * posterior mean at t is (k1 - k2) / (s + noise - c). */
static void two_points_in_closed_form(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Gp *gp = gp_create(2, 1, arena);
    const GpScales scales = {.length = {0.5}, .signal = 2, .noise = 0.1};
    const double x[] = {0.2, 0.6}, y[] = {1, -1}, at = 0.3;
    gp_condition(gp, x, y, 2, &scales);
    double c = 2 * exp(-0.64), k1 = 2 * exp(-0.04), k2 = 2 * exp(-0.36), s = 2.1;
    GpPosterior p = gp_predict(gp, &at);
    assert_close(p.mean, (k1 - k2) / (s - c), 1e-13, 0);
    double variance = 2 - (s * (k1 * k1 + k2 * k2) - 2 * c * k1 * k2) / (s * s - c * c);
    assert_close(p.variance, variance, 1e-12, 0);
    double log_likelihood = -1 / (s - c) - 0.5 * log(s * s - c * c) - log(2 * acos(-1));
    assert_close(gp->likelihood, log_likelihood, 1e-13, 0);
    assert_bits_equal(gp->jitter, 0);
    arena_destroy(arena);
}

static Gp *conditioned_as_sklearn(Arena *arena) {
    Gp *gp = gp_create(14, 3, arena);
    gp_condition(gp, sk_x, sk_y, 14,
                 &(GpScales){.length = {0.4, 1.3, 5}, .signal = 1.7, .noise = 0.02});
    return gp;
}

static void posterior_of_sklearn(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Gp *gp = conditioned_as_sklearn(arena);
    for (size_t i = 0; i < 5; i++) {
        GpPosterior p = gp_predict(gp, sk_at + 3 * i);
        assert_close(p.mean, sk_mean[i], 1e-11, 1e-12);
        assert_close(p.variance, sk_variance[i], 1e-9, 1e-12);
    }
    double gradient[5];
    gp_gradient(gp, gradient);
    assert_close(gp->likelihood, sk_likelihood, 1e-11, 0);
    assert_all_close(gradient, sk_gradient, 5, 1e-9, 1e-10);
    arena_destroy(arena);
}

/* scikit-learn's best of 51 starts of L-BFGS-B is ours within a hundredth. */
static void fit_of_sklearn(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Gp *gp = gp_create(14, 3, arena);
    gp_fit(gp, sk_x, sk_y, 14, NULL);
    assert_true(gp->likelihood > sk_best_likelihood - 0.01);
    assert_true(gp->likelihood < sk_best_likelihood + 0.01);
    assert_true(gp->scales.length[0] < gp->scales.length[1]); /* y = sin 5 x0 + ... */
    GpScales again = gp->scales;
    gp_fit(gp, sk_x, sk_y, 14, NULL);
    assert_all_bits_equal(again.length, gp->scales.length, 3);
    arena_destroy(arena);
}

/* Equal and nearly equal points, with and without noise. */
static void duplicates(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Gp *gp = gp_create(30, 2, arena);
    double x[60], y[30];
    for (size_t i = 0; i < 30; i++) {
        x[2 * i] = 0.1 * (double)(i % 5) + (i % 3 ? 1e-13 * (double)i : 0);
        x[2 * i + 1] = 0.5;
        y[i] = (double)(i % 5) + 0.001 * (double)(i % 2);
    }
    gp_condition(gp, x, y, 30, &(GpScales){.length = {1, 1}, .signal = 1, .noise = 0});
    assert_true(gp->jitter > 0 && gp->jitter < 1e-6);
    GpPosterior p = gp_predict(gp, (double[]){0.2, 0.5});
    assert_close(p.mean, 2, 0, 0.05);
    assert_true(p.variance >= 0 && p.variance < 1e-3);
    gp_fit(gp, x, y, 30, NULL);
    p = gp_predict(gp, (double[]){0.2, 0.5});
    assert_close(p.mean, 2, 0, 0.05);
    assert_true(isfinite(gp->likelihood));
    arena_destroy(arena);
}

/* One point, and values that are all the same. */
static void little_data(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Gp *gp = gp_create(3, 1, arena);
    gp_fit(gp, (double[]){0.5}, (double[]){7}, 1, NULL);
    assert_close(gp_predict(gp, (double[]){0.9}).mean, 7, 1e-12, 0);
    gp_fit(gp, (double[]){0.1, 0.5, 0.9}, (double[]){4, 4, 4}, 3, NULL);
    assert_close(gp_predict(gp, (double[]){0.3}).mean, 4, 1e-12, 0);
    arena_destroy(arena);
}

static void expected_improvement(void **state) {
    (void)state;
    GpPosterior p = {.mean = 1, .variance = 4};
    double z = 0.25, pi = acos(-1);
    double want = 0.5 * 0.5 * erfc(-z / sqrt(2)) + 2 * exp(-z * z / 2) / sqrt(2 * pi);
    assert_close(gp_expected_improvement(p, 1.5), want, 1e-13, 0);
    assert_bits_equal(gp_expected_improvement((GpPosterior){1, 0}, 1.5), 0.5);
    assert_bits_equal(gp_expected_improvement((GpPosterior){2, 0}, 1.5), 0);
}

int main(int argc, char **argv) {
    (void)argc;
    Error err;
    if (!engine_start(&(EngineChoice){.engine = ENGINE_OWN}, argv, &err))
        die("%s", err.text);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solves),
        cmocka_unit_test(agrees_with_lapack),
        cmocka_unit_test(refuses_what_is_not_positive),
        cmocka_unit_test(two_points_in_closed_form),
        cmocka_unit_test(posterior_of_sklearn),
        cmocka_unit_test(fit_of_sklearn),
        cmocka_unit_test(duplicates),
        cmocka_unit_test(little_data),
        cmocka_unit_test(expected_improvement),
    };
    return cmocka_run_group_tests_name("search_gp", tests, NULL, NULL);
}
