/* SPDX-License-Identifier: MIT
 *
 * optimizer.h - how a gradient becomes an update.
 *
 * An optimizer is a struct and one update function; the caller owns the loop and says the rate:
 *
 *     optimizer_step(&optimizer, net, schedule_rate(&schedule, t), momentum);
 *
 * With g the gradient of the mean loss of the batch, the effective gradient of a parameter block is
 *     g' = scale * g + weight_decay * decay_multiplier * w
 * (L2 before any adaptive step, as Caffe and PyTorch do; `scale` < 1 where clipping applies), and
 * a block's rate is  rate * rate_multiplier * (bias_rate if it is a bias block and bias_rate > 0).
 *
 *     SGD        w -= rate g'
 *     MOMENTUM   v = mu v + g';  w -= rate v                          (PyTorch)
 *     NESTEROV   v = mu v + g';  w -= rate (g' + mu v)                (PyTorch; Sutskever et al. 2013)
 *     with rate_inside (Caffe; the rate acts on what enters the velocity):
 *     MOMENTUM   v = mu v + rate g';  w -= v
 *     NESTEROV   u = v;  v = mu v + rate g';  w -= (1 + mu) v - mu u
 *     ADAGRAD    s += g'^2;  w -= rate g' / (sqrt(s) + epsilon)       (Duchi et al. 2011)
 *     RMSPROP    s = beta2 s + (1 - beta2) g'^2;  w -= rate g' / (sqrt(s) + epsilon)
 *     ADAM       m = beta1 m + (1 - beta1) g';  s = beta2 s + (1 - beta2) g'^2;
 *                w -= rate c m / (sqrt(s) + epsilon),  c = sqrt(1 - beta2^t) / (1 - beta1^t)
 *                (Kingma & Ba 2015, section 2's efficient form, as Caffe; with adam_hat the epsilon
 *                is added after the bias correction, as PyTorch: sqrt(s / (1 - beta2^t)) + epsilon;
 *                uncorrected, as CS231n shortens it: c = 1)
 *     ADADELTA   s = rho s + (1 - rho) g'^2;  d = g' sqrt((x + epsilon) / (s + epsilon));
 *                x = rho x + (1 - rho) d^2;  w -= rate d;  rho = momentum  (Zeiler 2012)
 */
#ifndef TIDEMARK_LEARN_OPTIMIZER_H
#define TIDEMARK_LEARN_OPTIMIZER_H

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/net/net.h"
#include <stdbool.h>
#include <stdint.h>

typedef enum OptimizerMethod {
    OPTIMIZER_SGD,
    OPTIMIZER_MOMENTUM,
    OPTIMIZER_NESTEROV,
    OPTIMIZER_ADAGRAD,
    OPTIMIZER_RMSPROP,
    OPTIMIZER_ADAM,
    OPTIMIZER_ADADELTA,
} OptimizerMethod;

typedef struct OptimizerSpec {
    OptimizerMethod method;
    double momentum;     /* mu, beta1 or rho; 0 <= momentum < 1 */
    double beta2;        /* decay of squared gradients; 0 = 0.999 (Adam), 0.99 (RMSprop) */
    double epsilon;      /* 0 = 1e-8; AdaDelta 1e-6 */
    bool rate_inside;    /* Caffe's velocity */
    bool adam_hat;       /* PyTorch's epsilon */
    bool uncorrected;    /* Adam without its bias correction */
    double weight_decay; /* L2 coefficient: the gradient of weight_decay/2 |w|^2 is added */
    bool decay_biases;   /* weight decay on bias blocks too (Caffe, PyTorch); else weights alone */
    double bias_rate;    /* factor on the rate of bias blocks; 0 = 1 */
    double bias_rate_absolute; /* a bias rate of its own, whatever the weights' rate; 0 = none */
    double clip_norm;    /* gradients of all blocks together are scaled down to this L2 norm; 0 = no */
    double clip_value;   /* every gradient element is cut to +-this; 0 = no */
} OptimizerSpec;

typedef struct Optimizer {
    OptimizerSpec spec;
    uint64_t steps;       /* updates done */
    Real *first, *second; /* state, as many elements as the net has parameters; NULL if unused */
    size_t count;
    NetStep *block_steps; /* scratch of optimizer_descend */
} Optimizer;

const char *optimizer_name(OptimizerMethod method); /* "sgd", "momentum", ... */
bool optimizer_from_name(const char *name, OptimizerMethod *method);

/* Refuses values outside their ranges. */
bool optimizer_check(const OptimizerSpec *spec, Error *err);

/* State zeroed, in `arena`.  Dies on a spec that optimizer_check refuses. */
void optimizer_init(Optimizer *optimizer, const OptimizerSpec *spec, const Net *net, Arena *arena);

/* One update of all parameters of `net` from its gradients.  `momentum` < 0: the spec's own. */
void optimizer_step(Optimizer *optimizer, Net *net, double rate, double momentum);

/* Whether an update needs nothing but its own gradient, once: SGD without clipping. */
bool optimizer_is_plain(const OptimizerSpec *spec);

/* For a plain optimizer: net_gradient and, if loss <= bound, optimizer_step in one: the same bits
 * of weights, state and loss, faster (net_descend).  Gradients are not left behind. */
double optimizer_descend(Optimizer *optimizer, Net *net, const Real *x, Target target,
                         size_t count, double rate, double bound);

#endif
