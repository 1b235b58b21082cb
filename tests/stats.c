/* SPDX-License-Identifier: MIT
 *
 * Statistics against the certified values of NIST's Statistical Reference Datasets
 * (https://www.itl.nist.gov/div898/strd/), by log relative error: the number of digits that agree.
 */
#include "core/lab/stats.h"
#include "core/base/rng.h"
#include "core/lab/claim.h"
#include "tests/check.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

static void assert_digits(double got, double certified, double digits) {
    assert_close(got, certified, pow(10, -digits), 0);
}

/* ---- univariate ---- */

static const double lottery[] = {
    162, 671, 933, 414, 788, 730, 817, 33,  536, 875, 670, 236, 473, 167, 877, 980, 316, 950, 456,
    92,  517, 557, 956, 954, 104, 178, 794, 278, 147, 773, 437, 435, 502, 610, 582, 780, 689, 562,
    964, 791, 28,  97,  848, 281, 858, 538, 660, 972, 671, 613, 867, 448, 738, 966, 139, 636, 847,
    659, 754, 243, 122, 455, 195, 968, 793, 59,  730, 361, 574, 522, 97,  762, 431, 158, 429, 414,
    22,  629, 788, 999, 187, 215, 810, 782, 47,  34,  108, 986, 25,  644, 829, 630, 315, 567, 919,
    331, 207, 412, 242, 607, 668, 944, 749, 168, 864, 442, 533, 805, 372, 63,  458, 777, 416, 340,
    436, 140, 919, 350, 510, 572, 905, 900, 85,  389, 473, 758, 444, 169, 625, 692, 140, 897, 672,
    288, 312, 860, 724, 226, 884, 508, 976, 741, 476, 417, 831, 15,  318, 432, 241, 114, 799, 955,
    833, 358, 935, 146, 630, 830, 440, 642, 356, 373, 271, 715, 367, 393, 190, 669, 8,   861, 108,
    795, 269, 590, 326, 866, 64,  523, 862, 840, 219, 382, 998, 4,   628, 305, 747, 247, 34,  747,
    729, 645, 856, 974, 24,  568, 24,  694, 608, 480, 410, 729, 947, 293, 53,  930, 223, 203, 677,
    227, 62,  455, 387, 318, 562, 242, 428, 968,
};

static const double mavro[] = {
    2.00180, 2.00170, 2.00180, 2.00190, 2.00180, 2.00170, 2.00150, 2.00140, 2.00150, 2.00150,
    2.00170, 2.00180, 2.00180, 2.00190, 2.00190, 2.00210, 2.00200, 2.00160, 2.00140, 2.00130,
    2.00130, 2.00150, 2.00150, 2.00160, 2.00150, 2.00140, 2.00130, 2.00140, 2.00150, 2.00140,
    2.00150, 2.00160, 2.00150, 2.00160, 2.00190, 2.00200, 2.00200, 2.00210, 2.00220, 2.00230,
    2.00240, 2.00250, 2.00270, 2.00260, 2.00260, 2.00260, 2.00270, 2.00260, 2.00250, 2.00240,
};

static const double michelso[] = {
    299.85, 299.74, 299.90, 300.07, 299.93, 299.85, 299.95, 299.98, 299.98, 299.88, 300.00, 299.98,
    299.93, 299.65, 299.76, 299.81, 300.00, 300.00, 299.96, 299.96, 299.96, 299.94, 299.96, 299.94,
    299.88, 299.80, 299.85, 299.88, 299.90, 299.84, 299.83, 299.79, 299.81, 299.88, 299.88, 299.83,
    299.80, 299.79, 299.76, 299.80, 299.88, 299.88, 299.88, 299.86, 299.72, 299.72, 299.62, 299.86,
    299.97, 299.95, 299.88, 299.91, 299.85, 299.87, 299.84, 299.84, 299.85, 299.84, 299.84, 299.84,
    299.89, 299.81, 299.81, 299.82, 299.80, 299.77, 299.76, 299.74, 299.75, 299.76, 299.91, 299.92,
    299.89, 299.86, 299.88, 299.72, 299.84, 299.85, 299.85, 299.78, 299.89, 299.84, 299.78, 299.81,
    299.76, 299.81, 299.79, 299.81, 299.82, 299.85, 299.87, 299.87, 299.81, 299.74, 299.81, 299.94,
    299.95, 299.80, 299.81, 299.87,
};

