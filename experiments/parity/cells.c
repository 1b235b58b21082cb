/* SPDX-License-Identifier: MIT
 *
 * The cells of parity: what is trained, and what is written down of it.
 */
#include "experiments/parity/parity.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const parity_sigmoids[2] = {[BOOK_TABLE] = "table", [BOOK_EXACT] = "exact"};

const Reading parity_readings[PARITY_READINGS] = {
    {"even", &tiny_even_parity, TINY_SQUARED, false},
    {"half_error", &tiny_odd_parity, TINY_HALF_SQUARED, false},
    {"absolute_error", &tiny_odd_parity, TINY_ABSOLUTE, false},
    {"batch", &tiny_odd_parity, TINY_SQUARED, true},
};

const char *const parity_starts[PARITY_STARTS] = {"signs", "uniform"};

/* ---- tables ---- */

#define KEY(name)                                                                                  \
    { name, TIER_KEY }
#define EXACT(name)                                                                                \
    { name, TIER_EXACT }
#define STABLE(name)                                                                               \
    { name, TIER_STABLE }

static const Column updates_columns[] = {
    KEY("rate"), EXACT("epochs"), EXACT("updates"), EXACT("status"), {0}};
static const Column traces_columns[] = {
    KEY("rate"),       KEY("update"),     STABLE("error_0"), STABLE("error_1"), STABLE("error_2"),
    STABLE("error_3"), STABLE("error_4"), STABLE("error_5"), STABLE("w0_0_0"),  STABLE("w0_0_1"),
    STABLE("w0_0_2"),  STABLE("w0_0_3"),  STABLE("w0_0_4"),  STABLE("w0_1_0"),  STABLE("w0_1_1"),
    STABLE("w0_1_2"),  STABLE("w0_1_3"),  STABLE("w0_1_4"),  STABLE("w0_2_0"),  STABLE("w0_2_1"),
    STABLE("w0_2_2"),  STABLE("w0_2_3"),  STABLE("w0_2_4"),  STABLE("w0_3_0"),  STABLE("w0_3_1"),
    STABLE("w0_3_2"),  STABLE("w0_3_3"),  STABLE("w0_3_4"),  STABLE("w1_0"),    STABLE("w1_1"),
    STABLE("w1_2"),    STABLE("w1_3"),    STABLE("w1_4"),    STABLE("w1_5"),    {0}};
static const Column patterns_columns[] = {
    KEY("rate"),         KEY("pattern"),       EXACT("input"),       EXACT("target"),
    EXACT("last_wrong"), EXACT("share_wrong"), STABLE("mean_error"), {0}};
static const Column symmetry_columns[] = {
    KEY("start"),   KEY("rate"), KEY("matrix"), EXACT("connections"), EXACT("distinct"),
    EXACT("equal"), {0}};
static const Column book_columns[] = {
    KEY("sigmoid"), EXACT("epochs"), EXACT("updates"), EXACT("status"), {0}};
static const Column readings_columns[] = {KEY("reading"),   KEY("rate"),     EXACT("epochs"),
                                          EXACT("updates"), EXACT("status"), {0}};
static const Column random_start_columns[] = {
    KEY("start"),     KEY("rate"),     KEY("seed"), EXACT("epochs"),
    EXACT("updates"), EXACT("status"), {0}};
static const Column random_share_columns[] = {
    KEY("start"),        KEY("rate"),          EXACT("seeds"),
    EXACT("max_epochs"), EXACT("converged"),   EXACT("share"),
    STABLE("share_low"), STABLE("share_high"), {0}};

const TableSpec parity_tables[] = {{"updates", updates_columns},
                                   {"traces", traces_columns},
                                   {"patterns", patterns_columns},
                                   {"symmetry", symmetry_columns},
                                   {"book", book_columns},
                                   {"readings", readings_columns},
                                   {"random_start", random_start_columns},
                                   {"random_share", random_share_columns},
                                   {0}};

