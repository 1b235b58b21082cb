/* SPDX-License-Identifier: MIT */
#include "experiments/clr_adaptive/cost.h"

#include "core/base/rng.h"
#include "core/learn/optimizer.h"
#include "core/learn/schedule.h"
#include "core/net/caffe.h"

#include <time.h>

const Column cost_columns[] = {
    {"work", TIER_KEY}, {"parameters", TIER_EXACT}, {"ns", TIER_MACHINE},
    {"ns_per_parameter", TIER_MACHINE}, {"ratio_to_momentum", TIER_MACHINE},
    {"ratio_low", TIER_MACHINE}, {"ratio_high", TIER_MACHINE}, {"share_of_step", TIER_MACHINE},
    {0}};

typedef enum Work {
    MOMENTUM, NESTEROV, ADAM, RMSPROP, ADAGRAD, ADADELTA, /* updates */
    TRIANGULAR,                                          /* the rate of an iteration */
    STEP,                                                /* forward and backward, 100 images */
    WORKS
} Work;

static const char *const names[WORKS] = {"momentum", "nesterov", "adam", "rmsprop", "adagrad",
                                         "adadelta", "triangular", "gradient"};

enum { METHODS = TRIANGULAR, BATCH = 100, MOST_ROUNDS = 200 };

static const OptimizerSpec specs[METHODS] = {
    [MOMENTUM] = {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9, .rate_inside = true},
    [NESTEROV] = {.method = OPTIMIZER_NESTEROV, .momentum = 0.9, .rate_inside = true},
    [ADAM] = {.method = OPTIMIZER_ADAM, .momentum = 0.9},
    [RMSPROP] = {.method = OPTIMIZER_RMSPROP},
    [ADAGRAD] = {.method = OPTIMIZER_ADAGRAD},
    [ADADELTA] = {.method = OPTIMIZER_ADADELTA, .momentum = 0.95}};

typedef struct Bench {
    Net *net;
    Optimizer optimizers[METHODS];
    Real *x;
    uint8_t labels[BATCH];
    double sum; /* so that no rate is computed in vain */
} Bench;

/* CPU time of this thread: other cells do not count. */
static double cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

static void do_work(Bench *b, Work work, size_t i) {
    static const Schedule triangular = {.policy = SCHEDULE_TRIANGULAR, .base = 0.001, .max = 0.006,
                                        .step = 2000};
    if (work == STEP)
        b->sum += net_gradient(b->net, b->x, (Target){.labels = b->labels}, BATCH);
    else if (work == TRIANGULAR)
        b->sum += schedule_rate(&triangular, i * 7);
    else
        optimizer_step(&b->optimizers[work], b->net, 1e-9, -1);
}

/* ns of one piece of work, a few in a row after one that brings its numbers into the cache: the
 * gradient before it, or another method, has left its own there. */
static double measure(Bench *b, Work work) {
    size_t times = work == STEP ? 1 : work == TRIANGULAR ? 1000 : 20;
    if (work != STEP)
        do_work(b, work, 0);
    double begin = cpu_ns();
    for (size_t i = 0; i < times; i++)
        do_work(b, work, i);
    return (cpu_ns() - begin) / (double)times;
}

static bool prepare(Bench *b, Arena *arena, Error *err) {
    *b = (Bench){.net = net_create(&(NetSpec){.height = 32, .width = 32, .channels = 3,
                                              .layers = caffe_layers(CAFFE_FULL),
                                              .loss = LOSS_CROSS_ENTROPY, .max_batch = BATCH},
                                   arena, err)};
    if (!b->net)
        return false;
    net_initialise(b->net, 1);
    b->x = arena_new(arena, Real, BATCH * b->net->inputs);
    Rng rng = rng_make(1, STREAM_TEST, 0);
    rng_fill_uniform(&rng, b->x, BATCH * b->net->inputs);
    for (size_t i = 0; i < BATCH; i++)
        b->labels[i] = (uint8_t)(i % 10);
    for (size_t m = 0; m < METHODS; m++)
        optimizer_init(&b->optimizers[m], &specs[m], b->net, arena);
    for (Work w = WORKS; w-- > 0;) /* the gradient first: updates need one; then all are warm */
        measure(b, w);
    return true;
}

/* Without the padding between blocks. */
static size_t parameters_of(const Net *net) {
    size_t count = 0;
    for (size_t b = 0; b < net->block_count; b++)
        count += net->blocks[b].count;
    return count;
}

bool cost_measure(Cell *cell, size_t rounds, Error *err) {
    static double ns[WORKS][MOST_ROUNDS], ratio[WORKS][MOST_ROUNDS];
    Bench bench;
    if (!prepare(&bench, cell->arena, err))
        return false;
    for (size_t r = 0; r < rounds && r < MOST_ROUNDS; r++)
        for (Work w = 0; w < WORKS; w++)
            ns[w][r] = measure(&bench, w);
    size_t parameters = parameters_of(bench.net);
    double step = stats_median(ns[STEP], rounds) + stats_median(ns[MOMENTUM], rounds);
    for (Work w = 0; w < WORKS; w++) {
        for (size_t r = 0; r < rounds; r++)
            ratio[w][r] = ns[w][r] / ns[MOMENTUM][r];
        double middle = stats_median(ns[w], rounds);
        table_row(cell_table(cell, "costs"), v_text(names[w]),
                  v_count((int64_t)parameters), v_double(middle),
                  v_double(middle / (double)parameters),
                  v_double(stats_median(ratio[w], rounds)),
                  v_double(stats_quantile(ratio[w], rounds, 0.25)),
                  v_double(stats_quantile(ratio[w], rounds, 0.75)), v_double(middle / step));
    }
    return true;
}
