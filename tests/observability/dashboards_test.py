"""Dashboards: the files are what is rendered, and every panel explains itself."""

import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import support  # noqa: E402

REPOSITORY = support.Repository(sys.argv.pop(1))
VARIABLES = re.compile(r"\$\{?(\w+)")
BUILT_IN = {"__rate_interval", "__range", "__interval"}
LARGEST_CONFIG_MAP = 1 << 20  # bytes, what Kubernetes takes


class Dashboards(unittest.TestCase):
    dashboards = REPOSITORY.dashboards()

    def each_panel(self):
        for name, dashboard in self.dashboards.items():
            for panel in support.panels(dashboard):
                with self.subTest(f"{name}: {panel['title']}"):
                    yield dashboard, panel

    def test_the_files_are_what_is_rendered(self):
        check = subprocess.run([REPOSITORY.observability / "render", "--check"], capture_output=True, text=True, timeout=60)
        self.assertEqual(0, check.returncode, check.stderr)

    def test_there_are_five_with_ids_and_titles_of_their_own(self):
        self.assertEqual(5, len(self.dashboards))
        for key in ("uid", "title"):
            self.assertEqual(5, len({dashboard[key] for dashboard in self.dashboards.values()}))

    def test_they_fit_into_a_config_map(self):
        for path in (REPOSITORY.observability / "dashboards").glob("*.json"):
            self.assertLess(path.stat().st_size, LARGEST_CONFIG_MAP)

    def test_every_panel_explains_itself(self):
        for _, panel in self.each_panel():
            self.assertRegex(panel["description"], r"\.$")
            defaults = panel["fieldConfig"]["defaults"]
            self.assertTrue(defaults["unit"])
            self.assertIsNone(defaults["thresholds"]["steps"][0]["value"], "the first threshold is the base")

    def test_every_query_has_a_legend_and_known_variables(self):
        for dashboard, panel in self.each_panel():
            known = BUILT_IN | {variable["name"] for variable in dashboard["templating"]["list"]}
            self.assertTrue(panel["targets"])
            for target in panel["targets"]:
                self.assertEqual(set(), set(VARIABLES.findall(target["expr"])) - known)
                self.assertTrue(target["legendFormat"] or panel["type"] == "table")

    def test_every_query_heeds_the_environment(self):
        for _, panel in self.each_panel():
            for target in panel["targets"]:
                self.assertIn('namespace=~"$namespace"', target["expr"])

    def test_every_variable_is_described_and_used(self):
        for name, dashboard in self.dashboards.items():
            text = str(dashboard["panels"])
            for variable in dashboard["templating"]["list"]:
                with self.subTest(f"{name}: {variable['name']}"):
                    self.assertTrue(variable["description"])
                    self.assertRegex(text, r"\$\{?" + variable["name"])

    def test_panels_do_not_overlap(self):
        for name, dashboard in self.dashboards.items():
            taken = {}
            for panel in dashboard["panels"]:
                place = panel["gridPos"]
                self.assertLessEqual(place["x"] + place["w"], 24)
                for x in range(place["x"], place["x"] + place["w"]):
                    for y in range(place["y"], place["y"] + place["h"]):
                        self.assertNotIn((x, y), taken, f"{name}: {panel['title']} over {taken.get((x, y))}")
                        taken[x, y] = panel["title"]


if __name__ == "__main__":
    unittest.main()
