#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes REPRODUCE.md to standard output from the committed results alone: report.sh
set -eu
cd "$(dirname "$0")/.."
claims=${BUILD:-build}/bin/claims

cat <<'TEXT'
# What was reproduced

Every claim of the sources, what stands there, what was measured here, and the verdict. This file is
made by `make report` from the committed results (`results/reference/`); no number in it is typed.

- **there** is the source's own number or what its statement implies.
- **here** is the measured figure, with its 95% interval where it is random (median over seeds,
  percentile bootstrap; differences are paired by seed), and what it is.
- **reproduced** and **not reproduced** need the whole interval on one side; anything else, and a scale
  or a number of seeds that cannot decide, is **inconclusive**.

Sources: 000 and 003 are np2LKoo's blog on the autoencoder (parts 9 and 10); 001 is the Qiita article on
the learning rate of a 3-5-1 network; 002 is a summary of CS231n, "Learning and Evaluation"; 004 is the
Qiita article on the range test and cyclical rates after fast.ai, with Smith's paper behind it (CLR,
arXiv 1506.01186v6).

To run it again: `make deps reproduce` (desk scale, all experiments), `make reproduce SCALE=paper`
(the sources' own budgets; cells that are done are kept, so it can be cut off at any time). One
experiment alone: `make run-NAME figures-NAME`. Figures go to `plots/local/NAME/`. The README of each
experiment says how it was done and which choices the source leaves open.
TEXT

for scale in desk paper; do
    [ -d "results/reference/$scale" ] || continue
    printf '\n## %s scale\n\n' "$(echo "$scale" | sed 's/^d/D/; s/^p/P/')"
    "$claims" --markdown "results/reference/$scale"
done
