/* SPDX-License-Identifier: MIT
 *
 * The ways to come by several models, in one repetition.  T is the length of one training.
 *
 *     top          the ten best trials of the search (T each), by validation accuracy
 *     init         its best setting, trained ten times (T each) from other initial weights
 *     checkpoints  one training at a constant rate, noted every T/10; and, going on to 10 T, every
 *                  T (checkpoints_long).  Averages of its parameters run beside it
 *     snapshots    one training of 10 T whose rate falls as a cosine and restarts every T
 *     single       no ensemble: one cosine over 2, 5, 10 T
 */
#include "experiments/ensembles/ensembles.h"

#include "core/study/watch.h"

#include <string.h>
#include <time.h>

static const double windows[WINDOWS] = {0.01, 0.1, 1}; /* of an average, in trainings */

/* A trial of the search. */
typedef struct Tried {
    double validation; /* -1 where it diverged */
    Setting setting;
    Model *model;
} Tried;

typedef struct Study {
    const Ground *ground;
    Setting best, constant, cosine; /* the best of all trials, and of those at either schedule */
    Pool top, init, early, late, snapshots;
    double base;                    /* accuracy of one model: the mean of init's */
    double clock;
} Study;

/* ---- rows ---- */

static const char *set_name(const Study *s) {
    return sets[s->ground->config->set].name;
}

static Table *table_of(const Study *s, const char *name) {
    return cell_table(s->ground->cell, name);
}

/* CPU time since the row before; other cells do not count. */
static void note_time(Study *s, const char *way) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    double now = (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
    if (way)
        table_row(table_of(s, "times"), v_text(set_name(s)), v_text(way),
                  v_count(s->ground->config->seed), v_double(now - s->clock));
    s->clock = now;
}

static void note_run(const Study *s, const char *way, size_t model, const Trainer *trainer) {
    table_row(table_of(s, "runs"), v_text(set_name(s)), v_text(way),
              v_count(s->ground->config->seed), v_count((int64_t)model),
              v_text(trainer_status(trainer)), v_count((int64_t)trainer->iteration));
}

/* `trainings`: what n models cost beyond the search, whatever n is; n of them where all are alike. */
static void note_pool(const Study *s, const Pool *pool, Choice choice, size_t trainings) {
    for (size_t n = 1; n <= pool->count; n++) {
        Joint j = pool_ask(pool, s->ground, choice, n);
        table_row(table_of(s, "pools"), v_text(set_name(s)), v_text(pool->way),
                  v_count(s->ground->config->seed), v_count((int64_t)n),
                  v_count((int64_t)(choice == ANY ? n : trainings)),
                  v_double(j.score.accuracy), v_double(j.score.vote), v_double(j.score.loss),
                  v_double(j.member_accuracy), v_double(j.disagreement),
                  v_double(100 * (j.score.accuracy - s->base)));
    }
}

static void note_cost(const Study *s, const char *way, size_t trainings, size_t models,
                      double accuracy) {
    table_row(table_of(s, "costs"), v_text(set_name(s)), v_text(way),
              v_count(s->ground->config->seed), v_count((int64_t)trainings),
              v_count((int64_t)models), v_double(accuracy),
              v_double(100 * (accuracy - s->base)));
}

/* ---- the search ---- */

/* The best first; of equals the earlier trial. */
static void put_in_order(Tried *tried, size_t count) {
    for (size_t i = 1; i < count; i++) {
        Tried one = tried[i];
        size_t k = i;
        for (; k > 0 && tried[k - 1].validation < one.validation; k--)
            tried[k] = tried[k - 1];
        tried[k] = one;
    }
}

static Setting best_with(const Tried *tried, size_t count, bool cosine) {
    for (size_t i = 0; i < count; i++)
        if (tried[i].setting.cosine == cosine)
            return tried[i].setting;
    return tried[0].setting;
}

