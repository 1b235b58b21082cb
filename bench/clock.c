/* SPDX-License-Identifier: MIT */
#include "bench/bench.h"
#include "bench/peak.h"

#include <math.h>
#include <time.h>

static double read_clock(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double cpu_seconds(void) {
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

double wall_seconds(void) {
    return read_clock(CLOCK_MONOTONIC);
}

Count count_for(double seconds, double units, void (*step)(void *context), void *context) {
    enum { MOST = 1 << 20 };
    double wall = wall_seconds(), start = cpu_seconds(), now = start;
    Count count = {0};
    for (size_t block = 1; now - start < seconds;) {
        for (size_t i = 0; i < block; i++)
            step(context);
        count.done += units * (double)block;
        double before = now;
        now = cpu_seconds();
        if (now - before < 1e-3 && block < MOST)
            block *= 2;
    }
    count.cpu = now - start;
    count.wall = wall_seconds() - wall;
    return count;
}

/* ---- the core's limit ---- */
static const PeakKernels *const tables[] = KERNEL_TABLES(peak_kernels);

typedef struct Peak {
    size_t rounds;
    Real result; /* looked at by nobody, but the compiler does not know */
} Peak;

static void multiply_add(void *context) {
    Peak *peak = context;
    peak->result += tables[engine_variant]->multiply_add(peak->rounds, (Real)0.999, (Real)1e-3);
}

double peak_run(double seconds) {
    Peak peak = {.rounds = 1000};
    double flops = tables[engine_variant]->flops * (double)peak.rounds;
    Count count = count_for(seconds, flops, multiply_add, &peak);
    return peak.result < 0 ? 0 : count.done / count.cpu;
}

/* ---- ratios ---- */
Interval ratio_of(const double *a, const double *b, size_t rounds) {
    double ratio[MOST_ROUNDS];
    for (size_t r = 0; r < rounds; r++)
        ratio[r] = a[r] / b[r];
    return isnan(stats_median(ratio, rounds)) ? (Interval){NAN, NAN, NAN, 0}
                                              : stats_bootstrap_median(ratio, rounds);
}
