/* SPDX-License-Identifier: MIT
 *
 * Trials side by side: the same search with any number of workers, and after being cut off; and the
 * coordinate search on the lines that source 000 prints.
 */
#include "core/base/rng.h"
#include "core/study/trials.h"
#include "tests/check.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const double eleven[] = {-0.05, -0.04, -0.03, -0.02, -0.01, 0,
                                0.01,  0.02,  0.03,  0.04,  0.05};
static const double seven[] = {-0.03, -0.02, -0.01, 0, 0.01, 0.02, 0.03};

/* ---- the same with 1 and 4 workers, and with a log ---- */

enum { RATES = 4, BUDGET = 200 };

typedef struct Bowl {
    double seconds; /* how long a trial takes at least: the first of a line the longest */
    size_t fatal;   /* the trial that kills its worker; 0 = none */
    size_t *calls;  /* in this process */
} Bowl;

static double bowl(void *context, const Trial *trial) {
    const Bowl *b = context;
    double sum = 0;
    *b->calls += 1;
    if (b->fatal != 0 && trial->index == b->fatal) {
        _exit(3);
    }
    usleep((useconds_t)(b->seconds * 1e6 / (double)(1 + trial->index % 11)));
    for (size_t i = 0; i < RATES; i++) {
        double d = trial->values[i] - 0.1 * (double)(i + 1);
        sum += d * d + 0.3 * trial->values[0] * trial->values[i];
    }
    return sum;
}

static const Param rate = {.name = "rate", .kind = PARAM_UNIFORM, .low = 0.05, .high = 1,
                           .quantum = 0.01, .fixed = true};

static Search *rates_search(Arena *arena) {
    Param *params = arena_new(arena, Param, RATES);
    Space *space = arena_new(arena, Space, 1);
    for (size_t i = 0; i < RATES; i++) {
        params[i] = rate;
    }
    *space = (Space){params, RATES};
    return search_create(&(SearchSpec){.method = SEARCH_COORDINATE, .space = space,
                                       .budget = BUDGET,
                                       .coordinate = {.offsets = eleven, .count = 11}},
                         arena, NULL);
}

/* At most `most` batches. */
static Search *run(Trials *trials, size_t most, Arena *arena) {
    const Trial *batch;
    size_t count = 1;
    trials->search = rates_search(arena);
    while (most-- > 0 && count > 0) {
        assert_true(trials_next(trials, &batch, &count, NULL));
    }
    return trials->search;
}

static void assert_same(const Search *a, const Search *b) {
    size_t n, m;
    const Trial *x = search_trials(a, &n), *y = search_trials(b, &m);
    assert_int_equal(n, m);
    assert_true(n > BUDGET - 11 && n <= BUDGET);
    for (size_t i = 0; i < n; i++) {
        assert_all_bits_equal(x[i].values, y[i].values, RATES);
        assert_bits_equal(x[i].loss, y[i].loss);
    }
    assert_all_bits_equal(search_center(a), search_center(b), RATES);
}

static void test_workers_change_nothing(void **state) {
    (void)state;
    Arena *arena = arena_create();
    size_t calls = 0;
    Bowl here = {.calls = &calls}, there = {.seconds = 0.004, .calls = &calls};
    Search *one = run(&(Trials){.loss = bowl, .context = &here, .workers = 1}, BUDGET, arena);
    size_t count;
    search_trials(one, &count);
    assert_int_equal(calls, count);
    Search *four = run(&(Trials){.loss = bowl, .context = &there, .workers = 4}, BUDGET, arena);
    assert_int_equal(calls, count); /* the others were called elsewhere */
    assert_same(one, four);
    assert_close(search_center(one)[0], 0.53 - 5 * 0.05, 1e-14, 0); /* five lines, always down */
    arena_destroy(arena);
}

static void test_log_goes_on(void **state) {
    (void)state;
    Arena *arena = arena_create();
    size_t calls = 0;
    Bowl context = {.calls = &calls};
    char directory[CHECK_PATH], path[CHECK_PATH + 16];
    assert_true(check_directory(directory, "trials"));
    snprintf(path, sizeof path, "%s/losses", directory);
    int file = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    assert_true(file >= 0);
    Search *whole = run(&(Trials){.loss = bowl, .context = &context, .workers = 1}, BUDGET, arena);
    size_t all = calls, again;
    Trials cut = {.loss = bowl, .context = &context, .workers = 1, .log = path};
    search_trials(run(&cut, 5, arena), &again);
    assert_true(lseek(file, 0, SEEK_END) == (off_t)(again * sizeof(double)));
    assert_int_equal(write(file, "torn", 4), 4); /* a line that was being written */
    calls = 0;
    Trials on = {.loss = bowl, .context = &context, .workers = 1, .log = path};
    assert_same(run(&on, BUDGET, arena), whole);
    assert_int_equal(on.reread, again);
    assert_int_equal(calls, all - again);
    close(file);
    unlink(path);
    rmdir(directory);
    arena_destroy(arena);
}

