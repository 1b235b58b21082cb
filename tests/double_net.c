/* SPDX-License-Identifier: MIT
 *
 * Networks, in double: every layer and every loss against centred differences, batches in tiles
 * against batches whole, initial weights, and specs that must be refused.
 */
#include "core/base/engine.h"
#include "core/base/rng.h"
#include "core/net/caffe.h"
#include "core/net/gradcheck.h"
#include "tests/check.h"

#include <math.h>
#include <string.h>

#define DENSE(...) {.kind = LAYER_DENSE, .units = __VA_ARGS__} /* units, then other fields */
#define END {.kind = LAYER_END}

/* "High entropy" inputs: no zeros, no ties. */
static Real *noise(Arena *arena, size_t n, uint64_t cell, double low, double high) {
    Real *x = arena_new(arena, Real, n);
    Rng rng = rng_make(2385, STREAM_TEST, cell);
    for (size_t i = 0; i < n; i++)
        x[i] = (Real)rng_range(&rng, low, high);
    return x;
}

typedef struct Case {
    Arena *arena;
    Net *net;
    const Real *x;
    Target target;
    size_t count;
} Case;

static Case case_make(const NetSpec *spec, size_t count, double scale) {
    Case c = {.arena = arena_create(), .count = count};
    Error err = {""};
    NetSpec full = *spec;
    full.max_batch = full.max_batch ? full.max_batch : count;
    c.net = net_create(&full, c.arena, &err);
    assert_string_equal(err.text, "");
    net_initialise(c.net, 7);
    c.x = noise(c.arena, count * c.net->inputs, 1, -scale, scale);
    if (spec->loss == LOSS_CROSS_ENTROPY) {
        uint8_t *labels = arena_new(c.arena, uint8_t, count);
        for (size_t i = 0; i < count; i++)
            labels[i] = (uint8_t)((3 * i + 1) % c.net->outputs);
        c.target.labels = labels;
    } else {
        c.target.values = noise(c.arena, count * c.net->outputs, 2, 0.05, 0.95);
    }
    return c;
}

/* The largest error of all weights and biases, relative to the gradient or to 1e-3 of the loss' scale:
 * below that the difference of two losses has no seven digits. */
static double worst_error(const NetSpec *spec, size_t count) {
    Case c = case_make(spec, count, 1);
    GradCheckResult r = gradcheck_run(&(GradCheck){.h = 1e-5, .floor = 1e-3}, c.net, c.x, c.target,
                                      count);
    arena_destroy(c.arena);
    assert_true(r.checked > 0);
    return r.worst;
}

static void check_smooth(const NetSpec *spec, size_t count) {
    double worst = worst_error(spec, count);
    assert_true(worst < 1e-7);
}

static void test_dense_activations(void **state) {
    (void)state;
    static const LayerKind kinds[] = {LAYER_SIGMOID, LAYER_TANH, LAYER_LINEAR, LAYER_RELU};
    static const LossKind losses[] = {LOSS_SQUARED, LOSS_CROSS_ENTROPY, LOSS_BINARY_CROSS_ENTROPY};
    for (size_t k = 0; k < 4; k++)
        for (size_t l = 0; l < 3; l++) {
            LayerSpec layers[] = {DENSE(6, .bias = 0.1), {.kind = kinds[k]}, DENSE(5),
                                  {.kind = kinds[k]}, DENSE(4), END};
            check_smooth(&(NetSpec){.height = 1, .width = 1, .channels = 7, .layers = layers,
                                    .loss = losses[l]}, 5);
        }
}

static void test_tied(void **state) {
    (void)state;
    LayerSpec layers[] = {DENSE(5), {.kind = LAYER_SIGMOID}, DENSE(9, .tied = 1),
                          {.kind = LAYER_SIGMOID}, END};
    NetSpec spec = {.height = 3, .width = 3, .channels = 1, .layers = layers, .loss = LOSS_SQUARED};
    check_smooth(&spec, 6);
    spec.max_batch = 6;
    spec.tile = 2;
    check_smooth(&spec, 6);
}

static void test_masks(void **state) {
    (void)state;
    LayerSpec layers[] = {{.kind = LAYER_MASK, .share = 0.3}, DENSE(8), {.kind = LAYER_TANH},
                          {.kind = LAYER_DROPOUT, .share = 0.4}, DENSE(4), END};
    check_smooth(&(NetSpec){.height = 1, .width = 1, .channels = 7, .layers = layers,
                            .loss = LOSS_CROSS_ENTROPY}, 5);
}

