/* SPDX-License-Identifier: MIT
 *
 * CIFAR-10's binary version: records of a label byte, then 1,024 bytes of red, of green and of
 * blue, each 32 rows of 32; nothing else in the file.
 */
#include "core/data/dataset.h"
#include "core/data/map.h"

enum { SIDE = 32, CHANNELS = 3, RECORD = 1 + CHANNELS * SIDE * SIDE, CLASSES = 10 };

static bool check_records(const FileMap *file, const char *path, Error *err) {
    if (file->size == 0 || file->size % RECORD != 0) {
        return error_set(err, "%s: its %zu bytes are not one or more records of %d bytes", path,
                         file->size, RECORD);
    }
    for (size_t i = 0; i < file->size / RECORD; i++) {
        uint8_t label = file->bytes[i * RECORD];
        if (label >= CLASSES) {
            return error_set(err, "%s: the label of record %zu is %u; labels are 0 to %d", path, i,
                             label, CLASSES - 1);
        }
    }
    return true;
}

bool cifar10_read(const char *const *paths, size_t files, Arena *arena, Dataset *set, Error *err) {
    FileMap *maps = arena_new(arena, FileMap, files);
    size_t count = 0;
    for (size_t f = 0; f < files; f++) {
        if (!map_open(&maps[f], paths[f], err) || !check_records(&maps[f], paths[f], err)) {
            for (size_t opened = 0; opened <= f; opened++) {
                map_close(&maps[opened]);
            }
            return false;
        }
        count += maps[f].size / RECORD;
    }
    const uint8_t **images = arena_new(arena, const uint8_t *, count);
    uint8_t *labels = arena_new(arena, uint8_t, count);
    for (size_t f = 0, i = 0; f < files; f++) {
        for (size_t at = 0; at < maps[f].size; at += RECORD, i++) {
            labels[i] = maps[f].bytes[at];
            images[i] = maps[f].bytes + at + 1;
        }
    }
    *set = (Dataset){.name = "cifar10",
                     .count = count,
                     .height = SIDE,
                     .width = SIDE,
                     .channels = CHANNELS,
                     .classes = CLASSES,
                     .planar = true,
                     .images = images,
                     .labels = labels};
    return true;
}
