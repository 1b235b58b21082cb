/* SPDX-License-Identifier: MIT
 *
 * engine.c - choosing the machine code, once, before any number is computed.
 */
#include "core/base/engine.h"
#include "core/base/kernels.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#ifndef TIDEMARK_NO_BLAS
#include <cblas.h>
#endif
#ifdef __x86_64__
#include <immintrin.h>
#endif

int engine_variant;
static Engine current = ENGINE_OWN;

/* ---- instruction sets ---- */
#ifdef __x86_64__
enum { VARIANTS = 3 };
static const char *const variant_names[VARIANTS] = {"baseline", "v3", "v4"};

/* What the psABI's levels name, as far as the compiler uses it in our loops. */
static bool cpu_has(int variant) {
    bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
              __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
    bool v4 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512vl");
    return variant == 0 || (v3 && (variant == 1 || v4));
}

static void flush_subnormals(void) {
    _mm_setcsr(_mm_getcsr() | 0x8040); /* flush to zero, denormals are zero */
}
#else
enum { VARIANTS = 1 };
static const char *const variant_names[VARIANTS] = {"neon"};

static bool cpu_has(int variant) {
    return variant == 0;
}

static void flush_subnormals(void) {
    unsigned long long control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    __asm__ volatile("msr fpcr, %0" : : "r"(control | 1ull << 24)); /* FZ */
}
#endif

const char *engine_isa_list(void) {
    static char list[64];
    list[0] = '\0';
    for (int v = 0; v < VARIANTS; v++)
        if (cpu_has(v)) {
            strcat(list, v ? " " : "");
            strcat(list, variant_names[v]);
        }
    return list;
}

static bool choose_isa(const char *name, Error *err) {
    for (int v = VARIANTS - 1; v >= 0; v--)
        if (name ? strcmp(name, variant_names[v]) == 0 : cpu_has(v)) {
            if (!cpu_has(v))
                return error_set(err, "this CPU has no %s instructions; it can run: %s", name,
                                 engine_isa_list());
            engine_variant = v;
            return true;
        }
    return error_set(err, "unknown instruction set '%s'; this program can run: %s", name,
                     engine_isa_list());
}

/* ---- OpenBLAS ---- */
#ifdef TIDEMARK_NO_BLAS

static bool start_blas(const EngineChoice *choice, char **argv, Error *err) {
    (void)argv;
    if (choice->engine == ENGINE_OPENBLAS)
        return error_set(err, "this program was built without OpenBLAS (BLAS=none); use the "
                              "engine 'own' or build again with BLAS=openblas");
    if (choice->core)
        return error_set(err, "this program was built without OpenBLAS (BLAS=none): no kernel '%s'",
                         choice->core);
    return true;
}

const char *engine_blas_core(void) {
    return "";
}

const char *engine_blas_config(void) {
    return "";
}

int engine_blas_threads(void) {
    return 0;
}

#else

#define CORE_VARIABLE "OPENBLAS_CORETYPE"
#define GUARD         "TIDEMARK_RESTARTED"

/* The number of threads is set by a call below; but the threads that OpenBLAS made while it was
 * loaded, and makes again after a fork, spin for a while before they sleep, which doubles the CPU
 * time of a cell.  Only the environment keeps them from being made. */
static const char *const thread_variables[] = {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"};

static bool no_spare_threads(void) {
    for (int i = 0; i < 2; i++) {
        const char *value = getenv(thread_variables[i]);
        if (!value || strcmp(value, "1") != 0)
            return false;
    }
    return true;
}

/* OpenBLAS read the variable while it was loaded, before main: only a fresh start changes it. */
static bool restart(const char *core, char **argv, Error *err) {
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (!argv || length <= 0)
        return error_set(err, "%s is set and the program cannot restart itself; unset it",
                         CORE_VARIABLE);
    program[length] = '\0';
    if (core)
        setenv(CORE_VARIABLE, core, 1);
    else
        unsetenv(CORE_VARIABLE);
    for (int i = 0; i < 2; i++)
        setenv(thread_variables[i], "1", 1);
    setenv(GUARD, "1", 1);
    execv(program, argv);
    return error_set(err, "cannot restart %s without %s: %s", program, CORE_VARIABLE,
                     strerror(errno));
}

static bool start_blas(const EngineChoice *choice, char **argv, Error *err) {
    const char *inherited = getenv(CORE_VARIABLE);
    bool restarted = getenv(GUARD) != NULL;
    unsetenv(GUARD);
    bool as_asked =
        choice->core ? inherited && strcasecmp(inherited, choice->core) == 0 : inherited == NULL;
    if (!as_asked && restarted)
        return error_set(err, "%s is set again after a restart; unset it", CORE_VARIABLE);
    if (!as_asked || (!no_spare_threads() && argv && !restarted))
        return restart(choice->core, argv, err);
    if (choice->core && strcasecmp(openblas_get_corename(), choice->core) != 0)
        return error_set(err, "OpenBLAS has no kernel '%s' for this CPU (it chose '%s')",
                         choice->core, openblas_get_corename());
    openblas_set_num_threads(1);
    if (openblas_get_num_threads() != 1)
        return error_set(err, "OpenBLAS keeps %d threads; results would depend on them",
                         openblas_get_num_threads());
    return true;
}

const char *engine_blas_core(void) {
    return openblas_get_corename();
}

const char *engine_blas_config(void) {
    return openblas_get_config();
}

int engine_blas_threads(void) {
    return openblas_get_num_threads();
}

#endif

/* ---- public ---- */
bool engine_start(const EngineChoice *choice, char **argv, Error *err) {
    if (!choose_isa(choice->isa, err) || !start_blas(choice, argv, err))
        return false;
    flush_subnormals();
    current = choice->engine;
    return true;
}

Engine engine_current(void) {
    return current;
}

const char *engine_name(void) {
    return current == ENGINE_OPENBLAS ? "openblas" : "own";
}

const char *engine_isa(void) {
    return variant_names[engine_variant];
}

Real *engine_scratch(Scratch slot, size_t count) {
    static Real *buffer[SCRATCH_COUNT];
    static size_t room[SCRATCH_COUNT];
    if (count > room[slot]) {
        free(buffer[slot]);
        size_t bytes = (count * sizeof(Real) + 63) / 64 * 64;
        buffer[slot] = aligned_alloc(64, bytes);
        if (!buffer[slot])
            die("out of memory: %zu bytes of work space", bytes);
        room[slot] = count;
    }
    return buffer[slot];
}
