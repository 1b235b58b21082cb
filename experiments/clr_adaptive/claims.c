/* SPDX-License-Identifier: MIT
 *
 * Table 3 and what source 004 says of adaptive methods.  Numbers are judged at the paper's scale
 * alone, orderings at desk scale too, timings at every scale but smoke.
 */
#include "experiments/clr_adaptive/claims.h"

#include "core/study/reading.h"
#include <math.h>
#include <string.h>

static bool at_scale(const Results *results, const char *scale) {
    return strcmp(results_scale(results), scale) == 0;
}

static Reading reading(const Results *results, const char *method, const char *policy,
                       const char *name, uint64_t iteration) {
    uint64_t divisor = at_scale(results, "paper") ? 1 : at_scale(results, "desk") ? 125 : 1000;
    return (Reading){name, {{"method", method}, {"policy", policy}}, iteration / divisor};
}

/* A number of Table 3; within 1.5 points: the paper's single run and our seeds both vary. */
static Finding number(const Results *results, const char *method, const char *policy,
                      uint64_t iteration, double there) {
    if (!at_scale(results, "paper"))
        return finding_inconclusive("the number belongs to cifar10_full at the paper's scale");
    Reading r = reading(results, method, policy, policy, iteration);
    return reading_number(results, &r, there, 1.5);
}

/* Of what the paper's fixed run of the method reached: below it an order decides nothing. */
static double three_quarters(const char *method) {
    static const struct {
        const char *method;
        double there;
    } fixed[] = {{"nesterov", 82.1}, {"adam", 81.4}, {"rmsprop", 75.2}, {"adagrad", 74.6},
                 {"adadelta", 67.3}};
    size_t k = 0;
    while (strcmp(fixed[k].method, method) != 0)
        k++;
    return 0.75 * fixed[k].there;
}

/* The triangular rate at its 25,000 against the fixed one at `iteration`. */
static Finding above(const Results *results, const char *method, uint64_t iteration,
                     double bound) {
    if (at_scale(results, "smoke"))
        return finding_inconclusive("needs desk or paper scale");
    Reading a = reading(results, method, "triangular", "triangular", 25000);
    Reading b = reading(results, method, "fixed", "fixed", iteration);
    return reading_above(results, &a, &b, bound, three_quarters(method));
}

#define NUMBER(id, method, policy, iteration, there)                                               \
    static Finding id(const Results *r) { return number(r, method, policy, iteration, there); }
NUMBER(nesterov_fixed, "nesterov", "fixed", 70000, 82.1)
NUMBER(nesterov_triangular, "nesterov", "triangular", 25000, 81.3)
NUMBER(adam_fixed, "adam", "fixed", 70000, 81.4)
NUMBER(adam_25, "adam", "triangular", 25000, 79.8)
NUMBER(adam_70, "adam", "triangular", 70000, 81.1)
NUMBER(rmsprop_fixed, "rmsprop", "fixed", 70000, 75.2)
NUMBER(rmsprop_25, "rmsprop", "triangular", 25000, 72.8)
NUMBER(rmsprop_70, "rmsprop", "triangular", 70000, 75.1)
NUMBER(adagrad_fixed, "adagrad", "fixed", 70000, 74.6)
NUMBER(adagrad_triangular, "adagrad", "triangular", 25000, 76.0)
NUMBER(adadelta_fixed, "adadelta", "fixed", 70000, 67.3)
NUMBER(adadelta_triangular, "adadelta", "triangular", 25000, 67.3)

/* The paper's own differences: -0.8, -1.6, -2.4, +1.4, 0; the bounds leave them half a point. */
#define SHORTER(id, method, bound)                                                                 \
    static Finding id(const Results *r) { return above(r, method, 70000, bound); }
SHORTER(nesterov_shorter, "nesterov", -1.3)
SHORTER(adam_shorter, "adam", -2.1)
SHORTER(rmsprop_shorter, "rmsprop", -2.9)
SHORTER(adagrad_shorter, "adagrad", 0)
SHORTER(adadelta_shorter, "adadelta", -0.5)

#define EQUAL(id, method)                                                                          \
    static Finding id(const Results *r) { return above(r, method, 25000, 0); }
EQUAL(nesterov_equal, "nesterov")
EQUAL(adam_equal, "adam")
EQUAL(rmsprop_equal, "rmsprop")
EQUAL(adagrad_equal, "adagrad")
EQUAL(adadelta_equal, "adadelta")

/* ---- the cost of an update ---- */
static double cost(const Results *results, const char *work, const char *column) {
    double value;
    size_t n = table_select(results_table(results, "costs"), column,
                            (Where[]){{"work", work}, {0}}, &value, 1);
    return n ? value : (double)NAN;
}

static Finding costlier(const Results *results) {
    Interval adam = {cost(results, "adam", "ratio_to_momentum"),
                     cost(results, "adam", "ratio_low"), cost(results, "adam", "ratio_high"), 1};
    if (isnan(adam.value) || at_scale(results, "smoke"))
        return finding_inconclusive("the updates were not timed at desk scale");
    Verdict verdict = adam.low > 1 ? REPRODUCED : adam.high < 1 ? NOT_REPRODUCED : INCONCLUSIVE;
    return finding_of(verdict, adam, "times the update of SGD with momentum costs Adam's "
                      "(quartiles); AdaDelta's %.3g, RMSprop's %.3g, AdaGrad's %.3g times",
                      cost(results, "adadelta", "ratio_to_momentum"),
                      cost(results, "rmsprop", "ratio_to_momentum"),
                      cost(results, "adagrad", "ratio_to_momentum"));
}

