"""Retention and recurring revenue by any cut: size, country, industry, channel, product, tenure, cohort, in one pass over the cube."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from diligence.metrics.measure import TICKS, codes, need, ticks, within
from diligence.periods import add_months, month_index, month_indices

BEFORE = "before the data"
TENURES = ((12, "under 1 year"), (24, "1 to 2 years"), (36, "2 to 3 years"), (60, "3 to 5 years"))
LONGEST, JOINED = "5 years and more", "joined since"


def cut_cohorts(cube: pd.DataFrame, end: pd.Timestamp, *, cuts: Mapping[str, pd.Series], months: int = 12, window: int = 1) -> pd.DataFrame:
    """Give what each account of each cut was worth at the opening and is worth now.

    A cut takes an account apart where its customers (or products) differ in it, as a segment does.

    Parameters
    ----------
    cube
        ``account_id, customer_id, product_id, month, amount``.
    end
        Closing month.
    cuts
        For each cut its values, indexed by ids: of customers, of accounts or of products, as the name of the index says
        (``customer_id``, ``account_id``, ``product_id``). Ids that it does not name are ``(not given)``.
    months, window
        As in :func:`diligence.metrics.retention.net_revenue_retention`.

    Returns
    -------
    DataFrame
        ``cut, value, account_id, then, now`` (currency a year), accounts with money at one of the ends.

    Examples
    --------
    >>> cube = pd.DataFrame({"account_id": list("aab"), "customer_id": list("aab"), "product_id": "p", "amount": [5.0, 6.0, 7.0],
    ...     "month": pd.to_datetime(["2025-06-01", "2026-06-01", "2026-06-01"])})
    >>> country = pd.Series(["DE", "FR"], index=pd.Index(["a", "b"], name="customer_id"))
    >>> cut_cohorts(cube, pd.Timestamp("2026-06-01"), cuts={"country": country})[["value", "then", "now"]].values.tolist()
    [['DE', 60.0, 72.0], ['FR', 0.0, 84.0]]
    """
    keys = ["account_id", "customer_id", "product_id"]
    need(cube, *keys, "month", "amount")
    parts = []
    for when, side in ((add_months(end, -months), "then"), (end, "now")):
        part = cube[within(cube["month"], when, window)]
        parts.append(part[keys].assign(**{side: ticks(part["amount"])}))
    rows = pd.concat(parts, ignore_index=True).astype({key: cube[key].dtype for key in keys}).fillna({"then": 0, "now": 0})
    rows = rows.astype({"then": "int64", "now": "int64"}).groupby(keys, observed=True)[["then", "now"]].sum().reset_index()
    found = []
    for cut, values in cuts.items():
        sums = (
            rows.assign(value=_labels(rows[str(values.index.name)], values))
            .groupby(["value", "account_id"], observed=True)[["then", "now"]]
            .sum()
            .reset_index()
        )
        sums = sums[(sums["then"] != 0) | (sums["now"] != 0)]
        money = {side: sums[side] * 12 / (window * TICKS) for side in ("then", "now")}
        found.append(sums[["value"]].astype("str").assign(cut=cut, account_id=sums["account_id"].astype("str"), **money))
    columns = ["cut", "value", "account_id", "then", "now"]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def _labels(ids: pd.Series, values: pd.Series) -> pd.Series:
    """Give each id its value, looked up once for each id."""
    known = ids.astype("category")
    names = pd.Series(known.cat.categories.astype("str")).map(values[~values.index.duplicated()]).fillna("(not given)").astype("str")
    labels = names.astype("category").cat
    return pd.Series(pd.Categorical.from_codes(labels.codes.to_numpy()[known.cat.codes], labels.categories), index=ids.index)


def cut_retention(cohorts: pd.DataFrame) -> pd.DataFrame:
    """Retention and growth of each value of each cut: ``nrr = sum(now | then > 0) / sum(then)``, ``grr`` with ``min(now, then)``.

    Parameters
    ----------
    cohorts
        ``cut, value, account_id, then, now``, as given by :func:`cut_cohorts`.

    Returns
    -------
    DataFrame
        ``cut, value, nrr, grr, logo`` (fractions), ``opening, retained, kept`` (currency a year: of the opening accounts then, now, and
        now without growth), ``closing, before`` (currency a year, all accounts), ``growth`` (fraction), ``n`` (opening accounts), ``stayed``.
    """
    need(cohorts, "cut", "value", "account_id", "then", "now")
    was = cohorts["then"] > 0
    frame = cohorts[["cut", "value"]].assign(
        opening=cohorts["then"].where(was, 0.0),
        retained=cohorts["now"].where(was, 0.0),
        kept=np.minimum(cohorts["now"], cohorts["then"]).clip(lower=0).where(was, 0.0),
        closing=cohorts["now"],
        before=cohorts["then"],
        n=was.astype("int64"),
        stayed=(was & (cohorts["now"] > 0)).astype("int64"),
    )
    sums = frame.groupby(["cut", "value"], sort=True).sum().reset_index()
    base = sums["opening"].where(sums["opening"] > 0)
    return sums.assign(
        nrr=sums["retained"] / base,
        grr=sums["kept"] / base,
        logo=sums["stayed"] / sums["n"].where(sums["n"] > 0),
        growth=sums["closing"] / sums["before"].where(sums["before"] > 0) - 1,
    )


def first_revenue(cube: pd.DataFrame) -> pd.Series:
    """Give the index of each account's first month above zero: ``min(month | sum(amount) > 0)``, indexed by ``account_id``.

    >>> cube = pd.DataFrame({"account_id": "a", "month": pd.to_datetime(["2026-01-01", "2026-02-01"]), "amount": [0.0, 3.0]})
    >>> first_revenue(cube).to_dict()
    {'a': 24313}
    """
    need(cube, "account_id", "month", "amount")
    months, (place, count) = month_indices(cube["month"]), codes(cube["account_id"])
    if cube.empty:
        return pd.Series(dtype="int64", index=pd.Index([], name="account_id"))
    first = int(months.min())
    sums = np.zeros((count, int(months.max()) - first + 1), dtype="int64")
    known = place >= 0
    np.add.at(sums, (place[known], months[known] - first), ticks(cube["amount"])[known])
    paid = sums > 0
    ever = paid.any(axis=1)
    key = cube["account_id"]
    names = key.cat.categories if isinstance(key.dtype, pd.CategoricalDtype) else np.sort(key.dropna().unique())
    return pd.Series(paid.argmax(axis=1)[ever] + first, index=pd.Index(np.asarray(names)[:count][ever].astype("str"), name="account_id"))


def tenure_bands(first: pd.Series, at: pd.Timestamp, *, start: int) -> pd.Series:
    """Band the time since an account's first revenue: ``at - first`` in months.

    Those there in the first month of the data have been there longer than can be told, unless that is the longest band already.

    Parameters
    ----------
    first
        Month index of each account's first revenue, indexed by ``account_id``.
    at
        When tenure is read: the opening.
    start
        Month index at which the data begin.

    Examples
    --------
    >>> tenure_bands(pd.Series({"a": 24306, "b": 24270}), pd.Timestamp("2026-06-01"), start=24270).tolist()
    ['under 1 year', 'before the data']
    """
    age = month_index(at) - first
    bands = np.select([age < 0, *(age < months for months, _ in TENURES)], [JOINED, *(name for _, name in TENURES)], default=LONGEST)
    known = (first > start) | (age >= TENURES[-1][0])
    return pd.Series(bands, index=first.index).where(known, BEFORE)


def cohort_years(first: pd.Series, *, year_end_month: int = 12, start: int) -> pd.Series:
    """Name the fiscal year of an account's first revenue, ``FY2025``; ``before the data`` for those there in the first month.

    >>> cohort_years(pd.Series({"a": 24306, "b": 24270}), year_end_month=6, start=24270).tolist()
    ['FY2026', 'before the data']
    """
    year = first // 12 + (first % 12 + 1 > year_end_month)
    return ("FY" + year.astype("str")).where(first > start, BEFORE)
