"""A tabular CUSUM: small lasting shifts of a series against its own target."""

import numpy as np
import pandas as pd

from diligence.metrics.measure import need


def tabular_cusum(series: pd.DataFrame, *, target: float, slack: float, limit: float) -> pd.DataFrame:
    """Tabular CUSUM: ``C+ = max(0, C+ + x - (target + slack))``, ``C- = max(0, C- + (target - slack) - x)``; a signal where one passes the limit.

    Parameters
    ----------
    series
        ``value``, in the order of ``month`` where it has one, else as it stands. A missing value leaves the sums as they are.
    target
        The level that should hold.
    slack
        Half of the shift that matters, in the units of the value.
    limit
        Height at which it signals; five standard deviations are usual.

    Returns
    -------
    DataFrame
        The series with ``up, down`` (the two sums), ``up_for, down_for`` (periods since each was nought: the shift began then), ``signal``.

    Notes
    -----
    Source: Montgomery, Introduction to Statistical Quality Control, section 9.1.

    Examples
    --------
    >>> tabular_cusum(pd.DataFrame({"value": [10.0, 12.0, 12.0]}), target=10, slack=0.5, limit=2)[["up", "signal"]].values.tolist()
    [[0.0, False], [1.5, False], [3.0, True]]
    """
    need(series, "value")
    ordered = series.sort_values("month", kind="stable") if "month" in series else series
    ordered = ordered.reset_index(drop=True)
    x = ordered["value"].to_numpy(dtype="float64")
    sums: dict[str, np.ndarray] = {}
    for name, step in (("up", x - target - slack), ("down", target - slack - x)):
        walked = np.cumsum(np.where(np.isfinite(step), step, 0.0))
        sums[name] = walked - np.minimum(np.minimum.accumulate(walked), 0.0) if len(x) else walked
        above = sums[name] > 0
        place = np.arange(len(x))
        last_nought = np.maximum.accumulate(np.where(~above, place, -1)) if len(x) else place
        sums[f"{name}_for"] = np.where(above, place - last_nought, 0)
    found = ordered.assign(**sums)
    return found.assign(signal=(found["up"] > limit) | (found["down"] > limit))
