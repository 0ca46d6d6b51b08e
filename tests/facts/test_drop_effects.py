"""What each change of a new drop does to the headline: worked by hand, and nothing left over between the old drop and the new."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tiny import line, monthly
from whole_run import ROOT

import diligence as dd
from diligence.dataroom.room import Room
from diligence.facts.headline import HEADLINE, headline

Build = Callable[..., Room]
DEAL = '[defaults]\nregime = "contractual"'


def invoiced(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "invoice_id": f"I{place}"} for place, row in enumerate(rows)]


BOOK = invoiced(monthly("a", "2024-01", "2026-06", 100) + monthly("b", "2024-01", "2026-06", 50))


def adds_up(effects: pd.DataFrame, old: Room, new: Room) -> None:
    """The first row is the old headline, the last the new one, and the changes lead from one to the other."""
    first, last = effects.iloc[0], effects.iloc[-1]
    for name in HEADLINE:
        assert first[name] == headline(old)[name]
        assert last[name] == headline(new)[name]
        assert first[name] + effects[f"{name}_change"].iloc[1:].sum() == pytest.approx(last[name], abs=1e-9)


def test_each_change_is_worked_by_hand(tiny_room: Build) -> None:
    """June of b restated from 50 to 70, its January left out, a line of c in 2025-11 and one of July come in; then a month later."""
    edited = [dict(row) for row in BOOK]
    edited[59]["amount"] = 70
    del edited[54]
    edited += [line("c", "2025-11-01", 33, invoice_id="X"), line("a", "2026-07-01", 100, invoice_id="Y")]
    old, new = tiny_room(BOOK, deal=DEAL), tiny_room(edited, deal=DEAL, as_of="2026-07-31")
    effects = dd.drop_effects(old, new)
    assert effects["step"].tolist() == [
        "old drop",
        "revenue, restated",
        "revenue, removed",
        "revenue, added (history)",
        "revenue, added (new period)",
        "deal file and order of rows",
        "new drop",
    ]
    assert effects["revenue_ltm"].tolist() == [1800.0, 1820.0, 1770.0, 1803.0, 1803.0, 1803.0, 1753.0]
    assert effects["revenue_ltm_change"].tolist()[1:] == [20.0, -50.0, 33.0, 0.0, 0.0, -50.0]
    assert effects["nrr"].tolist()[:2] == [1.0, pytest.approx(170 / 150)]
    assert effects["rows"].tolist()[1:5] == [1, 1, 1, 1]
    assert effects["money"].tolist()[1:5] == [20.0, -50.0, 33.0, 100.0]
    assert [str(when) for when in effects["as_of"]] == ["2026-06-30"] * 6 + ["2026-07-31"]
    adds_up(effects, old, new)


def test_an_earlier_drop_is_held_against_a_later_one(tiny_room: Build) -> None:
    old, new = tiny_room(BOOK, deal=DEAL), tiny_room(BOOK[:-1], deal=DEAL, as_of="2026-05-31")
    effects = dd.drop_effects(old, new)
    assert effects["step"].tolist() == [
        "old drop",
        "old drop, seen from the earlier date",
        "revenue, removed",
        "deal file and order of rows",
    ]
    assert effects["revenue_ltm_change"].tolist()[1:] == [0.0, 0.0, 0.0]
    adds_up(effects, old, new)


def test_customers_remapping_other_tables_and_the_deal_file_have_their_steps(tiny_room: Build) -> None:
    """A parent joins a and b; the amounts read twice; a spend comes; a repair is switched off (the doubled line counts)."""
    rows = [*BOOK, BOOK[59]]
    customers = [{"customer_id": "a", "name": "Alder"}, {"customer_id": "b", "name": "Birch"}]
    entry = f'{DEAL}\n[room.tables.revenue]\nfile = "revenue.csv"\n'
    old = tiny_room(rows, deal=entry, customers=customers)
    new = tiny_room(
        rows,
        deal=entry + "scale = { amount = 2.0 }",
        off=["duplicate_lines"],
        customers=[customers[0], {**customers[1], "parent_id": "a"}],
        spend=[{"month": "2026-01", "channel": "search", "amount": 5}],
    )
    effects = dd.drop_effects(old, new).set_index("step")
    assert list(effects.index) == ["old drop", "revenue, remapped", "customers, remapped", "other tables", "deal file and order of rows"]
    assert effects["revenue_ltm"].tolist() == [1800.0, 3600.0, 3600.0, 3600.0, 3700.0]
    assert effects["customers"].tolist() == [2, 2, 1, 1, 1]
    adds_up(effects.reset_index(), old, new)


def test_a_step_at_which_the_room_cannot_be_read_says_so_and_hands_its_change_on(tiny_room: Build) -> None:
    """Lines in dollars come before their rates: the room reads again once the rates are there."""
    dollars = [{**row, "currency": "USD" if row["customer_id"] == "b" else "EUR"} for row in BOOK]
    fx = [{"month": f"{month:%Y-%m}", "currency": "USD", "rate": 0.5} for month in pd.date_range("2024-01-01", "2026-06-01", freq="MS")]
    old = tiny_room([{**row, "currency": "EUR"} for row in BOOK], deal=DEAL)
    new = tiny_room(dollars, deal=DEAL, fx=fx)
    effects = dd.drop_effects(old, new).set_index("step")
    assert list(effects.index) == ["old drop", "revenue, restated", "fx, new table (history)", "deal file and order of rows"]
    assert effects.loc["revenue, restated", "refused"].startswith("the room cannot be read yet: ")
    assert pd.isna(effects.loc["revenue, restated", "revenue_ltm"])
    assert effects.loc["fx, new table (history)", "revenue_ltm_change"] == -300.0
    assert headline(new)["revenue_ltm"] == effects["revenue_ltm"].iloc[-1] == 1500.0


def test_the_demo_against_an_edited_copy_of_itself(tmp_path: Path, demo_room: Room) -> None:
    """Every tenth line of one customer is cut by a half, twenty lines go, the file is turned round, a tool leaves the stack."""
    shutil.copytree(ROOT / "data" / "demo", tmp_path / "demo")
    room = tmp_path / "demo" / "room"
    file = room / "Revenue export FY22-FY26.csv"
    head, *lines = file.read_text(encoding="utf-8-sig").splitlines()
    cells = [row.split(";") for row in lines]
    amount = head.split(";").index("Net Amount")
    touched = [place for place, row in enumerate(cells) if row[0] == cells[0][0]][::10]
    for place in touched:
        cells[place][amount] = f"{float(cells[place][amount].replace(',', '.')) / 2:.4f}".replace(".", ",")
    gone = [place for place in range(30_000, 30_020) if place not in touched]
    kept = [";".join(row) for place, row in enumerate(cells) if place not in gone]
    file.write_text("\n".join([head, *kept[::-1]]) + "\n", encoding="utf-8")
    new = dd.open_room(tmp_path / "demo")
    effects = dd.drop_effects(demo_room, new)
    counted = effects.set_index("step")["rows"].dropna().to_dict()
    assert counted == {"revenue, restated": len(touched), "revenue, removed": len(gone)}
    adds_up(effects, demo_room, new)
