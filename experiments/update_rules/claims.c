/* SPDX-License-Identifier: MIT
 *
 * What CS231n says of the rules, judged on trainings.  A rule's rate is the one of its grid with
 * the highest median validation accuracy; the test set is read at that rate alone; a best rate on
 * the border of its grid decides nothing.
 */
#include "experiments/update_rules/update_rules.h"

#include "core/base/exact.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const Interval nothing = {(double)NAN, -(double)INFINITY, (double)INFINITY, 0};

/* ---- runs ---- */
typedef struct Arm { /* trainings that differ by seed alone */
    size_t task, rule, decay;
    double rate;
} Arm;

static size_t arm_values(const Results *r, const Arm *arm, const char *column, double *out) {
    char rate[32];
    snprintf(rate, sizeof rate, "%.17g", arm->rate);
    return table_select(results_table(r, "runs"), column,
                        (Where[]){{"data", task_names[arm->task]}, {"rule", rule_names[arm->rule]},
                                  {"decay", decay_names[arm->decay]}, {"rate", rate}, {0}},
                        out, MAX_SEEDS);
}

/* The tuned rate into arm->rate; false when it is on the border of the grid, or nothing was run. */
static bool tune(const Results *r, Arm *arm) {
    double rates[RATE_ROOM], values[MAX_SEEDS], highest = -1;
    size_t count = task_rates(arm->task, arm->rule, arm->decay, rates), best = 0;
    for (size_t i = 0; i < count; i++) {
        arm->rate = rates[i];
        size_t n = arm_values(r, arm, "validation_accuracy", values);
        double median = n ? stats_median(values, n) : -1;
        if (median > highest)
            highest = median, best = i;
    }
    arm->rate = rates[best];
    return highest > 0 && best > 0 && best + 1 < count;
}

static bool is_smoke(const Results *r) {
    return strcmp(results_scale(r), "smoke") == 0;
}

/* a minus b at their tuned rates, paired by seed; n = 0 where that decides nothing. */
static Interval tuned_difference(const Results *r, Arm *a, Arm *b, const char *column,
                                 double unit) {
    double x[MAX_SEEDS], y[MAX_SEEDS];
    bool inside = tune(r, a) && tune(r, b);
    size_t n = arm_values(r, a, column, x), m = arm_values(r, b, column, y);
    if (is_smoke(r) || !inside || n != m || n < FEWEST)
        return nothing;
    for (size_t i = 0; i < n; i++)
        x[i] *= unit, y[i] *= unit;
    return stats_paired_difference(x, y, n);
}

#define UNDECIDED                                                                                  \
    finding_inconclusive("needs %d seeds at desk scale and tuned rates inside their grids", FEWEST)

static Finding judge_test(const Results *r, size_t task, size_t rule, size_t other) {
    Arm a = {task, rule, CONSTANT, 0}, b = {task, other, CONSTANT, 0};
    Interval d = tuned_difference(r, &a, &b, "test_accuracy", 100);
    return d.n == 0 ? UNDECIDED
                    : finding_above(d, 0, "points of test accuracy, %s at rate %g over %s at %g",
                                    rule_names[rule], a.rate, rule_names[other], b.rate);
}

/* Training loss at the end. */
static Finding judge_converges(const Results *r, size_t task) {
    Arm a = {task, SGD, CONSTANT, 0}, b = {task, MOMENTUM, CONSTANT, 0};
    Interval d = tuned_difference(r, &a, &b, "training_loss", 1);
    return d.n == 0 ? UNDECIDED
                    : finding_above(d, 0, "training loss at the end, plain descent at rate %g "
                                    "above momentum at %g", a.rate, b.rate);
}

/* Adam against that other rule which does best on validation. */
static Finding judge_default(const Results *r, size_t task) {
    Arm adam = {task, ADAM, CONSTANT, 0}, rival = adam;
    double values[MAX_SEEDS], highest = -1;
    for (size_t rule = 0; rule < RULES; rule++) {
        Arm arm = {task, rule, CONSTANT, 0};
        if (rule == ADAM)
            continue;
        if (!tune(r, &arm))
            return UNDECIDED;
        double median = stats_median(values, arm_values(r, &arm, "validation_accuracy", values));
        if (median > highest)
            highest = median, rival = arm;
    }
    Interval d = tuned_difference(r, &adam, &rival, "test_accuracy", 100);
    return d.n == 0 ? UNDECIDED
                    : finding_above(d, -0.5, "points of test accuracy, Adam at rate %g over the "
                                    "best of the others on validation, %s at %g", adam.rate,
                                    rule_names[rival.rule], rival.rate);
}

