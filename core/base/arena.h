/* SPDX-License-Identifier: MIT
 *
 * arena.h - memory that is planned once and freed together.
 *
 * Everything a network, a data set or a plan needs for its life comes from one arena; nothing is
 * allocated inside a training loop.  Blocks are zeroed and aligned to 64 bytes (a cache line and the
 * widest vector).  Memory that runs out ends the process with one line (see die); a cell that does
 * so takes only itself along.
 */
#ifndef TIDEMARK_BASE_ARENA_H
#define TIDEMARK_BASE_ARENA_H

#include <stddef.h>

typedef struct Arena Arena;

Arena *arena_create(void);
void arena_destroy(Arena *arena); /* frees all its blocks; NULL is allowed */

/* `count` elements of `size` bytes, zeroed, aligned to 64 bytes; never NULL, also for 0 bytes. */
void *arena_alloc(Arena *arena, size_t count, size_t size);

/* A copy of `bytes` bytes; a copy of a string; a string made by a printf format. */
void *arena_copy(Arena *arena, const void *from, size_t bytes);
char *arena_string(Arena *arena, const char *text);
char *arena_format(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* arena_new(arena, Real, n): n zeroed elements of a type. */
#define arena_new(arena, Type, count) ((Type *)arena_alloc((arena), (count), sizeof(Type)))

#endif
