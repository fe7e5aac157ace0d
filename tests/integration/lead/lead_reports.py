"""The reports of leads, computed a second time and by nothing of the project's own.

lead_reports.py FOLDER/leads.jsonl --requests FILE answers each request (a line: method, tab, JSON) by
a line of JSON, from what FOLDER holds:

  leads.jsonl               one lead a line: its name, "writes" (what it was after each, with when that
                            was recorded) and "activities"
  lead_events.jsonl         the stage events of leads, as `crmctl events export` writes them
  opportunity_events.jsonl  those of opportunities

Times are whole microseconds, shares exact fractions until they are printed.
"""

import argparse
import collections
import datetime
import fractions
import json
import pathlib

from lead_lives import Seen, View, aalen_johansen, percentile

DAY = 86_400_000_000
MINUTE = 60_000_000
STEPS = ("CREATED", "FIRST_RESPONSE", "WORKING", "QUALIFIED", "CONVERTED", "WON")
CRITERIA = ("NEED", "ABILITY", "MARKET_PRESENCE", "TIMEFRAME", "AUTHORITY")
FINDINGS = {"MET": "met", "PARTLY_MET": "partlyMet", "NOT_MET": "notMet", "UNKNOWN": "unknown"}
REASONS = ("NO_NEED", "CANNOT_AFFORD", "NO_MARKET_PRESENCE", "NO_TIMEFRAME", "NO_AUTHORITY_FOUND", "UNREACHABLE",
           "DUPLICATE", "COMPETITOR_CHOSEN", "OTHER")
OUTCOMES = ("QUALIFIED", "NOT_QUALIFIED", "INSUFFICIENT_EVIDENCE")


class Rows:
    def __init__(self, request, view, make):
        self.scope = request.get("scope", {})
        self.groups = request.get("groups", {})
        self.view = view
        self.make = make
        self.rows = {}
        self.total = make()

    def holds(self, seen, owner):
        facts, scope = seen.facts, self.scope
        wanted = (("owners", owner), ("sources", "LEAD_SOURCE_" + facts["source"]),
                  ("sourceDetails", facts["sourceDetail"]), ("states", "LEAD_STATE_" + seen.state))
        return (all(not scope.get(name) or value in scope[name] for name, value in wanted) and
                all(facts["attributes"].get(key) == value for key, value in scope.get("attributes", {}).items()))

    def part(self, by, seen, owner, time):
        day = self.view.day(time)
        facts = seen.facts
        return {"SOURCE": lambda: "" if facts["source"] == "UNSPECIFIED" else facts["source"],
                "SOURCE_DETAIL": lambda: facts["sourceDetail"], "OWNER": lambda: owner,
                "ATTRIBUTE": lambda: facts["attributes"].get(self.groups.get("attribute"), ""),
                "WEEK": lambda: "%04d-W%02d" % day.isocalendar()[:2],
                "MONTH": lambda: "%04d-%02d" % (day.year, day.month)}[by.removeprefix("REPORT_GROUPING_")]()

    def add(self, seen, owner, time, add):
        if self.holds(seen, owner):
            key = tuple(self.part(by, seen, owner, time) for by in self.groups.get("by", ()))
            add(self.rows.setdefault(key, self.make()))
            add(self.total)

    def answer(self, tell):
        rows = [{"key": list(key), **tell(self.rows[key])} for key in sorted(self.rows)]
        return {"rows": rows, "total": tell(self.total)}


def in_period(request, view, time):
    day = lambda it: datetime.date(it["year"], it["month"], it["day"])
    return day(request["period"]["start"]) <= view.day(time) < day(request["period"]["end"])


def present(**values):
    return {name: value for name, value in values.items() if value is not None}


def ratio(part, whole):
    return float(fractions.Fraction(part, whole)) if whole else None


