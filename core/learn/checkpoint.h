/* SPDX-License-Identifier: MIT
 *
 * checkpoint.h - a training run on disk, so that one cut off goes on to the same bytes.
 *
 * A checkpoint holds everything a Trainer's next step depends on besides its spec: weights, running
 * statistics, optimizer state, iteration and the place of the dropout streams.  Batches and rates are
 * functions of the iteration and need no saving.  The file carries the run's key and a checksum; it
 * is written under a temporary name, synced and renamed.  It is read back on the machine that wrote
 * it or one like it (byte order and float size are checked).
 */
#ifndef TIDEMARK_LEARN_CHECKPOINT_H
#define TIDEMARK_LEARN_CHECKPOINT_H

#include "core/learn/train.h"

typedef enum CheckpointState {
    CHECKPOINT_NONE,    /* no file there: start at the beginning */
    CHECKPOINT_LOADED,
    CHECKPOINT_REFUSED, /* damaged, or of another run: the sentence says which; nothing was changed */
} CheckpointState;

bool checkpoint_save(const char *path, const char *key, const Trainer *trainer, Error *err);

/* Into a trainer just initialised from the same spec. */
CheckpointState checkpoint_load(const char *path, const char *key, Trainer *trainer, Error *err);

#endif
