/* SPDX-License-Identifier: MIT */
#include "core/base/arena.h"
#include "core/base/error.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };

/* Every block is its own allocation, so that valgrind and the address sanitizer see where it ends
 * (to the cache line).  The link to the block before it has a cache line of its own. */
typedef struct Block {
    struct Block *previous;
    _Alignas(ALIGNMENT) unsigned char data[];
} Block;

struct Arena {
    Block *last;
};

Arena *arena_create(void) {
    Arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL) {
        die("out of memory");
    }
    return arena;
}

void arena_destroy(Arena *arena) {
    if (arena == NULL) {
        return;
    }
    for (Block *block = arena->last; block != NULL;) {
        Block *previous = block->previous;
        free(block);
        block = previous;
    }
    free(arena);
}

void *arena_alloc(Arena *arena, size_t count, size_t size) {
    if (size != 0 && count > (PTRDIFF_MAX - 2 * ALIGNMENT) / size) {
        die("out of memory: %zu elements of %zu bytes are more than can be addressed", count, size);
    }
    size_t bytes = count * size;
    size_t whole = (sizeof(Block) + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    Block *block = aligned_alloc(ALIGNMENT, whole);
    if (block == NULL) {
        die("out of memory: %zu bytes could not be had; fewer jobs at a time need less", bytes);
    }
    block->previous = arena->last;
    arena->last = block;
    return memset(block->data, 0, bytes);
}

void *arena_copy(Arena *arena, const void *from, size_t bytes) {
    void *copy = arena_alloc(arena, bytes, 1);
    return bytes == 0 ? copy : memcpy(copy, from, bytes);
}

char *arena_string(Arena *arena, const char *text) {
    return arena_copy(arena, text, strlen(text) + 1);
}

char *arena_format(Arena *arena, const char *format, ...) {
    char *made;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&made, format, args);
    va_end(args);
    if (length < 0) {
        die("out of memory for a text of the form '%s'", format);
    }
    char *text = arena_copy(arena, made, (size_t)length + 1);
    free(made);
    return text;
}
