/* SPDX-License-Identifier: MIT */
#include "core/base/engine.h"
#include "core/learn/optimizer.h"
#include "experiments/gradient_check/probe.h"

#include <string.h>

#ifdef TIDEMARK_DOUBLE
#define PROBE double_probe
#else
#define PROBE float_probe
#endif

/* The network of the last question: most differ only in how it is checked. */
typedef struct Subject {
    Arena *arena;
    Net *net;
    Real *x;
    ProbeAsk ask;
    const ProbeData *data;
} Subject;

static Net *make_net(const ProbeAsk *ask, size_t count, Arena *arena) {
    Init init = ask->start > 0 ? (Init){INIT_GAUSSIAN, ask->start} : (Init){INIT_XAVIER, 0};
    LayerKind kind = ask->model == PROBE_TANH ? LAYER_TANH : LAYER_RELU;
    LayerSpec dense[] = {{.kind = LAYER_DENSE, .units = 20, .init = init}, {.kind = kind},
                         {.kind = LAYER_DROPOUT, .share = ask->share},
                         {.kind = LAYER_DENSE, .units = 20, .init = init}, {.kind = kind},
                         {.kind = LAYER_DENSE, .units = 10, .init = init}, {.kind = LAYER_END}};
    LayerSpec pool[] = {{.kind = LAYER_CONV, .units = 8, .kernel = 3, .pad = 1, .init = init},
                        {.kind = LAYER_MAX_POOL, .kernel = 3, .stride = 2}, {.kind = LAYER_RELU},
                        {.kind = LAYER_DENSE, .units = 10, .init = init}, {.kind = LAYER_END}};
    Error err = {""};
    Net *net = net_create(&(NetSpec){.height = PROBE_SIDE, .width = PROBE_SIDE, .channels = 1,
                                     .layers = ask->model == PROBE_POOL ? pool : dense,
                                     .loss = LOSS_CROSS_ENTROPY, .max_batch = count,
                                     .keep = true}, arena, &err);
    if (!net)
        die("gradient_check: %s", err.text);
    net_initialise(net, ask->seed);
    return net;
}

static void train(Subject *s) {
    Optimizer optimizer;
    optimizer_init(&optimizer, &(OptimizerSpec){.method = OPTIMIZER_MOMENTUM, .momentum = 0.9},
                   s->net, s->arena);
    for (unsigned i = 0; i < s->ask.updates; i++) {
        net_gradient(s->net, s->x, (Target){.labels = s->data->labels}, s->data->count);
        optimizer_step(&optimizer, s->net, s->ask.rate, -1);
    }
    s->net->pass = 0;
}

static bool is_trained_alike(const ProbeAsk *a, const ProbeAsk *b) {
    return a->model == b->model && a->seed == b->seed && a->updates == b->updates &&
           a->rate == b->rate && a->start == b->start && a->share == b->share;
}

static void prepare(Subject *s, const ProbeAsk *ask, const ProbeData *data) {
    Error err = {""};
    if (s->arena && s->data == data && is_trained_alike(&s->ask, ask))
        return;
    if (!engine_start(&(EngineChoice){.engine = ENGINE_OWN, .isa = ask->isa}, NULL, &err))
        die("gradient_check: %s", err.text);
    arena_destroy(s->arena);
    *s = (Subject){.arena = arena_create(), .ask = *ask, .data = data};
    s->net = make_net(ask, data->count, s->arena);
    s->x = arena_new(s->arena, Real, data->count * PROBE_INPUTS);
    for (size_t i = 0; i < data->count * PROBE_INPUTS; i++)
        s->x[i] = (Real)data->x[i];
    train(s);
}

/* ---- weight decay, in the loss ---- */
static double decay_value(const Net *net, void *context) {
    const ProbeAsk *ask = context;
    double sum = 0;
    for (size_t b = 0; b < net->block_count; b++)
        for (size_t i = 0; i < net->blocks[b].count && !net->blocks[b].is_bias; i++) {
            double w = (double)net->weights[net->blocks[b].offset + i];
            sum += w * w;
        }
    return ask->decay / 2 * sum;
}

static void decay_gradient(Net *net, void *context) {
    const ProbeAsk *ask = context;
    double factor = ask->decay * (ask->fault == FAULT_DECAY_FACTOR ? 0.5 : 1);
    for (size_t b = 0; b < net->block_count; b++)
        for (size_t i = 0; i < net->blocks[b].count && !net->blocks[b].is_bias; i++) {
            size_t at = net->blocks[b].offset + i;
            net->gradients[at] += (Real)factor * net->weights[at];
        }
}

size_t PROBE(const ProbeAsk *ask, const ProbeData *data, GradElement elements[PROBE_ROOM]) {
    static Subject subject;
    ProbeAsk mine = *ask;
    prepare(&subject, ask, data);
    fault_plant(subject.net, ask->fault);
    GradCheckResult r = gradcheck_run(
        &(GradCheck){.h = ask->h, .forward = ask->forward, .sample = ask->sample, .seed = ask->seed,
                     .floor = ask->floor, .fresh_masks = ask->fresh_masks,
                     .penalty = ask->decay > 0 ? decay_value : NULL,
                     .penalty_gradient = ask->decay > 0 ? decay_gradient : NULL,
                     .context = &mine, .elements = elements, .room = PROBE_ROOM},
        subject.net, subject.x, (Target){.labels = data->labels}, ask->points);
    fault_remove(subject.net);
    return r.checked;
}
