/* SPDX-License-Identifier: MIT
 *
 * engine.c - the engine: choice at start, matrix products and convolutions, bit by bit.
 */
#include "tests/engine_reference.h"

/* ---- the start ---- */
static void unknown_choices_are_refused(void **state) {
    (void)state;
    Error err;
    assert_false(engine_start(&(EngineChoice){.isa = "sse9"}, NULL, &err));
    assert_non_null(strstr(err.text, "sse9"));
    assert_non_null(strstr(err.text, engine_isa_list()));
    assert_false(engine_start(&(EngineChoice){.core = "NoSuchCore"}, NULL, &err));
    assert_true(strlen(err.text) > 10);
}

static void each_isa_can_be_forced(void **state) {
    (void)state;
    size_t count = 0;
    FOR_EACH_ISA(isa) {
        assert_string_equal(engine_isa(), isa);
        assert_string_equal(engine_name(), "own");
        assert_int_equal(engine_current(), ENGINE_OWN);
        count++;
    }
    assert_true(count > 0);
}

static void subnormals_are_flushed(void **state) {
    (void)state;
    use_engine(ENGINE_OWN, NULL);
    volatile Real tiny = REAL_MIN, half = (Real)0.5;
    assert_true(tiny * half == 0);
}

static void openblas_runs_on_one_thread(void **state) {
    (void)state;
#ifdef TIDEMARK_NO_BLAS
    Error err;
    assert_false(engine_start(&(EngineChoice){.engine = ENGINE_OPENBLAS}, NULL, &err));
    assert_non_null(strstr(err.text, "without OpenBLAS"));
#else
    use_engine(ENGINE_OPENBLAS, NULL);
    assert_string_equal(engine_name(), "openblas");
    assert_int_equal(engine_blas_threads(), 1);
    assert_true(strlen(engine_blas_core()) > 2);
    assert_non_null(strstr(engine_blas_config(), "OpenBLAS"));
#endif
}

/* ---- matrix products ---- */
typedef struct Product {
    Gemm p;
    size_t size_c;
    Real *a, *b, *bias, *c;
} Product;

static size_t random_size(Rng *rng) {
    static const size_t edges[] = {0, 1, 2, 3, 4, 7, 8, 9, 10, 15, 16, 17, 31, 33, 48, 49, 100,
                                   130};
    return rng_below(rng, 3) ? edges[rng_below(rng, 18)] : rng_below(rng, 70);
}

static Product random_product(Rng *rng, bool awkward) {
    GemmForm form = (GemmForm)rng_below(rng, 3);
    Product t = {.p = {.form = form, .m = random_size(rng), .n = random_size(rng),
                       .k = random_size(rng)}};
    if (rng_below(rng, 6) == 0) /* up to 2,000, beyond every block of the engine */
        t.p.k = (100u << rng_below(rng, 5)) + rng_below(rng, 400);
    if (rng_below(rng, 6) == 0) { /* one example, or few, and a wide layer */
        t.p.m = 1 + rng_below(rng, 3) / 2;
        t.p.n = 100 + rng_below(rng, 900);
    }
    Gemm *p = &t.p;
    size_t more = rng_below(rng, 2) ? rng_below(rng, 5) : 0;
    p->lda = (form == GEMM_TN ? p->m : p->k) + more;
    p->ldb = (form == GEMM_NT ? p->k : p->n) + more;
    p->ldc = p->n + more;
    t.size_c = p->m * p->ldc;
    t.a = awkward_numbers(rng, (form == GEMM_TN ? p->k : p->m) * p->lda, awkward);
    t.b = awkward_numbers(rng, (form == GEMM_NT ? p->n : p->k) * p->ldb, awkward);
    t.bias = awkward_numbers(rng, p->n, awkward);
    t.c = awkward_numbers(rng, t.size_c, awkward);
    p->a = t.a, p->b = t.b;
    p->add = rng_below(rng, 3) == 0;
    p->bias = !p->add && rng_below(rng, 2) ? t.bias : NULL;
    return t;
}

static void free_product(Product *t) {
    free(t->a), free(t->b), free(t->bias), free(t->c);
}

static Real *copy_of(const Real *x, size_t n) {
    Real *copy = malloc((n + 1) * sizeof *copy);
    assert_non_null(copy);
    memcpy(copy, x, n * sizeof *copy);
    return copy;
}

