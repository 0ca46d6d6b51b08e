"""Stages of the sale: what moves on, how long it stays, what skips and what goes back."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

WON, LOST, OPEN = "won", "lost", "open"
AGED = 2.0


def stage_order(history: pd.DataFrame, opportunities: pd.DataFrame) -> pd.DataFrame:
    """Order the stages as deals go through them: by the number that every name begins with, else by mean place of first entry.

    A stage in which only decided deals end, and which is always their last, is an end and has no place.

    Parameters
    ----------
    history
        ``opportunity_id, stage, entered_on``.
    opportunities
        ``opportunity_id, status``.

    Returns
    -------
    DataFrame
        ``stage``, ``place`` (1 is the first; NaN for an end), ``first_seen``, ``last_seen`` (dates): a stage that ends where another
        begins was probably renamed.

    Examples
    --------
    >>> history = pd.DataFrame({"opportunity_id": "o", "stage": ["2 Offer", "1 Call", "Won"], "entered_on": ["2026-02-01", "2026-01-01", "2026-03-01"]})
    >>> stage_order(history, pd.DataFrame({"opportunity_id": ["o"], "status": ["won"]}))["stage"].tolist()
    ['1 Call', '2 Offer', 'Won']
    """
    rows = _ordered(history, opportunities)
    if rows.empty:
        return pd.DataFrame({"stage": pd.Series(dtype="str"), "place": pd.Series(dtype="float64"), "first_seen": [], "last_seen": []})
    final = rows["turn"].eq(rows.groupby("opportunity_id")["turn"].transform("max"))
    known = rows.assign(end=final & rows["status"].isin([WON, LOST]), rank=rows["turn"])
    found = known.groupby("stage").agg(
        end=("end", "all"), rank=("rank", "mean"), first_seen=("entered_on", "min"), last_seen=("entered_on", "max")
    )
    number = pd.to_numeric(found.index.to_series().str.extract(r"^\s*(\d+)", expand=False), errors="coerce")
    going = ~found["end"]
    key = number if going.any() and number[going].notna().all() else found["rank"]
    found = found.assign(key=key.where(going)).reset_index().sort_values(["end", "key", "stage"], ignore_index=True)
    found["place"] = found["key"].rank(method="dense")
    return found[["stage", "place", "first_seen", "last_seen"]]


def stage_visits(history: pd.DataFrame, opportunities: pd.DataFrame) -> pd.DataFrame:
    """Follow each deal from stage to stage: how long it stayed, and whether the next step went on, skipped or went back.

    Parameters
    ----------
    history
        ``opportunity_id, stage, entered_on`` (date). Entries of one day stand in the order of the stages.
    opportunities
        ``opportunity_id, status``.

    Returns
    -------
    DataFrame
        ``opportunity_id, stage, place, entered_on, days`` (NaN while it is there), ``move`` (``on``, ``skip``, ``back``, ``won``, ``lost``,
        ``open``), ``status``. Ends are moves, not visits.

    Examples
    --------
    >>> history = pd.DataFrame({"opportunity_id": "o", "stage": ["1", "3", "2"], "entered_on": ["2026-01-01", "2026-01-05", "2026-02-01"]})
    >>> stage_visits(history, pd.DataFrame({"opportunity_id": ["o"], "status": ["open"]}))["move"].tolist()
    ['skip', 'back', 'open']
    """
    order = stage_order(history, opportunities)
    rows = _ordered(history, opportunities, order)
    columns = ["opportunity_id", "stage", "place", "entered_on", "days", "move", "status"]
    if rows.empty:
        return pd.DataFrame(columns=columns).astype({"place": "float64", "days": "float64"})
    rows["place"] = rows["stage"].map(order.set_index("stage")["place"])
    group = rows.groupby("opportunity_id", sort=False)
    step = group["place"].shift(-1) - rows["place"]
    rows["days"] = (group["entered_on"].shift(-1) - rows["entered_on"]).dt.days
    last = rows["turn"].eq(group["turn"].transform("max"))
    ended = group["place"].shift(-1).isna()
    rows["move"] = np.select(
        [(last | ended) & rows["status"].isin([WON, LOST]), last, step > 1, step < 0], [rows["status"], OPEN, "skip", "back"], "on"
    )
    return rows[rows["place"].notna()][columns].reset_index(drop=True)


def stage_conversion(visits: pd.DataFrame) -> pd.DataFrame:
    """Give what each stage passes on: ``conversion = advanced / (advanced + lost)``; deals still there are in neither.

    A deal counts once a stage. It advanced if it was won or ever stood further; it is lost here if this is the furthest it came.

    Parameters
    ----------
    visits
        As :func:`stage_visits` gives them.

    Returns
    -------
    DataFrame
        ``stage, place, entered, advanced, lost, open, n`` (advanced and lost), ``conversion``, ``median_days, p90_days`` of ended visits.

    Examples
    --------
    >>> visits = pd.DataFrame({"opportunity_id": ["a", "b"], "stage": "1", "place": 1.0, "days": [3.0, 5.0], "status": ["won", "lost"], "move": ["won", "lost"]})
    >>> stage_conversion(visits)[["conversion", "median_days"]].values.tolist()
    [[0.5, 4.0]]
    """
    need(visits, "opportunity_id", "stage", "place", "days", "status")
    furthest = visits.groupby("opportunity_id")["place"].transform("max")
    once = visits.assign(
        advanced=visits["status"].eq(WON) | (furthest > visits["place"]),
        lost=visits["status"].eq(LOST) & (furthest <= visits["place"]),
    ).drop_duplicates(["opportunity_id", "stage"])
    once["open"] = ~once["advanced"] & ~once["lost"]
    found = once.groupby(["place", "stage"], sort=True).agg(
        entered=("opportunity_id", "size"), advanced=("advanced", "sum"), lost=("lost", "sum"), open=("open", "sum")
    )
    days = visits.groupby(["place", "stage"])["days"]
    found["n"] = found["advanced"] + found["lost"]
    found["conversion"] = found["advanced"] / found["n"].where(found["n"] > 0)
    found["median_days"], found["p90_days"] = days.median(), days.quantile(0.9)
    columns = ["stage", "place", "entered", "advanced", "lost", "open", "n", "conversion", "median_days", "p90_days"]
    return found.reset_index()[columns]


def stage_discipline(visits: pd.DataFrame) -> pd.DataFrame:
    """Count the moves between stages: ``skip_share = skips / moves``, ``back_share = back / moves``; a move is a step from stage to stage.

    Parameters
    ----------
    visits
        As :func:`stage_visits` gives them.

    Returns
    -------
    DataFrame
        One row: ``moves, skips, back, skip_share, back_share``, ``deals`` and ``deals_back`` (deals that ever went back).

    Examples
    --------
    >>> stage_discipline(pd.DataFrame({"opportunity_id": "o", "move": ["on", "skip", "back", "won"]}))[["moves", "skip_share"]].round(2).values.tolist()
    [[3.0, 0.33]]
    """
    need(visits, "opportunity_id", "move")
    move = visits["move"].astype("str")
    skips, back = int(move.eq("skip").sum()), int(move.eq("back").sum())
    moves = skips + back + int(move.eq("on").sum())
    row = (moves, skips, back, skips / moves if moves else np.nan, back / moves if moves else np.nan, visits["opportunity_id"].nunique())
    columns = ["moves", "skips", "back", "skip_share", "back_share", "deals"]
    return pd.DataFrame([row], columns=columns).assign(deals_back=visits.loc[move.eq("back"), "opportunity_id"].nunique())


def stage_ageing(visits: pd.DataFrame, opportunities: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Set the age of each open deal in its stage against the stage's median for deals that were won: ``ratio = days / median``.

    Parameters
    ----------
    visits
        As :func:`stage_visits` gives them.
    opportunities
        ``opportunity_id, amount``.
    as_of
        The day from which age is counted.

    Returns
    -------
    DataFrame
        ``opportunity_id, stage, days, median_days`` (of won deals; NaN where none passed), ``ratio, aged`` (ratio above 2), ``amount``.

    Examples
    --------
    >>> visits = pd.DataFrame({"opportunity_id": ["a", "b"], "stage": "1", "entered_on": pd.to_datetime(["2026-01-01", "2026-05-01"]), "days": [10.0, None], "status": ["won", "open"], "move": ["won", "open"]})
    >>> stage_ageing(visits, pd.DataFrame({"opportunity_id": ["b"], "amount": [5.0]}), pd.Timestamp("2026-05-31"))["ratio"].tolist()
    [3.0]
    """
    need(visits, "opportunity_id", "stage", "entered_on", "days", "status", "move")
    need(opportunities, "opportunity_id", "amount")
    middle = visits[visits["status"].eq(WON)].groupby("stage")["days"].median()
    now = visits[visits["move"].eq(OPEN) & visits["status"].eq(OPEN)]
    days = (pd.Timestamp(as_of) - now["entered_on"]).dt.days.astype("float64")
    median = now["stage"].map(middle).astype("float64")
    amount = opportunities.drop_duplicates("opportunity_id").set_index("opportunity_id")["amount"]
    found = pd.DataFrame({"opportunity_id": now["opportunity_id"], "stage": now["stage"], "days": days, "median_days": median})
    found["ratio"] = days / median.where(median > 0)
    found["aged"] = found["ratio"] > AGED
    found["amount"] = now["opportunity_id"].map(amount).astype("float64")
    return found.reset_index(drop=True)


