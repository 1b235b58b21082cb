/* SPDX-License-Identifier: MIT
 *
 * shapes.c - the products and convolutions of the suite by themselves, own engine against OpenBLAS.
 *
 * Operands stay in the cache, as they do in training.  A matrix product is named by where it
 * occurs; its first layer's input has zeros where MNIST has them (81%), and is given as such
 * (skip_zeros): there the FLOPs are those of the whole product.
 */
#include "bench/bench.h"
#include "core/base/conv.h"
#include "core/base/engine.h"
#include "core/base/gemm.h"
#include "core/base/rng.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const TableSpec shapes_table = {
    "shapes", (const Column[]){{"shape", TIER_KEY}, {"form", TIER_KEY}, {"m", TIER_KEY},
                               {"n", TIER_KEY}, {"k", TIER_KEY}, {"images", TIER_KEY},
                               {"height", TIER_KEY}, {"width", TIER_KEY}, {"in", TIER_KEY},
                               {"kernel", TIER_KEY}, {"out", TIER_KEY}, {"program", TIER_KEY},
                               {"gflops", TIER_MACHINE}, {"ratio_to_openblas", TIER_MACHINE},
                               {"ratio_low", TIER_MACHINE}, {"ratio_high", TIER_MACHINE},
                               {"share_of_fma_peak", TIER_MACHINE}, {NULL, TIER_KEY}}};

/* ---- what the suite multiplies ---- */
typedef struct Product {
    const char *name;
    GemmForm form;
    size_t m, n, k;
    bool zeros;
} Product;

/* The five products of a net of two dense layers, inputs-hidden-outputs, at a batch.  With one
 * example two of them are one call, gemm_back (`backs`). */
#define FORWARD_AND_FIRST(name, b, inputs, hidden, outputs)                                        \
    {name ": forward 1", GEMM_NN, b, hidden, inputs, true},                                        \
    {name ": forward 2", GEMM_NN, b, outputs, hidden, false},                                      \
    {name ": weights 1", GEMM_TN, inputs, hidden, b, true}
#define NET(name, b, inputs, hidden, outputs)                                                      \
    FORWARD_AND_FIRST(name, b, inputs, hidden, outputs),                                           \
    {name ": weights 2", GEMM_TN, hidden, outputs, b, false},                                      \
    {name ": backward 2", GEMM_NT, b, hidden, outputs, false}

static const Product products[] = {
    {"square", GEMM_NN, 1024, 1024, 1024, false},
    {"square", GEMM_TN, 1024, 1024, 1024, false},
    {"square", GEMM_NT, 1024, 1024, 1024, false},
    NET("autoencoder 100", 100, 784, 100, 784),
    NET("autoencoder 10", 10, 784, 100, 784),
    FORWARD_AND_FIRST("autoencoder 1", 1, 784, 100, 784),
    NET("mlp_128", 100, 784, 128, 10),
    NET("mlp_1000", 100, 784, 1000, 10),
    {"autoencoder dense 100: forward 1", GEMM_NN, 100, 100, 784, false},
    {"autoencoder dense 100: weights 1", GEMM_TN, 784, 100, 100, false},
    {"cifar10_full: forward head", GEMM_NN, 10, 10, 1024, false},
    {"cifar10_full: weights head", GEMM_TN, 1024, 10, 10, false},
    {"cifar10_full: backward head", GEMM_NT, 10, 1024, 10, false},
    {"cifar10_quick: forward head", GEMM_NN, 10, 64, 1024, false},
    {"cifar10_quick: weights head", GEMM_TN, 1024, 64, 10, false},
    {"cifar10_quick: backward head", GEMM_NT, 10, 1024, 64, false},
};
enum { PRODUCTS = sizeof products / sizeof products[0] };

static const Product backs[] = {{"autoencoder 1: backward 2 and step", GEMM_NT, 100, 784, 1, false}};
enum { BACKS = sizeof backs / sizeof backs[0] };

static const struct {
    const char *name;
    ConvShape shape;
} convolutions[] = {
    {"conv1", {.height = 32, .width = 32, .in = 3, .kernel = 5, .stride = 1, .pad = 2, .out = 32}},
    {"conv2", {.height = 16, .width = 16, .in = 32, .kernel = 5, .stride = 1, .pad = 2, .out = 32}},
    {"conv3", {.height = 8, .width = 8, .in = 32, .kernel = 5, .stride = 1, .pad = 2, .out = 64}},
};
enum { CONVOLUTIONS = 3, IMAGES = 10 }; /* a tile of the CIFAR-10 nets */

