#!/usr/bin/env python3
"""Kafka with TLS and SASL, and stores as the JDK's keytool makes them: a worker in both directions
over each kind of login and store, and what a wrong password or a missing authority looks like. The
REST API over https."""

import base64
import http.server
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import harness
import product
from kafka_broker import KafkaBroker

STORE_PASSWORD = "store-secret"
KEY_PASSWORD = "key-secret"
USER_PASSWORD = "user-secret"
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
OAUTH = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"
QUICK = ("-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1")
LEGACY = "-J-Dkeystore.pkcs12.legacy"

SETTINGS = f"""\
listeners=PLAINTEXT://127.0.0.1:0,SASL_SSL://127.0.0.1:0,SSL://127.0.0.1:0,CONTROLLER://@CONTROLLER@
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:PLAINTEXT
group.min.session.timeout.ms=1000
ssl.keystore.location=@STORES@/broker.p12
ssl.keystore.password={STORE_PASSWORD}
ssl.key.password={STORE_PASSWORD}
ssl.truststore.location=@STORES@/trust.p12
ssl.truststore.password={STORE_PASSWORD}
listener.name.ssl.ssl.client.auth=required
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER
listener.name.sasl_ssl.plain.sasl.jaas.config={PLAIN} required user_alice="{USER_PASSWORD}";
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config={SCRAM} required;
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config={SCRAM} required;
listener.name.sasl_ssl.oauthbearer.sasl.jaas.config={OAUTH} required;
"""

SCRAM_USERS = "\n".join(
    f"--add-scram\nSCRAM-SHA-{size}=[name=alice,password={USER_PASSWORD}]" for size in (256, 512))


class Stores:
    """An authority, an intermediate one, and what they sign, in stores of every kind."""

    def __init__(self, folder):
        self.folder = folder
        self.make_authority("root", "root")
        self.make_authority("intermediate", "root")
        self.issue("broker")
        self.issue("client")
        for name, kind in (("trust.jks", ["-storetype", "JKS"]), ("trust.p12", []),
                           ("trust-legacy.p12", [LEGACY])):
            self.import_certificate(name, "root", kind)
        self.copy_keys("client.p12", "client-legacy.p12", [LEGACY], STORE_PASSWORD)
        # As Python wants it.
        self.run("openssl", "pkcs12", "-in", "client.p12", "-passin", f"pass:{STORE_PASSWORD}",
                 "-nodes", "-nocerts", "-out", "client.key")
        self.copy_keys("client.p12", "client.jks", ["-deststoretype", "JKS"], KEY_PASSWORD)
        # An authority that has signed nothing here.
        self.make_authority("stranger", "stranger")
        self.import_certificate("stranger.jks", "stranger", ["-storetype", "JKS"])
        self.run("openssl", "pkcs12", "-export", "-in", "stranger.pem", "-inkey", "stranger.key",
                 "-passout", f"pass:{STORE_PASSWORD}", "-out", "stranger.p12")

    def path(self, name):
        return self.folder / name

    def run(self, program, *arguments):
        quick = QUICK if program == "keytool" else ()
        done = subprocess.run([program, *map(str, arguments), *quick], cwd=self.folder, text=True,
                              capture_output=True, check=False, timeout=60)
        if done.returncode != 0:
            raise AssertionError(f"{program} {arguments} failed: {done.stdout}{done.stderr}")

    def make_authority(self, name, issuer):
        request = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                   "-keyout", f"{name}.key", "-subj", f"/CN={name}"]
        if name == issuer:
            self.run("openssl", *request, "-x509", "-days", 2, "-out", f"{name}.pem")
            return
        self.run("openssl", *request, "-out", f"{name}.csr")
        self.sign(name, issuer, "basicConstraints=critical,CA:TRUE")

    def sign(self, name, issuer, extension):
        self.path(f"{name}.ext").write_text(extension + "\n")
        self.run("openssl", "x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem", "-CAkey",
                 f"{issuer}.key", "-days", 2, "-extfile", f"{name}.ext", "-out", f"{name}.pem")

    def issue(self, name):
        """keytool makes the key and takes the certificate with its chain: NAME.p12."""
        store = ["-keystore", f"{name}.p12", "-storepass", STORE_PASSWORD, "-alias", name]
        self.run("keytool", "-genkeypair", *store, "-keyalg", "EC", "-dname", f"CN={name}")
        self.run("keytool", "-certreq", *store, "-file", f"{name}.csr")
        self.sign(name, "intermediate", "subjectAltName=IP:127.0.0.1")
        chain = "".join(self.path(f"{one}.pem").read_text() for one in
                        (name, "intermediate", "root"))
        self.path(f"{name}.chain").write_text(chain)
        self.run("keytool", "-importcert", "-noprompt", *store, "-file", f"{name}.chain")

    def import_certificate(self, store, name, kind):
        self.run("keytool", "-importcert", "-noprompt", *kind, "-keystore", store, "-storepass",
                 STORE_PASSWORD, "-alias", name, "-file", f"{name}.pem")

    def copy_keys(self, source, target, kind, key_password):
        self.run("keytool", "-importkeystore", "-noprompt", *kind, "-srckeystore", source,
                 "-srcstorepass", STORE_PASSWORD, "-destkeystore", target, "-deststorepass",
                 STORE_PASSWORD, "-srcalias", "client", "-destkeypass", key_password)


