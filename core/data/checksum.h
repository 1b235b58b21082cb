/* SPDX-License-Identifier: MIT
 *
 * checksum.h - the files of the known data sets and their SHA-256.
 *
 * The one place where they are written down is the table in checksum.c: the fetcher
 * (tools/data.sh) reads it from there too.  Sums are computed by coreutils' sha256sum, so that no
 * hash library is needed; it gets the file as its standard input, so that no path can be mistaken
 * for anything else.
 */
#ifndef TIDEMARK_DATA_CHECKSUM_H
#define TIDEMARK_DATA_CHECKSUM_H

#include "core/base/error.h"
#include <stdbool.h>
#include <stddef.h>

enum { CHECKSUM_DIGITS = 64, CHECKSUM_FILES = 8 /* at most, in one set */ };

typedef struct Checksum {
    const char *set, *file, *sha256; /* "mnist", "train-images-idx3-ubyte", 64 hexadecimal digits */
} Checksum;

/* The files of a set, as they stand together in the table; `count` is 0 if the set is unknown. */
const Checksum *checksum_list(const char *set, size_t *count);

/* The SHA-256 of a file as 64 digits and a zero byte.  Fails if the file cannot be read or
 * sha256sum cannot be run. */
bool checksum_file(const char *path, char hex[CHECKSUM_DIGITS + 1], Error *err);

/* Checks all `count` files of a list in `directory`, side by side; says which one is missing or
 * differs, and how. */
bool checksum_directory(const char *directory, const Checksum *list, size_t count, Error *err);

#endif
