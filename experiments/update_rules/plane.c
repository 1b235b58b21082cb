/* SPDX-License-Identifier: MIT
 *
 * The two well-known pictures: paths of the rules through a long valley, over Beale's function and
 * off a saddle.  The optimizer is the one that trains networks; here it sees a net of two weights.
 */
#include "experiments/update_rules/update_rules.h"

#include <math.h>
#include <string.h>

enum { BUDGET = 1000, LONGEST = 20000, PADDED = 64 };
static const double bound = 1e6;   /* of the loss: diverged */
static const double share = 1e-3;  /* of the loss at the start: settled when it stays below */

static const double rates[] = {0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05,
                               0.1,    0.2,    0.5,    1,     2,     5,     10,   20,   50};
enum { RATES = sizeof rates / sizeof *rates };
const double saddle_rates[SADDLE_RATES] = {0.01, 0.1};
const double saddle_picture_offset = 1e-6;
static const double offsets[OFFSETS] = {1e-1, 1e-2, 1e-3, 1e-4,  1e-5,  1e-6,
                                        1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12};

/* ---- the surfaces: value and gradient ---- */
typedef double SurfaceValue(const double p[2], double gradient[2]);

/* Curvature 1 across and 1/100 along. */
static double valley(const double p[2], double gradient[2]) {
    gradient[0] = p[0] / 100;
    gradient[1] = p[1];
    return (p[0] * p[0] / 100 + p[1] * p[1]) / 2;
}

/* (1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2 */
static double beale(const double p[2], double gradient[2]) {
    static const double c[3] = {1.5, 2.25, 2.625};
    double f = 0, power = 1;
    gradient[0] = gradient[1] = 0;
    for (int k = 0; k < 3; k++) {
        double below = power;
        power *= p[1];
        double r = c[k] - p[0] + p[0] * power;
        f += r * r;
        gradient[0] += 2 * r * (power - 1);
        gradient[1] += 2 * r * p[0] * (k + 1) * below;
    }
    return f;
}

/* x^2 - y^2: the ridge is y = 0. */
static double saddle(const double p[2], double gradient[2]) {
    gradient[0] = 2 * p[0];
    gradient[1] = -2 * p[1];
    return p[0] * p[0] - p[1] * p[1];
}

typedef struct Surface {
    SurfaceValue *value;
    double start[2], minimum[2];
} Surface;
const char *const surface_names[SURFACES] = {"valley", "beale", "saddle"};
static const Surface surfaces[SURFACES] = {
    {valley, {-10, 1}, {0, 0}}, {beale, {1, 1.5}, {3, 0.5}}, {saddle, {1, 0}, {0, 0}}};

/* ---- a path ---- */
typedef struct Path {
    double (*points)[3]; /* x, y, loss, from the start on */
    size_t count;
    bool diverged;
} Path;

/* Off the saddle: as far from the ridge as the start is from the saddle. */
static bool has_left(const Path *path, size_t i) {
    return fabs(path->points[i][1]) >= 1;
}

static void walk(Path *path, const Surface *s, size_t rule, double rate, double offset,
                 size_t updates, Arena *arena) {
    ParamBlock block = {.count = 2, .rows = 1, .columns = 2, .rate = 1, .decay = 1};
    Real *w = arena_new(arena, Real, PADDED), *g = arena_new(arena, Real, PADDED);
    Net net = {.blocks = &block, .block_count = 1, .parameters = 2, .weights = w, .gradients = g};
    Optimizer optimizer;
    optimizer_init(&optimizer, &rule_specs[rule], &net, arena);
    w[0] = (Real)s->start[0];
    w[1] = (Real)(s->start[1] + offset);
    path->diverged = false;
    for (path->count = 0;; optimizer_step(&optimizer, &net, rate, -1)) {
        double p[2] = {(double)w[0], (double)w[1]}, gradient[2];
        double f = s->value(p, gradient), *point = path->points[path->count];
        path->diverged = !(fabs(f) <= bound);
        if (path->diverged)
            return;
        point[0] = p[0], point[1] = p[1], point[2] = f;
        if (path->count++ == updates || (s->value == saddle && has_left(path, path->count - 1)))
            return;
        g[0] = (Real)gradient[0], g[1] = (Real)gradient[1];
    }
}

/* ---- what is said of it ---- */

