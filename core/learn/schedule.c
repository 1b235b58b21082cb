/* SPDX-License-Identifier: MIT */
#include "core/learn/schedule.h"

#include "core/base/exact.h"
#include <math.h>

/* ---- pieces: every one returns its end points as they were given ---- */

static double line(double from, double to, double f) {
    return f <= 0 ? from : f >= 1 ? to : from + (to - from) * f;
}

static double cosine(double from, double to, double f) {
    return f <= 0 ? from : f >= 1 ? to : to + (from - to) / 2 * (1 + exact_cospi(f));
}

static double share(uint64_t part, uint64_t whole) {
    return (double)part / (double)whole;
}

/* i / step, or the whole steps in it */
static double steps_done(const Schedule *s, uint64_t i, bool whole) {
    return whole ? (double)(i / s->step) : share(i, s->step);
}

/* ---- cycles ---- */

typedef struct Place {
    double height;   /* of the window: 0 at the bounds of a cycle, 1 at its peak */
    uint64_t cycles; /* done */
} Place;

static double window(ScheduleWindow shape, double f) {
    switch (shape) {
    case WINDOW_WELCH:
        return 1 - (1 - f) * (1 - f);
    case WINDOW_HANN:
        return (1 - exact_cospi(f)) / 2;
    case WINDOW_TRIANGLE:
        break;
    }
    return f;
}

static Place place(const Schedule *s, uint64_t i) {
    uint64_t down = s->step_down > 0 ? s->step_down : s->step;
    uint64_t cycle = s->step + down, u = i % cycle;
    double f = u <= s->step ? share(u, s->step) : share(cycle - u, down);
    return (Place){.height = window(s->window, f), .cycles = i / cycle};
}

/* What the difference between max and base has shrunk to: 1 at the start. */
static double amplitude(const Schedule *s, uint64_t i, uint64_t cycles) {
    switch (s->policy) {
    case SCHEDULE_TRIANGULAR2:
        return ldexp(1, -(int)(cycles < 2000 ? cycles : 2000)); /* a power of two: exact */
    case SCHEDULE_EXP_RANGE:
    case SCHEDULE_EXP_RANGE_BOTH:
        return exact_pow(s->gamma, (double)i);
    default:
        return 1;
    }
}

/* from + (to - from) scale height, exactly `from` at the bounds and `to` at an unscaled peak */
static double cyclic(double from, double to, double scale, double height) {
    double peak = scale == 1 ? to : from + (to - from) * scale;
    return line(from, peak, height);
}

static double cyclic_rate(const Schedule *s, uint64_t i) {
    Place at = place(s, i);
    double scale = amplitude(s, i, at.cycles);
    if (s->policy == SCHEDULE_EXP_RANGE_BOTH)
        return scale * cyclic(s->base, s->max, 1, at.height);
    return cyclic(s->base, s->max, scale, at.height);
}

static double cyclic_momentum(const Schedule *s, uint64_t i) {
    Place at = place(s, i);
    return cyclic(s->momentum_max, s->momentum_base, amplitude(s, i, at.cycles), at.height);
}

/* ---- one cycle: values at the ends of phases, whose ends may lie between two iterations ---- */

typedef struct Phase {
    double end; /* iteration */
    double rate, momentum;
} Phase;

typedef struct PhaseValue {
    double rate, momentum;
} PhaseValue;

/* Iteration i in `count` phases that begin where their predecessor ended, the first at `start`. */
static PhaseValue in_phases(Phase start, const Phase *phases, size_t count, bool straight,
                            uint64_t i) {
    double (*anneal)(double, double, double) = straight ? line : cosine;
    Phase from = start;
    size_t p = 0;
    while (p + 1 < count && (double)i > phases[p].end)
        from = phases[p++];
    double f = ((double)i - from.end) / (phases[p].end - from.end);
    return (PhaseValue){.rate = anneal(from.rate, phases[p].rate, f),
                        .momentum = anneal(from.momentum, phases[p].momentum, f)};
}

static PhaseValue one_cycle(const Schedule *s, uint64_t i) {
    double low = s->momentum_base, high = s->momentum_max, last = (double)s->total - 1;
    Phase start = {0, s->base, high};
    if (s->policy == SCHEDULE_ONE_CYCLE_SMITH) {
        double step = (double)s->step;
        Phase phases[] = {{step, s->max, low}, {2 * step, s->base, high}, {last, s->end, high}};
        return in_phases(start, phases, 3, true, i);
    }
    double up = s->rise * (double)s->total;
    if (s->three_phase) {
        Phase phases[] = {{up - 1, s->max, low}, {2 * up - 2, s->base, high}, {last, s->end, high}};
        return in_phases(start, phases, 3, s->linear, i);
    }
    Phase phases[] = {{up - 1, s->max, low}, {last, s->end, high}};
    return in_phases(start, phases, 2, s->linear, i);
}

/* ---- the other policies ---- */

static double multi_step(const Schedule *s, uint64_t i) {
    size_t passed = 0;
    while (passed < s->count && i >= s->milestones[passed])
        passed++;
    return s->base * exact_pow(s->gamma, (double)passed);
}

