/* SPDX-License-Identifier: MIT */
#include "core/learn/lbfgs.h"
#include "core/base/vec.h"
#include <math.h>
#include <string.h>

enum { HALVINGS = 30 };
static const double armijo = 1e-4, least_curvature = 1e-10;

void lbfgs_init(Lbfgs *l, Real *x, Arena *arena) {
    l->x = x;
    l->gradient = arena_new(arena, Real, l->count);
    l->direction = arena_new(arena, Real, l->count);
    l->last_x = arena_new(arena, Real, l->count);
    l->last_gradient = arena_new(arena, Real, l->count);
    l->steps = arena_new(arena, Real, l->memory * l->count);
    l->changes = arena_new(arena, Real, l->memory * l->count);
    l->products = arena_new(arena, double, l->memory);
    l->factors = arena_new(arena, double, l->memory);
    l->pairs = l->next = l->calls = 0;
    l->begun = false;
}

static void evaluate(Lbfgs *l) {
    l->f = l->value(l->context, l->x, l->gradient);
    l->calls++;
}

/* Places of the pairs kept, the newest first. */
static size_t place(const Lbfgs *l, size_t age) {
    return (l->next + l->memory - 1 - age) % l->memory;
}

/* d = -H g */
static void find_direction(Lbfgs *l) {
    Real *d = l->direction;
    const size_t n = l->count;
    memcpy(d, l->gradient, n * sizeof *d);
    for (size_t age = 0; age < l->pairs; age++) {
        size_t p = place(l, age);
        l->factors[p] = vec_dot(l->steps + p * n, d, n) / l->products[p];
        vec_axpy((Real)-l->factors[p], l->changes + p * n, d, n);
    }
    double scale = 1 / sqrt(vec_sum_squares(l->gradient, n));
    if (l->pairs > 0) {
        size_t newest = place(l, 0);
        scale = l->products[newest] / vec_sum_squares(l->changes + newest * n, n);
    }
    vec_scale(d, (Real)scale, n);
    for (size_t age = l->pairs; age-- > 0;) {
        size_t p = place(l, age);
        double back = vec_dot(l->changes + p * n, d, n) / l->products[p];
        vec_axpy((Real)(l->factors[p] - back), l->steps + p * n, d, n);
    }
    vec_scale(d, -1, n);
}

/* The first of 1, 1/2, 1/4, ... that falls far enough. */
static bool search(Lbfgs *l, double slope) {
    const double start = l->f;
    double length = 1;
    for (int i = 0; i < HALVINGS; i++, length /= 2) {
        memcpy(l->x, l->last_x, l->count * sizeof *l->x);
        vec_axpy((Real)length, l->direction, l->x, l->count);
        evaluate(l);
        if (l->f <= start + armijo * length * slope) {
            return true;
        }
    }
    memcpy(l->x, l->last_x, l->count * sizeof *l->x);
    memcpy(l->gradient, l->last_gradient, l->count * sizeof *l->x);
    l->f = start;
    return false;
}

static void keep_pair(Lbfgs *l) {
    const size_t n = l->count;
    Real *s = l->steps + l->next * n, *y = l->changes + l->next * n;
    for (size_t i = 0; i < n; i++) {
        s[i] = l->x[i] - l->last_x[i];
        y[i] = l->gradient[i] - l->last_gradient[i];
    }
    double product = vec_dot(s, y, n);
    if (product > least_curvature * vec_sum_squares(y, n)) {
        l->products[l->next] = product;
        l->next = (l->next + 1) % l->memory;
        l->pairs += l->pairs < l->memory;
    }
}

bool lbfgs_step(Lbfgs *l) {
    if (!l->begun) {
        evaluate(l);
        l->begun = true;
    }
    if (!(vec_sum_squares(l->gradient, l->count) > 0)) {
        return false;
    }
    find_direction(l);
    double slope = vec_dot(l->gradient, l->direction, l->count);
    if (!(slope < 0)) { /* rounding spoilt the memory: down the gradient, with none */
        l->pairs = l->next = 0;
        find_direction(l);
        slope = vec_dot(l->gradient, l->direction, l->count);
    }
    memcpy(l->last_x, l->x, l->count * sizeof *l->x);
    memcpy(l->last_gradient, l->gradient, l->count * sizeof *l->x);
    if (!search(l, slope)) {
        return false;
    }
    keep_pair(l);
    return true;
}
