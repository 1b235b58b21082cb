/* SPDX-License-Identifier: MIT */
#include "core/lab/table_store.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- reading ---- */

/* The file's bytes become the table's texts in place: delimiters turn into NULs, and what quotes
 * enclose moves down, never past the place where it is read. */
typedef struct Reader {
    const char *path;
    Table *table;
    size_t size, at, out; /* bytes in all, next to read, next to write */
    size_t line;          /* of the byte at `at`, from 1 */
    Error *err;
} Reader;

static bool read_error(const Reader *reader, size_t line, const char *what) {
    return error_set(reader->err, "%s:%zu: %s", reader->path, line, what);
}

static bool load_file(Reader *reader) {
    FILE *file = fopen(reader->path, "rb");
    if (file == NULL) {
        return error_set(reader->err, "cannot read %s: %s", reader->path, strerror(errno));
    }
    Table *table = reader->table;
    size_t got;
    do {
        table_grow_text(table, table->text_used + (1 << 16));
        got = fread(table->text + table->text_used, 1, table->text_room - table->text_used, file);
        table->text_used += got;
    } while (got > 0);
    bool failed = ferror(file) != 0;
    int reason = errno;
    fclose(file);
    if (failed) {
        return error_set(reader->err, "cannot read %s: %s", reader->path, strerror(reason));
    }
    table->text[table->text_used] = '\0'; /* a look at the byte behind the last is defined */
    reader->size = table->text_used;
    return true;
}

/* The characters of a field in quotes; leaves `at` behind the closing one. */
static bool read_quoted(Reader *reader) {
    char *text = reader->table->text;
    size_t line = reader->line;
    for (reader->at++; reader->at < reader->size; reader->at++) {
        char c = text[reader->at];
        if (c == '"') {
            if (reader->at + 1 == reader->size || text[reader->at + 1] != '"') {
                reader->at++;
                return true;
            }
            reader->at++; /* a doubled quote stands for one */
        }
        reader->line += c == '\n';
        if (c == '\0') {
            return read_error(reader, reader->line, "a NUL byte; not a CSV file, or a damaged one");
        }
        text[reader->out++] = c;
    }
    return read_error(reader, line, "a quote is opened and never closed; was the file cut off?");
}

static bool read_plain(Reader *reader) {
    char *text = reader->table->text;
    for (; reader->at < reader->size; reader->at++) {
        char c = text[reader->at];
        if (c == ',' || c == '\n' || c == '\r') {
            break;
        }
        if (c == '"') {
            return read_error(reader, reader->line, "a quote inside a field that is not quoted");
        }
        if (c == '\0') {
            return read_error(reader, reader->line, "a NUL byte; not a CSV file, or a damaged one");
        }
        text[reader->out++] = c;
    }
    return true;
}

/* One field and the delimiter behind it; `last` tells that it was the end of a line. */
static bool read_field(Reader *reader, bool *last) {
    char *text = reader->table->text;
    size_t start = reader->out;
    if (!(text[reader->at] == '"' ? read_quoted(reader) : read_plain(reader))) {
        return false;
    }
    if (reader->at < reader->size && text[reader->at] == '\r') {
        if (reader->at + 1 < reader->size && text[reader->at + 1] != '\n') {
            return read_error(reader, reader->line, "a carriage return that ends no line");
        }
        reader->at++;
    }
    if (reader->at >= reader->size) {
        return read_error(reader, reader->line, "the last line has no end; was the file cut off?");
    }
    char delimiter = text[reader->at++];
    if (delimiter != ',' && delimiter != '\n') {
        return read_error(reader, reader->line,
                          "a closing quote must be followed by a comma or "
                          "the end of the line");
    }
    *last = delimiter == '\n';
    text[reader->out++] = '\0';
    table_add_offset(reader->table, start);
    return true;
}

static bool read_row(Reader *reader) {
    Table *table = reader->table;
    size_t line = reader->line, before = table->cell_count;
    for (bool last = false; !last;) {
        if (!read_field(reader, &last)) {
            return false;
        }
    }
    reader->line++;
    size_t fields = table->cell_count - before;
    if (before == 0) {
        table->columns = fields;
    } else if (fields != table->columns) {
        return error_set(reader->err, "%s:%zu: %zu fields, but the header has %zu", reader->path,
                         line, fields, table->columns);
    }
    return true;
}

static bool check_header(const Reader *reader) {
    const Table *table = reader->table;
    for (size_t c = 0; c < table->columns; c++) {
        const char *name = table_column_name(table, c);
        bool letter = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z');
        if (!letter && *name != '_') {
            return error_set(reader->err, "%s:1: a header row of names is expected, not '%s'",
                             reader->path, name);
        }
        if (table_find(table, name) != c) {
            return error_set(reader->err, "%s:1: two columns are named '%s'", reader->path, name);
        }
    }
    return true;
}

static bool read_all(Reader *reader) {
    if (!load_file(reader)) {
        return false;
    }
    if (reader->size == 0) {
        return error_set(reader->err, "%s:1: the file is empty; a header row is expected",
                         reader->path);
    }
    if (!read_row(reader) || !check_header(reader)) {
        return false;
    }
    while (reader->at < reader->size) {
        if (!read_row(reader)) {
            return false;
        }
        reader->table->rows++;
    }
    reader->table->text_used = reader->out;
    return true;
}

Table *table_read(const char *path, Error *err) {
    Reader reader = {.path = path, .table = table_empty(0), .line = 1, .err = err};
    if (!read_all(&reader)) {
        table_free(reader.table);
        return NULL;
    }
    return reader.table;
}

/* ---- writing ---- */

static void write_cell(FILE *file, const char *text, bool alone) {
    /* an empty cell alone in its row would make an empty line */
    if (text[strcspn(text, ",\"\r\n")] == '\0' && !(alone && *text == '\0')) {
        fputs(text, file);
        return;
    }
    putc('"', file);
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            putc('"', file);
        }
        putc(*text, file);
    }
    putc('"', file);
}

static bool write_rows(const Table *table, FILE *file) {
    for (size_t i = 0; i < table->cell_count; i++) {
        write_cell(file, table->text + table->cells[i], table->columns == 1);
        putc((i + 1) % table->columns == 0 ? '\n' : ',', file);
    }
    return !ferror(file);
}

/* Everything that a disk can refuse; errno tells what it was. */
static bool write_file(const Table *table, const char *path) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        return false;
    }
    FILE *file = fdopen(descriptor, "w");
    if (file == NULL) {
        close(descriptor);
        return false;
    }
    bool written = write_rows(table, file) && fflush(file) == 0 && fsync(descriptor) == 0;
    int reason = errno;
    bool closed = fclose(file) == 0;
    if (!written) {
        errno = reason;
    }
    return written && closed;
}

bool table_write(const Table *table, const char *path, Error *err) {
    char temporary[4096];
    int length = snprintf(temporary, sizeof temporary, "%s.%ld.tmp", path, (long)getpid());
    if (length < 0 || (size_t)length >= sizeof temporary) {
        return error_set(err, "cannot write %.200s...: the path is too long", path);
    }
    if (!write_file(table, temporary) || rename(temporary, path) != 0) {
        int reason = errno;
        unlink(temporary);
        return error_set(err, "cannot write %s: %s", path, strerror(reason));
    }
    return true;
}