static void test_a_dead_worker_is_told(void **state) {
    (void)state;
    Arena *arena = arena_create();
    size_t calls = 0, count;
    Bowl context = {.fatal = 3, .calls = &calls};
    Trials trials = {.search = rates_search(arena), .loss = bowl, .context = &context,
                     .workers = 2};
    const Trial *batch;
    Error err = {{0}};
    assert_false(trials_next(&trials, &batch, &count, &err));
    assert_non_null(strstr(err.text, "1 of 11 trials"));
    arena_destroy(arena);
}

/* ---- the lines that source 000 prints ---- */

typedef struct Line {
    double start, to; /* the rate before the line and after it */
    const double *offsets;
    size_t count;
    double img_diff[11];
} Line;

static const Line printed[] = {
    {0.45, 0.42, eleven, 11, /* editPeriod 5, W */
     {897.31, 896.26, 896.20, 897.58, 898.34, 898.84, 900.65, 902.48, 903.81, 904.87, 905.97}},
    {0.24, 0.25, seven, 7, {110.44, 94.66, 75.72, 216.76, 71.51, 72.34, 137.95}}, /* 12, W */
    {0.78, 0.76, seven, 7, {75.94, 68.61, 170.31, 71.51, 147.96, 148.59, 148.21}}, /* 12, b */
};

static double center_after(const Line *line, double damping, double quantum) {
    Arena *arena = arena_create();
    Param p = rate;
    p.quantum = quantum;
    Search *search = search_create(
        &(SearchSpec){.method = SEARCH_COORDINATE, .space = &(Space){&p, 1},
                      .budget = line->count,
                      .coordinate = {.start = &line->start, .offsets = line->offsets,
                                     .count = line->count, .damping = damping}},
        arena, NULL);
    const Trial *trials;
    assert_int_equal(search_ask(search, &trials), line->count);
    assert_close(search_center(search)[0], line->start, 1e-15, 0);
    for (size_t i = 0; i < line->count; i++) {
        assert_close(trials[i].values[0], line->start + line->offsets[i], 1e-14, 0);
        search_tell(search, i, line->img_diff[i]);
    }
    assert_int_equal(search_ask(search, &trials), 0);
    double center = search_center(search)[0];
    arena_destroy(arena);
    return center;
}

/* Four lines of one rate from 0.07 down to its bound: 8, 6, 6, 6 trials, not 44. */
static void test_lines_end_a_search(void **state) {
    (void)state;
    Arena *arena = arena_create();
    double start = 0.07;
    Search *search = search_create(
        &(SearchSpec){.method = SEARCH_COORDINATE, .space = &(Space){&rate, 1}, .budget = 44,
                      .coordinate = {.start = &start, .offsets = eleven, .count = 11, .lines = 4}},
        arena, NULL);
    const Trial *trials;
    size_t counts[5];
    for (size_t line = 0; line < 5; line++) {
        counts[line] = search_ask(search, &trials);
        for (size_t i = 0; i < counts[line]; i++) {
            search_tell(search, trials[i].index, trials[i].values[0]);
        }
    }
    const size_t expected[5] = {8, 6, 6, 6, 0};
    assert_memory_equal(counts, expected, sizeof counts);
    assert_close(search_center(search)[0], 0.05, 0, 0);
    arena_destroy(arena);
}

static void test_printed_lines(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof printed / sizeof *printed; i++) {
        const Line *line = &printed[i];
        assert_close(center_after(line, 0, 0.01), line->to, 1e-15, 0);
        assert_close(center_after(line, 0.5, 0), (line->start + line->to) / 2, 1e-14, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_workers_change_nothing),
        cmocka_unit_test(test_log_goes_on),
        cmocka_unit_test(test_a_dead_worker_is_told),
        cmocka_unit_test(test_lines_end_a_search),
        cmocka_unit_test(test_printed_lines),
    };
    return cmocka_run_group_tests_name("trials", tests, NULL, NULL);
}
