#!/usr/bin/env bash
# A real Apache Kafka broker (KRaft, one node) for tests and benchmarks; everything it keeps lies below DIR.
#   kafka.sh start VERSION DIR    prints 127.0.0.1:PORT once clients are served; fails after 60 s with the log's end.
#                                 A DIR that was used before keeps its data, port and settings (a broker that comes back).
#   kafka.sh stop DIR             SIGTERM, after 20 s SIGKILL; fine when nothing runs
# In DIR: pid, server.log, server.properties, listeners (NAME HOST:PORT a line).
# Environment, for `start`:
#   KAFKA_HEAP           e.g. 2g; the default (256m, quick to start, slow under load) suits tests, not benchmarks
#   KAFKA_EXTRA_CONFIG   a file appended to server.properties; @DIR@ and @CONTROLLER@ (host:port) in it are replaced
#   KAFKA_FORMAT_ARGS    more arguments of `kafka-storage format`, one a line (--add-scram, then its value)
#   KAFKA_OWNER_PID      the broker is stopped when this process is gone, however it went
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
source "$here/../../../scripts/lib.sh"

readonly start_deadline=60 # seconds
readonly stop_deadline=20

usage() { die "usage: kafka.sh start VERSION DIR | kafka.sh stop DIR"; }

# fail_with_log MESSAGE FILE
fail_with_log() {
  printf 'error: %s\n    the end of %s:\n' "$1" "$2" >&2
  tail -n 30 "$2" | sed 's/^/    | /' >&2
  exit 1
}

answers() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; } # HOST PORT: whether something listens there

# The controller's port must be fixed. An address of its own below 127/8 keeps brokers that run side by side apart; the
# port lies below the range that the kernel hands out.
choose_controller() {
  local host port
  for _ in {1..20}; do
    host=127.$((RANDOM % 254 + 1)).$((RANDOM % 256)).$((RANDOM % 253 + 2))
    port=$((RANDOM % 10000 + 20000))
    if ! answers "$host" "$port"; then
      echo "$host:$port"
      return
    fi
  done
  die "no free loopback address for the controller after 20 tries"
}

write_properties() { # VERSION
  local controller
  controller=$(choose_controller)
  cat >"$dir/server.properties" <<EOF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@$controller
listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://$controller
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=$dir/data
# One node: internal topics of one replica, and one partition to be quick to start.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
# The default of 128 MiB lies on the heap.
log.cleaner.dedupe.buffer.size=2097152
EOF
  if [[ -n ${KAFKA_EXTRA_CONFIG:-} ]]; then
    sed "s|@DIR@|$dir|g; s|@CONTROLLER@|$controller|g" "$KAFKA_EXTRA_CONFIG" >>"$dir/server.properties"
  fi
  # The older line does not know share groups.
  [[ $1 != 3.* ]] || sed -i '/^share\./d' "$dir/server.properties"
}

format_storage() {
  local arguments=()
  [[ -z ${KAFKA_FORMAT_ARGS:-} ]] || mapfile -t arguments <<<"$KAFKA_FORMAT_ARGS"
  java "${jvm[@]}" kafka.tools.StorageTool format --ignore-formatted \
    --cluster-id="$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | cut -c 1-22)" -c "$dir/server.properties" "${arguments[@]}" >"$dir/format.log" 2>&1 </dev/null ||
    fail_with_log "Kafka's storage could not be formatted" "$dir/format.log"
}

# The listeners that the broker has told the controller, as NAME HOST:PORT lines.
listeners() {
  grep -oP "BrokerEndpoint\(name='\K[^']+', host='[^']+', port=[0-9]+" "$dir/server.log" |
    sed -E "s/', host='([^']+)', port=/ \1:/" | sort -u
}

# Ports that were chosen at the first start stay for the next ones: clients must find a broker that comes back.
pin_ports() {
  local name address
  while read -r name address; do
    sed -i -E "/^listeners=/s#([=,])$name://[^,:]*:0(,|\$)#\1$name://$address\2#" "$dir/server.properties"
  done <"$dir/listeners"
}

