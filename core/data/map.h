/* SPDX-License-Identifier: MIT
 *
 * map.h - a whole file as read-only memory, for the readers of this folder.
 *
 * Pages are shared by all processes that map the file and read when they are touched.
 */
#ifndef TIDEMARK_DATA_MAP_H
#define TIDEMARK_DATA_MAP_H

#include "core/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct FileMap {
    const uint8_t *bytes; /* NULL where the file is empty */
    size_t size;
} FileMap;

/* Fails where `path` is missing, is not a regular file or cannot be read; the caller closes. */
bool map_open(FileMap *map, const char *path, Error *err);
void map_close(FileMap *map);

#endif
