/* SPDX-License-Identifier: MIT
 *
 * The tests of descend.c once more, with the library in double.
 */
#include "tests/descend.c"
