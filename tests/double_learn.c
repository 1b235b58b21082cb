/* SPDX-License-Identifier: MIT
 *
 * The optimizers' tests once more, with the library in double and the tolerance that goes with it.
 */
#include "tests/learn.c"
