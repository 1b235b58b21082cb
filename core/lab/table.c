/* SPDX-License-Identifier: MIT */
#include "core/lab/table_store.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const tier_names[] = {
    [TIER_KEY] = "key",       [TIER_EXACT] = "exact",     [TIER_EARLY] = "early",
    [TIER_STABLE] = "stable", [TIER_BITS] = "bits",       [TIER_MACHINE] = "machine",
    [TIER_DISTRIBUTION] = "distribution",
};

const char *tier_name(Tier tier) {
    return tier_names[tier];
}

bool tier_parse(const char *name, Tier *tier) {
    for (size_t i = 0; i < sizeof tier_names / sizeof tier_names[0]; i++) {
        if (strcmp(name, tier_names[i]) == 0) {
            *tier = (Tier)i;
            return true;
        }
    }
    return false;
}

/* ---- storage ---- */

static void *grown(void *block, size_t *room, size_t needed, size_t size) {
    if (needed <= *room) {
        return block;
    }
    size_t more = *room * 2 > needed ? *room * 2 : needed + 64;
    block = more <= SIZE_MAX / size ? realloc(block, more * size) : NULL;
    if (block == NULL) {
        die("no memory for a table of %zu cells or characters", more);
    }
    *room = more;
    return block;
}

Table *table_empty(size_t columns) {
    Table *table = calloc(1, sizeof *table);
    if (table == NULL) {
        die("no memory for a table");
    }
    table->columns = columns;
    return table;
}

void table_grow_text(Table *table, size_t needed) {
    table->text = grown(table->text, &table->text_room, needed, 1);
}

void table_add_offset(Table *table, size_t offset) {
    size_t needed = table->cell_count + 1;
    table->cells = grown(table->cells, &table->cell_room, needed, sizeof *table->cells);
    table->cells[table->cell_count++] = offset;
}

static void add_text(Table *table, const char *text) {
    size_t bytes = strlen(text) + 1;
    table_grow_text(table, table->text_used + bytes);
    memcpy(table->text + table->text_used, text, bytes);
    table_add_offset(table, table->text_used);
    table->text_used += bytes;
}

Table *table_create(const char *const *names, size_t columns) {
    Table *table = table_empty(columns);
    for (size_t c = 0; c < columns; c++) {
        add_text(table, names[c]);
    }
    return table;
}

Table *table_for(const TableSpec *spec) {
    Table *table = table_empty(0);
    for (const Column *column = spec->columns; column->name != NULL; column++) {
        add_text(table, column->name);
        table->columns++;
    }
    return table;
}

void table_free(Table *table) {
    if (table != NULL) {
        free(table->cells);
        free(table->text);
        free(table);
    }
}

static void add_number(Table *table, const char *format, double x) {
    char text[40];
    if (isnan(x)) {
        add_text(table, "nan"); /* printf would write the sign of some */
    } else {
        snprintf(text, sizeof text, format, x);
        add_text(table, text);
    }
}

static void add_value(Table *table, const Value *value) {
    char text[24];
    switch (value->kind) {
    case VALUE_DOUBLE:
        add_number(table, "%.17g", value->number);
        break;
    case VALUE_FLOAT:
        add_number(table, "%.9g", value->number);
        break;
    case VALUE_COUNT:
        snprintf(text, sizeof text, "%lld", (long long)value->count);
        add_text(table, text);
        break;
    case VALUE_TEXT:
        if (value->text == NULL) {
            die("a table was given NULL as a text");
        }
        add_text(table, value->text);
        break;
    }
}

void table_add(Table *table, const Value *values, size_t count) {
    if (count != table->columns) {
        die("a row of %zu values was added to a table of %zu columns (%s, ...)", count,
            table->columns, table->columns > 0 ? table_column_name(table, 0) : "none");
    }
    for (size_t c = 0; c < count; c++) {
        add_value(table, &values[c]);
    }
    table->rows++;
}

bool table_append(Table *table, const Table *from, Error *err) {
    if (table->columns != from->columns) {
        return error_set(err, "a table of %zu columns cannot be appended to one of %zu",
                         from->columns, table->columns);
    }
    for (size_t c = 0; c < table->columns; c++) {
        const char *name = table_column_name(table, c), *other = table_column_name(from, c);
        if (strcmp(name, other) != 0) {
            return error_set(err, "column %zu is '%s' in one table and '%s' in the other", c + 1,
                             name, other);
        }
    }
    for (size_t r = 0; r < from->rows; r++) {
        for (size_t c = 0; c < from->columns; c++) {
            add_text(table, table_text(from, r, c));
        }
    }
    table->rows += from->rows;
    return true;
}

/* ---- looking things up ---- */

size_t table_rows(const Table *table) {
    return table->rows;
}

size_t table_columns(const Table *table) {
    return table->columns;
}

const char *table_column_name(const Table *table, size_t column) {
    return table->text + table->cells[column];
}

size_t table_find(const Table *table, const char *column) {
    for (size_t c = 0; c < table->columns; c++) {
        if (strcmp(table_column_name(table, c), column) == 0) {
            return c;
        }
    }
    return TABLE_NONE;
}

const char *table_text(const Table *table, size_t row, size_t column) {
    return table->text + table->cells[(row + 1) * table->columns + column];
}

/* Decimal numbers and what we write for the rest; strtod alone would also take blanks and
 * hexadecimal digits. */
static double number_of(const char *text) {
    const char *digits = text + (*text == '-' || *text == '+');
    if (strcmp(digits, "inf") == 0) {
        return *text == '-' ? -INFINITY : INFINITY;
    }
    if (*digits == '\0' || digits[strspn(digits, "0123456789.eE+-")] != '\0') {
        return NAN;
    }
    char *end;
    double number = strtod(text, &end);
    return *end == '\0' ? number : NAN;
}

double table_number(const Table *table, size_t row, size_t column) {
    return number_of(table_text(table, row, column));
}

static size_t column_or_die(const Table *table, const char *name) {
    size_t column = table_find(table, name);
    if (column == TABLE_NONE) {
        die("a table was asked for its column '%s', which it does not have", name);
    }
    return column;
}

static bool row_matches(const Table *table, size_t row, const Where *where) {
    for (; where != NULL && where->column != NULL; where++) {
        const char *text = table_text(table, row, column_or_die(table, where->column));
        /* nan differs from itself, so a text that is no number never matches by number */
        if (strcmp(text, where->equals) != 0 && number_of(text) != number_of(where->equals)) {
            return false;
        }
    }
    return true;
}

size_t table_select(const Table *table, const char *column, const Where *where, double *values,
                    size_t room) {
    size_t found = 0, c = column_or_die(table, column);
    for (size_t r = 0; r < table->rows && found < room; r++) {
        if (row_matches(table, r, where)) {
            values[found++] = table_number(table, r, c);
        }
    }
    return found;
}
