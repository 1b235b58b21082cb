/* SPDX-License-Identifier: MIT
 *
 * features.h - what a hidden unit has learnt, told from its weight image: a measured answer to
 * 'are these strokes?'.
 *
 * A weight image (28 x 28) is taken relative to its median, the ground, and turned so that its
 * farthest pixel is positive.  Its figure is the pixels above 0.4 of that peak; the figure falls
 * into connected pieces (8 neighbours).  Of the heaviest piece (by the sum of its values):
 *     share        its part of the figure's sum
 *     area         its pixels
 *     elongation   sqrt of the ratio of the two second moments of its values about their centre,
 *                  1/12 (a pixel's own moment) added to each: 1 for a disc, n for n pixels in a row
 *
 *     FEATURE_STROKE    one piece (share >= 0.7) that is small (8 <= area <= 80, a tenth of the
 *                       image) and long (elongation >= 2)
 *     FEATURE_SPOT      one small piece (area <= 80) that is not
 *     FEATURE_SHAPE     one larger piece: a part of a digit or a whole one
 *     FEATURE_PATTERN   several pieces: moire, overlaid digits, noise
 *     FEATURE_DEAD      a unit that never acts (said by the caller) or an even image
 */
#ifndef TIDEMARK_STUDY_FEATURES_H
#define TIDEMARK_STUDY_FEATURES_H

#include "core/base/real.h"
#include <stddef.h>

typedef enum FeatureKind {
    FEATURE_STROKE, FEATURE_SPOT, FEATURE_SHAPE, FEATURE_PATTERN, FEATURE_DEAD
} FeatureKind;
enum { FEATURE_KINDS = 5 };
extern const char *const feature_names[FEATURE_KINDS]; /* "stroke", "spot", ... */

typedef struct Feature {
    FeatureKind kind;
    double share, elongation;
    size_t area, pieces;
} Feature;

/* 784 weights, `step` apart. */
Feature feature_of(const Real *weights, size_t step);

#endif
