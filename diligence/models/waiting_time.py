"""Time until something happens, where for some it has not happened yet: Kaplan and Meier's curve, with what is censored."""

import pandas as pd

from diligence.metrics.measure import need
from diligence.models.survival import kaplan_meier

NAN = float("nan")


def waiting_curve(spans: pd.DataFrame) -> pd.DataFrame:
    """Share still waiting by time since the start (Kaplan and Meier 1958), by :func:`diligence.models.survival.kaplan_meier`.

    ``S(t) = product over event times of (1 - events / at risk)``; the interval is that of ``log(-log S)`` with Greenwood's error.

    Parameters
    ----------
    spans
        ``duration`` (time, zero or more), ``observed`` (bool: it happened; else it had not by then).

    Returns
    -------
    DataFrame
        ``time, waiting`` (share still waiting after it), ``se, low, high, at_risk`` (count), ``events``; one row for each time of an event.

    Examples
    --------
    >>> spans = pd.DataFrame({"duration": [1, 2, 2, 4], "observed": [True, True, False, False]})
    >>> waiting_curve(spans)["waiting"].round(6).tolist()
    [0.75, 0.5]
    """
    need(spans, "duration", "observed")
    known = spans[["duration", "observed"]].dropna()
    known = known[known["duration"] >= 0]
    lives = pd.DataFrame({"exit": known["duration"].astype("float64"), "lost": known["observed"].astype("bool")})
    curve = kaplan_meier(lives)
    named = {"age": "time", "survival": "waiting", "std_error": "se", "lost": "events"}
    table = curve[curve["lost"] > 0].rename(columns=named).astype("float64")
    return table[["time", "waiting", "se", "low", "high", "at_risk", "events"]].reset_index(drop=True)


def happened_by(spans: pd.DataFrame, time: float) -> dict[str, float]:
    """Share for whom it has happened by a time, and its interval: ``1 - S(time)``.

    NaN where nobody was watched for that long and some still waited: what lies beyond the watch is not known.

    Parameters
    ----------
    spans
        As for :func:`waiting_curve`.

    Returns
    -------
    dict
        ``value, low, high`` (fractions), ``n`` (spans), ``watched`` (spans at risk at that time).

    Examples
    --------
    >>> spans = pd.DataFrame({"duration": [1, 2, 2, 4], "observed": [True, True, False, False]})
    >>> round(happened_by(spans, 3)["value"], 6), happened_by(spans, 9)["value"]
    (0.5, nan)
    """
    curve = waiting_curve(spans)
    known = spans[["duration", "observed"]].dropna()
    n, watched = len(known), int((known["duration"] >= time).sum())
    past = curve[curve["time"] <= time]
    last = past.iloc[-1] if len(past) else None
    if not n or (not watched and (last is None or last["waiting"] > 0)):
        return {"value": NAN, "low": NAN, "high": NAN, "n": n, "watched": watched}
    if last is None:
        return {"value": 0.0, "low": NAN, "high": NAN, "n": n, "watched": watched}
    return {"value": 1 - float(last["waiting"]), "low": 1 - float(last["high"]), "high": 1 - float(last["low"]), "n": n, "watched": watched}


def waiting_quantile(spans: pd.DataFrame, share: float = 0.5) -> dict[str, float]:
    """Time by which it has happened for a share of all: the first ``t`` with ``S(t) <= 1 - share``; its interval is where the band crosses.

    NaN where fewer than that have been seen to get there: it is longer than the watch.

    Parameters
    ----------
    spans
        As for :func:`waiting_curve`.

    Returns
    -------
    dict
        ``value, low, high`` (time), ``n`` (spans), ``events``.

    Examples
    --------
    >>> spans = pd.DataFrame({"duration": [1, 2, 2, 4], "observed": [True, True, False, False]})
    >>> waiting_quantile(spans)["value"], waiting_quantile(spans, 0.9)["value"]
    (2.0, nan)
    """
    curve = waiting_curve(spans)
    found = {}
    for name, column in (("value", "waiting"), ("low", "low"), ("high", "high")):
        reached = curve[curve[column] <= 1 - share + 1e-12]
        found[name] = float(reached["time"].iloc[0]) if len(reached) else NAN
    return found | {"n": len(spans[["duration", "observed"]].dropna()), "events": int(curve["events"].sum()) if len(curve) else 0}
