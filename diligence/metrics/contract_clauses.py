"""Clauses that a change of owner or a customer's whim can pull: how much of the contracted value stands under each."""

from datetime import date

import pandas as pd

from diligence.metrics.measure import need
from diligence.metrics.renewals import running_contracts

CLAUSES = {
    "change_of_control_termination": "change_of_control",
    "change_of_control_consent": "change_of_control",
    "convenience": "terminable_for_convenience",
    "most_favoured": "most_favoured",
}
"""For each clause, the column that tells it."""


def clause_exposure(contracts: pd.DataFrame, as_of: date, *, by: str | None = None) -> pd.DataFrame:
    """Share of contracted value under each clause: ``annual value with the clause / annual value of contracts that tell``.

    Contracts in force on the date; a contract whose column is blank tells nothing and stands neither above nor below the line.

    Parameters
    ----------
    contracts
        ``contract_id, start_date, end_date, annual_value`` (currency a year), and of ``change_of_control``,
        ``terminable_for_convenience``, ``most_favoured`` those that are known.
    as_of
        Date on which they are in force.
    by
        A column to cut by.

    Returns
    -------
    DataFrame
        ``by, clause, value`` (fraction), ``numerator, denominator`` (currency a year), ``n`` (contracts that tell); a clause whose column
        is not there has no row.

    Examples
    --------
    >>> contracts = pd.DataFrame({"contract_id": ["a", "b"], "start_date": "2025-01-01", "end_date": None, "annual_value": [60.0, 40.0],
    ...     "change_of_control": ["consent", "none"]})
    >>> clause_exposure(contracts, date(2026, 6, 30))[["clause", "value"]].values.tolist()
    [['change_of_control_termination', 0.0], ['change_of_control_consent', 0.6]]
    """
    live = running_contracts(contracts, as_of)
    need(live, *([by] if by else []))
    groups = (
        [(name, live[live[by].astype("str") == name]) for name in sorted(live[by].dropna().astype("str").unique())] if by else [("", live)]
    )
    rows = []
    for group, part in groups:
        for clause, column in CLAUSES.items():
            if column in part:
                rows.append((group, clause, *_share(part, clause, column)))
    found = pd.DataFrame(rows, columns=["group", "clause", "value", "numerator", "denominator", "n"])
    return found.rename(columns={"group": by}) if by else found.drop(columns="group")


def has_clause(contracts: pd.DataFrame, clause: str) -> pd.Series:
    """Tell for each contract whether it has a clause, blank where its column is blank: ``column == the clause's word``.

    Examples
    --------
    >>> contracts = pd.DataFrame({"change_of_control": ["consent", "none", None]})
    >>> has_clause(contracts, "change_of_control_consent").tolist()
    [True, False, None]
    """
    column = CLAUSES[clause]
    need(contracts, column)
    word = {"change_of_control_termination": "termination_right", "change_of_control_consent": "consent"}.get(clause, True)
    return (contracts[column] == word).astype("object").where(contracts[column].notna(), None)


def _share(part: pd.DataFrame, clause: str, column: str) -> tuple[float, float, float, int]:
    told = part[part[column].notna()]
    value = told["annual_value"].astype("float64")
    above, below = float(value[has_clause(told, clause).astype("bool")].sum()), float(value.sum())
    return above / below if below > 0 else float("nan"), above, below, len(told)
