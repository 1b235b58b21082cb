/* SPDX-License-Identifier: MIT */
#include "core/learn/schedule.h"

#include <inttypes.h>
#include <math.h>

/* What a policy reads and therefore needs to make sense. */
enum {
    BASE = 1,    /* finite, >= 0 */
    MAX = 2,     /* finite, >= base */
    END = 4,     /* finite, >= 0 */
    STEP = 8,    /* >= 1 */
    TOTAL = 16,  /* >= 1 */
    FACTOR = 32, /* gamma finite, > 0 */
    SLOPE = 64,  /* gamma finite, >= 0 */
    MILESTONES = 128,
    MOMENTUM = 256, /* may cycle it */
};

static const unsigned needs[SCHEDULE_POLICIES] = {
    [SCHEDULE_CONSTANT] = BASE,
    [SCHEDULE_STEP] = BASE | STEP | FACTOR,
    [SCHEDULE_MULTI_STEP] = BASE | FACTOR | MILESTONES,
    [SCHEDULE_EXPONENTIAL] = BASE | STEP | FACTOR,
    [SCHEDULE_INVERSE_TIME] = BASE | STEP | SLOPE,
    [SCHEDULE_INVERSE] = BASE | SLOPE,
    [SCHEDULE_HOLD_INVERSE] = BASE | STEP,
    [SCHEDULE_POLYNOMIAL] = BASE | END | TOTAL,
    [SCHEDULE_SIGMOID] = BASE,
    [SCHEDULE_COSINE] = BASE | END | TOTAL,
    [SCHEDULE_WARM_RESTARTS] = BASE | END | STEP,
    [SCHEDULE_ONE_CYCLE] = BASE | MAX | END | TOTAL | MOMENTUM,
    [SCHEDULE_ONE_CYCLE_SMITH] = BASE | MAX | END | STEP | TOTAL | MOMENTUM,
    [SCHEDULE_TRIANGULAR] = BASE | MAX | STEP | MOMENTUM,
    [SCHEDULE_TRIANGULAR2] = BASE | MAX | STEP | MOMENTUM,
    [SCHEDULE_EXP_RANGE] = BASE | MAX | STEP | FACTOR | MOMENTUM,
    [SCHEDULE_EXP_RANGE_BOTH] = BASE | MAX | STEP | FACTOR | MOMENTUM,
    [SCHEDULE_DECAY] = BASE | MAX | STEP,
    [SCHEDULE_LINEAR_RANGE] = BASE | MAX | TOTAL,
    [SCHEDULE_EXPONENTIAL_RANGE] = BASE | MAX | TOTAL,
    [SCHEDULE_PERIODS] = 0,
    [SCHEDULE_JOINED] = MILESTONES,
};

static bool is_rate(double x) {
    return isfinite(x) && x >= 0;
}

static bool check_rates(const Schedule *s, unsigned need, const char *name, Error *err) {
    if ((need & BASE) && !is_rate(s->base))
        return error_set(err, "%s: base must be a finite rate of 0 or more, not %g", name, s->base);
    if ((need & MAX) && !is_rate(s->max))
        return error_set(err, "%s: max must be a finite rate of 0 or more, not %g", name, s->max);
    if ((need & MAX) && s->base > s->max)
        return error_set(err, "%s: base (%g) is above max (%g); base is the lower bound", name,
                         s->base, s->max);
    if ((need & END) && !is_rate(s->end))
        return error_set(err, "%s: end must be a finite rate of 0 or more, not %g", name, s->end);
    return true;
}

static bool check_lengths(const Schedule *s, unsigned need, const char *name, Error *err) {
    const uint64_t most = UINT64_C(1) << 53; /* as doubles they must be exact */
    if ((need & STEP) && s->step == 0)
        return error_set(err, "%s: step is 0; it is a number of iterations, 1 or more", name);
    if ((need & TOTAL) && s->total == 0)
        return error_set(err, "%s: total is 0; it is a number of iterations, 1 or more", name);
    if (s->step > most || s->step_down > most || s->total > most)
        return error_set(err, "%s: no length may exceed 2^53 iterations", name);
    return true;
}

