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
 * And of the whole image, figure or not:
 *     radius       root mean square distance of its squared values from their centre, in pixels.
 *                  Of 1,000 MNIST digits themselves it is 6.6 (median), and below 5.5 for one in 20
 *
 *     FEATURE_STROKE    one piece (share >= 0.7) that is small (8 <= area <= 80, a tenth of the
 *                       image), long (elongation >= 2) and local (radius <= 5.5)
 *     FEATURE_SPOT      one small and local piece that is not
 *     FEATURE_SHAPE     one piece that is large or spread out: most of a digit or a whole one
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
    double share, elongation, radius;
    size_t area, pieces;
} Feature;

/* 784 weights, `step` apart. */
Feature feature_of(const Real *weights, size_t step);

#endif
