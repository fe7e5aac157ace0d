"""The component monitoring holds the rules and dashboards of deploy/observability, all and unchanged."""

import json
import pathlib
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
OBSERVABILITY = ROOT / "deploy/observability"
COMPONENT = ROOT / "deploy/k8s/components/monitoring"


class MonitoringTest(unittest.TestCase):
    def test_rules_are_those_of_the_alerts(self):
        wrapped = yaml.safe_load((COMPONENT / "prometheus-rule.yaml").read_text())
        alerts = yaml.safe_load((OBSERVABILITY / "alerts.yaml").read_text())
        self.assertEqual(wrapped["spec"], alerts, "run deploy/k8s/components/monitoring/wrap-alerts")

    def test_every_dashboard_is_there(self):
        text = yaml.safe_load((OBSERVABILITY / "kustomization.yaml").read_text())
        named = {file for one in text["configMapGenerator"] for file in one["files"]}
        boards = {f"dashboards/{path.name}" for path in (OBSERVABILITY / "dashboards").glob("*.json")}
        self.assertEqual(named, boards)
        for board in boards:
            json.loads((OBSERVABILITY / board).read_text())


if __name__ == "__main__":
    unittest.main()