/* ---- one measurement ---- */
typedef struct Job {
    Gemm gemm;
    ConvShape conv;
    GemmBack back;
    const Real *against; /* back.x times -back.rate */
    enum { MULTIPLY, BACK, FORWARD, WEIGHTS, INPUT } what;
    const Real *x, *y, *w; /* of a convolution */
    Real *result;
} Job;

/* OpenBLAS' way: a product with W, and one that is added to it. */
static void back_in_two(const Job *job) {
    const GemmBack *b = &job->back;
    gemm(&(Gemm){.form = GEMM_NT, .m = 1, .n = b->m, .k = b->n, .a = b->dy, .lda = b->n, .b = b->w,
                 .ldb = b->ldw, .c = b->dx, .ldc = b->m});
    gemm(&(Gemm){.form = GEMM_TN, .m = b->m, .n = b->n, .k = 1, .a = job->against, .lda = b->m,
                 .b = b->dy, .ldb = b->n, .add = true, .c = b->w, .ldc = b->ldw});
}

static void do_job(void *context) {
    Job *job = context;
    switch (job->what) {
    case BACK:
        if (engine_current() == ENGINE_OWN)
            gemm_back(&job->back);
        else
            back_in_two(job);
        break;
    case MULTIPLY:
        gemm(&job->gemm);
        break;
    case FORWARD:
        conv_forward(&job->conv, IMAGES, job->x, job->w, NULL, job->result);
        break;
    case WEIGHTS:
        conv_backward_weights(&job->conv, IMAGES, job->x, job->y, job->result, NULL, false);
        break;
    case INPUT:
        conv_backward_input(&job->conv, IMAGES, job->y, job->w, job->result);
        break;
    }
}

static Real *random_numbers(Arena *arena, size_t count, size_t cell, unsigned zeros) {
    Real *x = arena_new(arena, Real, count);
    Rng rng = rng_make(1, STREAM_TEST, cell);
    for (size_t i = 0; i < count; i++)
        x[i] = rng_below(&rng, 100) < zeros ? 0 : (Real)rng_range(&rng, -1, 1);
    return x;
}

typedef struct Rates {
    double of[2][MOST_ROUNDS], peak[MOST_ROUNDS]; /* OWN and OPENBLAS, FLOP per CPU-second */
} Rates;

static void choose(Program program) {
    Error err;
    if (!engine_start(&(EngineChoice){.engine = program == OWN ? ENGINE_OWN : ENGINE_OPENBLAS,
                                      .isa = engine_isa()}, NULL, &err))
        die("%s", err.text);
}

static void measure(const Plan *plan, Job *job, double flops, int programs, Rates *rates) {
    for (size_t r = 0; r < plan->rounds + 1; r++) /* the first is a warm-up */
        for (int turn = 0; turn < programs; turn++) {
            Program program = (Program)((turn + (int)r) % programs);
            size_t round = r ? r - 1 : 0;
            choose(program);
            rates->peak[round] = peak_run(plan->shape_window / 4);
            Count count = count_for(plan->shape_window, flops, do_job, job);
            rates->of[program][round] = count.done / count.cpu;
        }
    choose(OWN);
}

/* ---- rows ---- */
static void report(const Plan *plan, Table *table, const char *name, const char *form,
                   const Job *job, int programs, const Rates *rates, size_t *behind) {
    const Gemm *g = &job->gemm;
    const ConvShape *c = &job->conv;
    size_t images = job->what < FORWARD ? 0 : IMAGES;
    Interval ratio = programs < 2 ? (Interval){NAN, NAN, NAN, 0}
                                  : ratio_of(rates->of[OWN], rates->of[OPENBLAS], plan->rounds);
    double gflops[2];
    for (int p = 0; p < programs; p++) {
        Interval share = ratio_of(rates->of[p], rates->peak, plan->rounds);
        gflops[p] = stats_median(rates->of[p], plan->rounds) / 1e9;
        bool own = p == OWN;
        table_row(table, v_text(name), v_text(form), v_count((int64_t)g->m), v_count((int64_t)g->n),
                  v_count((int64_t)g->k), v_count((int64_t)images), v_count((int64_t)c->height),
                  v_count((int64_t)c->width), v_count((int64_t)c->in), v_count((int64_t)c->kernel),
                  v_count((int64_t)c->out), v_text(program_name((Program)p)), v_double(gflops[p]),
                  v_double(own ? ratio.value : 1), v_double(own ? ratio.low : 1),
                  v_double(own ? ratio.high : 1), v_double(share.value));
    }
    *behind += ratio.value < 1;
    printf("  %-40s %-8s %8.1f", name, form, gflops[OWN]);
    if (programs > 1)
        printf(" %8.1f   %5.2f (%.2f ... %.2f)%s", gflops[OPENBLAS], ratio.value, ratio.low,
               ratio.high, ratio.value < 1 ? "  behind" : "");
    printf("\n");
    fflush(stdout);
}

