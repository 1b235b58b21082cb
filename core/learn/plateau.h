/* SPDX-License-Identifier: MIT
 *
 * plateau.h - reduce the rate when a metric stops getting better: the one policy with a memory.
 *
 * PyTorch's ReduceLROnPlateau, to the digit.  A value is better when it passes the best one so
 * far by the threshold; after more than `patience` values in a row that are not, the rate is
 * multiplied by `factor` (not below `floor`), and `cooldown` values pass before bad ones count
 * again.
 * (Keras' callback reduces one value earlier: its patience n is n - 1 here, with `absolute`.)
 *
 *     Plateau p = {.base = 0.1, .factor = 0.1, .patience = 10, .threshold = 1e-4};
 *     plateau_start(&p);
 *     rate = plateau_step(&p, validation_loss);    // after every validation
 */
#ifndef TIDEMARK_LEARN_PLATEAU_H
#define TIDEMARK_LEARN_PLATEAU_H

#include "core/base/error.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct Plateau {
    double base;        /* the first rate */
    double factor;      /* 0 < factor < 1 */
    uint64_t patience, cooldown;
    double threshold;   /* relative to the best value, or absolute */
    bool absolute;
    bool maximise;      /* the metric is an accuracy, not a loss */
    double floor;       /* lowest rate */
    double least;       /* a reduction by this much or less is not made (PyTorch's eps) */
    /* state */
    double rate, best;
    uint64_t bad, cooling;
} Plateau;

bool plateau_check(const Plateau *plateau, Error *err);
void plateau_start(Plateau *plateau);                  /* state as before the first value */
double plateau_step(Plateau *plateau, double metric);  /* the rate from here on */

/* "plateau base=0.1 factor=0.5 patience=5", read as schedule_parse does; checked and started. */
bool plateau_parse(const char *text, Plateau *plateau, Error *err);

#endif
