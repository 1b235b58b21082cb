/* SPDX-License-Identifier: MIT
 *
 * engine_vec.c - vector functions, reductions, updates, pooling and normalisation.
 */
#include "tests/engine_digest.h"
#include "tests/engine_reference.h"

/* ---- the same bits everywhere: constants of the project ----
 * Found alike by gcc 12 and clang 14 at -O0 to -O3 on x86-64 (all variants) and by gcc for 64-bit
 * ARM.  A change of these numbers is a change of results: raise results_version. */
static void digests_are_the_projects(void **state) {
    (void)state;
    FOR_EACH_ISA(isa) {
        assert_int_equal(digest_gemm(), 0xeba3200a5adde6d7u);
        assert_int_equal(digest_conv(), 0x4987a3fafc0c9822u);
        assert_int_equal(digest_vec(), 0xe8fec6ed776786f4u);
        assert_int_equal(digest_image(), 0xd258b173b00a8c1au);
        assert_int_equal(digest_example(), 0x4fe645dc62951d58u);
    }
}

/* ---- fused multiply-add, where a machine without it must compute it ---- */
static float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* A triple near a rounding boundary: cancellation, a product far below c, ties, anything at all. */
static void hard_triple(Rng *rng, float *a, float *b, float *c) {
    *a = float_of(rng_u32(rng));
    *b = float_of(rng_u32(rng));
    *c = float_of(rng_u32(rng));
    switch (rng_below(rng, 5)) {
    case 0: /* nearly everything cancels */
        *a = 1 + (float)rng_below(rng, 1 << 23) * 0x1p-23f;
        *b = 1 + (float)rng_below(rng, 1 << 23) * 0x1p-23f;
        *c = -(*a * *b) * (1 + (float)rng_below(rng, 3) * 0x1p-23f);
        break;
    case 1: /* the product is about half an ulp of c */
        *c = 1 + (float)rng_below(rng, 1 << 23) * 0x1p-23f;
        *a = 0x1p-12f * (1 + (float)rng_below(rng, 4) * 0x1p-23f);
        *b = (rng_below(rng, 2) ? 0x1p-12f : -0x1p-12f) * (1 - (float)rng_below(rng, 4) * 0x1p-24f);
        break;
    case 2: /* results around the smallest normal number */
        *a = 0x1p-63f * (1 + (float)rng_below(rng, 1 << 23) * 0x1p-23f);
        *b = 0x1p-63f * (1 + (float)rng_below(rng, 1 << 23) * 0x1p-23f);
        *c = float_of(rng_u32(rng) & 0x81ffffffu);
        break;
    case 3: /* around the largest */
        *a = 0x1p64f * (1 + (float)rng_below(rng, 1 << 23) * 0x1p-23f);
        *b = 0x1p63f * (1 + (float)rng_below(rng, 1 << 23) * 0x1p-23f);
        *c = float_of((rng_u32(rng) & 0x80ffffffu) | 0x7e000000u);
        break;
    }
}

static void fused_multiply_add_rounds_once(void **state) {
    (void)state;
    enum { COUNT = 100000 };
    Rng rng = rng_make(1, STREAM_TEST, 1);
    for (int i = 0; i < COUNT; i++) {
        float a, b, c;
        hard_triple(&rng, &a, &b, &c);
        float want = fmaf(a, b, c);
        if (fabsf(c) < FLT_MIN || fabsf(a) < FLT_MIN || fabsf(b) < FLT_MIN) /* subnormals are 0 */
            want = fmaf(a * 1, b * 1, c * 1);
        FOR_EACH_ISA(isa) {
            Real y = c;
            vec_axpy(a, &(Real){b}, &y, 1);
            if (!check_same_bits((double)y, (double)want))
                fail_msg("%s: fma(%a, %a, %a) = %a is not %a", isa, (double)a, (double)b, (double)c,
                         (double)y, (double)want);
        }
    }
}

/* ---- error bounds, over a comb through all floats ---- */
typedef struct Function {
    const char *name;
    void (*vec)(const Real *, Real *, size_t);
    double (*exact)(double);
    double ulps;
} Function;

static double exact_logistic(double x) {
    return 1 / (1 + exp(-x));
}

