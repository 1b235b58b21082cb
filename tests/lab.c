/* SPDX-License-Identifier: MIT
 *
 * The pool, the plan, the command line, stamps and manifests.  Started with TIDEMARK_TEST_DRIVER in
 * the environment this program is a driver itself: tests/lab.sh runs it.
 */
#include "core/lab/lab.h"
#include "core/lab/manifest.h"
#include "core/lab/pool.h"
#include "core/lab/progress.h"
#include "tests/check.h"
#include "tests/lab_driver.h"
#include <errno.h>
#include <stdatomic.h>
#include <sys/wait.h>

/* ---- pool ---- */

typedef struct Board {
    atomic_int running, most;
    int visits[64];
    PieceEnd ends[64];
    int details[64];
    pid_t pids[64];
} Board;

static void rest(long milliseconds) {
    nanosleep(
        &(struct timespec){.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000},
        NULL);
}

static bool visit(void *context, size_t piece) {
    Board *board = context;
    int now = atomic_fetch_add(&board->running, 1) + 1;
    int most = atomic_load(&board->most);
    while (now > most && !atomic_compare_exchange_weak(&board->most, &most, now)) {
    }
    rest(5);
    board->visits[piece]++;
    atomic_fetch_sub(&board->running, 1);
    return true;
}

static void note_end(void *context, size_t piece, PieceEnd end, int detail) {
    Board *board = context;
    board->ends[piece] = end;
    board->details[piece] = detail;
}

static void pool_visits_every_piece_once(void **state) {
    (void)state;
    static const size_t jobs[] = {1, 3, 64, 0};
    for (size_t j = 0; j < 4; j++) {
        Board *board = pool_shared(sizeof *board);
        Pool pool = {.jobs = jobs[j], .work = visit, .context = board};
        assert_int_equal(pool_run(&pool, 20), 0);
        for (size_t piece = 0; piece < 64; piece++) {
            assert_int_equal(board->visits[piece], piece < 20);
        }
        size_t allowed = jobs[j] != 0 ? jobs[j] : pool_cores();
        assert_true((size_t)board->most <= allowed);
        assert_true(allowed == 1 || board->most > 1); /* and it is used */
        pool_unshare(board, sizeof *board);
    }
    Pool nothing = {.work = visit};
    assert_int_equal(pool_run(&nothing, 0), 0);
}

static bool end_in_many_ways(void *context, size_t piece) {
    (void)context;
    switch (piece) {
    case 1:
        return false;
    case 2:
        _exit(9);
    case 3:
        raise(SIGKILL);
        return true;
    default:
        return true;
    }
}

static void pool_tells_how_pieces_ended(void **state) {
    (void)state;
    Board board = {0};
    Pool pool = {.jobs = 2, .work = end_in_many_ways, .ended = note_end, .context = &board};
    assert_int_equal(pool_run(&pool, 5), 3);
    static const PieceEnd ends[] = {PIECE_OK, PIECE_FAILED, PIECE_FAILED, PIECE_DIED, PIECE_OK};
    static const int details[] = {0, 1, 9, SIGKILL, 0};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(board.ends[i], ends[i]);
        assert_int_equal(board.details[i], details[i]);
    }
}

static bool first_is_enough(void *context, size_t piece) {
    Board *board = context;
    board->pids[piece] = getpid();
    if (piece > 0) {
        rest(20000);
    }
    return true;
}

static bool none_has_ended(void *context) {
    return ((const Board *)context)->details[63] == 0;
}

static void mark_end(void *context, size_t piece, PieceEnd end, int detail) {
    (void)piece, (void)end, (void)detail;
    ((Board *)context)->details[63] = 1;
}

static void pool_stops_when_told(void **state) {
    (void)state;
    Board *board = pool_shared(sizeof *board);
    Pool pool = {.jobs = 2,
                 .work = first_is_enough,
                 .ended = mark_end,
                 .go_on = none_has_ended,
                 .context = board};
    double began = progress_clock();
    assert_int_equal(pool_run(&pool, 10), 9);
    assert_true(progress_clock() - began < 10);
    assert_int_equal(board->pids[5], 0); /* never begun */
    assert_true(board->pids[1] == 0 || kill(board->pids[1], 0) != 0);
    pool_unshare(board, sizeof *board);
}

static bool run_inner_pool(void *context, size_t piece) {
    (void)piece;
    Pool inner = {.jobs = 2, .work = visit, .context = context};
    return pool_run(&inner, 4) == 0;
}

