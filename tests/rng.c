/* SPDX-License-Identifier: MIT
 *
 * rng.c - tests of the random numbers: which they are, and how they are distributed.
 */
#include "core/base/rng.h"
#include "core/base/engine.h"
#include "core/base/exact.h"
#include "core/base/kernels.h"
#include "tests/check.h"
#include <Random123/philox.h>

enum { MOST = 2500 };

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* ---- rng.h: which numbers ---- */

/* Random123's own kat_vectors for philox4x32, 10 rounds. */
static void philox_known_answers(void **state) {
    (void)state;
    const struct {
        philox4x32_ctr_t counter;
        philox4x32_key_t key;
        uint32_t want[4];
    } cases[] = {
        {{{0, 0, 0, 0}}, {{0, 0}}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}},
         {{0xffffffff, 0xffffffff}},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
         {{0xa4093822, 0x299f31d0}},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        philox4x32_ctr_t got = philox4x32_R(10, cases[i].counter, cases[i].key);
        assert_memory_equal(got.v, cases[i].want, sizeof cases[i].want);
    }
    Rng rng = rng_make(0, (Stream)0, 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(rng_u32(&rng), cases[0].want[i]);
    }
}

/* The contract of rng.h: key = (seed, stream), counter = (block index, cell), low word first. */
static void check_block(uint32_t seed, Stream stream, uint64_t cell, uint64_t index) {
    philox4x32_ctr_t counter = {
        {(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)cell, (uint32_t)(cell >> 32)}};
    philox4x32_ctr_t want = philox4x32_R(10, counter, (philox4x32_key_t){{seed, stream}});
    Rng one = rng_make(seed, stream, cell), many = one;
    one.position = many.position = 4 * index;
    uint32_t filled[4];
    rng_fill_u32(&many, filled, 4);
    assert_memory_equal(filled, want.v, sizeof filled);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(rng_u32(&one), want.v[i]);
    }
    assert_int_equal(one.position, 4 * index + 4);
    assert_int_equal(many.position, one.position);
}

static void counter_layout(void **state) {
    (void)state;
    Rng rng = rng_make(5, STREAM_TEST, 0);
    for (int i = 0; i < 1000; i++) {
        uint32_t seed = rng_u32(&rng), stream = rng_below(&rng, 10);
        uint64_t cell = (uint64_t)rng_u32(&rng) << 32 | rng_u32(&rng);
        uint64_t index = (uint64_t)(rng_u32(&rng) >> 2) << 32 | rng_u32(&rng);
        check_block(seed, (Stream)stream, cell, index >> rng_below(&rng, 62));
    }
}

static void check_fill(size_t n) {
    static uint32_t got[MOST];
    static Real uniform[MOST];
    Rng one = rng_make(3, STREAM_TEST, n);
    one.position = 4 * (((uint64_t)1 << 32) - 20) + n % 7; /* the block index carries over */
    Rng many = one, real = one;
    rng_fill_u32(&many, got, n);
    rng_fill_uniform(&real, uniform, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(got[i], rng_u32(&one));
        assert_bits_equal(uniform[i], (got[i] >> 8) * 0x1p-24);
    }
    assert_int_equal(rng_u32(&many), rng_u32(&one));
    assert_int_equal(many.position, one.position);
    assert_int_equal(real.position + 1, one.position);
}

static void fill_is_word_by_word(void **state) {
    (void)state;
    const char *const variants[] = {"baseline", "v3", "v4"}; /* or NEON alone */
    for (int v = 0; v < (int)LENGTH(variants); v++) {
        if (v == 0 || strstr(engine_isa_list(), variants[v]) != NULL) {
            engine_variant = v;
            for (size_t n = 0; n <= MOST; n += n < 300 ? 1 : 37) {
                check_fill(n);
            }
        }
    }
    engine_variant = 0;
}

static void restart_anywhere(void **state) {
    (void)state;
    uint32_t want[1000];
    Rng rng = rng_make(11, STREAM_SHUFFLE, 4);
    rng_fill_u32(&rng, want, LENGTH(want));
    for (int i = 0; i < 2000; i++) {
        rng.position = (uint64_t)i * 7919 % LENGTH(want); /* also in the middle of a kept block */
        assert_int_equal(rng_u32(&rng), want[(uint64_t)i * 7919 % LENGTH(want)]);
    }
}

/* The streams are frozen: these values are part of every committed result. */
static void distributions_are_frozen(void **state) {
    (void)state;
    Rng rng = rng_make(1, STREAM_WEIGHTS, 2);
    assert_int_equal(rng_u32(&rng), 0x8d10cede);
    assert_bits_equal(rng_uniform(&rng), 0x1.706207a451e0bp-1);
    assert_bits_equal(rng_range(&rng, -2, 3), 0x1.508259f9a8p-9);
    assert_bits_equal(rng_normal(&rng), 0x1.56b3ac5f0c44ap-4);
    assert_int_equal(rng_below(&rng, 1000000007), 559200447);
    uint32_t order[8];
    rng_permutation(&rng, order, 8);
    assert_memory_equal(order, ((uint32_t[]){3, 5, 1, 6, 4, 7, 0, 2}), sizeof order);
    assert_int_equal(rng.position, 18);
}

/* ---- rng.h: how they are distributed (fixed seeds: these pass or fail for ever) ---- */

