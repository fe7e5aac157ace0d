"""What the tests of the signals share: where things are, and how names of metrics are found in text."""

import json
import pathlib
import re
import shutil
import sys

SKIPPED = 77  # what ctest takes for "skipped"
RECORDED = re.compile(r"\b(?:job:[a-z0-9_]+:rate\d+[mhd]|consumer:[a-z0-9_]+:count)\b")
METRIC = re.compile(r"\b(?:crm|grpc_server|process)_[a-z0-9_]+\b")
SUFFIXES = ("_bucket", "_sum", "_count")


class Repository:
    """The files of the project under `root`."""

    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.observability = self.root / "deploy/observability"
        self.alerts = self.observability / "alerts.yaml"
        self.runbook = self.root / "docs/runbook.md"
        self.rule_tests = sorted((self.root / "tests/observability/rules").glob("*.yaml"))

    def rules(self):
        import yaml
        return [rule for group in yaml.safe_load(self.alerts.read_text())["groups"] for rule in group["rules"]]

    def alert_rules(self):
        return {rule["alert"]: rule for rule in self.rules() if "alert" in rule}

    def dashboards(self):
        return {path.stem: json.loads(path.read_text())
                for path in sorted((self.observability / "dashboards").glob("*.json"))}

    def runbook_sections(self):
        parts = re.split(r"^## (.+)$", self.runbook.read_text(), flags=re.M)
        return dict(zip(parts[1::2], parts[2::2]))

    def runbook_queries(self):
        """(section, query) for each line of a block of queries."""
        found = []
        for section, body in self.runbook_sections().items():
            for block in re.findall(r"```promql\n(.*?)```", body, re.S):
                found += [(section, line.strip()) for line in block.splitlines() if line.strip()]
        return found


    def runbook_commands(self, *programs):
        """(section, command) for each line of a block that begins with "$" and one of the programs."""
        found = []
        for section, body in self.runbook_sections().items():
            found += [(section, command) for command in re.findall(r"^ *\$ (.+)$", body, re.M)
                      if command.split()[0] in programs]
        return found


def panels(dashboard):
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def metrics_in(query):
    """Names of the services' metrics in a query, histograms without their suffixes."""
    text = RECORDED.sub("", re.sub(r'"[^"]*"', '""', query))
    return {base_name(name) for name in METRIC.findall(text)}


def base_name(name):
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return name[:-len(suffix)]
    return name


def need(*programs):
    """Ends the test as skipped, with the reason, where one of these is not installed."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        print(f"skipped: {', '.join(missing)} is not installed; ./deploy/local/packages/install brings it")
        sys.exit(SKIPPED)
