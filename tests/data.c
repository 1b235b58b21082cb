/* SPDX-License-Identifier: MIT
 *
 * The readers against whole and damaged files, and checksums.
 */
#include "core/data/checksum.h"
#include "core/data/dataset.h"
#include "tests/check.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_BYTES = 512, RECORD = 3073 };

static char folder[CHECK_PATH]; /* made for this run, with a space in its name */
static char images_path[PATH_BYTES], labels_path[PATH_BYTES];

/* 7 images of 3 x 4 and their labels. */
static const uint8_t good_images[16 + 84] = {0, 0, 8, 3, 0, 0, 0, 7,  0,
                                             0, 0, 3, 0, 0, 0, 4, 11, 22};
static const uint8_t good_labels[8 + 7] = {0, 0, 8, 1, 0, 0, 0, 7, 5, 0, 4, 1, 9, 2, 1};

static void in_folder(char path[PATH_BYTES], const char *name) {
    snprintf(path, PATH_BYTES, "%s/%s", folder, name);
}

static void write_file(const char *path, const void *bytes, size_t size) {
    unlink(path); /* a new file is written at leisure; one cut short and rewritten, at once */
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(size == 0 ? 1 : fwrite(bytes, size, 1, file), 1);
    assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state) {
    (void)state;
    if (!check_directory(folder, "data")) {
        return -1;
    }
    in_folder(images_path, "images");
    in_folder(labels_path, "labels");
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    char command[PATH_BYTES];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/* ---- IDX ---- */

static void restore_idx(void) {
    write_file(images_path, good_images, sizeof good_images);
    write_file(labels_path, good_labels, sizeof good_labels);
}

/* The pair is refused with one line that names `path`, and says `what` if that is not NULL. */
static void assert_refused(const char *path, const char *what) {
    Arena *arena = arena_create();
    Dataset set = {.name = "untouched"};
    Error err = {""};
    assert_false(idx_read(images_path, labels_path, arena, &set, &err));
    assert_non_null(strstr(err.text, path));
    assert_null(strchr(err.text, '\n'));
    if (what != NULL && strstr(err.text, what) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err.text, what);
    }
    assert_string_equal(set.name, "untouched");
    arena_destroy(arena);
}

static void idx_reads_what_is_there(void **state) {
    (void)state;
    restore_idx();
    Arena *arena = arena_create();
    Dataset set;
    Error err;
    assert_true(idx_read(images_path, labels_path, arena, &set, &err));
    assert_int_equal(set.count, 7);
    assert_int_equal(set.height, 3);
    assert_int_equal(set.width, 4);
    assert_int_equal(set.channels, 1);
    assert_int_equal(set.classes, 10);
    assert_false(set.planar);
    for (size_t i = 0; i < 7; i++) {
        assert_memory_equal(set.images[i], good_images + 16 + 12 * i, 12);
        assert_int_equal(set.labels[i], good_labels[8 + i]);
    }
    arena_destroy(arena);
}

static void idx_refuses_every_truncation(void **state) {
    (void)state;
    restore_idx();
    for (size_t size = 0; size < sizeof good_images; size++) {
        write_file(images_path, good_images, size);
        assert_refused(images_path, NULL);
    }
    restore_idx();
    for (size_t size = 0; size < sizeof good_labels; size++) {
        write_file(labels_path, good_labels, size);
        assert_refused(labels_path, NULL);
    }
    uint8_t longer[sizeof good_images + 1] = {0};
    memcpy(longer, good_images, sizeof good_images);
    restore_idx();
    write_file(images_path, longer, sizeof longer);
    assert_refused(images_path, "101 bytes");
    memcpy(longer, good_labels, sizeof good_labels);
    restore_idx();
    write_file(labels_path, longer, sizeof good_labels + 1);
    assert_refused(labels_path, "16 bytes");
}

