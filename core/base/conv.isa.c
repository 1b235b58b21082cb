/* SPDX-License-Identifier: MIT
 *
 * conv.isa.c - direct convolution, for one instruction set.
 *
 * Forward and input gradient: one pixel of up to GROUP images at a time.  All images of a group
 * have the same taps at the same pixel, so the border needs no special case.  Their images are
 * first laid side by side (`interleave`: pixel x channel x image), and a tile of images x vectors
 * of output channels stays in registers over all taps: per step one row of weights, one number per
 * image.
 *
 * Weight gradient: a tile of a few taps x vectors of output channels stays in registers while all
 * pixels of an image go by: per step one pixel of dy, one number of x per tap.
 */
#include "core/base/kernels.h"
#include "core/base/simd.h"

/* A tile is MAX_IMAGES (or taps) x MAX_VECTORS, as many sums as the registers hold beside a step's
 * operands. */
#if VR_BYTES == 64 || defined(__aarch64__)
enum { GROUP = 12, MAX_IMAGES = 12, MAX_VECTORS = 2 };
#else
enum { GROUP = 6, MAX_IMAGES = 3, MAX_VECTORS = 4 };
#endif

/* Cuts `total` into pieces of at most `most`, as even as can be: the first piece. */
INLINE size_t even_piece(size_t total, size_t most) {
    size_t pieces = (total + most - 1) / most;
    return (total + pieces - 1) / pieces;
}

INLINE VR load_cut(const Real *p, bool cut, size_t live) {
    return cut ? vr_load_first(p, live) : vr_load(p);
}

/* One step of a tile: to each sum, its number times its vector of `row`.  Number i is x[i], or
 * with `channels` < count that of tap i / channels.  Of numbers and vectors the fewer wait in
 * registers.  count, channels, vectors and cut are constants wherever this is inlined. */
INLINE void step_of_tile(const size_t count, const size_t channels, const size_t vectors,
                         const bool cut, size_t live, const Real *x, size_t x_tap, const Real *row,
                         VR sum[MAX_IMAGES][MAX_VECTORS]) {
    const size_t last = vectors - 1;
    if (MAX_IMAGES < MAX_VECTORS) {
        VR number[MAX_IMAGES];
        UNROLL for (size_t i = 0; i < count; i++)
            number[i] = vr_set(x[i / channels * x_tap + i % channels]);
        UNROLL for (size_t v = 0; v < vectors; v++) {
            VR vector = load_cut(row + v * LANES, cut && v == last, live);
            UNROLL for (size_t i = 0; i < count; i++)
                sum[i][v] = vr_fma(number[i], vector, sum[i][v]);
        }
    } else {
        VR vector[MAX_VECTORS];
        UNROLL for (size_t v = 0; v < vectors; v++)
            vector[v] = load_cut(row + v * LANES, cut && v == last, live);
        UNROLL for (size_t i = 0; i < count; i++) {
            VR number = vr_set(x[i / channels * x_tap + i % channels]);
            UNROLL for (size_t v = 0; v < vectors; v++)
                sum[i][v] = vr_fma(number, vector[v], sum[i][v]);
        }
    }
}

/* ---- images side by side ---- */

/* from: `count` images of `size` numbers; to: size x count, and room for a vector behind.  A full
 * vector is stored where `count` numbers are due: the next store mends what stood beyond. */
static void interleave(const Real *from, size_t size, size_t count, Real *to) {
    for (size_t first = 0; first < count; first += LANES)
        for (size_t e = 0; e < size; e += PIECE) {
            size_t columns = size - e < PIECE ? size - e : PIECE;
            size_t images = lanes_left(count - first);
            VR turned[PIECE];
            vr_load_turned_edge(from + first * size + e, size, images, columns, turned);
            for (size_t c = 0; c < columns; c++)
                if (count <= LANES)
                    vr_store(to + (e + c) * count, turned[c]);
                else
                    vr_store_first(to + (e + c) * count + first, turned[c], images);
        }
}

/* ---- a chain over the taps of one pixel, for a tile of images x vectors ----
 * `rows` x `columns` runs of `run` steps; a run takes consecutive numbers of x and consecutive rows
 * of the weights. */
typedef struct Taps {
    size_t rows, columns, run;
    ptrdiff_t x_row, x_column; /* from run to run, in numbers of one image */
    ptrdiff_t w_row, w_column; /* in rows of weights */
} Taps;

