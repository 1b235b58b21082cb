#!/bin/sh
# SPDX-License-Identifier: MIT
# The driver as a user meets it: the same bytes however it is run, cut off or split up; one clear
# line when something is wrong.  The driver is $BUILD/test/lab itself (see tests/lab_driver.h).
set -u
root=$(pwd)
program=$root/${BUILD:-build}/test/lab
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

drive() { TIDEMARK_TEST_DRIVER=1 "$program" "$@"; }

fail() {
    failures=$((failures + 1))
    echo "lab.sh: $*" >&2
}

# expect STATUS COMMAND...: its output is in out.txt and err.txt
expect() {
    wanted=$1
    shift
    "$@" >out.txt 2>err.txt
    status=$?
    [ "$status" -eq "$wanted" ] || fail "$*: status $status, not $wanted: $(cat err.txt)"
}

says() { # PATTERN in err.txt
    grep -q -e "$1" err.txt || fail "standard error does not say '$1' but: $(cat err.txt)"
}

# One line on standard error, nothing on standard output, status 2, and it says PATTERN.
refuses() {
    pattern=$1
    shift
    expect 2 "$@"
    says "$pattern"
    [ "$(wc -l <err.txt)" -eq 1 ] || fail "$*: not one line: $(cat err.txt)"
    [ ! -s out.txt ] || fail "$*: something on standard output"
}

# same DIR DIR: the joined tables have the same bytes.  What differs by run is in the manifest.
same() {
    for table in traces ends columns claims; do
        cmp -s "$1/fake/$table.csv" "$2/fake/$table.csv" || fail "$1 and $2 differ in $table.csv"
    done
}

# Nothing half-written: no temporary names, and every table ends with a line end.
clean() {
    rest=$(find "$1" -name '.*.tmp-*' -o -name '.*.old-*' -o -name '*.tmp')
    [ -z "$rest" ] || fail "$1 holds $rest"
}

kept() { # NUMBER of cells kept, by the summary in err.txt
    says "($1 kept"
}

# ---- the same bytes ----

expect 0 drive --out a --jobs 1
says 'fake: 20 cells (0 kept, 20 computed), 0 failed, .* -> a/fake'
says 'fake: claims: 1 reproduced, 0 not reproduced, 0 inconclusive'
[ ! -s out.txt ] || fail "a run prints on standard output"
[ "$(wc -l <a/fake/traces.csv)" -eq 801 ] || fail "800 traces are expected"
grep -q 'diverged,1.5,1,inf,diverged' a/fake/ends.csv || fail "a diverged cell is a result"
clean a

expect 0 drive --out b --jobs 8
same a b
for seed in 1 2 3; do
    rm -rf b
    expect 0 env TIDEMARK_SHUFFLE_CELLS=$seed TIDEMARK_TEST_DRIVER=1 "$program" --out b --jobs 3
    same a b
done
mkdir -p elsewhere/deep
(cd elsewhere/deep && drive --out ../../c --quiet) || fail "another directory"
same a c
for locale in de_DE.UTF-8 C tr_TR.UTF-8; do
    rm -rf b
    expect 0 env LC_ALL=$locale LANG=$locale TZ=Pacific/Chatham TIDEMARK_TEST_DRIVER=1 "$program" \
        --out b
    same a b
done
rm -rf b c
for shard in 2 0 1; do
    expect 0 drive --out b --shard $shard/3
done
same a b
rm -rf b
for shard in 0 1 2; do # side by side: the last to join sees all
    drive --out b --shard $shard/3 --quiet &
done
wait
same a b
rm -rf b
expect 0 drive --out b --only 'policy=late'
[ "$(wc -l <b/fake/ends.csv)" -eq 6 ] || fail "--only: five rows are expected"
expect 0 drive --out b
kept 5
same a b

# ---- cut off ----

