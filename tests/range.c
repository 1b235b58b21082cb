/* SPDX-License-Identifier: MIT
 *
 * The range test: the rules against other programs' vectors and hand-made curves, and the proof
 * that a range test leaves no trace in a training that follows it.
 */
#include "core/base/engine.h"
#include "core/base/rng.h"
#include "core/learn/train.h"
#include "core/study/policy.h"
#include "core/study/range.h"
#include "tests/check.h"

static void smoothing(void **state) {
    (void)state;
    RangeSmoother s = {.beta = 0.98};
    assert_close(range_smooth(&s, 3), 3, 1e-14, 0); /* the correction makes the first one whole */
    assert_close(range_smooth(&s, 1), (0.98 * 0.02 * 3 + 0.02 * 1) / (1 - 0.98 * 0.98), 1e-14, 0);
    double plain[] = {10, 0, 10};
    range_smooth_plain(plain, 3, 0.05);
    assert_close(plain[0], 10, 0, 0);
    assert_close(plain[1], 9.5, 1e-15, 0);
    assert_close(plain[2], 0.05 * 10 + 0.95 * 9.5, 1e-15, 0);
}

static void stopping(void **state) {
    (void)state;
    assert_false(range_stops(4, 1, 4));
    assert_true(range_stops(4.001, 1, 4));
    assert_true(range_stops((double)NAN, 1, 4));
    assert_true(range_stops((double)INFINITY, 1, 4));
    assert_true(range_stops(1, (double)NAN, 4));
}

/* davidtvs/pytorch-lr-finder, tests/test_lr_finder.py: suggestions with nothing skipped. */
static void lr_finder_vectors(void **state) {
    (void)state;
    assert_int_equal(range_per_point((double[]){10, 8, 4, 1, 4, 16}, 6), 2);
    assert_int_equal(range_per_point((double[]){1, 0, 1, 2, 3, 4}, 6), 0);
    assert_int_equal(range_per_point((double[]){0, 1, 2, 3, 4, 3}, 6), 5);
    assert_int_equal(range_per_point((double[]){1}, 1), RANGE_NONE);
}

static void steepest(void **state) {
    (void)state;
    const double rates[] = {1e-4, 1e-3, 2e-3, 1e-2, 1e-1};
    /* per decade: -1, -0.9 / 0.301 = -2.99, -1.5 / 0.699 = -2.15, +9: by points, the third */
    assert_int_equal(range_steepest(rates, (double[]){5, 4, 3.1, 1.6, 10.6}, 5), 1);
    assert_int_equal(range_steepest(rates, (double[]){1, 2, 3, 4, 5}, 5), RANGE_NONE);
    assert_int_equal(range_steepest(rates, (double[]){1}, 1), RANGE_NONE);
    assert_int_equal(range_steepest(rates, (double[]){5, 4, (double)NAN, 1, 0.5}, 5), 0);
}

/* fastai's valley and slide, their loops typed into Python, gave these for these curves. */
static void valley_and_slide(void **state) {
    (void)state;
    double v[30];
    for (int i = 0; i < 30; i++) /* falls to the 21st point, then rises */
        v[i] = i <= 20 ? 3 - 0.1 * i : 1 + 0.5 * (i - 20);
    assert_int_equal(range_valley(v, 30), -1 + 7 + 3);
    assert_int_equal(range_slide(v, 30), 5); /* both ends are on the fall */
    assert_int_equal(range_minimum(v, 30), 20);
    for (int i = 0; i < 30; i++)
        v[i] = i;
    assert_int_equal(range_valley(v, 30), RANGE_NONE);
    assert_int_equal(range_slide(v, 30), 14); /* no change of slope: where it began */
    assert_int_equal(range_slide(v, 15), RANGE_NONE);
    assert_int_equal(range_minimum(v, 30), 0);
    v[0] = (double)NAN;
    assert_int_equal(range_minimum(v, 30), 1);
    assert_int_equal(range_minimum(v, 0), RANGE_NONE);
}

static void trimming(void **state) {
    (void)state;
    double a[100], b[100];
    const double *rates = a, *losses = b;
    assert_int_equal(range_trim(&rates, &losses, 80, 100), 65);
    assert_ptr_equal(rates, a + 10);
    assert_ptr_equal(losses, b + 10);
    assert_int_equal(range_trim(&rates, &losses, 15, 100), 0);
    assert_ptr_equal(rates, a + 10);
}

/* Figure 3 of the paper, read off: the rule gives the bounds that the paper took. */
static void smith_bounds(void **state) {
    (void)state;
    static const double figure[] = {.10, .16, .31, .33, .375, .42, .415, .42, .485, .425, .46,
                                    .49, .495, .425, .51, .40, .425, .395, .45, .43, .325};
    RangeBounds b = range_bounds(figure, 21, 0.1, 0.05);
    assert_int_equal(b.base, 1);
    assert_int_equal(b.max, 6);
    b = range_bounds(figure, 6, 0.1, 0.05); /* never falls: the last rate */
    assert_int_equal(b.max, 5);
    b = range_bounds((double[]){.1, .09, .1}, 3, 0.1, 0.05);
    assert_int_equal(b.base, RANGE_NONE);
    assert_int_equal(b.max, RANGE_NONE);
}

/* ---- rows of policies at another scale ---- */

