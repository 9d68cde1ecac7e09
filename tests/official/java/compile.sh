#!/usr/bin/env bash
# compile.sh: the judge's classes in build/official/java/classes, against the older of the clients, so that they run with
# each. Does nothing while they are newer than the sources.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
source "$here/../../../scripts/lib.sh"

jars=$ROOT/build/official/java/7.1.10.3/lib
classes=$ROOT/build/official/java/classes
[[ -d $jars ]] || die "Kinetica's Java client is not in $jars; run $here/fetch.sh 7.1.10.3"
command -v javac >/dev/null || die "javac was not found; run scripts/install-deps.sh test"

if [[ -e $classes/.complete && -z $(find "$here/src" -newer "$classes/.complete" -print -quit) ]]; then exit 0; fi
rm -rf "$classes"
mkdir -p "$classes"
mapfile -t sources < <(find "$here/src" -name '*.java')
javac --release 17 -Xlint:all,-processing,-classfile,-try -Werror -cp "$jars/*" -d "$classes" "${sources[@]}"
cp "$here/src/logback.xml" "$classes"
touch "$classes/.complete"
