#!/bin/sh
# SPDX-License-Identifier: MIT
# A real training cell killed at any moment goes on from its last checkpoint to the same bytes; a
# checkpoint that is damaged or another run's is refused and left as it is.
set -u
program=$(pwd)/${BUILD:-build}/bin/clr
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0
key=policy=triangular,seed=1

fail() {
    failures=$((failures + 1))
    echo "checkpoint.sh: $*" >&2
}

# run OUT [KEY]: the cell, with a checkpoint at every point of its curve
run() {
    TIDEMARK_CHECKPOINT_SECONDS=0 "$program" --scale smoke --jobs 1 --quiet --out "$1" \
        --only "${2:-$key}" 2>"$1.err"
}

scratch_of() { # OUT: the directory of the cell's checkpoint
    find "$1" -type d -name ".scratch-$key@*" | head -n 1
}

# killed OUT POINTS: the cell, killed with its driver once its curve has that many points on disk
killed() {
    run "$1" &
    driver=$!
    tries=0
    until [ "$(cat "$1"/clr/cells/.scratch-*/curve-*.csv 2>/dev/null | wc -l)" -gt "$2" ]; do
        kill -0 $driver 2>/dev/null || break
        tries=$((tries + 1))
        [ $tries -lt 6000 ] || break
        sleep 0.01
    done
    kill_driver
}

kill_driver() { # with its child: the shell function's own process is the parent
    for process in $(cat /proc/$driver/task/$driver/children 2>/dev/null) $driver; do
        kill -KILL "$process" 2>/dev/null
    done
    wait $driver 2>/dev/null
}

same() { # OUT: its tables are those of the run that went through
    for table in curve runs; do
        cmp -s through/clr/$table.csv "$1/clr/$table.csv" || fail "$1: $table.csv differs"
    done
}

run through || {
    grep -q 'make data' through.err && echo "checkpoint.sh: skipped, no CIFAR-10 here" && exit 0
    fail "the cell does not run: $(cat through.err)"
}
[ "$(wc -l <through/clr/curve.csv)" -ge 5 ] || fail "the curve has too few points to be cut off"

for points in 1 3; do
    killed cut$points $points
    [ ! -e cut$points/clr/cells/$key/cell.csv ] || fail "the cell ended before it could be killed"
    [ -n "$(scratch_of cut$points)" ] || fail "killed after $points points: no checkpoint"
    cp -r cut$points damaged$points
    run cut$points || fail "after $points points: $(cat cut$points.err)"
    same cut$points
    [ -z "$(scratch_of cut$points)" ] || fail "the checkpoint of a finished cell is still there"
done

# killed again and again, at moments of nobody's choosing
moments=$(awk 'BEGIN { srand(); for (i = 0; i < 8; i++) printf "%.3f ", 0.02 + 0.5 * rand() }')
for moment in $moments; do
    run often &
    driver=$!
    sleep "$moment"
    kill_driver
done
run often || fail "killed after $moments: $(cat often.err)"
same often

# a byte of the weights is wrong
file=$(scratch_of damaged1)/curve.checkpoint
printf '\377\376' | dd of="$file" bs=1 seek=4000 conv=notrunc 2>/dev/null
cp "$file" before
run damaged1
[ $? -eq 1 ] || fail "a damaged checkpoint is not refused"
grep -q 'curve.checkpoint: the checkpoint is damaged; remove it to start over' damaged1.err ||
    fail "what is wrong is not said: $(cat damaged1.err)"
cmp -s "$file" before || fail "a damaged checkpoint was overwritten"
rm "$file"
run damaged1 || fail "without its checkpoint: $(cat damaged1.err)"
same damaged1

# the checkpoint is of another cell of the plan
other=$(echo "$(scratch_of damaged3)" | sed 's/policy=triangular,/policy=exp,/')
cp -r "$(scratch_of damaged3)" "$other"
cp "$other/curve.checkpoint" before
run damaged3 policy=exp,seed=1
[ $? -eq 1 ] || fail "another cell's checkpoint is not refused"
grep -q 'of another run than policy=exp,seed=1' damaged3.err ||
    fail "what is wrong is not said: $(cat damaged3.err)"
cmp -s "$other/curve.checkpoint" before || fail "another cell's checkpoint was overwritten"
[ ! -e damaged3/clr/cells/policy=exp,seed=1 ] || fail "a refused cell left a result"

[ $failures -eq 0 ] && echo "checkpoint.sh: passed"
[ $failures -eq 0 ]
