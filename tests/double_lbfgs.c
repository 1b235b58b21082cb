/* SPDX-License-Identifier: MIT
 *
 * L-BFGS on functions whose minimum is known, in double.
 */
#include "core/base/engine.h"
#include "core/learn/lbfgs.h"
#include "tests/check.h"
#include <math.h>

/* sum of k (x_k - k)^2 / 2 */
static double bowl(void *context, const Real *x, Real *gradient) {
    const size_t n = *(const size_t *)context;
    double f = 0;
    for (size_t i = 0; i < n; i++) {
        double k = (double)i + 1, d = x[i] - k;
        f += k * d * d / 2;
        gradient[i] = k * d;
    }
    return f;
}

static double rosenbrock(void *context, const Real *x, Real *gradient) {
    (void)context;
    double a = 1 - x[0], b = x[1] - x[0] * x[0];
    gradient[0] = -2 * a - 400 * x[0] * b;
    gradient[1] = 200 * b;
    return a * a + 100 * b * b;
}

/* Falls for ever; its gradient says the contrary. */
static double liar(void *context, const Real *x, Real *gradient) {
    (void)context;
    gradient[0] = 1;
    return -x[0];
}

static void test_quadratic(void **state) {
    (void)state;
    Arena *arena = arena_create();
    size_t n = 50;
    Real x[50] = {0};
    Lbfgs l = {.count = n, .memory = 5, .value = bowl, .context = &n};
    lbfgs_init(&l, x, arena);
    for (int i = 0; i < 100 && lbfgs_step(&l); i++) {
    }
    for (size_t i = 0; i < n; i++) {
        assert_close(x[i], (double)i + 1, 1e-7, 0);
    }
    assert_true(l.calls < 130);
    arena_destroy(arena);
}

static void test_rosenbrock(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Real x[2] = {-1.2, 1};
    Lbfgs l = {.count = 2, .memory = 5, .value = rosenbrock};
    double last = 24.2;
    lbfgs_init(&l, x, arena);
    for (int i = 0; i < 60 && lbfgs_step(&l); i++) {
        assert_true(l.f < last); /* every step falls */
        last = l.f;
    }
    assert_close(x[0], 1, 1e-6, 0);
    assert_close(x[1], 1, 1e-6, 0);
    assert_true(l.calls < 100);
    arena_destroy(arena);
}

static void test_no_descent_leaves_all_alone(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Real x[1] = {3};
    Lbfgs l = {.count = 1, .memory = 3, .value = liar};
    lbfgs_init(&l, x, arena);
    assert_false(lbfgs_step(&l));
    assert_bits_equal(x[0], 3);
    assert_bits_equal(l.f, -3);
    arena_destroy(arena);
}

int main(int argc, char **argv) {
    (void)argc;
    Error err;
    if (!engine_start(&(EngineChoice){0}, argv, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quadratic),
        cmocka_unit_test(test_rosenbrock),
        cmocka_unit_test(test_no_descent_leaves_all_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
