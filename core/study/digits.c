/* SPDX-License-Identifier: MIT */
#include "core/study/digits.h"
#include "core/base/vec.h"
#include <math.h>
#include <string.h>

bool digits_open_part(Digits *digits, const char *set, DatasetPart part, Arena *arena,
                      Error *err) {
    const Dataset *all = dataset_open(set, part, err);
    if (all == NULL) {
        return false;
    }
    if (all->classes != DIGIT_CLASSES || dataset_pixels(all) != DIGIT_PIXELS) {
        return error_set(err, "%s: ten classes of 28 x 28 grey images expected", set);
    }
    *digits = (Digits){.images = arena_new(arena, const uint8_t *, all->count),
                       .window = DIGIT_WINDOW};
    for (size_t d = 0; d < DIGIT_CLASSES; d++) {
        digits->first[d] = digits->count;
        for (size_t i = 0; i < all->count; i++) {
            if (all->labels[i] == d) {
                digits->images[digits->count++] = all->images[i];
            }
        }
    }
    digits->first[DIGIT_CLASSES] = digits->count;
    return true;
}

bool digits_open(Digits *digits, const char *set, Arena *arena, Error *err) {
    return digits_open_part(digits, set, DATASET_TRAIN, arena, err);
}

Digits digits_first(const Digits *digits, size_t count, Arena *arena) {
    Digits first = *digits;
    first.images = arena_new(arena, const uint8_t *, count * DIGIT_CLASSES);
    for (size_t d = 0; d < DIGIT_CLASSES; d++) {
        if (digits->first[d + 1] - digits->first[d] < count) {
            die("digits: the first %zu images of class %zu, which has fewer", count, d);
        }
        first.first[d] = d * count;
        memcpy(first.images + d * count, digits->images + digits->first[d],
               count * sizeof *first.images);
    }
    first.first[DIGIT_CLASSES] = first.count = count * DIGIT_CLASSES;
    first.window = count;
    return first;
}

Digits digits_shuffled(const Digits *digits, Rng *rng, Arena *arena) {
    Digits shuffled = *digits;
    shuffled.images = arena_copy(arena, digits->images, digits->count * sizeof *digits->images);
    for (size_t d = 0; d < DIGIT_CLASSES; d++) {
        const uint8_t **class = shuffled.images + digits->first[d];
        for (size_t i = digits->first[d + 1] - digits->first[d]; i > 1; i--) {
            size_t other = rng_below(rng, (uint32_t)i);
            const uint8_t *held = class[i - 1];
            class[i - 1] = class[other];
            class[other] = held;
        }
    }
    return shuffled;
}

size_t digits_batch(const Digits *digits, uint64_t batch, size_t size, uint32_t *images) {
    const size_t share = size / DIGIT_CLASSES, offset = (size_t)(batch * share % digits->window);
    size_t count = 0;
    for (size_t d = 0; d < DIGIT_CLASSES; d++) {
        for (size_t i = 0; i < share; i++) {
            size_t image = digits->first[d] + offset + i;
            if (image < digits->count) {
                images[count++] = (uint32_t)image;
            }
        }
    }
    return count;
}

void digits_image(const Digits *digits, size_t image, Real *x) {
    vec_shares(digits->images[image], 255, x, DIGIT_PIXELS);
}

void digits_stretch(const Real *v, size_t step, uint8_t *grey) {
    Real low = v[0], high = v[0];
    for (size_t i = 1; i < DIGIT_PIXELS; i++) {
        low = v[i * step] < low ? v[i * step] : low;
        high = v[i * step] > high ? v[i * step] : high;
    }
    const double range = (double)high - (double)low + 1e-5;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        double level = ((double)v[i * step] - (double)low) / range * 255;
        grey[i] = level >= 0 ? (uint8_t)level : 0; /* not a number: black */
    }
}

/* ---- the image difference ---- */

void digits_judge_init(DigitsJudge *judge, const Digits *digits, Arena *arena) {
    const size_t count = DIGIT_CLASSES * DIGITS_JUDGED;
    judge->x = arena_new(arena, Real, count * DIGIT_PIXELS);
    judge->grey = arena_new(arena, uint8_t, count * DIGIT_PIXELS);
    judge->decoded = arena_new(arena, uint8_t, count * DIGIT_PIXELS);
    for (size_t i = 0; i < count; i++) {
        size_t image = digits->first[i / DIGITS_JUDGED] + i % DIGITS_JUDGED;
        digits_image(digits, image, judge->x + i * DIGIT_PIXELS);
        digits_stretch(judge->x + i * DIGIT_PIXELS, 1, judge->grey + i * DIGIT_PIXELS);
    }
}

static uint64_t squared_difference(const uint8_t *a, const uint8_t *b) {
    uint64_t sum = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        int difference = a[i] - b[i];
        sum += (uint64_t)(difference * difference);
    }
    return sum;
}

static double class_difference(DigitsJudge *judge, Denoiser *net, size_t class) {
    const size_t first = class * DIGITS_JUDGED * DIGIT_PIXELS;
    uint64_t sum = 0;
    denoiser_forward(net, &(DenoiserBatch){.count = DIGITS_JUDGED, .target = judge->x + first});
    for (size_t i = 0; i < DIGITS_JUDGED; i++) {
        const size_t at = first + i * DIGIT_PIXELS;
        digits_stretch(net->decoded + i * DIGIT_PIXELS, 1, judge->decoded + at);
        sum += squared_difference(judge->decoded + at, judge->grey + at);
    }
    return sqrt((double)sum) / DIGITS_JUDGED;
}

double digits_difference(DigitsJudge *judge, Denoiser *net) {
    double difference = 0;
    for (size_t class = 0; class < DIGIT_CLASSES; class++) {
        judge->class_difference[class] = class_difference(judge, net, class);
        difference += judge->class_difference[class];
    }
    return difference;
}
