"""Money and dates as Python has them."""

import datetime
import decimal
import typing

from crm_pipeline import type as crm_type

# Digits behind the point in ISO 4217, where they are not two.
_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
                     "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4)}


def money(currency: str, amount: typing.Union[decimal.Decimal, int, str]) -> crm_type.Money:
    """money("EUR", "96000.50"). ValueError for an amount finer than the currency, or a float, which
    seldom is the amount that was meant."""
    if isinstance(amount, float):
        raise ValueError("give the amount as Decimal, int or text: a float is not exact")
    minor = decimal.Decimal(amount).scaleb(_DIGITS.get(currency, 2))
    if not minor.is_finite() or minor != minor.to_integral_value():
        raise ValueError(f"{amount} {currency} is finer than the currency's smallest unit")
    return crm_type.Money(currency_code=currency, amount_minor=int(minor))


def amount_of(value: crm_type.Money) -> decimal.Decimal:
    """The exact amount in whole units of the currency."""
    return decimal.Decimal(value.amount_minor).scaleb(-_DIGITS.get(value.currency_code, 2))


def to_date(value: datetime.date) -> crm_type.Date:
    return crm_type.Date(year=value.year, month=value.month, day=value.day)


def date_of(value: crm_type.Date) -> datetime.date:
    return datetime.date(value.year, value.month, value.day)
