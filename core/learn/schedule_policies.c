/* SPDX-License-Identifier: MIT */
#include "core/learn/schedule_policies.h"

#include "core/learn/plateau.h"

/* ---- parameters ---- */

#define FIELD(member) offsetof(Schedule, member)
const Field schedule_fields[] = {
    {"base", NUMBER, FIELD(base), "lower bound, or the rate that a decay starts from"},
    {"max", NUMBER, FIELD(max), "upper bound"},
    {"end", NUMBER, FIELD(end), "rate at the end of annealing"},
    {"step", COUNT, FIELD(step), "iterations: half a cycle, a step, a first period"},
    {"step_down", COUNT, FIELD(step_down), "iterations of the falling half of a cycle"},
    {"total", COUNT, FIELD(total), "iterations of the whole schedule"},
    {"gamma", NUMBER, FIELD(gamma), "factor (or slope) of a decay"},
    {"power", NUMBER, FIELD(power), "exponent of a decay"},
    {"multiply", NUMBER, FIELD(multiply), "period over the one before it (T_mult)"},
    {"rise", NUMBER, FIELD(rise), "share of total in which the rate rises (pct_start)"},
    {"staircase", FLAG, FIELD(staircase), "yes: only whole steps count"},
    {"repeat", FLAG, FIELD(repeat), "yes: goes on after total instead of staying at end"},
    {"linear", FLAG, FIELD(linear), "yes: anneals along lines, not cosines"},
    {"three_phase", FLAG, FIELD(three_phase), "yes: falls as it rose, then to end"},
    {"window", SHAPE, FIELD(window), "triangle, welch (parabolic) or hann (sinusoidal)"},
    {"momentum_base", NUMBER, FIELD(momentum_base), "momentum where the rate is highest"},
    {"momentum_max", NUMBER, FIELD(momentum_max), "momentum where it is lowest; 0: not cycled"},
    {"milestones", COUNTS, FIELD(milestones), "iterations, joined by commas"},
    {"rates", NUMBERS, FIELD(rates), "rates, joined by commas"},
    {NULL, NUMBER, 0, NULL},
};
#undef FIELD

#define FIELD(member) offsetof(Plateau, member)
const Field plateau_fields[] = {
    {"base", NUMBER, FIELD(base), "the first rate"},
    {"factor", NUMBER, FIELD(factor), "of a reduction"},
    {"patience", COUNT, FIELD(patience), "values in a row that may be no better"},
    {"cooldown", COUNT, FIELD(cooldown), "values that pass before bad ones count again"},
    {"threshold", NUMBER, FIELD(threshold), "how much better a value must be"},
    {"absolute", FLAG, FIELD(absolute), "yes: threshold is not a share of the best value"},
    {"maximise", FLAG, FIELD(maximise), "yes: the metric is an accuracy, not a loss"},
    {"floor", NUMBER, FIELD(floor), "lowest rate"},
    {"least", NUMBER, FIELD(least), "a reduction by no more than this is not made"},
    {NULL, NUMBER, 0, NULL},
};
#undef FIELD

/* ---- policies ---- */

