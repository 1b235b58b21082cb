/* SPDX-License-Identifier: MIT
 *
 * babysitting.h - the experiment's settings, shared by its studies, its plan and its claims.
 */
#ifndef TIDEMARK_BABYSITTING_H
#define TIDEMARK_BABYSITTING_H

#include "core/lab/experiment.h"
#include "core/learn/train.h"

typedef enum Study { RATES, WIGGLE, GAP, DEPTH, IMAGES } Study;

typedef struct Config {
    Study study;
    size_t a, b;      /* indices into the arrays below; batch or number of images itself */
    uint32_t seed, updates;
} Config;

/* RATES: a = method, b = rate */
enum { METHODS = 3, RATE_COUNT = 8 };
extern const char *const method_names[METHODS];
extern const double method_rates[METHODS][RATE_COUNT];

/* WIGGLE: a = batch; the set has FULL images */
enum { FULL = 2000, BATCHES = 8 };
extern const size_t batch_sizes[BATCHES];

/* GAP: a = images, b = regularisation */
enum { REGULARISATIONS = 5 };
typedef struct Regularisation {
    const char *name;
    double decay, dropout;
} Regularisation;
extern const Regularisation regularisations[REGULARISATIONS];

/* DEPTH: a = initial weights, b = activation */
enum { INITS = 4, ACTIVATIONS = 3, HIDDEN = 5, DEPTH_RATES = 3 };
extern const char *const init_names[INITS];
extern const char *const activation_names[ACTIVATIONS];

/* IMAGES: a = condition */
enum { CONDITIONS = 4 };
typedef struct ImageCondition {
    const char *name;
    double rate, decay, share; /* of the updates */
} ImageCondition;
extern const ImageCondition image_conditions[CONDITIONS];

bool study_rates(Cell *cell, const Dataset *mnist, Error *err);
bool study_wiggle(Cell *cell, const Dataset *mnist, Error *err);
bool study_gap(Cell *cell, const Dataset *mnist, Error *err);
bool study_depth(Cell *cell, const Dataset *mnist, Error *err);
bool study_images(Cell *cell, const Dataset *mnist, Error *err);

extern const Claim babysitting_claims[];

#endif
