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

bool trainer_step(Trainer *trainer) {
    Net *net = trainer->spec.net;
    const Schedule *schedule = trainer->spec.schedule;
    Batch batch = batches_get(&trainer->batches, trainer->iteration);
    trainer->rate = schedule_rate(schedule, trainer->iteration);
    trainer->loss = net_gradient(net, batch.x, target_of(trainer, &batch), batch.count);
    trainer->diverged = !(trainer->loss <= trainer->spec.loss_bound);
    if (trainer->diverged)
        return false;
    optimizer_step(&trainer->optimizer, net, trainer->rate,
                   schedule_momentum(schedule, trainer->iteration));
    trainer->iteration++;
    return true;
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
