"""One session of REST calls that a user of Connect might make, right ones and wrong ones, for any
worker.

A step is a dict: `method`, `path`, and perhaps `body` (JSON, or text as it is), `headers`, `until`
((connector, state): what its status must become before the next step). In bodies, SINK stands for
the worker's sink connector class, and the member OWN for the properties that only it has; SOURCE
and OWN_SOURCE likewise. A source is in PARTITION of PARTITION_KEY, at a number under OFFSET_KEY.

After a step that `feeds`, two records come to SOURCE. An answer that `settles` is asked for again until it is Kafka's, for a while.

Where our answer is not to be Kafka's, a step says so: `ours` is our status where Kafka fails with
500 for no reason of the user's; `unlike` are the ends of the paths, in the answer, that are not
compared.
"""

SINK = "<sink class>"
OWN = "<own properties>"
SOURCE = "<source class>"
OWN_SOURCE = "<own properties of a source>"
PARTITION_KEY = "<partition key>"
PARTITION = "<partition>"
OFFSET_KEY = "<offset key>"
PACKAGE = "org.apache.kafka.connect."
TRANSFORMS = PACKAGE + "transforms."
# What Jackson or the virtual machine says, or a fault that Kafka tells twice.
TEXT = (".message",)


def sink(topics="t", **more):
    return {
        "connector.class": SINK,
        "tasks.max": "1",
        "topics": topics,
        OWN: "",
        **{name.replace("_", "."): value for name, value in more.items()},
    }


def source(**more):
    return {
        "connector.class": SOURCE,
        "tasks.max": "1",
        OWN_SOURCE: "",
        **{name.replace("_", "."): value for name, value in more.items()},
    }


def step(
    method,
    path,
    body=None,
    headers=None,
    until=None,
    ours=None,
    unlike=(),
    settles=False,
    feeds=False,
):
    return {
        "method": method,
        "path": path,
        "body": body,
        "headers": headers or {},
        "until": until,
        "ours": ours,
        "unlike": unlike,
        "settles": settles,
        "feeds": feeds,
    }


def validate(config, plugin="{sink}", **more):
    return step("PUT", f"/connector-plugins/{plugin}/config/validate", config, **more)


WORKER = [
    step("GET", "/"),
    step("GET", "/health"),
    step("GET", "/connectors"),
    step("GET", "/connectors/"),
    step("GET", "/connector-plugins"),
    step("GET", "/connector-plugins/"),
    step("GET", "/connector-plugins?connectorsOnly=false"),
    step("GET", "/admin/loggers/root"),
    step("PUT", "/admin/loggers/root", {"level": "nonsense"}),
    step("PUT", "/admin/loggers/root", {}),
    # Which loggers there are below it is each worker's own.
    step(
        "PUT",
        "/admin/loggers/org.apache.kafka.connect.runtime",
        {"level": "DEBUG"},
        unlike=("body",),
    ),
    step("GET", "/admin/loggers/org.apache.kafka.connect.runtime"),
    step("PUT", "/admin/loggers/org.apache.kafka.connect.runtime?scope=cluster", {"level": "INFO"}),
    step("PUT", "/admin/loggers/org.apache.kafka.connect.runtime?scope=worker", {"level": "info"}),
    step("GET", "/admin/loggers/nobody.knows.it"),
]

