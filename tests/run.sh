#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs every test program, every tests/*.sh but this one and bits.sh (`make bits`: it takes minutes), and
# the readers under valgrind:  run.sh PROGRAM ...   Exit status 0 only if all of them passed.
set -u
passed=0 failed=0

verdict() { # status name
    if [ "$1" -eq 0 ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED: $2" >&2
    fi
}

for program in "$@"; do
    "$program"
    verdict $? "$program"
done
for script in tests/*.sh; do
    case $script in tests/run.sh | tests/bits.sh) continue ;; esac
    sh "$script"
    verdict $? "$script"
done
if [ -z "${SANITIZE:-}" ] && command -v valgrind >/dev/null 2>&1; then
    for name in table data dataset batch checkpoint; do
        # with these a program does not restart itself out of valgrind's sight
        env -u OPENBLAS_CORETYPE OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 \
            valgrind -q --error-exitcode=9 --leak-check=full "$BUILD/test/$name"
        verdict $? "valgrind $name"
    done
else
    echo "skipped: the readers under valgrind"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
