/* SPDX-License-Identifier: MIT
 *
 * bench.c - the order of the measurements, the tables, and what is printed (see bench.h).
 */
#include "bench/bench.h"
#include "core/base/engine.h"
#include "core/lab/files.h"
#include "core/lab/manifest.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *program_name(Program program) {
    static const char *const names[] = {"own", "openblas", "eager", "best"};
    return names[program];
}

static const TableSpec throughput_table = {
    "throughput",
    (const Column[]){{"workload", TIER_KEY}, {"batch", TIER_KEY}, {"threads", TIER_KEY},
                     {"program", TIER_KEY}, {"samples_per_cpu_s", TIER_MACHINE},
                     {"ratio_to_eager", TIER_MACHINE}, {"ratio_to_best", TIER_MACHINE},
                     {"ratio_low", TIER_MACHINE}, {"ratio_high", TIER_MACHINE},
                     {"share_of_fma_peak", TIER_MACHINE}, {NULL, TIER_KEY}}};

/* Several trainings in processes of their own, side by side, against one: `ratio` is that of the
 * work done per second of all of them.  By CPU time it tells what they take from each other
 * (caches, memory); by wall time also what others on the machine take. */
static const TableSpec scaling_table = {
    "scaling",
    (const Column[]){{"workload", TIER_KEY}, {"batch", TIER_KEY}, {"processes", TIER_KEY},
                     {"clock", TIER_KEY}, {"samples_per_s", TIER_MACHINE},
                     {"ratio_to_one", TIER_MACHINE}, {"ratio_low", TIER_MACHINE},
                     {"ratio_high", TIER_MACHINE}, {NULL, TIER_KEY}}};

static const double PAIR_FLOOR = 1.9;

typedef struct Bench {
    Plan plan;
    const char *out;
    Torch *torch; /* NULL where PyTorch is missing */
    Table *throughput, *scaling, *manifest;
    size_t promises, missed;
} Bench;

/* One workload: what all programs did in every round. */
typedef struct Rounds {
    double rate[PROGRAMS][MOST_ROUNDS]; /* samples per CPU-second; nan = not measured */
    double peak[MOST_ROUNDS];           /* FLOP per CPU-second */
    double one[2][MOST_ROUNDS], two[2][MOST_ROUNDS]; /* side by side, by CPU and by wall time */
    char form[64];                      /* of PyTorch's best */
} Rounds;

static void check(bool ok, const Error *err) {
    if (!ok)
        die("bench: %s", err->text);
}

/* ---- measuring ---- */
static bool takes_part(const Bench *bench, const WorkloadSpec *spec, Program program) {
    if (program == OPENBLAS)
        return engine_blas_core()[0] && spec->set;
    return program == OWN || (bench->torch && !spec->denoise);
}

static double one_window(Bench *bench, Workload *workload, const WorkloadSpec *spec,
                         Program program, double seconds, char *form) {
    Error err;
    Count count;
    if (program >= EAGER) {
        char ran[64];
        check(torch_run(bench->torch, spec, program, seconds, &count, ran, &err), &err);
        if (program == BEST)
            strcpy(form, ran);
        return count.done / count.cpu;
    }
    EngineChoice choice = {.engine = program == OWN ? ENGINE_OWN : ENGINE_OPENBLAS,
                           .isa = engine_isa()};
    check(engine_start(&choice, NULL, &err), &err);
    count = workload_run(workload, seconds);
    choice.engine = ENGINE_OWN;
    check(engine_start(&choice, NULL, &err), &err);
    return count.done / count.cpu;
}

static void side_by_side(const Plan *plan, Workload *workload, Rounds *rounds, size_t round) {
    Count one, two;
    if (!workload_side_by_side(workload, 1, plan->window, &one) ||
        !workload_side_by_side(workload, 2, plan->window, &two))
        die("bench: a training in a process of its own failed");
    rounds->one[0][round] = one.done / one.cpu;
    rounds->two[0][round] = 2 * two.done / two.cpu;
    rounds->one[1][round] = one.done / one.wall;
    rounds->two[1][round] = two.done / two.wall;
}

