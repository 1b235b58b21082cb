/* SPDX-License-Identifier: MIT
 *
 * image.isa.c - the loops of image.h, for one instruction set; vectors run along the channels.
 */
#include "core/base/simd_math.h"
#include "core/net/image_kernels.h"

/* ---- pooling: which rows (or columns) windows cover ---- */
typedef struct Span {
    size_t first, last; /* [first, last) inside the image */
    size_t corner;      /* where the window starts, counted from the padding's edge */
    size_t covered;     /* places inside the image or its padding */
} Span;

INLINE Span window_span(size_t window, size_t size, const PoolShape *s) {
    size_t start = window * s->stride, end = start + s->kernel;
    size_t limit = size + 2 * s->pad;
    Span span = {.corner = start, .covered = (end < limit ? end : limit) - start};
    span.first = start > s->pad ? start - s->pad : 0;
    span.last = end - s->pad < size ? end - s->pad : size;
    return span;
}

/* The windows [first, last) that cover `row`, from those over the row before it (row 0: none). */
INLINE void slide(Span *over, size_t row, size_t windows, const PoolShape *s) {
    while (over->last < windows && over->last * s->stride <= row + s->pad)
        over->last++;
    while (over->first * s->stride + s->kernel <= row + s->pad)
        over->first++;
}

INLINE size_t pooled_size(size_t size, const PoolShape *s) {
    PoolShape square = *s;
    square.height = size;
    return image_pool_out_height(&square);
}

/* argmax travels as bytes, LANES at a time */
INLINE VI load_places(const uint8_t *p, size_t live) {
    if (live == LANES)
        return vi_from_bytes(p);
    uint8_t edge[LANES] = {0};
    memcpy(edge, p, live);
    return vi_from_bytes(edge);
}

INLINE void store_places(uint8_t *p, VI places, size_t live) {
    if (live == LANES) {
        vi_to_bytes(p, places);
        return;
    }
    uint8_t edge[LANES];
    vi_to_bytes(edge, places);
    memcpy(p, edge, live);
}

/* The greatest of `height` x `width` places and where in the window it is (the first of equals);
 * `place` is the first one's.  Constants make of 3 x 3 straight code. */
INLINE void max_of_window(const PoolShape *s, const Real *x, size_t height, size_t width,
                          size_t place, size_t live, Real *y, uint8_t *argmax) {
    VR most = vr_load_first(x, live);
    VI where = vi_set((Int)place);
    for (size_t row = 0; row < height; row++)
        for (size_t col = 0; col < width; col++) {
            VR v = vr_load_first(x + (row * s->width + col) * s->channels, live);
            VI here = vi_set((Int)(place + row * s->kernel + col)), better = v > most;
            most = vr_select(better, v, most);
            where = (VI)vr_select(better, (VR)here, (VR)where);
        }
    vr_store_first(y, most, live);
    store_places(argmax, where, live);
}

static void max_pool_forward(const PoolShape *s, size_t n, const Real *x, Real *y,
                             uint8_t *argmax) {
    size_t oh = pooled_size(s->height, s), ow = pooled_size(s->width, s), C = s->channels;
    for (size_t i = 0; i < n; i++, x += s->height * s->width * C)
        for (size_t r = 0; r < oh; r++)
            for (size_t c = 0; c < ow; c++, y += C, argmax += C) {
                Span rows = window_span(r, s->height, s), cols = window_span(c, s->width, s);
                size_t height = rows.last - rows.first, width = cols.last - cols.first;
                size_t place = (rows.first + s->pad - rows.corner) * s->kernel + cols.first +
                               s->pad - cols.corner;
                const Real *at = x + (rows.first * s->width + cols.first) * C;
                EACH_VECTOR(ch, live, C)
                    if (height == 3 && width == 3 && live == LANES)
                        max_of_window(s, at + ch, 3, 3, place, LANES, y + ch, argmax + ch);
                    else
                        max_of_window(s, at + ch, height, width, place, live, y + ch, argmax + ch);
            }
}

/* Each input pixel looks at the few windows over it: nothing is scattered, order is fixed. */
static void max_pool_backward(const PoolShape *s, size_t n, const uint8_t *argmax, const Real *dy,
                              Real *dx) {
    size_t oh = pooled_size(s->height, s), ow = pooled_size(s->width, s), C = s->channels;
    for (size_t i = 0; i < n; i++, dy += oh * ow * C, argmax += oh * ow * C) {
        Span rows = {0};
        for (size_t row = 0; row < s->height; row++) {
            slide(&rows, row, oh, s);
            Span cols = {0};
            memset(dx, 0, s->width * C * sizeof *dx);
            for (size_t col = 0; col < s->width; col++, dx += C) {
                slide(&cols, col, ow, s);
                for (size_t r = rows.first; r < rows.last; r++)
                    for (size_t c = cols.first; c < cols.last; c++) {
                        size_t place = (row + s->pad - r * s->stride) * s->kernel + col + s->pad -
                                       c * s->stride;
                        const size_t window = (r * ow + c) * C;
                        EACH_VECTOR(ch, live, C) {
                            VI won = load_places(argmax + window + ch, live) == vi_set((Int)place);
                            VR v = vr_load_first(dy + window + ch, live);
                            VR sum = vr_load_first(dx + ch, live) + vr_select(won, v, vr_zero());
                            vr_store_first(dx + ch, sum, live);
                        }
                    }
            }
        }
    }
}

