/* SPDX-License-Identifier: MIT
 *
 * engine_image.c - pooling, normalisation and the optimizers' inner loops against their formulas.
 */
#include "core/base/vec.h"
#include "core/net/image.h"
#include "tests/engine_reference.h"

/* ---- pooling ---- */
static PoolShape random_pool(Rng *rng) {
    PoolShape p = {.height = 4 + rng_below(rng, 8),
                   .width = 4 + rng_below(rng, 8),
                   .channels = 1 + rng_below(rng, 37),
                   .kernel = 1 + rng_below(rng, 4),
                   .stride = 1 + rng_below(rng, 4)};
    p.pad = rng_below(rng, (uint32_t)p.kernel);
    return p;
}

/* Caffe's sizes: 32 -> 16 -> 8 -> 4 under a 3 x 3 window of stride 2. */
static void sizes_are_rounded_up(void **state) {
    (void)state;
    for (size_t size = 32; size > 4; size /= 2) {
        PoolShape p = {.height = size, .width = size - 1, .channels = 1, .kernel = 3, .stride = 2};
        assert_int_equal(image_pool_out_height(&p), size / 2);
        assert_int_equal(image_pool_out_width(&p), size / 2 - 1);
    }
    PoolShape padded = {.height = 4, .width = 3, .channels = 1, .kernel = 2, .stride = 2, .pad = 1};
    assert_int_equal(image_pool_out_height(&padded), 3);
    assert_int_equal(image_pool_out_width(&padded), 2); /* a third window would see no pixel */
}

/* What one window sees: its first maximum, or the sum and size of Caffe's average. */
typedef struct Window {
    Real most;
    size_t place, row, column; /* place in the window, position in the image */
    double sum;
    size_t size;
} Window;

static Window look(const PoolShape *p, const Real *x, size_t r, size_t c, size_t channel) {
    Window w = {.most = -INFINITY};
    for (size_t kr = 0; kr < p->kernel; kr++)
        for (size_t kc = 0; kc < p->kernel; kc++) {
            long row = (long)(r * p->stride + kr) - (long)p->pad;
            long column = (long)(c * p->stride + kc) - (long)p->pad;
            if (row >= (long)(p->height + p->pad) || column >= (long)(p->width + p->pad))
                continue;
            w.size++;
            if (row < 0 || column < 0 || row >= (long)p->height || column >= (long)p->width)
                continue;
            Real v = x[((size_t)row * p->width + (size_t)column) * p->channels + channel];
            w.sum += (double)v;
            if (v > w.most) {
                w.most = v;
                w.place = kr * p->kernel + kc;
                w.row = (size_t)row, w.column = (size_t)column;
            }
        }
    return w;
}

static void pooling_is_caffes(void **state) {
    (void)state;
    Rng rng = rng_make(1, STREAM_TEST, 2);
    for (int trial = 0; trial < 80; trial++) {
        PoolShape p = random_pool(&rng);
        size_t n = 1 + rng_below(&rng, 3), oh = image_pool_out_height(&p);
        size_t ow = image_pool_out_width(&p), C = p.channels, image = p.height * p.width * C;
        Real *x = awkward_numbers(&rng, n * image, false),
             *dx = awkward_numbers(&rng, n * image, 0);
        Real *dy = awkward_numbers(&rng, n * oh * ow * C, false);
        Real *y = awkward_numbers(&rng, n * oh * ow * C, false);
        for (size_t i = 0; i < n * image; i++)
            x[i] = (Real)(int)(x[i] * 2); /* ties */
        double *max_dx = calloc(n * image, sizeof *max_dx),
               *mean_dx = calloc(n * image, sizeof *mean_dx);
        uint8_t *places = malloc(n * oh * ow * C);
        FOR_EACH_ISA(isa) {
            memset(max_dx, 0, n * image * sizeof *max_dx);
            memset(mean_dx, 0, n * image * sizeof *mean_dx);
            image_max_pool_forward(&p, n, x, y, places);
            for (size_t e = 0; e < n * oh * ow * C; e++) {
                size_t i = e / (oh * ow * C), r = e / (ow * C) % oh, c = e / C % ow;
                Window w = look(&p, x + i * image, r, c, e % C);
                assert_true(y[e] == w.most && places[e] == w.place);
                max_dx[i * image + (w.row * p.width + w.column) * C + e % C] += (double)dy[e];
                for (size_t row = 0; row < p.height; row++)
                    for (size_t column = 0; column < p.width; column++)
                        if (row + p.pad - r * p.stride < p.kernel &&
                            column + p.pad - c * p.stride < p.kernel)
                            mean_dx[i * image + (row * p.width + column) * C + e % C] +=
                                (double)dy[e] / (double)w.size;
            }
            image_max_pool_backward(&p, n, places, dy, dx);
            assert_all_close(dx, max_dx, n * image, 1e-5, 1e-5);
            image_average_pool_forward(&p, n, x, y);
            for (size_t e = 0; e < n * oh * ow * C; e++) {
                size_t i = e / (oh * ow * C), r = e / (ow * C) % oh, c = e / C % ow;
                Window w = look(&p, x + i * image, r, c, e % C);
                assert_close(y[e], w.sum / (double)w.size, 1e-6, 1e-6);
            }
            image_average_pool_backward(&p, n, dy, dx);
            assert_all_close(dx, mean_dx, n * image, 1e-5, 1e-5);
        }
        free(x), free(dx), free(dy), free(y), free(max_dx), free(mean_dx), free(places);
    }
}