/* Updates after which the loss stays below a share of that at the start; BUDGET + 1 if not. */
static size_t settled(const Path *path) {
    size_t i = path->count;
    while (!path->diverged && i > 0 && path->points[i - 1][2] <= share * path->points[0][2])
        i--;
    return path->diverged || i == path->count ? BUDGET + 1 : i;
}

/* How far the path goes beyond the minimum, in the direction from the start to it, and its length:
 * both in units of that distance. */
static void shape(const Path *path, const Surface *s, double *overshoot, double *length) {
    double d[2] = {s->minimum[0] - s->start[0], s->minimum[1] - s->start[1]};
    double squares = d[0] * d[0] + d[1] * d[1];
    *overshoot = *length = 0;
    for (size_t i = 1; i < path->count; i++) {
        const double *p = path->points[i], *q = path->points[i - 1];
        double beyond = ((p[0] - s->minimum[0]) * d[0] + (p[1] - s->minimum[1]) * d[1]) / squares;
        if (beyond > *overshoot)
            *overshoot = beyond;
        *length += sqrt((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]));
    }
    *length /= sqrt(squares);
}

static void write_plane(Cell *cell, double rate, double offset, const char *status, size_t updates,
                        const double shape_of[2]) {
    const Config *c = cell->config;
    table_row(cell_table(cell, "plane"), v_text(surface_names[c->what]), v_text(rule_names[c->how]),
              v_double(rate), v_double(offset), v_text(status), v_count((int64_t)updates),
              v_double(shape_of[0]), v_double(shape_of[1]));
}

/* The first 200 points of a path, then every tenth. */
static void write_path(Cell *cell, const Path *path, double rate) {
    const Config *c = cell->config;
    for (size_t i = 0; i < path->count; i++)
        if (i <= 200 || i % 10 == 0 || i + 1 == path->count)
            table_row(cell_table(cell, "paths"), v_text(surface_names[c->what]),
                      v_text(rule_names[c->how]), v_count((int64_t)i), v_double(rate),
                      v_double(path->points[i][0]), v_double(path->points[i][1]),
                      v_double(path->points[i][2]));
}

/* Every rate of the grid; the path at the one that settles first.  Adadelta has no rate: 1. */
static void to_the_minimum(Cell *cell, Path *path) {
    const Config *c = cell->config;
    const Surface *s = &surfaces[c->what];
    const double one = 1, *own = c->how == ADADELTA ? &one : rates;
    size_t best = 0, fewest = BUDGET + 1;
    for (size_t r = 0; r < (c->how == ADADELTA ? 1 : RATES); r++) {
        double shape_of[2];
        walk(path, s, c->how, own[r], 0, BUDGET, cell->arena);
        size_t updates = settled(path);
        shape(path, s, &shape_of[0], &shape_of[1]);
        write_plane(cell, own[r], 0,
                    path->diverged ? "diverged" : updates > BUDGET ? "not_settled" : "settled",
                    updates > BUDGET ? BUDGET : updates, shape_of);
        if (updates < fewest)
            fewest = updates, best = r;
    }
    walk(path, s, c->how, own[best], 0, BUDGET, cell->arena);
    write_path(cell, path, own[best]);
}

static void off_the_saddle(Cell *cell, Path *path) {
    const Config *c = cell->config;
    const Surface *s = &surfaces[SADDLE];
    const double one = 1, *own = c->how == ADADELTA ? &one : saddle_rates;
    for (size_t r = 0; r < (c->how == ADADELTA ? 1 : SADDLE_RATES); r++)
        for (size_t i = 0; i < OFFSETS; i++) {
            walk(path, s, c->how, own[r], offsets[i], LONGEST, cell->arena);
            bool left = has_left(path, path->count - 1);
            write_plane(cell, own[r], offsets[i],
                        path->diverged ? "diverged" : left ? "left" : "stayed", path->count - 1,
                        (double[2]){0, 0});
        }
    walk(path, s, c->how, own[0], saddle_picture_offset, LONGEST, cell->arena);
    write_path(cell, path, own[0]);
}

bool study_plane(Cell *cell, Error *err) {
    const Config *c = cell->config;
    (void)err;
    Path path = {.points = arena_alloc(cell->arena, LONGEST + 1, sizeof *path.points)};
    (c->what == SADDLE ? off_the_saddle : to_the_minimum)(cell, &path);
    return true;
}
