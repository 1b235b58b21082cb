/* SPDX-License-Identifier: MIT */
#include "experiments/original_report/mt19937.h"
#include <string.h>

enum { SHIFT = 397, NUMBERS = MT_WORDS / 2 };

void mt19937_start(Mt19937 *mt, uint32_t seed) {
    mt->state[0] = seed;
    for (uint32_t i = 1; i < MT_WORDS; i++) {
        uint32_t last = mt->state[i - 1];
        mt->state[i] = 1812433253u * (last ^ last >> 30) + i;
    }
    mt->used = NUMBERS;
}

/* The word behind `now`, whose highest bit goes with the rest of `next`. */
static uint32_t twist(uint32_t now, uint32_t next, uint32_t far) {
    uint32_t joined = (now & 0x80000000u) | (next & 0x7fffffffu);
    return far ^ joined >> 1 ^ (-(joined & 1) & 0x9908b0dfu);
}

/* No loop reads within a vector's reach what it wrote, so that compilers do many words at once. */
static void next_state(Mt19937 *mt) {
    uint32_t *s = mt->state;
    for (size_t i = 0; i < MT_WORDS - SHIFT; i++) {
        s[i] = twist(s[i], s[i + 1], s[i + SHIFT]);
    }
    for (size_t i = MT_WORDS - SHIFT; i < MT_WORDS - 1; i++) {
        s[i] = twist(s[i], s[i + 1], s[i + SHIFT - MT_WORDS]);
    }
    s[MT_WORDS - 1] = twist(s[MT_WORDS - 1], s[0], s[SHIFT - 1]);
    mt->used = 0;
    mt->made = false;
}

static uint32_t temper(uint32_t word) {
    word ^= word >> 11;
    word ^= word << 7 & 0x9d2c5680u;
    word ^= word << 15 & 0xefc60000u;
    return word ^ word >> 18;
}

static void make_numbers(Mt19937 *mt) {
    uint32_t words[MT_WORDS];
    for (size_t i = 0; i < MT_WORDS; i++) {
        words[i] = temper(mt->state[i]);
    }
    for (size_t i = 0; i < NUMBERS; i++) {
        int32_t high = (int32_t)(words[2 * i] >> 5), low = (int32_t)(words[2 * i + 1] >> 6);
        mt->numbers[i] = (high * 0x1p26 + low) * 0x1p-53;
    }
    mt->made = true;
}

void mt19937_fill(Mt19937 *mt, double *out, size_t n) {
    while (n > 0) {
        if (mt->used == NUMBERS) {
            next_state(mt);
        }
        if (!mt->made) {
            make_numbers(mt);
        }
        size_t left = NUMBERS - mt->used, taken = n < left ? n : left;
        memcpy(out, mt->numbers + mt->used, taken * sizeof *out);
        mt->used += taken;
        out += taken;
        n -= taken;
    }
}

void mt19937_skip(Mt19937 *mt, size_t n) {
    while (n > 0) {
        if (mt->used == NUMBERS) {
            next_state(mt);
        }
        size_t left = NUMBERS - mt->used, taken = n < left ? n : left;
        mt->used += taken;
        n -= taken;
    }
}