static void pools_nest(void **state) {
    (void)state;
    Board *board = pool_shared(sizeof *board);
    Pool outer = {.jobs = 2, .work = run_inner_pool, .context = board};
    assert_int_equal(pool_run(&outer, 2), 0);
    pool_unshare(board, sizeof *board);
}

static bool sleep_long(void *context, size_t piece) {
    ((Board *)context)->pids[piece] = getpid();
    rest(20000);
    return true;
}

static bool sleep_in_inner_pool(void *context, size_t piece) {
    (void)piece;
    Pool inner = {.jobs = 2, .work = sleep_long, .context = context};
    return pool_run(&inner, 2) == 0;
}

static void note_interruption(void *context, int signal_number) {
    ((Board *)context)->details[0] = signal_number;
}

/* Runs a pool that would take long in a child and sends it a signal once the pieces are at work. */
static int signalled_pool(Board *board, bool (*work)(void *, size_t), int signal_number,
                          bool ignored) {
    pid_t child = fork();
    if (child == 0) {
        signal(signal_number, ignored ? SIG_IGN : SIG_DFL); /* nohup leaves SIGHUP ignored */
        Pool pool = {.jobs = 2, .work = work, .interrupted = note_interruption, .context = board};
        pool_run(&pool, work == sleep_long ? 2 : 1);
        _exit(0);
    }
    while (*(volatile pid_t *)&board->pids[1] == 0 || *(volatile pid_t *)&board->pids[0] == 0) {
        rest(1);
    }
    kill(child, signal_number);
    int status = 0;
    if (ignored) {
        rest(200);
        assert_int_equal(waitpid(child, &status, WNOHANG), 0);
        kill(child, SIGKILL);
    }
    waitpid(child, &status, 0);
    return status;
}

/* Orphans are collected by init, which may take a moment. */
static bool gone(pid_t pid) {
    for (int i = 0; i < 2000; i++) {
        char path[64], process_state = 'Z';
        snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
        FILE *file = fopen(path, "r");
        if (file == NULL) {
            return true;
        }
        int fields = fscanf(file, "%*d %*s %c", &process_state);
        fclose(file);
        if (fields == 1 && process_state == 'Z') {
            return true;
        }
        rest(1);
    }
    return false;
}

static void signals_end_pool_and_children(void **state) {
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t s = 0; s < 3; s++) {
        for (int nested = 0; nested < 2; nested++) {
            Board *board = pool_shared(sizeof *board);
            int status =
                signalled_pool(board, nested ? sleep_in_inner_pool : sleep_long, signals[s], false);
            assert_true(WIFSIGNALED(status));
            assert_int_equal(WTERMSIG(status), signals[s]);
            assert_int_equal(board->details[0], signals[s]);
            assert_true(gone(board->pids[0]) && gone(board->pids[1]));
            pool_unshare(board, sizeof *board);
        }
    }
}

static void ignored_signal_is_ignored(void **state) {
    (void)state;
    Board *board = pool_shared(sizeof *board);
    int status = signalled_pool(board, sleep_long, SIGINT, true);
    assert_int_equal(WTERMSIG(status), SIGKILL);
    assert_int_equal(board->details[0], 0);
    /* and nobody outlives a parent that was killed */
    assert_true(gone(board->pids[0]) && gone(board->pids[1]));
    pool_unshare(board, sizeof *board);
}

/* ---- plan ---- */

static const Column key_only[] = {{"policy", TIER_KEY}, {NULL, TIER_KEY}};
static const TableSpec one_table[] = {{"ends", key_only}, {NULL, NULL}};
static const Experiment planned = {.name = "planned",
                                   .config_size = sizeof(FakeConfig),
                                   .tables = one_table,
                                   .plan = fake_plan,
                                   .parse = fake_parse};

