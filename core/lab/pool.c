/* SPDX-License-Identifier: MIT */
#include "core/lab/pool.h"
#include "core/base/error.h"
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct Worker {
    pid_t pid; /* 0 = idle */
    size_t piece;
} Worker;

typedef struct Run {
    const Pool *pool;
    Worker *workers;
    size_t jobs, running, well;
    sigset_t awaited, mask_before;
    struct sigaction child_before;
} Run;

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { STOP_SIGNALS = sizeof stop_signals / sizeof stop_signals[0] };

/* The signals are held back and asked for one by one: no handler, so no race between looking at a
 * flag and going to sleep. */
static void hold_signals(Run *run) {
    sigemptyset(&run->awaited);
    sigaddset(&run->awaited, SIGCHLD);
    for (size_t i = 0; i < STOP_SIGNALS; i++) {
        struct sigaction present;
        sigaction(stop_signals[i], NULL, &present);
        if (present.sa_handler != SIG_IGN) { /* nohup and background jobs of a script ignore some */
            sigaddset(&run->awaited, stop_signals[i]);
        }
    }
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigaction(SIGCHLD, &usual, &run->child_before); /* an inherited SIG_IGN would hide the ends */
    sigprocmask(SIG_BLOCK, &run->awaited, &run->mask_before);
}

static void release_signals(const Run *run) {
    sigaction(SIGCHLD, &run->child_before, NULL);
    sigprocmask(SIG_SETMASK, &run->mask_before, NULL);
}

static _Noreturn void be_child(const Run *run, size_t piece, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1); /* the parent died before it could be watched */
    }
    release_signals(run);
    bool well = run->pool->work(run->pool->context, piece);
    fflush(NULL);
    _exit(well ? 0 : 1);
}

/* Returns false when the system has no room for one more process just now. */
static bool start(Run *run, size_t piece) {
    Worker *worker = run->workers;
    while (worker->pid != 0) {
        worker++;
    }
    fflush(NULL); /* what is still buffered must not be written twice */
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        be_child(run, piece, parent);
    }
    if (pid < 0) {
        return false;
    }
    *worker = (Worker){.pid = pid, .piece = piece};
    run->running++;
    return true;
}

static void tell_end(Run *run, size_t piece, int status) {
    PieceEnd end = PIECE_OK;
    int detail = 0;
    if (WIFSIGNALED(status)) {
        end = PIECE_DIED;
        detail = WTERMSIG(status);
    } else if (WEXITSTATUS(status) != 0) {
        end = PIECE_FAILED;
        detail = WEXITSTATUS(status);
    }
    run->well += end == PIECE_OK;
    if (run->pool->ended != NULL) {
        run->pool->ended(run->pool->context, piece, end, detail);
    }
}

static void reap(Run *run) {
    for (size_t i = 0; i < run->jobs; i++) {
        Worker *worker = &run->workers[i];
        int status = 0;
        if (worker->pid != 0 && waitpid(worker->pid, &status, WNOHANG) == worker->pid) {
            worker->pid = 0;
            run->running--;
            tell_end(run, worker->piece, status);
        }
    }
}

/* Asks first, so that a child with a pool of its own can stop that, then kills. */
static void stop_children(Run *run) {
    static const int signals[] = {SIGTERM, SIGKILL};
    for (size_t s = 0; s < 2; s++) {
        for (size_t i = 0; i < run->jobs; i++) {
            if (run->workers[i].pid != 0) {
                kill(run->workers[i].pid, signals[s]);
            }
        }
        for (int hundredth = 0; run->running > 0 && (hundredth < 300 || s == 1); hundredth++) {
            for (size_t i = 0; i < run->jobs; i++) {
                Worker *worker = &run->workers[i];
                if (worker->pid != 0 && waitpid(worker->pid, NULL, WNOHANG) == worker->pid) {
                    worker->pid = 0;
                    run->running--;
                }
            }
            if (run->running > 0) {
                nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
            }
        }
    }
}

static _Noreturn void end_by_signal(Run *run, int signal_number) {
    stop_children(run);
    if (run->pool->interrupted != NULL) {
        run->pool->interrupted(run->pool->context, signal_number);
    }
    fflush(NULL);
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigaction(signal_number, &usual, NULL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, signal_number);
    raise(signal_number);
    sigprocmask(SIG_UNBLOCK, &only, NULL); /* here it ends us */
    _exit(128 + signal_number);
}

size_t pool_run(const Pool *pool, size_t count) {
    size_t jobs = pool->jobs != 0 ? pool->jobs : pool_cores();
    Run run = {.pool = pool, .jobs = jobs < count ? jobs : count};
    run.workers = calloc(run.jobs + 1, sizeof *run.workers);
    if (run.workers == NULL) {
        die("out of memory for %zu workers", run.jobs);
    }
    hold_signals(&run);
    size_t next = 0;
    while (run.running > 0 || next < count) {
        while (run.running < run.jobs && next < count && start(&run, next)) {
            next++;
        }
        if (run.running == 0) {
            die("no process can be started: %s", strerror(errno));
        }
        int signal_number = sigtimedwait(&run.awaited, NULL, &(struct timespec){.tv_sec = 1});
        if (signal_number > 0 && signal_number != SIGCHLD) {
            end_by_signal(&run, signal_number);
        }
        reap(&run);
        if (pool->go_on != NULL && !pool->go_on(pool->context)) {
            stop_children(&run);
            break;
        }
    }
    release_signals(&run);
    free(run.workers);
    return count - run.well;
}

void *pool_shared(size_t bytes) {
    void *memory = mmap(NULL, bytes > 0 ? bytes : 1, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        die("out of memory: %zu bytes of shared memory could not be had", bytes);
    }
    return memory;
}

void pool_unshare(void *memory, size_t bytes) {
    munmap(memory, bytes > 0 ? bytes : 1);
}

size_t pool_cores(void) {
    cpu_set_t cores;
    if (sched_getaffinity(0, sizeof cores, &cores) == 0) {
        return (size_t)CPU_COUNT(&cores);
    }
    long online = sysconf(_SC_NPROCESSORS_ONLN); /* more cores than a cpu_set_t holds */
    return online > 0 ? (size_t)online : 1;
}
