/* SPDX-License-Identifier: MIT
 *
 * What the report shows of a period, as rows of the tables.
 */
#include "core/base/exact.h"
#include "core/base/vec.h"
#include "experiments/original_report/original.h"
#include <math.h>
#include <stdlib.h>

enum { V = DIGIT_PIXELS, H = ORIGINAL_HIDDEN, SIDE = 28 };

typedef struct Range {
    double max, mean, min;
} Range;

static Range range_of(const Real *x, size_t n) {
    return (Range){(double)vec_max(x, n), vec_sum(x, n) / (double)n, (double)vec_min(x, n)};
}

static double grey_mean(const Digits *digits) {
    uint64_t sum = 0;
    for (size_t i = 0; i < digits->count; i++) {
        for (size_t p = 0; p < V; p++) {
            sum += digits->images[i][p];
        }
    }
    return (double)sum / 255 / (double)(digits->count * V);
}

void snapshots_start(Snapshots *snapshots, Cell *cell, const Digits *digits) {
    snapshots->cell = cell;
    digits_judge_init(&snapshots->judge, digits, cell->arena);
    snapshots->zero_and_mean = arena_new(cell->arena, Real, 2 * V);
    vec_fill(snapshots->zero_and_mean + V, (Real)grey_mean(digits), V);
}

/* ---- images: 28 rows of 28 grey values, stretched ---- */

static void write_image(Table *table, int64_t period, int64_t index, const uint8_t *grey) {
    Value row[3 + SIDE] = {v_count(period), v_count(index)};
    for (size_t r = 0; r < SIDE; r++) {
        row[2] = v_count((int64_t)r);
        for (size_t c = 0; c < SIDE; c++) {
            row[3 + c] = v_count(grey[r * SIDE + c]);
        }
        table_add(table, row, sizeof row / sizeof *row);
    }
}

static void write_weight_images(const Snapshots *snapshots, const Original *run, int64_t period) {
    Table *table = cell_table(snapshots->cell, "weights");
    for (size_t node = 0; node < ORIGINAL_NODES; node++) {
        uint8_t grey[V];
        digits_stretch(run->net.encoder + node, H, grey);
        write_image(table, period, (int64_t)node, grey);
    }
}

/* The first image of every class; then what becomes of an image all black and of one all grey. */
static void write_decoded(const Snapshots *snapshots, Original *run, int64_t period) {
    Table *table = cell_table(snapshots->cell, "decoded");
    for (size_t d = 0; d < DIGIT_CLASSES; d++) {
        write_image(table, period, (int64_t)d, snapshots->judge.decoded + d * DIGITS_JUDGED * V);
    }
    denoiser_forward(&run->net,
                     &(DenoiserBatch){.count = 2, .target = snapshots->zero_and_mean});
    for (size_t i = 0; i < 2; i++) {
        uint8_t grey[V];
        digits_stretch(run->net.decoded + i * V, 1, grey);
        write_image(table, period, (int64_t)(DIGIT_CLASSES + i), grey);
    }
}

/* ---- numbers ---- */

static void write_nodes(const Snapshots *snapshots, const Original *run, int64_t period) {
    Table *table = cell_table(snapshots->cell, "nodes");
    for (size_t node = 0; node < H; node++) {
        Real weights[V];
        for (size_t i = 0; i < V; i++) {
            weights[i] = run->net.encoder[i * H + node];
        }
        Range w = range_of(weights, V);
        table_row(table, v_count(period), v_count((int64_t)node), v_float(w.max), v_float(w.mean),
                  v_float(w.min), v_float((double)run->net.code_bias[node]));
    }
}

/* Of the grey values of an image, in nats. */
static double entropy(const uint8_t *grey) {
    size_t counts[256] = {0};
    double sum = 0;
    for (size_t i = 0; i < V; i++) {
        counts[grey[i]]++;
    }
    for (size_t g = 0; g < 256; g++) {
        double share = (double)counts[g] / V;
        sum -= counts[g] > 0 ? share * exact_log(share) : 0;
    }
    return sum;
}

static void write_classes(const Snapshots *snapshots, int64_t period) {
    Table *table = cell_table(snapshots->cell, "classes");
    for (size_t d = 0; d < DIGIT_CLASSES; d++) {
        double of_difference = 0, change = 0;
        for (size_t i = 0; i < DIGITS_JUDGED; i++) {
            const size_t at = (d * DIGITS_JUDGED + i) * V;
            const uint8_t *grey = snapshots->judge.grey + at;
            const uint8_t *decoded = snapshots->judge.decoded + at;
            uint8_t difference[V];
            for (size_t p = 0; p < V; p++) {
                difference[p] = (uint8_t)abs(grey[p] - decoded[p]);
            }
            of_difference += entropy(difference);
            change += fabs(entropy(decoded) - entropy(grey));
        }
        table_row(table, v_count(period), v_count((int64_t)d),
                  v_double(snapshots->judge.class_difference[d]),
                  v_double(of_difference / DIGITS_JUDGED), v_double(change / DIGITS_JUDGED));
    }
}

void snapshots_take(Snapshots *snapshots, Original *run, int64_t period, double cost) {
    const Denoiser *net = &run->net;
    double difference = digits_difference(&snapshots->judge, &run->net);
    Range b = range_of(net->code_bias, H), w = range_of(net->encoder, net->weights);
    table_row(cell_table(snapshots->cell, "periods"), v_count(period),
              v_count(period == 0 ? 0 : (int64_t)1 << (period - 1)), v_double(difference),
              v_double(cost), v_float(b.max), v_float(b.mean), v_float(b.min), v_float(w.max),
              v_float(w.mean), v_float(w.min));
    write_nodes(snapshots, run, period);
    write_classes(snapshots, period);
    write_weight_images(snapshots, run, period);
    write_decoded(snapshots, run, period);
}

void snapshots_end(Snapshots *snapshots, Original *run) {
    Table *codes = cell_table(snapshots->cell, "codes");
    Table *inputs = cell_table(snapshots->cell, "inputs");
    for (size_t d = 0; d < DIGIT_CLASSES; d++) {
        const size_t at = d * DIGITS_JUDGED * V;
        denoiser_forward(&run->net,
                         &(DenoiserBatch){.count = 1, .target = snapshots->judge.x + at});
        for (size_t node = 0; node < H; node++) {
            table_row(codes, v_count((int64_t)d), v_count((int64_t)node),
                      v_float((double)run->net.code[node]));
        }
        write_image(inputs, 0, (int64_t)d, snapshots->judge.grey + at);
    }
}
