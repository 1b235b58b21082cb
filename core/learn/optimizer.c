/* SPDX-License-Identifier: MIT */
#include "core/learn/optimizer.h"

#include "core/base/exact.h"
#include "core/base/vec.h"
#include <math.h>
#include <string.h>

/* ---- what distinguishes the methods ---- */

typedef struct Method {
    const char *name;
    bool momentum, beta2;         /* coefficients it reads */
    bool first, second;           /* state it keeps */
    double beta2_default, epsilon_default;
} Method;

/* clang-format off */
static const Method methods[] = {
    [OPTIMIZER_SGD] = {.name = "sgd"},
    [OPTIMIZER_MOMENTUM] = {.name = "momentum", .momentum = true, .first = true},
    [OPTIMIZER_NESTEROV] = {.name = "nesterov", .momentum = true, .first = true},
    [OPTIMIZER_ADAGRAD] = {.name = "adagrad", .second = true, .epsilon_default = 1e-8},
    [OPTIMIZER_RMSPROP] = {.name = "rmsprop", .beta2 = true, .second = true,
                           .beta2_default = 0.99, .epsilon_default = 1e-8},
    [OPTIMIZER_ADAM] = {.name = "adam", .momentum = true, .beta2 = true, .first = true,
                        .second = true, .beta2_default = 0.999, .epsilon_default = 1e-8},
    [OPTIMIZER_ADADELTA] = {.name = "adadelta", .momentum = true, .first = true, .second = true,
                            .epsilon_default = 1e-6},
};
/* clang-format on */
enum { METHODS = sizeof methods / sizeof methods[0] };

const char *optimizer_name(OptimizerMethod method) {
    return methods[method].name;
}

bool optimizer_from_name(const char *name, OptimizerMethod *method) {
    for (size_t k = 0; k < METHODS; k++)
        if (!strcmp(name, methods[k].name)) {
            *method = (OptimizerMethod)k;
            return true;
        }
    return false;
}

/* ---- what may be asked for ---- */

static bool not_negative(double x) {
    return isfinite(x) && x >= 0;
}

static bool check_coefficients(const OptimizerSpec *s, const Method *m, Error *err) {
    if (!(s->momentum >= 0 && s->momentum < 1))
        return error_set(err, "%s: momentum (beta1, rho) must be 0 or more and below 1, not %g",
                         m->name, s->momentum);
    if (!m->momentum && s->momentum > 0)
        return error_set(err, "%s has no momentum, %g was given; use 'momentum' or leave it 0",
                         m->name, s->momentum);
    if (!(s->beta2 >= 0 && s->beta2 < 1))
        return error_set(err, "%s: beta2 must be 0 or more and below 1, not %g", m->name, s->beta2);
    if (!m->beta2 && s->beta2 > 0)
        return error_set(err, "%s has no beta2, %g was given", m->name, s->beta2);
    if (!not_negative(s->epsilon))
        return error_set(err, "%s: epsilon must be finite and not negative, not %g", m->name,
                         s->epsilon);
    return true;
}

bool optimizer_check(const OptimizerSpec *s, Error *err) {
    if ((unsigned)s->method >= METHODS)
        return error_set(err, "optimizer: there is no method number %d", (int)s->method);
    const Method *m = &methods[s->method];
    const struct {
        const char *name;
        double value;
    } others[] = {{"weight decay", s->weight_decay},
                  {"bias_rate", s->bias_rate},
                  {"bias_rate_absolute", s->bias_rate_absolute},
                  {"clip_norm", s->clip_norm},
                  {"clip_value", s->clip_value}};
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++)
        if (!not_negative(others[k].value))
            return error_set(err, "%s: %s must be finite and not negative, not %g", m->name,
                             others[k].name, others[k].value);
    if (s->bias_rate > 0 && s->bias_rate_absolute > 0)
        return error_set(err, "%s: the biases' rate is either a factor or absolute, not both",
                         m->name);
    if (s->rate_inside && s->method != OPTIMIZER_MOMENTUM && s->method != OPTIMIZER_NESTEROV)
        return error_set(err, "%s has no velocity for the rate to be inside of", m->name);
    if (s->uncorrected && (s->method != OPTIMIZER_ADAM || s->adam_hat))
        return error_set(err, "%s has no bias correction to leave out%s", m->name,
                         s->adam_hat ? " where adam_hat wants it" : "");
    return check_coefficients(s, m, err);
}

void optimizer_init(Optimizer *o, const OptimizerSpec *spec, const Net *net, Arena *arena) {
    Error err;
    if (!optimizer_check(spec, &err))
        die("%s", err.text);
    const Method *m = &methods[spec->method];
    *o = (Optimizer){.spec = *spec, .count = net->parameters};
    if (o->spec.beta2 == 0)
        o->spec.beta2 = m->beta2_default;
    if (o->spec.epsilon == 0)
        o->spec.epsilon = m->epsilon_default;
    o->first = m->first ? arena_new(arena, Real, o->count) : NULL;
    o->second = m->second ? arena_new(arena, Real, o->count) : NULL;
    o->block_steps = arena_new(arena, NetStep, net->block_count);
}

