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

Finding finding_above(Interval measured, double limit, const char *format, ...) {
    Verdict verdict = INCONCLUSIVE;
    if (measured.low > limit) {
        verdict = REPRODUCED;
    } else if (measured.high < limit || (measured.low == limit && measured.high == limit)) {
        verdict = NOT_REPRODUCED;
    }
    va_list args;
    va_start(args, format);
    Finding finding = finding_v(verdict, measured, format, args);
    va_end(args);
    return finding;
}

Finding finding_below(Interval measured, double limit, const char *format, ...) {
    Interval mirrored = {-measured.value, -measured.high, -measured.low, measured.n};
    va_list args;
    va_start(args, format);
    Finding finding = finding_v(finding_above(mirrored, -limit, " ").verdict, measured, format,
                                args);
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
