#!/bin/sh
# SPDX-License-Identifier: MIT
# Drawing, in a small tree of its own: whole figures or the old ones; and the tools that feed them:
# bands (medians of many runs) and schedules --policy (a policy's rates).
set -u
root=$(pwd)
bin=$root/${BUILD:-build}/bin
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
    failures=$((failures + 1))
    echo "figures.sh: $*" >&2
}

# refuses STATUS PATTERN COMMAND...: that status and one line on standard error that says PATTERN
refuses() {
    wanted=$1 pattern=$2
    shift 2
    "$@" >"$work/out.txt" 2>"$work/err.txt"
    status=$?
    [ "$status" -eq "$wanted" ] || fail "$*: status $status, not $wanted"
    grep -q -e "$pattern" "$work/err.txt" || fail "$*: no '$pattern' in: $(cat "$work/err.txt")"
    [ "$(wc -l <"$work/err.txt")" -eq 1 ] || fail "$*: not one line: $(cat "$work/err.txt")"
}

equals() { # WHAT GOT WANTED
    [ "$2" = "$3" ] || fail "$1: '$2', not '$3'"
}

# ---- bands ----
cat >"$work/runs.csv" <<'END'
policy,seed,step,loss
b,1,10,4
b,2,10,1
b,3,10,3
b,4,10,2
b,1,9,nan
b,2,9,5
a,1,9,7
END
got=$("$bin/bands" --value loss --by policy,step "$work/runs.csv")
equals "bands" "$got" "policy,step,n,median,low,high,min,max,diverged,mean
b,9,1,5,5,5,5,5,1,5
b,10,4,2.5,1.75,3.25,1,4,0,2.5
a,9,1,7,7,7,7,7,0,7"
got=$("$bin/bands" --rows "$work/runs.csv" 'step=9 policy=a')
equals "bands --rows" "$got" "policy,seed,step,loss
a,1,9,7"
cat >"$work/greys.csv" <<'END'
picture,row,greys
a,0,01?o
a,1,oooo
b,0,ooo
b,1,oooo
c,0,oo~o
END
got=$("$bin/bands" --greys greys "$work/greys.csv" 'picture=a')
equals "bands --greys" "$got" "2,6,62,254
254,254,254,254"
refuses 2 "row 4 is not 3 pixels" "$bin/bands" --greys greys "$work/greys.csv" picture=b
refuses 2 "oo~o" "$bin/bands" --greys greys "$work/greys.csv" picture=c
refuses 2 "no column" "$bin/bands" --greys pixels "$work/greys.csv"
refuses 2 "usage" "$bin/bands" --rows --greys greys "$work/greys.csv"
equals "bands --distinct" "$("$bin/bands" --distinct seed "$work/runs.csv")" 4
equals "bands --distinct" "$("$bin/bands" --distinct cell "$work/runs.csv")" 0
refuses 2 "no column 'lost'" "$bin/bands" --value lost --by step "$work/runs.csv"
refuses 2 "no row" "$bin/bands" --value loss --by step "$work/runs.csv" policy=c
refuses 2 "missing.csv" "$bin/bands" --rows "$work/missing.csv"
refuses 2 "usage" "$bin/bands" --value loss "$work/runs.csv"

# ---- schedules --policy ----
got=$("$bin/schedules" --policy 'triangular2 base=0.001 max=0.005 step=2' --iterations 7)
equals "triangular2" "$got" "iteration,rate
0,0.001
1,0.0030000000000000001
2,0.0050000000000000001
3,0.0030000000000000001
4,0.001
5,0.002
6,0.0030000000000000001"
got=$("$bin/schedules" --policy 'constant base=1 | 1: one_cycle_smith max=1 step=1 total=4' \
    --iterations 3)
equals "momentum" "$got" "iteration,rate,momentum
0,1,nan
1,0.10000000000000001,0.94999999999999996
2,1,0.84999999999999998"
printf 'loss\n1\n1\n1\n1\n' >"$work/metric.csv"
got=$("$bin/schedules" --policy 'plateau base=1 factor=0.5 patience=1' \
    --metric "$work/metric.csv:loss")
equals "plateau" "$got" "iteration,rate
0,1
1,1
2,1
3,0.5"
"$bin/schedules" --policy list | grep -q '^exp_range_both' || fail "the list lacks exp_range_both"
refuses 2 "above max" "$bin/schedules" --policy 'triangular base=1 max=0.1' --iterations 5
refuses 2 "step is 0" "$bin/schedules" --policy 'triangular step=0' --iterations 5
refuses 2 "iterations" "$bin/schedules" --policy 'triangular'
refuses 2 "iterations" "$bin/schedules" --policy 'triangular' --iterations 1.5
refuses 2 "goes with a policy: --policy" "$bin/schedules" --iterations 5
refuses 2 "goes with a policy: --policy" "$bin/schedules" --metric=a:b
refuses 2 "quote" "$bin/schedules" --policy triangular step=5 --iterations 5
refuses 2 "FILE:COLUMN" "$bin/schedules" --policy plateau --iterations 5
refuses 2 "no column" "$bin/schedules" --policy plateau --metric "$work/metric.csv:cost"
refuses 2 "written" sh -c "'$bin/schedules' --policy constant --iterations 99999 >/dev/full"

