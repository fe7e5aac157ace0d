"""The runner's last line counts what happened."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
sys.path.insert(0, str(ROOT / "tests"))
import count_results  # noqa: E402

GTEST = """<testsuites><testsuite>
<testcase name="a" status="run"/><testcase name="b" status="run"><failure message="x"/></testcase>
<testcase name="c" status="run"><skipped message="y"/></testcase>
<testcase name="d" status="notrun"/></testsuite></testsuites>"""


class Count(unittest.TestCase):
    def write(self, folder, tests, reports):
        folder.mkdir(exist_ok=True)
        cases = "".join(f'<testcase name="{n}" status="{s}"/>' for n, s in tests.items())
        (folder / "ctest.xml").write_text(f"<testsuite>{cases}</testsuite>")
        for test, text in reports.items():
            (folder / f"{test}.xml").write_text(text)

    def count(self, tests, reports, again=None):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            self.write(folder, tests, reports)
            if again:
                self.write(folder / "second", *again)
            counts, self.remarks = count_results.count(folder)
            return counts

    def test_takes_the_cases_a_program_reported(self):
        self.assertEqual((1, 1, 1), self.count({"t": "fail"}, {"t": GTEST}))

    def test_tells_why_a_case_was_skipped(self):
        self.count({"t": "run"}, {"t": GTEST.replace('"y"', '"file.cc:7&#10;no data here"')})
        self.assertEqual(["skipped: None.c: no data here"], self.remarks)

    def test_counts_a_program_without_a_report_as_one(self):
        self.assertEqual((1, 1, 0), self.count({"t": "run", "u": "fail"}, {}))

    def test_a_crash_after_passing_cases_is_a_failure(self):
        report = '<testsuites><testcase name="a" status="run"/></testsuites>'
        self.assertEqual((1, 1, 0), self.count({"t": "fail"}, {"t": report}))

    def test_a_damaged_report_counts_as_none(self):
        self.assertEqual((0, 1, 0), self.count({"t": "fail"}, {"t": "<testsuites><te"}))

    def test_the_second_try_counts_and_is_named(self):
        good = GTEST.replace('<failure message="x"/>', "")
        self.assertEqual((3, 0, 1), self.count({"t": "fail", "u": "run"}, {"t": GTEST},
                                               ({"t": "run"}, {"t": good})))
        self.assertIn("passed at the second try only: t", self.remarks)

    def test_what_fails_twice_has_failed(self):
        self.assertEqual((1, 1, 1), self.count({"t": "fail"}, {"t": GTEST},
                                               ({"t": "fail"}, {"t": GTEST})))
        self.assertEqual(1, len(self.remarks))


if __name__ == "__main__":
    unittest.main()