typedef struct PixelTile {
    const Taps *taps;
    const Real *x;     /* first number of the first run of the tile's first image */
    size_t group;      /* images side by side in x */
    const Real *w;     /* first weight of the first run, at the tile's first channel */
    size_t w_step;     /* numbers in a row of weights */
    const Real *start; /* bias, or NULL */
    Real *y;           /* the pixel in the first image */
    size_t y_image;    /* from image to image */
    size_t live;       /* lanes of the last vector */
} PixelTile;

/* images, vectors and cut are constants wherever this is inlined */
INLINE void pixel(const size_t images, const size_t vectors, const bool cut, const PixelTile *t) {
    VR sum[MAX_IMAGES][MAX_VECTORS];
    const size_t last = vectors - 1, live = t->live, group = t->group, w_step = t->w_step;
    const Taps taps = *t->taps;
    UNROLL for (size_t v = 0; v < vectors; v++) {
        VR start = t->start ? load_cut(t->start + v * LANES, v == last, live) : vr_zero();
        UNROLL for (size_t i = 0; i < images; i++)
            sum[i][v] = start;
    }
    for (size_t row = 0; row < taps.rows; row++)
        for (size_t column = 0; column < taps.columns; column++) {
            ptrdiff_t r = (ptrdiff_t)row, c = (ptrdiff_t)column;
            const Real *x = t->x + (r * taps.x_row + c * taps.x_column) * (ptrdiff_t)group;
            const Real *w = t->w + (r * taps.w_row + c * taps.w_column) * (ptrdiff_t)w_step;
            for (size_t step = taps.run; step > 0; step--, x += group, w += w_step)
                step_of_tile(images, images, vectors, cut, live, x, 0, w, sum);
        }
    UNROLL for (size_t i = 0; i < images; i++) {
        UNROLL for (size_t v = 0; v < last; v++)
            vr_store(t->y + i * t->y_image + v * LANES, sum[i][v]);
        vr_store_first(t->y + i * t->y_image + last * LANES, sum[i][last], live);
    }
}

typedef void PixelKernel(const PixelTile *t);
#define PIXEL(I, V)                                                    \
    static void pixel_##I##_##V(const PixelTile *t) {                  \
        if (t->live < LANES)                                           \
            pixel(I, V, true, t);                                      \
        else                                                           \
            pixel(I, V, false, t);                                     \
    }
#define BOTH(X, I) X(I, 1) X(I, 2)
#define FOUR(X, I) BOTH(X, I) X(I, 3) X(I, 4)
#if VR_BYTES == 64 || defined(__aarch64__)
#define EACH_PIXEL(X) \
    BOTH(X, 1) BOTH(X, 2) BOTH(X, 3) BOTH(X, 4) BOTH(X, 5) BOTH(X, 6) \
    BOTH(X, 7) BOTH(X, 8) BOTH(X, 9) BOTH(X, 10) BOTH(X, 11) BOTH(X, 12)
#else
#define EACH_PIXEL(X) FOUR(X, 1) FOUR(X, 2) FOUR(X, 3)
#endif
#define PIXEL_NAME(I, V) [I][V] = pixel_##I##_##V,
EACH_PIXEL(PIXEL)
static PixelKernel *const pixels[MAX_IMAGES + 1][MAX_VECTORS + 1] = {EACH_PIXEL(PIXEL_NAME)};

/* One pixel of a whole group, all channels. */
static void pixel_of_group(PixelTile t, size_t channels) {
    const Real *x = t.x, *w = t.w, *start = t.start;
    Real *y = t.y;
    size_t piece = even_piece(t.group, MAX_IMAGES);
    for (size_t c = 0; c < channels; c += MAX_VECTORS * LANES) {
        size_t wide = channels - c < MAX_VECTORS * LANES ? channels - c : MAX_VECTORS * LANES;
        size_t vectors = (wide + LANES - 1) / LANES;
        t.live = wide - (vectors - 1) * LANES;
        t.w = w + c;
        t.start = start ? start + c : NULL;
        for (size_t i = 0; i < t.group; i += piece) {
            t.x = x + i;
            t.y = y + i * t.y_image + c;
            pixels[t.group - i < piece ? t.group - i : piece][vectors](&t);
        }
    }
}

