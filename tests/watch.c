/* SPDX-License-Identifier: MIT
 *
 * A training seen from inside: the numbers by hand, and a driver run with and without --watch.
 */
#include "core/base/engine.h"
#include "core/base/rng.h"
#include "core/lab/files.h"
#include "core/study/curve.h"
#include "core/study/watch.h"
#include "tests/check.h"

#include <stdlib.h>

static void ratios(void **state) {
    (void)state;
    const ParamBlock block = {.offset = 1, .count = 2}, zero = {.offset = 3, .count = 1};
    const Real before[] = {9, 3, 4, 0}, after[] = {8, (Real)3.3, (Real)4.4, 1};
    const Real gradients[] = {7, -6, -8, 2};
    WatchRatio r = watch_ratio(&block, before, after, gradients);
    assert_close(r.weight, 5, 1e-15, 0);
    assert_close(r.update, 0.5, 1e-6, 0);
    assert_close(r.gradient, 10, 1e-15, 0);
    assert_close(r.ratio, 0.1, 1e-6, 0);
    assert_close(watch_ratio(&zero, before, before, gradients).ratio, 0, 0, 0);
    assert_close(watch_ratio(&zero, before, after, gradients).ratio, (double)INFINITY, 0, 0);
}

static void histograms(void **state) {
    (void)state;
    Real x[401];
    for (int i = 0; i <= 400; i++) /* -1 ... 1: ten in every bin, the highest in the last */
        x[i] = (Real)(i - 200) / 200;
    WatchHistogram h = watch_histogram(x, 401);
    assert_close(h.low, -1, 0, 0);
    assert_close(h.high, 1, 0, 0);
    assert_close(h.mean, 0, 0, 1e-7);
    assert_close(h.sd, sqrt((401.0 * 401 - 1) / 12) / 200, 1e-6, 0);
    assert_close(h.zero_share, 1.0 / 401, 1e-12, 0);
    size_t sum = 0;
    for (int b = 0; b < WATCH_BINS; b++) {
        assert_in_range(h.count[b], 9, 12); /* a value on an edge may be rounded to either side */
        sum += h.count[b];
    }
    assert_int_equal(sum, 401);
    h = watch_histogram((Real[]){2, 2, (Real)NAN, (Real)INFINITY}, 4);
    assert_int_equal(h.n, 2);
    assert_int_equal(h.count[0], 2);
    assert_close(h.width, 0, 0, 0);
    assert_close(h.mean, 2, 0, 0);
}

/* The plain mean of 1, 2, 3, then an exponential average; and there and back again. */
static void averages(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Real weights[1], statistic[1];
    Net net = {.weights = weights, .parameters = 1, .state = statistic, .state_count = 1};
    Average a;
    average_init(&a, &net, 0.75, arena);
    double want = 0;
    for (int n = 1; n <= 6; n++) {
        weights[0] = (Real)n;
        statistic[0] = (Real)-n;
        average_add(&a);
        want += (n < 4 ? 1.0 / n : 0.25) * (n - want);
        assert_close((double)a.weights[0], want, 1e-6, 0);
        assert_close((double)a.state[0], -want, 1e-6, 0);
    }
    average_swap(&a);
    assert_close((double)weights[0], want, 1e-6, 0);
    assert_close((double)statistic[0], -want, 1e-6, 0);
    average_swap(&a);
    assert_close((double)weights[0], 6, 0, 0);
    arena_destroy(arena);
}

/* ---- a driver with a training of its own ---- */
enum { IMAGES = 60, UPDATES = 25 };

static Dataset make_data(Arena *arena) {
    uint8_t *bytes = arena_new(arena, uint8_t, IMAGES * 16), *labels = arena_new(arena, uint8_t,
                                                                                 IMAGES);
    const uint8_t **images = arena_new(arena, const uint8_t *, IMAGES);
    Rng rng = rng_make(1, STREAM_TEST, 0);
    for (size_t i = 0; i < IMAGES; i++) {
        labels[i] = (uint8_t)(i % 3);
        images[i] = bytes + 16 * i;
        for (size_t p = 0; p < 16; p++)
            bytes[16 * i + p] = (uint8_t)(rng_below(&rng, 100) + 50 * labels[i]);
    }
    return (Dataset){.name = "made", .count = IMAGES, .height = 4, .width = 4, .channels = 1,
                     .classes = 3, .images = images, .labels = labels};
}

static void plan(Plan *p) {
    plan_add(p, &(uint32_t){1}, "seed=1");
}

static void write_row(Table *table, const Cell *cell, const CurvePoint *point) {
    (void)cell;
    table_row(table, v_count((int64_t)point->iteration), v_double(point->training_loss),
              v_double(point->score.loss));
}

static const LayerSpec layers[] = {
    {.kind = LAYER_CONV, .units = 4, .kernel = 3, .pad = 1}, {.kind = LAYER_BATCH_NORM},
    {.kind = LAYER_RELU}, {.kind = LAYER_DROPOUT, .share = 0.3}, {.kind = LAYER_DENSE, .units = 3},
    {.kind = LAYER_END}};

