/* SPDX-License-Identifier: MIT */
#include "experiments/update_rules/second.h"

#ifdef TIDEMARK_DOUBLE /* the copy in float is empty */

#include "core/base/engine.h"
#include "core/base/vec.h"
#include "core/learn/lbfgs.h"
#include "core/learn/newton.h"
#include "core/net/net.h"
#include "core/net/tiny.h"

#include <math.h>
#include <string.h>
#include <time.h>

enum { CLASSES = 10, PARITY_WEIGHTS = 26, MEMORY = 10 };

typedef struct Problem {
    const SecondAsk *ask;
    Arena *arena;
    size_t count; /* parameters */
    size_t evaluations;
    /* PARITY */
    Tiny tiny;
    /* SOFTMAX */
    Net *net;
    Real *probabilities, *row;
} Problem;

/* ---- the 3-5-1 net ---- */
static double *tiny_weight(Tiny *tiny, size_t i) {
    return i < 20 ? &tiny->w0[i / 5][i % 5] : &tiny->w1[i - 20];
}

static double parity_value(Problem *p, const Real *x, Real *gradient) {
    const TinyData *data = &tiny_odd_parity;
    double f = 0;
    for (size_t i = 0; i < p->count; i++)
        *tiny_weight(&p->tiny, i) = x[i];
    memset(gradient, 0, p->count * sizeof *gradient);
    for (size_t k = 0; k < data->count; k++) {
        Tiny slope;
        double y = tiny_gradient(&p->tiny, data->x + 3 * k, data->target[k], &slope);
        f += (y - data->target[k]) * (y - data->target[k]) / 2;
        for (size_t i = 0; i < p->count; i++)
            gradient[i] += *tiny_weight(&slope, i);
    }
    return f;
}

static bool parity_done(Problem *p, const Real *x) {
    const TinyData *data = &tiny_odd_parity;
    for (size_t i = 0; i < p->count; i++)
        *tiny_weight(&p->tiny, i) = x[i];
    for (size_t k = 0; k < data->count; k++) {
        double error = tiny_output(&p->tiny, data->x + 3 * k) - data->target[k];
        if (!(error * error < 0.01))
            return false;
    }
    return true;
}

/* ---- softmax regression: parameter (i, a) is i * CLASSES + a, the biases are row `inputs` ---- */
static void set_weights(const Problem *p, const Real *x) {
    for (size_t b = 0; b < p->net->block_count; b++) {
        const ParamBlock *block = &p->net->blocks[b];
        const Real *from = x + (block->is_bias ? p->ask->inputs * CLASSES : 0);
        memcpy(p->net->weights + block->offset, from, block->count * sizeof *from);
    }
}

static void get_gradient(const Problem *p, Real *gradient) {
    for (size_t b = 0; b < p->net->block_count; b++) {
        const ParamBlock *block = &p->net->blocks[b];
        Real *to = gradient + (block->is_bias ? p->ask->inputs * CLASSES : 0);
        memcpy(to, p->net->gradients + block->offset, block->count * sizeof *to);
    }
}

static double softmax_value(Problem *p, const Real *x, Real *gradient) {
    const SecondAsk *ask = p->ask;
    set_weights(p, x);
    double f = net_gradient(p->net, ask->x, (Target){.labels = ask->labels}, ask->images);
    get_gradient(p, gradient);
    vec_axpy(ask->decay, x, gradient, p->count);
    return f + ask->decay / 2 * vec_sum_squares(x, p->count);
}

/* H = mean over images of (diag(p) - p p') (x) (x x'); row (i, a) from its diagonal on. */
static void add_image(Problem *p, const Real *x, const Real *probability, double *hessian) {
    const size_t inputs = p->ask->inputs;
    for (size_t a = 0; a < CLASSES; a++) {
        for (size_t j = 0; j <= inputs; j++)
            for (size_t b = 0; b < CLASSES; b++)
                p->row[j * CLASSES + b] = (j < inputs ? x[j] : 1) * probability[a] *
                                          ((a == b) - probability[b]) / (double)p->ask->images;
        for (size_t i = 0; i <= inputs; i++) {
            size_t row = i * CLASSES + a, from = i * CLASSES;
            Real factor = i < inputs ? x[i] : 1;
            if (factor != 0)
                vec_axpy(factor, p->row + from, hessian + row * p->count + from, p->count - from);
        }
    }
}

static void softmax_hessian(void *context, const Real *x, double *hessian) {
    Problem *p = context;
    const SecondAsk *ask = p->ask;
    Real *losses = p->row;
    set_weights(p, x);
    const Real *logits = net_forward(p->net, ask->x, ask->images, NET_TEST);
    vec_softmax_cross_entropy(logits, ask->labels, ask->images, CLASSES, p->probabilities, losses);
    for (size_t k = 0; k < ask->images; k++)
        add_image(p, ask->x + k * ask->inputs, p->probabilities + k * CLASSES, hessian);
    for (size_t i = 0; i < p->count; i++)
        hessian[i * p->count + i] += ask->decay;
}

static void softmax_create(Problem *p) {
    static const LayerSpec layers[] = {
        {.kind = LAYER_DENSE, .units = CLASSES, .init = {INIT_ZERO, 0}}, {.kind = LAYER_END}};
    const SecondAsk *ask = p->ask;
    Error err = {""};
    p->net = net_create(&(NetSpec){.height = 1, .width = 1, .channels = ask->inputs,
                                   .layers = layers, .loss = LOSS_CROSS_ENTROPY,
                                   .max_batch = ask->images}, p->arena, &err);
    if (!p->net)
        die("update_rules: %s", err.text);
    p->count = (ask->inputs + 1) * CLASSES;
    p->probabilities = arena_new(p->arena, Real, ask->images * CLASSES);
    p->row = arena_new(p->arena, Real, p->count > ask->images ? p->count : ask->images);
}

