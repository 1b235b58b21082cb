/* SPDX-License-Identifier: MIT
 *
 * bench.h - how fast the engine trains, against its peers, in one run.
 *
 *     build/bin/bench [--quick] [--only NAME] [--out DIR] [--isa NAME] [--python PROGRAM]
 *
 * All rates are per CPU-second of the process that did the work (CLOCK_PROCESS_CPUTIME_ID), on one
 * thread.  The programs take turns: a round is one window of each, in rotating order, and one
 * window of the core's peak; a ratio is the median over rounds of ratios within a round, with the
 * bootstrap interval of that median.  So a machine that is slower for a while is slower for all.
 *
 *     own       the lab's engine, through core/learn/train.c as every experiment uses it
 *     openblas  the same network code with OpenBLAS' products; convolutions as patches + sgemm
 *     eager     PyTorch as its tutorials write it     \  in a process of its own: bench/peers.py
 *     best      PyTorch's fastest form of those tried /
 */
#ifndef TIDEMARK_BENCH_H
#define TIDEMARK_BENCH_H

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/data/dataset.h"
#include "core/lab/stats.h"
#include "core/lab/table.h"
#include "core/net/net.h"
#include <stdbool.h>
#include <stddef.h>

typedef enum Program { OWN, OPENBLAS, EAGER, BEST, PROGRAMS } Program;
const char *program_name(Program program);

enum { MOST_ROUNDS = 64 };

typedef struct Plan {
    bool quick;
    size_t rounds;
    double window;       /* CPU-seconds of a training window */
    double shape_window; /* of a matrix product */
    const char *only;    /* workloads whose name contains this; NULL = all */
    const char *python, *peers;
} Plan;

/* ---- clocks (clock.c) ---- */
double cpu_seconds(void);
double wall_seconds(void);

typedef struct Count {
    double done, cpu, wall; /* units of work and what they took */
} Count;

/* Calls step(context), which does `units` of work, until `seconds` of CPU time are used.  The clock
 * is read about every millisecond. */
Count count_for(double seconds, double units, void (*step)(void *context), void *context);

/* ---- the core's limit (clock.c, peak.isa.c): FLOP per CPU-second, from registers alone ---- */
double peak_run(double seconds);

/* ---- what is trained (workload.c) ---- */
typedef struct WorkloadSpec {
    const char *name;
    size_t batch;
    const char *set;         /* "mnist" or "cifar10"; NULL = the six patterns of parity */
    const LayerSpec *layers;
    LossKind loss;
    bool autoencode;
    bool denoise;            /* source 000's denoising autoencoder (core/study/denoising.h): no
                                PyTorch beside it */
    double floor_eager, floor_best, floor_rate; /* what the engine promises; 0 = nothing */
    double goal_share;                          /* of the core's peak; 0 = none */
    bool pair;                                  /* also measured as two processes side by side */
} WorkloadSpec;

extern const WorkloadSpec workloads[]; /* ends with a NULL name */

typedef struct Workload Workload;

/* In `arena`; NULL with the reason.  `set` may be NULL for parity. */
Workload *workload_create(const WorkloadSpec *spec, const Dataset *set, Arena *arena, Error *err);
double workload_flops(const Workload *workload); /* of one example; nan for parity */
Count workload_run(Workload *workload, double seconds);

/* The training set, or generated images of its shape (81% zeros for mnist, as it has) where the
 * data are not there; `generated` says which. */
const Dataset *workload_data(const char *name, Arena *arena, bool *generated);

/* `processes` copies side by side, each for `seconds`: work and CPU time of all, the longest wall
 * time.  False when a process failed. */
bool workload_side_by_side(Workload *workload, size_t processes, double seconds, Count *count);

/* ---- PyTorch (torch.c) ---- */
typedef struct Torch Torch;

/* Starts peers.py with copies of the images.  NULL, with one line, where PyTorch is missing. */
Torch *torch_start(const Plan *plan, const Dataset *mnist, const Dataset *cifar, Arena *arena,
                   Error *err);
const char *torch_version(const Torch *torch);
/* One window; `form` (at least 64 bytes) receives the name of the form that ran. */
bool torch_run(Torch *torch, const WorkloadSpec *spec, Program program, double seconds,
               Count *count, char *form, Error *err);
void torch_stop(Torch *torch);

/* ---- products and convolutions by themselves (shapes.c) ---- */
/* Adds all rows to `table` and prints them; false when there is no OpenBLAS to compare with. */
extern const TableSpec shapes_table;
bool shapes_run(const Plan *plan, Table *table);

/* ---- ratios (clock.c) ---- */
/* Median over rounds of a[i] / b[i] and its bootstrap interval; nan where b was not measured. */
Interval ratio_of(const double *a, const double *b, size_t rounds);

#endif
