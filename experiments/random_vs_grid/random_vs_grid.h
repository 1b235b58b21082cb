/* SPDX-License-Identifier: MIT
 *
 * random_vs_grid.h - the parts of the experiment: plane.c (a), synthetic.c (b), trials.c and
 * space.c (c), analysis.c (c, d), claims.c.
 */
#ifndef TIDEMARK_RANDOM_VS_GRID_H
#define TIDEMARK_RANDOM_VS_GRID_H

#include "core/lab/experiment.h"
#include "core/search/search.h"
#include "core/study/mlp.h"

typedef enum Part { LATTICE, PLANE, SYNTHETIC, TRIALS } Part;

/* Of the network's parameters, TRIALS search all, or those of a grid that has many values of a few
 * parameters, or those of one that has few values of many. */
typedef enum Choice { ALL, FEW, MANY } Choice;

typedef struct Config {
    Part part;
    SearchMethod method;
    uint32_t first, count; /* PLANE: repetitions */
    size_t dimensions;     /* SYNTHETIC */
    bool elongated;
    SynthKind set;         /* TRIALS */
    Choice choice;
} Config;

/* ---- (a) an important and an unimportant parameter, on real trainings ---- */
enum { PLANE_TRIALS = 9 };
extern const Column plane_columns[];
void plane_plan(Plan *plan);
bool lattice_cell(Cell *cell, Error *err);
bool plane_cell(Cell *cell, Error *err);

/* ---- (b) a target of 1% of the volume ---- */
extern const Column synthetic_columns[];
void synthetic_plan(Plan *plan);
bool synthetic_cell(Cell *cell, Error *err);

/* ---- (c) a network with one hidden layer in the paper's space ---- */
extern const Column trial_columns[], efficiency_columns[], importance_columns[];
Space network_space_at(Scale scale, Param params[SPACE_MAX]);
MlpSpec network_spec(const double *values, Scale scale);
/* "random", "random_few", "grid_few", "grid_many" */
const char *trials_method(const Config *config);
void trials_plan(Plan *plan);
bool trials_cell(Cell *cell, Error *err);

/* What a finished trial weighs. */
typedef struct Scored {
    double validation, test; /* accuracies */
} Scored;

/* Efficiency curve and, for random trials, importance; from all trials of a cell. */
void analysis_efficiency(Cell *cell, const char *method, const Scored *trials, size_t count,
                         size_t validation_images, size_t test_images);
void analysis_importance(Cell *cell, const Space *space, const double *features,
                         const Scored *trials, size_t count);

/* The paper's estimate of the test accuracy of the best of a few trials (equations 5 and 6). */
typedef struct Estimate {
    double mean, deviation;
} Estimate;
Estimate analysis_best_of(const Scored *trials, size_t count, size_t validation_images,
                          size_t test_images, uint64_t cell);

extern const Claim random_vs_grid_claims[];

#endif
