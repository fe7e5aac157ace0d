"""The forecast and what became of it between two instants, as the opportunity service computes them."""

import collections
import dataclasses
import fractions

import deals as log
import figures
from rates import decimal_text
from report_query import filled

CATEGORIES = ("PIPELINE", "BEST_CASE", "COMMIT", "CLOSED", "OMITTED")
KINDS = ("OVERDUE", "MONTH", "NO_DATE")
PARTS = ("RESTATED", "CREATED", "ERASED", "REOPENED", "WON", "LOST", "PULLED_IN", "PUSHED_OUT", "OWNER_IN",
         "OWNER_OUT", "SCOPE_IN", "SCOPE_OUT", "RESIZED", "RERATED")


def share_of(query, facts, stays):
    """(facts, day) that count in a forecast: won things by their closing, open ones by their date; lost ones not."""
    if facts.type == "LOST":
        return None
    if facts.type == "WON":
        return log.at_close(facts, stays[-1]), query.day(stays[-1].enter)
    return facts, facts.close_date


def query_forecast(query, found, _request):
    rows = collections.defaultdict(lambda: collections.defaultdict(query.sums))
    for seen in query.seen(found):
        share = share_of(query, *seen)
        if share is None or not query.holds(share[0]):
            continue
        facts, day = share
        if not day:
            kind = "NO_DATE"
        elif facts.type == "OPEN" and day < query.day(query.at):
            kind = "OVERDUE"
        elif query.start <= day < query.end:
            kind = "MONTH"
        else:
            continue
        where = (KINDS.index(kind), day[:7] if kind == "MONTH" else "", CATEGORIES.index(facts.category))
        rows[query.key(facts, day)][where].add(facts.amount, facts.probability, day if facts.type == "WON" else None)
    return {"rows": [filled(key=list(key), kind=f"FORECAST_ROW_KIND_{KINDS[kind]}", month=month,
                            category=f"FORECAST_CATEGORY_{CATEGORIES[category]}",
                            count=sums.without + sum(total[0] for total in sums.by_currency.values()),
                            withoutAmount=sums.without, sums=sums.json(), converted=sums.converted.json())
                     for key in sorted(rows, key=query.order)
                     for (kind, month, category), sums in sorted(rows[key].items())]}


@dataclasses.dataclass
class Position:
    """What a thing puts into a forecast, and all that it depends on."""
    there: bool = False
    type: str = "OPEN"
    amount: tuple | None = None
    probability: int = 0
    in_period: bool = False
    of_owner: bool = False
    in_rest: bool = False
    rates: object = None
    closed: str | None = None

    def counts(self):
        return self.there and self.in_period and self.of_owner and self.in_rest

    def value(self):
        """Hundredths of minor units by currency; what is converted also by (currency, month) of its rate."""
        if not self.counts() or self.type == "LOST" or self.amount is None:
            return collections.Counter()
        currency, minor = self.amount
        hundredths = minor * (100 if self.type == "WON" else self.probability)
        rate = self.rates.find(currency, self.closed) if self.rates else None
        return values({currency: hundredths, **({rate: hundredths} if rate else {})})


def values(by_key):
    return collections.Counter({key: value for key, value in by_key.items() if value})


def difference(before, after):
    result = after.value()
    result.subtract(before.value())
    return values(result)


def position_of(query, seen):
    if seen is None:
        return Position()
    share = share_of(query, *seen)
    if share is None:
        return Position(there=True, type="LOST")
    facts, day = share
    return Position(True, facts.type, facts.amount, facts.probability,
                    not query.start or (day != "" and query.start <= day < query.end),
                    query.of_owners(facts), query.in_rest(facts), query.rates, day if facts.type == "WON" else None)