/* ---- local response normalisation, by its formula in double ---- */
static double lrn_scale(const LrnShape *s, const Real *x, long row, long column, size_t channel) {
    double sum = 0;
    long reach = (long)s->size / 2;
    for (long r = row - reach; r <= row + reach; r++)
        for (long c = column - reach; c <= column + reach; c++)
            if (r >= 0 && c >= 0 && r < (long)s->height && c < (long)s->width) {
                double v = (double)x[((size_t)r * s->width + (size_t)c) * s->channels + channel];
                sum += v * v;
            }
    return 1 + (double)s->alpha / (double)(s->size * s->size) * sum;
}

static void normalisation_within_channels(void **state) {
    (void)state;
    Rng rng = rng_make(2, STREAM_TEST, 2);
    for (int trial = 0; trial < 20; trial++) {
        LrnShape s = {.height = 1 + rng_below(&rng, 7),
                      .width = 1 + rng_below(&rng, 7),
                      .channels = 1 + rng_below(&rng, 20),
                      .size = trial % 4 ? 3 : 5,
                      .alpha = (Real)0.7,
                      .beta = trial % 2 ? (Real)0.75 : (Real)0.5};
        size_t count = s.height * s.width * s.channels;
        Real *x = awkward_numbers(&rng, count, false), *y = awkward_numbers(&rng, count, false);
        Real *scale = awkward_numbers(&rng, count, 0), *dy = awkward_numbers(&rng, count, false);
        Real *dx = awkward_numbers(&rng, count, false);
        double beta = (double)s.beta;
        FOR_EACH_ISA(isa) {
            image_lrn_forward(&s, 1, x, y, scale);
            image_lrn_backward(&s, 1, x, y, scale, dy, dx);
            for (size_t e = 0; e < count; e++) {
                long row = (long)(e / s.channels / s.width),
                     column = (long)(e / s.channels % s.width);
                double t = lrn_scale(&s, x, row, column, e % s.channels);
                assert_close(y[e], (double)x[e] * pow(t, -beta), 2e-6, 1e-7);
                double sum = 0;
                for (size_t o = e % s.channels; o < count; o += s.channels) {
                    long r = (long)(o / s.channels / s.width), c = (long)(o / s.channels % s.width);
                    long reach = (long)s.size / 2;
                    if (labs(r - row) <= reach && labs(c - column) <= reach) {
                        double u = lrn_scale(&s, x, r, c, e % s.channels);
                        sum += (double)dy[o] * (double)x[o] * pow(u, -beta - 1);
                    }
                }
                double want = (double)dy[e] * pow(t, -beta) - 2 * (double)s.alpha * beta /
                                                                  (double)(s.size * s.size) *
                                                                  (double)x[e] * sum;
                assert_close(dx[e], want, 1e-5, 1e-5);
            }
        }
        free(x), free(y), free(scale), free(dy), free(dx);
    }
}

