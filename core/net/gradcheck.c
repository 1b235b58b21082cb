/* SPDX-License-Identifier: MIT */
#include "core/net/gradcheck.h"

#include "core/base/exact.h"
#include "core/base/rng.h"

#include <math.h>

double gradcheck_error(double analytic, double numeric, double floor) {
    double size = fmax(fabs(analytic), fabs(numeric));
    return fabs(analytic - numeric) / fmax(size, floor);
}

/* A question to the loss surface: everything but one weight stays as it is. */
typedef struct Probe {
    Net *net;
    const Real *x;
    Target target;
    size_t count;
} Probe;

static double loss_at(const Probe *probe, size_t index, Real value) {
    Real kept = probe->net->weights[index];
    probe->net->weights[index] = value;
    double loss = net_loss(probe->net, probe->x, probe->target, probe->count, NET_TRAIN);
    probe->net->weights[index] = kept;
    return loss;
}

/* The step that was really taken is that between the two rounded weights. */
static double difference(const Probe *probe, size_t index, double h, bool forward) {
    Real w = probe->net->weights[index];
    Real right = (Real)((double)w + h), left = forward ? w : (Real)((double)w - h);
    double rise = loss_at(probe, index, right) - loss_at(probe, index, left);
    return rise / ((double)right - (double)left);
}

static void add_element(const GradCheck *check, const Probe *probe, size_t index,
                        GradCheckResult *result) {
    double analytic = (double)probe->net->gradients[index];
    double numeric = difference(probe, index, check->h, check->forward);
    double error = gradcheck_error(analytic, numeric, check->floor);
    if (!(error <= result->worst)) {
        result->worst = error;
        result->index = index;
        result->analytic = analytic;
        result->numeric = numeric;
    }
    result->checked++;
    result->mean_log10 += exact_log10(fmax(error, 1e-16));
}

GradCheckResult gradcheck_run(const GradCheck *wanted, Net *net, const Real *x, Target target,
                              size_t count) {
    GradCheck check = *wanted;
    check.h = check.h > 0 ? check.h : 1e-5;
    check.floor = check.floor > 0 ? check.floor : 1e-8;
    GradCheckResult result = {.worst = -1};
    Probe probe = {net, x, target, count};
    uint64_t pass = net->pass;
    net_gradient(net, x, target, count);
    net->pass = pass;
    Rng rng = rng_make(check.seed, STREAM_TEST, 0);
    for (size_t b = 0; b < net->block_count; b++) {
        const ParamBlock *block = &net->blocks[b];
        bool all = check.sample == 0 || check.sample >= block->count;
        for (size_t i = 0; i < (all ? block->count : check.sample); i++) {
            size_t at = all ? i : rng_below(&rng, (uint32_t)block->count);
            add_element(&check, &probe, block->offset + at, &result);
        }
    }
    if (result.checked)
        result.mean_log10 /= (double)result.checked;
    return result;
}
