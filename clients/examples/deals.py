"""Opportunities as the exported stage events tell them, and what each was at an instant.

The rules are those of the opportunity service's reports (docs/reports.md), made of nothing but the
log: moves by their version, changes of fields by their place in the log. Times are microseconds
since 1970. Needs the standard library only.
"""

import calendar
import dataclasses
import functools
import json

TYPE = "crm.opportunity.opportunity."


@dataclasses.dataclass
class Facts:
    """The fields that reports go by; an amount is (currency, minor units)."""
    owner: str = ""
    pipeline: str = ""
    stage: str = ""
    type: str = "OPEN"
    version: int = 0
    amount: tuple | None = None
    close_date: str = ""
    probability: int = 0
    category: str = "PIPELINE"
    loss_reason: str = ""
    open_time: int = 0
    enter_time: int = 0
    next_step: str = ""
    deleted: bool = False
    lead_source: str = ""


@dataclasses.dataclass
class Stay:
    """A visit to a stage, with what the move that began it said; `leave` is None while it lasts."""
    pipeline: str
    stage: str
    key: str
    name: str
    type: str
    enter: int
    leave: int | None
    amount: tuple | None
    probability: int
    category: str
    owner: str
    loss_reason: str
    overridden: bool


@dataclasses.dataclass
class Deal:
    """What the log says: the moves, and (time of recording, facts) after each write."""
    id: str
    moves: list = dataclasses.field(default_factory=list)
    versions: list = dataclasses.field(default_factory=list)


@functools.cache
def micros(text):
    """RFC 3339 in UTC, "2026-01-31T12:34:56.123456Z"."""
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    seconds = calendar.timegm((year, month, day, int(text[11:13]), int(text[14:16]), int(text[17:19])))
    return seconds * 1_000_000 + int(text[19:-1].lstrip(".").ljust(6, "0")[:6] or 0)


def amount_of(money):
    return (money["currencyCode"], int(money.get("amountMinor", 0))) if money else None


def apply_move(facts, change, open_time):
    return dataclasses.replace(
        facts, owner=change.get("owner", ""), pipeline=change.get("toPipeline", ""), stage=change["toStage"],
        type=change["toStageType"], version=int(change["version"]), amount=amount_of(change.get("amountAfter")),
        close_date=change.get("expectedCloseDateAfter", ""), probability=change.get("probabilityAfter", 0),
        category=change["forecastCategoryAfter"], open_time=open_time,
        loss_reason=change.get("reason", "") if change["toStageType"] == "LOST" else "",
        enter_time=micros(change["stageEnterTime" if "correctsVersion" in change else "effectiveTime"]))


def apply_change(facts, change):
    """Of a write that is no move, or beside a move; fields that no report goes by are passed over."""
    after = {field["field"]: field.get("after", "") for field in change.get("changes", [])}
    facts = dataclasses.replace(facts)
    facts.owner = after.get("owner", facts.owner)
    facts.close_date = after.get("expected_close_date", facts.close_date)
    facts.category = after.get("forecast_category", facts.category)
    facts.next_step = after.get("next_step", facts.next_step)
    facts.lead_source = after.get("lead_source", facts.lead_source)
    facts.probability = int(after.get("probability", facts.probability))
    if "amount" in after:
        currency, _, minor = after["amount"].partition(" ")
        facts.amount = (currency, int(minor)) if currency else None
    if "delete_time" in after:
        facts.deleted = after["delete_time"] != ""
    return facts


def load(lines):
    """The deals by their ids, from the lines of `crmctl events export --service opportunity`: those of
    each partition of the log, one export after the other."""
    deals = {}
    events = {}  # by id, since an event may be there twice
    for line in lines:
        event = json.loads(line)
        if event["change"]["type"].startswith(TYPE):
            events[event["change"]["eventId"]] = event
    # The order of the log for each deal: it has one partition in one epoch.
    for event in sorted(events.values(), key=lambda event: (int(event.get("epoch", 0)), int(event["sequence"]))):
        change = event["change"]
        deal = deals.setdefault(change["subject"], Deal(change["subject"]))
        facts = deal.versions[-1][1] if deal.versions else Facts()
        recorded = micros(change["recordedTime"])
        if change["type"].startswith(TYPE + "stage_changed."):
            deal.moves.append(change)
            facts = apply_move(facts, change, places(deal.moves)[0]["time"])
            deal.versions.append((recorded, apply_change(facts, change)))
        elif change["type"].startswith(TYPE + "record_changed."):
            deal.versions.append((recorded, apply_change(facts, change)))
    return deals


