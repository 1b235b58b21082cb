/* SPDX-License-Identifier: MIT
 *
 * exact.c - tests of the elementary functions: the error bounds exact.h states, against the C
 * library in long double; special values; and the same bits under every compiler and rounding of
 * subnormals.
 */
#include "core/base/exact.h"
#include "core/base/rng.h"
#include "tests/check.h"
#include <float.h>
#include <stdlib.h>
#ifdef __x86_64__
#include <xmmintrin.h>
#endif

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

enum { POINTS = 20000 };

/* ---- arguments ---- */

typedef enum Spread {
    EVEN, /* evenly between low and high */
    LOG,  /* e^u, u evenly between low and high: all magnitudes alike */
    SIGNS /* the same with either sign */
} Spread;

typedef struct Range {
    Spread spread;
    double low, high;
} Range;

static double draw(Rng *rng, Range range) {
    double u = rng_range(rng, range.low, range.high);
    if (range.spread == EVEN) {
        return u;
    }
    return range.spread == SIGNS && rng_u32(rng) % 2 == 1 ? -exp(u) : exp(u);
}

/* ---- errors ---- */

static long double sigmoid_long(long double x) {
    return 1 / (1 + expl(-x));
}

static long double exp10_long(long double x) {
    return powl(10, x);
}

/* sin(pi x) for 0 <= x <= 1/2, and the two functions by their symmetries. */
static long double sinpi_half(long double x) {
    const long double pi = 3.14159265358979323846264338327950288L;
    return x <= 0.25L ? sinl(pi * x) : cosl(pi * (0.5L - x));
}

static long double sinpi_long(long double x) {
    long double y = fmodl(fabsl(x), 2), sign = (x < 0) != (y > 1) ? -1 : 1;
    y = fmodl(y, 1);
    return sign * sinpi_half(y > 0.5L ? 1 - y : y);
}

static long double cospi_long(long double x) {
    long double y = fmodl(fabsl(x), 2);
    y = y > 1 ? 2 - y : y;
    return y <= 0.5L ? sinpi_half(0.5L - y) : -sinpi_half(y - 0.5L);
}

/* In units of the last place of the true value; a subnormal one may only become 0 or DBL_MIN. */
static double ulps_off(double got, long double want) {
    if (fabsl(want) < DBL_MIN) {
        return got == 0 || fabs(got) == DBL_MIN ? 0 : INFINITY;
    }
    if (isinf((double)want)) {
        return got == (double)want || fabs(got) == DBL_MAX ? 0 : INFINITY;
    }
    int exponent;
    frexpl(want, &exponent);
    return (double)fabsl(ldexpl(got - want, 53 - exponent));
}

typedef double Function(double x);

typedef struct BoundCase {
    const char *name;
    Function *got;
    long double (*want)(long double x);
    double bound;
    Range ranges[4]; /* low = high = 0 ends the list */
} BoundCase;

static const BoundCase bounds[] = {
    {"exp", exact_exp, expl, 1, {{EVEN, -760, 720}, {SIGNS, -45, 3}, {EVEN, -708.6, -708.3}}},
    {"expm1", exact_expm1, expm1l, 2, {{EVEN, -50, 720}, {SIGNS, -700, 4}, {SIGNS, -3, 1}}},
    {"log", exact_log, logl, 1, {{LOG, -708, 709}, {EVEN, 0.4, 3}, {EVEN, 1 - 1e-9, 1 + 1e-9}}},
    {"log1p", exact_log1p, log1pl, 2, {{SIGNS, -700, -1e-9}, {LOG, -2, 709}, {SIGNS, -38, -30}}},
    {"log10", exact_log10, log10l, 1, {{LOG, -708, 709}, {EVEN, 0.4, 3}, {LOG, -1e-9, 1e-9}}},
    {"exp10", exact_exp10, exp10_long, 2, {{EVEN, -330, 320}, {SIGNS, -45, 3}}},
    {"tanh", exact_tanh, tanhl, 3, {{SIGNS, -700, 4}, {SIGNS, -4, 1}, {EVEN, -24, 24}}},
    {"sigmoid", exact_sigmoid, sigmoid_long, 2, {{EVEN, -760, 60}, {SIGNS, -45, 4}}},
    {"sinpi", exact_sinpi, sinpi_long, 2, {{SIGNS, -700, 36}, {EVEN, -4, 4}, {SIGNS, -9, -0.1}}},
    {"cospi", exact_cospi, cospi_long, 2, {{SIGNS, -700, 36}, {EVEN, -4, 4}, {SIGNS, -9, -0.1}}},
    {"erf", exact_erf, erfl, 1, {{SIGNS, -700, 2}, {EVEN, -7, 7}, {EVEN, 2.4, 2.6}}},
};

