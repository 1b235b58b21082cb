/* SPDX-License-Identifier: MIT
 *
 * The original's random numbers against numpy's, its sorted batches and its measure of images.
 */
#include "core/base/engine.h"
#include "core/study/digits.h"
/* an experiment is a program, no library: its random numbers come as source */
#include "experiments/original_report/mt19937.c"
#include "tests/check.h"
#include <stdlib.h>

/* numpy.random.RandomState(seed).random_sample(n)[i] */
static double drawn(uint32_t seed, size_t skip) {
    Mt19937 mt;
    double x;
    mt19937_start(&mt, seed);
    mt19937_skip(&mt, skip);
    mt19937_fill(&mt, &x, 1);
    return x;
}

static void test_numpy_numbers(void **state) {
    (void)state;
    assert_bits_equal(drawn(1, 0), 0x1.ab07d0ffa3c06p-2);
    assert_bits_equal(drawn(1, 1), 0x1.70ce5f3baf051p-1);
    assert_bits_equal(drawn(1, 2), 0x1.dfb906661c000p-14);
    assert_bits_equal(drawn(1, 311), 0x1.d1bbbf5de4b9cp-1);
    assert_bits_equal(drawn(1, 312), 0x1.074a049bfdcd2p-2);
    assert_bits_equal(drawn(1, 999999), 0x1.7b234ba69485ep-2);
    assert_bits_equal(drawn(4357, 0), 0x1.ffde268a6d1d8p-1);
    assert_bits_equal(drawn(4357, 2), 0x1.da6ebe7c273b0p-3);
}

static void test_skipping_is_drawing(void **state) {
    (void)state;
    enum { N = 5000 };
    static double all[N], parts[N];
    Mt19937 mt;
    mt19937_start(&mt, 7);
    mt19937_fill(&mt, all, N);
    mt19937_start(&mt, 7);
    for (size_t at = 0, step = 0; at < N; step++) {
        size_t n = step * 37 % 700 < N - at ? step * 37 % 700 : N - at;
        if (step % 3 == 1) {
            mt19937_skip(&mt, n);
            memcpy(parts + at, all + at, n * sizeof *all);
        } else {
            mt19937_fill(&mt, parts + at, n);
        }
        at += n;
    }
    assert_all_bits_equal(parts, all, N);
}

/* ---- batches: a made-up set whose classes have 6001, 6002, ..., the last 5990 images ---- */

static Digits made_up(Arena *arena) {
    Digits digits = {.images = arena_new(arena, const uint8_t *, 70000), .window = DIGIT_WINDOW};
    for (size_t d = 0; d < DIGIT_CLASSES; d++) {
        digits.first[d] = digits.count;
        digits.count += d < 9 ? 6001 + d : 5990;
    }
    digits.first[DIGIT_CLASSES] = digits.count;
    return digits;
}

static void test_batches_are_balanced(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Digits digits = made_up(arena);
    uint32_t images[20];
    assert_int_equal(digits_batch(&digits, 3, 20, images), 20);
    for (size_t d = 0; d < DIGIT_CLASSES; d++) {
        assert_int_equal(images[2 * d], digits.first[d] + 6);
        assert_int_equal(images[2 * d + 1], digits.first[d] + 7);
    }
    uint32_t again[20]; /* 3000 batches of 2 a class go once round */
    assert_int_equal(digits_batch(&digits, 3003, 20, again), 20);
    assert_memory_equal(images, again, sizeof images);
    arena_destroy(arena);
}

static void test_batches_end_short(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Digits digits = made_up(arena);
    uint32_t images[20];
    assert_int_equal(digits_batch(&digits, 2994, 20, images), 20); /* offsets 5988, 5989 */
    assert_int_equal(images[19], digits.count - 1);
    assert_int_equal(digits_batch(&digits, 2995, 20, images), 18);
    assert_int_equal(images[0], digits.first[0] + 5990);
    arena_destroy(arena);
}

/* ---- other orders, smaller sets ---- */

