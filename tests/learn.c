/* SPDX-License-Identifier: MIT
 *
 * Optimizers: trajectories of PyTorch and of a plain reference, and what a step does to blocks.
 * Compiled a second time in double by double_learn.c.
 */
#include "tests/check.h"

#include "core/base/arena.h"
#include "core/learn/optimizer.h"
#include "tests/fixtures/torch_optimizers.h"
#include <math.h>
#include <stdlib.h>

/* Forty steps of a contraction keep a few roundings of 6e-8 (float) or 1.1e-16 (double): measured
 * below 3e-7 and 1e-15 over all methods. */
static const double tolerance = sizeof(Real) == sizeof(double) ? 1e-14 : 5e-7;

enum { COUNT = 10, WEIGHTS = 7, SEEN = 5 };
static const unsigned seen[SEEN] = {1, 2, 3, 10, 30};

/* ---- a net of two blocks, filled by hand ---- */

typedef struct Hill {
    Net net;
    ParamBlock blocks[2];
    Real weights[COUNT], gradients[COUNT];
    Optimizer optimizer;
    Arena *arena;
} Hill;

static Hill *hill_create(const OptimizerSpec *spec) {
    Hill *h = calloc(1, sizeof *h);
    assert_non_null(h);
    h->blocks[0] = (ParamBlock){.offset = 0, .count = WEIGHTS, .rate = 1, .decay = 1};
    h->blocks[1] = (ParamBlock){.offset = WEIGHTS, .count = COUNT - WEIGHTS, .is_bias = true,
                                .rate = 1, .decay = 1};
    h->net = (Net){.blocks = h->blocks, .block_count = 2, .parameters = COUNT,
                   .weights = h->weights, .gradients = h->gradients};
    h->arena = arena_create();
    optimizer_init(&h->optimizer, spec, &h->net, h->arena);
    return h;
}

static void hill_free(Hill *h) {
    arena_destroy(h->arena);
    free(h);
}

/* The gradient of tests/fixtures/torch_optimizers.py. */
static double slope(unsigned i, double w) {
    double d = w - (0.3 + i / 10.0) * (i % 2 ? -1 : 1);
    return (0.5 + i / 4.0) * d + d * d * d;
}

static void hill_step(Hill *h, double rate, double momentum) {
    for (unsigned i = 0; i < COUNT; i++)
        h->gradients[i] = (Real)slope(i, h->weights[i]);
    optimizer_step(&h->optimizer, &h->net, rate, momentum);
}

/* ---- PyTorch ---- */

static const struct Walk {
    const char *name;
    double rate;
    OptimizerSpec spec;
} walks[] = {
    {"sgd", 0.05, {.method = OPTIMIZER_SGD}},
    {"sgd_decay", 0.05, {.method = OPTIMIZER_SGD, .weight_decay = 0.1, .decay_biases = true}},
    {"sgd_clip_norm", 0.05, {.method = OPTIMIZER_SGD, .clip_norm = 1.5}},
    {"sgd_clip_value", 0.05, {.method = OPTIMIZER_SGD, .clip_value = 0.5}},
    {"momentum", 0.02, {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9}},
    {"momentum_decay", 0.02, {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9, .weight_decay = 0.1,
                              .decay_biases = true}},
    {"nesterov", 0.02, {.method = OPTIMIZER_NESTEROV, .momentum = 0.9}},
    {"adagrad", 0.1, {.method = OPTIMIZER_ADAGRAD}},
    {"rmsprop", 0.01, {.method = OPTIMIZER_RMSPROP, .beta2 = 0.9, .epsilon = 1e-6}},
    {"rmsprop_default", 0.01, {.method = OPTIMIZER_RMSPROP}},
    {"adam", 0.05, {.method = OPTIMIZER_ADAM, .momentum = 0.9, .adam_hat = true}},
    {"adam_decay", 0.05, {.method = OPTIMIZER_ADAM, .momentum = 0.8, .beta2 = 0.95, .epsilon = 1e-3,
                          .weight_decay = 0.1, .decay_biases = true, .adam_hat = true}},
    {"adadelta", 1.0, {.method = OPTIMIZER_ADADELTA, .momentum = 0.9, .epsilon = 1e-4}},
    {"adadelta_default", 1.0, {.method = OPTIMIZER_ADADELTA, .momentum = 0.95}},
};

