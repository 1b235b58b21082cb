/* SPDX-License-Identifier: MIT */
#include "core/lab/lab.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_LONGEST = 160 }; /* a directory's name, with room for what is put around it */

const char *scale_name(Scale scale) {
    static const char *const names[] = {"smoke", "desk", "paper"};
    return names[scale];
}

Scale plan_scale(const Plan *plan) {
    return plan->scale;
}

uint32_t plan_seeds(const Plan *plan, uint32_t otherwise) {
    uint32_t seeds = plan->seeds != 0 ? plan->seeds : otherwise;
    *plan->seeds_used = seeds;
    return seeds;
}

const char *plan_key_fault(const char *key) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "=,._+-";
    size_t length = strlen(key);
    if (length == 0 || length > KEY_LONGEST) {
        return "is empty or longer than 160 characters";
    }
    if (strspn(key, allowed) != length) {
        return "holds a character other than letters, digits and =,._+-";
    }
    for (const char *pair = key; pair != NULL;) {
        size_t pair_length = strcspn(pair, ",");
        size_t name_length = strcspn(pair, "=,");
        if (name_length == 0 || name_length + 1 >= pair_length || pair[0] == '.') {
            return "is not name=value pairs joined by commas";
        }
        pair = pair[pair_length] == ',' ? pair + pair_length + 1 : NULL;
    }
    return NULL;
}

void plan_add(Plan *plan, const void *config, const char *key_format, ...) {
    char key[KEY_LONGEST + 2];
    va_list args;
    va_start(args, key_format);
    int length = vsnprintf(key, sizeof key, key_format, args);
    va_end(args);
    const char *fault = length < 0 ? "cannot be printed" : plan_key_fault(key);
    if (fault != NULL) {
        die("the plan's key '%s' %s", key, fault);
    }
    if (plan->count == plan->room) {
        plan->room = 2 * plan->room + 64;
        plan->cells = realloc(plan->cells, plan->room * sizeof *plan->cells);
        if (plan->cells == NULL) {
            die("out of memory for a plan of %zu cells", plan->room);
        }
    }
    plan->cells[plan->count++] =
        (PlannedCell){.key = arena_string(plan->arena, key),
                      .config = arena_copy(plan->arena, config, plan->config_size)};
}

static int compare_keys(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void check_unique(const Plan *plan) {
    const char **keys = calloc(plan->count + 1, sizeof *keys);
    if (keys == NULL) {
        die("out of memory for a plan of %zu cells", plan->count);
    }
    for (size_t i = 0; i < plan->count; i++) {
        keys[i] = plan->cells[i].key;
    }
    qsort(keys, plan->count, sizeof *keys, compare_keys);
    for (size_t i = 1; i < plan->count; i++) {
        if (strcmp(keys[i - 1], keys[i]) == 0) {
            die("the plan names the cell '%s' twice", keys[i]);
        }
    }
    free(keys);
}

Plan *plan_create(const Experiment *experiment, Scale scale, uint32_t seeds) {
    Arena *arena = arena_create();
    Plan *plan = arena_new(arena, Plan, 1);
    *plan = (Plan){.scale = scale,
                   .seeds = seeds,
                   .seeds_used = arena_new(arena, uint32_t, 1),
                   .config_size = experiment->config_size,
                   .arena = arena};
    experiment->plan(plan);
    check_unique(plan);
    return plan;
}

void plan_free(Plan *plan) {
    if (plan != NULL) {
        free(plan->cells);
        arena_destroy(plan->arena);
    }
}
