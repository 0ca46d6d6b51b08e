"""Credit notes, refunds and balances below zero: money that comes back counts in the period that it takes back."""

from diligence.dataroom.engine import month_of_day
from diligence.dataroom.repairs.bench import Bench

CREDIT_DAYS = 400
REFUNDED_LINES = 24


def match_credits(bench: Bench) -> None:
    """Move credits to the period that they take back, the most certain first.

    A full credit takes the period of the latest equal line before it; a part credit that of its own invoice's line; a refund that
    equals the last several lines of its product those lines' periods; and what would leave a customer's month below zero goes back
    over the customer's earlier lines, latest first.
    """
    bench.connection.execute("CREATE OR REPLACE TABLE credits_as_booked AS SELECT * FROM lines LIMIT 0")
    if bench.on("credit_note_matched"):
        _match(bench)
    if bench.on("refund_spread"):
        _refunds(bench)
    if bench.on("negative_balance"):
        _balances(bench)


def _match(bench: Bench) -> None:
    rows = bench.make(
        "credits",
        "WITH credit AS (SELECT * FROM lines WHERE ticks < 0 AND last_day IS NULL), "
        "bill AS (SELECT * FROM lines WHERE ticks > 0), "
        "equal AS (SELECT credit.source_row, bill.source_row AS bill_row, bill.date, bill.month_index, bill.first_day, bill.last_day "
        "FROM credit ASOF JOIN bill ON credit.customer_id = bill.customer_id AND credit.product_id IS NOT DISTINCT FROM bill.product_id "
        f"AND -credit.local_ticks = bill.local_ticks AND credit.date >= bill.date WHERE credit.date - bill.date <= {CREDIT_DAYS}), "
        "full_credit AS (SELECT * FROM equal QUALIFY row_number() OVER (PARTITION BY bill_row ORDER BY source_row) = 1), "
        "part AS (SELECT credit.source_row, bill.source_row AS bill_row, bill.date, bill.month_index, bill.first_day, bill.last_day "
        "FROM credit JOIN bill ON credit.invoice_id = bill.invoice_id AND credit.product_id IS NOT DISTINCT FROM bill.product_id "
        "AND credit.customer_id = bill.customer_id WHERE bill.last_day IS NOT NULL "
        "AND credit.source_row NOT IN (SELECT source_row FROM full_credit) "
        "QUALIFY row_number() OVER (PARTITION BY credit.source_row ORDER BY bill.local_ticks DESC, bill.source_row) = 1) "
        "SELECT * FROM full_credit UNION ALL SELECT * FROM part",
    )
    if not rows:
        return
    bench.connection.execute("INSERT INTO credits_as_booked SELECT * FROM lines SEMI JOIN credits USING (source_row)")
    bench.connection.execute(
        "UPDATE lines SET month_index = credits.month_index, first_day = credits.first_day, last_day = credits.last_day "
        "FROM credits WHERE lines.source_row = credits.source_row"
    )
    bench.note(
        "credit_note_matched",
        "SELECT source_row, ticks FROM lines SEMI JOIN credits USING (source_row)",
        before="period of the credit note",
        after="period of the line credited",
    )


def _refunds(bench: Bench) -> None:
    """Find credits that equal the sum of the latest two or more lines of the same customer and product before them."""
    bench.make(
        "shares",
        f"WITH credit AS ({_open_credits()}), bill AS ({_open_bills()}), "
        "ranked AS (SELECT credit.source_row, credit.local_ticks AS due, bill.source_row AS bill_row, bill.local_ticks AS paid, bill.ticks AS paid_ticks, "
        "sum(bill.local_ticks) OVER w AS so_far, count(*) OVER w AS nth FROM credit JOIN bill "
        "ON credit.customer_id = bill.customer_id AND credit.product_id IS NOT DISTINCT FROM bill.product_id AND credit.kind = bill.kind "
        f"AND credit.currency = bill.currency AND bill.date <= credit.date AND credit.date - bill.date <= {2 * CREDIT_DAYS} "
        "WINDOW w AS (PARTITION BY credit.source_row ORDER BY bill.date DESC, bill.source_row DESC ROWS UNBOUNDED PRECEDING)), "
        f"whole AS (SELECT source_row, min(nth) AS last FROM ranked WHERE so_far = -due AND nth BETWEEN 2 AND {REFUNDED_LINES} GROUP BY 1) "
        "SELECT source_row, bill_row, -paid AS local_part, -paid_ticks AS part FROM ranked JOIN whole USING (source_row) WHERE nth <= last",
    )
    _share_out(bench, "refund_spread", before="whole in the month of the refund", after="in the months of the lines refunded")