/* Pearson's statistic against its mean (bins - 1), within 4 standard deviations on both sides. */
static void check_chi_square(const double *counts, const double *shares, size_t bins, double n) {
    double sum = 0;
    for (size_t i = 0; i < bins; i++) {
        double expected = n * (shares != NULL ? shares[i] : 1.0 / (double)bins);
        sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    double freedom = (double)bins - 1;
    assert_close(sum, freedom, 0, 4 * sqrt(2 * freedom));
}

static void check_moments(double sum, double squares, double mean, double variance, double n) {
    assert_close(sum / n, mean, 0, 4 * sqrt(variance / n));
    assert_close(squares / n - mean * mean, variance, 4 * sqrt(2 / n), 0);
}

static void uniform_is_uniform(void **state) {
    (void)state;
    enum { BINS = 256, N = 400000 };
    Rng rng = rng_make(1, STREAM_TEST, 1);
    double counts[BINS] = {0}, sum = 0, squares = 0;
    for (int i = 0; i < N; i++) {
        double u = rng_uniform(&rng);
        assert_true(u >= 0 && u < 1);
        counts[(int)(u * BINS)]++;
        sum += u;
        squares += u * u;
    }
    check_chi_square(counts, NULL, BINS, N);
    check_moments(sum, squares, 0.5, 1.0 / 12, N);
}

static void normal_is_normal(void **state) {
    (void)state;
    enum { BINS = 64, N = 400000 };
    Rng rng = rng_make(1, STREAM_TEST, 2);
    double counts[BINS] = {0}, shares[BINS], sum = 0, squares = 0;
    for (int i = 0; i < N; i++) {
        double x = rng_normal(&rng), place = floor((x + 3.2) * 10);
        counts[place < 0 ? 0 : place >= BINS ? BINS - 1 : (int)place]++;
        sum += x;
        squares += x * x;
    }
    double below = 0;
    for (int i = 0; i < BINS; i++) {
        double edge = (i + 1) / 10.0 - 3.2;
        double upto = i == BINS - 1 ? 1 : 0.5 + 0.5 * exact_erf(edge / sqrt(2));
        shares[i] = upto - below;
        below = upto;
    }
    check_chi_square(counts, shares, BINS, N);
    check_moments(sum, squares, 0, 1, N);
}

static void below_is_unbiased(void **state) {
    (void)state;
    Rng rng = rng_make(1, STREAM_TEST, 3);
    const uint32_t bounds[] = {1, 2, 3, 10, 1000, 0xc0000000, 0x80000001, 0xffffffff};
    for (size_t b = 0; b < LENGTH(bounds); b++) {
        enum { N = 60000, BINS = 30 };
        double counts[BINS] = {0};
        size_t bins = bounds[b] == 1      ? 1
                      : bounds[b] < BINS  ? bounds[b]
                      : bounds[b] == 1000 ? 20
                                          : 3;
        for (int i = 0; i < N; i++) {
            uint64_t x = rng_below(&rng, bounds[b]);
            assert_true(x < bounds[b]);
            counts[x * bins / bounds[b]]++;
        }
        if (bins > 1) {
            check_chi_square(counts, NULL, bins, N);
        }
    }
}

static void permutations(void **state) {
    (void)state;
    enum { N = 24000 };
    static uint32_t order[MOST];
    static bool seen[MOST];
    Rng rng = rng_make(1, STREAM_TEST, 4);
    for (size_t n = 0; n <= MOST; n = 3 * n + 1) {
        rng_permutation(&rng, order, n);
        memset(seen, 0, sizeof seen);
        for (size_t i = 0; i < n; i++) {
            assert_true(order[i] < n && !seen[order[i]]);
            seen[order[i]] = true;
        }
    }
    double counts[64] = {0}, found[24];
    for (int i = 0; i < N; i++) {
        rng_permutation(&rng, order, 4);
        counts[order[0] * 16 + order[1] * 4 + order[2]]++;
    }
    size_t kinds = 0;
    for (int i = 0; i < 64; i++) {
        if (counts[i] > 0) {
            assert_true(kinds < 24);
            found[kinds++] = counts[i];
        }
    }
    assert_int_equal(kinds, 24);
    check_chi_square(found, NULL, 24, N);
}

static void streams_are_independent(void **state) {
    (void)state;
    enum { N = 100000 };
    const Rng makes[] = {rng_make(1, STREAM_WEIGHTS, 0), rng_make(2, STREAM_WEIGHTS, 0),
                         rng_make(1, STREAM_SHUFFLE, 0), rng_make(1, STREAM_WEIGHTS, 1)};
    for (size_t a = 0; a < LENGTH(makes); a++) {
        for (size_t b = 0; b < a; b++) {
            Rng left = makes[a], right = makes[b];
            double products = 0;
            for (int i = 0; i < N; i++) {
                products += (rng_uniform(&left) - 0.5) * (rng_uniform(&right) - 0.5);
            }
            assert_close(products * 12 / N, 0, 0, 4 / sqrt(N)); /* the correlation */
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_known_answers),
        cmocka_unit_test(counter_layout),
        cmocka_unit_test(fill_is_word_by_word),
        cmocka_unit_test(restart_anywhere),
        cmocka_unit_test(distributions_are_frozen),
        cmocka_unit_test(uniform_is_uniform),
        cmocka_unit_test(normal_is_normal),
        cmocka_unit_test(below_is_unbiased),
        cmocka_unit_test(permutations),
        cmocka_unit_test(streams_are_independent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
