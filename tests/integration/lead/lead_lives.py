"""Leads as they are seen from a viewpoint, for lead_reports.py."""

import collections
import datetime
import fractions
import functools
import zoneinfo


@functools.lru_cache(maxsize=None)
def micros(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    time = datetime.datetime.fromisoformat(whole).replace(tzinfo=datetime.timezone.utc)
    return int(time.timestamp()) * 1_000_000 + int((fraction or "0").ljust(6, "0")[:6])


class View:
    def __init__(self, view):
        self.recorded = view.get("clock") == "REPORT_CLOCK_RECORDED"
        self.at = micros(view["asOf"])
        self.known = self.at if self.recorded else micros(view["knownAt"])
        self.zone = zoneinfo.ZoneInfo(view.get("timeZone") or "UTC")

    def when(self, effective, recorded):
        return recorded if self.recorded else effective

    def day(self, time):
        return datetime.datetime.fromtimestamp(time // 1_000_000, self.zone).date()


class Seen:
    """A lead from a view; `there` is false if it was not there yet, or deleted."""

    def __init__(self, lead, moves, sales, view):
        self.there = False
        writes = [write for write in lead["writes"] if micros(write["recordTime"]) <= view.known]
        self.visits = []  # (state, when, owner)
        for event in moves:
            time = view.when(micros(event["effectiveTime"]), micros(event["recordedTime"]))
            if micros(event["recordedTime"]) <= view.known and time <= view.at:
                self.visits.append((event["toStage"], time, event.get("owner", "")))
        if not writes or not self.visits:
            return
        self.facts = self.in_effect(writes, moves, view)
        if self.facts.get("deleted"):
            return
        self.there = True
        self.created = self.visits[0][1]
        self.state = self.visits[-1][0]
        self.see_response(lead, writes, view)
        self.turns = []  # (type, when) of the opportunity
        if self.state == "CONVERTED":
            self.see_sale(sales, view)

    @staticmethod
    def in_effect(writes, moves, view):
        if view.recorded:
            return writes[-1]
        began = {int(event["version"]): micros(event["effectiveTime"]) for event in moves}
        since = None
        for i in reversed(range(len(writes))):
            recorded = micros(writes[i]["recordTime"])
            moved = i == 0 or int(writes[i]["stageVersion"]) > int(writes[i - 1]["stageVersion"])
            own = min(began[int(writes[i]["stageVersion"])], recorded) if moved else recorded
            since = own if since is None else min(since, own)
            if since <= view.at:
                return writes[i]
        return writes[0]

    def see_response(self, lead, writes, view):
        outbound = [(micros(it["occurTime"]), micros(it["recordTime"])) for it in lead["activities"]
                    if it["direction"] == "OUTBOUND" and it["type"] != "NOTE"
                    and micros(it["recordTime"]) <= view.known]
        self.response = None
        if not outbound:
            return
        first_recorded = min(recorded for _, recorded in outbound)
        time = first_recorded if view.recorded else min(occurred for occurred, _ in outbound)
        if time <= view.at:
            self.response = max(time, self.created)
            self.responder = next(write["owner"] for write in writes
                                  if micros(write["recordTime"]) == first_recorded)

    def see_sale(self, sales, view):
        places = []  # [version that stands, type, when]
        for event in sorted(sales, key=lambda event: int(event["version"])):
            if micros(event["recordedTime"]) > view.known:
                continue
            corrected = int(event.get("correctsVersion", 0))
            if not corrected:
                time = view.when(micros(event["effectiveTime"]), micros(event["recordedTime"]))
                places.append([int(event["version"]), event["toStageType"], time])
                continue
            for place in places:
                if place[0] == corrected:
                    place[0] = int(event["version"])
                    if not view.recorded:
                        place[2] = micros(event["effectiveTime"])
        for _, kind, time in places:
            if time > view.at:
                break
            self.turns.append((kind, time))

    def fate(self, end):
        state, since, _ = [visit for visit in self.visits if visit[1] <= end][-1]
        if state == "DISQUALIFIED":
            return "disqualified", since
        if state != "CONVERTED":
            return "open", since
        kind = "open"
        for turn, time in self.turns:
            if time <= end:
                kind, since = turn.lower(), time
        return kind, since

    def owner_at_end(self):
        ended = self.state in ("CONVERTED", "DISQUALIFIED")
        return self.visits[-1][2] if ended else self.facts["owner"]


def percentile(values, percent):
    values = sorted(values)
    return values[max(-(-len(values) * percent // 100), 1) - 1] if values else None


def aalen_johansen(times, points):
    """Shares (first, second, still) at the points, of (time, "first", "second" or "still")."""
    shares = {}
    first = second = fractions.Fraction(0)
    still = fractions.Fraction(1)
    ends = collections.defaultdict(list)
    for time, outcome in times:
        ends[time].append(outcome)
    there = len(times)
    passed = []
    for time in sorted(ends):
        one, two = ends[time].count("first"), ends[time].count("second")
        first += still * fractions.Fraction(one, there)
        second += still * fractions.Fraction(two, there)
        still *= 1 - fractions.Fraction(one + two, there)
        there -= len(ends[time])
        passed.append((time, first, second, still))
    for point in points:
        shares[point] = (fractions.Fraction(0), fractions.Fraction(0), fractions.Fraction(1))
        for time, one, two, rest in passed:
            if time <= point:
                shares[point] = (one, two, rest)
    return shares