static void test_shuffled_within_classes(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Digits digits = made_up(arena);
    uint8_t *bytes = arena_new(arena, uint8_t, digits.count);
    for (size_t i = 0; i < digits.count; i++) {
        digits.images[i] = bytes + i; /* never read: a name */
    }
    Rng rng = rng_make(5, STREAM_SHUFFLE, 0), same = rng_make(5, STREAM_SHUFFLE, 0);
    Digits shuffled = digits_shuffled(&digits, &rng, arena);
    Digits again = digits_shuffled(&digits, &same, arena);
    size_t moved = 0;
    uint8_t *seen = arena_new(arena, uint8_t, digits.count);
    for (size_t i = 0, d = 0; i < digits.count; i++) {
        d += i == digits.first[d + 1];
        size_t image = (size_t)(shuffled.images[i] - bytes);
        assert_true(image >= digits.first[d] && image < digits.first[d + 1] && !seen[image]++);
        assert_ptr_equal(shuffled.images[i], again.images[i]);
        moved += image != i;
    }
    assert_true(moved > digits.count * 99 / 100);
    arena_destroy(arena);
}

static void test_first_images(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Digits digits = made_up(arena), few = digits_first(&digits, 100, arena);
    uint32_t images[20], round[20];
    assert_int_equal(few.count, 1000);
    assert_ptr_equal(few.images[320], digits.images[digits.first[3] + 20]);
    assert_int_equal(digits_batch(&few, 49, 20, images), 20);
    assert_int_equal(images[7], 399);
    assert_int_equal(digits_batch(&few, 0, 20, images), 20);
    assert_int_equal(digits_batch(&few, 50, 20, round), 20);
    assert_memory_equal(images, round, sizeof images);
    arena_destroy(arena);
}

/* ---- grey values and the image difference ---- */

static void test_stretch(void **state) {
    (void)state;
    enum { STEP = 3 };
    static Real v[DIGIT_PIXELS * STEP];
    uint8_t grey[DIGIT_PIXELS];
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        v[i * STEP] = (Real)-2;
    }
    v[0] = 2;
    v[STEP] = 0;
    digits_stretch(v, STEP, grey);
    assert_int_equal(grey[0], 254); /* 4 / 4.00001 of 255: never 255 */
    assert_int_equal(grey[1], 127);
    assert_int_equal(grey[2], 0);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        v[i * STEP] = (Real)0.5; /* an even image is black */
    }
    digits_stretch(v, STEP, grey);
    assert_int_equal(grey[0], 0);
    v[0] = (Real)NAN; /* and so is what a diverged net decodes */
    v[STEP] = (Real)INFINITY;
    digits_stretch(v, STEP, grey);
    assert_int_equal(grey[0], 0);
    assert_int_equal(grey[1], 0);
}

/* A net of zeros decodes every image to an even grey, which stretches to black. */
static void test_difference_of_black(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Digits digits = {.count = DIGIT_CLASSES * DIGITS_JUDGED};
    digits.images = arena_new(arena, const uint8_t *, digits.count);
    for (size_t i = 0; i < digits.count; i++) {
        uint8_t *image = arena_new(arena, uint8_t, DIGIT_PIXELS);
        image[i % DIGIT_PIXELS] = 255;
        digits.images[i] = image;
        digits.first[i / DIGITS_JUDGED + 1] = i + 1;
    }
    Denoiser net;
    denoiser_init(&net, &(DenoiserSpec){.visible = DIGIT_PIXELS, .hidden = 4, .batch = 100}, arena);
    DigitsJudge judge;
    digits_judge_init(&judge, &digits, arena);
    /* 254 in one pixel of each of 100 images: sqrt(100 * 254^2) / 100 a class */
    assert_close(digits_difference(&judge, &net), 10 * 25.4, 1e-14, 0);
    assert_close(judge.class_difference[3], 25.4, 1e-14, 0);
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
        cmocka_unit_test(test_numpy_numbers),
        cmocka_unit_test(test_skipping_is_drawing),
        cmocka_unit_test(test_batches_are_balanced),
        cmocka_unit_test(test_batches_end_short),
        cmocka_unit_test(test_shuffled_within_classes),
        cmocka_unit_test(test_first_images),
        cmocka_unit_test(test_stretch),
        cmocka_unit_test(test_difference_of_black),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
