/* SPDX-License-Identifier: MIT */
#include "experiments/ensembles/ensembles.h"

Real *pool_predict(const Ground *ground, Trainer *trainer) {
    const Dataset *test = &ground->test;
    Real *p = arena_new(ground->cell->arena, Real, test->count * test->classes);
    ensemble_predict(trainer, test, p);
    return p;
}

void pool_add(Pool *pool, const Ground *ground, Real *p) {
    size_t i = pool->count++;
    Arena *arena = arena_create();
    Ensemble alone;
    ensemble_init(&alone, &ground->test, arena);
    ensemble_add(&alone, p);
    pool->p[i] = p;
    pool->accuracy[i] = ensemble_score(&alone).accuracy;
    for (size_t j = 0; j < i; j++)
        pool->apart[i][j] = pool->apart[j][i] =
            ensemble_disagreement(&ground->test, p, pool->p[j]);
    arena_destroy(arena);
}

/* n models from number `first` on, round and round. */
static Joint ask(const Pool *pool, Ensemble *ensemble, size_t first, size_t n) {
    Joint joint = {.disagreement = 0};
    ensemble_clear(ensemble);
    for (size_t k = 0; k < n; k++) {
        size_t i = (first + k) % pool->count;
        ensemble_add(ensemble, pool->p[i]);
        joint.member_accuracy += pool->accuracy[i] / (double)n;
        for (size_t l = 0; l < k; l++)
            joint.disagreement += pool->apart[i][(first + l) % pool->count];
    }
    joint.disagreement /= n > 1 ? (double)(n * (n - 1) / 2) : 1;
    joint.score = ensemble_score(ensemble);
    return joint;
}

/* to += share * from */
static void add(Joint *to, const Joint *from, double share) {
    to->score.loss += share * from->score.loss;
    to->score.accuracy += share * from->score.accuracy;
    to->score.vote += share * from->score.vote;
    to->member_accuracy += share * from->member_accuracy;
    to->disagreement += share * from->disagreement;
}

Joint pool_ask(const Pool *pool, const Ground *ground, Choice choice, size_t n) {
    size_t times = choice == ANY && n < pool->count ? pool->count : 1;
    size_t start = choice == LAST ? pool->count - n : 0;
    Joint mean = {.disagreement = 0};
    Arena *arena = arena_create();
    Ensemble ensemble;
    ensemble_init(&ensemble, &ground->test, arena);
    for (size_t i = 0; i < times; i++) {
        Joint one = ask(pool, &ensemble, start + i, n);
        add(&mean, &one, 1 / (double)times);
    }
    arena_destroy(arena);
    return mean;
}