static const char *form_name(const Gemm *p) {
    static char text[128];
    snprintf(text, sizeof text, "gemm %s %zux%zux%zu%s%s%s",
             p->form == GEMM_NN ? "NN" : p->form == GEMM_TN ? "TN" : "NT", p->m, p->n, p->k,
             p->add ? " add" : "", p->bias ? " bias" : "", p->skip_zeros ? " skip" : "");
    return text;
}

/* Padding between the rows of C must stay as it was, so whole arrays are compared. */
static void gemm_has_the_documented_bits(void **state) {
    (void)state;
    Rng rng = rng_make(1, STREAM_TEST, 0);
    use_engine(ENGINE_OWN, NULL);
    for (int trial = 0; trial < 300; trial++) {
        Product t = random_product(&rng, trial % 3 == 0);
        Real *want = copy_of(t.c, t.size_c);
        t.p.c = want;
        reference_gemm(&t.p);
        FOR_EACH_ISA(isa) {
            Real *got = copy_of(t.c, t.size_c);
            t.p.c = got;
            gemm(&t.p);
            assert_same_array(got, want, t.size_c, form_name(&t.p), isa);
            free(got);
        }
        free(want);
        free_product(&t);
    }
}

/* Leaving zeros out may turn -0 into 0 and nothing else. */
static void skipping_zeros_changes_no_value(void **state) {
    (void)state;
    Rng rng = rng_make(2, STREAM_TEST, 0);
    use_engine(ENGINE_OWN, NULL);
    for (int trial = 0; trial < 200; trial++) {
        Product t = random_product(&rng, false);
        size_t size_a = (t.p.form == GEMM_TN ? t.p.k : t.p.m) * t.p.lda;
        uint32_t share = rng_below(&rng, 11);
        for (size_t i = 0; i < size_a; i++)
            if (rng_below(&rng, 10) < share)
                t.a[i] = rng_below(&rng, 2) ? 0 : (Real)-0.0;
        Real *want = copy_of(t.c, t.size_c), *first = copy_of(t.c, t.size_c);
        t.p.c = want;
        reference_gemm(&t.p);
        t.p.skip_zeros = true;
        FOR_EACH_ISA(isa) {
            Real *got = copy_of(t.c, t.size_c);
            t.p.c = got;
            gemm(&t.p);
            for (size_t i = 0; i < t.size_c; i++)
                if (got[i] != want[i])
                    fail_msg("%s, %s, element %zu: %a is not %a", form_name(&t.p), isa, i,
                             (double)got[i], (double)want[i]);
            if (strcmp(isa, "baseline") == 0 || strcmp(isa, "neon") == 0)
                memcpy(first, got, t.size_c * sizeof *got);
            assert_same_array(got, first, t.size_c, form_name(&t.p), isa);
            free(got);
        }
        free(want), free(first);
        free_product(&t);
    }
}

/* A tile of rows gives the bits of the whole: networks cut their batches. */
static void rows_may_be_cut(void **state) {
    (void)state;
    Rng rng = rng_make(3, STREAM_TEST, 0);
    use_engine(ENGINE_OWN, NULL);
    for (int trial = 0; trial < 60; trial++) {
        Product t = random_product(&rng, false);
        if (t.p.form == GEMM_TN) {
            free_product(&t);
            continue;
        }
        Real *whole = copy_of(t.c, t.size_c), *pieces = copy_of(t.c, t.size_c);
        t.p.c = whole;
        gemm(&t.p);
        for (size_t i = 0, rows; i < t.p.m; i += rows) {
            rows = 1 + rng_below(&rng, (uint32_t)(t.p.m - i));
            Gemm part = t.p;
            part.m = rows;
            part.a += i * part.lda;
            part.c = pieces + i * part.ldc;
            gemm(&part);
        }
        assert_same_array(pieces, whole, t.size_c, form_name(&t.p), engine_isa());
        free(whole), free(pieces);
        free_product(&t);
    }
}

