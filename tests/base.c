/* SPDX-License-Identifier: MIT
 *
 * base.c - tests of the scalar base floor: the comparisons themselves, errors, arena.
 */
#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/exact.h"
#include "core/base/rng.h"
#include "tests/check.h"
#include <Random123/philox.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* ---- what a process does that ends ---- */

typedef struct Ending {
    int status;
    char output[2048]; /* of standard error */
} Ending;

static Ending run_in_child(void (*work)(void)) {
    int pipe_ends[2];
    assert_int_equal(pipe(pipe_ends), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(pipe_ends[1], STDERR_FILENO);
        dup2(pipe_ends[1], STDOUT_FILENO);
        work();
        _exit(99);
    }
    close(pipe_ends[1]);
    Ending ending = {0};
    size_t used = 0;
    for (ssize_t got = 1; got > 0 && used < sizeof ending.output - 1; used += (size_t)got) {
        got = read(pipe_ends[0], ending.output + used, sizeof ending.output - 1 - used);
        assert_true(got >= 0);
    }
    close(pipe_ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    ending.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ending;
}

/* ---- check.h ---- */

static void close_accepts(void **state) {
    (void)state;
    assert_true(check_close(1, 1, 0, 0));
    assert_true(check_close(1 + 1e-7, 1, 1e-6, 0));
    assert_true(check_close(0, -0.0, 0, 0));
    assert_true(check_close(1e-9, 0, 0, 1e-8));
    assert_true(check_close(-1e300, -1e300 * (1 + 1e-12), 1e-11, 0));
    assert_true(check_close(INFINITY, INFINITY, 0, 0));
    assert_true(check_same_bits(NAN, -NAN));
    assert_true(check_same_bits(0x1p-1074, 0x1p-1074));
}

static void close_refuses(void **state) {
    (void)state;
    assert_false(check_close(NAN, 1, 1, 1));
    assert_false(check_close(1, NAN, 1, 1));
    assert_false(check_close(NAN, NAN, 1, 1));
    assert_false(check_close(NAN, INFINITY, 1, 1));
    assert_false(check_close(1, 1, NAN, 0));
    assert_false(check_close(1e-9, 2e-9, 1e-6, 0)); /* a float comparison with 1e-8 passes this */
    assert_false(check_close(1 + 3e-6, 1, 1e-6, 0));
    assert_false(check_close(1 + 1e-12, 1, 1e-13, 0)); /* the same number in float */
    assert_false(check_close(1, -1, 0.5, 0));
    assert_false(check_close(INFINITY, -INFINITY, 1, 1));
    assert_false(check_close(INFINITY, 1e308, 1, 1));
    assert_false(check_close(1e308, INFINITY, 1, 1));
    assert_false(check_same_bits(0, -0.0));
    assert_false(check_same_bits(1, nextafter(1, 2)));
    assert_false(check_same_bits(NAN, 1));
}

static void fails_scalar(void **state) {
    (void)state;
    assert_close(NAN, 1.0, 1e-6, 1e-6);
}

static void fails_array(void **state) {
    (void)state;
    const float got[] = {1, 2, 3}, want[] = {1, 2, 3.5F};
    assert_all_close(got, want, 2, 0, 0);
    assert_all_close(got, want, 3, 1e-3, 0);
}

static void fails_bits(void **state) {
    (void)state;
    assert_bits_equal(0.0, -0.0);
}

static void fails_array_bits(void **state) {
    (void)state;
    const double got[] = {1, 2}, want[] = {1, 2 + 0x1p-51};
    assert_all_bits_equal(got, want, 2);
}

static void run_failing_tests(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fails_scalar),
        cmocka_unit_test(fails_array),
        cmocka_unit_test(fails_bits),
        cmocka_unit_test(fails_array_bits),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fflush(NULL);
    _exit(failed);
}

static void assertions_fail_when_they_must(void **state) {
    (void)state;
    Ending ending = run_in_child(run_failing_tests);
    assert_int_equal(ending.status, 4);
    assert_non_null(strstr(ending.output, "NAN: got nan"));
    assert_non_null(strstr(ending.output, "got[2]: got 3 "));
    assert_non_null(strstr(ending.output, "want 2.0000000000000004 (0x1.0000000000001p+1)"));
    assert_non_null(strstr(ending.output, "tests/base.c:"));
}

