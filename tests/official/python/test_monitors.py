"""GPUdbTableMonitor hears of inserted, updated and deleted rows, of a changed and a dropped table."""

import os
import threading

from python_client import IS_7_1, AllTypes, PythonTest, official, release

import gpudb

Monitor = gpudb.GPUdbTableMonitor
Event = Monitor.Callback.Type
ATTEMPTS = 10
ATTEMPT_SECONDS = 3


class Heard(list):
    """What a callback was given, in order."""

    def __init__(self):
        super().__init__()
        self.changed = threading.Lock()

    def add(self, what):
        with self.changed:
            self.append(what)


class MonitorsTest(PythonTest):
    """A server, and monitors of its tables that keep what they hear."""

    def setUp(self):
        super().setUp()
        # The client of 7.1 insists on port 9002: at an address of this process alone, it is free.
        process = os.getpid()
        host = f"127.71.{process >> 8 & 255}.{process & 255}"
        self.server = self.start_server("--ranks", "3", host=host,
                                        monitor_port=9002 if IS_7_1 else 0)
        self.db = self.connect(self.server)
        properties = self.db.show_system_properties()["property_map"]
        self.options = {"monitor_port": int(properties["conf.set_monitor_port"])}
        if IS_7_1:
            self.options = {}
        self.heard = {event: Heard() for event in (
            Event.INSERT_RAW, Event.INSERT_DECODED, Event.UPDATED, Event.DELETED,
            Event.TABLE_ALTERED, Event.TABLE_DROPPED)}

    def watch(self, table, seconds_until_check=1):
        """A monitor of everything, whose subscriptions have reached the server. When nothing has come
        for that long, it asks whether its table is still there."""
        options = Monitor.Options({"inactivity_timeout": seconds_until_check / 60, **self.options})
        callbacks = []
        for event, heard in self.heard.items():
            decoded = (Monitor.Callback.InsertDecodedOptions(
                Monitor.Callback.InsertDecodedOptions.DecodeFailureMode.ABORT)
                if event == Event.INSERT_DECODED else None)
            callbacks.append(Monitor.Callback(event, heard.add, heard.add, decoded))
        client = self.make_client(table, callbacks, options)
        client.logging_level = "CRITICAL"
        client.start_monitor()
        self.addCleanup(self.stop, client)
        self.wait_until(lambda: [monitor["subscribers"] for monitor in self.monitors()] == [1] * 3,
                        "three subscriptions")
        return client

    def make_client(self, table, callbacks, options):
        """The client connects, then asks to be told of its connection, and waits for ever when that
        was quicker; then another is made."""
        made = []

        def make():
            made.append(Monitor.Client(self.db, table, callbacks, options=options))

        for _ in range(ATTEMPTS):
            thread = threading.Thread(target=make, daemon=True)
            thread.start()
            thread.join(ATTEMPT_SECONDS)
            if made:
                return made[0]
        raise AssertionError(f"no monitor after {ATTEMPTS} attempts")

    def stop(self, client):
        if IS_7_1:
            # Its stop() closes a socket that another thread polls, and libzmq aborts; its threads
            # leave by themselves, as those of 7.2, when they see this.
            for task in client.task_list:
                task.kill = True
        elif client.task_list:
            client.stop_monitor()
        for task in client.task_list:
            task.join()
        client.task_list = []

    def monitors(self):
        return self.get(self.server.url + "/debug/monitors")

    def wait_heard(self, event, count):
        return self.wait_until(lambda: len(self.heard[event]) >= count and self.heard[event],
                               lambda: f"{count} of {event}, heard {self.heard}")


class Monitors(MonitorsTest):
    def test_rows_are_heard_of_when_inserted_updated_and_deleted(self):
        all_types = AllTypes(release())
        table = gpudb.GPUdbTable(all_types.columns, "watched", db=self.db)
        client = self.watch("watched")
        table.insert_records(all_types.rows)
        self.assertEqual(list(self.wait_heard(Event.INSERT_DECODED, 3)), all_types.dicts())
        self.assertEqual(len(self.wait_heard(Event.INSERT_RAW, 3)), 3)
        self.ok(table.update_records(["id < 3"], [{"i": "5"}]))
        self.assertEqual(list(self.wait_heard(Event.UPDATED, 1)), [2])
        self.ok(table.delete_records(["id = 1", "id > 1"]))
        self.wait_until(lambda: sum(self.heard[Event.DELETED]) == 3, "3 deleted rows")
        self.stop(client)
        self.wait_until(lambda: self.monitors() == [], "the monitors to be gone")

    def test_an_upsert_is_heard_of(self):
        table = gpudb.GPUdbTable([["id", "long", "primary_key"], ["s", "string"]], "watched",
                                 db=self.db, use_multihead_io=True,
                                 flush_multi_head_ingest_per_insertion=True)
        self.watch("watched")
        table.insert_records([[1, "a"], [2, "b"]])
        self.wait_heard(Event.INSERT_DECODED, 2)
        table.insert_records([[2, "B"]], options={"update_on_existing_pk": "true"})
        self.wait_heard(Event.UPDATED, 1)
        self.assertEqual(sum(self.heard[Event.UPDATED]), 1)

    def test_a_table_that_is_dropped_is_noticed(self):
        gpudb.GPUdbTable([["id", "long"]], "watched", db=self.db)
        self.watch("watched")
        self.ok(self.db.clear_table("watched"))
        self.wait_heard(Event.TABLE_DROPPED, 1)

    def test_a_monitor_by_hand_has_the_id_that_it_asks_for(self):
        gpudb.GPUdbTable([["id", "long"]], "watched", db=self.db)
        made = self.ok(self.db.create_table_monitor("watched", {"monitor_id": "mine"}))
        self.assertEqual(made["topic_id"], "mine")
        self.assertEqual([monitor["topic_id"] for monitor in self.monitors()], ["mine"])
        self.ok(self.db.clear_table_monitor("mine"))
        self.assertEqual(self.monitors(), [])


if __name__ == "__main__":
    official.main()
