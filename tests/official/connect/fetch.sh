#!/usr/bin/env bash
# fetch.sh VERSION: the jars of stock Kafka Connect in build/official/connect/VERSION/lib, by Maven; VERSION is a profile
# of pom.xml. Quick and silent where they are there already, as this pom.xml has them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
source "$here/../../../scripts/lib.sh"

version=${1:?usage: fetch.sh VERSION}
target=$ROOT/build/official/connect/$version
complete() { cmp -s "$here/pom.xml" "$target/.complete"; }
complete && exit 0
grep -q "<id>$version</id>" "$here/pom.xml" ||
  die "Kafka Connect $version is not known here; known: $(sed -n 's|.*<id>\(.*\)</id>|\1|p' "$here/pom.xml" | xargs)"
command -v mvn >/dev/null || die "mvn was not found; run scripts/install-deps.sh test"

mkdir -p "$ROOT/build/official/connect"
work=$(mktemp -d "$ROOT/build/official/connect/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT

fetch() { # [-U]
  timeout 300 mvn -B -ntp -q "$@" -f "$here/pom.xml" -P "$version" \
    org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
    -DoutputDirectory="$work/lib" -DincludeScope=runtime
}

say "Fetching Kafka Connect $version"
# Maven remembers a failed look-up and does not ask again without -U.
if ! run_logged "kafka-connect-$version" fetch; then
  say "Trying once more"
  run_logged "kafka-connect-$version" fetch -U || die "Kafka Connect $version could not be fetched. Is the network there?
    The whole output: $LOGS/kafka-connect-$version.log"
fi
cp "$here/pom.xml" "$work/.complete"
chmod 755 "$work"
complete || rm -rf "$target"
# Somebody else may have been quicker; theirs is as good.
mv -T "$work" "$target" 2>/dev/null || complete || die "could not make $target"
say "Fetched $(find "$target/lib" -name '*.jar' | wc -l) jars in $SECONDS s"