CREATION = [
    step("POST", "/connectors", {"name": "a", "config": sink()}, until=("a", "RUNNING")),
    step("GET", "/connectors"),
    step("GET", "/connectors?expand=status"),
    step("GET", "/connectors?expand=info"),
    step("GET", "/connectors?expand=status&expand=info"),
    step("GET", "/connectors?expand=nonsense"),
    step("GET", "/connectors/a"),
    step("GET", "/connectors/a/"),
    step("GET", "/connectors/a/config"),
    step("GET", "/connectors/a/status"),
    step("GET", "/connectors/a/tasks"),
    step("GET", "/connectors/a/tasks-config"),
    step("GET", "/connectors/a/tasks/0/status"),
    step("GET", "/connectors/a/tasks/7/status"),
    step("GET", "/connectors/a/topics", settles=True),
    step("PUT", "/connectors/a/topics/reset"),
    step("POST", "/connectors", {"name": "a", "config": sink()}),
    step(
        "POST",
        "/connectors",
        {"name": " b ", "config": {**sink(), "tasks.max": 2, "name": "b"}},
        until=("b", "RUNNING"),
    ),
    step("GET", "/connectors/b"),
    step(
        "POST",
        "/connectors",
        {"name": "c", "config": sink(), "initial_state": "STOPPED"},
        until=("c", "STOPPED"),
    ),
    step("GET", "/connectors/c"),
    step("GET", "/connectors/c/status"),
    step(
        "POST",
        "/connectors",
        {"name": "d", "config": sink(), "initial_state": "paused"},
        until=("d", "PAUSED"),
    ),
    step("GET", "/connectors/d/status"),
    step(
        "POST",
        "/connectors",
        {"name": "with space", "config": sink()},
        until=("with%20space", "RUNNING"),
    ),
    step("GET", "/connectors/with%20space"),
    step("DELETE", "/connectors/with%20space"),
]


def create(*body, config=None, name="e", **more):
    """A call to create a connector that is refused: with a whole body, or with a configuration."""
    if body:
        return step("POST", "/connectors", body[0], **more)
    return step("POST", "/connectors", {"name": name, "config": config}, **more)


REFUSALS = [
    create({"name": "e", "config": sink(), "initial_state": "nonsense"}, unlike=TEXT),
    create({"name": "e"}, unlike=TEXT),
    create({"config": sink()}),
    create({"name": "e", "config": sink(), "unknown": 1}, unlike=TEXT),
    create("{", unlike=TEXT),
    create("[]", unlike=TEXT),
    create("", unlike=TEXT),
    create("{}", headers={"Content-Type": "text/plain"}),
    create(name="a", config=sink()),
    create(config={}),
    create(config={**sink(), "name": "f"}),
    create(config={**sink(), "connector.class": "no.such.Class"}),
    create(config={**sink(), "tasks.max": "0"}),
    create(config={**sink(), "tasks.max": "many", "errors.tolerance": "some"}, unlike=TEXT),
    create(config={**sink(), "topics": ""}),
    create(config={**sink(), "topics.regex": "x.*"}, unlike=TEXT),
    create(config={**sink(), "tasks.max": None}, unlike=TEXT),
    create(config={**sink(), "tasks.max": [1]}, unlike=TEXT),
    create(config={**sink(), "errors.retry.timeout": "soon"}),
    create(config={**sink(), "transforms": "x"}),
    create(config={**sink(), "consumer.override.max.poll.records": "many"}, ours=400),
    create(config={**sink(), "consumer.override.check.crcs": "perhaps"}, ours=400),
    # Kafka looks whether there is such a class; of one that is not in a list, the task hears.
    create(config={**sink(), "consumer.override.key.deserializer": "no.such.Class"}, ours=400),
    create(config={**sink(), "consumer.override.ssl.engine.factory.class": "no.such.Class"}, ours=400),
    step("GET", "/connectors", headers={"Accept": "text/html"}),
    step("GET", "/connectors", headers={"Accept": "*/*"}),
    step("PATCH", "/connectors", {}),
    step("DELETE", "/connectors"),
    step("GET", "/nowhere"),
    step("GET", "/connectors/a/nowhere"),
    step("POST", "/connectors/a/tasks", []),
    step("PUT", "/connectors/a/fence"),
]

