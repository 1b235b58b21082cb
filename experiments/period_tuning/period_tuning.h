/* SPDX-License-Identifier: MIT
 *
 * period_tuning.h - a rate for every period: the author's net (core/study/denoising.h) trained with
 * tables of rates, and the search that tunes them.
 *
 * Period k is the epochs e (from 1) with 2^(k-1) < e <= 2^k; period 0 is epoch 1.  An epoch is 60
 * images.  A table has a rate for the weights and one for the biases in every period.
 */
#ifndef TIDEMARK_PERIOD_TUNING_H
#define TIDEMARK_PERIOD_TUNING_H

#include "core/lab/experiment.h"
#include "core/study/denoising.h"

enum { PERIODS = 13, PERIOD_HIDDEN = 100, LAST_EPOCH = 1 << (PERIODS - 1) };
#define PERIOD_NOISE 0.3 /* of the pixels, in all trainings but one */

typedef struct Rates {
    double weight[PERIODS], bias[PERIODS];
} Rates;

extern const Rates rates_printed; /* source 000's tables, to period 12 */
Rates rates_constant(double weight, double bias);
size_t period_of(uint32_t epoch); /* epoch from 1 */

/* ---- the constants that the table is held against ---- */
typedef struct Constant {
    const char *name; /* "0.26/0.806": weights / biases */
    double weight, bias;
    bool desk;        /* also at desk scale */
} Constant;
extern const Constant constants[]; /* ends with a NULL name; the first is the author's */

/* ---- data and one training ---- */
typedef struct Data {
    Digits train;
    DigitsJudge judge, test; /* his 1,000 training images; as many of the test set */
} Data;

bool data_open(Data *data, const char *set, Arena *arena, Error *err);

typedef struct Trainee {
    Denoiser net;
    Denoising training;
    Rates rates;
    uint32_t epoch; /* those that are done */
} Trainee;

void trainee_start(Trainee *trainee, const DenoisingSpec *spec, const Rates *rates, Arena *arena);
void trainee_go(Trainee *trainee, uint32_t epochs); /* until so many are done */
double trainee_difference(Trainee *trainee, DigitsJudge *judge); /* nan: it has diverged */

double used_cpu_s(void); /* CPU seconds of this process and its children so far */

/* ---- the cells ---- */
typedef enum Part { PART_HORIZONS, PART_SWEEP, PART_FLOOR, PART_TUNE } Part;

typedef struct Config {
    Part part;
    uint32_t seed, epochs;
    double dropout;
    uint32_t period;   /* SWEEP: whose rate is varied */
    bool bias;         /* SWEEP: that of the biases */
    uint32_t tuning;   /* TUNE: index in tunings */
    uint32_t rotations, fresh_seeds;
    uint32_t together; /* TUNE: how many seeds of a trial are taken together */
} Config;

/* How the tuner goes about it. */
typedef struct Tuning {
    const char *name;
    size_t offsets;   /* 11 or 7 */
    double damping;   /* 1 = goes all the way */
    double low, high; /* bounds of the rates */
    bool together;    /* several seeds a trial: the mean of their differences is tuned */
    bool fresh;       /* every trial has weights, noise, order and judged images of its own */
} Tuning;
extern const Tuning tunings[]; /* ends with a NULL name */

bool horizons_cell(Cell *cell, Error *err);
bool sweep_cell(Cell *cell, Error *err);
bool floor_cell(Cell *cell, Error *err);
bool tune_cell(Cell *cell, Error *err);

/* The values that a sweep tries; returns how many. */
size_t sweep_values(const Config *config, double values[16]);

extern const TableSpec period_tables[];
extern const Claim period_claims[];

#endif
