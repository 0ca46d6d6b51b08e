"""What is odd in the room: each check looks at the governed tables and gives issues, weighed by the money behind them."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, fields

import pandas as pd

from diligence.dataroom.checks.files import hidden_sheets, unpadded_ids, unread_columns, unread_files
from diligence.dataroom.checks.issue import Issue, Scope
from diligence.dataroom.checks.keys import (
    customers_told,
    id_leaps,
    look_ahead,
    orphans,
    segments_as_of_today,
    survivorship,
)
from diligence.dataroom.checks.money import (
    negative_balances,
    negative_lines,
    outlier_lines,
    possible_duplicates,
    unnamed_products,
    wild_prices,
    zero_lines,
)
from diligence.dataroom.checks.time import billing_gaps, incomplete_month, left_truncation, missing_months, right_censoring

CHECKS: tuple[Callable[[Scope], Iterator[Issue]], ...] = (
    orphans,
    survivorship,
    id_leaps,
    look_ahead,
    segments_as_of_today,
    missing_months,
    left_truncation,
    right_censoring,
    billing_gaps,
    incomplete_month,
    zero_lines,
    negative_lines,
    negative_balances,
    outlier_lines,
    possible_duplicates,
    unnamed_products,
    wild_prices,
    unread_columns,
    unread_files,
    hidden_sheets,
    unpadded_ids,
    customers_told,
)
"""Every check. A new one is a function that yields issues, and its name here."""


def run_checks(scope: Scope) -> pd.DataFrame:
    """Run every check; the issues with the most money behind them come first."""
    found = [issue for check in CHECKS for issue in check(scope)]
    found.sort(key=lambda issue: (-abs(issue.amount), -issue.rows, issue.code, issue.table))
    return pd.DataFrame([asdict(issue) for issue in found], columns=[field.name for field in fields(Issue)])
