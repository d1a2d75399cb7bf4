"""`dynamutex init`: the table that all else needs."""

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
        self.addCleanup(self.delete, "foreign")
        self.assert_one_line(self.init("foreign"), 78, "foreign", "key")