static bool check_gamma(const Schedule *s, unsigned need, const char *name, Error *err) {
    if (!isfinite(s->gamma) || ((need & FACTOR) && s->gamma <= 0))
        return error_set(err, "%s: gamma must be a finite number above 0, not %g", name, s->gamma);
    if ((need & SLOPE) && s->gamma < 0)
        return error_set(err, "%s: gamma must not be negative, it is %g", name, s->gamma);
    if (!isfinite(s->power) || s->power < 0)
        return error_set(err, "%s: power must be a finite number of 0 or more, not %g", name,
                         s->power);
    return true;
}

static bool check_momentum(const Schedule *s, unsigned need, const char *name, Error *err) {
    if (s->momentum_base == 0 && s->momentum_max == 0)
        return true;
    if (!(need & MOMENTUM))
        return error_set(err,
                         "%s: does not cycle the momentum; leave momentum_base and "
                         "momentum_max out",
                         name);
    if (!(s->momentum_base >= 0 && s->momentum_base <= s->momentum_max && s->momentum_max < 1))
        return error_set(err, "%s: 0 <= momentum_base <= momentum_max < 1 must hold, not %g and %g",
                         name, s->momentum_base, s->momentum_max);
    return true;
}

static bool check_milestones(const Schedule *s, const char *name, Error *err) {
    if (s->count == 0 || !s->milestones)
        return error_set(err, "%s: at least one milestone is needed", name);
    for (size_t k = 0; k < s->count; k++)
        if (s->milestones[k] <= (k > 0 ? s->milestones[k - 1] : 0))
            return error_set(
                err, "%s: milestones must increase and be above 0; %" PRIu64 " is out of order",
                name, s->milestones[k]);
    return true;
}

/* A phase that is over before the next iteration would divide by nothing. */
static bool check_phases(const Schedule *s, const char *name, Error *err) {
    double total = (double)s->total, up = s->rise * total;
    if (s->policy == SCHEDULE_ONE_CYCLE_SMITH)
        return s->total - 1 > 2 * s->step ||
               error_set(err,
                         "%s: total (%" PRIu64 ") leaves no tail after the cycle; it must "
                         "exceed 2 step + 1 = %" PRIu64,
                         name, s->total, 2 * s->step + 1);
    if (!(s->rise > 0 && s->rise < 1 && up > 1))
        return error_set(err,
                         "%s: rise (%g) must be a share of total between 1 / %" PRIu64 " and 1",
                         name, s->rise, s->total);
    if (s->three_phase && !(2 * up - 2 < total - 1))
        return error_set(err,
                         "%s: with three phases rise (%g) must leave room for the last one; "
                         "at most half",
                         name, s->rise);
    return true;
}

static bool check_rest(const Schedule *s, const char *name, Error *err) {
    switch (s->policy) {
    case SCHEDULE_EXPONENTIAL_RANGE:
        return s->base > 0 ||
               error_set(err, "%s: base must be above 0, a ramp by factors cannot start there",
                         name);
    case SCHEDULE_ONE_CYCLE:
    case SCHEDULE_ONE_CYCLE_SMITH:
        return check_phases(s, name, err);
    case SCHEDULE_WARM_RESTARTS:
        if (s->gamma < 0)
            return error_set(err, "%s: gamma must not be negative, it is %g", name, s->gamma);
        return s->multiply == 0 || (isfinite(s->multiply) && s->multiply >= 1) ||
               error_set(err, "%s: multiply must be 1 or more, not %g", name, s->multiply);
    case SCHEDULE_PERIODS:
        if (s->count == 0 || !s->rates)
            return error_set(err, "%s: at least one rate is needed", name);
        for (size_t k = 0; k < s->count; k++)
            if (!is_rate(s->rates[k]))
                return error_set(err, "%s: rate %zu must be finite and not negative, it is %g",
                                 name, k, s->rates[k]);
        return true;
    case SCHEDULE_JOINED:
        for (size_t k = 0; k <= s->count; k++)
            if (!schedule_check(&s->stages[k], err))
                return error_prefix(err, "%s, stage %zu", name, k + 1);
        return true;
    default:
        return true;
    }
}

bool schedule_check(const Schedule *s, Error *err) {
    if ((unsigned)s->policy >= SCHEDULE_POLICIES)
        return error_set(err, "schedule: there is no policy number %d", (int)s->policy);
    const char *name = schedule_name(s->policy);
    unsigned need = needs[s->policy];
    return check_rates(s, need, name, err) && check_lengths(s, need, name, err) &&
           check_gamma(s, need, name, err) && check_momentum(s, need, name, err) &&
           (!(need & MILESTONES) || check_milestones(s, name, err)) && check_rest(s, name, err);
}
