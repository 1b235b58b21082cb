/* SPDX-License-Identifier: MIT */
#include "core/learn/train.h"

#include <math.h>

void trainer_init(Trainer *trainer, const TrainSpec *spec, Arena *arena) {
    *trainer = (Trainer){.spec = *spec};
    if (trainer->spec.loss_bound <= 0)
        trainer->spec.loss_bound = 1e6;
    batches_init(&trainer->batches, &spec->batches, arena);
    optimizer_init(&trainer->optimizer, &spec->optimizer, spec->net, arena);
}

static Target target_of(const Trainer *trainer, const Batch *batch) {
    return trainer->spec.autoencode ? (Target){.values = batch->x}
                                    : (Target){.labels = batch->labels};
}

/* Loss and gradient of a batch, then the update unless it has diverged: in one where both are. */
static void update(Trainer *trainer, const Batch *batch) {
    const TrainSpec *spec = &trainer->spec;
    Target target = target_of(trainer, batch);
    bool together = optimizer_is_plain(&spec->optimizer) && !spec->keep_gradients;
    trainer->loss = together ? optimizer_descend(&trainer->optimizer, spec->net, batch->x, target,
                                                 batch->count, trainer->rate, spec->loss_bound)
                             : net_gradient(spec->net, batch->x, target, batch->count);
    trainer->diverged = !(trainer->loss <= spec->loss_bound);
    if (!together && !trainer->diverged)
        optimizer_step(&trainer->optimizer, spec->net, trainer->rate,
                       schedule_momentum(spec->schedule, trainer->iteration));
}

bool trainer_step(Trainer *trainer) {
    Batch batch = batches_get(&trainer->batches, trainer->iteration);
    trainer->rate = schedule_rate(trainer->spec.schedule, trainer->iteration);
    update(trainer, &batch);
    trainer->iteration += !trainer->diverged;
    return !trainer->diverged;
}

Score trainer_score(Trainer *trainer, const Dataset *set) {
    Net *net = trainer->spec.net;
    double loss = 0;
    size_t right = 0;
    for (size_t first = 0; first < set->count; first += net->spec.max_batch) {
        size_t left = set->count - first;
        size_t count = left < net->spec.max_batch ? left : net->spec.max_batch;
        Batch batch = batches_slice(&trainer->batches, set, first, count);
        loss += net_loss(net, batch.x, target_of(trainer, &batch), count, NET_TEST) *
                (double)count;
        right += net->correct;
    }
    double n = (double)set->count;
    return (Score){loss / n, trainer->spec.autoencode ? (double)NAN : (double)right / n};
}

const char *trainer_status(const Trainer *trainer) {
    return trainer->diverged ? "diverged" : "ok";
}
