/* SPDX-License-Identifier: MIT
 *
 * Plain gradient descent in one step (gemm.h, net_descend, optimizer_descend) gives the bits of a
 * gradient and an update, on every instruction set.  Compiled a second time in double by
 * double_descend.c.
 */
#include "tests/engine_reference.h"

#include "core/base/arena.h"
#include "core/base/vec.h"
#include "core/learn/optimizer.h"
#include <math.h>
#include <string.h>

/* ---- the product ---- */

static Real *numbers(size_t count, unsigned zeros_of_16, uint64_t cell) {
    Rng rng = rng_make(5, STREAM_TEST, cell);
    Real *x = calloc(count + 1, sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < count; i++)
        if (rng_below(&rng, 16) >= zeros_of_16)
            x[i] = (Real)((int)rng_below(&rng, 2001) - 1000) / 500;
    return x;
}

static void product_against_two_steps(size_t m, size_t n, size_t k, bool skip, Real decay) {
    Real *a = numbers(m * k, skip ? 13 : 0, m), *b = numbers(k * n, 0, n);
    Real *c = numbers(m * n, 2, k), *g = numbers(m * n, 0, 1), *w = calloc(m * n + 1, sizeof *w);
    assert_non_null(w);
    for (size_t i = 0; i < m * n; i += 7)
        c[i] = -(Real)0; /* a zero whose sign must stay or go as it does in two steps */
    Gemm p = {.form = GEMM_TN, .m = m, .n = n, .k = k, .a = a, .lda = m, .b = b, .ldb = n, .c = g,
              .ldc = n};
    FOR_EACH_ISA(isa) {
        char what[96];
        snprintf(what, sizeof what, "%zu x %zu x %zu, skip %d, decay %g", m, n, k, skip,
                 (double)decay);
        p.c = g;
        p.descend = p.skip_zeros = false;
        gemm(&p);
        memcpy(w, c, m * n * sizeof *w);
        vec_update_sgd(&(VecUpdate){.w = w, .g = g, .n = m * n, .rate = (Real)0.1, .grad_scale = 1,
                                    .decay = decay});
        memcpy(g, c, m * n * sizeof *w);
        p.descend = true;
        p.skip_zeros = skip;
        p.rate = (Real)0.1;
        p.decay = decay;
        gemm(&p);
        assert_same_array(g, w, m * n, what, isa);
    }
    free(a), free(b), free(c), free(g), free(w);
}

static void a_product_that_descends_has_the_bits_of_two_steps(void **state) {
    (void)state;
    static const size_t shapes[][3] = {
        {1, 1, 1}, {5, 3, 0}, {784, 100, 1}, {100, 784, 1}, {37, 19, 2}, {65, 33, 10}, {3, 130, 64},
        {128, 10, 33}, {40, 10, 2}, {129, 150, 100}, {8, 256, 512}, {2, 70, 512}, {17, 1, 100},
        {1100, 130, 10}, {784, 100, 32}, {21, 40, 31}};
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++)
        for (int variant = 0; variant < 4; variant++)
            product_against_two_steps(shapes[s][0], shapes[s][1], shapes[s][2], variant & 1,
                                      variant & 2 ? (Real)0.01 : 0);
}

