/* SPDX-License-Identifier: MIT
 *
 * Ensembles: means, votes and their ties by hand; one model is its trainer's own score; the mean of
 * several has a loss below the mean of theirs.
 */
#include "core/base/engine.h"
#include "core/base/rng.h"
#include "core/learn/ensemble.h"
#include "tests/check.h"

enum { COUNT = 230, SIDE = 5, CLASSES = 3 };

static Arena *arena;
static Dataset set;

/* Three patterns under noise, hard enough that a network errs. */
static int make_set(void **state) {
    (void)state;
    arena = arena_create();
    Rng rng = rng_make(1, STREAM_TEST, 0);
    uint8_t *bytes = arena_new(arena, uint8_t, COUNT * SIDE * SIDE);
    uint8_t *labels = arena_new(arena, uint8_t, COUNT);
    const uint8_t **images = arena_new(arena, const uint8_t *, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        labels[i] = (uint8_t)(i % CLASSES);
        images[i] = bytes + i * SIDE * SIDE;
        for (size_t p = 0; p < SIDE * SIDE; p++)
            bytes[i * SIDE * SIDE + p] =
                (uint8_t)(rng_below(&rng, 200) + (p % CLASSES == labels[i] ? 50 : 0));
    }
    set = (Dataset){.name = "made", .count = COUNT, .height = SIDE, .width = SIDE, .channels = 1,
                    .classes = CLASSES, .images = images, .labels = labels};
    return 0;
}

static int free_set(void **state) {
    (void)state;
    arena_destroy(arena);
    return 0;
}

/* ---- by hand: four images, all of class 1 but the last of class 0 ---- */
static const uint8_t four_labels[] = {1, 1, 1, 0};
static const Dataset four = {.name = "four", .count = 4, .classes = 3, .labels = four_labels};
static const Real predictions[3][12] = {
    /* mean 1, vote 0 | all agree | a vote for each: the mean decides | the first of equals */
    {(Real)0.5, (Real)0.375, (Real)0.125, 0, 1, 0, (Real)0.5, (Real)0.25, (Real)0.25, //
     (Real)0.5, (Real)0.5, 0},
    {(Real)0.5, (Real)0.375, (Real)0.125, 0, 1, 0, (Real)0.125, (Real)0.75, (Real)0.125, //
     (Real)0.5, (Real)0.5, 0},
    {0, 1, 0, 0, 1, 0, (Real)0.25, (Real)0.25, (Real)0.5, //
     (Real)0.5, (Real)0.5, 0}};

static void by_hand(void **state) {
    (void)state;
    Ensemble e;
    ensemble_init(&e, &four, arena);
    for (size_t m = 0; m < 3; m++)
        ensemble_add(&e, predictions[m]);
    EnsembleScore s = ensemble_score(&e);
    double p[] = {1.75 / 3, 1, 1.25 / 3, 0.5}, loss = 0;
    for (size_t i = 0; i < 4; i++)
        loss -= log(p[i]) / 4;
    assert_close(s.loss, loss, 1e-14, 0);
    assert_close(s.accuracy, 1, 0, 0);
    assert_close(s.vote, 0.75, 0, 0);
    assert_close(ensemble_disagreement(&four, predictions[0], predictions[1]), 0.25, 0, 0);
    assert_close(ensemble_disagreement(&four, predictions[0], predictions[2]), 0.5, 0, 0);
    assert_close(ensemble_disagreement(&four, predictions[1], predictions[1]), 0, 0, 0);
    ensemble_clear(&e); /* and again from nothing */
    ensemble_add(&e, predictions[0]);
    s = ensemble_score(&e);
    assert_close(s.accuracy, 0.5, 0, 0);
    assert_close(s.vote, 0.5, 0, 0);
}

/* A model that is sure of a wrong class has a large loss, not an infinite one. */
static void sure_and_wrong(void **state) {
    (void)state;
    static const Real wrong[12] = {1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0};
    Ensemble e;
    ensemble_init(&e, &four, arena);
    ensemble_add(&e, wrong);
    EnsembleScore s = ensemble_score(&e);
    assert_close(s.loss, 126 * log(2), 1e-14, 0);
    assert_close(s.accuracy, 0, 0, 0);
}

