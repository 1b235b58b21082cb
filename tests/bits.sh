#!/bin/sh
# SPDX-License-Identifier: MIT
# The same bytes whatever computes them: `make bits`, or QUICK=1 make bits for the reduced set.
#
# The programs in $BUILD/bin write reference tables; then each configuration below (instruction set,
# number of workers, masked CPU features, compiler and level, emulated CPU) writes the same tables;
# every file but manifest.csv and cells' timings must be the same bytes.  One line a configuration:
# ok, not ok (with the first file and line that differ), or skip (with what the machine lacks).
# Exit status 0: no difference.  Variants are built in $BUILD/bits.
set -u
BUILD=${BUILD:-build}
MAKE=${MAKE:-make}
QUICK=${QUICK:-}
cores=$(nproc 2>/dev/null || echo 1)
unset MAKEFLAGS MFLAGS MAKELEVEL # variants have flags of their own

work=$(mktemp -d "${TMPDIR:-/tmp}/bits.XXXXXX")
trap '[ -e "$work/keep" ] || rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
passed=0 failed=0 skipped=0
began=$(date +%s)

# ---- what is run: name, experiment, cells ----
# `tiny` is what an emulator bears, `small` costs a baseline build seconds, `large` the fast ones.
tiny="digest schedules parity_rate parity_starts"
small="$tiny batch_norm dense"
large="$small parity sigmoid adam adadelta convolution"

arguments() { # item
    case $1 in
    schedules) echo schedules ;;
    parity) echo parity ;;
    parity_rate) echo parity --only rate=1 ;;
    parity_starts) echo parity --only "start=*,at=10" ;;
    dense) echo fixed_vs_annealed --only policy=step,rate=0.1,seed=1 ;;
    batch_norm) echo clr_sigmoid --only net=sigmoid_bn,policy=triangular,seed=1 ;;
    sigmoid) echo clr_sigmoid --only net=sigmoid,policy=fixed,seed=1 ;;
    adam) echo clr_adaptive --only method=adam,policy=triangular,seed=1 ;;
    adadelta) echo clr_adaptive --only method=adadelta,policy=fixed,seed=1 ;;
    convolution) echo clr --only policy=triangular2,seed=1 ;;
    esac
}

# One item into its own directory.  The digest is seven numbers for each instruction set; the names of
# the sets are cut off, and lines that agree are one line.
run_item() { # directory item bin prefix options...
    directory=$1 item=$2 bin=$3 prefix=$4
    shift 4
    mkdir -p "$directory/$item"
    if [ "$item" = digest ]; then
        $prefix "$bin/engine_digest" >"$directory/lines" &&
            sed 's/^[a-z0-9]* *//' "$directory/lines" | sort -u >"$directory/$item/digest.csv"
    else
        set -f # patterns are the driver's
        # shellcheck disable=SC2046,SC2086
        set -- $(arguments "$item") "$@"
        program=$1
        shift
        $prefix "$bin/$program" --scale smoke --quiet --out "$directory/$item" "$@"
    fi >"$directory/$item.log" 2>&1 || echo "$item: $(tail -n 1 "$directory/$item.log")" \
        >>"$directory/errors"
}

run_items() { # directory items bin prefix options...
    directory=$1 items=$2
    shift 2
    mkdir -p "$directory"
    for item in $items; do
        (run_item "$directory" "$item" "$@") &
        running=$((${running:-0} + 1))
        [ $((running % cores)) -eq 0 ] && wait
    done
    wait
}

tables() { # directory
    (cd "$1" && find . -name '*.csv' ! -name manifest.csv ! -name cell.csv | LC_ALL=C sort)
}

# Says what differs between the reference and the directory in the items given; nothing if nothing.
difference() { # directory items
    [ -e "$1/errors" ] && { head -n 1 "$1/errors"; return; }
    for item in $2; do
        tables "$work/reference/$item" >"$work/expected"
        tables "$1/$item" >"$work/found"
        [ -s "$work/found" ] || { echo "$item: no tables"; return; }
        cmp -s "$work/expected" "$work/found" ||
            { echo "$item: tables: $(diff "$work/expected" "$work/found" | sed -n 2p)"; return; }
        while read -r file; do
            cmp "$work/reference/$item/$file" "$1/$item/$file" >"$work/where" 2>&1 ||
                { echo "$item: $(sed 's/.* differ: //' "$work/where") of $file"; return; }
        done <"$work/expected"
    done
}

skip() { # name why
    skipped=$((skipped + 1))
    printf 'skip    %-34s %s\n' "$1" "$2"
}

check() { # name items bin prefix options...
    name=$1 items=$2
    shift 2
    from=$(date +%s)
    directory="$work/$(echo "$name" | tr -c 'a-zA-Z0-9\n' _)"
    run_items "$directory" "$items" "$@"
    why=$(difference "$directory" "$items")
    seconds=$(($(date +%s) - from))
    if [ -z "$why" ]; then
        passed=$((passed + 1))
        printf 'ok      %-34s %4d s  %d runs\n' "$name" $seconds "$(echo "$items" | wc -w)"
        rm -rf "$directory"
    else
        failed=$((failed + 1))
        touch "$work/keep"
        printf 'not ok  %-34s %4d s  %s (in %s)\n' "$name" $seconds "$why" "$directory"
    fi
}

