/* SPDX-License-Identifier: MIT
 *
 * The digits of the published report that can be read, against ours.
 */
#include "experiments/original_report/original.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Printed {
    const char *period;
    double img_diff; /* to 0.1 */
    double cost;     /* to 0.001; nan = not printed */
} Printed;

static const Printed report[] = {
    {"0", 3465.5, NAN},    {"1", 2111.5, 5.814},  {"2", 2423.7, 3.451},
    {"3", 1838.3, 1.254},  {"4", 1523.8, 0.819},  {"5", 1435.5, 0.678},
    {"6", 1343.8, 0.694},  {"7", 1276.8, 0.573},  {"11", 962.9, 0.396}};
enum { PRINTED = sizeof report / sizeof *report };

/* A number of a period, rounded as the report prints it; nan where that period was not run. */
static double rounded(const Results *results, const char *period, const char *column, int digits) {
    double value = NAN;
    char text[64];
    table_select(results_table(results, "periods"), column, (Where[]){{"period", period}, {0}},
                 &value, 1);
    snprintf(text, sizeof text, "%.*f", digits, value);
    return strtod(text, NULL);
}

static Finding judge_difference(const Results *results, size_t index) {
    const Printed *printed = &report[index];
    return finding_exact(rounded(results, printed->period, "img_diff", 1), printed->img_diff,
                         "img_diff of period %s, to one decimal as printed", printed->period);
}

#define JUDGE(index)                                                                               \
    static Finding judge_difference_##index(const Results *results) {                              \
        return judge_difference(results, index);                                                   \
    }
JUDGE(0) JUDGE(1) JUDGE(2) JUDGE(3) JUDGE(4) JUDGE(5) JUDGE(6) JUDGE(7) JUDGE(8)

static Finding judge_costs(const Results *results) {
    double right = 0, there = 0, printed = 0;
    for (size_t i = 0; i < PRINTED; i++) {
        double cost = rounded(results, report[i].period, "cost", 3);
        printed += !isnan(report[i].cost);
        there += !isnan(report[i].cost) && !isnan(cost);
        right += cost == report[i].cost;
    }
    if (right == there && there < printed) {
        return finding_inconclusive("%.0f of the %.0f costs were computed, all as printed", there,
                                    printed);
    }
    return finding_exact(right, printed, "costs that are the report's, to three decimals");
}

#define DIFFERENCE(index, period, number)                                                          \
    { "img-diff-" period, "000, 003",                                                              \
      "Report K160916-2039: the image difference after period " period " is " number ".", number,  \
      judge_difference_##index }

const Claim original_claims[] = {
    DIFFERENCE(0, "0", "3465.5"), DIFFERENCE(1, "1", "2111.5"), DIFFERENCE(2, "2", "2423.7"),
    DIFFERENCE(3, "3", "1838.3"), DIFFERENCE(4, "4", "1523.8"), DIFFERENCE(5, "5", "1435.5"),
    DIFFERENCE(6, "6", "1343.8"), DIFFERENCE(7, "7", "1276.8"), DIFFERENCE(8, "11", "962.9"),
    {"costs", "000, 003", "Report K160916-2039: the costs of periods 1 to 7 and 11.",
     "8 costs to 3 decimals", judge_costs},
    {0}};
