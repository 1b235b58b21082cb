/* SPDX-License-Identifier: MIT
 *
 * Tables of rates, and a training that follows one.
 */
#include "core/base/vec.h"
#include "experiments/period_tuning/period_tuning.h"
#include <math.h>
#include <sys/resource.h>

const Rates rates_printed = {
    .weight = {0.05, 0.45, 0.41, 0.35, 0.29, 0.42, 0.38, 0.41, 0.29, 0.32, 0.26, 0.24, 0.23},
    .bias = {1.00, 1.01, 0.61, 0.66, 0.71, 0.73, 0.72, 0.75, 0.73, 0.74, 0.72, 0.71, 0.70}};

const Constant constants[] = {
    {"0.26/0.806", 0.26, 0.806, true}, {"0.065/0.4", 0.065, 0.4, false},
    {"0.09/0.4", 0.09, 0.4, false}, {"0.13/0.4", 0.13, 0.4, true},
    {"0.18/0.4", 0.18, 0.4, false}, {"0.26/0.4", 0.26, 0.4, false},
    {"0.37/0.4", 0.37, 0.4, false}, {"0.065/0.806", 0.065, 0.806, false},
    {"0.09/0.806", 0.09, 0.806, false}, {"0.13/0.806", 0.13, 0.806, false},
    {"0.18/0.806", 0.18, 0.806, false}, {"0.37/0.806", 0.37, 0.806, false},
    {"0.13/0.2", 0.13, 0.2, false}, {"0.13/1.2", 0.13, 1.2, false},
    {"0.26/1.2", 0.26, 1.2, false}, {"0.09/0.09", 0.09, 0.09, false},
    {"0.13/0.13", 0.13, 0.13, false}, {"0.18/0.18", 0.18, 0.18, false},
    {"0.26/0.26", 0.26, 0.26, false}, {"0.37/0.37", 0.37, 0.37, false},
    {"0.52/0.52", 0.52, 0.52, false},
    {0}};

Rates rates_constant(double weight, double bias) {
    Rates rates;
    for (size_t k = 0; k < PERIODS; k++) {
        rates.weight[k] = weight;
        rates.bias[k] = bias;
    }
    return rates;
}

size_t period_of(uint32_t epoch) {
    size_t period = 0;
    while ((uint32_t)1 << period < epoch) {
        period++;
    }
    return period;
}

bool data_open(Data *data, const char *set, Arena *arena, Error *err) {
    Digits test;
    if (!digits_open(&data->train, set, arena, err) ||
        !digits_open_part(&test, set, DATASET_TEST, arena, err)) {
        return false;
    }
    digits_judge_init(&data->judge, &data->train, arena);
    digits_judge_init(&data->test, &test, arena);
    return true;
}

void trainee_start(Trainee *t, const DenoisingSpec *spec, const Rates *rates, Arena *arena) {
    t->rates = *rates;
    t->epoch = 0;
    denoiser_init(&t->net,
                  &(DenoiserSpec){.visible = DIGIT_PIXELS, .hidden = PERIOD_HIDDEN,
                                  .batch = DIGITS_JUDGED, .code = DENOISER_SIGMOID,
                                  .output = DENOISER_SIGMOID, .clip = true},
                  arena);
    denoising_start(&t->training, &t->net, spec, arena);
}

void trainee_go(Trainee *t, uint32_t epochs) {
    while (t->epoch < epochs) {
        size_t period = period_of(t->epoch + 1);
        period = period < PERIODS ? period : PERIODS - 1;
        denoising_epoch(&t->training, t->epoch++, t->rates.weight[period], t->rates.bias[period]);
    }
}

double trainee_difference(Trainee *t, DigitsJudge *judge) {
    bool sound = isfinite(vec_sum(t->net.parameters, t->net.weights + t->net.biases));
    return sound ? digits_difference(judge, &t->net) : (double)NAN;
}

static double seconds(int who) {
    struct rusage used;
    getrusage(who, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

double used_cpu_s(void) {
    return seconds(RUSAGE_SELF) + seconds(RUSAGE_CHILDREN);
}
