#!/usr/bin/env bash
# Rewrites the C++ and Java sources under git as .clang-format says.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

install_packages apt-format clang-format
cd "$ROOT"
git ls-files -z --cached --others --exclude-standard '*.h' '*.cc' '*.java' | xargs -0 -r clang-format -i