/* ---- batch normalisation ---- */
static void normalisation_over_the_batch(void **state) {
    (void)state;
    enum { PIXELS = 60, C = 21 };
    Rng rng = rng_make(3, STREAM_TEST, 2);
    BatchNorm norm = {.channels = C, .epsilon = (Real)1e-5, .fraction = (Real)0.9};
    Real *x = awkward_numbers(&rng, PIXELS * C, false), *dy = awkward_numbers(&rng, PIXELS * C, 0);
    Real y[PIXELS * C], dx[PIXELS * C], z[PIXELS * C], mean[C], variance[C];
    FOR_EACH_ISA(isa) {
        Real running[2 * C + 1] = {0};
        image_batch_norm_forward(&norm, PIXELS, x, y, mean, variance);
        image_batch_norm_backward(&norm, PIXELS, y, variance, dy, dx);
        image_batch_norm_track(&norm, PIXELS, mean, variance, running);
        image_batch_norm_track(&norm, PIXELS, mean, variance, running);
        image_batch_norm_inference(&norm, PIXELS, running, x, z);
        for (size_t c = 0; c < C; c++) {
            double m = 0, v = 0, g = 0, gy = 0;
            for (size_t p = 0; p < PIXELS; p++)
                m += (double)x[p * C + c] / PIXELS;
            for (size_t p = 0; p < PIXELS; p++)
                v += ((double)x[p * C + c] - m) * ((double)x[p * C + c] - m) / PIXELS;
            double root = sqrt(v + 1e-5), test_root = sqrt(v * PIXELS / (PIXELS - 1) + 1e-5);
            for (size_t p = 0; p < PIXELS; p++) {
                g += (double)dy[p * C + c] / PIXELS;
                gy += (double)dy[p * C + c] * ((double)x[p * C + c] - m) / root / PIXELS;
            }
            assert_close(mean[c], m, 1e-6, 1e-6);
            assert_close(variance[c], v, 1e-6, 0);
            for (size_t p = 0; p < PIXELS; p++) {
                double hat = ((double)x[p * C + c] - m) / root;
                assert_close(y[p * C + c], hat, 1e-5, 1e-6);
                assert_close(dx[p * C + c], ((double)dy[p * C + c] - g - hat * gy) / root, 1e-5,
                             1e-5);
                assert_close(z[p * C + c], hat * root / test_root, 1e-5, 1e-5);
            }
        }
        assert_close(running[2 * C], 1.9, 1e-6, 0);
    }
    free(x), free(dy);
}

/* ---- optimizer updates, by their formulas in double ---- */
typedef struct Parameter {
    double w, m, s;
} Parameter;

enum { RULES = 9 };

static void step_in_double(int rule, Parameter *p, double g) {
    double rate = 0.01, mu = 0.9, b2 = 0.99, eps = 1e-6;
    double was = p->m;
    switch (rule) {
    case 0:
        p->w -= rate * g;
        break;
    case 1:
        p->m = mu * p->m + g;
        p->w -= rate * p->m;
        break;
    case 2:
        p->m = mu * p->m + g;
        p->w -= rate * (g + mu * p->m);
        break;
    case 3:
        p->m = mu * p->m + rate * g;
        p->w -= p->m;
        break;
    case 4:
        p->m = mu * p->m + rate * g;
        p->w -= (1 + mu) * p->m - mu * was;
        break;
    case 5:
        p->s += g * g;
        p->w -= rate * g / (sqrt(p->s) + eps);
        break;
    case 6:
        p->s = b2 * p->s + (1 - b2) * g * g;
        p->w -= rate * g / (sqrt(p->s) + eps);
        break;
    case 7:
        p->m = mu * p->m + (1 - mu) * g;
        p->s = b2 * p->s + (1 - b2) * g * g;
        p->w -= rate * p->m / (sqrt(p->s) + eps);
        break;
    default: {
        p->s = mu * p->s + (1 - mu) * g * g;
        double d = g * sqrt((p->m + eps) / (p->s + eps));
        p->m = mu * p->m + (1 - mu) * d * d;
        p->w -= rate * d;
    }
    }
}