static void errors_stay_below_the_bounds(void **state) {
    (void)state;
    for (size_t f = 0; f < LENGTH(bounds); f++) {
        const BoundCase *c = &bounds[f];
        Rng rng = rng_make(1, STREAM_TEST, f);
        double worst = 0, at = 0;
        for (const Range *range = c->ranges; range->low < range->high; range++) {
            for (int i = 0; i < POINTS; i++) {
                double x = draw(&rng, *range), off = ulps_off(c->got(x), c->want(x));
                if (!(off <= worst)) { /* keeps a nan */
                    worst = off;
                    at = x;
                }
            }
        }
        print_message("    %-8s %.3f ulp, at %.17g\n", c->name, worst, at);
        assert_true(worst < c->bound);
    }
}

/* Half an integer off by little: where the reduction of the argument must be exact. */
static void circular_functions_near_their_zeros(void **state) {
    (void)state;
    Rng rng = rng_make(2, STREAM_TEST, 0);
    for (int i = 0; i < POINTS; i++) {
        double x = rng_below(&rng, 2000) / 2.0 + draw(&rng, (Range){SIGNS, -60, -1});
        assert_true(ulps_off(exact_sinpi(x), sinpi_long(x)) < 2);
        assert_true(ulps_off(exact_cospi(x), cospi_long(x)) < 2);
    }
}

static void power_error(void **state) {
    (void)state;
    Rng rng = rng_make(3, STREAM_TEST, 0);
    double worst = 0;
    for (int i = 0; i < 3 * POINTS; i++) {
        double x = draw(&rng, i % 3 == 0 ? (Range){SIGNS, -36, -1} : (Range){LOG, -700, 700});
        x = i % 3 == 0 ? 1 + x : x;
        double y = i % 3 == 1 ? rng_below(&rng, 129) - 64.0 : rng_range(&rng, -750, 750) / log(x);
        double off = ulps_off(exact_pow(x, y), powl(x, y));
        worst = off <= worst ? worst : off;
    }
    print_message("    pow      %.3f ulp\n", worst);
    assert_true(worst < 1);
}

static void log_gamma_error(void **state) {
    (void)state;
    Rng rng = rng_make(4, STREAM_TEST, 0);
    for (int i = 0; i < 2 * POINTS; i++) {
        double x = draw(&rng, i % 2 == 0 ? (Range){EVEN, 0, 30} : (Range){LOG, -700, 700});
        assert_close(exact_lgamma(x), (double)lgammal(x), 1e-14, 1e-14);
    }
}

/* ---- values that are exact ---- */

