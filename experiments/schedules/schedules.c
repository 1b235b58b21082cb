/* SPDX-License-Identifier: MIT
 *
 * schedules - what does every learning-rate policy of the sources do, exactly?
 *
 * A cell draws one policy: its rate (and momentum) against the iteration, thinned.  One more cell
 * asks our schedules for every number that a source states.  The driver is a tool as well:
 *     schedules --policy 'triangular2 base=0.001 max=0.005 step=2000' --iterations 25000
 */
#include "experiments/schedules/schedules.h"

#include "core/learn/plateau.h"
#include "core/learn/schedule.h"

#include <math.h>
#include <string.h>

typedef struct Shown {
    const char *name, *text;
    uint64_t iterations;
} Shown;

#define CLR "base=0.001 max=0.006 step=2000"
#define TABLE_2                                                                                    \
    "triangular2 base=0.001 max=0.005 step=2000 | "                                                \
    "16000: triangular2 base=0.0001 max=0.0005 step=1000 | "                                       \
    "22000: triangular2 base=0.00001 max=0.00005 step=500"
#define MOMENTUM " momentum_base=0.8 momentum_max=0.9"

static const Shown policies[] = {
    {"constant", "constant base=0.1", 100},
    {"step", "step base=0.1 step=30 gamma=0.1", 100},
    {"multi_step", "multi_step base=0.1 milestones=50,75 gamma=0.1", 100},
    {"exponential", "exponential base=0.1 gamma=0.5 step=20", 100},
    {"exponential_staircase", "exponential base=0.1 gamma=0.5 step=20 staircase=yes", 100},
    {"inverse_time", "inverse_time base=0.1 gamma=1 step=20", 100},
    {"inverse_time_staircase", "inverse_time base=0.1 gamma=1 step=20 staircase=yes", 100},
    {"inverse", "inverse base=0.1 gamma=0.1 power=0.75", 100},
    {"hold_inverse", "hold_inverse base=0.1 step=30", 100},
    {"polynomial", "polynomial base=0.1 end=0.001 total=100 power=2", 100},
    {"sigmoid", "sigmoid base=0.1 gamma=-0.1 step=50", 100},
    {"cosine", "cosine base=0.1 total=100", 100},
    {"warm_restarts_1", "warm_restarts base=0.05 step=50 multiply=1", 200},
    {"warm_restarts_2", "warm_restarts base=0.05 step=10 multiply=2", 150},
    {"warm_up_cosine", "linear_range base=0 max=0.1 total=10 | 10: cosine base=0.1 total=90", 100},
    {"one_cycle", "one_cycle max=0.1 total=100", 100},
    {"one_cycle_three_phase", "one_cycle max=0.1 total=100 three_phase=yes linear=yes", 100},
    {"one_cycle_smith", "one_cycle_smith base=0.08 max=0.8 step=41 total=95", 95},
    {"triangular", "triangular " CLR, 24000},
    {"triangular_uneven", "triangular base=0.01 max=0.1 step=10 step_down=30" MOMENTUM, 120},
    {"triangular_welch", "triangular " CLR " window=welch", 24000},
    {"triangular_hann", "triangular " CLR " window=hann", 24000},
    {"triangular2", "triangular2 " CLR, 24000},
    {"triangular2_momentum", "triangular2 base=0.01 max=0.1 step=10" MOMENTUM, 100},
    {"exp_range", "exp_range " CLR " gamma=0.99994", 70000},
    {"exp_range_both", "exp_range_both " CLR " gamma=0.99994", 70000},
    {"clr_fixed", "fixed base=0.001 | 60000: fixed base=0.0001 | 65000: fixed base=0.00001", 70000},
    {"clr_table_2", TABLE_2, 25000},
    {"clr_decay", "decay base=0.001 max=0.007 step=4000", 25000},
    {"clr_exp", "exponential base=0.001 gamma=0.99994", 70000},
    {"linear_range", "linear_range base=0 max=0.02 total=4000", 4001},
    {"exponential_range", "exponential_range base=1e-7 max=10 total=100", 101},
    {"periods_weights", "periods", 4096},
    {"periods_biases",
     "periods rates=1.00,1.01,0.61,0.66,0.71,0.73,0.72,0.75,0.73,0.74,0.72,0.71,0.70,0.69,0.67,"
     "0.66,0.64,0.62,0.60,0.58",
     4096},
    {"plateau", "plateau base=0.1 factor=0.5 patience=5", 100},
};
enum { POLICIES = sizeof policies / sizeof policies[0] };

typedef struct Config {
    int shown; /* index of a policy; -1: the check points */
} Config;

static void plan(Plan *p) {
    for (int k = 0; k < POLICIES; k++)
        plan_add(p, &(Config){k}, "policy=%s", policies[k].name);
    plan_add(p, &(Config){-1}, "checkpoints=all");
}

/* ---- one policy ---- */

typedef struct Curve {
    double *rate, *momentum; /* momentum is nan where it is not cycled */
    uint64_t count;
} Curve;

/* A loss that falls as 1 / (1 + i / 5) to 0.2 and stays there, with a ripple. */
static double example_metric(uint64_t i) {
    double fallen = 1 / (1 + (double)i / 5), ripple = (double)(i * 7 % 5) / 500;
    return fmax(fallen, 0.2) + ripple;
}