# cut_off SIGNAL SECONDS SLOW_MS
cut_off() {
    rm -rf b
    mkdir b
    FAKE_SLOW_MS=$3 TIDEMARK_TEST_DRIVER=1 "$program" --out b --jobs 2 2>err.txt &
    driver=$!
    while [ "$3" -gt 0 ] && [ ! -d b/fake/cells ]; do sleep 0.01; done # a busy machine
    sleep "$2"
    kill -s "$1" $driver 2>/dev/null
    wait $driver 2>/dev/null
    status=$?
    for table in $(find b -name '*.csv'); do
        [ "$(tail -c 1 "$table")" = "" ] || fail "$table is cut off after $1"
    done
}
finishes() {
    expect 0 drive --out b
    same a b
    clean b
}
for pause in 0.001 0.004 0.007 0.01 0.015 0.02 0.03 0.04; do
    cut_off KILL $pause 0
    finishes
done
for pause in 0.1 0.2; do
    cut_off KILL $pause 400
    [ $status -eq 137 ] || fail "killed: status $status"
    [ ! -e b/fake/ends.csv ] || fail "a killed run had joined its tables"
    finishes
    cut_off TERM $pause 400
    [ $status -eq 143 ] || fail "terminated: status $status"
    says 'stopped by signal 15 (Terminated); [0-9]* of 20 cells are finished, the same command'
    clean b
    finishes
done

# A long cell goes on from its checkpoint, and not from one of another version or scale.
rm -rf b
expect 1 env FAKE_STOP_AT=4 TIDEMARK_TEST_DRIVER=1 "$program" --out b
says 'fake: cell policy=checkpoint,rate=2,seed=3 died of signal 9 (Killed)'
scratch='b/fake/cells/.scratch-policy=checkpoint,rate=2,seed=3@desk,v1.1,own/state.txt'
grep -q '^4 ' "$scratch" || fail "no checkpoint at step 4"
expect 0 drive --out b
kept 15
same a b
[ ! -e "$scratch" ] || fail "the checkpoint of a finished cell is still there"
rm -rf b
expect 1 env FAKE_STOP_AT=4 TIDEMARK_TEST_DRIVER=1 "$program" --out b
cp "$scratch" before.txt
FAKE_VERSION=1 expect 0 drive --out b
cmp -s "$scratch" before.txt || fail "a checkpoint of another version was touched"
same a b

# ---- cells that break ----

rm -rf b
expect 1 env FAKE_BROKEN=1 TIDEMARK_TEST_DRIVER=1 "$program" --out b
says 'fake: cell policy=crash,rate=1,seed=1 died of signal 11 (Segmentation fault)'
says 'fake: cell policy=fail,rate=1,seed=1 failed: no luck with "policy=fail,rate=1,seed=1"'
says 'fake: cell policy=exit,rate=1,seed=1 failed with exit status 7'
says 'fake: cell policy=memory,rate=1,seed=1 failed with exit status 2'
says 'fake: 24 cells (0 kept, 20 computed), 4 failed'
expect 0 drive --out b
kept 20
same a b

# ---- cells that are kept, redone or in the way ----

cell='b/fake/cells/policy=plain,rate=0.5,seed=2'
damage() { # COMMAND: done to the finished cell; it is computed again
    eval "$1"
    expect 0 drive --out b
    kept 19
    same a b
    clean b
}
damage "sed -i 's/1/2/' '$cell/traces.csv'"
damage "truncate -s -20 '$cell/traces.csv'"
damage ": >'$cell/ends.csv'"
damage "rm '$cell/ends.csv'"
damage "rm '$cell/cell.csv'"
damage ": >'$cell/cell.csv'"
damage "rm -r '$cell'"
damage "rm -r '$cell'; echo x >'$cell'"
damage "sed -i 's/^engine,own/engine,openblas Haswell/' '$cell/cell.csv'"
damage "sed -i 's/^scale,desk/scale,smoke/' '$cell/cell.csv'"
expect 0 drive --out b
kept 20
FAKE_VERSION=1 expect 0 drive --out b
kept 0
FAKE_REPLANNED=1 expect 0 drive --out b # its desk scale has come to that version too
kept 20
FAKE_REPLANNED=1 expect 0 drive --out c --scale smoke
grep -qx version,1 c/fake/manifest.csv || fail "a scale was not replanned and has another version"
rm -rf c
expect 0 drive --out b --only seed=1 --force
kept 0
expect 0 drive --out b
kept 4
FAKE_HEADER=1 expect 0 drive --out b
kept 0
grep -q '^policy,rate,seed,sum,outcome' b/fake/ends.csv || fail "the new header is not there"

