#!/usr/bin/env bash
# build.sh PRESET [TARGET...]: configures the preset where that has not been done and builds the targets (default: all).
# Ninja configures again by itself when a CMake file changes.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

preset=${1:?usage: build.sh PRESET [TARGET...]}
shift
cd "$ROOT"
if [[ ! -e build/$preset/build.ninja ]]; then
  say "Configuring build/$preset"
  run_logged "configure-$preset" cmake --preset "$preset" || die "CMake could not configure; the whole output: $LOGS/configure-$preset.log"
fi
targets=()
(($# == 0)) || targets=(--target "$@")
begin=$SECONDS
NINJA_STATUS='[%f/%t, %es] ' cmake --build --preset "$preset" "${targets[@]}" ||
  die "the build failed; the messages stand above"
say "build/$preset is up to date ($((SECONDS - begin)) s)"