static void test_convolution(void **state) {
    (void)state;
    LayerSpec layers[] = {{.kind = LAYER_CONV, .units = 3, .kernel = 5, .pad = 2, .bias = 0.1},
                          {.kind = LAYER_TANH},
                          {.kind = LAYER_CONV, .units = 4, .kernel = 3, .stride = 2, .pad = 1},
                          {.kind = LAYER_SIGMOID}, DENSE(3), END};
    check_smooth(&(NetSpec){.height = 7, .width = 6, .channels = 2, .layers = layers,
                            .loss = LOSS_CROSS_ENTROPY}, 3);
}

static void test_pooling_and_lrn(void **state) {
    (void)state;
    LayerSpec layers[] = {{.kind = LAYER_CONV, .units = 3, .kernel = 3, .pad = 1},
                          {.kind = LAYER_MAX_POOL, .kernel = 3, .stride = 2},
                          {.kind = LAYER_LRN, .lrn_size = 3, .lrn_alpha = 0.9, .lrn_beta = 0.75},
                          {.kind = LAYER_CONV, .units = 2, .kernel = 3, .pad = 1},
                          {.kind = LAYER_AVERAGE_POOL, .kernel = 3, .stride = 2},
                          DENSE(3), END};
    check_smooth(&(NetSpec){.height = 8, .width = 7, .channels = 2, .layers = layers,
                            .loss = LOSS_CROSS_ENTROPY}, 3);
}

static void test_batch_norm(void **state) {
    (void)state;
    LayerSpec layers[] = {{.kind = LAYER_CONV, .units = 3, .kernel = 3, .pad = 1, .no_bias = true},
                          {.kind = LAYER_BATCH_NORM}, {.kind = LAYER_SIGMOID},
                          {.kind = LAYER_AVERAGE_POOL, .kernel = 3, .stride = 2}, DENSE(3), END};
    check_smooth(&(NetSpec){.height = 6, .width = 6, .channels = 2, .layers = layers,
                            .loss = LOSS_CROSS_ENTROPY}, 4);
}

static void test_caffe_parameters(void **state) {
    (void)state;
    static const size_t parameters[] = {[CAFFE_FULL] = 89578, [CAFFE_QUICK] = 145578};
    for (int kind = CAFFE_FULL; kind <= CAFFE_QUICK; kind++) {
        Case c = case_make(&(NetSpec){.height = 32, .width = 32, .channels = 3,
                                      .layers = caffe_layers((CaffeNet)kind),
                                      .loss = LOSS_CROSS_ENTROPY}, 1, 1);
        size_t total = 0;
        for (size_t b = 0; b < c.net->block_count; b++)
            total += c.net->blocks[b].count;
        assert_int_equal(total, parameters[kind]);
        arena_destroy(c.arena);
    }
}

/* Caffe's nets have kinks (ReLU, maxima): a small image has few of them, and weights of ordinary size
 * keep the activations away from them, so that a small h crosses none. */
static void test_caffe_gradients(void **state) {
    (void)state;
    for (int kind = 0; kind < CAFFE_NETS; kind++) {
        Case c = case_make(&(NetSpec){.height = 16, .width = 16, .channels = 3,
                                      .layers = caffe_layers((CaffeNet)kind),
                                      .loss = LOSS_CROSS_ENTROPY}, 3, 1);
        for (size_t b = 0; b < c.net->block_count; b++) {
            const ParamBlock *block = &c.net->blocks[b];
            const Real *w = noise(c.arena, block->count, 10 + b, -1, 1);
            for (size_t i = 0; i < block->count; i++)
                c.net->weights[block->offset + i] = w[i] * (b == 0 ? (Real)0.3 : (Real)0.15);
        }
        GradCheckResult r = gradcheck_run(&(GradCheck){.h = 1e-6, .sample = 60, .floor = 1e-3},
                                          c.net, c.x, c.target, c.count);
        assert_true(r.checked >= 250);
        assert_true(r.worst < 1e-5);
        arena_destroy(c.arena);
    }
}

/* A ReLU whose input is 0.5 e-3 from its kink: a step of 1e-3 crosses it, one of 1e-4 does not, and
 * which elements crossed is told. */
