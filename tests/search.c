/* SPDX-License-Identifier: MIT
 *
 * Spaces and searches: values, points against SciPy's, bad input, and that trials depend on nothing
 * but seed, number and the losses before them.
 */
#include "core/search/search.h"
#include "core/base/engine.h"
#include "core/lab/pool.h"
#include "core/search/points.h"
#include "tests/check.h"
#include "tests/fixtures/scipy_sobol.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

static const char *const units[] = {"tanh", "relu", "sigmoid", NULL};

static const Param params[] = {
    {.name = "rate", .kind = PARAM_LOG, .low = 1e-3, .high = 10},
    {.name = "hidden", .kind = PARAM_LOG, .low = 18, .high = 1024, .quantum = 1},
    {.name = "unit", .kind = PARAM_CHOICE, .choices = units},
    {.name = "share", .kind = PARAM_UNIFORM, .low = 0, .high = 0.5, .fixed = true},
    {.name = "slope", .kind = PARAM_UNIFORM, .low = -1, .high = 1, .conditional = true, .parent = 2,
     .when = 1}};
static const Space space = {params, LENGTH(params)};

static const Param plane_params[] = {{.name = "x", .kind = PARAM_UNIFORM, .low = 0, .high = 1},
                                     {.name = "y", .kind = PARAM_UNIFORM, .low = 0, .high = 1}};
static const Space plane = {plane_params, 2};

/* ---- spaces ---- */

static void values_of_places(void **state) {
    (void)state;
    double values[5], features[5];
    space_values(&space, (double[]){0.5, 0, 0.4, 1, 0.25}, values);
    assert_close(values[0], 0.1, 1e-14, 0);
    assert_bits_equal(values[1], 18);
    assert_bits_equal(values[2], 1);
    assert_bits_equal(values[3], 0.5);
    assert_bits_equal(values[4], -0.5);
    space_features(&space, values, features);
    assert_all_close(features, ((double[]){0.5, 0, 0.5, 1, 0.25}), 5, 0, 1e-14);
    space_values(&space, (double[]){1, 1, 1, 0, 0.25}, values);
    assert_bits_equal(values[0], 10);
    assert_bits_equal(values[1], 1024);
    assert_bits_equal(values[2], 2); /* place 1 is the last alternative */
    assert_true(isnan(values[4]));   /* its unit is not chosen */
    space_features(&space, values, features);
    assert_bits_equal(features[4], 0.5);
}

static void quanta_stay_inside(void **state) {
    (void)state;
    Param p = {.name = "n", .kind = PARAM_UNIFORM, .low = 7, .high = 23, .quantum = 5};
    assert_bits_equal(param_value(&p, 0), 10);
    assert_bits_equal(param_value(&p, 1), 20);
    for (int i = 0; i <= 100; i++) {
        double value = param_value(&p, i / 100.0);
        assert_true(value == 10 || value == 15 || value == 20);
    }
}

static void refuses(const SearchSpec *spec, const char *word) {
    Arena *arena = arena_create();
    Error err = {""};
    assert_null(search_create(spec, arena, &err));
    if (!strstr(err.text, word))
        fail_msg("'%s' is not in '%s'", word, err.text);
    assert_null(strchr(err.text, '\n'));
    arena_destroy(arena);
}

static void refuses_param(Param param, const char *word) {
    Space one = {&param, 1};
    refuses(&(SearchSpec){.method = SEARCH_RANDOM, .space = &one, .budget = 5}, word);
}

