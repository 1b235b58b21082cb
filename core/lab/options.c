/* SPDX-License-Identifier: MIT */
#include "core/lab/lab.h"
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_SCALE = 1000, /* no key is a letter: there are long options only */
    KEY_SEEDS,
    KEY_JOBS,
    KEY_ONLY,
    KEY_SHARD,
    KEY_OUT,
    KEY_LIST,
    KEY_ABOUT,
    KEY_FORCE,
    KEY_WATCH,
    KEY_QUIET,
    KEY_BLAS,
    KEY_ISA,
    KEY_CORE,
    KEY_CLAIMS,
    KEY_HELP,
    KEY_VERSION
};

static const struct argp_option option_list[] = {
    {NULL, 0, NULL, 0, "What is computed:", 1},
    {"scale", KEY_SCALE, "NAME", 0, "smoke (seconds), desk (minutes, the default) or paper", 1},
    {"seeds", KEY_SEEDS, "N", 0, "Seeds 1 ... N instead of the experiment's own number", 1},
    {"only", KEY_ONLY, "PATTERN", 0,
     "Only the cells whose key fits: name=value[,name=value...], or a glob over the whole key", 1},
    {"shard", KEY_SHARD, "K/N", 0, "Only the cells K, K+N, K+2N, ... of the plan; K is 0 ... N-1",
     1},
    {"force", KEY_FORCE, NULL, 0, "Redo finished cells too, and replace those in the way", 1},
    {"watch", KEY_WATCH, NULL, 0,
     "Write every training's update-to-weight ratios, histograms and averaged weights too", 1},
    {"claims", KEY_CLAIMS, NULL, 0, "Compute nothing: judge the claims again from the tables", 1},
    {NULL, 0, NULL, 0, "How:", 2},
    {"jobs", KEY_JOBS, "N", 0, "Cells side by side; as many as there are cores if not given", 2},
    {"blas", KEY_BLAS, "ENGINE", 0, "own (the default: the same bits on every machine) or openblas",
     2},
    {"isa", KEY_ISA, "NAME", 0,
     "Instruction set: baseline, v3, v4, neon; the best one if not given", 2},
    {"core", KEY_CORE, "NAME", 0, "OpenBLAS kernel, such as Haswell; the CPU's own if not given",
     2},
    {NULL, 0, NULL, 0, "What is shown and written:", 3},
    {"out", KEY_OUT, "DIR", 0, "Results go to DIR/<experiment>; results/local if not given", 3},
    {"list", KEY_LIST, NULL, 0, "Print the keys of the cells and stop", 3},
    {"about", KEY_ABOUT, NULL, 0,
     "Print one line and stop: name, cells and minutes on one core at each scale, question", 3},
    {"quiet", KEY_QUIET, NULL, 0, "No progress and no summary; what is wrong is still said", 3},
    {"help", KEY_HELP, NULL, 0, "Print this and stop", 4},
    {"version", KEY_VERSION, NULL, 0, "Print the versions and stop", 4},
    {NULL, 0, NULL, 0, NULL, 0}};

typedef struct Parsing {
    Options *options;
    Error *err;
} Parsing;

/* Digits only, from `low` to `high`. */
static bool whole_number(const char *text, size_t low, size_t high, size_t *number) {
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text)) {
        return false;
    }
    errno = 0;
    unsigned long value = strtoul(text, NULL, 10);
    *number = value;
    return errno == 0 && value >= low && value <= high;
}

static bool parse_count(const char *name, const char *text, size_t high, size_t *number,
                        Error *err) {
    return whole_number(text, 1, high, number) ||
           error_set(err, "--%s: '%s' is not a number from 1 to %zu; see --help", name, text, high);
}

static bool parse_scale(const char *text, Scale *scale, Error *err) {
    for (Scale s = SCALE_SMOKE; s <= SCALE_PAPER; s++) {
        if (strcmp(text, scale_name(s)) == 0) {
            *scale = s;
            return true;
        }
    }
    return error_set(err, "--scale: '%s' is not smoke, desk or paper; see --help", text);
}

static bool parse_shard(const char *text, Options *options, Error *err) {
    char first[24] = "";
    const char *slash = strchr(text, '/');
    if (slash != NULL && (size_t)(slash - text) < sizeof first) {
        memcpy(first, text, (size_t)(slash - text));
        if (whole_number(slash + 1, 1, 1000000, &options->shards) &&
            whole_number(first, 0, options->shards - 1, &options->shard)) {
            return true;
        }
    }
    return error_set(err,
                     "--shard: '%s' is not K/N with N from 1 to 1000000 and K from 0 to N-1; "
                     "see --help",
                     text);
}

