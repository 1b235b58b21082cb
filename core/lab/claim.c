/* SPDX-License-Identifier: MIT */
#include "core/lab/claim.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

const char *verdict_name(Verdict verdict) {
    static const char *const names[] = {
        [NOT_REPRODUCED] = "not reproduced",
        [REPRODUCED] = "reproduced",
        [INCONCLUSIVE] = "inconclusive",
    };
    return names[verdict];
}

static Finding finding_v(Verdict verdict, Interval measured, const char *format, va_list args) {
    Finding finding = {.verdict = verdict, .measured = measured};
    vsnprintf(finding.note, sizeof finding.note, format, args);
    return finding;
}

Finding finding_of(Verdict verdict, Interval measured, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Finding finding = finding_v(verdict, measured, format, args);
    va_end(args);
    return finding;
}

Finding finding_exact(double measured, double expected, const char *format, ...) {
    Verdict verdict = measured == expected ? REPRODUCED : NOT_REPRODUCED;
    va_list args;
    va_start(args, format);
    Finding finding =
        finding_v(isnan(measured) ? INCONCLUSIVE : verdict, interval_point(measured), format, args);
    va_end(args);
    return finding;
}

Finding finding_between(Interval measured, double low, double high, const char *format, ...) {
    Verdict verdict = INCONCLUSIVE; /* also for nan, which is neither inside nor outside */
    if (measured.low >= low && measured.high <= high) {
        verdict = REPRODUCED;
    } else if (measured.high < low || measured.low > high) {
        verdict = NOT_REPRODUCED;
    }
    va_list args;
    va_start(args, format);
    Finding finding = finding_v(verdict, measured, format, args);
    va_end(args);
    return finding;
}

static Verdict verdict_above(double low, double high, double limit) {
    if (low > limit) {
        return REPRODUCED;
    }
    return high < limit || (low == limit && high == limit) ? NOT_REPRODUCED : INCONCLUSIVE;
}

Finding finding_above(Interval measured, double limit, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Finding finding =
        finding_v(verdict_above(measured.low, measured.high, limit), measured, format, args);
    va_end(args);
    return finding;
}

Finding finding_below(Interval measured, double limit, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Finding finding =
        finding_v(verdict_above(-measured.high, -measured.low, -limit), measured, format, args);
    va_end(args);
    return finding;
}

Finding finding_inconclusive(const char *format, ...) {
    Interval nothing = {.value = NAN, .low = -INFINITY, .high = INFINITY};
    va_list args;
    va_start(args, format);
    Finding finding = finding_v(INCONCLUSIVE, nothing, format, args);
    va_end(args);
    return finding;
}