def whole_part(before, after):
    """The part that takes the whole difference; None if amount and probability share it."""
    if not before.there or not after.there:
        return "ERASED" if before.there else "CREATED"
    if before.type != after.type:
        return {"OPEN": "REOPENED"}.get(after.type, after.type)
    if before.counts() != after.counts():
        if before.in_period != after.in_period:
            return "PULLED_IN" if after.in_period else "PUSHED_OUT"
        if before.of_owner != after.of_owner:
            return "OWNER_IN" if after.of_owner else "OWNER_OUT"
        return "SCOPE_IN" if after.in_rest else "SCOPE_OUT"
    same = before.amount and after.amount and before.amount[0] == after.amount[0]
    return None if same else "RESIZED"


def steps_between(before, after):
    """Parts with their values, which add up to the difference."""
    if not before.there and not after.there:
        return []
    whole = whole_part(before, after)
    if whole:
        steps = [(whole, difference(before, after))]
    elif after.counts():
        resized = dataclasses.replace(before, amount=after.amount)
        steps = [("RESIZED", difference(before, resized)), ("RERATED", difference(resized, after))]
    else:
        steps = []
    return [(part, value) for part, value in steps if value]


def changes(deal, since, until):
    """The instants between at which the deal may have changed."""
    times = {recorded for recorded, _facts in deal.versions}
    for move in deal.moves:
        times |= {log.micros(move["effectiveTime"]), log.micros(move["recordedTime"])}
    return sorted(time for time in times if since < time <= until)


class Parts:
    def __init__(self, most_things, rates):
        self.most_things, self.rates = most_things, rates
        self.parts = {}

    def put(self, deal, part, value):
        count, total, things = self.parts.setdefault(part, [0, collections.Counter(), []])
        self.parts[part][0] = count + 1
        total.update(value)
        if len(things) < self.most_things:
            things.append(filled(name=deal.id, values=render(value), converted=convert(value, self.rates)))

    def add(self, deal, before, after):
        for part, value in steps_between(before, after):
            self.put(deal, part, value)

    def json(self):
        return [filled(part=f"FORECAST_PART_{part}", count=count, values=render(total), things=things,
                       converted=convert(total, self.rates))
                for part, (count, total, things) in sorted(self.parts.items(), key=lambda it: PARTS.index(it[0]))]


def render(value):
    return [{"currencyCode": currency, "weightedMinor": str(figures.half_even(hundredths)),
             "weightedHundredths": str(hundredths)}
            for currency, hundredths in sorted((it for it in value.items() if isinstance(it[0], str)))
            if hundredths]


def convert(value, rates):
    """A ConvertedValue; None without a table."""
    if rates is None:
        return None
    total = sum((hundredths * rates.worth(rate) for rate, hundredths in value.items() if isinstance(rate, tuple)),
                start=fractions.Fraction(0))
    return {"currencyCode": rates.currency, "weightedMinor": str(round(total / 100)),
            "weightedHundredths": decimal_text(total)}


def compare_forecasts(query, found, request):
    first_at = log.micros(request["firstAsOf"])
    first_known = first_at if query.recorded else (
        log.micros(request["firstKnownAt"]) if "firstKnownAt" in request else query.known_at)
    most = request.get("mostThings", 0)
    before, after = collections.Counter(), collections.Counter()
    net, gross = (
        Parts(most, query.rates) for _ in range(2))

    def look(deal, at, known_at):
        return position_of(query, log.see(deal, query.recorded, at, at if query.recorded else known_at))

    for deal in sorted(found.values(), key=lambda deal: deal.id):
        told, restated = look(deal, first_at, first_known), look(deal, first_at, query.known_at)
        last = look(deal, query.at, query.known_at)
        before.update(told.value())
        after.update(last.value())
        late = difference(told, restated)
        if late:
            net.put(deal, "RESTATED", late)
            gross.put(deal, "RESTATED", late)
        net.add(deal, restated, last)
        previous = restated
        for time in changes(deal, first_at, query.at):
            following = look(deal, time, query.known_at)
            gross.add(deal, previous, following)
            previous = following
    return filled(before=render(before), after=render(after), net=net.json(), gross=gross.json(),
                  convertedBefore=convert(before, query.rates), convertedAfter=convert(after, query.rates))
