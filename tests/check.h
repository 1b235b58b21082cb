/* SPDX-License-Identifier: MIT
 *
 * check.h - comparisons of numbers that fail when they must.
 *
 * cmocka's own assert_float_equal casts doubles to float and accepts NaN.  These compare in double,
 * print both values in full, and know the special values:
 *     a NaN is close to nothing, not even to a NaN;
 *     an infinity is close to itself alone;
 *     0 and -0 are close, but not the same bits.
 */
#ifndef TIDEMARK_TESTS_CHECK_H
#define TIDEMARK_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka last: it needs the four above */
#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* |got - want| <= atol + rtol |want| */
static inline bool check_close(double got, double want, double rtol, double atol) {
    if (isinf(got) || isinf(want)) {
        return got == want;
    }
    return fabs(got - want) <= atol + rtol * fabs(want); /* false for a NaN */
}

/* The same 64 bits; a NaN is the same as any NaN, whose sign and payload mean nothing. */
static inline bool check_same_bits(double got, double want) {
    return (isnan(got) && isnan(want)) || memcmp(&got, &want, sizeof got) == 0;
}

/* A hexadecimal digit shows what decimal digits hide: %a stands beside %.17g. */
static inline void check_report(bool passed, double got, double want, const char *text,
                                const char *rule, const char *file, int line) {
    if (!passed) {
        char message[512];
        snprintf(message, sizeof message, "%s: got %.17g (%a), want %.17g (%a), %s\n", text, got,
                 got, want, want, rule);
        print_error("%s", message);
        _fail(file, line);
    }
}

static inline void check_assert_close(double got, double want, double rtol, double atol,
                                      const char *text, const char *file, int line) {
    char rule[128];
    snprintf(rule, sizeof rule, "off by %.3g, rtol %.3g, atol %.3g", got - want, rtol, atol);
    check_report(check_close(got, want, rtol, atol), got, want, text, rule, file, line);
}

static inline void check_assert_bits(double got, double want, const char *text, const char *file,
                                     int line) {
    check_report(check_same_bits(got, want), got, want, text, "not the same bits", file, line);
}

#define assert_close(got, want, rtol, atol)                                                        \
    check_assert_close((got), (want), (rtol), (atol), #got, __FILE__, __LINE__)

#define assert_bits_equal(got, want) check_assert_bits((got), (want), #got, __FILE__, __LINE__)

/* The first `n` elements of two arrays of any floating type, one by one. */
#define assert_all_close(got, want, n, rtol, atol)                                                 \
    do {                                                                                           \
        for (size_t check_i = 0; check_i < (size_t)(n); check_i++) {                               \
            char check_text[160];                                                                  \
            snprintf(check_text, sizeof check_text, "%s[%zu]", #got, check_i);                     \
            check_assert_close((got)[check_i], (want)[check_i], (rtol), (atol), check_text,        \
                               __FILE__, __LINE__);                                                \
        }                                                                                          \
    } while (0)

#define assert_all_bits_equal(got, want, n)                                                        \
    do {                                                                                           \
        for (size_t check_i = 0; check_i < (size_t)(n); check_i++) {                               \
            char check_text[160];                                                                  \
            snprintf(check_text, sizeof check_text, "%s[%zu]", #got, check_i);                     \
            check_assert_bits((got)[check_i], (want)[check_i], check_text, __FILE__, __LINE__);    \
        }                                                                                          \
    } while (0)

/* A new directory for this run, named after `name`, under TMPDIR (or /tmp); its path is written into
 * `path`, which every test gives room for CHECK_PATH bytes. */
enum { CHECK_PATH = 256 };
static inline bool check_directory(char path[CHECK_PATH], const char *name) {
    const char *base = getenv("TMPDIR");
    int length = snprintf(path, CHECK_PATH, "%s/tidemark %s XXXXXX",
                          base != NULL && base[0] != '\0' ? base : "/tmp", name);
    if (length >= CHECK_PATH || mkdtemp(path) == NULL) {
        perror(path);
        return false;
    }
    return true;
}

#endif
