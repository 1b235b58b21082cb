/* SPDX-License-Identifier: MIT */
#include "core/lab/compare_parts.h"
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- checks ---- */

void *compare_room(void *array, size_t count, size_t *room, size_t size) {
    if (count < *room) {
        return array;
    }
    *room = 2 * *room + 16;
    array = realloc(array, *room * size);
    if (array == NULL) {
        die("no memory for a comparison of %zu entries", *room);
    }
    return array;
}

Check *compare_check(Comparison *comparison, const char *experiment, const char *table,
                     const char *kind) {
    for (size_t i = comparison->check_count; i-- > 0;) {
        Check *check = &comparison->checks[i];
        if (strcmp(check->experiment, experiment) == 0 && strcmp(check->table, table) == 0 &&
            strcmp(check->kind, kind) == 0) {
            return check;
        }
    }
    comparison->checks = compare_room(comparison->checks, comparison->check_count,
                                      &comparison->check_room, sizeof *comparison->checks);
    Check *check = &comparison->checks[comparison->check_count++];
    *check = (Check){.experiment = arena_string(comparison->arena, experiment),
                     .table = arena_string(comparison->arena, table),
                     .kind = kind};
    return check;
}

void compare_note(Comparison *comparison, Check *check, const char *key, const char *column,
                  const char *a, const char *b) {
    check->different++;
    if (check->worst.a == NULL) {
        check->worst = (Offender){.relative = INFINITY,
                                  .key = arena_string(comparison->arena, key),
                                  .column = arena_string(comparison->arena, column),
                                  .a = arena_string(comparison->arena, a),
                                  .b = arena_string(comparison->arena, b)};
    }
}

double compare_relative(const char *a, const char *b) {
    char *end_a, *end_b;
    double x = strtod(a, &end_a), y = strtod(b, &end_b);
    if (strcmp(a, b) == 0) {
        return 0;
    }
    if (*a == '\0' || *b == '\0' || *end_a != '\0' || *end_b != '\0' || !isfinite(x) ||
        !isfinite(y)) {
        return INFINITY;
    }
    return x == y ? 0 : fabs(x - y) / fmax(fabs(x), fabs(y));
}

const char *compare_key(Comparison *comparison, const Table *table, size_t row, const size_t *keys,
                        size_t key_count) {
    Arena *arena = comparison->arena;
    if (key_count == 0) {
        return arena_format(arena, "row=%zu", row + 1);
    }
    const char *text = "";
    for (size_t k = 0; k < key_count; k++) {
        text = arena_format(arena, "%s%s%s=%s", text, k > 0 ? "," : "",
                            table_column_name(table, keys[k]), table_text(table, row, keys[k]));
    }
    return text;
}

/* ---- names in directories, sorted ---- */

static void add_name(CompareNames *names, const char *name) {
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->names[i], name) == 0) {
            return;
        }
    }
    names->names = compare_room(names->names, names->count, &names->room, sizeof *names->names);
    names->names[names->count++] = name;
}

static int compare_names(const void *x, const void *y) {
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

bool compare_list(Comparison *comparison, const char *directory, CompareWanted *wanted,
                  CompareNames *names, Error *err) {
    DIR *open = opendir(directory);
    if (open == NULL) {
        return error_set(err, "cannot read %s: %s", directory, strerror(errno));
    }
    for (struct dirent *entry = readdir(open); entry != NULL; entry = readdir(open)) {
        const char *name = wanted(comparison, directory, entry->d_name);
        if (name != NULL) {
            add_name(names, name);
        }
    }
    closedir(open);
    if (names->count > 1) {
        qsort(names->names, names->count, sizeof *names->names, compare_names);
    }
    return true;
}

/* ---- the two directories ---- */

static bool is_experiment(Comparison *comparison, const char *directory) {
    return access(arena_format(comparison->arena, "%s/columns.csv", directory), F_OK) == 0;
}

static const char *wanted_experiment(Comparison *comparison, const char *directory,
                                     const char *entry) {
    const char *path = arena_format(comparison->arena, "%s/%s", directory, entry);
    bool wanted = entry[0] != '.' && is_experiment(comparison, path);
    return wanted ? arena_string(comparison->arena, entry) : NULL;
}

static void compare_named(Comparison *comparison, const char *name) {
    const char *paths[2] = {arena_format(comparison->arena, "%s/%s", comparison->a, name),
                            arena_format(comparison->arena, "%s/%s", comparison->b, name)};
    bool there[2] = {is_experiment(comparison, paths[0]), is_experiment(comparison, paths[1])};
    if (there[0] && there[1]) {
        compare_experiment(comparison, name, paths[0], paths[1]);
    } else {
        Check *check = compare_check(comparison, name, "", "experiment");
        compare_note(comparison, check, "", "", there[0] ? "there" : "missing",
                     there[1] ? "there" : "missing");
    }
}

/* Two directories of labels, each with experiments in it. */
static bool compare_labels(Comparison *comparison, Error *err) {
    CompareNames names = {0};
    if (!compare_list(comparison, comparison->a, wanted_experiment, &names, err) ||
        !compare_list(comparison, comparison->b, wanted_experiment, &names, err)) {
        free(names.names);
        return false;
    }
    for (size_t i = 0; i < names.count; i++) {
        compare_named(comparison, names.names[i]);
    }
    free(names.names);
    return names.count > 0 || error_set(err,
                                        "no results in %s and %s: no directory there holds a "
                                        "columns.csv",
                                        comparison->a, comparison->b);
}

static const char *last_part(Comparison *comparison, const char *path) {
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/') {
        end--;
    }
    size_t start = end;
    while (start > 0 && path[start - 1] != '/') {
        start--;
    }
    return arena_format(comparison->arena, "%.*s", (int)(end - start), path + start);
}

static bool compare_all(Comparison *comparison, Error *err) {
    bool single[2] = {is_experiment(comparison, comparison->a),
                      is_experiment(comparison, comparison->b)};
    if (single[0] != single[1]) {
        return error_set(err, "%s holds one experiment and %s does not; name two of the same sort",
                         single[0] ? comparison->a : comparison->b,
                         single[0] ? comparison->b : comparison->a);
    }
    if (!single[0]) {
        return compare_labels(comparison, err);
    }
    compare_experiment(comparison, last_part(comparison, comparison->a), comparison->a,
                       comparison->b);
    return true;
}

Comparison *compare_directories(const char *a, const char *b, Error *err) {
    Arena *arena = arena_create();
    Comparison *comparison = arena_new(arena, Comparison, 1);
    *comparison = (Comparison){.arena = arena};
    comparison->a = arena_string(arena, a);
    comparison->b = arena_string(arena, b);
    if (!compare_all(comparison, err)) {
        compare_free(comparison);
        return NULL;
    }
    return comparison;
}

void compare_free(Comparison *comparison) {
    if (comparison != NULL) {
        free(comparison->checks);
        free(comparison->lines);
        arena_destroy(comparison->arena);
    }
}

int compare_status(const Comparison *comparison) {
    bool undecided = false;
    for (size_t i = 0; i < comparison->check_count; i++) {
        if (comparison->checks[i].different > 0) {
            return 1;
        }
        undecided |= comparison->checks[i].undecided > 0;
    }
    return undecided ? 2 : 0;
}
