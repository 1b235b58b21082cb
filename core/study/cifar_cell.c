/* SPDX-License-Identifier: MIT */
#include "core/study/cifar_cell.h"

#include "core/study/curve.h"

enum { MOST_COLUMNS = 8 };

uint32_t cifar_cell_seeds(Plan *plan) {
    static const uint32_t seeds[] = {[SCALE_SMOKE] = 1, [SCALE_DESK] = 2, [SCALE_PAPER] = 3};
    return plan_seeds(plan, seeds[plan_scale(plan)]);
}

/* The key columns of a cell; returns how many. */
static size_t begin_row(const CifarCell *c, bool with_policy, Value row[MOST_COLUMNS]) {
    size_t n = 0;
    if (c->kind)
        row[n++] = v_text(c->kind);
    if (with_policy)
        row[n++] = v_text(c->policy->policy);
    row[n++] = v_count(c->run.seed);
    return n;
}

static void write_point(Table *table, const Cell *cell, const CurvePoint *p) {
    const CifarCell *c = cell->config;
    Value row[MOST_COLUMNS];
    size_t n = begin_row(c, !c->table, row);
    row[n++] = v_count((int64_t)p->iteration);
    row[n++] = v_double(p->rate);
    row[n++] = v_double(p->training_loss);
    row[n++] = v_double(p->score.loss);
    row[n++] = v_double(p->score.accuracy);
    table_add(table, row, n);
}

static void write_end(Cell *cell, Trainer *trainer, const Dataset *test) {
    Score last = trainer_score(trainer, test);
    Value row[MOST_COLUMNS];
    size_t n = begin_row(cell->config, true, row);
    row[n++] = v_text(trainer_status(trainer));
    row[n++] = v_count((int64_t)trainer->iteration);
    row[n++] = v_double(last.loss);
    row[n++] = v_double(last.accuracy);
    table_add(cell_table(cell, "runs"), row, n);
}

bool cifar_cell_run(Cell *cell, Error *err) {
    const CifarCell *c = cell->config;
    Schedule schedule = policy_schedule(c->policy, c->divisor, cell->arena);
    CifarRun run = c->run;
    Trainer trainer;
    const Dataset *test;
    run.schedule = &schedule;
    if (!cifar_trainer(&run, cell, &trainer, &test, err) ||
        !curve_run(&(Curve){.cell = cell, .trainer = &trainer,
                            .table = c->table ? c->table : "curve",
                            .iterations = c->policy->iterations / c->divisor,
                            .interval = c->interval, .score = test, .row = write_point}, err))
        return false;
    write_end(cell, &trainer, test);
    return true;
}