static void measure(Bench *bench, const WorkloadSpec *spec, Workload *workload, Rounds *rounds) {
    const Plan *plan = &bench->plan;
    for (Program p = OWN; p < PROGRAMS; p++) {
        for (size_t r = 0; r < plan->rounds; r++)
            rounds->rate[p][r] = NAN;
        if (takes_part(bench, spec, p)) /* caches, page tables, PyTorch's choice of the best form */
            one_window(bench, workload, spec, p, plan->window / 4, rounds->form);
    }
    for (size_t r = 0; r < plan->rounds; r++) {
        rounds->peak[r] = peak_run(0.02);
        for (size_t turn = 0; turn < PROGRAMS; turn++) {
            Program p = (Program)((turn + r) % PROGRAMS);
            if (takes_part(bench, spec, p))
                rounds->rate[p][r] =
                    one_window(bench, workload, spec, p, plan->window, rounds->form);
        }
        if (spec->pair)
            side_by_side(plan, workload, rounds, r);
    }
}

/* ---- tables ---- */
static Interval against(const Bench *bench, const Rounds *rounds, Program a, Program b) {
    return ratio_of(rounds->rate[a], rounds->rate[b], bench->plan.rounds);
}

static double share_of_peak(const Bench *bench, const Rounds *rounds, const double *rate,
                            double flops) {
    return flops * ratio_of(rate, rounds->peak, bench->plan.rounds).value;
}

/* The interval is that of the ratio the engine's promise is about. */
static void add_rows(Bench *bench, const WorkloadSpec *spec, const Rounds *rounds, double flops) {
    for (Program p = OWN; p < PROGRAMS; p++) {
        if (!takes_part(bench, spec, p))
            continue;
        Interval eager = against(bench, rounds, p, EAGER), best = against(bench, rounds, p, BEST);
        Interval named = spec->floor_best > 0 ? best : eager;
        table_row(bench->throughput, v_text(spec->name), v_count((int64_t)spec->batch), v_count(1),
                  v_text(program_name(p)),
                  v_double(stats_median(rounds->rate[p], bench->plan.rounds)),
                  v_double(eager.value), v_double(best.value), v_double(named.low),
                  v_double(named.high),
                  v_double(share_of_peak(bench, rounds, rounds->rate[p], flops)));
    }
    if (takes_part(bench, spec, BEST)) {
        char key[96];
        snprintf(key, sizeof key, "best %s %zu", spec->name, spec->batch);
        manifest_add(bench->manifest, key, "%s", rounds->form);
    }
}

static void add_pair(Bench *bench, const WorkloadSpec *spec, const Rounds *rounds, double flops) {
    static const char *const clocks[] = {"cpu", "wall"};
    size_t n = bench->plan.rounds;
    double each[MOST_ROUNDS];
    for (size_t r = 0; r < n; r++)
        each[r] = rounds->two[0][r] / 2;
    table_row(bench->throughput, v_text(spec->name), v_count((int64_t)spec->batch), v_count(2),
              v_text("own"), v_double(stats_median(each, n)), v_double(NAN), v_double(NAN),
              v_double(NAN), v_double(NAN), v_double(share_of_peak(bench, rounds, each, flops)));
    for (int c = 0; c < 2; c++) {
        Interval ratio = ratio_of(rounds->two[c], rounds->one[c], n);
        table_row(bench->scaling, v_text(spec->name), v_count((int64_t)spec->batch), v_count(1),
                  v_text(clocks[c]), v_double(stats_median(rounds->one[c], n)), v_double(1),
                  v_double(1), v_double(1));
        table_row(bench->scaling, v_text(spec->name), v_count((int64_t)spec->batch), v_count(2),
                  v_text(clocks[c]), v_double(stats_median(rounds->two[c], n)),
                  v_double(ratio.value), v_double(ratio.low), v_double(ratio.high));
    }
}

