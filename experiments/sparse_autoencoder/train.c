/* SPDX-License-Identifier: MIT
 *
 * How each family trains.
 */
#include "core/base/exact.h"
#include "core/base/rng.h"
#include "core/base/vec.h"
#include "core/data/batch.h"
#include "core/data/dataset.h"
#include "core/study/denoising.h"
#include "experiments/sparse_autoencoder/sparse_autoencoder.h"
#include <math.h>

enum { V = DIGIT_PIXELS, BLOG_BATCH = 20, BLOG_BATCHES = 3 };
static const double beta1 = 0.9, beta2 = 0.999;

struct Trainee {
    /* BLOG */
    Rng noise, dropout;
    uint32_t images[BLOG_BATCH], *words;
    Real *target, *noisy, *keep;
    /* BOOK */
    Batches batches;
    Real *gradient, *first, *second;
    /* TUTORIAL */
    Tutorial *tutorial;
};

/* ---- the start ---- */

/* W uniform in +-sqrt(6 / (V + H + 1)), biases 0: the author's and the tutorial's. */
static void start_weights(Run *run) {
    Rng rng = rng_make(run->config->seed, STREAM_WEIGHTS, 0);
    const double r = sqrt(6.0 / (double)(V + run->config->hidden + 1));
    for (size_t i = 0; i < run->net.weights; i++) {
        run->net.parameters[i] = (Real)rng_range(&rng, -r, r);
    }
}

bool run_start(Run *run, Cell *cell, Error *err) {
    const Config *config = cell->config;
    const Setup *setup = &setups[config->setup];
    *run = (Run){.cell = cell, .config = config, .setup = setup};
    if (!digits_open(&run->digits, "mnist", cell->arena, err)) {
        return false;
    }
    sparse_init(&run->sparse,
                &(SparseSpec){.form = setup->form, .beta = config->beta, .rho = config->rho,
                              .lambda = setup->lambda > 0 ? setup->lambda : sparse_lambda,
                              .eps = sparse_eps, .limit = setup->limit},
                config->hidden, cell->arena);
    for (size_t j = 0; setup->from_zero && j < config->hidden; j++) {
        run->sparse.activity[j] = 0;
    }
    DenoiserSpec spec = {.visible = V, .hidden = config->hidden, .batch = DIGITS_JUDGED,
                         .code = setup->code, .output = setup->output, .untied = setup->untied,
                         .clip = setup->family == FAMILY_BLOG,
                         .squared = setup->family == FAMILY_TUTORIAL,
                         .penalty = config->beta > 0 ? sparse_pull : NULL,
                         .context = &run->sparse};
    denoiser_init(&run->net, &spec, cell->arena);
    digits_judge_init(&run->judge, &run->digits, cell->arena);
    if (setup->centred) {
        run->mean = arena_new(cell->arena, Real, V);
        dataset_pixel_mean(dataset_open("mnist", DATASET_TRAIN, err), run->mean);
    }
    start_weights(run);
    return true;
}

/* ---- the blog's epoch ---- */

/* The biases' rate over the weights', the author's by activation. */
static double bias_factor(const Setup *setup) {
    return setup->code == DENOISER_SIGMOID ? 3.1 : 1;
}

static void blog_epoch(Trainee *t, Run *run, uint32_t epoch) {
    const Setup *setup = run->setup;
    for (uint32_t b = 0; b < BLOG_BATCHES; b++) {
        DenoiserBatch batch = {.target = t->target};
        batch.count = digits_batch(&run->digits, (uint64_t)epoch * BLOG_BATCHES + b, BLOG_BATCH,
                                   t->images);
        for (size_t i = 0; i < batch.count; i++) {
            digits_image(&run->digits, t->images[i], t->target + i * V);
        }
        if (setup->noise > 0) {
            denoising_mask(&t->noise, t->words, setup->noise, t->noisy, batch.count * V);
            vec_multiply(t->noisy, t->target, t->noisy, batch.count * V);
            batch.noisy = t->noisy;
        }
        if (setup->dropout > 0) {
            denoising_mask(&t->dropout, t->words, setup->dropout, t->keep,
                           batch.count * run->config->hidden);
            batch.keep = t->keep;
        }
        denoiser_step(&run->net, &batch, setup->rate, bias_factor(setup) * setup->rate);
    }
}

