"""A Kerberos realm for a test file: MIT's KDC, its users and their keytabs."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import harness
from product import free_port

# Where Debian has the daemons, for users whose PATH lacks it.
SBIN = "/usr/sbin"
START_TRIES = 5

# Names are taken as they are: no DNS decides what is asked for.
KRB5_CONF = """\
[libdefaults]
  default_realm = {realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  {realm} = {{
    kdc = 127.0.0.1:{port}
  }}
"""

KDC_CONF = """\
[kdcdefaults]
  kdc_listen = ""
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {realm} = {{
    database_name = {folder}/principal
    key_stash_file = {folder}/stash
    acl_file = {folder}/acl
    max_life = 1h
  }}
[logging]
  kdc = FILE:{folder}/kdc.log
"""


class Realm:
    """A KDC that runs until `remove`. `environment` is what its clients need, Java's apart."""

    def __init__(self, name="TEST.REALM"):
        self.name = name
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kinetica-connect-kerberos-"))
        self.krb5_conf = self.folder / "krb5.conf"
        self.ticket_cache = self.folder / "tickets"
        self.environment = {"KRB5_CONFIG": str(self.krb5_conf),
                            "KRB5_KDC_PROFILE": str(self.folder / "kdc.conf"),
                            "KRB5CCNAME": f"FILE:{self.ticket_cache}"}
        self.process = None
        try:
            self.configure()
            self.run("kdb5_util", "create", "-s", "-P", "master")
            self.start()
        except BaseException:
            self.remove()
            raise

    def configure(self):
        self.port = free_port()
        values = {"realm": self.name, "port": self.port, "folder": self.folder}
        self.krb5_conf.write_text(KRB5_CONF.format(**values))
        (self.folder / "kdc.conf").write_text(KDC_CONF.format(**values))

    def start(self):
        """The port was free a moment ago; where another has taken it, with the next one."""
        for _ in range(START_TRIES):
            self.process = subprocess.Popen(
                [self.program("krb5kdc"), "-n"], env=harness.environment(**self.environment),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                preexec_fn=harness.die_with_parent)
            if harness.wait_until(self.started_or_ended, "the KDC to start") == "started":
                return
            self.configure()
        raise AssertionError(f"the KDC did not start: {self.log()}")

    def started_or_ended(self):
        if self.process.poll() is not None:
            return "ended"
        return "started" if "commencing operation" in self.log() else None

    def log(self):
        path = self.folder / "kdc.log"
        return path.read_text() if path.exists() else ""

    def add(self, principal, keytab):
        """Makes the principal with a random key, and a keytab with it; the keytab's path."""
        path = self.folder / keytab
        self.run("kadmin.local", "-q", f"addprinc -randkey {principal}")
        self.run("kadmin.local", "-q", f"ktadd -k {path} {principal}")
        return path

    def change_key(self, principal):
        """Keytabs made before are wrong from now on."""
        self.run("kadmin.local", "-q", f"change_password -randkey {principal}")

    def run(self, name, *arguments):
        done = subprocess.run([self.program(name), "-r", self.name, *arguments],
                              env=harness.environment(**self.environment), capture_output=True,
                              stdin=subprocess.DEVNULL, text=True, check=False, timeout=60)
        # kadmin.local tells by its text alone that a query failed.
        if done.returncode != 0 or f"{name}:" in done.stderr:
            raise AssertionError(f"{name} {arguments} failed: {done.stdout}{done.stderr}")

    @staticmethod
    def program(name):
        return shutil.which(name) or f"{SBIN}/{name}"

    def remove(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
