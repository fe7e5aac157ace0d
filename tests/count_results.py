"""Counts test cases: prints "passed failed skipped" for one run, then a line for each skipped case
with its reason and for each test program that passed at the second try only.

Argument: the folder with the JUnit file that ctest wrote (ctest.xml) and the GoogleTest reports; its
folder second/, if there is one, holds the same of the programs that failed and were run again, and
counts for them. A test program that reported its cases counts with them, any other as one; one that
failed without a failed case (a crash, a timeout) adds one failure.
"""

import pathlib
import sys
import xml.etree.ElementTree as xml


def reason(case):
    # GoogleTest's message begins with a line "file:line".
    message = case.find("skipped").get("message") or ""
    text = " ".join(message.split("\n")[1:]).strip() or "no reason given"
    return f"skipped: {case.get('classname')}.{case.get('name')}: {text}"


def cases(report, remarks):
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
            remarks.append(reason(case))
        else:
            passed += 1
    return passed, failed, skipped


def count_program(test, folder, remarks):
    name, ok = test.get("name"), test.get("status") == "run"
    found = cases(folder / f"{name}.xml", remarks)
    if found is None:
        if test.get("status") in ("disabled", "notrun") and test.find("failure") is None:
            remarks.append(f"skipped: {name}: ctest did not run it")
            return 0, 0, 1
        return (1, 0, 0) if ok else (0, 1, 0)
    if not ok and found[1] == 0:
        return found[0], 1, found[2]
    return found


def programs(folder):
    return {test.get("name"): test for test in xml.parse(folder / "ctest.xml").getroot().iter("testcase")}


def count(folder):
    total, remarks = (0, 0, 0), []
    second = folder / "second"
    again = programs(second) if second.is_dir() else {}
    for name, test in programs(folder).items():
        if name in again:
            found = count_program(again[name], second, remarks)
            if found[1] == 0:
                remarks.append(f"passed at the second try only: {name}")
        else:
            found = count_program(test, folder, remarks)
        total = tuple(a + b for a, b in zip(total, found))
    return total, remarks


if __name__ == "__main__":
    counts, lines = count(pathlib.Path(sys.argv[1]))
    print(*counts)
    for line in lines:
        print(line)
