#!/usr/bin/python3
"""Whether a page of `crmctl report --html` is well-formed, whole and self-contained. Usage: page_check.py FILE"""

import json
import re
import sys
import xml.etree.ElementTree

# What would make a browser fetch or run something.
ELEMENTS = {"link", "img", "iframe", "object", "embed", "base", "use", "image", "audio", "video", "form", "a"}
REFERENCES = re.compile(r"(?i)(src|srcset|action|formaction|background|poster|xlink:href|on[a-z]+)$")


def check(text):
    faults = []
    root = xml.etree.ElementTree.fromstring(text.removeprefix("<!DOCTYPE html>"))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    if len(ids) != len(set(ids)):
        faults.append("an id is there twice")
    for element in root.iter():
        faults += [f"<{element.tag} {name}>" for name in element.attrib if REFERENCES.match(name)]
        target = element.get("href")
        if element.tag in ELEMENTS and not (element.tag == "a" and target and target[1:] in ids and target[0] == "#"):
            faults.append(f"<{element.tag} href={target}>")
        if element.tag == "svg" and element.get("aria-hidden") is None and not element.get("aria-label"):
            faults.append("a picture without a name")
        if element.tag == "script" and element.get("type") != "application/json":
            faults.append("a script")
    style = root.find("head/style").text
    faults += [word for word in ("url(", "@import") if word in style]
    for figure in root.iter("figure"):
        title = figure.find("figcaption/h3").text
        if figure.find(".//svg[@role='img']") is not None and figure.find(".//tbody/tr") is None:
            faults.append(f"{title}: a picture without a table")
    figures = json.loads(root.find(".//script[@id='figures']").text)
    if len(figures["questions"]) < 10:
        faults.append("figures are missing")
    return faults


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        faults = check(file.read())
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
