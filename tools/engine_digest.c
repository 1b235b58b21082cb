/* SPDX-License-Identifier: MIT
 *
 * engine_digest - the bits this machine, compiler and instruction set give, as seven numbers.
 *
 *     build/bin/engine_digest
 * One line for each instruction set the CPU can run: variant, matrix product, convolution, vector
 * functions, pooling and normalisation, steps of Caffe's nets, of an autoencoder, the way of one
 * example.  All lines of all machines must be the same (`make bits`); tests/engine_vec.c holds all
 * but the steps.  It needs no OpenBLAS and no test library, so it also runs under qemu-user.
 */
#include "core/base/engine.h"
#include "tests/training_digest.h"
#include <stdio.h>

int main(int argc, char **argv) {
    (void)argc;
    char list[64];
    strcpy(list, engine_isa_list());
    for (char *isa = strtok(list, " "); isa; isa = strtok(NULL, " ")) {
        Error err;
        if (!engine_start(&(EngineChoice){.isa = isa}, argv, &err)) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        printf("%-8s %016llx %016llx %016llx %016llx %016llx %016llx %016llx\n", isa,
               (unsigned long long)digest_gemm(), (unsigned long long)digest_conv(),
               (unsigned long long)digest_vec(), (unsigned long long)digest_image(),
               (unsigned long long)digest_caffe(), (unsigned long long)digest_autoencoder(),
               (unsigned long long)digest_example());
    }
    return 0;
}
