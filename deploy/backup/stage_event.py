"""A crm.event.v1.StageChanged as the log holds it (protobuf), beside the entry on the stream (text)."""

import json

# Field numbers of proto/crm/event/v1/stage_event.proto.
TEXTS = {1: "event_id", 2: "type", 3: "source", 4: "subject", 5: "tenant", 7: "from_stage", 8: "from_stage_type",
         9: "to_stage", 10: "to_stage_type", 14: "actor", 15: "reason", 18: "contact", 19: "lead",
         20: "opportunity", 21: "account", 26: "forecast_category_before", 27: "forecast_category_after",
         28: "owner", 30: "causation_id", 31: "correlation_id", 32: "request_id", 33: "traceparent",
         34: "from_pipeline", 35: "to_pipeline", 36: "from_stage_key", 37: "to_stage_key", 38: "kind",
         39: "from_stage_name", 40: "to_stage_name", 42: "expected_close_date_before", 43: "expected_close_date_after",
         45: "corrected_stage", 46: "corrected_stage_type", 47: "corrected_stage_key", 48: "corrected_stage_name",
         50: "corrected_forecast_category", 57: "method"}
NUMBERS = {6: "version", 16: "overridden", 24: "probability_before", 25: "probability_after", 44: "corrects_version",
           49: "corrected_probability", 56: "revision"}
MONEY = {22: "amount_before", 23: "amount_after", 29: "win_amount"}

CHANGES = 58
OF_CHANGE = {1: "field", 2: "before", 3: "after"}

# Fields of an entry that are fields of the event.
SAME = {"id": "event_id", **{name: name for name in (
    "source", "type", "subject", "tenant", "version", "from_stage", "to_stage")}}


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _fields(data):
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        if tag & 7 == 0:
            value, at = _varint(data, at)
        elif tag & 7 == 2:
            size, at = _varint(data, at)
            if at + size > len(data):
                raise ValueError("cut off")
            value, at = data[at:at + size], at + size
        else:
            raise ValueError(f"wire type {tag & 7}")
        yield tag >> 3, value


def decode(payload):
    event = dict.fromkeys(TEXTS.values(), "") | {"version": 0, "overridden": 0, "changes": []}
    for number, value in _fields(payload):
        if number in TEXTS:
            event[TEXTS[number]] = value.decode()
        elif number in NUMBERS:
            event[NUMBERS[number]] = value
        elif number in MONEY:
            money = {1: b"", 2: 0} | dict(_fields(value))
            event[MONEY[number]] = (money[1].decode(), money[2] - (1 << 64) * (money[2] >> 63))
        elif number == CHANGES:
            event["changes"].append({OF_CHANGE[part]: text.decode() for part, text in _fields(value)})
    return event


def _camel(name):
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def difference(row, fields):
    """What the entry `fields` says otherwise than the log's `row`; empty if nothing."""
    event = decode(bytes.fromhex(row["payload"]))
    wanted = {name: str(event[of]) for name, of in SAME.items()}
    wanted |= {"seq": str(row["seq"]), "epoch": str(row["epoch"])}
    for name, value in wanted.items():
        if fields.get(name) != value:
            return f"{name} is {fields.get(name)!r}, not {value!r}"
    if event["event_id"] != row["event_id"] or event["tenant"] != row["tenant"]:
        return "the row is of another event"
    data = json.loads(fields["data"])
    for name, value in event.items():
        told = data.get(_camel(name), data.get(name))
        if name in MONEY.values():
            told = (told.get("currencyCode", ""), int(told.get("amountMinor", 0))) if told else None
        elif isinstance(value, int):
            told = int(told or 0)
        if (told or "") != (value or ""):
            return f"data.{name} is {told!r}, not {value!r}"
    return ""
