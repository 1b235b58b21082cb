/* SPDX-License-Identifier: MIT */
#include "bench/bench.h"
#include "core/base/rng.h"
#include "core/learn/train.h"
#include "core/net/caffe.h"
#include "core/net/tiny.h"
#include "core/study/cifar.h"
#include "core/study/denoising.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- what is trained ---- */
static const LayerSpec autoencoder[] = {
    {.kind = LAYER_DENSE, .units = 100}, {.kind = LAYER_SIGMOID},
    {.kind = LAYER_DENSE, .units = 784}, {.kind = LAYER_SIGMOID}, {.kind = LAYER_END}};
static const LayerSpec mlp_128[] = {{.kind = LAYER_DENSE, .units = 128}, {.kind = LAYER_RELU},
                                    {.kind = LAYER_DENSE, .units = 10}, {.kind = LAYER_END}};
static const LayerSpec mlp_1000[] = {{.kind = LAYER_DENSE, .units = 1000}, {.kind = LAYER_RELU},
                                     {.kind = LAYER_DENSE, .units = 10}, {.kind = LAYER_END}};

#define AUTOENCODER                                                                                \
    .name = "autoencoder", .set = "mnist", .layers = autoencoder, .loss = LOSS_SQUARED,            \
    .autoencode = true
#define CLASSES .loss = LOSS_CROSS_ENTROPY, .batch = 100

const WorkloadSpec workloads[] = {
    {.name = "cifar10_full", .set = "cifar10", CLASSES, .floor_best = 1.65, .goal_share = 0.85,
     .pair = true},
    {.name = "cifar10_quick", .set = "cifar10", CLASSES, .floor_best = 1.25, .goal_share = 0.85,
     .pair = true},
    {AUTOENCODER, .batch = 100, .floor_eager = 2, .goal_share = 0.85, .pair = true},
    {AUTOENCODER, .batch = 10, .floor_eager = 5},
    {AUTOENCODER, .batch = 1, .floor_eager = 20},
    {.name = "mlp_128", .set = "mnist", .layers = mlp_128, CLASSES, .floor_eager = 1.8},
    {.name = "mlp_1000", .set = "mnist", .layers = mlp_1000, CLASSES},
    {.name = "parity", .batch = 1, .floor_rate = 9e6},
    {.name = "denoiser", .set = "mnist", .batch = DENOISING_BATCH, .denoise = true, .pair = true},
    {.name = NULL}};

/* ---- data ---- */
static const Dataset *generate(const char *name, Arena *arena) {
    bool mnist = strcmp(name, "mnist") == 0;
    Dataset *set = arena_new(arena, Dataset, 1);
    *set = (Dataset){.name = name, .count = 10000, .height = mnist ? 28 : 32,
                     .width = mnist ? 28 : 32, .channels = mnist ? 1 : 3, .classes = 10,
                     .planar = !mnist};
    size_t pixels = dataset_pixels(set);
    uint8_t *bytes = arena_new(arena, uint8_t, set->count * pixels);
    uint8_t *labels = arena_new(arena, uint8_t, set->count);
    const uint8_t **images = arena_new(arena, const uint8_t *, set->count);
    Rng rng = rng_make(1, STREAM_TEST, 0);
    for (size_t i = 0; i < set->count; i++) {
        images[i] = bytes + i * pixels;
        labels[i] = (uint8_t)rng_below(&rng, 10);
        for (size_t p = 0; p < pixels; p++)
            bytes[i * pixels + p] =
                mnist && rng_below(&rng, 100) < 81 ? 0 : (uint8_t)rng_below(&rng, 256);
    }
    set->images = images;
    set->labels = labels;
    return set;
}

const Dataset *workload_data(const char *name, Arena *arena, bool *generated) {
    const Dataset *set = dataset_open(name, DATASET_TRAIN, NULL);
    *generated = set == NULL;
    return set ? set : generate(name, arena);
}

/* ---- a training ---- */
struct Workload {
    const WorkloadSpec *spec;
    Schedule schedule;
    Trainer trainer;
    Tiny tiny;
    Digits digits; /* denoise */
    Denoiser denoiser;
    Denoising denoising;
    uint64_t epoch;
};

static Net *make_net(const WorkloadSpec *spec, const Dataset *set, Arena *arena, Error *err) {
    const LayerSpec *layers = spec->layers;
    for (int n = 0; n < CAFFE_NETS && !layers; n++)
        if (strcmp(spec->name, caffe_name((CaffeNet)n)) == 0)
            layers = caffe_layers((CaffeNet)n);
    Net *net = net_create(&(NetSpec){.height = set->height, .width = set->width,
                                     .channels = set->channels, .layers = layers,
                                     .loss = spec->loss, .max_batch = spec->batch},
                          arena, err);
    if (net)
        net_initialise(net, 1);
    return net;
}

