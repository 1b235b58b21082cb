/* SPDX-License-Identifier: MIT
 *
 * Checkpoints: a run cut off and resumed has the same bits as one that went through, for every
 * method and with everything a step depends on; damaged files and those of another run are refused
 * and change nothing.
 */
#include "core/base/engine.h"
#include "core/base/rng.h"
#include "core/learn/checkpoint.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { IMAGES = 50, SIDE = 6, BATCH = 8, HALF = 13, WHOLE = 30 };

static char directory[CHECK_PATH];
static char path[CHECK_PATH + 16];

/* ---- a run with all that a checkpoint can hold: velocity, squares, dropout, statistics ---- */

typedef struct Run {
    Arena *arena;
    Dataset set;
    Net *net;
    Schedule schedule;
    Trainer trainer;
} Run;

static Dataset noise_images(Arena *arena) {
    Rng rng = rng_make(8, STREAM_TEST, 0);
    const uint8_t **images = arena_new(arena, const uint8_t *, IMAGES);
    uint8_t *labels = arena_new(arena, uint8_t, IMAGES);
    for (size_t i = 0; i < IMAGES; i++) {
        uint8_t *bytes = arena_new(arena, uint8_t, SIDE * SIDE);
        for (size_t p = 0; p < SIDE * SIDE; p++)
            bytes[p] = (uint8_t)rng_below(&rng, 256);
        images[i] = bytes;
        labels[i] = (uint8_t)rng_below(&rng, 3);
    }
    return (Dataset){.name = "noise", .count = IMAGES, .height = SIDE, .width = SIDE,
                     .channels = 1, .classes = 3, .images = images, .labels = labels};
}

static const LayerSpec layers[] = {{.kind = LAYER_CONV, .units = 3, .kernel = 3, .pad = 1},
                                   {.kind = LAYER_BATCH_NORM},
                                   {.kind = LAYER_RELU},
                                   {.kind = LAYER_DROPOUT, .share = 0.2},
                                   {.kind = LAYER_DENSE, .units = 3},
                                   {.kind = LAYER_END}};
static const LayerSpec wider[] = {{.kind = LAYER_DENSE, .units = 4}, {.kind = LAYER_RELU},
                                  {.kind = LAYER_DENSE, .units = 3}, {.kind = LAYER_END}};

static Run *run_make(const LayerSpec *net, const OptimizerSpec *optimizer, uint32_t seed) {
    Arena *arena = arena_create();
    Run *run = arena_new(arena, Run, 1);
    Error err = {""};
    run->arena = arena;
    run->set = noise_images(arena);
    run->net = net_create(&(NetSpec){.height = SIDE, .width = SIDE, .channels = 1, .layers = net,
                                     .loss = LOSS_CROSS_ENTROPY, .max_batch = BATCH}, arena, &err);
    assert_string_equal(err.text, "");
    net_initialise(run->net, seed);
    run->schedule = (Schedule){.policy = SCHEDULE_TRIANGULAR, .base = 0.001, .max = 0.006,
                               .step = 5, .momentum_base = 0.8, .momentum_max = 0.9};
    trainer_init(&run->trainer,
                 &(TrainSpec){.net = run->net, .schedule = &run->schedule, .optimizer = *optimizer,
                              .batches = {.set = &run->set, .size = BATCH, .seed = seed}}, arena);
    return run;
}

static void run_free(Run *run) {
    arena_destroy(run->arena);
}

static void run_to(Run *run, uint64_t iteration) {
    while (run->trainer.iteration < iteration)
        assert_true(trainer_step(&run->trainer));
}

static void same_state(const Run *a, const Run *b) {
    const Net *m = a->net, *n = b->net;
    const Optimizer *o = &a->trainer.optimizer, *p = &b->trainer.optimizer;
    assert_int_equal(a->trainer.iteration, b->trainer.iteration);
    assert_int_equal(o->steps, p->steps);
    assert_int_equal(m->pass, n->pass);
    assert_memory_equal(m->weights, n->weights, m->parameters * sizeof(Real));
    assert_memory_equal(m->state, n->state, m->state_count * sizeof(Real));
    if (o->first)
        assert_memory_equal(o->first, p->first, o->count * sizeof(Real));
    if (o->second)
        assert_memory_equal(o->second, p->second, o->count * sizeof(Real));
}

static const OptimizerSpec momentum = {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9,
                                       .rate_inside = true, .weight_decay = 0.004};
static const OptimizerSpec adam = {.method = OPTIMIZER_ADAM, .momentum = 0.9};

/* ---- the tests ---- */