static void test_kinks(void **state) {
    (void)state;
    LayerSpec layers[] = {DENSE(1), {.kind = LAYER_RELU}, END};
    Case c = case_make(&(NetSpec){.height = 1, .width = 1, .channels = 1, .layers = layers,
                                  .loss = LOSS_SQUARED, .keep = true}, 1, 1);
    GradElement elements[2];
    const Real x = 1, target = 2;
    c.net->weights[net_block(c.net, 0, false)->offset] = 1;
    c.net->weights[net_block(c.net, 0, true)->offset] = (Real)-0.9995;
    GradCheck check = {.h = 1e-3, .elements = elements, .room = 2};
    GradCheckResult r = gradcheck_run(&check, c.net, &x, (Target){.values = &target}, 1);
    assert_int_equal(r.checked, 2);
    assert_int_equal(r.crossed, 2);
    assert_true(elements[0].crossed && elements[1].crossed && elements[0].error > 0.2);
    check.h = 1e-4;
    r = gradcheck_run(&check, c.net, &x, (Target){.values = &target}, 1);
    assert_int_equal(r.crossed, 0);
    assert_close(elements[1].analytic, 0.0005 - 2, 1e-12, 0);
    assert_true(r.worst < 1e-7 && elements[0].error <= r.worst);
    arena_destroy(c.arena);
}

static double square_penalty(const Net *net, void *context) {
    double sum = 0;
    for (size_t i = 0; i < net->parameters; i++)
        sum += net->weights[i] * net->weights[i];
    return *(double *)context * sum / 2;
}

static void square_penalty_gradient(Net *net, void *context) {
    for (size_t i = 0; i < net->parameters; i++)
        net->gradients[i] += *(double *)context * net->weights[i];
}

static void no_gradient(Net *net, void *context) {
    (void)net, (void)context;
}

/* A penalty is checked with the rest; one whose gradient is forgotten is found, and so is a dropout
 * mask that is not held. */
static void test_penalty_and_masks(void **state) {
    (void)state;
    LayerSpec layers[] = {DENSE(6), {.kind = LAYER_TANH}, {.kind = LAYER_DROPOUT, .share = 0.5},
                          DENSE(4), END};
    Case c = case_make(&(NetSpec){.height = 1, .width = 1, .channels = 5, .layers = layers,
                                  .loss = LOSS_CROSS_ENTROPY}, 4, 1);
    double decay = 0.5;
    GradCheck check = {.floor = 1e-3, .penalty = square_penalty,
                       .penalty_gradient = square_penalty_gradient, .context = &decay};
    assert_true(gradcheck_run(&check, c.net, c.x, c.target, 4).worst < 1e-7);
    check.penalty_gradient = no_gradient;
    assert_true(gradcheck_run(&check, c.net, c.x, c.target, 4).worst > 0.1);
    assert_true(gradcheck_run(&(GradCheck){.fresh_masks = true}, c.net, c.x, c.target, 4).worst >
                0.5);
    assert_int_equal(c.net->pass, 0);
    arena_destroy(c.arena);
}

/* The same bits whatever the tile, and with every layer in a buffer of its own. */
static void test_tiles(void **state) {
    (void)state;
    LayerSpec layers[] = {{.kind = LAYER_CONV, .units = 5, .kernel = 3, .pad = 1},
                          {.kind = LAYER_MAX_POOL, .kernel = 3, .stride = 2}, {.kind = LAYER_RELU},
                          {.kind = LAYER_DROPOUT, .share = 0.5}, DENSE(11), {.kind = LAYER_TANH},
                          DENSE(4), END};
    NetSpec spec = {.height = 6, .width = 5, .channels = 3, .layers = layers,
                    .loss = LOSS_CROSS_ENTROPY, .max_batch = 13};
    Case whole = case_make(&spec, 13, 1);
    double loss = net_gradient(whole.net, whole.x, whole.target, 13);
    for (size_t tile = 1; tile <= 14; tile += 3) {
        spec.tile = tile > 13 ? 0 : tile;
        spec.keep = tile > 13;
        Case c = case_make(&spec, 13, 1);
        double again = net_gradient(c.net, c.x, c.target, 13);
        assert_true(again == loss);
        assert_memory_equal(c.net->gradients, whole.net->gradients,
                            whole.net->parameters * sizeof(Real));
        assert_int_equal(c.net->correct, whole.net->correct);
        arena_destroy(c.arena);
    }
    arena_destroy(whole.arena);
}

static void test_alternating(void **state) {
    (void)state;
    LayerSpec layers[] = {DENSE(5, .init = {INIT_ALTERNATING, 0}), {.kind = LAYER_SIGMOID},
                          DENSE(1, .init = {INIT_ALTERNATING, 0}), END};
    Case c = case_make(&(NetSpec){.height = 1, .width = 1, .channels = 3, .layers = layers,
                                  .loss = LOSS_SQUARED}, 1, 1);
    const ParamBlock *w = net_block(c.net, 0, false), *b = net_block(c.net, 0, true);
    for (size_t i = 0; i < 20; i++) {
        Real value = i < 15 ? c.net->weights[w->offset + i] : c.net->weights[b->offset + i - 15];
        assert_true(value == (i % 2 ? 1 : -1));
    }
    assert_true(c.net->weights[net_block(c.net, 2, true)->offset] == 1);
    arena_destroy(c.arena);
}

