/* SPDX-License-Identifier: MIT
 *
 * sanity_checks - what do a few seconds of checks say before hours of training?
 *
 * A 784-100-10 network (ReLU) on MNIST.  Three studies: the loss before the first update against
 * the initial weights, the number of classes and weight decay; a right training and fourteen with
 * one thing wrong, each put to the checks (loss at the start, regularisation raises it, twenty
 * images can be learnt to zero loss) and then trained in earnest; and overfitting from 20 to 20,000
 * images.
 */
#include "experiments/sanity_checks/sanity_checks.h"

#include "core/base/rng.h"
#include "core/base/vec.h"
#include "core/data/dataset.h"
#include "core/learn/train.h"
#include "core/study/watch.h"

#include <string.h>

enum { TINY = 20, TINY_UPDATES = 600, LOOK = 1000, VALIDATION = 2000, FIRST_VALIDATION = 50000 };

#define SMALL {INIT_GAUSSIAN, 0.01}
const Condition conditions[] = {
    {"right", SMALL, 0.05, 0, 0, LABELS_RIGHT},
    {"init_he", {INIT_HE, 0}, 0.05, 0, 0, LABELS_RIGHT},
    {"init_zero", {INIT_ZERO, 0}, 0.05, 0, 0, LABELS_RIGHT},
    {"init_1e-5", {INIT_GAUSSIAN, 1e-5}, 0.05, 0, 0, LABELS_RIGHT},
    {"init_1", {INIT_GAUSSIAN, 1}, 0.05, 0, 0, LABELS_RIGHT},
    {"init_alternating", {INIT_ALTERNATING, 1}, 0.05, 0, 0, LABELS_RIGHT},
    {"labels_shuffled", SMALL, 0.05, 0, 0, LABELS_SHUFFLED},
    {"labels_of_the_next", SMALL, 0.05, 0, 0, LABELS_NEXT},
    {"labels_constant", SMALL, 0.05, 0, 0, LABELS_CONSTANT},
    {"rate_1e-5", SMALL, 1e-5, 0, 0, LABELS_RIGHT},
    {"rate_0.001", SMALL, 0.001, 0, 0, LABELS_RIGHT},
    {"rate_3", SMALL, 3, 0, 0, LABELS_RIGHT},
    {"pixels_unscaled", SMALL, 0.05, 0, 1, LABELS_RIGHT},
    {"pixels_blank", SMALL, 0.05, 0, 1e-30, LABELS_RIGHT},
    {"decay_1", SMALL, 0.05, 1, 0, LABELS_RIGHT},
};
const size_t condition_count = sizeof conditions / sizeof *conditions;

/* ---- data and networks ---- */

/* Labels as the condition has them, for the first `count` images of the set. */
static Dataset labelled(const Dataset *set, const Condition *c, size_t count, uint32_t seed,
                        Arena *arena) {
    Dataset view = dataset_view(set, 0, NULL, count, arena);
    uint8_t *labels = arena_new(arena, uint8_t, count);
    uint32_t *order = arena_new(arena, uint32_t, count);
    Rng rng = rng_make(seed, STREAM_DATA, 0);
    rng_permutation(&rng, order, count);
    for (size_t i = 0; i < count; i++)
        labels[i] = c->labels == LABELS_CONSTANT   ? 0
                    : c->labels == LABELS_SHUFFLED ? view.labels[order[i]]
                    : c->labels == LABELS_NEXT     ? view.labels[(i + 1) % count]
                                                   : view.labels[i];
    view.labels = labels;
    return view;
}

static Net *make_net(Init init, size_t outputs, size_t batch, uint32_t seed, Arena *arena,
                     Error *err) {
    LayerSpec layers[] = {{.kind = LAYER_DENSE, .units = 100, .init = init}, {.kind = LAYER_RELU},
                          {.kind = LAYER_DENSE, .units = outputs, .init = init},
                          {.kind = LAYER_END}};
    Net *net = net_create(&(NetSpec){.height = 28, .width = 28, .channels = 1, .layers = layers,
                                     .loss = LOSS_CROSS_ENTROPY, .max_batch = batch}, arena, err);
    if (net)
        net_initialise(net, seed);
    return net;
}