static void special_values(void **state) {
    (void)state;
    const struct {
        Function *function;
        double x, want;
    } cases[] = {
        {exact_exp, 0, 1},
        {exact_exp, -INFINITY, 0},
        {exact_exp, INFINITY, INFINITY},
        {exact_exp, NAN, NAN},
        {exact_exp, 709.79, INFINITY},
        {exact_exp, -708.4, 0},
        {exact_exp, 0x1p-1074, 1},
        {exact_expm1, -0.0, -0.0},
        {exact_expm1, -INFINITY, -1},
        {exact_expm1, INFINITY, INFINITY},
        {exact_expm1, NAN, NAN},
        {exact_expm1, 0x1p-1074, 0},
        {exact_log, 1, 0},
        {exact_log, 0, -INFINITY},
        {exact_log, -0.0, -INFINITY},
        {exact_log, 0x1p-1074, -INFINITY},
        {exact_log, -1, NAN},
        {exact_log, INFINITY, INFINITY},
        {exact_log, -INFINITY, NAN},
        {exact_log, NAN, NAN},
        {exact_log1p, -0.0, -0.0},
        {exact_log1p, -1, -INFINITY},
        {exact_log1p, -1.5, NAN},
        {exact_log1p, INFINITY, INFINITY},
        {exact_log1p, NAN, NAN},
        {exact_log10, 0, -INFINITY},
        {exact_log10, -1, NAN},
        {exact_log10, INFINITY, INFINITY},
        {exact_exp10, -INFINITY, 0},
        {exact_exp10, INFINITY, INFINITY},
        {exact_exp10, NAN, NAN},
        {exact_tanh, -0.0, -0.0},
        {exact_tanh, -INFINITY, -1},
        {exact_tanh, INFINITY, 1},
        {exact_tanh, NAN, NAN},
        {exact_sigmoid, 0, 0.5},
        {exact_sigmoid, -INFINITY, 0},
        {exact_sigmoid, INFINITY, 1},
        {exact_sigmoid, NAN, NAN},
        {exact_cospi, 0x1p53 + 2, 1},
        {exact_cospi, 0x1p52 + 1, -1},
        {exact_cospi, 1e300, 1},
        {exact_cospi, INFINITY, NAN},
        {exact_sinpi, -0.0, -0.0},
        {exact_sinpi, 1e300, 0},
        {exact_sinpi, NAN, NAN},
        {exact_erf, -0.0, -0.0},
        {exact_erf, INFINITY, 1},
        {exact_erf, -7, -1},
        {exact_erf, NAN, NAN},
        {exact_lgamma, 0, INFINITY},
        {exact_lgamma, -1.5, NAN},
        {exact_lgamma, INFINITY, INFINITY},
        {exact_lgamma, 1e308, INFINITY},
        {exact_lgamma, NAN, NAN},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char text[64];
        snprintf(text, sizeof text, "case %zu, x = %g", i, cases[i].x);
        check_assert_bits(cases[i].function(cases[i].x), cases[i].want, text, __FILE__, __LINE__);
    }
}

static void half_turns_are_exact(void **state) {
    (void)state;
    const double wave[4] = {0, 1, 0, -1};
    for (int n = -4000; n <= 4000; n++) {
        double sine = wave[(n + 4000) % 4], x = n / 2.0;
        assert_bits_equal(exact_cospi(x), wave[(n + 4001) % 4]);
        assert_bits_equal(exact_sinpi(x), sine == 0 ? copysign(0, x) : sine);
    }
}

static void special_powers(void **state) {
    (void)state;
    const double cases[][3] = {
        {NAN, 0, 1},
        {1, NAN, 1},
        {NAN, 1, NAN},
        {2, NAN, NAN},
        {0, 2, 0},
        {0, -2, INFINITY},
        {-0.0, 3, -0.0},
        {-0.0, -3, -INFINITY},
        {-0.0, 2, 0},
        {0, 0.5, 0},
        {0x1p-1074, 0.5, 0},
        {-1, INFINITY, 1},
        {0.5, INFINITY, 0},
        {0.5, -INFINITY, INFINITY},
        {2, INFINITY, INFINITY},
        {2, -INFINITY, 0},
        {INFINITY, -1, 0},
        {INFINITY, 0.5, INFINITY},
        {-INFINITY, 3, -INFINITY},
        {-INFINITY, 2, INFINITY},
        {-INFINITY, -3, -0.0},
        {-2, 3, -8},
        {-2, 101, -0x1p101},
        {-2, -1, -0.5},
        {-1, 101, -1},
        {-1, 0x1p60, 1},
        {-8, 1.0 / 3, NAN},
        {2, 1024, INFINITY},
        {2, -1022, DBL_MIN},
        {2, -1023, 0},
        {2, 1e300, INFINITY},
        {0.5, 1e300, 0},
        {2, 1e-300, 1},
        {4, 0.5, 2},
        {3, 33, 5559060566555523},
        {10, 22, 1e22},
        {10, -5, 1e-5},
        {0.1, 1, 0.1},
        {1e-200, 2, 0},
        {1e200, -2, 0},
        {1e200, 2, INFINITY},
        {1.5, 2, 2.25},
        {0x1p-20, 50, 0x1p-1000},
        {0.9, 1, 0.9},
        {7, -1, 1.0 / 7},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char text[64];
        snprintf(text, sizeof text, "pow(%g, %g)", cases[i][0], cases[i][1]);
        check_assert_bits(exact_pow(cases[i][0], cases[i][1]), cases[i][2], text, __FILE__,
                          __LINE__);
    }
}