static bool try(Study *s, const Trial *trial, Tried *tried, Error *err) {
    const Ground *g = s->ground;
    const Config *c = g->config;
    tried->setting = setting_of(trial->values, sets[c->set].param_count);
    tried->model = model_create(g, &tried->setting, 100 + (uint32_t)trial->index,
                                tried->setting.cosine ? c->updates : 0, err);
    if (!tried->model)
        return false;
    model_train(tried->model, c->updates);
    Trainer *trainer = &tried->model->trainer;
    tried->validation =
        trainer->diverged ? -1 : trainer_score(trainer, &g->validation).accuracy;
    table_row(table_of(s, "trials"), v_text(set_name(s)), v_count(c->seed),
              v_count((int64_t)trial->index), v_double(tried->setting.rate),
              v_double(tried->setting.decay), v_double(tried->setting.dropout),
              v_text(tried->setting.cosine ? "cosine" : "constant"),
              v_text(tried->setting.unit == LAYER_TANH ? "tanh" : "relu"),
              v_text(trainer_status(trainer)), v_double(tried->validation));
    return true;
}

static bool run_search(Study *s, Error *err) {
    const Config *c = s->ground->config;
    Arena *arena = s->ground->cell->arena;
    const Space space = {sets[c->set].params, sets[c->set].param_count};
    Search *search = search_create(&(SearchSpec){.method = SEARCH_RANDOM, .space = &space,
                                                 .budget = c->trials, .seed = c->seed}, arena, err);
    const Trial *trials;
    if (!search)
        return false;
    size_t count = search_ask(search, &trials);
    Tried *tried = arena_new(arena, Tried, count);
    for (size_t i = 0; i < count; i++)
        if (!try(s, &trials[i], &tried[i], err))
            return false;
    put_in_order(tried, count);
    if (tried[0].validation < 0)
        return error_set(err, "all %zu trials of the search diverged", count);
    s->best = tried[0].setting;
    s->constant = best_with(tried, count, false);
    s->cosine = best_with(tried, count, true);
    for (size_t i = 0; i < count; i++) {
        if (i < MODELS && tried[i].validation >= 0)
            pool_add(&s->top, s->ground, pool_predict(s->ground, &tried[i].model->trainer));
        model_free(tried[i].model);
    }
    note_time(s, "search");
    return true;
}

/* ---- one setting, other initial weights ---- */
static bool run_init(Study *s, Error *err) {
    const Ground *g = s->ground;
    for (uint32_t m = 0; m < MODELS; m++) {
        Model *model = model_create(g, &s->best, m, s->best.cosine ? g->config->updates : 0, err);
        if (!model)
            return false;
        model_train(model, g->config->updates);
        pool_add(&s->init, g, pool_predict(g, &model->trainer));
        note_run(s, "init", m + 1, &model->trainer);
        model_free(model);
    }
    for (size_t m = 0; m < MODELS; m++)
        s->base += s->init.accuracy[m] / MODELS;
    note_time(s, "init");
    return true;
}

/* ---- one run at a constant rate: checkpoints, running averages ---- */

/* Training and averages up to an update. */
static void go_on(Model *model, Watch *watch, Average *averages, uint64_t updates) {
    Trainer *trainer = &model->trainer;
    while (trainer->iteration < updates &&
           watch_step(watch, trainer, trainer->iteration + 1 == updates, NULL))
        for (size_t w = 0; w < WINDOWS; w++)
            average_add(&averages[w]);
}

/* The averages beside the weights themselves; after whole trainings, the window that is best on the
 * validation set is asked on the test set. */
static void note_averages(const Study *s, Model *model, Average *averages, double trainings) {
    const Ground *g = s->ground;
    double raw = trainer_score(&model->trainer, &g->validation).accuracy, best = -1, test = 0;
    bool whole = trainings == (double)(size_t)trainings;
    for (size_t w = 0; w < WINDOWS; w++) {
        average_swap(&averages[w]);
        double accuracy = trainer_score(&model->trainer, &g->validation).accuracy;
        if (whole && accuracy > best) {
            best = accuracy;
            test = trainer_score(&model->trainer, &g->test).accuracy;
        }
        average_swap(&averages[w]);
        table_row(table_of(s, "averages"), v_text(set_name(s)), v_double(windows[w]),
                  v_count(g->config->seed), v_double(trainings), v_double(raw),
                  v_double(accuracy), v_double(100 * (accuracy - raw)));
    }
    if (whole)
        note_cost(s, "average", (size_t)trainings, 1, test);
}

static void start_averages(const Study *s, Model *model, Average averages[WINDOWS]) {
    for (size_t w = 0; w < WINDOWS; w++) {
        double updates = windows[w] * s->ground->config->updates;
        average_init(&averages[w], model->trainer.spec.net, 1 - 1 / (updates > 2 ? updates : 2),
                     model->arena);
    }
}

