#!/usr/bin/python3
"""Computes every figure of a page of reports from the exported events alone, and compares.

    crmctl report --html report.html
    crmctl events export --service opportunity --file opportunity.jsonl
    clients/examples/check_page.py report.html opportunity.jsonl

A page holds the questions and answers that it was made of (`crmctl report --output json` prints the same). Each
question to the opportunity service's ReportService is answered anew from the events; whole numbers and amounts must
be the same, other figures to nine digits. Not compared is what stands in no event: display names, and what leads were.
Exit code 1, and what differs, if they do not agree. Needs the standard library only.
"""

import argparse
import json
import math
import sys

import deals as log
import reports

SERVICE = "crm.opportunity.v1.ReportService"
UNTOLD = {"displayName", "basis"}
# Days. A move is stamped when it is decided, its write when it is recorded: where a neighbour was asked in between
# some milliseconds later, which its event does not tell.
LATER = {"daysUnchanged": 1e-4}


def questions_of(path):
    """Of a page, or of the JSON alone."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    begin = text.find('id="figures">')
    if begin >= 0:
        text = text[begin + len('id="figures">'):].split("</script>", 1)[0]
    return json.loads(text)["questions"]


def stages_of(questions):
    """The keys of the OPEN stages in their order, as the funnel tells them."""
    for question in questions:
        if question["method"] == "QueryFunnel":
            stages = question["answer"].get("total", {}).get("stages", [])
            return [stage["stageKey"] for stage in stages if stage["type"] == "STAGE_TYPE_OPEN"]
    return []


def is_empty(value):
    return value in (None, "", [], {}, False) or value in (0, "0")


def same_number(told, found, margin):
    return math.isclose(float(told), float(found), rel_tol=1e-9, abs_tol=margin)


def differences(told, found, path=""):
    """What the page says and the events do not. What is 0 or empty is not written in JSON."""
    if isinstance(told, dict) or isinstance(found, dict):
        told, found = told or {}, found or {}
        for name in sorted({*told, *found} - UNTOLD):
            yield from differences(told.get(name), found.get(name), f"{path}.{name}")
    elif isinstance(told, list) or isinstance(found, list):
        told, found = told or [], found or []
        if len(told) != len(found):
            yield f"{path}: {len(told)} on the page, {len(found)} by the events"
        for i, (one, other) in enumerate(zip(told, found)):
            yield from differences(one, other, f"{path}[{i}]")
    elif is_empty(told) and is_empty(found):
        return
    elif isinstance(told, (int, float)) or isinstance(found, (int, float)):
        if is_empty(told) != is_empty(found) and (told is None or found is None):
            yield f"{path}: {told} on the page, {found} by the events"
        elif not same_number(told or 0, found or 0, LATER.get(path.rsplit(".", 1)[-1], 1e-9)):
            yield f"{path}: {told} on the page, {found} by the events"
    elif str(told) != str(found):
        yield f"{path}: {told} on the page, {found} by the events"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", help="file of crmctl report --html, or of --output json")
    parser.add_argument("events", help="file of crmctl events export --service opportunity")
    arguments = parser.parse_args()
    questions = questions_of(arguments.page)
    stages = stages_of(questions)
    with open(arguments.events, encoding="utf-8") as lines:
        found = log.load(lines)
    faults, asked = [], 0
    for question in questions:
        if question["service"] != SERVICE:
            continue
        asked += 1
        computed = reports.answer(found, stages, question["method"], json.dumps(question["request"]))
        faults += [question["method"] + fault for fault in differences(question["answer"], computed)]
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults or not asked:
        sys.exit(1)
    print(f"{asked} reports of the page and {len(found)} opportunities of the events agree")


if __name__ == "__main__":
    main()