static bool sample_plateau(const char *text, Curve *curve, Error *err) {
    Plateau p;
    if (!plateau_parse(text, &p, err))
        return false;
    for (uint64_t i = 0; i < curve->count; i++) {
        curve->rate[i] = p.rate;
        curve->momentum[i] = (double)NAN;
        plateau_step(&p, example_metric(i));
    }
    return true;
}

static bool sample(const Shown *shown, Curve *curve, Arena *arena, Error *err) {
    Schedule schedule;
    curve->count = shown->iterations;
    curve->rate = arena_new(arena, double, shown->iterations);
    curve->momentum = arena_new(arena, double, shown->iterations);
    if (!strncmp(shown->text, "plateau", 7))
        return sample_plateau(shown->text, curve, err);
    if (!schedule_parse(shown->text, &schedule, arena, err))
        return false;
    for (uint64_t i = 0; i < curve->count; i++) {
        double momentum = schedule_momentum(&schedule, i);
        curve->rate[i] = schedule_rate(&schedule, i);
        curve->momentum[i] = momentum < 0 ? (double)NAN : momentum;
    }
    return true;
}

/* How much the slope changes at i. */
static double bend(const Curve *c, uint64_t i) {
    return i < 1 || i + 1 >= c->count ? 0 : fabs(c->rate[i + 1] - 2 * c->rate[i] + c->rate[i - 1]);
}

/* A knot bends the curve, or breaks it, far more than the places two before and two after. */
static bool is_knot(const Curve *c, uint64_t i) {
    double before = i < 2 ? 0 : bend(c, i - 2), after = bend(c, i + 2);
    double usual = fmin(before, after), rounding = 1e-12 * fabs(c->rate[i]);
    return bend(c, i) > 8 * usual + rounding;
}

/* Kept: 250 places at equal distances, first and last, and the knots with their neighbours. */
static bool is_kept(const Curve *c, uint64_t i) {
    uint64_t stride = (c->count + 249) / 250;
    return i % stride == 0 || i + 1 == c->count || is_knot(c, i) || (i > 0 && is_knot(c, i - 1)) ||
           is_knot(c, i + 1);
}

static bool draw(Cell *cell, const Shown *shown, Error *err) {
    Curve curve;
    Table *rates = cell_table(cell, "rates");
    if (!sample(shown, &curve, cell->arena, err))
        return false;
    for (uint64_t i = 0; i < curve.count; i++)
        if (is_kept(&curve, i))
            table_row(rates, v_text(shown->name), v_count((int64_t)i), v_double(curve.rate[i]),
                      v_double(curve.momentum[i]));
    table_row(cell_table(cell, "policies"), v_text(shown->name), v_text(shown->text),
              v_count((int64_t)shown->iterations));
    return true;
}

/* ---- the numbers of the sources ---- */

static bool check(Cell *cell, Error *err) {
    Table *table = cell_table(cell, "checkpoints");
    for (const Checkpoint *c = checkpoints; c->claim; c++) {
        Schedule schedule;
        if (!schedule_parse(c->schedule, &schedule, cell->arena, err))
            return false;
        double ours = c->momentum ? schedule_momentum(&schedule, c->iteration)
                                  : schedule_rate(&schedule, c->iteration);
        table_row(table, v_text(c->claim), v_text(c->schedule),
                  v_text(c->momentum ? "momentum" : "rate"), v_count((int64_t)c->iteration),
                  v_double(c->source), v_double(ours), v_double(c->tolerance));
    }
    return true;
}

static bool cell_run(Cell *cell, Error *err) {
    const Config *config = cell->config;
    return config->shown < 0 ? check(cell, err) : draw(cell, &policies[config->shown], err);
}

/* ---- the experiment ---- */

static const Column rates_columns[] = {{"policy", TIER_KEY},
                                       {"iteration", TIER_KEY},
                                       {"rate", TIER_EXACT},
                                       {"momentum", TIER_EXACT},
                                       {NULL, TIER_KEY}};
static const Column policies_columns[] = {
    {"policy", TIER_KEY}, {"schedule", TIER_EXACT}, {"iterations", TIER_EXACT}, {NULL, TIER_KEY}};
static const Column checkpoints_columns[] = {{"claim", TIER_KEY},       {"schedule", TIER_KEY},
                                             {"quantity", TIER_KEY},    {"iteration", TIER_KEY},
                                             {"source", TIER_EXACT},    {"ours", TIER_EXACT},
                                             {"tolerance", TIER_EXACT}, {NULL, TIER_KEY}};

static const TableSpec tables[] = {{"rates", rates_columns},
                                   {"policies", policies_columns},
                                   {"checkpoints", checkpoints_columns},
                                   {NULL, NULL}};

static const Experiment experiment = {
    .name = "schedules",
    .title = "Every learning-rate policy, drawn and checked against its sources",
    .question = "What does every learning-rate policy of the sources do, exactly?",
    .sources = "004 (Qiita, cyclical learning rates); CLR (1506.01186v6); SGDR (1608.03983v5); "
               "002 (CS231n); 000 (np2LKoo, rates by period)",
    .version = 1,
    .minutes = {0.02, 0.02, 0.02},
    .config_size = sizeof(Config),
    .tables = tables,
    .claims = schedule_claims,
    .plan = plan,
    .cell = cell_run,
    .tool = policy_tool,
};

int main(int argc, char **argv) {
    return experiment_main(&experiment, argc, argv);
}
