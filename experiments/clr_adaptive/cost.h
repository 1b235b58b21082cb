/* SPDX-License-Identifier: MIT
 *
 * cost.h - what an update costs, method by method: source 004 says that a cyclical rate, one number
 * a batch, is the cheaper way beside methods that compute for every parameter.
 */
#ifndef TIDEMARK_EXPERIMENTS_CLR_ADAPTIVE_COST_H
#define TIDEMARK_EXPERIMENTS_CLR_ADAPTIVE_COST_H

#include "core/lab/experiment.h"

extern const Column cost_columns[];

/* Times every method's update of cifar10_full's parameters, the triangular rate, and a whole
 * training step of 100 images, `rounds` times in turn, and writes the table `costs`. */
bool cost_measure(Cell *cell, size_t rounds, Error *err);

#endif
