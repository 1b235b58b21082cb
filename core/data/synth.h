/* SPDX-License-Identifier: MIT
 *
 * synth.h - harder variants made from digits, as Larochelle et al. (ICML 2007) made theirs.
 *
 *     SYNTH_PLAIN       the images as they are (no copy)
 *     SYNTH_ROTATED     every image turned about its middle by an angle in [0, 2 pi), bilinear
 *     SYNTH_BACKGROUND  the black around the digit filled with noise: every pixel is the larger of
 *                       its own value and a byte uniform in 0 ... 255
 *
 * Image i of the originals always gives the same image: stream DATA, cell = i, and no libm call, so
 * a variant is the same bytes on every machine and any piece of it can be made alone.
 */
#ifndef TIDEMARK_DATA_SYNTH_H
#define TIDEMARK_DATA_SYNTH_H

#include "core/data/dataset.h"

typedef enum SynthKind { SYNTH_PLAIN, SYNTH_ROTATED, SYNTH_BACKGROUND, SYNTH_KINDS } SynthKind;

const char *synth_name(SynthKind kind); /* "plain", "rotated", "background" */

/* Images first ... first+count-1 of `set` (one channel) in that variant; `number` is the number of
 * the set's first image in the stream.  Labels are those of the originals. */
Dataset synth_variant(const Dataset *set, SynthKind kind, uint32_t seed, size_t number,
                      size_t first, size_t count, Arena *arena);

/* One image turned by `half_turns` times pi, counter-clockwise as it is looked at. */
void synth_rotate(const uint8_t *from, size_t height, size_t width, double half_turns, uint8_t *to);

#endif