static void powers_of_ten(void **state) {
    (void)state;
    for (int n = -330; n <= 330; n++) {
        char text[16];
        snprintf(text, sizeof text, "1e%d", n);
        double want = strtod(text, NULL);
        assert_bits_equal(exact_exp10(n), want < DBL_MIN ? 0 : want);
        if (0 <= n && n <= 22) {
            assert_bits_equal(exact_log10(want), n);
        }
    }
}

/* The largest and smallest arguments with a finite, normal answer, and their neighbours. */
static void edges_of_the_range(void **state) {
    (void)state;
    const double top = 0x1.62e42fefa39efp+9, bottom = -0x1.6232bdd7abcd2p+9;
    assert_close(exact_exp(top), 0x1.fffffffffff2ap+1023, 2e-16, 0);
    assert_bits_equal(exact_exp(nextafter(top, 800)), INFINITY);
    assert_close(exact_exp(bottom), DBL_MIN, 1e-13, 0);
    assert_true(exact_exp(bottom) >= DBL_MIN);
    assert_bits_equal(exact_exp(nextafter(bottom, -800)), 0);
    assert_bits_equal(exact_sigmoid(nextafter(bottom, -800)), 0);
    assert_close(exact_log(DBL_MIN), -708.39641853226408, 2e-16, 0);
    assert_close(exact_log(DBL_MAX), 709.78271289338397, 2e-16, 0);
    assert_close(exact_log1p(DBL_MAX), 709.78271289338397, 2e-16, 0);
}

/* ---- the same bits ---- */

static uint64_t add_to_digest(uint64_t digest, double x) { /* FNV-1a */
    unsigned char bytes[8];
    memcpy(bytes, &x, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        digest = (digest ^ bytes[i]) * 0x100000001b3;
    }
    return digest;
}

static uint64_t digest_of_all(void) {
    const Range ranges[] = {{SIGNS, -6, 3}, {EVEN, -760, 760}, {EVEN, -1, 1}};
    const double edges[] = {0x1p-1074, -0x1p-1060, 0x1p-1022, 0x1.8p-1022, -0x1p-1021, 0x1p-540,
                            0x1p-511,  1e-300,     -1e-290,   1e-200,      1e308,      -745};
    uint64_t digest = 0xcbf29ce484222325;
    Rng rng = rng_make(5, STREAM_TEST, 0);
    for (size_t i = 0; i < 4000; i++) {
        Range range = ranges[i % LENGTH(ranges)];
        double u = rng_range(&rng, range.low, range.high); /* no libm in here */
        double x = i < LENGTH(edges) ? edges[i] : range.spread == SIGNS ? exact_exp(u) : u;
        for (size_t f = 0; f < LENGTH(bounds); f++) {
            digest = add_to_digest(digest, bounds[f].got(x));
        }
        digest = add_to_digest(digest, exact_lgamma(x));
        digest = add_to_digest(digest, exact_pow(fabs(x), u / 50));
        digest = add_to_digest(digest, exact_pow(x, (double)(i % 130) - 65));
    }
    return digest;
}

static void flush_to_zero(bool on) {
#if defined(__x86_64__)
    _mm_setcsr(on ? _mm_getcsr() | 0x8040 : _mm_getcsr() & ~0x8040u);
#elif defined(__aarch64__)
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    control = on ? control | 1 << 24 : control & ~((uint64_t)1 << 24);
    __asm__ volatile("msr fpcr, %0" : : "r"(control));
#endif
}

/* One number for every compiler, optimisation, instruction set and machine. */
static void same_bits_everywhere(void **state) {
    (void)state;
    const uint64_t frozen = 0x27824a0ae60d396f;
    uint64_t plain = digest_of_all();
    flush_to_zero(true);
    uint64_t flushed = digest_of_all();
    flush_to_zero(false);
    print_message("    digest %016llx\n", (unsigned long long)plain);
    assert_true(flushed == plain);
    assert_true(plain == frozen);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_stay_below_the_bounds),
        cmocka_unit_test(circular_functions_near_their_zeros),
        cmocka_unit_test(power_error),
        cmocka_unit_test(log_gamma_error),
        cmocka_unit_test(special_values),
        cmocka_unit_test(half_turns_are_exact),
        cmocka_unit_test(special_powers),
        cmocka_unit_test(powers_of_ten),
        cmocka_unit_test(edges_of_the_range),
        cmocka_unit_test(same_bits_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
