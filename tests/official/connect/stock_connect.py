"""Apache Kafka's own Connect worker, standalone, with its file connectors."""

import re

import official
from official import harness

JARS = harness.ROOT / "build" / "official" / "connect" / "4.3.1" / "lib"
LOGGING = harness.ROOT / "tests" / "system" / "kafka" / "log4j2.properties"


def start(test, properties, *connectors, options=()):
    """The worker as a process with its `url`, once its REST API answers. The files' contents are
    dicts, `options` are Java's; `test` is the harness.SystemTest that it lives with."""
    files = [
        test.write_properties(
            "stock.properties", {"plugin.discovery": "service_load", **properties}
        )
    ]
    for connector in connectors:
        files.append(test.write_properties(f"stock-{connector['name']}.properties", connector))
    process = harness.Process(
        "stock",
        [
            "java",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Duser.timezone=UTC",
            f"-Dlog4j2.configurationFile=file:{LOGGING}",
            *options,
            "-cp",
            f"{JARS}/*",
            "org.apache.kafka.connect.cli.ConnectStandalone",
            *files,
        ],
        test.folder,
    )
    test.processes.append(process)

    def address():
        found = re.search(
            r"REST resources initialized; server is started and ready to handle requests",
            process.out + process.err,
        )
        return found and re.search(r"Advertised URI: (\S+)", process.out + process.err)

    found = test.wait_until(address, "stock Connect's REST API", seconds=60)
    process.url = found[1].rstrip("/")
    return process
