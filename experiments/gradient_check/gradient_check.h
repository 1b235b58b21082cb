/* SPDX-License-Identifier: MIT
 *
 * gradient_check.h - the experiment's names, shared by its cells and its claims.
 */
#ifndef TIDEMARK_GRADIENT_CHECK_H
#define TIDEMARK_GRADIENT_CHECK_H

#include "core/lab/experiment.h"
#include "experiments/gradient_check/probe.h"

extern const char *const fault_names[FAULTS];
extern const Claim gradient_check_claims[];

#endif
