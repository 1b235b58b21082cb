/* SPDX-License-Identifier: MIT */
#include "core/learn/checkpoint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The file: Header, key, weights, state, first, second, checksum of all before it. */
typedef struct Header {
    char magic[8];
    uint32_t byte_order, real_size;
    uint64_t key_length, parameters, state_count, optimizer_count;
    uint32_t has_first, has_second;
    uint64_t iteration, steps, pass;
    uint32_t seed, diverged;
} Header;

static const char magic[8] = "TMCKPT1";
enum { BYTE_ORDER_MARK = 0x01020304 };

static Header header_of(const Trainer *trainer, const char *key) {
    const Net *net = trainer->spec.net;
    const Optimizer *optimizer = &trainer->optimizer;
    Header h;
    memset(&h, 0, sizeof h);
    memcpy(h.magic, magic, sizeof h.magic);
    h.byte_order = BYTE_ORDER_MARK;
    h.real_size = sizeof(Real);
    h.key_length = strlen(key);
    h.parameters = net->parameters;
    h.state_count = net->state_count;
    h.optimizer_count = optimizer->count;
    h.has_first = optimizer->first != NULL;
    h.has_second = optimizer->second != NULL;
    h.iteration = trainer->iteration;
    h.steps = optimizer->steps;
    h.pass = net->pass;
    h.seed = net->seed;
    h.diverged = trainer->diverged;
    return h;
}

/* The arrays of a trainer in the order of the file. */
typedef struct Piece {
    void *bytes;
    size_t size;
} Piece;

enum { PIECES = 4 };

static void pieces_of(const Trainer *trainer, Piece pieces[PIECES]) {
    const Net *net = trainer->spec.net;
    const Optimizer *o = &trainer->optimizer;
    pieces[0] = (Piece){net->weights, net->parameters * sizeof(Real)};
    pieces[1] = (Piece){net->state, net->state_count * sizeof(Real)};
    pieces[2] = (Piece){o->first, o->first ? o->count * sizeof(Real) : 0};
    pieces[3] = (Piece){o->second, o->second ? o->count * sizeof(Real) : 0};
}

/* FNV-1a, 64 bits: against damage, not against malice. */
static uint64_t checksum(uint64_t sum, const void *bytes, size_t size) {
    const unsigned char *p = bytes;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ p[i]) * 0x100000001b3u;
    return sum;
}

static const uint64_t checksum_start = 0xcbf29ce484222325u;

static bool put(FILE *file, const void *bytes, size_t size, uint64_t *sum) {
    *sum = checksum(*sum, bytes, size);
    return size == 0 || fwrite(bytes, size, 1, file) == 1;
}

static bool write_all(FILE *file, const char *key, const Trainer *trainer) {
    Header header = header_of(trainer, key);
    Piece pieces[PIECES];
    pieces_of(trainer, pieces);
    uint64_t sum = checksum_start;
    bool ok = put(file, &header, sizeof header, &sum) && put(file, key, strlen(key), &sum);
    for (int i = 0; ok && i < PIECES; i++)
        ok = put(file, pieces[i].bytes, pieces[i].size, &sum);
    return ok && fwrite(&sum, sizeof sum, 1, file) == 1 && fflush(file) == 0 &&
           fsync(fileno(file)) == 0;
}

bool checkpoint_save(const char *path, const char *key, const Trainer *trainer, Error *err) {
    char temporary[4096];
    if ((size_t)snprintf(temporary, sizeof temporary, "%s.tmp-%ld", path, (long)getpid()) >=
        sizeof temporary)
        return error_set(err, "%s: path too long", path);
    FILE *file = fopen(temporary, "wb");
    if (!file)
        return error_set(err, "%s: cannot be written: %s", temporary, strerror(errno));
    bool ok = write_all(file, key, trainer);
    int why = errno;
    ok = fclose(file) == 0 && ok;
    if (!ok || rename(temporary, path) != 0) {
        why = ok ? errno : why;
        unlink(temporary);
        return error_set(err, "%s: cannot be written: %s", path, strerror(why));
    }
    return true;
}

