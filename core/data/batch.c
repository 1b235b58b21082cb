/* SPDX-License-Identifier: MIT */
#include "core/data/batch.h"
#include "core/base/rng.h"
#include "core/base/vec.h"

enum { CACHE_LINE = 64, AHEAD = 4 /* images */ };

static const uint64_t NOTHING = UINT64_MAX;

void batches_init(Batches *batches, const BatchPlan *plan, Arena *arena) {
    const Dataset *set = plan->set;
    if (set->count == 0 || set->count > UINT32_MAX) {
        die("batches of a data set of %zu images", set->count);
    }
    *batches = (Batches){.plan = *plan, .epoch = NOTHING, .held = NOTHING};
    BatchPlan *own = &batches->plan;
    own->size = plan->size == 0 ? set->count : plan->size;
    own->scale = plan->scale == 0 ? (Real)(1.0 / 255) : plan->scale;
    size_t whole = set->count / own->size, rest = set->count % own->size;
    batches->per_epoch = own->wrap ? (whole > 0 ? whole : 1) : whole + (rest > 0);
    if (own->order == BATCH_SHUFFLED) {
        batches->order = arena_new(arena, uint32_t, set->count);
    }
    batches->x = arena_new(arena, Real, own->size * dataset_pixels(set));
    batches->labels = arena_new(arena, uint8_t, own->size);
    batches->bytes = arena_new(arena, uint8_t, set->planar ? dataset_pixels(set) : 0);
}

/* Channel by channel to channels innermost; the loop of three is written out to be fast. */
static void interleave(const uint8_t *planes, size_t channels, size_t area, uint8_t *out) {
    if (channels == 3) {
        const uint8_t *red = planes, *green = planes + area, *blue = planes + 2 * area;
        for (size_t p = 0; p < area; p++) {
            out[3 * p] = red[p];
            out[3 * p + 1] = green[p];
            out[3 * p + 2] = blue[p];
        }
        return;
    }
    for (size_t channel = 0; channel < channels; channel++) {
        for (size_t p = 0; p < area; p++) {
            out[p * channels + channel] = planes[channel * area + p];
        }
    }
}

/* Image `index` of `set` becomes image `row` of the batch. */
static void convert(Batches *batches, const Dataset *set, size_t index, size_t row) {
    const BatchPlan *plan = &batches->plan;
    size_t pixels = dataset_pixels(set);
    const uint8_t *bytes = set->images[index];
    if (set->planar) {
        interleave(bytes, set->channels, set->height * set->width, batches->bytes);
        bytes = batches->bytes;
    }
    vec_from_bytes(bytes, plan->shift, plan->scale, batches->x + row * pixels, pixels);
    batches->labels[row] = set->labels[index];
}

/* A shuffled image, its address and its label lie anywhere in memory: they are asked for in
 * advance, the address long before the image. */
static void prefetch_address(const Dataset *set, size_t index) {
    __builtin_prefetch(&set->images[index]);
    __builtin_prefetch(&set->labels[index]);
}

static void prefetch(const Dataset *set, size_t index) {
    const uint8_t *image = set->images[index];
    for (size_t p = 0; p < dataset_pixels(set); p += CACHE_LINE) {
        __builtin_prefetch(image + p);
    }
}

/* The image at a place of an epoch's permutation. */
static size_t shuffled(Batches *batches, uint64_t epoch, size_t place) {
    const Dataset *set = batches->plan.set;
    if (batches->epoch != epoch) {
        Rng rng = rng_make(batches->plan.seed, STREAM_SHUFFLE, epoch);
        rng_permutation(&rng, batches->order, set->count);
        batches->epoch = epoch;
    }
    if (set->count - place > 2 * AHEAD) {
        prefetch_address(set, batches->order[place + 2 * AHEAD]);
        prefetch(set, batches->order[place + AHEAD]);
    }
    return batches->order[place];
}

/* The batch of `count` places from `start` on in the endless sequence of epochs; converted unless
 * the buffers hold it already (a full batch in file order, an iteration asked for again). */
static Batch gather(Batches *batches, uint64_t start, size_t count) {
    const Dataset *set = batches->plan.set;
    bool shuffle = batches->plan.order == BATCH_SHUFFLED;
    uint64_t from = shuffle ? start : start % set->count;
    if (batches->held != from || batches->held_count != count) {
        uint64_t epoch = from / set->count;
        size_t place = from % set->count;
        for (size_t row = 0; row < count; row++) {
            convert(batches, set, shuffle ? shuffled(batches, epoch, place) : place, row);
            if (++place == set->count) {
                place = 0;
                epoch++;
            }
        }
        batches->held = from;
        batches->held_count = count;
    }
    return (Batch){.count = count, .x = batches->x, .labels = batches->labels};
}

Batch batches_get(Batches *batches, uint64_t iteration) {
    const BatchPlan *plan = &batches->plan;
    if (plan->wrap) {
        return gather(batches, iteration * plan->size, plan->size);
    }
    size_t images = plan->set->count;
    size_t first = iteration % batches->per_epoch * plan->size;
    uint64_t epoch = iteration / batches->per_epoch;
    size_t left = images - first;
    return gather(batches, epoch * images + first, left < plan->size ? left : plan->size);
}

Batch batches_slice(Batches *batches, const Dataset *set, size_t first, size_t count) {
    if (count > batches->plan.size || first > set->count || count > set->count - first) {
        die("a slice of %zu images from %zu on, of %zu in batches of %zu", count, first, set->count,
            batches->plan.size);
    }
    const Dataset *own = batches->plan.set;
    if (set->height != own->height || set->width != own->width || set->channels != own->channels ||
        (set->planar && !own->planar)) {
        die("a slice of %s, whose images are not those of %s", set->name, own->name);
    }
    batches->held = NOTHING;
    for (size_t row = 0; row < count; row++) {
        convert(batches, set, first + row, row);
    }
    return (Batch){.count = count, .x = batches->x, .labels = batches->labels};
}
