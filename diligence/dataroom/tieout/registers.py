"""Invoice by invoice and customer by customer: which items make the difference between the lines and the registers."""

import pandas as pd

from diligence.dataroom.engine import TICKS
from diligence.dataroom.tieout.books import BRIDGED, Books

COLUMNS = ["register", "item", "customer_id", "difference", "amount_a", "amount_b", "residual"]
ONLY_LINES, ONLY_REGISTER, AMOUNT = "in the lines only", "in the register only", "amounts differ"
UNCONTRACTED, UNBILLED = "billed without a contract", "contract without billing"
CENTS = 0.05
"""Rounding of the lines of an invoice: a few cents are no difference."""


def register_differences(books: Books) -> pd.DataFrame:
    """List every invoice and every customer on which the lines and a register differ, the largest first.

    Returns
    -------
    DataFrame
        ``register`` (``invoices`` or ``contracts``), ``item`` (invoice or customer), ``customer_id``, ``difference`` (what differs), and
        both amounts: of the invoice, or a year at the end of the last whole month.
    """
    frames = [frame for frame in (_by_invoice(books), _by_customer(books)) if len(frame)]
    if not frames:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(frames, ignore_index=True)[COLUMNS]


def _by_invoice(books: Books) -> pd.DataFrame:
    if not (books.has("invoices", "invoice_id", "amount") and books.has("revenue", "invoice_id")):
        return pd.DataFrame(columns=COLUMNS)
    return books.frame(
        f"WITH ours AS (SELECT invoice_id, min(customer_id) AS customer_id, sum(ticks) / {TICKS} AS amount FROM lines "
        f"WHERE invoice_id IS NOT NULL AND NOT starts_with(source_file, '{BRIDGED}') GROUP BY 1), "
        "theirs AS (SELECT invoice_id, min(customer_id) AS customer_id, sum(amount)::DOUBLE AS amount FROM t_invoices GROUP BY 1), "
        "both_sides AS (SELECT invoice_id AS item, coalesce(ours.customer_id, theirs.customer_id) AS customer_id, ours.amount AS a, theirs.amount AS b "
        "FROM ours FULL JOIN theirs USING (invoice_id)) "
        f"SELECT 'invoices' AS register, item, customer_id, CASE WHEN b IS NULL THEN '{ONLY_LINES}' WHEN a IS NULL THEN '{ONLY_REGISTER}' ELSE '{AMOUNT}' END AS difference, "
        "coalesce(a, 0)::DOUBLE AS amount_a, coalesce(b, 0)::DOUBLE AS amount_b, round(coalesce(a, 0) - coalesce(b, 0), 4)::DOUBLE AS residual FROM both_sides "
        f"WHERE a IS NULL OR b IS NULL OR abs(a - b) > {CENTS} ORDER BY abs(coalesce(a, 0) - coalesce(b, 0)) DESC, item"
    )


def _by_customer(books: Books) -> pd.DataFrame:
    if not books.has("contracts", "annual_value", "start_date"):
        return pd.DataFrame(columns=COLUMNS)
    year, month = divmod(books.last, 12)
    end = f"CAST(make_date({year}, {month + 1}, 1) + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE)"
    kept = "coalesce(kept_id, customer_id)"
    return books.frame(
        f"WITH ours AS (SELECT customer_id, 12 * sum(rate_ticks) / {TICKS} AS amount FROM cube WHERE kind = 'recurring' AND month_index = {books.last} GROUP BY 1 HAVING sum(rate_ticks) <> 0), "
        f"theirs AS (SELECT {kept} AS customer_id, sum(annual_value)::DOUBLE AS amount FROM t_contracts LEFT JOIN joined ON customer_id = merged_id "
        f"WHERE start_date <= {end} AND (end_date IS NULL OR end_date >= {end}) GROUP BY 1), "
        "both_sides AS (SELECT customer_id, ours.amount AS a, theirs.amount AS b FROM ours FULL JOIN theirs USING (customer_id)) "
        f"SELECT 'contracts' AS register, customer_id AS item, customer_id, CASE WHEN b IS NULL THEN '{UNCONTRACTED}' WHEN a IS NULL THEN '{UNBILLED}' ELSE '{AMOUNT}' END AS difference, "
        "coalesce(a, 0)::DOUBLE AS amount_a, coalesce(b, 0)::DOUBLE AS amount_b, round(coalesce(a, 0) - coalesce(b, 0), 4)::DOUBLE AS residual FROM both_sides "
        "WHERE a IS NULL OR b IS NULL OR abs(a - b) > 1 ORDER BY abs(coalesce(a, 0) - coalesce(b, 0)) DESC, item"
    )
