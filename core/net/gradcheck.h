/* SPDX-License-Identifier: MIT
 *
 * gradcheck.h - analytic gradients against differences of the loss.
 *
 *     centred:  (L(w + h) - L(w - h)) / 2h      error O(h^2)
 *     forward:  (L(w + h) - L(w)) / h           error O(h)
 * The relative error of one element is |a - n| / max(|a|, |n|) (CS231n), where both are below
 * `floor` it is |a - n| / floor: a gradient that is zero has no relative error.  Dropout masks are
 * held: the pass counter is put back before every loss.  To be believed at 1e-7 it has to run in
 * the double build.
 *
 * A difference that reaches over a kink (a ReLU that goes on or off, another maximum in a pooling
 * window) is no derivative.  With NetSpec.keep such elements are recognised and counted.
 */
#ifndef TIDEMARK_NET_GRADCHECK_H
#define TIDEMARK_NET_GRADCHECK_H

#include "core/net/net.h"

typedef struct GradElement {
    size_t index;             /* in net->weights */
    double analytic, numeric;
    double error;             /* relative */
    bool crossed;             /* over a kink; false without NetSpec.keep */
} GradElement;

typedef struct GradCheck {
    double h;       /* 0 = 1e-5 */
    bool forward;   /* the forward difference instead of the centred one */
    size_t sample;  /* elements checked in each block, drawn with `seed`; 0 = all */
    uint32_t seed;
    double floor;   /* 0 = 1e-8 */
    bool fresh_masks; /* every loss draws dropout masks of its own, as in training: a mistake */
    /* A term the network does not know of, such as weight decay: its value, and what it adds to
     * net->gradients.  Both or neither. */
    double (*penalty)(const Net *net, void *context);
    void (*penalty_gradient)(Net *net, void *context);
    void *context;
    GradElement *elements; /* where every element checked is told, or NULL */
    size_t room;           /* of `elements`; more are checked but not told */
} GradCheck;

typedef struct GradCheckResult {
    double worst;            /* largest relative error */
    size_t index;            /* where, in net->weights */
    double analytic, numeric; /* the two gradients there */
    size_t checked, crossed;
    double mean_log10;       /* mean of log10(relative error), errors below 1e-16 counted as that */
} GradCheckResult;

GradCheckResult gradcheck_run(const GradCheck *check, Net *net, const Real *x, Target target,
                              size_t count);

/* The relative error of one pair. */
double gradcheck_error(double analytic, double numeric, double floor);

#endif