typedef struct Certified {
    const double *x;
    size_t n;
    double mean, sd, lag1;
    double sd_digits, lag1_digits;
} Certified;

static void assert_certified(const Certified *set) {
    assert_digits(stats_mean(set->x, set->n), set->mean, 14);
    assert_digits(stats_sd(set->x, set->n), set->sd, set->sd_digits);
    assert_digits(stats_lag1(set->x, set->n), set->lag1, set->lag1_digits);
}

static void test_nist_observed(void **state) {
    (void)state;
    assert_certified(&(Certified){lottery, LENGTH(lottery), 518.958715596330, 291.699727470969,
                                  -0.120948622967393, 14, 14});
    assert_certified(&(Certified){mavro, LENGTH(mavro), 2.00185600000000, 0.000429123454003053,
                                  0.937989183438248, 12, 12});
    assert_certified(&(Certified){michelso, LENGTH(michelso), 299.852400000000, 0.0790105478190518,
                                  0.535199668621283, 13, 13});
}

/* NumAcc2 ... 4: one value, then 500 pairs 0.1 below and above it.  The decimals themselves are not
 * doubles, which costs NumAcc4 half of its digits before any arithmetic. */
static void test_nist_constructed(void **state) {
    (void)state;
    const double numacc1[] = {10000001, 10000003, 10000002};
    assert_certified(&(Certified){numacc1, 3, 10000002, 1, -0.5, 15, 15});

    static const double first[] = {1.2, 1000000.2, 10000000.2};
    static const double low[] = {1.1, 1000000.1, 10000000.1};
    static const double high[] = {1.3, 1000000.3, 10000000.3}, digits[] = {14, 9, 8};
    for (size_t set = 0; set < 3; set++) {
        double x[1001];
        x[0] = first[set];
        for (size_t i = 1; i < LENGTH(x); i++) {
            x[i] = i % 2 == 1 ? low[set] : high[set];
        }
        assert_certified(
            &(Certified){x, LENGTH(x), first[set], 0.1, -0.999, digits[set], digits[set]});
    }
}

static void test_few_values(void **state) {
    (void)state;
    const double one[] = {3};
    assert_true(isnan(stats_mean(one, 0)));
    assert_true(stats_mean(one, 1) == 3);
    assert_true(isnan(stats_sd(one, 1)));
    assert_true(isnan(stats_median(one, 0)));
    assert_true(stats_median(one, 1) == 3);
    assert_true(stats_mean((const double[]){1, INFINITY}, 2) == INFINITY);
}

/* ---- a line ---- */

static const double norris_x[] = {
    0.2, 337.4, 118.2, 884.6, 10.1,  226.5, 666.3, 996.3, 448.6, 777.0, 558.2, 0.4,
    0.6, 775.5, 666.9, 338.0, 447.5, 11.6,  556.0, 228.1, 995.8, 887.6, 120.2, 0.3,
    0.3, 556.8, 339.1, 887.2, 999.0, 779.0, 11.1,  118.3, 229.2, 669.1, 448.9, 0.5,
};
static const double norris_y[] = {
    0.1, 338.8, 118.1, 888.0, 9.2,   228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3,
    0.1, 778.1, 668.8, 339.3, 448.9, 10.8,  557.7, 228.3, 998.0, 888.8, 119.6, 0.3,
    0.6, 557.6, 339.3, 888.0, 998.5, 778.9, 10.2,  117.6, 228.9, 668.4, 449.2, 0.2,
};

