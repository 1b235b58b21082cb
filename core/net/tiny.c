/* SPDX-License-Identifier: MIT */
#include "core/net/tiny.h"
#include "core/base/exact.h"
#include <math.h>
#include <string.h>

static const double six_patterns[6 * 3] = {0, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 1};
static const double odd[6] = {0, 0, 1, 0, 1, 1};
static const double even[6] = {1, 1, 0, 1, 0, 0};

const TinyData tiny_odd_parity = {.inputs = 3, .count = 6, .x = six_patterns, .target = odd};
const TinyData tiny_even_parity = {.inputs = 3, .count = 6, .x = six_patterns, .target = even};

/* ---- the network ---- */

bool tiny_create(Tiny *tiny, size_t inputs, size_t hidden, Error *err) {
    if (inputs == 0 || hidden == 0 || inputs > TINY_INPUTS || hidden > TINY_HIDDEN) {
        return error_set(err,
                         "a tiny network of %zu-%zu-1 units cannot be had: 1 to %d inputs, 1 to %d "
                         "hidden units",
                         inputs, hidden, TINY_INPUTS, TINY_HIDDEN);
    }
    *tiny = (Tiny){.inputs = inputs, .hidden = hidden};
    return true;
}

void tiny_alternate(Tiny *tiny) {
    double next = -1;
    for (size_t i = 0; i <= tiny->inputs; i++) {
        for (size_t j = 0; j < tiny->hidden; j++, next = -next) {
            tiny->w0[i][j] = next;
        }
    }
    next = -1;
    for (size_t j = 0; j <= tiny->hidden; j++, next = -next) {
        tiny->w1[j] = next;
    }
}

static double random_sign(Rng *rng) {
    return rng_u32(rng) >> 31 ? 1 : -1;
}

static double random_uniform(Rng *rng) {
    return rng_range(rng, -1, 1);
}

static void draw_weights(Tiny *tiny, uint32_t seed, double (*draw)(Rng *)) {
    Rng first = rng_make(seed, STREAM_WEIGHTS, 0), second = rng_make(seed, STREAM_WEIGHTS, 1);
    for (size_t i = 0; i <= tiny->inputs; i++) {
        for (size_t j = 0; j < tiny->hidden; j++) {
            tiny->w0[i][j] = draw(&first);
        }
    }
    for (size_t j = 0; j <= tiny->hidden; j++) {
        tiny->w1[j] = draw(&second);
    }
}

void tiny_random_signs(Tiny *tiny, uint32_t seed) {
    draw_weights(tiny, seed, random_sign);
}

void tiny_random_uniform(Tiny *tiny, uint32_t seed) {
    draw_weights(tiny, seed, random_uniform);
}

/* The arithmetic.  It is inlined into its callers, which pass constants for the network of the
 * article, so that its loops are unrolled. */
#define INLINE static inline __attribute__((always_inline))

INLINE double forward(const Tiny *tiny, size_t inputs, size_t hidden, const double *x, double *h) {
    double net[TINY_HIDDEN] = {0};
    for (size_t i = 0; i < inputs; i++) {
        for (size_t j = 0; j < hidden; j++) {
            net[j] += x[i] * tiny->w0[i][j];
        }
    }
    double sum = 0;
    for (size_t j = 0; j < hidden; j++) {
        h[j] = exact_sigmoid(net[j] + tiny->w0[inputs][j]);
        sum += h[j] * tiny->w1[j];
    }
    return exact_sigmoid(sum + tiny->w1[hidden]);
}

/* W -= rate * gradient of one pattern. */
INLINE void update(Tiny *tiny, size_t inputs, size_t hidden, const double *x, double target,
                   double rate) {
    double h[TINY_HIDDEN], back[TINY_HIDDEN];
    double y = forward(tiny, inputs, hidden, x, h);
    double delta = (y - target) * y * (1 - y);
    for (size_t j = 0; j < hidden; j++) {
        back[j] = delta * tiny->w1[j] * h[j] * (1 - h[j]);
        tiny->w1[j] -= rate * (delta * h[j]);
        tiny->w0[inputs][j] -= rate * back[j];
    }
    tiny->w1[hidden] -= rate * delta;
    for (size_t i = 0; i < inputs; i++) {
        for (size_t j = 0; j < hidden; j++) {
            tiny->w0[i][j] -= rate * (x[i] * back[j]);
        }
    }
}

/* The calls that count are to the 3-5-1 network. */
#define IS_3_5(tiny) ((tiny)->inputs == 3 && (tiny)->hidden == 5)

double tiny_output(const Tiny *tiny, const double *x) {
    double h[TINY_HIDDEN];
    return IS_3_5(tiny) ? forward(tiny, 3, 5, x, h)
                        : forward(tiny, tiny->inputs, tiny->hidden, x, h);
}

static void tiny_update(Tiny *tiny, const double *x, double target, double rate) {
    if (IS_3_5(tiny)) {
        update(tiny, 3, 5, x, target, rate);
    } else {
        update(tiny, tiny->inputs, tiny->hidden, x, target, rate);
    }
}

