/* SPDX-License-Identifier: MIT
 *
 * double_engine.c - the engine's tests once more, in the double build.
 */
#include "tests/engine.c"
