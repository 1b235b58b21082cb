/* SPDX-License-Identifier: MIT
 *
 * sparse_autoencoder.h - what the files of this experiment share: the set-ups, a run, its tables.
 *
 * Three families of set-ups.  The blog's: its author's net and data (original_report), batches of
 * 20 sorted digits, masking noise, dropout, gradient descent; random streams are the lab's.
 * The book's: batches of shuffled images, no noise, Adam, the textbook's sparse term.  And one
 * of a tutorial's, UFLDL: all images at once, L-BFGS.
 */
#ifndef TIDEMARK_SPARSE_AUTOENCODER_H
#define TIDEMARK_SPARSE_AUTOENCODER_H

#include "core/lab/experiment.h"
#include "core/net/sparse.h"
#include "core/study/digits.h"
#include "core/study/features.h"

typedef enum Family { FAMILY_BLOG, FAMILY_BOOK, FAMILY_TUTORIAL } Family;

typedef struct Setup {
    const char *name;
    Family family;
    SparseForm form;
    double limit;            /* of the sparse term; 0 = none */
    double noise, dropout;
    DenoiserUnit code, output;
    bool untied, centred;    /* centred: minus the mean image */
    bool from_zero;          /* tracked activities start at 0, not at rho */
    double lambda;           /* 0 = sparse_lambda */
    double decay;            /* weight decay */
    double rate;             /* BLOG: of the weights; BOOK: Adam's */
} Setup;

extern const Setup setups[];
extern const size_t setup_count;
const Setup *setup_named(const char *name); /* dies for a name that is none */

typedef enum Detail { DETAIL_NONE, DETAIL_UNITS, DETAIL_SHEETS } Detail;

typedef struct Config {
    uint32_t setup; /* index into setups */
    uint32_t seed;
    uint32_t steps; /* epochs of 3 batches (BLOG), batches (BOOK), iterations (TUTORIAL) */
    uint32_t images; /* of a batch (BOOK), in all (TUTORIAL: a multiple of 100); the BLOG's are its
                        author's */
    uint32_t hidden;
    uint32_t detail; /* Detail: its units too; its weight sheet and restored images too */
    double beta, rho;
} Config;

/* Source 003's and the book's constants. */
static const double sparse_lambda = 0.9, sparse_eps = 1e-3;

/* ---- a run ---- */
typedef struct Run {
    Cell *cell;
    const Config *config;
    const Setup *setup;
    Digits digits;
    DigitsJudge judge;
    Denoiser net;
    Sparse sparse;
    Real *mean;             /* the mean image where inputs are centred; NULL */
} Run;

/* The net with its first weights; nothing trained yet. */
bool run_start(Run *run, Cell *cell, Error *err);

/* Train from step `from` to step `to`; the state between calls is kept. */
typedef struct Trainee Trainee;
Trainee *trainee_create(Run *run);
void trainee_go(Trainee *trainee, Run *run, uint32_t from, uint32_t to);

/* The tutorial's: L-BFGS on the first Config.images at once. */
typedef struct Tutorial Tutorial;
Tutorial *tutorial_create(Run *run);
void tutorial_step(Tutorial *tutorial);

/* ---- what is written down (measure.c) ---- */
bool measure_write(Run *run, uint32_t step, bool last); /* false: diverged */
void measure_detail(Run *run);

extern const TableSpec sparse_tables[];
extern const Claim sparse_claims[];

#endif
