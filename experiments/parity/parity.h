/* SPDX-License-Identifier: MIT
 *
 * parity.h - what the files of this experiment share: its kinds of cells and its judges.
 */
#ifndef TIDEMARK_PARITY_H
#define TIDEMARK_PARITY_H

#include "core/lab/experiment.h"
#include "core/net/tiny.h"

typedef enum Kind { ARTICLE, BOOK, READING, RANDOM_START } Kind;

typedef struct Config {
    double rate;
    uint32_t kind;
    uint32_t variant; /* BOOK: BookSigmoid; READING, RANDOM_START: index of the name below */
    uint32_t seeds;   /* RANDOM_START: 1 ... seeds */
    uint32_t trace;   /* ARTICLE: also traces.csv, patterns.csv, symmetry.csv */
} Config;

/* BOOK */
extern const char *const parity_sigmoids[2];
/* READING: the target and the rule that the article's words leave open; the program's is `odd` */
typedef struct Reading {
    const char *name;
    const TinyData *data;
    TinyMeasure measure;
    bool batch;
} Reading;
enum { PARITY_READINGS = 4 };
extern const Reading parity_readings[PARITY_READINGS];
/* RANDOM_START */
enum { PARITY_STARTS = 2 };
extern const char *const parity_starts[PARITY_STARTS];

bool parity_cell(Cell *cell, Error *err);

extern const TableSpec parity_tables[];
extern const Claim parity_claims[];

#endif
