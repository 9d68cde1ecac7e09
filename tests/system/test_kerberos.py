#!/usr/bin/env python3
"""Kafka with SASL GSSAPI and a Kerberos realm: the login module's line as Java has it, with a
keytab, is all that a worker needs; tickets are renewed; what is wrong with a login is told."""

import json
import os

import product
from kafka_broker import KafkaBroker
from kerberos import Realm

KRB5 = "com.sun.security.auth.module.Krb5LoginModule"
USER = "connect/worker"

SETTINGS = """\
listeners=PLAINTEXT://127.0.0.1:0,SASL_PLAINTEXT://localhost:0,CONTROLLER://@CONTROLLER@
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
group.min.session.timeout.ms=1000
sasl.enabled.mechanisms=GSSAPI
listener.name.sasl_plaintext.sasl.kerberos.service.name=kafka
listener.name.sasl_plaintext.gssapi.sasl.jaas.config={login}
"""

realm = None
keytab = None


def login(path, principal):
    return (f'{KRB5} required useKeyTab=true storeKey=true keyTab="{path}" '
            f'principal="{principal}@{realm.name}";')


def setUpModule():
    global realm, keytab
    realm = Realm()
    try:
        os.environ.update(realm.environment)
        os.environ["JDK_JAVA_OPTIONS"] = f"-Djava.security.krb5.conf={realm.krb5_conf}"
        broker_login = login(realm.add("kafka/localhost", "broker.keytab"), "kafka/localhost")
        keytab = realm.add(USER, "worker.keytab")
        product.ProductTest.broker = KafkaBroker.with_settings(SETTINGS.format(login=broker_login))
    except BaseException:
        realm.remove()
        raise


def tearDownModule():
    product.ProductTest.broker.remove()
    realm.remove()


class Kerberos(product.ProductTest):
    def setUp(self):
        super().setUp()
        realm.ticket_cache.unlink(missing_ok=True)

    def worker_with(self, jaas, *connectors, **more):
        return self.start_worker(self.worker_properties(
            bootstrap_servers=self.broker.listeners["SASL_PLAINTEXT"],
            security_protocol="SASL_PLAINTEXT", sasl_mechanism="GSSAPI", sasl_jaas_config=jaas,
            sasl_kerberos_service_name="kafka", **more), *connectors)

    def test_a_keytab_is_enough_and_tickets_are_renewed(self):
        database = self.start_server()
        database.create_table("Places", {"id": ("long", "primary_key")})
        worker = self.worker_with(
            login(keytab, USER),
            self.source_properties("source", database, "Places", topic_prefix="Secure."),
            self.sink_properties("sink", database, "Secure.Places", table_prefix="Copy"),
            sasl_kerberos_min_time_before_relogin=1000)
        self.wait_running(worker, "source", "sink")
        self.wait_until(lambda: "Places" in database.subscribed_tables(), "a table monitor")
        database.insert("Places", [{"id": number} for number in range(50)])
        self.wait_for_rows(database, "CopyPlaces", 50)
        realm.ticket_cache.unlink()
        self.wait_until(realm.ticket_cache.exists, "a new ticket")
        self.assertEqual(worker.process.terminate(), 0)

    def test_a_second_principal_is_refused_while_the_first_is_in_use(self):
        other = login(realm.add("connect/other", "other.keytab"), "connect/other")
        database = self.start_server()
        sink = self.sink_properties("sink", database, "First")
        stranger = {**self.sink_properties("stranger", database, "Second"),
                    "consumer.override.security.protocol": "SASL_PLAINTEXT",
                    "consumer.override.sasl.mechanism": "GSSAPI",
                    "consumer.override.sasl.kerberos.service.name": "kafka",
                    "consumer.override.sasl.jaas.config": other}
        worker = self.worker_with(login(keytab, USER), sink)
        self.wait_running(worker, "sink")
        product.http(worker.url + "/connectors", {
            "name": "stranger", "config": {name: str(value) for name, value in stranger.items()}})
        trace = self.wait_for_task(worker, "stranger", "FAILED")
        self.assertIn(f"connect/other@{realm.name} cannot log in, because {USER}@{realm.name}",
                      trace)
        self.assertEqual(worker.task("sink")[0], "RUNNING")
        self.assertEqual(worker.process.terminate(), 0)

    def failing_sink(self, jaas, *expected):
        """A worker whose sink cannot log in says why, and lives on."""
        sink = self.sink_properties("sink", self.start_server(), "Any")
        worker = self.worker_with(jaas, sink)
        trace = self.wait_for_task(worker, "sink", "FAILED")
        for text in expected:
            self.assertIn(text, trace)
        self.assertEqual(worker.process.terminate(), 0)

    def test_a_key_that_was_changed_is_told(self):
        old = realm.add("connect/old", "old.keytab")
        realm.change_key("connect/old")
        self.failing_sink(login(old, "connect/old"), str(old), "connect/old",
                          "kinit: Password incorrect")

    def test_a_keytab_of_another_principal_is_told(self):
        self.failing_sink(login(keytab, "connect/stranger"), str(keytab), "connect/stranger",
                          "no suitable keys")


if __name__ == "__main__":
    product.main(programs=("kcat", "java", "kinit"))
