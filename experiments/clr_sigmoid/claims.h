/* SPDX-License-Identifier: MIT */
#ifndef TIDEMARK_EXPERIMENTS_CLR_SIGMOID_CLAIMS_H
#define TIDEMARK_EXPERIMENTS_CLR_SIGMOID_CLAIMS_H

#include "core/lab/claim.h"

extern const Claim clr_sigmoid_claims[];

#endif
