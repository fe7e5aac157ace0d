#!/usr/bin/python3
"""The opportunity service's reports, computed from exported stage events alone.

    crmctl events export --service opportunity --file opportunity.jsonl
    clients/examples/reports.py opportunity.jsonl QueryWinRate \\
        '{"period": {"start": {"year": 2026, "month": 1, "day": 1}, "end": {"year": 2027, "month": 1, "day": 1}},
          "groups": {"by": ["REPORT_GROUPING_OWNER"]}}'

Takes the requests of crm.opportunity.v1.ReportService as JSON and prints the answers in the JSON of its
responses; with `--requests FILE` a method, a tab and a request in each line, and an answer in each line.
What stands in no event is missing: attributes, display names of things, the order of stages, which
`--stages` gives. Needs the standard library only.
"""

import argparse
import collections
import json
import sys

import deals as log
import figures
import forecasts
import risks
import velocity
from report_query import Query, filled, ratio

STAGES = "discovery,needs_confirmed,proposal,payment_terms,contract"


def summarize_pipeline(query, found, _request):
    rows, everything = collections.defaultdict(list), []
    for facts, _stays in query.seen(found):
        if facts.type == "OPEN" and query.holds(facts):
            rows[query.key(facts, facts.close_date)].append(facts)
            everything.append(facts)

    def render(some):
        sums = query.sums()
        for facts in some:
            sums.add(facts.amount, facts.probability)
        return filled(count=len(some), withoutAmount=sums.without, sums=sums.json(), converted=sums.converted.json(),
                      meanAgeDays=figures.mean_days([query.at - facts.open_time for facts in some]),
                      overdue=sum(1 for facts in some if "" < facts.close_date < query.day(query.at)))

    return {"rows": query.rows(rows, render), "total": render(everything)}


def funnel_stages(query, found):
    """Of the OPEN stages and the WON one: key and type."""
    stages = [(key, "OPEN") for key, rank in sorted(query.ranks.items(), key=lambda item: item[1]) if rank < 1000]
    won = {move["toStageKey"] for deal in found.values() for move in deal.moves if move["toStageType"] == "WON"}
    return stages + [(sorted(won)[0] if won else "won", "WON")]


def query_funnel(query, found, request):
    query.scope = {"pipeline": "pipelines/default", **query.scope}
    stages = funnel_stages(query, found)
    horizon = request.get("horizonDays", 0) * figures.DAY
    rows, everything, immature = collections.defaultdict(list), [], 0
    for facts, stays in query.seen(found):
        if not query.holds(facts) or not query.in_period(stays[0].enter):
            continue
        end = stays[0].enter + horizon if horizon else query.at
        if end > query.at:
            immature += 1
            continue
        seen = ([stay for stay in stays if stay.enter <= end], end)
        rows[query.key(facts, query.day(stays[0].enter))].append(seen)
        everything.append(seen)
    days = request.get("outcomeDays") or (30, 60, 90, 120, 180, 365)

    def render(some):
        return funnel_row(query, some, stages, days)

    return {"rows": query.rows(rows, render), "total": render(everything), "immature": immature}


def rank_in_funnel(query, stay, stages):
    if stay.type == "LOST":
        return None
    if stay.type == "WON":
        return len(stages) - 1
    for key in (query.shared(stay.pipeline, stay.stage), stay.key):
        if (key, "OPEN") in stages:
            return stages.index((key, "OPEN"))
    return None