static void test_nist_norris(void **state) {
    (void)state;
    Line line = stats_line(norris_x, norris_y, LENGTH(norris_x));
    assert_digits(line.intercept, -0.262323073774029, 12);
    assert_digits(line.slope, 1.00211681802045, 14);
    assert_digits(line.intercept_sd, 0.232818234301152, 13);
    assert_digits(line.slope_sd, 0.429796848199937e-3, 13);
    assert_digits(line.residual_sd, 0.884796396144373, 13);
    assert_digits(line.r_squared, 0.999993745883712, 14);
}

static void test_line_of_two_points(void **state) {
    (void)state;
    Line line = stats_line((const double[]){1, 3}, (const double[]){5, 1}, 2);
    assert_close(line.slope, -2, 1e-15, 0);
    assert_close(line.intercept, 7, 1e-15, 0);
    assert_true(isnan(line.slope_sd));
}

/* ---- quantiles ---- */

static void test_quantile_type_7(void **state) {
    (void)state;
    const double x[] = {7, 1, 11, 2, 4};
    /* R: quantile(c(7, 1, 11, 2, 4), c(0, .1, .25, .5, .6, .9, 1)) */
    const double p[] = {0, 0.1, 0.25, 0.5, 0.6, 0.9, 1};
    const double expected[] = {1, 1.4, 2, 4, 5.2, 9.4, 11};
    for (size_t i = 0; i < LENGTH(p); i++) {
        assert_close(stats_quantile(x, LENGTH(x), p[i]), expected[i], 1e-14, 0);
    }
    assert_close(stats_median((const double[]){4, 1, 3, 2}, 4), 2.5, 0, 0);
    assert_close(stats_median(lottery, LENGTH(lottery)), 522.5, 0, 0);
    assert_close(stats_median(mavro, LENGTH(mavro)), 2.0018, 1e-15, 0);
    assert_true(isnan(stats_median((const double[]){1, NAN, 2}, 3)));
    assert_true(isnan(stats_median((const double[]){NAN, 1, 2, 3, 4}, 5)));
    assert_true(isnan(stats_median((const double[]){4, 3, 2, 1, NAN}, 5)));
    assert_true(stats_median((const double[]){1, INFINITY, INFINITY}, 3) == INFINITY);
    assert_true(stats_quantile((const double[]){1, INFINITY}, 2, 0) == 1);
}

/* ---- intervals ---- */

static void assert_interval(Interval got, double value, double low, double high, size_t n) {
    assert_close(got.value, value, 1e-15, 0);
    assert_close(got.low, low, 1e-15, 0);
    assert_close(got.high, high, 1e-15, 0);
    assert_int_equal(got.n, n);
}

static void test_bootstrap_of_little(void **state) {
    (void)state;
    const double same[] = {0.3, 0.3, 0.3, 0.3, 0.3};
    assert_interval(stats_bootstrap_median(same, 1), 0.3, -INFINITY, INFINITY, 1);
    assert_interval(stats_bootstrap_mean(same, 1), 0.3, -INFINITY, INFINITY, 1);
    assert_interval(stats_bootstrap_median(same, 5), 0.3, 0.3, 0.3, 5);
    assert_interval(stats_bootstrap_mean(same, 5), 0.3, 0.3, 0.3, 5);
    assert_true(isnan(stats_bootstrap_median(same, 0).value));
    assert_true(isnan(stats_bootstrap_median((const double[]){1, NAN}, 2).value));
    /* of two values the median of a resample is the lower, the middle or the upper */
    assert_interval(stats_bootstrap_median((const double[]){2, 1}, 2), 1.5, 1, 2, 2);
    /* a third of the runs never got there */
    Interval missed = stats_bootstrap_median((const double[]){1, 2, INFINITY}, 3);
    assert_true(missed.value == 2 && missed.low == 1 && missed.high == INFINITY);
}