# ---- drawing ----
if ! command -v gnuplot >/dev/null; then
    fail "gnuplot is missing"
    exit 1
fi
mkdir -p "$work/tree/tools" "$work/tree/plots" "$work/tree/build" "$work/tree/experiments/x" \
    "$work/tree/results/local/x"
cp "$root/tools/draw.sh" "$work/tree/tools"
cp "$root/plots/style.gp" "$work/tree/plots"
ln -s "$bin" "$work/tree/build/bin"
cp "$work/runs.csv" "$work/tree/results/local/x/runs.csv"
cd "$work/tree" || exit 1
unset BUILD
write_script() { # the plot command of a script with two figures
    cat >experiments/x/x.gp <<END
load 'plots/style.gp'
eval figure("first", 480, 320)
eval headline("a_b", "note_1")
eval mark_y(3, "source: 3")
plot table("runs") using "step":"loss" @dots lt 1 notitle
eval figure("second", 480, 320)
$1
END
}
write_script 'plot bands("runs", "loss", "step", "policy=b") using "step":"median" @dots notitle'
tools/draw.sh x || fail "a good script was not drawn"
for figure in first.svg first.png second.svg second.png; do
    [ -s "plots/local/x/$figure" ] || fail "$figure was not drawn"
done
grep -q 'a_b' plots/local/x/first.svg || fail "the underscore of the title is lost"
[ "$(ls -A plots/local/x | wc -l)" -eq 4 ] || fail "more than the figures was left"
(cd plots/local/x && sha256sum ./*) >"$work/before"
tools/draw.sh x || fail "the second drawing failed"
(cd plots/local/x && sha256sum ./*) >"$work/after"
cmp -s "$work/before" "$work/after" || fail "two drawings of the same tables differ"

unchanged() {
    (cd plots/local/x && sha256sum ./*) | cmp -s "$work/before" - || fail "$1 touched old figures"
}
printf 'policy,seed,step,loss\na,1,9,1\n' >results/local/x/runs.csv # would draw other figures
write_script 'plot table("runs") using "step":"lost" @dots notitle'
refuses 1 "^draw: experiments/x/x.gp" tools/draw.sh x
unchanged "a wrong column"
write_script 'plot bands("runs", "loss", "step", "policy=z") using "step":"median" @dots, 5'
refuses 1 "no row" tools/draw.sh x
unchanged "an empty selection"
write_script 'plot table("runes") using "step":"loss" @dots, 5'
refuses 1 "^draw: " tools/draw.sh x
unchanged "a missing table"

# ---- a run that is not finished: what is there is drawn, what is not is named ----
cp "$work/runs.csv" results/local/x/runs.csv
printf 'key,value\nscale,desk\ncells_planned,3\ncells,2\n' >results/local/x/manifest.csv
write_script 'set xrange [0.2:0.3]
plot for [p in "y z"] bands("runs", "loss", "step", "policy=" . p) using "step":"median" \
    title "the source'"'"'s " . p
eval figure("third", 480, 320)
plot for [p in "b z"] rows("runs", "policy=" . p) using "step":"loss" title p'
tools/draw.sh x 2>"$work/err.txt" || fail "what there is of a run was not drawn: $(cat "$work/err.txt")"
equals "what was left out" "$(cat "$work/err.txt")" "draw: x: 2 of 3 cells are there; left out:
    runs.csv: policy=y
    runs.csv: policy=z"
grep -q 'not run yet' plots/local/x/second.svg || fail "an empty panel says nothing"
! grep -q 'not run yet' plots/local/x/third.svg || fail "a panel with data says that it is empty"
write_script 'plot table("runs") using "step":"lost" @dots notitle'
refuses 1 "^draw: experiments/x/x.gp" tools/draw.sh x
sed 's/^cells,2/cells,3/' results/local/x/manifest.csv >"$work/m" && mv "$work/m" \
    results/local/x/manifest.csv
write_script 'plot rows("runs", "policy=z") using "step":"loss" @dots'
refuses 1 "no row" tools/draw.sh x

# ---- one seed has no band ----
write_script 'set title of_seeds("Median of seeds.") . of_seeds("median")
plot table("runs") using "step":"loss"'
tools/draw.sh x && grep -q 'Median of seeds.median' plots/local/x/second.svg || fail "four seeds"
grep -v '^[ab],[2-4]' "$work/runs.csv" >results/local/x/runs.csv
tools/draw.sh x && grep -q 'One seed.one seed' plots/local/x/second.svg || fail "one seed"
echo "x = 1" >experiments/x/x.gp
refuses 1 "drew no svg" tools/draw.sh x
refuses 1 "no tables" tools/draw.sh x other
refuses 1 "there is no" tools/draw.sh y

exit $((failures > 0))