def funnel_row(query, some, stages, days):
    entered, until = [0] * len(stages), [[] for _ in stages]
    for stays, _end in some:
        been, reached = set(), 0
        for stay in stays:
            rank = rank_in_funnel(query, stay, stages)
            if rank is None:
                continue
            been.add(rank)
            for stage in range(reached, rank + 1):
                until[stage].append(stay.enter - stays[0].enter)
            reached = max(reached, rank + 1)
        for rank in been:
            entered[rank] += 1
    before, told = len(some), []
    for i, (key, kind) in enumerate(stages):
        told.append(filled(
            stageKey=key, type=f"STAGE_TYPE_{kind}", entered=entered[i], reached=len(until[i]),
            rateFromPrevious=ratio(len(until[i]), before), rateFromOpened=ratio(len(until[i]), len(some)),
            medianDays=figures.percentile_days(until[i], 50), p90Days=figures.percentile_days(until[i], 90)))
        before = len(until[i])
    became = collections.Counter(stays[-1].type for stays, _end in some)
    times = [((end if stays[-1].type == "OPEN" else stays[-1].enter) - stays[0].enter, stays[-1].type)
             for stays, end in some]
    shares = [{"days": day, "won": won, "lost": lost, "open": still}
              for day, (won, lost, still) in zip(days, figures.outcomes(times, days))]
    return {"opened": len(some), "couldStill": became["OPEN"], "won": became["WON"], "lost": became["LOST"],
            "stages": told, "outcomes": shares}


def query_time_in_stage(query, found, request):
    rows = collections.defaultdict(lambda: collections.defaultdict(lambda: ([], [], [])))
    for facts, stays in query.seen(found):
        if not query.holds(facts):
            continue
        totals = collections.Counter()
        for stay in stays:
            if stay.type != "OPEN" or not query.in_period(stay.enter):
                continue
            where = (query.key(facts, query.day(stay.enter)), query.shared(stay.pipeline, stay.stage))
            spent = (query.at if stay.leave is None else stay.leave) - stay.enter
            rows[where[0]][where[1]][0 if stay.leave is not None else 1].append(spent)
            totals[where] += spent
        for (key, stage), total in totals.items():
            rows[key][stage][2].append(total)
    days = request.get("curveDays") or (7, 14, 30, 60, 90, 180)
    return {"rows": [{"key": list(key), "stageKey": stage, **stage_time_row(*rows[key][stage], days)}
                     for key in sorted(rows, key=query.order)
                     for stage in sorted(rows[key], key=lambda stage: (query.rank(stage), stage))]}


def stage_time_row(left, running, totals, days):
    curve = figures.Survival(left, running)
    return filled(
        left=len(left), running=len(running), restrictedMeanDays=curve.restricted_mean_days(),
        medianDays=curve.percentile_days(50), p75Days=curve.percentile_days(75), p90Days=curve.percentile_days(90),
        curve=[{"days": day, "share": curve.share_after(day)} for day in days], things=len(totals),
        meanTotalDays=figures.mean_days(totals), medianTotalDays=figures.percentile_days(totals, 50))


def query_win_rate(query, found, _request):
    rows, everything = collections.defaultdict(list), []
    for key, facts, stays in query.closed(found):
        rows[key].append((facts, stays))
        everything.append((facts, stays))
    return {"rows": query.rows(rows, lambda some: win_row(query, some)), "total": win_row(query, everything)}


def win_row(query, some):
    cycles, sums = {"WON": [], "LOST": []}, {"WON": query.sums(), "LOST": query.sums()}
    reasons, places = collections.defaultdict(query.sums), collections.defaultdict(query.sums)
    for facts, stays in some:
        close, day = stays[-1], query.day(stays[-1].enter)
        cycles[close.type].append(close.enter - stays[0].enter)
        sums[close.type].add(facts.amount, day=day)
        if close.type == "LOST" and close.loss_reason:
            reasons[close.loss_reason].add(facts.amount, day=day)
        if close.type == "LOST" and len(stays) > 1:
            places[query.shared(stays[-2].pipeline, stays[-2].stage)].add(facts.amount, day=day)
    won, lost, both = cycles["WON"], cycles["LOST"], cycles["WON"] + cycles["LOST"]
    by_currency = {}
    for currency in sorted({*sums["WON"].by_currency, *sums["LOST"].by_currency}):
        minor = [sums[kind].by_currency[currency][1] for kind in ("WON", "LOST")]
        by_currency[currency] = filled(currencyCode=currency, wonMinor=str(minor[0]), lostMinor=str(minor[1]),
                                       rate=ratio(minor[0], sum(minor)))
    return filled(
        won=len(won), lost=len(lost), rate=ratio(len(won), len(both)), sums=list(by_currency.values()),
        converted=converted_wins(query, *(sums[kind].converted for kind in ("WON", "LOST"))),
        meanCycleDays=figures.mean_days(both), medianCycleDays=figures.percentile_days(both, 50),
        meanWonCycleDays=figures.mean_days(won), medianWonCycleDays=figures.percentile_days(won, 50),
        meanLostCycleDays=figures.mean_days(lost), medianLostCycleDays=figures.percentile_days(lost, 50),
        lossReasons=loss_parts(reasons), lostFrom=loss_parts(places))


