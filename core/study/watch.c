/* SPDX-License-Identifier: MIT */
#include "core/study/watch.h"

#include "core/base/vec.h"

#include <math.h>
#include <string.h>

/* ---- updates against weights ---- */

WatchRatio watch_ratio(const ParamBlock *block, const Real *before, const Real *after,
                       const Real *gradients) {
    const Real *old = before + block->offset;
    WatchRatio r = {
        .weight = sqrt(vec_sum_squares(old, block->count)),
        .update = sqrt(vec_sum_squared_difference(after + block->offset, old, block->count)),
        .gradient = sqrt(vec_sum_squares(gradients + block->offset, block->count))};
    r.ratio = r.update == 0 ? 0 : r.update / r.weight;
    return r;
}

/* ---- distributions ---- */

static void add_moments(WatchHistogram *h, const Real *x, size_t n) {
    size_t zeros = 0;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        double v = (double)x[i];
        if (!isfinite(v))
            continue;
        h->low = h->n == 0 || v < h->low ? v : h->low;
        h->high = h->n == 0 || v > h->high ? v : h->high;
        h->n++;
        zeros += v == 0;
        sum += v;
    }
    h->mean = sum / (double)h->n;
    for (size_t i = 0; i < n; i++)
        if (isfinite((double)x[i]))
            squares += ((double)x[i] - h->mean) * ((double)x[i] - h->mean);
    h->sd = sqrt(squares / (double)h->n);
    h->zero_share = (double)zeros / (double)h->n;
}

WatchHistogram watch_histogram(const Real *x, size_t n) {
    WatchHistogram h = {0};
    add_moments(&h, x, n);
    h.width = (h.high - h.low) / WATCH_BINS;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite((double)x[i]))
            continue;
        double place = h.width > 0 ? ((double)x[i] - h.low) / h.width : 0;
        h.count[place >= WATCH_BINS ? WATCH_BINS - 1 : (size_t)place]++;
    }
    return h;
}

/* ---- the running average ---- */

void average_init(Average *average, Net *net, double decay, Arena *arena) {
    *average = (Average){.net = net, .decay = decay > 0 ? decay : 0.999,
                         .weights = arena_new(arena, Real, net->parameters),
                         .state = arena_new(arena, Real, net->state_count)};
}

static void move_towards(Real *mean, const Real *x, double share, size_t n) {
    for (size_t i = 0; i < n; i++)
        mean[i] += (Real)share * (x[i] - mean[i]);
}

void average_add(Average *average) {
    Net *net = average->net;
    double plain = 1 / (double)++average->count, share = 1 - average->decay;
    share = plain > share ? plain : share;
    move_towards(average->weights, net->weights, share, net->parameters);
    move_towards(average->state, net->state, share, net->state_count);
}

static void swap(Real *a, Real *b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        Real kept = a[i];
        a[i] = b[i];
        b[i] = kept;
    }
}

void average_swap(Average *average) {
    Net *net = average->net;
    swap(average->weights, net->weights, net->parameters);
    swap(average->state, net->state, net->state_count);
}

/* ---- all of it ---- */

struct Watch {
    Cell *cell;
    Trainer *trainer;
    Net *look;        /* the same layers, each with a buffer of its own */
    Batch batch;      /* what it looks at */
    Batches batches;
    Real *before;     /* the parameters before the update */
    uint64_t points;  /* so far */
    Average average;
};

bool watch_create(Watch **watch, Cell *cell, Trainer *trainer, Error *err) {
    *watch = NULL;
    if (!cell->watch)
        return true;
    Watch *w = arena_new(cell->arena, Watch, 1);
    const Net *net = trainer->spec.net;
    NetSpec spec = net->spec;
    BatchPlan plan = trainer->batches.plan;
    spec.max_batch = plan.size = plan.set->count < 100 ? plan.set->count : 100;
    spec.keep = true;
    plan.order = BATCH_FILE_ORDER;
    w->look = net_create(&spec, cell->arena, err);
    if (!w->look)
        return false;
    w->cell = cell;
    w->trainer = trainer;
    trainer->spec.keep_gradients = true; /* write_ratios reads them */
    batches_init(&w->batches, &plan, cell->arena);
    w->batch = batches_get(&w->batches, 0);
    w->before = arena_new(cell->arena, Real, net->parameters);
    average_init(&w->average, trainer->spec.net, 0, cell->arena);
    *watch = w;
    return true;
}

