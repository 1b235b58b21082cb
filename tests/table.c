/* SPDX-License-Identifier: MIT
 *
 * Tables: what is written is read back byte for byte; what is malformed is refused with its line.
 */
#include "core/lab/table.h"
#include "tests/check.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[CHECK_PATH];
static char path[CHECK_PATH + 16];

static int make_directory(void **state) {
    (void)state;
    if (!check_directory(directory, "table")) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/t.csv", directory);
    return 0;
}

static int remove_directory(void **state) {
    (void)state;
    unlink(path);
    return rmdir(directory); /* fails, and with it the group, when a file was left behind */
}

static void put(const void *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void put_text(const char *text) {
    put(text, strlen(text));
}

static void assert_file(const char *expected) {
    char got[4096];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    got[fread(got, 1, sizeof got - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(got, expected);
}

static Table *read_ok(void) {
    Error err = {""};
    Table *table = table_read(path, &err);
    assert_string_equal(err.text, "");
    assert_non_null(table);
    return table;
}

static void write_ok(const Table *table) {
    Error err = {""};
    assert_true(table_write(table, path, &err));
    assert_string_equal(err.text, "");
}

/* The bytes are refused in a sentence that holds `sentence`. */
static void assert_refused(const void *bytes, size_t size, const char *sentence) {
    Error err = {""};
    put(bytes, size);
    assert_null(table_read(path, &err));
    if (strstr(err.text, sentence) == NULL) {
        fail_msg("'%s' is not in '%s'", sentence, err.text);
    }
}

static void refuse(const char *text, const char *sentence) {
    assert_refused(text, strlen(text), sentence);
}

/* ---- writing ---- */

static void test_numbers_round_trip(void **state) {
    (void)state;
    const TableSpec spec = {
        .name = "numbers",
        .columns = (const Column[]){{"x", TIER_EXACT}, {"y", TIER_EARLY}, {"n", TIER_KEY}, {0}},
    };
    Table *table = table_for(&spec);
    table_row(table, v_double(0.1), v_float(0.1f), v_count(INT64_MIN));
    table_row(table, v_double(-NAN), v_float(NAN), v_count(0));
    table_row(table, v_double(INFINITY), v_float(-INFINITY), v_count(7));
    table_row(table, v_double(-0.0), v_float(1e-45f), v_count(-1));
    table_row(table, v_double(0x1p-1074), v_float(16777216), v_count(INT64_MAX));
    write_ok(table);
    table_free(table);
    assert_file("x,y,n\n"
                "0.10000000000000001,0.100000001,-9223372036854775808\n"
                "nan,nan,0\ninf,-inf,7\n-0,1.40129846e-45,-1\n"
                "4.9406564584124654e-324,16777216,9223372036854775807\n");
    table = read_ok();
    assert_true(table_number(table, 0, 0) == 0.1);
    assert_true((float)table_number(table, 0, 1) == 0.1f);
    assert_true(isnan(table_number(table, 1, 0)));
    assert_true(table_number(table, 2, 1) == -INFINITY);
    assert_true(signbit(table_number(table, 3, 0)));
    assert_true((float)table_number(table, 3, 1) == 1e-45f);
    assert_true(table_number(table, 4, 0) == 0x1p-1074);
    table_free(table);
}

static void test_greys_are_levels_of_four(void **state) {
    (void)state;
    uint8_t greys[256];
    char text[256 + 1];
    for (int grey = 0; grey < 256; grey++)
        greys[grey] = (uint8_t)grey;
    greys_write(greys, 256, text);
    assert_int_equal(strlen(text), 256);
    assert_int_equal(strspn(text, GREY_LEVELS), 256);
    for (int grey = 0; grey < 256; grey++)
        assert_int_equal(grey_read(text[grey]), grey / 4 * 4 + 2);
    greys_write(greys, 0, text);
    assert_string_equal(text, "");
}

static void test_texts_are_quoted_where_needed(void **state) {
    (void)state;
    Table *table = table_create((const char *[]){"a", "b"}, 2);
    table_row(table, v_text("plain words"), v_text(""));
    table_row(table, v_text("a,b"), v_text("say \"x\""));
    table_row(table, v_text("two\nlines"), v_text("\r"));
    write_ok(table);
    table_free(table);
    const char *text = "a,b\nplain words,\n\"a,b\",\"say \"\"x\"\"\"\n\"two\nlines\",\"\r\"\n";
    assert_file(text);
    table = read_ok();
    assert_int_equal(table_rows(table), 3);
    assert_string_equal(table_text(table, 0, 1), "");
    assert_string_equal(table_text(table, 1, 1), "say \"x\"");
    assert_string_equal(table_text(table, 2, 0), "two\nlines");
    assert_string_equal(table_text(table, 2, 1), "\r");
    write_ok(table);
    assert_file(text);
    table_free(table);
}

static void test_one_empty_column_keeps_its_rows(void **state) {
    (void)state;
    Table *table = table_create((const char *[]){"a"}, 1);
    table_row(table, v_text(""));
    table_row(table, v_text("x"));
    write_ok(table);
    table_free(table);
    assert_file("a\n\"\"\nx\n");
    table = read_ok();
    assert_int_equal(table_rows(table), 2);
    table_free(table);
}

static void test_failed_write_leaves_the_old_file(void **state) {
    (void)state;
    Error err = {""};
    Table *table = table_create((const char *[]){"a"}, 1);
    char missing[CHECK_PATH + 32], inside[CHECK_PATH + 64];
    snprintf(missing, sizeof missing, "%s/none/t.csv", directory);
    assert_false(table_write(table, missing, &err));
    assert_non_null(strstr(err.text, missing));

    /* a directory in the way: the table is written in full, and only the rename fails */
    snprintf(missing, sizeof missing, "%s/taken", directory);
    snprintf(inside, sizeof inside, "%s/x", missing);
    assert_int_equal(mkdir(missing, 0777), 0);
    assert_int_equal(mkdir(inside, 0777), 0);
    err.text[0] = '\0';
    assert_false(table_write(table, missing, &err));
    assert_non_null(strstr(err.text, missing));
    assert_int_equal(rmdir(inside), 0);
    assert_int_equal(rmdir(missing), 0);
    table_free(table); /* remove_directory finds a temporary file that stayed */
}

static void test_full_disk(void **state) {
    (void)state;
    char link_path[CHECK_PATH + 64], temporary[CHECK_PATH + 128];
    put_text("a\nold\n");
    /* the temporary name leads to a device that is always full */
    snprintf(link_path, sizeof link_path, "%s.%ld.tmp", path, (long)getpid());
    if (access("/dev/full", W_OK) != 0 || symlink("/dev/full", link_path) != 0) {
        skip();
    }
    Error err = {""};
    Table *table = table_create((const char *[]){"a"}, 1);
    table_row(table, v_text("new"));
    assert_false(table_write(table, path, &err));
    snprintf(temporary, sizeof temporary, "cannot write %s: No space left", path);
    assert_non_null(strstr(err.text, temporary));
    assert_int_not_equal(access(link_path, F_OK), 0);
    table_free(table);
    assert_file("a\nold\n");
}

/* ---- reading ---- */

static void test_quotes_and_line_ends(void **state) {
    (void)state;
    put_text("key,value\r\n\"a \"\"b\"\"\",\"1,2\"\r\n\"\r\n\",x\r\nc,\"\"\r\n");
    Table *table = read_ok();
    assert_int_equal(table_rows(table), 3);
    assert_int_equal(table_columns(table), 2);
    assert_string_equal(table_column_name(table, 1), "value");
    assert_string_equal(table_text(table, 0, 0), "a \"b\"");
    assert_string_equal(table_text(table, 0, 1), "1,2");
    assert_string_equal(table_text(table, 1, 0), "\r\n");
    assert_string_equal(table_text(table, 2, 1), "");
    table_free(table);
    put_text("only,a,header\n");
    table = read_ok();
    assert_int_equal(table_rows(table), 0);
    assert_int_equal(table_columns(table), 3);
    table_free(table);
}

static void test_malformed_files_are_refused(void **state) {
    (void)state;
    Error err = {""};
    unlink(path);
    assert_null(table_read(path, &err));
    assert_non_null(strstr(err.text, "No such file"));
    assert_null(table_read(directory, &err));
    assert_non_null(strstr(err.text, directory));
    refuse("", "t.csv:1: the file is empty");
    refuse("\n", "t.csv:1: a header row");
    refuse("1,2\n3,4\n", "t.csv:1: a header row");
    refuse("a,\n1,2\n", "t.csv:1: a header row");
    refuse("a,b,a\n", "t.csv:1: two columns are named 'a'");
    refuse("a,b\n1,2\n3\n", "t.csv:3: 1 fields, but the header has 2");
    refuse("a,b\n1,2,3\n", "t.csv:2: 3 fields");
    refuse("a,b\n1,2\n\n", "t.csv:3: 1 fields");
    refuse("a,b\n\"x\n\ny\",2\n1\n", "t.csv:5: 1 fields");
    refuse("a,b\n1,2", "t.csv:2: the last line has no end");
    refuse("a,b\n1,", "t.csv:2: the last line has no end");
    refuse("a,b\n1,\"2\"", "t.csv:2: the last line has no end");
    refuse("a,b\n1,2\r", "t.csv:2: the last line has no end");
    refuse("a,b\n1,\"2\n3\n", "t.csv:2: a quote is opened and never closed");
    refuse("a,b\n1,x\"y\"\n", "t.csv:2: a quote inside a field");
    refuse("a,b\n1,\"x\"y\n", "t.csv:2: a closing quote");
    refuse("a,b\n1\r2,3\n", "t.csv:2: a carriage return");
    assert_refused("a,b\n1,\0\n", 8, "t.csv:2: a NUL byte");
    assert_refused("a,b\n1,\"\n\0\"\n", 11, "t.csv:3: a NUL byte");
}

/* Whatever a file was cut to, it is refused or it ends where a row ended. */
static void test_truncated_at_every_byte(void **state) {
    (void)state;
    const char *text = "key,value\n\"a,\"\"b\",1.5\n\"c\nd\",\"\"\ne,2\n";
    for (size_t size = 0; size < strlen(text); size++) {
        Error err = {""};
        put(text, size);
        Table *table = table_read(path, &err);
        if (table != NULL) {
            assert_true(size == 10 || size == 22 || size == 31);
            table_free(table);
        } else {
            assert_non_null(strstr(err.text, "t.csv:"));
        }
    }
}

static void test_what_is_no_number(void **state) {
    (void)state;
    static const char *const none[] = {"",    "ok",  " 1",   "1 ",       "0x10", "1e",     "--1",
                                       "1,5", "NAN", "inf ", "infinity", "+",    "nan(2)", "1.5.2"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        Table *table = table_create((const char *[]){"a"}, 1);
        table_row(table, v_text(none[i]));
        assert_true(isnan(table_number(table, 0, 0)));
        table_free(table);
    }
}

/* ---- looking up and joining ---- */

static void test_select(void **state) {
    (void)state;
    put_text("policy,rate,accuracy\nfixed,0.05,0.5\nstep,0.05,0.6\nfixed,0.050000000000000003,0.7\n"
             "fixed,0.1,0.8\n");
    Table *table = read_ok();
    double values[2];
    Where fixed[] = {{"policy", "fixed"}, {"rate", "0.05"}, {0}};
    assert_int_equal(table_select(table, "accuracy", fixed, values, 2), 2);
    assert_true(values[0] == 0.5 && values[1] == 0.7);
    assert_int_equal(table_select(table, "accuracy", NULL, values, 2), 2); /* of four */
    assert_true(values[0] == 0.5 && values[1] == 0.6);
    Where nothing[] = {{"policy", "cosine"}, {0}};
    assert_int_equal(table_select(table, "accuracy", nothing, NULL, 0), 0);
    assert_true(table_find(table, "seed") == TABLE_NONE);
    table_free(table);
}

static void test_append_keeps_the_bytes(void **state) {
    (void)state;
    Error err = {""};
    put_text("a,b\n1.50,\"x,y\"\n");
    Table *piece = read_ok();
    Table *whole = table_create((const char *[]){"a", "b"}, 2);
    assert_true(table_append(whole, piece, &err));
    assert_true(table_append(whole, piece, &err));
    write_ok(whole);
    assert_file("a,b\n1.50,\"x,y\"\n1.50,\"x,y\"\n");
    Table *other = table_create((const char *[]){"b", "a"}, 2);
    assert_false(table_append(other, piece, &err));
    assert_non_null(strstr(err.text, "column 1 is 'b'"));
    Table *narrow = table_create((const char *[]){"a"}, 1);
    assert_false(table_append(narrow, piece, &err));
    table_free(narrow);
    table_free(other);
    table_free(whole);
    table_free(piece);
}

static void test_many_rows(void **state) {
    (void)state;
    enum { ROWS = 200000 };
    Table *table = table_create((const char *[]){"row", "square"}, 2);
    for (int i = 0; i < ROWS; i++) {
        table_row(table, v_count(i), v_double((double)i * i / 3));
    }
    write_ok(table);
    table_free(table);
    table = read_ok();
    assert_int_equal(table_rows(table), ROWS);
    for (int i = 0; i < ROWS; i++) {
        assert_true(table_number(table, (size_t)i, 1) == (double)i * i / 3);
    }
    table_free(table);
}

static void test_tier_names(void **state) {
    (void)state;
    for (int i = TIER_KEY; i <= TIER_MACHINE; i++) {
        Tier tier;
        assert_true(tier_parse(tier_name((Tier)i), &tier));
        assert_int_equal(tier, i);
    }
    Tier tier;
    assert_false(tier_parse("Key", &tier));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_round_trip),
        cmocka_unit_test(test_greys_are_levels_of_four),
        cmocka_unit_test(test_texts_are_quoted_where_needed),
        cmocka_unit_test(test_one_empty_column_keeps_its_rows),
        cmocka_unit_test(test_failed_write_leaves_the_old_file),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_quotes_and_line_ends),
        cmocka_unit_test(test_malformed_files_are_refused),
        cmocka_unit_test(test_truncated_at_every_byte),
        cmocka_unit_test(test_what_is_no_number),
        cmocka_unit_test(test_select),
        cmocka_unit_test(test_append_keeps_the_bytes),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_tier_names),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
