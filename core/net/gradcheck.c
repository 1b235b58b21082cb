/* SPDX-License-Identifier: MIT */
#include "core/net/gradcheck.h"

#include "core/base/exact.h"
#include "core/base/rng.h"
#include "core/net/layer.h"

#include <math.h>

double gradcheck_error(double analytic, double numeric, double floor) {
    double size = fmax(fabs(analytic), fabs(numeric));
    return fabs(analytic - numeric) / fmax(size, floor);
}

/* A question to the loss surface: everything but one weight stays as it is. */
typedef struct Probe {
    const GradCheck *check;
    Net *net;
    const Real *x;
    Target target;
    size_t count;
} Probe;

/* Which piece of a piecewise smooth loss the last pass was on, as a number (FNV-1a): which ReLUs
 * were on, and where the maxima stood. */
static uint64_t piece(const Net *net, size_t count) {
    uint64_t sum = 14695981039346656037u;
    for (size_t i = 0; net->spec.keep && i < net->count; i++) {
        const Layer *layer = &net->layers[i];
        const uint8_t *places = (const uint8_t *)layer->kept;
        bool relu = layer->spec.kind == LAYER_RELU;
        if (!relu && layer->spec.kind != LAYER_MAX_POOL)
            continue;
        for (size_t k = 0; k < count * shape_size(layer->out); k++)
            sum = (sum ^ (relu ? layer->y[k] > 0 : places[k])) * 1099511628211u;
    }
    return sum;
}

static double loss_at(const Probe *probe, size_t index, Real value, uint64_t *where) {
    Net *net = probe->net;
    Real kept = net->weights[index];
    net->weights[index] = value;
    net->pass += probe->check->fresh_masks;
    double loss = net_loss(net, probe->x, probe->target, probe->count, NET_TRAIN);
    if (probe->check->penalty)
        loss += probe->check->penalty(net, probe->check->context);
    *where = piece(net, probe->count);
    net->weights[index] = kept;
    return loss;
}

/* The step that was really taken is that between the two rounded weights; one that is lost in the
 * rounding says that the loss is flat. */
static double difference(const Probe *probe, size_t index, bool *crossed) {
    double h = probe->check->h;
    uint64_t here, there;
    Real w = probe->net->weights[index];
    Real right = (Real)((double)w + h);
    Real left = probe->check->forward ? w : (Real)((double)w - h);
    double rise = loss_at(probe, index, right, &here) - loss_at(probe, index, left, &there);
    *crossed = here != there;
    return right > left ? rise / ((double)right - (double)left) : 0;
}

static void add_element(const Probe *probe, size_t index, GradCheckResult *result) {
    const GradCheck *check = probe->check;
    GradElement e = {.index = index, .analytic = (double)probe->net->gradients[index]};
    e.numeric = difference(probe, index, &e.crossed);
    e.error = gradcheck_error(e.analytic, e.numeric, check->floor);
    if (!(e.error <= result->worst)) {
        result->worst = e.error;
        result->index = index;
        result->analytic = e.analytic;
        result->numeric = e.numeric;
    }
    if (check->elements && result->checked < check->room)
        check->elements[result->checked] = e;
    result->checked++;
    result->crossed += e.crossed;
    result->mean_log10 += exact_log10(fmax(e.error, 1e-16));
}

static void analytic_gradient(const Probe *probe) {
    Net *net = probe->net;
    uint64_t pass = net->pass;
    net_gradient(net, probe->x, probe->target, probe->count);
    net->pass = pass;
    if (probe->check->penalty_gradient)
        probe->check->penalty_gradient(net, probe->check->context);
}

GradCheckResult gradcheck_run(const GradCheck *wanted, Net *net, const Real *x, Target target,
                              size_t count) {
    GradCheck check = *wanted;
    check.h = check.h > 0 ? check.h : 1e-5;
    check.floor = check.floor > 0 ? check.floor : 1e-8;
    GradCheckResult result = {.worst = -1};
    Probe probe = {&check, net, x, target, count};
    uint64_t pass = net->pass;
    analytic_gradient(&probe);
    Rng rng = rng_make(check.seed, STREAM_TEST, 0);
    for (size_t b = 0; b < net->block_count; b++) {
        const ParamBlock *block = &net->blocks[b];
        bool all = check.sample == 0 || check.sample >= block->count;
        for (size_t i = 0; i < (all ? block->count : check.sample); i++) {
            size_t at = all ? i : rng_below(&rng, (uint32_t)block->count);
            add_element(&probe, block->offset + at, &result);
        }
    }
    net->pass = pass;
    if (result.checked)
        result.mean_log10 /= (double)result.checked;
    return result;
}
