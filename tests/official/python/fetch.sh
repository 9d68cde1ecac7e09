#!/usr/bin/env bash
# fetch.sh VERSION: a Python environment with Kinetica's client `gpudb` VERSION in build/official/python-VERSION, as
# requirements-VERSION.txt says. Quick and silent where it is there already and the file has not changed since.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
source "$here/../../../scripts/lib.sh"

version=${1:?usage: fetch.sh VERSION}
requirements=$here/requirements-$version.txt
target=$ROOT/build/official/python-$version
[[ -e $requirements ]] ||
  die "gpudb $version is not known here; known: $(cd "$here" && ls requirements-*.txt | sed 's/requirements-\(.*\).txt/\1/' | xargs)"
cmp -s "$requirements" "$target/.complete" && exit 0

fetch() {
  rm -rf "$target"
  python3 -m venv "$target"
  # The packages' own tools are not needed, only their wheels: nothing is compiled here.
  timeout 300 "$target/bin/pip" install --disable-pip-version-check --no-input --only-binary=:all: \
    --no-deps -r "$requirements"
  "$target/bin/python" -c 'import gpudb'
}

say "Fetching gpudb $version"
run_logged "gpudb-$version" fetch ||
  die "gpudb $version could not be fetched. Is the network there? The whole output: $LOGS/gpudb-$version.log"
cp "$requirements" "$target/.complete"
say "Fetched gpudb $version in $SECONDS s"