/* ---- what is printed ---- */
static void promise(Bench *bench, const char *what, double floor, double value) {
    if (floor <= 0 || isnan(value))
        return;
    bench->promises++;
    bench->missed += value < floor;
    printf("    %-44s floor %8.6g   here %8.4g   %s\n", what, floor, value,
           value < floor ? "missed" : "ok");
}

static void print_workload(Bench *bench, const WorkloadSpec *spec, const Rounds *rounds,
                           double flops) {
    size_t n = bench->plan.rounds;
    printf("%s, batch %zu\n  samples per CPU-second:", spec->name, spec->batch);
    for (Program p = OWN; p < PROGRAMS; p++)
        if (takes_part(bench, spec, p))
            printf("  %s %.4g", program_name(p), stats_median(rounds->rate[p], n));
    if (takes_part(bench, spec, BEST))
        printf(" (%s)", rounds->form);
    printf("\n");
    if (takes_part(bench, spec, OPENBLAS)) {
        Interval ratio = against(bench, rounds, OWN, OPENBLAS);
        printf("    %-44s                  here %8.4g   (%.3g ... %.3g)\n", "own / openblas",
               ratio.value, ratio.low, ratio.high);
    }
    promise(bench, "own / PyTorch eager", spec->floor_eager,
            against(bench, rounds, OWN, EAGER).value);
    promise(bench, "own / PyTorch best", spec->floor_best, against(bench, rounds, OWN, BEST).value);
    promise(bench, "updates per CPU-second", spec->floor_rate, stats_median(rounds->rate[OWN], n));
    promise(bench, "share of the FMA peak (a goal)", spec->goal_share,
            share_of_peak(bench, rounds, rounds->rate[OWN], flops));
    if (spec->pair)
        promise(bench, "two side by side / one, by CPU time", PAIR_FLOOR,
                ratio_of(rounds->two[0], rounds->one[0], n).value);
    if (spec->pair)
        printf("    %-44s                  here %8.4g\n", "two side by side / one, by wall time",
               ratio_of(rounds->two[1], rounds->one[1], n).value);
    fflush(stdout);
}

/* ---- the run ---- */
static void run_workload(Bench *bench, const WorkloadSpec *spec, const Dataset *set) {
    static Rounds rounds;
    Arena *arena = arena_create();
    Error err;
    rounds = (Rounds){.form = ""};
    Workload *workload = workload_create(spec, set, arena, &err);
    check(workload != NULL, &err);
    measure(bench, spec, workload, &rounds);
    double flops = workload_flops(workload);
    add_rows(bench, spec, &rounds, flops);
    if (spec->pair)
        add_pair(bench, spec, &rounds, flops);
    print_workload(bench, spec, &rounds, flops);
    arena_destroy(arena);
}

static void run_workloads(Bench *bench, Arena *arena) {
    bool generated[2];
    Error err;
    const Dataset *mnist = workload_data("mnist", arena, &generated[0]);
    const Dataset *cifar = workload_data("cifar10", arena, &generated[1]);
    manifest_add(bench->manifest, "mnist", generated[0] ? "generated" : "the data set");
    manifest_add(bench->manifest, "cifar10", generated[1] ? "generated" : "the data set");
    bench->torch = torch_start(&bench->plan, mnist, cifar, arena, &err);
    if (!bench->torch)
        printf("no PyTorch, its rows are left out: %s (Debian: python3-torch)\n", err.text);
    manifest_add(bench->manifest, "torch", "%s",
                 bench->torch ? torch_version(bench->torch) : "none");
    for (const WorkloadSpec *spec = workloads; spec->name; spec++) {
        if (bench->plan.only && !strstr(spec->name, bench->plan.only))
            continue;
        if (spec->denoise && generated[0])
            printf("%s: left out, it needs MNIST's digits by class; 'make data' fetches them\n",
                   spec->name);
        else
            run_workload(bench, spec,
                         spec->set && strcmp(spec->set, "cifar10") == 0 ? cifar : mnist);
    }
    if (bench->torch)
        torch_stop(bench->torch);
}

static void write_table(const Bench *bench, const char *name, const Table *table) {
    char path[4096];
    Error err;
    snprintf(path, sizeof path, "%s/bench/%s.csv", bench->out, name);
    check(table_write(table, path, &err), &err);
}

