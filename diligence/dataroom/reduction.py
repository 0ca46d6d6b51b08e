"""The one heavy reduction: revenue lines to a customer x month x product cube, written once for every engine.

Only whole numbers are added: money is ticks (ten-thousandths), so the order in which threads add never shows. The expressions
are Ibis's, so that they run on DuckDB and on the engines of those who outgrow one machine.
"""

from typing import Any

import numpy as np
import pandas as pd

from diligence.periods import month_starts

CUBE_KEYS = ["customer_id", "account_id", "month_index", "product_id", "kind", "currency"]
MONEY = ["ticks", "local_ticks", "rate_ticks", "local_rate_ticks"]
DAYS_OF_48_MONTHS = 1461


def calendar(first: int, last: int) -> pd.DataFrame:
    """Give the months from ``first`` to ``last`` (indices) with the day numbers of their ends.

    Examples
    --------
    >>> calendar(24312, 24312).values.tolist()
    [[24312, 20454, 20484]]
    """
    index = np.arange(first, last + 1, dtype="int64")
    start = month_starts(index).values.astype("datetime64[D]").astype("int64")
    end = month_starts(index + 1).values.astype("datetime64[D]").astype("int64") - 1
    return pd.DataFrame({"month_index": index, "month_first": start, "month_last": end})


def monthly_lines(lines: Any, months: Any) -> Any:
    """Give each line the months that it serves, with its share of the money.

    A line with ``first_day`` and ``last_day`` is spread by day: month k gets ``floor(|amount| * days to its end / days)`` less
    the same to its start, so that the shares are whole ticks and add up to the line. Others belong to the month of their date.

    Beside the share stands the rate (``rate_ticks``): what the line is worth a month on the month's last day, an average month being
    1461/48 days. Part months and the lengths of months are in the share and not in the rate. So it is with ``rate_quantity``: what is in
    force on the last day; a term that ends in the month and the one that follows it are not both counted.

    Parameters
    ----------
    lines
        Ibis table of lines: the cube's keys, ``ticks``, ``local_ticks``, ``quantity``, ``first_day``, ``last_day``.
    months
        Ibis table as given by :func:`calendar`; months outside it are cut.
    """
    import ibis

    spread = lines.filter(lines.last_day.notnull()).drop("month_index")
    spread = spread.join(months, (months.month_last >= spread.first_day) & (months.month_first <= spread.last_day))
    days = spread.last_day - spread.first_day + 1
    until = ibis.least(spread.month_last, spread.last_day) - spread.first_day + 1
    before = ibis.greatest(spread.month_first, spread.first_day) - spread.first_day

    def share(ticks: Any) -> Any:
        part = (ticks.abs() * until) // days - (ticks.abs() * before) // days
        return (part * ticks.sign()).cast("int64")

    def rate(ticks: Any) -> Any:
        month = (ticks.abs() * DAYS_OF_48_MONTHS) // (days * 48)
        return ibis.ifelse(spread.last_day >= spread.month_last, (month * ticks.sign()).cast("int64"), 0)

    money = {"ticks": share(spread.ticks), "local_ticks": share(spread.local_ticks)}
    money |= {"rate_ticks": rate(spread.ticks), "local_rate_ticks": rate(spread.local_ticks)}
    money["rate_quantity"] = ibis.ifelse(spread.last_day >= spread.month_last, spread.quantity, 0).cast("decimal(18, 4)")
    columns = [*CUBE_KEYS, *MONEY, "quantity", "rate_quantity", "date", "source_file", "source_row"]
    whole = lines.filter(lines.last_day.isnull()).semi_join(months, "month_index")
    whole = whole.mutate(rate_ticks=whole.ticks, local_rate_ticks=whole.local_ticks, rate_quantity=whole.quantity.cast("decimal(18, 4)"))
    return ibis.union(whole.select(columns), spread.mutate(**money).select(columns))


def cube(monthly: Any) -> Any:
    """Reduce monthly lines to one row a customer, month, product, kind and currency; nothing above needs the lines."""
    return monthly.group_by(CUBE_KEYS).aggregate(
        **{column: monthly[column].sum().cast("int64") for column in MONEY},
        quantity=monthly.quantity.sum().cast("decimal(18, 4)"),
        rate_quantity=monthly.rate_quantity.sum().cast("decimal(18, 4)"),
        lines=monthly.count().cast("int64"),
    )
