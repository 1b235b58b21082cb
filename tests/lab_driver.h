/* SPDX-License-Identifier: MIT
 *
 * lab_driver.h - an experiment made for tests/lab.sh: its cells can be slow, crash, fail, diverge,
 * fill the disk and go on from a checkpoint, as the environment says.
 *
 *     FAKE_SLOW_MS     every cell of policy=late sleeps so long
 *     FAKE_BROKEN      adds cells that crash, fail, exit and run out of memory
 *     FAKE_VERSION     added to the experiment's version
 *     FAKE_REPLANNED   how often the plan of desk scale alone changed
 *     FAKE_DATA        names a data set, which is verified: "good" or anything else
 *     FAKE_STOP_AT     policy=checkpoint dies of SIGKILL at this step
 *     FAKE_HEADER      a table with another column
 */
#ifndef TIDEMARK_TESTS_LAB_DRIVER_H
#define TIDEMARK_TESTS_LAB_DRIVER_H

#include "core/base/rng.h"
#include "core/lab/experiment.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct FakeConfig {
    char policy[16];
    double rate;
    uint32_t seed;
} FakeConfig;

static long fake_setting(const char *name) {
    const char *text = getenv(name);
    return text != NULL ? strtol(text, NULL, 10) : 0;
}

static void fake_add(Plan *plan, const char *policy, double rate, uint32_t seed) {
    FakeConfig config = {.rate = rate, .seed = seed};
    snprintf(config.policy, sizeof config.policy, "%s", policy);
    plan_add(plan, &config, "policy=%s,rate=%g,seed=%u", policy, rate, (unsigned)seed);
}

static void fake_plan(Plan *plan) {
    static const char *const policies[] = {"plain", "late", "diverged", "checkpoint"};
    uint32_t seeds = plan_seeds(plan, plan_scale(plan) == SCALE_SMOKE ? 2 : 5);
    for (size_t p = 0; p < 4; p++) {
        for (uint32_t seed = 1; seed <= seeds; seed++) {
            fake_add(plan, policies[p], 0.5 * (double)(p + 1), seed);
        }
    }
    if (getenv("FAKE_BROKEN") != NULL) {
        fake_add(plan, "crash", 1, 1);
        fake_add(plan, "fail", 1, 1);
        fake_add(plan, "exit", 1, 1);
        fake_add(plan, "memory", 1, 1);
    }
}

static bool fake_parse(const char *key, void *config, Error *err) {
    FakeConfig *fake = config;
    char end;
    if (sscanf(key, "rate=%lf%c", &fake->rate, &end) != 1) {
        return error_set(err, "a cell beside the plan is rate=NUMBER");
    }
    snprintf(fake->policy, sizeof fake->policy, "plain");
    fake->seed = 1;
    return true;
}

/* Ten steps; after each, the state goes to a checkpoint. */
static double fake_checkpointed(Cell *cell, Rng *rng) {
    const char *path = cell_scratch(cell, "state.txt"), *next = cell_scratch(cell, "next.txt");
    long step = 0;
    double sum = 0;
    FILE *file = fopen(path, "r");
    if (file != NULL) {
        if (fscanf(file, "%ld %la", &step, &sum) != 2) {
            die("%s: not a checkpoint", path);
        }
        fclose(file);
    }
    for (long skipped = 0; skipped < step; skipped++) {
        rng_uniform(rng);
    }
    for (; step < 10; step++) {
        sum += rng_uniform(rng);
        file = fopen(next, "w");
        if (file == NULL || fprintf(file, "%ld %a\n", step + 1, sum) < 0 || fclose(file) != 0 ||
            rename(next, path) != 0) {
            die("%s: cannot be written", path);
        }
        if (step + 1 == fake_setting("FAKE_STOP_AT")) {
            raise(SIGKILL);
        }
    }
    return sum;
}