static double penalty(const Net *net, double decay) {
    double sum = 0;
    for (size_t b = 0; b < net->block_count; b++)
        if (!net->blocks[b].is_bias)
            sum += vec_sum_squares(net->weights + net->blocks[b].offset, net->blocks[b].count);
    return decay / 2 * sum;
}

/* A training of one condition on `set`; the schedule must live as long. */
static Trainer make_trainer(Net *net, const Condition *c, const Dataset *set, uint32_t seed,
                            Schedule *schedule, Arena *arena) {
    Trainer trainer;
    *schedule = (Schedule){.policy = SCHEDULE_CONSTANT, .base = c->rate};
    trainer_init(&trainer,
                 &(TrainSpec){.net = net, .schedule = schedule, .loss_bound = 1e9,
                              .batches = {.set = set, .seed = seed, .scale = (Real)c->scale,
                                          .size = set->count < 100 ? set->count : 100},
                              .optimizer = {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9,
                                            .weight_decay = c->decay}},
                 arena);
    return trainer;
}

/* All the updates of one training, ten of them seen from inside with --watch. */
static bool train(Cell *cell, Trainer *trainer, uint32_t updates, const Dataset *score,
                  Error *err) {
    Watch *watch;
    if (!watch_create(&watch, cell, trainer, err))
        return false;
    while (trainer->iteration < updates &&
           watch_step(watch, trainer, (trainer->iteration + 1) % (updates / 10) == 0, score))
        continue;
    return true;
}

/* ---- the loss at the start ---- */
static bool start_row(Cell *cell, const Dataset *set, Init init, const char *name, size_t outputs,
                      double decay, uint32_t seed, Error *err) {
    Schedule schedule;
    Dataset some = dataset_view(set, 0, NULL, LOOK, cell->arena);
    Net *net = make_net(init, outputs, 100, seed, cell->arena, err);
    if (!net)
        return false;
    Trainer trainer = make_trainer(net, &(Condition){.rate = 1}, &some, seed, &schedule,
                                   cell->arena);
    Score score = trainer_score(&trainer, &some);
    table_row(cell_table(cell, "start"), v_text(name), v_double(init.scale),
              v_count((int64_t)outputs), v_double(decay), v_count(seed), v_double(score.loss),
              v_double(score.loss + penalty(net, decay)));
    return true;
}

static bool study_start(Cell *cell, const Dataset *set, uint32_t seed, Error *err) {
    static const double scales[] = {1e-4, 1e-3, 1e-2, 2e-2, 5e-2, 1e-1, 2e-1, 5e-1, 1};
    static const double decays[] = {1e-4, 1e-3, 1e-2, 1e-1, 1};
    static const size_t outputs[] = {20, 50, 100, 1000};
    bool good = start_row(cell, set, (Init){INIT_XAVIER, 0}, "xavier", 10, 0, seed, err) &&
                start_row(cell, set, (Init){INIT_HE, 0}, "he", 10, 0, seed, err) &&
                start_row(cell, set, (Init){INIT_ALTERNATING, 1}, "alternating", 10, 0, seed, err);
    for (size_t i = 0; good && i < sizeof scales / sizeof *scales; i++)
        good = start_row(cell, set, (Init){INIT_GAUSSIAN, scales[i]}, "gaussian", 10, 0, seed, err);
    for (size_t i = 0; good && i < sizeof decays / sizeof *decays; i++)
        good = start_row(cell, set, (Init){INIT_GAUSSIAN, 0.01}, "gaussian", 10, decays[i], seed,
                         err);
    for (size_t i = 0; good && i < sizeof outputs / sizeof *outputs; i++)
        good = start_row(cell, set, (Init){INIT_GAUSSIAN, 0.01}, "gaussian", outputs[i], 0, seed,
                         err);
    return good;
}

