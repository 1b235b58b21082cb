/* SPDX-License-Identifier: MIT
 *
 * Original report: the author's own autoencoder, digit for digit.
 */
#include "core/data/dataset.h"
#include "experiments/original_report/original.h"
#include <math.h>

typedef struct Config {
    uint32_t periods; /* the last one; it ends with epoch 2^(periods - 1) */
} Config;

/* ---- tables ---- */

#define KEY(name)                                                                                  \
    { name, TIER_KEY }
#define STABLE(name)                                                                               \
    { name, TIER_STABLE }
#define PIXELS                                                                                     \
    GREY("p00"), GREY("p01"), GREY("p02"), GREY("p03"), GREY("p04"), GREY("p05"), GREY("p06"),     \
        GREY("p07"), GREY("p08"), GREY("p09"), GREY("p10"), GREY("p11"), GREY("p12"), GREY("p13"), \
        GREY("p14"), GREY("p15"), GREY("p16"), GREY("p17"), GREY("p18"), GREY("p19"), GREY("p20"), \
        GREY("p21"), GREY("p22"), GREY("p23"), GREY("p24"), GREY("p25"), GREY("p26"), GREY("p27")
/* A whole number that a bit of the image may push over its edge. */
#define GREY(name)                                                                                 \
    { name, TIER_BITS }

static const Column periods_columns[] = {
    KEY("period"),         KEY("epoch"),         STABLE("img_diff"), STABLE("cost"),
    STABLE("bias_max"),    STABLE("bias_mean"),  STABLE("bias_min"), STABLE("weight_max"),
    STABLE("weight_mean"), STABLE("weight_min"), {0}};
static const Column nodes_columns[] = {
    KEY("period"),         KEY("node"),          STABLE("weight_max"),
    STABLE("weight_mean"), STABLE("weight_min"), STABLE("bias"),
    {0}};
static const Column classes_columns[] = {KEY("period"), KEY("digit"), STABLE("img_diff"),
                                         STABLE("difference_entropy"), STABLE("entropy_change"),
                                         {0}};
static const Column costs_columns[] = {KEY("epoch"), STABLE("cost"), {0}};
static const Column codes_columns[] = {KEY("digit"), KEY("node"), STABLE("code"), {0}};
static const Column weights_columns[] = {KEY("period"), KEY("node"), KEY("row"), PIXELS, {0}};
static const Column decoded_columns[] = {KEY("period"), KEY("image"), KEY("row"), PIXELS, {0}};
static const Column inputs_columns[] = {KEY("period"), KEY("image"), KEY("row"), PIXELS, {0}};

const TableSpec original_tables[] = {{"periods", periods_columns}, {"nodes", nodes_columns},
                                     {"classes", classes_columns}, {"costs", costs_columns},
                                     {"codes", codes_columns},     {"weights", weights_columns},
                                     {"decoded", decoded_columns}, {"inputs", inputs_columns},
                                     {0}};

/* ---- the run ---- */

/* Thinning of the cost curve: every epoch to 128, then every 2nd to 256, every 4th to 512, ...: the
 * mean since the row before. */
static bool curve_row(uint64_t epoch) {
    uint64_t stride = 1;
    while (epoch > 128 * stride) {
        stride *= 2;
    }
    return epoch % stride == 0;
}

static bool original_cell(Cell *cell, Error *err) {
    const Config *config = cell->config;
    Original *run = arena_new(cell->arena, Original, 1);
    Snapshots snapshots;
    if (!original_start(run, cell->arena, err)) {
        return false;
    }
    Table *costs = cell_table(cell, "costs");
    snapshots_start(&snapshots, cell, &run->digits);
    snapshots_take(&snapshots, run, 0, NAN);
    double sum = 0;
    uint64_t epoch = 0, epochs_in_sum = 0;
    for (uint32_t period = 1; period <= config->periods; period++) {
        double cost = NAN;
        while (epoch < (uint64_t)1 << (period - 1)) {
            cost = original_epoch(run, epoch++);
            sum += cost;
            epochs_in_sum++;
            if (curve_row(epoch)) {
                table_row(costs, v_count((int64_t)epoch), v_double(sum / (double)epochs_in_sum));
                sum = 0;
                epochs_in_sum = 0;
            }
        }
        snapshots_take(&snapshots, run, period, cost);
    }
    snapshots_end(&snapshots, run);
    return true;
}

static void plan_original(Plan *plan) {
    uint32_t periods = plan_scale(plan) == SCALE_SMOKE ? 5 : 15;
    plan_add(plan, &(Config){periods}, "epochs=%u", 1u << (periods - 1));
}

static const Experiment original_report = {
    .name = "original_report",
    .title = "The author's own autoencoder, digit for digit",
    .question = "Is the lab's autoencoder the one whose report its author published?",
    .sources = "000, 003 (np2lkoo, AutoEncoder: report K160916-2039)",
    .version = 1,
    .minutes = {0.02, 0.4, 0.4},
    .config_size = sizeof(Config),
    .tables = original_tables,
    .claims = original_claims,
    .datasets = (const char *const[]){"mnist", NULL},
    .verify = dataset_verify,
    .plan = plan_original,
    .cell = original_cell,
};

int main(int argc, char **argv) {
    return experiment_main(&original_report, argc, argv);
}
