/* SPDX-License-Identifier: MIT
 *
 * What the sources say of their schedules, as numbers, and the verdicts.  Where a source gives
 * rates they are copied; where it gives words (half the difference, every 2,000 iterations) the
 * number is what those words alone determine.
 */
#include "experiments/schedules/schedules.h"

#include <math.h>
#include <string.h>

#define ROUNDINGS      1e-15 /* of double */
#define TRIANGULAR     "triangular base=0.001 max=0.006 step=2000"
#define EXP_RANGE      "exp_range base=0.001 max=0.006 step=2000 gamma=0.99994"
#define EXP_RANGE_BOTH "exp_range_both base=0.001 max=0.006 step=2000 gamma=0.99994"
#define TABLE_2                                                                                    \
    "triangular2 base=0.001 max=0.005 step=2000 | "                                                \
    "16000: triangular2 base=0.0001 max=0.0005 step=1000 | "                                       \
    "22000: triangular2 base=0.00001 max=0.00005 step=500"
#define FIXED     "fixed base=0.001 | 60000: fixed base=0.0001 | 65000: fixed base=0.00001"
#define EXP       "exponential base=0.001 gamma=0.99994"
#define SGDR      "warm_restarts base=0.05 step=10 multiply=2"
#define ONE_CYCLE "one_cycle_smith base=0.08 max=0.8 end=0.0008 step=41 total=95"

const Checkpoint checkpoints[] = {
    {"triangular", TRIANGULAR, 0, 0.001, 0, false},
    {"triangular", TRIANGULAR, 1000, 0.0035, ROUNDINGS, false},
    {"triangular", TRIANGULAR, 2000, 0.006, 0, false},
    {"triangular", TRIANGULAR, 4000, 0.001, 0, false},
    {"triangular", TRIANGULAR, 22000, 0.006, 0, false},
    {"triangular", TRIANGULAR, 24000, 0.001, 0, false},
    {"table-2-peaks", TABLE_2, 2000, 0.005, 0, false},
    {"table-2-peaks", TABLE_2, 6000, 0.003, ROUNDINGS, false},
    {"table-2-peaks", TABLE_2, 10000, 0.002, ROUNDINGS, false},
    {"table-2-peaks", TABLE_2, 14000, 0.0015, ROUNDINGS, false},
    {"table-2-stages", TABLE_2, 15999, 0.00100025, ROUNDINGS, false},
    {"table-2-stages", TABLE_2, 16000, 0.0001, 0, false},
    {"table-2-stages", TABLE_2, 17000, 0.0005, 0, false},
    {"table-2-stages", TABLE_2, 19000, 0.0003, ROUNDINGS, false},
    {"table-2-stages", TABLE_2, 21000, 0.0002, ROUNDINGS, false},
    {"table-2-stages", TABLE_2, 22000, 0.00001, 0, false},
    {"table-2-stages", TABLE_2, 22500, 0.00005, 0, false},
    {"table-2-stages", TABLE_2, 23500, 0.00003, ROUNDINGS, false},
    {"table-2-stages", TABLE_2, 24500, 0.00002, ROUNDINGS, false},
    {"table-2-stages", TABLE_2, 24999, 0.00001002, ROUNDINGS, false},
    {"exp-range-both-bounds", EXP_RANGE_BOTH, 2000, 0.00532150, 1e-6, false},
    {"exp-range-both-bounds", EXP_RANGE_BOTH, 4000, 0.00078662, 1e-5, false},
    {"exp-range-both-bounds", EXP_RANGE_BOTH, 40000, 0.00009071, 1e-4, false},
    {"exp-range-amplitude", EXP_RANGE, 2000, 0.00543459, 1e-6, false},
    {"exp-range-amplitude", EXP_RANGE, 4000, 0.001, 0, false},
    {"exp-range-amplitude", EXP_RANGE, 40000, 0.001, 0, false},
    {"decay", "decay base=0.001 max=0.007 step=4000", 0, 0.007, 0, false},
    {"decay", "decay base=0.001 max=0.007 step=4000", 2000, 0.004, ROUNDINGS, false},
    {"decay", "decay base=0.001 max=0.007 step=4000", 4000, 0.001, 0, false},
    {"decay", "decay base=0.001 max=0.007 step=4000", 24999, 0.001, 0, false},
    {"exp", EXP, 500, 0.000970445, 5e-7, false},
    {"exp", EXP, 40000, 0.00009071, 1e-4, false},
    {"exp", EXP, 70000, 0.00001499, 4e-4, false},
    {"fixed", FIXED, 59999, 0.001, 0, false},
    {"fixed", FIXED, 60000, 0.0001, 0, false},
    {"fixed", FIXED, 65000, 0.00001, 0, false},
    {"sgdr-restarts", SGDR, 10, 0.05, 0, false},
    {"sgdr-restarts", SGDR, 30, 0.05, 0, false},
    {"sgdr-restarts", SGDR, 70, 0.05, 0, false},
    {"sgdr-restarts", SGDR, 150, 0.05, 0, false},
    {"sgdr-restarts", SGDR, 20, 0.025, ROUNDINGS, false},
    {"sgdr-restarts", SGDR, 50, 0.025, ROUNDINGS, false},
    {"one-cycle", ONE_CYCLE, 0, 0.08, 0, false},
    {"one-cycle", ONE_CYCLE, 41, 0.8, 0, false},
    {"one-cycle", ONE_CYCLE, 82, 0.08, 0, false},
    {"one-cycle", ONE_CYCLE, 94, 0.0008, 0, false},
    {"one-cycle", ONE_CYCLE, 0, 0.95, 0, true},
    {"one-cycle", ONE_CYCLE, 41, 0.85, 0, true},
    {"one-cycle", ONE_CYCLE, 82, 0.95, 0, true},
    {"one-cycle", ONE_CYCLE, 94, 0.95, 0, true},
    {"range-test", "linear_range base=0 max=0.02 total=4000", 200, 0.001, ROUNDINGS, false},
    {"range-test", "linear_range base=0 max=0.02 total=4000", 4000, 0.02, 0, false},
    {"range-test-fastai", "exponential_range base=1e-7 max=10 total=100", 0, 1e-7, 0, false},
    {"range-test-fastai", "exponential_range base=1e-7 max=10 total=100", 25, 1e-5, 2e-15, false},
    {"range-test-fastai", "exponential_range base=1e-7 max=10 total=100", 75, 0.1, 2e-15, false},
    {"periods", "periods", 0, 0.05, 0, false},
    {"periods", "periods", 1, 0.45, 0, false},
    {"periods", "periods", 2, 0.41, 0, false},
    {"periods", "periods", 3, 0.41, 0, false},
    {"periods", "periods", 16, 0.42, 0, false},
    {"periods", "periods", 4095, 0.23, 0, false},
    {NULL, NULL, 0, 0, 0, false},
};

