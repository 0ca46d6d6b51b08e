"""Share of market drawn towards share of voice: the dynamics of excess share of voice."""

import numpy as np
import pandas as pd

RATE, SPREAD = 0.07, 0.03
"""Prior of the rate a year, and its standard deviation: ten points of excess bring 0.7 points a year in business markets (Binet and
Field 2019). The evidence is correlational, mostly of campaigns entered for awards: weak."""


def share_path(share: float, voice: float, *, years: int = 5, rate: float = RATE, spread: float = SPREAD) -> pd.DataFrame:
    """Project share of market at a constant share of voice: ``SOM(t) = SOV + (SOM(0) - SOV) exp(-k t)``.

    Share of market tends to share of voice and never passes it: voice is the ceiling. The interval is that of the rate alone, a normal
    prior cut at nought (scipy); the form itself is an assumption.

    Parameters
    ----------
    share, voice
        Share of market now, share of voice from now on (fractions).
    years
        How far to look.
    rate, spread
        Prior mean and standard deviation of ``k`` (a year).

    Returns
    -------
    DataFrame
        ``year`` (0 to ``years``), ``value``, ``low``, ``high`` (fractions, 95%).

    Notes
    -----
    Source: Jones, Ad spending: maintaining market share, HBR January 1990; Binet and Field 2019. Label the evidence weak.

    Examples
    --------
    >>> share_path(0.05, 0.15)["value"].round(6).tolist()[5]
    0.079531
    """
    from scipy import stats

    ends = stats.truncnorm.ppf([0.025, 0.975], -rate / spread, np.inf, loc=rate, scale=spread) if spread > 0 else np.array([rate, rate])
    when = np.arange(years + 1, dtype="float64")
    mean, slow, fast = (voice + (share - voice) * np.exp(-k * when) for k in (rate, *ends))
    return pd.DataFrame({"year": when.astype("int64"), "value": mean, "low": np.minimum(slow, fast), "high": np.maximum(slow, fast)})


def share_half_life(*, rate: float = RATE) -> float:
    """Years until half of the way from share of market to share of voice is gone: ``ln 2 / k``. NaN where the rate is not above nought.

    >>> round(share_half_life(), 3)
    9.902
    """
    return float(np.log(2) / rate) if rate > 0 else float("nan")


def required_share_of_voice(share: float, target: float, *, years: float, rate: float = RATE) -> float:
    """Share of voice that takes share of market to a target in some years: ``(target - SOM exp(-k t)) / (1 - exp(-k t))``.

    Above 1 no voice is enough: the plan asks for more than being seen can bring. NaN where no time is given.

    >>> round(required_share_of_voice(0.05, 0.079531, years=5), 4)
    0.15
    """
    left = float(np.exp(-rate * years))
    return (target - share * left) / (1 - left) if left < 1 else float("nan")