#define CYCLE    "base=0.001 max=0.006 step=2000 step_down=step window=triangle"
#define MOMENTUM " momentum_base=0 momentum_max=0"
const PolicyText schedule_policies[SCHEDULE_POLICIES] = {
    [SCHEDULE_CONSTANT] = {"constant", "fixed", "base=0.001", "base", "Caffe fixed"},
    [SCHEDULE_STEP] = {"step", "step_decay", "base=0.1 step=30 gamma=0.1",
                       "base gamma^floor(i / step)", "CS231n; PyTorch StepLR; Caffe step"},
    [SCHEDULE_MULTI_STEP] = {"multi_step", "multistep", "base=0.1 milestones=50,75 gamma=0.1",
                             "base gamma^(milestones at or before i)",
                             "PyTorch MultiStepLR; Caffe multistep"},
    [SCHEDULE_EXPONENTIAL] = {"exponential", "exp", "base=0.001 gamma=0.99994 step=1 staircase=no",
                              "base gamma^(i / step)",
                              "CS231n; PyTorch ExponentialLR; Keras ExponentialDecay; Caffe exp"},
    [SCHEDULE_INVERSE_TIME] = {"inverse_time", "1/t", "base=0.1 gamma=0.01 step=1 staircase=no",
                               "base / (1 + gamma i / step)", "CS231n; Keras InverseTimeDecay"},
    [SCHEDULE_INVERSE] = {"inverse", "inv", "base=0.01 gamma=0.0001 power=0.75",
                          "base (1 + gamma i)^-power", "Caffe inv"},
    [SCHEDULE_HOLD_INVERSE] = {"hold_inverse", "", "base=0.1 step=1000", "base step / max(i, step)",
                               "Bergstra & Bengio 2012, equation 7"},
    [SCHEDULE_POLYNOMIAL] = {"polynomial", "poly",
                             "base=0.1 end=0.0001 total=100 power=1 repeat=no",
                             "end + (base - end) (1 - i / total)^power",
                             "PyTorch PolynomialLR; Keras PolynomialDecay (its cycle is repeat); "
                             "Caffe poly"},
    [SCHEDULE_SIGMOID] = {"sigmoid", "", "base=0.1 gamma=-0.1 step=50",
                          "base / (1 + exp(-gamma (i - step)))", "Caffe sigmoid"},
    [SCHEDULE_COSINE] = {"cosine", "", "base=0.1 end=0 total=100 repeat=no",
                         "end + (base - end) (1 + cos(pi i / total)) / 2",
                         "PyTorch CosineAnnealingLR (with repeat); Keras CosineDecay"},
    [SCHEDULE_WARM_RESTARTS] = {"warm_restarts", "sgdr cosine_warm_restarts",
                                "base=0.05 end=0 step=10 multiply=2 gamma=1",
                                "cosine from base gamma^restarts to end in every period; the first "
                                "is step long, each multiply times the one before",
                                "SGDR (1608.03983) equation 5; PyTorch "
                                "CosineAnnealingWarmRestarts; Keras CosineDecayRestarts"},
    [SCHEDULE_ONE_CYCLE] = {"one_cycle", "1cycle onecycle",
                            "max=0.1 base=max/25 end=base/10000 total=100 rise=0.3 linear=no "
                            "three_phase=no momentum_base=0.85 momentum_max=0.95",
                            "base -> max -> end (three_phase: base -> max -> base -> end)",
                            "PyTorch OneCycleLR; fastai fit_one_cycle"},
    [SCHEDULE_ONE_CYCLE_SMITH] =
        {"one_cycle_smith", "1cycle_smith",
         "max=0.8 base=max/10 end=base/100 step=41 total=95 "
         "momentum_base=0.85 momentum_max=0.95",
         "base -> max -> base, step iterations each, then a line to end at "
         "total - 1",
         "Smith, 1803.09820"},
    [SCHEDULE_TRIANGULAR] = {"triangular", "clr", CYCLE MOMENTUM, "base + (max - base) w(i)",
                             "CLR (1506.01186) section 3.1; PyTorch CyclicLR"},
    [SCHEDULE_TRIANGULAR2] = {"triangular2", "", CYCLE MOMENTUM,
                              "base + (max - base) w(i) / 2^(cycles done)",
                              "CLR section 3.1; PyTorch CyclicLR"},
    [SCHEDULE_EXP_RANGE] = {"exp_range", "exp_range_amplitude", CYCLE " gamma=0.99994" MOMENTUM,
                            "base + (max - base) w(i) gamma^i",
                            "amplitude alone: PyTorch CyclicLR, bckenstler/CLR"},
    [SCHEDULE_EXP_RANGE_BOTH] = {"exp_range_both", "exp_range_bounds",
                                 CYCLE " gamma=0.99994" MOMENTUM,
                                 "gamma^i (base + (max - base) w(i))",
                                 "both bounds: CLR section 3.1, coxy1989/clr"},
    [SCHEDULE_DECAY] = {"decay", "", "base=0.001 max=0.007 step=4000",
                        "max -> base along a line over step iterations, then base",
                        "CLR section 4.1.1"},
    [SCHEDULE_LINEAR_RANGE] = {"linear_range", "", "base=0 max=0.02 total=4000",
                               "base + (max - base) i / total, then max",
                               "CLR section 3.3 (range test); PyTorch LinearLR; a warm-up"},
    [SCHEDULE_EXPONENTIAL_RANGE] = {"exponential_range", "", "base=1e-07 max=10 total=100",
                                    "base (max / base)^(i / total), then max",
                                    "fastai lr_find; davidtvs/pytorch-lr-finder"},
    [SCHEDULE_PERIODS] = {"periods", "",
                          "rates=0.05,0.45,0.41,0.35,0.29,0.42,0.38,0.41,0.29,0.32,0.26,0.24,0.23,"
                          "0.21,0.19,0.18,0.16,0.14,0.13,0.11",
                          "rates[0] at i = 0, rates[k] for 2^(k-1) <= i < 2^k", "source 000"},
    [SCHEDULE_JOINED] = {"joined", "", "",
                         "SCHEDULE | 16000: SCHEDULE | 22000: SCHEDULE; each counts its iterations "
                         "from 0",
                         "CLR Table 2; Caffe's three-stage fixed; PyTorch SequentialLR"},
};

const PolicyText plateau_policy = {
    "plateau", "",
    "base=0.1 factor=0.1 patience=10 cooldown=0 threshold=0.0001 absolute=no maximise=no floor=0 "
    "least=1e-08",
    "base, times factor after more than patience values of a metric that are not better",
    "PyTorch ReduceLROnPlateau; the one policy with a memory, driven by a metric column"};

const char *schedule_name(SchedulePolicy policy) {
    return schedule_policies[policy].name;
}

/* ---- the list ---- */

static void list_policy(FILE *out, const PolicyText *policy) {
    fprintf(out, "%s", policy->name);
    if (*policy->aliases)
        fprintf(out, " (or %s)", policy->aliases);
    fprintf(out, "\n    rate        %s\n", policy->formula);
    if (*policy->defaults)
        fprintf(out, "    parameters  %s\n", policy->defaults);
    fprintf(out, "    source      %s\n", policy->source);
}

static void list_fields(FILE *out, const Field *fields) {
    for (const Field *f = fields; f->name; f++)
        fprintf(out, "    %-15s%s\n", f->name, f->meaning);
}

void schedule_list(FILE *out) {
    for (size_t p = 0; p < SCHEDULE_POLICIES; p++)
        list_policy(out, &schedule_policies[p]);
    list_policy(out, &plateau_policy);
    fprintf(out, "\nparameters (their defaults are above; one may lean on another: base=max/4)\n");
    list_fields(out, schedule_fields);
    fprintf(out, "parameters of plateau\n");
    list_fields(out, plateau_fields);
    fprintf(out, "i counts iterations from 0; w(i) rises from 0 to 1 over step and falls over "
                 "step_down\n");
}