/* A rate as a person writes it: the fewest digits that read back as the same number. */
static Value v_rate(Cell *cell, double rate) {
    const char *text = NULL;
    for (int digits = 15; digits <= 17; digits++) {
        text = arena_format(cell->arena, "%.*g", digits, rate);
        if (strtod(text, NULL) == rate) {
            break;
        }
    }
    return v_text(text);
}

static Value v_status(TinyOutcome outcome) {
    return v_text(tiny_status_name(outcome.status));
}

/* ---- how long is long enough ---- */

static uint64_t article_limit(Scale scale) {
    return scale == SCALE_SMOKE ? 120000 : 1000000; /* the program's own is 1,000,000 */
}

/* Below rate 1 the epochs needed are in inverse proportion to the rate; the slowest start that
 * converges takes about 1,000 / rate, a tenth of the desk scale's limit. */
static uint64_t random_limit(Scale scale, double rate) {
    static const double limits[] = {2000, 10000, 100000};
    return (uint64_t)(limits[scale] / (rate < 1 ? rate : 1));
}

/* ---- one training, watched ---- */

enum { INPUTS = 3, HIDDEN = 5, PATTERNS = 6, W0 = (INPUTS + 1) * HIDDEN, W1 = HIDDEN + 1 };

typedef struct Watch {
    Cell *cell;
    double rate;
    Table *traces; /* NULL: not written */
    uint64_t stride, updates;
    bool apart[W0 + W1][W0 + W1]; /* the two connections have differed in some bit */
    uint64_t wrong[PATTERNS], last_wrong[PATTERNS];
    double error_sum[PATTERNS];
} Watch;

static void flatten(const Tiny *tiny, double *weights) {
    for (size_t i = 0; i <= INPUTS; i++) {
        memcpy(weights + i * HIDDEN, tiny->w0[i], HIDDEN * sizeof *weights);
    }
    memcpy(weights + W0, tiny->w1, W1 * sizeof *weights);
}

static void write_trace(Watch *watch, uint64_t update, const double *weights,
                        const double *errors) {
    Value row[2 + PATTERNS + W0 + W1] = {v_rate(watch->cell, watch->rate),
                                         v_count((int64_t)update)};
    for (size_t p = 0; p < PATTERNS; p++) {
        row[2 + p] = v_float(errors[p]);
    }
    for (size_t w = 0; w < W0 + W1; w++) {
        row[2 + PATTERNS + w] = v_float(weights[w]);
    }
    table_add(watch->traces, row, sizeof row / sizeof *row);
}

static void tell_apart(Watch *watch, const double *weights, size_t from, size_t to) {
    for (size_t a = from; a < to; a++) {
        for (size_t b = from; b < a; b++) {
            if (!watch->apart[a][b]) {
                watch->apart[a][b] = memcmp(weights + a, weights + b, sizeof *weights) != 0;
            }
        }
    }
}

static void look(void *context, uint64_t update, const Tiny *tiny, const double *errors) {
    Watch *watch = context;
    double weights[W0 + W1];
    flatten(tiny, weights);
    tell_apart(watch, weights, 0, W0);
    tell_apart(watch, weights, W0, W0 + W1);
    for (size_t p = 0; p < PATTERNS; p++) {
        watch->error_sum[p] += errors[p];
        if (!(errors[p] < 0.01)) {
            watch->wrong[p]++;
            watch->last_wrong[p] = update;
        }
    }
    watch->updates = update + 1;
    if (watch->traces != NULL && update % watch->stride == 0) {
        write_trace(watch, update, weights, errors);
    }
}

/* Thinning: every stride-th update, the stride being the first of 1, 2, 5, 10, 20, 50 ... that
 * leaves at most 700. */
static uint64_t stride_for(uint64_t updates) {
    uint64_t power = 1;
    for (int step = 0;; step = (step + 1) % 3) {
        uint64_t stride = power * (step == 0 ? 1 : step == 1 ? 2 : 5);
        if (updates <= 700 * stride) {
            return stride;
        }
        power *= step == 2 ? 10 : 1;
    }
}

