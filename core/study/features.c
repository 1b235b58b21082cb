/* SPDX-License-Identifier: MIT */
#include "core/study/features.h"
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { SIDE = 28, PIXELS = SIDE * SIDE, LEAST_AREA = 8, MOST_AREA = 80 };
static const double figure_level = 0.4, one_piece = 0.7, long_piece = 2, local_radius = 5.5;

const char *const feature_names[FEATURE_KINDS] = {"stroke", "spot", "shape", "pattern", "dead"};

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Relative to the median, in units of the peak, the peak positive; false for an even image. */
static bool normalise(const Real *weights, size_t step, double *z) {
    double sorted[PIXELS], peak = 0;
    for (size_t i = 0; i < PIXELS; i++) {
        sorted[i] = z[i] = (double)weights[i * step];
    }
    qsort(sorted, PIXELS, sizeof *sorted, compare);
    double ground = (sorted[PIXELS / 2 - 1] + sorted[PIXELS / 2]) / 2;
    for (size_t i = 0; i < PIXELS; i++) {
        z[i] -= ground;
        peak = fabs(z[i]) > fabs(peak) ? z[i] : peak;
    }
    for (size_t i = 0; i < PIXELS; i++) {
        z[i] /= peak;
    }
    return peak != 0 && isfinite(peak);
}

typedef struct Piece {
    uint16_t pixels[PIXELS];
    size_t count;
    double sum;
} Piece;

/* The piece around `start`, whose pixels leave the figure. */
static void take_piece(const double *z, bool *figure, size_t start, Piece *piece) {
    *piece = (Piece){.count = 1};
    piece->pixels[0] = (uint16_t)start;
    figure[start] = false;
    for (size_t next = 0; next < piece->count; next++) {
        int at = piece->pixels[next], row = at / SIDE, column = at % SIDE;
        piece->sum += z[at];
        for (int r = row > 0 ? row - 1 : 0; r <= row + 1 && r < SIDE; r++) {
            for (int c = column > 0 ? column - 1 : 0; c <= column + 1 && c < SIDE; c++) {
                if (figure[r * SIDE + c]) {
                    figure[r * SIDE + c] = false;
                    piece->pixels[piece->count++] = (uint16_t)(r * SIDE + c);
                }
            }
        }
    }
}

static double elongation(const double *z, const Piece *piece) {
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < piece->count; i++) {
        size_t at = piece->pixels[i];
        x += z[at] * (double)(at % SIDE) / piece->sum;
        y += z[at] * (double)(at / SIDE) / piece->sum;
    }
    for (size_t i = 0; i < piece->count; i++) {
        size_t at = piece->pixels[i];
        double dx = (double)(at % SIDE) - x, dy = (double)(at / SIDE) - y;
        xx += z[at] * dx * dx / piece->sum;
        yy += z[at] * dy * dy / piece->sum;
        xy += z[at] * dx * dy / piece->sum;
    }
    double middle = (xx + yy) / 2, apart = sqrt((xx - yy) * (xx - yy) / 4 + xy * xy);
    double pixel = 1.0 / 12, least = middle - apart > 0 ? middle - apart : 0;
    return sqrt((middle + apart + pixel) / (least + pixel));
}

static double radius(const double *z) {
    double sum = 0, x = 0, y = 0, squares = 0;
    for (size_t i = 0; i < PIXELS; i++) {
        double mass = z[i] * z[i], column = (double)(i % SIDE), row = (double)(i / SIDE);
        sum += mass;
        x += mass * column;
        y += mass * row;
        squares += mass * (column * column + row * row);
    }
    double about = squares / sum - (x * x + y * y) / (sum * sum);
    return about > 0 ? sqrt(about) : 0;
}

Feature feature_of(const Real *weights, size_t step) {
    double z[PIXELS], sum = 0;
    bool figure[PIXELS];
    if (!normalise(weights, step, z)) {
        return (Feature){.kind = FEATURE_DEAD};
    }
    for (size_t i = 0; i < PIXELS; i++) {
        figure[i] = z[i] > figure_level;
        sum += figure[i] ? z[i] : 0;
    }
    Piece heaviest = {.count = 0}, piece;
    Feature feature = {.kind = FEATURE_PATTERN};
    for (size_t i = 0; i < PIXELS; i++) {
        if (figure[i]) {
            take_piece(z, figure, i, &piece);
            feature.pieces++;
            if (piece.sum > heaviest.sum) {
                heaviest = piece;
            }
        }
    }
    feature.share = heaviest.sum / sum;
    feature.area = heaviest.count;
    feature.elongation = elongation(z, &heaviest);
    feature.radius = radius(z);
    if (feature.share >= one_piece) {
        bool local = feature.area <= MOST_AREA && feature.radius <= local_radius;
        bool stroke = local && feature.area >= LEAST_AREA && feature.elongation >= long_piece;
        feature.kind = stroke ? FEATURE_STROKE : local ? FEATURE_SPOT : FEATURE_SHAPE;
    }
    return feature;
}
