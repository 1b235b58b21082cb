/* SPDX-License-Identifier: MIT
 *
 * sparse.h - the sparse term of an autoencoder: it pulls the mean activity of units to a target.
 *
 * The penalty is beta sum_j KL(rho || r_j), KL = rho log(rho/r) + (1-rho) log((1-rho) / (1-r))
 * with r_j the unit's activity; its derivative by r, in every form the factor of what is added:
 *     s = beta (-rho / r + (1 - rho) / (1 - r))
 *
 *     SPARSE_MEAN     source 003's first version.  r and s go on image by image, p behind dropout:
 *                     r = lambda r + (1 - lambda) p + eps;  s with 1 - r + eps in its second part
 *     SPARSE_SHARE    its third addendum: 1 where p > 0.5 and else 0 in place of p;
 *                     r = lambda r + (1 - lambda) [p > 0.5];  s with r + eps and 1 - r + eps
 *     SPARSE_BATCH    the textbook's (Okatani, Deep Learning, 5.4): one r and one s a batch;
 *                     r = lambda r + (1 - lambda) mean of p over the batch, used as if cut to
 *                     [eps, 1 - eps]
 * and s is cut at +-limit (source 003: 3).  Only SPARSE_BATCH with lambda 0 and no limit is the
 * gradient of the penalty; the others are rules of their own (tests/double_denoiser.c tests both).
 *
 * The first form adds eps at every image, so r stands eps / (1 - lambda) too high: with lambda
 * 0.9 and eps 0.001 by 0.01.  A unit that is always on has r = 1.01 then, 1 - r + eps < 0, and s
 * changes its sign: what should turn the unit down holds it on.
 */
#ifndef TIDEMARK_NET_SPARSE_H
#define TIDEMARK_NET_SPARSE_H

#include "core/base/arena.h"
#include "core/base/real.h"
#include <stddef.h>

typedef enum SparseForm { SPARSE_MEAN, SPARSE_SHARE, SPARSE_BATCH } SparseForm;
enum { SPARSE_FORMS = 3 };
extern const char *const sparse_names[SPARSE_FORMS]; /* "mean", "share", "batch" */

typedef struct SparseSpec {
    SparseForm form;
    double beta, rho, lambda;
    double eps;   /* source 003: 1e-3 */
    double limit; /* 0 = none */
} SparseSpec;

typedef struct Sparse {
    SparseSpec spec;
    size_t hidden;
    double *activity; /* r, one a hidden unit; starts at rho */
} Sparse;

void sparse_init(Sparse *sparse, const SparseSpec *spec, size_t hidden, Arena *arena);

/* For DenoiserSpec.penalty: `sparse` is a Sparse; moves its activities on by the batch. */
void sparse_pull(void *sparse, const Real *code, size_t count, Real *pull);

/* The penalty sum_j KL(rho || r_j) of activities, without beta; each cut to [eps, 1 - eps]. */
double sparse_penalty(const Sparse *sparse, const double *activity);

#endif
