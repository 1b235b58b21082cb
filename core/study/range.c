/* SPDX-License-Identifier: MIT */
#include "core/study/range.h"

#include "core/base/exact.h"
#include <math.h>

enum { MOST = 4096 }; /* points that the longest fall is looked for in */

double range_smooth(RangeSmoother *s, double loss) {
    s->value = s->beta * s->value + (1 - s->beta) * loss;
    s->weight = s->beta * s->weight + (1 - s->beta);
    return s->value / s->weight;
}

void range_smooth_plain(double *losses, size_t n, double share) {
    for (size_t i = 1; i < n; i++)
        losses[i] = share * losses[i] + (1 - share) * losses[i - 1];
}

bool range_stops(double smoothed, double best, double factor) {
    return !(smoothed <= factor * best);
}

/* Fall of the loss per unit of log10 rate between points i and i + 1. */
static double slope(const double *rates, const double *losses, size_t i) {
    return (losses[i + 1] - losses[i]) / exact_log10(rates[i + 1] / rates[i]);
}

size_t range_steepest(const double *rates, const double *losses, size_t n) {
    size_t best = RANGE_NONE;
    double lowest = 0;
    for (size_t i = 0; i + 1 < n; i++)
        if (slope(rates, losses, i) < lowest) {
            lowest = slope(rates, losses, i);
            best = i;
        }
    return best;
}

/* Slope of the loss per point, as numpy's gradient: central differences, one-sided at the ends. */
static double gradient(const double *losses, size_t n, size_t i) {
    if (i == 0)
        return losses[1] - losses[0];
    return i == n - 1 ? losses[i] - losses[i - 1] : (losses[i + 1] - losses[i - 1]) / 2;
}

size_t range_per_point(const double *losses, size_t n) {
    size_t best = RANGE_NONE;
    double lowest = (double)INFINITY;
    for (size_t i = 0; n > 1 && i < n; i++)
        if (gradient(losses, n, i) < lowest) {
            lowest = gradient(losses, n, i);
            best = i;
        }
    return best;
}

size_t range_valley(const double *losses, size_t n) {
    size_t length[MOST], end = 0;
    if (n == 0 || n > MOST)
        return RANGE_NONE;
    for (size_t i = 0; i < n; i++) {
        length[i] = 1;
        for (size_t j = 0; j < i; j++)
            if (losses[j] > losses[i] && length[i] < length[j] + 1)
                length[i] = length[j] + 1;
        if (length[i] > length[end])
            end = i;
    }
    if (length[end] < 2)
        return RANGE_NONE;
    /* fastai counts back from the end as if the fall had no gaps */
    double start = (double)end - (double)length[end], third = ((double)end - start) / 3;
    double index = start + floor(third) + floor(third / 2);
    return index > 0 ? (size_t)index : 0;
}

size_t range_slide(const double *losses, size_t n) {
    const size_t apart = 15;
    const double threshold = 0.005;
    if (n <= apart)
        return RANGE_NONE;
    size_t right = n - 1, found = right - apart;
    for (size_t left = found; fabs(gradient(losses, n, right) - gradient(losses, n, left)) >
                              threshold; left--, right--) {
        found = left;
        if (left == 0)
            break;
    }
    return found;
}

size_t range_minimum(const double *losses, size_t n) {
    size_t best = RANGE_NONE;
    for (size_t i = 0; i < n; i++)
        if (best == RANGE_NONE ? !isnan(losses[i]) : losses[i] < losses[best])
            best = i;
    return best;
}

size_t range_trim(const double **rates, const double **losses, size_t n, size_t planned) {
    size_t first = planned / 10, last = n > 5 ? n - 5 : 0;
    if (last <= first)
        return 0;
    *rates += first;
    *losses += first;
    return last - first;
}

RangeBounds range_bounds(const double *accuracies, size_t n, double chance, double rise) {
    RangeBounds b = {RANGE_NONE, RANGE_NONE};
    for (size_t i = 0; i < n && b.base == RANGE_NONE; i++)
        if (accuracies[i] > chance + rise)
            b.base = i;
    if (b.base == RANGE_NONE)
        return b;
    b.max = n - 1;
    for (size_t i = n - 1; i > b.base; i--)
        if (accuracies[i] < accuracies[i - 1])
            b.max = i;
    return b;
}