static bool parse_engine(const char *text, Engine *engine, Error *err) {
    if (strcmp(text, "own") == 0) {
        *engine = ENGINE_OWN;
    } else if (strcmp(text, "openblas") == 0) {
        *engine = ENGINE_OPENBLAS;
    } else {
        return error_set(err, "--blas: '%s' is not own or openblas; see --help", text);
    }
    return true;
}

static bool parse_name(const char *name, const char *text, const char **value, Error *err) {
    *value = text;
    return text[0] != '\0' || error_set(err, "--%s: the name is empty; see --help", name);
}

static bool parse_value(int key, char *text, Options *options, Error *err) {
    size_t number = 0;
    bool good = true;
    switch (key) {
    case KEY_SCALE:
        return parse_scale(text, &options->scale, err);
    case KEY_SEEDS:
        good = parse_count("seeds", text, 1000, &number, err);
        options->seeds = (uint32_t)number;
        return good;
    case KEY_JOBS:
        return parse_count("jobs", text, 4096, &options->jobs, err);
    case KEY_ONLY:
        return parse_name("only", text, &options->only, err);
    case KEY_SHARD:
        return parse_shard(text, options, err);
    case KEY_OUT:
        return parse_name("out", text, &options->out, err);
    case KEY_BLAS:
        return parse_engine(text, &options->engine.engine, err);
    case KEY_ISA:
        return parse_name("isa", text, &options->engine.isa, err);
    case KEY_CORE:
        return parse_name("core", text, &options->engine.core, err);
    default:
        return error_set(err, "option %d is not handled", key);
    }
}

static error_t parse_one(int key, char *text, struct argp_state *state) {
    Parsing *parsing = state->input;
    Options *options = parsing->options;
    switch (key) {
    case KEY_LIST:
        options->list = true;
        return 0;
    case KEY_ABOUT:
        options->about = true;
        return 0;
    case KEY_FORCE:
        options->force = true;
        return 0;
    case KEY_WATCH:
        options->watch = true;
        return 0;
    case KEY_QUIET:
        options->quiet = true;
        return 0;
    case KEY_CLAIMS:
        options->claims = true;
        return 0;
    case KEY_HELP:
        options->help = true;
        return 0;
    case KEY_VERSION:
        options->version = true;
        return 0;
    case ARGP_KEY_ARG:
        error_set(parsing->err, "'%s' is not an option; see --help", text);
        return EINVAL;
    default:
        if (text == NULL) {
            return ARGP_ERR_UNKNOWN; /* argp's own bookkeeping */
        }
        return parse_value(key, text, options, parsing->err) ? 0 : EINVAL;
    }
}

/* getopt only says that something is wrong with this word; its own message would be two lines. */
static bool say_what_is_wrong(const char *word, Error *err) {
    size_t length = strcspn(word, "=");
    size_t fitting = 0;
    const struct argp_option *found = NULL;
    for (const struct argp_option *o = option_list; o->name != NULL || o->doc != NULL; o++) {
        if (o->name != NULL && length > 2 && strncmp(o->name, word + 2, length - 2) == 0) {
            found = o;
            fitting++;
        }
    }
    if (fitting > 1) {
        return error_set(err, "'%.*s' may be several options; see --help", (int)length, word);
    }
    if (found == NULL || strncmp(word, "--", 2) != 0) {
        return error_set(err, "there is no option '%.*s'; see --help", (int)length, word);
    }
    if (found->arg != NULL) {
        return error_set(err, "--%s needs a value: --%s %s; see --help", found->name, found->name,
                         found->arg);
    }
    return error_set(err, "--%s takes no value; see --help", found->name);
}

bool options_parse(int argc, char **argv, Options *options, Error *err) {
    *options = (Options){.scale = SCALE_DESK, .shards = 1, .out = "results/local"};
    Parsing parsing = {.options = options, .err = err};
    struct argp argp = {.options = option_list, .parser = parse_one};
    int index = argc;
    err->text[0] = '\0';
    if (argp_parse(&argp, argc, argv, ARGP_NO_HELP | ARGP_NO_ERRS | ARGP_NO_EXIT, &index,
                   &parsing) == 0) {
        return true;
    }
    if (err->text[0] == '\0') {
        bool is_value = index > 1 && index <= argc && argv[index - 1][0] != '-';
        say_what_is_wrong(index > 0 && index <= argc ? argv[index - 1 - is_value] : "", err);
    }
    return false;
}

void options_print_help(const Experiment *experiment) {
    Arena *arena = arena_create();
    struct argp argp = {.options = option_list,
                        .doc = arena_format(arena, "%s\n%s\vSources: %s.", experiment->title,
                                            experiment->question, experiment->sources)};
    char *name = arena_string(arena, experiment->name);
    argp_help(&argp, stdout, ARGP_HELP_SHORT_USAGE | ARGP_HELP_DOC | ARGP_HELP_LONG, name);
    arena_destroy(arena);
}