class TokenEndpoint:
    """The token endpoint of an OIDC provider that lets everybody in and signs nothing; over https
    with a certificate that the authority of the stores has signed."""

    def __init__(self, https=False):
        self.https = https

    def __enter__(self):
        self.asked = set()  # (client id, client secret, scope)
        asked = self.asked

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                credentials = base64.b64decode(self.headers["Authorization"].split()[1]).decode()
                scope = urllib.parse.parse_qs(body).get("scope", [""])[0]
                asked.add((*credentials.split(":", 1), scope))
                now = int(time.time())
                parts = ({"alg": "none"}, {"sub": "alice", "iat": now, "exp": now + 600,
                                           "scope": scope})
                token = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode()
                                 .rstrip("=") for part in parts) + "."
                answer = json.dumps({"access_token": token, "token_type": "Bearer",
                                     "expires_in": 600}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if self.https:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(stores.path("client.chain"), stores.path("client.key"))
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        scheme = "https" if self.https else "http"
        self.url = f"{scheme}://127.0.0.1:{self.server.server_port}/token"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


stores = None


def setUpModule():
    global stores
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kinetica-connect-stores-"))
    try:
        stores = Stores(folder)
        product.ProductTest.broker = KafkaBroker.with_settings(
            SETTINGS.replace("@STORES@", str(folder)), format_arguments=SCRAM_USERS)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def tearDownModule():
    product.ProductTest.broker.remove()
    shutil.rmtree(stores.folder, ignore_errors=True)


def trust(name):
    return {"ssl.truststore.location": stores.path(name), "ssl.truststore.password": STORE_PASSWORD}


def login(mechanism, password=USER_PASSWORD):
    module = PLAIN if mechanism == "PLAIN" else SCRAM
    return {"security.protocol": "SASL_SSL", "sasl.mechanism": mechanism,
            "sasl.jaas.config": f'{module} required username="alice" password="{password}";'}


def identity(name, key_password):
    return {"ssl.keystore.location": stores.path(name), "ssl.keystore.password": STORE_PASSWORD,
            "ssl.key.password": key_password}


class Security(product.ProductTest):
    def worker_over(self, listener, security, prefixes, *connectors):
        properties = {**self.worker_properties(),
                      "bootstrap.servers": self.broker.listeners[listener]}
        for prefix in prefixes:
            properties.update({prefix + name: value for name, value in security.items()})
        return self.start_worker(properties, *connectors)

    def check_both_directions(self, name, listener, security, prefixes=("",)):
        """A table -> topic -> another table."""
        database = self.start_server()
        database.create_table(name, {"id": ("long", "primary_key")})
        worker = self.worker_over(
            listener, security, prefixes,
            self.source_properties("source", database, name, topic_prefix="Secure."),
            self.sink_properties("sink", database, f"Secure.{name}", table_prefix="Copy"))
        self.wait_running(worker, "source", "sink")
        self.wait_until(lambda: name in database.subscribed_tables(), "a table monitor")
        rows = [{"id": number} for number in range(50)]
        database.insert(name, rows)
        copy = f"Copy{name}"
        self.wait_for_rows(database, copy, len(rows), seconds=60)
        self.assertEqual(sorted(row["id"] for row in database.rows(copy)), list(range(50)))
        for secret in (STORE_PASSWORD, KEY_PASSWORD, USER_PASSWORD, "PRIVATE KEY"):
            self.assertNotIn(secret, worker.process.err)
        self.assertEqual(worker.process.terminate(), 0)
        return worker

    def test_plain_with_jks_as_the_guide_has_it(self):
        worker = self.check_both_directions("Plain", "SASL_SSL",
                                            {**login("PLAIN"), **trust("trust.jks")})
        self.assertIn("stock Connect wants them as consumer.security.protocol and "
                      "producer.security.protocol", worker.process.err)

    def test_scram_256_with_pkcs12_as_stock_connect_has_it(self):
        worker = self.check_both_directions(
            "Scram256", "SASL_SSL", {**login("SCRAM-SHA-256"), **trust("trust.p12")},
            ("", "consumer.", "producer."))
        self.assertNotIn("stock Connect wants", worker.process.err)

    def test_scram_512_with_legacy_pkcs12(self):
        self.check_both_directions("Scram512", "SASL_SSL",
                                   {**login("SCRAM-SHA-512"), **trust("trust-legacy.p12")})

    def test_oauthbearer_with_unsecured_tokens_as_kafkas_default_handler_makes_them(self):
        self.check_both_directions("OAuth", "SASL_SSL", {
            "security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER",
            "sasl.jaas.config": f'{OAUTH} required unsecuredLoginStringClaim_sub="alice";',
            **trust("trust.jks")})

    def tokens_of(self, provider, options=""):
        """As Java has it: whom to trust at the provider is said in the login module's line."""
        return {"security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER",
                "sasl.oauthbearer.token.endpoint.url": provider.url,
                "sasl.login.callback.handler.class":
                    "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
                "sasl.jaas.config": f'{OAUTH} required clientId="me" '
                                    f'clientSecret="{USER_PASSWORD}" scope="kafka" {options};',
                **trust("trust.jks")}

    def test_oauthbearer_with_tokens_of_a_provider(self):
        with TokenEndpoint() as provider:
            self.check_both_directions("Oidc", "SASL_SSL", self.tokens_of(provider))
            self.assertEqual(provider.asked, {("me", USER_PASSWORD, "kafka")})

    def test_oauthbearer_with_a_provider_whose_authority_is_private(self):
        with TokenEndpoint(https=True) as provider:
            trusting = " ".join(f'{name}="{value}"' for name, value in trust("trust.jks").items())
            self.check_both_directions("OidcTls", "SASL_SSL", self.tokens_of(provider, trusting))
            self.assertEqual(provider.asked, {("me", USER_PASSWORD, "kafka")})
            self.failing_sink(self.tokens_of(provider),
                              "No access token comes from the OAuth provider: No TLS connection")

    def test_mutual_tls_with_jks_and_the_guides_five_properties(self):
        self.check_both_directions("Mutual", "SSL",
                                   {**trust("trust.jks"), **identity("client.jks", KEY_PASSWORD)})

    def test_mutual_tls_with_pkcs12_of_both_ages(self):
        self.check_both_directions(
            "MutualLegacy", "SSL",
            {"security.protocol": "SSL", **trust("trust-legacy.p12"),
             **identity("client-legacy.p12", STORE_PASSWORD)})

    def rest_status(self, url, certificate=False, user=None):
        """The HTTP status of GET /, 0 where TLS fails; and the body."""
        context = ssl.create_default_context(cafile=stores.path("root.pem"))
        if certificate:
            context.load_cert_chain(stores.path("client.chain"), stores.path("client.key"))
        request = urllib.request.Request(url)
        if user:
            request.add_header("Authorization", "Basic " + base64.b64encode(user.encode()).decode())
        try:
            with urllib.request.urlopen(request, timeout=30, context=context) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except (urllib.error.URLError, OSError):
            return 0, ""

    def let_in(self, users):
        """From now on processes begin with a JAAS file that lets these in: lines of user=password."""
        file = self.write_file("users", users)
        jaas = self.write_file(
            "jaas.conf", "KafkaConnect { org.apache.kafka.connect.rest.basic.auth.extension."
                         f'PropertyFileLoginModule required file="{file}"; }};')
        os.environ["KAFKA_OPTS"] = f"-Djava.security.auth.login.config={jaas}"
        self.addCleanup(os.environ.pop, "KAFKA_OPTS", None)

    def rest_properties(self, port=0, store="broker.p12"):
        """A worker whose REST API asks for certificates, names and passwords."""
        own = {**identity(store, STORE_PASSWORD), **trust("trust.jks"), "ssl.client.auth": "required"}
        return {
            **self.worker_properties(), "listeners": f"https://127.0.0.1:{port}",
            "rest.extension.classes": "org.apache.kafka.connect.rest.basic.auth.extension."
                                      "BasicAuthSecurityRestExtension",
            **{f"listeners.https.{name}": value for name, value in own.items()}}

    def test_rest_over_https_with_certificates_and_users(self):
        self.let_in("alice=wonder\n")
        process = self.launch_worker(self.rest_properties())
        url = process.wait_ready()
        self.assertTrue(url.startswith("https://"))
        self.assertEqual(self.rest_status(url, certificate=False, user="alice:wonder")[0], 0)
        for user in (None, "alice:wrong", "bob:wonder"):
            self.assertEqual(self.rest_status(url, certificate=True, user=user),
                             (401, "User cannot access the resource."))
        status, body = self.rest_status(url, certificate=True, user="alice:wonder")
        self.assertEqual(status, 200)
        self.assertIn("version", json.loads(body))
        self.assertEqual(process.terminate(), 0)

    def offsets(self, action, worker, connector):
        """Exit status and output of the command `offsets` with the worker's properties."""
        done = subprocess.run([harness.Options.binary, "offsets", action,
                               self.write_properties("asking.properties", worker),
                               self.folder / f"{connector}.properties"],
                              capture_output=True, text=True, timeout=60, check=False)
        output = done.stdout + done.stderr
        for secret in (STORE_PASSWORD, USER_PASSWORD, "wonder", "wrong-secret"):
            self.assertNotIn(secret, output)
        return done.returncode, output

    def test_offsets_asks_a_worker_over_https_with_its_certificate_and_a_user(self):
        self.let_in("alice=wonder\n")
        port = product.free_port()
        mine = self.rest_properties(port)
        database = self.start_server()
        process = self.launch_worker(mine, self.sink_properties("there", database, "Asked"))
        url = process.wait_ready()
        self.write_properties("elsewhere.properties",
                              self.sink_properties("elsewhere", database, "Asked"))
        runs = f"A worker answers at {url}"

        # It has the one, which is not changed, and says that it has not the other.
        status, output = self.offsets("reset", mine, "there")
        self.assertEqual(status, 1)
        self.assertIn(f"{runs} and may run there. Nothing was changed", output)
        self.assertEqual(self.offsets("show", mine, "elsewhere"),
                         (0, "elsewhere: 0 offset(s) in consumer group connect-elsewhere\n"))

        # One that does not let us ask may have any.
        def refused(worker):
            status, output = self.offsets("reset", worker, "elsewhere")
            self.assertEqual(status, 1)
            self.assertIn(f"{runs} and may run elsewhere. Nothing was changed", output)

        self.let_in("alice=wrong-secret\n")
        refused(mine)
        self.let_in("alice=wonder\n")
        refused(self.rest_properties(port, "stranger.p12"))
        without = {name: value for name, value in mine.items() if "client.auth" not in name}
        refused(without)

        self.assertEqual(process.terminate(), 0)
        self.assertEqual(self.offsets("reset", mine, "elsewhere")[0], 0)

    def failing_sink(self, security, expected, listener="SASL_SSL"):
        """A worker whose sink cannot reach Kafka says why, in status and log, and lives on."""
        database = self.start_server()
        worker = self.worker_over(listener, security, ("",),
                                  self.sink_properties("sink", database, "Failing"))
        seen = ("", "")

        def told():
            nonlocal seen
            seen = worker.task("sink")
            return expected in seen[1]

        self.wait_until(told, lambda: f"a trace with {expected}; the task is {seen}")
        self.assertIn(expected, worker.process.err)
        self.assertNotIn("wrong-secret", worker.process.err + json.dumps(worker.status("sink")))
        self.assertEqual(worker.process.terminate(), 0)

    def test_a_wrong_password_of_the_user_is_told(self):
        for mechanism in ("PLAIN", "SCRAM-SHA-512"):
            with self.subTest(mechanism):
                self.failing_sink({**login(mechanism, "wrong-secret"), **trust("trust.jks")},
                                  "did not accept the login")

    def test_an_authority_that_is_not_trusted_is_told(self):
        self.failing_sink({**login("PLAIN"), **trust("stranger.jks")}, "certificate verify failed")

    def test_a_certificate_that_is_missing_is_told(self):
        self.failing_sink({"security.protocol": "SSL", **trust("trust.jks")}, "certificate",
                          listener="SSL")

    def test_stores_that_cannot_be_read_are_faults_before_anything_starts(self):
        wrong = {**login("PLAIN"), **trust("trust.jks"),
                 "ssl.truststore.password": "wrong-secret"}
        process = self.launch_worker(
            {**self.worker_properties(), **wrong},
            self.sink_properties("sink", "http://127.0.0.1:1", "Unread"))
        self.assertEqual(process.wait(), 1)
        self.assertIn("ssl.truststore.password", process.err)
        self.assertIn("trust.jks", process.err)
        self.assertNotIn("wrong-secret", process.err)


if __name__ == "__main__":
    os.environ.pop("KAFKA_OPTS", None)
    product.main(programs=("kcat", "java", "keytool", "openssl"))
