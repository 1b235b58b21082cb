/* SPDX-License-Identifier: MIT
 *
 * tuned.h - one search over CS231n's space on real trainings, trial by trial.
 *
 * The space of `coarse_to_fine` and `bayes`: the rate and the weight decay from 10^-6 to 10, both
 * on log scales, and the share of dropout from 0 to 0.9 (CS231n, "Hyperparameter optimization":
 * 10^uniform(-6, 1); uniform(0, 1)).  A trial trains 784-64-10 (ReLU, momentum 0.9,
 * batch 20) on MNIST for a few passes and is judged by its validation error.  With one seed, all
 * methods start their trainings from the same weights and see the same batches.
 */
#ifndef TIDEMARK_STUDY_TUNED_H
#define TIDEMARK_STUDY_TUNED_H

#include "core/lab/experiment.h"
#include "core/search/search.h"

enum { TUNED_RATE, TUNED_DECAY, TUNED_DROPOUT, TUNED_PARAMS };
extern const Param tuned_params[TUNED_PARAMS];

/* The tables that tuned_search fills: "trials" and, with what it cost, "times". */
extern const Column tuned_trial_columns[], tuned_time_columns[];

/* Runs a search to its end, writing a row for each trial; `arm` and `seed` name it there.  The
 * search, for its borders, is returned; NULL on failure. */
Search *tuned_search(Cell *cell, const char *arm, uint32_t seed, const SearchSpec *spec,
                     Error *err);

#endif