CHANGES = [
    step("PUT", "/connectors/a/config", sink("t,u"), until=("a", "RUNNING")),
    step("GET", "/connectors/a/config"),
    step("PUT", "/connectors/g/config", sink(), until=("g", "RUNNING")),
    step("PUT", "/connectors/g/config", {**sink(), "name": "h"}),
    step("PUT", "/connectors/g/config", {}),
    step("PUT", "/connectors/g/config", "[]", unlike=TEXT),
    step("PUT", "/connectors/g/config", {**sink(), "topics": {"x": 1}}, unlike=TEXT),
    step(
        "PATCH",
        "/connectors/g/config",
        {"topics": "v", "errors.log.enable": True},
        until=("g", "RUNNING"),
    ),
    step("GET", "/connectors/g/config"),
    step("PATCH", "/connectors/g/config", {"errors.log.enable": None}, until=("g", "RUNNING")),
    step("GET", "/connectors/g/config"),
    step("PATCH", "/connectors/g/config", {"tasks.max": "x"}, unlike=TEXT),
    step("PATCH", "/connectors/nobody/config", {"topics": "v"}),
    step("PUT", "/connectors/a/pause", until=("a", "PAUSED")),
    step("PUT", "/connectors/a/pause"),
    step("GET", "/connectors/a/status"),
    step("POST", "/connectors/a/restart"),
    step("GET", "/connectors/a/status", until=("a", "PAUSED")),
    step("PUT", "/connectors/a/resume", until=("a", "RUNNING")),
    step("GET", "/connectors/a/status"),
    step("POST", "/connectors/a/restart", {"params": {}}, until=("a", "RUNNING")),
    step("POST", "/connectors/a/restart?includeTasks=true", until=("a", "RUNNING")),
    step("POST", "/connectors/a/restart?includeTasks=true&onlyFailed=true", until=("a", "RUNNING")),
    step("POST", "/connectors/a/restart?onlyFailed=true", until=("a", "RUNNING")),
    step("POST", "/connectors/a/tasks/0/restart", until=("a", "RUNNING")),
    step("PUT", "/connectors/a/stop", until=("a", "STOPPED")),
    step("GET", "/connectors/a/status"),
    step("GET", "/connectors/a"),
    step("GET", "/connectors/a/tasks"),
    step("POST", "/connectors/a/restart", until=("a", "STOPPED")),
    *(
        step(method, f"/connectors/nobody{path}")
        for method, path in (
            ("GET", ""),
            ("GET", "/config"),
            ("GET", "/status"),
            ("GET", "/tasks"),
            ("GET", "/tasks-config"),
            ("GET", "/topics"),
            ("GET", "/offsets"),
            ("GET", "/tasks/0/status"),
            ("PUT", "/pause"),
            ("PUT", "/resume"),
            ("POST", "/restart?includeTasks=true"),
            ("PUT", "/topics/reset"),
            ("DELETE", ""),
            ("DELETE", "/offsets"),
        )
    ),
    step("PUT", "/connectors/nobody/stop", ours=404),
    step("POST", "/connectors/nobody/restart", ours=404),
    step("POST", "/connectors/nobody/tasks/0/restart", ours=404),
    step(
        "PATCH",
        "/connectors/nobody/offsets",
        {
            "offsets": [
                {
                    "partition": {"kafka_topic": "t", "kafka_partition": 0},
                    "offset": {"kafka_offset": 1},
                }
            ]
        },
    ),
]


def offsets(partition, offset):
    return {"offsets": [{"partition": partition, "offset": offset}]}


