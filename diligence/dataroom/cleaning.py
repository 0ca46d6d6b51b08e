"""The cleaning log: every repair to the data, named, counted, with its switch."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

import pandas as pd

REPAIRS = {
    "totals_row": "a row that calls itself a total, and names neither whose nor when, would count other rows twice",
    "second_date_format": "dates that only a later format of the deal file's list could read",
    "duplicate_rows": "a key that stands twice: the last row of the file holds",
    "undated_row": "a row without its date is kept, known at the deal's own as-of date and not before, outside every dated number",
    "id_format": "a key in another case, with other signs or leading zeros is written as the table that it points to writes it",
    "currency_code": "a currency written as a sign, a word or in small letters is read as its code",
    "rate_gap": "a month without a rate takes the last rate before it, where rates stand on both sides within three months",
    "currency_conversion": "lines in another currency are converted at the rate of their month",
    "duplicate_lines": "a revenue line that stands again, equal in every column of one invoice, is left out",
    "near_duplicate_lines": "a revenue line that stands again within a week, its invoice number written otherwise, is left out",
    "customer_from_invoice": "a line without a customer takes that of its invoice",
    "unidentified_customer": "revenue without a customer is kept as one customer, (unidentified), outside retention and concentration",
    "missing_customer_row": "a customer in the revenue that the customer list lacks gets a row",
    "misspelt_customer": "two spellings of one customer whose revenue hands over from one to the other are one",
    "acquired_book": "customers that arrive together, of another id format or older than their first invoice, came with a company that was bought",
    "parent_consolidation": "customers of one ultimate parent are one account in retention and concentration",
    "zero_lines": "a line of no money and no quantity is left out: it would count as an order and a month",
    "day_in_other_unit": "a day whose lines are ten, a hundred or a thousand times what the same customers pay for the same products is brought back",
    "services_as_recurring": "a product named as work done once, and billed so, is services and not recurring",
    "period_reversed": "a service period that ends before it begins is turned round",
    "early_renewal_invoice": "a renewal invoiced up to a quarter before its term counts in the term",
    "lump_spread": "what is billed by the quarter, half-year or year without a service period is spread over that term",
    "recoded_customer": "two ids under the same name whose revenue hands over from one to the other are one customer",
    "renamed_customer": "two customers, one named as the other's former or other name, whose revenue hands over are one",
    "decided_customer": "customers that the decisions file makes one are one, and stay so when they come back under another id",
    "decided_parent": "a customer stands under the parent that the decisions file gives it",
    "intercompany_customer": "revenue with a customer that bears the target's own name is within the group, and no customer's",
    "credit_note_matched": "a credit note counts in the period of the line that it cancels",
    "refund_spread": "a refund of several lines counts in the periods of those lines",
    "negative_balance": "what would leave a customer's month below zero comes off its earlier lines, latest first",
    "wild_quantity": "a quantity whose unit price is five times off its product's median (a case counted as a bottle) is blanked; the money stays",
    "missing_month": "a month without any line is bridged for customers billed before and after it, at the lesser of the two amounts",
    "service_period_spread": "a line with a service period is spread over it by day",
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
