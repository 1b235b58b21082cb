/* SPDX-License-Identifier: MIT
 *
 * Sparse autoencoder: what the sparse term does, and whether strokes appear.
 */
#include "core/data/dataset.h"
#include "experiments/sparse_autoencoder/sparse_autoencoder.h"

/* ---- tables ---- */

#define KEY(name)                                                                                  \
    { name, TIER_KEY }
#define EXACT(name)                                                                                \
    { name, TIER_EXACT }
#define SEEDS(name)                                                                                \
    { name, TIER_DISTRIBUTION }
/* A whole number that a bit of the image may push over its edge. */
#define GREY(name)                                                                                 \
    { name, TIER_BITS }
#define NET KEY("setup"), KEY("beta"), KEY("rho")

static const Column curves_columns[] = {
    NET, KEY("seed"), KEY("step"), EXACT("last"), EXACT("status"), SEEDS("squared_error"),
    SEEDS("img_diff"), SEEDS("activity"), SEEDS("activity_sd"), SEEDS("always_on"), SEEDS("hoyer"),
    SEEDS("kurtosis"), SEEDS("dead"), SEEDS("strokes"), SEEDS("spots"), SEEDS("shapes"),
    SEEDS("patterns"), {0}};
static const Column units_columns[] = {
    NET, KEY("unit"), SEEDS("activity"), SEEDS("tracked"), GREY("kind"), GREY("area"),
    GREY("share"), GREY("elongation"), GREY("radius"), {0}};
static const Column sheets_columns[] = {NET, KEY("band"), KEY("row"), GREY("greys"), {0}};
static const Column decoded_columns[] = {NET, KEY("band"), KEY("row"), GREY("greys"), {0}};

const TableSpec sparse_tables[] = {{"curves", curves_columns},
                                   {"units", units_columns},
                                   {"sheets", sheets_columns},
                                   {"decoded", decoded_columns},
                                   {0}};

/* ---- a cell: train, and look after 1, 2, 4, 8, ... steps and at the end ---- */

static bool sparse_cell(Cell *cell, Error *err) {
    const Config *config = cell->config;
    Run *run = arena_new(cell->arena, Run, 1);
    if (!run_start(run, cell, err)) {
        return false;
    }
    Trainee *trainee = trainee_create(run);
    bool sound = measure_write(run, 0, false);
    for (uint32_t step = 0, next = 1; sound && step < config->steps; next *= 2) {
        uint32_t to = next < config->steps ? next : config->steps;
        trainee_go(trainee, run, step, to);
        step = to;
        sound = measure_write(run, step, step == config->steps);
    }
    measure_detail(run);
    return true;
}

/* ---- the plan ---- */

enum { MAIN_RHO = 1 };
static const double betas[] = {0, 0.01, 0.03, 0.1, 0.3, 1, 3};
static const double rhos[] = {0.01, 0.05, 0.1, 0.2, 0.3, 0.5};
enum { BETAS = sizeof betas / sizeof *betas, RHOS = sizeof rhos / sizeof *rhos };

typedef struct Budget {
    uint32_t seeds, others;       /* of `blog`; of its variants */
    uint32_t steps[3], images[3]; /* by Family */
} Budget;
static const Budget budgets[] = {
    [SCALE_SMOKE] = {1, 1, {16, 20, 2}, {0, 100, 1000}},
    [SCALE_DESK] = {5, 3, {512, 1200, 60}, {0, 50, 3000}},
    [SCALE_PAPER] = {10, 10, {4096, 10000, 400}, {0, 100, 10000}}};

/* What is drawn of seed 1: the book's three betas, sheets of the five nets set side by side, of the
 * two that have most strokes and of the tutorial's. */
static Detail detail_of(const Setup *setup, double beta, double rho) {
    static const char *const sheets[] = {"blog", "sigmoid_sigmoid", "sigmoid_identity",
                                         "relu_sigmoid", "relu_identity"};
    if (setup->family == FAMILY_TUTORIAL ||
        (setup->centred && beta == 1 && rho == rhos[MAIN_RHO]) ||
        (setup == setup_named("relu_fast") && beta == 0.3)) {
        return DETAIL_SHEETS;
    }
    if (rho != rhos[MAIN_RHO] || !(beta == 0 || beta == 0.1 || beta == 3)) {
        return DETAIL_NONE;
    }
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++) {
        if (setup == setup_named(sheets[i])) {
            return DETAIL_SHEETS;
        }
    }
    return DETAIL_UNITS;
}

