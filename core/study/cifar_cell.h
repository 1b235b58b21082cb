/* SPDX-License-Identifier: MIT
 *
 * cifar_cell.h - the cell that the experiments on cyclical rates share: Caffe's net on CIFAR-10
 * (cifar.h) trained under one row of a table of policies (policy.h), its curve, and its end.
 *
 *     static void plan(Plan *plan) {
 *         static const CifarCell scales[] = {
 *             [SCALE_SMOKE] = {.run = {.net = CAFFE_QUICK}, .divisor = 500, .interval = 10}, ...};
 *         CifarCell c = scales[plan_scale(plan)];
 *         uint32_t seeds = cifar_cell_seeds(plan);
 *         for (c.run.seed = 1; c.run.seed <= seeds; c.run.seed++)
 *             for (size_t row = 0; row < ROWS; row++) {
 *                 c.policy = &rows[row];
 *                 plan_add(plan, &c, "policy=%s,seed=%u", c.policy->policy, c.run.seed);
 *             }
 *     }
 *     ... .config_size = sizeof(CifarCell), .plan = plan, .cell = cifar_cell_run ...
 *
 * The configuration of such a cell is a CifarCell or begins with one.  The experiment declares the
 * tables by the columns below, its own key columns first.
 */
#ifndef TIDEMARK_STUDY_CIFAR_CELL_H
#define TIDEMARK_STUDY_CIFAR_CELL_H

#include "core/study/cifar.h"
#include "core/study/policy.h"

typedef struct CifarCell {
    CifarRun run;            /* its schedule is the row's */
    const char *kind;        /* the first key column (a method, a net); NULL = there is none */
    const PolicyRow *policy; /* the second */
    uint32_t divisor;        /* of all the row's lengths */
    uint64_t interval;       /* updates between two points of the curve */
    const char *table;       /* of the curve, without the column of the policy; NULL = "curve" */
} CifarCell;

/* --seeds, or 1, 2 and 3 at smoke, desk and paper scale. */
uint32_t cifar_cell_seeds(Plan *plan);

/* Trains to the end of the row and writes the curve and a row of "runs". */
bool cifar_cell_run(Cell *cell, Error *err);

/* What follows the key columns in a table of curves and in "runs". */
#define CIFAR_CURVE_COLUMNS                                                                        \
    {"seed", TIER_KEY}, {"iteration", TIER_KEY}, {"rate", TIER_EXACT},                             \
        {"training_loss", TIER_DISTRIBUTION}, {"test_loss", TIER_DISTRIBUTION},                    \
        {"test_accuracy", TIER_DISTRIBUTION}, {0}
#define CIFAR_RUN_COLUMNS                                                                          \
    {"seed", TIER_KEY}, {"status", TIER_EXACT}, {"iterations", TIER_EXACT},                        \
        {"test_loss", TIER_DISTRIBUTION}, {"test_accuracy", TIER_DISTRIBUTION}, {0}

#endif
