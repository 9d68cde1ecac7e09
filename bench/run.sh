#!/usr/bin/env bash
# run.sh [OPTION...]: the end-to-end benchmarks; bench/README.md says what is measured, `run.sh --help` lists the options.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"

command -v python3 >/dev/null || die "python3 was not found; run scripts/install-deps.sh test"
exec python3 "$ROOT/bench/run.py" "$@"