static void blog_init(Trainee *t, Run *run) {
    const size_t hidden = run->config->hidden, most = BLOG_BATCH * (V > hidden ? V : hidden);
    t->noise = rng_make(run->config->seed, STREAM_NOISE, 0);
    t->dropout = rng_make(run->config->seed, STREAM_DROPOUT, 0);
    t->words = arena_new(run->cell->arena, uint32_t, most);
    t->target = arena_new(run->cell->arena, Real, BLOG_BATCH * V);
    t->noisy = arena_new(run->cell->arena, Real, BLOG_BATCH * V);
    t->keep = arena_new(run->cell->arena, Real, BLOG_BATCH * hidden);
}

/* ---- the book's step: Adam on the mean of a batch ---- */

static void book_step(Trainee *t, Run *run, uint32_t step) {
    Denoiser *net = &run->net;
    const size_t n = net->weights + net->biases;
    Batch images = batches_get(&t->batches, step);
    DenoiserBatch batch = {.count = images.count, .target = images.x};
    denoiser_forward(net, &batch);
    vec_fill(t->gradient, 0, n);
    Real share = 1 / (Real)batch.count;
    denoiser_backward(net, &batch, share, share, t->gradient);
    if (run->setup->decay > 0) {
        vec_axpy((Real)run->setup->decay, net->parameters, t->gradient, net->weights);
    }
    double correction = sqrt(1 - exact_pow(beta2, step + 1)) / (1 - exact_pow(beta1, step + 1));
    vec_update_adam(&(VecUpdate){.w = net->parameters, .g = t->gradient, .first = t->first,
                                 .second = t->second, .n = n, .grad_scale = 1,
                                 .rate = (Real)(run->setup->rate * correction),
                                 .momentum = (Real)beta1, .beta2 = (Real)beta2,
                                 .epsilon = (Real)1e-8});
}

static void book_init(Trainee *t, Run *run) {
    Arena *arena = run->cell->arena;
    Error err;
    const size_t n = run->net.weights + run->net.biases;
    BatchPlan plan = {.set = dataset_open("mnist", DATASET_TRAIN, &err), .size = run->config->images,
                      .seed = run->config->seed};
    if (run->mean != NULL) { /* in bytes there, from 0 to 1 here */
        plan.shift = arena_copy(arena, run->mean, V * sizeof *run->mean);
        vec_scale(run->mean, (Real)1 / 255, V);
    }
    batches_init(&t->batches, &plan, arena);
    t->gradient = arena_new(arena, Real, n);
    t->first = arena_new(arena, Real, n);
    t->second = arena_new(arena, Real, n);
}

/* ---- all of them ---- */

Trainee *trainee_create(Run *run) {
    Trainee *t = arena_new(run->cell->arena, Trainee, 1);
    switch (run->setup->family) {
    case FAMILY_BLOG: blog_init(t, run); break;
    case FAMILY_BOOK: book_init(t, run); break;
    case FAMILY_TUTORIAL: t->tutorial = tutorial_create(run); break;
    }
    return t;
}

void trainee_go(Trainee *t, Run *run, uint32_t from, uint32_t to) {
    for (uint32_t step = from; step < to; step++) {
        switch (run->setup->family) {
        case FAMILY_BLOG: blog_epoch(t, run, step); break;
        case FAMILY_BOOK: book_step(t, run, step); break;
        case FAMILY_TUTORIAL: tutorial_step(t->tutorial); break;
        }
    }
}