static void back_against_two_products(size_t m, size_t n, size_t gap, Real decay) {
    const size_t ld = n + gap, size = m * ld;
    Real *x = numbers(m, 3, m), *dy = numbers(n, 3, n), *start = numbers(size, 2, gap);
    Real *w = numbers(size, 0, 1), *both = numbers(size, 0, 2);
    Real *dx = numbers(m, 0, 3), *dx_both = numbers(m, 0, 4);
    for (size_t i = 0; i < size; i += 5)
        start[i] = -(Real)0;
    FOR_EACH_ISA(isa) {
        char what[96];
        snprintf(what, sizeof what, "back, %zu x %zu (ld %zu), decay %g", m, n, ld, (double)decay);
        memcpy(w, start, size * sizeof *w);
        memcpy(both, start, size * sizeof *w);
        gemm(&(Gemm){.form = GEMM_NT, .m = 1, .n = m, .k = n, .a = dy, .lda = n, .b = w, .ldb = ld,
                     .c = dx, .ldc = m});
        gemm(&(Gemm){.form = GEMM_TN, .m = m, .n = n, .k = 1, .a = x, .lda = m, .b = dy, .ldb = n,
                     .descend = true, .rate = (Real)0.1, .decay = decay, .c = w, .ldc = ld});
        gemm_back(&(GemmBack){.m = m, .n = n, .x = x, .dy = dy, .w = both, .ldw = ld,
                              .dx = dx_both, .rate = (Real)0.1, .decay = decay});
        assert_same_array(dx_both, dx, m, what, isa);
        assert_same_array(both, w, size, what, isa);
    }
    free(x), free(dy), free(start), free(w), free(both), free(dx), free(dx_both);
}

static void the_way_back_has_the_bits_of_two_products(void **state) {
    (void)state;
    static const size_t shapes[][3] = {{0, 200, 0}, {1, 0, 0},   {1, 1, 0},   {70, 127, 1},
                                       {4, 128, 0}, {7, 129, 3}, {2, 144, 0}, {100, 784, 0},
                                       {9, 143, 2}, {130, 50, 0}, {1, 1000, 0}};
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++)
        for (int decayed = 0; decayed < 2; decayed++)
            back_against_two_products(shapes[s][0], shapes[s][1], shapes[s][2],
                                      decayed ? (Real)0.01 : 0);
}

static void only_our_engine_offers_it(void **state) {
    (void)state;
    use_engine(ENGINE_OWN, NULL);
    assert_true(gemm_can_descend(512));
    assert_false(gemm_can_descend(513));
}

/* ---- whole trainings ---- */

enum { INPUTS = 51, MOST = 100, STEPS = 50 };

#define DENSE(n) {.kind = LAYER_DENSE, .units = n}
static const LayerSpec mlp[] = {DENSE(37), {.kind = LAYER_RELU}, DENSE(10), {.kind = LAYER_END}};
static const LayerSpec autoencoder[] = {
    DENSE(23), {.kind = LAYER_SIGMOID}, DENSE(INPUTS), {.kind = LAYER_SIGMOID},
    {.kind = LAYER_END}};
static const LayerSpec wide[] = {DENSE(300), {.kind = LAYER_SIGMOID}, DENSE(101),
                                 {.kind = LAYER_SIGMOID}, DENSE(INPUTS), {.kind = LAYER_SIGMOID},
                                 {.kind = LAYER_END}};
static const LayerSpec widening[] = {DENSE(13), {.kind = LAYER_SIGMOID}, DENSE(150),
                                     {.kind = LAYER_SIGMOID}, DENSE(INPUTS), {.kind = LAYER_END}};
static const LayerSpec tied[] = {
    {.kind = LAYER_DROPOUT, .share = 0.2}, DENSE(23), {.kind = LAYER_SIGMOID},
    {.kind = LAYER_DENSE, .units = INPUTS, .tied = 2}, {.kind = LAYER_END}};
static const LayerSpec whole[] = {DENSE(256), {.kind = LAYER_SIGMOID}, DENSE(INPUTS),
                                  {.kind = LAYER_SIGMOID}, {.kind = LAYER_END}};
static const LayerSpec no_bias[] = {
    {.kind = LAYER_DENSE, .units = 130, .no_bias = true}, {.kind = LAYER_TANH},
    {.kind = LAYER_DENSE, .units = 10, .rate_weights = 2, .decay_weights = 0.5},
    {.kind = LAYER_END}};

