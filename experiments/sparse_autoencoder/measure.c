/* SPDX-License-Identifier: MIT
 *
 * What is written down of a net: how well it restores, how sparse it is, what its weights look
 * like.  All on the author's 1,000 judged images, without noise or dropout.
 */
#include "core/base/vec.h"
#include "experiments/sparse_autoencoder/sparse_autoencoder.h"
#include <math.h>
#include <string.h>

enum { V = DIGIT_PIXELS, SIDE = 28, IMAGES = DIGIT_CLASSES * DIGITS_JUDGED, TEN = 10 };
static const double dead_range = 0.01, always_on = 0.95;

typedef struct Code { /* of one hidden unit, over the images */
    double mean, least, most;
} Code;

typedef struct Measured {
    double squared_error; /* an image */
    double hoyer;         /* of an image's code, mean over images */
} Measured;

/* Hoyer (2004): (sqrt(n) - L1 / L2) / (sqrt(n) - 1): 0 all the same, 1 a single unit; a code of
 * zeros counts as 0. */
static double hoyer(const Real *code, size_t n) {
    double squares = vec_sum_squares(code, n), root = sqrt((double)n);
    return squares > 0 ? (root - vec_sum_abs(code, n) / sqrt(squares)) / (root - 1) : 0;
}

/* The judged images of a class as the net takes them. */
static const Real *inputs_of(const Run *run, size_t class, Real *centred) {
    const Real *x = run->judge.x + class * DIGITS_JUDGED * V;
    if (run->mean == NULL) {
        return x;
    }
    for (size_t i = 0; i < DIGITS_JUDGED * V; i++) {
        centred[i] = x[i] - run->mean[i % V];
    }
    return centred;
}

static Measured look(Run *run, Code *codes) {
    static Real centred[DIGITS_JUDGED * V];
    const size_t hidden = run->config->hidden;
    Measured m = {0};
    for (size_t j = 0; j < hidden; j++) {
        codes[j] = (Code){0, INFINITY, -INFINITY};
    }
    for (size_t class = 0; class < DIGIT_CLASSES; class++) {
        DenoiserBatch batch = {.count = DIGITS_JUDGED, .target = inputs_of(run, class, centred)};
        denoiser_forward(&run->net, &batch);
        m.squared_error += vec_sum_squared_difference(run->net.decoded, batch.target,
                                                      DIGITS_JUDGED * V) / IMAGES;
        for (size_t i = 0; i < DIGITS_JUDGED; i++) {
            const Real *code = run->net.code + i * hidden;
            m.hoyer += hoyer(code, hidden) / IMAGES;
            for (size_t j = 0; j < hidden; j++) {
                double p = (double)code[j];
                codes[j].mean += p / IMAGES;
                codes[j].least = p < codes[j].least ? p : codes[j].least;
                codes[j].most = p > codes[j].most ? p : codes[j].most;
            }
        }
    }
    return m;
}

static bool dead(const Code *code) {
    return code->most - code->least < dead_range;
}

/* Excess kurtosis: 0 for a normal distribution. */
static double kurtosis(const Real *w, size_t n) {
    double mean = vec_sum(w, n) / (double)n, second = 0, fourth = 0;
    for (size_t i = 0; i < n; i++) {
        double d = (double)w[i] - mean, square = d * d;
        second += square;
        fourth += square * square;
    }
    return fourth * (double)n / (second * second) - 3;
}

static Value v_name(const Run *run) {
    return v_text(run->setup->name);
}

static Value v_status(bool diverged) {
    return v_text(diverged ? "diverged" : "ok");
}

static Value v_short(const Run *run, double x) {
    return v_text(arena_format(run->cell->arena, "%g", x));
}

