/* SPDX-License-Identifier: MIT
 *
 * Generated variants of digits: rotations that are exact, noise, and independence of the piece.
 */
#include "core/data/synth.h"
#include "tests/check.h"

enum { SIDE = 5, PIXELS = SIDE * SIDE, COUNT = 4 };

static uint8_t bytes[COUNT][PIXELS];
static const uint8_t *const images[COUNT] = {bytes[0], bytes[1], bytes[2], bytes[3]};
static const uint8_t labels[COUNT] = {3, 1, 4, 1};
static const Dataset set = {.name = "test", .count = COUNT, .height = SIDE, .width = SIDE,
                            .channels = 1, .classes = 10, .images = images, .labels = labels};

static int fill(void **state) {
    (void)state;
    for (int i = 0; i < COUNT; i++)
        for (int p = 0; p < PIXELS; p++)
            bytes[i][p] = (uint8_t)(p % 3 ? 0 : 40 + 7 * p + i);
    return 0;
}

static void quarter_turns_move_pixels(void **state) {
    (void)state;
    uint8_t to[PIXELS];
    for (int quarters = 0; quarters < 4; quarters++) {
        synth_rotate(bytes[0], SIDE, SIDE, quarters * 0.5, to);
        for (int r = 0; r < SIDE; r++)
            for (int c = 0; c < SIDE; c++) {
                int row = r, column = c; /* where a pixel goes, counter-clockwise */
                for (int q = 0; q < quarters; q++) {
                    int before = row;
                    row = SIDE - 1 - column;
                    column = before;
                }
                assert_int_equal(to[row * SIDE + column], bytes[0][r * SIDE + c]);
            }
    }
}

/* An eighth of a turn about the middle keeps the middle and blackens the corners. */
static void eighth_turn(void **state) {
    (void)state;
    uint8_t white[PIXELS], to[PIXELS];
    memset(white, 200, sizeof white);
    synth_rotate(white, SIDE, SIDE, 0.25, to);
    assert_int_equal(to[2 * SIDE + 2], 200);
    assert_int_equal(to[1 * SIDE + 2], 200);
    assert_true(to[0] < 100);
}

static void background_is_never_darker(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Dataset noisy = synth_variant(&set, SYNTH_BACKGROUND, 1, 0, 0, COUNT, arena);
    int changed = 0;
    for (int i = 0; i < COUNT; i++)
        for (int p = 0; p < PIXELS; p++) {
            assert_true(noisy.images[i][p] >= bytes[i][p]);
            changed += noisy.images[i][p] != bytes[i][p];
        }
    assert_true(changed > PIXELS);
    arena_destroy(arena);
}

static void a_piece_is_the_same(void **state) {
    (void)state;
    for (int kind = 0; kind < SYNTH_KINDS; kind++) {
        Arena *arena = arena_create();
        Dataset all = synth_variant(&set, (SynthKind)kind, 1, 10, 0, COUNT, arena);
        Dataset piece = synth_variant(&set, (SynthKind)kind, 1, 10, 2, 2, arena);
        Dataset view = dataset_view(&set, 2, NULL, 2, arena); /* the same images, numbered anew */
        Dataset shifted = synth_variant(&view, (SynthKind)kind, 1, 12, 0, 2, arena);
        Dataset other = synth_variant(&set, (SynthKind)kind, 2, 10, 0, COUNT, arena);
        for (int i = 0; i < 2; i++) {
            assert_memory_equal(piece.images[i], all.images[i + 2], PIXELS);
            assert_memory_equal(shifted.images[i], all.images[i + 2], PIXELS);
            assert_int_equal(piece.labels[i], labels[i + 2]);
        }
        assert_int_equal(memcmp(other.images[0], all.images[0], PIXELS) != 0, kind != SYNTH_PLAIN);
        arena_destroy(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quarter_turns_move_pixels),
        cmocka_unit_test(eighth_turn),
        cmocka_unit_test(background_is_never_darker),
        cmocka_unit_test(a_piece_is_the_same),
    };
    return cmocka_run_group_tests_name("synth", tests, fill, NULL);
}
