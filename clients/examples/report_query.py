"""What a request asks of every report: viewpoint, scope, groups and period."""

import datetime
import time
import zoneinfo

import deals as log
import figures
from rates import Rates

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
TYPES = ("OPEN", "WON", "LOST")


def day_text(day):
    return f"{day['year']:04}-{day['month']:02}-{day['day']:02}"


def filled(**values):
    return {name: value for name, value in values.items() if value is not None}


def ratio(part, whole):
    return part / whole if whole > 0 else None


class Query:
    """Of a request as JSON; `found` are the deals of the log, `stages` the keys of OPEN stages in their order."""

    last = None  # what was seen last: by whom, from where, what

    def __init__(self, request, found, stages):
        view, groups = request.get("view", {}), request.get("groups", {})
        now = time.time_ns() // 1000
        self.recorded = view.get("clock") == "REPORT_CLOCK_RECORDED"
        self.at = log.micros(view["asOf"]) if "asOf" in view else now
        self.known_at = log.micros(view["knownAt"]) if "knownAt" in view and not self.recorded else now
        if self.recorded:
            self.known_at = self.at
        self.zone = zoneinfo.ZoneInfo(view.get("timeZone") or "UTC")
        self.scope = request.get("scope", {})
        self.by = [name.removeprefix("REPORT_GROUPING_") for name in groups.get("by", [])]
        self.fiscal_start = view.get("fiscalYearStartMonth") or 1
        self.rates = Rates(request["rates"]) if "rates" in request else None
        period = request.get("period", {})
        self.start, self.end = (day_text(period[name]) if name in period else "" for name in ("start", "end"))
        self.keys = {(move["toPipeline"], move["toStage"]): (move["toStageKey"], move["toStageType"])
                     for deal in found.values() for move in deal.moves}
        self.ranks = {key: i for i, key in enumerate(stages, 1)}
        for key, kind in self.keys.values():
            if kind != "OPEN":
                self.ranks[key] = 1000 + 1 + TYPES.index(kind)

    def day(self, instant):
        return (EPOCH + datetime.timedelta(microseconds=instant)).astimezone(self.zone).date().isoformat()

    def quarter(self, day):
        """"2026-Q1", of fiscal years that are called after the year in which they end."""
        if not day:
            return ""
        year, month = int(day[:4]), int(day[5:7])
        months = (month - self.fiscal_start) % 12
        ends_next_year = self.fiscal_start > 1 and month >= self.fiscal_start
        return f"{year + ends_next_year:04}-Q{months // 3 + 1}"

    def sums(self):
        return figures.Sums(self.rates)

    def in_period(self, instant):
        return self.start <= self.day(instant) < self.end

    def shared(self, pipeline, stage):
        return self.keys[pipeline, stage][0] if (pipeline, stage) in self.keys else stage

    def rank(self, key):
        return self.ranks.get(key, -1)

    def holds(self, facts):
        return self.of_owners(facts) and self.in_rest(facts)

    def of_owners(self, facts):
        return not self.scope.get("owners") or facts.owner in self.scope["owners"]

    def in_rest(self, facts):
        """Of the scope without its owners."""
        scope = self.scope
        if scope.get("pipeline") and facts.pipeline != scope["pipeline"]:
            return False
        if scope.get("stageTypes") and f"STAGE_TYPE_{facts.type}" not in scope["stageTypes"]:
            return False
        if scope.get("leadSources"):
            if f"LEAD_SOURCE_{facts.lead_source or 'UNSPECIFIED'}" not in scope["leadSources"]:
                return False
        if scope.get("currencyCode"):
            if facts.amount is None or facts.amount[0] != scope["currencyCode"]:
                return False
            least, most = scope.get("minimumAmountMinor"), scope.get("maximumAmountMinor")
            if least is not None and facts.amount[1] < int(least):
                return False
            return most is None or facts.amount[1] <= int(most)
        return True

    def key(self, facts, day):
        values = {"OWNER": facts.owner, "PIPELINE": facts.pipeline, "MONTH": day[:7], "LOSS_REASON": facts.loss_reason,
                  "CURRENCY": facts.amount[0] if facts.amount else "", "LEAD_SOURCE": facts.lead_source,
                  "QUARTER": self.quarter(day), "YEAR": self.quarter(day)[:4],
                  "STAGE": self.shared(facts.pipeline, facts.stage)}
        return tuple(values[name] for name in self.by)

    def order(self, key):
        return [(self.rank(part) if name == "STAGE" else 0, part) for name, part in zip(self.by, key)]

    def rows(self, rows, render):
        """The rows by their keys, in order."""
        return [{"key": list(key), **render(rows[key])} for key in sorted(rows, key=self.order)]

    def seen(self, found):
        """(facts, stays) of each deal that is there; kept for the next question that looks from the same place."""
        view = (self.recorded, self.at, self.known_at)
        if Query.last is None or Query.last[0] is not found or Query.last[1] != view:
            seen = (log.see(deal, *view) for deal in found.values())
            Query.last = (found, view, [it for it in seen if it is not None])
        return Query.last[2]

    def closed(self, found):
        """(key, facts at the closing, stays) of what was last closed in the period and is closed."""
        for facts, stays in self.seen(found):
            close = stays[-1]
            if close.type == "OPEN" or not self.in_period(close.enter):
                continue
            facts = log.at_close(facts, close)
            if self.holds(facts):
                yield self.key(facts, self.day(close.enter)), facts, stays
