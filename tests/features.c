/* SPDX-License-Identifier: MIT
 *
 * Drawn weight images whose kind is plain to see.
 */
#include "core/base/rng.h"
#include "core/study/features.h"
#include "tests/check.h"
#include <math.h>

enum { SIDE = 28 };
typedef Real Image[SIDE * SIDE];

/* A bar about the middle, of half width `wide` and half length `length`, on ground 0.3. */
static void draw_bar(Image image, double length, double wide, double dx, double dy, Real ink) {
    double norm = sqrt(dx * dx + dy * dy);
    for (int r = 0; r < SIDE; r++) {
        for (int c = 0; c < SIDE; c++) {
            double x = c - 13, y = r - 13;
            double along = (x * dx + y * dy) / norm, across = (y * dx - x * dy) / norm;
            bool inside = fabs(along) <= length && fabs(across) <= wide;
            image[r * SIDE + c] = (Real)0.3 + (inside ? ink : 0);
        }
    }
}

static void test_strokes(void **state) {
    (void)state;
    Image image;
    const double slopes[][2] = {{1, 0}, {0, 1}, {1, 1}, {2, -1}};
    for (size_t i = 0; i < 4; i++) {
        for (int sign = -1; sign <= 1; sign += 2) {
            draw_bar(image, 6, 1, slopes[i][0], slopes[i][1], (Real)sign);
            Feature f = feature_of(image, 1);
            assert_int_equal(f.kind, FEATURE_STROKE);
            assert_int_equal(f.pieces, 1);
            assert_close(f.share, 1, 1e-12, 0);
        }
    }
    draw_bar(image, 6, 0, 1, 0, 1); /* 13 pixels in a row: moments (13^2 - 1) / 12 and 0 */
    assert_close(feature_of(image, 1).elongation, 13, 1e-6, 0);
}

static void test_spots_and_shapes(void **state) {
    (void)state;
    Image image;
    draw_bar(image, 2, 2, 1, 0, 1);
    assert_int_equal(feature_of(image, 1).kind, FEATURE_SPOT);
    assert_close(feature_of(image, 1).elongation, 1, 1e-6, 0);
    draw_bar(image, 2, 0, 1, 0, 1); /* five pixels in a row are too few for a stroke */
    assert_int_equal(feature_of(image, 1).kind, FEATURE_SPOT);
    draw_bar(image, 6, 5, 1, 0, 1);
    assert_int_equal(feature_of(image, 1).kind, FEATURE_SHAPE);
    draw_bar(image, 10, 1, 0, 1, 1); /* as tall as a one: sqrt((21^2 - 1 + 3^2 - 1) / 12) */
    assert_int_equal(feature_of(image, 1).kind, FEATURE_SHAPE);
    assert_close(feature_of(image, 1).radius, sqrt(448.0 / 12), 1e-12, 0);
    draw_bar(image, 6, 1, 0, 1, 1); /* faint ones far away: no longer local */
    assert_int_equal(feature_of(image, 1).kind, FEATURE_STROKE);
    for (int r = 2; r < 26; r++) {
        image[r * SIDE + 1] = image[r * SIDE + 26] = (Real)0.65;
    }
    assert_int_equal(feature_of(image, 1).kind, FEATURE_SHAPE);
}

static void test_patterns(void **state) {
    (void)state;
    Image image;
    Rng rng = rng_make(1, STREAM_TEST, 0);
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        image[i] = (Real)rng_range(&rng, -1, 1);
    }
    assert_int_equal(feature_of(image, 1).kind, FEATURE_PATTERN);
    for (size_t i = 0; i < SIDE * SIDE; i++) { /* a checkerboard of 4 x 4 fields, with gaps */
        bool ink = (i / SIDE / 4 + i % SIDE / 4) % 2 == 0 && i / SIDE % 4 && i % SIDE % 4;
        image[i] = ink ? 1 : 0;
    }
    assert_int_equal(feature_of(image, 1).kind, FEATURE_PATTERN);
    assert_true(feature_of(image, 1).pieces > 10);
}

static void test_even_is_dead(void **state) {
    (void)state;
    Image image;
    draw_bar(image, 6, 1, 1, 0, 0);
    assert_int_equal(feature_of(image, 1).kind, FEATURE_DEAD);
}

static void test_step(void **state) {
    (void)state;
    Image image;
    static Real spread[SIDE * SIDE * 3];
    draw_bar(image, 6, 1, 1, 1, 1);
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        spread[3 * i] = image[i];
    }
    Feature a = feature_of(image, 1), b = feature_of(spread, 3);
    assert_int_equal(a.area, b.area);
    assert_bits_equal(a.elongation, b.elongation);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strokes),      cmocka_unit_test(test_spots_and_shapes),
        cmocka_unit_test(test_patterns),     cmocka_unit_test(test_even_is_dead),
        cmocka_unit_test(test_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