static void keys_are_checked(void **state) {
    (void)state;
    static const char *const good[] = {"a=1", "rate=1e-3,seed=2", "x_y=+.5,b=c.d-e"};
    static const char *const bad[] = {"",         "a",     "a=",   "=1",     "a=1,",
                                      ",a=1",     "a=1,b", "a=1 ", "a=1/2",  "../a=1",
                                      "a=1,,b=2", "a=%",   "a=\n", "a=1,=2", ".a=1"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_null(plan_key_fault(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_non_null(plan_key_fault(bad[i]));
    }
    char key[400] = "a=";
    memset(key + 2, '1', 158);
    assert_null(plan_key_fault(key));
    key[160] = '1';
    assert_non_null(plan_key_fault(key));
}

static void patterns_fit_keys(void **state) {
    (void)state;
    const char *key = "policy=triangular2,rate=0.25,seed=3";
    static const char *const fitting[] = {"policy=triangular2",
                                          "seed=3",
                                          "rate=.25",
                                          "rate=25e-2",
                                          "seed=3,rate=0.250",
                                          "policy=tri*",
                                          "*seed=[1-3]",
                                          "policy=tri*,seed=?",
                                          "policy=triangular2,rate=0.25,seed=3"};
    static const char *const other[] = {
        "policy=triangular", "seed=33", "seed=", "eed=3", "rate=0.2",
        "seed=3,rate=1",     "seed",    "",      "rate=", "seed=3,"};
    for (size_t i = 0; i < sizeof fitting / sizeof fitting[0]; i++) {
        assert_true(plan_key_fits(key, fitting[i]));
    }
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        assert_false(plan_key_fits(key, other[i]));
    }
}

static void shards_share_the_plan_out(void **state) {
    (void)state;
    int taken[64] = {0};
    for (size_t shard = 0; shard < 3; shard++) {
        Plan *plan = plan_create(&planned, SCALE_DESK, 0);
        Options options = {.shard = shard, .shards = 3};
        Error err;
        assert_int_equal(plan->count, 20);
        assert_true(plan_select(plan, &planned, &options, &err));
        for (size_t i = 0; i < plan->count; i++) {
            taken[i] += plan->cells[i].selected;
            assert_int_equal(plan->cells[i].selected, i % 3 == shard);
        }
        plan_free(plan);
    }
    for (size_t i = 0; i < 20; i++) {
        assert_int_equal(taken[i], 1);
    }
}

static void cells_beside_the_plan(void **state) {
    (void)state;
    Error err;
    Plan *plan = plan_create(&planned, SCALE_DESK, 3);
    assert_int_equal(*plan->seeds_used, 3);
    Options options = {.shards = 1, .only = "rate=0.125"};
    assert_true(plan_select(plan, &planned, &options, &err));
    assert_int_equal(plan->count, 13);
    assert_string_equal(plan->cells[12].key, "rate=0.125");
    assert_true(plan->cells[12].selected && !plan->cells[0].selected);
    const FakeConfig *config = plan->cells[12].config;
    assert_true(config->rate == 0.125);

    options.only = "speed=3";
    assert_false(plan_select(plan, &planned, &options, &err));
    assert_non_null(strstr(err.text, "speed=3"));
    assert_non_null(strstr(err.text, "policy=plain,rate=0.5,seed=1"));
    assert_int_equal(plan->count, 13);
    plan_free(plan);
}

static void add_same_key_twice(Plan *plan) {
    fake_add(plan, "plain", 1, 1);
    fake_add(plan, "plain", 1, 1);
}

static void same_key_twice_is_refused(void **state) {
    (void)state;
    Experiment twice = planned;
    twice.plan = add_same_key_twice;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        fclose(stderr);
        plan_create(&twice, SCALE_DESK, 0);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    assert_int_equal(WEXITSTATUS(status), 2);
}

/* ---- command line ---- */

static bool parse(Options *options, Error *err, const char *one, const char *two) {
    char *argv[] = {(char[]){"driver"}, strdup(one), two != NULL ? strdup(two) : NULL, NULL};
    bool good = options_parse(two != NULL ? 3 : 2, argv, options, err);
    free(argv[1]);
    free(argv[2]);
    return good;
}

static void options_are_read_strictly(void **state) {
    (void)state;
    static const char *const wrong[][2] = {{"--scale", "Desk"},
                                           {"--scale", ""},
                                           {"--seeds", "0"},
                                           {"--seeds", "1001"},
                                           {"--seeds", "3x"},
                                           {"--seeds", "-3"},
                                           {"--seeds", " 3"},
                                           {"--seeds", "+3"},
                                           {"--seeds", "0x3"},
                                           {"--jobs", "0"},
                                           {"--jobs", "99999999999999999999"},
                                           {"--shard", "3/3"},
                                           {"--shard", "1"},
                                           {"--shard", "1/"},
                                           {"--shard", "/2"},
                                           {"--shard", "-1/2"},
                                           {"--shard", "0/0"},
                                           {"--shard", "1/2/3"},
                                           {"--blas", "mkl"},
                                           {"--out", ""},
                                           {"--only", ""},
                                           {"--sea", "3"},
                                           {"--s", "3"},
                                           {"stray", NULL},
                                           {"--list=3", NULL},
                                           {"-q", NULL},
                                           {"--seeds", NULL}};
    Options options;
    Error err;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(parse(&options, &err, wrong[i][0], wrong[i][1]));
        assert_non_null(strstr(err.text, "see --help"));
        assert_null(strchr(err.text, '\n'));
    }
    assert_true(parse(&options, &err, "--shard", "2/3"));
    assert_true(options.shard == 2 && options.shards == 3 && options.scale == SCALE_DESK);
    assert_string_equal(options.out, "results/local");
    assert_true(parse(&options, &err, "--seeds=1000", "--scale=paper"));
    assert_true(options.seeds == 1000 && options.scale == SCALE_PAPER);
}