T0 = {"kafka_topic": "t", "kafka_partition": 0}
OFFSETS = [
    step("GET", "/connectors/a/offsets"),
    step("PATCH", "/connectors/g/offsets", offsets(T0, {"kafka_offset": 1})),
    step("DELETE", "/connectors/g/offsets"),
    step("PATCH", "/connectors/a/offsets", offsets(T0, {"kafka_offset": 1})),
    step("GET", "/connectors/a/offsets"),
    step(
        "PATCH",
        "/connectors/a/offsets",
        offsets({"kafka_topic": "t", "kafka_partition": "0"}, {"kafka_offset": "2"}),
    ),
    step("GET", "/connectors/a/offsets"),
    step("PATCH", "/connectors/a/offsets", offsets(T0, None)),
    step("GET", "/connectors/a/offsets"),
    step(
        "PATCH",
        "/connectors/a/offsets",
        {
            "offsets": [
                {"partition": {**T0, "kafka_partition": partition}, "offset": None}
                for partition in (0, 77)
            ]
        },
        ours=400,
    ),
    step("PATCH", "/connectors/a/offsets", offsets(None, {"kafka_offset": 1})),
    step("PATCH", "/connectors/a/offsets", offsets({"kafka_topic": "t"}, {"kafka_offset": 1})),
    step(
        "PATCH",
        "/connectors/a/offsets",
        offsets({"kafka_topic": None, "kafka_partition": 0}, {"kafka_offset": 1}),
    ),
    step(
        "PATCH",
        "/connectors/a/offsets",
        offsets({"kafka_topic": "t", "kafka_partition": None}, {"kafka_offset": 1}),
    ),
    step(
        "PATCH",
        "/connectors/a/offsets",
        offsets({"kafka_topic": "t", "kafka_partition": "x"}, {"kafka_offset": 1}),
    ),
    step("PATCH", "/connectors/a/offsets", offsets(T0, {})),
    step("PATCH", "/connectors/a/offsets", offsets(T0, {"kafka_offset": "x"})),
    step("PATCH", "/connectors/a/offsets", {"offsets": []}),
    step("PATCH", "/connectors/a/offsets", {"offsets": None}),
    step("PATCH", "/connectors/a/offsets", {}),
    step("PATCH", "/connectors/a/offsets", {"nonsense": 1}, unlike=TEXT),
    step("PATCH", "/connectors/a/offsets", "{", unlike=TEXT),
    step("DELETE", "/connectors/a/offsets"),
    step("DELETE", "/connectors/a/offsets"),
    step("GET", "/connectors/a/offsets"),
    step("PUT", "/connectors/a/resume", until=("a", "RUNNING")),
    step("DELETE", "/connectors/a"),
    step("GET", "/connectors/a/status"),
    step("DELETE", "/connectors/a"),
]


