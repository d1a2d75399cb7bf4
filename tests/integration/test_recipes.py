"""docs/recipes.md and the README, done as they stand."""

import json
import os
import pathlib
import re
import shutil
import sqlite3

from .harness import CommandTest

_ROOT = pathlib.Path(__file__).resolve().parents[2]


def blocks(page):
    """(language and marks, text) of each fenced block, in order."""
    return re.findall(r"^```([^\n]*)\n(.*?)^```$", (_ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def block(page, marks):
    (text,) = [text for each, text in blocks(page) if each == marks]
    return text


class RecipesTest(CommandTest):
    def clear(self):
        for item in self.dynamodb.scan(TableName=self.TABLE)["Items"]:
            self.dynamodb.delete_item(TableName=self.TABLE, Key={"key": item["key"]})

    def run_block(self, text):
        programs = self.folder / "programs"
        programs.mkdir(exist_ok=True)
        link = programs / "dynamutex"
        if not link.exists():
            link.symlink_to(self.command)
        environment = self.environment(PATH=f"{programs}:{os.environ['PATH']}")
        return self.processes.start(["bash", "--norc", "-e", "-o", "pipefail", "-c", text], environment).wait(90)

    def test_each_block_that_is_marked_does_what_the_page_says(self):
        self.assertIsNotNone(shutil.which("jq"), "there is no jq; install it with: apt-get install jq")
        page = blocks("docs/recipes.md")
        runnable = [number for number, (marks, _) in enumerate(page) if marks == "sh run"]
        self.assertGreaterEqual(len(runnable), 6)
        for number in runnable:
            marks, expected = page[number + 1]
            self.assertEqual("output", marks, f"what does this print?\n{page[number][1]}")
            with self.subTest(page[number][1].splitlines()[0]):
                self.clear()
                done = self.run_block(page[number][1])
                self.assertEqual((0, expected), (done.code, done.out), str(done))

    def test_the_policy_is_enough_and_no_more(self):
        (statement,) = json.loads(block("docs/recipes.md", "json policy"))["Statement"]
        allowed = {action.removeprefix("dynamodb:") for action in statement["Action"]}
        others = ["Scan", "Query", "CreateTable", "UpdateTimeToLive", "DeleteTable", "BatchWriteItem", "TransactWriteItems"]
        self.assertFalse(allowed & set(others))
        # Its own table must be there before: doctor warns of nothing but Scan then.
        self.assert_code(0, self.dynamutex("--table", "policed", "init"))
        with self.proxy.rule(action="error", match={"operation": others}, status=400, code="AccessDeniedException", message="no"):
            for arguments in (["run", "x", "--", "true"], ["run", "y", "--fence", "--", "true"], ["show", "x"], ["break", "x", "-y"]):
                self.assert_code(0, self.dynamutex("--table", "policed", *arguments))
            report = json.loads(self.dynamutex("--table", "policed", "--json", "doctor").out)
            self.assertTrue(report["ok"])
            asking = {check["check"] for check in report["checks"] if check["status"] != "ok"} - {"identity", "ttl"}
            self.assertEqual({"Scan"}, asking)
        # And each of them is needed.
        for action in sorted(allowed):
            with self.subTest(action), self.proxy.rule(action="error", match={"operation": action}, status=400,
                                                       code="AccessDeniedException", message="no"):
                report = json.loads(self.dynamutex("--table", "policed", "--json", "doctor").out)
                denied = [check for check in report["checks"] if f"{action}: AccessDenied" in check["message"]
                          or (check["check"] == action and check["status"] in ("warning", "failure"))]
                self.assertTrue(denied, report)

    def test_the_cloudformation_table_is_the_one_that_init_makes(self):
        import yaml  # Debian's python3-yaml
        (table,) = yaml.safe_load(block("docs/recipes.md", "yaml"))["Resources"].values()
        properties = {**table["Properties"], "TableName": "by-template"}
        ttl = properties.pop("TimeToLiveSpecification")
        self.dynamodb.create_table(**properties)
        if self.server_name != "dynalite":
            self.dynamodb.update_time_to_live(TableName="by-template", TimeToLiveSpecification=ttl)
        self.assert_code(0, self.dynamutex("--table", "by-init", "init"))
        seen = []
        for name in ("by-template", "by-init"):
            done = self.dynamutex("--table", name, "--json", "doctor")
            self.assert_code(0, done)
            seen.append([(check["check"], check["status"]) for check in json.loads(done.out)["checks"]])
        self.assertEqual(seen[1], seen[0])

    def test_the_terraform_table_has_the_same_names(self):
        text = block("docs/recipes.md", "hcl")
        for words in (r'hash_key\s*=\s*"key"', r'attribute_name\s*=\s*"ttl"', r'billing_mode\s*=\s*"PAY_PER_REQUEST"', r'type\s*=\s*"S"'):
            self.assertRegex(text, words)

    def test_the_fenced_row_refuses_a_holder_of_old(self):
        create, update = (part.strip() for part in block("docs/recipes.md", "sql").split(";")[:2])
        with sqlite3.connect(":memory:") as database:
            database.execute(create)
            database.execute("INSERT INTO account (id, balance) VALUES ('a', 0)")

            def write(token, balance):
                return database.execute(update, {"id": "a", "token": token, "balance": balance}).rowcount
            self.assertEqual((1, 1, 0, 1), (write(5, 50), write(7, 70), write(6, 60), write(7, 71)))
            self.assertEqual([(71, 7)], database.execute("SELECT balance, fencing_token FROM account").fetchall())
        database.close()