/* ---- the conditions ---- */

/* Twenty images to zero loss; a row now and then.  Returns the last loss before divergence. */
static double learn_tiny(Cell *cell, const Condition *c, const Dataset *tiny, uint32_t seed,
                         const char **status, Error *err) {
    Schedule schedule;
    Net *net = make_net(c->init, 10, TINY, seed, cell->arena, err);
    if (!net)
        return -1;
    Trainer trainer = make_trainer(net, c, tiny, seed, &schedule, cell->arena);
    while (trainer.iteration < TINY_UPDATES && trainer_step(&trainer))
        if (trainer.iteration <= 10 || trainer.iteration % 20 == 0)
            table_row(cell_table(cell, "tiny"), v_text(c->name), v_count(seed),
                      v_count((int64_t)trainer.iteration), v_double(trainer.loss));
    *status = trainer_status(&trainer);
    return trainer_score(&trainer, tiny).loss;
}

static bool study_condition(Cell *cell, const Dataset *mnist, const Condition *c, uint32_t seed,
                            uint32_t updates, Error *err) {
    Schedule schedule;
    Dataset tiny = labelled(mnist, c, TINY, seed, cell->arena);
    Dataset training = labelled(mnist, c, 10000, seed, cell->arena);
    Dataset validation = dataset_view(mnist, FIRST_VALIDATION, NULL, VALIDATION, cell->arena);
    Net *net = make_net(c->init, 10, 100, seed, cell->arena, err);
    const char *status = "ok";
    double tiny_loss = net ? learn_tiny(cell, c, &tiny, seed, &status, err) : -1;
    if (tiny_loss < 0)
        return false;
    Dataset look = dataset_view(&training, 0, NULL, LOOK, cell->arena);
    Trainer trainer = make_trainer(net, c, &training, seed, &schedule, cell->arena);
    double start = trainer_score(&trainer, &look).loss, raised = start + penalty(net, SANITY_DECAY);
    if (!train(cell, &trainer, updates, &validation, err))
        return false;
    Score score = trainer_score(&trainer, &validation);
    table_row(cell_table(cell, "conditions"), v_text(c->name), v_count(seed), v_double(start),
              v_double(raised), v_double(tiny_loss), v_text(status),
              v_text(trainer_status(&trainer)), v_double(score.loss), v_double(score.accuracy));
    return true;
}

/* ---- from a small subset to a large one ---- */
static bool study_size(Cell *cell, const Dataset *mnist, size_t count, uint32_t seed,
                       uint32_t updates, Error *err) {
    Schedule schedule;
    uint32_t *order = arena_new(cell->arena, uint32_t, FIRST_VALIDATION);
    Rng rng = rng_make(seed, STREAM_SPLIT, 0);
    rng_permutation(&rng, order, FIRST_VALIDATION);
    Dataset set = dataset_view(mnist, 0, order, count, cell->arena);
    Dataset validation = dataset_view(mnist, FIRST_VALIDATION, NULL, VALIDATION, cell->arena);
    Net *net = make_net(conditions[0].init, 10, count < 100 ? count : 100, seed, cell->arena, err);
    if (!net)
        return false;
    Trainer trainer = make_trainer(net, &conditions[0], &set, seed, &schedule, cell->arena);
    if (!train(cell, &trainer, updates, &validation, err))
        return false;
    Score own = trainer_score(&trainer, &set), other = trainer_score(&trainer, &validation);
    table_row(cell_table(cell, "sizes"), v_count((int64_t)count), v_count(seed),
              v_double(own.loss), v_double(own.accuracy), v_double(other.loss),
              v_double(other.accuracy));
    return true;
}

/* ---- plan and cell ---- */
typedef enum Study { START, CONDITION, SIZE } Study;

