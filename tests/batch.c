/* SPDX-License-Identifier: MIT
 *
 * What core/data/batch.h and the views and means of dataset.h promise, on sets made in memory.
 */
#include "core/data/batch.h"
#include "core/base/rng.h"
#include "tests/check.h"
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* `count` images: bytes 0 and 1 spell the image's number, the rest is a pattern; the label is its
 * last digit. */
static Dataset *make_set(Arena *arena, size_t count, size_t height, size_t width, size_t channels,
                         bool planar) {
    size_t pixels = height * width * channels;
    uint8_t *bytes = arena_new(arena, uint8_t, count * pixels);
    uint8_t *labels = arena_new(arena, uint8_t, count);
    const uint8_t **images = arena_new(arena, const uint8_t *, count);
    for (size_t i = 0; i < count; i++) {
        uint8_t *image = bytes + i * pixels;
        for (size_t p = 0; p < pixels; p++) {
            image[p] = (uint8_t)(31 * i + 17 * p + (i * p) % 7);
        }
        image[0] = (uint8_t)i;
        image[1] = (uint8_t)(i >> 8);
        labels[i] = (uint8_t)(i % 10);
        images[i] = image;
    }
    Dataset set = {.name = "made",
                   .count = count,
                   .height = height,
                   .width = width,
                   .channels = channels,
                   .classes = 10,
                   .planar = planar,
                   .images = images,
                   .labels = labels};
    return arena_copy(arena, &set, sizeof set);
}

/* The number of the image in a row of a batch made with scale 1 from a set of one channel. */
static size_t number_at(const Batch *batch, size_t row, size_t pixels) {
    const Real *x = batch->x + row * pixels;
    return (size_t)x[0] + 256 * (size_t)x[1];
}

static Batches *make_batches(Arena *arena, BatchPlan plan) {
    Batches *batches = arena_new(arena, Batches, 1);
    batches_init(batches, &plan, arena);
    return batches;
}

/* Batch `iteration` holds these images, and the labels fit them. */
static void assert_numbers(Batches *batches, uint64_t iteration, const size_t *want, size_t count) {
    Batch batch = batches_get(batches, iteration);
    assert_int_equal(batch.count, count);
    for (size_t row = 0; row < count; row++) {
        assert_int_equal(number_at(&batch, row, dataset_pixels(batches->plan.set)), want[row]);
        assert_int_equal(batch.labels[row], want[row] % 10);
    }
}

static void file_order_ends_with_a_short_batch(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Dataset *set = make_set(arena, 10, 2, 3, 1, false);
    Batches *batches = make_batches(
        arena, (BatchPlan){.set = set, .size = 4, .order = BATCH_FILE_ORDER, .scale = 1});
    assert_int_equal(batches->per_epoch, 3);
    for (uint64_t epoch = 0; epoch < 3; epoch++) {
        assert_numbers(batches, 3 * epoch, (size_t[]){0, 1, 2, 3}, 4);
        assert_numbers(batches, 3 * epoch + 1, (size_t[]){4, 5, 6, 7}, 4);
        assert_numbers(batches, 3 * epoch + 2, (size_t[]){8, 9}, 2);
    }
    assert_numbers(batches, 3000000000000 + 2, (size_t[]){8, 9}, 2); /* beyond 32 bits */
    arena_destroy(arena);
}

