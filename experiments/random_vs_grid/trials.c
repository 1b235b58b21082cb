/* SPDX-License-Identifier: MIT
 *
 * trials.c - all trials of one method on one data set, in one cell: what follows from them (the
 * efficiency curve, what mattered) is a function of them all.  Trials do not depend on each other,
 * so a cell that was cut off goes on after the last one it had written.
 */
#include "experiments/random_vs_grid/random_vs_grid.h"

#include <stdio.h>
#include <string.h>

const Column trial_columns[] = {
    {"set", TIER_KEY}, {"method", TIER_KEY}, {"trial", TIER_KEY}, {"distribution", TIER_EXACT},
    {"scaling", TIER_EXACT}, {"factor", TIER_EXACT}, {"weights_seed", TIER_EXACT},
    {"hidden", TIER_EXACT}, {"unit", TIER_EXACT}, {"batch", TIER_EXACT}, {"rate", TIER_EXACT},
    {"hold", TIER_EXACT}, {"l2", TIER_EXACT}, {"l2_value", TIER_EXACT},
    {"passes_trained", TIER_DISTRIBUTION}, {"status", TIER_EXACT},
    {"validation_accuracy", TIER_DISTRIBUTION}, {"test_accuracy", TIER_DISTRIBUTION}, {0}};

enum { WRITTEN = 11, GRID = 96, MOST_TRIALS = 256 };

/* Values along: distribution scaling factor seed hidden unit batch rate hold l2 l2_value passes. */
static const size_t grid_few[] = {1, 1, 1, 1, 4, 2, 1, 6, 2, 1, 1, 1};
static const size_t grid_many[] = {1, 1, 1, 1, 2, 2, 2, 3, 2, 2, 1, 1};

static size_t budget(const Config *c, Scale scale) {
    static const size_t trials[] = {32, 128, MOST_TRIALS};
    return c->choice == ALL ? trials[scale] : GRID;
}

const char *trials_method(const Config *c) {
    if (c->method == SEARCH_RANDOM)
        return c->choice == ALL ? "random" : "random_few";
    return c->choice == FEW ? "grid_few" : "grid_many";
}

void trials_plan(Plan *plan) {
    static const Config searches[] = {{.method = SEARCH_RANDOM, .choice = ALL},
                                      {.method = SEARCH_GRID, .choice = FEW},
                                      {.method = SEARCH_GRID, .choice = MANY},
                                      {.method = SEARCH_RANDOM, .choice = FEW}};
    int sets = plan_scale(plan) == SCALE_SMOKE ? 1 : SYNTH_KINDS;
    for (int set = 0; set < sets; set++)
        for (size_t m = 0; m < sizeof searches / sizeof *searches; m++) {
            Config c = searches[m];
            c.part = TRIALS;
            c.set = (SynthKind)set;
            plan_add(plan, &c, "part=trials,set=%s,method=%s", synth_name(c.set),
                     trials_method(&c));
        }
}

/* Images for training, validation and test: the paper's at paper scale. */
static const size_t images[][3] = {[SCALE_SMOKE] = {200, 200, 200},
                                   [SCALE_DESK] = {1000, 500, 2000},
                                   [SCALE_PAPER] = {10000, 2000, 50000}};

static void write_trial(Table *table, const Config *c, const Space *space, const Trial *t,
                        const MlpOutcome *o) {
    Value row[WRITTEN + 7] = {v_text(synth_name(c->set)), v_text(trials_method(c)),
                              v_count((int64_t)t->index)};
    for (size_t i = 0; i < WRITTEN; i++)
        row[3 + i] = space->params[i].kind == PARAM_CHOICE
                         ? v_text(space->params[i].choices[(size_t)t->values[i]])
                         : v_double(t->values[i]);
    row[3 + WRITTEN] = v_count((int64_t)o->passes);
    row[4 + WRITTEN] = v_text(o->status);
    row[5 + WRITTEN] = v_double(o->validation);
    row[6 + WRITTEN] = v_double(o->test);
    table_add(table, row, WRITTEN + 7);
}

/* Trials that an earlier run of the cell left. */
static bool resume(Table *table, const char *path, Error *err) {
    FILE *file = fopen(path, "r");
    if (!file)
        return true;
    fclose(file);
    Table *rows = table_read(path, err);
    bool ok = rows && table_append(table, rows, err);
    table_free(rows);
    return ok;
}

static bool run(Cell *cell, const MlpData *data, const Space *space, const Trial *trials,
                size_t count, Error *err) {
    const Config *c = cell->config;
    Table *table = cell_table(cell, "trials");
    const char *path = cell_scratch(cell, "trials-so-far.csv");
    if (!resume(table, path, err))
        return false;
    for (size_t i = table_rows(table); i < count; i++) {
        MlpOutcome o;
        MlpSpec spec = network_spec(trials[i].values, cell->scale);
        if (!mlp_train(&spec, data, &o, err))
            return false;
        write_trial(table, c, space, &trials[i], &o);
        if (cell->scale == SCALE_PAPER && !table_write(table, path, err))
            return false;
    }
    return true;
}

/* What was written counts, so that a resumed cell sees what an uninterrupted one saw. */
static void scores(const Table *table, Scored *out) {
    size_t validation = table_find(table, "validation_accuracy");
    size_t test = table_find(table, "test_accuracy");
    for (size_t i = 0; i < table_rows(table); i++)
        out[i] = (Scored){table_number(table, i, validation), table_number(table, i, test)};
}

/* Random trials over the parameters of `grid_few` alone: the others have its value. */
static void hold_others(const Space *space, Trial *trials, size_t count) {
    for (size_t i = 0; i < count; i++) {
        for (size_t d = 0; d < space->count; d++)
            trials[i].at[d] = grid_few[d] > 1 ? trials[i].at[d] : 0.5;
        space_values(space, trials[i].at, trials[i].values);
    }
}

bool trials_cell(Cell *cell, Error *err) {
    const Config *c = cell->config;
    const size_t *size = images[cell->scale];
    Param params[SPACE_MAX];
    const Space space = network_space_at(cell->scale, params);
    MlpData data;
    SearchSpec spec = {.method = c->method, .space = &space, .budget = budget(c, cell->scale),
                       .seed = 1};
    if (c->method == SEARCH_GRID)
        spec.shape = c->choice == MANY ? grid_many : grid_few;
    Search *search = search_create(&spec, cell->arena, err);
    if (!search || !mlp_data(&data, c->set, size[0], size[1], size[2], cell->arena, err))
        return false;
    const Trial *asked;
    size_t count = search_ask(search, &asked);
    Trial trials[MOST_TRIALS];
    memcpy(trials, asked, count * sizeof *trials);
    if (c->method == SEARCH_RANDOM && c->choice == FEW)
        hold_others(&space, trials, count);
    if (!run(cell, &data, &space, trials, count, err))
        return false;
    Scored scored[MOST_TRIALS];
    scores(cell_table(cell, "trials"), scored);
    analysis_efficiency(cell, trials_method(c), scored, count, size[1], size[2]);
    if (c->method == SEARCH_RANDOM && c->choice == ALL) {
        double *features = arena_new(cell->arena, double, count * space.count);
        for (size_t i = 0; i < count; i++)
            space_features(&space, trials[i].values, features + i * space.count);
        analysis_importance(cell, &space, features, scored, count);
    }
    return true;
}
