#!/usr/bin/env bash
# fetch.sh: a Schema Registry, Apicurio, by Maven in build/official/apicurio, and Confluent's Python client with its
# serializers in build/official/registry-python, as requirements.txt says. Quick and silent where they are there already.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
source "$here/../../../scripts/lib.sh"

version=2.6.13.Final
registry=$ROOT/build/official/apicurio/$version
python=$ROOT/build/official/registry-python

fetch_jars() { # [-U]
  timeout 400 mvn -B -ntp -q "$@" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact="io.apicurio:apicurio-registry-app:$version:tar.gz:all" -DoutputDirectory="$work"
}

fetch_registry() {
  command -v mvn >/dev/null || die "mvn was not found; run scripts/install-deps.sh test"
  mkdir -p "$ROOT/build/official/apicurio"
  work=$(mktemp -d "$ROOT/build/official/apicurio/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  say "Fetching Apicurio Registry $version"
  # Maven remembers a failed look-up and does not ask again without -U.
  if ! run_logged apicurio fetch_jars; then
    say "Trying once more"
    run_logged apicurio fetch_jars -U || die "Apicurio $version could not be fetched. Is the network there?
    The whole output: $LOGS/apicurio.log"
  fi
  mkdir "$work/app"
  tar xzf "$work/apicurio-registry-app-$version-all.tar.gz" -C "$work/app"
  # Somebody else may have been quicker; theirs is as good.
  mv -T "$work/app" "$registry" 2>/dev/null || [[ -d $registry ]] || die "could not make $registry"
  say "Fetched the registry in $SECONDS s"
}

fetch_python() {
  rm -rf "$python"
  python3 -m venv "$python"
  # Nothing is compiled here: wheels only.
  timeout 300 "$python/bin/pip" install --disable-pip-version-check --no-input --only-binary=:all: --no-deps \
    -r "$here/requirements.txt"
  "$python/bin/python" -c 'import confluent_kafka.schema_registry.avro, confluent_kafka.schema_registry.json_schema
import confluent_kafka.schema_registry.protobuf'
}

[[ -d $registry ]] || fetch_registry
if ! cmp -s "$here/requirements.txt" "$python/.complete"; then
  say "Fetching confluent-kafka for Python"
  run_logged confluent-kafka fetch_python ||
    die "confluent-kafka could not be fetched. Is the network there? The whole output: $LOGS/confluent-kafka.log"
  cp "$here/requirements.txt" "$python/.complete"
fi