CONFIG_OF_TASK = tuple(
    ".config." + name
    for name in ("connector.class", "tasks.max", "name", "kinetica.kafka_schema_version")
)
HERE = {PARTITION_KEY: PARTITION}
BOTH = [{"partition": HERE, "offset": {OFFSET_KEY: number}} for number in (3, 4)]
TOPICS = {"topic.creation.default.partitions": "1", "topic.creation.default.replication.factor": "1"}
SOURCES = [
    step("POST", "/connectors", {"name": "s", "config": source()}, until=("s", "RUNNING")),
    # Which properties its tasks need is each connector's own.
    step("GET", "/connectors/s/tasks", unlike=CONFIG_OF_TASK),
    *(
        step("GET", f"/connectors/s{path}")
        for path in (
            "",
            "/config",
            "/status",
            "/tasks-config",
            "/tasks/0/status",
            "/topics",
            "/offsets",
        )
    ),
    step("GET", "/connectors?expand=status&expand=info", feeds=True),
    step("GET", "/connectors/s/topics", settles=True),
    # Bytes here, records there.
    step("GET", "/connectors/s/offsets", settles=True, unlike=(OFFSET_KEY,)),
    step("PUT", "/connectors/s/topics/reset"),
    step("GET", "/connectors/s/topics"),
    step("PATCH", "/connectors/s/offsets", offsets(HERE, {OFFSET_KEY: 1})),
    step("DELETE", "/connectors/s/offsets"),
    step("PUT", "/connectors/s/pause", until=("s", "PAUSED")),
    step("GET", "/connectors/s/status"),
    step("PATCH", "/connectors/s/offsets", offsets(HERE, {OFFSET_KEY: 1})),
    step("PUT", "/connectors/s/resume", until=("s", "RUNNING")),
    step("GET", "/connectors/s/status"),
    step("PUT", "/connectors/s/stop", until=("s", "STOPPED")),
    step("GET", "/connectors/s/status"),
    step("GET", "/connectors/s"),
    step("GET", "/connectors/s/tasks"),
    step("GET", "/connectors/s/offsets", unlike=(OFFSET_KEY,)),
    step("PATCH", "/connectors/s/offsets", offsets(HERE, {OFFSET_KEY: 1})),
    step("GET", "/connectors/s/offsets"),
    step("PATCH", "/connectors/s/offsets", {"offsets": BOTH}),
    step("GET", "/connectors/s/offsets"),
    # A ConnectException of the connector, which Kafka answers with 500.
    *(
        step("PATCH", "/connectors/s/offsets", offsets(*wrong), ours=400)
        for wrong in (
            (None, {OFFSET_KEY: 1}),
            ({}, {OFFSET_KEY: 1}),
            ({"x": PARTITION}, {OFFSET_KEY: 1}),
            (HERE, {}),
            (HERE, {"x": 1}),
            (HERE, {OFFSET_KEY: None}),
            (HERE, {OFFSET_KEY: "1"}),
            (HERE, {OFFSET_KEY: 1.5}),
            (HERE, {OFFSET_KEY: -1}),
        )
    ),
    *(
        step("PATCH", "/connectors/s/offsets", wrong, unlike=TEXT)
        for wrong in (
            {"offsets": [7]},
            {"offsets": [None]},
            {"offsets": {}},
            {"offsets": [{"partition": HERE, "offset": 7}]},
            {"offsets": [{"partition": [], "offset": {OFFSET_KEY: 1}}]},
            [],
        )
    ),
    step("PATCH", "/connectors/s/offsets", {"offsets": []}),
    step("PATCH", "/connectors/s/offsets", {}),
    step("GET", "/connectors/s/offsets"),
    step("PATCH", "/connectors/s/offsets", offsets({"anything": 7}, None)),
    step("GET", "/connectors/s/offsets"),
    step("PATCH", "/connectors/s/offsets", {"offsets": [{"partition": HERE}]}),
    step("GET", "/connectors/s/offsets"),
    step("PATCH", "/connectors/s/offsets", offsets(HERE, {OFFSET_KEY: 5})),
    step("PUT", "/connectors/s/resume", until=("s", "RUNNING")),
    step("GET", "/connectors/s/offsets"),
    step("POST", "/connectors/s/restart?includeTasks=true", until=("s", "RUNNING")),
    step("POST", "/connectors/s/tasks/0/restart", until=("s", "RUNNING")),
    step("PUT", "/connectors/s/stop", until=("s", "STOPPED")),
    step("DELETE", "/connectors/s/offsets"),
    step("GET", "/connectors/s/offsets"),
    step("DELETE", "/connectors/s/offsets"),
    create(name="r", config=source(exactly_once_support="some")),
    create(name="r", config=source(transaction_boundary="x")),
    # Kafka keeps a connector of that name, which has failed.
    create(name="p", config=source(topic_creation_default_partitions="1"), ours=400),
    create(
        name="q", config={**source(), **TOPICS, "topic.creation.groups": "g"}, until=("q", "RUNNING")
    ),
    step("DELETE", "/connectors/q"),
    create(name="r", config=source(producer_override_linger_ms="x"), ours=400),
    create(
        {"name": "r", "config": source(), "initial_state": "PAUSED"},
        until=("r", "PAUSED"),
    ),
    step("GET", "/connectors/r/status"),
    step("DELETE", "/connectors/r"),
    *(
        validate(source(name="v", **more), "{source}")
        for more in (
            {},
            {"producer_override_linger_ms": "7", "admin_override_retries": "x"},
            {**TOPICS, "admin_override_retries": "7"},
        )
    ),
    step("PUT", "/connectors/s/config", source(tasks_max="2"), until=("s", "STOPPED")),
    step("DELETE", "/connectors/s"),
    step("GET", "/connectors/s/offsets"),
]


