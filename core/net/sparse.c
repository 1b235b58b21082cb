/* SPDX-License-Identifier: MIT */
#include "core/net/sparse.h"
#include "core/base/exact.h"
#include <stdbool.h>

const char *const sparse_names[SPARSE_FORMS] = {"mean", "share", "batch"};

void sparse_init(Sparse *sparse, const SparseSpec *spec, size_t hidden, Arena *arena) {
    *sparse = (Sparse){.spec = *spec, .hidden = hidden};
    sparse->activity = arena_new(arena, double, hidden);
    for (size_t j = 0; j < hidden; j++) {
        sparse->activity[j] = spec->rho;
    }
}

static double cut(double x, double low, double high) {
    return x < low ? low : x > high ? high : x;
}

/* s from the two denominators. */
static double slope(const SparseSpec *spec, double on, double off) {
    double s = spec->beta * (-spec->rho / on + (1 - spec->rho) / off);
    return spec->limit > 0 ? cut(s, -spec->limit, spec->limit) : s;
}

static void pull_by_image(Sparse *sparse, const Real *code, size_t count, Real *pull) {
    const SparseSpec *spec = &sparse->spec;
    const bool share = spec->form == SPARSE_SHARE;
    const double lambda = spec->lambda, eps = spec->eps;
    for (size_t i = 0; i < count * sparse->hidden; i++) {
        double *r = &sparse->activity[i % sparse->hidden], p = (double)code[i];
        if (share) {
            *r = lambda * *r + (1 - lambda) * (p > 0.5);
            pull[i] += (Real)slope(spec, *r + eps, 1 - *r + eps);
        } else {
            *r = lambda * *r + (1 - lambda) * p + eps;
            pull[i] += (Real)slope(spec, *r, 1 - *r + eps);
        }
    }
}

static void pull_by_batch(Sparse *sparse, const Real *code, size_t count, Real *pull) {
    const SparseSpec *spec = &sparse->spec;
    const size_t hidden = sparse->hidden;
    for (size_t j = 0; j < hidden; j++) {
        double sum = 0;
        for (size_t i = 0; i < count; i++) {
            sum += (double)code[i * hidden + j];
        }
        double *r = &sparse->activity[j];
        *r = spec->lambda * *r + (1 - spec->lambda) * sum / (double)count;
        double on = cut(*r, spec->eps, 1 - spec->eps);
        Real s = (Real)slope(spec, on, 1 - on);
        for (size_t i = 0; i < count; i++) {
            pull[i * hidden + j] += s;
        }
    }
}

void sparse_pull(void *context, const Real *code, size_t count, Real *pull) {
    Sparse *sparse = context;
    if (sparse->spec.form == SPARSE_BATCH) {
        pull_by_batch(sparse, code, count, pull);
    } else {
        pull_by_image(sparse, code, count, pull);
    }
}

double sparse_penalty(const Sparse *sparse, const double *activity) {
    const double rho = sparse->spec.rho, eps = sparse->spec.eps;
    double sum = 0;
    for (size_t j = 0; j < sparse->hidden; j++) {
        double r = cut(activity[j], eps, 1 - eps);
        sum += rho * exact_log(rho / r) + (1 - rho) * exact_log((1 - rho) / (1 - r));
    }
    return sum;
}
