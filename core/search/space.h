/* SPDX-License-Identifier: MIT
 *
 * space.h - what is searched: parameters, their ranges and their scales.
 *
 *     static const Param params[] = {
 *         {.name = "rate", .kind = PARAM_LOG, .low = 1e-3, .high = 10},
 *         {.name = "hidden", .kind = PARAM_LOG, .low = 18, .high = 1024, .quantum = 1},
 *         {.name = "unit", .kind = PARAM_CHOICE,
 *          .choices = (const char *const[]){"tanh", "relu", NULL}},
 *         {.name = "slope", .kind = PARAM_UNIFORM, .low = 0, .high = 0.3, .fixed = true,
 *          .parent = 2, .when = 1}};
 *     static const Space space = {params, 4};
 *
 * A search sees the unit cube, one axis a parameter: a place u in [0, 1] is
 *     UNIFORM   low + (high - low) u
 *     LOG       low (high / low)^u            so that equal steps are equal factors
 *     CHOICE    the floor(u n)-th of n alternatives
 * then, with a quantum q > 0, the nearest multiple of q within [low, high].  Only coarse to
 * fine leaves [0, 1], where it widens a range that is not `fixed`.
 *
 * A conditional parameter has a meaning only while its parent, a choice before it, has the value
 * `when` (and is active itself); otherwise its value is nan.
 */
#ifndef TIDEMARK_SEARCH_SPACE_H
#define TIDEMARK_SEARCH_SPACE_H

#include "core/base/error.h"
#include <stdbool.h>
#include <stddef.h>

enum { SPACE_MAX = 32 }; /* parameters of a space */

typedef enum ParamKind { PARAM_UNIFORM, PARAM_LOG, PARAM_CHOICE } ParamKind;

typedef struct Param {
    const char *name;
    ParamKind kind;
    double low, high;           /* low <= high; LOG: 0 < low */
    double quantum;             /* values are multiples of it; 0 = any value */
    bool fixed;                 /* the range may never be widened */
    const char *const *choices; /* CHOICE: ends with NULL; the value is the index */
    bool conditional;
    size_t parent, when;        /* conditional: index of a choice in the space, and its value */
} Param;

typedef struct Space {
    const Param *params;
    size_t count;
} Space;

/* Refuses an empty space, a lower bound above the upper, a log scale with 0, a choice without
 * alternatives, a parent that is no choice or stands behind its child. */
bool space_check(const Space *space, Error *err);

size_t space_choices(const Param *param); /* alternatives of a choice, else 0 */

/* One parameter: its value at a place of its axis, and a place of a value (alternatives of a choice
 * stand at equal distances from 0 to 1). */
double param_value(const Param *param, double at);
double param_place(const Param *param, double value);

/* All of them; nan where a parameter is inactive. */
void space_values(const Space *space, const double *at, double *values);

/* The places that the values really have (after rounding; 1/2 where inactive): what a model of the
 * results sees.  Two trials with the same values have the same features. */
void space_features(const Space *space, const double *values, double *features);

#endif
