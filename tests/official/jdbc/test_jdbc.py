"""Kinetica's JDBC driver against a server: the program JdbcJudge.java compares each value itself.

    test_jdbc.py PATH/TO/kinetica-connect [--server OPTION] [unittest arguments]
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import official  # noqa: E402
from official import harness  # noqa: E402

DRIVER = harness.ROOT / "build" / "official" / "jdbc" / "7.1.10.6" / "lib"
JUDGE = pathlib.Path(__file__).resolve().parent / "JdbcJudge.java"


class Jdbc(official.OfficialTest):
    def test_driver_as_its_users_use_it(self):
        server = self.start_server()
        command = ["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                   f"{DRIVER}/*", str(JUDGE), server.url]
        judge = harness.Process("judge", command, self.folder)
        self.processes.append(judge)
        self.assertEqual(judge.wait(150), 0)
        self.assertRegex(judge.out, r"passed \d+\n$")


official.main()