static void trajectories_are_those_of_pytorch(void **state) {
    (void)state;
    const size_t count = sizeof walks / sizeof walks[0];
    assert_int_equal(count, sizeof torch_trajectories / sizeof torch_trajectories[0]);
    for (size_t k = 0; k < count; k++) {
        assert_string_equal(walks[k].name, torch_trajectories[k].name);
        Hill *h = hill_create(&walks[k].spec);
        for (unsigned step = 1, s = 0; s < SEEN; step++) {
            hill_step(h, walks[k].rate, -1);
            if (step != seen[s])
                continue;
            for (unsigned i = 0; i < COUNT; i++)
                check_assert_close(h->weights[i], torch_trajectories[k].places[s][i], tolerance,
                                   tolerance, walks[k].name, __FILE__, (int)step);
            s++;
        }
        assert_int_equal(h->optimizer.steps, 30);
        hill_free(h);
    }
}

/* ---- Caffe's forms against a plain reference, one parameter at a time ---- */

typedef struct Plain {
    double w, v, s;
} Plain;

/* sgd_solvers of Caffe: the rate inside the velocity, L2 added first, epsilon outside the root. */
static void caffe_step(const char *solver, Plain *p, double g, double rate, double mu, double decay,
                       unsigned t) {
    g += decay * p->w;
    double old = p->v;
    if (!strcmp(solver, "sgd")) {
        p->v = rate * g + mu * p->v;
        p->w -= p->v;
    } else if (!strcmp(solver, "nesterov")) {
        p->v = rate * g + mu * p->v;
        p->w -= (1 + mu) * p->v - mu * old;
    } else {
        p->v = mu * p->v + (1 - mu) * g;
        p->s = 0.999 * p->s + (1 - 0.999) * g * g;
        double correction = sqrt(1 - pow(0.999, t)) / (1 - pow(mu, t));
        p->w -= rate * correction * p->v / (sqrt(p->s) + 1e-3);
    }
}

static void caffe_forms(void **state) {
    (void)state;
    const struct {
        const char *solver;
        OptimizerSpec spec;
    } cases[] = {
        {"sgd", {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9, .rate_inside = true,
                 .weight_decay = 0.04, .decay_biases = true}},
        {"nesterov", {.method = OPTIMIZER_NESTEROV, .momentum = 0.9, .rate_inside = true,
                      .weight_decay = 0.04, .decay_biases = true}},
        {"adam", {.method = OPTIMIZER_ADAM, .momentum = 0.9, .epsilon = 1e-3,
                  .weight_decay = 0.04, .decay_biases = true}},
    };
    for (size_t k = 0; k < 3; k++) {
        Hill *h = hill_create(&cases[k].spec);
        Plain plain[COUNT] = {0};
        for (unsigned t = 1; t <= 40; t++) {
            double rate = t <= 20 ? 0.02 : 0.002; /* a drop acts through the old velocity */
            hill_step(h, rate, -1);
            for (unsigned i = 0; i < COUNT; i++) {
                caffe_step(cases[k].solver, &plain[i], slope(i, plain[i].w), rate, 0.9, 0.04, t);
                check_assert_close(h->weights[i], plain[i].w, tolerance, tolerance,
                                   cases[k].solver, __FILE__, (int)t);
            }
        }
        hill_free(h);
    }
}

