"""The figures of reports, straight from the CSV of the real data and by nothing of the project's own.

report_facts.py FOLDER prints one figure a line, "name value"; tests/e2e/report_facts.cc asks the
services for figures of the same names. A deal is opened on its engage_date and closed on its
close_date, both at midnight UTC; what has no engage_date was never opened.
"""

import csv
import datetime
import fractions
import pathlib
import sys

DAY = datetime.timedelta(days=1)
MONTH_ENDS = [datetime.date(2017, month, 1) - DAY for month in range(1, 13)] + [datetime.date(2017, 12, 31)]
LAST = datetime.date(2017, 12, 31)
OUTCOME_DAYS = (30, 60, 90, 120, 138)
CURVE_DAYS = (7, 14, 30, 60, 90, 138)
QUARTERS = {"2016-Q4": ((2016, 10), (2017, 1)), "2017-Q1": ((2017, 1), (2017, 4)),
            "2017-Q2": ((2017, 4), (2017, 7)), "2017-Q3": ((2017, 7), (2017, 10)),
            "2017-Q4": ((2017, 10), (2018, 1))}


class Deal:
    def __init__(self, row):
        self.agent = row["sales_agent"]
        self.product = row["product"].replace("GTXPro", "GTX Pro")
        self.stage = row["deal_stage"]
        self.opened = datetime.date.fromisoformat(row["engage_date"]) if row["engage_date"] else None
        self.closed = datetime.date.fromisoformat(row["close_date"]) if row["close_date"] else None
        self.cents = int(row["close_value"]) * 100 if row["close_value"] else 0

    def outcome(self, day):
        if self.closed is None or self.closed > day:
            return "open"
        return self.stage.lower()


def deals_of(folder):
    with open(pathlib.Path(folder) / "sales_pipeline.csv", newline="", encoding="utf-8") as file:
        return [deal for deal in map(Deal, csv.DictReader(file)) if deal.opened]


