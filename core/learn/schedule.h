/* SPDX-License-Identifier: MIT
 *
 * schedule.h - learning-rate policies: the rate as a pure function of the iteration.
 *
 *     Schedule s = {.policy = SCHEDULE_TRIANGULAR2, .base = 0.001, .max = 0.005, .step = 2000};
 *     optimizer_step(&optimizer, net, schedule_rate(&s, i), schedule_momentum(&s, i));
 *
 * i = 0, 1, 2, ... counts updates; schedule_rate(&s, i) is the rate of update i.  Lengths (step,
 * step_down, total, milestones) are in iterations.  No state, no libm: the same bits everywhere.
 * Knots are exact: where a formula reaches base, max or end, the result is that very double.
 *
 * With u = i mod (step + step_down) the place in a cycle, k = i / (step + step_down) the cycles
 * done (integer division) and w(i) in [0, 1] the window, up over `step`, down over `step_down`:
 *
 *     CONSTANT           base
 *     STEP               base gamma^floor(i / step)
 *     MULTI_STEP         base gamma^(milestones passed; a milestone m is passed at i >= m)
 *     EXPONENTIAL        base gamma^(i / step), staircase: floor(i / step)      (CS231n, Keras)
 *     INVERSE_TIME       base / (1 + gamma i / step), staircase likewise        (CS231n 1/t, Keras)
 *     INVERSE            base (1 + gamma i)^-power                              (Caffe inv)
 *     HOLD_INVERSE       base step / max(i, step)           (Bergstra & Bengio 2012, equation 7)
 *     POLYNOMIAL         end + (base - end) (1 - i / total)^power, end from total on;
 *                        repeat: total becomes its next multiple not below i    (Keras' cycle)
 *     SIGMOID            base / (1 + exp(-gamma (i - step)))                    (Caffe)
 *     COSINE             end + (base - end) (1 + cos(pi i / total)) / 2, end from total on;
 *                        repeat: the formula goes on, up again                  (PyTorch)
 *     WARM_RESTARTS      a cosine that starts anew at base (times gamma at every restart); the
 *                        first period is `step` long, each `multiply` times the last (SGDR eq. 5)
 *     ONE_CYCLE          base -> max -> end over `total`, cosine or linear; `rise` is the share
 *                        of the first phase; three_phase: base -> max -> base -> end
 *                        (PyTorch's OneCycleLR, where rise is pct_start)
 *     ONE_CYCLE_SMITH    base -> max -> base, linear, `step` each, then down to end at total - 1
 *     TRIANGULAR         base + (max - base) w(i)                    (Smith 2017, section 3.1)
 *     TRIANGULAR2        base + (max - base) w(i) / 2^k
 *     EXP_RANGE          base + (max - base) w(i) gamma^i  (amplitude: PyTorch, bckenstler/CLR)
 *     EXP_RANGE_BOTH     gamma^i (base + (max - base) w(i))   (both bounds: the paper's text)
 *     DECAY              max -> base linearly over `step`, then base  (Smith 2017, section 4.1.1)
 *     LINEAR_RANGE       base -> max linearly over `total`, then max  (Smith's range test)
 *     EXPONENTIAL_RANGE  base (max / base)^(i / total), then max      (fastai's range test)
 *     PERIODS            rates[0] at i = 0, rates[k] for 2^(k-1) <= i < 2^k, then the last one
 *                        (source 000: with Epoch e = i + 1, index k governs 2^(k-1) < e <= 2^k)
 *     JOINED             stages[0] to milestones[0], then stages[1] to milestones[1], ...; each
 *                        stage counts its own iterations from 0      (Smith 2017, Table 2)
 *
 * A warm-up is a LINEAR_RANGE joined to what follows it.
 */
#ifndef TIDEMARK_LEARN_SCHEDULE_H
#define TIDEMARK_LEARN_SCHEDULE_H

