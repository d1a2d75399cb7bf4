"""`dynamutex init`: the table that all else needs."""

import json
import os

from .harness import CommandTest


class TableTest(CommandTest):
    def init(self, table, *flags):
        done = self.dynamutex("--table", table, "init", *flags)
        self.addCleanup(self.delete, table)
        return done

    def delete(self, table):
        if table in self.dynamodb.list_tables()["TableNames"]:
            self.dynamodb.delete_table(TableName=table)

    def test_it_creates_a_table_that_locks(self):
        self.assert_code(0, self.init("fresh"))
        table = self.dynamodb.describe_table(TableName="fresh")["Table"]
        self.assertEqual(("ACTIVE", [{"AttributeName": "key", "KeyType": "HASH"}]),
                         (table["TableStatus"], table["KeySchema"]))
        self.assertEqual("PAY_PER_REQUEST", table["BillingModeSummary"]["BillingMode"])
        self.assert_silent_success(self.dynamutex("--table", "fresh", "run", self.lock, "--", "true"))

    def test_it_turns_the_clean_up_of_old_records_on(self):
        if self.server_name == "dynalite":
            self.skipTest("dynalite has no UpdateTimeToLive")
        self.assert_code(0, self.init("fresh"))
        described = self.dynamodb.describe_time_to_live(TableName="fresh")["TimeToLiveDescription"]
        self.assertEqual(("ENABLED", "ttl"), (described["TimeToLiveStatus"], described["AttributeName"]))

    def test_it_says_so_where_the_table_is_there_already(self):
        self.init("fresh")
        again = self.dynamutex("--table", "fresh", "init")
        self.assert_code(0, again)
        self.assertIn("already", again.out + again.err)

    def test_it_refuses_a_table_with_another_key(self):
        self.create_table("foreign", key="id")
        # `init` here has it deleted afterwards; twice would meet a server that is still at it.
        self.assert_one_line(self.init("foreign"), 78, "foreign", "key")

    def test_a_table_with_a_sort_key_holds_one_lock_for_each_of_its_values(self):
        keys = ("--table", "sorted", "--key-name", "id", "--sort-key-name", "kind")
        self.assert_code(0, self.dynamutex(*keys, "init"))
        self.addCleanup(self.delete, "sorted")
        schema = self.dynamodb.describe_table(TableName="sorted")["Table"]["KeySchema"]
        self.assertEqual([{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "kind", "KeyType": "RANGE"}], schema)

        def nested(sort_key, *command):
            return ("run", self.lock, "-n", "--sort-key", sort_key, "--", *command)

        # Under the lock of one sort key that of another is free, and its own is not.
        inner = (os.environ["DYNAMUTEX_COMMAND"], *keys)
        self.assert_silent_success(self.dynamutex(*keys, *nested("a", *inner, *nested("b", "true"))))
        self.assert_one_line(self.dynamutex(*keys, *nested("a", *inner, *nested("a", "true"))), 75, self.lock)

        shown = self.dynamutex(*keys, *nested("a", *inner, "--json", "show", self.lock, "--sort-key", "a"))
        self.assert_code(0, shown)
        self.assertEqual(self.lock, json.loads(shown.out)["name"])
        broken = self.dynamutex(*keys, "-v", *nested("a", *inner, "break", self.lock, "--sort-key", "a", "--yes"))
        self.assertIn(broken.code, (0, 76))
        self.assertNotIn("Item", self.dynamodb.get_item(TableName="sorted", Key={"id": {"S": self.lock}, "kind": {"S": "a"}}))

    def test_a_sort_key_is_asked_for_where_the_table_has_one(self):
        keys = ("--table", "sorted", "--sort-key-name", "kind")
        self.assert_code(0, self.dynamutex(*keys, "init"))
        self.addCleanup(self.delete, "sorted")
        self.assert_one_line(self.dynamutex(*keys, "run", self.lock, "--", "true"), 64, "--sort-key")
