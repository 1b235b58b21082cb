#!/bin/sh
# SPDX-License-Identifier: MIT
# Takes results over as reference results, without the cells they were joined from, and signs them:
# reference.sh FROM TO
set -eu
from=${1:?usage: reference.sh FROM TO} to=${2:?usage: reference.sh FROM TO}
[ -d "$from" ] || { echo "reference: no results in $from" >&2; exit 2; }
mkdir -p "$to"
for manifest in "$from"/*/manifest.csv; do
    [ -f "$manifest" ] || { echo "reference: no results in $from" >&2; exit 2; }
    experiment=$(basename "$(dirname "$manifest")")
    rm -rf "$to/.$experiment.new"
    mkdir "$to/.$experiment.new"
    cp "$from/$experiment"/*.csv "$to/.$experiment.new/"
    rm -rf "${to:?}/$experiment"
    mv "$to/.$experiment.new" "$to/$experiment"
done
(cd "$to" && find . -name '*.csv' | LC_ALL=C sort | xargs sha256sum > SHA256SUMS)
echo "reference: $(du -sh "$to" | cut -f1) in $to"
