"""Open things that are slower than others were, or that nobody seems to look after."""

import collections
import functools

import deals as log
import figures
from report_query import filled


class Pace:
    """How long visits to OPEN stages last, by the key across pipelines."""

    def __init__(self, query, found):
        self.of_won, self.left, self.running = (collections.defaultdict(list) for _ in range(3))
        for facts, stays in query.seen(found):
            for stay in stays:
                if stay.type != "OPEN":
                    continue
                key = query.shared(stay.pipeline, stay.stage)
                if stay.leave is None:
                    self.running[key].append(query.at - stay.enter)
                    continue
                self.left[key].append(stay.leave - stay.enter)
                if facts.type == "WON":
                    self.of_won[key].append(stay.leave - stay.enter)

    @functools.cache
    def p75_won(self, key):
        return figures.percentile_days(self.of_won[key], 75)

    @functools.cache
    def p75_all(self, key):
        return figures.Survival(self.left[key], self.running[key]).percentile_days(75)


def known_versions(query, deal):
    return [version for version in deal.versions if version[0] <= min(query.at, query.known_at)]


def pushes_of(query, deal):
    """How often the expected close date was put off; a date that came or went is no push."""
    dates = [facts.close_date for _recorded, facts in known_versions(query, deal)]
    return sum(1 for before, after in zip(dates, dates[1:]) if before and after > before)


def days_unchanged(query, deal):
    known = known_versions(query, deal) or deal.versions[:1]
    return (query.at - min(known[-1][0], query.at)) / figures.DAY


def date_of(text):
    return dict(zip(("year", "month", "day"), map(int, text.split("-")))) if text else None


def risk_of(query, deal, facts, pace, silent_days):
    key = query.shared(facts.pipeline, facts.stage)
    days = (query.at - facts.enter_time) / figures.DAY
    p75, pushes, unchanged = pace.p75_won(key), pushes_of(query, deal), days_unchanged(query, deal)
    reasons = [name for name, holds in (
        ("SLOW", p75 is not None and days > p75), ("OVERDUE", "" < facts.close_date < query.day(query.at)),
        ("PUSHED", pushes >= 2), ("SILENT", unchanged >= silent_days), ("NO_NEXT_STEP", facts.next_step == ""))
        if holds]
    sums = query.sums()
    sums.add(facts.amount, facts.probability)
    told = {"name": deal.id, "owner": facts.owner, "stageKey": key,
            "reasons": [f"RISK_REASON_{reason}" for reason in reasons], "daysInStage": days, "p75WonDays": p75,
            "p75AllDays": pace.p75_all(key), "expectedCloseDate": date_of(facts.close_date), "pushes": pushes,
            "daysUnchanged": unchanged, "sums": sums.json(), "converted": sums.converted.json()}
    return filled(**told)


def list_at_risk(query, found, request):
    pace, risky = Pace(query, found), []
    for deal in found.values():
        seen = log.see(deal, query.recorded, query.at, query.known_at)
        if seen is None or seen[0].type != "OPEN" or not query.holds(seen[0]):
            continue
        thing = risk_of(query, deal, seen[0], pace, request.get("silentDays") or 14)
        if thing["reasons"]:
            risky.append(thing)
    risky.sort(key=lambda thing: (-len(thing["reasons"]), -thing["daysInStage"], thing["name"]))
    return {"things": risky[:min(request.get("mostThings") or 50, 1000)], "total": len(risky)}
