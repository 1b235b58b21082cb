/* SPDX-License-Identifier: MIT */
#include "core/base/error.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One line of printf output: what a message holds of foreign text must not break it in two. */
static void format_line(char *line, size_t size, const char *format, va_list args) {
    if (vsnprintf(line, size, format, args) < 0) {
        snprintf(line, size, "(a message that cannot be printed: %s)", format);
    }
    for (char *c = line; *c != '\0'; c++) {
        if (*c == '\n' || *c == '\r') {
            *c = ' ';
        }
    }
}

bool error_set(Error *err, const char *format, ...) {
    if (err == NULL) {
        return false;
    }
    Error line; /* formatted aside, since the arguments may include err->text itself */
    va_list args;
    va_start(args, format);
    format_line(line.text, sizeof line.text, format, args);
    va_end(args);
    *err = line;
    return false;
}

bool error_prefix(Error *err, const char *format, ...) {
    if (err == NULL) {
        return false;
    }
    Error line;
    va_list args;
    va_start(args, format);
    format_line(line.text, sizeof line.text, format, args);
    va_end(args);
    strncat(line.text, ": ", sizeof line.text - 1 - strlen(line.text));
    strncat(line.text, err->text, sizeof line.text - 1 - strlen(line.text));
    *err = line;
    return false;
}

_Noreturn void die(const char *format, ...) {
    char line[1024];
    va_list args;
    va_start(args, format);
    format_line(line, sizeof line, format, args);
    va_end(args);
    fprintf(stderr, "tidemark: %s\n", line);
    exit(2);
}