/* Any one byte of a header changed to any other value. */
static void idx_refuses_every_damaged_header(void **state) {
    (void)state;
    restore_idx();
    uint8_t bytes[sizeof good_images];
    for (size_t at = 0; at < 16; at++) {
        for (unsigned change = 1; change < 256; change += at % 4 == 3 ? 1 : 37) {
            memcpy(bytes, good_images, sizeof bytes);
            bytes[at] = (uint8_t)(bytes[at] ^ change);
            write_file(images_path, bytes, sizeof bytes);
            assert_refused(images_path, at < 4 ? "magic number 2051 expected" : NULL);
        }
    }
    restore_idx();
    for (size_t at = 0; at < 8; at++) {
        for (unsigned change = 1; change < 256; change += at % 4 == 3 ? 1 : 37) {
            memcpy(bytes, good_labels, sizeof good_labels);
            bytes[at] = (uint8_t)(bytes[at] ^ change);
            write_file(labels_path, bytes, sizeof good_labels);
            assert_refused(labels_path, at < 4 ? "magic number 2049 expected" : NULL);
        }
    }
}

static void idx_refuses_what_does_not_fit(void **state) {
    (void)state;
    restore_idx();
    /* counts whose product is 2^64, that is 0, and sizes of nothing */
    write_file(images_path, (uint8_t[]){0, 0, 8, 3, 0, 0, 0, 4, 128, 0, 0, 0, 128, 0, 0, 0}, 16);
    assert_refused(images_path, NULL);
    write_file(images_path, (uint8_t[]){0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 4}, 16);
    assert_refused(images_path, "nothing inside");
    write_file(images_path, (uint8_t[]){0, 0, 8, 3, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 4}, 16);
    assert_refused(images_path, "nothing inside");
    uint8_t packed[20] = {0x1f, 0x8b, 8};
    write_file(images_path, packed, sizeof packed);
    assert_refused(images_path, "gunzip");
    restore_idx(); /* the two swapped, then six labels for seven images */
    write_file(images_path, good_labels, sizeof good_labels);
    assert_refused(images_path, NULL);
    restore_idx();
    write_file(labels_path, (uint8_t[]){0, 0, 8, 1, 0, 0, 0, 6, 1, 2, 3, 4, 5, 6}, 14);
    assert_refused(labels_path, "6 labels, but");
}

static void idx_refuses_labels_out_of_range(void **state) {
    (void)state;
    for (size_t i = 0; i < 7; i++) {
        restore_idx();
        uint8_t bytes[sizeof good_labels];
        memcpy(bytes, good_labels, sizeof bytes);
        bytes[8 + i] = i % 2 ? 10 : 255;
        write_file(labels_path, bytes, sizeof bytes);
        char what[64];
        snprintf(what, sizeof what, "label %zu is %d;", i, i % 2 ? 10 : 255);
        assert_refused(labels_path, what);
    }
}

static void idx_refuses_what_is_no_file(void **state) {
    (void)state;
    restore_idx();
    assert_int_equal(unlink(labels_path), 0);
    assert_refused(labels_path, "No such file");
    assert_int_equal(mkdir(labels_path, 0700), 0);
    assert_refused(labels_path, "not a regular file");
    assert_int_equal(rmdir(labels_path), 0);
    restore_idx();
    assert_int_equal(unlink(images_path), 0);
    assert_refused(images_path, "No such file");
    assert_int_equal(mkfifo(images_path, 0600), 0); /* nobody writes: must not wait for it */
    assert_refused(images_path, "not a regular file");
    assert_int_equal(unlink(images_path), 0);
}

/* ---- CIFAR-10 ---- */

static bool read_cifar(size_t first_size, size_t second_size, const uint8_t *bytes, Arena *arena,
                       Dataset *set, Error *err) {
    char path[2][PATH_BYTES];
    in_folder(path[0], "batch 1.bin");
    in_folder(path[1], "batch 2.bin");
    write_file(path[0], bytes, first_size);
    write_file(path[1], bytes + 3 * RECORD, second_size);
    *err = (Error){""};
    bool ok = cifar10_read((const char *[]){path[0], path[1]}, 2, arena, set, err);
    assert_true(ok || strstr(err->text, folder) != NULL);
    return ok;
}

