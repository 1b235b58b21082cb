/* SPDX-License-Identifier: MIT
 *
 * Schedules: every formula against PyTorch and Keras, the papers' own check points, exact knots,
 * refusals, and the text they are read from.
 */
#include "tests/check.h"

#include "core/learn/plateau.h"
#include "core/learn/schedule.h"
#include "tests/fixtures/torch_schedules.h"
#include <stdlib.h>

static const double ulps = 1e-15; /* a few roundings */

static Schedule parsed(const char *text, Arena *arena) {
    Schedule schedule;
    Error err = {0};
    if (!schedule_parse(text, &schedule, arena, &err))
        fail_msg("%s: %s", text, err.text);
    return schedule;
}

/* ---- PyTorch and Keras ---- */

static void check_rates(const struct TorchCase *c, Arena *arena) {
    Schedule s = parsed(c->text, arena);
    for (size_t i = 0; i < c->count; i++) {
        /* 1e-17: where the rate is 0 to us and the rest of a difference to Python */
        check_assert_close(schedule_rate(&s, i), c->rates[i], 1e-12, 1e-17, c->text, __FILE__,
                           (int)i);
        if (c->second)
            check_assert_close(schedule_momentum(&s, i), c->second[i], 1e-12, 0, c->text, __FILE__,
                               (int)i);
        else
            assert_true(schedule_momentum(&s, i) == -1);
    }
    assert_int_equal(schedule_cycles_momentum(&s), c->second != NULL);
}

static void check_plateau(const struct TorchCase *c) {
    Plateau p;
    Error err = {0};
    assert_true(plateau_parse(c->text, &p, &err));
    for (size_t i = 0; i < c->count; i++)
        check_assert_close(plateau_step(&p, c->second[i]), c->rates[i], 1e-15, 0, c->text, __FILE__,
                           (int)i);
}

static void rates_are_those_of_pytorch_and_keras(void **state) {
    (void)state;
    Arena *arena = arena_create();
    size_t count = sizeof torch_cases / sizeof torch_cases[0], plateaus = 0;
    for (size_t k = 0; k < count; k++) {
        bool plateau = !strncmp(torch_cases[k].text, "plateau", 7);
        plateaus += plateau;
        if (plateau)
            check_plateau(&torch_cases[k]);
        else
            check_rates(&torch_cases[k], arena);
    }
    assert_true(plateaus == 5 && count == 34);
    arena_destroy(arena);
}

/* ---- the papers ---- */

typedef struct Point {
    uint64_t i;
    double rate;
} Point;

static void check_points(const char *text, const Point *points, size_t count, double rtol) {
    Arena *arena = arena_create();
    Schedule s = parsed(text, arena);
    for (size_t k = 0; k < count; k++)
        check_assert_close(schedule_rate(&s, points[k].i), points[k].rate, rtol, 0, text, __FILE__,
                           (int)points[k].i);
    arena_destroy(arena);
}
#define CHECK_POINTS(text, rtol, ...)                                                              \
    check_points(text, (const Point[])__VA_ARGS__,                                                 \
                 sizeof((const Point[])__VA_ARGS__) / sizeof(Point), rtol)

/* gamma^n by long double multiplications, to 1e-17 or so: independent of exact_pow */
static double power(double gamma, unsigned n) {
    long double product = 1;
    for (unsigned k = 0; k < n; k++)
        product *= gamma;
    return (double)product;
}

