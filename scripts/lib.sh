# Shared by the scripts here; sourced, not run. Everything made goes below build/.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
LOGS=$ROOT/build/log

# Progress goes to stderr: a script's stdout is its result.
say() { printf '==> %s\n' "$*" >&2; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# run_logged NAME COMMAND...: the output goes to build/log/NAME.log; upon failure its end is shown.
# Returns the command's status. The command has a shell of its own: what it changes there is gone afterwards.
run_logged() {
  local log=$LOGS/$1.log status=0
  shift
  mkdir -p "$LOGS"
  ("$@") >"$log" 2>&1 </dev/null || status=$?
  if ((status != 0)); then
    printf '    failed with status %d: %s\n    the end of %s:\n' "$status" "$*" "$log" >&2
    tail -n 20 "$log" | sed 's/^/    | /' >&2
  fi
  return "$status"
}

# can_be_root: whether as_root works. as_root COMMAND...: runs it as root, through sudo where needed.
can_be_root() { [[ $(id -u) == 0 ]] || command -v sudo >/dev/null; }

as_root() {
  if [[ $(id -u) == 0 ]]; then "$@"; else sudo "$@"; fi
}

# missing_packages PACKAGE...: prints those that are not installed. A name that an installed package provides counts as
# installed (Debian 13 renamed some: libtcmalloc-minimal4t64 provides libtcmalloc-minimal4).
missing_packages() {
  dpkg-query -W -f '${db:Status-Status}\t${Package}, ${Provides}\n' 2>/dev/null |
    awk -F '\t' -v wanted="$*" '
      $1 == "installed" {
        n = split($2, names, /, */)
        for (i = 1; i <= n; i++) { sub(/ .*/, "", names[i]); have[names[i]] = 1 }
      }
      END {
        n = split(wanted, want, " ")
        for (i = 1; i <= n; i++) if (!(want[i] in have)) print want[i]
      }'
}

# Options for every apt-get: bounded waits, no questions.
APT_OPTIONS=(-o Acquire::Retries=2 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20
  -o DPkg::Lock::Timeout=180 -o Dpkg::Use-Pty=0)

# install_packages LOG PACKAGE...: installs what is missing; prints nothing where nothing is.
install_packages() {
  local log=$1 missing begin=$SECONDS
  shift
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} > 0)) || return 0
  can_be_root || die "these packages are missing and installing them needs root: ${missing[*]}
    Run this as root, or install sudo, or: apt-get install ${missing[*]}"
  say "Installing packages (${#missing[@]}): ${missing[*]}"
  run_logged "$log-update" as_root apt-get "${APT_OPTIONS[@]}" -q update ||
    say "The package lists could not be refreshed (no network?); going on with those at hand"
  run_logged "$log" as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get "${APT_OPTIONS[@]}" -q -y --no-install-recommends install "${missing[@]}" ||
    die "packages could not be installed. Is the network there? The whole output: $LOGS/$log.log"
  say "Installed in $((SECONDS - begin)) s"
}
