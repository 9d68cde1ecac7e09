"""A real Apache Kafka for a test file, and kcat to write to it and read from it."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import harness

KAFKA_SH = pathlib.Path(__file__).resolve().parent / "kafka" / "kafka.sh"


class KafkaBroker:
    """One broker. `settings` are lines of its server.properties; topics are created by use, with
    the number of partitions that `num.partitions` among them says."""

    def __init__(self, **settings):
        # A worker that was killed must not keep its place in the group for long.
        settings.setdefault("group_min_session_timeout_ms", 1000)
        self._begin("".join(f"{name.replace('_', '.')}={value}\n"
                            for name, value in settings.items()))

    @classmethod
    def with_settings(cls, text, format_arguments=""):
        """A broker with these lines in its server.properties, for listeners of its own, and
        these arguments of `kafka-storage format`, one a line."""
        broker = cls.__new__(cls)
        broker._begin(text, format_arguments)
        return broker

    def _begin(self, settings, format_arguments=""):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kinetica-connect-kafka-"))
        self.settings_file = self.folder / "settings"
        self.settings_file.write_text(settings)
        self.format_arguments = format_arguments
        try:
            self.start()
        except BaseException:
            self.remove()
            raise

    def start(self):
        """Starts it, or brings it back on the same port with what it had stored."""
        environment = harness.environment(KAFKA_OWNER_PID=str(os.getpid()),
                                          KAFKA_EXTRA_CONFIG=str(self.settings_file),
                                          KAFKA_FORMAT_ARGS=self.format_arguments)
        done = subprocess.run(
            [KAFKA_SH, "start", harness.Options.kafka_version, self.folder / "broker"],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            check=False, timeout=90)
        if done.returncode != 0:
            raise AssertionError("Kafka did not start, see above")
        self.address = done.stdout.strip()
        # By name: {"PLAINTEXT": "127.0.0.1:40000", ...}
        lines = (self.folder / "broker" / "listeners").read_text().splitlines()
        self.listeners = dict(line.split() for line in lines)

    def stop(self):
        subprocess.run([KAFKA_SH, "stop", self.folder / "broker"], check=True, timeout=60)

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def produce(self, topic, lines, key=None, partition=None):
        """Writes each line as a message's value, all with `key`; returns when all are stored.
        Creates the topic. Without key and partition, each message goes to a random partition."""
        arguments = ["-P", "-t", topic, "-X", "topic.request.required.acks=all"]
        if partition is not None:
            arguments += ["-p", str(partition)]
        else:
            arguments += ["-X", "sticky.partitioning.linger.ms=0"]
        text = "".join(f"{line}\n" for line in lines)
        if key is not None:
            arguments += ["-K", "\t"]
            text = "".join(f"{key}\t{line}\n" for line in lines)
        self.kcat(arguments, text)

    def produce_keyed(self, topic, messages):
        """Writes (key, value) pairs as JSON, a value of None as a message without value. Messages of
        one key go to one partition, in their order."""
        text = "".join(f"{json.dumps(key)}\t{'' if value is None else json.dumps(value)}\n"
                       for key, value in messages)
        self.kcat(["-P", "-t", topic, "-K", "\t", "-Z", "-X", "topic.request.required.acks=all"], text)

    def consume(self, topic, partition=None):
        """All messages of a topic, as kcat's JSON: topic, partition, offset, key, payload."""
        arguments = ["-C", "-t", topic, "-o", "beginning", "-e", "-q", "-J"]
        if partition is not None:
            arguments += ["-p", str(partition)]
        return [json.loads(line) for line in self.kcat(arguments).splitlines()]

    def consume_ends(self, topic):
        """The last message of each partition that has any."""
        arguments = ["-C", "-t", topic, "-o", "-1", "-e", "-q", "-J"]
        return [json.loads(line) for line in self.kcat(arguments).splitlines()]

    def take_rest(self, group, topic):
        """Goes on as a member of `group`, which must be empty, to the topic's end, and commits. The
        offset per partition at which that began; partitions that had been read are missing."""
        arguments = ["-G", group, "-e", "-q", "-J", "-X", "auto.offset.reset=earliest", topic]
        offsets = {}
        for line in self.kcat(arguments).splitlines():
            message = json.loads(line)
            offsets.setdefault(message["partition"], message["offset"])
        return offsets

    def partitions(self, topic):
        """How many partitions the topic has; creates it when it is missing."""
        listed = json.loads(self.kcat(["-L", "-J", "-t", topic]))
        return len(listed["topics"][0]["partitions"])

    def kcat(self, arguments, text=""):
        # kcat takes what follows -G's group as topics, so the broker comes first.
        # A payload may be no text.
        done = subprocess.run(["kcat", "-b", self.address, *arguments], input=text, text=True,
                              errors="surrogateescape", capture_output=True, check=False,
                              timeout=60)
        if done.returncode != 0:
            raise AssertionError(f"kcat {' '.join(arguments)} failed: {done.stderr}")
        return done.stdout