def lead_funnel(request, view, leads):
    rows = Rows(request, view, lambda: {"fates": collections.Counter(), "entered": collections.Counter(),
                                        "reached": {step: [] for step in STEPS}})
    horizon = request.get("horizonDays", 0) * DAY
    immature = 0
    for seen in leads:
        if not in_period(request, view, seen.created) or not rows.holds(seen, seen.owner_at_end()):
            continue
        end = seen.created + horizon if horizon else view.at
        if end > view.at:
            immature += 1
            continue
        times = {"CREATED": [seen.created], "FIRST_RESPONSE": [seen.response] if seen.response else [],
                 "WON": [time for kind, time in seen.turns if kind == "WON"]}
        for state in ("WORKING", "QUALIFIED", "CONVERTED"):
            times[state] = [time for name, time, _ in seen.visits if name == state]

        def add(row):
            row["fates"][seen.fate(end)[0]] += 1
            for i, step in enumerate(STEPS):
                row["entered"][step] += any(time <= end for time in times[step])
                later = [time for name in STEPS[i:] for time in times[name] if time <= end]
                if later:
                    row["reached"][step].append(max(min(later) - seen.created, 0))
        rows.add(seen, seen.owner_at_end(), seen.created, add)

    def tell(row):
        created = sum(row["fates"].values())
        steps = []
        before = 0
        for step in STEPS:
            reached = row["reached"][step]
            days = {name: value / DAY if value is not None else None
                    for name, value in (("medianDays", percentile(reached, 50)), ("p90Days", percentile(reached, 90)))}
            steps.append(present(step="FUNNEL_STEP_" + step, entered=row["entered"][step], reached=len(reached),
                                 rateFromPrevious=ratio(len(reached), before),
                                 rateFromCreated=ratio(len(reached), created), **days))
            before = len(reached)
        fates = row["fates"]
        return {"created": created, "couldStill": fates["open"], "disqualified": fates["disqualified"],
                "lost": fates["lost"], "won": fates["won"], "steps": steps}
    return {**rows.answer(tell), "immature": immature}


def response_time(request, view, leads):
    minutes = request.get("withinMinutes") or [5, 60, 1440]
    rows = Rows(request, view, lambda: {"waits": [], "ended": 0})
    for seen in leads:
        if not in_period(request, view, seen.created):
            continue
        owner = seen.responder if seen.response else seen.owner_at_end()
        over = seen.state in ("CONVERTED", "DISQUALIFIED")

        def add(row):
            if seen.response:
                row["waits"].append((seen.response - seen.created, "first"))
                return
            row["ended"] += over
            until = seen.visits[-1][1] if over else view.at
            row["waits"].append((until - seen.created, "still"))
        rows.add(seen, owner, seen.created, add)

    def tell(row):
        waits = row["waits"]
        responded = [wait for wait, outcome in waits if outcome == "first"]
        shares = aalen_johansen(waits, [minute * MINUTE for minute in minutes] + responded)
        known = {percent: next((wait / MINUTE for wait in sorted(responded)
                                if shares[wait][2] <= fractions.Fraction(100 - percent, 100)), None)
                 for percent in (50, 90)}
        return present(leads=len(waits), responded=len(responded), endedWithout=row["ended"],
                       waiting=len(waits) - len(responded) - row["ended"],
                       medianMinutes=known[50], p90Minutes=known[90],
                       shares=[{"minutes": minute, "responded": sum(wait <= minute * MINUTE for wait in responded),
                                "share": float(shares[minute * MINUTE][0])} for minute in minutes])
    return rows.answer(tell)


def qualification(request, view, leads):
    rows = Rows(request, view, lambda: {"leads": []})
    for seen in leads:
        decision = None
        for i, (state, time, owner) in enumerate(seen.visits):
            if state == "DISQUALIFIED" or (state == "QUALIFIED" and seen.visits[i - 1][0] != "CONVERTING"):
                decision = (state, time, owner)
            elif state in ("NEW", "WORKING"):
                decision = None
        if decision and in_period(request, view, decision[1]):
            rows.add(seen, decision[2], decision[1], lambda row: row["leads"].append((decision[0], seen.facts)))

    def scores(values):
        return present(count=len(values), mean=ratio(sum(values), len(values)), p10=percentile(values, 10),
                       median=percentile(values, 50), p90=percentile(values, 90))

    def findings(criterion, verdicts):
        counts = collections.Counter()
        points = 0
        for verdict in verdicts:
            result = next(it for it in verdict["results"] if it["criterion"] == "CRITERION_" + criterion)
            finding = result.get("finding", "").removeprefix("FINDING_")
            counts["stale" if result.get("stale") else FINDINGS[finding]] += 1
            points += result.get("contribution", 0)
        told = {"criterion": "CRITERION_" + criterion}
        for name in ("met", "partlyMet", "notMet", "unknown", "stale"):
            told[name] = counts[name]
            if verdicts:
                told[name + "Share"] = ratio(counts[name], len(verdicts))
        return {**told, **present(meanContribution=ratio(points, len(verdicts)))}

    def tell(row):
        of = {state: [facts for decided, facts in row["leads"] if decided == state]
              for state in ("QUALIFIED", "DISQUALIFIED")}
        verdicts = {state: [facts["verdict"] for facts in of[state] if "verdict" in facts] for state in of}
        every = verdicts["QUALIFIED"] + verdicts["DISQUALIFIED"]
        parts = []
        for outcome in OUTCOMES:
            count = {state: sum(it["outcome"] == "VERDICT_OUTCOME_" + outcome for it in verdicts[state]) for state in of}
            if sum(count.values()):
                parts.append({"outcome": "VERDICT_OUTCOME_" + outcome, "qualified": count["QUALIFIED"],
                              "disqualified": count["DISQUALIFIED"], "share": ratio(sum(count.values()), len(every))})
        reasons = collections.Counter(facts["disqualifyReason"] for facts in of["DISQUALIFIED"])
        score = lambda list_of: scores([verdict.get("score", 0) for verdict in list_of])
        return {"qualified": len(of["QUALIFIED"]), "overridden": sum(facts["overridden"] for facts in of["QUALIFIED"]),
                "disqualified": len(of["DISQUALIFIED"]), "verdicts": parts, "scores": score(every),
                "qualifiedScores": score(verdicts["QUALIFIED"]),
                "disqualifiedScores": score(verdicts["DISQUALIFIED"]),
                "criteria": [findings(criterion, every) for criterion in CRITERIA],
                "disqualifyReasons": [{"reason": "DISQUALIFY_REASON_" + reason, "count": reasons[reason],
                                       "share": ratio(reasons[reason], len(of["DISQUALIFIED"]))}
                                      for reason in REASONS if reasons[reason]]}
    return rows.answer(tell)


