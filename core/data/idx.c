/* SPDX-License-Identifier: MIT
 *
 * IDX, the format of MNIST: big-endian 32-bit numbers, then bytes.
 *     images   2051, count, rows, columns, then count x rows x columns bytes
 *     labels   2049, count, then count bytes
 */
#include "core/data/dataset.h"
#include "core/data/map.h"

enum { IMAGE_MAGIC = 2051, LABEL_MAGIC = 2049, IMAGE_HEADER = 16, LABEL_HEADER = 8, CLASSES = 10 };

static uint32_t big_endian(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool check_header(const FileMap *file, const char *path, const char *what, size_t header,
                         uint32_t magic, Error *err) {
    if (file->size < header) {
        return error_set(err, "%s: an IDX file of %s begins with %zu bytes, the file has %zu", path,
                         what, header, file->size);
    }
    if (file->bytes[0] == 0x1f && file->bytes[1] == 0x8b) {
        return error_set(err, "%s: is compressed; gunzip it first", path);
    }
    uint32_t found = big_endian(file->bytes);
    return found == magic || error_set(err, "%s: magic number %u expected (IDX %s), found %u", path,
                                       magic, what, found);
}

static bool check_images(const FileMap *file, const char *path, Dataset *set, Error *err) {
    if (!check_header(file, path, "images", IMAGE_HEADER, IMAGE_MAGIC, err)) {
        return false;
    }
    set->count = big_endian(file->bytes + 4);
    set->height = big_endian(file->bytes + 8);
    set->width = big_endian(file->bytes + 12);
    uint64_t pixels = (uint64_t)set->height * set->width;
    if (set->count == 0 || pixels == 0) {
        return error_set(err, "%s: %zu images of %zu x %zu: nothing inside", path, set->count,
                         set->height, set->width);
    }
    size_t body = file->size - IMAGE_HEADER; /* divided, since count x pixels may overflow */
    if (body % pixels != 0 || body / pixels != set->count) {
        return error_set(err, "%s: %zu images of %zu x %zu do not fit its %zu bytes", path,
                         set->count, set->height, set->width, file->size);
    }
    return true;
}

static bool check_labels(const FileMap *file, const char *path, const char *image_path,
                         const Dataset *set, Error *err) {
    if (!check_header(file, path, "labels", LABEL_HEADER, LABEL_MAGIC, err)) {
        return false;
    }
    size_t count = big_endian(file->bytes + 4);
    if (file->size - LABEL_HEADER != count) {
        return error_set(err, "%s: %zu labels do not fit its %zu bytes", path, count, file->size);
    }
    if (count != set->count) {
        return error_set(err, "%s: %zu labels, but %s holds %zu images", path, count, image_path,
                         set->count);
    }
    const uint8_t *labels = file->bytes + LABEL_HEADER;
    for (size_t i = 0; i < count; i++) {
        if (labels[i] >= set->classes) {
            return error_set(err, "%s: label %zu is %u; labels are 0 to %zu", path, i, labels[i],
                             set->classes - 1);
        }
    }
    return true;
}

bool idx_read(const char *image_path, const char *label_path, Arena *arena, Dataset *set,
              Error *err) {
    FileMap images = {NULL, 0}, labels = {NULL, 0};
    Dataset found = {.name = "idx", .channels = 1, .classes = CLASSES, .planar = false};
    if (!map_open(&images, image_path, err) || !check_images(&images, image_path, &found, err) ||
        !map_open(&labels, label_path, err) ||
        !check_labels(&labels, label_path, image_path, &found, err)) {
        map_close(&images);
        map_close(&labels);
        return false;
    }
    const uint8_t **pointers = arena_new(arena, const uint8_t *, found.count);
    for (size_t i = 0; i < found.count; i++) {
        pointers[i] = images.bytes + IMAGE_HEADER + i * dataset_pixels(&found);
    }
    found.images = pointers;
    found.labels = labels.bytes + LABEL_HEADER;
    *set = found;
    return true;
}
