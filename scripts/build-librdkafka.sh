#!/usr/bin/env bash
# Makes sure that a librdkafka new enough can be linked: the distribution's where it is (Debian 13), else Debian 13's
# source package, built into build/deps/librdkafka. Nothing of the system is replaced and its apt sources stay as they are.
#
# Debian 12's 2.0.2 cannot do SCRAM with Kafka 4.x and loops with cooperative-sticky (both mended in 2.6.1), stops
# fetching for up to a second at a full queue (fetch.queue.backoff.ms: 2.2.0) and knows no KIP-848 (2.4.0). Where the
# newer one cannot be had, 2.0.2 is installed instead and the losses are printed.
#
# build-librdkafka.sh tsan: one for the thread sanitizer, always from source, into build/deps/librdkafka-tsan. It is
# instrumented, and starts threads by pthread_create: the sanitizer does not know glibc's C11 threads and locks.
#
# Built prefixes are kept in KC_CACHE_DIR (default: ~/.cache/kinetica-connect), so that a second clone copies.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly needed=2.6.1    # the oldest version that does all we ask for
readonly suite=trixie    # where the source comes from
readonly recipe=1        # raise it when what follows makes a different library: caches are rebuilt
case ${1:-} in
  "") name=librdkafka sanitize=() features=() ;;
  tsan) name=librdkafka-tsan sanitize=(-fsanitize=thread -g1 -fno-omit-frame-pointer) features=(--disable-c11threads) ;;
  *) die "usage: build-librdkafka.sh [tsan]" ;;
esac
readonly name sanitize features
readonly prefix=$ROOT/build/deps/$name
readonly stamp=$prefix/.complete

distribution_version() {
  LC_ALL=C apt-cache policy librdkafka-dev 2>/dev/null | sed -n 's/^ *Candidate: \([0-9].*\)/\1/p'
}

# linked_version PREFIX: compiles and runs a program against it; prints the version it reports.
linked_version() {
  local program=$work/version
  cat >"$program.c" <<'EOF'
#include <librdkafka/rdkafka.h>
#include <stdio.h>
int main(void) { return puts(rd_kafka_version_str()) < 0; }
EOF
  gcc "${sanitize[@]}" -I"$1/usr/include" -o "$program" "$program.c" "$1/usr/lib/librdkafka.a" \
    -llz4 -lzstd -lsasl2 -lcurl -lssl -lcrypto -lz -lm -ldl -lpthread
  "$program"
}

usable() { # PREFIX
  local version
  [[ -e $1/.complete ]] && version=$(linked_version "$1" 2>"$work/usable.log") &&
    dpkg --compare-versions "$version" ge "$needed"
}

# fetch_source: unpacks the signed source package into $work/source, with apt's state kept apart from the system's.
fetch_source() {
  local mirror
  # shellcheck disable=SC2016 # the names in $() are for apt
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
    awk -v release="$codename" '$2 == release { print $1; exit }')
  [[ -n $mirror ]] || { echo "apt knows no mirror of $codename" && return 1; }
  mkdir -p "$work"/{source,lists/partial,cache/archives/partial}
  cat >"$work/$suite.sources" <<EOF
Types: deb-src
URIs: $mirror
Suites: $suite
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
EOF
  local options=("${APT_OPTIONS[@]}" -o "Dir::Etc::sourcelist=$work/$suite.sources" -o Dir::Etc::sourceparts=/nonexistent
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o "APT::Sandbox::User=$(id -un)"
    -o Acquire::Languages=none)
  timeout 300 apt-get "${options[@]}" -q --error-on=any update &&
    (cd "$work/source" && timeout 300 apt-get "${options[@]}" -q source librdkafka)
}

# compile TARGET: only the C library, static, with the flags and features that Debian builds it with. A sixth of the
# time that dpkg-buildpackage takes, and no debhelper.
compile() {
  local target=$1
  cd "$work"/source/librdkafka-*/ || return
  export DEB_BUILD_MAINT_OPTIONS=hardening=+bindnow DEB_CFLAGS_STRIP=-g DEB_CXXFLAGS_STRIP=-g
  eval "$(dpkg-buildflags --export=sh)"
  CFLAGS+=" ${sanitize[*]}"
  LDFLAGS+=" ${sanitize[*]}"
  ./configure --prefix=/usr --no-download --disable-debug-symbols \
    --enable-ssl --enable-gssapi --enable-zlib --enable-zstd --enable-curl --enable-lz4-ext "${features[@]}" &&
    make -C src -j"$(nproc)" librdkafka.a &&
    install -D -m 644 -t "$target/usr/include/librdkafka" src/rdkafka.h src/rdkafka_mock.h &&
    install -D -m 644 -t "$target/usr/lib" src/librdkafka.a &&
    install -D -m 644 -t "$target/usr/share/doc/librdkafka" LICENSES.txt debian/copyright &&
    touch "$target/.complete"
}

# place FROM TO: TO appears whole or not at all.
place() {
  mkdir -p "$(dirname "$2")"
  rm -rf "$2.new.$$"
  cp -a "$1" "$2.new.$$"
  rm -rf "$2"
  mv -T "$2.new.$$" "$2"
}

fall_back() {
  [[ $name == librdkafka ]] || die "no $name: $1"
  say "librdkafka >= $needed could not be had: $1"
  install_packages apt-librdkafka librdkafka-dev
  cat >&2 <<EOF
    Going on with the distribution's librdkafka $(distribution_version). What is lost with it:
      - SCRAM log-in with Kafka 4.x fails ("invalid credentials")
      - fetching stops for up to a second whenever a queue was full: a slower sink
      - partition.assignment.strategy=cooperative-sticky does not settle
      - group.protocol=consumer (KIP-848) and OAUTHBEARER with OIDC are not there
    "make build" tries again each time.
EOF
}

[[ -e $stamp ]] && exit 0
if [[ $name == librdkafka ]] && dpkg --compare-versions "$(distribution_version)" ge "$needed"; then
  install_packages apt-librdkafka librdkafka-dev
  exit 0
fi

codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
readonly codename
cached=${KC_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/kinetica-connect}
cached+=/$name-$suite-$recipe-$codename-$(dpkg --print-architecture)
readonly cached
mkdir -p "$ROOT/build/deps"
work=$(mktemp -d "$ROOT/build/deps/$name.work.XXXXXX")
readonly work
trap 'rm -rf "$work"' EXIT

if usable "$cached"; then
  say "Taking $name $(linked_version "$cached") from $cached"
  place "$cached" "$prefix"
  exit 0
fi
say "Fetching librdkafka's source package of Debian $suite"
if ! run_logged "$name-fetch" fetch_source; then
  fall_back "its source could not be fetched (no network, or a mirror without $suite)"
  exit 0
fi
say "Building $name (half a minute on two cores)"
if ! run_logged "$name-build" compile "$work/built" || ! usable "$work/built"; then
  fall_back "it could not be built; see $LOGS/$name-build.log"
  exit 0
fi
place "$work/built" "$prefix"
place "$work/built" "$cached" || say "Could not keep a copy in $cached; the next clone builds again"
say "Built $name $(linked_version "$prefix") in $SECONDS s"