static Finding judge_alternative(const Results *r, size_t task) {
    Arm a = {task, NESTEROV, CONSTANT, 0}, b = {task, ADAM, CONSTANT, 0};
    Interval d = tuned_difference(r, &a, &b, "test_accuracy", 100);
    return d.n == 0 ? UNDECIDED
                    : finding_above(d, -0.5, "points of test accuracy, Nesterov at rate %g over "
                                    "Adam at %g", a.rate, b.rate);
}

/* ---- curves ---- */
static size_t arm_curve(const Results *r, const Arm *arm, uint32_t update, const char *column,
                        double *out) {
    char rate[32], at[16];
    snprintf(rate, sizeof rate, "%.17g", arm->rate);
    snprintf(at, sizeof at, "%u", update);
    return table_select(results_table(r, "curves"), column,
                        (Where[]){{"data", task_names[arm->task]}, {"rule", rule_names[arm->rule]},
                                  {"rate", rate}, {"update", at}, {0}}, out, MAX_SEEDS);
}

static uint32_t updates_of(const Results *r, size_t task) {
    const char *scale = results_scale(r);
    return task_updates(task, strcmp(scale, "paper") == 0  ? SCALE_PAPER
                              : strcmp(scale, "desk") == 0 ? SCALE_DESK : SCALE_SMOKE);
}

/* Decades that a column falls between two updates, seed by seed; how many seeds. */
static size_t decades(const Results *r, const Arm *arm, const char *column, uint32_t from,
                      uint32_t to, double *out) {
    double last[MAX_SEEDS];
    size_t n = arm_curve(r, arm, from, column, out), m = arm_curve(r, arm, to, column, last);
    if (n != m || n < FEWEST || is_smoke(r))
        return 0;
    for (size_t i = 0; i < n; i++)
        out[i] = exact_log10(out[i] / last[i]);
    return n;
}

/* How much more of `column` RMSprop loses than Adagrad (sign 1) or Adagrad than RMSprop (-1). */
static Interval against_rmsprop(const Results *r, size_t task, const char *column, uint32_t from,
                                double *of_adagrad) {
    Arm a = {task, RMSPROP, CONSTANT, 0}, b = {task, ADAGRAD, CONSTANT, 0};
    double x[MAX_SEEDS], y[MAX_SEEDS];
    uint32_t last = updates_of(r, task);
    if (!tune(r, &a) || !tune(r, &b))
        return nothing;
    size_t n = decades(r, &a, column, from, last, x), m = decades(r, &b, column, from, last, y);
    if (n == 0 || n != m)
        return nothing;
    *of_adagrad = stats_median(y, n);
    return stats_paired_difference(x, y, n);
}

static Finding judge_stops(const Results *r, size_t task) {
    double fall = 0;
    Interval d = against_rmsprop(r, task, "training_loss", updates_of(r, task) / 2, &fall);
    return d.n == 0 ? UNDECIDED
                    : finding_above(d, 0, "decades of training loss that RMSprop gains over "
                                    "Adagrad in the second half, where Adagrad's falls %.3g",
                                    fall);
}

static Finding judge_decaying(const Results *r) {
    double fall = 0;
    Interval d = against_rmsprop(r, 0, "effective_rate", updates_of(r, 0) / 10, &fall);
    d = (Interval){-d.value, -d.high, -d.low, d.n};
    return d.n == 0 ? UNDECIDED
                    : finding_above(d, 0, "decades that Adagrad's effective rate falls more than "
                                    "RMSprop's from a tenth of the budget to its end: %.3g",
                                    fall);
}

/* ---- bias correction: both at the rate tuned for Adam ---- */
static Interval bias_difference(const Results *r, uint32_t update, double *rate, double *loss) {
    Arm a = {0, ADAM, CONSTANT, 0}, b = {0, UNCORRECTED, CONSTANT, 0};
    double x[MAX_SEEDS], y[MAX_SEEDS];
    bool inside = tune(r, &a);
    b.rate = *rate = a.rate;
    size_t n = arm_curve(r, &a, update, "training_loss", x);
    size_t m = arm_curve(r, &b, update, "training_loss", y);
    *loss = n ? stats_median(x, n) : (double)NAN;
    return !inside || is_smoke(r) || n != m || n < FEWEST ? nothing
                                                         : stats_paired_difference(y, x, n);
}