/* Constants make of 3 x 3 straight code. */
INLINE VR sum_of_window(const PoolShape *s, const Real *x, size_t height, size_t width,
                        size_t live) {
    VR sum = vr_zero();
    for (size_t row = 0; row < height; row++)
        for (size_t col = 0; col < width; col++)
            sum += vr_load_first(x + (row * s->width + col) * s->channels, live);
    return sum;
}

static void average_pool_forward(const PoolShape *s, size_t n, const Real *x, Real *y) {
    size_t oh = pooled_size(s->height, s), ow = pooled_size(s->width, s), C = s->channels;
    for (size_t i = 0; i < n; i++, x += s->height * s->width * C)
        for (size_t r = 0; r < oh; r++)
            for (size_t c = 0; c < ow; c++, y += C) {
                Span rows = window_span(r, s->height, s), cols = window_span(c, s->width, s);
                size_t height = rows.last - rows.first, width = cols.last - cols.first;
                const VR part = vr_set(1 / (Real)(rows.covered * cols.covered));
                const Real *at = x + (rows.first * s->width + cols.first) * C;
                EACH_VECTOR(ch, live, C) {
                    VR sum = height == 3 && width == 3 && live == LANES
                                 ? sum_of_window(s, at + ch, 3, 3, LANES)
                                 : sum_of_window(s, at + ch, height, width, live);
                    vr_store_first(y + ch, sum * part, live);
                }
            }
}

static void average_pool_backward(const PoolShape *s, size_t n, const Real *dy, Real *dx) {
    size_t oh = pooled_size(s->height, s), ow = pooled_size(s->width, s), C = s->channels;
    for (size_t i = 0; i < n; i++, dy += oh * ow * C) {
        Span rows = {0};
        for (size_t row = 0; row < s->height; row++) {
            slide(&rows, row, oh, s);
            Span cols = {0};
            memset(dx, 0, s->width * C * sizeof *dx);
            for (size_t col = 0; col < s->width; col++, dx += C) {
                slide(&cols, col, ow, s);
                for (size_t r = rows.first; r < rows.last; r++)
                    for (size_t c = cols.first; c < cols.last; c++) {
                        size_t size = window_span(r, s->height, s).covered *
                                      window_span(c, s->width, s).covered;
                        const VR part = vr_set(1 / (Real)size);
                        EACH_VECTOR(ch, live, C) {
                            VR v = vr_load_first(dy + (r * ow + c) * C + ch, live);
                            VR sum = vr_fma(v, part, vr_load_first(dx + ch, live));
                            vr_store_first(dx + ch, sum, live);
                        }
                    }
            }
        }
    }
}

/* ---- local response normalisation ---- */
INLINE VR scale_power(VR scale, Real beta) /* scale^-beta */ {
    if (beta == (Real)0.75) {
        VR root = vr_sqrt(scale);
        return vr_set(1) / (root * vr_sqrt(root));
    }
    return vr_exp(vr_set(-beta) * vr_log(scale));
}

/* Rows (or columns) of the window around `at`. */
INLINE Span around(size_t at, size_t limit, size_t size) {
    size_t reach = size / 2;
    return (Span){.first = at > reach ? at - reach : 0,
                  .last = at + reach + 1 < limit ? at + reach + 1 : limit};
}

/* Sum over a window, of squares or of the values themselves.  Constants make of 3 x 3 straight
 * code. */
INLINE VR sum_around(const LrnShape *s, const Real *x, bool squares, size_t height, size_t width,
                     size_t live) {
    VR sum = vr_zero();
    for (size_t r = 0; r < height; r++)
        for (size_t c = 0; c < width; c++) {
            VR v = vr_load_first(x + (r * s->width + c) * s->channels, live);
            if (squares)
                sum = vr_fma(v, v, sum);
            else
                sum += v;
        }
    return sum;
}

INLINE VR window_sum(const LrnShape *s, const Real *x, bool squares, Span rows, Span cols,
                     size_t ch, size_t live) {
    size_t height = rows.last - rows.first, width = cols.last - cols.first;
    x += (rows.first * s->width + cols.first) * s->channels + ch;
    return height == 3 && width == 3 && live == LANES
               ? sum_around(s, x, squares, 3, 3, LANES)
               : sum_around(s, x, squares, height, width, live);
}

