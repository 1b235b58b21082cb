/* SPDX-License-Identifier: MIT
 *
 * update_rules.h - the experiment's settings, shared by its studies, its plan and its claims.
 */
#ifndef TIDEMARK_UPDATE_RULES_H
#define TIDEMARK_UPDATE_RULES_H

#include "core/lab/experiment.h"
#include "core/learn/optimizer.h"
#include "experiments/update_rules/second.h"

/* ---- the rules, with CS231n's coefficients ---- */
typedef enum Rule {
    SGD,
    MOMENTUM,
    NESTEROV,
    ADAGRAD,
    RMSPROP,
    ADAM,
    RULES,                  /* those that are trained and compared */
    UNCORRECTED = RULES,    /* Adam without its bias correction, trained beside it */
    ADADELTA,               /* in the pictures alone */
    ALL_RULES
} Rule;
extern const char *const rule_names[ALL_RULES];
extern const OptimizerSpec rule_specs[ALL_RULES];

typedef enum Study { PLANE, TRAINING, SECOND } Study;

typedef struct Config {
    Study study;
    size_t what;   /* surface, task or problem */
    size_t how;    /* rule or SecondMethod */
    size_t decay;  /* TRAINING */
    double rate;   /* TRAINING, SECOND */
    uint32_t seed; /* TRAINING, SECOND */
} Config;

/* ---- PLANE: the pictures ---- */
enum { SURFACES = 3, SADDLE = 2 };
extern const char *const surface_names[SURFACES]; /* "valley", "beale", "saddle" */

/* Rates on the saddle, the first is the picture's; distances of the start from the ridge. */
enum { SADDLE_RATES = 2, OFFSETS = 12 };
extern const double saddle_rates[SADDLE_RATES], saddle_picture_offset;

bool study_plane(Cell *cell, Error *err);

/* ---- TRAINING: MNIST and CIFAR-10 ---- */
enum { TASKS = 2, RATE_ROOM = 12 };
typedef enum Decay { CONSTANT, STEP, EXPONENTIAL, INVERSE, DECAYS } Decay;
extern const char *const task_names[TASKS], *const decay_names[DECAYS];

/* The rates of a grid, in increasing order; how many. */
size_t task_rates(size_t task, size_t rule, size_t decay, double rates[RATE_ROOM]);
uint32_t task_updates(size_t task, Scale scale);

bool study_training(Cell *cell, Error *err);

/* ---- SECOND: Newton's method and L-BFGS (second.h) ---- */
extern const char *const problem_names[PROBLEMS], *const method_names[SECOND_METHODS];
size_t problem_rates(size_t problem, size_t method, double rates[RATE_ROOM]);

bool study_second(Cell *cell, Error *err);

extern const Claim update_rules_claims[];

/* ---- what the claims share ---- */
enum { MAX_SEEDS = 200, FEWEST = 5 };

/* claims_small.c */
Finding judge_ball_momentum(const Results *results), judge_ball_nesterov(const Results *results),
    judge_ball_others(const Results *results), judge_saddle_symmetry(const Results *results),
    judge_saddle_rmsprop(const Results *results), judge_saddle_distance(const Results *results);
Finding judge_newton_iterations(const Results *results),
    judge_lbfgs_iterations(const Results *results), judge_newton_rate(const Results *results),
    judge_newton_cost(const Results *results), judge_newton_parity(const Results *results),
    judge_lbfgs_parity(const Results *results);

#endif