static const struct Training {
    const char *name;
    const LayerSpec *layers;
    size_t tile;
    OptimizerSpec rule;
} trainings[] = {{"mlp", mlp, 0, {0}},
                 {"autoencoder", autoencoder, 0, {0}},
                 {"autoencoder, decay", autoencoder, 0, {.weight_decay = 0.01, .bias_rate = 2}},
                 {"autoencoder in tiles", autoencoder, 7, {0}},
                 {"wide", wide, 0, {.weight_decay = 0.01}},
                 {"widening", widening, 0, {0}},
                 {"tied", tied, 0, {0}},
                 {"256 units", whole, 0, {0}},
                 {"no bias, decay", no_bias, 0, {.weight_decay = 0.01, .decay_biases = true}}};

typedef struct Run {
    Net *net;
    Optimizer optimizer;
    double losses[STEPS];
} Run;

typedef struct Layout {
    bool full, padded;
} Layout;

static void run_start(Run *run, const struct Training *t, size_t batch, Layout layout,
                      Arena *arena) {
    Error err;
    bool classes = t->layers == mlp || t->layers == no_bias;
    run->net = net_create(&(NetSpec){.height = 1, .width = INPUTS, .channels = 1,
                                     .layers = t->layers, .max_batch = batch, .tile = t->tile,
                                     .full_inputs = layout.full, .padded = layout.padded,
                                     .loss = classes ? LOSS_CROSS_ENTROPY : LOSS_SQUARED},
                          arena, &err);
    if (!run->net)
        fail_msg("%s", err.text);
    net_initialise(run->net, 3);
    optimizer_init(&run->optimizer, &t->rule, run->net, arena);
}

/* Weights row by row; what lies between the rows has stayed 0. */
static void assert_same_rows(const Net *there, const Net *padded, const char *name,
                             const char *isa) {
    assert_true(padded->parameters > there->parameters);
    for (size_t b = 0; b < there->block_count; b++) {
        const ParamBlock *block = &there->blocks[b], *apart = &padded->blocks[b];
        assert_int_equal(apart->count, apart->rows * apart->stride);
        assert_true(apart->stride >= apart->columns);
        if (!apart->is_bias && apart->columns * sizeof(Real) > 64) {
            assert_int_equal(apart->stride * sizeof(Real) % 64, 0);
            assert_int_equal((uintptr_t)(padded->weights + apart->offset) % 64, 0);
            /* else all rows fall on few sets of the cache */
            assert_true(apart->stride * sizeof(Real) % 1024 != 0);
        }
        for (size_t r = 0; r < block->rows; r++) {
            const Real *row = padded->weights + apart->offset + r * apart->stride;
            assert_same_array(there->weights + block->offset + r * block->columns, row,
                              block->columns, name, isa);
            for (size_t c = block->columns; c < apart->stride; c++)
                assert_true(row[c] == 0);
        }
    }
}

/* All ways, step by step on the same batches, of which the last is shorter: in one, in two, in one
 * without looking for zeros, and in one and in two with padded rows. */