static void write_ratios(const Watch *w) {
    const Net *net = w->trainer->spec.net;
    for (size_t b = 0; b < net->block_count; b++) {
        const ParamBlock *block = &net->blocks[b];
        WatchRatio r = watch_ratio(block, w->before, net->weights, net->gradients);
        table_row(cell_table(w->cell, "watch_ratio"), v_text(w->cell->key),
                  v_count((int64_t)w->trainer->iteration), v_count((int64_t)block->layer),
                  v_text(block->is_bias ? "bias" : "weights"), v_double(w->trainer->rate),
                  v_double(r.weight), v_double(r.update), v_double(r.gradient), v_double(r.ratio));
    }
}

static const char *kind_name(LayerKind kind) {
    static const char *const names[LAYER_KINDS] = {
        [LAYER_DENSE] = "dense", [LAYER_CONV] = "conv", [LAYER_MAX_POOL] = "max_pool",
        [LAYER_AVERAGE_POOL] = "average_pool", [LAYER_LRN] = "lrn",
        [LAYER_BATCH_NORM] = "batch_norm", [LAYER_SIGMOID] = "sigmoid", [LAYER_TANH] = "tanh",
        [LAYER_RELU] = "relu", [LAYER_LINEAR] = "linear", [LAYER_DROPOUT] = "dropout",
        [LAYER_MASK] = "mask"};
    return names[kind] ? names[kind] : "other";
}

static void write_layer(const Watch *w, size_t layer, const char *signal, const Real *x,
                        bool bins) {
    Cell *cell = w->cell;
    int64_t iteration = (int64_t)w->trainer->iteration;
    WatchHistogram h = watch_histogram(x, w->batch.count * net_layer_outputs(w->look, layer));
    table_row(cell_table(cell, "watch_layer"), v_text(cell->key), v_count(iteration),
              v_count((int64_t)layer), v_text(signal),
              v_text(kind_name(w->look->spec.layers[layer].kind)), v_double(h.mean),
              v_double(h.sd), v_double(h.zero_share), v_double(h.low), v_double(h.high));
    for (size_t b = 0; bins && b < WATCH_BINS; b++)
        table_row(cell_table(cell, "watch_histogram"), v_text(cell->key), v_count(iteration),
                  v_count((int64_t)layer), v_text(signal), v_count((int64_t)b),
                  v_double(h.low + (double)b * h.width),
                  v_double(h.low + (double)(b + 1) * h.width), v_count((int64_t)h.count[b]));
}

static void write_layers(const Watch *w, bool bins) {
    const Net *net = w->trainer->spec.net;
    Net *look = w->look;
    Target target = w->trainer->spec.autoencode ? (Target){.values = w->batch.x}
                                                : (Target){.labels = w->batch.labels};
    memcpy(look->weights, net->weights, net->parameters * sizeof *net->weights);
    memcpy(look->state, net->state, net->state_count * sizeof *net->state);
    look->seed = net->seed;
    look->pass = net->pass;
    net_gradient(look, w->batch.x, target, w->batch.count);
    for (size_t i = 0; i < look->count; i++) {
        write_layer(w, i, "activation", net_layer_output(look, i), bins);
        write_layer(w, i, "gradient", net_layer_delta(look, i), bins);
    }
}

static void write_average(Watch *w, const Dataset *score) {
    Score own = trainer_score(w->trainer, score);
    average_swap(&w->average);
    Score mean = trainer_score(w->trainer, score);
    average_swap(&w->average);
    table_row(cell_table(w->cell, "watch_average"), v_text(w->cell->key),
              v_count((int64_t)w->trainer->iteration), v_double(own.loss), v_double(own.accuracy),
              v_double(mean.loss), v_double(mean.accuracy));
}

bool watch_step(Watch *watch, Trainer *trainer, bool point, const Dataset *score) {
    if (!watch)
        return trainer_step(trainer);
    const Net *net = trainer->spec.net;
    if (point)
        memcpy(watch->before, net->weights, net->parameters * sizeof *net->weights);
    if (!trainer_step(trainer))
        return false;
    average_add(&watch->average);
    if (!point)
        return true;
    watch->points++;
    write_ratios(watch);
    write_layers(watch, (watch->points & (watch->points - 1)) == 0);
    if (score)
        write_average(watch, score);
    return true;
}
