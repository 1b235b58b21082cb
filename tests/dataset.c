/* SPDX-License-Identifier: MIT
 *
 * Where dataset_open looks, what it says when it finds nothing, and facts about the real data where
 * `make data` has fetched it (skipped with a message where it has not).
 */
#include "core/data/dataset.h"
#include "core/data/batch.h"
#include "tests/check.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_BYTES = 512 };

static char folder[CHECK_PATH]; /* made for this run, with a space in its name */

static int make_folder(void **state) {
    (void)state;
    return check_directory(folder, "sets") ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    char command[PATH_BYTES];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/* Runs `look` in a child, since a process chooses the place of a set only once; its answer, and
 * what it wrote to standard error. */
static bool in_child(bool (*look)(void), char *said, size_t size) {
    int ends[2];
    fflush(NULL);
    if (pipe(ends) != 0) {
        return false;
    }
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        _exit(look() ? 0 : 1);
    }
    close(ends[1]);
    size_t got = 0;
    for (ssize_t bytes; (bytes = read(ends[0], said + got, size - 1 - got)) > 0;) {
        got += (size_t)bytes;
    }
    said[got] = '\0';
    close(ends[0]);
    int status = -1;
    waitpid(child, &status, 0);
    return status == 0;
}

static void assert_in_child(bool (*look)(void), const char *say) {
    char said[4096];
    if (!in_child(look, said, sizeof said)) {
        fail_msg("the child failed, saying \"%s\"", said);
    }
    if (say == NULL ? said[0] != '\0' : strstr(said, say) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", said, say == NULL ? "" : say);
    }
}

/* Opening fails, and the sentence has all these words in it. */
static bool refused(const char *set, const char *const *words) {
    Error err = {""};
    if (dataset_open(set, DATASET_TRAIN, &err) != NULL) {
        fprintf(stderr, "%s was opened", set);
        return false;
    }
    for (; *words != NULL; words++) {
        if (strstr(err.text, *words) == NULL) {
            fprintf(stderr, "\"%s\" does not say \"%s\"", err.text, *words);
            return false;
        }
    }
    return true;
}

/* A file of `size` zero bytes, with its directories, somewhere in the folder. */
static void put_zeros(const char *name, size_t size) {
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    for (char *slash = path + strlen(folder); (slash = strchr(slash + 1, '/')) != NULL;) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "wb");
    if (file == NULL || ftruncate(fileno(file), (off_t)size) != 0 || fclose(file) != 0) {
        fail_msg("%s cannot be written", path);
    }
}

static void put_idx_files(const char *directory, size_t size) {
    const char *const names[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                 "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};
    for (size_t i = 0; i < 4; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s/%s", directory, names[i]);
        put_zeros(name, size);
    }
}

static void set_places(const char *data, const char *cache) {
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder, data);
    setenv("DATA", path, 1);
    snprintf(path, sizeof path, "%s/%s", folder, cache);
    setenv("XDG_CACHE_HOME", path, 1);
}

static bool look_unknown(void) {
    return refused("imagenet", (const char *[]){"imagenet", "mnist", "fashion", "cifar10", NULL});
}

static bool look_missing(void) {
    set_places("nothing", "empty");
    return refused("mnist", (const char *[]){"mnist: train-images-idx3-ubyte not found in ",
                                             "/nothing/mnist", "/nothing or ",
                                             "/empty/tidemark/mnist", "run `make data`", NULL}) &&
           refused("cifar10", (const char *[]){"data_batch_1.bin", "run `make data`", NULL});
}

static bool look_nowhere(void) {
    unsetenv("DATA");
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    return refused("mnist", (const char *[]){"set HOME", NULL});
}

static void a_missing_set_is_told_with_its_places(void **state) {
    (void)state;
    assert_in_child(look_unknown, NULL);
    assert_in_child(look_missing, NULL);
    assert_in_child(look_nowhere, NULL);
}

static bool look_damaged(void) {
    set_places("nothing", "cache");
    Error err = {""};
    const char *sums;
    Arena *arena = arena_create();
    bool verified = dataset_verify("fashion", arena, &sums, &err);
    arena_destroy(arena);
    return refused("fashion",
                   (const char *[]){"magic number", "/cache/tidemark/fashion/train-images",
                                    "run `make data`", NULL}) &&
           !verified && strstr(err.text, "wrong checksum (got ") != NULL;
}

static void a_damaged_cache_is_refused(void **state) {
    (void)state;
    put_idx_files("cache/tidemark/fashion", 100);
    assert_in_child(look_damaged, NULL);
}

/* ---- the real data ---- */

static const Dataset *real(const char *name, DatasetPart part) {
    Error err = {""};
    const Dataset *set = dataset_open(name, part, &err);
    if (set == NULL) {
        print_message("%s\n", err.text);
        assert_non_null(strstr(err.text, " not found in ")); /* missing is all that may be wrong */
        skip();
    }
    return set;
}

static bool opens_mnist(void) {
    Error err = {""};
    const Dataset *set = dataset_open("mnist", DATASET_TRAIN, &err);
    fputs(err.text, stderr);
    return set != NULL && set->labels[0] == 5;
}

static bool look_past_bad_directory(void) {
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/bad", folder);
    setenv("DATA", path, 1);
    return opens_mnist();
}

/* The cache given as DATA, and an empty cache. */
static bool look_in_directory(void) {
    char path[PATH_BYTES];
    const char *cache = getenv("XDG_CACHE_HOME");
    snprintf(path, sizeof path, "%s%s/tidemark", cache != NULL && *cache ? cache : getenv("HOME"),
             cache != NULL && *cache ? "" : "/.cache");
    set_places("", "empty");
    setenv("DATA", path, 1);
    return opens_mnist();
}

