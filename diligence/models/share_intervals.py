"""Wilson intervals for a whole table of shares."""

import pandas as pd

from diligence.metrics.measure import need
from diligence.models.intervals import CONFIDENCE


def with_wilson(frame: pd.DataFrame, *, part: str, n: str = "n", confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Add the Wilson score interval of ``part / n`` to each row (statsmodels stands behind). NaN where nothing was tried.

    Parameters
    ----------
    frame
        Counts: the columns that ``part`` and ``n`` name.

    Returns
    -------
    DataFrame
        The frame with ``low`` and ``high`` (fractions).

    Notes
    -----
    Source: Wilson 1927.

    Examples
    --------
    >>> with_wilson(pd.DataFrame({"won": [1], "n": [29]}), part="won").round(5).values.tolist()
    [[1.0, 29.0, 0.00611, 0.17176]]
    """
    need(frame, part, n)
    from statsmodels.stats.proportion import proportion_confint

    tried = frame[n].astype("float64")
    counts = tried.where(tried > 0)
    low, high = proportion_confint(frame[part].astype("float64"), counts, alpha=1 - confidence, method="wilson")
    return frame.assign(low=pd.Series(low, index=frame.index).astype("float64"), high=pd.Series(high, index=frame.index).astype("float64"))
