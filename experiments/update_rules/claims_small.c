/* SPDX-License-Identifier: MIT
 *
 * What CS231n says of the two pictures, and of second-order methods.
 */
#include "experiments/update_rules/update_rules.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- the pictures: nothing here is random ---- */

/* The rate that settles first, as the picture has it; nan when none settles. */
static double picture(const Results *r, const char *surface, size_t rule, const char *column) {
    const Where where[] = {{"surface", surface}, {"rule", rule_names[rule]}, {"status", "settled"},
                           {0}};
    double updates[MAX_SEEDS], values[MAX_SEEDS];
    size_t n = table_select(results_table(r, "plane"), "updates", where, updates, MAX_SEEDS);
    table_select(results_table(r, "plane"), column, where, values, MAX_SEEDS);
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (updates[i] < updates[best])
            best = i;
    return n ? values[best] : (double)NAN;
}

static Finding judge_ball(const Results *r, size_t rule) {
    double valley = picture(r, "valley", rule, "overshoot");
    double beale = picture(r, "beale", rule, "overshoot");
    double least = valley < beale ? valley : beale;
    if (isnan(valley) || isnan(beale))
        return finding_inconclusive("%s settles on neither surface at any rate", rule_names[rule]);
    return finding_of(least > 0.01 ? REPRODUCED : NOT_REPRODUCED, interval_point(least),
                      "of the way to the minimum is how far %s goes beyond it, at its own rate: in "
                      "the valley %.3g, on Beale's function %.3g", rule_names[rule], valley, beale);
}

Finding judge_ball_momentum(const Results *r) { return judge_ball(r, MOMENTUM); }
Finding judge_ball_nesterov(const Results *r) { return judge_ball(r, NESTEROV); }

Finding judge_ball_others(const Results *r) {
    static const size_t rules[] = {SGD, ADAGRAD, RMSPROP, ADADELTA};
    double most = -1;
    size_t who = 0, where = 0;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        for (size_t s = 0; s < SADDLE; s++) {
            double overshoot = picture(r, surface_names[s], rules[i], "overshoot");
            if (overshoot > most) /* not of one that never settles */
                most = overshoot, who = rules[i], where = s;
        }
    if (most < 0)
        return finding_inconclusive("no rule settles");
    return finding_of(most < 0.01 ? REPRODUCED : NOT_REPRODUCED, interval_point(most),
                      "of the way to the minimum is how far the farthest of sgd, adagrad, rmsprop "
                      "and adadelta goes beyond it: %s, %s", rule_names[who], surface_names[where]);
}

/* Updates off the saddle at the picture's rate; nan when it stayed. */
static double leaving(const Results *r, size_t rule, double offset) {
    char rate[32], from[32];
    double updates;
    snprintf(rate, sizeof rate, "%.17g", rule == ADADELTA ? 1 : saddle_rates[0]);
    snprintf(from, sizeof from, "%.17g", offset);
    size_t n = table_select(results_table(r, "plane"), "updates",
                            (Where[]){{"surface", "saddle"}, {"rule", rule_names[rule]},
                                      {"rate", rate}, {"offset", from}, {"status", "left"}, {0}},
                            &updates, 1);
    return n ? updates : (double)NAN;
}

/* Updates more for every tenfold nearer start, from 0.1 to the picture's 1e-6. */
static double a_decade(const Results *r, size_t rule) {
    return (leaving(r, rule, saddle_picture_offset) - leaving(r, rule, 0.1)) / 5;
}

Finding judge_saddle_symmetry(const Results *r) {
    double sgd = a_decade(r, SGD), next = -(double)INFINITY;
    size_t who = 0;
    for (size_t rule = 0; rule < ALL_RULES; rule++) {
        if (rule == SGD || rule == UNCORRECTED)
            continue;
        double updates = a_decade(r, rule);
        if (isnan(updates)) /* it stayed */
            return finding_inconclusive("%s did not leave the saddle", rule_names[rule]);
        if (updates > next)
            next = updates, who = rule;
    }
    if (isnan(sgd))
        return finding_inconclusive("plain descent did not leave the saddle");
    return finding_of(sgd > next ? REPRODUCED : NOT_REPRODUCED, interval_point(sgd),
                      "updates more that plain descent needs for every tenfold nearer the ridge, "
                      "rate %g; next is %s with %.3g, Adagrad has %.3g but needs %g from anywhere",
                      saddle_rates[0], rule_names[who], next, a_decade(r, ADAGRAD),
                      leaving(r, ADAGRAD, saddle_picture_offset));
}

Finding judge_saddle_distance(const Results *r) {
    double rmsprop = a_decade(r, RMSPROP);
    if (isnan(rmsprop))
        return finding_inconclusive("RMSprop did not leave the saddle");
    return finding_of(rmsprop < 1 ? REPRODUCED : NOT_REPRODUCED, interval_point(rmsprop),
                      "updates more that RMSprop needs for every tenfold nearer the ridge, rate "
                      "%g; Adam %.3g", saddle_rates[0], a_decade(r, ADAM));
}

Finding judge_saddle_rmsprop(const Results *r) {
    double sgd = leaving(r, SGD, saddle_picture_offset);
    double rmsprop = leaving(r, RMSPROP, saddle_picture_offset);
    if (isnan(sgd) || isnan(rmsprop))
        return finding_inconclusive("a rule did not leave the saddle");
    return finding_of(sgd > rmsprop ? REPRODUCED : NOT_REPRODUCED, interval_point(sgd / rmsprop),
                      "times the updates of RMSprop, %g, is what plain descent needs from %g "
                      "beside the ridge, rate %g; momentum needs %g", rmsprop,
                      saddle_picture_offset, saddle_rates[0],
                      leaving(r, MOMENTUM, saddle_picture_offset));
}

