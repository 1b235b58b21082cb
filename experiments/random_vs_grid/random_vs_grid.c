/* SPDX-License-Identifier: MIT
 *
 * random_vs_grid - is it better to try hyper-parameters at random than on a grid?
 *
 * Bergstra & Bengio, "Random search for hyper-parameter optimization" (JMLR 2012), which CS231n
 * rests on.  Four parts, see the header: the picture of the important and the unimportant
 * parameter, the target of 1% volume, the network with one hidden layer, and which parameters mattered.
 */
#include "experiments/random_vs_grid/random_vs_grid.h"

static void plan(Plan *plan) {
    trials_plan(plan); /* the longest cells first */
    plane_plan(plan);
    synthetic_plan(plan);
}

static bool cell(Cell *cell, Error *err) {
    switch (((const Config *)cell->config)->part) {
    case LATTICE:
        return lattice_cell(cell, err);
    case PLANE:
        return plane_cell(cell, err);
    case SYNTHETIC:
        return synthetic_cell(cell, err);
    case TRIALS:
        break;
    }
    return trials_cell(cell, err);
}

static const TableSpec tables[] = {{"plane", plane_columns},
                                   {"synthetic", synthetic_columns},
                                   {"trials", trial_columns},
                                   {"efficiency", efficiency_columns},
                                   {"importance", importance_columns},
                                   {0}};

int main(int argc, char **argv) {
    const Experiment experiment = {
        .name = "random_vs_grid",
        .title = "Random search against grids: the plane, the 1% target, the paper's network",
        .question = "Is it better to try hyper-parameters at random than on a grid?",
        .sources = "002 (CS231n, hyperparameter optimization); Bergstra & Bengio 2012",
        .version = 1,
        .replanned = {[SCALE_DESK] = 1},
        .minutes = {0.1, 4.1, 330},
        .config_size = sizeof(Config),
        .tables = tables,
        .claims = random_vs_grid_claims,
        .datasets = (const char *const[]){"mnist", NULL},
        .verify = dataset_verify,
        .plan = plan,
        .cell = cell,
    };
    return experiment_main(&experiment, argc, argv);
}
