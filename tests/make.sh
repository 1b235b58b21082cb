#!/bin/sh
# SPDX-License-Identifier: MIT
# What the Makefile promises: reproduce names every experiment, new lays out one that runs and draws,
# REPRODUCE.md is what the committed results say, the checksums of these hold.
set -u
cd "$(dirname "$0")/.."
MAKE=${MAKE:-make} BUILD=${BUILD:-build}
MAKEFLAGS=$(printf %s "${MAKEFLAGS:-}" | sed 's/^\([a-zA-Z]*\)s/\1/') # commands are looked at: not -s
export MAKEFLAGS
failed=0

ok() { # status description
    if [ "$1" -eq 0 ]; then echo "ok - $2"; else
        echo "not ok - $2"
        failed=1
    fi
}

plan=$($MAKE -n reproduce SCALE=smoke 2>/dev/null)
for directory in experiments/*/; do
    name=$(basename "$directory")
    printf '%s\n' "$plan" | grep -q "bin/$name --scale smoke"
    ok $? "make -n reproduce runs $name"
    printf '%s\n' "$plan" | grep -q "draw.sh $name "
    ok $? "make -n reproduce draws $name"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar cf - Makefile core experiments tools bench tests plots/*.gp | tar xf - -C "$work"
mkdir -p "$work/$BUILD"
cp -a "$BUILD/float" "$BUILD/bin" "$BUILD"/*.a "$BUILD/flags" "$work/$BUILD/" 2>/dev/null
ask() { (cd "$work" && $MAKE --no-print-directory "$@" >"$work/said" 2>&1); }
ask new NAME=try_this && ask run-try_this SCALE=smoke && ask figures-try_this &&
    [ -s "$work/plots/local/try_this/accuracy.png" ]
ok $? "make new lays out an experiment that builds, runs and draws"
ask new NAME=try_this
[ $? -ne 0 ] && grep -q 'there already' "$work/said"
ok $? "make new overwrites nothing"
ask new NAME=../x
[ $? -ne 0 ] && grep -q 'NAME must be' "$work/said" && [ ! -e "$work/x" ]
ok $? "make new refuses a name that is no name"
for flag in -ffast-math -Ofast -ffinite-math-only; do
    ask CFLAGS="-O2 $flag" "$BUILD/float/core/net/net.o"
    [ $? -ne 0 ] && grep -q 'cannot be built with -ffast-math' "$work/said"
    ok $? "a build with $flag is refused"
done
ask CFLAGS='-O2 -ffp-contract=fast' "$BUILD/float/core/net/net.o"
grep -q -- '-ffp-contract=fast.*-ffp-contract=off' "$work/said"
ok $? "our flags come after the user's"

for sums in results/reference/*/SHA256SUMS; do
    (cd "$(dirname "$sums")" && sha256sum --quiet -c SHA256SUMS)
    ok $? "$sums holds"
done
BUILD=$BUILD sh tools/report.sh | cmp -s - REPRODUCE.md
ok $? "REPRODUCE.md is what the committed results say"
exit $failed