static void begin(Bench *bench) {
    char path[4096];
    Error err;
    snprintf(path, sizeof path, "%s/bench", bench->out);
    check(files_make_directory(path, &err), &err);
    bench->throughput = table_for(&throughput_table);
    bench->scaling = table_for(&scaling_table);
    bench->manifest = manifest_create();
    manifest_add_build(bench->manifest);
    manifest_add_machine(bench->manifest);
    manifest_add(bench->manifest, "rounds", "%zu", bench->plan.rounds);
    manifest_add(bench->manifest, "window_cpu_s", "%g", bench->plan.window);
    double peak = peak_run(0.2);
    manifest_add(bench->manifest, "fma_peak_gflops", "%.1f", peak / 1e9);
    printf("engine: own on %s, peak %.1f GFLOP/s a core; OpenBLAS kernel: %s\n", engine_isa(),
           peak / 1e9, engine_blas_core()[0] ? engine_blas_core() : "none");
}

/* OpenBLAS reads its variables while it is loaded, and PyTorch inherits them: whatever the
 * machine's settings, the peers run as they would by themselves. */
static void forget_openblas_variables(char **argv) {
    static const char *const names[] = {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_VERBOSE",
                                        "OPENBLAS_BLOCK_FACTOR"};
    bool any = false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (getenv(names[i])) {
            printf("%s=%s is not passed on\n", names[i], getenv(names[i]));
            unsetenv(names[i]);
            any = true;
        }
    fflush(stdout);
    if (any)
        execv("/proc/self/exe", argv);
}

static void parse(int argc, char **argv, Bench *bench, EngineChoice *choice) {
    static const struct option options[] = {
        {"quick", no_argument, NULL, 'q'},        {"only", required_argument, NULL, 'w'},
        {"out", required_argument, NULL, 'o'},    {"isa", required_argument, NULL, 'i'},
        {"python", required_argument, NULL, 'p'}, {"peers", required_argument, NULL, 's'},
        {NULL, 0, NULL, 0}};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
        switch (option) {
        case 'q': bench->plan.quick = true; break;
        case 'w': bench->plan.only = optarg; break;
        case 'o': bench->out = optarg; break;
        case 'i': choice->isa = optarg; break;
        case 'p': bench->plan.python = optarg; break;
        case 's': bench->plan.peers = optarg; break;
        default:
            die("usage: bench [--quick] [--only NAME|shapes] [--out DIR] [--isa NAME] "
                "[--python PROGRAM] [--peers SCRIPT]");
        }
    if (optind < argc)
        die("bench: '%s' is not an option", argv[optind]);
    bench->plan.rounds = bench->plan.quick ? 5 : 15;
    bench->plan.window = bench->plan.quick ? 0.1 : 0.5;
    bench->plan.shape_window = bench->plan.quick ? 0.006 : 0.03;
}

int main(int argc, char **argv) {
    Bench bench = {.out = "results/local",
                   .plan = {.python = "/usr/bin/python3", .peers = "bench/peers.py"}};
    EngineChoice choice = {.engine = ENGINE_OWN};
    Error err;
    parse(argc, argv, &bench, &choice);
    forget_openblas_variables(argv);
    check(engine_start(&choice, argv, &err), &err);
    begin(&bench);
    Arena *arena = arena_create();
    const bool only_shapes = bench.plan.only && strcmp(bench.plan.only, "shapes") == 0;
    if (!only_shapes) {
        run_workloads(&bench, arena);
        write_table(&bench, "throughput", bench.throughput);
        write_table(&bench, "scaling", bench.scaling);
    }
    if (!bench.plan.only || only_shapes) {
        Table *shapes = table_for(&shapes_table);
        shapes_run(&bench.plan, shapes);
        write_table(&bench, "shapes", shapes);
        table_free(shapes);
    }
    write_table(&bench, "manifest", bench.manifest);
    printf("%zu of %zu floors and goals met\n", bench.promises - bench.missed, bench.promises);
    arena_destroy(arena);
    return 0;
}
