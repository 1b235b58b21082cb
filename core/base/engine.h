/* SPDX-License-Identifier: MIT
 *
 * engine.h - which machine code runs: the matrix engine, the instruction set, OpenBLAS' kernel.
 *
 * One binary holds every hot loop several times, compiled for baseline x86-64, x86-64-v3 (AVX2) and
 * x86-64-v4 (AVX-512), or for NEON on 64-bit ARM; engine_start chooses once.  All variants give the
 * same bits.  Flush-to-zero (and denormals-are-zero) is set for the process: subnormal float
 * results are 0 everywhere, which is part of what 'the same bits' means here.  One gap is left: a
 * result that only rounding lifts to the smallest normal number is kept on x86 (which looks after
 * rounding) and flushed on ARM (which looks before).  Before engine_start the baseline variant runs
 * and subnormals are kept.
 *
 * OpenBLAS is pinned to one thread by its own call and the pin is read back.  It reads its
 * environment only while it is being loaded: an inherited OPENBLAS_CORETYPE is removed (or replaced
 * by `core`), OPENBLAS_NUM_THREADS and OMP_NUM_THREADS are set to 1, and where that changed anything
 * the program restarts itself once, so that the kernel is the CPU's own unless the user says
 * otherwise and no spare thread spins beside the cells.
 */
#ifndef TIDEMARK_BASE_ENGINE_H
#define TIDEMARK_BASE_ENGINE_H

#include "core/base/error.h"
#include <stdbool.h>

typedef enum Engine { ENGINE_OWN, ENGINE_OPENBLAS } Engine;

typedef struct EngineChoice {
    Engine engine;
    const char *isa;  /* "baseline", "v3", "v4", "neon"; NULL = the best this CPU has */
    const char *core; /* OpenBLAS kernel ("Haswell", ...); NULL = the CPU's own */
} EngineChoice;

/* Call first in main, before any number is computed.  `argv` is needed for the one restart (NULL:
 * never restart, fail instead).  Fails on an instruction set the CPU or the build lacks and on an
 * OpenBLAS kernel that did not come up as asked. */
bool engine_start(const EngineChoice *choice, char **argv, Error *err);

Engine engine_current(void);
const char *engine_name(void);        /* "own" or "openblas" */
const char *engine_isa(void);         /* the variant that runs */
const char *engine_isa_list(void);    /* those this CPU and build can run, "baseline v3 v4" */
const char *engine_blas_core(void);   /* the kernel OpenBLAS runs, "Cooperlake"; "" if not linked */
const char *engine_blas_config(void); /* version and build of OpenBLAS */
int engine_blas_threads(void);

#endif
