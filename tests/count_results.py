"""Counts test cases: prints "passed failed skipped" for one ctest run, then a line for each skipped
case with its reason.

Arguments: the JUnit file ctest wrote, and the folder of the GoogleTest reports. A test program that
reported its cases counts with them, any other as one; one that failed without a failed case (a
crash, a timeout) adds one failure.
"""

import pathlib
import sys
import xml.etree.ElementTree as xml


def reason(case):
    # GoogleTest's message begins with a line "file:line".
    message = case.find("skipped").get("message") or ""
    text = " ".join(message.split("\n")[1:]).strip() or "no reason given"
    return f"{case.get('classname')}.{case.get('name')}: {text}"


def cases(report, reasons):
    try:
        root = xml.parse(report).getroot()
    except (OSError, xml.ParseError):
        return None
    passed = failed = skipped = 0
    for case in root.iter("testcase"):
        if case.get("status") == "notrun":
            continue
        if case.find("failure") is not None:
            failed += 1
        elif case.find("skipped") is not None:
            skipped += 1
            reasons.append(reason(case))
        else:
            passed += 1
    return passed, failed, skipped


def count(ctest_report, folder):
    passed = failed = skipped = 0
    reasons = []
    for test in xml.parse(ctest_report).getroot().iter("testcase"):
        ok = test.get("status") == "run"
        found = cases(folder / f"{test.get('name')}.xml", reasons)
        if found is None:
            if test.get("status") in ("disabled", "notrun") and test.find("failure") is None:
                found = (0, 0, 1)
                reasons.append(f"{test.get('name')}: ctest did not run it")
            else:
                found = (1, 0, 0) if ok else (0, 1, 0)
        elif not ok and found[1] == 0:
            found = (found[0], 1, found[2])
        passed, failed, skipped = passed + found[0], failed + found[1], skipped + found[2]
    return (passed, failed, skipped), reasons


if __name__ == "__main__":
    counts, skips = count(sys.argv[1], pathlib.Path(sys.argv[2]))
    print(*counts)
    for skip in skips:
        print(skip)