static void wrap_runs_into_the_next_epoch(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Dataset *set = make_set(arena, 10, 2, 3, 1, false);
    BatchPlan plan = {.set = set, .size = 4, .order = BATCH_FILE_ORDER, .wrap = true, .scale = 1};
    Batches *batches = make_batches(arena, plan);
    assert_int_equal(batches->per_epoch, 2);
    assert_numbers(batches, 1, (size_t[]){4, 5, 6, 7}, 4);
    assert_numbers(batches, 2, (size_t[]){8, 9, 0, 1}, 4);
    assert_numbers(batches, 3, (size_t[]){2, 3, 4, 5}, 4);
    plan.size = 25; /* more than the set has */
    batches = make_batches(arena, plan);
    assert_int_equal(batches->per_epoch, 1);
    assert_numbers(
        batches, 1,
        (size_t[]){5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 25);
    arena_destroy(arena);
}

static void shuffled_shows_every_image_once_an_epoch(void **state) {
    (void)state;
    enum { COUNT = 1000, SIZE = 64, EPOCHS = 3 };
    Arena *arena = arena_create();
    Dataset *set = make_set(arena, COUNT, 1, 5, 1, false);
    Batches *batches =
        make_batches(arena, (BatchPlan){.set = set, .size = SIZE, .seed = 7, .scale = 1});
    assert_int_equal(batches->per_epoch, 16);
    for (uint64_t epoch = 0; epoch < EPOCHS; epoch++) {
        uint32_t order[COUNT];
        Rng rng = rng_make(7, STREAM_SHUFFLE, epoch); /* the order that is promised */
        rng_permutation(&rng, order, COUNT);
        bool seen[COUNT] = {false};
        size_t shown = 0;
        for (uint64_t t = 0; t < batches->per_epoch; t++) {
            Batch batch = batches_get(batches, epoch * batches->per_epoch + t);
            assert_int_equal(batch.count, t < 15 ? SIZE : COUNT % SIZE);
            for (size_t row = 0; row < batch.count; row++, shown++) {
                size_t number = number_at(&batch, row, 5);
                assert_int_equal(number, order[shown]);
                assert_false(seen[number]);
                seen[number] = true;
                assert_int_equal(batch.labels[row], number % 10);
            }
        }
        assert_int_equal(shown, COUNT);
    }
    arena_destroy(arena);
}

static void shuffled_and_wrapped_is_one_epoch_after_the_other(void **state) {
    (void)state;
    enum { COUNT = 10, SIZE = 7, BATCHES = 9 };
    Arena *arena = arena_create();
    Dataset *set = make_set(arena, COUNT, 1, 2, 1, false);
    Batches *batches = make_batches(
        arena, (BatchPlan){.set = set, .size = SIZE, .wrap = true, .seed = 3, .scale = 1});
    uint32_t order[(SIZE * BATCHES / COUNT + 1) * COUNT];
    for (uint64_t epoch = 0; epoch * COUNT < SIZE * BATCHES; epoch++) {
        Rng rng = rng_make(3, STREAM_SHUFFLE, epoch);
        rng_permutation(&rng, order + epoch * COUNT, COUNT);
    }
    for (size_t t = BATCHES; t-- > 0;) { /* backwards, to make it work for every epoch */
        size_t want[SIZE];
        for (size_t row = 0; row < SIZE; row++) {
            want[row] = order[t * SIZE + row];
        }
        assert_numbers(batches, t, want, SIZE);
    }
    arena_destroy(arena);
}

/* Iterations in any order, asked for twice, or by another Batches: the same bytes. */
static void a_batch_depends_on_its_number_alone(void **state) {
    (void)state;
    enum { COUNT = 50, SIZE = 8, BATCHES = 40, VALUES = SIZE * 12 };
    Arena *arena = arena_create();
    Dataset *set = make_set(arena, COUNT, 2, 2, 3, true);
    for (int kind = 0; kind < 4; kind++) {
        BatchPlan plan = {.set = set,
                          .size = SIZE,
                          .seed = 1,
                          .wrap = kind & 1,
                          .order = kind & 2 ? BATCH_FILE_ORDER : BATCH_SHUFFLED};
        Real(*want)[VALUES] = (Real(*)[VALUES])arena_alloc(arena, BATCHES, sizeof *want);
        Batches *in_turn = make_batches(arena, plan), *jumping = make_batches(arena, plan);
        for (uint64_t t = 0; t < BATCHES; t++) {
            Batch batch = batches_get(in_turn, t);
            memcpy(want[t], batch.x, batch.count * 12 * sizeof(Real));
        }
        Rng rng = rng_make(1, STREAM_TEST, 0);
        for (int i = 0; i < 200; i++) {
            uint64_t t = rng_below(&rng, BATCHES);
            if (i % 3 == 0) {
                batches_slice(jumping, set, i % 40, i % SIZE); /* an evaluation in between */
            }
            Batch batch = batches_get(jumping, t);
            assert_memory_equal(batch.x, want[t], batch.count * 12 * sizeof(Real));
        }
    }
    arena_destroy(arena);
}

static void seeds_and_epochs_have_orders_of_their_own(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Dataset *set = make_set(arena, 100, 1, 2, 1, false);
    Batches *one = make_batches(arena, (BatchPlan){.set = set, .seed = 1, .scale = 1});
    Batches *two = make_batches(arena, (BatchPlan){.set = set, .seed = 2, .scale = 1});
    Real first[200];
    memcpy(first, batches_get(one, 0).x, sizeof first);
    assert_memory_not_equal(batches_get(two, 0).x, first, sizeof first);
    assert_memory_not_equal(batches_get(one, 1).x, first, sizeof first);
    assert_memory_equal(batches_get(one, 0).x, first, sizeof first);
    arena_destroy(arena);
}

/* Every layout, channel count, shift and scale against the definition, value by value. */
static void conversion_is_the_stated_one(void **state) {
    (void)state;
    const size_t channels[] = {1, 2, 3, 4};
    for (size_t c = 0; c < 4; c++) {
        for (int kind = 0; kind < 8; kind++) {
            Arena *arena = arena_create();
            size_t depth = channels[c], area = 5 * 7, pixels = area * depth;
            Dataset *set = make_set(arena, 6, 5, 7, depth, kind & 1);
            Real *shift = arena_new(arena, Real, pixels);
            dataset_pixel_mean(set, shift);
            BatchPlan plan = {.set = set,
                              .order = BATCH_FILE_ORDER,
                              .shift = kind & 2 ? shift : NULL,
                              .scale = kind & 4 ? (Real)0.3 : 0};
            Batch batch = batches_get(make_batches(arena, plan), 0);
            Real scale = kind & 4 ? (Real)0.3 : (Real)(1.0 / 255);
            assert_int_equal(batch.count, 6);
            for (size_t i = 0; i < 6; i++) {
                for (size_t p = 0; p < area; p++) {
                    for (size_t ch = 0; ch < depth; ch++) {
                        size_t at = set->planar ? ch * area + p : p * depth + ch;
                        Real byte = set->images[i][at];
                        Real want = (byte - (kind & 2 ? shift[p * depth + ch] : 0)) * scale;
                        assert_bits_equal(batch.x[i * pixels + p * depth + ch], want);
                    }
                }
            }
            arena_destroy(arena);
        }
    }
}

static void pixel_mean_is_exact_and_in_the_order_of_a_batch(void **state) {
    (void)state;
    Arena *arena = arena_create();
    for (int planar = 0; planar < 2; planar++) {
        Dataset *set = make_set(arena, 300, 2, 3, 3, planar);
        Real mean[18];
        dataset_pixel_mean(set, mean);
        for (size_t p = 0; p < 18; p++) {
            size_t at = planar ? p % 3 * 6 + p / 3 : p;
            unsigned sum = 0;
            for (size_t i = 0; i < 300; i++) {
                sum += set->images[i][at];
            }
            assert_bits_equal(mean[p], (Real)(sum / 300.0));
        }
    }
    arena_destroy(arena);
}

static void views_are_sets_of_their_own(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Dataset *set = make_set(arena, 20, 1, 4, 1, false);
    Dataset range = dataset_view(set, 5, NULL, 3, arena);
    Dataset picked = dataset_view(set, 0, (uint32_t[]){19, 0, 7, 7}, 4, arena);
    Dataset of_view = dataset_view(&picked, 1, NULL, 2, arena);
    Dataset none = dataset_view(set, 20, NULL, 0, arena);
    assert_int_equal(none.count, 0);
    BatchPlan plan = {.order = BATCH_FILE_ORDER, .scale = 1, .set = &range};
    assert_numbers(make_batches(arena, plan), 0, (size_t[]){5, 6, 7}, 3);
    plan.set = &picked;
    assert_numbers(make_batches(arena, plan), 0, (size_t[]){19, 0, 7, 7}, 4);
    plan.set = &of_view;
    assert_numbers(make_batches(arena, plan), 0, (size_t[]){0, 7}, 2);
    assert_ptr_equal(range.images[0], set->images[5]); /* no copy of the bytes */
    arena_destroy(arena);
}

static void zeros_are_counted_in_the_first_hundred_images(void **state) {
    (void)state;
    static const uint8_t black[4] = {0, 0, 0, 0}, grey[4] = {0, 7, 1, 255};
    const uint8_t *images[101] = {grey, black};
    for (size_t i = 2; i < 101; i++)
        images[i] = i < 100 ? grey : black;
    Dataset set = {.count = 101, .height = 2, .width = 2, .channels = 1, .images = images};
    assert_bits_equal(dataset_zeros(&set), 103.0 / 400);
    set.count = 2;
    assert_bits_equal(dataset_zeros(&set), 5.0 / 8);
    set.count = 0;
    assert_bits_equal(dataset_zeros(&set), 0.0);
}

/* Four bytes of a square become one, in either layout; halves are rounded up. */
static void halved_images_are_means_of_squares(void **state) {
    (void)state;
    Arena *arena = arena_create();
    for (int planar = 0; planar < 2; planar++) {
        Dataset *set = make_set(arena, 30, 4, 6, 3, planar);
        Dataset half = dataset_halved(set, arena);
        assert_int_equal(half.count, 30);
        assert_int_equal(half.height, 2);
        assert_int_equal(half.width, 3);
        assert_int_equal(half.channels, 3);
        assert_ptr_equal(half.labels, set->labels);
        for (size_t i = 0; i < 30; i++)
            for (size_t p = 0; p < 18; p++) { /* of the half, row by row, channels innermost */
                size_t y = p / 9, x = p / 3 % 3, c = p % 3;
                unsigned sum = 0;
                for (size_t k = 0; k < 4; k++) {
                    size_t from = (2 * y + k / 2) * 6 + 2 * x + k % 2;
                    sum += set->images[i][planar ? c * 24 + from : from * 3 + c];
                }
                assert_int_equal(half.images[i][planar ? c * 6 + p / 3 : p], (sum + 2) / 4);
            }
    }
    arena_destroy(arena);
}

static void slices_are_in_file_order_and_disturb_nothing(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Dataset *set = make_set(arena, 20, 1, 4, 1, false), *other = make_set(arena, 7, 1, 4, 1, false);
    Batches *batches =
        make_batches(arena, (BatchPlan){.set = set, .size = 5, .seed = 9, .scale = 1});
    Real before[20];
    memcpy(before, batches_get(batches, 2).x, sizeof before);
    Batch slice = batches_slice(batches, set, 15, 5);
    for (size_t row = 0; row < 5; row++) {
        assert_int_equal(number_at(&slice, row, 4), 15 + row);
        assert_int_equal(slice.labels[row], (15 + row) % 10);
    }
    slice = batches_slice(batches, other, 4, 3); /* a test set */
    assert_int_equal(slice.count, 3);
    assert_int_equal(number_at(&slice, 2, 4), 6);
    assert_memory_equal(batches_get(batches, 2).x, before, sizeof before);
    arena_destroy(arena);
}

/* The exit status of a child that breaks promise number `which`. */
static int break_promise(int which) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stderr) == NULL) {
            _exit(99);
        }
        Arena *arena = arena_create();
        Dataset *set = make_set(arena, 20, 1, 4, 1, false),
                *wide = make_set(arena, 20, 1, 5, 1, false);
        Batches *batches = make_batches(arena, (BatchPlan){.set = set, .size = 5});
        switch (which) {
        case 0:
            batches_slice(batches, set, 16, 5);
            break;
        case 1:
            batches_slice(batches, set, 0, 6);
            break;
        case 2:
            batches_slice(batches, set, SIZE_MAX, 2);
            break;
        case 3:
            batches_slice(batches, wide, 0, 5);
            break;
        case 4:
            dataset_view(set, 19, NULL, 2, arena);
            break;
        case 5:
            dataset_view(set, 0, (uint32_t[]){20}, 1, arena);
            break;
        case 6:
            dataset_halved(set, arena); /* one row */
            break;
        default:
            set->count = 0;
            make_batches(arena, (BatchPlan){.set = set});
            break;
        }
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void broken_promises_end_the_process(void **state) {
    (void)state;
    for (int which = 0; which < 8; which++) {
        assert_int_equal(break_promise(which), 2);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_order_ends_with_a_short_batch),
        cmocka_unit_test(wrap_runs_into_the_next_epoch),
        cmocka_unit_test(shuffled_shows_every_image_once_an_epoch),
        cmocka_unit_test(shuffled_and_wrapped_is_one_epoch_after_the_other),
        cmocka_unit_test(a_batch_depends_on_its_number_alone),
        cmocka_unit_test(seeds_and_epochs_have_orders_of_their_own),
        cmocka_unit_test(conversion_is_the_stated_one),
        cmocka_unit_test(pixel_mean_is_exact_and_in_the_order_of_a_batch),
        cmocka_unit_test(views_are_sets_of_their_own),
        cmocka_unit_test(zeros_are_counted_in_the_first_hundred_images),
        cmocka_unit_test(halved_images_are_means_of_squares),
        cmocka_unit_test(slices_are_in_file_order_and_disturb_nothing),
        cmocka_unit_test(broken_promises_end_the_process),
    };
    return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
