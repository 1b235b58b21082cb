/* SPDX-License-Identifier: MIT */
#include "core/data/synth.h"

#include "core/base/exact.h"
#include "core/base/rng.h"

#include <math.h>

const char *synth_name(SynthKind kind) {
    static const char *const names[SYNTH_KINDS] = {"plain", "rotated", "background"};
    return names[kind];
}

static double pixel(const uint8_t *image, size_t height, size_t width, double y, double x) {
    bool inside = y >= 0 && x >= 0 && y < (double)height && x < (double)width;
    return inside ? image[(size_t)y * width + (size_t)x] : 0;
}

/* Between four pixels; black outside. */
static double between(const uint8_t *image, size_t height, size_t width, double y, double x) {
    double top = floor(y), left = floor(x), down = y - top, right = x - left;
    double upper = pixel(image, height, width, top, left) * (1 - right) +
                   pixel(image, height, width, top, left + 1) * right;
    double lower = pixel(image, height, width, top + 1, left) * (1 - right) +
                   pixel(image, height, width, top + 1, left + 1) * right;
    return upper * (1 - down) + lower * down;
}

void synth_rotate(const uint8_t *from, size_t height, size_t width, double half_turns,
                  uint8_t *to) {
    double c = exact_cospi(half_turns), s = exact_sinpi(half_turns);
    double middle_y = ((double)height - 1) / 2, middle_x = ((double)width - 1) / 2;
    for (size_t row = 0; row < height; row++)
        for (size_t column = 0; column < width; column++) {
            double y = (double)row - middle_y, x = (double)column - middle_x;
            double grey = between(from, height, width, middle_y + s * x + c * y,
                                  middle_x + c * x - s * y);
            to[row * width + column] = (uint8_t)(grey + 0.5);
        }
}

static void add_noise(const uint8_t *from, size_t pixels, Rng *rng, uint8_t *to) {
    for (size_t i = 0; i < pixels; i++) {
        uint8_t noise = (uint8_t)(rng_u32(rng) >> 24);
        to[i] = from[i] > noise ? from[i] : noise;
    }
}

Dataset synth_variant(const Dataset *set, SynthKind kind, uint32_t seed, size_t number,
                      size_t first, size_t count, Arena *arena) {
    Dataset variant = dataset_view(set, first, NULL, count, arena);
    if (kind == SYNTH_PLAIN)
        return variant;
    if (set->channels != 1)
        die("synth_variant: one channel expected, '%s' has %zu", set->name, set->channels);
    size_t pixels = dataset_pixels(set);
    uint8_t *bytes = arena_new(arena, uint8_t, count * pixels);
    const uint8_t **images = arena_new(arena, const uint8_t *, count);
    for (size_t i = 0; i < count; i++) {
        Rng rng = rng_make(seed, STREAM_DATA, number + first + i);
        uint8_t *image = bytes + i * pixels;
        if (kind == SYNTH_ROTATED)
            synth_rotate(variant.images[i], set->height, set->width, 2 * rng_uniform(&rng), image);
        else
            add_noise(variant.images[i], pixels, &rng, image);
        images[i] = image;
    }
    variant.images = images;
    return variant;
}
