"""The renewal wall: contracted revenue by the quarter in which it comes up."""

from datetime import date

import pandas as pd

from diligence.metrics.measure import need
from diligence.periods import quarter_label

EVERGREEN = "no end date"
LATER = "later"


def running_contracts(contracts: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Give the contracts in force on a date, begun and not ended by it: ``start <= date and (no end or end > date)``."""
    need(contracts, "contract_id", "start_date", "end_date", "annual_value")
    start, end = pd.to_datetime(contracts["start_date"]), pd.to_datetime(contracts["end_date"])
    when = pd.Timestamp(as_of)
    return contracts[(start <= when) & (end.isna() | (end > when))]


def renewal_wall(contracts: pd.DataFrame, as_of: date, *, quarters: int = 8) -> pd.DataFrame:
    """Lay contracted annual value over the quarters in which the contracts end.

    Parameters
    ----------
    contracts
        ``contract_id, start_date, end_date, annual_value`` (currency a year), and ``auto_renew`` where it is known.
    as_of
        Contracts in force on this date.
    quarters
        Quarters ahead; what ends after them is ``later``, what has no end ``no end date``.

    Returns
    -------
    DataFrame
        ``quarter, auto_renew`` (True, False, None where unknown), ``amount`` (currency a year), ``share`` (of all in force), ``n``.

    Examples
    --------
    >>> contracts = pd.DataFrame({"contract_id": ["a", "b"], "start_date": ["2025-01-01"] * 2, "end_date": ["2026-09-30", None], "annual_value": [60.0, 40.0]})
    >>> renewal_wall(contracts, date(2026, 6, 30), quarters=2)[["quarter", "share"]].values.tolist()
    [['2026Q3', 0.6], ['2026Q4', 0.0], ['later', 0.0], ['no end date', 0.4]]
    """
    live = running_contracts(contracts, as_of)
    ends = pd.to_datetime(live["end_date"])
    ahead = [quarter_label(stamp) for stamp in pd.date_range(pd.Timestamp(as_of) + pd.Timedelta(days=1), periods=quarters, freq="QE")]
    label = pd.Series([EVERGREEN if pd.isna(stamp) else quarter_label(stamp) for stamp in ends], index=live.index, dtype="str")
    label = label.where(label.isin([*ahead, EVERGREEN]), LATER)
    known = live["auto_renew"] if "auto_renew" in live else pd.Series(None, index=live.index, dtype="object")
    frame = pd.DataFrame(
        {
            "quarter": label,
            "auto_renew": known.map({True: "yes", False: "no"}).fillna(""),
            "amount": live["annual_value"].astype("float64"),
            "n": 1,
        }
    )
    grouped = frame.groupby(["quarter", "auto_renew"])[["amount", "n"]].sum()
    rows: list[tuple[str, bool | None, float, int]] = []
    for quarter in [*ahead, LATER, EVERGREEN]:
        found = grouped.loc[[quarter]].reset_index() if quarter in grouped.index.get_level_values(0) else None
        if found is None:
            rows.append((quarter, None, 0.0, 0))
        else:
            rows += [(quarter, {"yes": True, "no": False}.get(r.auto_renew), r.amount, r.n) for r in found.itertuples()]
    wall = pd.DataFrame(rows, columns=["quarter", "auto_renew", "amount", "n"]).astype({"auto_renew": "object"})
    total = wall["amount"].sum()
    wall.insert(3, "share", wall["amount"] / total if total else float("nan"))
    return wall
