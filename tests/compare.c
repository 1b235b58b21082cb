/* SPDX-License-Identifier: MIT
 *
 * The comparison must fail for every way in which two results can differ, and for no other: each
 * test changes one thing in a copy of a small result.
 */
#include "core/lab/compare.h"
#include "tests/check.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[CHECK_PATH];

static const char *const manifest_own = "key,value\nexperiment,toy\nversion,1\nresults_version,1\n"
                                        "scale,smoke\nengine,own\nisa,v4\nwall_s,1.5\n";
static const char *const manifest_blas = "key,value\nexperiment,toy\nversion,1\nresults_version,1\n"
                                         "scale,smoke\nengine,openblas Haswell\nwall_s,2.5\n";
static const char *const columns =
    "table,column,tier\n"
    "runs,policy,key\nruns,seed,key\nruns,rate,exact\n"
    "runs,first,early\nruns,last,stable\nruns,accuracy,distribution\n"
    "runs,wall_s,machine\n";
static const char *const runs = "policy,seed,rate,first,last,accuracy,wall_s\n"
                                "fixed,1,0.5,2.30258,0.1,0.90,1\n"
                                "fixed,2,0.5,2.30259,0.2,0.91,2\n"
                                "fixed,3,0.5,2.30260,0.3,0.92,3\n"
                                "fixed,4,0.5,2.30261,0.4,0.93,4\n"
                                "step,1,0.5,2.30262,0.5,0.70,1\n"
                                "step,2,0.5,2.30263,0.6,0.71,2\n"
                                "step,3,0.5,2.30264,0.7,0.72,3\n"
                                "step,4,0.5,2.30265,0.8,nan,4\n";
static const char *const claims = "id,verdict,measured\nbetter,reproduced,0.2\n";

/* ---- two small results on disk ---- */