/* Same names, other files: a directory that does not hold the set is passed over, and that is told;
 * one that holds it is used without a word. */
static void a_directory_is_used_if_its_files_are_right(void **state) {
    (void)state;
    char said[4096];
    put_idx_files("bad", 100);
    if (!in_child(opens_mnist, said, sizeof said) && strstr(said, " not found in ") != NULL) {
        print_message("%s\n", said);
        skip();
    }
    assert_in_child(look_past_bad_directory, "/bad/train-images-idx3-ubyte: wrong checksum (got ");
    unsetenv("DATA");
    assert_in_child(look_in_directory, NULL);
}

static void assert_balanced(const Dataset *set, size_t each) {
    size_t counts[10] = {0};
    for (size_t i = 0; i < set->count; i++) {
        counts[set->labels[i]]++;
    }
    for (size_t c = 0; c < 10; c++) {
        assert_int_equal(counts[c], each);
    }
}

static void mnist_is_mnist(void **state) {
    (void)state;
    const Dataset *train = real("mnist", DATASET_TRAIN), *test = real("mnist", DATASET_TEST);
    assert_int_equal(train->count, 60000);
    assert_int_equal(test->count, 10000);
    assert_int_equal(dataset_pixels(train), 784);
    assert_memory_equal(train->labels, ((uint8_t[]){5, 0, 4, 1, 9, 2, 1, 3, 1, 4}), 10);
    assert_memory_equal(test->labels, ((uint8_t[]){7, 2, 1, 0, 4, 1, 4, 9, 5, 9}), 10);
    assert_ptr_equal(dataset_open("mnist", DATASET_TRAIN, NULL), train); /* opened once */
    Real mean[784];
    double sum = 0;
    dataset_pixel_mean(train, mean);
    for (size_t p = 0; p < 784; p++) {
        sum += mean[p];
    }
    assert_close(sum / 784 / 255, 0.1307, 0, 5e-5); /* the well-known mean */
}

static void fashion_is_fashion(void **state) {
    (void)state;
    const Dataset *train = real("fashion", DATASET_TRAIN), *test = real("fashion", DATASET_TEST);
    assert_int_equal(train->labels[0], 9);
    assert_balanced(train, 6000);
    assert_balanced(test, 1000);
}

static void cifar10_is_cifar10(void **state) {
    (void)state;
    const double mean[3] = {0.4914, 0.4822, 0.4465}, deviation[3] = {0.2470, 0.2435, 0.2616};
    const Dataset *train = real("cifar10", DATASET_TRAIN), *test = real("cifar10", DATASET_TEST);
    assert_balanced(train, 5000);
    assert_balanced(test, 1000);
    for (size_t channel = 0; channel < 3; channel++) {
        uint64_t sum = 0, squares = 0;
        for (size_t i = 0; i < train->count; i++) {
            const uint8_t *plane = train->images[i] + 1024 * channel;
            uint32_t image_sum = 0, image_squares = 0;
            for (size_t p = 0; p < 1024; p++) {
                image_sum += plane[p];
                image_squares += (uint32_t)plane[p] * plane[p];
            }
            sum += image_sum;
            squares += image_squares;
        }
        double n = 1024.0 * (double)train->count;
        double average = (double)sum / n / 255, square = (double)squares / n / 255 / 255;
        assert_close(average, mean[channel], 0, 5.1e-5);
        assert_close(sqrt(square - average * average), deviation[channel], 0, 5.1e-5);
    }
}

/* A frog's first pixel is 59, 62, 63 wherever CIFAR-10 is shown. */
static void cifar10_batches_are_channels_innermost(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Batches batches;
    BatchPlan plan = {
        .set = real("cifar10", DATASET_TRAIN), .size = 2, .order = BATCH_FILE_ORDER, .scale = 1};
    batches_init(&batches, &plan, arena);
    Batch batch = batches_get(&batches, 0);
    const Real frog[6] = {59, 62, 63, 43, 46, 45};
    assert_all_bits_equal(batch.x, frog, 6);
    arena_destroy(arena);
}

static void the_real_files_verify(void **state) {
    (void)state;
    const char *const names[] = {"mnist", "fashion", "cifar10"};
    for (size_t s = 0; s < 3; s++) {
        real(names[s], DATASET_TRAIN);
        Arena *arena = arena_create();
        const char *sums = NULL;
        Error err = {""};
        if (!dataset_verify(names[s], arena, &sums, &err)) {
            fail_msg("%s", err.text);
        }
        size_t lines = 0;
        for (const char *c = sums; *c != '\0'; c++) {
            lines += *c == '\n';
        }
        assert_int_equal(lines, s == 2 ? 6 : 4);
        assert_int_equal(strncmp(sums, names[s], strlen(names[s])), 0);
        arena_destroy(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_set_is_told_with_its_places),
        cmocka_unit_test(a_damaged_cache_is_refused),
        cmocka_unit_test(a_directory_is_used_if_its_files_are_right),
        cmocka_unit_test(mnist_is_mnist),
        cmocka_unit_test(fashion_is_fashion),
        cmocka_unit_test(cifar10_is_cifar10),
        cmocka_unit_test(cifar10_batches_are_channels_innermost),
        cmocka_unit_test(the_real_files_verify),
    };
    return cmocka_run_group_tests_name("dataset", tests, make_folder, remove_folder);
}
