"""Paths: what was touched before each opportunity was decided, and what credits are worth once the books are held against them."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

from diligence.metrics.attribution import NO_TOUCH, quarter_end, quarters, steps, to_the_cent
from diligence.metrics.measure import need

PATHS = ["path_id", "position", "channel", "days_before", "conversions", "nulls", "amount", "ended_on"]
UNDECIDED_DAYS = 90
"""A younger lead without an opportunity may still become one: it is no null."""

BRAND = r"(?<![a-z])(?<!non[-_ ])(?<!non)brand(?:ed|s)?(?![a-z])"
"""Words by which campaigns and channels name the search for the company's own name."""


def conversion_paths(
    touches: pd.DataFrame,
    leads: pd.DataFrame,
    opportunities: pd.DataFrame,
    *,
    as_of: date,
    undecided_days: int = UNDECIDED_DAYS,
) -> pd.DataFrame:
    """Make paths from touches: those of all leads of an opportunity together, up to its decision; what came later plays no part.

    A won opportunity of type ``new`` is a conversion with its amount. A lost one is a null, and so is a lead that became no opportunity
    within ``undecided_days``. Open opportunities and younger leads are left out: they are undecided.

    Parameters
    ----------
    touches
        ``lead_id, touched_at, channel``.
    leads
        ``lead_id, created_on, opportunity_id``.
    opportunities
        ``opportunity_id, status, closed_on, amount`` (currency a year), ``type`` where given.
    as_of
        Nothing dated after it counts.
    undecided_days
        Age at which a lead without an opportunity is taken for lost.

    Returns
    -------
    DataFrame
        ``path_id, position, channel, days_before, conversions, nulls, amount, ended_on``: one row a touch.

    Examples
    --------
    >>> touches = pd.DataFrame({"lead_id": ["l"], "touched_at": ["2026-01-05"], "channel": ["events"]})
    >>> leads = pd.DataFrame({"lead_id": ["l"], "created_on": ["2026-01-05"], "opportunity_id": ["o"]})
    >>> deals = pd.DataFrame({"opportunity_id": ["o"], "status": ["won"], "closed_on": ["2026-02-04"], "amount": [900.0]})
    >>> conversion_paths(touches, leads, deals, as_of=date(2026, 6, 30))[["channel", "days_before", "amount"]].values.tolist()
    [['events', 30.0, 900.0]]
    """
    need(touches, "lead_id", "touched_at", "channel")
    ends = _ends(leads, opportunities, pd.Timestamp(as_of), undecided_days)
    joined = touches[["lead_id", "touched_at", "channel"]].merge(ends, on="lead_id", how="inner")
    when = pd.to_datetime(joined["touched_at"])
    # a touch on the day of the decision came before it
    kept = (
        joined["channel"].notna() & (when < joined["ended_on"] + pd.Timedelta(days=1)) & (when < pd.Timestamp(as_of) + pd.Timedelta(days=1))
    )
    joined = joined.assign(touched_at=when)[kept].sort_values(["path_id", "touched_at", "channel"], kind="stable", ignore_index=True)
    days = (joined["ended_on"] - joined["touched_at"].dt.normalize()).dt.days.astype("float64")
    position = joined.groupby("path_id").cumcount()
    return joined.assign(position=position, days_before=days)[PATHS]


def _ends(leads: pd.DataFrame, opportunities: pd.DataFrame, as_of: pd.Timestamp, undecided_days: int) -> pd.DataFrame:
    """Give each lead its path, when that ended and how; undecided ones are left out."""
    need(leads, "lead_id", "created_on", "opportunity_id")
    need(opportunities, "opportunity_id", "status", "closed_on", "amount")
    new = opportunities[opportunities["type"].fillna("new") == "new"] if "type" in opportunities.columns else opportunities
    deals = new[["opportunity_id", "status", "closed_on", "amount"]].drop_duplicates("opportunity_id")
    known = leads[["lead_id", "created_on", "opportunity_id"]].merge(deals, on="opportunity_id", how="left")
    closed, created = pd.to_datetime(known["closed_on"]), pd.to_datetime(known["created_on"])
    decided = known["status"].isin(["won", "lost"]) & closed.notna() & (closed <= as_of)
    elsewhere = known["opportunity_id"].notna() & known["status"].isna()
    stale = known["opportunity_id"].isna() & (created + pd.Timedelta(days=undecided_days) <= as_of)
    won = decided & (known["status"] == "won")
    ended = closed.where(decided, created + pd.Timedelta(days=undecided_days))
    path = ("o:" + known["opportunity_id"].astype("str")).where(decided, "l:" + known["lead_id"].astype("str"))
    found = pd.DataFrame(
        {
            "lead_id": known["lead_id"],
            "path_id": path,
            "ended_on": ended,
            "conversions": won.astype("float64"),
            "nulls": (~won).astype("float64"),
            "amount": known["amount"].astype("float64").where(won, 0.0).fillna(0.0),
        }
    )
    return found[(decided | stale) & ~elsewhere]


