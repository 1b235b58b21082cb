/* SPDX-License-Identifier: MIT
 *
 * refine.c - the searches that go on from what they found: coordinate, coarse to fine, halving.
 */
#include "core/base/exact.h"
#include "core/search/methods.h"
#include "core/search/points.h"

#include <math.h>
#include <string.h>

/* ---- coordinate ---- */

/* A value within the bounds of its parameter, on its quantum. */
static double bounded(const Param *p, double value) {
    if (p->kind == PARAM_CHOICE || value <= p->low)
        return p->kind == PARAM_CHOICE ? value : param_value(p, 0);
    if (value >= p->high)
        return param_value(p, 1);
    return p->quantum > 0 ? param_value(p, param_place(p, value)) : value;
}

static double moved(const Param *p, double value, double offset) {
    return bounded(p, p->kind == PARAM_LOG ? value * exact_exp10(offset) : value + offset);
}

static bool begin_coordinate(Search *s, Arena *arena, Error *err) {
    (void)arena;
    CoordinateSpec *spec = &s->spec.coordinate;
    if (spec->count == 0 || !spec->offsets)
        return error_set(err, "a coordinate search needs offsets to try");
    if (!(spec->damping >= 0 && spec->damping <= 1))
        return error_set(err, "coordinate search: damping %g is not in 0 ... 1", spec->damping);
    spec->damping = spec->damping > 0 ? spec->damping : 1;
    for (size_t i = 0; i < s->space->count; i++) {
        const Param *p = &s->space->params[i];
        s->center[i] = spec->start ? bounded(p, spec->start[i]) : param_value(p, 0.5);
    }
    return true;
}

/* Values of the centre with those that are inactive masked. */
static void center_values(const Search *s, double *values) {
    for (size_t i = 0; i < s->space->count; i++) {
        const Param *p = &s->space->params[i];
        bool active = !p->conditional || values[p->parent] == (double)p->when;
        values[i] = active ? s->center[i] : (double)NAN;
    }
}

/* The best of the last line, and among equals the shortest move; then the centre goes there. */
static void move_center(Search *s) {
    const Param *p = &s->space->params[s->line];
    double here = s->center[s->line], to = here, least = (double)INFINITY;
    for (size_t i = s->previous; i < s->count; i++) {
        double value = s->trials[i].values[s->line], loss = search_rank(&s->trials[i]);
        if (loss < least || (loss == least && fabs(value - here) < fabs(to - here))) {
            least = loss;
            to = value;
        }
    }
    double share = s->spec.coordinate.damping;
    if (p->kind == PARAM_CHOICE || share == 1)
        s->center[s->line] = to;
    else if (p->kind == PARAM_LOG)
        s->center[s->line] = bounded(p, here * exact_pow(to / here, share));
    else
        s->center[s->line] = bounded(p, here + share * (to - here));
}

/* The different values of a line, in the order of the offsets. */
static size_t line_values(const Search *s, double *line, size_t room) {
    const Param *p = &s->space->params[s->line];
    size_t count = 0, tries = p->kind == PARAM_CHOICE ? space_choices(p) : s->spec.coordinate.count;
    for (size_t i = 0; i < tries; i++) {
        double value = (double)i;
        if (p->kind != PARAM_CHOICE)
            value = moved(p, s->center[s->line], s->spec.coordinate.offsets[i]);
        bool known = false;
        for (size_t j = 0; j < count; j++)
            known = known || line[j] == value;
        if (!known && count < room)
            line[count++] = value;
    }
    return count;
}

static void batch_coordinate(Search *s) {
    enum { ROOM = 1000 };
    double values[SPACE_MAX], line[ROOM];
    if (s->count) {
        move_center(s);
        s->line = (s->line + 1) % s->space->count;
    }
    s->previous = s->count;
    if (s->spec.coordinate.lines && s->round >= s->spec.coordinate.lines)
        return;
    center_values(s, values);
    for (size_t skipped = 0; isnan(values[s->line]) && skipped < s->space->count; skipped++)
        s->line = (s->line + 1) % s->space->count;
    size_t count = line_values(s, line, ROOM);
    if (count > s->spec.budget - s->count)
        return; /* half a line would decide nothing */
    for (size_t i = 0; i < count; i++) {
        double center = s->center[s->line];
        s->center[s->line] = line[i];
        center_values(s, values); /* a choice may wake its children */
        search_add_values(s, values);
        s->center[s->line] = center;
    }
}

/* The last line is a line too: its best place counts. */
const SearchOps search_coordinate = {"coordinate", begin_coordinate, batch_coordinate,
                                     move_center};

/* ---- coarse to fine ---- */