/* The interval is a function of the data alone, whatever their order and what was drawn before. */
static void test_bootstrap_is_deterministic(void **state) {
    (void)state;
    double x[25], backwards[25];
    Rng rng = rng_make(11, STREAM_TEST, 0);
    for (size_t i = 0; i < LENGTH(x); i++) {
        x[i] = rng_normal(&rng);
        backwards[LENGTH(x) - 1 - i] = x[i];
    }
    for (int mean = 0; mean <= 1; mean++) {
        Interval (*bootstrap)(const double *, size_t) =
            mean ? stats_bootstrap_mean : stats_bootstrap_median;
        Interval first = bootstrap(x, LENGTH(x)), second = bootstrap(backwards, LENGTH(x));
        assert_true(first.low == second.low && first.high == second.high);
        assert_true(first.low < first.value && first.value < first.high);
    }
}

/* The draws are frozen: these are the intervals of results version 1.  Over 400,000 draws NumPy
 * found [349, 831.5], [406, 763.6] and [-341, 537.5]; medians of few values move in steps. */
static void test_bootstrap_is_frozen(void **state) {
    (void)state;
    assert_interval(stats_bootstrap_median(lottery, 10), 700.5, 349, 817, 10);
    assert_interval(stats_bootstrap_mean(lottery, 10), 595.9, 403, 762.705, 10);
    assert_interval(stats_unpaired_difference(lottery, 10, lottery + 10, 7), 227.5, -341, 530, 7);
}

/* Of 300 samples of a known distribution about 95% of the intervals hold the truth.  The bootstrap
 * of 20 values falls a little short; 0.90 ... 0.99 is 4 standard errors and that shortfall. */
static void test_bootstrap_covers(void **state) {
    (void)state;
    enum { SAMPLES = 300, N = 20 };
    size_t medians = 0, means = 0;
    for (uint64_t sample = 0; sample < SAMPLES; sample++) {
        double x[N];
        Rng rng = rng_make(5, STREAM_TEST, sample);
        for (size_t i = 0; i < N; i++) {
            x[i] = 3 + rng_normal(&rng);
        }
        Interval median = stats_bootstrap_median(x, N), mean = stats_bootstrap_mean(x, N);
        medians += median.low <= 3 && 3 <= median.high;
        means += mean.low <= 3 && 3 <= mean.high;
    }
    assert_true(medians >= SAMPLES * 90 / 100 && medians <= SAMPLES * 99 / 100);
    assert_true(means >= SAMPLES * 88 / 100 && means <= SAMPLES * 99 / 100);
}

static void test_differences(void **state) {
    (void)state;
    const double a[] = {5.1, 4.2, 6.3, 5.5, 4.9}, b[] = {5.0, 4.1, 6.2, 5.4, 4.8};
    Interval paired = stats_paired_difference(a, b, 5);
    assert_true(paired.low > 0 && paired.high < 0.2); /* small, but the same for every seed */
    Interval unpaired = stats_unpaired_difference(a, 5, b, 5);
    assert_close(unpaired.value, 0.1, 1e-12, 0);
    assert_true(unpaired.low < 0 && unpaired.high > 0); /* drowned without the pairs */
    const double far[] = {9.1, 9.2, 9.3};
    Interval apart = stats_unpaired_difference(far, 3, a, 5);
    assert_close(apart.value, 9.2 - 5.1, 1e-12, 0);
    assert_true(apart.low > 2 && apart.n == 3);
    assert_true(stats_unpaired_difference(far, 1, a, 5).low == -INFINITY);
    const double never[] = {INFINITY, INFINITY, INFINITY};
    Interval both = stats_paired_difference(never, never, 3);
    assert_true(both.value == 0 && both.low == 0 && both.high == 0);
}

/* Newcombe (1998), table I: Wilson's score interval without continuity correction. */
static void test_wilson(void **state) {
    (void)state;
    static const struct {
        size_t hits, n;
        double low, high;
    } cases[] = {{81, 263, 0.2553, 0.3662},
                 {15, 148, 0.0624, 0.1605},
                 {0, 20, 0, 0.1611},
                 {1, 29, 0.0061, 0.1718}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        Interval share = stats_share(cases[i].hits, cases[i].n);
        assert_close(share.low, cases[i].low, 0, 0.00005);
        assert_close(share.high, cases[i].high, 0, 0.00005);
        Interval rest = stats_share(cases[i].n - cases[i].hits, cases[i].n);
        assert_close(rest.low, 1 - share.high, 0, 1e-15);
        assert_close(rest.high, 1 - share.low, 0, 1e-15);
    }
    assert_true(isnan(stats_share(0, 0).value));
}