static void fake_break(const char *policy) {
    if (strcmp(policy, "crash") == 0) {
        signal(SIGSEGV, SIG_DFL); /* a sanitizer would catch it */
        raise(SIGSEGV);
    } else if (strcmp(policy, "exit") == 0) {
        exit(7);
    } else if (strcmp(policy, "memory") == 0) {
        die("out of memory");
    }
}

static bool fake_cell(Cell *cell, Error *err) {
    const FakeConfig *config = cell->config;
    Rng rng = rng_make(config->seed, STREAM_TEST, 0);
    const char *status = "ok";
    double sum = 0;
    fake_break(config->policy);
    if (strcmp(config->policy, "fail") == 0) {
        return error_set(err, "no luck with \"%s\"", cell->key);
    }
    if (strcmp(config->policy, "late") == 0) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000 * fake_setting("FAKE_SLOW_MS")}, NULL);
    }
    if (strcmp(config->policy, "diverged") == 0) {
        status = "diverged";
        sum = 1 / sum;
    } else if (strcmp(config->policy, "checkpoint") == 0) {
        sum = fake_checkpointed(cell, &rng);
    }
    for (int64_t step = 0; step < 40; step++) {
        sum += config->rate * rng_uniform(&rng);
        table_row(cell_table(cell, "traces"), v_text(config->policy), v_double(config->rate),
                  v_count(config->seed), v_count(step), v_double(sum));
    }
    table_row(cell_table(cell, "ends"), v_text(config->policy), v_double(config->rate),
              v_count(config->seed), v_double(sum), v_text(status));
    return true;
}

static bool fake_verify(const char *dataset, Arena *arena, const char **sums, Error *err) {
    if (strcmp(dataset, "good") != 0) {
        return error_set(err, "the data set %s is not there; `make data` fetches it", dataset);
    }
    *sums = arena_format(arena, "%s/one=0123\n%s/two=4567\n", dataset, dataset);
    return true;
}

static Finding fake_judge(const Results *results) {
    double rows = (double)table_rows(results_table(results, "ends"));
    return finding_exact(rows, 20, "rows at %s scale, \"all\" of them", results_scale(results));
}

static int fake_tool(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--greet") == 0) {
        puts("hello");
        return 0;
    }
    return -1;
}

static int fake_main(int argc, char **argv) {
    static const Column traces[] = {{"policy", TIER_KEY}, {"rate", TIER_KEY},   {"seed", TIER_KEY},
                                    {"step", TIER_KEY},   {"sum", TIER_STABLE}, {NULL, TIER_KEY}};
    static Column ends[] = {{"policy", TIER_KEY}, {"rate", TIER_KEY},     {"seed", TIER_KEY},
                            {"sum", TIER_EARLY},  {"status", TIER_EXACT}, {NULL, TIER_KEY}};
    static const TableSpec tables[] = {{"traces", traces}, {"ends", ends}, {NULL, NULL}};
    static const Claim claims[] = {
        {"rows", "000", "All, twenty, cells are there", "20", fake_judge},
        {NULL, NULL, NULL, NULL, NULL}};
    const char *dataset[] = {getenv("FAKE_DATA"), NULL};
    Experiment fake = {.name = "fake",
                       .title = "An experiment for tests",
                       .question = "Does the lab keep its promises?",
                       .sources = "none",
                       .version = 1 + (unsigned)fake_setting("FAKE_VERSION"),
                       .replanned = {[SCALE_DESK] = (unsigned)fake_setting("FAKE_REPLANNED")},
                       .minutes = {0.01, 0.5, 90},
                       .config_size = sizeof(FakeConfig),
                       .tables = tables,
                       .claims = claims,
                       .datasets = dataset,
                       .verify = fake_verify,
                       .plan = fake_plan,
                       .cell = fake_cell,
                       .parse = fake_parse,
                       .tool = fake_tool};
    if (getenv("FAKE_HEADER") != NULL) {
        ends[4].name = "outcome";
    }
    return experiment_main(&fake, argc, argv);
}

#endif