static void clr_paper_check_points(void **state) {
    (void)state;
    const char *bounds = "base=0.001 max=0.006 step=2000";
    char text[128];
    snprintf(text, sizeof text, "triangular %s", bounds);
    CHECK_POINTS(text, ulps,
                 {{0, .001}, {1, .0010025}, {500, .00225}, {2000, .006}, {3000, .0035},
                  {4000, .001}, {5000, .0035}, {25000, .0035}, {40000, .001}, {70000, .006}});
    snprintf(text, sizeof text, "triangular2 %s", bounds);
    CHECK_POINTS(text, ulps,
                 {{2000, .006}, {4000, .001}, {5000, .00225}, {6000, .0035}, {10000, .00225},
                  {14000, .001625}, {25000, .0010390625}, {42000, .0010048828125}});
    const unsigned at[] = {0, 1, 500, 2000, 3000, 4000, 5000, 6000, 14000, 25000, 40000, 42000};
    const double w[] = {0, .0005, .25, 1, .5, 0, .5, 1, 1, .5, 0, 1};
    for (size_t k = 0; k < sizeof at / sizeof at[0]; k++) {
        double g = power(0.99994, at[k]);
        snprintf(text, sizeof text, "exp_range %s", bounds);
        CHECK_POINTS(text, 1e-14, {{at[k], .001 + .005 * w[k] * g}});
        snprintf(text, sizeof text, "exp_range_both %s", bounds);
        CHECK_POINTS(text, 1e-14, {{at[k], (.001 + .005 * w[k]) * g}});
        CHECK_POINTS("exp base=0.001 gamma=0.99994", 1e-14, {{at[k], .001 * g}});
    }
    /* the printed digits of the reference, which no formula of ours made */
    CHECK_POINTS("exp_range", 2e-6, {{2000, .00543459}, {6000, .00448834}, {42000, .00140227}});
    CHECK_POINTS("exp_range_both", 2e-5,
                 {{2000, .00532150}, {6000, .00418601}, {42000, .00048272}});
    CHECK_POINTS("decay base=0.001 max=0.007 step=4000", ulps,
                 {{0, .007}, {1, .0069985}, {500, .00625}, {2000, .004}, {3000, .0025},
                  {4000, .001}, {70000, .001}});
}

static void clr_table_2_restarts_its_stages(void **state) {
    (void)state;
    CHECK_POINTS("triangular2 base=0.001 max=0.005 step=2000 | "
                 "16000: triangular2 base=0.0001 max=0.0005 step=1000 | "
                 "22000: triangular2 base=0.00001 max=0.00005 step=500",
                 ulps,
                 {{0, .001},       {2000, .005},  {6000, .003},   {10000, .002},
                  {14000, .0015},  {15999, .00100025}, {16000, .0001}, {17000, .0005},
                  {19000, .0003},  {21000, .0002}, {22000, 1e-5}, {22500, 5e-5},
                  {23500, 3e-5},   {24500, 2e-5}, {24999, 1.002e-5}});
    CHECK_POINTS("fixed base=0.001 | 60000: fixed base=0.0001 | 65000: fixed base=0.00001", 0,
                 {{0, 1e-3}, {59999, 1e-3}, {60000, 1e-4}, {64999, 1e-4}, {65000, 1e-5}});
}

/* coxy1989/clr, tests/test_schedulers.py */
static void coxy_vectors(void **state) {
    (void)state;
    CHECK_POINTS("triangular base=0 max=1 step=100", 0, {{0, 0}, {200, 0}, {100, 1}, {50, .5}});
    CHECK_POINTS("triangular2 base=0 max=1 step=100", 0,
                 {{0, 0}, {200, 0}, {300, .5}, {500, .25}, {700, .125}});
    CHECK_POINTS("decay base=0 max=1 step=100", 0,
                 {{0, 1}, {25, .75}, {50, .5}, {100, 0}, {150, 0}, {24601, 0}});
    CHECK_POINTS("exp base=1 gamma=0.95", 0, {{0, 1}, {1, .95}});
    CHECK_POINTS("exp base=1 gamma=0.1", ulps, {{5, 1e-5}});
    CHECK_POINTS("exp_range_both base=0 max=1 step=100 gamma=0.95", 0, {{0, 0}});
    CHECK_POINTS("exp_range_both base=1 max=10 step=100 gamma=0.95", 1e-14,
                 {{200, power(.95, 200)}, {100, 10 * power(.95, 100)}});
}

