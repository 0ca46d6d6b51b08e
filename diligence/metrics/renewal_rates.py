"""What became of the contracts that came up: renewal rates, and retention by subscription.

An annual contract cannot leave before its term ends. Spread over twelve months its loss looks small and late; the renewal rate holds
only what could leave against what did.
"""

from datetime import date

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

CONSOLIDATION = "consolidation"


def renewals_due(contracts: pd.DataFrame, start: date, as_of: date, *, grace_days: int = 90) -> pd.DataFrame:
    """Give the contracts that came up between two dates, with what followed them.

    A contract is due where ``start <= end_date < as_of``: one that ends on the date itself has not been seen to renew or not. It is
    renewed by those that name it in ``renews_contract_id``; where none does, by one of the same customer and product that begins within
    ``grace_days`` of its end, and by each contract only once.

    Parameters
    ----------
    contracts
        ``contract_id, customer_id, start_date, end_date, annual_value``; ``product_id``, ``renews_contract_id``, ``end_reason``,
        ``account_id`` where known.
    start, as_of
        First day of the period, and the date to which things are known.
    grace_days
        How early or late a successor may begin.

    Returns
    -------
    DataFrame
        ``contract_id, customer_id, end_date, due`` (annual value, currency a year), ``followed`` (annual value of what renewed it),
        ``renewed``, ``consolidated`` (ended into another contract of an account that stays: no loss).

    Examples
    --------
    >>> contracts = pd.DataFrame({"contract_id": list("abc"), "customer_id": list("xxy"), "annual_value": [10.0, 12.0, 5.0],
    ...     "start_date": ["2025-01-01", "2026-01-01", "2025-03-01"], "end_date": ["2025-12-31", "2026-12-31", "2026-02-28"]})
    >>> renewals_due(contracts, date(2025, 7, 1), date(2026, 6, 30))[["contract_id", "due", "followed"]].values.tolist()
    [['a', 10.0, 12.0], ['c', 5.0, 0.0]]
    """
    need(contracts, "contract_id", "customer_id", "start_date", "end_date", "annual_value")
    frame = _plain(contracts)
    due = frame[(frame["end"] >= pd.Timestamp(start)) & (frame["end"] < pd.Timestamp(as_of))]
    named = frame[frame["renews"].notna()]
    value = named.groupby("renews")["value"].sum()
    followed = due["contract_id"].map(value).astype("float64")
    near = _near(due[followed.isna()], frame[frame["renews"].isna()], grace_days)
    followed = followed.fillna(due["contract_id"].map(near).astype("float64")).fillna(0.0)
    stays = _stays(due, frame)
    found = due[["contract_id", "customer_id"]].assign(end_date=due["end"], due=due["value"], followed=followed, renewed=followed > 0)
    gone = ~found["renewed"] & (due["reason"] == CONSOLIDATION) & stays
    return found.assign(consolidated=gone.astype("bool")).sort_values(["end_date", "contract_id"], kind="stable", ignore_index=True)


def renewal_rates(due: pd.DataFrame) -> pd.DataFrame:
    """Renewal rates of what came up: gross, net and by count.

    ``gross = sum(min(followed, due)) / sum(due)``, ``net = sum(followed) / sum(due)``, ``count = renewed / due``, contracts that were
    consolidated left out of all three.

    Parameters
    ----------
    due
        ``contract_id, due, followed, renewed, consolidated``, as given by :func:`renewals_due`.

    Returns
    -------
    DataFrame
        ``reading`` (gross, net, count), ``value`` (fraction), ``numerator, denominator`` (currency a year, or contracts), ``n``.
    """
    need(due, "contract_id", "due", "followed", "renewed", "consolidated")
    held = due[~due["consolidated"].astype("bool")].astype({"due": "float64", "followed": "float64"})
    base, n = float(held["due"].sum()), len(held)
    kept = (
        float(np.minimum(held["followed"], held["due"]).sum()),
        float(held["followed"].sum()),
        float(held["renewed"].astype("bool").sum()),
    )
    table = pd.DataFrame({"reading": ["gross", "net", "count"], "numerator": kept, "denominator": [base, base, float(n)], "n": n})
    table.insert(1, "value", table["numerator"] / table["denominator"].where(table["denominator"] > 0))
    return table


