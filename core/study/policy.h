/* SPDX-License-Identifier: MIT
 *
 * policy.h - the rows of a table of learning-rate policies, at the paper's scale and below.
 *
 *     static const Schedule stages[] = {
 *         {.policy = SCHEDULE_TRIANGULAR, .base = 0.001, .max = 0.006, .step = 2000}};
 *     static const PolicyRow row = {"triangular", 24000, stages, {0}, 0};
 *     Schedule schedule = policy_schedule(&row, 50, arena);
 *
 * Every length is given as the paper gives it.  A smaller scale divides all of them, so that a run
 * goes through the same rates in the same order at the same shares of its length.
 */
#ifndef TIDEMARK_STUDY_POLICY_H
#define TIDEMARK_STUDY_POLICY_H

#include "core/learn/schedule.h"

typedef struct PolicyRow {
    const char *policy;      /* its name in the tables */
    uint64_t iterations;     /* of the whole run */
    const Schedule *stages;  /* joins + 1 of them */
    uint64_t milestones[2];  /* where the next stage begins */
    size_t joins;            /* 0 ... 2 */
} PolicyRow;

/* One schedule with all its lengths divided (rounded up, so that no period ends before the run) and
 * its factor an iteration raised to the divisor's power. */
Schedule policy_compressed(Schedule schedule, uint32_t divisor);

/* The row's schedule at 1/divisor of its length; its arrays are in `arena`. */
Schedule policy_schedule(const PolicyRow *row, uint32_t divisor, Arena *arena);

#endif
