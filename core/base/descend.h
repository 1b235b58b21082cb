/* SPDX-License-Identifier: MIT
 *
 * descend.h - internal: the step of plain gradient descent, for *.isa.c files.
 *
 * One sequence of roundings, whether the gradient comes from memory (vec_update_sgd) or out of the
 * registers of a matrix product (Gemm.descend).
 */
#ifndef TIDEMARK_BASE_DESCEND_H
#define TIDEMARK_BASE_DESCEND_H

#include "core/base/simd.h"

/* w - rate (g + decay w) */
INLINE VR descended(VR w, VR g, VR rate, VR decay) {
    return vr_fma(-rate, vr_fma(decay, w, g), w);
}

#endif
