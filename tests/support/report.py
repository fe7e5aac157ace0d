"""Runs a Python test program: unittest, which also tells tests/count_results.py what each case came
to, in the form in which GoogleTest does (GTEST_OUTPUT=xml:FOLDER/, as tests/run sets it).

    if __name__ == "__main__":
        report.main("images_test")   # the test's name in ctest
"""

import os
import pathlib
import sys
import unittest
import xml.etree.ElementTree as xml


class _Result(unittest.TextTestResult):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.cases = []

    def _add(self, test, kind=None, message=""):
        case = xml.Element("testcase", status="run", name=getattr(test, "_testMethodName", str(test)),
                           classname=type(test).__name__)
        if kind:
            xml.SubElement(case, kind, message=f"{test.id()}:\n{message}")
        self.cases.append(case)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._add(test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._add(test, "skipped", reason)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self._add(test, "failure", str(error[1]))

    def addError(self, test, error):
        super().addError(test, error)
        self._add(test, "failure", str(error[1]))

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self._add(subtest, "failure", str(error[1]))


def main(name):
    program = unittest.main(module="__main__", exit=False, verbosity=2, testRunner=unittest.TextTestRunner(
        resultclass=_Result, verbosity=2, stream=sys.stdout))
    output = os.environ.get("GTEST_OUTPUT", "")
    if output.startswith("xml:") and output.endswith("/"):
        root = xml.Element("testsuites")
        root.extend(program.result.cases)
        xml.ElementTree(root).write(pathlib.Path(output[4:]) / f"{name}.xml")
    sys.exit(not program.result.wasSuccessful())
