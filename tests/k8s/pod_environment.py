"""The environment that a pod's container gets, as the kubelet makes it."""

import base64
import decimal
import re

UNITS = {"m": decimal.Decimal("0.001"), "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def quantity(text):
    for unit, factor in UNITS.items():
        if text.endswith(unit):
            return decimal.Decimal(text.removesuffix(unit)) * factor
    return decimal.Decimal(text)


def values_of(rendering, kind, name):
    data = (rendering.get(kind, name) or {}).get("data", {})
    if kind == "Secret":
        return {key: base64.b64decode(value).decode() for key, value in data.items()}
    return data


def environment(rendering, container):
    found = {}
    for source in container.get("envFrom", []):
        for word, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if word in source:
                found.update(values_of(rendering, kind, source[word]["name"]))
    for entry in container.get("env", []):
        found[entry["name"]] = (expanded(entry["value"], found) if "value" in entry
                                else referred(rendering, container, entry["valueFrom"]))
    return found


def expanded(text, variables):
    return re.sub(r"\$\((\w+)\)", lambda match: variables.get(match[1], match[0]), text)


def referred(rendering, container, source):
    if "secretKeyRef" in source:
        reference = source["secretKeyRef"]
        return values_of(rendering, "Secret", reference["name"])[reference["key"]]
    field = source["resourceFieldRef"]
    part, resource = field["resource"].split(".")
    exact = quantity(container["resources"][part][resource]) / quantity(field.get("divisor", "1"))
    return str(int(exact.to_integral_value(decimal.ROUND_CEILING)))