/* ---- error.h ---- */

static void error_sentences(void **state) {
    (void)state;
    Error err = {{0}};
    assert_false(error_set(&err, "%s: %d bytes expected", "images", 16));
    assert_string_equal(err.text, "images: 16 bytes expected");
    assert_false(error_prefix(&err, "cell %d", 7));
    assert_string_equal(err.text, "cell 7: images: 16 bytes expected");
    error_set(&err, "again: %s", err.text); /* its own text as an argument */
    assert_string_equal(err.text, "again: cell 7: images: 16 bytes expected");
    error_set(&err, "two\nlines\r");
    assert_string_equal(err.text, "two lines ");
    assert_false(error_set(NULL, "nobody asks"));
    assert_false(error_prefix(NULL, "nobody asks"));
}

static void error_too_long_is_cut(void **state) {
    (void)state;
    char text[3000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    Error err;
    error_set(&err, "%s", text);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    error_set(&err, "the reason");
    error_prefix(&err, "%.1020s", text);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_string_equal(err.text + 1020, ": t");
}

static void die_now(void) {
    die("table %s:\n%d fields", "loss.csv", 3);
}

static void die_says_one_line(void **state) {
    (void)state;
    Ending ending = run_in_child(die_now);
    assert_int_equal(ending.status, 2);
    assert_string_equal(ending.output, "tidemark: table loss.csv: 3 fields\n");
}

/* ---- arena.h ---- */

static void arena_blocks(void **state) {
    (void)state;
    Arena *arena = arena_create();
    unsigned char *blocks[200];
    for (size_t i = 0; i < LENGTH(blocks); i++) {
        blocks[i] = arena_alloc(arena, i, 7);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % 64, 0);
        for (size_t k = 0; k < 7 * i; k++) {
            assert_int_equal(blocks[i][k], 0);
        }
        memset(blocks[i], (int)i, 7 * i);
    }
    for (size_t i = 1; i < LENGTH(blocks); i++) { /* none overwrote another */
        assert_int_equal(blocks[i][0], i);
        assert_int_equal(blocks[i][7 * i - 1], i);
    }
    double *numbers = arena_new(arena, double, 3);
    assert_bits_equal(numbers[2], 0.0);
    assert_non_null(arena_copy(arena, NULL, 0));
    assert_memory_equal(arena_copy(arena, "abc", 3), "abc", 3);
    assert_string_equal(arena_string(arena, ""), "");
    assert_string_equal(arena_format(arena, "%s=%d", "seed", 3), "seed=3");
    assert_int_equal(strlen(arena_format(arena, "%5000d", 1)), 5000);
    arena_destroy(arena);
    arena_destroy(NULL);
}

static void allocate_too_many(void) {
    arena_alloc(arena_create(), SIZE_MAX / 2, 3);
}

#ifndef __has_feature /* clang's way to ask; gcc defines a macro */
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

static void allocate_too_much(void) {
    arena_alloc(arena_create(), (size_t)1 << 60, 1);
}

static void arena_out_of_memory(void **state) {
    (void)state;
    Ending ending = run_in_child(allocate_too_many);
    assert_int_equal(ending.status, 2);
    assert_non_null(strstr(ending.output, "tidemark: out of memory: "));
    if (!sanitized) { /* the sanitizer ends the process itself */
        ending = run_in_child(allocate_too_much);
        assert_int_equal(ending.status, 2);
        assert_non_null(strstr(ending.output, "out of memory: 1152921504606846976 bytes"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(close_accepts),
        cmocka_unit_test(close_refuses),
        cmocka_unit_test(assertions_fail_when_they_must),
        cmocka_unit_test(error_sentences),
        cmocka_unit_test(error_too_long_is_cut),
        cmocka_unit_test(die_says_one_line),
        cmocka_unit_test(arena_blocks),
        cmocka_unit_test(arena_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