def compounding(conversions: pd.DataFrame, *, lift: float = 0.1) -> dict[str, float]:
    """Say what the same relative lift of every conversion does to the whole funnel: ``times = (1 + lift) ^ steps``, no step above 1.

    Parameters
    ----------
    conversions
        ``conversion`` (fraction), one row a step; steps without one are left out.
    lift
        Relative gain of each step.

    Returns
    -------
    dict
        ``steps``, ``now`` and ``lifted`` (products), ``times``.

    Notes
    -----
    Source: Winning by Design, the bow-tie model: ten per cent on seven conversions about doubles the result.

    Examples
    --------
    >>> round(compounding(pd.DataFrame({"conversion": [0.5] * 7}))["times"], 6)
    1.948717
    """
    need(conversions, "conversion")
    rates = conversions["conversion"].dropna().to_numpy(dtype="float64")
    now, lifted = (float(np.prod(part)) if len(rates) else np.nan for part in (rates, np.minimum(rates * (1 + lift), 1.0)))
    return {"steps": len(rates), "now": now, "lifted": lifted, "times": lifted / now if now > 0 else np.nan}


def _ordered(history: pd.DataFrame, opportunities: pd.DataFrame, order: pd.DataFrame | None = None) -> pd.DataFrame:
    """Give dated entries of known deals in their turn."""
    need(history, "opportunity_id", "stage", "entered_on")
    need(opportunities, "opportunity_id", "status")
    status = opportunities.drop_duplicates("opportunity_id").set_index("opportunity_id")["status"].astype("str")
    kept = history[history["entered_on"].notna() & history["stage"].notna() & history["opportunity_id"].isin(status.index)]
    rows = pd.DataFrame({"opportunity_id": kept["opportunity_id"], "stage": kept["stage"].astype("str")})
    rows["entered_on"], rows["status"] = pd.to_datetime(kept["entered_on"]), kept["opportunity_id"].map(status)
    places = order.set_index("stage")["place"] if order is not None else pd.Series(dtype="float64")
    rows["tie"] = rows["stage"].map(places).fillna(np.inf) if order is not None else 0.0
    rows = rows.sort_values(["opportunity_id", "entered_on", "tie", "stage"], ignore_index=True)
    rows["turn"] = rows.groupby("opportunity_id").cumcount()
    return rows
