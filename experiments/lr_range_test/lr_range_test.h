/* SPDX-License-Identifier: MIT
 *
 * lr_range_test.h - what the files of this experiment share.
 *
 *     lr_range_test.c  plan and tables
 *     ramps.c          the cells: both forms of the test, and trainings at what they suggest
 *     claims.c         what the sources say
 */
#ifndef TIDEMARK_EXPERIMENTS_LR_RANGE_TEST_H
#define TIDEMARK_EXPERIMENTS_LR_RANGE_TEST_H

#include "core/lab/experiment.h"
#include "core/net/caffe.h"

typedef enum Form {
    SMITH,       /* linear, test accuracy against rate (CLR section 3.3) */
    EXPONENTIAL, /* by equal factors, smoothed training loss (source 004, fastai) */
    FORMS
} Form;

typedef enum Problem { CIFAR10, MNIST_MLP, PROBLEMS } Problem;

typedef struct Config {
    Form form;
    Problem problem;
    uint32_t seed;
    CaffeNet net;                      /* of CIFAR10 */
    bool halved;                       /* its images */
    uint32_t iterations, batch;        /* of the ramp */
    size_t test_images;                /* Smith's form; 0 = all */
    uint32_t training;                 /* updates at every suggested rate afterwards; 0 = none */
} Config;

/* Accuracies are noted at the beginning and after every twentieth: the 21 points of Figure 3. */
enum { SMITH_POINTS = 20 };

/* Chance and the rise above it that make range_bounds give the paper's own bounds on Figure 3. */
#define CHANCE 0.1
#define RISE 0.05

extern const char *const form_names[FORMS], *const problem_names[PROBLEMS];

bool smith_cell(Cell *cell, Error *err);
bool exponential_cell(Cell *cell, Error *err);

extern const Claim lr_range_test_claims[];

#endif
