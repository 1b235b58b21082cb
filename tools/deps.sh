#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the Debian packages that are missing: deps.sh SUDO PACKAGE ...
set -eu
sudo=$1
shift
missing=
for package in "$@"; do
    case $package in
    npm) command -v npm >/dev/null 2>&1 && continue ;; # any npm will do
    esac
    dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed' ||
        missing="$missing $package"
done
[ -n "$missing" ] || { echo "deps: everything is installed"; exit 0; }
command -v apt-get >/dev/null 2>&1 || {
    echo "deps: no apt-get here; install the equivalents of:$missing" >&2
    exit 1
}
echo "deps: installing$missing"
$sudo apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
echo "deps: done"
