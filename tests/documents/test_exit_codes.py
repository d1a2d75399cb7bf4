"""docs/exit-codes.md says what src/cli/exit_codes.hpp says."""

import re
import unittest

from .program import ROOT


class ExitCodesTest(unittest.TestCase):
    def test_the_table_has_each_code_of_the_program_and_no_other(self):
        source = (ROOT / "src" / "cli" / "exit_codes.hpp").read_text()
        in_program = {name: int(code) for name, code in re.findall(r"constexpr int (\w+) = (\d+);", source)}
        self.assertGreater(len(in_program), 8)
        page = (ROOT / "docs" / "exit-codes.md").read_text()
        rows = re.findall(r"^\| (\d+)(\+N)? \| `(\w+)` \| (.+) \|$", page, re.MULTILINE)
        self.assertEqual(in_program, {name: int(code) for code, _, name, _ in rows})
        self.assertEqual(["signalled_base"], [name for _, plus, name, _ in rows if plus])
        codes = [int(code) for code, *_ in rows]
        self.assertEqual(sorted(codes), codes)