/* ---- second order: paired by seed, where both converged ---- */
enum { SEEDS = 4 * MAX_SEEDS };

/* By seed (from 1); nan where the run did not converge.  Returns how many were run. */
static size_t converged(const Results *r, size_t problem, size_t method, double rate,
                        const char *column, double out[SEEDS]) {
    const Table *t = results_table(r, "second");
    size_t columns[] = {table_find(t, "problem"), table_find(t, "method"), table_find(t, "rate"),
                        table_find(t, "seed"), table_find(t, "status"), table_find(t, column)};
    size_t count = 0;
    for (size_t i = 0; i < SEEDS; i++)
        out[i] = (double)NAN;
    for (size_t row = 0; row < table_rows(t); row++) {
        size_t seed = (size_t)table_number(t, row, columns[3]);
        if (strcmp(table_text(t, row, columns[0]), problem_names[problem]) != 0 ||
            strcmp(table_text(t, row, columns[1]), method_names[method]) != 0 ||
            table_number(t, row, columns[2]) != rate || seed == 0 || seed > SEEDS)
            continue;
        count++;
        if (strcmp(table_text(t, row, columns[4]), "converged") == 0)
            out[seed - 1] = table_number(t, row, columns[5]);
    }
    return count;
}

/* Numbers of both where both are, in place; how many. */
static size_t pairs(double a[SEEDS], double b[SEEDS]) {
    size_t n = 0;
    for (size_t i = 0; i < SEEDS; i++)
        if (!isnan(a[i]) && !isnan(b[i]))
            a[n] = a[i], b[n++] = b[i];
    return n;
}

static size_t share_of(const double x[SEEDS]) {
    size_t n = 0;
    for (size_t i = 0; i < SEEDS; i++)
        n += !isnan(x[i]);
    return n;
}

/* The rate at which most runs converge, and of those the one with the fewest iterations; nan when
 * it is on the border of the grid. */
static double best_rate(const Results *r, size_t problem, size_t method) {
    double rates[RATE_ROOM], x[SEEDS], y[SEEDS], fewest = (double)INFINITY;
    size_t count = problem_rates(problem, method, rates), most = 0, best = 0;
    for (size_t i = 0; i < count; i++) {
        converged(r, problem, method, rates[i], "iterations", x);
        memcpy(y, x, sizeof y);
        size_t n = pairs(x, y);
        double median = n ? stats_median(x, n) : (double)INFINITY;
        if (n > most || (n == most && median < fewest))
            most = n, fewest = median, best = i;
    }
    return count == 1 || (best > 0 && best + 1 < count) ? rates[best] : (double)NAN;
}

/* Times the `column` of `a` is that of `b`: median over the pairs. */
static Finding judge_ratio(const Results *r, size_t problem, size_t a, size_t b,
                           const char *column) {
    double x[SEEDS], y[SEEDS], ratio[SEEDS];
    double rate[2] = {best_rate(r, problem, a), best_rate(r, problem, b)};
    size_t runs = converged(r, problem, a, rate[0], column, x);
    converged(r, problem, b, rate[1], column, y);
    size_t done[2] = {share_of(x), share_of(y)}, n = pairs(x, y);
    if (n < FEWEST || strcmp(results_scale(r), "smoke") == 0)
        return finding_inconclusive("%s: %zu runs of %s and %zu of %s converge at best rates "
                                    "inside their grids", problem_names[problem], done[0],
                                    method_names[a], done[1], method_names[b]);
    for (size_t i = 0; i < n; i++)
        ratio[i] = x[i] / y[i];
    Interval d = stats_bootstrap_median(ratio, n);
    char at[40] = "";
    if (rate[0] > 0)
        snprintf(at, sizeof at, " at its best rate, %g", rate[0]);
    return finding_above(d, 1, "times the %s of %s, %.3g, takes %s%s; %s: %zu and %zu of %zu "
                         "runs converge", column, method_names[b], stats_median(y, n),
                         method_names[a], at, problem_names[problem], done[1], done[0], runs);
}

Finding judge_newton_iterations(const Results *r) {
    return judge_ratio(r, SOFTMAX_49, DESCENT_MOMENTUM, NEWTON, "iterations");
}
Finding judge_lbfgs_iterations(const Results *r) {
    return judge_ratio(r, SOFTMAX_49, DESCENT_MOMENTUM, LBFGS, "iterations");
}
Finding judge_newton_parity(const Results *r) {
    return judge_ratio(r, PARITY, DESCENT_MOMENTUM, NEWTON, "iterations");
}
Finding judge_lbfgs_parity(const Results *r) {
    return judge_ratio(r, PARITY, DESCENT_MOMENTUM, LBFGS, "iterations");
}
Finding judge_newton_cost(const Results *r) {
    bool large = strcmp(results_scale(r), "paper") == 0;
    return judge_ratio(r, large ? SOFTMAX_196 : SOFTMAX_49, NEWTON, LBFGS, "cpu_ms");
}

/* Every start and problem at the one setting there is. */
Finding judge_newton_rate(const Results *r) {
    double x[SEEDS];
    size_t runs = 0, done = 0, parity = 0;
    for (size_t problem = 0; problem < PROBLEMS; problem++) {
        runs += converged(r, problem, NEWTON, 0, "iterations", x);
        done += share_of(x);
        parity += problem == PARITY ? share_of(x) : 0;
    }
    if (runs == 0 || strcmp(results_scale(r), "smoke") == 0)
        return finding_inconclusive("needs desk scale");
    return finding_of(done == runs ? REPRODUCED : NOT_REPRODUCED, stats_share(done, runs),
                      "of %zu runs of Newton's method converge, of them %zu on 3-5-1", runs,
                      parity);
}