/* With a constant rate both velocities make the same steps; after a drop they do not. */
static void rate_inside_differs_only_when_the_rate_changes(void **state) {
    (void)state;
    OptimizerSpec spec = {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9};
    Hill *outside = hill_create(&spec);
    spec.rate_inside = true;
    Hill *inside = hill_create(&spec);
    for (unsigned t = 0; t < 10; t++) {
        hill_step(outside, 0.01, -1);
        hill_step(inside, 0.01, -1);
        assert_all_close(inside->weights, outside->weights, COUNT, tolerance, tolerance);
    }
    hill_step(outside, 0.001, -1);
    hill_step(inside, 0.001, -1);
    assert_true(fabs((double)(inside->weights[9] - outside->weights[9])) > 1e-2);
    hill_free(outside);
    hill_free(inside);
}

/* ---- blocks ---- */

static void step_once(const OptimizerSpec *spec, double rate, double momentum, Real *w) {
    Hill *h = hill_create(spec);
    h->blocks[0].rate = 0.5;
    h->blocks[0].decay = 3;
    h->blocks[1].decay = 2;
    for (unsigned i = 0; i < COUNT; i++) {
        h->weights[i] = 1;
        h->gradients[i] = 4;
    }
    optimizer_step(&h->optimizer, &h->net, rate, momentum);
    w[0] = h->weights[0];
    w[1] = h->weights[COUNT - 1];
    assert_true(h->weights[WEIGHTS - 1] == w[0] && h->weights[WEIGHTS] == w[1]);
    hill_free(h);
}

/* All numbers are binary fractions, so results are exact: weight 1, gradient 4, rate 1/8. */
static void blocks_have_their_own_rate_and_decay(void **state) {
    (void)state;
    Real w[2];
    step_once(&(OptimizerSpec){.method = OPTIMIZER_SGD}, 0.125, -1, w);
    assert_true(w[0] == 0.75 && w[1] == 0.5);
    step_once(&(OptimizerSpec){.weight_decay = 2}, 0.125, -1, w); /* g' = 4 + 2 * 3; bias: 4 */
    assert_true(w[0] == 0.375 && w[1] == 0.5);
    step_once(&(OptimizerSpec){.weight_decay = 2, .decay_biases = true}, 0.125, -1, w);
    assert_true(w[0] == 0.375 && w[1] == 0);
    step_once(&(OptimizerSpec){.bias_rate = 2}, 0.125, -1, w);
    assert_true(w[0] == 0.75 && w[1] == 0);
    step_once(&(OptimizerSpec){.bias_rate_absolute = 1}, 0.125, -1, w);
    assert_true(w[0] == 0.75 && w[1] == -3);
    /* Adam's first step is the rate itself, the biases' own rate included */
    step_once(&(OptimizerSpec){.method = OPTIMIZER_ADAM, .momentum = 0.9, .bias_rate_absolute = 1},
              0.125, -1, w);
    assert_close(w[0], 1 - 0.0625, 1e-6, 0);
    assert_close(w[1], 0, 0, 1e-6);
    /* and without its correction 0.1 / sqrt(0.001) times that */
    step_once(&(OptimizerSpec){.method = OPTIMIZER_ADAM, .momentum = 0.9, .uncorrected = true},
              0.125, -1, w);
    assert_close(w[0], 1 - 0.0625 * sqrt(10), 1e-5, 0); /* 1 - 0.999f is not 0.001 */
}

static void momentum_of_the_schedule_wins(void **state) {
    (void)state;
    const OptimizerSpec spec = {.method = OPTIMIZER_MOMENTUM, .momentum = 0.5};
    Hill *own = hill_create(&spec), *cycled = hill_create(&spec);
    for (unsigned t = 0; t < 2; t++) {
        hill_step(own, 0.01, -1);
        hill_step(cycled, 0.01, 0.5);
    }
    assert_all_bits_equal(cycled->weights, own->weights, COUNT);
    hill_step(own, 0.01, -1);
    hill_step(cycled, 0.01, 0);
    assert_true(cycled->weights[9] != own->weights[9]);
    hill_free(own);
    hill_free(cycled);
}