/* ---- what a watched training leaves ---- */

static void write_patterns(const Watch *watch) {
    Table *table = cell_table(watch->cell, "patterns");
    const TinyData *data = &tiny_odd_parity;
    for (size_t p = 0; p < PATTERNS; p++) {
        const double *x = data->x + p * INPUTS;
        table_row(table, v_rate(watch->cell, watch->rate), v_count((int64_t)p),
                  v_text(arena_format(watch->cell->arena, "%g%g%g", x[0], x[1], x[2])),
                  v_count((int64_t)data->target[p]), v_count((int64_t)watch->last_wrong[p]),
                  v_double((double)watch->wrong[p] / (double)watch->updates),
                  v_double(watch->error_sum[p] / (double)watch->updates));
    }
}

/* "0=2=4 1=3 5": connections that were the same bits before every update. */
static const char *equal_groups(const Watch *watch, size_t from, size_t count, size_t *distinct) {
    Arena *arena = watch->cell->arena;
    const char *text = "";
    bool *named = arena_new(arena, bool, count);
    *distinct = 0;
    for (size_t a = 0; a < count; a++) {
        if (named[a]) {
            continue;
        }
        text = arena_format(arena, "%s%s%zu", text, a > 0 ? " " : "", a);
        (*distinct)++;
        for (size_t b = a + 1; b < count; b++) {
            if (!watch->apart[from + b][from + a]) {
                text = arena_format(arena, "%s=%zu", text, b);
                named[b] = true;
            }
        }
    }
    return text;
}

static void write_symmetry(const Watch *watch, const char *start) {
    Table *table = cell_table(watch->cell, "symmetry");
    for (int matrix = 0; matrix < 2; matrix++) {
        size_t from = matrix == 0 ? 0 : W0, count = matrix == 0 ? W0 : W1, distinct;
        const char *groups = equal_groups(watch, from, count, &distinct);
        table_row(table, v_text(start), v_rate(watch->cell, watch->rate), v_count(matrix),
                  v_count((int64_t)count), v_count((int64_t)distinct), v_text(groups));
    }
}

/* The state after the last update closes the trace. */
static void write_end(Watch *watch, const Tiny *tiny) {
    double errors[PATTERNS], weights[W0 + W1];
    const TinyData *data = &tiny_odd_parity;
    for (size_t p = 0; p < PATTERNS; p++) {
        double miss = tiny_output(tiny, data->x + p * INPUTS) - data->target[p];
        errors[p] = miss * miss;
    }
    flatten(tiny, weights);
    write_trace(watch, watch->updates, weights, errors);
}

/* ---- cells ---- */

static TinyOutcome train_alternating(Tiny *tiny, const TinyData *data,
                                     const TinyTraining *training) {
    tiny_create(tiny, INPUTS, HIDDEN, NULL);
    tiny_alternate(tiny);
    return tiny_train(tiny, data, training);
}

/* Trains a second time, now that the length is known.  A training that does not converge is watched
 * for its first 100 epochs. */
static void trace(Cell *cell, double rate, TinyOutcome outcome) {
    Tiny tiny;
    Watch watch = {.cell = cell, .rate = rate, .traces = cell_table(cell, "traces")};
    uint64_t epochs = outcome.status == TINY_CONVERGED ? outcome.epochs : 100;
    watch.stride = stride_for(epochs * PATTERNS);
    train_alternating(
        &tiny, &tiny_odd_parity,
        &(TinyTraining){.rate = rate, .max_epochs = epochs, .watch = look, .context = &watch});
    write_end(&watch, &tiny);
    write_patterns(&watch);
    write_symmetry(&watch, "alternating");
}

