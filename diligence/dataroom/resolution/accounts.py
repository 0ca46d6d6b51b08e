"""One row a customer with its ultimate parent; a row of its own for each that the customer list lacks."""

import duckdb
import pandas as pd

from diligence.dataroom.engine import has_table
from diligence.dataroom.repairs.bench import Bench
from diligence.dataroom.resolution.joining import tell
from diligence.dataroom.resolution.parents import circles, ultimate_parents
from diligence.dataroom.schema import UNIDENTIFIED, tables


def join_accounts(bench: Bench) -> None:
    """Make the table ``customers``, and give each line the account (ultimate parent) of its customer."""
    connection = bench.connection
    merged = dict(connection.execute("SELECT merged_id, kept_id FROM joined").fetchall())
    listed = _customer_frame(connection)
    for column in tables()["customers"].names:
        if column not in listed:
            listed[column] = None
    listed["parent_id"] = listed["parent_id"].replace(merged)
    stubs = _stubs(bench)
    stubs = stubs[~stubs["customer_id"].isin(listed["customer_id"])]
    frame = pd.concat([listed, stubs], ignore_index=True).sort_values("customer_id", kind="stable", ignore_index=True)
    decided = frame["customer_id"].map(dict(connection.execute("SELECT customer_id, parent_id FROM decided_parents").fetchall()))
    frame["parent_id"] = decided.where(decided.notna(), frame["parent_id"])
    frame["account_id"] = ultimate_parents(frame) if bench.on("parent_consolidation") else frame["customer_id"]
    _tell_circles(connection, frame)
    connection.register("customer_rows", frame[["customer_id", "account_id"]])
    connection.execute("CREATE OR REPLACE TABLE accounts AS SELECT * FROM customer_rows")
    connection.unregister("customer_rows")
    if has_table(connection, "t_customers"):
        attributes = "SELECT * FROM t_customers WHERE customer_id NOT IN (SELECT merged_id FROM joined)"
        connection.execute(
            "CREATE OR REPLACE TABLE customers AS SELECT attributes.* EXCLUDE (customer_id), accounts.* "
            f"FROM accounts LEFT JOIN ({attributes}) AS attributes USING (customer_id)"
        )
    else:
        empty = ", ".join(f"CAST(NULL AS VARCHAR) AS {column}" for column in tables()["customers"].names if column != "customer_id")
        connection.execute(f"CREATE OR REPLACE TABLE customers AS SELECT *, {empty} FROM accounts")
    connection.execute(
        "CREATE OR REPLACE TABLE lines AS SELECT lines.*, coalesce(account_id, customer_id) AS account_id "
        "FROM lines LEFT JOIN accounts USING (customer_id)"
    )
    children = "SELECT source_row, ticks FROM lines WHERE account_id <> customer_id"
    before, after = "accounts of their own", "one account with their parent"
    bench.note("parent_consolidation", children, before=before, after=after, table="customers", rows_of="revenue")


def _tell_circles(connection: duckdb.DuckDBPyConnection, frame: pd.DataFrame) -> None:
    found = circles(frame)
    if found:
        named = "; ".join(" under ".join([*circle, circle[0]]) for circle in found[:3]) + (" …" if len(found) > 3 else "")
        message = f"parents run in circles ({len(found):,}): {named}; the smallest id is taken as the top"
        tell(connection, "parent_circle", sum(map(len, found)), 0, message, "ask who owns whom")


def _customer_frame(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Give the customer list without those joined to another; empty where there is none."""
    if not has_table(connection, "t_customers"):
        return pd.DataFrame({"customer_id": pd.Series(dtype="str")})
    return connection.execute("SELECT * FROM t_customers WHERE customer_id NOT IN (SELECT merged_id FROM joined) ORDER BY customer_id").df()


def _stubs(bench: Bench) -> pd.DataFrame:
    """Find customers of the revenue without a row in the list. Where no list was given there is nothing to repair."""
    connection = bench.connection
    listed = has_table(connection, "t_customers")
    lacking = f"customer_id <> '{UNIDENTIFIED}'" + (" AND customer_id NOT IN (SELECT customer_id FROM t_customers)" if listed else "")
    stubs = connection.execute(f"SELECT DISTINCT customer_id FROM lines WHERE {lacking} OR customer_id = '{UNIDENTIFIED}' ORDER BY 1").df()
    named = stubs[stubs["customer_id"] != UNIDENTIFIED]
    if named.empty or not listed:
        return stubs
    if not bench.on("missing_customer_row"):
        return stubs[stubs["customer_id"] == UNIDENTIFIED]
    bench.note(
        "missing_customer_row",
        f"SELECT source_row, ticks FROM lines WHERE {lacking}",
        before="no row in the customer list",
        after=f"{len(named)} rows without attributes",
        table="customers",
        rows_of="revenue",
    )
    return stubs
