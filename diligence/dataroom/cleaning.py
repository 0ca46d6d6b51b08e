"""The cleaning log: every repair to the data, named, counted, with its switch."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

import pandas as pd

REPAIRS = {
    "totals_row": "a row that calls itself a total, and names neither whose nor when, would count other rows twice",
    "second_date_format": "dates that only a later format of the deal file's list could read",
    "duplicate_rows": "a key that stands twice: the last row of the file holds",
    "undated_row": "a row without its date is kept, known at the deal's own as-of date and not before, outside every dated number",
    "duplicate_lines": "a revenue line that stands again, equal in every column of one invoice, is left out",
    "unidentified_customer": "revenue without a customer is kept as one customer, (unidentified), outside retention and concentration",
    "missing_customer_row": "a customer in the revenue that the customer list lacks gets a row",
    "misspelt_customer": "two spellings of one customer whose revenue hands over from one to the other are one",
    "credit_note_matched": "a credit note counts in the period of the line that it cancels",
    "currency_conversion": "lines in another currency are converted at the rate of their month",
    "service_period_spread": "a line with a service period is spread over it by day",
    "wild_quantity": "a quantity whose unit price is five times off its product's median (a case counted as a bottle) is blanked; the money stays",
}
"""Every repair by its id; ``[repairs] off`` takes an id, or an id and an object as they stand in the log."""


@dataclass(frozen=True)
class Repair:
    """One row of the cleaning log. ``amount`` is the money of the rows touched, in the deal's currency."""

    id: str
    repair: str
    table: str
    file: str
    rows: int
    amount: float
    before: str
    after: str
    reason: str
    turn_off: str


def repair(
    kind: str,
    *,
    table: str,
    file: str,
    rows: int,
    amount: float = 0.0,
    before: str = "",
    after: str = "",
    item: str = "",
    reason: str = "",
) -> Repair:
    """Make a row of the log; its id is the repair's, with the object where there is one."""
    own = f"{kind}/{item}" if item else kind
    return Repair(own, kind, table, file, rows, amount, before, after, reason or REPAIRS[kind], f'[repairs] off = ["{own}"]')


def is_on(off: Iterable[str], kind: str, item: str = "") -> bool:
    """Say whether a repair is to be done.

    >>> is_on(["misspelt_customer/C0009"], "misspelt_customer", "C0010")
    True
    """
    return kind not in off and f"{kind}/{item}" not in off


def log_frame(repairs: Iterable[Repair]) -> pd.DataFrame:
    """Give the log as a table, one row a repair."""
    return pd.DataFrame([asdict(entry) for entry in repairs], columns=[field.name for field in fields(Repair)])
