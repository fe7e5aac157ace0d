"""Strict validation against the carried schemas (schemas/make.py says whence they are)."""

import functools
import json
import pathlib

import jsonschema

FOLDER = pathlib.Path(__file__).parent / "schemas"


@functools.lru_cache(maxsize=None)
def published():
    return json.loads((FOLDER / "kubernetes.json").read_text())


@functools.lru_cache(maxsize=None)
def validators():
    definitions = published()["definitions"]
    kinds = {**{kind: {"$ref": ref} for kind, ref in published()["kinds"].items()},
             **json.loads((FOLDER / "custom.json").read_text())["kinds"]}
    return {kind: jsonschema.Draft4Validator({**schema, "definitions": definitions})
            for kind, schema in kinds.items()}


def faults(doc):
    """What the schema of the document's kind does not allow."""
    kind = f"{doc.get('apiVersion')} {doc.get('kind')}"
    validator = validators().get(kind)
    if validator is None:
        return [f"{kind}: no schema"]
    name = doc.get("metadata", {}).get("name")
    return [f"{kind} {name}: {'.'.join(map(str, error.absolute_path))}: {error.message[:200]}"
            for error in validator.iter_errors(doc)]
