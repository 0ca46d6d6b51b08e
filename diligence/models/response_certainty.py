"""How sure a response is: its numbers over series drawn anew, and its error on periods that it has not seen."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from diligence.metrics.measure import need
from diligence.models.response import Response, fit_response, fitted

QUANTITIES = ("half", "ceiling", "average", "marginal", "saturation")
NAN = float("nan")


def response_intervals(
    periods: pd.DataFrame,
    *,
    generator: np.random.Generator,
    channels: Sequence[str],
    outcome: str = "results",
    per_year: int = 52,
    form: str = "michaelis_menten",
    lags: int = 8,
    draws: int = 100,
    block: int = 4,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Give percentile intervals of a response: what it leaves unexplained is drawn anew in blocks, put on what it explains, and fitted again.

    Spend stays as it was in its order, so that carry-over is kept; blocks keep the unexplained of neighbouring periods together.

    Parameters
    ----------
    periods, channels, outcome, per_year, form, lags
        As :func:`diligence.models.response.fit_response` takes them, without controls; its gates hold here too.
    generator
        Source of randomness.
    draws, block
        Number of draws, and periods in a block.

    Returns
    -------
    DataFrame
        ``channel, quantity`` (half, ceiling, average, marginal, saturation), ``value, low, high``; no rows where the response is refused.

    Notes
    -----
    Residual bootstrap with circular blocks (Künsch 1989).

    Examples
    --------
    >>> spend = np.tile([0.0, 1.0, 2.0, 4.0], 30)
    >>> weeks = pd.DataFrame({"ads": spend, "results": 10 * spend / (2 + spend)})
    >>> found = response_intervals(weeks, generator=np.random.default_rng(1), channels=["ads"], lags=1, draws=5)
    >>> bool(found.query("quantity == 'half'")["low"].round(2).item() == 2)
    True
    """
    fitting = partial(fit_response, generator=generator, outcome=outcome, per_year=per_year, form=form, lags=lags)
    fit = fitting(periods, channels=channels)
    columns = ["channel", "quantity", "value", "low", "high"]
    if fit.reason:
        return pd.DataFrame(columns=columns)
    known = periods[[*channels, outcome]].dropna().reset_index(drop=True)
    names = fit.curves["channel"].tolist()
    table = known.assign(**{names[0]: known[list(channels)].sum(axis=1)}) if fit.pooled else known
    guess = fitted(known, fit, channels=channels, outcome=outcome, lags=lags)
    left, length, drawn = known[outcome].to_numpy(dtype="float64") - guess, len(known), []
    for _ in range(draws):
        starts = generator.integers(0, length, -(-length // block))
        rows = (starts[:, None] + np.arange(block)).ravel()[:length] % length
        again = fitting(table.assign(**{outcome: guess + left[rows]}), channels=names, gate=False, starts=2)
        if not again.reason:
            drawn.append(_at_todays_spend(again, fit))
    stacked = np.stack(drawn) if drawn else np.full((1, len(fit.curves), len(QUANTITIES)), NAN)
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(stacked, [tail, 1 - tail], axis=0)
    found = [
        (channel, quantity, fit.curves[quantity].iloc[place], low[place, number], high[place, number])
        for place, channel in enumerate(names)
        for number, quantity in enumerate(QUANTITIES)
    ]
    return pd.DataFrame(found, columns=columns)


def _at_todays_spend(again: Response, fit: Response) -> np.ndarray:
    """Read a refitted curve of Michaelis and Menten or Hill at the spend that the first fit saw last."""
    curves, spend = again.curves, fit.curves["spend"].to_numpy(dtype="float64")
    half, ceiling = curves["half"].to_numpy(dtype="float64"), curves["ceiling"].to_numpy(dtype="float64")
    with np.errstate(divide="ignore", invalid="ignore"):
        if again.form == "logistic":
            rate = curves["rate"].to_numpy(dtype="float64")
            results, slope = ceiling * np.tanh(rate * spend / 2), ceiling * rate / 2 / np.cosh(rate * spend / 2) ** 2
        else:
            shape = curves["shape"].to_numpy(dtype="float64")
            ratio = spend / half
            results = ceiling * ratio**shape / (1 + ratio**shape)
            slope = ceiling * shape / half * ratio ** (shape - 1) / (1 + ratio**shape) ** 2
        found = np.column_stack([half, ceiling, spend / results, 1 / slope, spend / half])
    return np.where(np.isfinite(found), found, NAN)


def holdout_error(
    periods: pd.DataFrame, *, generator: np.random.Generator, channels: Sequence[str], outcome: str = "results", held: int = 13, per_year: int = 52, form: str = "michaelis_menten", lags: int = 8
) -> float:  # fmt: skip
    """Give the mean absolute error on the last periods, not used in the fit, over their mean: ``mean |y - fitted| / mean y``.

    Parameters
    ----------
    periods, channels, outcome, per_year, form, lags
        As :func:`diligence.models.response.fit_response` takes them, without controls.
    generator
        Source of randomness.
    held
        Periods at the end that are held out.

    Examples
    --------
    >>> spend = np.tile([0.0, 1.0, 2.0, 4.0], 40)
    >>> weeks = pd.DataFrame({"ads": spend, "results": 10 * spend / (2 + spend)})
    >>> round(holdout_error(weeks, generator=np.random.default_rng(1), channels=["ads"], lags=1), 4)
    0.0
    """
    need(periods, *channels, outcome)
    known = periods[[*channels, outcome]].dropna().reset_index(drop=True)
    fit = fit_response(known.iloc[:-held], generator=generator, channels=channels, outcome=outcome, per_year=per_year, form=form, lags=lags)
    if fit.reason or len(known) <= held:
        return NAN
    guess = fitted(known, fit, channels=channels, outcome=outcome, lags=lags, upto=len(known) - held)
    seen = known[outcome].to_numpy(dtype="float64")[-held:]
    return float(np.abs(seen - guess[-held:]).mean() / seen.mean()) if seen.mean() > 0 else NAN
