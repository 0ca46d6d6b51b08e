"""Two drops of a room row by row: every kind of change worked by hand, then any change found exactly."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny import line, monthly, open_tiny

import diligence as dd
from diligence.dataroom.drops.compare import Changes, changes_between, drop_of, drop_of_run
from diligence.dataroom.room import Room, open_room
from diligence.errors import InputError

Build = Callable[..., Room]
Rows = list[dict[str, Any]]


def changed(old: Room, new: Room) -> Changes:
    return changes_between(drop_of(old), drop_of(new))


def counted(changes: Changes) -> dict[tuple[str, str, str], tuple[int, float]]:
    return {(row.table, row.kind, row.dated): (row.rows, row.money) for row in changes.summary.itertuples()}


def invoiced(rows: Rows) -> Rows:
    return [{**row, "invoice_id": f"I{place}", "product_id": "p"} for place, row in enumerate(rows)]


BOOK = invoiced(monthly("a", "2025-01", "2026-06", 100) + monthly("b", "2025-01", "2026-06", 50))


def test_the_same_rows_in_another_order_and_file_are_no_change(tiny_room: Build) -> None:
    entry = '[room.tables.revenue]\nfile = "{}.csv"'
    old = tiny_room(deal=entry.format("june"), june=BOOK)
    new = tiny_room(deal=entry.format("july"), july=BOOK[::-1])
    found = changed(old, new)
    assert found.summary.empty and found.cells.empty and found.mapping.empty
    assert found.same.values.tolist() == [["revenue", "june.csv", "july.csv"]]
    assert changed(old, old).same.empty


def test_a_restated_line_says_which_cell_and_where_it_stands(tiny_room: Build) -> None:
    new = [dict(row) for row in BOOK]
    new[3] |= {"amount": 80, "date": "2025-04-09"}
    cells = dd.compare_drops(tiny_room(BOOK), tiny_room(new[::-1]))
    assert cells.drop(columns="amount_change").values.tolist() == [
        ["revenue", "restated", "", "I3 / p", "a", "amount", "100.0000", "80.0000", 5, 34],
        ["revenue", "restated", "", "I3 / p", "a", "date", "2025-04-01", "2025-04-09", 5, 34],
    ]
    assert cells["amount_change"].tolist()[0] == -20.0 and pd.isna(cells["amount_change"].tolist()[1])


def test_removed_and_added_tell_history_from_a_new_period(tiny_room: Build) -> None:
    new = [*BOOK[1:], line("c", "2025-07-01", 30, invoice_id="X"), line("a", "2026-07-01", 100, invoice_id="Y")]
    found = changed(tiny_room(BOOK), tiny_room(new, as_of="2026-07-31"))
    assert counted(found) == {
        ("revenue", "removed", ""): (1, -100.0),
        ("revenue", "added", "history"): (1, 30.0),
        ("revenue", "added", "new period"): (1, 100.0),
    }
    assert found.cells[["key", "customer_id", "column", "amount_change"]].values.tolist() == [
        ["I0 / p", "a", "", -100.0],
        ["X", "c", "", 30.0],
        ["Y", "a", "", 100.0],
    ]


def test_equal_lines_are_counted_one_for_one(tiny_room: Build) -> None:
    """Three equal lines, then two: one was removed, the last of the file; and without an invoice the amount pairs what is alike."""
    old = [line("a", "2026-01-01", 10)] * 3 + [line("a", "2026-02-01", amount) for amount in (1, 2, 3)]
    new = [line("a", "2026-01-01", 10)] * 2 + [line("a", "2026-02-01", amount) for amount in (3, 1, 7)]
    cells = dd.compare_drops(tiny_room(old), tiny_room(new))
    assert cells[["kind", "column", "old", "new", "old_row", "new_row"]].fillna(0).values.tolist() == [
        ["restated", "amount", "2.0000", "7.0000", 6, 6],
        ["removed", "", "", "", 4, 0],
    ]


def test_a_line_of_one_invoice_and_product_is_the_same_line_whatever_else_changed(tiny_room: Build) -> None:
    new = [dict(row) for row in BOOK]
    new[0] |= {"customer_id": "c", "amount": 7}
    found = changed(tiny_room(BOOK), tiny_room(new))
    assert counted(found) == {("revenue", "restated", ""): (1, -93.0)}
    assert set(found.cells["column"]) == {"customer_id", "amount"}


def test_rows_that_only_read_otherwise_are_remapped(tiny_room: Build) -> None:
    """The deal file takes the gross column instead of the net one: every line but one moves with it, and that one was restated."""
    old = [{**row, "net": row["amount"], "gross": row["amount"] * 2} for row in BOOK]
    rows = [{key: value for key, value in row.items() if key != "amount"} for row in old]
    again = [dict(row) for row in rows]
    again[5] |= {"date": "2025-06-15"}
    entry = '[room.tables.revenue]\nfile = "revenue.csv"\ncolumns = {{ amount = "{}" }}'
    found = changed(tiny_room(rows, deal=entry.format("net")), tiny_room(again, deal=entry.format("gross")))
    assert found.mapping.values.tolist() == [["revenue", "amount", "columns net -> gross"]]
    assert counted(found) == {("revenue", "remapped", ""): (35, 2600.0), ("revenue", "restated", ""): (1, 100.0)}
    assert set(found.cells.loc[found.cells["kind"] == "restated", "column"]) == {"amount", "date"}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("", "scale = { amount = 2.0 }", "scale (none) -> 2.0"),
        ("", "negate = ['amount']", "negate (none) -> True"),
        ("thousands = ','", "", "thousands , -> (none)"),
    ],
)
def test_what_a_column_is_read_by_is_told(tiny_room: Build, before: str, after: str, told: str) -> None:
    entry = '[room.tables.revenue]\nfile = "revenue.csv"\n'
    found = changed(tiny_room(BOOK, deal=entry + before), tiny_room(BOOK, deal=entry + after))
    assert [row.change for row in found.mapping.itertuples() if row.column == "amount"] == [told]
    assert set(found.summary["kind"]) <= {"remapped"}


def test_values_and_constants_of_a_column_are_a_mapping_too(tiny_room: Build) -> None:
    rows = [{**row, "type": "S"} for row in BOOK]
    entry = '[room.tables.revenue]\nfile = "revenue.csv"\ncolumns = {{ kind = "type" }}\nvalues = {{ kind = {{ "S" = "{}" }} }}'
    found = changed(tiny_room(rows, deal=entry.format("recurring")), tiny_room(rows, deal=entry.format("services")))
    assert counted(found) == {("revenue", "remapped", ""): (36, 0.0)}
    assert found.mapping["change"].tolist() == ["values S = recurring -> S = services"]


def test_a_column_newly_given_restates_nothing(tiny_room: Build) -> None:
    found = changed(tiny_room(BOOK), tiny_room([{**row, "quantity": 1} for row in BOOK]))
    assert counted(found) == {("revenue", "remapped", ""): (36, 0.0)}
    assert found.mapping.values.tolist() == [["revenue", "quantity", "not given -> given"]]


def test_tables_come_and_go_and_are_paired_by_what_names_their_rows(tiny_room: Build) -> None:
    """customers by their id, the ledger by month and line, and two spends of one month and channel as whole rows."""
    ledger = [{"month": f"2026-0{month}", "line": "revenue", "amount": 150} for month in (1, 2, 3)]
    spend = [{"month": "2026-01", "channel": "search", "amount": amount} for amount in (10, 20)]
    old = tiny_room(BOOK, ledger=ledger, spend=spend, customers=[{"customer_id": "a", "name": "A"}, {"customer_id": "b", "name": "B"}])
    new = tiny_room(
        BOOK,
        ledger=[ledger[0], {**ledger[1], "amount": 155.5}, ledger[2]],
        spend=[spend[0], {**spend[1], "amount": 25}],
        fx=[{"month": "2026-01", "currency": "USD", "rate": 1.1}],
        customers=[{"customer_id": "b", "name": "B"}, {"customer_id": "a", "name": "A plc"}],
    )
    found = changed(old, new)
    assert {key: value for key, value in counted(found).items() if key[0] not in ("customers", "fx")} == {
        ("ledger", "restated", ""): (1, 5.5),
        ("spend", "removed", ""): (1, -20.0),
        ("spend", "added", "history"): (1, 25.0),
    }
    assert next(tuple(row)[:6] for row in found.cells.values.tolist()) == ("customers", "restated", "", "a", "a", "name")
    assert found.summary.values.tolist()[1][:4] == ["fx", "new table", "history", 1]
    assert [row[:2] for row in changed(new, tiny_room(BOOK)).summary.values.tolist()] == [
        ["customers", "table gone"],
        ["fx", "table gone"],
        ["ledger", "table gone"],
        ["spend", "table gone"],
    ]


def test_money_is_exact(tiny_room: Build) -> None:
    rows = [line("a", f"2026-01-{day:02d}", "0.1", invoice_id=day) for day in range(1, 31)]
    new = [{**row, "amount": "0.3"} for row in rows]
    assert counted(changed(tiny_room(rows), tiny_room(new))) == {("revenue", "restated", ""): (30, 6.0)}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_edits_are_found_exactly(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Precision and recall of one: what was edited is told, with its old and new values, and nothing else is."""
    rows = invoiced(monthly("a", "2025-01", "2025-12", 10) + monthly("b", "2025-01", "2025-12", 20))
    places = st.lists(st.integers(0, len(rows) - 1), unique=True, max_size=6)
    removed = set(data.draw(places))
    restated = {place: data.draw(st.integers(30, 99)) for place in data.draw(places) if place not in removed}
    added = [line("c", "2025-03-01", 5, invoice_id=f"N{one}", product_id="q") for one in range(data.draw(st.integers(0, 4)))]
    new = [{**row, "amount": restated.get(place, row["amount"])} for place, row in enumerate(rows) if place not in removed] + added
    new = data.draw(st.permutations(new))
    folder = tmp_path_factory.mktemp("drops")
    cells = dd.compare_drops(open_tiny(folder / "old", rows), open_tiny(folder / "new", new))
    told = {(row.kind, row.key, row.column, row.old, row.new) for row in cells.itertuples()}
    assert len(cells) == len(told)
    assert told == (
        {("removed", f"I{place} / p", "", "", "") for place in removed}
        | {("restated", f"I{place} / p", "amount", f"{rows[place]['amount']}.0000", f"{amount}.0000") for place, amount in restated.items()}
        | {("added", f"{row['invoice_id']} / q", "", "", "") for row in added}
    )