#include "core/base/arena.h"
#include "core/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef enum SchedulePolicy {
    SCHEDULE_CONSTANT,
    SCHEDULE_STEP,
    SCHEDULE_MULTI_STEP,
    SCHEDULE_EXPONENTIAL,
    SCHEDULE_INVERSE_TIME,
    SCHEDULE_INVERSE,
    SCHEDULE_HOLD_INVERSE,
    SCHEDULE_POLYNOMIAL,
    SCHEDULE_SIGMOID,
    SCHEDULE_COSINE,
    SCHEDULE_WARM_RESTARTS,
    SCHEDULE_ONE_CYCLE,
    SCHEDULE_ONE_CYCLE_SMITH,
    SCHEDULE_TRIANGULAR,
    SCHEDULE_TRIANGULAR2,
    SCHEDULE_EXP_RANGE,
    SCHEDULE_EXP_RANGE_BOTH,
    SCHEDULE_DECAY,
    SCHEDULE_LINEAR_RANGE,
    SCHEDULE_EXPONENTIAL_RANGE,
    SCHEDULE_PERIODS,
    SCHEDULE_JOINED,
    SCHEDULE_POLICIES /* how many there are */
} SchedulePolicy;

/* The shape of a cycle's flank, as a function of the way f up it (Smith 2017, section 3.1). */
typedef enum ScheduleWindow {
    WINDOW_TRIANGLE, /* f */
    WINDOW_WELCH,    /* 1 - (1 - f)^2, parabolic */
    WINDOW_HANN,     /* (1 - cos(pi f)) / 2, sinusoidal */
} ScheduleWindow;

typedef struct Schedule {
    SchedulePolicy policy;
    double base, max, end;     /* rates: base <= max; end is where annealing ends */
    uint64_t step;             /* half a cycle, a step, a first period: 1 or more */
    uint64_t step_down;        /* falling part of a cycle; 0 = step */
    uint64_t total;            /* iterations of the whole schedule, or of a ramp */
    double gamma, power;       /* warm restarts: gamma 0 means 1 */
    double multiply;           /* T_mult of warm restarts, >= 1; 0 means 1 */
    double rise;               /* one-cycle: the rising share of total */
    bool staircase, repeat, linear, three_phase;
    ScheduleWindow window;
    double momentum_base, momentum_max; /* cycled inversely to the rate where momentum_max > 0 */
    const uint64_t *milestones; /* increasing, > 0: `count` of them */
    const double *rates;        /* per period: `count` of them */
    const struct Schedule *stages; /* joined: count + 1 of them */
    size_t count;
} Schedule;

double schedule_rate(const Schedule *schedule, uint64_t iteration);

/* The momentum that goes with it: momentum_max where the rate is lowest, momentum_base where it is
 * highest (PyTorch's CyclicLR and OneCycleLR).  -1 where the policy does not cycle it, which
 * optimizer_step reads as 'the optimizer's own'. */
double schedule_momentum(const Schedule *schedule, uint64_t iteration);

/* Does this schedule ever cycle the momentum? */
bool schedule_cycles_momentum(const Schedule *schedule);

/* Refuses what makes no sense (base > max, a step of 0, a negative gamma, milestones out of order);
 * schedule_rate and schedule_momentum may be asked only after this said true. */
bool schedule_check(const Schedule *schedule, Error *err);

/* ---- as text ---- */

/* "triangular2 base=0.001 max=0.005 step=2000": the policy's name, then parameters in any order;
 * what is left out has the default that schedule_list shows.  Lists have commas (rates=0.1,0.01);
 * a value may lean on another (base=max/4).  Joined schedules: "TEXT | 16000: TEXT | 22000: TEXT".
 * The result is checked; its arrays are in `arena`. */
bool schedule_parse(const char *text, Schedule *schedule, Arena *arena, Error *err);

const char *schedule_name(SchedulePolicy policy); /* "triangular2" */

/* Every policy with its formula, parameters, defaults and source. */
void schedule_list(FILE *out);

#endif
