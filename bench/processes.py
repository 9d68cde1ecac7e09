"""The processes of a benchmark: Kafka, the server, the worker. Each is ended when its `with` ends,
and when the benchmark itself is gone, however it went."""

import contextlib
import ctypes
import http.server
import json
import os
import pathlib
import selectors
import shutil
import signal
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
KAFKA_SH = ROOT / "tests/system/kafka/kafka.sh"
READY_TIMEOUT = 30  # seconds
STOP_TIMEOUT = 15

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


class BenchError(Exception):
    """What a user can do something about; printed without a trace."""


def _end_with_parent():
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _tail(path, lines=15):
    return "\n".join("    | " + line for line in path.read_text().splitlines()[-lines:])


class Program:
    """A process of ours that prints `ready URL`."""

    def __init__(self, arguments, log):
        self.log = log
        self.name = f"{pathlib.Path(arguments[0]).name} {arguments[1]}"
        with log.open("ab") as errors:
            begin = time.monotonic()
            self.process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
                preexec_fn=_end_with_parent)
        self.pid = self.process.pid
        try:
            self.url = self._wait_until_ready()
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        self.ready_ms = (time.monotonic() - begin) * 1000
        self.start_cpu_ms = self._cpu_ms()

    def _wait_until_ready(self):
        deadline = time.monotonic() + READY_TIMEOUT
        text = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while not text.endswith(b"\n"):
                if not selector.select(max(0, deadline - time.monotonic())):
                    raise BenchError(f"{self.name} was not ready within {READY_TIMEOUT} s; the end "
                                     f"of its log:\n{_tail(self.log)}")
                read = os.read(self.process.stdout.fileno(), 4096)
                if not read:
                    raise BenchError(f"{self.name} ended before it was ready; the end of its log:\n"
                                     f"{_tail(self.log)}")
                text += read
        word, _, url = text.decode().strip().partition(" ")
        if word != "ready":
            raise BenchError(f"{self.name} printed {text!r} instead of `ready URL`")
        return url

    def _cpu_ms(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def stop(self):
        """SIGTERM, as a user would; a status other than 0 is an error."""
        self.process.terminate()
        try:
            status = self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.kill()
            raise BenchError(
                f"{self.name} did not end within {STOP_TIMEOUT} s of SIGTERM") from None
        if status != 0:
            raise BenchError(f"{self.name} ended with status {status}")

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def program(arguments, log):
    """Starts it, and stops it at the end; an error meanwhile is told with the end of its log."""
    running = Program([str(argument) for argument in arguments], log)
    try:
        yield running
        running.stop()
    except BenchError as error:
        raise BenchError(f"{error}\n  the end of the log of {running.name}:\n"
                         f"{_tail(log)}") from None
    finally:
        running.kill()


@contextlib.contextmanager
def kafka(version, folder, heap):
    """A broker with its data below `folder`; yields its address."""
    environment = dict(os.environ, KAFKA_HEAP=heap, KAFKA_OWNER_PID=str(os.getpid()))
    environment.pop("KAFKA_EXTRA_CONFIG", None)
    try:
        started = subprocess.run([KAFKA_SH, "start", version, folder], env=environment, text=True,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
        if started.returncode != 0:
            raise BenchError(f"Kafka {version} did not start; {KAFKA_SH} says why, above")
        yield started.stdout.strip()
    finally:
        subprocess.run([KAFKA_SH, "stop", folder], check=False)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def schema_registry(schema):
    """A Schema Registry as far as a sink asks one: `schema`, Avro, has the id 1 and is version 1 of
    every subject. Yields its URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            body = json.dumps({"schema": schema, "id": 1, "version": 1}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = answer
        do_POST = answer

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