static void run_article(Cell *cell, const Config *config) {
    Tiny tiny;
    TinyOutcome outcome = train_alternating(
        &tiny, &tiny_odd_parity,
        &(TinyTraining){.rate = config->rate, .max_epochs = article_limit(cell->scale)});
    table_row(cell_table(cell, "updates"), v_rate(cell, config->rate),
              v_count((int64_t)outcome.epochs), v_count((int64_t)outcome.updates),
              v_status(outcome));
    if (config->trace) {
        trace(cell, config->rate, outcome);
    }
}

static void run_book(Cell *cell, const Config *config) {
    const uint64_t limit = 400000;
    uint64_t epochs = book_train((BookSigmoid)config->variant, limit);
    bool converged = epochs <= limit;
    epochs = converged ? epochs : limit;
    table_row(cell_table(cell, "book"), v_text(parity_sigmoids[config->variant]),
              v_count((int64_t)epochs), v_count((int64_t)(epochs * PATTERNS)),
              v_text(tiny_status_name(converged ? TINY_CONVERGED : TINY_NOT_CONVERGED)));
}

static void run_reading(Cell *cell, const Config *config) {
    const Reading *reading = &parity_readings[config->variant];
    Tiny tiny;
    TinyOutcome outcome = train_alternating(&tiny, reading->data,
                                            &(TinyTraining){.rate = config->rate,
                                                            .measure = reading->measure,
                                                            .batch = reading->batch,
                                                            .max_epochs = 1000000});
    table_row(cell_table(cell, "readings"), v_text(reading->name), v_rate(cell, config->rate),
              v_count((int64_t)outcome.epochs), v_count((int64_t)outcome.updates),
              v_status(outcome));
}

static TinyOutcome train_random(const Config *config, uint32_t seed, const TinyTraining *training) {
    Tiny tiny;
    tiny_create(&tiny, INPUTS, HIDDEN, NULL);
    if (config->variant == 0) {
        tiny_random_signs(&tiny, seed);
    } else {
        tiny_random_uniform(&tiny, seed);
    }
    return tiny_train(&tiny, &tiny_odd_parity, training);
}

/* Do other initial weights separate the traces?  Seed 1 is watched at rate 1, where it needs some
 * 600 epochs. */
static void watch_random(Cell *cell, const Config *config) {
    if (config->rate != 1) {
        return;
    }
    Watch watch = {.cell = cell, .rate = config->rate};
    train_random(config, 1,
                 &(TinyTraining){
                     .rate = config->rate, .max_epochs = 1000, .watch = look, .context = &watch});
    write_symmetry(&watch, parity_starts[config->variant]);
}

static void run_random(Cell *cell, const Config *config) {
    Table *table = cell_table(cell, "random_start");
    uint64_t limit = random_limit(cell->scale, config->rate);
    size_t converged = 0;
    for (uint32_t seed = 1; seed <= config->seeds; seed++) {
        TinyOutcome outcome =
            train_random(config, seed, &(TinyTraining){.rate = config->rate, .max_epochs = limit});
        converged += outcome.status == TINY_CONVERGED;
        table_row(table, v_text(parity_starts[config->variant]), v_rate(cell, config->rate),
                  v_count(seed), v_count((int64_t)outcome.epochs),
                  v_count((int64_t)outcome.updates), v_status(outcome));
    }
    Interval share = stats_share(converged, config->seeds);
    table_row(cell_table(cell, "random_share"), v_text(parity_starts[config->variant]),
              v_rate(cell, config->rate), v_count(config->seeds), v_count((int64_t)limit),
              v_count((int64_t)converged), v_double(share.value), v_double(share.low),
              v_double(share.high));
    watch_random(cell, config);
}

bool parity_cell(Cell *cell, Error *err) {
    (void)err;
    static void (*const run[])(Cell *, const Config *) = {[ARTICLE] = run_article,
                                                          [BOOK] = run_book,
                                                          [READING] = run_reading,
                                                          [RANDOM_START] = run_random};
    const Config *config = cell->config;
    run[config->kind](cell, config);
    return true;
}
