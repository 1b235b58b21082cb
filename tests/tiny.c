/* SPDX-License-Identifier: MIT
 *
 * Tiny networks: the numbers of both programs to the digit, gradients, when a training ends.
 */
#include "core/net/tiny.h"
#include "core/base/exact.h"
#include "tests/check.h"

static Tiny make(size_t inputs, size_t hidden) {
    Tiny tiny;
    Error err = {0};
    assert_true(tiny_create(&tiny, inputs, hidden, &err));
    return tiny;
}

static TinyOutcome train(const TinyData *data, TinyTraining training) {
    Tiny tiny = make(3, 5);
    tiny_alternate(&tiny);
    training.max_epochs = training.max_epochs ? training.max_epochs : 1000000;
    return tiny_train(&tiny, data, &training);
}

static void expect_epochs(const TinyData *data, TinyTraining training, uint64_t epochs) {
    TinyOutcome outcome = train(data, training);
    assert_int_equal(outcome.status, TINY_CONVERGED);
    assert_int_equal(outcome.epochs, epochs);
    assert_int_equal(outcome.updates, training.batch ? epochs : 6 * epochs);
}

/* ---- the sources' numbers ---- */

static void test_article(void **state) {
    (void)state;
    expect_epochs(&tiny_odd_parity, (TinyTraining){.rate = 0.05}, 110687); /* 664,122 updates */
    expect_epochs(&tiny_odd_parity, (TinyTraining){.rate = 0.5}, 14514);   /* 87,084 */
    expect_epochs(&tiny_odd_parity, (TinyTraining){.rate = 5}, 94);        /* 564 */
    expect_epochs(&tiny_odd_parity, (TinyTraining){.rate = 10}, 58);       /* 348 */
    for (double rate = 40; rate <= 50; rate += 10) {
        TinyOutcome outcome =
            train(&tiny_odd_parity, (TinyTraining){.rate = rate, .max_epochs = 100000});
        assert_int_equal(outcome.status, TINY_NOT_CONVERGED);
        assert_int_equal(outcome.epochs, 100000);
        assert_int_equal(outcome.updates, 600000);
    }
}

static void test_other_readings(void **state) {
    (void)state;
    expect_epochs(&tiny_even_parity, (TinyTraining){.rate = 0.05}, 22964);
    expect_epochs(&tiny_even_parity, (TinyTraining){.rate = 5}, 109);
    expect_epochs(&tiny_odd_parity, (TinyTraining){.rate = 0.05, .measure = TINY_ABSOLUTE}, 295162);
    expect_epochs(&tiny_odd_parity, (TinyTraining){.rate = 0.05, .measure = TINY_HALF_SQUARED},
                  108949);
    expect_epochs(&tiny_odd_parity, (TinyTraining){.rate = 5, .measure = TINY_HALF_SQUARED}, 83);
    expect_epochs(&tiny_odd_parity, (TinyTraining){.rate = 0.05, .batch = true}, 107392);
    expect_epochs(&tiny_odd_parity, (TinyTraining){.rate = 5, .batch = true}, 229);
}

static void test_textbook(void **state) {
    (void)state;
    assert_int_equal(book_train(BOOK_TABLE, 200000), 171415);
    assert_int_equal(book_train(BOOK_EXACT, 200000), 110689);
    assert_int_equal(book_train(BOOK_TABLE, 171415), 171415); /* the last epoch that is allowed */
    assert_int_equal(book_train(BOOK_TABLE, 171414), 171415); /* one too few */
    assert_int_equal(book_train(BOOK_TABLE, 10000), 10001);   /* as printed, it does not converge */
}

/* ---- arithmetic ---- */

static double half_square(const Tiny *tiny, const double *x, double target) {
    double miss = tiny_output(tiny, x) - target;
    return miss * miss / 2;
}

/* Centred differences of one weight. */
static double slope_of(Tiny *tiny, double *weight, const double *x, double target) {
    const double h = 1e-5;
    double here = *weight;
    *weight = here + h;
    double above = half_square(tiny, x, target);
    *weight = here - h;
    double below = half_square(tiny, x, target);
    *weight = here;
    return (above - below) / (2 * h);
}