static void bad_input(void **state) {
    (void)state;
    Space empty = {NULL, 0};
    refuses(&(SearchSpec){.method = SEARCH_RANDOM, .space = &empty, .budget = 5}, "empty");
    refuses(&(SearchSpec){.method = SEARCH_BAYES, .space = &space, .budget = 0}, "budget");
    refuses_param((Param){.name = "a", .low = 2, .high = 1}, "above the upper bound");
    refuses_param((Param){.name = "a", .kind = PARAM_LOG, .low = 0, .high = 1}, "log scale");
    refuses_param((Param){.name = "a", .kind = PARAM_LOG, .low = -1, .high = 1}, "log scale");
    refuses_param((Param){.name = "a", .low = 0, .high = (double)INFINITY}, "not finite");
    refuses_param((Param){.name = "a", .low = 0.1, .high = 0.9, .quantum = 1}, "quantum");
    refuses_param((Param){.name = "a", .kind = PARAM_CHOICE}, "without alternatives");
    refuses_param((Param){.low = 0, .high = 1}, "no name");
    refuses_param((Param){.name = "a", .high = 1, .conditional = true}, "parent");
    refuses(&(SearchSpec){.method = SEARCH_GRID, .space = &plane, .budget = 6,
                          .shape = (size_t[]){2, 2}}, "shape");
    refuses(&(SearchSpec){.method = SEARCH_COORDINATE, .space = &plane, .budget = 6}, "offsets");
    refuses(&(SearchSpec){.method = SEARCH_HALVING, .space = &plane, .budget = 6, .eta = 1}, "eta");
    refuses(&(SearchSpec){.method = SEARCH_COARSE_TO_FINE, .space = &plane, .budget = 2}, "rounds");
    refuses(&(SearchSpec){.method = SEARCH_COARSE_TO_FINE, .space = &plane, .budget = 9,
                          .coarse = {.shrink = 2}}, "shrink");
}

/* ---- points ---- */

static void sobol_as_scipy(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(scipy_sobol_at); i++) {
        double at[SOBOL_MAX];
        points_sobol(0, false, scipy_sobol_at[i], at, SOBOL_MAX);
        for (size_t d = 0; d < SOBOL_MAX; d++)
            assert_bits_equal(at[d] * 0x1p30, scipy_sobol[i][d]);
    }
}

/* The first 2^m points of each axis, shifted or not, hit every slice of 2^-m once. */
static void sobol_axes_are_even(void **state) {
    (void)state;
    int hits[SOBOL_MAX][256] = {{0}};
    for (uint64_t k = 0; k < 256; k++) {
        double at[SOBOL_MAX];
        points_sobol(7, true, k, at, SOBOL_MAX);
        for (size_t d = 0; d < SOBOL_MAX; d++)
            hits[d][(int)(at[d] * 256)]++;
    }
    for (size_t d = 0; d < SOBOL_MAX; d++)
        for (int slice = 0; slice < 256; slice++)
            assert_int_equal(hits[d][slice], 1);
}

static void halton_by_hand(void **state) {
    (void)state;
    double at[3];
    points_halton(0, false, 5, at, 3); /* 6 = 110 in base 2, 20 in base 3, 11 in base 5 */
    assert_all_close(at, ((double[]){3.0 / 8, 2.0 / 9, 6.0 / 25}), 3, 1e-15, 0);
    points_halton(3, true, 5, at, 3);
    for (int d = 0; d < 3; d++)
        assert_true(at[d] >= 0 && at[d] < 1);
}

static void latin_slices(void **state) {
    (void)state;
    enum { N = 37 };
    uint32_t permutations[2 * N];
    int hits[2][N] = {{0}};
    points_latin_plan(5, permutations, N, 2);
    for (size_t k = 0; k < N; k++) {
        double at[2];
        points_latin(5, permutations, N, k, at, 2);
        hits[0][(int)(at[0] * N)]++;
        hits[1][(int)(at[1] * N)]++;
    }
    for (int i = 0; i < N; i++)
        assert_true(hits[0][i] == 1 && hits[1][i] == 1);
}

static void grid_shapes(void **state) {
    (void)state;
    size_t shapes[30];
    static const size_t want[] = {1, 1, 16, 1, 2, 8, 1, 4, 4, 2, 2, 4};
    assert_int_equal(points_grid_shapes(16, 3, shapes, 10), 4);
    for (size_t i = 0; i < LENGTH(want); i++)
        assert_int_equal(shapes[i], want[i]);
    assert_int_equal(points_grid_shapes(7, 2, shapes, 10), 1);
    assert_int_equal(points_grid_shapes(1, 5, shapes, 6), 1);
    assert_int_equal(points_grid_shapes(0, 2, shapes, 10), 0);
    double at[2];
    points_grid((size_t[]){2, 5}, 8, at, 2);
    assert_all_close(at, ((double[]){0.75, 0.7}), 2, 1e-15, 0);
}

