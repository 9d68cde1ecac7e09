#!/usr/bin/env bash
# fetch.sh: Kinetica's JDBC driver, which is one jar, in build/official/jdbc, by Maven. Quick and silent where it is there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
source "$here/../../../scripts/lib.sh"

version=7.1.10.6
target=$ROOT/build/official/jdbc/$version
[[ -e $target/.complete ]] && exit 0
command -v mvn >/dev/null || die "mvn was not found; run scripts/install-deps.sh test"

mkdir -p "$ROOT/build/official/jdbc"
work=$(mktemp -d "$ROOT/build/official/jdbc/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT

fetch() { # [-U]
  timeout 300 mvn -B -ntp -q "$@" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact="com.kinetica:kinetica-jdbc:$version:jar:fullshaded" -DoutputDirectory="$work/lib"
}

say "Fetching Kinetica's JDBC driver $version"
# Maven remembers a failed look-up and does not ask again without -U.
if ! run_logged "jdbc-$version" fetch; then
  say "Trying once more"
  run_logged "jdbc-$version" fetch -U || die "kinetica-jdbc $version could not be fetched. Is the network there?
    The whole output: $LOGS/jdbc-$version.log"
fi
touch "$work/.complete"
chmod 755 "$work"
[[ -e $target/.complete ]] || rm -rf "$target"
# Somebody else may have been quicker; theirs is as good.
mv -T "$work" "$target" 2>/dev/null || [[ -e $target/.complete ]] || die "could not make $target"
say "Fetched the driver in $SECONDS s"
