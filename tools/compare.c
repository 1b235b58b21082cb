/* SPDX-License-Identifier: MIT
 *
 * compare - do two sets of results say the same?  See core/lab/compare.h.
 */
#include "core/lab/compare.h"
#include <argp.h>
#include <errno.h>
#include <stdlib.h>

typedef struct Arguments {
    const char *directories[2];
    size_t count;
    const char *csv;
    bool summary, help;
    Error fault; /* empty = the command line is right */
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
    case 'h':
        arguments->help = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->count == 2) {
            error_set(&arguments->fault, "two directories are compared, '%s' is a third", argument);
            return EINVAL;
        }
        arguments->directories[arguments->count++] = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->count < 2) {
            error_set(&arguments->fault, "two directories are expected, like "
                                         "results/reference/desk results/local");
            return EINVAL;
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"csv", 'c', "FILE", 0, "write every check as a row of FILE", 0},
    {"summary", 's', NULL, 0, "print only the one line that says whether they agree", 0},
    {"help", 'h', NULL, 0, "print this and stop", 0},
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
    int index = argc;
    error_t wrong =
        argp_parse(&parser, argc, argv, ARGP_NO_HELP | ARGP_NO_ERRS, &index, &arguments);
    if (arguments.help) {
        argp_help(&parser, stdout, ARGP_HELP_SHORT_USAGE | ARGP_HELP_DOC | ARGP_HELP_LONG,
                  (char[]){"compare"});
        return fflush(stdout) == 0 ? 0 : 2;
    }
    if (wrong != 0) {
        if (arguments.fault.text[0] == '\0') {
            index = index < argc ? index : argc - 1;
            while (index > 1 && argv[index][0] != '-') {
                index--; /* getopt may be past it */
            }
            error_set(&arguments.fault, "'%s' is not an option, or lacks its value", argv[index]);
        }
        fprintf(stderr, "compare: %s; see --help\n", arguments.fault.text);
        return 2;
    }
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
