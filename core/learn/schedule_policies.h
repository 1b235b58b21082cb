/* SPDX-License-Identifier: MIT
 *
 * schedule_policies.h - the policies as a table: names, parameters, defaults, formulas, sources.
 *
 * Shared by the reader of schedules (schedule_text.c) and the list; not for users of schedules.
 */
#ifndef TIDEMARK_LEARN_SCHEDULE_POLICIES_H
#define TIDEMARK_LEARN_SCHEDULE_POLICIES_H

#include "core/learn/schedule.h"

typedef enum FieldKind { NUMBER, COUNT, FLAG, SHAPE, NUMBERS, COUNTS } FieldKind;

/* A parameter: its name and where its value goes in a Schedule or a Plateau. */
typedef struct Field {
    const char *name;
    FieldKind kind;
    size_t offset;
    const char *meaning;
} Field;

extern const Field schedule_fields[], plateau_fields[]; /* end with a NULL name */

/* `defaults` is itself a text of parameters, and those named there are those the policy takes. */
typedef struct PolicyText {
    const char *name, *aliases, *defaults, *formula, *source;
} PolicyText;

extern const PolicyText schedule_policies[SCHEDULE_POLICIES], plateau_policy;

#endif
