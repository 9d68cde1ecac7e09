"""The program under test as its users have it: the Kinetica-compatible server through its JSON
mode, and the worker through its property files, its REST API and its signals."""

import json
import socket
import urllib.error
import urllib.parse
import urllib.request

import harness
from harness import SystemTest

JSON_CONVERTER = "org.apache.kafka.connect.json.JsonConverter"
STRING_CONVERTER = "org.apache.kafka.connect.storage.StringConverter"
SINK_CLASS = "com.kinetica.kafka.KineticaSinkConnector"
SOURCE_CLASS = "com.kinetica.kafka.KineticaSourceConnector"
PAGE_ROWS = 20_000
ENDLESS = 1_000_000_000


def http(url, body=None, seconds=30):
    """The JSON that GET, or POST with a JSON body, answers; (status, text) raised as an error."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    request = urllib.request.Request(url, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=seconds) as response:
            text = response.read().decode()
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{url}: {error.code} {error.read().decode()}") from None
    return json.loads(text) if text else None


def free_port():
    """A port that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Database:
    """Kinetica's HTTP API in its JSON mode."""

    def __init__(self, url):
        self.url = url

    def call(self, endpoint, **request):
        envelope = http(self.url + endpoint, {"options": {}, **request})
        if envelope["status"] != "OK":
            raise AssertionError(f"{endpoint}: {envelope['message']}")
        return json.loads(envelope["data_str"])

    def create_table(self, name, columns, collection="TEST"):
        """`columns`: name -> (base type, property ...)."""
        fields = []
        for column, (base, *properties) in columns.items():
            fields.append({"name": column,
                           "type": [base, "null"] if "nullable" in properties else base})
        definition = {"type": "record", "name": "type_name", "fields": fields}
        created = self.call("/create/type", type_definition=json.dumps(definition), label="",
                            properties={column: list(properties)
                                        for column, (_, *properties) in columns.items()})
        self.call("/create/table", table_name=name, type_id=created["type_id"],
                  options={"collection_name": collection})

    def has_table(self, name):
        return self.call("/has/table", table_name=name)["table_exists"]

    def size(self, name):
        """Rows of the table; 0 while there is none."""
        if not self.has_table(name):
            return 0
        return self.call("/show/table", table_name=name,
                         options={"get_sizes": "true"})["full_sizes"][0]

    def rows(self, name):
        """All rows, each a dict of its columns."""
        rows = []
        while True:
            page = self.call("/get/records", table_name=name, offset=len(rows), limit=PAGE_ROWS,
                             encoding="json")
            rows += [json.loads(row) for row in page["records_json"]]
            if not page["has_more_records"]:
                return rows

    def insert(self, name, rows):
        self.call("/insert/records", table_name=name, list=[], list_encoding="json",
                  list_str=[json.dumps(row) for row in rows])

    def set_faults(self, **faults):
        """Failures on demand, see server/network/faults.h."""
        http(self.url + "/debug/faults", faults)

    def delay_requests(self, milliseconds):
        """Each request from now on waits that long first; 0: none does."""
        self.set_faults(delay={"ms": milliseconds, "times": ENDLESS if milliseconds else 0})

    def refuse_inserts(self, refuse=True):
        """Whether each insert from now on is answered with HTTP 400."""
        self.set_faults(answer={"status": 400, "endpoint": "/insert/records",
                                "times": ENDLESS if refuse else 0})

    def subscribed_tables(self):
        """Tables, without their collection, that a table monitor's subscriber listens to."""
        monitors = http(self.url + "/debug/monitors")
        return {monitor["table_name"].rsplit(".", 1)[-1] for monitor in monitors
                if monitor["subscribers"] > 0}


class Worker:
    """A standalone worker that runs."""

    def __init__(self, process, url):
        self.process = process
        self.url = url

    def status(self, connector):
        return http(f"{self.url}/connectors/{urllib.parse.quote(connector)}/status")

    def task(self, connector):
        """(state, trace) of the connector's first task; ("", "") while it has none."""
        tasks = self.status(connector)["tasks"]
        return (tasks[0]["state"], tasks[0].get("trace", "")) if tasks else ("", "")


