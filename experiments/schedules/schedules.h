/* SPDX-License-Identifier: MIT
 *
 * schedules.h - what the parts of this experiment share.
 */
#ifndef TIDEMARK_EXPERIMENTS_SCHEDULES_H
#define TIDEMARK_EXPERIMENTS_SCHEDULES_H

#include "core/lab/experiment.h"

/* A number that a source gives, or that follows from its words alone, and the schedule it is of. */
typedef struct Checkpoint {
    const char *claim;
    const char *schedule; /* as text */
    uint64_t iteration;
    double source;
    double tolerance;     /* relative: half a unit of the last digit given, or a few roundings */
    bool momentum;        /* the number is a momentum, not a rate */
} Checkpoint;

extern const Checkpoint checkpoints[]; /* ends with a NULL claim */
extern const Claim schedule_claims[];

/* The tool: `schedules --policy TEXT --iterations N`; -1 when it is not asked for. */
int policy_tool(int argc, char **argv);

#endif