typedef struct Config {
    Study study;
    size_t which;  /* condition, or images */
    uint32_t seed, updates;
} Config;

static void plan(Plan *plan) {
    static const uint32_t updates[] = {[SCALE_SMOKE] = 30, [SCALE_DESK] = 300,
                                       [SCALE_PAPER] = 3000};
    static const size_t sizes[] = {20, 60, 200, 600, 2000, 6000, 20000};
    Scale scale = plan_scale(plan);
    uint32_t seeds = plan_seeds(plan, scale == SCALE_SMOKE ? 1 : scale == SCALE_DESK ? 5 : 20);
    for (uint32_t s = 1; s <= seeds; s++) {
        plan_add(plan, &(Config){START, 0, s, 0}, "study=start,seed=%u", s);
        for (size_t c = 0; c < condition_count; c++)
            plan_add(plan, &(Config){CONDITION, c, s, updates[scale]}, "condition=%s,seed=%u",
                     conditions[c].name, s);
        for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++)
            plan_add(plan, &(Config){SIZE, sizes[n], s, 4 * updates[scale]}, "images=%zu,seed=%u",
                     sizes[n], s);
    }
}

static bool cell(Cell *cell, Error *err) {
    const Config *c = cell->config;
    const Dataset *mnist = dataset_open("mnist", DATASET_TRAIN, err);
    if (!mnist)
        return false;
    switch (c->study) {
    case START:
        return study_start(cell, mnist, c->seed, err);
    case CONDITION:
        return study_condition(cell, mnist, &conditions[c->which], c->seed, c->updates, err);
    default:
        return study_size(cell, mnist, c->which, c->seed, c->updates, err);
    }
}

static const Column start_columns[] = {
    {"init", TIER_KEY}, {"scale", TIER_KEY}, {"classes", TIER_KEY}, {"decay", TIER_KEY},
    {"seed", TIER_KEY}, {"data_loss", TIER_EARLY}, {"total_loss", TIER_EARLY}, {0}};
static const Column condition_columns[] = {
    {"condition", TIER_KEY}, {"seed", TIER_KEY}, {"start_loss", TIER_EARLY},
    {"start_loss_with_decay", TIER_EARLY}, {"tiny_loss", TIER_DISTRIBUTION},
    {"tiny_status", TIER_EXACT}, {"status", TIER_EXACT}, {"validation_loss", TIER_DISTRIBUTION},
    {"validation_accuracy", TIER_DISTRIBUTION}, {0}};
static const Column tiny_columns[] = {{"condition", TIER_KEY}, {"seed", TIER_KEY},
                                      {"update", TIER_KEY}, {"loss", TIER_DISTRIBUTION}, {0}};
static const Column size_columns[] = {
    {"images", TIER_KEY}, {"seed", TIER_KEY}, {"training_loss", TIER_DISTRIBUTION},
    {"training_accuracy", TIER_DISTRIBUTION}, {"validation_loss", TIER_DISTRIBUTION},
    {"validation_accuracy", TIER_DISTRIBUTION}, {0}};
static const TableSpec tables[] = {{"start", start_columns}, {"conditions", condition_columns},
                                   {"tiny", tiny_columns}, {"sizes", size_columns}, {0}};

static const Experiment experiment = {
    .name = "sanity_checks",
    .title = "Sanity checks before a training, and what they find",
    .question = "What do a few seconds of checks say before hours of training?",
    .sources = "002 (CS231n, learning and evaluation: sanity checks)",
    .version = 1,
    .minutes = {0.03, 0.5, 22},
    .config_size = sizeof(Config),
    .tables = tables,
    .claims = sanity_check_claims,
    .datasets = (const char *const[]){"mnist", NULL},
    .verify = dataset_verify,
    .plan = plan,
    .cell = cell,
};

int main(int argc, char **argv) {
    return experiment_main(&experiment, argc, argv);
}