def converted_wins(query, won, lost):
    if query.rates is None:
        return None
    return filled(currencyCode=query.rates.currency, withoutRate=won.without_rate + lost.without_rate,
                  wonMinor=str(round(won.minor)), lostMinor=str(round(lost.minor)),
                  rate=ratio(float(won.minor), float(won.minor + lost.minor)))


def loss_parts(parts):
    return [filled(key=key, count=sums.without + sum(total[0] for total in sums.by_currency.values()),
                   sums=sums.json(), converted=sums.converted.json()) for key, sums in sorted(parts.items())]


def query_flow(query, found, _request):
    rows = collections.defaultdict(lambda: collections.defaultdict(list))
    for facts, stays in query.seen(found):
        if not query.holds(facts):
            continue
        been, before, rank = set(), "", -2
        for stay in stays:
            key = query.shared(stay.pipeline, stay.stage)
            if query.in_period(stay.enter):
                group = rows[query.key(facts, query.day(stay.enter))]
                group[rank, before, query.rank(key), key].append((stay, key in been))
            been.add(key)
            before, rank = key, query.rank(key)
    return {"rows": [{"key": list(key), "fromStageKey": pair[1], "toStageKey": pair[3], **flow_row(query, rows[key][pair])}
                     for key in sorted(rows, key=query.order) for pair in sorted(rows[key])]}


def flow_row(query, moves):
    sums = query.sums()
    for stay, _again in moves:
        sums.add(stay.amount, day=query.day(stay.enter))
    return filled(count=len(moves), reentries=sum(again for _stay, again in moves), sums=sums.json(),
                  overridden=sum(stay.overridden for stay, _again in moves), converted=sums.converted.json())


METHODS = {"SummarizePipeline": summarize_pipeline, "QueryFunnel": query_funnel, "QueryFlow": query_flow,
           "QueryTimeInStage": query_time_in_stage, "QueryWinRate": query_win_rate,
           "QuerySalesVelocity": velocity.query_sales_velocity, "QueryForecast": forecasts.query_forecast,
           "CompareForecasts": forecasts.compare_forecasts, "ListAtRisk": risks.list_at_risk}


def answer(found, stages, method, request):
    request = json.loads(request)
    return METHODS[method](Query(request, found, stages), found, request)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("events", help="file of crmctl events export, as JSON lines")
    parser.add_argument("method", nargs="?", choices=METHODS)
    parser.add_argument("request", nargs="?", default="{}", help="JSON of the method's request")
    parser.add_argument("--requests", help="file with a method, a tab and a request in each line")
    parser.add_argument("--stages", default=STAGES, help="keys of the OPEN stages in order (default: %(default)s)")
    arguments = parser.parse_args()
    with open(arguments.events, encoding="utf-8") as lines:
        found = log.load(lines)
    stages = arguments.stages.split(",")
    if arguments.requests:
        with open(arguments.requests, encoding="utf-8") as lines:
            for line in lines:
                print(json.dumps(answer(found, stages, *line.rstrip("\n").split("\t", 1))))
    elif arguments.method:
        json.dump(answer(found, stages, arguments.method, arguments.request), sys.stdout, indent=2)
        print()
    else:
        parser.error("a method or --requests is needed")


if __name__ == "__main__":
    main()