/* ---- one update ---- */

/* Cuts the elements, then returns the factor that brings the norm of the whole down to the limit.
 * A gradient that is not finite keeps its factor 1: nothing hides a diverged run. */
static double clip(const OptimizerSpec *s, Net *net) {
    Real limit = (Real)s->clip_value, *g = net->gradients;
    for (size_t i = 0; s->clip_value > 0 && i < net->parameters; i++)
        g[i] = g[i] > limit ? limit : g[i] < -limit ? -limit : g[i];
    if (!(s->clip_norm > 0))
        return 1;
    double norm = sqrt(vec_sum_squares(g, net->parameters));
    return norm > s->clip_norm && isfinite(norm) ? s->clip_norm / norm : 1;
}

static double block_rate(const OptimizerSpec *s, const ParamBlock *block, double rate) {
    if (block->is_bias && s->bias_rate_absolute > 0)
        rate = s->bias_rate_absolute;
    else if (block->is_bias && s->bias_rate > 0)
        rate *= s->bias_rate;
    return rate * block->rate;
}

static double block_decay(const OptimizerSpec *s, const ParamBlock *block) {
    return block->is_bias && !s->decay_biases ? 0 : s->weight_decay * block->decay;
}

static void apply(const OptimizerSpec *s, const VecUpdate *u) {
    switch (s->method) {
    case OPTIMIZER_SGD:
        vec_update_sgd(u);
        break;
    case OPTIMIZER_MOMENTUM:
        (s->rate_inside ? vec_update_velocity : vec_update_momentum)(u);
        break;
    case OPTIMIZER_NESTEROV:
        (s->rate_inside ? vec_update_velocity_nesterov : vec_update_nesterov)(u);
        break;
    case OPTIMIZER_ADAGRAD:
        vec_update_adagrad(u);
        break;
    case OPTIMIZER_RMSPROP:
        vec_update_rmsprop(u);
        break;
    case OPTIMIZER_ADAM:
        vec_update_adam(u);
        break;
    case OPTIMIZER_ADADELTA:
        vec_update_adadelta(u);
        break;
    }
}

/* Adam's moments start at 0 and are too small at first; this is what the rate makes up for, and
 * `*second` the root of what the second moment lacks.  Computed from the coefficients as rounded to
 * Real, which are those the moments are averaged with: 1 - 0.999f is not 1 - 0.999. */
static double bias_correction(double beta1, double beta2, uint64_t steps, double *second) {
    *second = sqrt(1 - exact_pow(beta2, (double)steps));
    return *second / (1 - exact_pow(beta1, (double)steps));
}

void optimizer_step(Optimizer *o, Net *net, double rate, double momentum) {
    const OptimizerSpec *s = &o->spec;
    Real mu = (Real)(momentum < 0 ? s->momentum : momentum), beta2 = (Real)s->beta2;
    double correction = 1, epsilon = s->epsilon, second;
    o->steps++;
    if (s->method == OPTIMIZER_ADAM && !s->uncorrected) {
        correction = bias_correction(mu, beta2, o->steps, &second);
        epsilon *= s->adam_hat ? second : 1;
    }
    double scale = clip(s, net);
    for (size_t b = 0; b < net->block_count; b++) {
        const ParamBlock *block = &net->blocks[b];
        size_t at = block->offset;
        apply(s, &(VecUpdate){.w = net->weights + at,
                              .g = net->gradients + at,
                              .first = o->first ? o->first + at : NULL,
                              .second = o->second ? o->second + at : NULL,
                              .n = block->count,
                              .rate = (Real)(correction * block_rate(s, block, rate)),
                              .grad_scale = (Real)scale,
                              .decay = (Real)block_decay(s, block),
                              .momentum = mu,
                              .beta2 = beta2,
                              .epsilon = (Real)epsilon});
    }
}

bool optimizer_is_plain(const OptimizerSpec *s) {
    return s->method == OPTIMIZER_SGD && s->clip_norm == 0 && s->clip_value == 0;
}

double optimizer_descend(Optimizer *o, Net *net, const Real *x, Target target, size_t count,
                         double rate, double bound) {
    for (size_t b = 0; b < net->block_count; b++)
        o->block_steps[b] = (NetStep){(Real)block_rate(&o->spec, &net->blocks[b], rate),
                                      (Real)block_decay(&o->spec, &net->blocks[b])};
    double loss = net_descend(net, x, target, count, o->block_steps, bound);
    o->steps += loss <= bound;
    return loss;
}
