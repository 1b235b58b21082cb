/* SPDX-License-Identifier: MIT
 *
 * Our L-BFGS beside libLBFGS (Okazaki's port of Nocedal's program), in double: the same minimum, in
 * about as many iterations.  The two differ in their line searches (ours halves, libLBFGS has Moré
 * and Thuente's), so the paths differ.
 */
#if !__has_include(<lbfgs.h>)
#error "libLBFGS is missing: install liblbfgs-dev ('make deps' does)"
#endif
#include "core/base/engine.h"
#include "core/base/rng.h"
#include "core/learn/lbfgs.h"
#include "core/net/net.h"
#include "core/net/tiny.h"
#include "tests/check.h"
#include <lbfgs.h>
#include <math.h>
#include <string.h>

typedef double Value(void *context, const Real *x, Real *gradient);

typedef struct Problem {
    const char *name;
    size_t count;
    Value *value;
    void *context;
    Real *x; /* where both start */
} Problem;

typedef struct Answer {
    double f, gradient;
    size_t iterations, calls;
    Real *x;
} Answer;

enum { MEMORY = 6, MOST = 2000 };
static const double enough = 1e-7; /* |g| <= enough max(1, |x|) */

/* ---- both programs ---- */
static double norm(const Real *x, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

static Answer ours(const Problem *p, Arena *arena) {
    Answer a = {.x = arena_copy(arena, p->x, p->count * sizeof *p->x)};
    Lbfgs l = {.count = p->count, .memory = MEMORY, .value = p->value, .context = p->context};
    lbfgs_init(&l, a.x, arena);
    while (a.iterations < MOST && lbfgs_step(&l)) {
        a.iterations++;
        if (norm(l.gradient, p->count) <= enough * fmax(1, norm(a.x, p->count)))
            break;
    }
    a.f = l.f;
    a.gradient = norm(l.gradient, p->count);
    a.calls = l.calls;
    return a;
}

typedef struct Watched {
    const Problem *problem;
    Answer *answer;
} Watched;

static lbfgsfloatval_t peer_value(void *instance, const lbfgsfloatval_t *x, lbfgsfloatval_t *g,
                                  const int n, const lbfgsfloatval_t step) {
    const Watched *w = instance;
    (void)n, (void)step;
    w->answer->calls++;
    return w->problem->value(w->problem->context, x, g);
}

static int peer_progress(void *instance, const lbfgsfloatval_t *x, const lbfgsfloatval_t *g,
                         const lbfgsfloatval_t fx, const lbfgsfloatval_t xnorm,
                         const lbfgsfloatval_t gnorm, const lbfgsfloatval_t step, int n, int k,
                         int ls) {
    const Watched *w = instance;
    (void)x, (void)g, (void)fx, (void)xnorm, (void)step, (void)n, (void)ls;
    w->answer->iterations = (size_t)k;
    w->answer->gradient = gnorm;
    return 0;
}

static Answer theirs(const Problem *p, Arena *arena) {
    Answer a = {0};
    Watched watched = {p, &a};
    lbfgsfloatval_t *x = lbfgs_malloc((int)p->count);
    assert_non_null(x);
    memcpy(x, p->x, p->count * sizeof *x);
    lbfgs_parameter_t parameter;
    lbfgs_parameter_init(&parameter);
    parameter.m = MEMORY;
    parameter.epsilon = enough;
    parameter.max_iterations = MOST;
    int status = lbfgs((int)p->count, x, &a.f, peer_value, peer_progress, &watched, &parameter);
    assert_int_equal(status, LBFGS_SUCCESS);
    a.x = arena_copy(arena, x, p->count * sizeof *x);
    lbfgs_free(x);
    return a;
}

/* The same minimum (to `f_close`; where it is one point, the same place to `x_close`), and not more
 * than twice its iterations and calls. */
static void side_by_side(const Problem *p, double f_close, double x_close) {
    Arena *arena = arena_create();
    Answer a = ours(p, arena), b = theirs(p, arena);
    print_message("%s: %zu iterations and %zu calls here, %zu and %zu there\n", p->name,
                  a.iterations, a.calls, b.iterations, b.calls);
    assert_close(a.f, b.f, f_close, f_close);
    assert_true(a.gradient <= enough * fmax(1, norm(a.x, p->count)));
    for (size_t i = 0; x_close > 0 && i < p->count; i++)
        assert_close(a.x[i], b.x[i], x_close, x_close);
    assert_true(a.iterations > 0 && a.iterations <= 2 * b.iterations);
    assert_true(b.iterations <= 2 * a.iterations);
    assert_true(a.calls <= 2 * b.calls);
    arena_destroy(arena);
}

/* ---- the problems ---- */

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

static void a_bowl(void **state) {
    (void)state;
    size_t count = 100;
    Real x[100] = {0};
    side_by_side(&(Problem){"bowl", count, bowl, &count, x}, 1e-9, 1e-5);
}

/* Rosenbrock's valley in pairs of variables. */
static double rosenbrock(void *context, const Real *x, Real *gradient) {
    const size_t n = *(const size_t *)context;
    double f = 0;
    for (size_t i = 0; i + 1 < n; i += 2) {
        double a = 1 - x[i], b = x[i + 1] - x[i] * x[i];
        gradient[i] = -2 * a - 400 * x[i] * b;
        gradient[i + 1] = 200 * b;
        f += a * a + 100 * b * b;
    }
    return f;
}

static void rosenbrocks_valley(void **state) {
    (void)state;
    size_t count = 20;
    Real x[20];
    for (size_t i = 0; i < count; i++)
        x[i] = i % 2 ? 1 : -1.2;
    side_by_side(&(Problem){"rosenbrock", count, rosenbrock, &count, x}, 1e-10, 1e-5);
}

/* Softmax regression with weight decay: convex, one minimum. */
typedef struct Regression {
    Net *net;
    Real *x;
    uint8_t labels[60];
} Regression;

static double regression(void *context, const Real *w, Real *gradient) {
    Regression *r = context;
    const size_t n = r->net->parameters;
    memcpy(r->net->weights, w, n * sizeof *w);
    double f = net_gradient(r->net, r->x, (Target){.labels = r->labels}, 60);
    for (size_t i = 0; i < n; i++) {
        gradient[i] = r->net->gradients[i] + 0.01 * w[i];
        f += 0.005 * w[i] * w[i];
    }
    return f;
}

static void softmax_regression(void **state) {
    (void)state;
    static const LayerSpec layers[] = {{.kind = LAYER_DENSE, .units = 10}, {.kind = LAYER_END}};
    Arena *arena = arena_create();
    Regression r = {.net = net_create(&(NetSpec){.height = 5, .width = 5, .channels = 1,
                                                 .layers = layers, .loss = LOSS_CROSS_ENTROPY,
                                                 .max_batch = 60}, arena, NULL)};
    assert_non_null(r.net);
    r.x = arena_new(arena, Real, 60 * 25);
    Rng rng = rng_make(1, STREAM_TEST, 0);
    for (size_t i = 0; i < 60; i++) {
        r.labels[i] = (uint8_t)rng_below(&rng, 10);
        for (size_t j = 0; j < 25; j++)
            r.x[i * 25 + j] = (Real)(rng_normal(&rng) + (j == r.labels[i] ? 2 : 0));
    }
    Real *start = arena_new(arena, Real, r.net->parameters);
    side_by_side(&(Problem){"softmax regression", r.net->parameters, regression, &r, start}, 1e-10,
                 1e-4);
    arena_destroy(arena);
}

/* The 3-5-1 net with weight decay: not convex, but from this start both go to one minimum. */
static double parity(void *context, const Real *x, Real *gradient) {
    const TinyData *data = &tiny_odd_parity;
    Tiny tiny = {.inputs = 3, .hidden = 5};
    double f = 0;
    (void)context;
    for (size_t i = 0; i < 26; i++) {
        *(i < 20 ? &tiny.w0[i / 5][i % 5] : &tiny.w1[i - 20]) = x[i];
        gradient[i] = 1e-3 * x[i];
        f += 5e-4 * x[i] * x[i];
    }
    for (size_t k = 0; k < data->count; k++) {
        Tiny slope;
        double error = tiny_gradient(&tiny, data->x + 3 * k, data->target[k], &slope) -
                       data->target[k];
        f += error * error / 2;
        for (size_t i = 0; i < 26; i++)
            gradient[i] += i < 20 ? slope.w0[i / 5][i % 5] : slope.w1[i - 20];
    }
    return f;
}

static void the_net_of_26_weights(void **state) {
    (void)state;
    Tiny tiny;
    Real x[26];
    assert_true(tiny_create(&tiny, 3, 5, NULL));
    tiny_random_uniform(&tiny, 1);
    for (size_t i = 0; i < 26; i++)
        x[i] = i < 20 ? tiny.w0[i / 5][i % 5] : tiny.w1[i - 20];
    side_by_side(&(Problem){"3-5-1", 26, parity, NULL, x}, 1e-8, 0);
}

int main(int argc, char **argv) {
    (void)argc;
    Error err;
    if (!engine_start(&(EngineChoice){0}, argv, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bowl),
        cmocka_unit_test(rosenbrocks_valley),
        cmocka_unit_test(softmax_regression),
        cmocka_unit_test(the_net_of_26_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