/* ---- searches ---- */

/* A bowl whose lowest place is at (0.7, 0.2). */
static double bowl(const double *v) {
    return (v[0] - 0.7) * (v[0] - 0.7) + 3 * (v[1] - 0.2) * (v[1] - 0.2);
}

static double mixed(const double *v) {
    double slope = isnan(v[4]) ? 0.5 : v[4] * v[4];
    return fabs(log10(v[0]) + 1) + fabs(v[1] - 200) / 200 + v[2] * 0.1 + v[3] + slope;
}

static const double offsets[] = {-0.2, -0.1, 0, 0.1, 0.2};

static SearchSpec spec_of(SearchMethod method, const Space *of) {
    return (SearchSpec){.method = method, .space = of, .budget = 40, .seed = 3,
                        .bayes = {.batch = 3, .candidates = 100},
                        .coordinate = {.offsets = offsets, .count = LENGTH(offsets)}};
}

/* Losses told first to last or last to first. */
static Search *finish(const SearchSpec *spec, double (*loss)(const double *), bool backwards,
                      Arena *arena) {
    Error err;
    Search *search = search_create(spec, arena, &err);
    assert_non_null(search);
    const Trial *trials;
    for (size_t n; (n = search_ask(search, &trials)) > 0;)
        for (size_t i = 0; i < n; i++) {
            const Trial *t = &trials[backwards ? n - 1 - i : i];
            search_tell(search, t->index, loss(t->values));
        }
    return search;
}

static void assert_same_trials(const Search *a, const Search *b, size_t dimensions) {
    size_t n, m;
    const Trial *x = search_trials(a, &n), *y = search_trials(b, &m);
    assert_int_equal(n, m);
    for (size_t i = 0; i < n; i++)
        assert_all_bits_equal(x[i].values, y[i].values, dimensions);
}

static void order_of_results_is_nothing(void **state) {
    (void)state;
    for (int m = 0; m < SEARCH_METHODS; m++) {
        Arena *arena = arena_create();
        SearchSpec spec = spec_of((SearchMethod)m, &space);
        Search *a = finish(&spec, mixed, false, arena), *b = finish(&spec, mixed, true, arena);
        assert_same_trials(a, b, 5);
        size_t count;
        search_trials(a, &count);
        assert_true(count > 30 && count <= 40);
        arena_destroy(arena);
    }
}

/* Losses that workers compute, several at a time. */
typedef struct Board {
    const Trial *trials;
    double *losses;
} Board;

static bool work(void *context, size_t piece) {
    Board *board = context;
    for (volatile size_t wait = 0; wait < (piece * 7919 % 5) * 200000; wait++) {
    }
    board->losses[piece] = mixed(board->trials[piece].values);
    return true;
}

static Search *finish_with_workers(SearchMethod method, size_t jobs, Arena *arena) {
    SearchSpec spec = spec_of(method, &space);
    Board board = {.losses = pool_shared(40 * sizeof(double))};
    Search *search = search_create(&spec, arena, NULL);
    for (size_t n; (n = search_ask(search, &board.trials)) > 0;) {
        pool_run(&(Pool){.jobs = jobs, .work = work, .context = &board}, n);
        for (size_t i = 0; i < n; i++)
            search_tell(search, board.trials[i].index, board.losses[i]);
    }
    pool_unshare(board.losses, 40 * sizeof(double));
    return search;
}

static void one_worker_and_eight(void **state) {
    (void)state;
    static const SearchMethod sequential[] = {SEARCH_COORDINATE, SEARCH_COARSE_TO_FINE,
                                              SEARCH_BAYES, SEARCH_HALVING};
    for (size_t m = 0; m < LENGTH(sequential); m++) {
        Arena *arena = arena_create();
        assert_same_trials(finish_with_workers(sequential[m], 1, arena),
                           finish_with_workers(sequential[m], 8, arena), 5);
        arena_destroy(arena);
    }
}

