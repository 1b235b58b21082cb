/* SPDX-License-Identifier: MIT */
#include "core/lab/files.h"
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *path_with(const char *path, const char *suffix) {
    size_t size = strlen(path) + strlen(suffix) + 1;
    char *whole = malloc(size);
    if (whole == NULL) {
        die("out of memory");
    }
    snprintf(whole, size, "%s%s", path, suffix);
    return whole;
}

static bool make_one(const char *path, Error *err) {
    if (mkdir(path, 0777) == 0 || errno == EEXIST) {
        struct stat status;
        if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
            return true;
        }
        errno = ENOTDIR;
    }
    return error_set(err, "cannot make the directory %s: %s", path, strerror(errno));
}

bool files_make_directory(const char *path, Error *err) {
    char *copy = path_with(path, "");
    bool made = true;
    for (char *slash = strchr(copy + 1, '/'); made && slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        made = make_one(copy, err);
        *slash = '/';
    }
    made = made && make_one(copy, err);
    free(copy);
    return made;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where) {
    (void)status, (void)kind, (void)where;
    remove(path);
    return 0;
}

void files_remove(const char *path) {
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static char *read_open(FILE *file, size_t *size) {
    struct stat status;
    if (fstat(fileno(file), &status) != 0) {
        return NULL;
    }
    size_t room = (size_t)status.st_size;
    char *bytes = malloc(room + 1);
    if (bytes == NULL) {
        return NULL;
    }
    *size = fread(bytes, 1, room, file);
    if (ferror(file)) {
        free(bytes);
        return NULL;
    }
    bytes[*size] = '\0';
    return bytes;
}

char *files_read(const char *path, size_t *size, Error *err) {
    FILE *file = fopen(path, "rb");
    char *bytes = file != NULL ? read_open(file, size) : NULL;
    if (bytes == NULL) {
        error_set(err, "cannot read %s: %s", path, strerror(errno));
    }
    if (file != NULL) {
        fclose(file);
    }
    return bytes;
}