bool measure_write(Run *run, uint32_t step, bool last) {
    const size_t hidden = run->config->hidden;
    Code *codes = arena_new(run->cell->arena, Code, hidden);
    Measured m = look(run, codes);
    double mean = 0, squares = 0, dead_units = 0, on = 0;
    size_t kinds[FEATURE_KINDS] = {0};
    for (size_t j = 0; j < hidden; j++) {
        mean += codes[j].mean / (double)hidden;
        on += codes[j].mean > always_on;
        dead_units += dead(&codes[j]);
        Feature feature = feature_of(run->net.encoder + j, hidden);
        kinds[dead(&codes[j]) ? FEATURE_DEAD : feature.kind]++;
    }
    for (size_t j = 0; j < hidden; j++) {
        squares += (codes[j].mean - mean) * (codes[j].mean - mean);
    }
    const bool diverged = !isfinite(m.squared_error);
    const double units = (double)hidden;
    table_row(cell_table(run->cell, "curves"), v_name(run), v_short(run, run->config->beta),
              v_short(run, run->config->rho), v_count(run->config->seed), v_count(step),
              v_count(last || diverged), v_status(diverged), v_double(m.squared_error),
              v_double(run->mean == NULL && !diverged
                           ? digits_difference(&run->judge, &run->net) : NAN),
              v_double(mean), v_double(sqrt(squares / (units - 1))), v_double(on / units),
              v_double(m.hoyer), v_double(kurtosis(run->net.encoder, V * hidden)),
              v_double(dead_units / units), v_double((double)kinds[FEATURE_STROKE] / units),
              v_double((double)kinds[FEATURE_SPOT] / units),
              v_double((double)kinds[FEATURE_SHAPE] / units),
              v_double((double)kinds[FEATURE_PATTERN] / units));
    return !diverged;
}

/* ---- the detail of one seed: units, their weight images, restored images ---- */

/* Ten images side by side: 28 rows of 280 pixels. */
static void write_band(Run *run, const char *table, size_t band, uint8_t images[TEN][V]) {
    for (size_t r = 0; r < SIDE; r++) {
        uint8_t row[TEN * SIDE];
        char text[TEN * SIDE + 1];
        for (size_t c = 0; c < TEN * SIDE; c++) {
            row[c] = images[c / SIDE][r * SIDE + c % SIDE];
        }
        greys_write(row, TEN * SIDE, text);
        table_row(cell_table(run->cell, table), v_name(run), v_short(run, run->config->beta),
                  v_short(run, run->config->rho), v_count((int64_t)band), v_count((int64_t)r),
                  v_text(text));
    }
}

static void write_sheet(Run *run) {
    const size_t hidden = run->config->hidden;
    for (size_t first = 0; first < hidden; first += TEN) {
        uint8_t images[TEN][V];
        memset(images, 255, sizeof images); /* white where there is no unit */
        for (size_t j = first; j < first + TEN && j < hidden; j++) {
            digits_stretch(run->net.encoder + j, hidden, images[j - first]);
        }
        write_band(run, "sheets", first / TEN, images);
    }
}

/* Band 0: the first image of every digit; band 1: what the net makes of it. */
static void write_decoded(Run *run) {
    static Real centred[DIGITS_JUDGED * V];
    uint8_t images[TEN][V], decoded[TEN][V];
    for (size_t d = 0; d < TEN; d++) {
        digits_stretch(run->judge.x + d * DIGITS_JUDGED * V, 1, images[d]);
        const Real *x = inputs_of(run, d, centred);
        denoiser_forward(&run->net, &(DenoiserBatch){.count = 1, .target = x});
        if (run->mean != NULL) {
            vec_axpy(1, run->mean, run->net.decoded, V);
        }
        digits_stretch(run->net.decoded, 1, decoded[d]);
    }
    write_band(run, "decoded", 0, images);
    write_band(run, "decoded", 1, decoded);
}

static void write_units(Run *run) {
    const size_t hidden = run->config->hidden;
    Code *codes = arena_new(run->cell->arena, Code, hidden);
    look(run, codes);
    for (size_t j = 0; j < hidden; j++) {
        Feature feature = feature_of(run->net.encoder + j, hidden);
        FeatureKind kind = dead(&codes[j]) ? FEATURE_DEAD : feature.kind;
        table_row(cell_table(run->cell, "units"), v_name(run), v_short(run, run->config->beta),
                  v_short(run, run->config->rho), v_count((int64_t)j), v_double(codes[j].mean),
                  v_double(run->sparse.activity[j]), v_text(feature_names[kind]),
                  v_count((int64_t)feature.area), v_double(feature.share),
                  v_double(feature.elongation), v_double(feature.radius));
    }
}

void measure_detail(Run *run) {
    if (run->config->detail >= DETAIL_UNITS) {
        write_units(run);
    }
    if (run->config->detail >= DETAIL_SHEETS) {
        write_sheet(run);
        write_decoded(run);
    }
}
