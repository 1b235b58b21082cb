/* SPDX-License-Identifier: MIT
 *
 * table_store.h - how a table lies in memory: for table.c and csv.c alone.
 *
 * Cells are offsets into one block of NUL-terminated texts.  The header is row 0 of the cells, so
 * row r of the table starts at cell (r + 1) * columns.
 */
#ifndef TIDEMARK_LAB_TABLE_STORE_H
#define TIDEMARK_LAB_TABLE_STORE_H

#include "core/lab/table.h"

struct Table {
    size_t columns, rows;
    size_t *cells;
    size_t cell_count, cell_room;
    char *text;
    size_t text_used, text_room;
};

Table *table_empty(size_t columns);                   /* no header yet */
void table_grow_text(Table *table, size_t needed);    /* room for `needed` bytes of text */
void table_add_offset(Table *table, size_t offset);   /* one more cell, whose text starts there */

#endif
