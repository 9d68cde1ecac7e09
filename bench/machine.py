"""What a result has to be read with: the machine and the versions."""

import os
import pathlib
import platform
import re
import subprocess


def _first(pattern, path):
    found = re.search(pattern, pathlib.Path(path).read_text(), re.M)
    return found.group(1).strip() if found else "unknown"


def _output(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except OSError:
        return "unknown"
    return (done.stdout or done.stderr).strip() or "unknown"


def describe(program, librdkafka, kafka_version):
    """Lines of `name: value`."""
    memory_gib = int(_first(r"^MemTotal:\s*(\d+)", "/proc/meminfo")) / 2**20
    model = _first(r"^model name\s*:(.*)$", "/proc/cpuinfo")
    commit = _output("git", "-C", str(pathlib.Path(__file__).parent), "rev-parse", "--short",
                     "HEAD")
    distribution = _first(r'^PRETTY_NAME="?([^"\n]*)', "/etc/os-release")
    java = re.search(r'version "([^"]+)"', _output("java", "-version"))
    return [
        f"machine:  {model}, {os.cpu_count()} cores, {memory_gib:.0f} GiB, "
        f"load before {os.getloadavg()[0]:.1f}",
        f"system:   {distribution}, Linux {platform.release()}",
        f"versions: kinetica-connect {_output(str(program), '--version')} (commit {commit}), "
        f"librdkafka {librdkafka}, Apache Kafka {kafka_version} "
        f"on Java {java.group(1) if java else 'unknown'}",
    ]
