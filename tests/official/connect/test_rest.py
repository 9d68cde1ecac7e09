"""The same REST session against stock Connect and our worker: status codes and bodies, field by
field."""

import base64
import http.client
import json
import pathlib
import os
import re
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import official  # noqa: E402
import kafka_broker  # noqa: E402
import product  # noqa: E402
import rest_session  # noqa: E402
import stock_connect  # noqa: E402

REQUEST_SECONDS = 60
SETTLING_SECONDS = 20
CLIENT = official.harness.ROOT / "build" / "official" / "connect-client" / "node_modules"
CLIENT_SESSION = pathlib.Path(__file__).resolve().parent / "client" / "session.js"
STOCK_SINK = "org.apache.kafka.connect.file.FileStreamSinkConnector"
STOCK_SOURCE = "org.apache.kafka.connect.file.FileStreamSourceConnector"
TABLE = "Rows"
OUR_GROUPS = ["Kinetica Properties"]
# What each worker has of its own, by the member's name, and what stands for it.
NEUTRAL = {
    "worker_id": "<worker>",
    "commit": "<commit>",
    "kafka_cluster_id": "<cluster>",
    "task.class": "<task class>",
    "last_modified": "<time>",
}


class Side:
    """A worker in the session, with the connectors that stand for SINK and SOURCE there: their
    classes, what only they have of properties (each a dict), a source's PARTITION_KEY, PARTITION
    and OFFSET_KEY, and what gives it two records."""

    def __init__(self, url, sink_class, sink_own, source_class, source_own, source_place, feed):
        self.address = urllib.parse.urlparse(url).netloc
        self.sink_class = sink_class
        self.own = {**sink_own, **source_own}
        self.feed = feed
        self.members = {rest_session.OWN: sink_own, rest_session.OWN_SOURCE: source_own}
        self.stand_ins = {
            rest_session.SINK: sink_class,
            rest_session.SOURCE: source_class,
            rest_session.PARTITION_KEY: source_place[0],
            rest_session.PARTITION: source_place[1],
            rest_session.OFFSET_KEY: source_place[2],
        }
        self.version = "<version>"
        self.version = self.call(rest_session.step("GET", "/"))["body"]["version"]

    def call(self, step):
        """The answer to a step: status, Content-Type, Location, body."""
        body = step["body"]
        if body is not None and not isinstance(body, str):
            body = json.dumps(self.filled(body))
        headers = {"Accept": "application/json", **step["headers"]}
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        path = step["path"]
        for name, stand_in in (("{sink}", rest_session.SINK), ("{source}", rest_session.SOURCE)):
            path = path.replace(name, self.stand_ins[stand_in].rsplit(".", 1)[-1])
        connection = http.client.HTTPConnection(self.address, timeout=REQUEST_SECONDS)
        connection.request(step["method"], path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return {
            "status": answer.status,
            "type": answer.headers["Content-Type"],
            "location": self.neutral(answer.headers["Location"]),
            "body": self.neutral(json.loads(text)) if text else None,
        }

    def filled(self, body):
        """A step's body as this side sends it."""
        if isinstance(body, dict):
            result = {}
            for name, value in body.items():
                if name in self.members:
                    result.update(self.members[name])
                else:
                    result[self.stand_ins.get(name, name)] = self.filled(value)
            return result
        if isinstance(body, list):
            return [self.filled(item) for item in body]
        return self.stand_ins.get(body, body) if isinstance(body, str) else body

    def neutral(self, body):
        """An answer without what is this side's own."""
        if isinstance(body, dict):
            result = {}
            for name, value in body.items():
                if name in self.own:
                    continue
                value = value if value is None else NEUTRAL.get(name, value)
                result[self.neutral_name(name)] = self.neutral(value)
            if "trace" in result:
                result["trace"] = result["trace"].split(":")[0]
            return result
        if isinstance(body, list):
            return [self.neutral(item) for item in body if not self.is_own(item)]
        if not isinstance(body, str):
            return body
        for stand_in in (rest_session.SINK, rest_session.SOURCE):
            own = self.stand_ins[stand_in]
            body = body.replace(own, stand_in).replace(own.rsplit(".", 1)[-1], stand_in)
        if body == self.stand_ins[rest_session.PARTITION]:
            return rest_session.PARTITION
        body = body.replace(self.address, "<address>").replace(self.version, "<version>")
        # Regular expressions are another library's, and other connectors are there.
        return re.sub(r"(Invalid regex|available connectors are): .*", r"\1", body, flags=re.DOTALL)

    def neutral_name(self, name):
        for key in (rest_session.PARTITION_KEY, rest_session.OFFSET_KEY):
            if name == self.stand_ins[key]:
                return key
        return name

    def is_own(self, item):
        """Whether an item of a list is about something that only this side has: a property, a
        group of properties, or a plugin."""
        if isinstance(item, str):
            return item in OUR_GROUPS or item.startswith("io.confluent.")
        if not isinstance(item, dict):
            return False
        if "class" in item:
            name = item["class"]
            return name not in self.stand_ins.values() and (
                not name.startswith(rest_session.PACKAGE) or ".file." in name
            )
        name = (item.get("value") or item).get("name") or ""
        return name in self.own or name.startswith("kinetica.")

    def client_session(self):
        """The answers to the calls of client/session.js, by their names."""
        host, port = self.address.split(":")
        plugin = self.sink_class.rsplit(".", 1)[-1]
        config = json.dumps(self.filled(rest_session.sink()))
        done = subprocess.run(
            ["node", CLIENT_SESSION, host, port, plugin, config],
            env={**os.environ, "NODE_PATH": str(CLIENT)},
            capture_output=True,
            text=True,
            timeout=REQUEST_SECONDS,
        )
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        if done.returncode != 0:
            raise AssertionError(f"after {answers[-1:]}: {done.stderr}")
        return {
            answer["call"]: {"status": answer["status"], "body": self.neutral(answer["body"])}
            for answer in answers
        }

    def states(self, connector):
        """The states of a connector and its tasks."""
        answer = self.call(rest_session.step("GET", f"/connectors/{connector}/status"))
        if answer["status"] != 200:
            return [str(answer["status"])]
        body = answer["body"]
        return [body["connector"]["state"], *(task["state"] for task in body["tasks"])]


def by_name(entries):
    """Properties' definitions, with or without their values, by their names."""
    return {
        (entry.get("definition") or entry.get("value") or entry)["name"]: entry for entry in entries
    }


def is_properties(entries):
    return bool(entries) and all(
        isinstance(entry, dict) and ("display_name" in entry or "definition" in entry)
        for entry in entries
    )


def differences(theirs, ours, path=""):
    """(path, words) for each place where our answer differs from Kafka's. What a property is for
    may be said in other words."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in {**theirs, **ours}:
            if name not in theirs or name not in ours:
                yield f"{path}.{name}", f"only {'Kafka' if name in theirs else 'ours'} has it"
            elif name != "documentation":
                yield from differences(theirs[name], ours[name], f"{path}.{name}")
            elif not ours[name]:
                yield f"{path}.{name}", "empty"
    elif isinstance(theirs, list) and isinstance(ours, list):
        if is_properties(theirs) and is_properties(ours):
            yield from differences(by_name(theirs), by_name(ours), path)
            orders = [list(by_name(entries)) for entries in (theirs, ours)]
            if orders[0] != orders[1] and set(orders[0]) == set(orders[1]):
                yield f"{path}: the order", f"Kafka {orders[0]}, ours {orders[1]}"
        elif len(theirs) != len(ours):
            yield path, f"Kafka {json.dumps(theirs)}, ours {json.dumps(ours)}"
        else:
            for index, (left, right) in enumerate(zip(theirs, ours)):
                yield from differences(left, right, f"{path}[{index}]")
    elif theirs != ours:
        yield path, f"Kafka {json.dumps(theirs)}, ours {json.dumps(ours)}"


def judge(step, theirs, ours):
    """Lines that say what is wrong with our answer to a step."""
    if step["ours"] is not None:
        if theirs["status"] != 500:
            return [f"Kafka answers {theirs['status']} by now"]
        body = ours["body"]
        right = ours["status"] == step["ours"] == body["error_code"] and body["message"]
        return [] if right else [json.dumps(ours)]
    if theirs["type"] is None and theirs["status"] >= 400:
        # Its own error pages say not what they are.
        ours = {**ours, "type": None}
    return [
        f"{path[1:]}: {words}"
        for path, words in differences(theirs, ours)
        if not path.endswith(tuple(step["unlike"]) or ("never",))
    ]


class RestSession(product.ProductTest):
    # Connectors of the same name are one consumer group: each worker has a Kafka of its own.
    stock_broker = None

    def start_sides(self):
        properties = self.worker_properties()
        own_files = {
            "bootstrap.servers": self.stock_broker.address,
            "offset.storage.file.filename": self.folder / "stock.offsets",
        }
        stock = stock_connect.start(self, {**properties, **own_files})
        lines = self.folder / "in"
        lines.touch()
        database = self.start_server()
        database.create_table(TABLE, {"id": ("int",)})
        sink, source = (
            {name: str(value) for name, value in own.items() if name.startswith("kinetica.")}
            for own in (
                self.sink_properties("", database, ""),
                self.source_properties("", database, TABLE, topic_prefix="Topic-"),
            )
        )
        ours = self.start_worker(properties)
        return (
            Side(
                stock.url,
                STOCK_SINK,
                {"file": str(self.folder / "out")},
                STOCK_SOURCE,
                {"file": str(lines), "topic": "Topic-" + TABLE, "batch.size": "2000"},
                ("filename", str(lines), "position"),
                lambda: lines.write_text("1\n2\n"),
            ),
            Side(
                ours.url,
                product.SINK_CLASS,
                sink,
                product.SOURCE_CLASS,
                source,
                ("table", TABLE, "record"),
                lambda: database.insert(TABLE, [{"id": 1}, {"id": 2}]),
            ),
        )

    def judge_until_settled(self, step, sides):
        deadline = time.monotonic() + (SETTLING_SECONDS if step["settles"] else 0)
        while True:
            lines = judge(step, *(side.call(step) for side in sides))
            if not lines or time.monotonic() > deadline:
                return lines
            time.sleep(official.harness.POLL_INTERVAL)

    def wait_for_states(self, side, connector, state):
        self.wait_until(
            lambda: set(side.states(connector)) == {state},
            lambda: f"{connector} to be {state} with {side.sink_class}: {side.states(connector)}",
        )

    def check_client(self, theirs, ours):
        self.assertEqual(list(theirs), list(ours))
        for name, their in theirs.items():
            with self.subTest(call=name):
                if their["status"] == 415:
                    # The client names no JSON where it sends no body; ours does what is meant.
                    self.assertIn(ours[name]["status"], (202, 204))
                else:
                    self.assertEqual(list(differences(their, ours[name])), [])

    def test_session(self):
        for broker in (self.broker, self.stock_broker):
            broker.produce("t", ['{"id": 1}'])
        sides = self.start_sides()
        with self.subTest("the npm package kafka-connect-client"):
            self.check_client(*(side.client_session() for side in sides))
        wrong = []
        for step in rest_session.SESSION:
            lines = self.judge_until_settled(step, sides)
            if lines:
                request = f"{step['method']} {step['path']} {json.dumps(step['body'])}"
                wrong.append("\n    ".join([request[:600], *(line[:900] for line in lines)]))
            if step["feeds"]:
                for side in sides:
                    side.feed()
            if step["until"]:
                for side in sides:
                    self.wait_for_states(side, *step["until"])
        self.assertFalse(wrong, "\n" + "\n".join(wrong))


class RestUsers(product.ProductTest):
    """Basic authentication: who is let in, and what the others are told."""

    EXTENSION = "org.apache.kafka.connect.rest.basic.auth.extension."
    REQUESTS = [
        (method, path, user)
        for method, path in (
            ("GET", "/"),
            ("GET", "/connectors"),
            ("GET", "/admin/loggers"),
            ("POST", "/connectors"),
            ("DELETE", "/connectors/a"),
        )
        for user in (None, "alice:wrong", "bob:wonder", "alice")
    ] + [("GET", "/connectors", "alice:wonder")]

    @staticmethod
    def call(url, method, path, user):
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if user:
            headers["Authorization"] = "Basic " + base64.b64encode(user.encode()).decode()
        address = urllib.parse.urlparse(url).netloc
        connection = http.client.HTTPConnection(address, timeout=REQUEST_SECONDS)
        connection.request(method, path, "{}" if method == "POST" else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        names = ("Content-Type", "WWW-Authenticate")
        return (answer.status, *(answer.headers[name] for name in names), text)

    def test_who_is_let_in(self):
        users = self.write_file("users", "alice=wonder\n")
        module = f'{self.EXTENSION}PropertyFileLoginModule required file="{users}";'
        jaas = self.write_file("jaas.conf", f"KafkaConnect {{ {module} }};")
        option = f"-Djava.security.auth.login.config={jaas}"
        os.environ["KAFKA_OPTS"] = option
        self.addCleanup(os.environ.pop, "KAFKA_OPTS")
        properties = {
            **self.worker_properties(),
            "rest.extension.classes": self.EXTENSION + "BasicAuthSecurityRestExtension",
        }
        offsets = {"offset.storage.file.filename": self.folder / "stock.offsets"}
        stock = stock_connect.start(self, {**properties, **offsets}, options=[option])
        ours = self.start_worker(properties)
        for request in self.REQUESTS:
            with self.subTest(request=request):
                self.assertEqual(self.call(ours.url, *request), self.call(stock.url, *request))
        # Strangers do not hear which paths there are.
        nowhere = ("GET", "/nothing/here", None)
        self.assertEqual(self.call(stock.url, *nowhere)[0], 404)
        self.assertEqual(self.call(ours.url, *nowhere)[0], 401)


def setUpModule():
    product.ProductTest.broker = kafka_broker.KafkaBroker(num_partitions=1)
    RestSession.stock_broker = kafka_broker.KafkaBroker(num_partitions=1)


def tearDownModule():
    for broker in (product.ProductTest.broker, RestSession.stock_broker):
        if broker is not None:
            broker.remove()


if __name__ == "__main__":
    product.main()
