#!/bin/sh
# SPDX-License-Identifier: MIT
# Draws the figures of one experiment from its tables, as SVG and as PNG.
#     tools/draw.sh EXPERIMENT [LABEL]       results/LABEL/EXPERIMENT -> plots/LABEL/EXPERIMENT
# Nothing of an earlier drawing is touched unless every figure of the script came out whole.
# The conventions of the scripts are in plots/style.gp.  Of a run that is not finished what is there is
# drawn, and what is left out is named.
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C
PATH="$PWD/${BUILD:-build}/bin:$PATH"

fail() {
    echo "draw: $*" >&2
    exit 1
}

experiment=${1:?usage: tools/draw.sh EXPERIMENT [LABEL]}
label=${2:-local}
for script in bench/$experiment.gp plots/$experiment.gp experiments/$experiment/$experiment.gp; do
    [ ! -f "$script" ] || break
done
tables=results/$label/$experiment
figures=plots/$label/$experiment

command -v gnuplot >/dev/null || fail "gnuplot is missing; 'make deps' installs it"
[ -f "$script" ] || fail "there is no $script"
ls "$tables"/*.csv >/dev/null 2>&1 || fail "no tables in $tables; 'make reproduce' makes them"
command -v bands >/dev/null || fail "build/bin/bands is missing; 'make' builds it"

work=$(mktemp -d "${TMPDIR:-/tmp}/draw.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
fact() { # KEY of the manifest
    sed -n "s/^$1,//p" "$tables/manifest.csv" 2>/dev/null || true
}
there=$(fact cells) planned=$(fact cells_planned)
seeds=0
for csv in "$tables"/*.csv; do
    n=$(bands --distinct seed "$csv" 2>/dev/null) || n=0
    [ "$n" -le "$seeds" ] || seeds=$n
done

# gnuplot goes on without a file it cannot open, and without what a pipe failed to give
wrong='bands:|annot (find|open)|not found|Skipping'
drawn=$script
if [ "${there:-0}" -lt "${planned:-0}" ]; then
    export BANDS_LOG="$work/.log"
    wrong='bands:|annot (find|open)|not found'
    # every plot command ends with what says that nothing of it is there (and scales its axes)
    nothing="'< bands --nothing' using 1:(1) with points ps 0 lc rgb '#FFFFFFFF' notitle,"
    nothing="$nothing '< bands --nothing --end' every ::0::0 using (0.5):(0.5):(strcol(2)) axes x2y2"
    nothing="$nothing with labels font ',10' textcolor rgb '#5A5A5A' notitle"
    awk -v nothing="$nothing" '
        /^ *plot / {plot = 1; sub(/plot /, "set x2range [0:1]; set y2range [0:1]; plot ")}
        plot && !/\\$/ {$0 = $0 ", " nothing; plot = 0}
        {print}' "$script" >"$work/.script"
    drawn=$work/.script
fi
for ext in svg png; do
    gnuplot -e "in = '$tables'; out = '$work'; ext = '$ext'" \
        -e "scale = '$(fact scale)'; seed_count = $seeds" "$drawn" 2>"$work/.messages" ||
        fail "$script ($ext): $(grep -m 1 'bands:' "$work/.messages" ||
            grep -v '^ *$' "$work/.messages" | grep -v '\^' | tail -n 1)"
    complaint=$(grep -E "$wrong" "$work/.messages" | head -n 1)
    [ -z "$complaint" ] || fail "$script ($ext): $complaint"
    ls "$work"/*."$ext" >/dev/null 2>&1 || fail "$script drew no $ext figure"
done
if grep -q '^- ' "$work/.log" 2>/dev/null; then
    echo "draw: $experiment: $there of $planned cells are there; left out:" >&2
    sed -n 's/^- /    /p' "$work/.log" | sort -u >&2
fi
for figure in "$work"/*; do
    [ -s "$figure" ] || fail "$script left $(basename "$figure") empty"
done
mkdir -p "$figures"
for figure in "$work"/*; do
    name=$(basename "$figure")
    cp "$figure" "$figures/.$name.new" && mv -f "$figures/.$name.new" "$figures/$name" ||
        fail "cannot write $figures/$name"
done
