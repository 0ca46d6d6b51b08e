"""The facts table: one row a fact, with its interval, its numerator and denominator, its n, and why it is not there when it is not."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from diligence.errors import InputError, Problem, nearest
from diligence.facts.catalogue import catalogue, definition

COLUMNS = [
    "metric", "area", "layer", "object", "object_id", "segment", "period", "value", "low", "high", "unit", "n",
    "numerator", "denominator", "status", "reason", "definition", "sources", "notebook",
]  # fmt: skip
OK, INSUFFICIENT, NOT_ASSESSABLE = "ok", "insufficient", "not_assessable"
NAN = float("nan")


@dataclass
class FactSheet:
    """Facts as they are gathered: every one is of the catalogue, none is a number without its n."""

    period: str
    notebook: str
    files: dict[str, str]
    """For each table given, its file."""
    given: dict[str, tuple[str, ...]]
    rows: list[dict[str, Any]] = field(default_factory=list)

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
    ) -> None:
        """Add one fact. A value that is not a number is not assessable, with the reason; too few observations are insufficient."""
        known = definition(metric)
        status = OK
        if not np.isfinite(value):
            status, reason = NOT_ASSESSABLE, reason or "undefined: nothing below the line"
        elif n < known.min_n:
            status, reason = INSUFFICIENT, f"n is {n:.0f}, {known.min_n} are needed"
        told = status == OK
        reason = "" if told else reason
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