static void check_gradient(size_t inputs, size_t hidden, uint32_t seed) {
    const double target = 0.85;
    Tiny tiny = make(inputs, hidden), gradient;
    double x[TINY_INPUTS];
    Rng rng = rng_make(seed, STREAM_TEST, 0);
    for (size_t i = 0; i < inputs; i++) {
        x[i] = rng_range(&rng, -2, 2);
    }
    tiny_random_uniform(&tiny, seed);
    assert_bits_equal(tiny_gradient(&tiny, x, target, &gradient), tiny_output(&tiny, x));
    for (size_t i = 0; i <= inputs; i++) {
        for (size_t j = 0; j < hidden; j++) {
            assert_close(gradient.w0[i][j], slope_of(&tiny, &tiny.w0[i][j], x, target), 1e-7,
                         1e-11);
        }
    }
    for (size_t j = 0; j <= hidden; j++) {
        assert_close(gradient.w1[j], slope_of(&tiny, &tiny.w1[j], x, target), 1e-7, 1e-11);
    }
}

static void test_gradient(void **state) {
    (void)state;
    for (uint32_t seed = 1; seed <= 5; seed++) {
        check_gradient(3, 5, seed);
        check_gradient(1, 1, seed);
        check_gradient(8, 16, seed);
        check_gradient(2, 7, seed);
    }
}

/* Weights after one step down the sum of `count` gradients, as the header writes it. */
static Tiny step(const Tiny *from, const Tiny *gradient, double rate) {
    Tiny to = *from;
    for (size_t i = 0; i <= from->inputs; i++) {
        for (size_t j = 0; j < from->hidden; j++) {
            to.w0[i][j] -= rate * gradient->w0[i][j];
        }
    }
    for (size_t j = 0; j <= from->hidden; j++) {
        to.w1[j] -= rate * gradient->w1[j];
    }
    return to;
}

static void assert_same_weights(const Tiny *a, const Tiny *b) {
    assert_all_bits_equal(&a->w0[0][0], &b->w0[0][0], (TINY_INPUTS + 1) * TINY_HIDDEN);
    assert_all_bits_equal(a->w1, b->w1, TINY_HIDDEN + 1);
}

/* One update is one step down the gradient to the bit, in the unrolled network and in others; the
 * seventh update is on the first pattern again. */
static void test_update_is_gradient_step(void **state) {
    (void)state;
    const size_t hidden[] = {5, 1, 4, 16};
    for (size_t n = 0; n < 4; n++) {
        Tiny once = make(3, hidden[n]), whole, gradient;
        tiny_random_uniform(&once, 7);
        whole = once;
        for (size_t u = 0; u < 7; u++) {
            size_t p = u % 6;
            tiny_gradient(&once, tiny_odd_parity.x + 3 * p, tiny_odd_parity.target[p], &gradient);
            once = step(&once, &gradient, 2.385);
        }
        tiny_updates(&whole, &tiny_odd_parity, 2.385, 7);
        assert_same_weights(&whole, &once);
    }
}

static void test_batch_adds_gradients(void **state) {
    (void)state;
    Tiny tiny = make(3, 5), sum = make(3, 5), gradient;
    tiny_random_uniform(&tiny, 3);
    for (size_t p = 0; p < 6; p++) {
        tiny_gradient(&tiny, tiny_odd_parity.x + 3 * p, tiny_odd_parity.target[p], &gradient);
        sum = step(&sum, &gradient, -1);
    }
    Tiny want = step(&tiny, &sum, 0.7);
    tiny_train(&tiny, &tiny_odd_parity,
               &(TinyTraining){.rate = 0.7, .batch = true, .max_epochs = 1});
    assert_same_weights(&tiny, &want);
}

/* ---- initial weights ---- */

static void test_alternating_start(void **state) {
    (void)state;
    Tiny tiny = make(3, 5);
    tiny_alternate(&tiny);
    for (size_t i = 0; i <= 3; i++) {
        for (size_t j = 0; j < 5; j++) {
            assert_bits_equal(tiny.w0[i][j], (i + j) % 2 ? 1 : -1);
        }
    }
    for (size_t j = 0; j <= 5; j++) {
        assert_bits_equal(tiny.w1[j], j % 2 ? 1 : -1);
    }
    assert_bits_equal(tiny.w0[4][0], 0);
    assert_bits_equal(tiny.w0[0][5], 0);
    Tiny odd = make(2, 3); /* 9 weights: the second matrix begins at -1 again */
    tiny_alternate(&odd);
    assert_bits_equal(odd.w0[2][2], -1);
    assert_bits_equal(odd.w1[0], -1);
}

