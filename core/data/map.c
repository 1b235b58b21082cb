/* SPDX-License-Identifier: MIT */
#include "core/data/map.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool map_descriptor(FileMap *map, int file, const char *path, Error *err) {
    struct stat status;
    if (fstat(file, &status) != 0) {
        return error_set(err, "%s: %s", path, strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return error_set(err, "%s: is not a regular file", path);
    }
    if (status.st_size == 0) {
        return true;
    }
    void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, file, 0);
    if (bytes == MAP_FAILED) {
        return error_set(err, "%s: cannot be mapped: %s", path, strerror(errno));
    }
    *map = (FileMap){.bytes = bytes, .size = (size_t)status.st_size};
    return true;
}

bool map_open(FileMap *map, const char *path, Error *err) {
    *map = (FileMap){.bytes = NULL, .size = 0};
    /* non-blocking, so that a pipe in the place of a file is refused instead of waited for */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        return error_set(err, "%s: %s", path, strerror(errno));
    }
    bool ok = map_descriptor(map, file, path, err);
    close(file);
    return ok;
}

void map_close(FileMap *map) {
    if (map->bytes != NULL) {
        munmap((void *)(uintptr_t)map->bytes, map->size);
    }
    *map = (FileMap){.bytes = NULL, .size = 0};
}