/* ---- which taps of the kernel meet the image ---- */
typedef struct Reach {
    size_t first, count; /* taps */
    size_t at;           /* the place the first tap meets */
} Reach;

/* Forward: tap t of output place p meets p stride + t - pad, from 0 to size - 1. */
INLINE Reach reach_forward(const ConvShape *s, size_t place, size_t size) {
    size_t corner = place * s->stride;
    size_t first = corner < s->pad ? s->pad - corner : 0;
    size_t end = size + s->pad > corner ? size + s->pad - corner : 0;
    end = end < s->kernel ? end : s->kernel;
    return (Reach){first, end > first ? end - first : 0, corner + first - s->pad};
}

/* Backward: tap t of input place p meets the output place (p + pad - t) / stride where that is
 * whole; from tap to tap (stride apart) the place falls by one. */
INLINE Reach reach_backward(const ConvShape *s, size_t place, size_t outputs) {
    size_t reach = place + s->pad, first = reach % s->stride;
    size_t at = reach / s->stride;
    if (at >= outputs) {
        first += (at - outputs + 1) * s->stride;
        at = outputs - 1;
    }
    size_t count = first < s->kernel ? (s->kernel - first + s->stride - 1) / s->stride : 0;
    return (Reach){first, count < at + 1 ? count : at + 1, at};
}

/* ---- the three passes ---- */
static void forward(const ConvShape *s, size_t n, const Real *x, const Real *w, const Real *bias,
                    Real *y) {
    size_t oh = conv_out_height(s), ow = conv_out_width(s), image = s->height * s->width * s->in;
    size_t piece = n ? even_piece(n, GROUP) : 0;
    Real *side_by_side = engine_scratch(SCRATCH_INPUT, image * piece + LANES);
    for (size_t i = 0; i < n; i += piece) {
        size_t group = n - i < piece ? n - i : piece;
        interleave(x + i * image, image, group, side_by_side);
        for (size_t r = 0; r < oh; r++)
            for (size_t c = 0; c < ow; c++) {
                Reach rows = reach_forward(s, r, s->height), cols = reach_forward(s, c, s->width);
                /* the numbers under one row of the kernel are neighbours: one run */
                Taps taps = {.rows = rows.count, .columns = 1, .run = cols.count * s->in,
                             .x_row = (ptrdiff_t)(s->width * s->in),
                             .w_row = (ptrdiff_t)(s->kernel * s->in)};
                pixel_of_group(
                    (PixelTile){.taps = &taps,
                                .x = side_by_side + (rows.at * s->width + cols.at) * s->in * group,
                                .group = group,
                                .w = w + (rows.first * s->kernel + cols.first) * s->in * s->out,
                                .w_step = s->out,
                                .start = bias,
                                .y = y + ((i * oh + r) * ow + c) * s->out,
                                .y_image = oh * ow * s->out},
                    s->out);
            }
    }
}

/* to: per tap, out x in, and room for a vector behind */
static void transpose_taps(const ConvShape *s, const Real *w, Real *to) {
    for (size_t tap = 0; tap < s->kernel * s->kernel; tap++)
        interleave(w + tap * s->in * s->out, s->out, s->in, to + tap * s->in * s->out);
}

static void backward_input(const ConvShape *s, size_t n, const Real *dy, const Real *w, Real *dx) {
    size_t oh = conv_out_height(s), ow = conv_out_width(s), image = oh * ow * s->out;
    size_t piece = n ? even_piece(n, GROUP) : 0, step = s->stride;
    Real *side_by_side = engine_scratch(SCRATCH_INPUT, image * piece + LANES);
    Real *turned = engine_scratch(SCRATCH_WEIGHTS, s->kernel * s->kernel * s->in * s->out + LANES);
    transpose_taps(s, w, turned);
    for (size_t i = 0; i < n; i += piece) {
        size_t group = n - i < piece ? n - i : piece;
        interleave(dy + i * image, image, group, side_by_side);
        for (size_t r = 0; r < s->height; r++)
            for (size_t c = 0; c < s->width; c++) {
                Reach rows = reach_backward(s, r, oh), cols = reach_backward(s, c, ow);
                const Real *first = turned + (rows.first * s->kernel + cols.first) * s->out * s->in;
                Taps taps = {.rows = rows.count, .columns = cols.count, .run = s->out,
                             .x_row = -(ptrdiff_t)(ow * s->out),
                             .x_column = -(ptrdiff_t)s->out,
                             .w_row = (ptrdiff_t)(step * s->kernel * s->out),
                             .w_column = (ptrdiff_t)(step * s->out)};
                pixel_of_group(
                    (PixelTile){.taps = &taps,
                                .x = side_by_side + (rows.at * ow + cols.at) * s->out * group,
                                .group = group,
                                .w = first,
                                .w_step = s->in,
                                .y = dx + ((i * s->height + r) * s->width + c) * s->in,
                                .y_image = s->height * s->width * s->in},
                    s->in);
            }
    }
}

