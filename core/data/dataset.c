/* SPDX-License-Identifier: MIT */
#include "core/data/dataset.h"
#include "core/data/checksum.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is known of a set before its files are seen, and what has been found since. */
typedef struct Known {
    const char *name;
    size_t counts[2]; /* by DatasetPart */
    Dataset parts[2];
    bool open[2];
    const char *directory; /* where its files are; NULL = not looked for yet */
    bool verified;         /* the files there have their checksums */
} Known;

static Known sets[] = {
    {.name = "mnist", .counts = {60000, 10000}},
    {.name = "fashion", .counts = {60000, 10000}},
    {.name = "cifar10", .counts = {50000, 10000}},
};

/* What lives as long as the process. */
static Arena *lasting(void) {
    static Arena *arena;
    if (arena == NULL) {
        arena = arena_create();
    }
    return arena;
}

static Known *known_set(const char *name, Error *err) {
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        if (strcmp(sets[i].name, name) == 0) {
            return &sets[i];
        }
    }
    error_set(err, "there is no data set '%s'; known are mnist, fashion and cifar10", name);
    return NULL;
}

/* ---- where the files are ---- */

enum { PLACES = 3 };

/* The directories to look in, in order: `fetched` is where `make data` puts the set (the last). */
static size_t list_places(const char *name, const char *place[PLACES], Error *err) {
    const char *data = getenv("DATA"), *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    size_t count = 0;
    if (data != NULL && *data != '\0') {
        place[count++] = arena_format(lasting(), "%s/%s", data, name);
        place[count++] = arena_string(lasting(), data);
    }
    if (cache != NULL && *cache != '\0') {
        place[count++] = arena_format(lasting(), "%s/tidemark/%s", cache, name);
    } else if (home != NULL) {
        place[count++] = arena_format(lasting(), "%s/.cache/tidemark/%s", home, name);
    } else {
        error_set(err, "%s: nowhere to look: set HOME, XDG_CACHE_HOME or DATA", name);
        return 0;
    }
    return count;
}

/* The first file of a list that is not in `directory`, or NULL. */
static const char *first_missing(const char *directory, const Checksum *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (access(arena_format(lasting(), "%s/%s", directory, list[i].file), F_OK) != 0) {
            return list[i].file;
        }
    }
    return NULL;
}

/* A directory of the user's is taken if all its checksums are right (so that MNIST's files cannot
 * pass as Fashion-MNIST's, which have the same names); the cache was verified when it was filled.
 */
static bool find_directory(Known *set, Error *err) {
    size_t files;
    const Checksum *list = checksum_list(set->name, &files);
    const char *place[PLACES], *missing = NULL;
    size_t places = list_places(set->name, place, err);
    for (size_t i = 0; i < places; i++) {
        Error why = {""};
        bool cache = i + 1 == places;
        missing = first_missing(place[i], list, files);
        if (missing == NULL && (cache || checksum_directory(place[i], list, files, &why))) {
            set->directory = place[i];
            set->verified = !cache;
            return true;
        }
        if (missing == NULL) {
            fprintf(stderr, "tidemark: %s: %s; looking further\n", set->name, why.text);
        }
    }
    if (places == 0) {
        return false;
    }
    return places == 1 ? error_set(err, "%s: %s not found in %s; run `make data`", set->name,
                                   missing, place[0])
                       : error_set(err, "%s: %s not found in %s, %s or %s; run `make data`",
                                   set->name, missing, place[0], place[1], place[2]);
}

/* ---- opening ---- */

static bool read_part(const Known *known, DatasetPart part, Dataset *set, Error *err) {
    size_t files;
    const Checksum *list = checksum_list(known->name, &files);
    const char *path[CHECKSUM_FILES];
    for (size_t i = 0; i < files; i++) {
        path[i] = arena_format(lasting(), "%s/%s", known->directory, list[i].file);
    }
    if (strcmp(known->name, "cifar10") == 0) { /* five files to train with, the last to test */
        size_t first = part == DATASET_TRAIN ? 0 : files - 1;
        size_t count = part == DATASET_TRAIN ? files - 1 : 1;
        return cifar10_read(path + first, count, lasting(), set, err);
    }
    size_t images = part == DATASET_TRAIN ? 0 : 2; /* images, labels; images, labels */
    return idx_read(path[images], path[images + 1], lasting(), set, err);
}

