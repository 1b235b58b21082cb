/* SPDX-License-Identifier: MIT
 *
 * ensembles.h - what the pieces of the experiment share.
 *
 *     models.c     the data sets, their networks and spaces; the data of a repetition; one training
 *     ways.c       the ways to come by several models
 *     pools.c      models asked together, and the tables of it
 *     claims.c     what is said of them
 *
 * A cell is one repetition on one data set: images, search, initial weights and order of the
 * batches of its own.  In it the ways share what they can (images, order, the search's best
 * setting), so that their differences are paired.
 */
#ifndef TIDEMARK_ENSEMBLES_H
#define TIDEMARK_ENSEMBLES_H

#include "core/lab/experiment.h"
#include "core/learn/ensemble.h"
#include "core/search/search.h"

enum { MODELS = 10, SETS = 3, WINDOWS = 3 };

typedef struct Config {
    size_t set;       /* of `sets` */
    uint32_t seed;    /* the repetition */
    uint32_t updates; /* of one training: the unit of cost; a multiple of MODELS */
    size_t trials;    /* of the search */
    size_t validation, test, batch; /* images */
} Config;

typedef struct SetSpec {
    const char *name;
    size_t slice;        /* images of a repetition: training and validation */
    const Param *params; /* what is searched */
    size_t param_count;
} SetSpec;
extern const SetSpec sets[SETS];

/* ---- models.c ---- */

/* What the search varies. */
typedef struct Setting {
    double rate, decay, dropout;
    bool cosine;
    LayerKind unit;
} Setting;
Setting setting_of(const double *values, size_t count);

/* The data of a repetition. */
typedef struct Ground {
    Cell *cell;
    const Config *config;
    Dataset training, validation, test;
    Real scale;
    const Real *shift;
} Ground;
bool ground_open(Ground *ground, Cell *cell, Error *err);

/* A model on its way; in an arena of its own. */
typedef struct Model {
    Arena *arena;
    Schedule schedule;
    Trainer trainer;
} Model;

/* Ready for its first update.  `number` chooses its initial weights within the repetition; the
 * order of the batches is the repetition's.  The rate is constant, or falls as a cosine over
 * `period` updates, and again.  NULL on failure. */
Model *model_create(const Ground *ground, const Setting *setting, uint32_t number, uint64_t period,
                    Error *err);
void model_free(Model *model);
/* Trains to so many updates (or until it diverged). */
void model_train(Model *model, uint64_t updates);

/* ---- pools.c ---- */

/* Up to MODELS models that are asked together: their predictions on the test set. */
typedef struct Pool {
    const char *way;
    size_t count;
    Real *p[MODELS];
    double accuracy[MODELS];
    double apart[MODELS][MODELS]; /* disagreement */
} Pool;

void pool_add(Pool *pool, const Ground *ground, Real *p);
Real *pool_predict(const Ground *ground, Trainer *trainer); /* in the cell's arena */

/* How models are chosen from a pool. */
typedef enum Choice {
    FIRST, /* the first n */
    LAST,  /* the last n */
    ANY    /* n neighbours in a circle: the mean of all ways to do it, for models that are alike */
} Choice;

/* Models asked together. */
typedef struct Joint {
    EnsembleScore score;
    double member_accuracy, disagreement; /* means over the models, over their pairs */
} Joint;
Joint pool_ask(const Pool *pool, const Ground *ground, Choice choice, size_t n);

/* ---- ways.c: all trainings of a repetition; rows into all tables ---- */
bool ways_run(const Ground *ground, Error *err);

extern const Claim ensembles_claims[];

#endif
