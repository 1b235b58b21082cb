/* SPDX-License-Identifier: MIT */
#ifndef TIDEMARK_EXPERIMENTS_CLR_CLAIMS_H
#define TIDEMARK_EXPERIMENTS_CLR_CLAIMS_H

#include "core/lab/claim.h"

extern const Claim clr_claims[]; /* ends with a NULL id */

#endif
