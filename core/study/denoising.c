/* SPDX-License-Identifier: MIT */
#include "core/study/denoising.h"
#include "core/base/vec.h"
#include <math.h>

enum { V = DIGIT_PIXELS };

static void start_weights(Denoiser *net, uint32_t seed) {
    Rng rng = rng_make(seed, STREAM_WEIGHTS, 0);
    const double r = sqrt(6.0 / (double)(V + net->spec.hidden + 1));
    for (size_t i = 0; i < net->weights; i++) {
        net->parameters[i] = (Real)rng_range(&rng, -r, r);
    }
    vec_fill(net->parameters + net->weights, 0, net->biases);
}

void denoising_start(Denoising *t, Denoiser *net, const DenoisingSpec *spec, Arena *arena) {
    const size_t hidden = net->spec.hidden, most = DENOISING_BATCH * (V > hidden ? V : hidden);
    *t = (Denoising){.spec = *spec, .net = net};
    t->noise = rng_make(spec->seed, STREAM_NOISE, 0);
    t->dropout = rng_make(spec->seed, STREAM_DROPOUT, 0);
    t->words = arena_new(arena, uint32_t, most);
    t->target = arena_new(arena, Real, DENOISING_BATCH * V);
    t->noisy = arena_new(arena, Real, DENOISING_BATCH * V);
    t->keep = arena_new(arena, Real, DENOISING_BATCH * hidden);
    start_weights(net, spec->seed);
}

void denoising_mask(Rng *rng, uint32_t *words, double share, Real *mask, size_t n) {
    rng_fill_u32(rng, words, n);
    vec_mask(words, vec_mask_threshold(share), 1, mask, n);
}

void denoising_epoch(Denoising *t, uint64_t epoch, double weight_rate, double bias_rate) {
    const DenoisingSpec *spec = &t->spec;
    for (uint64_t b = 0; b < DENOISING_BATCHES; b++) {
        DenoiserBatch batch = {.target = t->target};
        batch.count = digits_batch(spec->digits, epoch * DENOISING_BATCHES + b, DENOISING_BATCH,
                                   t->images);
        for (size_t i = 0; i < batch.count; i++) {
            digits_image(spec->digits, t->images[i], t->target + i * V);
        }
        if (spec->noise > 0) {
            denoising_mask(&t->noise, t->words, spec->noise, t->noisy, batch.count * V);
            vec_multiply(t->noisy, t->target, t->noisy, batch.count * V);
            batch.noisy = t->noisy;
        }
        if (spec->dropout > 0) {
            denoising_mask(&t->dropout, t->words, spec->dropout, t->keep,
                           batch.count * t->net->spec.hidden);
            batch.keep = t->keep;
        }
        denoiser_step(t->net, &batch, weight_rate, bias_rate);
    }
}