/* davidtvs/pytorch-lr-finder, tests/test_lr_finder.py; fastai's last point is never used */
static void range_test_vectors(void **state) {
    (void)state;
    CHECK_POINTS("linear_range base=1e-5 max=5e-5 total=4", ulps,
                 {{0, 1e-5}, {1, 2e-5}, {2, 3e-5}, {3, 4e-5}, {4, 5e-5}, {9, 5e-5}});
    CHECK_POINTS("exponential_range base=1e-5 max=0.1 total=4", 2e-15,
                 {{0, 1e-5}, {1, 1e-4}, {2, 1e-3}, {3, 1e-2}, {4, .1}, {9, .1}});
    CHECK_POINTS("exponential_range base=1e-7 max=10 total=100", 2e-15,
                 {{0, 1e-7}, {25, 1e-5}, {50, 1e-3}, {75, .1}, {100, 10}});
}

/* source 000: with Epoch e = i + 1, index 0 is Epoch 1, index k is 2^(k-1) < e <= 2^k */
static void periods_double(void **state) {
    (void)state;
    const double rates[] = {1, 2, 3, 4, 5, 6};
    Schedule s = {.policy = SCHEDULE_PERIODS, .rates = rates, .count = 6};
    for (uint64_t e = 1; e <= 64; e++) {
        unsigned k = 0;
        while (e > UINT64_C(1) << k)
            k++;
        assert_true(schedule_rate(&s, e - 1) == rates[k < 6 ? k : 5]);
    }
    assert_true(schedule_rate(&s, UINT64_MAX) == 6);
    CHECK_POINTS("periods", 0, {{0, .05}, {1, .45}, {2, .41}, {3, .41}, {4, .35}, {4095, .23}});
}

static void other_policies(void **state) {
    (void)state;
    CHECK_POINTS("inverse base=0.01 gamma=0.0001 power=0.75", 1e-14, /* Caffe's LeNet solver */
                 {{0, .01}, {5000, .01 / 1.3554030054147672}, {10000, .01 / 1.681792830507429}});
    CHECK_POINTS("inverse base=2 gamma=3 power=1", ulps, {{0, 2}, {1, .5}, {5, .125}});
    CHECK_POINTS("hold_inverse base=0.1 step=1000", ulps, {{0, .1}, {1000, .1}, {4000, .025}});
    CHECK_POINTS("sigmoid base=1 gamma=-1 step=5", 1e-14,
                 {{5, .5}, {4, 0.731058578630004879}, {6, 0.268941421369995121}});
    CHECK_POINTS("one_cycle_smith base=0.08 max=0.8 end=0.0008 step=41 total=96", ulps,
                 {{0, .08}, {41, .8}, {82, .08}, {95, .0008}, {96, .0008}, {1000, .0008}});
    CHECK_POINTS("triangular base=1 max=3 step=4 window=welch", 0,
                 {{0, 1}, {1, 1.875}, {2, 2.5}, {4, 3}, {6, 2.5}, {8, 1}});
    CHECK_POINTS("triangular base=1 max=3 step=4 window=hann", ulps,
                 {{0, 1}, {1, 2 - 0.70710678118654752}, {2, 2}, {4, 3}, {6, 2}, {8, 1}});
    CHECK_POINTS("linear_range base=0 max=0.1 total=10 | 10: cosine base=0.1 total=90", ulps,
                 {{0, 0}, {5, .05}, {10, .1}, {55, .05}, {100, 0}}); /* a warm-up */
}

/* ---- knots: the very doubles ---- */

