/* SPDX-License-Identifier: MIT */
#include "core/lab/lab.h"
#include <string.h>

static const Column ratio_columns[] = {
    {"cell", TIER_KEY}, {"iteration", TIER_KEY}, {"layer", TIER_KEY}, {"part", TIER_KEY},
    {"rate", TIER_EXACT}, {"weight_norm", TIER_DISTRIBUTION}, {"update_norm", TIER_DISTRIBUTION},
    {"gradient_norm", TIER_DISTRIBUTION}, {"ratio", TIER_DISTRIBUTION}, {0}};
static const Column layer_columns[] = {
    {"cell", TIER_KEY}, {"iteration", TIER_KEY}, {"layer", TIER_KEY}, {"signal", TIER_KEY},
    {"kind", TIER_EXACT}, {"mean", TIER_DISTRIBUTION}, {"sd", TIER_DISTRIBUTION},
    {"zero_share", TIER_DISTRIBUTION}, {"lowest", TIER_DISTRIBUTION},
    {"highest", TIER_DISTRIBUTION}, {0}};
static const Column histogram_columns[] = {
    {"cell", TIER_KEY}, {"iteration", TIER_KEY}, {"layer", TIER_KEY}, {"signal", TIER_KEY},
    {"bin", TIER_KEY}, {"low", TIER_DISTRIBUTION}, {"high", TIER_DISTRIBUTION},
    {"count", TIER_DISTRIBUTION}, {0}};
static const Column average_columns[] = {
    {"cell", TIER_KEY}, {"iteration", TIER_KEY}, {"loss", TIER_DISTRIBUTION},
    {"accuracy", TIER_DISTRIBUTION}, {"average_loss", TIER_DISTRIBUTION},
    {"average_accuracy", TIER_DISTRIBUTION}, {0}};

const TableSpec watched_tables[] = {{"watch_ratio", ratio_columns},
                                    {"watch_layer", layer_columns},
                                    {"watch_histogram", histogram_columns},
                                    {"watch_average", average_columns},
                                    {0}};

Experiment experiment_watched(const Experiment *experiment, Arena *arena) {
    size_t own = lab_table_count(experiment);
    TableSpec *tables =
        arena_alloc(arena, own + sizeof watched_tables / sizeof *watched_tables, sizeof *tables);
    memcpy(tables, experiment->tables, own * sizeof *tables);
    memcpy(tables + own, watched_tables, sizeof watched_tables);
    Experiment watched = *experiment;
    watched.tables = tables;
    return watched;
}
