/* SPDX-License-Identifier: MIT */
#include "core/data/checksum.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* clang-format off: tools/data.sh reads this table, two lines a file.  The IDX files are meant
 * uncompressed; the CIFAR-10 files are the batches of its binary version. */
static const Checksum table[] = {
    {"mnist", "train-images-idx3-ubyte",
     "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
    {"mnist", "train-labels-idx1-ubyte",
     "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
    {"mnist", "t10k-images-idx3-ubyte",
     "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
    {"mnist", "t10k-labels-idx1-ubyte",
     "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
    {"fashion", "train-images-idx3-ubyte",
     "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
    {"fashion", "train-labels-idx1-ubyte",
     "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
    {"fashion", "t10k-images-idx3-ubyte",
     "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
    {"fashion", "t10k-labels-idx1-ubyte",
     "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"},
    {"cifar10", "data_batch_1.bin",
     "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"},
    {"cifar10", "data_batch_2.bin",
     "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"},
    {"cifar10", "data_batch_3.bin",
     "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"},
    {"cifar10", "data_batch_4.bin",
     "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"},
    {"cifar10", "data_batch_5.bin",
     "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"},
    {"cifar10", "test_batch.bin",
     "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"},
};
/* clang-format on */

const Checksum *checksum_list(const char *set, size_t *count) {
    size_t all = sizeof table / sizeof *table, first = 0;
    while (first < all && strcmp(table[first].set, set) != 0) {
        first++;
    }
    size_t end = first;
    while (end < all && strcmp(table[end].set, set) == 0) {
        end++;
    }
    *count = end - first;
    return &table[first < all ? first : 0];
}

/* A sha256sum at work: its process and the pipe it answers on. */
typedef struct Hasher {
    pid_t pid; /* 0: not started */
    int answer;
} Hasher;

static bool hasher_start(Hasher *hasher, const char *path, Error *err) {
    int ends[2];
    *hasher = (Hasher){.pid = 0, .answer = -1};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return error_set(err, "%s: %s", path, strerror(errno));
    }
    if (pipe2(ends, O_CLOEXEC) != 0) {
        close(file);
        return error_set(err, "%s: no pipe to sha256sum: %s", path, strerror(errno));
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, file, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    char name[] = "sha256sum", *argv[] = {name, NULL};
    int status = posix_spawnp(&hasher->pid, name, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(file);
    close(ends[1]);
    if (status != 0) {
        close(ends[0]);
        hasher->pid = 0;
        return error_set(err, "%s: sha256sum cannot be run: %s; install coreutils", path,
                         strerror(status));
    }
    hasher->answer = ends[0];
    return true;
}

/* Reads the answer (64 digits first) and waits for the end; false where none was started. */
static bool hasher_finish(Hasher *hasher, const char *path, char hex[CHECKSUM_DIGITS + 1],
                          Error *err) {
    if (hasher->pid == 0) {
        return false;
    }
    size_t got = 0;
    while (got < CHECKSUM_DIGITS) {
        ssize_t bytes = read(hasher->answer, hex + got, CHECKSUM_DIGITS - got);
        if (bytes > 0) {
            got += (size_t)bytes;
        } else if (bytes == 0 || errno != EINTR) {
            break;
        }
    }
    hex[got] = '\0';
    /* What follows the digits ("  -") is read away: sha256sum must not meet a closed pipe. */
    char rest[16];
    while (read(hasher->answer, rest, sizeof rest) > 0) {
    }
    close(hasher->answer);
    int status = -1;
    while (waitpid(hasher->pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (status != 0 || got != CHECKSUM_DIGITS || strspn(hex, "0123456789abcdef") != got) {
        return error_set(err, "%s: sha256sum could not read it", path);
    }
    return true;
}

bool checksum_file(const char *path, char hex[CHECKSUM_DIGITS + 1], Error *err) {
    Hasher hasher;
    return hasher_start(&hasher, path, err) && hasher_finish(&hasher, path, hex, err);
}

bool checksum_directory(const char *directory, const Checksum *list, size_t count, Error *err) {
    enum { PATH_BYTES = 4096 };
    char path[CHECKSUM_FILES][PATH_BYTES];
    Hasher hasher[CHECKSUM_FILES] = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        int length = snprintf(path[i], PATH_BYTES, "%s/%s", directory, list[i].file);
        ok = length < PATH_BYTES || error_set(err, "%s: the path is too long", directory);
        ok = ok && hasher_start(&hasher[i], path[i], err);
    }
    for (size_t i = 0; i < count; i++) {
        char hex[CHECKSUM_DIGITS + 1];
        Error *first = ok ? err : NULL; /* the first failure is the one that is told */
        bool done = hasher_finish(&hasher[i], path[i], hex, first);
        if (done && strcmp(hex, list[i].sha256) != 0) {
            done = error_set(first, "%s: wrong checksum (got %s, expected %s)", path[i], hex,
                             list[i].sha256);
        }
        ok = ok && done;
    }
    return ok;
}