/* The whole file, or NULL with a sentence. */
static unsigned char *read_all(FILE *file, const char *path, size_t *size, Error *err) {
    long end = -1;
    if (fseek(file, 0, SEEK_END) == 0)
        end = ftell(file);
    unsigned char *bytes = end > 0 ? malloc((size_t)end) : NULL;
    if (!bytes || fseek(file, 0, SEEK_SET) != 0 || fread(bytes, (size_t)end, 1, file) != 1) {
        free(bytes);
        error_set(err, "%s: the checkpoint is empty or cannot be read; remove it to start over",
                  path);
        return NULL;
    }
    *size = (size_t)end;
    return bytes;
}

static bool is_whole(const unsigned char *bytes, size_t size) {
    uint64_t stored;
    if (size < sizeof(Header) + sizeof stored)
        return false;
    memcpy(&stored, bytes + size - sizeof stored, sizeof stored);
    return checksum(checksum_start, bytes, size - sizeof stored) == stored;
}

/* Same run and same layout: everything but what changes while training. */
static bool fits(const unsigned char *bytes, size_t size, const char *key, const Trainer *trainer,
                 Header *found) {
    Header wanted = header_of(trainer, key);
    memcpy(found, bytes, sizeof *found);
    wanted.iteration = found->iteration;
    wanted.steps = found->steps;
    wanted.pass = found->pass;
    wanted.diverged = found->diverged;
    size_t total = sizeof *found + strlen(key) + sizeof(uint64_t);
    Piece pieces[PIECES];
    pieces_of(trainer, pieces);
    for (int i = 0; i < PIECES; i++)
        total += pieces[i].size;
    return memcmp(&wanted, found, sizeof wanted) == 0 && size == total &&
           memcmp(bytes + sizeof *found, key, strlen(key)) == 0;
}

static void restore(const unsigned char *bytes, const Header *header, Trainer *trainer) {
    const unsigned char *at = bytes + sizeof *header + header->key_length;
    Piece pieces[PIECES];
    pieces_of(trainer, pieces);
    for (int i = 0; i < PIECES; i++) {
        if (pieces[i].size)
            memcpy(pieces[i].bytes, at, pieces[i].size);
        at += pieces[i].size;
    }
    trainer->iteration = header->iteration;
    trainer->diverged = header->diverged;
    trainer->optimizer.steps = header->steps;
    trainer->spec.net->pass = header->pass;
}

static CheckpointState load_bytes(const unsigned char *bytes, size_t size, const char *path,
                                  const char *key, Trainer *trainer, Error *err) {
    Header header;
    if (!is_whole(bytes, size)) {
        error_set(err, "%s: the checkpoint is damaged; remove it to start over", path);
        return CHECKPOINT_REFUSED;
    }
    if (!fits(bytes, size, key, trainer, &header)) {
        error_set(err, "%s: the checkpoint is of another run than %s; remove it, or choose another "
                  "--out", path, key);
        return CHECKPOINT_REFUSED;
    }
    restore(bytes, &header, trainer);
    return CHECKPOINT_LOADED;
}

CheckpointState checkpoint_load(const char *path, const char *key, Trainer *trainer, Error *err) {
    FILE *file = fopen(path, "rb");
    if (!file && errno == ENOENT)
        return CHECKPOINT_NONE;
    if (!file) {
        error_set(err, "%s: cannot be read: %s", path, strerror(errno));
        return CHECKPOINT_REFUSED;
    }
    size_t size = 0;
    unsigned char *bytes = read_all(file, path, &size, err);
    fclose(file);
    if (!bytes)
        return CHECKPOINT_REFUSED;
    CheckpointState state = load_bytes(bytes, size, path, key, trainer, err);
    free(bytes);
    return state;
}
