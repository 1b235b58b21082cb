#!/bin/sh
# SPDX-License-Identifier: MIT
# Lays out a new experiment that builds, runs and draws at once: new.sh NAME
set -eu
cd "$(dirname "$0")/.."
name=${1:-}
case $name in
'' | *[!a-z0-9_]* | [!a-z]*)
    echo "new: NAME must be snake_case letters, digits and _, e.g. make new NAME=my_question" >&2
    exit 2
    ;;
esac
directory=experiments/$name
[ ! -e "$directory" ] || { echo "new: $directory is there already" >&2; exit 2; }
work=$(mktemp -d "experiments/.new.XXXXXX")
trap 'rm -rf "$work"' EXIT
for file in experiment.c experiment.gp README.md; do
    target=$(printf '%s' "$file" | sed "s/^experiment\./$name./")
    sed "s/@NAME@/$name/g" "tools/template/$file" >"$work/$target"
done
chmod 755 "$work"
mv "$work" "$directory"
trap - EXIT
echo "new: $directory is laid out; now: make run-$name figures-$name"
