#!/bin/sh
# SPDX-License-Identifier: MIT
# The compare program: its exit status, its one line, its CSV.
set -u
compare=${BUILD:-build}/bin/compare
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

expect() { # status, then what the output must hold, then the arguments
    status=$1 text=$2
    shift 2
    output=$("$compare" "$@" 2>&1)
    got=$?
    [ $status -ne 2 ] || [ "$("$compare" "$@" 2>&1 >"$work/out" | wc -l)" -eq 1 ] ||
        { echo "compare $*: not one line: $output" >&2; failures=$((failures + 1)); }
    if [ $got -ne "$status" ] || ! printf '%s\n' "$output" | grep -q -- "$text"; then
        printf 'compare %s: status %d, expected %d and "%s" in:\n%s\n' "$*" $got "$status" "$text" \
            "$output" >&2
        failures=$((failures + 1))
    fi
}

for side in a b; do
    mkdir -p "$work/$side/toy"
    cat > "$work/$side/toy/manifest.csv" << END
key,value
version,1
results_version,1
scale,smoke
engine,own
END
    printf 'table,column,tier\nruns,seed,key\nruns,loss,stable\n' > "$work/$side/toy/columns.csv"
    printf 'seed,loss\n1,0.5\n2,0.25\n' > "$work/$side/toy/runs.csv"
done

expect 0 '^same: 1 table, 2 values, byte for byte$' --summary "$work/a" "$work/b"
expect 0 '^same: 1 table, 2 values, byte for byte$' --summary "$work/a/toy" "$work/b/toy/"
printf 'seed,loss\n1,0.5\n2,0.26\n' > "$work/b/toy/runs.csv"
expect 1 'worst of exact: toy/runs.csv seed=2 loss: 0.25 | 0.26' "$work/a" "$work/b" \
    --csv "$work/checks.csv"
if ! grep -q '^toy,runs,exact,2,1,0.03.*,seed=2,loss,0.25,0.26$' "$work/checks.csv"; then
    echo "compare: the CSV does not name the worst value" >&2
    failures=$((failures + 1))
fi
expect 2 'cannot write' "$work/a" "$work/a" --csv "$work/none/checks.csv"
expect 2 'none: No such file' "$work/a" "$work/none"
expect 0 'Compares two sets of results' --help
expect 2 'two directories are expected' "$work/a"
expect 2 'is a third' "$work/a" "$work/a" "$work/a"
expect 2 "'--sumary' is not an option" --sumary "$work/a" "$work/a"
exit $((failures > 0))