static double polynomial(const Schedule *s, uint64_t i) {
    uint64_t total = s->total;
    if (s->repeat && i > total)
        total *= (i + total - 1) / total;
    if (i == 0)
        return s->base;
    return i >= total ? s->end
                      : s->end + (s->base - s->end) * exact_pow(share(total - i, total), s->power);
}

static double cosine_once(const Schedule *s, uint64_t i) {
    uint64_t u = s->repeat ? i % (2 * s->total) : i;
    if (s->repeat && u > s->total)
        u = 2 * s->total - u;
    return cosine(s->base, s->end, share(u, s->total));
}

static double warm_restarts(const Schedule *s, uint64_t i) {
    double multiply = s->multiply > 0 ? s->multiply : 1, gamma = s->gamma > 0 ? s->gamma : 1;
    double since = (double)i, period = (double)s->step, restarts = 0;
    if (multiply == 1) { /* no loop over restarts that could be many */
        restarts = (double)(i / s->step);
        since = (double)(i % s->step);
    }
    while (since >= period) {
        since -= period;
        period *= multiply;
        restarts++;
    }
    double top = gamma == 1 ? s->base : s->end + (s->base - s->end) * exact_pow(gamma, restarts);
    return cosine(top, s->end, since / period);
}

static double exponential_range(const Schedule *s, uint64_t i) {
    if (i == 0 || i >= s->total)
        return i == 0 ? s->base : s->max;
    return s->base * exact_pow(s->max / s->base, share(i, s->total));
}

static double period_rate(const Schedule *s, uint64_t i) {
    size_t index = 0;
    for (; i > 0; i >>= 1)
        index++;
    return s->rates[index < s->count ? index : s->count - 1];
}

/* The stage of a joined schedule at iteration *i, which becomes the stage's own. */
static const Schedule *stage(const Schedule *s, uint64_t *i) {
    size_t k = 0;
    while (k < s->count && *i >= s->milestones[k])
        k++;
    *i -= k > 0 ? s->milestones[k - 1] : 0;
    return &s->stages[k];
}

double schedule_rate(const Schedule *s, uint64_t i) {
    switch (s->policy) {
    case SCHEDULE_STEP:
        return s->base * exact_pow(s->gamma, steps_done(s, i, true));
    case SCHEDULE_MULTI_STEP:
        return multi_step(s, i);
    case SCHEDULE_EXPONENTIAL:
        return s->base * exact_pow(s->gamma, steps_done(s, i, s->staircase));
    case SCHEDULE_INVERSE_TIME:
        return s->base / (1 + s->gamma * steps_done(s, i, s->staircase));
    case SCHEDULE_INVERSE:
        return s->base * exact_pow(1 + s->gamma * (double)i, -s->power);
    case SCHEDULE_HOLD_INVERSE:
        return i <= s->step ? s->base : s->base * share(s->step, i);
    case SCHEDULE_POLYNOMIAL:
        return polynomial(s, i);
    case SCHEDULE_SIGMOID:
        return s->base * exact_sigmoid(s->gamma * ((double)i - (double)s->step));
    case SCHEDULE_COSINE:
        return cosine_once(s, i);
    case SCHEDULE_WARM_RESTARTS:
        return warm_restarts(s, i);
    case SCHEDULE_ONE_CYCLE:
    case SCHEDULE_ONE_CYCLE_SMITH:
        return one_cycle(s, i).rate;
    case SCHEDULE_TRIANGULAR:
    case SCHEDULE_TRIANGULAR2:
    case SCHEDULE_EXP_RANGE:
    case SCHEDULE_EXP_RANGE_BOTH:
        return cyclic_rate(s, i);
    case SCHEDULE_DECAY:
        return line(s->max, s->base, share(i, s->step));
    case SCHEDULE_LINEAR_RANGE:
        return line(s->base, s->max, share(i, s->total));
    case SCHEDULE_EXPONENTIAL_RANGE:
        return exponential_range(s, i);
    case SCHEDULE_PERIODS:
        return period_rate(s, i);
    case SCHEDULE_JOINED:
        s = stage(s, &i);
        return schedule_rate(s, i);
    case SCHEDULE_CONSTANT:
    case SCHEDULE_POLICIES:
        break;
    }
    return s->base;
}

/* ---- momentum ---- */

static bool is_cyclic(const Schedule *s) {
    return s->policy >= SCHEDULE_TRIANGULAR && s->policy <= SCHEDULE_EXP_RANGE_BOTH;
}

static bool is_one_cycle(const Schedule *s) {
    return s->policy == SCHEDULE_ONE_CYCLE || s->policy == SCHEDULE_ONE_CYCLE_SMITH;
}

double schedule_momentum(const Schedule *s, uint64_t i) {
    if (s->policy == SCHEDULE_JOINED) {
        s = stage(s, &i);
        return schedule_momentum(s, i);
    }
    if (s->momentum_max <= 0 || (!is_cyclic(s) && !is_one_cycle(s)))
        return -1;
    return is_cyclic(s) ? cyclic_momentum(s, i) : one_cycle(s, i).momentum;
}

bool schedule_cycles_momentum(const Schedule *s) {
    if (s->policy != SCHEDULE_JOINED)
        return s->momentum_max > 0;
    for (size_t k = 0; k <= s->count; k++)
        if (schedule_cycles_momentum(&s->stages[k]))
            return true;
    return false;
}
