/* SPDX-License-Identifier: MIT */
#include "core/search/space.h"

#include "core/base/exact.h"

#include <math.h>

size_t space_choices(const Param *param) {
    size_t count = 0;
    while (param->kind == PARAM_CHOICE && param->choices && param->choices[count])
        count++;
    return count;
}

static bool check_range(const Param *p, Error *err) {
    if (!isfinite(p->low) || !isfinite(p->high))
        return error_set(err, "parameter '%s': bounds %g ... %g are not finite", p->name, p->low,
                         p->high);
    if (p->low > p->high)
        return error_set(err, "parameter '%s': the lower bound %g is above the upper bound %g",
                         p->name, p->low, p->high);
    if (p->kind == PARAM_LOG && p->low <= 0)
        return error_set(err, "parameter '%s': a log scale cannot begin at %g; give a lower bound "
                              "above 0 or use a uniform scale", p->name, p->low);
    if (!(p->quantum >= 0) || (p->quantum > 0 && floor(p->high / p->quantum) * p->quantum < p->low))
        return error_set(err, "parameter '%s': no multiple of the quantum %g in %g ... %g", p->name,
                         p->quantum, p->low, p->high);
    return true;
}

static bool check_parent(const Space *space, size_t index, Error *err) {
    const Param *p = &space->params[index];
    if (!p->conditional)
        return true;
    if (p->parent >= index || space->params[p->parent].kind != PARAM_CHOICE)
        return error_set(err, "parameter '%s': its parent must be a choice that stands before it",
                         p->name);
    if (p->when >= space_choices(&space->params[p->parent]))
        return error_set(err, "parameter '%s': its parent '%s' has no alternative %zu", p->name,
                         space->params[p->parent].name, p->when);
    return true;
}

bool space_check(const Space *space, Error *err) {
    if (space->count == 0)
        return error_set(err, "the search space is empty: give it at least one parameter");
    if (space->count > SPACE_MAX)
        return error_set(err, "%zu parameters in the search space; at most %d", space->count,
                         SPACE_MAX);
    for (size_t i = 0; i < space->count; i++) {
        const Param *p = &space->params[i];
        if (!p->name)
            return error_set(err, "parameter %zu of the search space has no name", i);
        if (p->kind == PARAM_CHOICE && space_choices(p) == 0)
            return error_set(err, "parameter '%s': a choice without alternatives", p->name);
        if ((p->kind != PARAM_CHOICE && !check_range(p, err)) || !check_parent(space, i, err))
            return false;
    }
    return true;
}

/* The nearest multiple of the quantum that is within the range (which at may have left). */
static double quantise(const Param *p, double value, bool inside) {
    double q = p->quantum, n = floor(value / q + 0.5);
    if (inside && n * q > p->high)
        n = floor(p->high / q);
    if (inside && n * q < p->low)
        n = ceil(p->low / q);
    return n * q;
}

double param_value(const Param *p, double at) {
    if (p->kind == PARAM_CHOICE) {
        double count = (double)space_choices(p), index = floor(at * count);
        return index < 0 ? 0 : index > count - 1 ? count - 1 : index;
    }
    double value;
    if (at == 0 || at == 1)
        value = at == 0 ? p->low : p->high; /* the bounds are exact */
    else if (p->kind == PARAM_LOG)
        value = p->low * exact_exp(at * exact_log(p->high / p->low));
    else
        value = p->low + (p->high - p->low) * at;
    return p->quantum > 0 ? quantise(p, value, at >= 0 && at <= 1) : value;
}

double param_place(const Param *p, double value) {
    size_t choices = space_choices(p);
    if (p->kind == PARAM_CHOICE)
        return choices > 1 ? value / (double)(choices - 1) : 0.5;
    if (p->low == p->high)
        return 0.5;
    if (p->kind == PARAM_LOG)
        return exact_log(value / p->low) / exact_log(p->high / p->low);
    return (value - p->low) / (p->high - p->low);
}

void space_values(const Space *space, const double *at, double *values) {
    for (size_t i = 0; i < space->count; i++) {
        const Param *p = &space->params[i];
        bool active = !p->conditional || values[p->parent] == (double)p->when;
        values[i] = active ? param_value(p, at[i]) : (double)NAN;
    }
}

void space_features(const Space *space, const double *values, double *features) {
    for (size_t i = 0; i < space->count; i++)
        features[i] = isnan(values[i]) ? 0.5 : param_place(&space->params[i], values[i]);
}
