/* SPDX-License-Identifier: MIT
 *
 * peak.h - internal: the table of peak.isa.c (see core/base/kernels.h).
 */
#ifndef TIDEMARK_BENCH_PEAK_H
#define TIDEMARK_BENCH_PEAK_H

#include "core/base/kernels.h"

typedef struct PeakKernels {
    /* `rounds` times a fused multiply-add of every element of 12 vectors; returns one of them */
    Real (*multiply_add)(size_t rounds, Real factor, Real term);
    double flops; /* of a round */
} PeakKernels;

KERNEL_DECLARE(PeakKernels, peak_kernels);

#endif