static void knots_are_exact(void **state) {
    (void)state;
    const double base = 0.001, max = 0.0077; /* no sum of the two is exact */
    Schedule s = {.base = base, .max = max, .end = 1e-7, .gamma = 0.99994};
    for (unsigned step = 1; step <= 3000; step = step * 3 + 1) {
        s.step = step;
        for (uint64_t k = 0; k < 20; k++) {
            s.policy = SCHEDULE_TRIANGULAR;
            assert_true(schedule_rate(&s, 2 * k * step) == base);
            assert_true(schedule_rate(&s, (2 * k + 1) * step) == max);
            s.policy = SCHEDULE_TRIANGULAR2;
            assert_true(schedule_rate(&s, 2 * k * step) == base);
            assert_true(schedule_rate(&s, (2 * k + 1) * step) ==
                        (k == 0 ? max : base + (max - base) / (double)(UINT64_C(1) << k)));
            s.policy = SCHEDULE_EXP_RANGE;
            assert_true(schedule_rate(&s, 2 * k * step) == base);
            Schedule sgdr = {.policy = SCHEDULE_WARM_RESTARTS, .base = base, .step = step};
            assert_true(schedule_rate(&sgdr, k * step) == base);
        }
        s.policy = SCHEDULE_DECAY;
        assert_true(schedule_rate(&s, 0) == max && schedule_rate(&s, step) == base);
    }
    s.total = 97;
    s.power = 0.3;
    const SchedulePolicy annealed[] = {SCHEDULE_COSINE, SCHEDULE_POLYNOMIAL};
    for (size_t k = 0; k < 2; k++) {
        s.policy = annealed[k];
        assert_true(schedule_rate(&s, 0) == base && schedule_rate(&s, 97) == s.end);
    }
    const SchedulePolicy ramps[] = {SCHEDULE_LINEAR_RANGE, SCHEDULE_EXPONENTIAL_RANGE};
    for (size_t k = 0; k < 2; k++) {
        s.policy = ramps[k];
        assert_true(schedule_rate(&s, 0) == base && schedule_rate(&s, 97) == max);
    }
    s.policy = SCHEDULE_ONE_CYCLE;
    s.total = 100;
    s.rise = 0.3;
    assert_true(schedule_rate(&s, 0) == base && schedule_rate(&s, 29) == max);
    assert_true(schedule_rate(&s, 99) == s.end && schedule_rate(&s, 12345) == s.end);
}

/* Beyond what a float could count, and where amplitudes vanish. */
static void late_iterations_stay_in_bounds(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const char *texts[] = {"triangular", "triangular2", "exp_range", "exp_range_both",
                           "warm_restarts", "one_cycle", "one_cycle_smith", "polynomial repeat=yes",
                           "cosine repeat=yes", "exponential", "inverse", "sigmoid"};
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        Schedule s = parsed(texts[t], arena);
        double top = s.max > s.base ? s.max : s.base;
        for (uint64_t i = 1; i < UINT64_C(1) << 52; i = i * 3 + 1) {
            double rate = schedule_rate(&s, i);
            if (!(rate >= 0 && rate <= top * (1 + 1e-15)))
                fail_msg("%s: rate %g at %llu", texts[t], rate, (unsigned long long)i);
        }
    }
    arena_destroy(arena);
}

/* ---- text ---- */