/* ---- either ---- */
static double value(void *context, const Real *x, Real *gradient) {
    Problem *p = context;
    p->evaluations++;
    return p->ask->problem == PARITY ? parity_value(p, x, gradient)
                                     : softmax_value(p, x, gradient);
}

/* ---- the methods ---- */
typedef struct Solver {
    Problem *problem;
    SecondMethod method;
    Real *x, *velocity, *own_gradient;
    double own_f;
    Newton newton;
    Lbfgs lbfgs;
} Solver;

static double norm(const Real *x, size_t n) {
    return sqrt(vec_sum_squares(x, n));
}

static bool is_newton(const Solver *s) {
    return s->method == NEWTON || s->method == NEWTON_DIFFERENCES;
}

static const Real *gradient_of(const Solver *s) {
    return is_newton(s) ? s->newton.gradient
                        : s->method == LBFGS ? s->lbfgs.gradient : s->own_gradient;
}

static double loss_of(const Solver *s) {
    return is_newton(s) ? s->newton.f : s->method == LBFGS ? s->lbfgs.f : s->own_f;
}

static void solver_create(Solver *s, Problem *p) {
    *s = (Solver){.problem = p, .method = p->ask->method};
    s->x = arena_new(p->arena, Real, p->count);
    s->velocity = arena_new(p->arena, Real, p->count);
    s->own_gradient = arena_new(p->arena, Real, p->count);
    for (size_t i = 0; p->ask->problem == PARITY && i < p->count; i++)
        s->x[i] = *tiny_weight(&p->tiny, i);
    bool exact = s->method == NEWTON && p->ask->problem != PARITY;
    s->newton = (Newton){.count = p->count, .value = value, .context = p,
                         .hessian = exact ? softmax_hessian : NULL};
    s->lbfgs = (Lbfgs){.count = p->count, .memory = MEMORY, .value = value, .context = p};
    if (is_newton(s))
        newton_init(&s->newton, s->x, p->arena);
    if (s->method == LBFGS)
        lbfgs_init(&s->lbfgs, s->x, p->arena);
}

/* v = mu v - rate g; x += v */
static bool descend(Solver *s) {
    Problem *p = s->problem;
    vec_scale(s->velocity, s->method == DESCENT_MOMENTUM ? 0.9 : 0, p->count);
    vec_axpy(-p->ask->rate, s->own_gradient, s->velocity, p->count);
    vec_axpy(1, s->velocity, s->x, p->count);
    s->own_f = value(p, s->x, s->own_gradient);
    return true;
}

static bool solver_step(Solver *s) {
    if (is_newton(s))
        return newton_step(&s->newton);
    return s->method == LBFGS ? lbfgs_step(&s->lbfgs) : descend(s);
}

static bool is_done(const Solver *s) {
    Problem *p = s->problem;
    return p->ask->problem == PARITY ? parity_done(p, s->x)
                                     : norm(gradient_of(s), p->count) < 1e-6;
}

/* ---- the run ---- */
static double cpu_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static bool is_noted(unsigned iteration) {
    unsigned power = 1;
    while (iteration / power >= 10)
        power *= 10;
    return iteration <= 20 || iteration % power == 0;
}

static void note(const Solver *s, unsigned iteration, double loss, const Real *gradient,
                 SecondOutcome *o) {
    if (o->count < SECOND_ROOM)
        o->points[o->count++] = (SecondPoint){iteration, s->problem->evaluations, loss,
                                              norm(gradient, s->problem->count)};
}

static const char *minimise(Solver *s, SecondOutcome *o) {
    const unsigned most = s->problem->ask->iterations;
    while (o->iterations < most) {
        if (!solver_step(s))
            return is_done(s) ? "converged" : "stuck";
        bool bad = !isfinite(loss_of(s)), done = !bad && is_done(s);
        o->iterations++;
        if (done || bad || o->iterations == most || is_noted(o->iterations))
            note(s, o->iterations, loss_of(s), gradient_of(s), o);
        if (done || bad)
            return done ? "converged" : "diverged";
    }
    return "not_converged";
}

static void problem_create(Problem *p, const SecondAsk *ask) {
    *p = (Problem){.ask = ask, .arena = arena_create(), .count = PARITY_WEIGHTS};
    tiny_create(&p->tiny, 3, 5, NULL);
    tiny_random_uniform(&p->tiny, ask->seed);
    if (ask->problem != PARITY)
        softmax_create(p);
}

void double_second(const SecondAsk *ask, SecondOutcome *o) {
    Error err = {""};
    if (!engine_start(&(EngineChoice){.engine = ENGINE_OWN, .isa = ask->isa}, NULL, &err))
        die("update_rules: %s", err.text);
    Problem p;
    Solver s;
    problem_create(&p, ask);
    solver_create(&s, &p);
    *o = (SecondOutcome){.parameters = p.count};
    s.own_f = value(&p, s.x, s.own_gradient);
    note(&s, 0, s.own_f, s.own_gradient, o);
    if (is_newton(&s) || s.method == LBFGS)
        p.evaluations = 0; /* they begin with one of their own */
    double begin = cpu_ms();
    o->status = minimise(&s, o);
    o->cpu_ms = cpu_ms() - begin;
    o->evaluations = p.evaluations;
    o->hessians = is_newton(&s) ? o->iterations : 0;
    o->shifted = s.newton.shifted;
    o->loss = loss_of(&s);
    o->gradient_norm = norm(gradient_of(&s), p.count);
    arena_destroy(p.arena);
}

#endif
