/* SPDX-License-Identifier: MIT
 *
 * range.h - the learning-rate range test: smoothing, when to stop, and what rates a curve suggests.
 *
 * A range test trains while the rate rises and looks at the loss (or the accuracy) against the
 * rate. Every published tool turns that curve into one number by a rule of its own, and the rules
 * disagree; here they stand side by side.  Pure functions of arrays: `rates` rising and above 0,
 * `losses` as smoothed, `n` points.  A rule returns the index of a point, RANGE_NONE where the
 * curve has none (too few points, nothing falls).
 *
 *     steepest   largest fall per log10 of the rate, between neighbours (004; fastai `steep`)
 *     per_point  smallest slope per point, numpy's gradient (davidtvs/pytorch-lr-finder)
 *     valley     halfway down the longest strictly decreasing subsequence (fastai's default)
 *     slide      from the right, where the slope stops changing (fastai `slide`)
 *     minimum    the lowest loss; its tenth is the rule of thumb (sgugger, fastai `minimum`)
 */
#ifndef TIDEMARK_STUDY_RANGE_H
#define TIDEMARK_STUDY_RANGE_H

#include <stdbool.h>
#include <stddef.h>

#define RANGE_NONE ((size_t)-1)

/* ---- while it runs ---- */

/* Exponential smoothing with bias correction, one loss at a time: v = beta v + (1 - beta) l,
 * s = v / (1 - beta^n).  (fastai: beta 0.98) */
typedef struct RangeSmoother {
    double beta, value, weight; /* start with the others 0 */
} RangeSmoother;
double range_smooth(RangeSmoother *smoother, double loss);

/* The same without correction, s = share l + (1 - share) s from s = first loss: in place.
 * (pytorch-lr-finder: share 0.05) */
void range_smooth_plain(double *losses, size_t n, double share);

/* Is the test over?  true for a loss above `factor` times the best so far and for one that is no
 * number.  (fastai 4, pytorch-lr-finder 5) */
bool range_stops(double smoothed, double best, double factor);

/* ---- rules on losses ---- */
size_t range_steepest(const double *rates, const double *losses, size_t n);
size_t range_per_point(const double *losses, size_t n);
size_t range_valley(const double *losses, size_t n);
size_t range_slide(const double *losses, size_t n);
size_t range_minimum(const double *losses, size_t n);

/* What fastai leaves out before it asks: the first tenth of the points planned and the last 5 of
 * the n there are.  Moves the arrays' beginning and returns how many are left. */
size_t range_trim(const double **rates, const double **losses, size_t n, size_t planned);

/* ---- Smith's bounds on accuracies (CLR section 3.3), as a rule that can be applied ----
 * base: the first rate whose accuracy is above chance by `rise` ("the accuracy starts to
 * increase"); max: the first rate after it at which the accuracy is lower than at the rate before
 * ("becomes ragged"); the last rate where it never falls.  With rise 0.05 the paper's Figure 3
 * gives 0.001 and 0.006, its own choice. */
typedef struct RangeBounds {
    size_t base, max; /* indices; RANGE_NONE where the accuracy never rises */
} RangeBounds;
RangeBounds range_bounds(const double *accuracies, size_t n, double chance, double rise);

#endif