# A variant in $BUILD/bits/NAME, then the check of what it writes.
build_and_check() { # name items prefix variables...
    name=$1 items=$2 prefix=$3
    shift 3
    to="$BUILD/bits/$(echo "$name" | tr -c 'a-zA-Z0-9\n' _)"
    programs=$(for item in $items; do
        [ "$item" = digest ] && echo "$to/bin/engine_digest" ||
            echo "$to/bin/$(arguments "$item" | cut -d' ' -f1)"
    done | sort -u)
    # shellcheck disable=SC2086
    if $MAKE -s -j"$cores" BUILD="$to" "$@" $programs >"$work/build.log" 2>&1; then
        check "$name" "$items" "$to/bin" "$prefix"
    else
        failed=$((failed + 1))
        touch "$work/keep"
        cp "$work/build.log" "$work/$(basename "$to").log"
        printf 'not ok  %-34s does not build: %s\n' "$name" \
            "$(grep -m 1 -i error "$work/build.log" || tail -n 1 "$work/build.log")"
    fi
}

have() {
    command -v "$1" >/dev/null 2>&1
}

# ---- the reference ----
reference=$large
[ -n "$QUICK" ] && reference=$small
run_items "$work/reference" "$reference" "$BUILD/bin" "" --jobs 1
[ -e "$work/reference/errors" ] && {
    echo "bits: the reference does not run: $(head -n 1 "$work/reference/errors")" >&2
    exit 1
}
sets=$(awk '{printf "%s ", $1}' "$work/reference/lines")
echo "reference: $BUILD/bin, $(uname -m) with $sets"
echo "runs: $reference"

# ---- this machine: instruction sets, workers, masks ----
for isa in $sets; do
    items=$reference
    [ "$isa" = baseline ] && items=$small # it computes each fused multiply-add in double: slow
    check "--isa $isa" "$items" "$BUILD/bin" "" --isa "$isa"
done
check "8 workers" "schedules parity_rate parity_starts batch_norm" "$BUILD/bin" "" --jobs 8
for mask in -AVX512F,-AVX512VL -AVX512F,-AVX2,-FMA,-AVX; do # for the C library's choices
    [ "$(uname -m)" = x86_64 ] || continue
    check "hwcaps=$mask" "$reference" "$BUILD/bin" "env GLIBC_TUNABLES=glibc.cpu.hwcaps=$mask"
done

# ---- compilers and levels ----
if [ -n "$QUICK" ]; then
    variants="gcc:-O0 clang:-O2"
else
    variants="gcc:-O0 gcc:-O1 gcc:-O2 gcc:-O3 clang:-O0 clang:-O1 clang:-O2 clang:-O3"
fi
for variant in $variants; do
    compiler=${variant%%:*} level=${variant#*:}
    items=$reference
    [ "$level" = -O0 ] && items=$small
    if have "$compiler"; then
        build_and_check "$compiler $level" "$items" "" CC="$compiler" CFLAGS="$level"
    else
        skip "$compiler $level" "no $compiler"
    fi
done

# ---- other CPUs, emulated ----
emulated() { # machine compiler name items options...
    machine=$1 compiler=$2 name=$3 items=$4
    shift 4
    if ! have "qemu-$machine"; then
        skip "$name" "no qemu-$machine"
    elif ! have "${compiler%% *}"; then
        skip "$name" "no $compiler"
    else
        build_and_check "$name" "$items" "qemu-$machine $*" CC="$compiler" CFLAGS=-O2 BLAS=none \
            LDFLAGS=-static
    fi
}
arm=$small
[ -n "$QUICK" ] && arm=$tiny
emulated aarch64 aarch64-linux-gnu-gcc "aarch64, gcc" "$arm"
# The programs as they are: so set, the variables keep them from restarting out of qemu's sight.
# (Seconds; a driver of matrix products takes an emulator far longer, and the digest holds them.)
haswell="env -u OPENBLAS_CORETYPE OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 qemu-x86_64 -cpu Haswell"
if [ "$(uname -m)" != x86_64 ] || ! have qemu-x86_64; then
    skip "Haswell, a driver" "no qemu-x86_64, or another machine"
else
    check "Haswell, a driver" "parity_rate parity_starts" "$BUILD/bin" "$haswell"
fi
if [ -z "$QUICK" ]; then
    have aarch64-linux-gnu-gcc && # whose C library clang needs
        emulated aarch64 "clang --target=aarch64-linux-gnu" "aarch64, clang" "$tiny"
    for cpu in Nehalem Haswell; do # the baseline alone, and v3; qemu 7.2 has no AVX-512
        emulated x86_64 gcc "$cpu" "$tiny" -cpu "$cpu"
    done
fi

echo "bits: $passed the same, $failed not, $skipped skipped; $(($(date +%s) - began)) s"
[ "$failed" -eq 0 ]