/* |C - C'| <= 2 (k + 1) eps |A| |B|, element by element: both are sums of k rounded terms. */
static void gemm_agrees_with_openblas(void **state) {
    (void)state;
#ifdef TIDEMARK_NO_BLAS
    skip();
#else
    Rng rng = rng_make(4, STREAM_TEST, 0);
    for (int trial = 0; trial < 200; trial++) {
        Product t = random_product(&rng, false);
        Real *own = copy_of(t.c, t.size_c), *peer = copy_of(t.c, t.size_c);
        Gemm q = t.p;
        q.c = own;
        use_engine(ENGINE_OWN, NULL);
        gemm(&q);
        q.c = peer;
        use_engine(ENGINE_OPENBLAS, NULL);
        gemm(&q);
        for (size_t i = 0; i < q.m; i++)
            for (size_t j = 0; j < q.n; j++) {
                size_t e = i * q.ldc + j;
                double size = q.add ? fabs((double)t.c[e]) : q.bias ? fabs((double)q.bias[j]) : 0;
                for (size_t k = 0; k < q.k; k++)
                    size += fabs((double)q.a[q.form == GEMM_TN ? k * q.lda + i : i * q.lda + k]) *
                            fabs((double)q.b[q.form == GEMM_NT ? j * q.ldb + k : k * q.ldb + j]);
                assert_close(own[e], peer[e], 0, 2 * (double)(q.k + 1) * REAL_EPSILON * size);
            }
        free(own), free(peer);
        free_product(&t);
    }
    use_engine(ENGINE_OWN, NULL);
#endif
}

/* ---- convolutions ---- */
static void convolution_has_the_documented_bits(void **state) {
    (void)state;
    Rng rng = rng_make(5, STREAM_TEST, 0);
    use_engine(ENGINE_OWN, NULL);
    for (int trial = 0; trial < 120; trial++) {
        Convolution v = random_convolution(&rng, trial % 3 == 0);
        Real *y = awkward_numbers(&rng, v.outputs, false), *dx = calloc(v.images + 1, sizeof *dx);
        Real *dw = calloc(v.weights, sizeof *dw), *got = calloc(
            v.outputs + v.images + v.weights, sizeof *got);
        bool bias = rng_below(&rng, 2);
        for (size_t i = 0; i < v.outputs; i++)
            y[i] = bias ? v.bias[i % v.shape.out] : 0;
        reference_conv(&v, CONV_FORWARD, y);
        reference_conv(&v, CONV_WEIGHTS, dw);
        reference_conv(&v, CONV_INPUT, dx);
        FOR_EACH_ISA(isa) {
            conv_forward(&v.shape, v.n, v.x, v.w, bias ? v.bias : NULL, got);
            assert_same_array(got, y, v.outputs, "convolution, forward", isa);
            conv_backward_weights(&v.shape, v.n, v.x, v.dy, got, NULL, false);
            assert_same_array(got, dw, v.weights, "convolution, weights", isa);
            conv_backward_input(&v.shape, v.n, v.dy, v.w, got);
            assert_same_array(got, dx, v.images, "convolution, input", isa);
        }
        free(y), free(dx), free(dw), free(got);
        free_convolution(&v);
    }
}

/* Gradients of a batch in two calls are those of one. */
static void images_may_be_cut(void **state) {
    (void)state;
    Rng rng = rng_make(6, STREAM_TEST, 0);
    use_engine(ENGINE_OWN, NULL);
    for (int trial = 0; trial < 40; trial++) {
        Convolution v = random_convolution(&rng, false);
        size_t out = v.shape.out, first = v.n / 3, rest = v.n - first;
        Real *whole = calloc(v.weights + out, sizeof *whole);
        Real *parts = calloc(v.weights + out, sizeof *parts);
        conv_backward_weights(&v.shape, v.n, v.x, v.dy, whole, whole + v.weights, false);
        conv_backward_weights(&v.shape, first, v.x, v.dy, parts, parts + v.weights, false);
        const Real *x = v.n ? v.x + v.images / v.n * first : v.x;
        const Real *dy = v.n ? v.dy + v.outputs / v.n * first : v.dy;
        conv_backward_weights(&v.shape, rest, x, dy, parts, parts + v.weights, true);
        assert_same_array(parts, whole, v.weights + out, "gradient in two parts", engine_isa());
        free(whole), free(parts);
        free_convolution(&v);
    }
}

int main(int argc, char **argv) {
    (void)argc;
    Error err;
    if (!engine_start(&(EngineChoice){.engine = ENGINE_OWN}, argv, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_choices_are_refused),
        cmocka_unit_test(each_isa_can_be_forced),
        cmocka_unit_test(subnormals_are_flushed),
        cmocka_unit_test(openblas_runs_on_one_thread),
        cmocka_unit_test(gemm_has_the_documented_bits),
        cmocka_unit_test(skipping_zeros_changes_no_value),
        cmocka_unit_test(rows_may_be_cut),
        cmocka_unit_test(gemm_agrees_with_openblas),
        cmocka_unit_test(convolution_has_the_documented_bits),
        cmocka_unit_test(images_may_be_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
