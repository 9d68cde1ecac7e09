#!/usr/bin/env python3
"""Benchmarks of the worker and the server: CPU time, speed, memory and start. See bench/README.md."""

import argparse
import contextlib
import json
import os
import pathlib
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import machine
from processes import ROOT, BenchError, kafka, program, schema_registry

JSON = "org.apache.kafka.connect.json.JsonConverter"
AVRO = "io.confluent.connect.avro.AvroConverter"
STRING = "org.apache.kafka.connect.storage.StringConverter"
PARTITIONS = 4
SEED = 1
# CPU nanoseconds per record: the bar of today and the goal.
# Of the server: 1,500,000 and 600,000 rows a second on one core.
BARS = {"sink_json": (1300, 800), "sink_json_schema": (2000, 1250), "sink_avro": (700, 400),
        "source_json": (1800, 900),
        "server_insert": (666, 200), "server_upsert": (1666, 500)}
CONNECTOR_CASES = ["sink_json", "sink_json_schema", "sink_avro", "source_json", "source_json_schema"]
SERVER_CASES = ["server_insert", "server_upsert"]
CASES = CONNECTOR_CASES + SERVER_CASES


class Bench:
    """Runs of a measured process, each with a new one; `run(case, number)` is the subclass's."""

    def __init__(self, options, folder):
        self.options = options
        self.folder = folder

    def load(self, command, **arguments):
        words = [self.options.build / "bench_load", command]
        for name, value in arguments.items():
            words += ["--" + name.replace("_", "-"), value]
        done = subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise BenchError(f"`bench_load {command}` failed, see above")
        return json.loads(done.stdout)

    def server(self, name, *arguments):
        return program([self.options.build / "kinetica-connect", "server", "--listen",
                        "127.0.0.1:0", *arguments], self.folder / (name + ".log"))

    def run_case(self, case):
        runs = []
        for number in range(self.options.runs):
            result, measured = self.run(case, number)
            cpu = result["cpu_ns"] / result["records"]
            on_server = case in SERVER_CASES
            runs.append({
                "records": result["records"],
                "records_per_s":
                    1e9 / cpu if on_server else result["records"] / result["elapsed_ns"] * 1e9,
                "cpu_ns_per_record": cpu,
                "rss_mb": result["rss_bytes"] / 1e6,
                "ready_ms": measured.ready_ms,
                "start_cpu_ms": measured.start_cpu_ms,
            })
            print(f"  {case} run {number + 1} of {self.options.runs}: {cpu:.0f} ns/record, "
                  f"{runs[-1]['records_per_s']:,.0f} records/s", file=sys.stderr, flush=True)
        return runs


class ServerBench(Bench):
    """A server for each run, alone with its load."""

    def run(self, case, number):
        data = self.folder / f"{case}_{number}.data"
        durable = ["--data-dir", data] if self.options.durable else []
        with self.server(f"{case}_{number}", *durable) as server:
            result = self.load(case.replace("server_", "measure-"), url=server.url, table=case,
                               records=self.options.server_records, server=server.pid, seed=SEED)
        shutil.rmtree(data, ignore_errors=True)
        return result, server


