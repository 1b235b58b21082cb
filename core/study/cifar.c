/* SPDX-License-Identifier: MIT */
#include "core/study/cifar.h"

const OptimizerSpec cifar_momentum = {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9,
                                      .rate_inside = true, .weight_decay = 0.004,
                                      .decay_biases = true};

/* A part of CIFAR-10 at the run's resolution. */
static const Dataset *open_part(const CifarRun *run, DatasetPart part, Arena *arena, Error *err) {
    const Dataset *set = dataset_open("cifar10", part, err);
    if (!set || !run->halved)
        return set;
    Dataset *half = arena_new(arena, Dataset, 1);
    *half = dataset_halved(set, arena);
    return half;
}

static const Dataset *first_images(const Dataset *set, size_t count, Arena *arena) {
    if (count == 0 || count >= set->count)
        return set;
    Dataset *view = arena_new(arena, Dataset, 1);
    *view = dataset_view(set, 0, NULL, count, arena);
    return view;
}

/* The net's layers, with another memory of the running statistics where one is asked for. */
static const LayerSpec *layers_of(const CifarRun *run, Arena *arena) {
    const LayerSpec *own = caffe_layers(run->net);
    size_t count = 1;
    while (own[count - 1].kind != LAYER_END)
        count++;
    LayerSpec *layers = arena_copy(arena, own, count * sizeof *own);
    for (size_t i = 0; run->norm_fraction > 0 && i < count; i++)
        if (layers[i].kind == LAYER_BATCH_NORM)
            layers[i].norm_fraction = run->norm_fraction;
    return layers;
}

bool cifar_trainer(const CifarRun *run, Cell *cell, Trainer *trainer, const Dataset **test,
                   Error *err) {
    const Dataset *all = open_part(run, DATASET_TRAIN, cell->arena, err);
    const Dataset *scored = all ? open_part(run, DATASET_TEST, cell->arena, err) : NULL;
    if (!scored || !schedule_check(run->schedule, err))
        return false;
    size_t batch = run->batch ? run->batch : 100;
    Net *net = net_create(&(NetSpec){.height = all->height, .width = all->width,
                                     .channels = all->channels,
                                     .layers = layers_of(run, cell->arena),
                                     .loss = LOSS_CROSS_ENTROPY, .max_batch = batch},
                          cell->arena, err);
    if (!net)
        return false;
    net_initialise(net, run->seed);
    Real *mean = arena_new(cell->arena, Real, dataset_pixels(all));
    dataset_pixel_mean(all, mean);
    trainer_init(trainer,
                 &(TrainSpec){.net = net, .schedule = run->schedule,
                              .batches = {.set = first_images(all, run->images, cell->arena),
                                          .size = batch, .order = BATCH_FILE_ORDER, .wrap = true,
                                          .scale = 1, .shift = mean},
                              .optimizer = run->optimizer.method == OPTIMIZER_SGD
                                               ? cifar_momentum : run->optimizer,
                              .loss_bound = run->loss_bound > 0 ? run->loss_bound : 100},
                 cell->arena);
    *test = first_images(scored, run->test_images, cell->arena);
    return true;
}
