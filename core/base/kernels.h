/* SPDX-License-Identifier: MIT
 *
 * kernels.h - internal: how one hot loop exists once for each instruction set.
 *
 * A file X.isa.c is compiled once for every variant with -DISA=baseline, v3, v4 or neon.  It ends
 * in one table of function pointers whose name carries the variant:
 *     const GemmKernels VARIANT(gemm_kernels) = {...};        (gemm_kernels_v3, for instance)
 * The file X.c holds the public functions; they call through the table engine_start chose:
 *     static const GemmKernels *const tables[] = KERNEL_TABLES(gemm_kernels);
 *     tables[engine_variant]->run(product);
 */
#ifndef TIDEMARK_BASE_KERNELS_H
#define TIDEMARK_BASE_KERNELS_H

#include "core/base/conv.h"
#include "core/base/gemm.h"
#include "core/base/real.h"
#include "core/base/rng.h"
#include "core/base/vec.h"
#include <stddef.h>
#include <stdint.h>

#define PASTE_(a, b) a##_##b
#define PASTE(a, b) PASTE_(a, b)
#define VARIANT(name) PASTE(name, ISA)

/* KERNEL_DECLARE(Type, name) declares the tables of all variants; KERNEL_TABLES(name) lists them in
 * the order of engine_variant. */
#if defined(__aarch64__)
#define KERNEL_DECLARE(Type, name) extern const Type name##_neon
#define KERNEL_TABLES(name) {&name##_neon}
#elif defined(__x86_64__)
#define KERNEL_DECLARE(Type, name) extern const Type name##_baseline, name##_v3, name##_v4
#define KERNEL_TABLES(name) {&name##_baseline, &name##_v3, &name##_v4}
#else
#error "tidemark runs on x86-64 and on 64-bit ARM"
#endif

extern int engine_variant; /* index of the variant that runs; 0 until engine_start */

/* A work buffer that is kept and only grows, aligned to 64 bytes: a training loop allocates it in
 * its first iteration.  `slot` tells buffers apart that are in use at the same time. */
typedef enum Scratch { SCRATCH_INPUT, SCRATCH_WEIGHTS, SCRATCH_COUNT } Scratch;
Real *engine_scratch(Scratch slot, size_t count);

typedef struct GemmKernels {
    void (*run)(const Gemm *product);
} GemmKernels;

typedef struct GemmBackKernels {
    void (*run)(const GemmBack *back);
} GemmBackKernels;

typedef struct ConvKernels {
    void (*forward)(const ConvShape *shape, size_t n, const Real *x, const Real *w,
                    const Real *bias, Real *y);
    void (*backward_weights)(const ConvShape *shape, size_t n, const Real *x, const Real *dy,
                             Real *dw, bool add);
    void (*backward_input)(const ConvShape *shape, size_t n, const Real *dy, const Real *w,
                           Real *dx);
} ConvKernels;

typedef void VecUnary(const Real *x, Real *y, size_t n);
typedef void VecBinary(const Real *a, const Real *b, Real *y, size_t n);
typedef double VecReduceOne(const Real *x, size_t n);
typedef double VecReduceTwo(const Real *a, const Real *b, size_t n);
typedef void VecUpdateRule(const VecUpdate *u);

typedef struct VecKernels {
    VecUnary *exp, *log, *tanh, *sigmoid, *relu;
    VecBinary *tanh_backward, *sigmoid_backward, *relu_backward, *multiply;
    void (*scale)(Real *x, Real factor, size_t n);
    void (*axpy)(Real a, const Real *x, Real *y, size_t n);
    void (*residual)(const Real *a, const Real *b, Real factor, Real *y, size_t n);
    void (*cap)(Real *x, Real most, size_t n);
    void (*shares)(const uint8_t *bytes, Real whole, Real *y, size_t n);
    void (*from_bytes)(const uint8_t *bytes, const Real *shift, Real scale, Real *y, size_t n);
    void (*mask)(const uint32_t *words, uint32_t threshold, Real value, Real *mask, size_t n);
    VecReduceOne *sum, *sum_squares, *sum_abs;
    VecReduceTwo *dot, *sum_squared_difference;
    Real (*max)(const Real *x, size_t n);
    Real (*min)(const Real *x, size_t n);
    void (*column_sums)(const Real *x, size_t rows, size_t columns, Real *sums, bool add);
} VecKernels;

typedef struct UpdateKernels {
    VecUpdateRule *sgd, *momentum, *nesterov, *velocity, *velocity_nesterov, *adagrad, *rmsprop,
        *adam, *adadelta;
} UpdateKernels;

enum { RNG_GROUP = 32 }; /* Philox blocks of 4 words in one group */

typedef struct RngKernels { /* the blocks index ... index + RNG_GROUP * groups - 1 */
    void (*make_groups)(const Rng *rng, uint64_t index, uint32_t *out, size_t groups);
} RngKernels;

KERNEL_DECLARE(GemmKernels, gemm_kernels);
KERNEL_DECLARE(GemmKernels, gemm_sparse_kernels);
KERNEL_DECLARE(GemmKernels, gemm_dot_kernels);
KERNEL_DECLARE(GemmBackKernels, gemm_back_kernels);
KERNEL_DECLARE(GemmKernels, gemm_outer_kernels);
enum { GEMM_FEW_TERMS = 32 }; /* the longest sums that gemm_few_kernels take */
KERNEL_DECLARE(GemmKernels, gemm_few_kernels);
KERNEL_DECLARE(ConvKernels, conv_kernels);
KERNEL_DECLARE(VecKernels, vec_kernels);
KERNEL_DECLARE(UpdateKernels, update_kernels);
KERNEL_DECLARE(RngKernels, rng_kernels);

#endif
