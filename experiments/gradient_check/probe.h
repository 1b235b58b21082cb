/* SPDX-License-Identifier: MIT
 *
 * probe.h - one gradient check of one small network, in float or in double.
 *
 * double_probe.c and double_faults.c are compiled twice, and so is the library under them: the
 * build links the double copies into one object of which only double_probe can be seen from
 * outside. Nothing in this interface depends on Real.
 */
#ifndef TIDEMARK_GRADIENT_CHECK_PROBE_H
#define TIDEMARK_GRADIENT_CHECK_PROBE_H

#include "core/net/gradcheck.h"

enum { PROBE_SIDE = 7, PROBE_INPUTS = PROBE_SIDE * PROBE_SIDE, PROBE_ROOM = 2048 };

/* TANH, RELU: 49-20-20-10 dense, dropout after the first activation.  POOL: a 3 x 3 convolution of
 * 8 channels, max-pooling, ReLU, 10 outputs.  Softmax and cross-entropy. */
typedef enum ProbeModel { PROBE_TANH, PROBE_RELU, PROBE_POOL } ProbeModel;

/* What is wrong with the gradient. */
typedef enum ProbeFault {
    FAULT_NONE,
    FAULT_MISSING_DERIVATIVE, /* the activation's derivative is left out */
    FAULT_WRONG_DERIVATIVE,   /* tanh' = 1 - y instead of 1 - y^2 */
    FAULT_TABLE_DERIVATIVE,   /* tanh' from a table of 100 entries */
    FAULT_WRONG_INDEX,        /* the weights go back untransposed */
    FAULT_LAST_EXAMPLE,       /* a bias gradient of the last example alone, not of the sum */
    FAULT_OFF_BY_ONE,         /* the last unit's weights get no gradient */
    FAULT_NOT_AVERAGED,       /* the sum over the batch instead of the mean */
    FAULT_UNSCALED_MASK,      /* the dropout mask goes back without 1 / (1 - share) */
    FAULT_DECAY_FACTOR,       /* decay / 2 |w|^2 with the gradient decay / 2 w */
    FAULTS
} ProbeFault;

typedef struct ProbeData {
    const double *x; /* count x PROBE_INPUTS */
    const uint8_t *labels;
    size_t count;
} ProbeData;

typedef struct ProbeAsk {
    ProbeModel model;
    ProbeFault fault;
    uint32_t seed;
    unsigned updates;  /* of full-batch descent on all the data, with the right gradient, before */
    double rate;       /* of that descent, with momentum 0.9 */
    double start;      /* initial weights N(0, start^2); 0 = Xavier */
    double share;      /* dropout */
    bool fresh_masks;
    double h;
    bool forward;
    size_t points;     /* the first so many of the data are checked */
    double decay;      /* weight decay in the loss */
    size_t sample;     /* elements in each block; 0 = all */
    double floor;      /* of the relative error */
    const char *isa;   /* as engine_isa() of the caller */
} ProbeAsk;

/* Returns the number of elements checked and stores them, block by block. */
size_t float_probe(const ProbeAsk *ask, const ProbeData *data, GradElement elements[PROBE_ROOM]);
size_t double_probe(const ProbeAsk *ask, const ProbeData *data, GradElement elements[PROBE_ROOM]);

/* ---- double_faults.c ---- */
void fault_plant(Net *net, ProbeFault fault);
void fault_remove(Net *net);

#endif