/* Error in units of the last place of the float result; subnormal results may be flushed. */
static double ulp_error(double got, double want) {
    if (isnan(want) || isinf(want) || isnan(got))
        return check_same_bits(got, want) ? 0 : INFINITY;
    if (isinf(got))
        return fabs(want) > (double)FLT_MAX ? 0 : INFINITY;
    if (fabs(want) < (double)FLT_MIN && fabs(got) <= (double)FLT_MIN)
        return 0;
    int exponent;
    frexp(want, &exponent);
    return fabs(got - want) / ldexp(1, exponent - 24);
}

static void functions_keep_their_bounds(void **state) {
    (void)state;
    static const Function functions[] = {{"exp", vec_exp, exp, 2},
                                         {"log", vec_log, log, 2},
                                         {"tanh", vec_tanh, tanh, 3},
                                         {"sigmoid", vec_sigmoid, exact_logistic, 3}};
    enum { BLOCK = 4096, STEP = 1511 };
    static Real x[BLOCK], y[BLOCK], first[BLOCK];
    for (size_t f = 0; f < sizeof functions / sizeof *functions; f++) {
        double worst = 0, at = 0;
        for (uint64_t bits = f; bits <= UINT32_MAX; bits += (uint64_t)BLOCK * STEP) {
            for (size_t i = 0; i < BLOCK; i++) {
                x[i] = float_of((uint32_t)(bits + i * STEP));
                if (fabsf(x[i]) < FLT_MIN)
                    x[i] = copysignf(0, x[i]);
            }
            size_t run = 0;
            FOR_EACH_ISA(isa) {
                functions[f].vec(x, run ? y : first, BLOCK);
                if (run++)
                    assert_same_array(y, first, BLOCK, functions[f].name, isa);
            }
            for (size_t i = 0; i < BLOCK; i++) {
                double error = ulp_error((double)first[i], functions[f].exact((double)x[i]));
                if (!(error <= worst)) {
                    worst = error;
                    at = (double)x[i];
                }
            }
        }
        print_message("%s: at most %.3f ulp, at %a\n", functions[f].name, worst, at);
        assert_true(worst < functions[f].ulps);
    }
}

/* An element's bits do not depend on its place: every length and offset gives those of one. */
static void tails_are_like_the_rest(void **state) {
    (void)state;
    Rng rng = rng_make(2, STREAM_TEST, 1);
    Real x[80], y[80], one;
    for (size_t i = 0; i < 80; i++)
        x[i] = (Real)rng_range(&rng, -4, 4);
    FOR_EACH_ISA(isa) {
        for (size_t offset = 0; offset < 20; offset++)
            for (size_t n = 0; n <= 40; n++) {
                memset(y, 0, sizeof y);
                vec_sigmoid(x + offset, y + offset, n);
                for (size_t i = 0; i < 80; i++) {
                    one = 0;
                    if (i >= offset && i < offset + n)
                        vec_sigmoid(x + i, &one, 1);
                    assert_same_array(y + i, &one, 1, "sigmoid at an offset", isa);
                }
            }
    }
}

static void a_residual_is_its_two_roundings(void **state) {
    (void)state;
    Rng rng = rng_make(5, STREAM_TEST, 1);
    for (size_t n = 0; n < 70; n += 1 + n / 9) {
        Real *a = awkward_numbers(&rng, n, false), *b = awkward_numbers(&rng, n, false);
        Real *want = awkward_numbers(&rng, n, false), *got = awkward_numbers(&rng, n, false);
        for (size_t i = 0; i < n; i++) {
            Real gap = a[i] - b[i];
            want[i] = gap * (Real)0.01;
        }
        FOR_EACH_ISA(isa) {
            memcpy(got, a, n * sizeof *got);
            vec_residual(got, b, (Real)0.01, got, n);
            assert_same_array(got, want, n, "residual", isa);
        }
        free(a), free(b), free(want), free(got);
    }
}

static void special_values_follow_the_functions(void **state) {
    (void)state;
    FOR_EACH_ISA(isa) {
        Real x[5] = {INFINITY, -INFINITY, NAN, 0, -1}, y[5];
        vec_exp(x, y, 5);
        assert_same_array(y, (Real[]){INFINITY, 0, NAN, 1}, 4, "exp", isa);
        vec_log(x, y, 5);
        assert_same_array(y, (Real[]){INFINITY, NAN, NAN, -INFINITY, NAN}, 5, "log", isa);
        vec_tanh(x, y, 5);
        assert_same_array(y, (Real[]){1, -1, NAN, 0}, 4, "tanh", isa);
        vec_sigmoid(x, y, 5);
        assert_same_array(y, (Real[]){1, 0, NAN, (Real)0.5}, 4, "sigmoid", isa);
        vec_relu(x, y, 5);
        assert_same_array(y, (Real[]){INFINITY, 0, NAN, 0, 0}, 5, "relu", isa);
        assert_true(isnan(vec_max(x, 5)) && isnan(vec_min(x, 5)));
        assert_true(vec_max(x + 3, 2) == 0 && vec_min(x + 3, 2) == -1);
    }
}

