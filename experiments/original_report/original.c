/* SPDX-License-Identifier: MIT */
#include "experiments/original_report/original.h"
#include <math.h>

enum { V = DIGIT_PIXELS, H = ORIGINAL_HIDDEN, BATCHES = 3 };

static const double rate = 0.26, noise_ratio = 0.3, dropout_ratio = 0.4, sub_scale = 1000;

/* numpy's uniform(-r, r) of shape (hidden, visible): low + (high - low) u, row by row. */
static void start_weights(Original *run) {
    const double r = sqrt(6.0 / (H + V + 1));
    for (size_t unit = 0; unit < H; unit++) {
        mt19937_fill(&run->noise, run->uniform, V);
        for (size_t i = 0; i < V; i++) {
            run->net.encoder[i * H + unit] = (Real)(-r + (r + r) * run->uniform[i]);
        }
    }
}

bool original_start(Original *run, Arena *arena, Error *err) {
    if (!digits_open(&run->digits, "mnist", arena, err)) {
        return false;
    }
    denoiser_init(&run->net,
                  &(DenoiserSpec){.visible = V, .hidden = H, .batch = DIGITS_JUDGED,
                                  .code = DENOISER_SIGMOID, .output = DENOISER_SIGMOID},
                  arena);
    run->images = arena_new(arena, uint32_t, ORIGINAL_BATCH);
    run->uniform = arena_new(arena, double, ORIGINAL_BATCH * V);
    run->target = arena_new(arena, Real, ORIGINAL_BATCH * V);
    run->noisy = arena_new(arena, Real, ORIGINAL_BATCH * V);
    run->keep = arena_new(arena, Real, ORIGINAL_BATCH * H);
    mt19937_start(&run->noise, 1);
    mt19937_start(&run->dropout, 1);
    start_weights(run);
    return true;
}

static void draw_dropout(Original *run, size_t count) {
    mt19937_fill(&run->dropout, run->uniform, count * H);
    mt19937_skip(&run->dropout, (V - count) * H);
    for (size_t i = 0; i < count * H; i++) {
        run->keep[i] = run->uniform[i] >= dropout_ratio;
    }
}

static void draw_noise(Original *run, size_t count) {
    mt19937_fill(&run->noise, run->uniform, count * V);
    for (size_t i = 0; i < count * V; i++) {
        run->noisy[i] = run->uniform[i] <= 1 - noise_ratio ? run->target[i] : 0;
    }
}

double original_epoch(Original *run, uint64_t epoch) {
    double cost = 0;
    for (uint64_t b = 0; b < BATCHES; b++) {
        size_t count = digits_batch(&run->digits, epoch * BATCHES + b, ORIGINAL_BATCH, run->images);
        for (size_t i = 0; i < count; i++) {
            digits_image(&run->digits, run->images[i], run->target + i * V);
        }
        draw_dropout(run, count);
        draw_noise(run, count);
        DenoiserBatch batch = {.count = count, .target = run->target, .noisy = run->noisy,
                               .keep = run->keep};
        denoiser_step(&run->net, &batch, rate, rate);
        cost += denoiser_squared_error(&run->net, &batch) / 2 / (V * H) / (double)count;
    }
    return cost * sub_scale;
}
