#!/usr/bin/env bash
# fetch.sh: the npm package kafka-connect-client with what it needs, as package-lock.json pins them, and the session that
# uses it, in build/official/connect-client. Quick and silent where they are there already.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
source "$here/../../../../scripts/lib.sh"

target=$ROOT/build/official/connect-client
cmp -s "$here/package-lock.json" "$target/.complete" && exit 0
command -v npm >/dev/null || die "npm was not found; run scripts/install-deps.sh test"

fetch() {
  rm -rf "$target"
  mkdir -p "$target"
  cp "$here"/package*.json "$target"
  timeout 300 npm ci --prefix "$target" --ignore-scripts --no-audit --no-fund
}

say "Fetching kafka-connect-client"
run_logged kafka-connect-client fetch ||
  die "kafka-connect-client could not be fetched. Is the network there?
    The whole output: $LOGS/kafka-connect-client.log"
cp "$here/package-lock.json" "$target/.complete"
