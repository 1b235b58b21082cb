/* SPDX-License-Identifier: MIT
 *
 * One trial of a search: learns what can be learnt, stops early, diverges when it must, and is the
 * same every time.
 */
#include "core/base/engine.h"
#include "core/base/rng.h"
#include "core/study/mlp.h"
#include "tests/check.h"

enum { COUNT = 300, PIXELS = 784 };

static uint8_t bytes[COUNT][PIXELS], labels[COUNT];
static const uint8_t *images[COUNT];
static Arena *arena;
static MlpData data;

/* Ten patterns under noise. */
static int make_images(void **state) {
    (void)state;
    Rng rng = rng_make(1, STREAM_TEST, 0);
    uint8_t patterns[10][PIXELS];
    for (int c = 0; c < 10; c++)
        for (int p = 0; p < PIXELS; p++)
            patterns[c][p] = (uint8_t)rng_below(&rng, 256);
    for (int i = 0; i < COUNT; i++) {
        labels[i] = (uint8_t)(i % 10);
        images[i] = bytes[i];
        for (int p = 0; p < PIXELS; p++)
            bytes[i][p] = (uint8_t)((patterns[i % 10][p] + 2 * rng_below(&rng, 256)) / 3);
    }
    static const Dataset set = {.name = "test", .count = COUNT, .height = 28, .width = 28,
                                .channels = 1, .classes = 10, .images = images, .labels = labels};
    arena = arena_create();
    data.training = dataset_view(&set, 0, NULL, 100, arena);
    data.validation = dataset_view(&set, 100, NULL, 100, arena);
    data.test = dataset_view(&set, 200, NULL, 100, arena);
    return 0;
}

static int free_images(void **state) {
    (void)state;
    arena_destroy(arena);
    return 0;
}

static const MlpSpec good = {.hidden = 30, .batch = 10, .passes = 30, .unit = LAYER_TANH,
                             .rate = 0.05, .hold = 100, .seed = 3};

static MlpOutcome train(MlpSpec spec) {
    MlpOutcome outcome;
    Error err = {""};
    if (!mlp_train(&spec, &data, &outcome, &err))
        fail_msg("%s", err.text);
    return outcome;
}

static void learns(void **state) {
    (void)state;
    MlpOutcome o = train(good);
    assert_true(o.validation > 0.9 && o.test > 0.9);
    assert_int_equal(o.passes, 30);
    assert_string_equal(o.status, "ok");
}

static void the_same_every_time(void **state) {
    (void)state;
    MlpSpec dropped = good;
    dropped.dropout = 0.5;
    dropped.momentum = 0.5;
    dropped.passes = 2;
    MlpOutcome a = train(dropped), b = train(dropped);
    assert_bits_equal(a.validation, b.validation);
    assert_bits_equal(a.test, b.test);
    dropped.seed++;
    MlpOutcome c = train(dropped);
    assert_true(a.validation != c.validation || a.test != c.test);
}

/* A best score before half of the passes ends the training there. */
static void stops_early(void **state) {
    (void)state;
    MlpSpec early = good;
    early.early_stop = true;
    early.passes = 1000;
    MlpOutcome o = train(early);
    assert_true(o.passes < 1000 && o.validation > 0.9);
}

static void diverges(void **state) {
    (void)state;
    MlpSpec wild = good;
    wild.rate = 1e6;
    wild.unit = LAYER_RELU;
    wild.hold = 0;
    MlpOutcome o = train(wild);
    assert_string_equal(o.status, "diverged");
    assert_int_equal(o.passes, 0);
    assert_bits_equal(o.validation, 0.1);
    assert_bits_equal(o.test, 0.1);
}

static void refuses_too_many_images(void **state) {
    (void)state;
    MlpData none;
    Error err = {""};
    assert_false(mlp_data(&none, SYNTH_PLAIN, 12000, 1, 1, arena, &err));
    assert_non_null(strstr(err.text, "12000"));
    assert_false(mlp_data(&none, SYNTH_PLAIN, 1, 1, 58001, arena, &err));
}

int main(int argc, char **argv) {
    (void)argc;
    Error err;
    if (!engine_start(&(EngineChoice){.engine = ENGINE_OWN}, argv, &err))
        die("%s", err.text);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns),
        cmocka_unit_test(the_same_every_time),
        cmocka_unit_test(stops_early),
        cmocka_unit_test(diverges),
        cmocka_unit_test(refuses_too_many_images),
    };
    return cmocka_run_group_tests_name("mlp", tests, make_images, free_images);
}
