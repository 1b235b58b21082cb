/* SPDX-License-Identifier: MIT
 *
 * pool.h - independent pieces of work in forked processes.
 *
 * One process a piece, at most `jobs` at a time.  A piece that dies takes only itself along.
 * Results come back by way of files or of memory from pool_shared.  A piece may run a pool of its
 * own.  Should the parent die, by whatever signal, the kernel kills the children.
 */
#ifndef TIDEMARK_LAB_POOL_H
#define TIDEMARK_LAB_POOL_H

#include <stdbool.h>
#include <stddef.h>

typedef enum PieceEnd { PIECE_OK, PIECE_FAILED, PIECE_DIED } PieceEnd;

typedef struct Pool {
    size_t jobs;                               /* processes side by side; 0 = one a core */
    bool (*work)(void *context, size_t piece); /* in the child; false = failed */

    /* All in the parent, and each may be NULL. */

    /* A piece ended; `detail` is the signal that ended it (PIECE_DIED) or its exit status. */
    void (*ended)(void *context, size_t piece, PieceEnd end, int detail);
    /* After every end and about once a second; false = enough: the children are killed and the
     * pieces left are not begun. */
    bool (*go_on)(void *context);
    /* SIGINT, SIGTERM or SIGHUP came and the children are dead; the process ends on return. */
    void (*interrupted)(void *context, int signal_number);

    void *context;
} Pool;

/* Runs pieces 0 ... count-1, started in that order.  Returns how many did not end well (or did not
 * begin).  SIGINT, SIGTERM and SIGHUP stop the children, wait for them and end the process as the
 * signal would, unless the process was told to ignore them. */
size_t pool_run(const Pool *pool, size_t count);

/* Zeroed memory that parent and children see alike; dies if there is none. */
void *pool_shared(size_t bytes);
void pool_unshare(void *memory, size_t bytes);

size_t pool_cores(void); /* cores this process may use */

#endif