double tiny_gradient(const Tiny *tiny, const double *x, double target, Tiny *gradient) {
    double h[TINY_HIDDEN];
    double y = forward(tiny, tiny->inputs, tiny->hidden, x, h);
    double delta = (y - target) * y * (1 - y);
    *gradient = (Tiny){.inputs = tiny->inputs, .hidden = tiny->hidden};
    for (size_t j = 0; j < tiny->hidden; j++) {
        double back = delta * tiny->w1[j] * h[j] * (1 - h[j]);
        for (size_t i = 0; i < tiny->inputs; i++) {
            gradient->w0[i][j] = x[i] * back;
        }
        gradient->w0[tiny->inputs][j] = back;
        gradient->w1[j] = delta * h[j];
    }
    gradient->w1[tiny->hidden] = delta;
    return y;
}

void tiny_updates(Tiny *tiny, const TinyData *data, double rate, uint64_t updates) {
    for (size_t p = 0; updates > 0; updates--, p = p + 1 < data->count ? p + 1 : 0) {
        tiny_update(tiny, data->x + p * data->inputs, data->target[p], rate);
    }
}

/* ---- a training ---- */

const char *tiny_status_name(TinyStatus status) {
    static const char *const names[] = {"converged", "not_converged", "diverged"};
    return names[status];
}

static double pattern_error(const Tiny *tiny, const TinyData *data, TinyMeasure measure, size_t p) {
    double miss = tiny_output(tiny, data->x + p * data->inputs) - data->target[p];
    if (measure == TINY_ABSOLUTE) {
        return fabs(miss);
    }
    return measure == TINY_SQUARED ? miss * miss : miss * miss / 2;
}

/* Are the errors of all patterns below the tolerance?  The pattern that said no the last time is
 * asked first, so that most answers cost one forward pass. */
static bool all_learnt(const Tiny *tiny, const TinyData *data, const TinyTraining *training,
                       size_t *last_no, double *error) {
    double tolerance = training->tolerance > 0 ? training->tolerance : 0.01;
    size_t p = *last_no;
    for (size_t asked = 0; asked < data->count; asked++, p = p + 1 < data->count ? p + 1 : 0) {
        *error = pattern_error(tiny, data, training->measure, p);
        if (!(*error < tolerance)) {
            *last_no = p;
            return false;
        }
    }
    return true;
}

static void show(const Tiny *tiny, const TinyData *data, const TinyTraining *training,
                 uint64_t updates) {
    double errors[TINY_PATTERNS];
    if (!training->watch) {
        return;
    }
    for (size_t p = 0; p < data->count; p++) {
        errors[p] = pattern_error(tiny, data, training->measure, p);
    }
    training->watch(training->context, updates, tiny, errors);
}

static void batch_update(Tiny *tiny, const TinyData *data, double rate) {
    Tiny sum = {0}, gradient;
    for (size_t p = 0; p < data->count; p++) {
        tiny_gradient(tiny, data->x + p * data->inputs, data->target[p], &gradient);
        for (size_t i = 0; i <= tiny->inputs; i++) {
            for (size_t j = 0; j < tiny->hidden; j++) {
                sum.w0[i][j] += gradient.w0[i][j];
            }
        }
        for (size_t j = 0; j <= tiny->hidden; j++) {
            sum.w1[j] += gradient.w1[j];
        }
    }
    for (size_t i = 0; i <= tiny->inputs; i++) {
        for (size_t j = 0; j < tiny->hidden; j++) {
            tiny->w0[i][j] -= rate * sum.w0[i][j];
        }
    }
    for (size_t j = 0; j <= tiny->hidden; j++) {
        tiny->w1[j] -= rate * sum.w1[j];
    }
}

/* One epoch; were all errors below the tolerance before its last update? */
static bool train_epoch(Tiny *tiny, const TinyData *data, const TinyTraining *training,
                        uint64_t updates, size_t *last_no, double *error) {
    if (training->batch) {
        show(tiny, data, training, updates);
        bool learnt = all_learnt(tiny, data, training, last_no, error);
        batch_update(tiny, data, training->rate);
        return learnt;
    }
    bool learnt = false;
    for (size_t p = 0; p < data->count; p++) {
        show(tiny, data, training, updates + p);
        if (p + 1 == data->count) {
            learnt = all_learnt(tiny, data, training, last_no, error);
        }
        tiny_update(tiny, data->x + p * data->inputs, data->target[p], training->rate);
    }
    return learnt;
}

TinyOutcome tiny_train(Tiny *tiny, const TinyData *data, const TinyTraining *training) {
    uint64_t per_epoch = training->batch ? 1 : data->count;
    TinyOutcome outcome = {.status = TINY_NOT_CONVERGED};
    size_t last_no = 0;
    while (outcome.epochs < training->max_epochs && outcome.status == TINY_NOT_CONVERGED) {
        double error = 0;
        bool learnt = train_epoch(tiny, data, training, outcome.updates, &last_no, &error);
        outcome.epochs++;
        outcome.updates += per_epoch;
        if (learnt) {
            outcome.status = TINY_CONVERGED;
        } else if (isnan(error)) {
            outcome.status = TINY_DIVERGED;
        }
    }
    return outcome;
}
