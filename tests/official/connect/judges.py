"""Programs that answer the same lines: ConvertJudge.java with Kafka's classes, convert_judge with
ours."""

import json
import subprocess
import threading


class Judge:
    """A process that answers each line of JSON with one."""

    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, requests):
        """The answers to `requests`, in their order."""

        def write():
            for request in requests:
                self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()

        writer = threading.Thread(target=write)
        writer.start()
        answers = []
        for request in requests:
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(
                    f"{self.name} ended with {self.process.wait(10)} upon {json.dumps(request)}"
                )
            answers.append(json.loads(line))
        writer.join()
        return answers

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        finally:
            self.process.kill()
