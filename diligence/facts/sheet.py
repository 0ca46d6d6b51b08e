"""The facts table: one row a fact, with its interval, its numerator and denominator, its n, and why it is not there when it is not."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from diligence.errors import InputError, Problem, nearest
from diligence.facts.catalogue import Definition, catalogue, definition
from diligence.facts.tied import Tied

COLUMNS = [
    "metric", "area", "layer", "object", "object_id", "segment", "period", "value", "low", "high", "tie_low", "tie_high", "tie_source", "unit", "n",
    "numerator", "denominator", "status", "reason", "definition", "sources", "notebook",
]  # fmt: skip
OK, INSUFFICIENT, NOT_ASSESSABLE = "ok", "insufficient", "not_assessable"
NAN = float("nan")
ONE_END = "not tied: one of the facts that it is made of is not"


@dataclass
class FactSheet:
    """Facts as they are gathered: every one is of the catalogue, none is a number without its n."""

    period: str
    notebook: str
    files: dict[str, str]
    """For each table given, its file."""
    given: dict[str, tuple[str, ...]]
    rows: list[dict[str, Any]] = field(default_factory=list)
    ties: Tied | None = None
    """What the tie-out says of the revenue; without it no fact carries an interval of it."""

    def add(
        self,
        metric: str,
        value: float,
        *,
        n: float = 1,
        low: float = NAN,
        high: float = NAN,
        numerator: float = NAN,
        denominator: float = NAN,
        segment: str = "",
        object: str = "company",
        object_id: str = "",
        period: str = "",
        reason: str = "",
        tie: tuple[float, float] | None = None,
    ) -> None:
        """Add one fact. A value that is not a number is not assessable, with the reason; too few observations are insufficient.

        ``low`` and ``high`` are the statistical interval; where there is none they are that of the tie-out, which stands beside it in
        ``tie_low, tie_high`` in any case. ``tie`` gives the latter for a fact that is made of others.
        """
        known = definition(metric)
        status, reason = _status(known, value, n, reason)
        told = status == OK
        tied = self._tied(known, value if told else NAN, numerator, denominator, period or self.period, tie)
        low, high = (low, high) if np.isfinite(low) else tied[:2]
        self.rows.append(
            {
                "metric": metric,
                "area": known.area,
                "layer": known.layer,
                "object": object,
                "object_id": object_id,
                "segment": segment,
                "period": period or self.period,
                "value": float(value) if told else NAN,
                "low": float(low) if told else NAN,
                "high": float(high) if told else NAN,
                **dict(zip(("tie_low", "tie_high", "tie_source"), tied, strict=True)),
                "unit": known.unit,
                "n": float(n),
                "numerator": float(numerator) if told else NAN,
                "denominator": float(denominator) if told else NAN,
                "status": status,
                "reason": reason,
                "definition": known.definition,
                "sources": self._sources(known.needs),
                "notebook": self.notebook,
            }
        )

    def _tied(
        self, known: Definition, value: float, numerator: float, denominator: float, period: str, tie: tuple[float, float] | None
    ) -> tuple[float, float, str]:
        if self.ties is None:
            return NAN, NAN, ""
        if tie is not None:
            whole = np.isfinite(value) and np.isfinite(tie).all()
            return (*tie, self.ties.error(known.rests_on, None)[1]) if whole else (NAN, NAN, ONE_END if np.isfinite(value) else "")
        return self.ties.interval(known, value, numerator=numerator, denominator=denominator, period=period)

    def carried(self, metric: str, value: float, period: str) -> tuple[float, float, str]:
        """Give the interval of the tie-out that a fact would have with another value in another period."""
        return self._tied(definition(metric), value, NAN, NAN, period, None)

    def row(self, metric: str) -> dict[str, Any]:
        """Give the row of a fact of the whole company that was added before."""
        return next(row for row in self.rows if row["metric"] == metric and not row["segment"] and not row["object_id"])

    def lacking(self, metric: str) -> str:
        """Say which table or column a fact lacks, or nothing where it has what it needs."""
        lacks = []
        for need in definition(metric).needs:
            table, _, column = need.partition(".")
            if table not in self.given or (column and column not in self.given[table]):
                lacks.append(need)
        return f"not given: {', '.join(lacks)}" if lacks else ""

    def refuse(self, metric: str, reason: str) -> None:
        """Add a fact that cannot be assessed."""
        self.add(metric, NAN, n=0, reason=reason)

    def complete(self, metrics: list[str], reason: str) -> None:
        """Refuse those of the metrics that have no row yet, each for the table it lacks, else for ``reason``."""
        present = {row["metric"] for row in self.rows}
        for metric in metrics:
            if metric not in present:
                self.refuse(metric, self.lacking(metric) or reason)

    def frame(self) -> pd.DataFrame:
        """Give the table."""
        return pd.DataFrame(self.rows, columns=COLUMNS)

    def _sources(self, needs: tuple[str, ...]) -> str:
        tables = dict.fromkeys(need.partition(".")[0] for need in needs)
        return "; ".join(f"{table} ({self.files[table]})" if table in self.files else table for table in tables)


def _status(known: Definition, value: float, n: float, reason: str) -> tuple[str, str]:
    if not np.isfinite(value):
        return NOT_ASSESSABLE, reason or "undefined: nothing below the line"
    if n < known.min_n:
        return INSUFFICIENT, f"n is {n:.0f}, {known.min_n} are needed"
    return OK, ""


def fact_key(metric: str, *, segment: str = "", object: str = "company", object_id: str = "") -> str:
    """Name one fact: the metric, with its cut in brackets where it has one.

    >>> fact_key("retention.nrr_ltm", segment="enterprise")
    'retention.nrr_ltm[segment=enterprise]'
    """
    parts = [f"segment={segment}"] if segment else []
    parts += [f"{object}={object_id}"] if object_id else []
    return f"{metric}[{','.join(parts)}]" if parts else metric


def with_keys(facts: pd.DataFrame) -> pd.DataFrame:
    """Give the facts with the column ``key``, in order, each key once."""
    keys = [
        fact_key(row.metric, segment=row.segment, object=row.object, object_id=row.object_id)
        for row in facts[["metric", "segment", "object", "object_id"]].itertuples()
    ]
    return facts.assign(key=keys).drop_duplicates("key", ignore_index=True)


def fact(facts: pd.DataFrame, metric: str, *, segment: str = "", object: str = "company", object_id: str = "") -> pd.Series:
    """Give one fact of the table by its name.

    Raises
    ------
    InputError
        It is not there; the nearest name is proposed.
    """
    match = facts[(facts["metric"] == metric) & (facts["segment"] == segment) & (facts["object_id"] == object_id)]
    if match.empty:
        names = sorted(set(facts["metric"])) or list(catalogue())
        raise InputError(
            Problem(
                "a fact of this table", f"'{fact_key(metric, segment=segment, object=object, object_id=object_id)}'", nearest(metric, names)
            )
        )
    return match.iloc[0]