static Finding judge_bias_first(const Results *r) {
    double rate, loss;
    Interval d = bias_difference(r, 10, &rate, &loss);
    return d.n == 0 ? UNDECIDED
                    : finding_above(d, 0, "training loss of updates 6 to 10 without the "
                                    "correction above that with it, both at rate %g", rate);
}

static Finding judge_bias_tuned(const Results *r) {
    return judge_test(r, 0, ADAM, UNCORRECTED);
}

/* What Adam's rate is multiplied by at update t. */
static double correction(unsigned t) {
    const OptimizerSpec *s = &rule_specs[ADAM];
    return sqrt(1 - exact_pow(s->beta2, t)) / (1 - exact_pow(s->momentum, t));
}

/* 'Does not matter': within a twentieth of the loss. */
static Finding judge_bias_last(const Results *r) {
    double rate, loss, factor = correction(updates_of(r, 0));
    Interval d = bias_difference(r, updates_of(r, 0), &rate, &loss);
    if (d.n == 0)
        return UNDECIDED;
    d = (Interval){d.value / loss, d.low / loss, d.high / loss, d.n};
    if (factor < 0.9)
        return finding_of(INCONCLUSIVE, d, "of the training loss of the last tenth is what it is "
                          "more without the correction, both at rate %g; but the last update's "
                          "factor is still %.3g", rate, factor);
    return finding_between(d, -0.05, 0.05, "of the training loss of the last tenth, %.3g, is what "
                           "it is more without the correction, both at rate %g", loss, rate);
}

/* After its least, at the first update where it is above 0.9. */
static Finding judge_bias_length(const Results *r) {
    unsigned t = 10;
    (void)r;
    while (correction(t) < 0.9)
        t++;
    return finding_of(t <= 10 ? REPRODUCED : NOT_REPRODUCED, interval_point(t),
                      "updates until the correction changes the rate by less than a tenth, from "
                      "the formula with beta2 0.999; at update 10 its factor is %.3g",
                      correction(10));
}

/* ---- width: decades of rates within `points` of the best, seed by seed ---- */

/* From place `from` in direction `step` to where the accuracy crosses `level`, interpolated over
 * the logarithm of the rate; nan when it never does. */
static double crossing(const double *logs, const double *accuracy, size_t count, size_t from,
                       int step, double level) {
    for (size_t i = from, next; (step > 0 ? i + 1 < count : i > 0); i = next) {
        next = step > 0 ? i + 1 : i - 1;
        if (accuracy[next] < level)
            return logs[i] + (logs[next] - logs[i]) * (accuracy[i] - level) /
                                 (accuracy[i] - accuracy[next]);
    }
    return (double)NAN;
}

static double width_of(const double *logs, const double *accuracy, size_t count, double points) {
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (accuracy[i] > accuracy[best])
            best = i;
    double level = accuracy[best] - points / 100;
    return crossing(logs, accuracy, count, best, 1, level) -
           crossing(logs, accuracy, count, best, -1, level);
}

/* Seeds, or 0 when a rate was not run by all of them. */
static size_t widths(const Results *r, size_t task, size_t rule, double points, double *out) {
    static double values[RATE_ROOM][MAX_SEEDS];
    double rates[RATE_ROOM], logs[RATE_ROOM], accuracy[RATE_ROOM];
    size_t count = task_rates(task, rule, CONSTANT, rates), seeds = 0;
    for (size_t i = 0; i < count; i++) {
        Arm arm = {task, rule, CONSTANT, rates[i]};
        size_t n = arm_values(r, &arm, "validation_accuracy", values[i]);
        if (n < FEWEST || (i > 0 && n != seeds))
            return 0;
        seeds = n;
        logs[i] = exact_log10(rates[i]);
    }
    for (size_t k = 0; k < seeds; k++) {
        for (size_t i = 0; i < count; i++)
            accuracy[i] = values[i][k];
        out[k] = width_of(logs, accuracy, count, points);
    }
    return seeds;
}