class ConnectorBench(Bench):
    """One Kafka and one server, and a worker for each run."""

    def __init__(self, options, folder, brokers, url, registry):
        super().__init__(options, folder)
        self.brokers = brokers
        self.url = url
        self.registry = registry
        self.filled = set()

    def run(self, case, number):
        run = self.run_sink if case.startswith("sink") else self.run_source
        return run(case, number)

    def write(self, name, lines):
        path = self.folder / name
        path.write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
        return path

    def worker_file(self, name, key_converter, form):
        enable = "true" if form == "json_schema" else "false"
        value = {"value.converter": JSON, "value.converter.schemas.enable": enable}
        if form == "avro":
            value = {"value.converter": AVRO,
                     "value.converter.schema.registry.url": self.registry}
        extra = dict(word.split("=", 1) for word in self.options.worker_property)
        return self.write(name + ".worker.properties", {
            "bootstrap.servers": self.brokers,
            "offset.storage.file.filename": self.folder / (name + ".offsets"),
            "listeners": "http://127.0.0.1:0",
            "key.converter": key_converter,
            "key.converter.schemas.enable": enable,
        } | value | extra)

    def worker(self, name, worker_file, connector):
        extra = dict(word.split("=", 1) for word in self.options.connector_property)
        connector_file = self.write(name + ".properties", connector | extra)
        return program([self.options.build / "kinetica-connect", "standalone", worker_file,
                        connector_file], self.folder / (name + ".log"))

    def run_sink(self, case, number):
        form = case.removeprefix("sink_")
        records = self.options.sink_records
        topic = f"bench.{case}"
        if topic not in self.filled:
            self.load("fill-topic", brokers=self.brokers, topic=topic, records=records,
                      partitions=PARTITIONS, seed=SEED, batch_bytes=self.options.batch_bytes,
                      compression=self.options.compression, format=form)
            self.filled.add(topic)
        # A new name is a new consumer group, which reads from the beginning.
        name = table = f"{case}_{number}"
        connector = {
            "name": name,
            "connector.class": "com.kinetica.kafka.KineticaSinkConnector",
            "tasks.max": 1,
            "topics": topic,
            "kinetica.url": self.url,
            "kinetica.dest_table_override": table,
            "kinetica.timeout": 0,
        }
        with self.worker(name, self.worker_file(name, STRING, form), connector) as worker:
            result = self.load("measure-sink", url=self.url, table=table, records=records,
                               worker=worker.pid, seed=SEED)
        self.load("drop-table", url=self.url, table=table)
        return result, worker

    def wait_until_listening(self, table):
        """A monitor tells nothing of what was inserted before somebody subscribed to it."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with urllib.request.urlopen(self.url + "/debug/monitors", timeout=10) as response:
                monitors = json.load(response)
            if any(monitor["table_name"].split(".")[-1] == table and monitor["subscribers"] > 0
                   for monitor in monitors):
                return
            time.sleep(0.01)
        raise BenchError(f"the source did not listen to table {table} within 30 s")

    def run_source(self, case, number):
        form = case.removeprefix("source_")
        records = self.options.source_records
        name = table = f"{case}_{number}"
        topic = f"bench.{table}"
        self.load("create-topic", brokers=self.brokers, topic=topic, partitions=PARTITIONS)
        self.load("create-table", url=self.url, table=table)
        connector = {
            "name": name,
            "connector.class": "com.kinetica.kafka.KineticaSourceConnector",
            "tasks.max": 1,
            "kinetica.url": self.url,
            "kinetica.table_names": table,
            "kinetica.topic_prefix": "bench.",
        }
        with self.worker(name, self.worker_file(name, JSON, form), connector) as worker:
            self.wait_until_listening(table)
            result = self.load("measure-source", url=self.url, table=table, brokers=self.brokers,
                               topic=topic, partitions=PARTITIONS, records=records,
                               worker=worker.pid, seed=SEED)
        self.load("drop-table", url=self.url, table=table)
        return result, worker


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def summary(case, runs):
    return {
        "name": case,
        "records": runs[0]["records"],
        "records_per_s": round(median(runs, "records_per_s")),
        "cpu_ns_per_record": round(median(runs, "cpu_ns_per_record"), 1),
        "rss_mb": round(median(runs, "rss_mb"), 1),
    }


def print_table(results):
    print(f"{'':20}{'':>10}{'':>11}   {'CPU ns per record':<22}{'peak':>8}{'ready':>8}   bar, goal")
    print(f"{'case':20}{'records':>10}{'records/s':>11}   {'median   (min - max)':<22}"
          f"{'RSS MB':>8}{'ms':>8}   ns per record")
    for case, runs in results.items():
        line = summary(case, runs)
        nanoseconds = [run["cpu_ns_per_record"] for run in runs]
        spread = f"({min(nanoseconds):.0f} - {max(nanoseconds):.0f})"
        verdict = "-"
        if case in BARS:
            bar, goal = BARS[case]
            verdict = f"{bar} {'met' if line['cpu_ns_per_record'] <= bar else 'MISSED'}, {goal}"
        print(f"{case:20}{line['records']:>10,}{line['records_per_s']:>11,}   "
              f"{line['cpu_ns_per_record']:<8.0f} {spread:<13}{line['rss_mb']:>8.1f}"
              f"{median(runs, 'ready_ms'):>8.0f}   {verdict}")
    sinks = [run for case, runs in results.items() if case.startswith("sink") for run in runs]
    if sinks:
        print(f"A sink's CPU time counts from its execution; up to `ready` it was "
              f"{median(sinks, 'start_cpu_ms'):.0f} ms (median, in steps of 10).")


def parse_options():
    def number(name, default):
        return int(os.environ.get(name, default))

    parser = argparse.ArgumentParser(
        description="Benchmarks of the worker with a real Kafka, and of the server. See "
                    "bench/README.md.")
    add = parser.add_argument
    add("--build", type=pathlib.Path, default=ROOT / "build/release", metavar="DIR",
        help="where kinetica-connect and bench_load are (default: build/release)")
    add("--output", type=pathlib.Path, default=ROOT / "build/bench.json", metavar="FILE",
        help="the medians as JSON (default: build/bench.json)")
    add("--cases", default=",".join(CASES), help="comma-separated (default: all, %(default)s)")
    add("--runs", type=int, default=number("BENCH_RUNS", 5),
        help="per case; environment BENCH_RUNS (default: 5)")
    add("--sink-records", type=int, default=number("BENCH_SINK_RECORDS", 1_000_000),
        help="per run; environment BENCH_SINK_RECORDS (default: 1000000)")
    add("--source-records", type=int, default=number("BENCH_SOURCE_RECORDS", 500_000),
        help="per run; environment BENCH_SOURCE_RECORDS (default: 500000)")
    add("--server-records", type=int, default=number("BENCH_SERVER_RECORDS", 4_000_000),
        help="per run; environment BENCH_SERVER_RECORDS (default: 4000000)")
    add("--durable", action="store_true", help="the server's cases with --data-dir")
    add("--batch-bytes", type=int, default=16384, metavar="BYTES",
        help="batch.size of the producer that fills topics (default: 16384, as Java's)")
    add("--compression", default="none", help="of the topics that sinks read (default: none)")
    add("--worker-property", action="append", default=[], metavar="NAME=VALUE",
        help="one more property of the worker; may be repeated")
    add("--connector-property", action="append", default=[], metavar="NAME=VALUE",
        help="one more property of the connectors; may be repeated")
    add("--kafka", default="3.9.2", metavar="VERSION", help="of Apache Kafka (default: 3.9.2)")
    options = parser.parse_args()
    options.cases = options.cases.split(",")
    if unknown := set(options.cases) - set(CASES):
        parser.error(f"unknown cases: {', '.join(sorted(unknown))}")
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    return options


def chosen(options, cases):
    return [case for case in options.cases if case in cases]


def check_prerequisites(options):
    for name in ("kinetica-connect", "bench_load"):
        if not os.access(options.build / name, os.X_OK):
            raise BenchError(f"{options.build / name} is not there; run scripts/build.sh release")
    if chosen(options, CONNECTOR_CASES) and shutil.which("java") is None:
        raise BenchError("java was not found; run scripts/install-deps.sh test")


def told(options, command):
    """What bench_load prints."""
    return subprocess.run([options.build / "bench_load", command], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def run(options):
    check_prerequisites(options)
    work = options.output.parent
    work.mkdir(parents=True, exist_ok=True)
    about = machine.describe(options.build / "kinetica-connect",
                             json.loads(told(options, "versions"))["librdkafka"], options.kafka)
    results = {}
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=work))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if cases := chosen(options, SERVER_CASES):
            bench = ServerBench(options, folder)
            results |= {case: bench.run_case(case) for case in cases}
        if cases := chosen(options, CONNECTOR_CASES):
            brokers = stack.enter_context(kafka(options.kafka, folder / "kafka", "2g"))
            server = stack.enter_context(Bench(options, folder).server("server"))
            registry = stack.enter_context(schema_registry(told(options, "avro-schema")))
            bench = ConnectorBench(options, folder, brokers, server.url, registry)
            results |= {case: bench.run_case(case) for case in cases}
    print("\n".join(about))
    print(f"command:  {shlex.join(['bench/run.sh', *sys.argv[1:]])}; "
          f"{options.runs} runs of each case\n")
    print_table(results)
    options.output.write_text(
        json.dumps([summary(case, runs) for case, runs in results.items()], indent=2) + "\n")


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        run(parse_options())
    except BenchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