static bool cell(Cell *cell, Error *err) {
    Dataset data = make_data(cell->arena);
    Net *net = net_create(&(NetSpec){.height = 4, .width = 4, .channels = 1, .layers = layers,
                                     .loss = LOSS_CROSS_ENTROPY, .max_batch = 20},
                          cell->arena, err);
    if (!net)
        return false;
    net_initialise(net, 1);
    Schedule schedule = {.policy = SCHEDULE_CONSTANT, .base = 0.05};
    Trainer trainer;
    trainer_init(&trainer,
                 &(TrainSpec){.net = net, .schedule = &schedule,
                              .batches = {.set = &data, .size = 20, .seed = 1},
                              .optimizer = {.method = OPTIMIZER_SGD}},
                 cell->arena);
    return curve_run(&(Curve){.cell = cell, .trainer = &trainer, .table = "curve",
                              .iterations = UPDATES, .interval = 10, .score = &data,
                              .row = write_row}, err);
}

static const Column columns[] = {{"iteration", TIER_KEY}, {"training_loss", TIER_EXACT},
                                 {"loss", TIER_EXACT}, {0}};
static const Experiment experiment = {
    .name = "watched", .title = "t", .question = "q?", .sources = "s", .version = 1,
    .config_size = sizeof(uint32_t), .tables = (const TableSpec[]){{"curve", columns}, {0}},
    .plan = plan, .cell = cell};

static Table *run(const char *out, bool watch, const char *name) {
    char *argv[] = {"watch", "--quiet", "--out", (char *)out, watch ? "--watch" : NULL, NULL};
    char path[300];
    Error err = {""};
    assert_int_equal(experiment_main(&experiment, watch ? 5 : 4, argv), 0);
    snprintf(path, sizeof path, "%s/watched/%s.csv", out, name);
    Table *t = table_read(path, &err);
    assert_string_equal(err.text, "");
    return t;
}

/* One directory: a finished cell that was not watched is done again, one that was is kept. */
static void the_driver(void **state) {
    (void)state;
    char out[CHECK_PATH];
    double values[64];
    assert_true(check_directory(out, "watch"));
    Table *plain = run(out, false, "curve"), *watched = run(out, true, "curve");
    assert_int_equal(table_rows(plain), 3); /* 10, 20, 25 */
    assert_int_equal(table_rows(watched), 3);
    for (size_t r = 0; r < 3; r++)
        for (size_t c = 0; c < 3; c++)
            assert_string_equal(table_text(plain, r, c), table_text(watched, r, c));

    Table *ratio = run(out, true, "watch_ratio");
    assert_int_equal(table_rows(ratio), 4 * 4); /* 1, 10, 20, 25; two layers, weights and biases */
    size_t n = table_select(ratio, "update_norm", NULL, values, 64);
    double gradient[64];
    table_select(ratio, "gradient_norm", NULL, gradient, 64);
    for (size_t i = 0; i < n; i++) /* plain descent: the update is the rate times the gradient */
        assert_close(values[i], 0.05 * gradient[i], 1e-4, 1e-9);

    Table *layer = run(out, true, "watch_layer");
    assert_int_equal(table_rows(layer), 4 * 5 * 2);
    n = table_select(layer, "zero_share",
                     (Where[]){{"kind", "relu"}, {"signal", "activation"}, {0}}, values, 64);
    assert_int_equal(n, 4);
    for (size_t i = 0; i < n; i++)
        assert_true(values[i] > 0.2 && values[i] < 0.8); /* normalised inputs: off half the time */

    Table *bins = run(out, true, "watch_histogram");
    assert_int_equal(table_rows(bins), 3 * 5 * 2 * WATCH_BINS); /* points 1, 2 and 4 */
    n = table_select(bins, "count", (Where[]){{"iteration", "1"}, {"layer", "4"},
                                              {"signal", "activation"}, {0}}, values, 64);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    assert_close(sum, IMAGES * 3, 0, 0);

    Table *average = run(out, true, "watch_average");
    assert_int_equal(table_rows(average), 4);
    table_select(average, "loss", NULL, values, 64);
    double mean[64];
    table_select(average, "average_loss", NULL, mean, 64);
    assert_close(mean[0], values[0], 1e-6, 0); /* after one update the average is the weights */
    assert_true(mean[3] > values[3]);          /* a falling loss: the average lags behind */
    Table *tables[] = {plain, watched, ratio, layer, bins, average};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        table_free(tables[i]);
    files_remove(out);
}

int main(int argc, char **argv) {
    (void)argc;
    Error err = {""};
    if (!engine_start(&(EngineChoice){.engine = ENGINE_OWN}, argv, &err))
        return fprintf(stderr, "%s\n", err.text), 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(ratios), cmocka_unit_test(histograms),
                                       cmocka_unit_test(averages), cmocka_unit_test(the_driver)};
    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
