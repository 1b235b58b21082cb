/* SPDX-License-Identifier: MIT
 *
 * manifest.h - what a result was made with: a CSV file of `key,value` rows.
 *
 * The one format for everything that differs by machine: manifest.csv beside an experiment's
 * tables, cell.csv beside a cell's.  Rows are in sections (the result, the build, the machine, the
 * data, the run) and in a fixed order within them, so that two manifests can be laid side by side.
 * There is no host, user, path or time of day inside.
 */
#ifndef TIDEMARK_LAB_MANIFEST_H
#define TIDEMARK_LAB_MANIFEST_H

#include "core/base/error.h"
#include "core/lab/table.h"
#include <stdbool.h>

/* A manifest is a Table of two columns. */
Table *manifest_create(void);
void manifest_add(Table *manifest, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The value of a key; NULL if there is none. */
const char *manifest_value(const Table *manifest, const char *key);
bool manifest_has(const Table *manifest, const char *key, const char *value);

/* The section of the build: compiler, flags, commit if known, C library, engine and its variants,
 * OpenBLAS and its kernel.  engine_start must have been called. */
void manifest_add_build(Table *manifest);

/* The section of the machine: system, CPU, vector units, caches, memory, and the environment
 * variables that change what is computed, where they are set. */
void manifest_add_machine(Table *manifest);

#endif
