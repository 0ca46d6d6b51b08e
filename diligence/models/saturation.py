"""Signs of a market that fills up: hazards by penetration before and after, and the trend of new customers."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from diligence.metrics.measure import need

NAN = float("nan")


def hazard_change(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, float]:
    """Difference in differences of the rate at which open accounts are won: full cells against empty ones, later against earlier.

    ``(high_after - high_before) - (low_after - low_before)``, with the interval of independent Poisson counts, ``var = won / open^2``. Below zero with its
    whole interval: the fullest part of the market gives out while the rest does not, which is saturation and not execution.

    Parameters
    ----------
    before, after
        ``tercile`` (``low``, ``high``), ``won, open`` (accounts): as :func:`diligence.metrics.new_customers.conversion_hazard` gives them, for two periods of
        one length.

    Returns
    -------
    dict
        ``value, low, high`` (a period), ``high_change, low_change``, ``n`` (accounts won). NaN where a third is empty.

    Examples
    --------
    >>> before = pd.DataFrame({"tercile": ["low", "high"], "won": [10, 20], "open": [100, 100]})
    >>> after = pd.DataFrame({"tercile": ["low", "high"], "won": [10, 5], "open": [100, 100]})
    >>> round(hazard_change(before, after)["value"], 2)
    -0.15
    """
    need(before, "tercile", "won", "open")
    need(after, "tercile", "won", "open")
    rates, variance, won = {}, 0.0, 0.0
    for name, frame in (("before", before), ("after", after)):
        for third in ("low", "high"):
            some = frame[frame["tercile"] == third]
            hits, base = float(some["won"].sum()), float(some["open"].sum())
            rates[third, name] = hits / base if base > 0 else NAN
            variance += (hits + 0.5) / base**2 if base > 0 else NAN
            won += hits
    high, low = (rates[third, "after"] - rates[third, "before"] for third in ("high", "low"))
    value, half = high - low, 1.959964 * float(np.sqrt(variance))
    return {"value": value, "low": value - half, "high": value + half, "high_change": high, "low_change": low, "n": won}


def relative_trend(values: Sequence[float] | pd.Series, *, per_year: int = 4) -> dict[str, float]:
    """Slope of a series as a share of its mean, a year: Theil and Sen's median of all slopes (scipy stands behind).

    ``slope x periods a year / mean``. One odd quarter does not move it.

    Parameters
    ----------
    values
        The series in order of time, equally spaced.
    per_year
        Observations a year.

    Returns
    -------
    dict
        ``value, low, high`` (fraction a year), ``n``. NaN with fewer than four values, or a mean of zero.

    Examples
    --------
    >>> round(relative_trend([10.0, 9.0, 8.0, 7.0, 6.0])["value"], 3)
    -0.5
    """
    series = np.asarray(values, dtype="float64")
    series = series[np.isfinite(series)]
    mean = float(series.mean()) if len(series) else NAN
    if len(series) < 4 or not mean > 0:
        return {"value": NAN, "low": NAN, "high": NAN, "n": len(series)}
    from scipy.stats import theilslopes

    found = theilslopes(series, np.arange(len(series)), alpha=0.95)
    low, high = sorted((float(found.low_slope), float(found.high_slope)))
    return {"value": float(found.slope) * per_year / mean, "low": low * per_year / mean, "high": high * per_year / mean, "n": len(series)}
