"""--help of every command that the reference has: it fits the terminal and names each option there.

    test_help.py PROGRAM REFERENCE_FOLDER
"""

import pathlib
import re
import subprocess
import sys
import unittest

COLUMNS = 100


class Help(unittest.TestCase):
    def test_every_command(self):
        page = (pathlib.Path(REFERENCE) / "commands.md").read_text()
        sections = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
        self.assertGreater(len(sections), 5)
        for section in sections:
            command = section.splitlines()[0]
            with self.subTest(command):
                done = subprocess.run([PROGRAM, *command.split(), "--help"], capture_output=True,
                                      text=True, timeout=30, check=True)
                self.assertIn(f"Usage: kinetica-connect {command}", done.stdout)
                for line in done.stdout.splitlines():
                    self.assertLessEqual(len(line), COLUMNS, line)
                for option in re.findall(r"^- (`.*`)", section, flags=re.MULTILINE):
                    for name in re.findall(r"`(-[^`]*)`,? ", option + " "):
                        self.assertIn(name, done.stdout)


if __name__ == "__main__":
    REFERENCE = sys.argv.pop(2)
    PROGRAM = sys.argv.pop(1)
    unittest.main()
