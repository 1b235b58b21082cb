/* SPDX-License-Identifier: MIT
 *
 * error.h - one clear line when something is wrong.
 *
 * A library function that can fail returns bool (false = failed) or a pointer (NULL = failed) and
 * takes an `Error *` last.  The sentence says what is wrong, where, and what to do about it; only
 * `main` prints it and chooses the exit status.
 */
#ifndef TIDEMARK_BASE_ERROR_H
#define TIDEMARK_BASE_ERROR_H

#include <stdbool.h>

typedef struct Error {
    char text[1024]; /* one line, no newline at the end; empty = no error */
} Error;

/* Writes the sentence (printf format) and returns false, so that a failure is one statement:
 *     return error_set(err, "%s: 16 bytes of header expected, the file has %zu", path, size);
 * `err` may be NULL.  Line breaks in the result become spaces; a sentence too long is cut. */
bool error_set(Error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts more context before a sentence already there ("context: sentence") and returns false. */
bool error_prefix(Error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Ends the process with one line on standard error and exit status 2.  For broken promises between
 * our own modules (a table row with too few fields) and for memory that ran out, never for input. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
