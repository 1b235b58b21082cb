/* SPDX-License-Identifier: MIT */
#include "core/lab/lab.h"
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool same_number(const char *a, const char *b) {
    char *a_end, *b_end;
    double x = strtod(a, &a_end), y = strtod(b, &b_end);
    return a_end != a && b_end != b && *a_end == '\0' && *b_end == '\0' && x == y;
}

/* Splits "name=value,name=value" in place: cuts the first pair off and returns the rest. */
static char *cut_pair(char *text, char **name, char **value) {
    char *rest = strchr(text, ',');
    if (rest != NULL) {
        *rest++ = '\0';
    }
    *name = text;
    *value = strchr(text, '=');
    if (*value != NULL) {
        *(*value)++ = '\0';
    }
    return rest;
}

static bool key_has(const char *key, const char *name, const char *value) {
    char *copy = strdup(key);
    if (copy == NULL) {
        die("out of memory");
    }
    bool found = false;
    char *rest = copy, *key_name, *key_value;
    while (rest != NULL && !found) {
        rest = cut_pair(rest, &key_name, &key_value);
        found = key_value != NULL && strcmp(key_name, name) == 0 &&
                (fnmatch(value, key_value, 0) == 0 || same_number(value, key_value));
    }
    free(copy);
    return found;
}

static bool all_conditions_hold(const char *key, const char *pattern) {
    char *copy = strdup(pattern);
    if (copy == NULL) {
        die("out of memory");
    }
    bool hold = true;
    char *rest = copy, *name, *value;
    while (rest != NULL && hold) {
        rest = cut_pair(rest, &name, &value);
        hold = value != NULL && key_has(key, name, value);
    }
    free(copy);
    return hold;
}

bool plan_key_fits(const char *key, const char *pattern) {
    return fnmatch(pattern, key, 0) == 0 || all_conditions_hold(key, pattern);
}

/* A cell that the plan does not have, where the experiment can make one of the pattern. */
static bool add_unplanned(Plan *plan, const Experiment *experiment, const char *key, Error *err) {
    const char *fault = plan_key_fault(key);
    if (experiment->parse == NULL || fault != NULL) {
        return error_set(err, "it cannot be run as a cell beside the plan%s%s",
                         fault != NULL ? " either: it " : "", fault != NULL ? fault : "");
    }
    void *config = arena_alloc(plan->arena, 1, plan->config_size);
    if (!experiment->parse(key, config, err)) {
        return false;
    }
    plan_add(plan, config, "%s", key);
    return true;
}

static bool nothing_fits(const Plan *plan, const char *only, Error *err) {
    Error why = *err;
    const char *first = plan->count > 0 ? plan->cells[0].key : "";
    const char *last = plan->count > 1 ? plan->cells[plan->count - 1].key : first;
    return error_set(err,
                     "--only: no cell fits '%s', and %s; the plan's %zu keys go from %s to %s; "
                     "--list prints them",
                     only, why.text, plan->count, first, last);
}

bool plan_select(Plan *plan, const Experiment *experiment, const Options *options, Error *err) {
    size_t fitting = 0;
    for (size_t i = 0; i < plan->count; i++) {
        bool fits = options->only == NULL || plan_key_fits(plan->cells[i].key, options->only);
        fitting += fits;
        plan->cells[i].selected = fits && i % options->shards == options->shard;
    }
    if (options->only == NULL || fitting > 0) {
        return true;
    }
    if (!add_unplanned(plan, experiment, options->only, err)) {
        return nothing_fits(plan, options->only, err);
    }
    plan->cells[plan->count - 1].selected = true;
    return true;
}
