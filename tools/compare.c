/* SPDX-License-Identifier: MIT
 *
 * compare - do two sets of results say the same?  See core/lab/compare.h.
 */
#include "core/lab/compare.h"
#include <argp.h>
#include <stdlib.h>

typedef struct Arguments {
    const char *directories[2];
    size_t count;
    const char *csv;
    bool summary;
} Arguments;

static error_t parse(int key, char *argument, struct argp_state *state) {
    Arguments *arguments = state->input;
    switch (key) {
    case 'c':
        arguments->csv = argument;
        return 0;
    case 's':
        arguments->summary = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->count == 2) {
            argp_error(state, "two directories are compared, '%s' is a third", argument);
        }
        arguments->directories[arguments->count++] = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->count < 2) {
            argp_error(state, "two directories are expected, like results/reference/desk "
                              "results/local");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"csv", 'c', "FILE", 0, "write every check as a row of FILE", 0},
    {"summary", 's', NULL, 0, "print only the one line that says whether they agree", 0},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .args_doc = "DIRECTORY DIRECTORY",
    .doc = "Compares two sets of results: results/LABEL with results/OTHER, or one experiment's "
           "directory with another's.\vBoth made by the lab's own engine at one results_version: "
           "every value must be the same text. Otherwise each column is held to its tier. "
           "Exit status: 0 the same, 1 different, 2 could not be compared.",
};

int main(int argc, char **argv) {
    Arguments arguments = {0};
    Error err = {""};
    argp_err_exit_status = 2;
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    Comparison *comparison =
        compare_directories(arguments.directories[0], arguments.directories[1], &err);
    if (comparison == NULL) {
        fprintf(stderr, "compare: %s\n", err.text);
        return 2;
    }
    int status = compare_status(comparison);
    (arguments.summary ? compare_print_summary : compare_print)(comparison, stdout);
    if (arguments.csv != NULL && !compare_write_csv(comparison, arguments.csv, &err)) {
        fprintf(stderr, "compare: %s\n", err.text);
        status = 2;
    }
    compare_free(comparison);
    return fflush(stdout) == 0 ? status : 2;
}
