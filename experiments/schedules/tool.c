/* SPDX-License-Identifier: MIT
 *
 * The tool: a policy's rates on standard output.
 *     schedules --policy TEXT --iterations N        iteration,rate[,momentum]
 *     schedules --policy 'plateau ...' --metric FILE:COLUMN [--iterations N]
 *     schedules --policy list
 * A plateau's rate at row i is the one in force when the metric of row i was measured.
 */
#include "experiments/schedules/schedules.h"

#include "core/learn/plateau.h"
#include "core/learn/schedule.h"

#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Request {
    const char *policy, *metric;
    uint64_t iterations;
    bool limited; /* --iterations was given */
} Request;

static bool read_count(const char *text, uint64_t *count, Error *err) {
    char *end;
    *count = strtoull(text, &end, 10);
    if (end == text || *end != '\0' || strchr(text, '-') || *count == 0)
        return error_set(err, "--iterations is a whole number of 1 or more, not '%s'", text);
    return true;
}

static bool read_request(int argc, char **argv, Request *request, Error *err) {
    static const struct option options[] = {{"policy", required_argument, NULL, 'p'},
                                            {"iterations", required_argument, NULL, 'n'},
                                            {"metric", required_argument, NULL, 'm'},
                                            {NULL, 0, NULL, 0}};
    opterr = 0;
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        if (option == 'p')
            request->policy = optarg;
        else if (option == 'm')
            request->metric = optarg;
        else if (option != 'n')
            return error_set(err,
                             "with --policy come --iterations N and --metric FILE:COLUMN, each "
                             "with its value; '%s' does not",
                             argv[optind - 1]);
        else if (request->limited = true, !read_count(optarg, &request->iterations, err))
            return false;
    }
    return optind == argc ||
           error_set(err, "'%s' is one word too many; quote the policy and its parameters",
                     argv[optind]);
}

/* ---- schedules ---- */

static bool print_schedule(const Request *request, Error *err) {
    Arena *arena = arena_create();
    Schedule s;
    bool ok = schedule_parse(request->policy, &s, arena, err);
    if (ok && request->metric)
        ok = error_set(err, "only the policy plateau is driven by a metric");
    if (ok && !request->limited)
        ok = error_set(err, "say how many rates are wanted: --iterations N");
    if (ok) {
        bool momentum = schedule_cycles_momentum(&s);
        puts(momentum ? "iteration,rate,momentum" : "iteration,rate");
        for (uint64_t i = 0; i < request->iterations && !ferror(stdout); i++) {
            printf("%" PRIu64 ",%.17g", i, schedule_rate(&s, i));
            double mu = momentum ? schedule_momentum(&s, i) : -1;
            if (momentum && mu < 0) /* a stage that leaves it alone */
                printf(",nan");
            else if (momentum)
                printf(",%.17g", mu);
            putchar('\n');
        }
    }
    arena_destroy(arena);
    return ok;
}

/* ---- the plateau ---- */

static Table *read_metric(const char *where, size_t *column, Error *err) {
    char *path = strdup(where), *colon = path ? strrchr(path, ':') : NULL;
    Table *table = NULL;
    if (!colon) {
        error_set(err, "--metric is FILE:COLUMN, not '%s'", where);
    } else {
        *colon = '\0';
        table = table_read(path, err);
        *column = table ? table_find(table, colon + 1) : TABLE_NONE;
        if (table && *column == TABLE_NONE) {
            error_set(err, "%s has no column '%s'", path, colon + 1);
            table_free(table);
            table = NULL;
        }
    }
    free(path);
    return table;
}

static bool print_plateau(const Request *request, Error *err) {
    Plateau p;
    size_t column;
    if (!plateau_parse(request->policy, &p, err))
        return false;
    if (!request->metric)
        return error_set(err, "plateau follows a metric; name its column: --metric FILE:COLUMN");
    Table *table = read_metric(request->metric, &column, err);
    if (!table)
        return false;
    size_t rows = table_rows(table);
    bool ok = !request->limited || request->iterations <= rows ||
              error_set(err, "%s has %zu rows, %" PRIu64 " iterations were asked for",
                        request->metric, rows, request->iterations);
    if (ok) {
        puts("iteration,rate");
        for (size_t i = 0; i < (request->limited ? request->iterations : rows); i++) {
            printf("%zu,%.17g\n", i, p.rate);
            plateau_step(&p, table_number(table, i, column));
        }
    }
    table_free(table);
    return ok;
}

/* ---- */

static bool is_plateau(const char *text) {
    text += strspn(text, " \t\n");
    return !strncmp(text, "plateau", 7) && strchr(" \t\n", text[7]); /* the terminator as well */
}

static bool answer(const Request *request, Error *err) {
    if (!strcmp(request->policy, "list"))
        schedule_list(stdout);
    else if (!(is_plateau(request->policy) ? print_plateau : print_schedule)(request, err))
        return false;
    return (fflush(stdout) == 0 && !ferror(stdout)) ||
           error_set(err, "standard output could not be written");
}

/* The first word that is `option` or begins with `option=`; NULL = none. */
static const char *find_option(int argc, char **argv, const char *option) {
    size_t length = strlen(option);
    for (int k = 1; k < argc; k++)
        if (!strncmp(argv[k], option, length) && (!argv[k][length] || argv[k][length] == '='))
            return option;
    return NULL;
}

int policy_tool(int argc, char **argv) {
    const char *alone = find_option(argc, argv, "--iterations");
    alone = alone ? alone : find_option(argc, argv, "--metric");
    bool asked = find_option(argc, argv, "--policy") != NULL;
    if (!asked && !alone)
        return -1;
    Error err = {0};
    Request request = {0};
    if (!asked)
        error_set(&err, "%s goes with a policy: --policy TEXT; --policy list prints them all",
                  alone);
    else if (read_request(argc, argv, &request, &err) && answer(&request, &err))
        return 0;
    fprintf(stderr, "schedules: %s\n", err.text);
    return 2;
}
