#!/usr/bin/env bash
# Installs what a build needs on Debian 12 or 13, from the distribution alone.
#   install-deps.sh build    compiler and libraries: enough for the program, its unit tests and the demo
#   install-deps.sh test     the same, and what the system tests and benchmarks run (Java, Maven, kcat, Python, Node.js)
#   install-deps.sh fuzz     the same as build, and clang with libFuzzer (scripts/fuzz.sh)
# Quick and silent where everything is there already: apt-get is not called then.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

packages=(
  g++ make cmake ninja-build pkg-config
  # What the program links.
  libcli11-dev libcpp-httplib-dev libcurl4-openssl-dev libfmt-dev libpcre2-dev libprotobuf-dev libprotoc-dev
  libsimdjson-dev libsnappy-dev libspdlog-dev libssl-dev libzmq3-dev cppzmq-dev nlohmann-json3-dev
  # The run-time package is enough to link against, and a twentieth of libgoogle-perftools-dev with what that brings.
  libtcmalloc-minimal4
  # What librdkafka links, and what fetches and configures its source (build-librdkafka.sh).
  dpkg-dev liblz4-dev libsasl2-dev libzstd-dev zlib1g-dev
  # Small, and spares a second configuration when tests follow.
  libgtest-dev libgmock-dev libbenchmark-dev
)

case ${1:-build} in
  build) ;;
  # The JDK, not the JRE, compiles the judge of Kinetica's Java client (tests/official/java).
  test) packages+=(ca-certificates curl default-jdk-headless kcat lsof maven nodejs npm openssl procps python3 python3-venv
                  # Reads the worker's metrics and alert rules.
                  python3-prometheus-client python3-yaml
                  # A Kerberos realm and a client of it.
                  krb5-admin-server krb5-kdc krb5-user libsasl2-modules-gssapi-mit
                  # Run their completion scripts.
                  fish zsh) ;;
  # Both Debian 12 and 13 have this release of clang.
  fuzz) packages+=(clang-19 libclang-rt-19-dev) ;;
  *) die "usage: install-deps.sh build|test|fuzz" ;;
esac

command -v apt-get >/dev/null ||
  die "this script knows Debian 12 and 13 (apt-get). Elsewhere install the equivalents of: ${packages[*]}"

install_packages "apt-${1:-build}" "${packages[@]}"
