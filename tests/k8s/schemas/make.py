"""Makes the *.json of this folder: strict JSON schemas of the kinds that the manifests may use.

Usage: make.py FOLDER, with the published files in FOLDER:

  k8s.json       kubernetes/swagger.json.unprocessed of kubernetes-client/python v29.0.0 (Kubernetes
                 1.29, the oldest that the manifests are for)
  *.yaml         CustomResourceDefinitions of cert-manager v1.16.0, Gateway API v1.1.0 (standard; its
                 backendtlspolicies of v1.4.0), prometheus-operator v0.75.0, CloudNativePG v1.28.0,
                 plugin-barman-cloud v0.7.0

All are under the Apache License 2.0. Descriptions are left out; a field that the schema does not
name is refused, also where the published schema is silent about it. Status is left out: nobody
writes it by hand. CEL rules (x-kubernetes-validations) are not carried: only a server can run them.
"""

import json
import pathlib
import sys

import yaml

KUBERNETES = {
    "v1": ["ConfigMap", "Namespace", "Secret", "Service", "ServiceAccount"],
    "apps/v1": ["Deployment", "StatefulSet"],
    "autoscaling/v2": ["HorizontalPodAutoscaler"],
    "batch/v1": ["Job"],
    "networking.k8s.io/v1": ["NetworkPolicy"],
    "policy/v1": ["PodDisruptionBudget"],
}
KEPT = {"type", "required", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength",
        "minItems", "maxItems", "format", "$ref"}
SCHEMAS = {"items", "not"}
LISTS = {"allOf", "anyOf", "oneOf"}


def strict(schema):
    """The schema with what validates only, refusing unnamed fields."""
    if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
        return {"type": ["integer", "string"]}
    result = {key: value for key, value in schema.items() if key in KEPT}
    for key in SCHEMAS & schema.keys():
        result[key] = strict(schema[key])
    for key in LISTS & schema.keys():
        # Branches only restrict; that a field exists is told beside them.
        result[key] = [branch(part) for part in schema[key]]
    if "properties" in schema:
        result["properties"] = {name: strict(part) for name, part in schema["properties"].items()
                                if not (name == "status" and "spec" in schema["properties"])}
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict):
        result["additionalProperties"] = strict(extra)
    elif "properties" in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
        result["additionalProperties"] = False
    return result


def branch(schema):
    result = strict(schema)
    result.pop("additionalProperties", None)
    return result


def reachable(definitions, names):
    found, waiting = {}, list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = strict(definitions[name])
        waiting += [ref.rsplit("/", 1)[1] for ref in references(found[name])]
    return found


def references(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def kubernetes(path):
    definitions = json.loads(path.read_text())["definitions"]
    kinds = {}
    for name, schema in definitions.items():
        for kind in schema.get("x-kubernetes-group-version-kind", []):
            api = "/".join(filter(None, [kind["group"], kind["version"]]))
            if kind["kind"] in KUBERNETES.get(api, []):
                kinds[f"{api} {kind['kind']}"] = name
    # Text on the wire, whatever the generator calls them.
    for name in ("io.k8s.apimachinery.pkg.api.resource.Quantity",):
        definitions[name] = {"type": ["string", "number"]}
    return {"kinds": {kind: f"#/definitions/{name}" for kind, name in sorted(kinds.items())},
            "definitions": reachable(definitions, kinds.values())}


def custom(path):
    for crd in yaml.safe_load_all(path.read_text().replace("{{", "").replace("}}", "")):
        if not crd or crd.get("kind") != "CustomResourceDefinition":
            continue
        spec = crd["spec"]
        for version in spec["versions"]:
            if version["served"]:
                kind = f"{spec['group']}/{version['name']} {spec['names']['kind']}"
                schema = strict(version["schema"]["openAPIV3Schema"])
                schema["properties"]["metadata"] = {
                    "$ref": "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
                yield kind, schema


def write(path, schemas):
    lines = []
    for part, entries in schemas.items():
        rows = [f"  {json.dumps(name)}: {json.dumps(value, separators=(',', ':'), sort_keys=True)}"
                for name, value in sorted(entries.items())]
        lines.append(f" {json.dumps(part)}: {{\n" + ",\n".join(rows) + "\n }")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def main(folder):
    here = pathlib.Path(__file__).parent
    write(here / "kubernetes.json", kubernetes(folder / "k8s.json"))
    kinds = {}
    for path in sorted(folder.glob("*.yaml")):
        kinds.update(custom(path))
    wanted = {kind: schema for kind, schema in kinds.items() if "alpha" not in kind
              and "beta" not in kind}
    write(here / "custom.json", {"kinds": wanted})


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
