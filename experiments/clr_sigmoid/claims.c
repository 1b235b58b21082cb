/* SPDX-License-Identifier: MIT
 *
 * Figure 6 gives two numbers for 'the' sigmoid network with batch normalisation; whether the author
 * ran Caffe's first or second version of it is unknown, so the network without it is judged by the
 * orderings alone.
 */
#include "experiments/clr_sigmoid/claims.h"

#include "core/study/reading.h"
#include <string.h>

enum { ITERATIONS = 60000 };

static Reading reading(const Results *results, const char *net, const char *policy,
                       uint64_t iteration) {
    const char *scale = results_scale(results);
    uint64_t divisor = strcmp(scale, "paper") == 0 ? 1 : strcmp(scale, "desk") == 0 ? 100 : 2000;
    return (Reading){policy, {{"net", net}, {"policy", policy}}, iteration / divisor};
}

static Finding number(const Results *results, const char *policy, double there) {
    if (strcmp(results_scale(results), "paper") != 0)
        return finding_inconclusive("the number belongs to 60,000 iterations");
    Reading r = reading(results, "sigmoid_bn", policy, ITERATIONS);
    return reading_number(results, &r, there, 1.5);
}

static Finding ahead(const Results *results, const char *net, uint64_t iteration, double bound) {
    if (strcmp(results_scale(results), "smoke") == 0)
        return finding_inconclusive("needs desk or paper scale");
    Reading a = reading(results, net, "triangular", iteration);
    Reading b = reading(results, net, "fixed", ITERATIONS);
    return reading_above(results, &a, &b, bound, 0.75 * 60.8);
}

static Finding fixed_number(const Results *r) { return number(r, "fixed", 60.8); }
static Finding clr_number(const Results *r) { return number(r, "triangular", 72.2); }
static Finding ahead_bn(const Results *r) { return ahead(r, "sigmoid_bn", ITERATIONS, 0); }
static Finding ahead_plain(const Results *r) { return ahead(r, "sigmoid", ITERATIONS, 0); }
static Finding sooner(const Results *r) { return ahead(r, "sigmoid_bn", ITERATIONS / 3, 0); }
static Finding by_ten(const Results *r) { return ahead(r, "sigmoid_bn", ITERATIONS, 10); }

#define FIGURE6 "CLR 4.1.1, Fig. 6"
const Claim clr_sigmoid_claims[] = {
    {"fixed", FIGURE6, "With batch norm and the downloaded settings the network ends at 60.8%.",
     "60.8 %", fixed_number},
    {"clr", FIGURE6, "With cyclical rates it ends at 72.2%.", "72.2 %", clr_number},
    {"clr-ahead", FIGURE6, "With batch norm, cyclical rates end ahead of the fixed rate.",
     "> 0 points (11.4)", ahead_bn},
    {"clr-far-ahead", FIGURE6, "The difference is large: more than ten points.",
     "> 10 points (11.4)", by_ten},
    {"clr-ahead-plain", FIGURE6, "Without batch norm too.", "> 0 points", ahead_plain},
    {"clr-sooner", "004; " FIGURE6,
     "Cyclical rates pass the fixed rate's end after a third of the iterations.", "> 0 points",
     sooner},
    {0}};
