/* SPDX-License-Identifier: MIT
 *
 * torch.c - PyTorch as a process of its own that trains on request (bench/peers.py).
 */
#include "bench/bench.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct Torch {
    pid_t pid;
    FILE *to, *from;
    char version[512];
};

/* All images, then all labels, in a file without a name that the child inherits. */
static int images_in_memory(const Dataset *set) {
    int file = memfd_create(set->name, 0);
    FILE *out = file < 0 ? NULL : fdopen(dup(file), "w");
    if (!out)
        return -1;
    for (size_t i = 0; i < set->count; i++)
        fwrite(set->images[i], dataset_pixels(set), 1, out);
    fwrite(set->labels, set->count, 1, out);
    return fclose(out) == 0 ? file : -1;
}

static _Noreturn void become_python(const Plan *plan, const Dataset *const sets[2],
                                    const int files[2], int in, int out) {
    char path[2][32], count[2][24];
    for (int s = 0; s < 2; s++) {
        snprintf(path[s], sizeof path[s], "/proc/self/fd/%d", files[s]);
        snprintf(count[s], sizeof count[s], "%zu", sets[s]->count);
    }
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    execlp(plan->python, plan->python, plan->peers, path[0], count[0], path[1], count[1],
           (char *)NULL);
    dprintf(STDOUT_FILENO, "missing %s: %s\n", plan->python, strerror(errno));
    _exit(127);
}

static bool start(Torch *torch, const Plan *plan, const Dataset *const sets[2], Error *err) {
    int files[2] = {images_in_memory(sets[0]), images_in_memory(sets[1])}, in[2], out[2];
    if (files[0] < 0 || files[1] < 0 || pipe(in) || pipe(out))
        return error_set(err, "no memory or no pipe for it: %s", strerror(errno));
    signal(SIGPIPE, SIG_IGN);
    torch->pid = fork();
    if (torch->pid == 0) {
        close(in[1]);
        close(out[0]);
        become_python(plan, sets, files, in[0], out[1]);
    }
    close(in[0]);
    close(out[1]);
    close(files[0]);
    close(files[1]);
    torch->to = fdopen(in[1], "w");
    torch->from = fdopen(out[0], "r");
    return torch->pid > 0 || error_set(err, "no process for it: %s", strerror(errno));
}

Torch *torch_start(const Plan *plan, const Dataset *mnist, const Dataset *cifar, Arena *arena,
                   Error *err) {
    Torch *torch = arena_new(arena, Torch, 1);
    if (!start(torch, plan, (const Dataset *const[2]){mnist, cifar}, err))
        return NULL;
    char line[sizeof torch->version] = "";
    bool said = fgets(line, sizeof line, torch->from) != NULL;
    line[strcspn(line, "\n")] = '\0';
    if (said && strncmp(line, "ready ", 6) == 0) {
        snprintf(torch->version, sizeof torch->version, "%s", line + 6);
        return torch;
    }
    error_set(err, "%s", strncmp(line, "missing ", 8) == 0 ? line + 8 : "it did not start");
    torch_stop(torch);
    return NULL;
}

const char *torch_version(const Torch *torch) {
    return torch->version;
}

bool torch_run(Torch *torch, const WorkloadSpec *spec, Program program, double seconds,
               Count *count, char *form, Error *err) {
    char line[256] = "";
    double loss;
    *count = (Count){0};
    fprintf(torch->to, "run %s %zu %s %.3f\n", spec->name, spec->batch, program_name(program),
            seconds);
    fflush(torch->to);
    if (!fgets(line, sizeof line, torch->from) ||
        sscanf(line, "%lf %lf %lf %63s", &count->done, &count->cpu, &loss, form) != 4)
        return error_set(err, "PyTorch stopped in %s, batch %zu", spec->name, spec->batch);
    return true;
}

void torch_stop(Torch *torch) {
    fclose(torch->to);
    fclose(torch->from);
    waitpid(torch->pid, NULL, 0);
}
