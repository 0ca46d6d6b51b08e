"""Revenue lines made ready for the reduction: repairs in their order, each counted, each with its switch."""

from dataclasses import dataclass
from datetime import date

import duckdb

from diligence.dataroom.cleaning import Repair, is_on, repair
from diligence.dataroom.customers import UNIDENTIFIED
from diligence.dataroom.engine import TICKS, has_table, month_of_day, name, text
from diligence.dataroom.resolution.intercompany import leave_out_intercompany
from diligence.dataroom.resolution.joining import join_customers
from diligence.deal import Deal
from diligence.errors import InputError, Problem

CREDIT_DAYS = 400
WILD = 5
WILD_LINES = 30
WILD_SHARE = 0.9


@dataclass(frozen=True)
class Lines:
    """What became of the revenue lines: the log."""

    repairs: tuple[Repair, ...]


def govern_lines(connection: duckdb.DuckDBPyConnection, deal: Deal, given: tuple[str, ...], label: str) -> Lines:
    """Make the table ``lines`` from ``t_revenue``: one row a line, money in ticks of the deal's currency.

    Raises
    ------
    InputError
        Lines in another currency whose month has no rate.
    """
    off, log = deal.repairs.off, list[Repair]()
    _convert(connection, deal, label)
    _drop_duplicates(connection, off, given, label, log)
    _tell_conversion(connection, deal, label, log)
    join_customers(connection, deal, label, log)
    leave_out_intercompany(connection, deal, label, log)
    _identify(connection, off, label, log)
    connection.execute("CREATE OR REPLACE TABLE credits_as_booked AS SELECT * FROM lines LIMIT 0")
    if is_on(off, "credit_note_matched"):
        _match_credits(connection, label, log)
    if "quantity" in given and is_on(off, "wild_quantity"):
        _blank_wild_quantities(connection, label, log)
    _spread_switch(connection, off, label, log)
    return Lines(tuple(log))


def _money(connection: duckdb.DuckDBPyConnection, where: str, table: str = "lines") -> tuple[int, float]:
    rows, ticks = connection.execute(f"SELECT count(*), coalesce(sum(ticks), 0) FROM {table} WHERE {where}").fetchall()[0]
    return rows, float(ticks) / TICKS


def _drop_duplicates(connection: duckdb.DuckDBPyConnection, off: list[str], given: tuple[str, ...], label: str, log: list[Repair]) -> None:
    """Only a line with an invoice number can be known to stand twice; without one, two equal lines may be two sales."""
    if "invoice_id" not in given or not is_on(off, "duplicate_lines"):
        return
    columns = ", ".join(name(column) for column in given)
    connection.execute(
        f"CREATE OR REPLACE TABLE doubled AS WITH keyed AS (SELECT source_row, hash({columns}) AS h FROM t_revenue WHERE invoice_id IS NOT NULL), "
        f"twice AS (SELECT h FROM keyed GROUP BY h HAVING count(*) > 1), "
        f"ranked AS (SELECT source_row, row_number() OVER (PARTITION BY {columns} ORDER BY source_row) AS nth "
        f"FROM t_revenue WHERE source_row IN (SELECT source_row FROM keyed SEMI JOIN twice USING (h))) "
        f"SELECT source_row FROM ranked WHERE nth > 1"
    )
    rows, amount = _money(connection, "source_row IN (SELECT source_row FROM doubled)")
    if rows:
        connection.execute("DELETE FROM lines WHERE source_row IN (SELECT source_row FROM doubled)")
        before = f"{rows} lines stand a second time"
        log.append(repair("duplicate_lines", table="revenue", file=label, rows=rows, amount=amount, before=before, after="left out"))