/* ---- weight gradient ----
 * A tile: `rows` kernel rows x `channels` input channels of one kernel column x vectors of dw. */
typedef struct TapTile {
    const Real *x, *dy;
    size_t x_tap;            /* from kernel row to kernel row in x */
    size_t x_row, x_column;  /* from output row to row, column to column in x */
    size_t dy_row, dy_column;
    size_t rows, columns;    /* of outputs that all the tile's taps reach */
    Real *dw;
    size_t dw_tap, dw_step;  /* from kernel row to row, channel to channel in dw */
    size_t live;
} TapTile;

/* taps, channels, vectors and cut are constants wherever this is inlined */
INLINE void gradient(const size_t taps, const size_t channels, const size_t vectors, const bool cut,
                     const TapTile *t) {
    VR sum[MAX_IMAGES][MAX_VECTORS];
    const size_t last = vectors - 1, live = t->live, count = taps * channels;
    const size_t x_tap = t->x_tap, x_column = t->x_column, dy_column = t->dy_column;
    UNROLL for (size_t i = 0; i < count; i++) {
        const Real *dw = t->dw + i / channels * t->dw_tap + i % channels * t->dw_step;
        UNROLL for (size_t v = 0; v < vectors; v++)
            sum[i][v] = load_cut(dw + v * LANES, v == last, live);
    }
    for (size_t row = 0; row < t->rows; row++) {
        const Real *x = t->x + row * t->x_row, *dy = t->dy + row * t->dy_row;
        for (size_t column = t->columns; column > 0; column--, x += x_column, dy += dy_column)
            step_of_tile(count, channels, vectors, cut, live, x, x_tap, dy, sum);
    }
    UNROLL for (size_t i = 0; i < count; i++) {
        Real *dw = t->dw + i / channels * t->dw_tap + i % channels * t->dw_step;
        UNROLL for (size_t v = 0; v < last; v++)
            vr_store(dw + v * LANES, sum[i][v]);
        vr_store_first(dw + last * LANES, sum[i][last], live);
    }
}

typedef void TapKernel(const TapTile *t);
#define TAP(R, C, V)                                \
    static void taps_##R##_##C##_##V(const TapTile *t) { \
        if (t->live < LANES)                        \
            gradient(R, C, V, true, t);             \
        else                                        \
            gradient(R, C, V, false, t);            \
    }
#if VR_BYTES == 64 || defined(__aarch64__)
#define TAPS(X, R, C) X(R, C, 1) X(R, C, 2)
#define EACH_TAP(X) \
    TAPS(X, 1, 1) TAPS(X, 1, 2) TAPS(X, 1, 3) TAPS(X, 1, 4) TAPS(X, 1, 5) TAPS(X, 1, 6) \
    TAPS(X, 1, 7) TAPS(X, 1, 8) TAPS(X, 1, 9) TAPS(X, 1, 10) TAPS(X, 1, 11) TAPS(X, 1, 12) \
    TAPS(X, 2, 1) TAPS(X, 2, 2) TAPS(X, 2, 3) TAPS(X, 2, 4) TAPS(X, 2, 5) TAPS(X, 2, 6) \
    TAPS(X, 3, 1) TAPS(X, 3, 2) TAPS(X, 3, 3) TAPS(X, 3, 4) \
    TAPS(X, 4, 1) TAPS(X, 4, 2) TAPS(X, 4, 3) \
    TAPS(X, 5, 1) TAPS(X, 5, 2) TAPS(X, 6, 1) TAPS(X, 6, 2)