static Finding rate_is_free(const Results *results) {
    double share = cost(results, "triangular", "share_of_step");
    if (isnan(share) || at_scale(results, "smoke"))
        return finding_inconclusive("the rate was not timed at desk scale");
    return finding_of(share < 0.001 ? REPRODUCED : NOT_REPRODUCED, interval_point(share),
                      "of a training step of 100 images is what the triangular rate costs, %.3g ns",
                      cost(results, "triangular", "ns"));
}

static Finding update_matters(const Results *results) {
    double share = cost(results, "adam", "share_of_step");
    if (isnan(share) || at_scale(results, "smoke"))
        return finding_inconclusive("the updates were not timed at desk scale");
    return finding_of(share > 0.01 ? REPRODUCED : NOT_REPRODUCED, interval_point(share),
                      "of a training step of 100 images is Adam's update; momentum's is %.3g",
                      cost(results, "momentum", "share_of_step"));
}

#define TABLE3 "CLR Table 3"
const Claim clr_adaptive_claims[] = {
    {"nesterov-fixed", TABLE3, "Nesterov with the fixed policy reaches 82.1% at 70,000.", "82.1 %",
     nesterov_fixed},
    {"nesterov-triangular", TABLE3, "Nesterov with triangular reaches 81.3% at 25,000.", "81.3 %",
     nesterov_triangular},
    {"adam-fixed", TABLE3, "Adam with the fixed policy reaches 81.4% at 70,000.", "81.4 %",
     adam_fixed},
    {"adam-triangular-25", TABLE3, "Adam with triangular reaches 79.8% at 25,000.", "79.8 %",
     adam_25},
    {"adam-triangular-70", TABLE3, "Adam with triangular reaches 81.1% at 70,000.", "81.1 %",
     adam_70},
    {"rmsprop-fixed", TABLE3, "RMSprop with the fixed policy reaches 75.2% at 70,000.", "75.2 %",
     rmsprop_fixed},
    {"rmsprop-triangular-25", TABLE3, "RMSprop with triangular reaches 72.8% at 25,000.", "72.8 %",
     rmsprop_25},
    {"rmsprop-triangular-70", TABLE3, "RMSprop with triangular reaches 75.1% at 70,000.", "75.1 %",
     rmsprop_70},
    {"adagrad-fixed", TABLE3, "AdaGrad with the fixed policy reaches 74.6% at 70,000.", "74.6 %",
     adagrad_fixed},
    {"adagrad-triangular", TABLE3, "AdaGrad with triangular reaches 76.0% at 25,000.", "76.0 %",
     adagrad_triangular},
    {"adadelta-fixed", TABLE3, "AdaDelta with the fixed policy reaches 67.3% at 70,000.", "67.3 %",
     adadelta_fixed},
    {"adadelta-triangular", TABLE3, "AdaDelta with triangular reaches 67.3% at 25,000.", "67.3 %",
     adadelta_triangular},
    {"nesterov-shorter", "004; " TABLE3,
     "Nesterov: triangular at 25,000 is nearly where fixed is at 70,000.", "> -1.3 points (-0.8)",
     nesterov_shorter},
    {"adam-shorter", "004; " TABLE3,
     "Adam: triangular at 25,000 is nearly where fixed is at 70,000.", "> -2.1 points (-1.6)",
     adam_shorter},
    {"rmsprop-shorter", "004; " TABLE3,
     "RMSprop: triangular at 25,000 is nearly where fixed is at 70,000.", "> -2.9 points (-2.4)",
     rmsprop_shorter},
    {"adagrad-shorter", "004; " TABLE3,
     "AdaGrad: triangular at 25,000 is ahead of fixed at 70,000.", "> 0 points (1.4)",
     adagrad_shorter},
    {"adadelta-shorter", "004; " TABLE3,
     "AdaDelta: triangular at 25,000 is where fixed is at 70,000.", "> -0.5 points (0)",
     adadelta_shorter},
    {"nesterov-equal", "004", "Nesterov: at equal iterations triangular is ahead of fixed.",
     "> 0 points", nesterov_equal},
    {"adam-equal", "004", "Adam: at equal iterations triangular is ahead of fixed.", "> 0 points",
     adam_equal},
    {"rmsprop-equal", "004", "RMSprop: at equal iterations triangular is ahead of fixed.",
     "> 0 points", rmsprop_equal},
    {"adagrad-equal", "004", "AdaGrad: at equal iterations triangular is ahead of fixed.",
     "> 0 points", adagrad_equal},
    {"adadelta-equal", "004", "AdaDelta: at equal iterations triangular is ahead of fixed.",
     "> 0 points", adadelta_equal},
    {"update-costlier", "004; CLR 2",
     "An adaptive method's update, Adam's, costs more than that of SGD with momentum.", "> 1 times",
     costlier},
    {"rate-is-free", "004; CLR 2", "A cyclical rate costs next to nothing.",
     "< 0.1 % of a step", rate_is_free},
    {"update-matters", "004", "The cost of an adaptive update matters in training.",
     "> 1 % of a step", update_matters},
    {0}};
