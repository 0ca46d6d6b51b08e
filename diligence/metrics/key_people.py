"""On whom the wins rest: the founder, the strongest sellers."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need


def share_of_wins(opportunities: pd.DataFrame, *, factor: str = "founder_involved") -> pd.DataFrame:
    """Give what part of the wins had the factor, in number and money: ``with / all won``.

    Parameters
    ----------
    opportunities
        ``status``, ``amount`` (currency), the boolean ``factor``; a blank is not counted as a yes, and stays below the line.

    Returns
    -------
    DataFrame
        One row: ``n`` (won), ``with``, ``share``, ``amount``, ``with_amount``, ``amount_share``, ``blank`` (won deals where it is not known).

    Examples
    --------
    >>> deals = pd.DataFrame({"status": ["won", "won", "lost"], "amount": [30.0, 10.0, 99.0], "founder_involved": [True, False, True]})
    >>> share_of_wins(deals)[["share", "amount_share"]].values.tolist()
    [[0.5, 0.75]]
    """
    need(opportunities, "status", "amount", factor)
    won = opportunities[opportunities["status"].astype("str").eq("won")]
    flag = (won[factor] == True).fillna(False).to_numpy(dtype="bool")  # noqa: E712 - a blank is neither
    money = won["amount"].astype("float64")
    n, whole, part = len(won), float(money.sum()), float(money[flag].sum())
    row = (n, int(flag.sum()), flag.sum() / n if n else np.nan, whole, part, part / whole if whole > 0 else np.nan)
    return pd.DataFrame([row], columns=["n", "with", "share", "amount", "with_amount", "amount_share"]).assign(
        blank=int(won[factor].isna().sum())
    )


def wins_by_person(opportunities: pd.DataFrame) -> pd.DataFrame:
    """Rank sellers by the annual value that they won: ``share = amount / all won``; deals without a seller are left out.

    Parameters
    ----------
    opportunities
        ``status``, ``amount`` (currency), ``rep_id``.

    Returns
    -------
    DataFrame
        ``rank, rep_id, won, amount, share, cumulative_share``; ties in order of the id.

    Examples
    --------
    >>> deals = pd.DataFrame({"status": "won", "amount": [30.0, 10.0], "rep_id": ["a", "b"]})
    >>> wins_by_person(deals)["cumulative_share"].tolist()
    [0.75, 1.0]
    """
    need(opportunities, "status", "amount", "rep_id")
    won = opportunities[opportunities["status"].astype("str").eq("won") & opportunities["rep_id"].notna()]
    frame = pd.DataFrame({"rep_id": won["rep_id"].astype("str"), "amount": won["amount"].astype("float64")})
    found = frame.groupby("rep_id")["amount"].agg(won="size", amount="sum").reset_index()
    found = found.sort_values(["amount", "rep_id"], ascending=[False, True], ignore_index=True)
    whole = float(found["amount"].sum())
    found["share"] = found["amount"] / whole if whole > 0 else np.nan
    found["cumulative_share"] = found["share"].cumsum()
    found.insert(0, "rank", range(1, len(found) + 1))
    return found


def top_fifth_share(people: pd.DataFrame) -> float:
    """Share of won value that the strongest fifth of sellers brought: ``sum of the first ceil(n / 5) shares``. NaN without sellers.

    Parameters
    ----------
    people
        ``rank``, ``share``, as :func:`wins_by_person` gives them.

    Examples
    --------
    >>> top_fifth_share(pd.DataFrame({"rank": [1, 2, 3, 4, 5, 6], "share": [0.5, 0.1, 0.1, 0.1, 0.1, 0.1]}))
    0.6
    """
    need(people, "rank", "share")
    if people.empty:
        return float("nan")
    return float(people.loc[people["rank"] <= int(np.ceil(len(people) / 5)), "share"].sum(min_count=1))