static bool run_constant(Study *s, Error *err) {
    const Ground *g = s->ground;
    uint64_t length = g->config->updates;
    Average averages[WINDOWS];
    Watch *watch;
    Model *model = model_create(g, &s->constant, 0, 0, err);
    if (!model || !watch_create(&watch, g->cell, &model->trainer, err))
        return false;
    start_averages(s, model, averages);
    for (size_t k = 1; k < 2 * MODELS; k++) { /* 1/10 ... 9/10, 1, 2, ... 10 trainings */
        bool whole = k >= MODELS;
        go_on(model, watch, averages, whole ? (k - MODELS + 1) * length : k * length / MODELS);
        note_averages(s, model, averages, whole ? (double)(k - MODELS + 1) : (double)k / MODELS);
        Real *p = pool_predict(g, &model->trainer);
        if (k <= MODELS)
            pool_add(&s->early, g, p);
        if (whole) {
            pool_add(&s->late, g, p);
            note_cost(s, "constant", k - MODELS + 1, 1, s->late.accuracy[k - MODELS]);
        }
    }
    note_run(s, "constant", 1, &model->trainer);
    model_free(model);
    note_time(s, "constant");
    return true;
}

/* ---- one run with restarts; one without ---- */
static bool run_snapshots(Study *s, Error *err) {
    const Ground *g = s->ground;
    Model *model = model_create(g, &s->cosine, 0, g->config->updates, err);
    if (!model)
        return false;
    for (size_t k = 1; k <= MODELS; k++) {
        model_train(model, k * g->config->updates);
        pool_add(&s->snapshots, g, pool_predict(g, &model->trainer));
    }
    note_run(s, "snapshots", 1, &model->trainer);
    note_cost(s, "single", 1, 1, s->snapshots.accuracy[0]); /* up to here it is the same */
    model_free(model);
    note_time(s, "snapshots");
    return true;
}

static bool run_single(Study *s, Error *err) {
    static const uint32_t trainings[] = {2, 5, 10};
    const Ground *g = s->ground;
    for (size_t i = 0; i < sizeof trainings / sizeof *trainings; i++) {
        uint64_t length = (uint64_t)trainings[i] * g->config->updates;
        Model *model = model_create(g, &s->cosine, 0, length, err);
        if (!model)
            return false;
        model_train(model, length);
        note_cost(s, "single", trainings[i], 1,
                  trainer_score(&model->trainer, &g->test).accuracy);
        note_run(s, "single", trainings[i], &model->trainer);
        model_free(model);
    }
    note_time(s, "single");
    return true;
}

/* ---- all of them ---- */

static void note_joint_cost(const Study *s, const Pool *pool, Choice choice, size_t trainings,
                            size_t n) {
    note_cost(s, pool->way, trainings, n, pool_ask(pool, s->ground, choice, n).score.accuracy);
}

static void note_costs(const Study *s) {
    note_joint_cost(s, &s->top, FIRST, 0, s->top.count);
    note_joint_cost(s, &s->early, LAST, 1, MODELS);
    for (size_t n = 1; n <= MODELS; n++) {
        note_joint_cost(s, &s->init, ANY, n, n);
        note_joint_cost(s, &s->late, FIRST, n, n);
        note_joint_cost(s, &s->snapshots, FIRST, n, n);
    }
}

bool ways_run(const Ground *ground, Error *err) {
    Study *s = arena_new(ground->cell->arena, Study, 1);
    *s = (Study){.ground = ground, .top.way = "top", .init.way = "init",
                 .early.way = "checkpoints", .late.way = "checkpoints_long",
                 .snapshots.way = "snapshots"};
    note_time(s, NULL);
    if (!run_search(s, err) || !run_init(s, err) || !run_constant(s, err) ||
        !run_snapshots(s, err) || !run_single(s, err))
        return false;
    note_pool(s, &s->init, ANY, 0);
    note_pool(s, &s->top, FIRST, 0);
    note_pool(s, &s->early, LAST, 1);
    note_pool(s, &s->late, LAST, MODELS);
    note_pool(s, &s->snapshots, LAST, MODELS);
    note_costs(s);
    return true;
}