def test_what_is_no_run_is_refused(tmp_path: Path, tiny_room: Build) -> None:
    with pytest.raises(InputError) as caught:
        drop_of_run(tmp_path)
    told = f"key --against: expected the folder of a run, got '{tmp_path}'; do this: name a folder that `diligence run` wrote"
    assert str(caught.value) == told
    (tmp_path / "room.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="expected the evidence of a run, got evidence that cannot be read"):
        drop_of_run(tmp_path)
    room = tiny_room(BOOK)
    (room.folder / "typed" / "revenue.parquet").unlink()
    with pytest.raises(InputError, match=r"expected the evidence of a run, got no revenue\.parquet"):
        drop_of_run(room.folder)


def test_two_currencies_and_a_room_looked_at_again_are_refused(tmp_path: Path, tiny_room: Build) -> None:
    old, new = tiny_room(BOOK), tiny_room(BOOK)
    dollars = new.deal.model_copy(update={"target": new.deal.target.model_copy(update={"currency": "USD"})})
    other = Room(dollars, new.folder, new.described)
    with pytest.raises(InputError, match="expected two drops of one currency, got EUR and USD; do this: set"):
        dd.compare_drops(old, other)
    with pytest.raises(InputError, match="expected a room as it was read, got one looked at again from another date"):
        dd.compare_drops(old, open_room(new.folder, as_of="2026-03-31"))