static Finding judge_width(const Results *r, size_t task, size_t rule) {
    static const double points[TASKS] = {1, 2};
    double mine[MAX_SEEDS], plain[MAX_SEEDS];
    size_t n = widths(r, task, rule, points[task], mine);
    size_t m = widths(r, task, SGD, points[task], plain);
    if (n == 0 || n != m || is_smoke(r))
        return finding_inconclusive("needs %d seeds at desk scale", FEWEST);
    Interval d = stats_paired_difference(mine, plain, n);
    return finding_above(d, 0, "decades of rates within %g points of the best, %s's (%.3g) more "
                         "than plain descent's (%.3g)", points[task], rule_names[rule],
                         stats_median(mine, n), stats_median(plain, n));
}

/* ---- falling rates ---- */
static Finding judge_decay(const Results *r, size_t rule, size_t decay) {
    Arm a = {0, rule, decay, 0}, b = {0, rule, CONSTANT, 0};
    Interval d = tuned_difference(r, &a, &b, "test_accuracy", 100);
    return d.n == 0 ? UNDECIDED
                    : finding_above(d, 0, "points of test accuracy, %s from rate %g over "
                                    "constant %g", decay_names[decay], a.rate, b.rate);
}

/* Step against each of the other two, over all rules: the median of every pair's difference. */
static Finding judge_step_preferable(const Results *r) {
    double d[MAX_SEEDS * RULES], x[MAX_SEEDS], y[MAX_SEEDS];
    size_t count = 0;
    for (size_t rule = 0; rule < RULES; rule++) {
        Arm step = {0, rule, STEP, 0}, other = {0, rule, EXPONENTIAL, 0};
        Interval i = tuned_difference(r, &step, &other, "test_accuracy", 100);
        size_t n = arm_values(r, &step, "test_accuracy", x);
        if (i.n == 0 || arm_values(r, &other, "test_accuracy", y) != n)
            return UNDECIDED;
        for (size_t k = 0; k < n; k++)
            d[count++] = 100 * (x[k] - y[k]);
    }
    return finding_above(stats_bootstrap_median(d, count), 0, "points of test accuracy, step "
                         "over exponential decay, all rules and seeds");
}

/* ---- the list ---- */
#define ON_BOTH(name, ...)                                                                         \
    static Finding name##_mnist(const Results *r) { return __VA_ARGS__(r, 0); }                    \
    static Finding name##_cifar(const Results *r) { return __VA_ARGS__(r, 1); }
static Finding nesterov_momentum(const Results *r, size_t task) {
    return judge_test(r, task, NESTEROV, MOMENTUM);
}
static Finding adam_rmsprop(const Results *r, size_t task) {
    return judge_test(r, task, ADAM, RMSPROP);
}
static Finding wide_adagrad(const Results *r, size_t task) { return judge_width(r, task, ADAGRAD); }
static Finding wide_rmsprop(const Results *r, size_t task) { return judge_width(r, task, RMSPROP); }
static Finding wide_adam(const Results *r, size_t task) { return judge_width(r, task, ADAM); }
ON_BOTH(converges, judge_converges)
ON_BOTH(nesterov, nesterov_momentum)
ON_BOTH(adam, adam_rmsprop)
ON_BOTH(by_default, judge_default)
ON_BOTH(alternative, judge_alternative)
ON_BOTH(stops, judge_stops)
ON_BOTH(wide_1, wide_adagrad)
ON_BOTH(wide_2, wide_rmsprop)
ON_BOTH(wide_3, wide_adam)

#define DECAYED(rule, RULE)                                                                        \
    static Finding rule##_step(const Results *r) { return judge_decay(r, RULE, STEP); }            \
    static Finding rule##_exponential(const Results *r) {                                          \
        return judge_decay(r, RULE, EXPONENTIAL);                                                  \
    }                                                                                              \
    static Finding rule##_inverse(const Results *r) { return judge_decay(r, RULE, INVERSE); }
DECAYED(sgd, SGD)
DECAYED(momentum, MOMENTUM)
DECAYED(nesterov, NESTEROV)
DECAYED(adagrad, ADAGRAD)
DECAYED(rmsprop, RMSPROP)
DECAYED(adam, ADAM)

