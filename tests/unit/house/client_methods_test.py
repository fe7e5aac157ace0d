"""The client packages agree with each other: what methods.json says of deadlines is what the C++ client
has, what writes is safe to repeat, and the table of docs/clients.md is up to date."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "clients"))
try:
    import methods
    KNOWN = methods.load_methods()
except ImportError as error:  # another Python than Debian's
    print(f"skipped: {error}")
    sys.exit(77)

GROUPS = {"CONTACT": "contact", "LEAD": "lead", "POLICY": "lead", "CONVERSION": "lead", "PREDICTION": "lead",
          "ASSIGNMENT": "lead", "OPPORTUNITY": "opportunity", "PIPELINE": "opportunity", "REPORT": "opportunity",
          "WEBHOOK": "event"}


def cpp_deadlines():
    """{(package, request): seconds} of clients/cpp/methods.h."""
    text = (ROOT / "clients/cpp/methods.h").read_text()
    seconds = {name: int(value) for name, value in
               re.findall(r"constexpr absl::Duration (\w+) = absl::Seconds\((\d+)\)", text)}
    found = {}
    for group, method, deadline in re.findall(r"^CRM_([A-Z]+)_METHOD\((\w+)(?:, (\w+))?\)", text, re.M):
        if group != "CLIENT":
            found[GROUPS[group], f"{method}Request"] = seconds[deadline or "kReportDeadline"]
    for package, method, deadline in re.findall(
            r"^CRM_CLIENT_METHOD\((\w+), \w+, (\w+), Service::\w+,\s*(\w+)\)", text, re.M):
        found[package, f"{method}Request"] = seconds[deadline]
    return found


class ClientMethods(unittest.TestCase):
    def test_deadlines_are_those_of_the_cpp_client(self):
        ours = {(each.package, each.request): each.seconds for each in KNOWN}
        theirs = cpp_deadlines()
        self.assertGreater(len(theirs), 80)
        self.assertEqual({key: ours.get(key) for key in theirs}, theirs)

    def test_what_writes_has_ids(self):
        for each in KNOWN:
            with self.subTest(each.path):
                self.assertEqual(bool(each.ids), each.repeatable == "request_id")

    def test_names_are_unique_within_a_server(self):
        for server in methods.SERVERS:
            names = [each.name for each in KNOWN if server in each.servers]
            self.assertEqual(len(names), len(set(names)))

    def test_the_page_has_the_table(self):
        self.assertIn(methods.table(KNOWN), (ROOT / "docs/clients.md").read_text(),
                      "run clients/methods.py --write")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