static void updates_are_their_formulas(void **state) {
    (void)state;
    static void (*const rules[RULES])(const VecUpdate *) = {vec_update_sgd,
                                                            vec_update_momentum,
                                                            vec_update_nesterov,
                                                            vec_update_velocity,
                                                            vec_update_velocity_nesterov,
                                                            vec_update_adagrad,
                                                            vec_update_rmsprop,
                                                            vec_update_adam,
                                                            vec_update_adadelta};
    enum { COUNT = 37, STEPS = 5 };
    Rng rng = rng_make(4, STREAM_TEST, 2);
    Real *start = awkward_numbers(&rng, COUNT, false);
    Real *g = awkward_numbers(&rng, COUNT * STEPS, false);
    for (int rule = 0; rule < RULES; rule++)
        FOR_EACH_ISA(isa) {
            Real w[COUNT + 1], first[COUNT] = {0}, second[COUNT] = {0};
            Parameter want[COUNT];
            memcpy(w, start, sizeof *w * COUNT);
            w[COUNT] = 5;
            for (size_t i = 0; i < COUNT; i++)
                want[i] = (Parameter){.w = (double)start[i]};
            for (size_t step = 0; step < STEPS; step++) {
                rules[rule](&(VecUpdate){.w = w,
                                         .g = g + step * COUNT,
                                         .first = first,
                                         .second = second,
                                         .n = COUNT,
                                         .rate = (Real)0.01,
                                         .grad_scale = (Real)0.5,
                                         .decay = (Real)0.1,
                                         .momentum = (Real)0.9,
                                         .beta2 = (Real)0.99,
                                         .epsilon = (Real)1e-6});
                for (size_t i = 0; i < COUNT; i++)
                    step_in_double(rule, &want[i],
                                   0.5 * (double)g[step * COUNT + i] + 0.1 * want[i].w);
            }
            for (size_t i = 0; i < COUNT; i++)
                assert_close(w[i], want[i].w, 3e-6, 3e-6);
            assert_true(w[COUNT] == 5);
        }
    free(start), free(g);
}

/* ---- small things ---- */

/* Rounded once: the same as the quotient in double, rounded to a number. */
static void shares_of_bytes(void **state) {
    (void)state;
    uint8_t bytes[256];
    Real y[256];
    for (size_t i = 0; i < 256; i++)
        bytes[i] = (uint8_t)i;
    FOR_EACH_ISA(isa) {
        for (size_t n = 256; n > 230; n--) {
            vec_shares(bytes, 255, y, n);
            for (size_t i = 0; i < n; i++)
                assert_bits_equal(y[i], (Real)((double)i / 255));
        }
    }
}

static void bytes_masks_and_columns(void **state) {
    (void)state;
    enum { COUNT = 45 };
    Rng rng = rng_make(5, STREAM_TEST, 2);
    uint8_t bytes[COUNT];
    uint32_t words[COUNT];
    Real *shift = awkward_numbers(&rng, COUNT, false), y[COUNT], sums[5];
    for (size_t i = 0; i < COUNT; i++) {
        bytes[i] = (uint8_t)(i * 255 / (COUNT - 1));
        words[i] = rng_u32(&rng);
    }
    words[0] = 77, words[1] = 76, words[2] = UINT32_MAX;
    FOR_EACH_ISA(isa) {
        vec_from_bytes(bytes, shift, (Real)0.5, y, COUNT);
        for (size_t i = 0; i < COUNT; i++)
            assert_bits_equal(y[i], ((Real)bytes[i] - shift[i]) * (Real)0.5);
        vec_from_bytes(bytes, NULL, 1, y, COUNT);
        for (size_t i = 0; i < COUNT; i++)
            assert_bits_equal(y[i], (Real)bytes[i]);
        y[0] = (Real)NAN, y[1] = 1, y[2] = (Real)INFINITY, y[3] = (Real)1.25, y[4] = -2;
        vec_cap(y, 1, 5);
        assert_true(isnan(y[0]) && y[1] == 1 && y[2] == 1 && y[3] == 1 && y[4] == -2);
        vec_mask(words, 77, 2, y, COUNT);
        for (size_t i = 0; i < COUNT; i++)
            assert_bits_equal(y[i], words[i] >= 77 ? 2 : 0);
        vec_column_sums(shift, 9, 5, sums, false);
        vec_column_sums(shift, 9, 5, sums, true);
        for (size_t j = 0; j < 5; j++) {
            Real want = 0;
            for (size_t i = 0; i < 18; i++)
                want += shift[i % 9 * 5 + j];
            assert_bits_equal(sums[j], want);
        }
    }
    free(shift);
}

int main(int argc, char **argv) {
    (void)argc;
    Error err;
    if (!engine_start(&(EngineChoice){.engine = ENGINE_OWN}, argv, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_rounded_up),
        cmocka_unit_test(pooling_is_caffes),
        cmocka_unit_test(normalisation_within_channels),
        cmocka_unit_test(normalisation_over_the_batch),
        cmocka_unit_test(updates_are_their_formulas),
        cmocka_unit_test(shares_of_bytes),
        cmocka_unit_test(bytes_masks_and_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
