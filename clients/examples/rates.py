"""Amounts of several currencies told in one, by a RateTable of ReportService as JSON. Exact: in fractions,
rounded once, half to even."""

import fractions

# Decimal digits of the smallest unit, where they are not 2 (ISO 4217).
DIGITS = {**dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
          **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3), "CLF": 4, "UYW": 4}


def power(currency):
    return 10 ** DIGITS.get(currency, 2)


class Rates:
    def __init__(self, table):
        self.currency = table["currencyCode"]
        self.months = {}
        for rate in table.get("rates", []):
            self.months.setdefault(rate["currencyCode"], {})[rate["month"]] = fractions.Fraction(rate["rate"])

    def find(self, currency, day=None):
        """(currency, month) of the rate of the day's month, or of the last month; None if there is none."""
        if currency == self.currency:
            return currency, ""
        months = [month for month in self.months.get(currency, ()) if day is None or month <= day[:7]]
        return (currency, max(months)) if months else None

    def worth(self, rate):
        """What the smallest unit of a currency is worth in that of the table."""
        currency, month = rate
        if currency == self.currency:
            return fractions.Fraction(1)
        return self.months[currency][month] * power(self.currency) / power(currency)


def decimal_text(fraction):
    """A fraction of powers of ten, exact."""
    digits = 0
    while (fraction * 10 ** digits).denominator != 1:
        digits += 1
    whole = str(abs(int(fraction * 10 ** digits))).rjust(digits + 1, "0")
    point = len(whole) - digits
    return ("-" if fraction < 0 else "") + whole[:point] + ("." + whole[point:] if digits else "")


class Converted:
    """Sums in the currency of a table, exact until they are told."""

    def __init__(self, rates):
        self.rates = rates
        self.count = self.without_rate = 0
        self.minor = self.weighted = fractions.Fraction(0)  # the latter in hundredths

    def add(self, amount, percent=100, day=None):
        if self.rates is None or amount is None:
            return
        found = self.rates.find(amount[0], day)
        if found is None:
            self.without_rate += 1
            return
        rate = self.rates.worth(found)
        self.count += 1
        self.minor += amount[1] * rate
        self.weighted += amount[1] * percent * rate

    def json(self):
        """A ConvertedSum; None without a table."""
        if self.rates is None:
            return None
        return {"currencyCode": self.rates.currency, "count": self.count, "withoutRate": self.without_rate,
                "amountMinor": str(round(self.minor)), "weightedMinor": str(round(self.weighted / 100))}