rm -rf b
expect 0 drive --out b --scale paper
cp -r b before
refuses 'is a cell of another experiment or of a longer scale' drive --out b --scale smoke
diff -r b before >/dev/null || fail "a refused run changed something"
expect 0 drive --out b --scale smoke --force
says 'fake: 8 cells'
expect 0 drive --out b --force
kept 0
same a b

# ---- tables of a fuller run ----

rm -rf b before
expect 0 drive --out b
cp -r b before
fuller='holds the tables of 20 cells at scale desk, this run would leave'
refuses "$fuller 1 at scale paper" drive --out b --only 'policy=late,seed=1' --scale paper
refuses "$fuller 1 at scale smoke" drive --out b --only rate=0.125 --scale smoke
refuses "$fuller 8 at scale desk" drive --out b --only seed=1 --seeds 2
diff -r b before >/dev/null || fail "a refused run changed something"
if drive --list --blas openblas >/dev/null 2>&1; then
    refuses "$fuller 4 at" drive --out b --only seed=1 --blas openblas
fi
expect 0 drive --out b --only seed=1
expect 0 drive --out b --only 'policy=late,seed=1' --seeds 5
same a b
# with --watch the cells that were not watched stay in the tables
expect 0 drive --out b --only 'policy=late,seed=1' --watch
says '(0 kept, 1 computed)'
says 'none of these trainings can be watched'
for table in traces ends; do
    cmp -s "a/fake/$table.csv" "b/fake/$table.csv" || fail "--watch: $table.csv lost cells"
done
expect 0 drive --out b
kept 20
expect 0 drive --out b --only 'policy=late,seed=1' --scale paper --force
[ "$(wc -l <b/fake/ends.csv)" -eq 2 ] || fail "--force: one row is expected"
expect 0 drive --out b --only 'policy=late,seed=2' --scale paper
refuses 'holds the tables of 2 cells at scale paper' drive --out b --only rate=0.125
expect 0 drive --out b --scale paper
rm -rf before b
expect 0 drive --out b --only rate=0.125 --scale smoke
expect 0 drive --out b --only rate=0.125 # one cell of a longer scale for one of a shorter
rm -rf b
expect 0 drive --out b

# ---- cells beside the plan ----

expect 0 drive --out b --only rate=0.125
says 'fake: 1 cells (0 kept, 1 computed)'
[ "$(tail -n 1 b/fake/ends.csv | cut -d, -f1-3)" = plain,0.125,1 ] || fail "rate=0.125 is not last"
expect 0 drive --out b
same a b

# ---- what is printed ----

expect 0 drive --list
[ "$(wc -l <out.txt)" -eq 20 ] || fail "--list: 20 lines are expected"
expect 0 drive --list --shard 1/4 --scale smoke
[ "$(tr '\n' ' ' <out.txt)" = 'policy=plain,rate=0.5,seed=2 policy=diverged,rate=1.5,seed=2 ' ] ||
    [ "$(wc -l <out.txt)" -eq 2 ] || fail "--shard 1/4 of 8 cells: $(cat out.txt)"
