"""Metrics: the docs name those that the sources make and no others; rules and dashboards ask for those that exist; none
is made that nobody looks at. The log lines of the runbook exist too."""

import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import support  # noqa: E402

REPOSITORY = support.Repository(sys.argv.pop(1))
MADE = re.compile(r'(?:Get(?:Counter|Gauge|Histogram|TransientGauge)|AddCallback(?:Counter|Gauge))\(\s*"([a-z0-9_]+)"')
# Made, and neither on a dashboard nor in a rule, since:
NOT_SHOWN = {
    "process_virtual_memory_bytes": "customary; says little beside resident memory",
}


def made():
    found = set()
    for folder in ("common", "services"):
        for path in sorted((REPOSITORY.root / folder).rglob("*.cc")):
            found |= set(MADE.findall(path.read_text()))
    return found


def documented():
    """Names in the first column of the table of metrics."""
    page = (REPOSITORY.root / "docs/operations.md").read_text()
    table = re.search(r"^\| metric \| tells \|\n(.*?)\n\n", page, re.M | re.S)[1]
    cells = [line.split("|")[1] for line in table.splitlines()[1:]]
    return {name for cell in cells for name in re.findall(r"`([a-z0-9_]+)(?:\{[^`]*\})?`", cell)}


def shown():
    texts = [rule["expr"] for rule in REPOSITORY.rules()]
    for dashboard in REPOSITORY.dashboards().values():
        texts += [target["expr"] for panel in support.panels(dashboard) for target in panel["targets"]]
    return set().union(*map(support.metrics_in, texts))


class Names(unittest.TestCase):
    def test_the_patterns_find_something(self):
        self.assertGreater(len(made()), 20)
        self.assertGreater(len(documented()), 20)

    def test_the_docs_name_every_metric_and_no_other(self):
        self.assertEqual(sorted(made()), sorted(documented()))

    def test_rules_and_dashboards_ask_for_metrics_that_exist(self):
        self.assertEqual(set(), shown() - made())

    def test_the_runbook_asks_for_metrics_that_exist(self):
        for section, query in REPOSITORY.runbook_queries():
            with self.subTest(section):
                self.assertEqual(set(), support.metrics_in(query) - made())

    def test_the_runbook_looks_for_log_lines_that_are_written(self):
        sources = "".join(path.read_text() for folder in ("common", "services")
                          for path in (REPOSITORY.root / folder).rglob("*.cc"))
        looked_for = 0
        for section, command in REPOSITORY.runbook_commands("LOGS"):
            for pattern in re.findall(r"grep (?:-E )?'([^\"]*?)'", command):
                for line in pattern.split("|"):
                    looked_for += 1
                    with self.subTest(section, line=line):
                        self.assertIn(line, sources)
        self.assertGreater(looked_for, 8)

    def test_every_metric_is_looked_at(self):
        self.assertEqual(set(NOT_SHOWN), made() - shown())


if __name__ == "__main__":
    unittest.main()
