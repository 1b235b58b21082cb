/* SPDX-License-Identifier: MIT
 *
 * Newton's method on functions whose minimum and Hessian are known, in double.
 */
#include "core/base/engine.h"
#include "core/learn/newton.h"
#include "tests/check.h"
#include <math.h>

/* sum of k (x_k - k)^2 / 2, and x_k x_(k+1) / 4 between neighbours */
static double bowl(void *context, const Real *x, Real *gradient) {
    const size_t n = *(const size_t *)context;
    double f = 0;
    for (size_t i = 0; i < n; i++) {
        double k = (double)i + 1, d = x[i] - k;
        f += k * d * d / 2;
        gradient[i] = k * d;
    }
    for (size_t i = 0; i + 1 < n; i++) {
        f += x[i] * x[i + 1] / 4;
        gradient[i] += x[i + 1] / 4;
        gradient[i + 1] += x[i] / 4;
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

static void rosenbrock_hessian(void *context, const Real *x, double *h) {
    (void)context;
    h[0] = 2 - 400 * (x[1] - 3 * x[0] * x[0]);
    h[1] = -400 * x[0];
    h[3] = 200;
}

/* A saddle at 0 between two minima of -1 at (0, +-sqrt 2). */
static double saddle(void *context, const Real *x, Real *gradient) {
    (void)context;
    gradient[0] = 2 * x[0];
    gradient[1] = -2 * x[1] + x[1] * x[1] * x[1];
    return x[0] * x[0] - x[1] * x[1] + x[1] * x[1] * x[1] * x[1] / 4;
}

/* Falls for ever; its gradient says the contrary. */
static double liar(void *context, const Real *x, Real *gradient) {
    (void)context;
    gradient[0] = 1;
    return -x[0];
}

static void a_quadratic_takes_one_step(void **state) {
    (void)state;
    Arena *arena = arena_create();
    size_t count = 30;
    Real x[30] = {0};
    Newton n = {.count = count, .value = bowl, .context = &count};
    newton_init(&n, x, arena);
    assert_true(newton_step(&n));
    assert_int_equal(n.calls, 2 + 2 * count); /* start, end, and two a column */
    for (size_t i = 0; i < count; i++)
        assert_close(n.gradient[i], 0, 0, 1e-6); /* 900 at the start */
    assert_true(n.shift == 0 && n.shifted == 0);
    arena_destroy(arena);
}

static void differences_are_the_hessian(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Real x[2] = {-1.2, 1};
    double exact[4] = {0};
    Newton n = {.count = 2, .value = rosenbrock};
    newton_init(&n, x, arena);
    newton_hessian(&n);
    rosenbrock_hessian(NULL, x, exact);
    assert_close(n.curvature[0], exact[0], 1e-8, 0);
    assert_close(n.curvature[1], exact[1], 1e-8, 0);
    assert_close(n.curvature[3], exact[3], 1e-8, 0);
    assert_bits_equal(x[0], -1.2);
    arena_destroy(arena);
}

static void test_rosenbrock(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Real x[2] = {-1.2, 1};
    Newton n = {.count = 2, .value = rosenbrock, .hessian = rosenbrock_hessian};
    double last = 24.2;
    newton_init(&n, x, arena);
    for (int i = 0; i < 25 && newton_step(&n); i++) {
        assert_true(n.f < last); /* every step falls */
        last = n.f;
    }
    assert_close(x[0], 1, 1e-9, 0);
    assert_close(x[1], 1, 1e-9, 0);
    arena_destroy(arena);
}

static void an_indefinite_hessian_is_shifted(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Real x[2] = {1, 1e-3}; /* plain Newton would go to the saddle */
    Newton n = {.count = 2, .value = saddle};
    newton_init(&n, x, arena);
    for (int i = 0; i < 50 && newton_step(&n); i++) {
    }
    assert_true(n.shifted > 0);
    assert_close(n.f, -1, 1e-9, 0);
    assert_close(fabs(x[1]), sqrt(2), 1e-6, 0);
    arena_destroy(arena);
}

static void no_descent_leaves_all_alone(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Real x[1] = {3};
    Newton n = {.count = 1, .value = liar};
    newton_init(&n, x, arena);
    assert_false(newton_step(&n));
    assert_bits_equal(x[0], 3);
    assert_bits_equal(n.f, -3);
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
        cmocka_unit_test(a_quadratic_takes_one_step),
        cmocka_unit_test(differences_are_the_hessian),
        cmocka_unit_test(test_rosenbrock),
        cmocka_unit_test(an_indefinite_hessian_is_shifted),
        cmocka_unit_test(no_descent_leaves_all_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