static void clipping_scales_only_what_is_too_long(void **state) {
    (void)state;
    Real w[2];
    /* ten gradients of 4: the norm is 4 sqrt(10); half of it halves the step */
    step_once(&(OptimizerSpec){.clip_norm = 2 * sqrt(10.0)}, 0.125, -1, w);
    assert_close(w[0], 0.875, 1e-6, 0);
    step_once(&(OptimizerSpec){.clip_norm = 13}, 0.125, -1, w);
    assert_true(w[0] == 0.75);
    step_once(&(OptimizerSpec){.clip_value = 2}, 0.125, -1, w);
    assert_true(w[0] == 0.875 && w[1] == 0.75);
    /* the decay is not clipped: g' = 2 + 2 * 3 */
    step_once(&(OptimizerSpec){.clip_value = 2, .weight_decay = 2}, 0.125, -1, w);
    assert_true(w[0] == 0.5);
    Hill *h = hill_create(&(OptimizerSpec){.clip_norm = 1, .clip_value = 1});
    h->gradients[3] = (Real)NAN; /* a diverged run stays one */
    optimizer_step(&h->optimizer, &h->net, 0.1, -1);
    assert_true(isnan(h->weights[3]));
    hill_free(h);
}

/* ---- refusals and names ---- */

static void nonsense_is_refused(void **state) {
    (void)state;
    const struct {
        OptimizerSpec spec;
        const char *says;
    } wrong[] = {
        {{.method = OPTIMIZER_MOMENTUM, .momentum = 1}, "momentum"},
        {{.method = OPTIMIZER_MOMENTUM, .momentum = -0.1}, "momentum"},
        {{.method = OPTIMIZER_ADAM, .momentum = NAN}, "momentum"},
        {{.method = OPTIMIZER_ADAGRAD, .momentum = 0.9}, "adagrad has no momentum"},
        {{.method = OPTIMIZER_RMSPROP, .momentum = 0.9}, "rmsprop has no momentum"},
        {{.method = OPTIMIZER_ADAM, .beta2 = 1}, "beta2"},
        {{.method = OPTIMIZER_SGD, .beta2 = 0.9}, "beta2"},
        {{.method = OPTIMIZER_ADAM, .epsilon = -1}, "epsilon"},
        {{.method = OPTIMIZER_SGD, .weight_decay = -1}, "weight decay"},
        {{.method = OPTIMIZER_SGD, .clip_norm = INFINITY}, "clip_norm"},
        {{.method = OPTIMIZER_SGD, .bias_rate = 1, .bias_rate_absolute = 1}, "not both"},
        {{.method = OPTIMIZER_ADAM, .rate_inside = true}, "velocity"},
        {{.method = OPTIMIZER_RMSPROP, .uncorrected = true}, "bias correction"},
        {{.method = OPTIMIZER_ADAM, .uncorrected = true, .adam_hat = true}, "adam_hat"},
        {{.method = (OptimizerMethod)99}, "99"},
    };
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        Error err = {0};
        assert_false(optimizer_check(&wrong[k].spec, &err));
        assert_non_null(strstr(err.text, wrong[k].says));
    }
}

static void names_go_both_ways(void **state) {
    (void)state;
    for (int m = OPTIMIZER_SGD; m <= OPTIMIZER_ADADELTA; m++) {
        OptimizerMethod back = OPTIMIZER_SGD;
        assert_true(optimizer_from_name(optimizer_name((OptimizerMethod)m), &back));
        assert_int_equal(back, m);
    }
    OptimizerMethod untouched = OPTIMIZER_ADAM;
    assert_false(optimizer_from_name("adamw", &untouched));
    assert_int_equal(untouched, OPTIMIZER_ADAM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trajectories_are_those_of_pytorch),
        cmocka_unit_test(caffe_forms),
        cmocka_unit_test(rate_inside_differs_only_when_the_rate_changes),
        cmocka_unit_test(blocks_have_their_own_rate_and_decay),
        cmocka_unit_test(momentum_of_the_schedule_wins),
        cmocka_unit_test(clipping_scales_only_what_is_too_long),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(names_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
