"""The arithmetic of reports, as the opportunity service does it: exact sums, estimates that count what
is not over yet. Durations are whole microseconds."""

import collections

import rates

DAY = 86_400_000_000  # microseconds
TINY = 1e-9  # products of fractions miss a round share by less


def mean_days(durations):
    return sum(durations) / len(durations) / DAY if durations else None


def percentile_days(durations, percent):
    """The smallest that at least so many in a hundred do not exceed."""
    if not durations:
        return None
    rank = max((len(durations) * percent + 99) // 100, 1)
    return sorted(durations)[rank - 1] / DAY


def half_even(hundredths):
    whole, rest = divmod(hundredths, 100)
    return whole + (1 if rest > 50 or (rest == 50 and whole % 2) else 0)


class Sums:
    """Amounts by currency, which never mix; by rates of a table also in one."""

    def __init__(self, table=None):
        self.converted = rates.Converted(table)
        self.by_currency = collections.defaultdict(lambda: [0, 0, 0])  # count, minor, minor × percent
        self.without = 0

    def add(self, amount, percent=100, day=None):
        """`day`: when it was closed, if it was."""
        self.converted.add(amount, percent, day)
        if amount is None:
            self.without += 1
            return
        total = self.by_currency[amount[0]]
        for i, value in enumerate((1, amount[1], amount[1] * percent)):
            total[i] += value

    def json(self):
        return [{"currencyCode": currency, "count": str(count), "amountMinor": str(minor),
                 "weightedMinor": str(half_even(weighted)), "weightedHundredths": str(weighted)}
                for currency, (count, minor, weighted) in sorted(self.by_currency.items())]


class Survival:
    """Kaplan and Meier: how many are still there after a time, where some were only seen so far."""

    def __init__(self, left, running):
        times = sorted([(time, True) for time in left] + [(time, False) for time in running])
        self.steps = []
        share, i = 1.0, 0
        while i < len(times):
            there, time, gone = len(times) - i, times[i][0], 0
            while i < len(times) and times[i][0] == time:
                gone += times[i][1]
                i += 1
            share *= 1 - gone / there
            self.steps.append((time, share))

    def share_after(self, days):
        share = 1.0
        for time, after in self.steps:
            if time > days * DAY:
                break
            share = after
        return share

    def percentile_days(self, percent):
        for time, share in self.steps:
            if share <= (100 - percent) / 100 + TINY:
                return time / DAY
        return None

    def restricted_mean_days(self):
        area, share, since = 0.0, 1.0, 0
        for time, after in self.steps:
            area += share * (time - since)
            since, share = time, after
        return area / DAY if self.steps else None


def outcomes(times, days):
    """Aalen and Johansen, from (duration, "OPEN", "WON" or "LOST"): shares (won, lost, open) after each
    of these numbers of days, which ascend."""
    times = sorted(times)
    won, lost, still, i = 0.0, 0.0, 1.0, 0
    result = []
    for day in days:
        while i < len(times) and times[i][0] <= day * DAY:
            there, time = len(times) - i, times[i][0]
            ended = collections.Counter()
            while i < len(times) and times[i][0] == time:
                ended[times[i][1]] += 1
                i += 1
            won += still * ended["WON"] / there
            lost += still * ended["LOST"] / there
            still *= 1 - (ended["WON"] + ended["LOST"]) / there
        result.append((won, lost, still))
    return result
