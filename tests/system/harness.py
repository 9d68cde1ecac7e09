"""What every system test stands on: processes with logs, waits with deadlines, a folder that goes.

A test is a `SystemTest`. It starts processes with `self.start(...)`; each logs into the test's
temporary folder, is killed when the test ends (or when this interpreter is gone, however it went),
and its logs are printed when the test fails. Waiting is `self.wait_until(condition, what)`: it
fails at its deadline, or as soon as a process that should be running has ended.

A test file ends in `harness.main()`, so it runs as

    test_x.py PATH/TO/kinetica-connect [--kafka VERSION] [unittest arguments, e.g. -v or Class.test]
"""

import argparse
import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOG_LINES_SHOWN = 60
POLL_INTERVAL = 0.02  # seconds between two looks at something outside this process


class Options:
    """The command line, for the whole run."""

    binary = None
    kafka_version = "4.3.1"


def main(programs=("kcat", "java"), kafka=True):
    """Runs the file's tests; `programs` and, with `kafka`, a broker's jars must be there."""
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", type=pathlib.Path, help="kinetica-connect")
    parser.add_argument("--kafka", default=Options.kafka_version, metavar="VERSION")
    arguments, rest = parser.parse_known_args()
    Options.binary = arguments.binary.resolve()
    Options.kafka_version = arguments.kafka
    require(Options.binary.exists(), f"{Options.binary} is not built")
    for program in programs:
        require(shutil.which(program), f"{program} is not installed")
    if kafka:
        jars = ROOT / "build" / "kafka" / Options.kafka_version / "lib"
        require(jars.is_dir(), f"Apache Kafka {Options.kafka_version} is not in {jars}")
    # A test that ends by SIGTERM cleans up like one that ends by Ctrl-C.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    runner = unittest.TextTestRunner(verbosity=2, resultclass=ResultWithLogs)
    unittest.main("__main__", argv=[sys.argv[0], *rest], testRunner=runner)


def require(present, what):
    """Missing tools are failures, not skipped tests: a green run has run everything."""
    if not present:
        sys.exit(f"error: {what}. `make test` installs and builds what these tests need.")


class ResultWithLogs(unittest.TextTestResult):
    """Shows the logs of a failed test's processes, before they are cleaned up, and its time."""

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()

    def addSuccess(self, test):
        super().addSuccess(test)
        self.stream.writeln(f"    {time.monotonic() - self.started:.1f} s")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.show_logs(test)

    def addError(self, test, err):
        super().addError(test, err)
        self.show_logs(test)

    def show_logs(self, test):
        for process in getattr(test, "processes", []):
            self.stream.writeln(process.log_ends())


def wait_until(condition, what, seconds=30, processes=()):
    """Returns the first true value of `condition()`. `what` says what was waited for: text, or a
    function that returns it, called at the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        for process in processes:
            process.check_alive()
        if time.monotonic() > deadline:
            text = what() if callable(what) else what
            raise AssertionError(f"after {seconds} s still waiting for: {text}")
        time.sleep(POLL_INTERVAL)


def die_with_parent():
    """Runs in a child before exec: SIGKILL when the interpreter that started it is gone."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Process:
    """A child whose standard output and error are files. `ended` is set once an end is expected."""

    def __init__(self, name, arguments, folder):
        self.name = name
        self.out_path = folder / f"{name}.out"
        self.err_path = folder / f"{name}.err"
        self.ended = False
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.child = subprocess.Popen(
                [str(argument) for argument in arguments], stdin=subprocess.DEVNULL, stdout=out,
                stderr=err, preexec_fn=die_with_parent)

    @property
    def out(self):
        return self.out_path.read_text(errors="replace")

    @property
    def err(self):
        return self.err_path.read_text(errors="replace")

    def check_alive(self):
        if not self.ended and self.child.poll() is not None:
            self.ended = True
            raise AssertionError(f"{self.name} ended with status {self.child.returncode}")

    def wait_ready(self, seconds=30):
        """The address of the `ready ADDRESS` line."""

        def address():
            for line in self.out.splitlines(keepends=True):
                if line.startswith("ready ") and line.endswith("\n"):
                    return line.split()[1]
            return None

        return wait_until(address, f"{self.name} to print `ready`", seconds, [self])

    def kill(self):
        """kill -9, and gone on return."""
        self.ended = True
        self.child.kill()
        self.child.wait()

    def terminate(self, seconds=10):
        """SIGTERM; the exit status. Fails when the process takes longer than `seconds`."""
        self.ended = True
        self.child.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def wait(self, seconds=30):
        """The exit status of a process that ends by itself."""
        self.ended = True
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
            raise AssertionError(f"{self.name} did not end within {seconds} s") from None

    def log_ends(self):
        text = ""
        for path in (self.out_path, self.err_path):
            lines = path.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
            if lines:
                text += f"--- the end of {path.name}\n" + "".join(f"    | {x}\n" for x in lines)
        return text


class SystemTest(unittest.TestCase):
    """A test with a folder and processes of its own."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kinetica-connect-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.processes = []
        self.addCleanup(self.kill_processes)

    def kill_processes(self):
        for process in reversed(self.processes):
            process.kill()

    def start(self, name, *arguments):
        """A process of the program under test, for example start("server", "server", ...)."""
        count = sum(process.name.split("-")[0] == name for process in self.processes)
        name = f"{name}-{count + 1}" if count else name
        process = Process(name, [Options.binary, *arguments], self.folder)
        self.processes.append(process)
        return process

    def run_program(self, name, *arguments, seconds=30):
        """Runs the program to its end; the process, once it has ended with status 0."""
        process = self.start(name, *arguments)
        status = process.wait(seconds)
        self.assertEqual(status, 0, f"{name} failed: {process.err}")
        return process

    def wait_until(self, condition, what, seconds=30):
        return wait_until(condition, what, seconds, self.processes)

    def write_file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def write_properties(self, name, properties):
        return self.write_file(name, "".join(f"{k} = {v}\n" for k, v in properties.items()))


def environment(**more):
    return {**os.environ, **more}