static void test_random_start(void **state) {
    (void)state;
    Tiny signs = make(8, 16), uniform = make(8, 16), other = make(8, 16);
    tiny_random_signs(&signs, 5);
    tiny_random_uniform(&uniform, 5);
    tiny_random_uniform(&other, 6);
    size_t positive = 0, same = 0;
    for (size_t i = 0; i <= 8; i++) {
        for (size_t j = 0; j < 16; j++) {
            assert_true(fabs(signs.w0[i][j]) == 1);
            assert_true(uniform.w0[i][j] >= -1 && uniform.w0[i][j] < 1);
            positive += signs.w0[i][j] > 0;
            same += uniform.w0[i][j] == other.w0[i][j];
        }
    }
    assert_in_range(positive, 50, 94); /* of 144 fair ones: 3.7 standard deviations */
    assert_int_equal(same, 0);
    Rng first = rng_make(5, STREAM_WEIGHTS, 0), second = rng_make(5, STREAM_WEIGHTS, 1);
    assert_bits_equal(uniform.w0[0][0], rng_range(&first, -1, 1));
    assert_bits_equal(uniform.w1[0], rng_range(&second, -1, 1));
}

/* ---- the course of a training ---- */

typedef struct Course {
    uint64_t calls;
    uint64_t first_learnt; /* the first epoch whose last errors are all below the tolerance */
    bool split;            /* hidden units 0, 2, 4 or 1, 3 have ever differed in a bit */
} Course;

static void follow(void *context, uint64_t updates, const Tiny *tiny, const double *errors) {
    Course *course = context;
    assert_int_equal(updates, course->calls);
    course->calls++;
    double worst = 0;
    for (size_t p = 0; p < 6; p++) {
        double miss = tiny_output(tiny, tiny_odd_parity.x + 3 * p) - tiny_odd_parity.target[p];
        assert_bits_equal(errors[p], miss * miss);
        worst = errors[p] > worst ? errors[p] : worst;
    }
    if (updates % 6 == 5 && worst < 0.01 && course->first_learnt == 0) {
        course->first_learnt = updates / 6 + 1;
    }
    const double *w = tiny->w1;
    course->split |= w[0] != w[2] || w[0] != w[4] || w[1] != w[3];
}

static void test_end_and_symmetry(void **state) {
    (void)state;
    const double rates[] = {1, 5, 10, 17};
    for (size_t r = 0; r < 4; r++) {
        Course course = {0};
        TinyOutcome seen =
            train(&tiny_odd_parity,
                  (TinyTraining){.rate = rates[r], .watch = follow, .context = &course});
        TinyOutcome unseen = train(&tiny_odd_parity, (TinyTraining){.rate = rates[r]});
        assert_int_equal(seen.updates, unseen.updates);
        assert_int_equal(course.calls, seen.updates);
        assert_int_equal(course.first_learnt, seen.epochs);
        assert_false(course.split);
    }
}

static void test_limit_and_divergence(void **state) {
    (void)state;
    TinyOutcome short_of = train(&tiny_odd_parity, (TinyTraining){.rate = 5, .max_epochs = 93});
    assert_int_equal(short_of.status, TINY_NOT_CONVERGED);
    assert_int_equal(short_of.updates, 558);
    TinyOutcome huge = train(&tiny_odd_parity, (TinyTraining){.rate = INFINITY});
    assert_int_equal(huge.status, TINY_DIVERGED);
    assert_int_equal(huge.epochs, 1);
    assert_string_equal(tiny_status_name(huge.status), "diverged");
    TinyOutcome loose = train(&tiny_odd_parity, (TinyTraining){.rate = 5, .tolerance = 0.2});
    assert_int_equal(loose.status, TINY_CONVERGED);
    assert_true(loose.epochs < 94);
}

static void test_sizes(void **state) {
    (void)state;
    Tiny tiny;
    const size_t bad[][2] = {{0, 5}, {3, 0}, {TINY_INPUTS + 1, 5}, {3, TINY_HIDDEN + 1}};
    for (size_t n = 0; n < 4; n++) {
        Error err = {0};
        assert_false(tiny_create(&tiny, bad[n][0], bad[n][1], &err));
        assert_non_null(strstr(err.text, "1 to 16 hidden"));
    }
    Tiny one = make(1, 1);
    double x = 2;
    assert_bits_equal(tiny_output(&one, &x), 0.5);
    one.w0[1][0] = 3; /* the bias of the hidden unit is not multiplied by the input */
    one.w1[0] = 1;
    assert_bits_equal(tiny_output(&one, &x), exact_sigmoid(exact_sigmoid(3)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_article),
        cmocka_unit_test(test_other_readings),
        cmocka_unit_test(test_textbook),
        cmocka_unit_test(test_gradient),
        cmocka_unit_test(test_update_is_gradient_step),
        cmocka_unit_test(test_batch_adds_gradients),
        cmocka_unit_test(test_alternating_start),
        cmocka_unit_test(test_random_start),
        cmocka_unit_test(test_end_and_symmetry),
        cmocka_unit_test(test_limit_and_divergence),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
