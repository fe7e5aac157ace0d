"""docs/asyncapi.yaml is AsyncAPI 3, and says what the streams hold: the fields of the code, the fields of the proto, and
the entries that stand word for word in the tests."""

import json
import pathlib
import re
import sys
import unittest

import jsonschema
import yaml

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
# The schema of AsyncAPI itself, where `tests/run lint` could get it.
SPECIFICATION = ROOT / "build/npm/node_modules/@asyncapi/specs/schemas/3.0.0.json"
GOLDEN = sorted(ROOT.glob("tests/unit/common/stage/golden/*.txt"))


def document():
    return yaml.safe_load((ROOT / "docs/asyncapi.yaml").read_text(encoding="utf-8"))


def validator(name):
    whole = document()
    # References go to the document's root.
    return jsonschema.Draft7Validator({**whole, "$ref": f"#/components/schemas/{name}"})


def json_name(name):
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def entry(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


class AsyncApi(unittest.TestCase):
    def test_it_is_asyncapi(self):
        found = document()
        self.assertEqual("3.0.0", found["asyncapi"])
        for operation in found["operations"].values():
            self.assertIn(operation["channel"]["$ref"].removeprefix("#/channels/"), found["channels"])
        if SPECIFICATION.exists():
            specification = jsonschema.Draft7Validator(json.loads(SPECIFICATION.read_text()))
            specification.validate(found)
            self.assertFalse(specification.is_valid({**found, "channels": {"lead": {"address": 7}}}))

    def test_the_channels_are_the_streams(self):
        keys = {channel["address"] for channel in document()["channels"].values()}
        self.assertEqual({f"crm:stage-events:{name}:0" for name in ("contact", "lead", "opportunity")}, keys)

    def test_the_entry_has_the_fields_of_the_code_in_their_order(self):
        code = (ROOT / "common/stage/envelope.h").read_text(encoding="utf-8")
        table = re.search(r"kEntryFields = \{\{(.*?)\}\};", code, re.S)[1]
        names = re.findall(r'\{(?:"(\w+)"|event::k(\w+)Field)', table)
        fields = [name or constant.lower() for name, constant in names]
        schema = document()["components"]["schemas"]["Entry"]
        self.assertEqual(fields, schema["required"])
        self.assertEqual(fields, list(schema["properties"]))

    def test_the_data_has_the_fields_of_the_proto(self):
        proto = (ROOT / "proto/crm/event/v1/stage_event.proto").read_text(encoding="utf-8")
        body = re.search(r"^message StageChanged \{\n(.*?)^\}", proto, re.M | re.S)[1]
        names = re.findall(r"^  (?:repeated |optional )?[\w.]+ (\w+) = \d+;", body, re.M)
        self.assertGreater(len(names), 50)
        properties = document()["components"]["schemas"]["StageChanged"]["properties"]
        self.assertEqual([json_name(name) for name in names], list(properties))

    def test_real_entries_are_valid_and_damaged_ones_are_not(self):
        self.assertGreaterEqual(len(GOLDEN), 4)
        for path in GOLDEN:
            with self.subTest(path.name):
                fields = entry(path)
                data = json.loads(fields["data"])
                validator("Entry").validate(fields)
                validator("StageChanged").validate(data)
                properties = document()["components"]["schemas"]["StageChanged"]["properties"]
                self.assertEqual(set(), set(data) - set(properties))
                self.assertFalse(validator("Entry").is_valid({**fields, "seq": "0"}))
                self.assertFalse(validator("Entry").is_valid({k: v for k, v in fields.items() if k != "tenant"}))
                self.assertFalse(validator("StageChanged").is_valid({**data, "version": 2}))


if __name__ == "__main__":
    unittest.main()