static void lrn_forward(const LrnShape *s, size_t n, const Real *x, Real *y, Real *scale) {
    size_t image = s->height * s->width * s->channels;
    const VR share = vr_set(s->alpha / (Real)(s->size * s->size));
    for (size_t i = 0; i < n; i++, x += image)
        for (size_t row = 0; row < s->height; row++)
            for (size_t col = 0; col < s->width; col++, y += s->channels, scale += s->channels) {
                Span rows = around(row, s->height, s->size), cols = around(col, s->width, s->size);
                EACH_VECTOR(ch, live, s->channels) {
                    VR sum = window_sum(s, x, true, rows, cols, ch, live);
                    VR v = vr_load_first(x + (row * s->width + col) * s->channels + ch, live);
                    VR t = vr_fma(share, sum, vr_set(1));
                    vr_store_first(scale + ch, t, live);
                    vr_store_first(y + ch, v * scale_power(t, s->beta), live);
                }
            }
}

static void lrn_backward(const LrnShape *s, size_t n, const Real *x, const Real *y,
                         const Real *scale, const Real *dy, Real *dx) {
    size_t image = s->height * s->width * s->channels;
    const VR factor = vr_set(-2 * s->alpha * s->beta / (Real)(s->size * s->size));
    Real *ratio = engine_scratch(SCRATCH_INPUT, image);
    for (size_t i = 0; i < n; i++) {
        EACH_VECTOR(e, live, image) {
            VR product = vr_load_first(dy + e, live) * vr_load_first(y + e, live);
            vr_store_first(ratio + e, product / vr_load_first(scale + e, live), live);
        }
        for (size_t row = 0; row < s->height; row++)
            for (size_t col = 0; col < s->width; col++) {
                Span rows = around(row, s->height, s->size), cols = around(col, s->width, s->size);
                EACH_VECTOR(ch, live, s->channels) {
                    size_t e = (row * s->width + col) * s->channels + ch;
                    VR sum = window_sum(s, ratio, false, rows, cols, ch, live);
                    VR power = scale_power(vr_load_first(scale + e, live), s->beta);
                    VR first = vr_load_first(dy + e, live) * power;
                    VR second = factor * vr_load_first(x + e, live);
                    vr_store_first(dx + e, vr_fma(second, sum, first), live);
                }
            }
        x += image, y += image, scale += image, dy += image, dx += image;
    }
}

/* ---- batch normalisation: means over the pixels of each channel, in double ---- */
static void channel_means(size_t channels, size_t pixels, const Real *a, Real *mean) {
    for (size_t c = 0; c < channels; c += LANES) {
        size_t live = lanes_left(channels - c);
        double sum[LANES] = {0};
        for (size_t p = 0; p < pixels; p++)
            for (size_t lane = 0; lane < live; lane++)
                sum[lane] += (double)a[p * channels + c + lane];
        for (size_t lane = 0; lane < live; lane++)
            mean[c + lane] = (Real)(sum[lane] / (double)pixels);
    }
}

static void channel_products(size_t channels, size_t pixels, const Real *a, const Real *b,
                             const Real *shift, Real *mean) {
    for (size_t c = 0; c < channels; c += LANES) {
        size_t live = lanes_left(channels - c);
        double sum[LANES] = {0}, from[LANES] = {0};
        for (size_t lane = 0; lane < live && shift; lane++)
            from[lane] = (double)shift[c + lane];
        for (size_t p = 0; p < pixels; p++)
            for (size_t lane = 0; lane < live; lane++) {
                size_t e = p * channels + c + lane;
                sum[lane] += ((double)a[e] - from[lane]) * ((double)b[e] - from[lane]);
            }
        for (size_t lane = 0; lane < live; lane++)
            mean[c + lane] = (Real)(sum[lane] / (double)pixels);
    }
}

static void normalise(size_t channels, size_t pixels, const Real *x, const Real *shift,
                      const Real *deviation, Real *y) {
    for (size_t p = 0; p < pixels; p++, x += channels, y += channels)
        EACH_VECTOR(c, live, channels) {
            VR centred = vr_load_first(x + c, live) - vr_load_first(shift + c, live);
            vr_store_first(y + c, centred / vr_load_first(deviation + c, live), live);
        }
}

static void normalise_backward(size_t channels, size_t pixels, const Real *y, const Real *dy,
                               const Real *mean_dy, const Real *mean_dy_y, const Real *deviation,
                               Real *dx) {
    for (size_t p = 0; p < pixels; p++, y += channels, dy += channels, dx += channels)
        EACH_VECTOR(c, live, channels) {
            VR g = vr_load_first(dy + c, live) - vr_load_first(mean_dy + c, live);
            g = vr_fma(-vr_load_first(y + c, live), vr_load_first(mean_dy_y + c, live), g);
            vr_store_first(dx + c, g / vr_load_first(deviation + c, live), live);
        }
}

const ImageKernels VARIANT(image_kernels) = {
    .max_pool_forward = max_pool_forward,
    .max_pool_backward = max_pool_backward,
    .average_pool_forward = average_pool_forward,
    .average_pool_backward = average_pool_backward,
    .lrn_forward = lrn_forward,
    .lrn_backward = lrn_backward,
    .channel_means = channel_means,
    .channel_products = channel_products,
    .normalise = normalise,
    .normalise_backward = normalise_backward,
};