def places(moves):
    """The moves, with corrections in place of what they correct: one place for each."""
    found = []
    place_of = {}
    for move in moves:
        if "correctsVersion" not in move:
            place = {"move": move, "pipeline": move["toPipeline"], "stage": move["toStage"],
                     "key": move["toStageKey"], "name": move.get("toStageName", ""),
                     "type": move["toStageType"], "probability": move.get("probabilityAfter", 0),
                     "category": move["forecastCategoryAfter"], "time": micros(move["effectiveTime"])}
            found.append(place)
        else:
            place = place_of[move["correctsVersion"]]
            place.update(stage=move["correctedStage"], key=move["correctedStageKey"],
                         name=move.get("correctedStageName", ""), type=move["correctedStageType"],
                         probability=move.get("correctedProbability", 0),
                         category=move["correctedForecastCategory"], time=micros(move["effectiveTime"]))
        place_of[move["version"]] = place
    return found


def stay_of(move, place, enter):
    return Stay(place["pipeline"], place["stage"], place["key"], place["name"], place["type"], enter, None,
                amount_of(move.get("amountAfter")), place["probability"], place["category"],
                move.get("owner", ""), move.get("reason", "") if move["toStageType"] == "LOST" else "",
                bool(move.get("overriddenGates")))


def recorded_stays(moves):
    """As they became known: a correction that changes the present stage begins one when recorded."""
    stays = []
    for move in moves:
        if stays and (stays[-1].stage, stays[-1].pipeline) == (move["toStage"], move["toPipeline"]):
            continue
        as_told = {"pipeline": move["toPipeline"], "stage": move["toStage"], "key": move["toStageKey"],
                   "name": move.get("toStageName", ""), "type": move["toStageType"],
                   "probability": move.get("probabilityAfter", 0), "category": move["forecastCategoryAfter"]}
        stays.append(stay_of(move, as_told, micros(move["recordedTime"])))
    return closed_off(stays)


def effective_stays(moves, instant):
    """As they happened, up to the instant."""
    stays = []
    for place in places(moves):
        if stays and (stays[-1].stage, stays[-1].pipeline) == (place["stage"], place["pipeline"]):
            continue
        stays.append(stay_of(place["move"], place, place["time"]))
    closed_off(stays)
    begun = []
    for stay in stays:
        if stay.enter > instant:
            break
        begun.append(stay)
        if stay.leave is not None and stay.leave > instant:
            stay.leave = None
    return begun


def closed_off(stays):
    for stay, following in zip(stays, stays[1:]):
        stay.leave = following.enter
    return stays


def in_effect(deal, versions, known, instant):
    """The facts at the instant: a write takes effect when recorded, or with a later move that built on it."""
    told = {int(place["move"]["version"]): place["time"] for place in known}
    since = float("inf")
    for i in range(len(versions) - 1, -1, -1):
        recorded, facts = versions[i]
        moved = i == 0 or facts.version > versions[i - 1][1].version
        if i == 0:
            recorded = known[0]["time"]
        elif moved:
            recorded = min(told.get(facts.version, recorded), recorded)
        since = min(since, recorded)
        if since <= instant:
            return facts
    return deal.versions[0][1]


def see(deal, recorded_clock, instant, known_at):
    """(facts, stays) of the deal from a viewpoint; None if it was not there yet, or deleted."""
    versions = [version for version in deal.versions if version[0] <= known_at]
    moves = [move for move in deal.moves if micros(move["recordedTime"]) <= known_at]
    if not versions or not moves:
        return None
    stays = recorded_stays(moves) if recorded_clock else effective_stays(moves, instant)
    if not stays:
        return None
    facts = versions[-1][1]
    if not recorded_clock and versions[-1][0] > instant:
        facts = dataclasses.replace(in_effect(deal, versions, places(moves), instant))
        last = stays[-1]
        if (facts.stage, facts.pipeline) != (last.stage, last.pipeline):
            facts.probability, facts.category = last.probability, last.category
        facts.pipeline, facts.stage, facts.type = last.pipeline, last.stage, last.type
        facts.loss_reason = last.loss_reason
        facts.open_time, facts.enter_time = stays[0].enter, last.enter
    return None if facts.deleted else (facts, stays)


def at_close(facts, close):
    """With the owner and the amount of the closing."""
    return dataclasses.replace(facts, owner=close.owner or facts.owner, amount=close.amount)
