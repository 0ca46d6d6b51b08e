"""The reasons that rows offer for a difference, for each kind of book that revenue is held against."""

import numpy as np

from diligence.dataroom.engine import TICKS, text
from diligence.dataroom.tieout.books import MONTH_END, Books
from diligence.dataroom.tieout.classes import Reason

MATCHED = "credit notes in the period they cancel"
NOT_LISTED = "credit notes that the invoice register leaves out"
ON_INVOICE = "the ledger books on the invoice's date, the lines by the service"
DATED = "the register dates these invoices in another month than the lines"
UNLIKE = "customers billed without a contract, less contracts without billing"
KINDS = {"services": "services", "one_off": "one-off revenue", "usage": "usage", "services', 'one_off": "services and one-off revenue"}
GROUP_MONTHS = 3
GROUP_NEAR = 0.001
FORMS = r"\b(ltd|limited|gmbh|ag|inc|llc|bv|b\.v\.|sas|s\.a\.s\.?|sarl|plc|corp|corporation|company|co|sa|nv|ab|oy|as|kg|se)\b\.?"


def of_ledger(books: Books, line: str, months: np.ndarray) -> list[Reason]:
    """Give the reasons why a line of the ledger may differ from the lines as recognised."""
    where = "kind = 'recurring'" if line == "recurring_revenue" else "true"

    def series(query: str) -> np.ndarray:
        return books.series(query, months)

    recognised = series(f"SELECT month_index, sum(ticks) FROM flows WHERE {where} GROUP BY 1")
    billed = series(f"SELECT billed, sum(ticks) FROM billed WHERE {where} GROUP BY 1")
    moved = series(f"SELECT month_index, sum(ticks) FROM credit_moves WHERE {where} GROUP BY 1")
    found = [Reason("credit_notes", MATCHED, moved, halves=True), Reason("timing", ON_INVOICE, recognised - billed)]
    found += _rates(books, where, months)
    found += _perimeter(books, f"SELECT customer_id, account_id, month_index, ticks FROM cube WHERE {where}", months)
    for kinds, words in KINDS.items():
        amount = series(f"SELECT month_index, sum(ticks) FROM flows WHERE kind IN ('{kinds}') GROUP BY 1")
        inside = line == "recurring_revenue"
        found.append(
            Reason("services", f"{words} that the ledger's line {'includes' if inside else 'leaves out'}", -amount if inside else amount)
        )
    return found + _repaired(books, where, "month_index", months, recurring=line == "recurring_revenue")


def _rates(books: Books, where: str, months: np.ndarray) -> list[Reason]:
    """Lines are converted at the rate of the month of their invoice; books may take the rate of the month served, or the one before."""
    own = text(books.deal.target.currency)
    foreign = f"FROM flows WHERE currency <> {own} AND {where}"
    ours = books.series(f"SELECT month_index, sum(ticks) {foreign} GROUP BY 1", months)
    found = []
    for shift, words in ((0, "the month served"), (1, "the month before")):
        theirs = books.series(
            f"SELECT f.month_index, sum(round(f.local_ticks * rate))::BIGINT FROM (SELECT * {foreign}) AS f JOIN rates "
            f"ON fx_currency = f.currency AND 12 * year(rates.month) + month(rates.month) - 1 = f.month_index - {shift} GROUP BY 1",
            months,
        )
        known = theirs != 0
        found.append(
            Reason("fx", f"the ledger converts at the rate of {words}, the lines at that of the invoice", np.where(known, ours - theirs, 0))
        )
    plain = books.series(f"SELECT month_index, sum(local_ticks) {foreign} GROUP BY 1", months)
    return [*found, Reason("fx", "the ledger adds amounts in other currencies as they stand", ours - plain)]


def _perimeter(books: Books, money: str, months: np.ndarray) -> list[Reason]:
    """Revenue of companies that the other book does not hold: bought, of the own group, or of one parent."""
    bought = f"SELECT month_index, sum(ticks) FROM ({money}) SEMI JOIN (SELECT customer_id FROM customers WHERE sourced_by = 'acquisition') USING (customer_id) GROUP BY 1"
    found = [Reason("perimeter", "acquired customers, before the other book holds them", books.series(bought, months))]
    stem = "trim(regexp_replace(regexp_replace(lower({0}), '" + FORMS + "', ' ', 'g'), '\\s+', ' ', 'g'))"
    own = stem.format(text(books.deal.target.name))
    inside = (
        f"SELECT customer_id FROM customers WHERE name IS NOT NULL AND length({own}) >= 5 AND starts_with({stem.format('name')}, {own})"
    )
    within = f"SELECT month_index, sum(ticks) FROM ({money}) SEMI JOIN ({inside}) USING (customer_id) GROUP BY 1"
    return [*found, Reason("perimeter", "revenue within the group", books.series(within, months))]


def of_groups(books: Books, money: str, months: np.ndarray, residual: np.ndarray) -> list[Reason]:
    """Give the one group of customers whose revenue is the difference in three months or more, to a thousandth.

    Among hundreds of groups one month meets some group by chance; three in the same group do not.
    """
    grouped = books.frame(
        f"SELECT account_id, month_index, sum(ticks)::BIGINT AS ticks FROM ({money}) WHERE account_id IN "
        "(SELECT account_id FROM customers GROUP BY 1 HAVING count(*) > 1) GROUP BY ALL ORDER BY ALL"
    )
    if grouped.empty:
        return []
    table = grouped.pivot(index="account_id", columns="month_index", values="ticks").reindex(columns=months).fillna(0)
    amounts = table.to_numpy(dtype="int64")
    hits = (amounts != 0) & (np.abs(amounts - residual) <= GROUP_NEAR * np.abs(amounts))
    best = int(hits.sum(axis=1).argmax())
    if hits[best].sum() < GROUP_MONTHS:
        return []
    return [Reason("perimeter", f"the group of {table.index[best]}", np.where(hits[best], amounts[best], 0))]


