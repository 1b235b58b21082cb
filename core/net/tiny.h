/* SPDX-License-Identifier: MIT
 *
 * tiny.h - two-layer sigmoid networks of a few units, trained pattern by pattern in double.
 *
 * A network of `inputs` - `hidden` - 1 units, all sigmoids.  A bias is one more input fixed at 1
 * and placed last:
 *     h(j) = sigmoid(sum over i of x(i) w0(i,j), then w0(inputs,j))           j < hidden
 *     y    = sigmoid(sum over j of h(j) w1(j),   then w1(hidden))
 * Every sum runs in the order written, without fused operations, and the sigmoid is exact_sigmoid:
 * the bits are the same on every machine.  Training descends 1/2 (y - t)^2:
 *     d    = (y - t) y (1 - y)
 *     g(j) = d w1(j) h(j) (1 - h(j))
 *     w0(i,j) -= rate (x(i) g(j));   w1(j) -= rate (d h(j))       with x(inputs) = h(hidden) = 1
 * while the error that is reported and that ends a training is (y - t)^2, without the half.
 *
 * This is the network of source 001 (Qiita, hyperparameters part 1, learning rate) and of the
 * textbook behind it (Kumazawa, "Learning and neural networks", chapter 6): 3-5-1 on six of the
 * eight patterns of three bits.  Both programs are here, the article's in double (tiny.c), the
 * textbook's in float with its table of 100 sigmoids (tiny_book.c).  Nothing is allocated.
 *
 * About 12 million updates a second of 3-5-1 on one core (AMD EPYC, 2024).  An update is one chain
 * of dependent operations, which wider vectors would not shorten.
 */
#ifndef TIDEMARK_NET_TINY_H
#define TIDEMARK_NET_TINY_H

#include "core/base/error.h"
#include "core/base/rng.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TINY_INPUTS = 8, TINY_HIDDEN = 16, TINY_PATTERNS = 256 }; /* the largest network and set */

typedef struct Tiny {
    size_t inputs, hidden;
    double w0[TINY_INPUTS + 1][TINY_HIDDEN]; /* (inputs + 1) x hidden are used, the rest is 0 */
    double w1[TINY_HIDDEN + 1];              /* hidden + 1 are used, the rest is 0 */
} Tiny;

/* Training patterns in their fixed order; at most TINY_PATTERNS, with the inputs of the network. */
typedef struct TinyData {
    size_t inputs, count;
    const double *x;      /* count x inputs */
    const double *target; /* count, each in [0, 1] */
} TinyData;

/* 000 101 111 110 100 001, in this order: 1 where the number of ones is odd, which is what both
 * programs train, and where it is even, which is what the article's text says. */
extern const TinyData tiny_odd_parity, tiny_even_parity;

/* ---- the network ---- */
/* Weights 0.  Fails for 0 units and for more than TINY_INPUTS or TINY_HIDDEN. */
bool tiny_create(Tiny *tiny, size_t inputs, size_t hidden, Error *err);

/* Initial weights, row by row.  Alternating: -1, +1, -1, ... beginning again at -1 in w1 (in 3-5-1,
 * where w0 has 20 weights, going on from w0 as the textbook does is the same).  Random: stream
 * WEIGHTS, cell 0 for w0 and 1 for w1; signs: -1 or +1 with equal chance; uniform: U(-1, 1). */
void tiny_alternate(Tiny *tiny);
void tiny_random_signs(Tiny *tiny, uint32_t seed);
void tiny_random_uniform(Tiny *tiny, uint32_t seed);

double tiny_output(const Tiny *tiny, const double *x);

/* The gradient of 1/2 (y - t)^2 at one pattern, in the shape of the weights; returns y. */
double tiny_gradient(const Tiny *tiny, const double *x, double target, Tiny *gradient);

/* `updates` plain updates, pattern after pattern from the first one round and round. */
void tiny_updates(Tiny *tiny, const TinyData *data, double rate, uint64_t updates);

/* ---- a training ---- */
typedef enum TinyMeasure { TINY_SQUARED, TINY_HALF_SQUARED, TINY_ABSOLUTE } TinyMeasure;

typedef enum TinyStatus { TINY_CONVERGED, TINY_NOT_CONVERGED, TINY_DIVERGED } TinyStatus;

const char *tiny_status_name(TinyStatus status); /* "converged", "not_converged", "diverged" */

typedef struct TinyTraining {
    double rate;
    double tolerance;    /* 0 = 0.01: ends when the error of every pattern is below it */
    TinyMeasure measure; /* of the error: (y - t)^2, half of it, |y - t|; gradients do not change */
    bool batch;          /* one update an epoch, by the sum of all gradients */
    uint64_t max_epochs;
    /* Called before every update with the number of updates made so far, the weights and the errors
     * (data->count) of all patterns at these weights.  NULL = nobody looks, which is far faster. */
    void (*watch)(void *context, uint64_t updates, const Tiny *tiny, const double *errors);
    void *context;
} TinyTraining;

typedef struct TinyOutcome {
    TinyStatus status;
    uint64_t epochs, updates; /* made; max_epochs of them when not converged */
} TinyOutcome;

/* Trains as the article's program does: an epoch goes once through the patterns in order, one
 * update each; it is the last one when the errors of all patterns, as they are before its last
 * update, are below the tolerance.  Diverged: an error is not a number. */
TinyOutcome tiny_train(Tiny *tiny, const TinyData *data, const TinyTraining *training);

/* ---- the textbook's program ---- */
typedef enum BookSigmoid { BOOK_TABLE, BOOK_EXACT } BookSigmoid;

/* 3-5-1 in float from alternating weights at rate 0.05, on tiny_odd_parity.  BOOK_TABLE: the
 * sigmoid is entry (int)(5 net) + 50 of a table of 100, clamped at both ends; entry i holds
 * sigmoid((i - 50) / 5).  The error that counts is each pattern's at its own turn; the last epoch
 * is the one where all six are below 0.01.  Returns the number of epochs, or max_epochs + 1 when
 * that was not enough. */
uint64_t book_train(BookSigmoid sigmoid, uint64_t max_epochs);

#endif
