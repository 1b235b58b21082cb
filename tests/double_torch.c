/* SPDX-License-Identifier: MIT
 *
 * Every layer of Caffe's nets, and the nets as a whole, in double against PyTorch's numbers
 * (fixtures/torch_layers.h, written by torch_layers.py): outputs, losses and gradients.
 */
#include "core/base/engine.h"
#include "core/net/caffe.h"
#include "tests/check.h"
#include "tests/fixtures/torch_layers.h"

#include <string.h>

/* Both sides are double; sums run in different orders. */
static const double relative = 1e-10, absolute = 1e-11;

/* The congruence of torch_layers.py: numbers in (-1, 1). */
static void values(Real *out, size_t n, uint32_t seed, double scale) {
    uint32_t state = seed;
    for (size_t i = 0; i < n; i++) {
        state = (state * 1103515245u + 12345u) & 0x7fffffffu;
        out[i] = (Real)(((double)(state >> 8) / 4194304 - 1) * scale);
    }
}

static Net *net_of(const NetSpec *spec, Arena *arena) {
    Error err = {""};
    Net *net = net_create(spec, arena, &err);
    assert_string_equal(err.text, "");
    net_initialise(net, 1);
    return net;
}

static void fill_block(Net *net, size_t layer, bool bias, uint32_t seed, double scale) {
    const ParamBlock *block = net_block(net, layer, bias);
    assert_non_null(block);
    values(net->weights + block->offset, block->count, seed, scale);
}

/* ---- one layer behind a convolution ---- */

#define FIRST {.kind = LAYER_CONV, .units = 4, .kernel = 3, .pad = 1}
#define END {.kind = LAYER_END}

static const LayerSpec layers[][3] = {
    {FIRST, {.kind = LAYER_CONV, .units = 3, .kernel = 5, .pad = 2}, END},
    {FIRST, {.kind = LAYER_MAX_POOL, .kernel = 3, .stride = 2}, END},
    {FIRST, {.kind = LAYER_AVERAGE_POOL, .kernel = 3, .stride = 2}, END},
    {FIRST, {.kind = LAYER_AVERAGE_POOL, .kernel = 3, .stride = 2, .pad = 1}, END},
    {FIRST, {.kind = LAYER_RELU}, END},
    {FIRST, {.kind = LAYER_SIGMOID}, END},
    {FIRST, {.kind = LAYER_LRN, .lrn_size = 3, .lrn_alpha = 0.9, .lrn_beta = 0.75}, END},
    {FIRST, {.kind = LAYER_LRN, .lrn_size = 5, .lrn_alpha = 0.4, .lrn_beta = 0.6}, END},
    {FIRST, {.kind = LAYER_BATCH_NORM, .norm_epsilon = 1e-5}, END},
};

static void check_layer(const LayerSpec *spec, const TorchLayer *there, size_t tile) {
    enum { N = 3, H = 9, W = 8, C = 2 };
    Arena *arena = arena_create();
    Net *net = net_of(&(NetSpec){.height = H, .width = W, .channels = C, .layers = spec,
                                 .loss = LOSS_SQUARED, .max_batch = N, .tile = tile}, arena);
    Real *x = arena_new(arena, Real, N * net->inputs), *t = arena_new(arena, Real, there->outputs);
    fill_block(net, 0, false, 11, 0.5);
    fill_block(net, 0, true, 13, 0.5);
    if (spec[1].kind == LAYER_CONV) {
        fill_block(net, 1, false, 19, 0.5);
        fill_block(net, 1, true, 23, 0.5);
    }
    values(x, N * net->inputs, 7, 1);
    values(t, there->outputs, 17, 1);
    assert_int_equal(N * net->outputs, there->outputs);
    assert_close(net_gradient(net, x, (Target){.values = t}, N), there->loss, relative, absolute);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < there->outputs; i++) {
        sum += net->output[i];
        squares += net->output[i] * net->output[i];
    }
    assert_close(sum, there->sum_output, relative, 1e-9);
    assert_close(squares, there->sum_square, relative, 1e-9);
    for (size_t i = 0; i < 16; i++)
        assert_close(net->output[i * (there->outputs / 16)], there->sampled[i], relative, absolute);
    assert_all_close(net->gradients + net_block(net, 0, false)->offset, there->weights,
                     TORCH_WEIGHTS, relative, absolute);
    assert_all_close(net->gradients + net_block(net, 0, true)->offset, there->biases, TORCH_BIASES,
                     relative, absolute);
    arena_destroy(arena);
}

