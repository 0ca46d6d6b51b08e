"""Revenue lines made ready for the reduction: repairs in their order, each counted, each with its switch."""

from diligence.dataroom.engine import text
from diligence.dataroom.repairs import credits, currency, duplicates, kinds, periods, units
from diligence.dataroom.repairs.bench import Bench
from diligence.dataroom.resolution.intercompany import leave_out_intercompany
from diligence.dataroom.resolution.joining import join_customers
from diligence.dataroom.schema import UNIDENTIFIED


def govern_lines(bench: Bench) -> None:
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
    join_customers(bench)
    leave_out_intercompany(bench)
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