def percentile(values, percent):
    """The smallest value that at least so many in a hundred do not exceed."""
    values = sorted(values)
    return values[max(-(-len(values) * percent // 100), 1) - 1]


def mean(values):
    return float(fractions.Fraction(sum(values), len(values)))


def outcomes(times, days):
    """Aalen and Johansen's estimate from (days, outcome), in exact fractions."""
    won = lost = fractions.Fraction(0)
    still = fractions.Fraction(1)
    result = {}
    for day in range(max(days) + 1):
        there = sum(1 for time, _ in times if time >= day)
        ended = [outcome for time, outcome in times if time == day]
        if there:
            won += still * fractions.Fraction(ended.count("won"), there)
            lost += still * fractions.Fraction(ended.count("lost"), there)
            still *= 1 - fractions.Fraction(ended.count("won") + ended.count("lost"), there)
        assert won + lost + still == 1
        if day in days:
            result[day] = (won, lost, still)
    return result


def survival(times):
    """Kaplan and Meier's estimate from (days, left): the share still there after each day."""
    share = fractions.Fraction(1)
    steps = {}
    for day in range(max(time for time, _ in times) + 1):
        there = sum(1 for time, _ in times if time >= day)
        left = sum(1 for time, has_left in times if has_left and time == day)
        share *= 1 - fractions.Fraction(left, there)
        steps[day] = share
    return steps


def print_open(deals):
    for day in MONTH_ENDS:
        there = [deal for deal in deals if deal.opened <= day and deal.outcome(day) == "open"]
        print(f"open.{day}.count {len(there)}")
        # The data has values of closed deals only. A lost one's, 0, is imported as its amount from the
        # beginning, a won one's as that of the win.
        print(f"open.{day}.without_amount {sum(1 for deal in there if deal.stage != 'Lost')}")
        print(f"open.{day}.mean_age {mean([(day - deal.opened).days for deal in there])!r}")


def print_funnel(deals):
    def cohort(name, some):
        became = [deal.outcome(LAST) for deal in some]
        print(f"funnel.{name}.opened {len(some)}")
        for outcome, field in (("open", "could_still"), ("won", "won"), ("lost", "lost")):
            print(f"funnel.{name}.{field} {became.count(outcome)}")
        # Every one was opened in the first stage; only those won came further.
        print(f"funnel.{name}.entered {len(some)}")
        print(f"funnel.{name}.reached {became.count('won')}")
        times = [(((LAST if deal.outcome(LAST) == "open" else deal.closed) - deal.opened).days,
                  deal.outcome(LAST)) for deal in some]
        for day, shares in outcomes(times, OUTCOME_DAYS).items():
            for field, share in zip(("won", "lost", "open"), shares):
                print(f"funnel.{name}.{field}_by_{day} {float(share)!r}")

    cohort("all", deals)
    for month in sorted({deal.opened.strftime("%Y-%m") for deal in deals}):
        cohort(month, [deal for deal in deals if deal.opened.strftime("%Y-%m") == month])


def print_time_in_stage(deals):
    times = [((min(deal.closed or LAST, LAST) - deal.opened).days, deal.outcome(LAST) != "open")
             for deal in deals]
    steps = survival(times)
    print(f"stage.left {sum(1 for _, left in times if left)}")
    print(f"stage.running {sum(1 for _, left in times if not left)}")
    # The area under the curve: each day begins with the share that the day before ended with.
    print(f"stage.restricted_mean {float(sum(steps[day] for day in range(max(steps)))) !r}")
    for percent in (50, 75, 90):
        days = [day for day, share in steps.items() if share <= 1 - fractions.Fraction(percent, 100)]
        if days:  # else it is not known yet
            print(f"stage.p{percent} {days[0]}")
    for day in CURVE_DAYS:
        print(f"stage.still_{day} {float(steps[day])!r}")
    print(f"stage.mean_total {mean([time for time, _ in times])!r}")
    print(f"stage.median_total {percentile([time for time, _ in times], 50)}")


def print_wins(deals):
    def row(name, some):
        won = [deal for deal in some if deal.stage == "Won"]
        lost = [deal for deal in some if deal.stage == "Lost"]
        print(f"wins.{name}.won {len(won)}")
        print(f"wins.{name}.lost {len(lost)}")
        print(f"wins.{name}.rate {len(won) / len(some)!r}")
        print(f"wins.{name}.cents {sum(deal.cents for deal in won)}")
        for kind, part in (("won", won), ("lost", lost), ("all", some)):
            days = [(deal.closed - deal.opened).days for deal in part]
            print(f"wins.{name}.mean_{kind} {mean(days)!r}")
            print(f"wins.{name}.median_{kind} {percentile(days, 50)}")

    closed = [deal for deal in deals if deal.closed]
    row("all", closed)
    for month in sorted({deal.closed.strftime("%Y-%m") for deal in closed}):
        row(month, [deal for deal in closed if deal.closed.strftime("%Y-%m") == month])
    for agent in sorted({deal.agent for deal in closed}):
        row(agent.replace(" ", "_"), [deal for deal in closed if deal.agent == agent])
    for product in sorted({deal.product for deal in closed}):
        row("product." + product.replace(" ", "_"), [deal for deal in closed if deal.product == product])


def print_forecasts(deals):
    """As of each month's end, by both clocks. What is open has no expected close date; what was recorded
    was so by the import, and was won then."""
    for day in MONTH_ENDS:
        won = [deal for deal in deals if deal.outcome(day) == "won"]
        for month in sorted({deal.closed.strftime("%Y-%m") for deal in won}):
            some = [deal for deal in won if deal.closed.strftime("%Y-%m") == month]
            print(f"forecast.{day}.{month}.won {len(some)}")
            print(f"forecast.{day}.{month}.cents {sum(deal.cents for deal in some)}")
        print(f"forecast.{day}.open {sum(1 for deal in deals if deal.opened <= day and deal.outcome(day) == 'open')}")
        print(f"forecast.recorded.{day}.rows 0")
    won = [deal for deal in deals if deal.stage == "Won"]
    print(f"forecast.recorded.now.won {len(won)}")
    print(f"forecast.recorded.now.cents {sum(deal.cents for deal in won)}")
    print(f"forecast.recorded.now.open {sum(1 for deal in deals if deal.closed is None)}")


def print_quarters(deals):
    """What was open, plus what was opened, less what was won and lost, is what is open."""
    before = 0
    for name, (first, behind) in QUARTERS.items():
        start, end = datetime.date(*first, 1), datetime.date(*behind, 1)
        opened = sum(1 for deal in deals if start <= deal.opened < end)
        won = sum(1 for deal in deals if deal.closed and start <= deal.closed < end and deal.stage == "Won")
        lost = sum(1 for deal in deals if deal.closed and start <= deal.closed < end and deal.stage == "Lost")
        after = sum(1 for deal in deals if deal.opened < end and deal.outcome(end - DAY) == "open")
        assert before + opened - won - lost == after
        for field, value in (("opened", opened), ("won", won), ("lost", lost), ("open", after)):
            print(f"quarter.{name}.{field} {value}")
        before = after


def print_leads(deals):
    """Each deal was a lead that was converted when it came in, and that nobody turned to first."""
    def cohort(name, some):
        became = [deal.outcome(LAST) for deal in some]
        print(f"leads.{name}.created {len(some)}")
        print(f"leads.{name}.converted {len(some)}")
        print(f"leads.{name}.responded 0")
        for outcome, field in (("open", "could_still"), ("won", "won"), ("lost", "lost")):
            print(f"leads.{name}.{field} {became.count(outcome)}")
        times = [(((LAST if deal.outcome(LAST) == "open" else deal.closed) - deal.opened).days,
                  deal.outcome(LAST)) for deal in some]
        for day, shares in outcomes(times, OUTCOME_DAYS).items():
            for field, share in zip(("won", "lost", "undecided"), shares):
                print(f"leads.{name}.{field}_by_{day} {float(share)!r}")
            print(f"leads.{name}.mature_{day} {sum(1 for deal in some if (LAST - deal.opened).days >= day)}")

    cohort("all", deals)
    for month in sorted({deal.opened.strftime("%Y-%m") for deal in deals}):
        cohort(month, [deal for deal in deals if deal.opened.strftime("%Y-%m") == month])


def main():
    deals = deals_of(sys.argv[1])
    print_open(deals)
    print_funnel(deals)
    print_time_in_stage(deals)
    print_wins(deals)
    print_forecasts(deals)
    print_quarters(deals)
    print_leads(deals)


if __name__ == "__main__":
    main()
