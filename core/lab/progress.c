/* SPDX-License-Identifier: MIT */
#include "core/lab/progress.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR = 30 };

double progress_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

const char *progress_duration(double seconds, char text[32]) {
    if (seconds < 9.95) {
        snprintf(text, 32, "%.1f s", seconds);
    } else if (seconds < 99.5) {
        snprintf(text, 32, "%.0f s", seconds);
    } else if (seconds < 99.5 * 60) {
        snprintf(text, 32, "%.0f min", seconds / 60);
    } else {
        snprintf(text, 32, "%.1f h", seconds / 3600);
    }
    return text;
}

static bool draws_on_terminal(void) {
    const char *kind = getenv("TERM");
    return isatty(STDERR_FILENO) && kind != NULL && strcmp(kind, "dumb") != 0;
}

Progress progress_begin(const char *name, size_t total, size_t kept, bool quiet) {
    double now = progress_clock();
    return (Progress){.name = name,
                      .total = total,
                      .done = kept,
                      .kept = kept,
                      .quiet = quiet,
                      .terminal = draws_on_terminal(),
                      .began = now,
                      .last = now,
                      .last_done = kept};
}

void progress_step(Progress *progress, bool failed) {
    progress->done++;
    progress->failed += failed;
}

/* ", about 35 s left", or nothing before the first cell tells how long one takes. */
static void print_time_left(const Progress *progress, double now) {
    char text[32];
    size_t computed = progress->done - progress->kept;
    if (computed > 0) {
        double each = (now - progress->began) / (double)computed;
        double left = each * (double)(progress->total - progress->done);
        fprintf(stderr, ", about %s left", progress_duration(left, text));
    }
}

static void draw(const Progress *progress, double now) {
    char bar[BAR + 1];
    size_t filled = progress->total > 0 ? BAR * progress->done / progress->total : BAR;
    for (size_t i = 0; i < BAR; i++) {
        bar[i] = i < filled ? '#' : '.';
    }
    bar[BAR] = '\0';
    fprintf(stderr, "\r\033[K%s [%s] %zu/%zu cells, %zu failed", progress->name, bar,
            progress->done, progress->total, progress->failed);
    print_time_left(progress, now);
}

void progress_show(Progress *progress) {
    double now = progress_clock();
    if (progress->quiet) {
        return;
    }
    if (progress->terminal) {
        if (now - progress->last >= 0.1) {
            draw(progress, now);
            progress->last = now;
        }
        return;
    }
    bool tenth = 10 * (progress->done - progress->last_done) >= progress->total;
    double since = now - progress->last;
    if ((since >= 1 && tenth && progress->done < progress->total) || since >= 10) {
        fprintf(stderr, "%s: %zu/%zu cells, %zu failed", progress->name, progress->done,
                progress->total, progress->failed);
        print_time_left(progress, now);
        fputc('\n', stderr);
        progress->last = now;
        progress->last_done = progress->done;
    }
}

void progress_clear(const Progress *progress) {
    if (!progress->quiet && progress->terminal) {
        fputs("\r\033[K", stderr);
    }
}