# alive PID: a process that ended and that nobody has waited for yet does not count.
alive() {
  local state
  { read -r _ _ state _ <"/proc/$1/stat"; } 2>/dev/null && [[ $state != [ZX] ]]
}

# Whether DIR's broker runs; a process id that another program has got since is not one.
running() {
  local pid
  [[ -e $dir/pid ]] && pid=$(<"$dir/pid") && alive "$pid" && grep -qsF "$dir/server.properties" "/proc/$pid/cmdline"
}

wait_until_ready() {
  local pid=$1
  while ! grep -q 'Kafka Server started' "$dir/server.log"; do
    alive "$pid" || fail_with_log "Kafka ended while it started" "$dir/server.log"
    if ((SECONDS >= start_deadline)); then
      kill -KILL "$pid"
      fail_with_log "Kafka did not start within $start_deadline s" "$dir/server.log"
    fi
    sleep 0.05
  done
}

# Leaves no broker behind when a test was killed.
stop_with_owner() { # OWNER BROKER
  # shellcheck disable=SC2016 # expanded by the inner shell
  setsid bash -c 'while kill -0 "$1" && kill -0 "$2"; do sleep 1; done; kill -TERM "$2"' - "$1" "$2" \
    >/dev/null 2>&1 </dev/null &
}

start() { # VERSION DIR
  local version=$1 heap
  mkdir -p "$2"
  dir=$(cd "$2" && pwd)
  # One that was killed a moment ago may not be gone yet.
  for _ in {1..40}; do
    running || break
    sleep 0.05
  done
  running && die "a Kafka with process id $(<"$dir/pid") runs in $dir already"
  command -v java >/dev/null || die "java was not found; run scripts/install-deps.sh test"
  "$here/fetch.sh" "$version" >&2

  heap=(-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1)
  [[ -z ${KAFKA_HEAP:-} ]] || heap=("-Xmx$KAFKA_HEAP")
  jvm=("${heap[@]}" -cp "$ROOT/build/kafka/$version/lib/*"
    "-Dlog4j.configuration=file:$here/log4j.properties" "-Dlog4j2.configurationFile=file:$here/log4j2.properties")
  [[ -e $dir/server.properties ]] || write_properties "$version"
  [[ -e $dir/data/meta.properties ]] || format_storage

  # Of a session of its own, and holding none of our streams: a caller that reads our output to its end must not wait for
  # the broker's.
  : >"$dir/server.log"
  SECONDS=0
  setsid java "${jvm[@]}" kafka.Kafka "$dir/server.properties" >>"$dir/server.log" 2>&1 </dev/null &
  local pid=$!
  echo "$pid" >"$dir/pid"
  # shellcheck disable=SC2064 # this very process
  trap "kill -KILL $pid; exit 1" INT TERM HUP
  [[ -z ${KAFKA_OWNER_PID:-} ]] || stop_with_owner "$KAFKA_OWNER_PID" "$pid"
  wait_until_ready "$pid"
  trap - INT TERM HUP
  listeners >"$dir/listeners"
  pin_ports
  sed -n 's/^PLAINTEXT //p' "$dir/listeners"
}

stop() { # DIR
  local pid
  dir=$(cd "$1" 2>/dev/null && pwd) || return 0
  running || { rm -f "$dir/pid"; return 0; }
  pid=$(<"$dir/pid")
  kill -TERM "$pid" 2>/dev/null || true
  SECONDS=0
  while alive "$pid"; do
    if ((SECONDS >= stop_deadline)); then
      say "Kafka $pid did not end within $stop_deadline s; killing it"
      kill -KILL "$pid" 2>/dev/null || true
      break
    fi
    sleep 0.05
  done
  rm -f "$dir/pid"
}

case "${1:-}:$#" in
  start:3) start "$2" "$3" ;;
  stop:2) stop "$2" ;;
  *) usage ;;
esac