static void compressed_policies(void **state) {
    (void)state;
    static const Schedule stages[] = {
        {.policy = SCHEDULE_TRIANGULAR2, .base = 0.001, .max = 0.005, .step = 2000},
        {.policy = SCHEDULE_CONSTANT, .base = 0.0001}};
    const PolicyRow row = {"two", 25000, stages, {16000}, 1};
    Arena *arena = arena_create();
    Schedule paper = policy_schedule(&row, 1, arena), desk = policy_schedule(&row, 50, arena);
    Error err = {""};
    assert_true(schedule_check(&paper, &err) && schedule_check(&desk, &err));
    for (uint64_t i = 0; i < 500; i++)
        assert_bits_equal(schedule_rate(&desk, i), schedule_rate(&paper, 50 * i));
    Schedule exponential = {.policy = SCHEDULE_EXPONENTIAL, .base = 1, .gamma = 0.99, .step = 1};
    Schedule fast = policy_compressed(exponential, 10);
    assert_close(schedule_rate(&fast, 7), schedule_rate(&exponential, 70), 1e-13, 0);
    Schedule restarts = {.policy = SCHEDULE_WARM_RESTARTS, .base = 1, .step = 3572, .multiply = 2};
    Schedule short_ones = policy_compressed(restarts, 50);
    assert_true(schedule_rate(&short_ones, 499) < 0.01); /* no fourth period begins within 500 */
    arena_destroy(arena);
}

/* A bound the wrong way round and a step of nothing are refused before any training begins. */
static void refused(void **state) {
    (void)state;
    Error err = {""};
    assert_false(schedule_check(&(Schedule){.policy = SCHEDULE_TRIANGULAR, .base = 0.006,
                                            .max = 0.001, .step = 2000}, &err));
    assert_non_null(strstr(err.text, "base (0.006) is above max (0.001)"));
    assert_false(schedule_check(&(Schedule){.policy = SCHEDULE_TRIANGULAR2, .base = 0.001,
                                            .max = 0.005}, &err));
    assert_non_null(strstr(err.text, "step is 0"));
}

/* ---- no trace ---- */

enum { IMAGES = 60, SIDE = 5, STEPS = 40 };

static Dataset noise_images(Arena *arena) {
    Rng rng = rng_make(3, STREAM_TEST, 0);
    const uint8_t **images = arena_new(arena, const uint8_t *, IMAGES);
    uint8_t *labels = arena_new(arena, uint8_t, IMAGES);
    for (size_t i = 0; i < IMAGES; i++) {
        uint8_t *bytes = arena_new(arena, uint8_t, SIDE * SIDE);
        for (size_t p = 0; p < SIDE * SIDE; p++)
            bytes[p] = (uint8_t)rng_below(&rng, 256);
        images[i] = bytes;
        labels[i] = (uint8_t)rng_below(&rng, 3);
    }
    return (Dataset){.name = "noise", .count = IMAGES, .height = SIDE, .width = SIDE,
                     .channels = 1, .classes = 3, .images = images, .labels = labels};
}

/* Trains a small network with dropout from the seed; the weights are copied out. */
static size_t train(const Dataset *set, const Schedule *schedule, size_t steps, Real *weights) {
    static const LayerSpec layers[] = {{.kind = LAYER_DENSE, .units = 8}, {.kind = LAYER_RELU},
                                       {.kind = LAYER_DROPOUT, .share = 0.3},
                                       {.kind = LAYER_DENSE, .units = 3}, {.kind = LAYER_END}};
    Arena *arena = arena_create();
    Error err = {""};
    Net *net = net_create(&(NetSpec){.height = SIDE, .width = SIDE, .channels = 1,
                                     .layers = layers, .loss = LOSS_CROSS_ENTROPY,
                                     .max_batch = 10}, arena, &err);
    assert_non_null(net);
    net_initialise(net, 11);
    Trainer trainer;
    trainer_init(&trainer, &(TrainSpec){.net = net, .schedule = schedule,
                                        .batches = {.set = set, .size = 10, .seed = 11},
                                        .optimizer = {.method = OPTIMIZER_MOMENTUM,
                                                      .momentum = 0.9}},
                 arena);
    while (trainer.iteration < steps && trainer_step(&trainer))
        ;
    memcpy(weights, net->weights, net->parameters * sizeof *weights);
    size_t parameters = net->parameters;
    arena_destroy(arena);
    return parameters;
}

static void no_trace(void **state) {
    (void)state;
    enum { ROOM = 400 };
    static const Schedule training = {.policy = SCHEDULE_CONSTANT, .base = 0.05};
    static const Schedule ramp = {.policy = SCHEDULE_EXPONENTIAL_RANGE, .base = 1e-7, .max = 10,
                                  .total = 100};
    Arena *arena = arena_create();
    Dataset set = noise_images(arena);
    Real before[ROOM], after[ROOM], other[ROOM];
    size_t n = train(&set, &training, STEPS, before);
    assert_true(n <= ROOM);
    train(&set, &ramp, 100, other); /* to divergence or to its end */
    assert_int_equal(train(&set, &training, STEPS, after), n);
    assert_memory_equal(before, after, n * sizeof *before);
    assert_memory_not_equal(before, other, n * sizeof *before);
    arena_destroy(arena);
}

int main(int argc, char **argv) {
    (void)argc;
    Error err = {""};
    if (!engine_start(&(EngineChoice){.engine = ENGINE_OWN}, argv, &err))
        return fprintf(stderr, "%s\n", err.text), 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smoothing),        cmocka_unit_test(stopping),
        cmocka_unit_test(lr_finder_vectors), cmocka_unit_test(steepest),
        cmocka_unit_test(valley_and_slide), cmocka_unit_test(trimming),
        cmocka_unit_test(smith_bounds),     cmocka_unit_test(compressed_policies),
        cmocka_unit_test(refused),          cmocka_unit_test(no_trace),
    };
    return cmocka_run_group_tests_name("range", tests, NULL, NULL);
}
