#!/usr/bin/env bash
# fuzz.sh SECONDS [TARGET...]: builds the fuzz targets (default: all) with sanitizers and runs each for that long, one after the other.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

seconds=${1:?usage: fuzz.sh SECONDS [TARGET...]}
shift
cd "$ROOT"
targets=("$@")
if ((${#targets[@]} == 0)); then
  mapfile -t targets < <(find src server -name '*_fuzz.cc' -exec basename {} .cc \; | sort)
fi
scripts/build.sh asan "${targets[@]}"
for target in "${targets[@]}"; do
  say "$target for $seconds s"
  "$(find build/asan -type f -name "$target")" "fuzz/corpus/$target" "${seconds}s"
done