static void train_all(const struct Training *t, size_t batch, const char *isa) {
    Arena *arena = arena_create();
    Real *x = numbers((MOST + STEPS) * INPUTS, 12, 9);
    uint8_t labels[MOST + STEPS];
    for (size_t i = 0; i < sizeof labels; i++)
        labels[i] = (uint8_t)(i * 7 % 10);
    Run one, two, full, padded, padded_two;
    run_start(&one, t, batch, (Layout){0}, arena);
    run_start(&two, t, batch, (Layout){0}, arena);
    run_start(&full, t, batch, (Layout){.full = true}, arena);
    run_start(&padded, t, batch, (Layout){.padded = true}, arena);
    run_start(&padded_two, t, batch, (Layout){.padded = true}, arena);
    for (size_t s = 0; s < STEPS; s++) {
        const Real *from = x + s * INPUTS;
        size_t count = s + 1 < STEPS ? batch : (batch + 1) / 2;
        bool classes = one.net->spec.loss == LOSS_CROSS_ENTROPY;
        Target target = classes ? (Target){.labels = labels + s} : (Target){.values = from};
        one.losses[s] = optimizer_descend(&one.optimizer, one.net, from, target, count, 0.1, 1e6);
        full.losses[s] = optimizer_descend(&full.optimizer, full.net, from, target, count, 0.1,
                                           1e6);
        padded.losses[s] = optimizer_descend(&padded.optimizer, padded.net, from, target, count,
                                             0.1, 1e6);
        two.losses[s] = net_gradient(two.net, from, target, count);
        optimizer_step(&two.optimizer, two.net, 0.1, -1);
        net_gradient(padded_two.net, from, target, count);
        optimizer_step(&padded_two.optimizer, padded_two.net, 0.1, -1);
        assert_true(isfinite(two.losses[s]));
    }
    assert_memory_equal(one.losses, two.losses, sizeof one.losses);
    assert_memory_equal(one.losses, full.losses, sizeof one.losses);
    assert_memory_equal(one.losses, padded.losses, sizeof one.losses);
    assert_int_equal(one.optimizer.steps, two.optimizer.steps);
    assert_int_equal(one.net->pass, two.net->pass);
    assert_same_array(one.net->weights, two.net->weights, one.net->parameters, t->name, isa);
    assert_same_array(one.net->weights, full.net->weights, one.net->parameters, t->name, isa);
    assert_same_rows(one.net, padded.net, t->name, isa);
    assert_same_rows(one.net, padded_two.net, t->name, isa);
    free(x);
    arena_destroy(arena);
}

static void trainings_have_the_same_bits(void **state) {
    (void)state;
    static const size_t batches[] = {1, 3, 10, 100};
    for (size_t t = 0; t < sizeof trainings / sizeof trainings[0]; t++)
        for (size_t b = 0; b < sizeof batches / sizeof batches[0]; b++)
            FOR_EACH_ISA(isa)
                train_all(&trainings[t], batches[b], isa);
}

static void a_loss_over_the_bound_moves_nothing(void **state) {
    (void)state;
    for (size_t t = 0; t < 2; t++) { /* fused, and in tiles */
        Arena *arena = arena_create();
        Real *x = numbers(10 * INPUTS, 12, 9), *before;
        Run run;
        run_start(&run, &trainings[t ? 3 : 1], 10, (Layout){0}, arena);
        before = arena_copy(arena, run.net->weights, run.net->parameters * sizeof *before);
        double loss = optimizer_descend(&run.optimizer, run.net, x, (Target){.values = x}, 10, 0.1,
                                        1e-9);
        assert_true(loss > 1e-9);
        assert_int_equal(run.optimizer.steps, 0);
        assert_memory_equal(before, run.net->weights, run.net->parameters * sizeof *before);
        optimizer_descend(&run.optimizer, run.net, x, (Target){.values = x}, 10, 0.1, 1e6);
        assert_memory_not_equal(before, run.net->weights, run.net->parameters * sizeof *before);
        free(x);
        arena_destroy(arena);
    }
}

static void only_plain_descent_is_plain(void **state) {
    (void)state;
    assert_true(optimizer_is_plain(&(OptimizerSpec){.weight_decay = 0.1, .bias_rate = 3}));
    assert_false(optimizer_is_plain(&(OptimizerSpec){.method = OPTIMIZER_MOMENTUM}));
    assert_false(optimizer_is_plain(&(OptimizerSpec){.clip_norm = 1}));
    assert_false(optimizer_is_plain(&(OptimizerSpec){.clip_value = 1}));
}

int main(int argc, char **argv) {
    (void)argc;
    Error err;
    if (!engine_start(&(EngineChoice){.engine = ENGINE_OWN}, argv, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_product_that_descends_has_the_bits_of_two_steps),
        cmocka_unit_test(the_way_back_has_the_bits_of_two_products),
        cmocka_unit_test(only_our_engine_offers_it),
        cmocka_unit_test(trainings_have_the_same_bits),
        cmocka_unit_test(a_loss_over_the_bound_moves_nothing),
        cmocka_unit_test(only_plain_descent_is_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