#define CS231N "002 (CS231n)"
#define BOTH(id, statement, expected, judge)                                                       \
    {id "-mnist", CS231N, statement " (MNIST)", expected, judge##_mnist},                          \
        {id "-cifar10", CS231N, statement " (CIFAR-10)", expected, judge##_cifar}
#define FALLS(name, rule)                                                                          \
    {#rule "-step", CS231N, "Step decay beats the best constant rate: " name ".", "> 0 points",    \
     rule##_step},                                                                                 \
        {#rule "-exponential", CS231N,                                                             \
         "Exponential decay beats the best constant rate: " name ".", "> 0 points",                \
         rule##_exponential},                                                                      \
        {#rule "-inverse-time", CS231N, "1/t decay beats the best constant rate: " name ".",       \
         "> 0 points", rule##_inverse}
const Claim update_rules_claims[] = {
    {"ball-momentum", CS231N, "Momentum overshoots like a ball rolling down the hill.", "> 0.01",
     judge_ball_momentum},
    {"ball-nesterov", CS231N, "Nesterov's momentum overshoots like a ball.", "> 0.01",
     judge_ball_nesterov},
    {"ball-others", CS231N, "Rules without momentum do not overshoot.", "< 0.01",
     judge_ball_others},
    {"saddle-sgd", CS231N, "On a saddle plain descent has a very hard time breaking symmetry.",
     "the most a decade", judge_saddle_symmetry},
    {"saddle-rmsprop", CS231N, "RMSprop's denominator helps it off the saddle.", "> 1 times",
     judge_saddle_rmsprop},
    {"saddle-distance", CS231N,
     "RMSprop sees the low gradients near the ridge as if they were high.", "< 1 a decade",
     judge_saddle_distance},
    BOTH("momentum-converges", "Momentum converges better than plain descent.", "> 0", converges),
    BOTH("nesterov-better", "Nesterov works slightly better than standard momentum.", "> 0 points",
         nesterov),
    BOTH("adam-rmsprop", "Adam works slightly better than RMSprop.", "> 0 points", adam),
    BOTH("adam-default", "Adam is the rule to take by default.", "> -0.5 points", by_default),
    BOTH("nesterov-alternative", "SGD with Nesterov is an alternative to Adam.", "> -0.5 points",
         alternative),
    BOTH("adagrad-stops", "Adagrad's falling rate stops learning too early.", "> 0", stops),
    {"adagrad-rate", CS231N, "Adagrad's effective rate falls aggressively; RMSprop mends that.",
     "> 0 decades", judge_decaying},
    {"bias-first", CS231N, "Adam's bias correction helps in the first steps.", "> 0",
     judge_bias_first},
    {"bias-last", CS231N, "Adam's bias correction does not matter later.",
     "within 5%", judge_bias_last},
    {"bias-tuned", CS231N, "Adam with its bias correction is better than the short form.",
     "> 0 points", judge_bias_tuned},
    {"bias-length", CS231N, "Adam's moments are biased in the first few steps.", "<= 10 steps",
     judge_bias_length},
    BOTH("wide-adagrad", "Adagrad is well-behaved for a broader range of rates.", "> 0 decades",
         wide_1),
    BOTH("wide-rmsprop", "RMSprop is well-behaved for a broader range of rates.", "> 0 decades",
         wide_2),
    BOTH("wide-adam", "Adam is well-behaved for a broader range of rates.", "> 0 decades", wide_3),
    FALLS("plain descent", sgd),
    FALLS("momentum", momentum),
    FALLS("Nesterov", nesterov),
    FALLS("Adagrad", adagrad),
    FALLS("RMSprop", rmsprop),
    FALLS("Adam", adam),
    {"step-preferable", CS231N, "Step decay is slightly preferable.", "> 0 points",
     judge_step_preferable},
    {"newton-iterations", CS231N, "Newton's method takes the more direct way to a minimum.",
     "> 1 times", judge_newton_iterations},
    {"lbfgs-iterations", CS231N, "So does L-BFGS, without the Hessian.", "> 1 times",
     judge_lbfgs_iterations},
    {"newton-no-rate", CS231N, "Newton's method needs no learning rate.", "all starts",
     judge_newton_rate},
    {"newton-costly", CS231N, "Computing and inverting the Hessian is too costly.", "> 1 times",
     judge_newton_cost},
    {"newton-parity", CS231N, "Newton's method takes the more direct way, not convex: 3-5-1.",
     "> 1 times", judge_newton_parity},
    {"lbfgs-parity", CS231N, "So does L-BFGS: 3-5-1.", "> 1 times", judge_lbfgs_parity},
    {0}};
