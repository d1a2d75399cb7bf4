"""Links between the documents lead somewhere."""

import re
import unittest

from .program import ROOT


def anchors(page):
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


class LinksTest(unittest.TestCase):
    def test_each_link_to_a_file_or_a_heading_leads_there(self):
        pages = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
        seen = 0
        for page in pages:
            text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
            for target in re.findall(r"\]\(([^)]+)\)", text):
                if re.match(r"[a-z]+:", target):
                    continue
                seen += 1
                file, _, heading = target.partition("#")
                found = page.parent / file if file else page
                self.assertTrue(found.exists(), f"{page.name}: {target}")
                if heading:
                    self.assertIn(heading, anchors(found), f"{page.name}: {target}")
        self.assertGreater(seen, 10)