static void resumed_is_the_same(void **state) {
    (void)state;
    static const OptimizerSpec specs[] = {
        {.method = OPTIMIZER_SGD}, {.method = OPTIMIZER_MOMENTUM, .momentum = 0.9},
        {.method = OPTIMIZER_NESTEROV, .momentum = 0.9, .rate_inside = true},
        {.method = OPTIMIZER_ADAGRAD}, {.method = OPTIMIZER_RMSPROP},
        {.method = OPTIMIZER_ADAM, .momentum = 0.9}, {.method = OPTIMIZER_ADADELTA,
                                                      .momentum = 0.95}};
    for (size_t k = 0; k < sizeof specs / sizeof *specs; k++) {
        Error err = {""};
        Run *through = run_make(layers, &specs[k], 3), *half = run_make(layers, &specs[k], 3);
        Run *resumed = run_make(layers, &specs[k], 3);
        run_to(through, WHOLE);
        run_to(half, HALF);
        assert_true(checkpoint_save(path, "seed=3", &half->trainer, &err));
        assert_int_equal(checkpoint_load(path, "seed=3", &resumed->trainer, &err),
                         CHECKPOINT_LOADED);
        same_state(half, resumed);
        run_to(resumed, WHOLE);
        same_state(through, resumed);
        run_free(through), run_free(half), run_free(resumed);
    }
}

static void none_is_no_error(void **state) {
    (void)state;
    unlink(path);
    Error err = {""};
    Run *run = run_make(layers, &adam, 3);
    assert_int_equal(checkpoint_load(path, "seed=3", &run->trainer, &err), CHECKPOINT_NONE);
    assert_string_equal(err.text, "");
    run_free(run);
}

/* Refused with that word, and the trainer is as it was. */
static void refused(Run *run, const char *key, const char *word) {
    Error err = {""};
    Run *untouched = run_make(layers, &run->trainer.spec.optimizer, 3);
    run_to(untouched, run->trainer.iteration);
    assert_int_equal(checkpoint_load(path, key, &run->trainer, &err), CHECKPOINT_REFUSED);
    if (!strstr(err.text, word))
        fail_msg("'%s' is not in: %s", word, err.text);
    assert_non_null(strstr(err.text, path));
    if (run->net->spec.layers == layers)
        same_state(run, untouched);
    run_free(untouched);
}

static void another_run_is_refused(void **state) {
    (void)state;
    Error err = {""};
    Run *run = run_make(layers, &momentum, 3);
    run_to(run, HALF);
    assert_true(checkpoint_save(path, "policy=fixed,seed=3", &run->trainer, &err));
    Run *fresh = run_make(layers, &momentum, 3);
    refused(fresh, "policy=fixed,seed=4", "another run");
    refused(fresh, "policy=fixed,seed=33", "another run");
    refused(fresh, "", "another run");
    Run *method = run_make(layers, &adam, 3), *net = run_make(wider, &momentum, 3);
    refused(method, "policy=fixed,seed=3", "another run");
    refused(net, "policy=fixed,seed=3", "another run");
    Run *seed = run_make(layers, &momentum, 4);
    assert_int_equal(checkpoint_load(path, "policy=fixed,seed=3", &seed->trainer, &err),
                     CHECKPOINT_REFUSED);
    run_free(run), run_free(fresh), run_free(method), run_free(net), run_free(seed);
}

/* Every truncation and a flipped bit in every region of the file. */
static void damage_is_refused(void **state) {
    (void)state;
    Error err = {""};
    Run *run = run_make(layers, &adam, 3);
    run_to(run, HALF);
    assert_true(checkpoint_save(path, "seed=3", &run->trainer, &err));
    static unsigned char whole[1 << 16], damaged[1 << 16];
    FILE *file = fopen(path, "rb");
    size_t size = fread(whole, 1, sizeof whole, file);
    fclose(file);
    assert_in_range(size, 200, sizeof whole - 1);
    for (size_t at = 0; at < size; at += at < 150 ? 1 : 37) {
        memcpy(damaged, whole, size);
        damaged[at] ^= 0x10;
        file = fopen(path, "wb");
        fwrite(damaged, 1, size, file);
        fclose(file);
        refused(run, "seed=3", "damaged");
        file = fopen(path, "wb");
        fwrite(whole, 1, at, file);
        fclose(file);
        refused(run, "seed=3", at ? "damaged" : "empty");
    }
    file = fopen(path, "wb"); /* and one byte too many */
    fwrite(whole, 1, size, file);
    fputc(0, file);
    fclose(file);
    refused(run, "seed=3", "damaged");
    run_free(run);
}

/* A save that fails leaves the old checkpoint and no temporary file. */
static void unwritable_is_told(void **state) {
    (void)state;
    Error err = {""};
    Run *run = run_make(layers, &adam, 3);
    assert_false(checkpoint_save("/proc/no/such/place", "seed=3", &run->trainer, &err));
    assert_non_null(strstr(err.text, "cannot be written"));
    run_free(run);
}

int main(int argc, char **argv) {
    (void)argc;
    Error err = {""};
    if (!engine_start(&(EngineChoice){.engine = ENGINE_OWN}, argv, &err))
        return fprintf(stderr, "%s\n", err.text), 1;
    if (!check_directory(directory, "checkpoint"))
        return 1;
    snprintf(path, sizeof path, "%s/run", directory);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resumed_is_the_same),    cmocka_unit_test(none_is_no_error),
        cmocka_unit_test(another_run_is_refused), cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(unwritable_is_told),
    };
    int failures = cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
    unlink(path);
    rmdir(directory);
    return failures;
}