class ProductTest(SystemTest):
    """A test that runs workers and servers. Its module sets `broker`."""

    broker = None

    def start_server(self, port=0, *arguments):
        process = self.start("server", "server", "--listen", f"127.0.0.1:{port}", *arguments)
        return Database(process.wait_ready())

    def worker_properties(self, schemas=False, **more):
        """A worker's file: JSON converters, offsets committed often. Names in `more` have _ for
        each dot, and win."""
        enable = "true" if schemas else "false"
        properties = {
            "bootstrap.servers": self.broker.address,
            "offset.storage.file.filename": self.folder / "connect.offsets",
            "offset.flush.interval.ms": 200,
            "listeners": "http://127.0.0.1:0",
            "key.converter": JSON_CONVERTER,
            "key.converter.schemas.enable": enable,
            "value.converter": JSON_CONVERTER,
            "value.converter.schemas.enable": enable,
            # A killed worker's place in its group is free after this time.
            "consumer.session.timeout.ms": 1500,
            "consumer.heartbeat.interval.ms": 300,
            # New topics are found after this time.
            "consumer.metadata.max.age.ms": 1000,
        }
        return {**properties, **{name.replace("_", "."): value for name, value in more.items()}}

    def sink_properties(self, name, database, topics, **more):
        """A sink connector's file. Names in `more` are those after `kinetica.`, and win."""
        properties = {
            "name": name,
            "connector.class": SINK_CLASS,
            "tasks.max": 1,
            "topics": topics,
            "kinetica.url": getattr(database, "url", database),
            "kinetica.collection_name": "TEST",
            "kinetica.timeout": 1000,
            "kinetica.batch_size": 100,
        }
        return {**properties, **{f"kinetica.{key}": value for key, value in more.items()}}

    def source_properties(self, name, database, tables, **more):
        properties = {
            "name": name,
            "connector.class": SOURCE_CLASS,
            "tasks.max": 1,
            "kinetica.url": database.url,
            "kinetica.table_names": tables,
            "kinetica.timeout": 1000,
            "kinetica.topic_prefix": "Tweets.",
        }
        return {**properties, **{f"kinetica.{key}": value for key, value in more.items()}}

    def launch_worker(self, properties, *connectors, name="worker"):
        """The process of a worker with these files, perhaps not ready yet."""
        files = [self.write_properties(f"{name}.properties", properties)]
        for connector in connectors:
            file_name = f"{connector.get('name', 'connector')}.properties"
            files.append(self.write_properties(file_name, connector))
        return self.start(name, "standalone", *files)

    def start_worker(self, properties, *connectors, name="worker"):
        process = self.launch_worker(properties, *connectors, name=name)
        return Worker(process, process.wait_ready())

    def wait_running(self, worker, *connectors):
        """Until the first tasks run; fails at once when one has failed."""
        for connector in connectors:
            self.wait_for_task(worker, connector, "RUNNING")

    def wait_for_task(self, worker, connector, state, seconds=30):
        """Until the task is in that state; its trace. Any other task that fails, fails the test."""
        seen = ("", "")

        def there():
            nonlocal seen
            seen = worker.task(connector)
            if seen[0] == "FAILED" != state:
                raise AssertionError(f"{connector} has failed: {seen[1]}")
            return seen[0] == state

        self.wait_until(there, lambda: f"{connector} to be {state}; it is {seen}", seconds)
        return seen[1]

    def wait_for_trace(self, worker, connector, text, seconds=30):
        """Until the task's trace contains the text."""
        seen = ("", "")

        def there():
            nonlocal seen
            seen = worker.task(connector)
            return text in seen[1]

        self.wait_until(there, lambda: f"{connector} to name {text}; its task is {seen}", seconds)

    def wait_for_rows(self, database, table, rows, seconds=30):
        """Until the table has at least that many rows."""
        size = 0

        def there():
            nonlocal size
            size = database.size(table)
            return size >= rows

        self.wait_until(there, lambda: f"{rows} rows in {table}; it has {size}", seconds)


main = harness.main
