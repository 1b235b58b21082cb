/* SPDX-License-Identifier: MIT
 *
 * sanity_checks.h - the experiment's conditions, shared by its cells and its claims.
 */
#ifndef TIDEMARK_SANITY_CHECKS_H
#define TIDEMARK_SANITY_CHECKS_H

#include "core/lab/experiment.h"
#include "core/net/net.h"

/* One thing set otherwise than in the first. */
typedef struct Condition {
    const char *name;
    Init init;
    double rate, decay, scale; /* scale of the pixels; 0 = 1/255 */
    enum { LABELS_RIGHT, LABELS_SHUFFLED, LABELS_CONSTANT, LABELS_NEXT } labels;
} Condition;

extern const Condition conditions[];
extern const size_t condition_count;
extern const Claim sanity_check_claims[];

#define SANITY_DECAY 0.01 /* what the second check adds */

#endif