#else
#define TAPS(X, R, C) X(R, C, 1) X(R, C, 2) X(R, C, 3) X(R, C, 4)
#define EACH_TAP(X) TAPS(X, 1, 1) TAPS(X, 1, 2) TAPS(X, 1, 3) TAPS(X, 2, 1) TAPS(X, 3, 1)
#endif
#define TAP_NAME(R, C, V) [R][C][V] = taps_##R##_##C##_##V,
EACH_TAP(TAP)
static TapKernel *const tap_kernels[7][MAX_IMAGES + 1][MAX_VECTORS + 1] = {EACH_TAP(TAP_NAME)};

/* The output places [first, last) whose tap lies in the image. */
typedef struct Places {
    size_t first, last;
} Places;

static Places places_of_tap(const ConvShape *s, size_t tap, size_t size, size_t outputs) {
    size_t first = tap < s->pad ? (s->pad - tap + s->stride - 1) / s->stride : 0;
    size_t last = size + s->pad > tap ? (size + s->pad - tap - 1) / s->stride + 1 : 0;
    return (Places){first, last < outputs ? last : outputs};
}

/* One image's part in the gradient of kernel rows [tap, tap + taps) of one kernel column.  Output
 * rows go by in runs in which the same kernel rows lie in the image. */
static void gradient_of_image(const ConvShape *s, const Real *x, const Real *dy, Real *dw,
                              size_t tap, size_t taps, size_t column) {
    size_t oh = conv_out_height(s), ow = conv_out_width(s);
    Places places = places_of_tap(s, column, s->width, ow);
    if (places.first >= places.last)
        return;
    for (size_t r = 0, next; r < oh; r = next) {
        size_t low = tap, high = tap;
        next = oh;
        for (size_t k = tap; k < tap + taps; k++) {
            Places rows = places_of_tap(s, k, s->height, oh);
            if (r < rows.first)
                low = k + 1;
            else if (r < rows.last)
                high = k + 1;
            size_t change = r < rows.first ? rows.first : r < rows.last ? rows.last : oh;
            next = change < next ? change : next;
        }
        if (low >= high)
            continue;
        TapTile t = {.x = x + ((r * s->stride + low - s->pad) * s->width +
                               places.first * s->stride + column - s->pad) * s->in,
                     .dy = dy + (r * ow + places.first) * s->out,
                     .x_tap = s->width * s->in,
                     .x_row = s->stride * s->width * s->in,
                     .x_column = s->stride * s->in,
                     .dy_row = ow * s->out,
                     .dy_column = s->out,
                     .rows = next - r,
                     .columns = places.last - places.first,
                     .dw = dw + (low * s->kernel + column) * s->in * s->out,
                     .dw_tap = s->kernel * s->in * s->out,
                     .dw_step = s->out};
        for (size_t c = 0, channels; c < s->in; c += channels) {
            channels = even_piece(s->in - c, MAX_IMAGES / taps); /* no piece much below the rest */
            for (size_t f = 0; f < s->out; f += MAX_VECTORS * LANES) {
                size_t wide = s->out - f < MAX_VECTORS * LANES ? s->out - f : MAX_VECTORS * LANES;
                size_t vectors = (wide + LANES - 1) / LANES;
                TapTile part = t;
                part.x += c;
                part.dy += f;
                part.dw += c * s->out + f;
                part.live = wide - (vectors - 1) * LANES;
                tap_kernels[high - low][channels][vectors](&part);
            }
        }
    }
}

static void backward_weights(const ConvShape *s, size_t n, const Real *x, const Real *dy, Real *dw,
                             bool add) {
    size_t image = s->height * s->width * s->in, outputs = conv_out_height(s) * conv_out_width(s);
    /* kernel rows at a time: several where one row has too few channels to fill a tile */
    size_t most = MAX_IMAGES / (s->in < MAX_IMAGES ? s->in : MAX_IMAGES);
    size_t taps = even_piece(s->kernel, most < 6 ? most : 6);
    if (!add)
        memset(dw, 0, s->kernel * s->kernel * s->in * s->out * sizeof *dw);
    for (size_t i = 0; i < n; i++, x += image, dy += outputs * s->out)
        for (size_t tap = 0; tap < s->kernel; tap += taps)
            for (size_t column = 0; column < s->kernel; column++)
                gradient_of_image(s, x, dy, dw, tap,
                                  s->kernel - tap < taps ? s->kernel - tap : taps, column);
}

const ConvKernels VARIANT(conv_kernels) = {forward, backward_weights, backward_input};
