/* SPDX-License-Identifier: MIT
 *
 * pool.h - independent pieces of work in forked processes.
 *
 * One process a piece, at most `jobs` at a time.  A piece that dies takes only itself along.  Results
 * come back by way of files or of memory from pool_shared.
 */
#ifndef TIDEMARK_LAB_POOL_H
#define TIDEMARK_LAB_POOL_H

#include <stdbool.h>
#include <stddef.h>

typedef enum PieceEnd { PIECE_OK, PIECE_FAILED, PIECE_DIED } PieceEnd;

typedef struct Pool {
    size_t jobs;                               /* processes side by side; 0 = one a core */
    bool (*work)(void *context, size_t piece); /* in the child; false = failed */
    /* In the parent, when a piece ended; `detail` is the signal that ended it or its exit status.
     * May be NULL. */
    void (*ended)(void *context, size_t piece, PieceEnd end, int detail);
    void *context;
} Pool;

/* Runs pieces 0 ... count-1, started in that order.  Returns how many did not end well.  SIGINT and
 * SIGTERM stop the children, wait for them and end the process as the signal would. */
size_t pool_run(const Pool *pool, size_t count);

/* Zeroed memory that parent and children see alike (mmap, anonymous, shared); dies if there is none. */
void *pool_shared(size_t bytes);
void pool_unshare(void *memory, size_t bytes);

size_t pool_cores(void); /* cores this process may use */

#endif
