/* SPDX-License-Identifier: MIT
 *
 * babysitting - what does one see while a network learns, and what does it say?
 *
 * Networks of one hidden layer (784-100-10, ReLU) on MNIST, and one of five hidden layers.  Five
 * studies: loss and update-to-weight ratios against time for rates from too low to too high, with
 * three update rules; the wiggle of the loss against the batch size; the gap between training and
 * validation; activations and gradients of a deep network at its start; images of the first layer.
 */
#include "core/data/dataset.h"
#include "experiments/babysitting/babysitting.h"

static void plan_seed(Plan *plan, Scale scale, uint32_t seed) {
    static const uint32_t updates[][3] = {
        [RATES] = {40, 400, 4000}, [WIGGLE] = {20, 200, 2000}, [GAP] = {50, 800, 8000},
        [DEPTH] = {20, 150, 1500}, [IMAGES] = {50, 1000, 10000}};
    static const size_t images[] = {500, 2000, 10000};
    for (size_t m = 0; m < METHODS; m++)
        for (size_t r = 0; r < RATE_COUNT; r++)
            plan_add(plan, &(Config){RATES, m, r, seed, updates[RATES][scale]},
                     "method=%s,rate=%g,seed=%u", method_names[m], method_rates[m][r], seed);
    for (size_t b = 0; b < BATCHES; b++)
        plan_add(plan, &(Config){WIGGLE, batch_sizes[b], 0, seed, updates[WIGGLE][scale]},
                 "batch=%zu,seed=%u", batch_sizes[b], seed);
    for (size_t n = 0; n < sizeof images / sizeof *images; n++)
        for (size_t r = 0; r < REGULARISATIONS; r++)
            plan_add(plan, &(Config){GAP, images[n], r, seed, updates[GAP][scale]},
                     "images=%zu,regularisation=%s,seed=%u", images[n], regularisations[r].name,
                     seed);
    for (size_t i = 0; i < INITS; i++)
        for (size_t a = 0; a < ACTIVATIONS; a++)
            plan_add(plan, &(Config){DEPTH, i, a, seed, updates[DEPTH][scale]},
                     "init=%s,activation=%s,seed=%u", init_names[i], activation_names[a], seed);
    for (size_t c = 0; c < CONDITIONS; c++)
        plan_add(plan, &(Config){IMAGES, c, 0, seed, updates[IMAGES][scale]},
                 "first_layer=%s,seed=%u", image_conditions[c].name, seed);
}

static void plan(Plan *plan) {
    Scale scale = plan_scale(plan);
    uint32_t seeds = plan_seeds(plan, scale == SCALE_SMOKE ? 1 : scale == SCALE_DESK ? 5 : 10);
    for (uint32_t seed = 1; seed <= seeds; seed++)
        plan_seed(plan, scale, seed);
}

static bool cell(Cell *cell, Error *err) {
    static bool (*const studies[])(Cell *, const Dataset *, Error *) = {
        [RATES] = study_rates, [WIGGLE] = study_wiggle, [GAP] = study_gap, [DEPTH] = study_depth,
        [IMAGES] = study_images};
    const Dataset *mnist = dataset_open("mnist", DATASET_TRAIN, err);
    return mnist && studies[((const Config *)cell->config)->study](cell, mnist, err);
}

static const Column rate_columns[] = {
    {"method", TIER_KEY}, {"rate", TIER_KEY}, {"seed", TIER_KEY}, {"status", TIER_EXACT},
    {"ratio_hidden", TIER_DISTRIBUTION}, {"ratio_output", TIER_DISTRIBUTION},
    {"validation_loss", TIER_DISTRIBUTION}, {"validation_accuracy", TIER_DISTRIBUTION}, {0}};
static const Column curve_columns[] = {
    {"method", TIER_KEY}, {"rate", TIER_KEY}, {"seed", TIER_KEY}, {"update", TIER_KEY},
    {"training_loss", TIER_DISTRIBUTION}, {"ratio_hidden", TIER_DISTRIBUTION},
    {"ratio_output", TIER_DISTRIBUTION}, {0}};
static const Column wiggle_columns[] = {{"batch", TIER_KEY}, {"seed", TIER_KEY},
                                        {"wiggle", TIER_DISTRIBUTION}, {0}};
static const Column loss_columns[] = {{"batch", TIER_KEY}, {"update", TIER_KEY},
                                      {"loss", TIER_DISTRIBUTION}, {0}};
static const Column gap_columns[] = {
    {"images", TIER_KEY}, {"regularisation", TIER_KEY}, {"seed", TIER_KEY}, {"update", TIER_KEY},
    {"training_loss", TIER_DISTRIBUTION}, {"training_accuracy", TIER_DISTRIBUTION},
    {"validation_loss", TIER_DISTRIBUTION}, {"validation_accuracy", TIER_DISTRIBUTION}, {0}};
static const Column layer_columns[] = {
    {"init", TIER_KEY}, {"activation", TIER_KEY}, {"hidden", TIER_KEY}, {"signal", TIER_KEY},
    {"seed", TIER_KEY}, {"mean", TIER_STABLE}, {"sd", TIER_STABLE}, {"zero_share", TIER_STABLE},
    {0}};
static const Column histogram_columns[] = {
    {"init", TIER_KEY}, {"activation", TIER_KEY}, {"hidden", TIER_KEY}, {"signal", TIER_KEY},
    {"bin", TIER_KEY}, {"middle", TIER_STABLE}, {"share", TIER_DISTRIBUTION}, {0}};
static const Column depth_columns[] = {
    {"init", TIER_KEY}, {"activation", TIER_KEY}, {"rate", TIER_KEY}, {"seed", TIER_KEY},
    {"status", TIER_EXACT}, {"training_loss", TIER_DISTRIBUTION}, {0}};
static const Column roughness_columns[] = {
    {"condition", TIER_KEY}, {"seed", TIER_KEY}, {"roughness", TIER_DISTRIBUTION},
    {"validation_accuracy", TIER_DISTRIBUTION}, {0}};
static const Column image_columns[] = {{"condition", TIER_KEY}, {"unit", TIER_KEY},
                                       {"row", TIER_KEY}, {"greys", TIER_BITS}, {0}};
static const TableSpec tables[] = {
    {"rates", rate_columns},           {"curves", curve_columns}, {"wiggle", wiggle_columns},
    {"losses", loss_columns},          {"gap", gap_columns},      {"layers", layer_columns},
    {"histograms", histogram_columns}, {"depth", depth_columns},  {"roughness", roughness_columns},
    {"images", image_columns},         {0}};

static const Experiment experiment = {
    .name = "babysitting",
    .title = "What one sees while a network learns",
    .question = "What does one see while a network learns, and what does it say?",
    .sources = "002 (CS231n, learning and evaluation: babysitting the learning process)",
    .version = 3,
    .minutes = {0.1, 1.4, 40},
    .config_size = sizeof(Config),
    .tables = tables,
    .claims = babysitting_claims,
    .datasets = (const char *const[]){"mnist", NULL},
    .verify = dataset_verify,
    .plan = plan,
    .cell = cell,
};

int main(int argc, char **argv) {
    return experiment_main(&experiment, argc, argv);
}