/* ---- verdicts ---- */

/* The largest relative deviation of a claim's points; reproduced if every point is within its own
 * tolerance. */
static Finding points(const Results *results, const char *claim) {
    const Table *t = results_table(results, "checkpoints");
    size_t name = table_find(t, "claim"), source = table_find(t, "source"),
           ours = table_find(t, "ours"), tolerance = table_find(t, "tolerance"), count = 0, off = 0;
    double worst = 0;
    for (size_t row = 0; row < table_rows(t); row++) {
        if (strcmp(table_text(t, row, name), claim) != 0)
            continue;
        double want = table_number(t, row, source), got = table_number(t, row, ours);
        double deviation = fabs(got - want) / fabs(want);
        count++;
        off += !(deviation <= table_number(t, row, tolerance));
        worst = fmax(worst, deviation);
    }
    if (count == 0)
        return finding_inconclusive("the check points were not computed");
    return finding_of(off == 0 ? REPRODUCED : NOT_REPRODUCED, interval_point(worst),
                      "largest relative deviation of %zu rates; %zu beyond their tolerance", count,
                      off);
}

#define POINTS(function, claim)                                                                    \
    static Finding function(const Results *results) {                                              \
        return points(results, claim);                                                             \
    }
POINTS(triangular, "triangular")
POINTS(table_2_peaks, "table-2-peaks")
POINTS(table_2_stages, "table-2-stages")
POINTS(both_bounds, "exp-range-both-bounds")
POINTS(amplitude, "exp-range-amplitude")
POINTS(decay, "decay")
POINTS(exponential, "exp")
POINTS(fixed, "fixed")
POINTS(restarts, "sgdr-restarts")
POINTS(one_cycle, "one-cycle")
POINTS(range_test, "range-test")
POINTS(range_test_fastai, "range-test-fastai")
POINTS(periods, "periods")

/* The drawn rate of a policy at an iteration; nan if it was thinned out or not drawn. */
static double drawn(const Results *results, const char *policy, const char *iteration) {
    double rate = (double)NAN;
    table_select(results_table(results, "rates"), "rate",
                 (Where[]){{"policy", policy}, {"iteration", iteration}, {NULL, NULL}}, &rate, 1);
    return rate;
}