/* ---- reductions, in the order vec.h states ---- */
static double reference_dot(const Real *a, const Real *b, size_t n) {
    double part[16] = {0};
    for (size_t i = 0; i < n; i++)
        part[i % 16] += (double)a[i] * (double)b[i];
    for (size_t half = 8; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            part[i] += part[i + half];
    return part[0];
}

static void reductions_have_one_order(void **state) {
    (void)state;
    Rng rng = rng_make(3, STREAM_TEST, 1);
    for (size_t n = 0; n < 300; n += 1 + n / 9) {
        Real *a = awkward_numbers(&rng, n, false), *b = awkward_numbers(&rng, n, false);
        Real *ones = awkward_numbers(&rng, n, false), *gap = awkward_numbers(&rng, n, false);
        Real *size = awkward_numbers(&rng, n, false);
        for (size_t i = 0; i < n; i++) {
            ones[i] = 1;
            size[i] = (Real)fabs((double)a[i]);
        }
        FOR_EACH_ISA(isa) {
            assert_bits_equal(vec_dot(a, b, n), reference_dot(a, b, n));
            assert_bits_equal(vec_sum(a, n), reference_dot(a, ones, n));
            assert_bits_equal(vec_sum_abs(a, n), reference_dot(size, ones, n));
            assert_bits_equal(vec_sum_squares(a, n), reference_dot(a, a, n));
            assert_close(vec_sum_squared_difference(a, b, n),
                         reference_dot(a, a, n) + reference_dot(b, b, n) -
                             2 * reference_dot(a, b, n),
                         1e-12, 1e-12);
        }
        free(a), free(b), free(ones), free(gap), free(size);
    }
}

/* ---- softmax ---- */
static void softmax_is_the_definition(void **state) {
    (void)state;
    enum { ROWS = 150, CLASSES = 10 };
    Rng rng = rng_make(4, STREAM_TEST, 1);
    static Real logits[ROWS * CLASSES], p[ROWS * CLASSES], losses[ROWS];
    uint8_t targets[ROWS];
    for (size_t i = 0; i < ROWS * CLASSES; i++)
        logits[i] = (Real)rng_range(&rng, -20, 20);
    for (size_t r = 0; r < ROWS; r++)
        targets[r] = (uint8_t)rng_below(&rng, CLASSES);
    for (size_t j = 0; j < CLASSES; j++)
        logits[j] = 3; /* all equal: the first is the answer */
    targets[0] = 0;
    size_t right = vec_softmax_cross_entropy(logits, targets, ROWS, CLASSES, p, losses), want = 0;
    for (size_t r = 0; r < ROWS; r++) {
        const Real *row = logits + r * CLASSES;
        double sum = 0;
        size_t best = 0;
        for (size_t j = 0; j < CLASSES; j++) {
            sum += exp((double)row[j]);
            best = row[j] > row[best] ? j : best;
        }
        want += best == targets[r];
        assert_close(losses[r], log(sum) - (double)row[targets[r]], 1e-6, 1e-6);
        for (size_t j = 0; j < CLASSES; j++)
            /* the rounding of x - max, up to 40, moves the exponential by 40 x 2^-24 */
            assert_close(p[r * CLASSES + j], exp((double)row[j]) / sum, 3e-6, 1e-30);
    }
    assert_int_equal(right, want);
    logits[1] = NAN;
    vec_softmax_cross_entropy(logits, targets, ROWS, CLASSES, logits, losses);
    assert_true(isnan(losses[0]) && !isnan(losses[1]));
}

int main(int argc, char **argv) {
    (void)argc;
    Error err;
    if (!engine_start(&(EngineChoice){.engine = ENGINE_OWN}, argv, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_the_projects),
        cmocka_unit_test(fused_multiply_add_rounds_once),
        cmocka_unit_test(functions_keep_their_bounds),
        cmocka_unit_test(tails_are_like_the_rest),
        cmocka_unit_test(a_residual_is_its_two_roundings),
        cmocka_unit_test(special_values_follow_the_functions),
        cmocka_unit_test(reductions_have_one_order),
        cmocka_unit_test(softmax_is_the_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
