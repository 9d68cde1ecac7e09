#!/usr/bin/env bash
# fuzz.sh SECONDS [TARGET...]: builds the fuzz targets (default: all) with clang's libFuzzer and sanitizers, and runs each for
# that long, one after the other. What is found in a run is kept in build/fuzz/corpus and is where the next run begins; an input
# that breaks something is kept in build/fuzz/findings, and ends the script.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

seconds=${1:?usage: fuzz.sh SECONDS [TARGET...]}
shift
cd "$ROOT"
scripts/install-deps.sh fuzz
targets=("$@")
if ((${#targets[@]} == 0)); then
  mapfile -t targets < <(find src server -name '*_fuzz.cc' -exec basename {} .cc \; | sort)
fi
scripts/build.sh fuzz "${targets[@]}"
mkdir -p build/fuzz/findings
for target in "${targets[@]}"; do
  mkdir -p "build/fuzz/corpus/$target"
  say "$target for $seconds s"
  run_logged "fuzz-$target" "$(find build/fuzz -type f -name "$target" -perm -u+x)" \
    -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/findings/$target-" "build/fuzz/corpus/$target" "fuzz/corpus/$target" ||
    die "$target found something; the input: build/fuzz/findings, the whole output: $LOGS/fuzz-$target.log"
  sed -n 's/^stat::number_of_executed_units: */    inputs run: /p; s/^\(Done .*\)/    \1/p' "$LOGS/fuzz-$target.log" >&2
done