/* Trial k of a search of 20 is trial k of one of 40, where the number of trials has no meaning. */
static void trials_do_not_know_the_budget(void **state) {
    (void)state;
    static const SearchMethod open[] = {SEARCH_RANDOM, SEARCH_SOBOL, SEARCH_HALTON, SEARCH_BAYES,
                                        SEARCH_COORDINATE};
    for (size_t m = 0; m < LENGTH(open); m++) {
        Arena *arena = arena_create();
        SearchSpec spec = spec_of(open[m], &space);
        size_t n, all;
        const Trial *b = search_trials(finish(&spec, mixed, false, arena), &all);
        spec.budget = 20;
        const Trial *a = search_trials(finish(&spec, mixed, false, arena), &n);
        assert_true(n > 15 && n <= 20 && n < all);
        for (size_t i = 0; i < n; i++)
            assert_all_bits_equal(a[i].values, b[i].values, 5);
        arena_destroy(arena);
    }
}

static void seeds_differ(void **state) {
    (void)state;
    for (int m = SEARCH_RANDOM; m < SEARCH_METHODS; m++) {
        if (m == SEARCH_COORDINATE)
            continue; /* it draws nothing */
        Arena *arena = arena_create();
        SearchSpec spec = spec_of((SearchMethod)m, &plane);
        size_t n;
        const Trial *a = search_trials(finish(&spec, bowl, false, arena), &n);
        spec.seed++;
        const Trial *b = search_trials(finish(&spec, bowl, false, arena), &n);
        assert_true(a[5].at[0] != b[5].at[0]);
        arena_destroy(arena);
    }
}

/* What each method must reach on a smooth bowl with 40 trials. */
static void every_method_finds_the_bowl(void **state) {
    (void)state;
    static const double reach[SEARCH_METHODS] = {
        [SEARCH_GRID] = 0.05, [SEARCH_RANDOM] = 0.05, [SEARCH_LATIN] = 0.05, [SEARCH_SOBOL] = 0.05,
        [SEARCH_HALTON] = 0.05, [SEARCH_COORDINATE] = 1e-12, [SEARCH_COARSE_TO_FINE] = 0.01,
        [SEARCH_BAYES] = 1e-4, [SEARCH_HALVING] = 0.05};
    for (int m = 0; m < SEARCH_METHODS; m++) {
        Arena *arena = arena_create();
        SearchSpec spec = spec_of((SearchMethod)m, &plane);
        const Trial *best = search_best(finish(&spec, bowl, false, arena));
        if (!(best->loss <= reach[m]))
            fail_msg("%s: %g", search_method_name((SearchMethod)m), best->loss);
        arena_destroy(arena);
    }
}

static void coordinate_moves(void **state) {
    (void)state;
    Arena *arena = arena_create();
    SearchSpec spec = spec_of(SEARCH_COORDINATE, &plane);
    spec.coordinate.start = (double[]){0.45, 0.95};
    spec.coordinate.damping = 0.5;
    Search *search = search_create(&spec, arena, NULL);
    const Trial *trials;
    assert_int_equal(search_ask(search, &trials), 5);
    for (size_t i = 0; i < 5; i++) { /* lowest at x = 0.65 */
        assert_close(trials[i].values[0], 0.45 + offsets[i], 1e-15, 0);
        assert_bits_equal(trials[i].values[1], 0.95);
        search_tell(search, trials[i].index, bowl(trials[i].values));
    }
    assert_int_equal(search_ask(search, &trials), 4); /* 1.05 and 1.15 are both the bound 1 */
    assert_close(trials[0].values[0], 0.55, 1e-15, 0); /* half the way */
    assert_bits_equal(trials[3].values[1], 1);
    for (size_t i = 0; i < 4; i++)
        search_tell(search, trials[i].index, (double)NAN); /* all diverged: it stays */
    search_ask(search, &trials);
    assert_bits_equal(trials[0].values[1], 0.95);
    arena_destroy(arena);
}

/* A diverged trial must not be chosen, and a model must live with it. */
static double cliff(const double *v) {
    return v[0] > 0.5 ? (double)NAN : 1 - v[0];
}

