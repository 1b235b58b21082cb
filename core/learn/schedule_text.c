/* SPDX-License-Identifier: MIT
 *
 * Schedules as text: the reader.
 */
#include "core/learn/plateau.h"
#include "core/learn/schedule_policies.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- values ---- */

/* An assignment NAME=TEXT of a policy's; `text` is the default until one is given. */
typedef struct Setting {
    const Field *field;
    const char *text;
    bool given;
} Setting;

typedef struct Reader {
    const char *policy;
    const Field *fields;
    void *target;
    Setting settings[16];
    size_t count;
    Arena *arena;
    Error *err;
} Reader;

static double *number_at(const Reader *r, const Field *f) {
    return (double *)((char *)r->target + f->offset);
}

static uint64_t *count_at(const Reader *r, const Field *f) {
    return (uint64_t *)((char *)r->target + f->offset);
}

static bool read_number(const char **text, double *value) {
    char *end;
    *value = strtod(*text, &end);
    bool any = end != *text && !isspace((unsigned char)**text);
    *text = end;
    return any;
}

static bool read_count(const char **text, uint64_t *value) {
    double number;
    if (!read_number(text, &number) || !(number >= 0 && number <= 9007199254740992.0) ||
        number != (double)(uint64_t)number)
        return false;
    *value = (uint64_t)number;
    return true;
}

static const Setting *find_setting(const Reader *r, const char *name, size_t length) {
    for (size_t k = 0; k < r->count; k++)
        if (strlen(r->settings[k].field->name) == length &&
            !strncmp(r->settings[k].field->name, name, length))
            return &r->settings[k];
    return NULL;
}

/* A value may lean on another parameter: `step`, `max/4`. */
static bool leans(const Setting *s) {
    return (s->field->kind == NUMBER || s->field->kind == COUNT) &&
           isalpha((unsigned char)s->text[0]) && strncmp(s->text, "nan", 3) != 0 &&
           strncmp(s->text, "inf", 3) != 0;
}

static bool read_leaning(const Reader *r, const Setting *s) {
    size_t length = strcspn(s->text, "/");
    const Setting *other = find_setting(r, s->text, length);
    const char *rest = s->text + length;
    double divisor = 1;
    if (!other || other == s || other->field->kind != s->field->kind)
        return false;
    if (*rest == '/' && (rest++, !read_number(&rest, &divisor) || *rest || !(divisor > 0)))
        return false;
    if (s->field->kind == NUMBER)
        *number_at(r, s->field) = *number_at(r, other->field) / divisor;
    else
        *count_at(r, s->field) = (uint64_t)((double)*count_at(r, other->field) / divisor);
    return true;
}

/* Numbers or counts joined by commas; the target's own count is set beside them. */
static bool read_list(const Reader *r, const Setting *s) {
    size_t n = 1;
    for (const char *c = s->text; *c; c++)
        n += *c == ',';
    double *numbers = arena_new(r->arena, double, n);
    uint64_t *counts = arena_new(r->arena, uint64_t, n);
    const char *text = s->text;
    for (size_t k = 0; k < n; k++) {
        bool ok = s->field->kind == NUMBERS ? read_number(&text, &numbers[k])
                                            : read_count(&text, &counts[k]);
        if (!ok || *text != (k + 1 < n ? ',' : '\0'))
            return false;
        text++;
    }
    Schedule *schedule = r->target;
    schedule->count = n;
    if (s->field->kind == NUMBERS)
        schedule->rates = numbers;
    else
        schedule->milestones = counts;
    return true;
}

static bool read_flag(const char *text, bool *flag) {
    *flag = !strcmp(text, "yes") || !strcmp(text, "true") || !strcmp(text, "1");
    return *flag || !strcmp(text, "no") || !strcmp(text, "false") || !strcmp(text, "0");
}

static bool read_shape(const char *text, ScheduleWindow *shape) {
    static const char *const names[] = {"triangle", "welch", "hann"};
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        if (!strcmp(text, names[k])) {
            *shape = (ScheduleWindow)k;
            return true;
        }
    return false;
}

static bool read_value(const Reader *r, const Setting *s) {
    const char *text = s->text;
    char *to = (char *)r->target + s->field->offset;
    switch (s->field->kind) {
    case NUMBER:
        return leans(s) ? read_leaning(r, s) : read_number(&text, number_at(r, s->field)) && !*text;
    case COUNT:
        return leans(s) ? read_leaning(r, s) : read_count(&text, count_at(r, s->field)) && !*text;
    case FLAG:
        return read_flag(text, (bool *)to);
    case SHAPE:
        return read_shape(text, (ScheduleWindow *)to);
    case NUMBERS:
    case COUNTS:
        break;
    }
    return read_list(r, s);
}

/* ---- words ---- */

/* Notes NAME=TEXT: a default makes the parameter known, a given one replaces it. */
static bool note(Reader *r, char *word, bool given) {
    char *equals = strchr(word, '=');
    if (!equals)
        return error_set(r->err,
                         "%s: '%s' is not NAME=VALUE; write --policy list to see the "
                         "parameters",
                         r->policy, word);
    size_t length = (size_t)(equals - word);
    if (!given) {
        const Field *f = r->fields;
        while (strlen(f->name) != length || strncmp(f->name, word, length))
            f++;
        r->settings[r->count++] = (Setting){.field = f, .text = equals + 1};
        return true;
    }
    Setting *known = (Setting *)find_setting(r, word, length);
    if (!known)
        return error_set(r->err,
                         "%s: there is no parameter '%.*s'; write --policy list to see them",
                         r->policy, (int)length, word);
    if (known->given)
        return error_set(r->err, "%s: %s is given twice", r->policy, known->field->name);
    known->text = equals + 1;
    known->given = true;
    return true;
}

