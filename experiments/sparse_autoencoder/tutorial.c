/* SPDX-License-Identifier: MIT
 *
 * The sparse autoencoder of UFLDL (CS294A): sigmoids, untied, and the mean over all images of
 *     1/2 |decoded - x|^2   plus   decay / 2 (|W|^2 + |D|^2)   plus   beta sum_j KL(rho || r_j)
 * with r_j the mean activity over all images: a function of the weights, which L-BFGS minimises.
 */
#include "core/base/vec.h"
#include "core/data/batch.h"
#include "core/learn/lbfgs.h"
#include "experiments/sparse_autoencoder/sparse_autoencoder.h"

enum { V = DIGIT_PIXELS, PIECE = 100, MEMORY = 20 };

struct Tutorial {
    Run *run;
    Batches batches;
    Lbfgs lbfgs;
    double *slopes; /* of the penalty, by the mean activity of each unit */
    bool stuck;
};

static void add_slopes(void *context, const Real *code, size_t count, Real *pull) {
    const Tutorial *t = context;
    const size_t hidden = t->run->config->hidden;
    (void)code;
    for (size_t i = 0; i < count * hidden; i++) {
        pull[i] += (Real)t->slopes[i % hidden];
    }
}

static DenoiserBatch forward_piece(Tutorial *t, size_t first) {
    Batch images = batches_slice(&t->batches, t->batches.plan.set, first, PIECE);
    DenoiserBatch batch = {.count = images.count, .target = images.x};
    denoiser_forward(&t->run->net, &batch);
    return batch;
}

/* Mean activities over all images, the penalty and its slopes. */
static double find_slopes(Tutorial *t) {
    const Run *run = t->run;
    const size_t hidden = run->config->hidden, all = run->config->images;
    double *activity = run->sparse.activity;
    for (size_t j = 0; j < hidden; j++) {
        activity[j] = 0;
    }
    for (size_t at = 0; at < all; at += PIECE) {
        DenoiserBatch batch = forward_piece(t, at);
        for (size_t i = 0; i < batch.count * hidden; i++) {
            activity[i % hidden] += (double)run->net.code[i] / (double)all;
        }
    }
    const double beta = run->config->beta, rho = run->config->rho;
    for (size_t j = 0; j < hidden; j++) {
        t->slopes[j] = beta * (-rho / activity[j] + (1 - rho) / (1 - activity[j]));
    }
    return beta * sparse_penalty(&run->sparse, activity);
}

/* Lbfgs.value: `parameters` are the net's own. */
static double objective(void *context, const Real *parameters, Real *gradient) {
    Tutorial *t = context;
    Denoiser *net = &t->run->net;
    const double decay = t->run->setup->decay;
    const size_t all = t->run->config->images;
    const Real share = 1 / (Real)all;
    double penalty = t->run->config->beta > 0 ? find_slopes(t) : 0, squared = 0;
    vec_fill(gradient, 0, net->weights + net->biases);
    for (size_t at = 0; at < all; at += PIECE) {
        DenoiserBatch batch = forward_piece(t, at);
        squared += vec_sum_squared_difference(net->decoded, batch.target, batch.count * V);
        denoiser_backward(net, &batch, share, share, gradient);
    }
    vec_axpy((Real)decay, parameters, gradient, net->weights);
    return squared / 2 / (double)all + penalty + decay / 2 * vec_sum_squares(parameters, net->weights);
}

Tutorial *tutorial_create(Run *run) {
    Arena *arena = run->cell->arena;
    Tutorial *t = arena_new(arena, Tutorial, 1);
    Error err;
    t->run = run;
    t->slopes = arena_new(arena, double, run->config->hidden);
    run->net.spec.penalty = add_slopes;
    run->net.spec.context = t;
    batches_init(&t->batches,
                 &(BatchPlan){.set = dataset_open("mnist", DATASET_TRAIN, &err), .size = PIECE,
                              .order = BATCH_FILE_ORDER},
                 arena);
    t->lbfgs = (Lbfgs){.count = run->net.weights + run->net.biases, .memory = MEMORY,
                       .value = objective, .context = t};
    lbfgs_init(&t->lbfgs, run->net.parameters, arena);
    return t;
}

/* A search that finds nothing lower has come to the end of float. */
void tutorial_step(Tutorial *t) {
    if (!t->stuck) {
        t->stuck = !lbfgs_step(&t->lbfgs);
    }
}