/* ---- trained models ---- */
static const LayerSpec layers[] = {
    {.kind = LAYER_DENSE, .units = 8, .init = {.kind = INIT_HE}},
    {.kind = LAYER_RELU},
    {.kind = LAYER_DROPOUT, .share = 0.2}, /* which a prediction must not see */
    {.kind = LAYER_DENSE, .units = CLASSES, .init = {.kind = INIT_XAVIER}},
    {.kind = LAYER_END}};

static Trainer *train(uint32_t seed) {
    static const Schedule schedule = {.policy = SCHEDULE_CONSTANT, .base = 0.2};
    Error err = {""};
    Trainer *trainer = arena_new(arena, Trainer, 1);
    Net *net = net_create(&(NetSpec){.height = SIDE, .width = SIDE, .channels = 1,
                                     .layers = layers, .loss = LOSS_CROSS_ENTROPY, .max_batch = 20},
                          arena, &err);
    assert_string_equal(err.text, "");
    net_initialise(net, seed);
    trainer_init(trainer,
                 &(TrainSpec){.net = net, .schedule = &schedule,
                              .batches = {.set = &set, .size = 20, .seed = seed},
                              .optimizer = {.method = OPTIMIZER_SGD}},
                 arena);
    while (trainer->iteration < 60)
        assert_true(trainer_step(trainer));
    return trainer;
}

static void one_model_is_its_own_score(void **state) {
    (void)state;
    Trainer *trainer = train(1);
    Real *p = arena_new(arena, Real, COUNT * CLASSES);
    Ensemble e;
    ensemble_init(&e, &set, arena);
    ensemble_predict(trainer, &set, p);
    ensemble_add(&e, p);
    EnsembleScore mine = ensemble_score(&e);
    Score own = trainer_score(trainer, &set);
    assert_close(mine.loss, own.loss, 1e-5, 0);
    assert_close(mine.accuracy, own.accuracy, 0, 0);
    assert_close(mine.vote, own.accuracy, 0, 0);
    assert_true(own.accuracy > 0.5 && own.accuracy < 1);
    for (size_t i = 0; i < COUNT; i++)
        assert_close((double)(p[3 * i] + p[3 * i + 1] + p[3 * i + 2]), 1, 0, 1e-6);
}

/* -log is convex: the mean's loss is below the mean of the losses, strictly where models differ;
 * the order of the models is of no account but for rounding; predicting moves nothing. */
static void the_mean_of_five(void **state) {
    (void)state;
    enum { MODELS = 5 };
    Real *p[MODELS];
    double losses = 0;
    Ensemble forward, backward, single;
    ensemble_init(&forward, &set, arena);
    ensemble_init(&backward, &set, arena);
    ensemble_init(&single, &set, arena);
    for (uint32_t m = 0; m < MODELS; m++) {
        Trainer *trainer = train(m + 1);
        p[m] = arena_new(arena, Real, COUNT * CLASSES);
        Real *again = arena_new(arena, Real, COUNT * CLASSES);
        ensemble_predict(trainer, &set, p[m]);
        ensemble_predict(trainer, &set, again);
        assert_memory_equal(p[m], again, COUNT * CLASSES * sizeof(Real));
        ensemble_add(&forward, p[m]);
        ensemble_clear(&single);
        ensemble_add(&single, p[m]);
        losses += ensemble_score(&single).loss / MODELS;
    }
    for (uint32_t m = MODELS; m-- > 0;)
        ensemble_add(&backward, p[m]);
    EnsembleScore a = ensemble_score(&forward), b = ensemble_score(&backward);
    assert_true(a.loss < losses);
    assert_close(a.loss, b.loss, 1e-13, 0);
    assert_close(a.vote, b.vote, 0, 0.01); /* a tie of means may be rounded either way */
    assert_true(ensemble_disagreement(&set, p[0], p[1]) > 0);
    assert_bits_equal(ensemble_disagreement(&set, p[0], p[1]),
                      ensemble_disagreement(&set, p[1], p[0]));
}

int main(int argc, char **argv) {
    (void)argc;
    Error err = {""};
    if (!engine_start(&(EngineChoice){.engine = ENGINE_OWN}, argv, &err))
        return fprintf(stderr, "%s\n", err.text), 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand), cmocka_unit_test(sure_and_wrong),
        cmocka_unit_test(one_model_is_its_own_score), cmocka_unit_test(the_mean_of_five)};
    return cmocka_run_group_tests_name("ensemble", tests, make_set, free_set);
}
