"""Whether revenue recurs under contract or by repeat purchase, found from how regularly customers are billed."""

import duckdb

from diligence.dataroom.schema import UNIDENTIFIED

REGULAR = 0.85


def found_regime(connection: duckdb.DuckDBPyConnection, last: int) -> str:
    """Tell contracts from repeat purchase by how regularly customers are billed once their invoices are spread.

    Share of the months between a customer's first and last with recurring revenue, weighed by money, over customers seen for
    half a year or longer: 0.85 and above is contractual.
    """
    found = connection.execute(
        "SELECT sum(share * money) / nullif(sum(money), 0) FROM (SELECT count(DISTINCT month_index) / (max(month_index) - min(month_index) + 1) AS share, "
        f"sum(ticks) AS money FROM cube WHERE kind = 'recurring' AND ticks > 0 AND month_index <= {last} AND customer_id <> '{UNIDENTIFIED}' "
        "GROUP BY customer_id HAVING max(month_index) - min(month_index) >= 5)"
    ).fetchall()[0][0]
    return "contractual" if found is not None and found >= REGULAR else "repeat"
