"""Revenue lines made ready for the reduction: repairs in their order, each counted, each with its switch."""

import duckdb
import pandas as pd

from diligence.dataroom.cleaning import Repair, is_on, repair
from diligence.dataroom.customers import UNIDENTIFIED, Spelling, misspelt
from diligence.dataroom.engine import TICKS, has_table, month_of_day, text
from diligence.dataroom.repairs import credits, currency, duplicates, kinds, periods, units
from diligence.dataroom.repairs.bench import Bench


def govern_lines(bench: Bench) -> list[Spelling]:
    """Make the table ``lines`` from ``t_revenue``: one row a line, money in ticks of the deal's currency.

    The order matters: a line must be in one currency and stand once before it can be matched, belong to its customer before its
    rhythm shows, and have its period before a credit can take that period back.

    Raises
    ------
    InputError
        Lines in another currency whose month has no rate.
    """
    currency.convert(bench)
    duplicates.drop_duplicates(bench)
    currency.tell_conversion(bench)
    spellings = _join_spellings(bench.connection, bench.deal.repairs.off, bench.label, bench.log)
    _identify(bench)
    units.drop_zero_lines(bench)
    units.rescale_days(bench)
    kinds.reclassify_services(bench)
    periods.straighten_periods(bench)
    periods.spread_lumps(bench)
    credits.match_credits(bench)
    units.blank_wild_quantities(bench)
    periods.bridge_months(bench)
    periods.spread_switch(bench)
    return spellings


def _money(connection: duckdb.DuckDBPyConnection, where: str, table: str = "lines") -> tuple[int, float]:
    rows, ticks = connection.execute(f"SELECT count(*), coalesce(sum(ticks), 0) FROM {table} WHERE {where}").fetchall()[0]
    return rows, float(ticks) / TICKS


def _join_spellings(connection: duckdb.DuckDBPyConnection, off: list[str], label: str, log: list[Repair]) -> list[Spelling]:
    connection.execute("CREATE OR REPLACE TABLE joined (merged_id VARCHAR, kept_id VARCHAR)")
    if "misspelt_customer" in off or not has_table(connection, "t_customers"):
        return []
    customers = connection.execute("SELECT customer_id, name, country FROM t_customers").df()
    spans = connection.execute(
        f"SELECT customer_id, min(coalesce({month_of_day('first_day')}, month_index)) AS first, "
        f"max(coalesce({month_of_day('last_day')}, month_index)) AS last FROM lines WHERE ticks > 0 GROUP BY customer_id, kind "
        # services go on under the old name for a while: what recurs says when the one took over from the other
        "QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY kind = 'recurring' DESC, count(*) DESC, kind) = 1"
    ).df()
    found = [pair for pair in misspelt(customers, spans) if is_on(off, "misspelt_customer", pair.merged_id)]
    for pair in found:
        rows, amount = _money(connection, f"customer_id = {text(pair.merged_id)}")
        note = f"names alike {pair.score:.0f} of 100, and the revenue of the one follows on that of the other ({pair.handover} months)"
        log.append(
            repair(
                "misspelt_customer",
                table="customers",
                file=label,
                rows=rows,
                amount=amount,
                before=f"{pair.merged_id} {pair.merged_name}",
                after=f"{pair.kept_id} {pair.kept_name}",
                item=pair.merged_id,
                reason=note,
            )
        )
    if found:
        connection.executemany("INSERT INTO joined VALUES (?, ?)", [(pair.merged_id, pair.kept_id) for pair in found])
        connection.execute("UPDATE lines SET customer_id = joined.kept_id FROM joined WHERE lines.customer_id = joined.merged_id")
    return found


def _identify(bench: Bench) -> None:
    """Give a line without a customer that of its invoice; what no invoice knows is one customer, (unidentified)."""
    if bench.has("revenue", "invoice_id") and bench.on("customer_from_invoice"):
        listed = " UNION ALL SELECT invoice_id, customer_id FROM t_invoices" if bench.has("invoices", "invoice_id", "customer_id") else ""
        bench.make(
            "known_by_invoice",
            f"WITH said AS (SELECT invoice_id, customer_id FROM lines{listed}), asked AS (SELECT DISTINCT invoice_id FROM lines WHERE customer_id IS NULL) "
            "SELECT invoice_id, min(customer_id) AS customer_id FROM said SEMI JOIN asked USING (invoice_id) WHERE customer_id IS NOT NULL "
            "GROUP BY 1 HAVING count(DISTINCT customer_id) = 1",
        )
        rows = "SELECT source_row, ticks FROM lines SEMI JOIN known_by_invoice USING (invoice_id) WHERE customer_id IS NULL"
        bench.note("customer_from_invoice", rows, before="no customer", after="the customer of its invoice")
        bench.connection.execute(
            "UPDATE lines SET customer_id = k.customer_id FROM known_by_invoice AS k WHERE lines.customer_id IS NULL AND lines.invoice_id = k.invoice_id"
        )
    nobody = "SELECT source_row, ticks FROM lines WHERE customer_id IS NULL"
    if bench.on("unidentified_customer"):
        after = f"{UNIDENTIFIED}: in revenue, outside retention and concentration"
        bench.note("unidentified_customer", nobody, before="no customer", after=after)
        bench.connection.execute(f"UPDATE lines SET customer_id = {text(UNIDENTIFIED)} WHERE customer_id IS NULL")
    else:
        bench.note("unidentified_customer", nobody, before="no customer", after="not in any number, as the deal file asks")
        bench.connection.execute("DELETE FROM lines WHERE customer_id IS NULL")


def customer_frame(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Give the customer list without the second spellings; empty where there is none."""
    if not has_table(connection, "t_customers"):
        return pd.DataFrame({"customer_id": pd.Series(dtype="str")})
    return connection.execute("SELECT * FROM t_customers WHERE customer_id NOT IN (SELECT merged_id FROM joined) ORDER BY customer_id").df()
