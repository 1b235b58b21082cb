/* SPDX-License-Identifier: MIT */
#include "experiments/ensembles/ensembles.h"

#include "core/net/caffe.h"

/* ---- what is searched: the middle of each range is a usual value ---- */
enum { RATE, DECAY, SCHEDULE, DROPOUT, UNIT };

#define SCHEDULES .choices = (const char *const[]){"constant", "cosine", NULL}
static const Param mlp_params[] = {
    [RATE] = {.name = "rate", .kind = PARAM_LOG, .low = 1e-3, .high = 1},
    [DECAY] = {.name = "weight_decay", .kind = PARAM_LOG, .low = 1e-6, .high = 1e-2},
    [SCHEDULE] = {.name = "schedule", .kind = PARAM_CHOICE, SCHEDULES},
    [DROPOUT] = {.name = "dropout", .kind = PARAM_UNIFORM, .low = 0, .high = 0.6},
    [UNIT] = {.name = "unit", .kind = PARAM_CHOICE,
              .choices = (const char *const[]){"relu", "tanh", NULL}}};
static const Param cifar_params[] = {
    [RATE] = {.name = "rate", .kind = PARAM_LOG, .low = 5e-4, .high = 0.02},
    [DECAY] = {.name = "weight_decay", .kind = PARAM_LOG, .low = 1e-5, .high = 1e-2},
    [SCHEDULE] = {.name = "schedule", .kind = PARAM_CHOICE, SCHEDULES}};
#define PARAMS(p) (p), sizeof(p) / sizeof *(p)

enum { CIFAR = SETS - 1 };
const SetSpec sets[SETS] = {{"mnist", 3000, PARAMS(mlp_params)},
                            {"fashion", 3000, PARAMS(mlp_params)},
                            {"cifar10", 10000, PARAMS(cifar_params)}};

Setting setting_of(const double *values, size_t count) {
    return (Setting){.rate = values[RATE], .decay = values[DECAY],
                     .cosine = values[SCHEDULE] > 0,
                     .dropout = count > DROPOUT ? values[DROPOUT] : 0,
                     .unit = count > UNIT && values[UNIT] > 0 ? LAYER_TANH : LAYER_RELU};
}

/* ---- the data ---- */

/* Repetitions have slices of the training images to themselves, as long as there are enough. */
bool ground_open(Ground *ground, Cell *cell, Error *err) {
    const Config *c = cell->config;
    const SetSpec *set = &sets[c->set];
    const Dataset *all = dataset_open(set->name, DATASET_TRAIN, err);
    const Dataset *test = all ? dataset_open(set->name, DATASET_TEST, err) : NULL;
    if (!test)
        return false;
    size_t first = (c->seed - 1) % (all->count / set->slice) * set->slice;
    size_t training = set->slice - c->validation;
    Arena *arena = cell->arena;
    *ground = (Ground){.cell = cell, .config = c, .scale = (Real)(1.0 / 255)};
    ground->training = dataset_view(all, first, NULL, training, arena);
    ground->validation = dataset_view(all, first + training, NULL, c->validation, arena);
    ground->test = dataset_view(test, 0, NULL, c->test, arena);
    if (c->set == CIFAR) {
        Real *mean = arena_new(arena, Real, dataset_pixels(all));
        dataset_pixel_mean(&ground->training, mean);
        ground->shift = mean;
        ground->scale = (Real)(1.0 / 64); /* deviations near 1 */
    }
    return true;
}

/* ---- one training ---- */

static const LayerSpec *mlp_layers(const Setting *setting, Arena *arena) {
    InitKind init = setting->unit == LAYER_RELU ? INIT_HE : INIT_XAVIER;
    LayerSpec layers[] = {{.kind = LAYER_DENSE, .units = 100, .init = {init, 0}},
                          {.kind = setting->unit},
                          {.kind = LAYER_DROPOUT, .share = setting->dropout},
                          {.kind = LAYER_DENSE, .units = 10, .init = {INIT_XAVIER, 0}},
                          {.kind = LAYER_END}};
    return arena_copy(arena, layers, sizeof layers);
}

/* cifar10_quick with He's initial weights: from its own, 1e-4 in the first layer, a training as
 * short as ours would hardly begin. */
static const LayerSpec *cifar_layers(Arena *arena) {
    const LayerSpec *own = caffe_layers(CAFFE_QUICK);
    size_t count = 1;
    while (own[count - 1].kind != LAYER_END)
        count++;
    LayerSpec *layers = arena_copy(arena, own, count * sizeof *own);
    for (size_t i = 0; i < count; i++)
        layers[i].init = (Init){INIT_HE, 0};
    return layers;
}

Model *model_create(const Ground *ground, const Setting *setting, uint32_t number, uint64_t period,
                    Error *err) {
    const Config *c = ground->config;
    const Dataset *set = &ground->training;
    Arena *arena = arena_create();
    Model *model = arena_new(arena, Model, 1);
    model->arena = arena;
    model->schedule = (Schedule){.policy = SCHEDULE_CONSTANT, .base = setting->rate};
    if (period)
        model->schedule = (Schedule){.policy = SCHEDULE_WARM_RESTARTS, .base = setting->rate,
                                     .step = period, .multiply = 1};
    Net *net = net_create(&(NetSpec){.height = set->height, .width = set->width,
                                     .channels = set->channels, .loss = LOSS_CROSS_ENTROPY,
                                     .layers = c->set == CIFAR ? cifar_layers(arena)
                                                               : mlp_layers(setting, arena),
                                     .max_batch = c->batch}, arena, err);
    if (!net || !schedule_check(&model->schedule, err)) {
        arena_destroy(arena);
        return NULL;
    }
    net_initialise(net, 1000 * c->seed + number);
    trainer_init(&model->trainer,
                 &(TrainSpec){.net = net, .schedule = &model->schedule, .loss_bound = 1e3,
                              .batches = {.set = set, .size = c->batch, .seed = c->seed,
                                          .scale = ground->scale, .shift = ground->shift},
                              .optimizer = {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9,
                                            .weight_decay = setting->decay}}, arena);
    return model;
}

void model_free(Model *model) {
    arena_destroy(model->arena);
}

void model_train(Model *model, uint64_t updates) {
    while (model->trainer.iteration < updates && trainer_step(&model->trainer))
        continue;
}
