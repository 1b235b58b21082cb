/* SPDX-License-Identifier: MIT */
#include "core/study/mlp.h"

#include "core/learn/train.h"

#include <string.h>

enum { SPLIT = 12000, MNIST_TRAINING = 60000, MNIST_TEST = 10000 };

/* The images that follow the first 12,000, across MNIST's two files. */
static bool test_part(Dataset *part, SynthKind kind, size_t count, Arena *arena, Error *err) {
    const Dataset *first = dataset_open("mnist", DATASET_TRAIN, err);
    const Dataset *second = first ? dataset_open("mnist", DATASET_TEST, err) : NULL;
    if (!second)
        return false;
    size_t front = MNIST_TRAINING - SPLIT < count ? MNIST_TRAINING - SPLIT : count;
    size_t back = count - front;
    Dataset a = synth_variant(first, kind, 1, 0, SPLIT, front, arena);
    *part = a;
    if (back == 0)
        return true;
    Dataset b = synth_variant(second, kind, 1, MNIST_TRAINING, 0, back, arena);
    const uint8_t **images = arena_new(arena, const uint8_t *, count);
    uint8_t *labels = arena_new(arena, uint8_t, count);
    memcpy(images, a.images, front * sizeof *images);
    memcpy(images + front, b.images, back * sizeof *images);
    memcpy(labels, a.labels, front);
    memcpy(labels + front, b.labels, back);
    part->images = images;
    part->labels = labels;
    part->count = count;
    return true;
}

bool mlp_data(MlpData *data, SynthKind kind, size_t training, size_t validation, size_t test,
              Arena *arena, Error *err) {
    if (training + validation > SPLIT || test > MNIST_TRAINING + MNIST_TEST - SPLIT)
        return error_set(err, "%zu training, %zu validation and %zu test images: at most %d for "
                              "the first two, %d for the last", training, validation, test, SPLIT,
                         MNIST_TRAINING + MNIST_TEST - SPLIT);
    const Dataset *mnist = dataset_open("mnist", DATASET_TRAIN, err);
    if (!mnist)
        return false;
    data->training = synth_variant(mnist, kind, 1, 0, 0, training, arena);
    data->validation = synth_variant(mnist, kind, 1, 0, training, validation, arena);
    return test_part(&data->test, kind, test, arena, err);
}

/* The weights of the best pass are kept aside. */
static void train(Trainer *trainer, const MlpSpec *spec, const MlpData *data, Real *best,
                  MlpOutcome *outcome) {
    Net *net = trainer->spec.net;
    size_t bytes = net->parameters * sizeof *best, best_pass = 0;
    memcpy(best, net->weights, bytes);
    for (size_t pass = 1; pass <= spec->passes; pass++) {
        uint64_t end = trainer->iteration + trainer->batches.per_epoch;
        while (trainer->iteration < end && trainer_step(trainer))
            ;
        if (trainer->diverged)
            break;
        outcome->passes = pass;
        double accuracy = trainer_score(trainer, &data->validation).accuracy;
        if (best_pass == 0 || accuracy > outcome->validation) {
            best_pass = pass;
            outcome->validation = accuracy;
            memcpy(best, net->weights, bytes);
        }
        if (spec->early_stop && 2 * best_pass < pass)
            break;
    }
    if (best_pass) {
        memcpy(net->weights, best, bytes);
        outcome->test = trainer_score(trainer, &data->test).accuracy;
    }
}

bool mlp_train(const MlpSpec *spec, const MlpData *data, MlpOutcome *outcome, Error *err) {
    Arena *arena = arena_create();
    LayerSpec layers[] = {
        {.kind = LAYER_DENSE, .units = spec->hidden, .init = spec->init[0]},
        {.kind = spec->unit},
        {.kind = spec->dropout > 0 ? LAYER_DROPOUT : LAYER_LINEAR, .share = spec->dropout},
        {.kind = LAYER_DENSE, .units = data->training.classes, .init = spec->init[1]},
        {.kind = LAYER_END}};
    NetSpec shape = {.height = data->training.height, .width = data->training.width,
                     .channels = 1, .layers = layers, .loss = LOSS_CROSS_ENTROPY,
                     .max_batch = spec->batch, .padded = true,
                     .full_inputs = dataset_zeros(&data->training) < 0.5}; /* digits: 0.8 */
    Net *net = net_create(&shape, arena, err);
    Schedule schedule = {.policy = spec->hold ? SCHEDULE_HOLD_INVERSE : SCHEDULE_CONSTANT,
                         .base = spec->rate, .step = spec->hold};
    bool ok = net && schedule_check(&schedule, err);
    if (ok) {
        Trainer trainer;
        net_initialise(net, spec->seed);
        trainer_init(&trainer,
                     &(TrainSpec){.net = net, .schedule = &schedule, .loss_bound = 1e3,
                                  .batches = {.set = &data->training, .size = spec->batch,
                                              .seed = spec->seed},
                                  .optimizer = {.method = spec->momentum > 0 ? OPTIMIZER_MOMENTUM
                                                                             : OPTIMIZER_SGD,
                                                .momentum = spec->momentum,
                                                .weight_decay = spec->weight_decay}},
                     arena);
        *outcome = (MlpOutcome){.validation = 0.1, .test = 0.1};
        train(&trainer, spec, data, arena_new(arena, Real, net->parameters), outcome);
        outcome->status = trainer_status(&trainer);
    }
    arena_destroy(arena);
    return ok;
}