static bool note_all(Reader *r, char *words, bool given) {
    char *rest = NULL;
    for (char *word = strtok_r(words, " \t\n", &rest); word; word = strtok_r(NULL, " \t\n", &rest))
        if (!note(r, word, given))
            return false;
    return true;
}

/* Plain values first, then those that lean on others, in the order of the defaults. */
static bool read_parameters(const PolicyText *policy, const Field *fields, char *words,
                            void *target, Arena *arena, Error *err) {
    Reader r = {
        .policy = policy->name, .fields = fields, .target = target, .arena = arena, .err = err};
    if (!note_all(&r, arena_string(arena, policy->defaults), false) || !note_all(&r, words, true))
        return false;
    for (int pass = 0; pass < 2; pass++)
        for (size_t k = 0; k < r.count; k++) {
            const Setting *s = &r.settings[k];
            if (leans(s) == (pass == 1) && !read_value(&r, s))
                return error_set(err, "%s: %s cannot be '%s'", policy->name, s->field->name,
                                 s->text);
        }
    return true;
}

/* The name, with '-' as good as '_', is `name` or one of the aliases. */
static bool same_name(const char *given, const char *name, size_t length) {
    for (size_t k = 0; k < length; k++)
        if ((given[k] == '-' ? '_' : given[k]) != name[k])
            return false;
    return given[length] == '\0';
}

static bool is_called(const PolicyText *policy, const char *given) {
    if (same_name(given, policy->name, strlen(policy->name)))
        return true;
    const char *alias = policy->aliases;
    while (*alias) {
        size_t length = strcspn(alias, " ");
        if (same_name(given, alias, length))
            return true;
        alias += length + strspn(alias + length, " ");
    }
    return false;
}

/* Cuts the first word off; `*words` becomes the rest. */
static char *first_word(char **words) {
    char *word = *words + strspn(*words, " \t\n");
    char *end = word + strcspn(word, " \t\n");
    *words = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

static bool parse_one(char *words, Schedule *schedule, Arena *arena, Error *err) {
    char *name = first_word(&words);
    if (!strcmp(name, schedule_name(SCHEDULE_JOINED)))
        return error_set(err, "joined: write the schedules themselves: 'A | 16000: B | 22000: C'");
    for (size_t p = 0; p < SCHEDULE_POLICIES; p++) {
        if (!is_called(&schedule_policies[p], name))
            continue;
        *schedule = (Schedule){.policy = (SchedulePolicy)p};
        return read_parameters(&schedule_policies[p], schedule_fields, words, schedule, arena,
                               err) &&
               schedule_check(schedule, err);
    }
    return error_set(err, "there is no policy '%s'; write --policy list to see them all", name);
}

/* "TEXT | 16000: TEXT | ...": the first stage has no milestone, every other begins with its own. */
static bool parse_joined(char *text, Schedule *schedule, size_t stages, Arena *arena, Error *err) {
    Schedule *stage = arena_new(arena, Schedule, stages);
    uint64_t *milestones = arena_new(arena, uint64_t, stages);
    for (size_t k = 0; k < stages; k++) {
        char *bar = strchr(text, '|');
        if (bar)
            *bar = '\0';
        if (k > 0) {
            const char *number = text + strspn(text, " \t\n");
            if (!read_count(&number, &milestones[k - 1]) || *number != ':')
                return error_set(err,
                                 "joined: stage %zu begins with '%s', not with the iteration "
                                 "where it starts and a colon ('16000: ...')",
                                 k + 1, text);
            text = (char *)number + 1;
        }
        if (!parse_one(text, &stage[k], arena, err))
            return error_prefix(err, "joined, stage %zu", k + 1);
        text = bar ? bar + 1 : text;
    }
    *schedule = (Schedule){
        .policy = SCHEDULE_JOINED, .stages = stage, .milestones = milestones, .count = stages - 1};
    return schedule_check(schedule, err);
}

bool schedule_parse(const char *text, Schedule *schedule, Arena *arena, Error *err) {
    char *copy = arena_string(arena, text);
    size_t stages = 1;
    for (const char *c = copy; *c; c++)
        stages += *c == '|';
    return stages > 1 ? parse_joined(copy, schedule, stages, arena, err)
                      : parse_one(copy, schedule, arena, err);
}

bool plateau_parse(const char *text, Plateau *plateau, Error *err) {
    Arena *arena = arena_create();
    char *words = arena_string(arena, text), *name = first_word(&words);
    *plateau = (Plateau){0};
    bool ok = (is_called(&plateau_policy, name) ||
               error_set(err, "'%s' is not the policy plateau", name)) &&
              read_parameters(&plateau_policy, plateau_fields, words, plateau, arena, err) &&
              plateau_check(plateau, err);
    arena_destroy(arena);
    plateau_start(plateau);
    return ok;
}