/* ---- small things ---- */

static void checksum_is_fnv1a(void **state) {
    (void)state;
    static const char *const known[][2] = {
        {"", "cbf29ce484222325"}, {"a", "af63dc4c8601ec8c"}, {"foobar", "85944171f73967e8"}};
    for (size_t i = 0; i < 3; i++) {
        char text[17];
        cells_checksum(known[i][0], strlen(known[i][0]), text);
        assert_string_equal(text, known[i][1]);
    }
}

static void durations_are_short(void **state) {
    (void)state;
    char text[32];
    assert_string_equal(progress_duration(0.04, text), "0.0 s");
    assert_string_equal(progress_duration(9.94, text), "9.9 s");
    assert_string_equal(progress_duration(9.96, text), "10 s");
    assert_string_equal(progress_duration(119, text), "2 min");
    assert_string_equal(progress_duration(9000, text), "2.5 h");
}

static void manifest_holds_no_paths(void **state) {
    (void)state;
    setenv("OMP_FAKE", "/home/someone/a.so:/opt/b.so x=/y/z plain", 1);
    Table *manifest = manifest_create();
    manifest_add(manifest, "pair", "%s", "a=1,b=\"2\"");
    manifest_add_machine(manifest);
    unsetenv("OMP_FAKE");
    assert_true(manifest_has(manifest, "pair", "a=1,b=\"2\""));
    assert_true(manifest_has(manifest, "environment OMP_FAKE", "a.so:b.so x=z plain"));
    assert_null(manifest_value(manifest, "no such key"));
    assert_non_null(manifest_value(manifest, "cpu"));
    table_free(manifest);
}

static void results_that_are_not_there_are_empty(void **state) {
    (void)state;
    Error err;
    Results *results = results_open(&planned, "/nonexistent", SCALE_PAPER, &err);
    assert_non_null(results);
    assert_int_equal(table_rows(results_table(results, "ends")), 0);
    assert_int_equal(table_columns(results_table(results, "ends")), 1);
    assert_string_equal(results_scale(results), "paper");
    results_close(results);
}

/* --jobs are shared out among the cells of a run. */
static void workers_share_the_jobs(void **state) {
    (void)state;
    assert_int_equal(run_workers(8, 1), 8);
    assert_int_equal(run_workers(8, 3), 2);
    assert_int_equal(run_workers(8, 8), 1);
    assert_int_equal(run_workers(8, 100), 1);
    assert_int_equal(run_workers(1, 1), 1);
    assert_int_equal(run_workers(8, 0), 1);
    assert_int_equal(run_workers(0, 1), pool_cores());
}

int main(int argc, char **argv) {
    if (getenv("TIDEMARK_TEST_DRIVER") != NULL) {
        return fake_main(argc, argv);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pool_visits_every_piece_once),
        cmocka_unit_test(pool_tells_how_pieces_ended),
        cmocka_unit_test(pool_stops_when_told),
        cmocka_unit_test(pools_nest),
        cmocka_unit_test(signals_end_pool_and_children),
        cmocka_unit_test(ignored_signal_is_ignored),
        cmocka_unit_test(keys_are_checked),
        cmocka_unit_test(patterns_fit_keys),
        cmocka_unit_test(shards_share_the_plan_out),
        cmocka_unit_test(cells_beside_the_plan),
        cmocka_unit_test(same_key_twice_is_refused),
        cmocka_unit_test(options_are_read_strictly),
        cmocka_unit_test(workers_share_the_jobs),
        cmocka_unit_test(checksum_is_fnv1a),
        cmocka_unit_test(durations_are_short),
        cmocka_unit_test(manifest_holds_no_paths),
        cmocka_unit_test(results_that_are_not_there_are_empty),
    };
    return cmocka_run_group_tests_name("lab", tests, NULL, NULL);
}
