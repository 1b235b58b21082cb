/* SPDX-License-Identifier: MIT */
#include "core/study/policy.h"

static uint64_t divided(uint64_t length, uint32_t divisor) {
    return (length + divisor - 1) / divisor;
}

Schedule policy_compressed(Schedule s, uint32_t divisor) {
    bool by_iteration = s.policy == SCHEDULE_EXP_RANGE || s.policy == SCHEDULE_EXP_RANGE_BOTH ||
                        (s.policy == SCHEDULE_EXPONENTIAL && s.step == 1);
    double gamma = 1;
    for (uint32_t i = 0; by_iteration && i < divisor; i++)
        gamma *= s.gamma;
    if (by_iteration)
        s.gamma = gamma;
    s.step = divided(s.step, divisor);
    s.step_down = divided(s.step_down, divisor);
    s.total = divided(s.total, divisor);
    return s;
}

Schedule policy_schedule(const PolicyRow *row, uint32_t divisor, Arena *arena) {
    Schedule *stages = arena_new(arena, Schedule, row->joins + 1);
    uint64_t *milestones = arena_new(arena, uint64_t, row->joins);
    for (size_t i = 0; i <= row->joins; i++)
        stages[i] = policy_compressed(row->stages[i], divisor);
    for (size_t i = 0; i < row->joins; i++)
        milestones[i] = divided(row->milestones[i], divisor);
    if (row->joins == 0)
        return stages[0];
    return (Schedule){.policy = SCHEDULE_JOINED, .stages = stages, .milestones = milestones,
                      .count = row->joins};
}
