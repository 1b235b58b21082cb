/* SPDX-License-Identifier: MIT
 *
 * The textbook's program, operation by operation: its 171,415 epochs depend on float arithmetic and
 * on the order of the factors.
 */
#include "core/base/exact.h"
#include "core/net/tiny.h"

enum { BOOK_INPUTS = 3, BOOK_HIDDEN = 5, BOOK_ENTRIES = 100 };

typedef struct Book {
    BookSigmoid sigmoid;
    float table[BOOK_ENTRIES];
    float w0[BOOK_INPUTS + 1][BOOK_HIDDEN], w1[BOOK_HIDDEN + 1];
    float x[BOOK_INPUTS + 1], h[BOOK_HIDDEN + 1], y; /* the last x and h are the biases' 1 */
} Book;

static void book_start(Book *book, BookSigmoid sigmoid) {
    *book = (Book){.sigmoid = sigmoid, .x[BOOK_INPUTS] = 1, .h[BOOK_HIDDEN] = 1};
    for (int i = 0; i < BOOK_ENTRIES; i++) {
        book->table[i] = (float)exact_sigmoid((i - 50) * 0.2);
    }
    float next = -1;
    for (int i = 0; i <= BOOK_INPUTS; i++) {
        for (int j = 0; j < BOOK_HIDDEN; j++, next = -next) {
            book->w0[i][j] = next;
        }
    }
    for (int j = 0; j <= BOOK_HIDDEN; j++, next = -next) {
        book->w1[j] = next;
    }
}

static float book_sigmoid(const Book *book, float net) {
    if (book->sigmoid == BOOK_EXACT) {
        return (float)exact_sigmoid(net);
    }
    int entry = (int)(net * 5) + 50;
    if (entry > BOOK_ENTRIES - 1) {
        entry = BOOK_ENTRIES - 1;
    }
    return book->table[entry < 0 ? 0 : entry];
}

static void book_forward(Book *book) {
    for (int j = 0; j < BOOK_HIDDEN; j++) {
        float net = 0;
        for (int i = 0; i <= BOOK_INPUTS; i++) {
            net = net + book->w0[i][j] * book->x[i];
        }
        book->h[j] = book_sigmoid(book, net);
    }
    float net = 0;
    for (int j = 0; j <= BOOK_HIDDEN; j++) {
        net = net + book->w1[j] * book->h[j];
    }
    book->y = book_sigmoid(book, net);
}

static void book_backward(Book *book, float target, float rate) {
    float y_back = (book->y - target) * (1 - book->y) * book->y, h_back[BOOK_HIDDEN];
    for (int j = 0; j < BOOK_HIDDEN; j++) {
        h_back[j] = book->w1[j] * y_back * (1 - book->h[j]) * book->h[j];
    }
    for (int i = 0; i <= BOOK_INPUTS; i++) {
        for (int j = 0; j < BOOK_HIDDEN; j++) {
            book->w0[i][j] -= rate * book->x[i] * h_back[j];
        }
    }
    for (int j = 0; j <= BOOK_HIDDEN; j++) {
        book->w1[j] -= rate * book->h[j] * y_back;
    }
}

uint64_t book_train(BookSigmoid sigmoid, uint64_t max_epochs) {
    const TinyData *data = &tiny_odd_parity;
    Book book;
    book_start(&book, sigmoid);
    for (uint64_t epoch = 1; epoch <= max_epochs; epoch++) {
        float worst = 0;
        for (size_t p = 0; p < data->count; p++) {
            float target = (float)data->target[p];
            for (int i = 0; i < BOOK_INPUTS; i++) {
                book.x[i] = (float)data->x[p * data->inputs + (size_t)i];
            }
            book_forward(&book);
            float error = (target - book.y) * (target - book.y);
            worst = error > worst ? error : worst;
            book_backward(&book, target, 0.05f);
        }
        if (worst < 0.01) /* the book compares with the double */ {
            return epoch;
        }
    }
    return max_epochs + 1;
}