static Finding stops_low(const Results *results) {
    double stop = drawn(results, "exp_range_both", "42000");
    double trough = drawn(results, "exp_range_both", "40000");
    if (isnan(stop) || isnan(trough))
        return finding_inconclusive("the rates at 40,000 and 42,000 were not drawn");
    return finding_of(
        stop <= trough ? REPRODUCED : NOT_REPRODUCED, interval_point(stop / trough),
        "rate at 42,000 over the rate at the trough 40,000: 10.5 cycles end at a peak");
}

static Finding figure_1_jump(const Results *results) {
    double before = drawn(results, "clr_table_2", "15999");
    double after = drawn(results, "clr_table_2", "16000");
    if (isnan(before) || isnan(after))
        return finding_inconclusive("the rates at 15,999 and 16,000 were not drawn");
    return finding_between(interval_point(before / after), 9.9, 10.1,
                           "rate at 15,999 over the rate at 16,000 in Table 2; section 3.1's "
                           "triangular run is continuous there");
}

const Claim schedule_claims[] = {
    {"triangular", "CLR 3.1",
     "The triangular policy rises from base to max in one step size and "
     "falls back in the next, for ever.",
     "0.001, 0.006, 0.001 at 0, 2,000, 4,000, exactly", triangular},
    {"table-2-peaks", "CLR Table 2",
     "Under triangular2 the difference of the bounds is halved after "
     "every cycle.",
     "0.005, 0.003, 0.002, 0.0015", table_2_peaks},
    {"table-2-stages", "CLR Table 2",
     "The run of Fig. 1 has three stages of 16,000, 6,000 and "
     "3,000 iterations, each a tenth of the one before, started anew.",
     "4 + 3 + 3 cycles with peaks from 5e-3, 5e-4 and 5e-5", table_2_stages},
    {"fig-1-jump", "CLR Fig. 1",
     "The jump of the accuracy at 16,000 is a jump of the rate: Table 2 "
     "was run, not the triangular policy that section 3.1 names for this curve.",
     "a tenth", figure_1_jump},
    {"exp-range-both-bounds", "CLR 3.1",
     "exp_range, as the text has it: both bounds decline by "
     "gamma^iteration.",
     "9.071e-5 at the trough 40,000", both_bounds},
    {"exp-range-amplitude", "PyTorch, bckenstler/CLR",
     "exp_range, as it is programmed everywhere: "
     "only the amplitude declines.",
     "0.001 at every trough, exactly", amplitude},
    {"exp-range-stops-low", "CLR 3.2, Table 1",
     "Training stops at the end of a cycle, where the "
     "rate is lowest; exp_range at 42,000 with the section's step size 2,000.",
     "<= 1", stops_low},
    {"decay", "CLR 4.1.1",
     "The control run decays from max to base over 4,000 iterations and stays "
     "there.",
     "0.007, 0.001 at 0, 4,000", decay},
    {"exp", "Caffe; CLR 4.1.1", "The exponential policy loses 3% an epoch of 500 iterations.",
     "0.970445 an epoch", exponential},
    {"fixed", "Caffe; CLR Table 1",
     "The fixed policy is three stages: 0.001, and a tenth at 60,000 "
     "and again at 65,000.",
     "1e-3, 1e-4, 1e-5", fixed},
    {"sgdr-restarts", "SGDR 4",
     "With T_0 = 10 and T_mult = 2 the rate restarts at 10, 30, 70, 150.", "10, 30, 70, 150",
     restarts},
    {"one-cycle", "Smith 1803.09820, by way of gugger",
     "One cycle: the momentum falls while the "
     "rate rises, and the tail anneals the rate to a hundredth of the base.",
     "0.08, 0.8, 0.08, 0.0008; momentum 0.95, 0.85, 0.95", one_cycle},
    {"range-test", "CLR 3.3, Fig. 3",
     "Smith's range test is one linear ramp; Fig. 3's points, "
     "0.001 apart, are 200 iterations apart.",
     "0.001 at 200, 0.02 at 4,000", range_test},
    {"range-test-fastai", "fastai lr_find",
     "fastai's range test multiplies the rate by the same "
     "factor at every iteration.",
     "a hundred times in 25 of 100 iterations", range_test_fastai},
    {"periods", "000",
     "The table's index 0 governs Epoch 1, index k the Epochs above 2^(k-1) up to "
     "2^k.",
     "0.05 at 1, 0.41 at 3 and 4, 0.23 at 4,096", periods},
    {NULL, NULL, NULL, NULL, NULL},
};