static void put(const char *side, const char *file, const char *text) {
    char path[CHECK_PATH + 64];
    snprintf(path, sizeof path, "%s/%s/toy/%s.csv", root, side, file);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static void drop(const char *side, const char *file) {
    char path[CHECK_PATH + 64];
    snprintf(path, sizeof path, "%s/%s/toy/%s.csv", root, side, file);
    unlink(path);
}

/* `text` with its first `from` replaced; the caller frees it. */
static char *changed(const char *text, const char *from, const char *to) {
    const char *at = strstr(text, from);
    assert_non_null(at);
    size_t size = strlen(text) + strlen(to) + 1;
    char *result = malloc(size);
    assert_non_null(result);
    snprintf(result, size, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return result;
}

static void put_changed(const char *side, const char *file, const char *text, const char *from,
                        const char *to) {
    char *other = changed(text, from, to);
    put(side, file, other);
    free(other);
}

static void make_side(const char *side, const char *manifest) {
    char path[CHECK_PATH + 64];
    snprintf(path, sizeof path, "%s/%s", root, side);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/toy", root, side);
    mkdir(path, 0777);
    put(side, "manifest", manifest);
    put(side, "columns", columns);
    put(side, "runs", runs);
    put(side, "claims", claims);
}

/* Before every test both sides hold the same. */
static int set_up(void **state) {
    (void)state;
    if (root[0] == '\0' && !check_directory(root, "compare")) {
        return -1;
    }
    make_side("a", manifest_own);
    make_side("b", manifest_own);
    return 0;
}

static void use_tiers(void) {
    put("a", "manifest", manifest_blas);
}

static int tear_down(void **state) {
    (void)state;
    static const char *const files[] = {"manifest", "columns", "runs", "claims", "more"};
    for (const char *side = "a"; side != NULL; side = *side == 'a' ? "b" : NULL) {
        char path[CHECK_PATH + 64];
        for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
            drop(side, files[i]);
        }
        snprintf(path, sizeof path, "%s/%s/toy", root, side);
        rmdir(path);
        snprintf(path, sizeof path, "%s/%s", root, side);
        rmdir(path);
    }
    return 0;
}

static int remove_root(void **state) {
    (void)state;
    return rmdir(root);
}

static Comparison *compare_sides(void) {
    char a[CHECK_PATH + 64], b[CHECK_PATH + 64];
    Error err = {""};
    snprintf(a, sizeof a, "%s/a", root);
    snprintf(b, sizeof b, "%s/b", root);
    Comparison *comparison = compare_directories(a, b, &err);
    assert_string_equal(err.text, "");
    return comparison;
}

/* The status, and what the whole report must hold. */
static void expect(int status, const char *report) {
    char *text = NULL;
    size_t size = 0;
    Comparison *comparison = compare_sides();
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    compare_print(comparison, out);
    fclose(out);
    if (strstr(text, report) == NULL || compare_status(comparison) != status) {
        print_error("status %d, expected %d and '%s' in\n%s", compare_status(comparison), status,
                    report, text);
        fail();
    }
    free(text);
    compare_free(comparison);
}

/* ---- the same ---- */

static void test_same_bytes(void **state) {
    (void)state;
    expect(0, "same: 2 tables, 33 values, byte for byte, times aside\n");
}

static void test_order_of_rows_and_columns_and_times(void **state) {
    (void)state;
    put("b", "runs",
        "wall_s,seed,policy,rate,first,last,accuracy\n"
        "7,4,step,0.5,2.30265,0.8,nan\n7,3,step,0.5,2.30264,0.7,0.72\n"
        "7,2,fixed,0.5,2.30259,0.2,0.91\n7,1,fixed,0.5,2.30258,0.1,0.90\n"
        "7,1,step,0.5,2.30262,0.5,0.70\n7,2,step,0.5,2.30263,0.6,0.71\n"
        "7,3,fixed,0.5,2.30260,0.3,0.92\n7,4,fixed,0.5,2.30261,0.4,0.93\n");
    put_changed("b", "manifest", manifest_own, "isa,v4", "isa,v3");
    expect(0, "same: 2 tables, 33 values, byte for byte, times aside\n");
    expect(0, "  isa: v4 | v3\n");
}

static void test_tiers_forgive_what_they_say(void **state) {
    (void)state;
    use_tiers();
    put_changed("b", "runs", runs, "2.30258,0.1,0.90", "2.30259,0.10009,0.901");
    expect(0, "same: 2 tables, 27 values, each within its tier, times aside\n");
    expect(0, "  engine: openblas Haswell | own\n");
}

/* ---- different ---- */

static void test_one_digit(void **state) {
    (void)state;
    put_changed("b", "runs", runs, "2.30264", "2.30263");
    expect(1, "worst of exact: toy/runs.csv policy=step,seed=3 first: 2.30264 | 2.30263 (relative "
              "4.34e-06)\n");
    expect(1, "different: 1 of 33 values, 0 absent or unreadable, in 1 of 2 tables; toy/runs.csv "
              "policy=step,seed=3 first: 2.30264 | 2.30263\n");
    put_changed("b", "runs", runs, "0.5,2.30258", "0.50,2.30258");
    expect(1, "rate: 0.5 | 0.50 (relative 0)");
}

static void test_missing_and_extra_rows(void **state) {
    (void)state;
    put_changed("b", "runs", runs, "step,1,0.5,2.30262,0.5,0.70,1\n", "");
    expect(1, "rows: toy/runs.csv policy=step,seed=1: there | missing\n");
    put_changed("b", "runs", runs, "step,1", "step,5,0.5,2.3,0.5,0.7,1\nstep,1");
    expect(1, "rows: toy/runs.csv policy=step,seed=5: missing | there\n");
    put_changed("b", "runs", runs, "step,1", "step,1,0.5,2.30262,0.5,0.70,1\nstep,1");
    expect(1, "rows: toy/runs.csv policy=step,seed=1: missing | there\n");
    put_changed("b", "runs", "policy,seed,rate,first,last,accuracy,wall_s\n", "", "");
    expect(1, "seed=1: there | missing, and 7 more\n");
}

static void test_missing_and_extra_columns(void **state) {
    (void)state;
    put("b", "claims", "id,verdict,measured,more\nbetter,reproduced,0.2,1\n");
    expect(1, "columns: toy/claims.csv more: missing | there\n");
    put("b", "claims", "id,measured\nbetter,0.2\n");
    expect(1, "columns: toy/claims.csv verdict: there | missing\n");
}

static void test_nan_on_one_side(void **state) {
    (void)state;
    put_changed("b", "runs", runs, "0.72", "nan");
    expect(1, "accuracy: 0.72 | nan (relative inf)");
    use_tiers();
    expect(1, "policy=step accuracy: median 0.71, 1 nan | median 0.705, 2 nan");
    put_changed("b", "runs", runs, "0.7,0.72", "nan,0.72");
    expect(1, "worst of stable: toy/runs.csv policy=step,seed=3 last: 0.7 | nan");
    put("b", "runs", runs);
    put_changed("a", "runs", runs, "0.7,0.72", "nan,0.72");
    expect(1, "worst of stable: toy/runs.csv policy=step,seed=3 last: nan | 0.7");
    put_changed("a", "runs", runs, "0.7,0.72", "-inf,0.72");
    expect(1, "worst of stable: toy/runs.csv policy=step,seed=3 last: -inf | 0.7 (relative inf)");
}

static void test_swapped_seeds(void **state) {
    (void)state;
    char *half = changed(runs, "fixed,1,0.5,2.30258,0.1", "fixed,2,0.5,2.30258,0.1");
    put_changed("b", "runs", half, "fixed,2,0.5,2.30259", "fixed,1,0.5,2.30259");
    free(half);
    expect(1, "different: 6 of 33 values");
    use_tiers();
    expect(1, "worst of stable: toy/runs.csv policy=fixed,seed=1 last: 0.1 | 0.2 (relative 0.5)");
}

static void test_files(void **state) {
    (void)state;
    put("b", "runs", "");
    expect(1, "toy/runs.csv:1: the file is empty");
    put("b", "runs", "policy,seed\nfixed\n");
    expect(1, "toy/runs.csv:2: 1 fields, but the header has 2");
    drop("b", "runs");
    expect(1, "file: toy/runs.csv: there | missing\n");
    put("b", "runs", runs);
    put("b", "more", "x\n1\n");
    expect(1, "file: toy/more.csv: missing | there\n");
    put("a", "more", "");
    put("b", "more", "");
    expect(1, "file: toy/more.csv: ");
}

static void test_frame(void **state) {
    (void)state;
    put_changed("b", "columns", columns, "last,stable", "last,machine");
    expect(1, "toy/columns.csv table=runs,column=last tier: stable | machine");
    put("b", "columns", "table,column\nruns,last\n");
    expect(1, "experiment: toy");
    put("b", "columns", columns);
    drop("b", "manifest");
    expect(1, "file: toy/manifest.csv: there | missing\n");
    drop("a", "manifest");
    expect(1, "experiment: toy manifest.csv and columns.csv: needed on both sides");
    put("a", "manifest", manifest_own);
    drop("b", "columns");
    put("b", "manifest", manifest_own);
    expect(1, "experiment: toy: there | missing\n");
    expect(1, "nothing in common: 0 tables, 0 values, byte for byte; only in A: toy\n");
}

/* An experiment that one side lacks hides nothing of what both have. */
static void test_alone(void **state) {
    (void)state;
    char other[CHECK_PATH + 64], file[CHECK_PATH + 80];
    snprintf(other, sizeof other, "%s/b/other", root);
    snprintf(file, sizeof file, "%s/columns.csv", other);
    mkdir(other, 0777);
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    fputs(columns, out);
    fclose(out);
    expect(1, "same where both have results: ");
    expect(1, ", times aside; only in B: other\n");
    put_changed("b", "runs", runs, "2.30258", "2.30265");
    expect(1, "different: 1 of 33 values, 0 absent or unreadable, in 1 of ");
    expect(1, "2.30258 | 2.30265; only in B: other\n");
    unlink(file);
    rmdir(other);
}

static void test_verdicts(void **state) {
    (void)state;
    put("b", "claims", "id,verdict,measured\nbetter,inconclusive,0.2\n");
    expect(1, "toy/claims.csv id=better verdict: reproduced | inconclusive");
    use_tiers();
    expect(1, "toy/claims.csv id=better verdict: reproduced | inconclusive");
    put("b", "claims", "id,verdict,measured\nbetter,reproduced,0.3\n");
    expect(0, "same: ");
    /* toy has times, which a claim may rest on; without them its figure is exact too */
    put("a", "manifest", manifest_own);
    expect(0, "same: ");
    for (const char *side = "a"; side != NULL; side = *side == 'a' ? "b" : NULL) {
        put_changed(side, "columns", columns, "wall_s,machine", "wall_s,exact");
    }
    expect(1, "toy/claims.csv id=better measured: 0.2 | 0.3");
}

/* ---- tiers ---- */

static void test_bits_are_compared_where_they_are_promised(void **state) {
    (void)state;
    for (const char *side = "a"; side != NULL; side = *side == 'a' ? "b" : NULL) {
        put_changed(side, "columns", columns, "wall_s,machine", "wall_s,bits");
    }
    expect(0, "byte for byte\n");
    put_changed("b", "runs", runs, "0.90,1", "0.90,2");
    expect(1, "toy/runs.csv policy=fixed,seed=1 wall_s: 1 | 2");
    put_changed("b", "runs", runs, "0.90,1", "0.90,nan");
    expect(1, "toy/runs.csv policy=fixed,seed=1 wall_s: 1 | nan");
    put("b", "manifest", manifest_blas);
    expect(0, "same: ");
}

static void test_tiers_have_limits(void **state) {
    (void)state;
    use_tiers();
    put_changed("b", "runs", runs, "2.30258", "2.30265");
    expect(1, "worst of early: toy/runs.csv policy=fixed,seed=1 first: 2.30258 | 2.30265 (relative "
              "3.04e-05)");
    put_changed("b", "runs", runs, "0.4,0.93", "0.402,0.93");
    expect(1, "worst of stable: toy/runs.csv policy=fixed,seed=4 last: 0.4 | 0.402");
    put_changed("b", "runs", runs, "fixed,1,0.5", "fixed,1,0.500000001");
    expect(1, "worst of exact: toy/runs.csv policy=fixed,seed=1 rate: 0.5 | 0.500000001");
}

static void test_distributions(void **state) {
    (void)state;
    use_tiers();
    const char *const head = "policy,seed,rate,first,last,accuracy,wall_s\n"
                             "fixed,1,0.5,2.30258,0.1,0.80,1\nfixed,2,0.5,2.30259,0.2,0.81,2\n"
                             "fixed,3,0.5,2.30260,0.3,0.82,3\nfixed,4,0.5,2.30261,0.4,0.83,4\n";
    char worse[1024];
    snprintf(worse, sizeof worse, "%s%s", head, strstr(runs, "step"));
    put("b", "runs", worse);
    expect(1, "worst of distribution: toy/runs.csv policy=fixed accuracy: median 0.915 | median "
              "0.815 (relative 0.109)");
    put("a", "runs", worse);
    put("b", "runs", runs);
    expect(1, "policy=fixed accuracy: median 0.815 | median 0.915 (relative 0.109)");
}

static void test_order_of_medians(void **state) {
    (void)state;
    use_tiers();
    const char *const head = "policy,seed,accuracy\n";
    char a[256], b[256];
    /* apart from each other on both sides, but the other way round */
    snprintf(a, sizeof a, "%sx,1,1\nx,2,1.1\nx,3,1.2\ny,1,2\ny,2,2.1\ny,3,2.2\n", head);
    snprintf(b, sizeof b, "%sx,1,3\nx,2,3.1\nx,3,3.2\ny,1,2\ny,2,2.1\ny,3,2.2\n", head);
    put("a", "runs", a);
    put("b", "runs", b);
    expect(1, "worst of order: toy/runs.csv policy=y accuracy: above policy=x | below policy=x");
}

static void test_single_seed_decides_nothing(void **state) {
    (void)state;
    use_tiers();
    put("a", "runs", "policy,seed,accuracy\nx,1,0.9\n");
    put("b", "runs", "policy,seed,accuracy\nx,1,0.8\n");
    expect(2, "could not compare all: 1 undecided; toy/runs.csv policy=x accuracy: median 0.9 | "
              "median 0.8\n");
}

/* ---- versions, scales, directories ---- */

static void test_versions(void **state) {
    (void)state;
    put_changed("b", "manifest", manifest_own, "results_version,1", "results_version,2");
    expect(0, "each within its tier, times aside; versions differ, so numbers may\n");
    put_changed("b", "runs", runs, "2.30258", "2.31258");
    expect(1, "2.30258 | 2.31258; versions differ, so numbers may\n");
}

static void test_scales(void **state) {
    (void)state;
    put_changed("b", "manifest", manifest_own, "scale,smoke", "scale,desk");
    expect(2, "scale: toy: smoke | desk\n");
}

static void test_directories(void **state) {
    (void)state;
    Error err = {""};
    char a[CHECK_PATH + 64], b[CHECK_PATH + 64];
    snprintf(a, sizeof a, "%s/a", root);
    snprintf(b, sizeof b, "%s/none", root);
    assert_null(compare_directories(a, b, &err));
    assert_non_null(strstr(err.text, "none: No such file"));
    assert_null(compare_directories(b, a, &err));
    snprintf(b, sizeof b, "%s/b/toy", root);
    assert_null(compare_directories(a, b, &err));
    assert_non_null(strstr(err.text, "holds one experiment"));
    assert_null(compare_directories(root, root, &err));
    assert_non_null(strstr(err.text, "no results in"));
    snprintf(a, sizeof a, "%s/a/toy/", root);
    Comparison *comparison = compare_directories(a, b, &err);
    assert_non_null(comparison);
    assert_int_equal(compare_status(comparison), 0);
    compare_free(comparison);
}

static void test_csv(void **state) {
    (void)state;
    Error err = {""};
    char path[CHECK_PATH + 64];
    put_changed("b", "runs", runs, "2.30264", "2.30263");
    snprintf(path, sizeof path, "%s/a/toy/more.csv", root);
    Comparison *comparison = compare_sides();
    assert_true(compare_write_csv(comparison, path, &err));
    compare_free(comparison);
    Table *table = table_read(path, &err);
    assert_non_null(table);
    double different[1];
    Where exact[] = {{"table", "runs"}, {"tier", "exact"}, {0}};
    assert_int_equal(table_select(table, "different", exact, different, 1), 1);
    assert_true(different[0] == 1);
    table_free(table);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_same_bytes),
        TEST(test_order_of_rows_and_columns_and_times),
        TEST(test_tiers_forgive_what_they_say),
        TEST(test_one_digit),
        TEST(test_missing_and_extra_rows),
        TEST(test_missing_and_extra_columns),
        TEST(test_nan_on_one_side),
        TEST(test_swapped_seeds),
        TEST(test_files),
        TEST(test_frame),
        TEST(test_alone),
        TEST(test_verdicts),
        TEST(test_bits_are_compared_where_they_are_promised),
        TEST(test_tiers_have_limits),
        TEST(test_distributions),
        TEST(test_order_of_medians),
        TEST(test_single_seed_decides_nothing),
        TEST(test_versions),
        TEST(test_scales),
        TEST(test_directories),
        TEST(test_csv),
    };
    return cmocka_run_group_tests(tests, NULL, remove_root);
}