def subscription_cohort(contracts: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """Give what each subscription live at the opening was worth then and is worth at the end.

    A subscription is a chain of contracts, each of which renews the one before (``renews_contract_id``). Point to point:
    ``then = sum(annual_value live at start)``, ``now = sum(annual_value live at end)`` of the chain.

    Parameters
    ----------
    contracts
        ``contract_id, customer_id, start_date, end_date, annual_value, renews_contract_id``.

    Returns
    -------
    DataFrame
        ``subscription`` (first contract of the chain), ``customer_id, then, now`` (currency a year); only those with ``then`` above zero.

    Examples
    --------
    >>> contracts = pd.DataFrame({"contract_id": ["a", "b"], "customer_id": "x", "annual_value": [10.0, 12.0], "renews_contract_id": [None, "a"],
    ...     "start_date": ["2025-01-01", "2026-01-01"], "end_date": ["2025-12-31", "2026-12-31"]})
    >>> subscription_cohort(contracts, date(2025, 6, 30), date(2026, 6, 30))[["subscription", "then", "now"]].values.tolist()
    [['a', 10.0, 12.0]]
    """
    need(contracts, "contract_id", "customer_id", "start_date", "end_date", "annual_value", "renews_contract_id")
    frame = _plain(contracts)
    frame = frame.assign(subscription=_roots(frame["contract_id"], frame["renews"]))
    for name, when in (("then", pd.Timestamp(start)), ("now", pd.Timestamp(end))):
        live = (frame["start"] <= when) & (frame["end"].isna() | (frame["end"] >= when))
        frame[name] = frame["value"].where(live, 0.0)
    sums = frame.groupby("subscription").agg(customer_id=("customer_id", "min"), then=("then", "sum"), now=("now", "sum")).reset_index()
    return sums[sums["then"] > 0].reset_index(drop=True)


def _plain(contracts: pd.DataFrame) -> pd.DataFrame:
    def text(column: str) -> pd.Series:
        if column not in contracts:
            return pd.Series(None, index=contracts.index, dtype="object")
        return contracts[column].astype("object").where(contracts[column].notna(), None)

    return pd.DataFrame(
        {
            "contract_id": contracts["contract_id"].astype("str"),
            "customer_id": contracts["customer_id"].astype("str"),
            "account_id": text("account_id").fillna(contracts["customer_id"]).astype("str"),
            "product_id": text("product_id").fillna("").astype("str"),
            "renews": text("renews_contract_id"),
            "reason": text("end_reason").fillna("").astype("str"),
            "start": pd.to_datetime(contracts["start_date"]),
            "end": pd.to_datetime(contracts["end_date"]),
            "value": contracts["annual_value"].astype("float64"),
        }
    )


def _near(due: pd.DataFrame, free: pd.DataFrame, grace_days: int) -> pd.Series:
    """The value that follows where no contract names the one before: the nearest of the same customer and product."""
    keys = ["customer_id", "product_id"]
    both = due[[*keys, "contract_id", "end"]].merge(free[[*keys, "contract_id", "start", "value"]], on=keys, suffixes=("", "_next"))
    away = (both["start"] - both["end"]).dt.days - 1
    both = both[(both["contract_id"] != both["contract_id_next"]) & (away.abs() <= grace_days)].assign(away=away.abs())
    both = both.sort_values(["away", "contract_id", "contract_id_next"], kind="stable")
    both = both.drop_duplicates("contract_id").drop_duplicates("contract_id_next")
    return both.set_index("contract_id")["value"]


def _stays(due: pd.DataFrame, frame: pd.DataFrame) -> pd.Series:
    """Whether the account has another contract in force on the day after."""
    both = due[["contract_id", "account_id", "end"]].merge(
        frame[["contract_id", "account_id", "start", "end"]], on="account_id", suffixes=("", "_other")
    )
    after = both["end"] + pd.Timedelta(days=1)
    live = (
        (both["contract_id"] != both["contract_id_other"])
        & (both["start"] <= after)
        & (both["end_other"].isna() | (both["end_other"] >= after))
    )
    return due["contract_id"].isin(both.loc[live, "contract_id"])


def _roots(ids: pd.Series, renews: pd.Series) -> pd.Series:
    """The first contract of each chain: every step doubles how far back each one looks."""
    back = pd.Series(renews.where(renews.isin(ids)).to_numpy(), index=ids.to_numpy())
    back = back.where(back.notna(), pd.Series(back.index, index=back.index))
    back = back[~back.index.duplicated()]
    for _ in range(max(int(np.ceil(np.log2(len(back) + 1))), 1)):
        further = back.map(back)
        if further.equals(back):
            break
        back = further
    return ids.map(back)
