"""How much is won in a day: open count × win rate × mean won amount / mean cycle."""

import collections

import figures
from report_query import filled, ratio


def query_sales_velocity(query, found, _request):
    """Open ones at the instant; rate, amount and cycle of those closed in the period."""
    open_ones, closed = collections.defaultdict(query.sums), collections.defaultdict(list)
    for facts, _stays in query.seen(found):
        if facts.type == "OPEN" and query.holds(facts):
            open_ones[query.key(facts, facts.close_date)].add(facts.amount)
            open_ones[None].add(facts.amount)
    for key, facts, stays in query.closed(found):
        closed[key].append((facts, stays))
        closed[None].append((facts, stays))
    keys = sorted((key for key in {*open_ones, *closed} if key is not None), key=query.order)
    told = {key: velocity_rows(query, open_ones[key], closed[key]) for key in [*keys, None]}
    answer = {"rows": [{"key": list(key), **row} for key in keys for row in told[key][0]], "totals": told[None][0]}
    if query.rates is not None:
        answer["converted"] = [{"key": list(key), **told[key][1]} for key in keys]
        answer["convertedTotal"] = told[None][1]
    return answer


def velocity_rows(query, open_ones, closed):
    """A row for each currency, and that in the currency of the rates."""
    won, cycles = query.sums(), []
    for facts, stays in closed:
        if stays[-1].type == "WON":
            won.add(facts.amount, day=query.day(stays[-1].enter))
            cycles.append(stays[-1].enter - stays[0].enter)
    rate, cycle = ratio(len(cycles), len(closed)), figures.mean_days(cycles)
    without = open_ones.without

    def row(currency, count, mean):
        known = rate is not None and mean is not None and cycle is not None and cycle > 0
        return filled(currencyCode=currency, open=count, openWithoutAmount=without, winRate=rate, meanWonMinor=mean,
                      meanCycleDays=cycle, velocityMinorPerDay=count * rate * mean / cycle if known else None)

    # What has no amount counts in the one currency that there is; in several nothing tells in which.
    currencies = sorted({*open_ones.by_currency, *won.by_currency}) or [""] * (without > 0)
    rows = [row(currency, open_ones.by_currency[currency][0] + without * (len(currencies) == 1),
                ratio(won.by_currency[currency][1], won.by_currency[currency][0]))
            for currency in currencies]
    if query.rates is None:
        return rows, None
    return rows, row(query.rates.currency, open_ones.converted.count + without,
                     ratio(float(won.converted.minor), won.converted.count))