def named(**more):
    """A sink's configuration with a name; _ stands for a dot."""
    return {
        **sink(),
        "name": "v",
        **{name.replace("_", "."): value for name, value in more.items()},
    }


def without(config, name):
    return {key: value for key, value in config.items() if key != name}


TWICE = (
    "error_count",
    "tasks.max.value.errors",
    "topics.value.errors",
    "topics.regex.value.errors",
)
VALIDATION = [
    validate(named()),
    validate(sink()),
    validate(named(unknown_key="1")),
    # An empty list is null there, after a null was given.
    validate(named(tasks_max="x", topics=None), unlike=(*TWICE, "topics.value.value")),
    validate(
        named(
            topics="",
            errors_retry_timeout="soon",
            errors_tolerance="some",
            config_action_reload="never",
        )
    ),
    validate(named(topics_regex="("), unlike=TWICE),
    validate(without(named(topics_regex="("), "topics")),
    validate(without(named(), "topics")),
    validate(
        named(
            transforms="a,b",
            transforms_a_type=TRANSFORMS + "RegexRouter",
            transforms_a_regex="(",
            transforms_a_replacement="x",
            transforms_b_type="no.such.Class",
        )
    ),
    # Ours says before the start that a value is missing.
    validate(
        named(
            transforms="a",
            transforms_a_type=TRANSFORMS + "InsertField$Value",
            transforms_a_static_field="x",
            transforms_a_predicate="p",
            predicates="p",
            predicates_p_type=TRANSFORMS + "predicates.TopicNameMatches",
            predicates_p_pattern="t",
        ),
        unlike=("error_count", "transforms.a.type.value.errors"),
    ),
    validate(named(transforms="a,a")),
    validate(named(transforms="a")),
    validate(
        named(value_converter=PACKAGE + "json.JsonConverter", value_converter_schemas_enable="x"),
        unlike=("the order", ".groups[4]", ".groups[5]"),
    ),
    validate(named(value_converter="no.such.Class")),
    # Kafka has a connector's overrides in the order of their hashes.
    validate(
        named(
            consumer_override_max_poll_records=" 100 ",
            consumer_override_check_crcs="TRUE",
            consumer_override_client_id="x",
            consumer_override_group_id="g",
            consumer_override_metric_reporters="a , b",
            consumer_override_sasl_kerberos_ticket_renew_jitter="0.1",
            consumer_override_sasl_login_refresh_buffer_seconds="7",
            consumer_override_ssl_keystore_location="x",
            consumer_override_ssl_key_password="x",
            consumer_override_partition_assignment_strategy=" org.apache.kafka.clients.consumer.RangeAssignor",
            consumer_override_nonsense=" x ",
            producer_override_linger_ms="seven",
        ),
        unlike=("the order",),
    ),
    validate(
        named(
            errors_deadletterqueue_topic_name="d",
            producer_override_linger_ms="7",
            producer_override_client_id="x",
            producer_override_transactional_id="x",
            admin_override_client_id="x",
            admin_override_connections_max_idle_ms="+7",
            consumer_override_session_timeout_ms="7000",
        ),
        unlike=("the order",),
    ),
    validate(named(errors_deadletterqueue_topic_name="t")),
    validate({"name": "v"}),
    validate({**sink(), "connector.class": "no.such.Class"}),
    validate(sink(), plugin="NoSuchConnector"),
    validate("[]", unlike=TEXT),
    validate("{", unlike=TEXT),
    *(
        step("GET", f"/connector-plugins/{plugin}/config")
        for plugin in (
            "{sink}",
            "NoSuchPlugin",
            TRANSFORMS + "Cast$Value",
            TRANSFORMS + "predicates.TopicNameMatches",
            PACKAGE + "json.JsonConverter",
            PACKAGE + "storage.SimpleHeaderConverter",
        )
    ),
]

SESSION = [*WORKER, *CREATION, *REFUSALS, *CHANGES, *OFFSETS, *SOURCES, *VALIDATION]