/* The trainings of period_tuning, with its noise and dropout. */
static bool denoiser_create(Workload *w, Arena *arena, Error *err) {
    if (!digits_open(&w->digits, w->spec->set, arena, err))
        return false;
    denoiser_init(&w->denoiser,
                  &(DenoiserSpec){.visible = DIGIT_PIXELS, .hidden = 100,
                                  .batch = DENOISING_BATCH, .clip = true},
                  arena);
    denoising_start(&w->denoising, &w->denoiser,
                    &(DenoisingSpec){.digits = &w->digits, .seed = 1, .noise = 0.3,
                                     .dropout = 0.3},
                    arena);
    return true;
}

Workload *workload_create(const WorkloadSpec *spec, const Dataset *set, Arena *arena, Error *err) {
    Workload *w = arena_new(arena, Workload, 1);
    w->spec = spec;
    if (spec->denoise)
        return denoiser_create(w, arena, err) ? w : NULL;
    if (!spec->set)
        return tiny_create(&w->tiny, 3, 5, err) ? w : NULL;
    bool image = set->channels == 3;
    Net *net = make_net(spec, set, arena, err);
    if (!net)
        return NULL;
    Real *mean = arena_new(arena, Real, dataset_pixels(set));
    if (image)
        dataset_pixel_mean(set, mean);
    w->schedule = (Schedule){.policy = SCHEDULE_CONSTANT, .base = image ? 0.001 : 0.01};
    trainer_init(&w->trainer,
                 &(TrainSpec){.net = net, .schedule = &w->schedule, .autoencode = spec->autoencode,
                              .batches = {.set = set, .size = spec->batch, .seed = 1,
                                          .order = image ? BATCH_FILE_ORDER : BATCH_SHUFFLED,
                                          .wrap = true, .scale = image ? 1 : 0,
                                          .shift = image ? mean : NULL},
                              .optimizer = image ? cifar_momentum : (OptimizerSpec){0}},
                 arena);
    return w;
}

double workload_flops(const Workload *w) {
    if (w->spec->denoise) /* five products: code, decoded, pull, and the gradients of both uses of W */
        return 5 * 2.0 * DIGIT_PIXELS * (double)w->denoiser.spec.hidden;
    return w->spec->set ? net_train_flops(w->trainer.spec.net) : (double)NAN;
}

static void train_step(void *context) {
    Workload *w = context;
    if (!trainer_step(&w->trainer))
        die("bench: %s diverged at iteration %llu", w->spec->name,
            (unsigned long long)w->trainer.iteration);
}

static void denoiser_epoch(void *context) {
    Workload *w = context;
    denoising_epoch(&w->denoising, w->epoch++, 0.26, 0.806);
}

enum { UPDATES = 600 };

static void parity_step(void *context) {
    Workload *w = context;
    tiny_updates(&w->tiny, &tiny_odd_parity, 0.05, UPDATES);
}

Count workload_run(Workload *w, double seconds) {
    if (w->spec->denoise)
        return count_for(seconds, DENOISING_BATCH * DENOISING_BATCHES, denoiser_epoch, w);
    if (w->spec->set)
        return count_for(seconds, (double)w->spec->batch, train_step, w);
    tiny_alternate(&w->tiny);
    return count_for(seconds, UPDATES, parity_step, w);
}

/* ---- side by side ---- */
/* A copy trains a little, to have its own pages, waits for `start` to close, and reports. */
static _Noreturn void train_as_child(Workload *w, double seconds, int start, int report) {
    char nothing;
    workload_run(w, 0.02);
    if (read(start, &nothing, 1) != 0)
        _exit(1);
    Count count = workload_run(w, seconds);
    _exit(write(report, &count, sizeof count) == sizeof count ? 0 : 1);
}

bool workload_side_by_side(Workload *w, size_t processes, double seconds, Count *total) {
    int start[2], report[2];
    if (pipe(start) || pipe(report))
        return false;
    for (size_t p = 0; p < processes; p++)
        if (fork() == 0) {
            close(start[1]);
            train_as_child(w, seconds, start[0], report[1]);
        }
    close(report[1]);
    close(start[0]);
    usleep(100000); /* until all are ready */
    close(start[1]);
    bool ok = true;
    *total = (Count){0};
    for (size_t p = 0; p < processes; p++) {
        Count one;
        ok = read(report[0], &one, sizeof one) == sizeof one && ok;
        total->done += one.done;
        total->cpu += one.cpu;
        total->wall = fmax(total->wall, one.wall);
        wait(NULL);
    }
    close(report[0]);
    return ok;
}