expect 0 drive --about
grep -q '^fake .* 8 / 20 / 20 .*0.01 / 0.5 / 90 ' out.txt || fail "--about: $(cat out.txt)"
expect 0 drive --help
grep -q -e '--shard=K/N' out.txt || fail "--help"
expect 0 drive --version
expect 0 drive --greet
[ "$(cat out.txt)" = hello ] || fail "the experiment's own tool"
expect 0 drive --out b --quiet --force
[ ! -s err.txt ] || fail "--quiet: $(cat err.txt)"
rm -rf b
FAKE_SLOW_MS=600 expect 0 drive --out b --jobs 1 --only 'policy=late'
says 'fake: [1-4]/5 cells, 0 failed, about [0-9.]* s left'
if command -v script >/dev/null 2>&1; then
    TIDEMARK_TEST_DRIVER=1 TERM=xterm FAKE_SLOW_MS=150 \
        script -qec "'$program' --out b --force --jobs 1" /dev/null >out.txt </dev/null
    grep -q 'fake \[#.*/20 cells, 0 failed, about' out.txt || fail "no bar on a terminal"
fi

# ---- the manifest and the claims ----

rm -rf b
FAKE_DATA=good expect 0 drive --out b --seeds 3
for row in experiment,fake results_version,1 scale,desk seeds,3 engine,own cells,12 \
    cells_computed,12 'data good/one,0123' 'data good/two,4567'; do
    grep -q -x "$row" b/fake/manifest.csv || fail "manifest.csv has no row $row"
done
for word in "$(uname -n)" "$work" "$root"; do
    ! grep -q -F -e "$word" b/fake/manifest.csv || fail "manifest.csv names $word"
done
cp b/fake/manifest.csv before.csv
expect 0 drive --out b --seeds 3
cmp -s b/fake/manifest.csv before.csv || fail "a run that computed nothing changed the manifest"
expect 0 drive --out b --seeds 2
grep -q -x 'cells,8' b/fake/manifest.csv || fail "the manifest does not follow the tables"
grep -q 'rows at desk scale, ""all"" of them' b/fake/claims.csv || fail "claims.csv"
cp b/fake/ends.csv before.csv
rm b/fake/claims.csv
head -n 1 before.csv >b/fake/ends.csv
expect 0 drive --out b --claims
grep -q ',0,0,0,1,not reproduced,' b/fake/claims.csv || fail "--claims does not read the tables"
rm b/fake/ends.csv
expect 0 drive --out b --claims
refuses 'nothing to judge' drive --out nowhere --claims
sed 's/status/state/' before.csv >b/fake/ends.csv
refuses "its columns are not those of this version" drive --out b --claims

# ---- what is wrong ----

refuses "there is no option '--sead'" drive --sead 3
refuses "'stray' is not an option" drive stray
refuses "'0' is not a number from 1 to 1000" drive --seeds 0
refuses "no cell fits 'speed=3'" drive --out c --only speed=3
refuses "unknown instruction set\|instruction set" drive --isa abacus --out c
FAKE_DATA=missing refuses 'make data' drive --out c
[ ! -e c ] || fail "a refused run left a directory"
echo file >file
refuses 'Not a directory' drive --out file
refuses 'cannot make the directory' drive --out /proc/nowhere
refuses 'No space left' sh -c "TIDEMARK_TEST_DRIVER=1 '$program' --list >/dev/full"
# a disk that is full: the files' size is limited to one block, then the limit is lifted
rm -rf b
# (the cells after the first that cannot be written are not begun: five of them would take 5 s)
refuses 'cannot write .*File too large' timeout 4 sh -c \
    "ulimit -f 1; FAKE_SLOW_MS=990 TIDEMARK_TEST_DRIVER=1 '$program' --out b --jobs 1"
clean b
[ -z "$(find b -name '*.csv')" ] || fail "a full disk left tables"
expect 0 drive --out b
same a b
# only the joined table does not fit: what was there stays
cp b/fake/traces.csv before.csv
refuses 'cannot write b/fake/traces.csv: File too large' sh -c \
    "ulimit -f 20; TIDEMARK_TEST_DRIVER=1 '$program' --out b"
cmp -s b/fake/traces.csv before.csv || fail "a full disk damaged the joined table"
clean b

[ $failures -eq 0 ] && echo "lab.sh: passed"
[ $failures -eq 0 ]
