/* SPDX-License-Identifier: MIT
 *
 * files.h - the few things the lab does to directories and files.
 *
 * What can fail says so in one sentence with the path and the system's reason.
 */
#ifndef TIDEMARK_LAB_FILES_H
#define TIDEMARK_LAB_FILES_H

#include "core/base/error.h"
#include <stdbool.h>
#include <stddef.h>

bool files_make_directory(const char *path, Error *err); /* and those above it */

/* Removes a file or a directory with all in it; nothing there is fine.  Links are not followed. */
void files_remove(const char *path);

/* The bytes of a file, with a NUL behind them (not counted); free() them.  NULL on failure. */
char *files_read(const char *path, size_t *size, Error *err);

#endif
