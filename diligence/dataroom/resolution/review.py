"""The review list: pairs that a person decides on, with their evidence and the money at stake; the form of the decisions file."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pandas as pd

from diligence.dataroom.engine import TICKS
from diligence.dataroom.resolution.clusters import Clusters
from diligence.dataroom.resolution.decisions import DIFFERENT, PARENT, SAME, guarded, unguarded
from diligence.dataroom.resolution.evidence import ALIAS, EXACT, PARENT_CHILD, RECODED, Evidence
from diligence.dataroom.resolution.names import Name

TEXT = ("left_id", "left_name", "right_id", "right_name", "level", "proposal", "evidence", "decision", "by", "on", "note")
COLUMNS = [
    "left_id", "left_name", "right_id", "right_name", "level", "score", "months_side_by_side", "months_between",
    "left_revenue", "right_revenue", "share", "proposal", "evidence", "decision", "by", "on", "note",
]  # fmt: skip
PAIRS = {
    "left_id": "VARCHAR", "left_name": "VARCHAR", "right_id": "VARCHAR", "right_name": "VARCHAR", "level": "VARCHAR", "score": "DOUBLE",
    "months_side_by_side": "BIGINT", "months_between": "BIGINT", "proposal": "VARCHAR", "evidence": "VARCHAR",
}  # fmt: skip
A_WHILE = 3
"""Two near names that bill side by side for more months than this are rather two customers."""


def review_pairs(
    connection: duckdb.DuckDBPyConnection,
    evidence: Sequence[Evidence],
    clusters: Clusters,
    names: Mapping[str, Name],
    *,
    settled: Mapping[str, str],
) -> None:
    """Make the table ``review_pairs``: the strongest evidence between any two customers that are neither joined nor decided.

    Left is the older one; for ``parent_child`` the unit, and right its head. A customer without revenue stands here only as a head.
    """
    rows: dict[frozenset[str], tuple] = {}
    for pair in evidence:
        left, right = clusters.head(pair.left), clusters.head(pair.right)
        if left == right or frozenset((left, right)) in rows or clusters.kept_apart(left, right):
            continue
        if settled.get(left) == right or settled.get(right) == left:
            continue
        one, other = clusters.span(left), clusters.span(right)
        if one is None or (other is None and pair.level != PARENT_CHILD):
            continue
        if other is not None and pair.level != PARENT_CHILD and (other.first, right) < (one.first, left):
            (left, one), (right, other) = (right, other), (left, one)
        beside = max(0, min(one.last, other.last) - max(one.first, other.first) + 1) if other else 0
        between = max(0, max(one.first, other.first) - min(one.last, other.last) - 1) if other else None
        told = [pair.reason, *(f"as '{names[side].written}'" for side in (pair.left, pair.right) if side not in (left, right))]
        proposal = _proposal(pair, beside)
        written = (names[left].written, names[right].written)
        key = frozenset((left, right))
        rows[key] = (left, written[0], right, written[1], pair.level, pair.score, beside, between, proposal, "; ".join(told))
    connection.execute(f"CREATE OR REPLACE TABLE review_pairs ({', '.join(f'{name} {kind}' for name, kind in PAIRS.items())})")
    if rows:
        frame = pd.DataFrame(list(rows.values()), columns=list(PAIRS)).astype({"months_between": "Int64"})
        connection.register("review_rows", frame)
        connection.execute("INSERT INTO review_pairs SELECT * FROM review_rows")
        connection.unregister("review_rows")


def _proposal(pair: Evidence, beside: int) -> str:
    if pair.level == PARENT_CHILD or pair.abroad:
        return PARENT
    return SAME if pair.level in (EXACT, ALIAS, RECODED) or beside <= A_WHILE else DIFFERENT


def write_review(connection: duckdb.DuckDBPyConnection, folder: Path, last: int) -> None:
    """Write ``review.csv``: each pair with the revenue of both over the twelve months to ``last``; the most money first.

    ``share`` is the revenue of both over that of all. The last four columns are for the person who decides: with ``decision`` filled in
    (same, parent, different) the file is the deal's decisions file.
    """
    frame = connection.execute(
        f"WITH year AS (SELECT customer_id, sum(ticks)::BIGINT AS ticks FROM cube WHERE month_index BETWEEN {last - 11} AND {last} GROUP BY 1) "
        f"SELECT review_pairs.*, coalesce(one.ticks, 0) / {TICKS}.0 AS left_revenue, coalesce(other.ticks, 0) / {TICKS}.0 AS right_revenue, "
        "(coalesce(one.ticks, 0) + coalesce(other.ticks, 0)) / nullif((SELECT sum(ticks) FROM year), 0) AS share "
        "FROM review_pairs LEFT JOIN year AS one ON left_id = one.customer_id LEFT JOIN year AS other ON right_id = other.customer_id "
        "ORDER BY coalesce(one.ticks, 0) + coalesce(other.ticks, 0) DESC, score DESC, left_id, right_id"
    ).df()
    frame = frame.assign(share=frame["share"].round(6), months_between=frame["months_between"].astype("Int64"))
    for column in ("decision", "by", "on", "note"):
        frame[column] = ""
    for column in TEXT:
        frame[column] = frame[column].astype("str").map(guarded)
    frame[COLUMNS].to_csv(folder / "review.csv", index=False, lineterminator="\n")


def read_review(folder: Path) -> pd.DataFrame:
    """Read ``review.csv`` back, texts as texts."""
    frame = pd.read_csv(
        folder / "review.csv",
        dtype=dict.fromkeys(TEXT, "str") | {"months_between": "Int64"},
        keep_default_na=False,
        na_values={"months_between": [""], "share": [""]},
    )
    for column in TEXT:
        frame[column] = frame[column].astype("str").map(unguarded)
    return frame
