"""Lines that stand twice: equal in every column, or equal but for the way their invoice number or date is written."""

from diligence.dataroom.engine import name
from diligence.dataroom.repairs.bench import Bench

NEAR_DAYS = 7


def drop_duplicates(bench: Bench) -> None:
    """Leave out second copies. Only a line with an invoice number can be known to stand twice; without one, two equal lines may be two sales."""
    if not bench.has("revenue", "invoice_id"):
        return
    if bench.on("duplicate_lines"):
        _exact(bench)
    if bench.on("near_duplicate_lines"):
        _near(bench)


def _exact(bench: Bench) -> None:
    columns = ", ".join(name(column) for column in bench.given["revenue"])
    rows = bench.make(
        "doubled",
        f"WITH keyed AS (SELECT source_row, hash({columns}) AS h FROM t_revenue WHERE invoice_id IS NOT NULL), "
        "twice AS (SELECT h FROM keyed GROUP BY h HAVING count(*) > 1), "
        f"ranked AS (SELECT source_row, row_number() OVER (PARTITION BY {columns} ORDER BY source_row) AS nth "
        "FROM t_revenue WHERE source_row IN (SELECT source_row FROM keyed SEMI JOIN twice USING (h))) "
        "SELECT source_row FROM ranked WHERE nth > 1",
    )
    bench.note(
        "duplicate_lines",
        "SELECT source_row, ticks FROM lines SEMI JOIN doubled USING (source_row)",
        before=f"{rows} lines stand a second time",
        after="left out",
    )
    bench.connection.execute("DELETE FROM lines WHERE source_row IN (SELECT source_row FROM doubled)")


def _near(bench: Bench) -> None:
    """Same customer, product, money, quantity and service period; invoice number the same but for its signs, case, leading zeros or a
    copy's mark; dates within a week; and not equal in all of it, which is the case of exact copies.
    """
    plain = "regexp_replace(upper(invoice_id), '([-_/. ]?(COPY|DUP|KOPIE|BIS|REV)|[-_/. ]R)\\d?$', '')"
    plain = f"regexp_replace(regexp_replace({plain}, '[^A-Z0-9]', '', 'g'), '^([A-Z]*)0+', '\\1')"
    key = "customer_id, product_id, kind, currency, local_ticks, quantity, first_day, last_day"
    bench.make(
        "near",
        # equal money first: the invoice numbers of what is left are few enough to take apart
        f"WITH alike AS (SELECT source_row, ticks, date, invoice_id, hash({key}) AS k FROM lines WHERE invoice_id IS NOT NULL AND ticks <> 0), "
        "several AS (SELECT k FROM alike GROUP BY k HAVING count(*) > 1), "
        f"close AS (SELECT *, date - lag(date) OVER w AS since, lead(date) OVER w - date AS until FROM alike SEMI JOIN several USING (k) WINDOW w AS (PARTITION BY k ORDER BY date)), "
        f"keyed AS (SELECT *, hash(k, {plain}) AS h FROM close WHERE since <= {NEAR_DAYS} OR until <= {NEAR_DAYS}), "
        "twice AS (SELECT h FROM keyed GROUP BY h HAVING count(*) > 1 AND (count(DISTINCT invoice_id) > 1 OR count(DISTINCT date) > 1)), "
        "ranked AS (SELECT *, lag(date) OVER w AS earlier, lag(invoice_id) OVER w AS other FROM keyed SEMI JOIN twice USING (h) "
        "WINDOW w AS (PARTITION BY h ORDER BY date, source_row)) "
        f"SELECT source_row, ticks FROM ranked WHERE date - earlier <= {NEAR_DAYS} AND (other <> invoice_id OR date <> earlier)",
    )
    bench.note(
        "near_duplicate_lines",
        "SELECT source_row, ticks FROM near",
        before="the same line again, its invoice number or date written otherwise",
        after="left out",
    )
    bench.connection.execute("DELETE FROM lines WHERE source_row IN (SELECT source_row FROM near)")