/* Moments of the initialisers over a large layer. */
static void test_initialisers(void **state) {
    (void)state;
    static const struct { InitKind kind; double scale, variance; } cases[] = {
        {INIT_UNIFORM, 0.3, 0.03}, {INIT_GAUSSIAN, 0.2, 0.04}, {INIT_XAVIER, 0, 2.0 / 500},
        {INIT_HE, 0, 2.0 / 300}, {INIT_FAN_IN, 0, 1.0 / 900}, {INIT_FAN_OUT_ONE, 0, 2.0 / 501}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        LayerSpec layers[] = {DENSE(200, .init = {cases[k].kind, cases[k].scale}), END};
        Case c = case_make(&(NetSpec){.height = 1, .width = 1, .channels = 300, .layers = layers,
                                      .loss = LOSS_SQUARED}, 1, 1);
        double sum = 0, squares = 0, n = 60000;
        for (size_t i = 0; i < 60000; i++) {
            sum += c.net->weights[i];
            squares += c.net->weights[i] * c.net->weights[i];
        }
        assert_true(fabs(sum / n) < 4 * sqrt(cases[k].variance / n));
        assert_close(squares / n, cases[k].variance, 0.03, 0);
        arena_destroy(c.arena);
    }
}

/* With small weights the loss is ln(classes), and an untrained net is right by chance. */
static void test_loss_at_start(void **state) {
    (void)state;
    LayerSpec layers[] = {DENSE(10, .init = {INIT_ZERO, 0}), END};
    Case c = case_make(&(NetSpec){.height = 1, .width = 1, .channels = 4, .layers = layers,
                                  .loss = LOSS_CROSS_ENTROPY}, 20, 1);
    assert_close(net_loss(c.net, c.x, c.target, 20, NET_TEST), log(10), 1e-14, 0);
    arena_destroy(c.arena);
}

static void refuses(const LayerSpec *layers, const char *says) {
    Arena *arena = arena_create();
    Error err = {""};
    assert_null(net_create(&(NetSpec){.height = 8, .width = 8, .channels = 1, .layers = layers,
                                      .max_batch = 2}, arena, &err));
    assert_non_null(strstr(err.text, says));
    arena_destroy(arena);
}

static void test_refusals(void **state) {
    (void)state;
    refuses((LayerSpec[]){END}, "at least one layer");
    refuses((LayerSpec[]){DENSE(0), END}, "layer 0: a dense layer needs units");
    refuses((LayerSpec[]){DENSE(4), DENSE(5, .tied = 1), END}, "layer 1: tied to layer 0");
    refuses((LayerSpec[]){DENSE(4), DENSE(64, .tied = 2), END}, "layer 1: only a dense");
    refuses((LayerSpec[]){{.kind = LAYER_CONV, .units = 2, .kernel = 13, .pad = 2}, END},
            "layer 0: a window of 13");
    refuses((LayerSpec[]){DENSE(4), {.kind = LAYER_DROPOUT, .share = 1}, END}, "layer 1: a share");
    refuses((LayerSpec[]){{.kind = LAYER_LRN, .lrn_size = 4}, END}, "odd normalisation window");
}

int main(int argc, char **argv) {
    (void)argc;
    Error err = {""};
    if (!engine_start(&(EngineChoice){.engine = ENGINE_OWN}, argv, &err))
        return fprintf(stderr, "%s\n", err.text), 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dense_activations), cmocka_unit_test(test_tied),
        cmocka_unit_test(test_masks),             cmocka_unit_test(test_convolution),
        cmocka_unit_test(test_pooling_and_lrn),   cmocka_unit_test(test_batch_norm),
        cmocka_unit_test(test_caffe_parameters),  cmocka_unit_test(test_caffe_gradients),
        cmocka_unit_test(test_kinks),             cmocka_unit_test(test_penalty_and_masks),
        cmocka_unit_test(test_tiles),
        cmocka_unit_test(test_alternating),       cmocka_unit_test(test_initialisers),
        cmocka_unit_test(test_loss_at_start),     cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests_name("net in double", tests, NULL, NULL);
}