static void test_layers(void **state) {
    (void)state;
    size_t count = sizeof layers / sizeof *layers;
    assert_int_equal(count, sizeof torch_layers / sizeof *torch_layers);
    for (size_t k = 0; k < count; k++) {
        print_message("           %s\n", torch_layers[k].name);
        check_layer(layers[k], &torch_layers[k], 0);
        if (layers[k][1].kind != LAYER_BATCH_NORM) /* which has the whole batch for a tile */
            check_layer(layers[k], &torch_layers[k], 2);
    }
}

/* ---- whole nets ---- */

static void check_block(const Net *net, const ParamBlock *block, double sum, double sum_square,
                        double first, double last) {
    const Real *g = net->gradients + block->offset;
    double total = 0, squares = 0;
    for (size_t i = 0; i < block->count; i++) {
        total += g[i];
        squares += g[i] * g[i];
    }
    double scale = sqrt(sum_square); /* a sum of numbers of both signs is judged by their size */
    assert_close(total, sum, relative, relative * scale * sqrt((double)block->count));
    assert_close(squares, sum_square, 1e-9, 0);
    assert_close(g[0], first, relative, relative * scale);
    assert_close(g[block->count - 1], last, relative, relative * scale);
}

static void check_net(CaffeNet which, const TorchNet *there) {
    Arena *arena = arena_create();
    Net *net = net_of(&(NetSpec){.height = 32, .width = 32, .channels = 3,
                                 .layers = caffe_layers(which), .loss = LOSS_CROSS_ENTROPY,
                                 .max_batch = 2}, arena);
    assert_string_equal(caffe_name(which), there->name);
    assert_int_equal(net->block_count, there->blocks);
    for (size_t b = 0; b < there->blocks; b++)
        values(net->weights + net->blocks[b].offset, net->blocks[b].count, 43 + 2 * (uint32_t)b,
               there->block[b].scale);
    Real *x = arena_new(arena, Real, 2 * net->inputs);
    values(x, 2 * net->inputs, 31, 100);
    double loss = net_gradient(net, x, (Target){.labels = (const uint8_t[]){3, 8}}, 2);
    assert_close(loss, there->loss, relative, 0);
    assert_all_close(net->output, there->outputs, 20, relative, absolute);
    for (size_t b = 0; b < there->blocks; b++)
        check_block(net, &net->blocks[b], there->block[b].sum, there->block[b].sum_square,
                    there->block[b].first, there->block[b].last);
    arena_destroy(arena);
}

static void test_full(void **state) {
    (void)state;
    check_net(CAFFE_FULL, &torch_nets[0]);
}

static void test_quick(void **state) {
    (void)state;
    check_net(CAFFE_QUICK, &torch_nets[1]);
}

static void test_sigmoid(void **state) {
    (void)state;
    check_net(CAFFE_SIGMOID, &torch_nets[2]);
}

static void test_sigmoid_bn(void **state) {
    (void)state;
    check_net(CAFFE_SIGMOID_BN, &torch_nets[3]);
}

int main(int argc, char **argv) {
    (void)argc;
    Error err = {""};
    if (!engine_start(&(EngineChoice){.engine = ENGINE_OWN}, argv, &err))
        return fprintf(stderr, "%s\n", err.text), 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layers), cmocka_unit_test(test_full), cmocka_unit_test(test_quick),
        cmocka_unit_test(test_sigmoid), cmocka_unit_test(test_sigmoid_bn),
    };
    return cmocka_run_group_tests_name("double_torch", tests, NULL, NULL);
}