/* A smoke run has only what is drawn. */
static void plan_net(Plan *plan, const char *name, double beta, double rho, uint32_t seeds) {
    const Budget *budget = &budgets[plan_scale(plan)];
    const Setup *setup = setup_named(name);
    const bool tutorial = setup->family == FAMILY_TUTORIAL;
    const Detail detail = detail_of(setup, beta, rho);
    const bool drawn = detail != DETAIL_NONE || (rho == rhos[MAIN_RHO] && beta == 1);
    if (plan_scale(plan) == SCALE_SMOKE && !drawn) {
        return;
    }
    for (uint32_t seed = 1; seed <= seeds; seed++) {
        Config config = {.setup = (uint32_t)(setup - setups), .seed = seed,
                         .hidden = tutorial ? 196 : 100, .steps = budget->steps[setup->family],
                         .images = budget->images[setup->family],
                         .detail = seed == 1 ? detail : DETAIL_NONE,
                         .beta = beta, .rho = rho};
        plan_add(plan, &config, "setup=%s,beta=%g,rho=%g,seed=%u", name, beta, rho, seed);
    }
}

static void plan_sparse(Plan *plan) {
    static const char *const others[] = {"blog_share", "blog_batch", "blog_unlimited",
                                         "blog_share_unlimited", "blog_clean",
                                         "blog_clean_unlimited", "blog_clean_batch",
                                         "blog_relu", "blog_relu_unlimited", "blog_relu_batch"};
    static const char *const books[] = {"sigmoid_sigmoid", "sigmoid_identity", "relu_identity",
                                        "relu_sigmoid", "relu_untied", "relu_decay",
                                        "relu_centred", "relu_slow", "relu_fast",
                                        "sigmoid_untied"};
    const uint32_t seeds = plan_seeds(plan, budgets[plan_scale(plan)].seeds);
    const uint32_t few = seeds < 3 ? seeds : 3, most = budgets[plan_scale(plan)].others;
    const uint32_t varied = seeds < most ? seeds : most;
    plan_net(plan, "tutorial", 3, 0.1, few); /* the longest cells */
    plan_net(plan, "tutorial", 0, 0.1, few);
    for (size_t r = 0; r < RHOS; r++) {
        for (size_t b = 0; b < BETAS; b++) {
            if (b > 0 || r == MAIN_RHO) { /* without a term rho means nothing */
                plan_net(plan, "blog", betas[b], rhos[r], r == MAIN_RHO ? seeds : few);
            }
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        for (size_t b = 1; b < BETAS; b++) {
            plan_net(plan, others[i], betas[b], rhos[MAIN_RHO], varied);
        }
    }
    plan_net(plan, "blog_clean", 0, rhos[MAIN_RHO], varied);
    plan_net(plan, "blog_relu", 0, rhos[MAIN_RHO], varied);
    for (size_t i = 0; i < sizeof books / sizeof *books; i++) {
        for (size_t b = 0; b < BETAS; b++) {
            if (b == 0 || b >= 3) {
                plan_net(plan, books[i], betas[b], rhos[MAIN_RHO], few);
            }
        }
    }
    for (size_t i = 0; i < 2; i++) { /* what the post does not say of the tracked activity */
        plan_net(plan, i == 0 ? "blog_from_zero" : "blog_slow", 0.1, rhos[MAIN_RHO], varied);
        plan_net(plan, i == 0 ? "blog_from_zero" : "blog_slow", 1, rhos[MAIN_RHO], varied);
    }
    for (size_t r = 0; r < 2; r++) { /* other targets where strokes are to be looked for */
        const double rho = r == 0 ? 0.01 : 0.2;
        plan_net(plan, "relu_identity", 0.1, rho, few);
        plan_net(plan, "relu_identity", 0.3, rho, few);
        plan_net(plan, "relu_centred", 0.3, rho, few);
        plan_net(plan, "relu_centred", 1, rho, few);
    }
}

static const Experiment sparse_autoencoder = {
    .name = "sparse_autoencoder",
    .title = "The sparse term, and whether strokes appear",
    .question = "What does the sparse term of an autoencoder do, and under which setting do clean "
                "strokes appear?",
    .sources = "003 (np2lkoo, autoencoders part 10: sparse regularisation); Okatani, Deep "
               "Learning, 5.4; UFLDL, sparse autoencoder",
    .version = 4,
    .minutes = {0.1, 8.5, 60},
    .config_size = sizeof(Config),
    .tables = sparse_tables,
    .claims = sparse_claims,
    .datasets = (const char *const[]){"mnist", NULL},
    .verify = dataset_verify,
    .plan = plan_sparse,
    .cell = sparse_cell,
};

int main(int argc, char **argv) {
    return experiment_main(&sparse_autoencoder, argc, argv);
}
