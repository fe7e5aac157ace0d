"""Rules and alerts: promtool's cases pass, and every alert has its cases, its texts and its section in the runbook."""

import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import support  # noqa: E402

REPOSITORY = support.Repository(sys.argv.pop(1))
CASE = re.compile(r"(\w+) (fires|is silent): .+")
PARTS = ("Means", "Users see", "First look", "Remedy", "Wake")
CODES = {"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
         "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
         "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"}


def promtool(*words):
    run = subprocess.run(["promtool", *words], capture_output=True, text=True, timeout=300)
    return run.returncode, run.stdout + run.stderr


def cases():
    import yaml
    return [case for path in REPOSITORY.rule_tests for case in yaml.safe_load(path.read_text())["tests"]]


class Promtool(unittest.TestCase):
    def test_the_rules_are_valid(self):
        code, text = promtool("check", "rules", str(REPOSITORY.alerts))
        self.assertEqual(0, code, text)

    def test_the_example_configuration_is_valid(self):
        code, text = promtool("check", "config", "--syntax-only", str(REPOSITORY.observability / "prometheus.yml"))
        self.assertEqual(0, code, text)

    def test_every_case_passes(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = pool.map(lambda path: promtool("test", "rules", str(path)), REPOSITORY.rule_tests)
        for path, (code, text) in zip(REPOSITORY.rule_tests, results):
            with self.subTest(path.name):
                self.assertEqual(0, code, text)


class Texts(unittest.TestCase):
    """What people read when an alert fires: promtool prints it when it is told to expect no alert."""

    def firing(self, path):
        import yaml
        suite, alerts = yaml.safe_load(path.read_text()), {}
        for case in suite["tests"]:
            alert, fires = case["name"].split()[:2]
            if fires == "fires:" and alert not in alerts:
                test = {"alertname": alert, "eval_time": case.pop("promql_expr_test")[0]["eval_time"], "exp_alerts": []}
                alerts[alert] = {**case, "alert_rule_test": [test]}
        suite.update(rule_files=[str(REPOSITORY.alerts)], tests=list(alerts.values()))
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump(suite, file)
            file.flush()
            return list(alerts), promtool("test", "rules", file.name)[1]

    def test_they_are_filled_in(self):
        seen = []
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for alerts, text in pool.map(self.firing, REPOSITORY.rule_tests):
                seen += alerts
                for alert in alerts:
                    with self.subTest(alert):
                        filled = re.findall(rf'alertname="{alert}".*?Annotations:{{(.*?)}}', text, re.S)
                        self.assertTrue(filled, text)
                        self.assertNotRegex(filled[0], r"<error|<no value>|NaN|: :|= *,")
        self.assertEqual(set(REPOSITORY.alert_rules()), set(seen))


class Alerts(unittest.TestCase):
    rules = REPOSITORY.alert_rules()

    def each(self):
        for name, rule in self.rules.items():
            with self.subTest(name):
                yield name, rule

    def test_every_alert_fires_in_a_case_and_is_silent_in_another(self):
        seen = {(match[1], match[2]) for match in map(CASE.fullmatch, (case["name"] for case in cases())) if match}
        for name, _ in self.each():
            self.assertIn((name, "fires"), seen)
            self.assertIn((name, "is silent"), seen)

    def test_every_case_names_an_alert_and_asks_for_it(self):
        for case in cases():
            with self.subTest(case["name"]):
                match = CASE.fullmatch(case["name"])
                self.assertIsNotNone(match, "a name is: ALERT fires|is silent: WHEN")
                self.assertIn(match[1], self.rules)
                firing = [test for test in case["promql_expr_test"] if 'alertstate="firing"' in test["expr"]]
                self.assertEqual(1, len(firing))
                self.assertIn(f'alertname="{match[1]}"', firing[0]["expr"])
                self.assertEqual(match[2] == "fires", bool(firing[0].get("exp_samples")))

    def test_an_alert_that_waits_is_seen_waiting(self):
        waiting = {CASE.fullmatch(case["name"])[1] for case in cases()
                   if any('alertstate="pending"' in test["expr"] for test in case["promql_expr_test"])}
        self.assertEqual({name for name, rule in self.rules.items() if "for" in rule}, waiting)

    def test_every_alert_says_whom_it_wakes_and_what_it_is(self):
        for name, rule in self.each():
            self.assertRegex(name, r"^Crm[A-Z]\w+$")
            self.assertEqual({"severity"}, set(rule["labels"]))
            self.assertIn(rule["labels"]["severity"], ("page", "ticket"))
            self.assertEqual({"summary", "description", "runbook_url"}, set(rule["annotations"]))
            self.assertEqual(f"docs/runbook.md#{name.lower()}", rule["annotations"]["runbook_url"])

    def test_names_of_rules_are_unique(self):
        names = [rule.get("alert") or rule["record"] for rule in REPOSITORY.rules()]
        self.assertEqual(sorted(set(names)), sorted(names))

    def test_every_recorded_rule_that_is_used_exists(self):
        recorded = {rule["record"] for rule in REPOSITORY.rules() if "record" in rule}
        texts = [rule["expr"] for rule in REPOSITORY.rules()]
        texts += [str(dashboard) for dashboard in REPOSITORY.dashboards().values()]
        used = {name for text in texts for name in support.RECORDED.findall(text)}
        self.assertEqual(set(), used - recorded)


class Runbook(unittest.TestCase):
    sections = REPOSITORY.runbook_sections()

    def test_one_section_for_each_alert_and_no_other(self):
        self.assertEqual(list(REPOSITORY.alert_rules()), [name for name in self.sections if name.startswith("Crm")])

    def test_every_section_says_what_is_needed_at_night(self):
        for name in REPOSITORY.alert_rules():
            with self.subTest(name):
                body = self.sections[name]
                self.assertEqual(list(PARTS), re.findall(r"^- \*\*(.+?)\*\*:", body, re.M))
                self.assertIn("```promql", body, "the first look has a query")

    def test_only_a_page_wakes_somebody(self):
        for name, rule in REPOSITORY.alert_rules().items():
            with self.subTest(name):
                wakes = not re.search(r"^- \*\*Wake\*\*: nobody", self.sections[name], re.M)
                self.assertEqual(rule["labels"]["severity"] == "page", wakes)

    def test_the_table_of_codes_is_what_the_rules_count(self):
        rows = re.findall(r"^\| ([A-Z_]+) \| (yes|no) \| .+ \|$", self.sections["Which calls count as failed"], re.M)
        self.assertEqual(CODES, {code for code, _ in rows})
        failed = {code for code, counts in rows if counts == "yes"}
        texts = [rule["expr"] for rule in REPOSITORY.rules()] + [query for _, query in REPOSITORY.runbook_queries()]
        texts += [target["expr"] for dashboard in REPOSITORY.dashboards().values()
                  for panel in support.panels(dashboard) for target in panel["targets"]]
        found = {codes for text in texts for codes in re.findall(r'grpc_code=~"([A-Z_|]+)"', text)}
        self.assertEqual([failed], [set(codes.split("|")) for codes in found])

    def test_other_pages_point_to_sections_that_exist(self):
        for section, body in self.sections.items():
            for name in re.findall(r"\bCrm[A-Z]\w+", body):
                with self.subTest(section):
                    self.assertIn(name, self.sections)
        for dashboard in REPOSITORY.dashboards().values():
            for panel in support.panels(dashboard):
                for name in re.findall(r"\bCrm[A-Z]\w+", panel["description"]):
                    with self.subTest(panel["title"]):
                        self.assertIn(name, self.sections)


if __name__ == "__main__":
    support.need("promtool")
    unittest.main()