def conversion(request, view, leads):
    days = request.get("withinDays") or [7, 30, 90]
    rows = Rows(request, view, lambda: {"leads": []})
    for seen in leads:
        if in_period(request, view, seen.created):
            rows.add(seen, seen.owner_at_end(), seen.created, lambda row: row["leads"].append(seen))

    def tell(row):
        ends = {"CONVERTED": "first", "DISQUALIFIED": "second"}
        conversions, sales = [], []
        for seen in row["leads"]:
            end = ends.get(seen.state, "still")
            until = view.at if end == "still" else seen.visits[-1][1]
            conversions.append((until - seen.created, end))
            fate, since = seen.fate(view.at)
            sale = {"won": "first", "lost": "second", "disqualified": "second"}.get(fate, "still")
            sales.append((max((view.at if sale == "still" else since) - seen.created, 0), sale))
        converted = [time for time, end in conversions if end == "first"]
        fates = collections.Counter(seen.fate(view.at)[0] for seen in row["leads"])
        points = [day * DAY for day in days]
        ways, outcomes = aalen_johansen(conversions, points), aalen_johansen(sales, points)
        shares = []
        for day, point in zip(days, points):
            old = [(seen, time, end) for seen, (time, end) in zip(row["leads"], conversions)
                   if view.at - seen.created >= point]
            shares.append({"days": day, "mature": len(old),
                           "matureConverted": sum(end == "first" and time <= point for _, time, end in old),
                           **dict(zip(("converted", "disqualified", "open"), map(float, ways[point]))),
                           **dict(zip(("won", "lost", "undecided"), map(float, outcomes[point])))})
        days_of = lambda value: value / DAY if value is not None else None
        return present(created=len(conversions), converted=len(converted),
                       disqualified=sum(end == "second" for _, end in conversions),
                       open=sum(end == "still" for _, end in conversions), won=fates["won"], lost=fates["lost"],
                       medianDays=days_of(percentile(converted, 50)), p90Days=days_of(percentile(converted, 90)),
                       shares=shares)
    return rows.answer(tell)


REPORTS = {"QueryLeadFunnel": lead_funnel, "QueryResponseTime": response_time,
           "QueryQualification": qualification, "QueryConversion": conversion}


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("leads", type=pathlib.Path)
    parser.add_argument("--requests", required=True)
    arguments = parser.parse_args()
    moves = collections.defaultdict(list)
    opportunity = {}
    for event in read(arguments.leads.parent / "lead_events.jsonl"):
        change = event["change"]
        moves[change["subject"]].append(change)
        if change["toStage"] == "CONVERTED":
            opportunity[change["subject"]] = change["opportunity"]
    sales = collections.defaultdict(list)
    for event in read(arguments.leads.parent / "opportunity_events.jsonl"):
        sales[event["change"]["subject"]].append(event["change"])
    leads = read(arguments.leads)
    with open(arguments.requests, encoding="utf-8") as file:
        for line in file:
            method, text = line.rstrip("\n").split("\t", 1)
            request = json.loads(text)
            view = View(request["view"])
            seen = [Seen(lead, moves[lead["name"]], sales[opportunity.get(lead["name"])], view) for lead in leads]
            print(json.dumps(REPORTS[method](request, view, [it for it in seen if it.there])))


if __name__ == "__main__":
    main()