static void nonsense_is_refused(void **state) {
    (void)state;
    const struct {
        const char *text, *says;
    } wrong[] = {
        {"triangular base=0.1 max=0.01", "above max"},
        {"one_cycle base=1 max=0.1", "above max"},
        {"triangular2 step=0", "step is 0"},
        {"exponential step=0", "step is 0"},
        {"cosine total=0", "total is 0"},
        {"exponential gamma=-0.5", "gamma"},
        {"exp_range gamma=0", "gamma"},
        {"inverse_time gamma=-1", "gamma"},
        {"warm_restarts multiply=0.5", "multiply"},
        {"constant base=-1", "base"},
        {"constant base=nan", "base"},
        {"constant base=inf", "base"},
        {"constant base=1e400", "base"},
        {"cosine end=-1", "end"},
        {"exponential_range base=0", "above 0"},
        {"multi_step milestones=5,5", "increase"},
        {"multi_step milestones=0,5", "increase"},
        {"multi_step milestones=5,", "milestones"},
        {"multi_step milestones=", "milestones"},
        {"periods rates=0.1,-0.1", "rate 1"},
        {"one_cycle rise=0", "rise"},
        {"one_cycle rise=1", "rise"},
        {"one_cycle rise=0.6 three_phase=yes", "rise"},
        {"one_cycle_smith step=50 total=100", "tail"},
        {"triangular momentum_base=0.9 momentum_max=0.8", "momentum"},
        {"triangular momentum_base=0.8 momentum_max=1", "momentum"},
        {"triangular base=", "base"},
        {"triangular base=0.1x", "base"},
        {"triangular step=1.5", "step"},
        {"triangular step=-1", "step"},
        {"triangular step=1e16", "step"},
        {"triangular base=max/0", "base"},
        {"triangular base=base", "base"},
        {"triangular base=step", "base"},
        {"triangular window=square", "window"},
        {"one_cycle linear=maybe", "linear"},
        {"triangular gamma=1", "no parameter 'gamma'"},
        {"triangular base", "NAME=VALUE"},
        {"triangular base=0.1 base=0.1", "twice"},
        {"triangle", "no policy 'triangle'"},
        {"", "no policy ''"},
        {"joined", "16000:"},
        {"constant | step", "stage 2"},
        {"constant | 5: step | 5: step", "increase"},
        {"constant | 5: step step=0", "stage 2: step: step is 0"},
    };
    Arena *arena = arena_create();
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        Schedule s;
        Error err = {0};
        if (schedule_parse(wrong[k].text, &s, arena, &err))
            fail_msg("'%s' was accepted", wrong[k].text);
        if (!strstr(err.text, wrong[k].says) || strchr(err.text, '\n'))
            fail_msg("'%s' gives '%s'", wrong[k].text, err.text);
    }
    Schedule momentum = {.policy = SCHEDULE_STEP, .base = 1, .step = 1, .gamma = 1,
                         .momentum_base = .8, .momentum_max = .9};
    assert_false(schedule_check(&momentum, NULL));
    assert_false(schedule_check(&(Schedule){.policy = SCHEDULE_POLICIES}, NULL));
    Plateau p;
    Error err = {0};
    assert_false(plateau_parse("plateau factor=1", &p, &err));
    assert_false(plateau_parse("plateau floor=1", &p, &err));
    assert_false(plateau_parse("step", &p, &err));
    arena_destroy(arena);
}

/* Every policy of the list is read by its name, and by its name with dashes; its defaults hold. */
static void every_name_is_read(void **state) {
    (void)state;
    Arena *arena = arena_create();
    for (int p = 0; p < SCHEDULE_POLICIES; p++) {
        if (p == SCHEDULE_JOINED)
            continue;
        char *name = arena_string(arena, schedule_name((SchedulePolicy)p));
        assert_int_equal(parsed(name, arena).policy, p);
        for (char *c = name; *c; c++)
            *c = *c == '_' ? '-' : *c;
        assert_int_equal(parsed(name, arena).policy, p);
    }
    assert_int_equal(parsed("1/t", arena).policy, SCHEDULE_INVERSE_TIME);
    assert_int_equal(parsed(" exp   gamma=0.5 ", arena).policy, SCHEDULE_EXPONENTIAL);
    assert_int_equal(parsed("sgdr", arena).policy, SCHEDULE_WARM_RESTARTS);
    assert_true(parsed("triangular max=0.04 base=max/4", arena).base == 0.01);
    assert_true(parsed("triangular step=8 step_down=step/2", arena).step_down == 4);
    assert_true(parsed("one_cycle max=1", arena).base == 1.0 / 25);
    arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_are_those_of_pytorch_and_keras),
        cmocka_unit_test(clr_paper_check_points),
        cmocka_unit_test(clr_table_2_restarts_its_stages),
        cmocka_unit_test(coxy_vectors),
        cmocka_unit_test(range_test_vectors),
        cmocka_unit_test(periods_double),
        cmocka_unit_test(other_policies),
        cmocka_unit_test(knots_are_exact),
        cmocka_unit_test(late_iterations_stay_in_bounds),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(every_name_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
