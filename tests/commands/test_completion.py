"""The completion scripts, run by the shells themselves: what each offers at a place in the line.

    test_completion.py PROGRAM
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = None

BASH = """
source /dev/stdin <<<"$SCRIPT"
COMP_WORDS=(kinetica-connect {words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_kinetica_connect
printf '%s\\n' "${{COMPREPLY[@]}}"
"""

# compadd, _files and _describe are zsh's own while it completes; here they print what they are given.
ZSH = """
compdef() {{ }}
compadd() {{ shift; print -l -- "$@" }}
_files() {{ print -l -- FILES }}
_describe() {{ print -l -- "${{(@P)2%%:*}}" }}
eval "$SCRIPT"
words=(kinetica-connect {words})
CURRENT=${{#words}}
_kinetica_connect
"""

FISH = """
echo $SCRIPT | source
complete -C {line}
"""


def run(arguments, script):
    result = subprocess.run(arguments, env={**os.environ, "SCRIPT": script}, capture_output=True, text=True, timeout=30)
    assert result.returncode == 0 and not result.stderr, result.stderr
    return result.stdout.split("\n")


class Completion(unittest.TestCase):
    """Each shell gives the words it offers for the last of `words`, which may be empty."""

    @classmethod
    def setUpClass(cls):
        cls.scripts = {
            shell: subprocess.run([PROGRAM, "completion", shell], check=True, capture_output=True, text=True).stdout
            for shell in ("bash", "zsh", "fish")
        }

    def offered(self, *words):
        quoted = " ".join(shlex.quote(word) for word in words)
        offers = {"bash": set(run(["bash", "-c", BASH.format(words=quoted)], self.scripts["bash"]))}
        if shutil.which("zsh"):
            lines = run(["zsh", "-f", "-c", ZSH.format(words=quoted)], self.scripts["zsh"])
            offers["zsh"] = {line for line in lines if line.startswith(words[-1]) or line == "FILES"}
        if shutil.which("fish"):
            line = " ".join(("kinetica-connect",) + words)
            lines = run(["fish", "--no-config", "-c", FISH.format(line=shlex.quote(line))], self.scripts["fish"])
            offers["fish"] = {line.split("\t")[0] for line in lines}
        return {shell: words - {""} for shell, words in offers.items()}

    def expect(self, words, expected):
        for shell, offers in self.offered(*words).items():
            self.assertEqual(offers, set(expected), f"{shell} at {words}")

    def test_commands(self):
        self.expect(["pum"], ["pump"])
        self.expect(["pump", "s"], ["string", "schema-test"])
        for shell, offers in self.offered("").items():
            self.assertLessEqual({"standalone", "server", "pump", "completion"}, offers, shell)

    def test_options_of_the_command_that_is_there(self):
        self.expect(["server", "--tls-c"], ["--tls-cert", "--tls-client-ca"])
        self.expect(["pump", "avro", "--schema"], ["--schema-registry"])
        self.expect(["pump", "string", "--schema"], [])

    def test_values(self):
        self.expect(["server", "--kinetica-version", "7."], ["7.0", "7.1", "7.2"])
        self.expect(["completion", "f"], ["fish"])

    def test_a_value_is_not_taken_for_a_command(self):
        self.expect(["pump", "json", "--topic", "string", "--schema"], ["--schema-registry"])

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "worker.properties")
            open(path, "w").close()
            start = os.path.join(folder, "wor")
            for words in (["standalone", start], ["datapump", "-c", start]):
                for shell, offers in self.offered(*words).items():
                    self.assertEqual(offers, {"FILES"} if shell == "zsh" else {path}, f"{shell} at {words}")

    def test_a_value_that_nobody_knows_offers_nothing(self):
        self.expect(["server", "--listen", "1"], [])


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
