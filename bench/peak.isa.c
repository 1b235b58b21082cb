/* SPDX-License-Identifier: MIT
 *
 * The most fused multiply-adds a core can do: 12 independent chains, which hide the latency of 4 to
 * 5 cycles on two units, and nothing from memory.
 */
#include "bench/peak.h"
#include "core/base/simd.h"

enum { CHAINS = 12, UNROLLED = 8 };

static Real multiply_add(size_t rounds, Real factor, Real term) {
    VR f = vr_set(factor), t = vr_set(term), x[CHAINS];
    UNROLL for (size_t c = 0; c < CHAINS; c++)
        x[c] = vr_set((Real)c);
    for (size_t r = 0; r < rounds; r++)
        UNROLL for (size_t u = 0; u < UNROLLED; u++)
            UNROLL for (size_t c = 0; c < CHAINS; c++)
                x[c] = vr_fma(x[c], f, t);
    VR sum = x[0];
    UNROLL for (size_t c = 1; c < CHAINS; c++)
        sum += x[c];
    return sum[0];
}

const PeakKernels VARIANT(peak_kernels) = {
    .multiply_add = multiply_add, .flops = 2.0 * LANES * CHAINS * UNROLLED};
