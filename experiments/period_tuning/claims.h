/* SPDX-License-Identifier: MIT
 *
 * claims.h - what both files of claims need, and the judges of the second.
 */
#ifndef TIDEMARK_PERIOD_TUNING_CLAIMS_H
#define TIDEMARK_PERIOD_TUNING_CLAIMS_H

#include "experiments/period_tuning/period_tuning.h"

enum { ROOM = 1000, FEWEST = 5 /* seeds that decide */ };

/* table_select; nothing in a smoke run, which trains nothing to its end and decides nothing. */
size_t claim_rows(const Results *results, const char *table, const char *column, const Where *where,
                  double values[ROOM]);

Interval claim_nothing(void);                          /* nan, of 0 values */
Interval claim_median(const double *values, size_t n); /* nothing with fewer than FEWEST */

/* claims_tuned.c */
Finding judge_weight_low(const Results *results);
Finding judge_bias_high(const Results *results);
Finding judge_rise(const Results *results);
Finding judge_seeds(const Results *results);
Finding judge_test(const Results *results);
Finding judge_fashion(const Results *results);
Finding judge_fits(const Results *results);
Finding judge_several(const Results *results);
Finding judge_incident(const Results *results);
Finding judge_subset(const Results *results);

#endif
