#!/usr/bin/env python3
"""Made-up exports of seven products, each brought into real servers by the mapping that ships for it: what is there
afterwards is what the files say, `check` has said it before, and a drafted mapping needs three edits at most."""

import collections
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from evidence import EvidenceCases

SOURCE = pathlib.Path(os.environ["CRM_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE / "tests"))
from support import leaks  # noqa: E402

BUILD = pathlib.Path(os.environ["CRM_BINARY_DIR"])
MAPPINGS = SOURCE / "clients/crmctl/mappings"
HERE = pathlib.Path(__file__).parent
PRODUCTS = ("hubspot", "salesforce", "pipedrive", "zoho", "dynamics", "odoo", "spreadsheet")
ROWS_FAILED = 4


def without_comments(text):
    return re.sub(r"(?m)^\s*//.*$|  // .*$", "", text)


def edits(before, after, at=""):
    """The places where a mapping differs from another; a field's whole source is one."""
    if before == after:
        return []
    deep = re.fullmatch(r"|/files|/files/\d+|/files/\d+/(fields|stages|rows)", at)
    if deep and isinstance(before, dict) and isinstance(after, dict):
        return [edit for key in sorted(before.keys() | after.keys())
                for edit in edits(before.get(key), after.get(key), f"{at}/{key}")]
    if deep and isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [edit for i, pair in enumerate(zip(before, after)) for edit in edits(*pair, f"{at}/{i}")]
    return [at]


def minor(money):
    return int(money.get("amountMinor", 0))


def days(time):
    return (datetime.date.fromisoformat(time[:10]) - datetime.date(1970, 1, 1)).days


class Exports(EvidenceCases, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="crm-exports-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.run_in(sys.executable, "-B", HERE / "make_exports.py", cls.folder)
        if os.environ.get("CRM_EXPORTS_DRAFT_ONLY"):
            return
        cls.addClassCleanup(cls.run_in, SOURCE / "deploy/local/down", "--dir", cls.folder / "stack", "--remove")
        cls.run_in(SOURCE / "deploy/local/up", "--dir", cls.folder / "stack", "--build-dir", BUILD)
        cls.addClassCleanup(leaks.find, cls.folder / "stack")

    @classmethod
    def run_in(cls, *words, codes=(0,)):
        done = subprocess.run([str(word) for word in words], cwd=cls.folder, capture_output=True, text=True, timeout=300)
        leaks.keep(done.stderr)
        if done.returncode not in codes:
            raise AssertionError(f"{words}: {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
        return done.stdout

    def crmctl(self, product, *words, codes=(0,)):
        return self.run_in(BUILD / "bin/crmctl", "--stack", self.folder / "stack", "--tenant", product, *words, codes=codes)

    def import_json(self, product, *words):
        return json.loads(self.crmctl(
            product, "-o", "json", "import", *words, "--mapping", MAPPINGS / f"{product}.json", "--data",
            self.folder / product, *(() if words else ("--rejects", self.folder / f"{product}-rejects.csv")),
            codes=(0, ROWS_FAILED)))["files"]

    def listed(self, product, kind):
        return json.loads(self.crmctl(product, "-o", "json", kind, "list", "--all"))

    def counted(self, product):
        """The same as sums.py has, of what is there."""
        contacts, leads, deals = (self.listed(product, kind) for kind in ("contact", "lead", "opportunity"))
        counts = collections.defaultdict(collections.Counter)
        for lead in leads:
            counts["leads"][lead["state"].removeprefix("LEAD_STATE_")] += 1
        for deal in deals:
            kind = deal["stageType"].removeprefix("STAGE_TYPE_")
            counts["types"][kind] += 1
            counts["stages"][deal["stage"]] += 1
            counts["owners"][deal["owner"]] += 1
            counts["days"]["opened"] += days(deal["openTime"])
            if "closeTime" in deal:
                counts["days"]["closed"] += days(deal["closeTime"])
            if kind == "OPEN" and "expectedCloseDate" in deal:
                date = deal["expectedCloseDate"]
                counts["days"]["expected"] += days(f"{date['year']:04d}-{date['month']:02d}-{date['day']:02d}")
            if "amount" in deal:
                counts["amounts"][f"{kind} {deal['amount']['currencyCode']}"] += minor(deal["amount"])
            if kind == "OPEN" and product == "salesforce":
                counts["days"]["entered"] += days(deal["stageEnterTime"])
        if product == "salesforce":
            counts["sources"].update(deal["leadSource"].removeprefix("LEAD_SOURCE_") for deal in deals)
            counts["accounts"].update(account["owner"] for account in self.listed(product, "account")
                                      if "external_id" in account.get("attributes", {}))
        if product == "zoho":
            for each in (each for lead in leads for each in lead.get("currentAssessments", ())):
                counts["assessed"][" ".join(each[key].split("_", 1)[1] for key in ("criterion", "finding"))] += 1
        if product in ("hubspot", "salesforce", "pipedrive"):
            for lead in leads:
                counts["activities"]["all"] += lead.get("activityCount", 0)
                counts["activities"]["two_way"] += lead.get("twoWayContact", False)
                counts["activities"]["last"] += days(lead["lastActivityTime"]) if "lastActivityTime" in lead else 0
        organizations = [each for each in contacts if "organization" in each]
        return {key: dict(value) for key, value in counts.items()} | {
            "organizations": len(organizations), "persons": len(contacts) - len(organizations),
            "employed": sum(bool(each.get("employments")) for each in contacts),
            "parents": sum("parentOrganization" in each["organization"] for each in organizations)}

    def bring_in(self, product):
        checked = self.import_json(product, "check")
        ran = self.import_json(product)
        self.assertEqual(len(checked), len(ran))
        for said, came in zip(checked, ran):
            with self.subTest(file=said["file"], entity=said["entity"]):
                self.assertEqual(said["read"], came["read"])
                # Of customers without a sale there is no account of which something could be said.
                idle = came["unchanged"] if said["entity"] == "account" else 0
                self.assertEqual(said["importable"], came["created"] + idle, came["failures"][:3])
                for said_of, came_of in (("refused", "failures"), ("warned", "warnings")):
                    lines = sorted(line for group in said[said_of] for line in group["lines"])
                    self.assertEqual(lines, sorted(row["line"] for row in came[came_of]), came[came_of][:3])
                    reasons = {group["reason"] for group in said[said_of]}
                    self.assertLessEqual(reasons, {row["reason"] for row in came[came_of]})
                self.assertEqual(idle, came["left"] + came["updated"] + came["unchanged"] + came["deleted"])
        expected = json.loads(self.run_in(sys.executable, "-B", HERE / "sums.py", product, self.folder / product))
        refused = sum(expected.pop("refused").values())
        self.assertEqual(refused, sum(file["failed"] for file in ran))
        self.maxDiff = None
        counted = self.counted(product)
        self.assertEqual({key: value for key, value in expected.items() if value != {}}, counted)
        again = self.import_json(product)
        self.assertEqual([file["created"] + file["unchanged"] for file in ran], [file["unchanged"] for file in again])
        self.assertEqual(0, sum(file["created"] + file["updated"] for file in again))

    def draft(self, product):
        drafted = json.loads(without_comments(self.run_in(BUILD / "bin/crmctl", "import", "draft", self.folder / product)))
        working = json.loads(without_comments((MAPPINGS / f"{product}.json").read_text(encoding="utf-8")))
        made = edits(drafted, working)
        print(f"{product}: {len(made)} edits to the draft: {', '.join(made)}")
        self.assertLessEqual(len(made), 3, made)


for name in PRODUCTS:
    setattr(Exports, f"test_draft_{name}", lambda self, name=name: self.draft(name))
    if not os.environ.get("CRM_EXPORTS_DRAFT_ONLY"):
        setattr(Exports, f"test_import_{name}", lambda self, name=name: self.bring_in(name))


if __name__ == "__main__":
    unittest.main()
