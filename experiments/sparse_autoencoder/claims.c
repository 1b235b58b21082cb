/* SPDX-License-Identifier: MIT */
#include "experiments/sparse_autoencoder/sparse_autoencoder.h"
const Claim sparse_claims[] = {{0}};