static void multiply(const Plan *plan, Table *table, const Product *p, int programs,
                     size_t *behind) {
    static const char *const names[] = {"NN", "TN", "NT"};
    Arena *arena = arena_create();
    Job job = {.what = MULTIPLY,
               .gemm = {.form = p->form, .m = p->m, .n = p->n, .k = p->k,
                        .a = random_numbers(arena, p->m * p->k, 0, p->zeros ? 81 : 0),
                        .b = random_numbers(arena, p->k * p->n, 1, 0),
                        .lda = p->form == GEMM_TN ? p->m : p->k,
                        .ldb = p->form == GEMM_NT ? p->k : p->n, .skip_zeros = p->zeros,
                        .c = arena_new(arena, Real, p->m * p->n), .ldc = p->n}};
    Rates rates;
    measure(plan, &job, 2.0 * (double)p->m * (double)p->n * (double)p->k, programs, &rates);
    report(plan, table, p->name, names[p->form], &job, programs, &rates, behind);
    arena_destroy(arena);
}

static void go_back(const Plan *plan, Table *table, const Product *p, int programs,
                    size_t *behind) {
    Arena *arena = arena_create();
    Real *x = random_numbers(arena, p->m, 0, 0), *against = random_numbers(arena, p->m, 0, 0);
    const Real rate = (Real)1e-6;
    for (size_t i = 0; i < p->m; i++)
        against[i] *= -rate;
    Job job = {.what = BACK, .gemm = {.m = p->m, .n = p->n, .k = p->k}, .against = against,
               .back = {.m = p->m, .n = p->n, .x = x, .dy = random_numbers(arena, p->n, 1, 0),
                        .w = random_numbers(arena, p->m * p->n, 2, 0), .ldw = p->n,
                        .dx = arena_new(arena, Real, p->m), .rate = rate}};
    Rates rates;
    measure(plan, &job, 4.0 * (double)p->m * (double)p->n, programs, &rates);
    report(plan, table, p->name, "back", &job, programs, &rates, behind);
    arena_destroy(arena);
}

static void convolve(const Plan *plan, Table *table, size_t which, int programs, size_t *behind) {
    static const char *const names[] = {"", "", "forward", "weights", "input"};
    const ConvShape *s = &convolutions[which].shape;
    size_t in = IMAGES * s->height * s->width * s->in, patch = s->kernel * s->kernel * s->in;
    size_t places = IMAGES * conv_out_height(s) * conv_out_width(s), out = places * s->out;
    size_t largest = in > out ? in : out;
    largest = largest > patch * s->out ? largest : patch * s->out;
    Arena *arena = arena_create();
    Job job = {.conv = *s, .x = random_numbers(arena, in, 0, 0),
               .y = random_numbers(arena, out, 1, 0),
               .w = random_numbers(arena, patch * s->out, 2, 0),
               .result = arena_new(arena, Real, largest)};
    for (job.what = FORWARD; job.what <= INPUT; job.what++) {
        if (which == 0 && job.what == INPUT)
            continue; /* nobody wants the gradient at the data */
        Rates rates;
        measure(plan, &job, 2.0 * (double)(places * patch * s->out), programs, &rates);
        report(plan, table, convolutions[which].name, names[job.what], &job, programs, &rates,
               behind);
    }
    arena_destroy(arena);
}

bool shapes_run(const Plan *plan, Table *table) {
    int programs = engine_blas_core()[0] ? 2 : 1;
    size_t behind = 0;
    printf("\n  %-40s %-8s %8s %8s   own / openblas\n", "GFLOP per CPU-second", "", "own",
           "openblas");
    for (size_t p = 0; p < PRODUCTS; p++)
        multiply(plan, table, &products[p], programs, &behind);
    for (size_t b = 0; b < BACKS; b++)
        go_back(plan, table, &backs[b], programs, &behind);
    for (size_t c = 0; c < CONVOLUTIONS; c++)
        convolve(plan, table, c, programs, &behind);
    if (programs > 1)
        printf("  behind OpenBLAS' %s kernel at %zu of %zu shapes\n", engine_blas_core(), behind,
               table_rows(table) / 2);
    return programs > 1;
}