/* ---- findings ---- */

static void test_findings(void **state) {
    (void)state;
    Interval inside = {.value = 2, .low = 1.5, .high = 2.5, .n = 5};
    assert_int_equal(finding_between(inside, 1, 3, "x").verdict, REPRODUCED);
    assert_int_equal(finding_between(inside, 2.6, 3, "x").verdict, NOT_REPRODUCED);
    assert_int_equal(finding_between(inside, 0, 1.4, "x").verdict, NOT_REPRODUCED);
    assert_int_equal(finding_between(inside, 2, 3, "x").verdict, INCONCLUSIVE);
    assert_int_equal(finding_between(inside, -INFINITY, 3, "x").verdict, REPRODUCED);
    Interval nothing = stats_bootstrap_median(NULL, 0);
    assert_int_equal(finding_between(nothing, 1, 3, "x").verdict, INCONCLUSIVE);
    Interval touching = {.value = 1, .low = 0, .high = 2, .n = 5};
    assert_int_equal(finding_above(inside, 1, "x").verdict, REPRODUCED);
    assert_int_equal(finding_above(inside, 3, "x").verdict, NOT_REPRODUCED);
    assert_int_equal(finding_above(inside, 2, "x").verdict, INCONCLUSIVE);
    assert_int_equal(finding_above(touching, 0, "x").verdict, INCONCLUSIVE);
    assert_int_equal(finding_above(interval_point(0), 0, "x").verdict, NOT_REPRODUCED);
    assert_int_equal(finding_above(nothing, 0, "x").verdict, INCONCLUSIVE);
    assert_int_equal(finding_below(inside, 3, "x").verdict, REPRODUCED);
    assert_int_equal(finding_below(inside, 1, "x").verdict, NOT_REPRODUCED);
    assert_int_equal(finding_below(touching, 2, "x").verdict, INCONCLUSIVE);
    assert_int_equal(finding_below(interval_point(0), 0, "x").verdict, NOT_REPRODUCED);
    assert_int_equal(finding_below(nothing, 0, "x").verdict, INCONCLUSIVE);
    assert_true(finding_below(inside, 3, "x").measured.low == 1.5);
    assert_int_equal(finding_exact(564, 564, "x").verdict, REPRODUCED);
    assert_int_equal(finding_exact(565, 564, "x").verdict, NOT_REPRODUCED);
    assert_int_equal(finding_exact(NAN, 564, "x").verdict, INCONCLUSIVE);
    Finding finding = finding_inconclusive("%d seeds", 2);
    assert_int_equal(finding.verdict, INCONCLUSIVE);
    assert_string_equal(finding.note, "2 seeds");
    assert_true(isnan(finding.measured.value));
    assert_string_equal(verdict_name(REPRODUCED), "reproduced");
    assert_string_equal(verdict_name(NOT_REPRODUCED), "not reproduced");
    assert_string_equal(verdict_name(INCONCLUSIVE), "inconclusive");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nist_observed),
        cmocka_unit_test(test_nist_constructed),
        cmocka_unit_test(test_few_values),
        cmocka_unit_test(test_nist_norris),
        cmocka_unit_test(test_line_of_two_points),
        cmocka_unit_test(test_quantile_type_7),
        cmocka_unit_test(test_bootstrap_of_little),
        cmocka_unit_test(test_bootstrap_is_deterministic),
        cmocka_unit_test(test_bootstrap_is_frozen),
        cmocka_unit_test(test_bootstrap_covers),
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_wilson),
        cmocka_unit_test(test_findings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
