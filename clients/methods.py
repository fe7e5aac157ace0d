#!/usr/bin/python3
"""What the client packages know of each method: read from the protos and from methods.json.

    clients/methods.py            prints the table of docs/clients.md
    clients/methods.py --write    puts it there

Needs protoc and Debian's python3-protobuf.
"""

import argparse
import dataclasses
import fnmatch
import json
import pathlib
import re
import subprocess
import tempfile

from google.protobuf import descriptor_pb2

ROOT = pathlib.Path(__file__).resolve().parents[1]
SERVERS = ("contact", "lead", "opportunity")
# Each server serves these for what is its own.
SHARED = ("event", "audit")
REPEATED = descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED
MESSAGE = descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE


@dataclasses.dataclass(frozen=True)
class Method:
    package: str      # "lead"
    service: str      # "LeadService"
    method: str       # "CaptureLead"
    request: str      # name of the message without its package, as the response
    response: str
    seconds: int      # default deadline
    repeatable: str   # "request_id", "same_effect" or "read"
    ids: str          # "request_id", or the repeated field whose items have one each, or ""
    items: str        # of a list that has pages: the field of the response with the things listed, or ""
    summary: str      # first sentence of its comment

    @property
    def path(self):
        return f"/crm.{self.package}.v1.{self.service}/{self.method}"

    @property
    def name(self):
        """What it is called in the packages: unique within a server, since requests are."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.request[:-len("Request")]).lower()

    @property
    def servers(self):
        return SERVERS if self.package in SHARED else (self.package,)


def protos(root=ROOT / "proto"):
    return sorted(str(path.relative_to(root)) for path in root.glob("crm/*/v1/*.proto"))


def read_protos(root=ROOT / "proto"):
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(["protoc", f"-I{root}", "--include_source_info",
                        f"--descriptor_set_out={out.name}", *protos(root)], check=True)
        return descriptor_pb2.FileDescriptorSet.FromString(out.read())


def load_methods(root=ROOT / "proto"):
    """All methods that are called with one request for one response, by server and name."""
    rules = json.loads((ROOT / "clients/methods.json").read_text())["rules"]
    files = read_protos(root).file
    messages = {f".{file.package}.{message.name}": message for file in files for message in file.message_type}
    found = [make_method(file, messages, rules, number, index)
             for file in files for number, service in enumerate(file.service)
             for index, method in enumerate(service.method) if not method.server_streaming]
    return sorted(found, key=lambda each: (each.servers, each.service, each.name))


def make_method(file, messages, rules, number, index):
    service, method = file.service[number], file.service[number].method[index]
    rule = next(rule for rule in rules if fnmatch.fnmatchcase(f"{service.name}/{method.name}", rule["method"]))
    request, response = messages[method.input_type], messages[method.output_type]
    return Method(package=file.package.split(".")[1], service=service.name, method=method.name,
                  request=request.name, response=response.name, seconds=rule["seconds"],
                  repeatable=rule["repeatable"], ids=request_ids(request, messages),
                  items=listed_items(request, response),
                  summary=first_sentence(file, [6, number, 2, index]))


def request_ids(request, messages):
    for field in request.field:
        if field.name == "request_id":
            return field.name
        if field.label == REPEATED and field.type == MESSAGE and field.type_name in messages and \
                any(inner.name == "request_id" for inner in messages[field.type_name].field):
            return field.name
    return ""


def listed_items(request, response):
    if not any(field.name == "page_token" for field in request.field):
        return ""
    return next(field.name for field in response.field if field.label == REPEATED)


def first_sentence(file, path):
    for location in file.source_code_info.location:
        if list(location.path) == path:
            text = " ".join(location.leading_comments.split())
            return re.split(r"(?<=[.:;])\s", text)[0].rstrip(".:;")
    return ""


def table(methods):
    lines = ["| method | of | deadline | safe to repeat by |", "| --- | --- | --- | --- |"]
    told = {"read": "reading only", "same_effect": "having the same effect again"}
    for each in methods:
        by = told.get(each.repeatable, f"`{each.ids}`" if each.ids == "request_id" else
                      f"`{each.ids}[].request_id`")
        lines.append(f"| `{each.name}` | {', '.join(each.servers)} | {each.seconds} s | {by} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    rows = table(load_methods())
    if not parser.parse_args().write:
        print(rows)
        return
    page = ROOT / "docs/clients.md"
    page.write_text(re.sub(r"\| method \| of \|.*?(?=\n\n)", lambda _: rows, page.read_text(), flags=re.S))


if __name__ == "__main__":
    main()
