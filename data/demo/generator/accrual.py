"""The accounting convention of the company: a line belongs to the months it serves, in proportion to their days.

Sterling is converted once, at the rate of the invoice month, and the converted amount is then spread.
"""

from datetime import date

import numpy as np
import pandas as pd

from data.demo.generator.months import DAY, first_day, index_of, label, last_day


def spread(cents: int, start: date, end: date) -> list[tuple[int, int]]:
    """Split an amount over calendar months by days; the cents left over go to the largest remainders, the earlier month first."""
    months = range(index_of(start), index_of(end) + 1)
    days = [(min(end, last_day(m)) - max(start, first_day(m)) + DAY).days for m in months]
    total, size, sign = sum(days), abs(cents), -1 if cents < 0 else 1
    shares = [size * d // total for d in days]
    rests = [size * d % total for d in days]
    for i in sorted(range(len(days)), key=lambda i: (-rests[i], i))[: size - sum(shares)]:
        shares[i] += 1
    return [(m, sign * share) for m, share in zip(months, shares, strict=True)]


def in_euro(lines: pd.DataFrame, fx: pd.DataFrame) -> pd.Series:
    """Each line's amount in cents of a euro, at the average rate of the month of its invoice."""
    rates = dict(zip(fx["month"], fx["rate"], strict=True))
    rate = [
        rates[day.strftime("%Y-%m")] if currency == "GBP" else 1.0 for day, currency in zip(lines["date"], lines["currency"], strict=True)
    ]
    return pd.Series(np.floor(np.abs(lines["amount"].to_numpy()) * rate * 100 + 0.5 + 1e-7) * np.sign(lines["amount"]), lines.index).astype(
        "int64"
    )


def accrued(lines: pd.DataFrame, fx: pd.DataFrame) -> pd.DataFrame:
    """Customer, kind, month and euro cents of the month, from lines with or without a service period."""
    cents = in_euro(lines, fx)
    rows = []
    fields = zip(lines["customer_id"], lines["kind"], lines["date"], lines["service_start"], lines["service_end"], cents, strict=True)
    for customer, kind, day, start, end, amount in fields:
        parts = spread(int(amount), start, end) if isinstance(start, date) else [(index_of(day), int(amount))]
        rows += [(customer, kind, month, part) for month, part in parts]
    frame = pd.DataFrame(rows, columns=["customer_id", "kind", "index", "cents"])
    frame = frame.groupby(["customer_id", "kind", "index"], as_index=False)["cents"].sum()
    names = {m: label(m) for m in frame["index"].unique()}
    frame["month"] = frame["index"].map(names)
    frame["amount"] = frame["cents"] / 100
    return frame