static void diverged_trials(void **state) {
    (void)state;
    for (int m = 0; m < SEARCH_METHODS; m++) {
        Arena *arena = arena_create();
        SearchSpec spec = spec_of((SearchMethod)m, &plane);
        const Trial *best = search_best(finish(&spec, cliff, false, arena));
        assert_true(best->values[0] <= 0.5 && isfinite(best->loss));
        arena_destroy(arena);
    }
}

/* The lowest place is beyond the upper bound. */
static double beyond(const double *v) {
    return (v[0] - 1.6) * (v[0] - 1.6);
}

static void border_widens(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Param x = plane_params[0];
    SearchSpec spec = {.method = SEARCH_COARSE_TO_FINE, .space = &(Space){&x, 1}, .budget = 100,
                       .seed = 2, .coarse = {.rounds = 5}};
    Search *search = finish(&spec, beyond, false, arena);
    size_t count;
    const SearchBorder *borders = search_borders(search, &count);
    assert_true(count >= 1 && borders[0].upper && borders[0].widened && borders[0].round == 0);
    assert_true(borders[0].value > 0.9 && borders[0].low == 0 && borders[0].high == 1);
    assert_string_equal(strrchr(search_border_text(search, &borders[0], arena), ';'),
                        "; the range is widened");
    assert_close(search_best(search)->values[0], 1.6, 0, 0.05);
    arena_destroy(arena);
}

static void border_of_a_fixed_range(void **state) {
    (void)state;
    for (int fixed = 0; fixed < 2; fixed++) {
        Arena *arena = arena_create();
        Param x = plane_params[0];
        x.fixed = fixed;
        SearchSpec spec = {.method = SEARCH_COARSE_TO_FINE, .space = &(Space){&x, 1}, .budget = 100,
                           .seed = 1, .coarse = {.rounds = 5, .narrow_only = !fixed}};
        Search *search = finish(&spec, beyond, false, arena);
        size_t count;
        const SearchBorder *borders = search_borders(search, &count);
        assert_true(count >= 1 && !borders[0].widened);
        assert_close(search_best(search)->values[0], 1, 0, 0.01);
        assert_true(search_best(search)->values[0] <= 1);
        arena_destroy(arena);
    }
}

static void halving_rungs(void **state) {
    (void)state;
    Arena *arena = arena_create();
    SearchSpec spec = spec_of(SEARCH_HALVING, &plane);
    Search *search = finish(&spec, bowl, false, arena);
    size_t n;
    const Trial *t = search_trials(search, &n); /* 27 + 9 + 3 + 1 */
    assert_int_equal(n, 40);
    assert_bits_equal(t[26].resource, 1);
    assert_bits_equal(t[27].resource, 3);
    assert_bits_equal(t[39].resource, 27);
    assert_ptr_equal(search_best(search), &t[39]);
    for (size_t i = 0; i < 27; i++) /* the last one is the best of all */
        assert_true(t[i].loss >= t[39].loss);
    for (size_t i = 27; i < 40; i++)
        assert_all_bits_equal(t[i].values, t[t[i].config].values, 2);
    arena_destroy(arena);
}

int main(int argc, char **argv) {
    (void)argc;
    Error err;
    if (!engine_start(&(EngineChoice){.engine = ENGINE_OWN}, argv, &err))
        die("%s", err.text);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_places),
        cmocka_unit_test(quanta_stay_inside),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(sobol_as_scipy),
        cmocka_unit_test(sobol_axes_are_even),
        cmocka_unit_test(halton_by_hand),
        cmocka_unit_test(latin_slices),
        cmocka_unit_test(grid_shapes),
        cmocka_unit_test(order_of_results_is_nothing),
        cmocka_unit_test(one_worker_and_eight),
        cmocka_unit_test(trials_do_not_know_the_budget),
        cmocka_unit_test(seeds_differ),
        cmocka_unit_test(every_method_finds_the_bowl),
        cmocka_unit_test(coordinate_moves),
        cmocka_unit_test(diverged_trials),
        cmocka_unit_test(border_widens),
        cmocka_unit_test(border_of_a_fixed_range),
        cmocka_unit_test(halving_rungs),
    };
    return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
