/* SPDX-License-Identifier: MIT
 *
 * The cells without a search: tables of rates by horizon, one rate varied, and how low the measure
 * can be brought by whatever means.
 */
#include "experiments/period_tuning/period_tuning.h"
#include <math.h>

/* Of a number in a key column: as short as it is said. */
static const char *short_text(const Cell *cell, double number) {
    return arena_format(cell->arena, "%g", number);
}

/* ---- the printed table and constants, at every horizon ---- */

enum { FIRST_JUDGED = 6 }; /* the first period at whose end is looked */

typedef struct Horizons {
    Cell *cell;
    const Config *config;
    Data data;
    double his[PERIODS]; /* differences of the first constant */
    bool his_known;
} Horizons;

static void write_classes(Horizons *h, const char *name) {
    const Config *c = h->config;
    for (size_t d = 0; d < DIGIT_CLASSES; d++) {
        table_row(cell_table(h->cell, "classes"), v_text(short_text(h->cell, c->dropout)),
                  v_text(name), v_count(c->seed), v_count((int64_t)d),
                  v_double(h->data.judge.class_difference[d]));
    }
}

static void follow_rates(Horizons *h, const char *name, const Rates *rates) {
    const Config *c = h->config;
    Arena *arena = arena_create();
    Trainee trainee;
    trainee_start(&trainee,
                  &(DenoisingSpec){.digits = &h->data.train, .seed = c->seed,
                                   .noise = PERIOD_NOISE, .dropout = c->dropout},
                  rates, arena);
    for (size_t k = FIRST_JUDGED; k < PERIODS && (uint32_t)1 << k <= c->epochs; k++) {
        trainee_go(&trainee, (uint32_t)1 << k);
        double on_test = trainee_difference(&trainee, &h->data.test);
        double difference = trainee_difference(&trainee, &h->data.judge);
        h->his[k] = h->his_known ? h->his[k] : difference;
        table_row(cell_table(h->cell, "horizons"), v_text(short_text(h->cell, c->dropout)),
                  v_text(name), v_count(c->seed), v_count((int64_t)1 << k), v_double(difference),
                  v_double(on_test), v_double(difference - h->his[k]));
    }
    h->his_known = true;
    arena_destroy(arena);
}

bool horizons_cell(Cell *cell, Error *err) {
    Horizons h = {.cell = cell, .config = cell->config};
    const Config *c = h.config;
    int64_t runs = 1;
    if (!data_open(&h.data, "mnist", cell->arena, err)) {
        return false;
    }
    double began = used_cpu_s();
    for (const Constant *constant = constants; constant->name != NULL; constant++) {
        if (constant->desk || cell->scale == SCALE_PAPER) {
            Rates rates = rates_constant(constant->weight, constant->bias);
            follow_rates(&h, constant->name, &rates);
            runs++;
        }
    }
    follow_rates(&h, "table", &rates_printed);
    write_classes(&h, "table");
    table_row(cell_table(cell, "times"), v_text("horizons"), v_count(c->epochs),
              v_text(short_text(cell, c->dropout)), v_count(c->seed), v_count(runs),
              v_double(used_cpu_s() - began));
    return true;
}

/* ---- one rate of the printed table varied ---- */

size_t sweep_values(const Config *c, double values[16]) {
    static const double first_weight[] = {0.05, 0.25, 0.45, 1};
    static const double first_bias[] = {0.25, 0.5, 1, 1.5};
    static const double factors[] = {0.25, 0.5, 0.75, 1, 1.25, 1.5, 2};
    double printed = c->bias ? rates_printed.bias[c->period] : rates_printed.weight[c->period];
    if (c->period == 5 && !c->bias) { /* the eleven values that the source prints */
        for (size_t i = 0; i < 11; i++) {
            values[i] = (double)(40 + i) / 100;
        }
        return 11;
    }
    if (c->period == 0) {
        for (size_t i = 0; i < 4; i++) {
            values[i] = c->bias ? first_bias[i] : first_weight[i];
        }
        return 4;
    }
    for (size_t i = 0; i < 7; i++) {
        values[i] = factors[i] * printed;
    }
    return 7;
}

static double at_printed(const Config *c, const double *values, const double *differences,
                         size_t count) {
    double printed = c->bias ? rates_printed.bias[c->period] : rates_printed.weight[c->period];
    for (size_t i = 0; i < count; i++) {
        if (values[i] == printed) {
            return differences[i];
        }
    }
    die("sweep of period %u: the printed rate %g is not among its values", c->period, printed);
}

/* The differences at the ends of the periods until c->epochs. */
static void vary(const Config *c, Data *data, double value, double differences[PERIODS]) {
    Arena *arena = arena_create();
    Rates rates = rates_printed;
    (c->bias ? rates.bias : rates.weight)[c->period] = value;
    Trainee trainee;
    trainee_start(&trainee,
                  &(DenoisingSpec){.digits = &data->train, .seed = c->seed, .noise = PERIOD_NOISE,
                                   .dropout = c->dropout},
                  &rates, arena);
    for (size_t k = FIRST_JUDGED; k <= period_of(c->epochs); k++) {
        trainee_go(&trainee, (uint32_t)1 << k);
        differences[k] = trainee_difference(&trainee, &data->judge);
    }
    arena_destroy(arena);
}

bool sweep_cell(Cell *cell, Error *err) {
    const Config *c = cell->config;
    Data data;
    double values[16] = {0}, differences[16][PERIODS] = {{0}}, column[16] = {0};
    if (!data_open(&data, "mnist", cell->arena, err)) {
        return false;
    }
    size_t count = sweep_values(c, values);
    for (size_t i = 0; i < count; i++) {
        vary(c, &data, values[i], differences[i]);
    }
    for (size_t k = FIRST_JUDGED; k <= period_of(c->epochs); k++) {
        for (size_t i = 0; i < count; i++) {
            column[i] = differences[i][k];
        }
        double base = at_printed(c, values, column, count);
        for (size_t i = 0; i < count; i++) {
            table_row(cell_table(cell, "sweep"), v_text(short_text(cell, c->dropout)),
                      v_count(c->period), v_text(c->bias ? "b" : "W"),
                      v_text(short_text(cell, values[i])), v_count(c->seed),
                      v_count((int64_t)1 << k), v_double(column[i]), v_double(column[i] - base));
        }
    }
    return true;
}

/* ---- the floor: a net that sees nothing but the 1,000 judged images ---- */

bool floor_cell(Cell *cell, Error *err) {
    const Config *c = cell->config;
    Data data;
    Trainee trainee;
    if (!data_open(&data, "mnist", cell->arena, err)) {
        return false;
    }
    Digits judged = digits_first(&data.train, DIGITS_JUDGED, cell->arena);
    Rates rates = rates_constant(constants[0].weight, constants[0].bias);
    trainee_start(&trainee,
                  &(DenoisingSpec){.digits = &judged, .seed = c->seed, .noise = c->dropout,
                                   .dropout = c->dropout},
                  &rates, cell->arena);
    for (size_t k = FIRST_JUDGED; (uint32_t)1 << k <= c->epochs; k++) {
        trainee_go(&trainee, (uint32_t)1 << k);
        double on_test = trainee_difference(&trainee, &data.test);
        table_row(cell_table(cell, "floor"), v_text(short_text(cell, c->dropout)),
                  v_count(c->seed), v_count((int64_t)1 << k),
                  v_double(trainee_difference(&trainee, &data.judge)), v_double(on_test));
    }
    return true;
}
