/* SPDX-License-Identifier: MIT */
#ifndef TIDEMARK_EXPERIMENTS_WARM_RESTARTS_CLAIMS_H
#define TIDEMARK_EXPERIMENTS_WARM_RESTARTS_CLAIMS_H

#include "core/lab/claim.h"

extern const Claim warm_restarts_claims[];

#endif