def _convert(connection: duckdb.DuckDBPyConnection, deal: Deal, label: str) -> None:
    """A line is converted at the rate of the month of its date, then spread: the rate at which it was billed."""
    own, convert = deal.target.currency, is_on(deal.repairs.off, "currency_conversion")
    has_rates = has_table(connection, "t_fx")
    rates = (
        "SELECT month, currency AS fx_currency, max(rate) AS rate FROM t_fx GROUP BY ALL"
        if has_rates
        else ("SELECT CAST(NULL AS DATE) AS month, CAST(NULL AS VARCHAR) AS fx_currency, CAST(NULL AS DECIMAL(18,8)) AS rate WHERE false")
    )
    money = f"CASE WHEN cur = {text(own)} THEN local_ticks {'WHEN rate IS NOT NULL THEN CAST(round(local_ticks * rate) AS BIGINT)' if convert else 'ELSE local_ticks'} END"
    connection.execute(
        f"CREATE OR REPLACE TABLE lines AS WITH base AS (SELECT *, coalesce(currency, {text(own)}) AS cur, CAST(amount * {TICKS} AS BIGINT) AS local_ticks "
        f"FROM t_revenue), converted AS (SELECT base.*, {money} AS ticks FROM base LEFT JOIN ({rates}) AS rates "
        f"ON date_trunc('month', base.date) = rates.month AND base.cur = rates.fx_currency) "
        f"SELECT customer_id, product_id, coalesce(kind, {text(deal.defaults.revenue_kind)}) AS kind, cur AS currency, ticks, local_ticks, quantity, "
        f"date, invoice_id, (12 * year(date) + month(date) - 1)::BIGINT AS month_index, "
        f"CASE WHEN service_end >= service_start THEN date_diff('day', DATE '1970-01-01', service_start)::BIGINT END AS first_day, "
        f"CASE WHEN service_end >= service_start THEN date_diff('day', DATE '1970-01-01', service_end)::BIGINT END AS last_day, "
        f"source_file, source_row FROM converted"
    )
    lacking = connection.execute(
        "SELECT currency, strftime(date, '%Y-%m') AS m, count(*), min(source_row) FROM lines WHERE ticks IS NULL GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    if lacking:
        raise InputError(
            _rates_asked(own, currency, [row for row in lacking if row[0] == currency], label)
            for currency in sorted({row[0] for row in lacking})
        )
    connection.execute("CREATE OR REPLACE TABLE as_given AS SELECT sum(ticks) AS ticks FROM lines")


def _rates_asked(own: str, currency: str, lacking: list[tuple], label: str) -> Problem:
    months = [row[1] for row in lacking]
    named = ", ".join(months[:6]) + (f" and {len(months) - 6} more months" if len(months) > 6 else "")
    do = 'add them to the table fx, or leave these lines out with [repairs] off = ["currency_conversion"]'
    return Problem(
        f"a rate {currency} to {own} for {named}",
        f"none for {sum(row[2] for row in lacking)} lines",
        do,
        label,
        row=min(row[3] for row in lacking),
    )


def _tell_conversion(connection: duckdb.DuckDBPyConnection, deal: Deal, label: str, log: list[Repair]) -> None:
    own = deal.target.currency
    rows, amount = _money(connection, f"currency <> {text(own)}")
    told = {"before": "local currency", "after": own}
    if rows and not is_on(deal.repairs.off, "currency_conversion"):
        connection.execute(f"DELETE FROM lines WHERE currency <> {text(own)}")
        amount, told = 0.0, {"before": "another currency, not converted", "after": "not in any number, as the deal file asks"}
    if rows:
        log.append(
            repair("currency_conversion", table="revenue", file=label, rows=rows, amount=amount, before=told["before"], after=told["after"])
        )


def _identify(connection: duckdb.DuckDBPyConnection, off: list[str], label: str, log: list[Repair]) -> None:
    rows, amount = _money(connection, "customer_id IS NULL")
    if not rows:
        return
    if is_on(off, "unidentified_customer"):
        connection.execute(f"UPDATE lines SET customer_id = {text(UNIDENTIFIED)} WHERE customer_id IS NULL")
        after = f"{UNIDENTIFIED}: in revenue, outside retention and concentration"
    else:
        connection.execute("DELETE FROM lines WHERE customer_id IS NULL")
        after = "not in any number, as the deal file asks"
    log.append(repair("unidentified_customer", table="revenue", file=label, rows=rows, amount=amount, before="no customer", after=after))


def _match_credits(connection: duckdb.DuckDBPyConnection, label: str, log: list[Repair]) -> None:
    """A full credit takes the period of the latest equal line before it; a part credit that of its own invoice's line."""
    connection.execute(
        "CREATE OR REPLACE TABLE credits AS WITH credit AS (SELECT * FROM lines WHERE ticks < 0 AND last_day IS NULL), "
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
        "SELECT * FROM full_credit UNION ALL SELECT * FROM part"
    )
    rows, amount = _money(connection, "source_row IN (SELECT source_row FROM credits)")
    if not rows:
        return
    connection.execute("INSERT INTO credits_as_booked SELECT * FROM lines SEMI JOIN credits USING (source_row)")
    connection.execute(
        "UPDATE lines SET month_index = credits.month_index, first_day = credits.first_day, last_day = credits.last_day "
        "FROM credits WHERE lines.source_row = credits.source_row"
    )
    log.append(
        repair(
            "credit_note_matched",
            table="revenue",
            file=label,
            rows=rows,
            amount=amount,
            before="period of the credit note",
            after="period of the line credited",
        )
    )


def _blank_wild_quantities(connection: duckdb.DuckDBPyConnection, label: str, log: list[Repair]) -> None:
    """Only a product sold by the piece at a price, nine lines of ten within twice its median, can have a wild one."""
    connection.execute(
        "CREATE OR REPLACE TABLE wild AS WITH priced AS (SELECT source_row, product_id, kind, currency, quantity, local_ticks / quantity AS price FROM lines "
        "WHERE quantity <> 0 AND ticks <> 0 AND product_id IS NOT NULL AND last_day IS NULL), "
        "middle AS (SELECT product_id, kind, currency, median(price) AS m FROM priced GROUP BY ALL HAVING median(price) > 0), "
        "listed AS (SELECT product_id, kind, currency, any_value(m) AS m FROM priced JOIN middle USING (product_id, kind, currency) GROUP BY ALL "
        f"HAVING count(*) >= {WILD_LINES} AND bool_and(quantity = floor(quantity)) AND avg(CASE WHEN price BETWEEN m / 2 AND m * 2 THEN 1 ELSE 0 END) >= {WILD_SHARE}) "
        f"SELECT source_row FROM priced JOIN listed USING (product_id, kind, currency) WHERE price > {WILD} * m OR price < m / {WILD}"
    )
    rows, amount = _money(connection, "source_row IN (SELECT source_row FROM wild)")
    if rows:
        connection.execute("UPDATE lines SET quantity = NULL FROM wild WHERE lines.source_row = wild.source_row")
        log.append(
            repair("wild_quantity", table="revenue", file=label, rows=rows, amount=amount, before="quantity as given", after="blank")
        )


def _spread_switch(connection: duckdb.DuckDBPyConnection, off: list[str], label: str, log: list[Repair]) -> None:
    if not is_on(off, "service_period_spread"):
        connection.execute("UPDATE lines SET first_day = NULL, last_day = NULL")
        return
    rows, amount = _money(connection, "last_day IS NOT NULL")
    if rows:
        log.append(
            repair(
                "service_period_spread",
                table="revenue",
                file=label,
                rows=rows,
                amount=amount,
                before="whole at the invoice date",
                after="by day over its period",
            )
        )


def month_range(connection: duckdb.DuckDBPyConnection, as_of: date) -> tuple[int, int]:
    """Give the first month of the lines and the month of the as-of date, as indices."""
    first = connection.execute(f"SELECT min(coalesce({month_of_day('first_day')}, month_index)) FROM lines").fetchall()[0][0]
    last = 12 * as_of.year + as_of.month - 1
    return (last if first is None else int(first)), last