static void cifar_reads_whole_records_only(void **state) {
    (void)state;
    Arena *arena = arena_create();
    uint8_t *bytes = arena_new(arena, uint8_t, 6 * RECORD); /* one to spare for long files */
    for (size_t i = 0; i < 5 * RECORD; i++) {
        bytes[i] = (uint8_t)(i % RECORD == 0 ? 9 - i / RECORD : 3 * i);
    }
    Dataset set;
    Error err;
    assert_true(read_cifar(3 * RECORD, 2 * RECORD, bytes, arena, &set, &err));
    assert_int_equal(set.count, 5);
    assert_int_equal(dataset_pixels(&set), RECORD - 1);
    assert_int_equal(set.channels, 3);
    assert_true(set.planar);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(set.labels[i], 9 - i);
        assert_memory_equal(set.images[i], bytes + i * RECORD + 1, RECORD - 1);
    }
    const size_t cut[] = {0, 1, 1024, 3072, 3074, 2 * RECORD - 1, 2 * RECORD + 1};
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
        assert_false(read_cifar(3 * RECORD, cut[i], bytes, arena, &set, &err));
        assert_non_null(strstr(err.text, "batch 2.bin"));
        assert_false(read_cifar(cut[i], 2 * RECORD, bytes, arena, &set, &err));
        assert_non_null(strstr(err.text, "batch 1.bin"));
    }
    bytes[4 * RECORD] = 10;
    assert_false(read_cifar(3 * RECORD, 2 * RECORD, bytes, arena, &set, &err));
    assert_non_null(strstr(err.text, "label of record 1 is 10"));
    arena_destroy(arena);
}

/* ---- checksums ---- */

static void checksums_are_those_of_the_standard(void **state) {
    (void)state;
    char path[PATH_BYTES], hex[CHECKSUM_DIGITS + 1];
    Error err = {""};
    in_folder(path, "-a 'name'\nof two \"lines\"\\");
    write_file(path, "abc", 3);
    assert_true(checksum_file(path, hex, &err));
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    write_file(path, "", 0);
    assert_true(checksum_file(path, hex, &err));
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_false(checksum_file(folder, hex, &err));
    in_folder(path, "nowhere");
    assert_false(checksum_file(path, hex, &err));
    assert_non_null(strstr(err.text, "No such file"));
}

static void every_known_set_has_its_list(void **state) {
    (void)state;
    const char *const names[] = {"mnist", "fashion", "cifar10", "svhn"};
    const size_t files[] = {4, 4, 6, 0};
    for (size_t s = 0; s < 4; s++) {
        size_t count = 99;
        const Checksum *list = checksum_list(names[s], &count);
        assert_int_equal(count, files[s]);
        for (size_t i = 0; i < count; i++) {
            assert_string_equal(list[i].set, names[s]);
            assert_int_equal(strspn(list[i].sha256, "0123456789abcdef"), CHECKSUM_DIGITS);
            assert_int_equal(strlen(list[i].sha256), CHECKSUM_DIGITS);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idx_reads_what_is_there),
        cmocka_unit_test(idx_refuses_every_truncation),
        cmocka_unit_test(idx_refuses_every_damaged_header),
        cmocka_unit_test(idx_refuses_what_does_not_fit),
        cmocka_unit_test(idx_refuses_labels_out_of_range),
        cmocka_unit_test(idx_refuses_what_is_no_file),
        cmocka_unit_test(cifar_reads_whole_records_only),
        cmocka_unit_test(checksums_are_those_of_the_standard),
        cmocka_unit_test(every_known_set_has_its_list),
    };
    return cmocka_run_group_tests_name("data", tests, make_folder, remove_folder);
}
