#!/bin/sh
# SPDX-License-Identifier: MIT
# Draws the figures of one experiment from its tables, as SVG and as PNG.
#     tools/draw.sh EXPERIMENT [LABEL]       results/LABEL/EXPERIMENT -> plots/LABEL/EXPERIMENT
# Nothing of an earlier drawing is touched unless every figure of the script came out whole.
# The conventions of the scripts are in plots/style.gp.
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
for ext in svg png; do
    gnuplot -e "in = '$tables'; out = '$work'; ext = '$ext'" "$script" 2>"$work/messages" ||
        fail "$script ($ext): $(grep -v '^ *$' "$work/messages" | grep -v '\^' | tail -n 1)"
    # gnuplot goes on without a file it cannot open, and without what a pipe failed to give
    complaint=$(grep -E 'bands:|annot (find|open)|not found|Skipping' "$work/messages" | head -n 1)
    [ -z "$complaint" ] || fail "$script ($ext): $complaint"
    rm -f "$work/messages"
    ls "$work"/*."$ext" >/dev/null 2>&1 || fail "$script drew no $ext figure"
done
for figure in "$work"/*; do
    [ -s "$figure" ] || fail "$script left $(basename "$figure") empty"
done
mkdir -p "$figures"
for figure in "$work"/*; do
    name=$(basename "$figure")
    cp "$figure" "$figures/.$name.new" && mv -f "$figures/.$name.new" "$figures/$name" ||
        fail "cannot write $figures/$name"
done