def _repaired(books: Books, where: str, month: str, months: np.ndarray, *, recurring: bool = False) -> list[Reason]:
    """Give what a repair took out of the month or put into it: other books may stand as the export stood."""

    def series(query: str) -> np.ndarray:
        return books.series(query, months)

    found = []
    for repair, words in (
        ("duplicate_lines", "lines that stand twice"),
        ("near_duplicate_lines", "lines that stand twice, written otherwise"),
    ):
        amount = series(f"SELECT {month}, sum(ticks) FROM left_out WHERE repair = '{repair}' AND {where} GROUP BY 1")
        found.append(Reason("repairs", f"{words}, left out here", -amount))
    bridged = series(f"SELECT billed, sum(ticks) FROM billed WHERE bridged AND {where} GROUP BY 1")
    found.append(Reason("repairs", "a month that the export lacks, bridged here", bridged))
    scaled = series(
        "SELECT billed, sum(b.ticks - was.ticks) FROM billed AS b JOIN touched AS was USING (source_row) "
        f"WHERE was.id = 'day_in_other_unit' AND {where} GROUP BY 1"
    )
    found.append(Reason("repairs", "a day in another unit, brought back here", scaled))
    if recurring:
        said = series(
            "SELECT billed, sum(b.ticks) FROM billed AS b JOIN touched AS was USING (source_row) WHERE was.id LIKE 'services_as_recurring/%' GROUP BY 1"
        )
        found.append(Reason("repairs", "services that the export calls recurring", -said))
    return found


def of_register(books: Books, months: np.ndarray) -> list[Reason]:
    """Give the reasons why the invoice register may differ from the lines as they were billed."""

    def series(query: str) -> np.ndarray:
        return books.series(query, months)

    own = text(books.deal.target.currency)
    listed = "SELECT invoice_id FROM t_invoices"
    loose = f"(invoice_id IS NULL OR invoice_id NOT IN ({listed}))"
    credit = series(f"SELECT billed, sum(ticks) FROM billed WHERE ticks < 0 AND {loose} GROUP BY 1")
    whole = series("SELECT billed, sum(ticks) FROM billed WHERE ticks < 0 GROUP BY 1")
    dated = series(
        "WITH both_sides AS (SELECT b.billed, b.ticks, (12 * year(issued_on) + month(issued_on) - 1)::BIGINT AS issued FROM billed AS b "
        "JOIN t_invoices USING (invoice_id) WHERE issued_on IS NOT NULL) SELECT month_index, sum(t)::BIGINT FROM "
        "(SELECT billed AS month_index, ticks AS t FROM both_sides UNION ALL SELECT issued, -ticks FROM both_sides) GROUP BY 1"
    )
    plain = series(f"SELECT billed, sum(ticks - local_ticks) FROM billed WHERE currency <> {own} GROUP BY 1")
    found = [Reason("credit_notes", NOT_LISTED, credit), Reason("credit_notes", NOT_LISTED, whole), Reason("timing", DATED, dated)]
    found.append(Reason("fx", "the register states other currencies as they stand", plain))
    found += _perimeter(books, "SELECT customer_id, account_id, billed AS month_index, ticks FROM billed", months)
    for kinds, words in KINDS.items():
        amount = series(f"SELECT billed, sum(ticks) FROM billed WHERE kind IN ('{kinds}') GROUP BY 1")
        found.append(Reason("services", f"{words} that the invoice register leaves out", amount))
    return found + _repaired(books, "true", "billed", months)


def of_contracts(books: Books, months: np.ndarray) -> list[Reason]:
    """Give the reasons why contracted value may differ from what is billed at the end of a month."""
    own = text(books.deal.target.currency)
    plain = books.series(
        f"SELECT month_index, 12 * sum(rate_ticks - local_rate_ticks) FROM cube WHERE kind = 'recurring' AND currency <> {own} GROUP BY 1",
        months,
    )
    money = "SELECT customer_id, account_id, month_index, 12 * rate_ticks AS ticks FROM cube WHERE kind = 'recurring'"
    ends = MONTH_END.format("m")
    kept = "SELECT coalesce(kept_id, customer_id) AS customer_id, annual_value, start_date, end_date FROM t_contracts LEFT JOIN joined ON customer_id = merged_id"
    loose = books.series(
        f"WITH ours AS (SELECT customer_id, month_index, sum(ticks) AS t FROM ({money}) GROUP BY ALL HAVING sum(ticks) <> 0), "
        f"theirs AS (SELECT customer_id, month_index, CAST(sum(annual_value) * {TICKS} AS BIGINT) AS t FROM calendar AS m JOIN ({kept}) AS c "
        f"ON c.start_date <= {ends} AND (c.end_date IS NULL OR c.end_date >= {ends}) GROUP BY ALL) "
        "SELECT month_index, sum(coalesce(ours.t, 0) - coalesce(theirs.t, 0)) FROM ours FULL JOIN theirs USING (customer_id, month_index) "
        "WHERE ours.t IS NULL OR theirs.t IS NULL GROUP BY 1",
        months,
    )
    found = [Reason("fx", "contracts in other currencies as they stand", plain), *_perimeter(books, money, months)]
    return [*found, Reason("coverage", UNLIKE, loose, halves=True)]
