#!/usr/bin/env python3
"""Commands of reports against a stack that holds the sample: what is printed as CSV is what is answered as JSON, groups
add up to the total, rates add a sum in one currency, and what cannot be is refused with the flag's name.

    report_commands.py FOLDER     writes its files there; crmctl is in the path
"""

import csv
import io
import json
import pathlib
import re
import subprocess
import sys
import unittest

FOLDER = pathlib.Path(sys.argv.pop(1))
ALL_TIME = ("--from", "2000-01-01", "--until", "2100-01-01")


def run(*words):
    done = subprocess.run(["crmctl", *words], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def said(*words):
    code, out, error = run(*words)
    assert code == 0, f"{words}: {error}"
    return out


def answer(*words):
    return json.loads(said(*words, *ALL_TIME, "--output", "json"))


def table(*words):
    return list(csv.DictReader(io.StringIO(said(*words, *ALL_TIME, "--output", "csv"))))


def count(message, field):
    return int(message.get(field, 0))


class LeadReports(unittest.TestCase):
    def added(self, report, field, *flags):
        found = answer("lead", "report", report, *flags)
        total = count(found["total"], field)
        self.assertEqual(total, sum(count(row, field) for row in found["rows"]), report)
        self.assertGreater(total, 0, report)
        return total

    def test_a_funnel_has_a_row_for_each_step_of_each_source(self):
        created = self.added("funnel", "created", "--by", "source")
        rows = table("lead", "report", "funnel", "--by", "source")
        self.assertEqual(["SOURCE", "STEP", "ENTERED", "REACHED", "PREVIOUS", "CREATED", "MEDIAN", "P90"],
                         list(rows[0]))
        steps = [row["STEP"] for row in rows if row["SOURCE"] == "total"]
        self.assertEqual(["created", "first_response", "working", "qualified", "converted", "won",
                          "(disqualified)", "(lost)", "(could still)"], steps)
        self.assertEqual(created, int(next(row["REACHED"] for row in rows
                                           if row["SOURCE"] == "total" and row["STEP"] == "created")))
        self.assertEqual(0, len(rows) % len(steps))

    def test_responses_tell_shares_by_owner_and_week(self):
        leads = self.added("response", "leads", "--by", "owner", "--by", "week")
        rows = table("lead", "report", "response", "--by", "owner", "--by", "week")
        self.assertEqual(["OWNER", "WEEK", "LEADS", "RESPONDED", "WAITING", "MEDIAN MIN", "P90 MIN", "5 MIN", "1 H", "1 D"],
                         list(rows[0]))
        self.assertEqual(str(leads), rows[-1]["LEADS"])
        self.assertRegex(rows[0]["WEEK"], r"^\d{4}-W\d\d$")

    def test_qualification_tells_decisions_and_criteria(self):
        qualified = self.added("qualification", "qualified", "--by", "month")
        rows = table("lead", "report", "qualification")
        self.assertEqual(str(qualified), next(row["COUNT"] for row in rows if row[""] == "qualified"))

    def test_conversion_tells_shares_within_days(self):
        self.added("conversion", "converted", "--by", "attribute:campaign")
        rows = table("lead", "report", "conversion", "--by", "quarter")
        self.assertEqual(["QUARTER", "CREATED", "CONVERTED", "WON", "MEDIAN DAYS", "7 D", "WON 7 D", "30 D", "WON 30 D",
                          "90 D", "WON 90 D"], list(rows[0]))

    def test_what_cannot_be_is_refused_by_its_flag(self):
        code, _, error = run("lead", "report", "funnel", "--by", "moon", "--state", "DREAMING", "--clock", "sundial")
        self.assertNotEqual(0, code)
        for flag in ("--by", "--state", "--clock"):
            self.assertIn(flag, error)


class SalesReports(unittest.TestCase):
    def test_rates_add_a_sum_in_one_currency(self):
        rates = FOLDER / "rates.yaml"
        rates.write_text("currency_code: CHF\nrates:\n  - {currency_code: USD, month: \"2000-01\", rate: \"2\"}\n"
                         "  - {currency_code: EUR, month: \"2000-01\", rate: \"2\"}\n")
        cells = [cell for row in table("win-rate", "--by", "currency", "--rates", str(rates)) for cell in row.values()]
        amount, converted = next(cell for cell in cells if re.fullmatch(r"[\d.]+ [A-Z]{3} = .+", cell)).split(" = ")
        self.assertTrue(converted.endswith(" CHF"))
        self.assertEqual(2 * float(amount.split()[0]), float(converted.split()[0]))
        code, _, error = run("win-rate", "--rates", str(FOLDER / "none.yaml"))
        self.assertNotEqual(0, code)
        self.assertIn("--rates", error)

    def test_every_grouping_adds_up(self):
        for by in ("stage", "owner", "pipeline", "currency", "month", "quarter", "year", "loss_reason", "lead_source",
                   "attribute:region"):
            found = answer("win-rate", "--by", by)
            for field in ("won", "lost"):
                with self.subTest(by, field=field):
                    self.assertEqual(count(found["total"], field), sum(count(row, field) for row in found["rows"]))
            self.assertEqual(by.removeprefix("attribute:").upper(), list(table("win-rate", "--by", by)[0])[0])


if __name__ == "__main__":
    unittest.main()
