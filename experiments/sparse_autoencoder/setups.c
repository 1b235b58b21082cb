/* SPDX-License-Identifier: MIT
 *
 * The set-ups: what a reader of the blog, of the book and of the tutorial would have built.
 */
#include "core/base/error.h"
#include "experiments/sparse_autoencoder/sparse_autoencoder.h"
#include <string.h>

#define BLOG .family = FAMILY_BLOG, .rate = 0.26
/* the author's rate for ReLU; his output is then a ReLU too, here it is the identity */
#define RELU_BLOG .family = FAMILY_BLOG, .rate = 0.02, .code = DENOISER_RELU, \
                  .output = DENOISER_IDENTITY
#define NOISY .noise = 0.3, .dropout = 0.4
#define BOOK .family = FAMILY_BOOK, .form = SPARSE_BATCH

const Setup setups[] = {
    {"blog", BLOG, .form = SPARSE_MEAN, .limit = 3, NOISY},
    {"blog_share", BLOG, .form = SPARSE_SHARE, .limit = 3, NOISY},
    {"blog_batch", BLOG, .form = SPARSE_BATCH, NOISY},
    {"blog_unlimited", BLOG, .form = SPARSE_MEAN, NOISY},
    {"blog_share_unlimited", BLOG, .form = SPARSE_SHARE, NOISY},
    {"blog_clean", BLOG, .form = SPARSE_MEAN, .limit = 3},
    {"blog_clean_unlimited", BLOG, .form = SPARSE_MEAN},
    {"blog_clean_batch", BLOG, .form = SPARSE_BATCH},
    {"blog_from_zero", BLOG, .form = SPARSE_MEAN, .limit = 3, NOISY, .from_zero = true},
    {"blog_slow", BLOG, .form = SPARSE_MEAN, .limit = 3, NOISY, .lambda = 0.99},
    {"blog_relu", RELU_BLOG, .form = SPARSE_MEAN, .limit = 3},
    {"blog_relu_unlimited", RELU_BLOG, .form = SPARSE_MEAN},
    {"blog_relu_batch", RELU_BLOG, .form = SPARSE_BATCH},
    {"sigmoid_sigmoid", BOOK, .rate = 2e-3},
    {"sigmoid_identity", BOOK, .output = DENOISER_IDENTITY, .rate = 2e-3},
    {"relu_identity", BOOK, .code = DENOISER_RELU, .output = DENOISER_IDENTITY, .rate = 1e-3},
    {"relu_sigmoid", BOOK, .code = DENOISER_RELU, .rate = 1e-3},
    {"relu_untied", BOOK, .code = DENOISER_RELU, .output = DENOISER_IDENTITY, .untied = true,
     .rate = 1e-3},
    {"relu_decay", BOOK, .code = DENOISER_RELU, .output = DENOISER_IDENTITY, .decay = 1e-3,
     .rate = 1e-3},
    {"relu_centred", BOOK, .code = DENOISER_RELU, .output = DENOISER_IDENTITY, .centred = true,
     .rate = 1e-3},
    {"relu_slow", BOOK, .code = DENOISER_RELU, .output = DENOISER_IDENTITY, .rate = 3e-4},
    {"relu_fast", BOOK, .code = DENOISER_RELU, .output = DENOISER_IDENTITY, .rate = 3e-3},
    {"sigmoid_untied", BOOK, .output = DENOISER_IDENTITY, .untied = true, .rate = 2e-3},
    {"tutorial", .family = FAMILY_TUTORIAL, .form = SPARSE_BATCH, .untied = true, .decay = 3e-3},
};
const size_t setup_count = sizeof setups / sizeof *setups;

const Setup *setup_named(const char *name) {
    for (size_t i = 0; i < setup_count; i++) {
        if (strcmp(setups[i].name, name) == 0) {
            return &setups[i];
        }
    }
    die("sparse_autoencoder: no set-up is called '%s'", name);
}