const Dataset *dataset_open(const char *name, DatasetPart part, Error *err) {
    Known *known = known_set(name, err);
    if (known == NULL || (known->directory == NULL && !find_directory(known, err))) {
        return NULL;
    }
    Dataset *set = &known->parts[part];
    if (known->open[part]) {
        return set;
    }
    Error why = {""};
    bool ok = read_part(known, part, set, &why);
    if (ok && set->count != known->counts[part]) {
        ok = error_set(&why, "%s holds %zu images, %zu expected", known->directory, set->count,
                       known->counts[part]);
    }
    if (!ok) {
        error_set(err, "%s: %s; run `make data`", name, why.text);
        return NULL;
    }
    set->name = known->name;
    known->open[part] = true;
    return set;
}

bool dataset_verify(const char *name, Arena *arena, const char **sums, Error *err) {
    Known *known = known_set(name, err);
    if (known == NULL || (known->directory == NULL && !find_directory(known, err))) {
        return false;
    }
    size_t files;
    const Checksum *list = checksum_list(known->name, &files);
    if (!known->verified) {
        Error why = {""};
        if (!checksum_directory(known->directory, list, files, &why)) {
            return error_set(err, "%s: %s; run `make data`", name, why.text);
        }
        known->verified = true;
    }
    *sums = "";
    for (size_t i = 0; i < files; i++) {
        *sums = arena_format(arena, "%s%s/%s=%s\n", *sums, name, list[i].file, list[i].sha256);
    }
    return true;
}

/* ---- what can be made of a set ---- */

Dataset dataset_view(const Dataset *set, size_t first, const uint32_t *order, size_t count,
                     Arena *arena) {
    Dataset view = *set;
    view.count = count;
    if (order == NULL) {
        if (first > set->count || count > set->count - first) {
            die("a view of images %zu to %zu of %zu", first, first + count, set->count);
        }
        view.images = set->images + first;
        view.labels = set->labels + first;
        return view;
    }
    const uint8_t **images = arena_new(arena, const uint8_t *, count);
    uint8_t *labels = arena_new(arena, uint8_t, count);
    for (size_t i = 0; i < count; i++) {
        if (order[i] >= set->count) {
            die("a view of image %u of %zu", order[i], set->count);
        }
        images[i] = set->images[order[i]];
        labels[i] = set->labels[order[i]];
    }
    view.images = images;
    view.labels = labels;
    return view;
}

/* One channel; `step` bytes lie between two neighbours of a row in both pictures. */
static void halve(const uint8_t *from, size_t height, size_t width, size_t step, uint8_t *to) {
    for (size_t y = 0; y < height; y += 2)
        for (size_t x = 0; x < width; x += 2) {
            const uint8_t *top = from + (y * width + x) * step, *bottom = top + width * step;
            unsigned sum = (unsigned)(top[0] + top[step] + bottom[0] + bottom[step]);
            to[(y / 2 * (width / 2) + x / 2) * step] = (uint8_t)((sum + 2) / 4);
        }
}

Dataset dataset_halved(const Dataset *set, Arena *arena) {
    Dataset half = *set;
    if (set->height % 2 || set->width % 2)
        die("dataset_halved: %zu x %zu pixels of '%s' do not halve", set->height, set->width,
            set->name);
    half.height = set->height / 2;
    half.width = set->width / 2;
    size_t pixels = dataset_pixels(&half), plane = half.height * half.width;
    size_t step = set->planar ? 1 : set->channels;
    uint8_t *bytes = arena_new(arena, uint8_t, set->count * pixels);
    const uint8_t **images = arena_new(arena, const uint8_t *, set->count);
    for (size_t i = 0; i < set->count; i++) {
        uint8_t *image = bytes + i * pixels;
        for (size_t c = 0; c < set->channels; c++)
            halve(set->images[i] + c * (set->planar ? 4 * plane : 1), set->height, set->width, step,
                  image + c * (set->planar ? plane : 1));
        images[i] = image;
    }
    half.images = images;
    return half;
}

void dataset_pixel_mean(const Dataset *set, Real *mean) {
    size_t pixels = dataset_pixels(set), area = set->height * set->width;
    Arena *arena = arena_create();
    uint64_t *sums = arena_new(arena, uint64_t, pixels); /* in the order of the file */
    for (size_t i = 0; i < set->count; i++) {
        const uint8_t *image = set->images[i];
        for (size_t p = 0; p < pixels; p++) {
            sums[p] += image[p];
        }
    }
    for (size_t p = 0; p < pixels; p++) {
        size_t inner = set->planar ? p % area * set->channels + p / area : p;
        mean[inner] = (Real)((double)sums[p] / (double)set->count);
    }
    arena_destroy(arena);
}

double dataset_zeros(const Dataset *set) {
    size_t count = set->count < 100 ? set->count : 100, pixels = dataset_pixels(set), zeros = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t p = 0; p < pixels; p++)
            zeros += set->images[i][p] == 0;
    return count ? (double)zeros / (double)(count * pixels) : 0;
}