def booked(opportunities: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """Give what was won as new business by the as-of date: the money that every rule must share out, no more and no less.

    Returns
    -------
    DataFrame
        ``opportunity_id, closed_on, quarter, amount`` (currency a year).

    Examples
    --------
    >>> deals = pd.DataFrame({"opportunity_id": ["o"], "status": ["won"], "closed_on": ["2026-02-04"], "amount": [900.0]})
    >>> booked(deals, as_of=date(2026, 6, 30))["quarter"].tolist()
    ['2026Q1']
    """
    need(opportunities, "opportunity_id", "status", "closed_on", "amount")
    closed = pd.to_datetime(opportunities["closed_on"])
    kept = (opportunities["status"] == "won") & (closed <= pd.Timestamp(as_of))
    if "type" in opportunities.columns:
        kept &= opportunities["type"].fillna("new") == "new"
    won = opportunities[kept].drop_duplicates("opportunity_id")
    closed = pd.to_datetime(won["closed_on"])
    found = {"opportunity_id": won["opportunity_id"], "closed_on": closed, "quarter": quarters(closed), "amount": won["amount"].fillna(0.0)}
    return pd.DataFrame(found).astype({"amount": "float64"}).reset_index(drop=True)


def attributed_revenue(paths: pd.DataFrame, won: pd.DataFrame, rule: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    """Share what was booked out over channels by a rule, to the cent; what has no touch keeps a row of its own.

    Parameters
    ----------
    paths
        As :func:`conversion_paths` gives them.
    won
        As :func:`booked` gives it.
    rule
        A rule of attribution: paths in, ``channel, conversions, amount`` out.

    Returns
    -------
    DataFrame
        ``channel, conversions, amount`` (currency; sums to what was booked), ``share`` (of the money with a touch; NaN for ``(no touch)``).

    Examples
    --------
    >>> from diligence.metrics.attribution import linear
    >>> paths = pd.DataFrame({"path_id": ["o:1"] * 2, "position": [0, 1], "channel": ["a", "b"], "conversions": 1.0, "amount": 0.03})
    >>> won = pd.DataFrame({"opportunity_id": ["1", "2"], "amount": [0.03, 5.0]})
    >>> attributed_revenue(paths, won, linear)["amount"].tolist()
    [0.02, 0.01, 5.0]
    """
    need(won, "opportunity_id", "amount")
    found = rule(paths)
    inside = ("o:" + won["opportunity_id"].astype("str")).isin(_converted(paths))
    touched, untouched = (round(float(won.loc[flag, "amount"].sum()), 2) for flag in (inside, ~inside))
    found = found.assign(amount=to_the_cent(found["amount"], touched))
    found = found.assign(share=found["amount"] / touched if touched else np.nan)
    rest = {"channel": NO_TOUCH, "conversions": float((~inside).sum()), "amount": untouched, "share": np.nan}
    return pd.concat([found, pd.DataFrame([rest])], ignore_index=True) if (~inside).any() else found


def _converted(paths: pd.DataFrame) -> pd.Series:
    return paths.loc[paths["conversions"] > 0, "path_id"].drop_duplicates()


def by_quarter(
    paths: pd.DataFrame, won: pd.DataFrame, rule: Callable[[pd.DataFrame], pd.DataFrame], *, learns: bool = False
) -> pd.DataFrame:
    """Attribute each quarter's bookings with what was known at its end: later touches and outcomes never move a closed quarter.

    A rule that credits each path by itself sees the quarter's own paths. One that learns from all paths sees those ended by then, and its
    shares among the channels of the quarter's own paths are scaled to the quarter's bookings.

    Parameters
    ----------
    paths, won, rule
        As :func:`attributed_revenue` takes them, ``paths`` with ``ended_on`` and ``won`` with ``quarter``.
    learns
        Whether the rule learns from all paths, as Markov does.

    Returns
    -------
    DataFrame
        ``quarter, channel, amount`` (currency; each quarter sums to what was booked in it).

    Examples
    --------
    >>> from diligence.metrics.attribution import linear
    >>> paths = pd.DataFrame({"path_id": ["o:1"], "position": [0], "channel": ["a"], "conversions": 1.0, "amount": 3.0,
    ...                       "ended_on": pd.to_datetime(["2026-02-04"])})
    >>> won = pd.DataFrame({"opportunity_id": ["1"], "amount": [3.0], "quarter": ["2026Q1"]})
    >>> by_quarter(paths, won, linear)["amount"].tolist()
    [3.0]
    """
    need(paths, *PATHS[:3], "ended_on")
    need(won, "opportunity_id", "amount", "quarter")
    ended, rows = pd.to_datetime(paths["ended_on"]), []
    for quarter in sorted(set(won["quarter"]) - {""}):
        own = won[won["quarter"] == quarter]
        known = paths[ended < quarter_end(quarter) + pd.Timedelta(days=1)]
        ids = "o:" + own["opportunity_id"].astype("str")
        weighed = known["path_id"].isin(ids)
        part = known.assign(conversions=known["conversions"].where(weighed, 0.0), amount=known["amount"].where(weighed, 0.0))
        shares = rule(known if learns else part)
        if learns:
            present = shares["channel"].isin(known.loc[weighed, "channel"])
            shares = shares.assign(amount=shares["share"].where(present, 0.0))
        found = attributed_revenue(part, own, lambda _, given=shares: given)  # type: ignore[misc]
        rows.append(found.assign(quarter=quarter))
    columns = ["quarter", "channel", "amount"]
    if not rows:
        return pd.DataFrame(
            {"quarter": pd.Series(dtype="object"), "channel": pd.Series(dtype="object"), "amount": pd.Series(dtype="float64")}
        )
    return pd.concat(rows, ignore_index=True)[columns]


def brand_search(touches: pd.DataFrame) -> pd.Series:
    """Say for each touch whether it is a search for the company's own name: an outcome of being known, not a channel that makes it known.

    Read from the words of ``channel`` and, where given, ``campaign``: *brand*, *branded*; *non-brand* is none.

    Examples
    --------
    >>> brand_search(pd.DataFrame({"channel": ["paid_search", "paid_search"], "campaign": ["brand-de", "nonbrand-de"]})).tolist()
    [True, False]
    """
    need(touches, "channel")
    words = touches["channel"].fillna("").astype("str")
    if "campaign" in touches.columns:
        words = words + " " + touches["campaign"].fillna("").astype("str")
    return words.str.lower().str.replace("_", " ").str.contains(BRAND, regex=True)


def without_outcomes(touches: pd.DataFrame) -> pd.DataFrame:
    """Leave out touches that are outcomes: searches for the own name, and direct visits; a path of nothing else keeps them.

    Parameters
    ----------
    touches
        ``lead_id, channel`` and, where given, ``campaign``.

    Examples
    --------
    >>> touches = pd.DataFrame({"lead_id": ["l", "l", "m"], "channel": ["events", "direct", "direct"]})
    >>> without_outcomes(touches)["channel"].tolist()
    ['events', 'direct']
    """
    need(touches, "lead_id", "channel")
    outcome = brand_search(touches) | touches["channel"].astype("str").str.lower().eq("direct")
    alone = outcome.groupby(touches["lead_id"]).transform("all").astype("bool")
    return touches[~outcome | alone]


def without_nulls(paths: pd.DataFrame) -> bool:
    """Say whether the paths hold conversions alone: then nothing tells a channel that converts from one that is only there.

    Examples
    --------
    >>> without_nulls(pd.DataFrame({"path_id": [1], "position": 0, "channel": "a", "conversions": 1, "amount": 0.0, "nulls": 0}))
    True
    """
    one = steps(paths)
    return bool(one.conversions.sum() > 0 and one.nulls.sum() <= 0)