def _balances(bench: Bench) -> None:
    """Take what leaves a customer's month below zero back over its earlier lines of the kind, latest first.

    A month that a service period covers has revenue that no line of its own shows, and is left alone.
    """
    month = "customer_id, kind, currency, month_index"
    bench.make(
        "shares",
        f"WITH covered AS (SELECT DISTINCT customer_id, kind, currency, unnest(range({month_of_day('first_day')}, {month_of_day('last_day')} + 1)) AS month_index "
        "FROM lines WHERE ticks > 0 AND last_day IS NOT NULL), "
        f"short AS (SELECT {month}, -sum(local_ticks) AS lack FROM lines ANTI JOIN covered USING ({month}) "
        "WHERE customer_id IS NOT NULL AND last_day IS NULL GROUP BY ALL HAVING sum(local_ticks) < 0), "
        f"credit AS (SELECT c.*, lack, sum(-c.local_ticks) OVER (PARTITION BY {month} ORDER BY c.source_row) AS cum FROM ({_open_credits()}) AS c JOIN short USING ({month})), "
        "part AS (SELECT source_row, customer_id, kind, currency, date, month_index, -local_ticks AS due, least(-local_ticks, greatest(lack - (cum + local_ticks), 0)) AS back FROM credit), "
        f"bill AS ({_open_bills()}), "
        "ranked AS (SELECT part.*, bill.source_row AS bill_row, bill.local_ticks AS paid, "
        "sum(bill.local_ticks) OVER (PARTITION BY part.source_row ORDER BY bill.date DESC, bill.source_row DESC ROWS UNBOUNDED PRECEDING) AS so_far "
        "FROM part JOIN bill ON part.customer_id = bill.customer_id AND part.kind = bill.kind AND part.currency = bill.currency "
        f"AND bill.month_index < part.month_index AND part.date - bill.date <= {CREDIT_DAYS} WHERE part.back > 0), "
        "taken AS (SELECT source_row, bill_row, due, back, least(paid, back - (so_far - paid)) AS cut FROM ranked WHERE so_far - paid < back), "
        "whole AS (SELECT source_row FROM taken GROUP BY source_row HAVING sum(cut) = any_value(back)), "
        "once AS (SELECT bill_row FROM taken GROUP BY bill_row HAVING count(*) = 1) "
        "SELECT source_row, bill_row, -cut AS local_part, CAST(NULL AS BIGINT) AS part FROM taken SEMI JOIN whole USING (source_row) "
        "WHERE source_row NOT IN (SELECT source_row FROM taken ANTI JOIN once USING (bill_row))",
    )
    _share_out(
        bench, "negative_balance", before="the customer's month is below zero", after="off the customer's lines before, latest first"
    )


def _open_credits() -> str:
    return "SELECT * FROM lines WHERE ticks < 0 AND last_day IS NULL AND customer_id IS NOT NULL AND source_row NOT IN (SELECT source_row FROM credits_as_booked)"


def _open_bills() -> str:
    """Lines that no credit has taken back yet."""
    taken = (
        "SELECT customer_id, product_id, month_index, -local_ticks AS local_ticks FROM lines SEMI JOIN credits_as_booked USING (source_row)"
    )
    return (
        f"SELECT * FROM lines AS b WHERE b.ticks > 0 AND NOT EXISTS (SELECT 1 FROM ({taken}) AS t WHERE t.customer_id = b.customer_id "
        "AND t.product_id IS NOT DISTINCT FROM b.product_id AND t.month_index = b.month_index AND t.local_ticks = b.local_ticks)"
    )


def _share_out(bench: Bench, kind: str, *, before: str, after: str) -> None:
    """Put each share of a credit into the period of its line; what is left of the credit stays where it was booked."""
    rows = bench.make("split", "SELECT DISTINCT source_row FROM shares")
    if not rows:
        return
    bench.make("whole_credits", "SELECT lines.* FROM lines SEMI JOIN split USING (source_row)")
    bench.note(kind, "SELECT source_row, ticks FROM whole_credits", before=before, after=after)
    bench.connection.execute("INSERT INTO credits_as_booked SELECT * FROM whole_credits")
    bench.connection.execute("DELETE FROM lines WHERE source_row IN (SELECT source_row FROM split)")
    # shares are cut from the running total, so that they are whole ticks and add up to the credit
    bench.make(
        "cut",
        "WITH share AS (SELECT shares.*, w.ticks AS all_ticks, w.local_ticks AS all_local, "
        "sum(local_part) OVER (PARTITION BY shares.source_row ORDER BY bill_row) AS upto FROM shares JOIN whole_credits AS w USING (source_row)), "
        "ranged AS (SELECT *, CAST((all_ticks::HUGEINT * upto) // all_local AS BIGINT) AS high, "
        "CAST((all_ticks::HUGEINT * (upto - local_part)) // all_local AS BIGINT) AS low FROM share) "
        "SELECT source_row, bill_row, local_part, high - low AS part FROM ranged",
    )
    bench.connection.execute(
        "INSERT INTO lines BY NAME SELECT w.* REPLACE (cut.part AS ticks, cut.local_part AS local_ticks, b.month_index AS month_index, "
        "b.first_day AS first_day, b.last_day AS last_day, CASE WHEN cut.local_part = w.local_ticks THEN w.quantity END AS quantity) "
        "FROM cut JOIN whole_credits AS w USING (source_row) JOIN (SELECT * FROM lines WHERE ticks > 0 QUALIFY row_number() OVER (PARTITION BY source_row ORDER BY month_index) = 1) AS b "
        "ON cut.bill_row = b.source_row"
    )
    rest = "SELECT source_row, sum(part) AS part, sum(local_part) AS local_part FROM cut GROUP BY 1"
    bench.connection.execute(
        "INSERT INTO lines BY NAME SELECT w.* REPLACE (w.ticks - done.part AS ticks, w.local_ticks - done.local_part AS local_ticks) "
        f"FROM whole_credits AS w JOIN ({rest}) AS done USING (source_row) WHERE w.local_ticks <> done.local_part"
    )
