/* SPDX-License-Identifier: MIT */
#include "core/lab/manifest.h"
#include "core/base/engine.h"
#include "core/lab/pool.h"
#include <gnu/libc-version.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#ifndef TIDEMARK_CFLAGS
#define TIDEMARK_CFLAGS "unknown"
#endif

enum { LINE = 1024 };

Table *manifest_create(void) {
    return table_create((const char *const[]){"key", "value"}, 2);
}

void manifest_add(Table *manifest, const char *key, const char *format, ...) {
    char value[4 * LINE];
    va_list args;
    va_start(args, format);
    vsnprintf(value, sizeof value, format, args);
    va_end(args);
    table_row(manifest, v_text(key), v_text(value));
}

const char *manifest_value(const Table *manifest, const char *key) {
    for (size_t row = 0; table_columns(manifest) == 2 && row < table_rows(manifest); row++) {
        if (strcmp(table_text(manifest, row, 0), key) == 0) {
            return table_text(manifest, row, 1);
        }
    }
    return NULL;
}

bool manifest_has(const Table *manifest, const char *key, const char *value) {
    const char *present = manifest_value(manifest, key);
    return present != NULL && strcmp(present, value) == 0;
}

/* Flags and variables may hold paths, and paths hold user names: words with a slash lose all before
 * the last one. */
static void add_without_paths(Table *manifest, const char *key, const char *text) {
    char value[LINE] = "";
    size_t used = 0;
    for (const char *c = text; *c != '\0' && used + 1 < sizeof value; c++) {
        if (*c == '/') {
            while (used > 0 && strchr(" :=", value[used - 1]) == NULL) {
                used--;
            }
        } else {
            value[used++] = *c;
        }
    }
    value[used] = '\0';
    manifest_add(manifest, key, "%s", value);
}

void manifest_add_build(Table *manifest) {
#ifdef __clang__
    manifest_add(manifest, "compiler", "%s", __VERSION__);
#else
    manifest_add(manifest, "compiler", "GCC %s", __VERSION__);
#endif
    add_without_paths(manifest, "cflags", TIDEMARK_CFLAGS);
    manifest_add(manifest, "libc", "glibc %s", gnu_get_libc_version());
    manifest_add(manifest, "isa", "%s", engine_isa());
    manifest_add(manifest, "isa_available", "%s", engine_isa_list());
    manifest_add(manifest, "subnormals", "flushed to zero");
    if (engine_blas_core()[0] != '\0') {
        manifest_add(manifest, "openblas_config", "%s", engine_blas_config());
        manifest_add(manifest, "openblas_core", "%s", engine_blas_core());
        manifest_add(manifest, "openblas_threads", "%d", engine_blas_threads());
    }
}

/* The text after `name` and the separator in a file of such lines, without quotes; "unknown" if
 * there is no such line. */
static void add_line_of(Table *manifest, const char *key, const char *path, const char *name,
                        char separator) {
    char line[LINE], value[LINE] = "unknown";
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        char *found = strchr(line, separator);
        if (strncmp(line, name, strlen(name)) == 0 && found != NULL) {
            found += 1 + strspn(found + 1, " \t\"");
            found[strcspn(found, "\"\n")] = '\0';
            snprintf(value, sizeof value, "%s", found);
            break;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    manifest_add(manifest, key, "%s", value);
}

static void add_vector_units(Table *manifest) {
    char units[LINE] = "";
#if defined(__x86_64__)
    static const char *const names[] = {"sse4.2",  "avx",      "avx2",    "fma",
                                        "avx512f", "avx512bw", "avx512vl"};
    const int present[] = {__builtin_cpu_supports("sse4.2"),  __builtin_cpu_supports("avx"),
                           __builtin_cpu_supports("avx2"),    __builtin_cpu_supports("fma"),
                           __builtin_cpu_supports("avx512f"), __builtin_cpu_supports("avx512bw"),
                           __builtin_cpu_supports("avx512vl")};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (present[i]) {
            strcat(units, units[0] == '\0' ? "" : " ");
            strcat(units, names[i]);
        }
    }
#elif defined(__aarch64__)
    strcat(units, "neon");
#endif
    manifest_add(manifest, "vector_units", "%s", units);
}

static void add_memory(Table *manifest) {
    static const struct {
        const char *key;
        int name;
    } caches[] = {{"cache_l1d_kib", _SC_LEVEL1_DCACHE_SIZE},
                  {"cache_l2_kib", _SC_LEVEL2_CACHE_SIZE},
                  {"cache_l3_kib", _SC_LEVEL3_CACHE_SIZE}};
    for (size_t i = 0; i < sizeof caches / sizeof caches[0]; i++) {
        long bytes = sysconf(caches[i].name);
        if (bytes > 0) {
            manifest_add(manifest, caches[i].key, "%ld", bytes / 1024);
        }
    }
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (pages > 0 && page > 0) {
        manifest_add(manifest, "memory_mib", "%lld", (long long)pages * page / (1024 * 1024));
    }
}

static bool matters(const char *variable) {
    static const char *const prefixes[] = {"OPENBLAS_",  "OMP_",           "GOTO_",   "LD_BIND_NOW",
                                           "LD_PRELOAD", "GLIBC_TUNABLES", "QEMU_CPU"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (strncmp(variable, prefixes[i], strlen(prefixes[i])) == 0) {
            return true;
        }
    }
    return false;
}

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_environment(Table *manifest) {
    char *found[64];
    size_t count = 0;
    for (char **variable = environ; *variable != NULL; variable++) {
        if (matters(*variable) && count < sizeof found / sizeof found[0]) {
            found[count++] = *variable;
        }
    }
    qsort(found, count, sizeof found[0], compare_texts);
    for (size_t i = 0; i < count; i++) {
        char key[LINE];
        size_t length = strcspn(found[i], "=");
        snprintf(key, sizeof key, "environment %.*s", (int)length, found[i]);
        add_without_paths(manifest, key, found[i] + length + (found[i][length] == '='));
    }
}

void manifest_add_machine(Table *manifest) {
    struct utsname system;
    add_line_of(manifest, "system", "/etc/os-release", "PRETTY_NAME", '=');
    if (uname(&system) == 0) {
        manifest_add(manifest, "kernel", "%s %s", system.sysname, system.release);
        manifest_add(manifest, "machine", "%s", system.machine);
    }
    add_line_of(manifest, "cpu", "/proc/cpuinfo", "model name", ':');
    manifest_add(manifest, "cores", "%zu", pool_cores());
    add_vector_units(manifest);
    add_memory(manifest);
    add_environment(manifest);
}
