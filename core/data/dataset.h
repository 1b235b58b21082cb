/* SPDX-License-Identifier: MIT
 *
 * dataset.h - labelled images as memory-mapped bytes.
 *
 * A Dataset is `count` images of height x width x channels bytes and as many labels.  The bytes
 * stay in the file (mapped, shared by all workers) and become numbers only while a batch is
 * gathered (batch.h).  `planar` tells how the file stores an image: channel by channel (CIFAR) or
 * channels innermost; batches are always channels innermost.
 *
 * Files are looked for in $DATA/<set>/ and $DATA/, then where `make data` puts them, in
 * ${XDG_CACHE_HOME:-~/.cache}/tidemark/<set>/: the order of tools/data.sh.  A directory named by
 * DATA is taken if all the set's checksums are right there; a wrong one is told on standard error
 * and passed over.  The place is chosen once a process.  Known sets: "mnist", "fashion", "cifar10".
 */
#ifndef TIDEMARK_DATA_DATASET_H
#define TIDEMARK_DATA_DATASET_H

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/real.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum DatasetPart { DATASET_TRAIN, DATASET_TEST } DatasetPart;

typedef struct Dataset {
    const char *name; /* "mnist", ... */
    size_t count;     /* images */
    size_t height, width, channels, classes;
    bool planar;                   /* bytes of an image are channels x height x width */
    const uint8_t *const *images;  /* images[i]: height * width * channels bytes */
    const uint8_t *labels;         /* labels[i] < classes */
} Dataset;

static inline size_t dataset_pixels(const Dataset *set) {
    return set->height * set->width * set->channels;
}

/* Share of zero bytes in the first 100 images (or all, if fewer). */
double dataset_zeros(const Dataset *set);

/* Opens a part of a known set.  Refuses a missing file, a wrong magic number, a size that does not
 * match the header, a label out of range.  Everything (mappings too) lives as long as the process;
 * opening the same part again returns the same Dataset.  NULL on failure. */
const Dataset *dataset_open(const char *name, DatasetPart part, Error *err);

/* Checks every file of a set against its known SHA-256 (once a process; about 0.2 s for 50 MB) and
 * writes the checksums as `set/file=hex` lines into `sums` (a string in `arena`), for a manifest.
 */
bool dataset_verify(const char *name, Arena *arena, const char **sums, Error *err);

/* The first or any `count` images of a set as a set of their own (no copy of the bytes):
 * view[i] = set[order[i]], order == NULL: view[i] = set[first + i].
 * An image beyond the set is a broken promise (die). */
Dataset dataset_view(const Dataset *set, size_t first, const uint32_t *order, size_t count,
                     Arena *arena);

/* Every image at half its height and width (both even, or die): a byte is the mean of a square of
 * four, halves rounded up.  A copy of the bytes, in the layout of the original. */
Dataset dataset_halved(const Dataset *set, Arena *arena);

/* The readers behind dataset_open; the path is in every message, what is mapped stays mapped.
 * idx_read: IDX images (magic 2051) and labels (2049), uncompressed.  cifar10_read: files of the
 * binary version, one after the other, each whole records of 3,073 bytes. */
bool idx_read(const char *image_path, const char *label_path, Arena *arena, Dataset *set,
              Error *err);
bool cifar10_read(const char *const *paths, size_t files, Arena *arena, Dataset *set, Error *err);

/* Mean over all images of every pixel in the order of a batch (channels innermost), as Caffe's mean
 * file: `mean` has dataset_pixels(set) elements.  Sums are exact integers. */
void dataset_pixel_mean(const Dataset *set, Real *mean);

#endif