static bool begin_coarse(Search *s, Arena *arena, Error *err) {
    CoarseToFineSpec *spec = &s->spec.coarse;
    spec->rounds = spec->rounds ? spec->rounds : 3;
    spec->shrink = spec->shrink != 0 ? spec->shrink : 1.0 / 3;
    spec->border = spec->border != 0 ? spec->border : 0.1;
    if (!(spec->shrink > 0 && spec->shrink < 1) || !(spec->border > 0 && spec->border < 0.5))
        return error_set(err, "coarse to fine: shrink %g is not in 0 ... 1 or border %g not in "
                              "0 ... 0.5", spec->shrink, spec->border);
    if (spec->rounds > s->spec.budget)
        return error_set(err, "coarse to fine: %zu rounds with a budget of %zu trials",
                         spec->rounds, s->spec.budget);
    s->borders = arena_new(arena, SearchBorder, spec->rounds * s->space->count);
    for (size_t d = 0; d < s->space->count; d++)
        s->high[d] = 1;
    return true;
}

/* Has the parameter a range, and a place in it? */
static bool rangeful(const Search *s, size_t d, const Trial *best) {
    const Param *p = &s->space->params[d];
    return p->kind != PARAM_CHOICE && p->low < p->high && !isnan(best->values[d]);
}

/* Notes a best place on a border; true if the box may go beyond it. */
static bool on_border(Search *s, size_t d, const Trial *best) {
    const CoarseToFineSpec *spec = &s->spec.coarse;
    const Param *p = &s->space->params[d];
    double from_low = (best->at[d] - s->low[d]) / (s->high[d] - s->low[d]);
    bool upper = from_low > 1 - spec->border;
    if (from_low >= spec->border && !upper)
        return false;
    bool widened = !spec->narrow_only && !p->fixed;
    s->borders[s->border_count++] = (SearchBorder){
        .round = s->round - 1, .parameter = d, .upper = upper, .widened = widened,
        .value = best->values[d], .low = param_value(p, s->low[d]),
        .high = param_value(p, s->high[d])};
    return widened;
}

/* The box of the next round.  A choice keeps its whole axis: all alternatives stay open. */
static void narrow(Search *s, const Trial *best) {
    for (size_t d = 0; d < s->space->count; d++) {
        if (!rangeful(s, d, best))
            continue;
        bool beyond = on_border(s, d, best);
        double width = (s->high[d] - s->low[d]) * (beyond ? 1 : s->spec.coarse.shrink);
        double low = best->at[d] - width / 2;
        if (!beyond) /* stays inside the box */
            low = fmin(fmax(low, s->low[d]), s->high[d] - width);
        s->low[d] = low;
        s->high[d] = low + width;
    }
}

static const Trial *best_so_far(const Search *s) {
    return search_best_of(s, s->spec.coarse.own_round ? s->previous : 0, s->count);
}

static void batch_coarse(Search *s) {
    size_t rounds = s->spec.coarse.rounds, first = s->count;
    if (s->round)
        narrow(s, best_so_far(s));
    size_t end = s->spec.budget * (s->round + 1) / rounds;
    for (size_t k = first; k < end; k++) {
        double at[SPACE_MAX];
        points_random(s->spec.seed, k, at, s->space->count);
        for (size_t d = 0; d < s->space->count; d++)
            at[d] = s->low[d] + (s->high[d] - s->low[d]) * at[d];
        search_add(s, at);
    }
    s->previous = first;
}

/* The last round has borders too. */
static void finish_coarse(Search *s) {
    const Trial *best = best_so_far(s);
    for (size_t d = 0; d < s->space->count; d++)
        if (rangeful(s, d, best))
            on_border(s, d, best);
}

const SearchOps search_coarse_to_fine = {"coarse_to_fine", begin_coarse, batch_coarse,
                                         finish_coarse};

/* ---- successive halving ---- */

/* Trials of all rounds that begin with `first`. */
static size_t halving_total(size_t first, size_t eta) {
    size_t total = 0;
    for (size_t n = first; n > 0; n /= eta)
        total += n;
    return total;
}

static bool begin_halving(Search *s, Arena *arena, Error *err) {
    (void)arena;
    s->spec.eta = s->spec.eta ? s->spec.eta : 3;
    return s->spec.eta > 1 || error_set(err, "successive halving: eta is 1; it must be at least 2");
}

/* How many trials of the last rung are better than this one; the first of equals is better. */
static size_t better(const Search *s, const Trial *trial, size_t end) {
    size_t count = 0;
    for (size_t i = s->rung; i < end; i++) {
        double mine = search_rank(trial), other = search_rank(&s->trials[i]);
        count += other < mine || (other == mine && i < trial->index);
    }
    return count;
}

static void batch_halving(Search *s) {
    if (s->count == 0) {
        size_t first = 1;
        while (halving_total(first + 1, s->spec.eta) <= s->spec.budget)
            first++;
        for (size_t k = 0; k < first; k++) {
            double at[SPACE_MAX];
            points_random(s->spec.seed, k, at, s->space->count);
            search_add(s, at);
        }
        return;
    }
    size_t first = s->rung, end = s->count, keep = (end - first) / s->spec.eta;
    for (size_t i = first; i < end; i++) {
        if (better(s, &s->trials[i], end) >= keep)
            continue;
        Trial *next = search_add(s, s->trials[i].at);
        next->config = s->trials[i].config;
        next->resource = s->trials[i].resource * (double)s->spec.eta;
    }
    s->rung = end;
}

const SearchOps search_halving = {"halving", begin_halving, batch_halving, NULL};
