/* SPDX-License-Identifier: MIT */
#ifndef TIDEMARK_EXPERIMENTS_CLR_ADAPTIVE_CLAIMS_H
#define TIDEMARK_EXPERIMENTS_CLR_ADAPTIVE_CLAIMS_H

#include "core/lab/claim.h"

extern const Claim clr_adaptive_claims[];

#endif
