/* SPDX-License-Identifier: MIT
 *
 * progress.h - how far a run is, on standard error.
 *
 * On a terminal one line is drawn over and over; elsewhere (a log file, a batch system) a plain
 * line is written at about every tenth of the work or every 10 s, never more than one a second:
 *     parity: 12/90 cells, 0 failed, about 35 s left
 */
#ifndef TIDEMARK_LAB_PROGRESS_H
#define TIDEMARK_LAB_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Progress {
    const char *name;
    size_t total, done,
        failed; /* `done` holds those kept from earlier runs and those that failed */
    size_t kept;
    bool quiet, terminal;
    double began, last; /* seconds on the monotonic clock */
    size_t last_done;
} Progress;

Progress progress_begin(const char *name, size_t total, size_t kept, bool quiet);
void progress_step(Progress *progress, bool failed);
void progress_show(Progress *progress);        /* call after steps and about once a second */
void progress_clear(const Progress *progress); /* takes the drawn line away */

double progress_clock(void); /* seconds on the monotonic clock */

/* "9.5 s", "12 min", "3.2 h". */
const char *progress_duration(double seconds, char text[32]);

#endif
