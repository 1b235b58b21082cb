/* SPDX-License-Identifier: MIT
 *
 * digits.h - images sorted by class, as the author of sources 000 and 003 had them, and his measure
 * of how well an autoencoder restores them.
 *
 * His loader gave the 60,000 training images of MNIST stably sorted by label.  A batch of B holds
 * B/10 images of each class, one after the other from an offset that is the same in all classes and
 * goes round after 6,000.  Classes are not all that long: an offset beyond one's end reads on in
 * the next class, and beyond the last image the batch is short.
 */
#ifndef TIDEMARK_STUDY_DIGITS_H
#define TIDEMARK_STUDY_DIGITS_H

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/data/dataset.h"
#include "core/net/denoiser.h"
#include <stdint.h>

enum { DIGIT_CLASSES = 10, DIGIT_PIXELS = 784, DIGIT_WINDOW = 6000 };

typedef struct Digits {
    const uint8_t **images;          /* `count` of them, by label, then in file order */
    size_t count;
    size_t first[DIGIT_CLASSES + 1]; /* class d is images[first[d]] ... images[first[d + 1] - 1] */
    size_t window;                   /* images of a class after which batches go round */
} Digits;

/* The training images of "mnist" or another set of ten classes of 28 x 28 grey images. */
bool digits_open(Digits *digits, const char *set, Arena *arena, Error *err);

/* The same of the training or the test images. */
bool digits_open_part(Digits *digits, const char *set, DatasetPart part, Arena *arena, Error *err);

/* The first `count` images of every class as a set of their own; batches go round after `count`. */
Digits digits_first(const Digits *digits, size_t count, Arena *arena);

/* The same images in another order: every class is shuffled by itself. */
Digits digits_shuffled(const Digits *digits, Rng *rng, Arena *arena);

/* The images of batch number `batch` (from 0) of `size` images, a multiple of 10; returns how many
 * there are, `size` or fewer. */
size_t digits_batch(const Digits *digits, uint64_t batch, size_t size, uint32_t *images);

/* One image as numbers from 0 to 1: byte / 255. */
void digits_image(const Digits *digits, size_t image, Real *x);

/* An image (784 numbers, `step` apart) stretched to 0 ... 255 and cut to whole numbers:
 * trunc((v - min) / (max - min + 1e-5) 255), in double. */
void digits_stretch(const Real *v, size_t step, uint8_t *grey);

/* ---- the author's image difference ----
 * The first 100 images of every class, coded and decoded without noise or dropout:
 *     sum over classes of sqrt(sum over images and pixels of the squared difference of grey) / 100
 * about 28 times the root mean square difference of a pixel. */
enum { DIGITS_JUDGED = 100 };

typedef struct DigitsJudge {
    Real *x;          /* 10 x 100 x 784 */
    uint8_t *grey;    /* the same, stretched */
    uint8_t *decoded; /* the same of the last digits_difference: the images restored, stretched */
    double class_difference[DIGIT_CLASSES]; /* the terms of its sum */
} DigitsJudge;

void digits_judge_init(DigitsJudge *judge, const Digits *digits, Arena *arena);

/* net->spec.batch is at least 100. */
double digits_difference(DigitsJudge *judge, Denoiser *net);

#endif
