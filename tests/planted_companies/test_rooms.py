"""A planted company's room opens without a mapping, ties out, and its accounts, deals and money add up."""

import hashlib
import tomllib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.planted.write import write
from diligence.dataroom.schema import tables
from diligence.metrics.bridge import bridge, movements

NEEDED = {
    "customers",
    "revenue",
    "contracts",
    "products",
    "quotes",
    "opportunities",
    "stage_history",
    "leads",
    "touches",
    "spend",
    "reps",
    "territories",
    "market",
    "universe",
    "competitors",
    "price_survey",
    "visibility",
    "ledger",
    "invoices",
    "delivery",
    "forecasts",
    "usage",
    "nps",
}
LARGEST = 3 << 20
MONTHS = 60
FUTURES = 6


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_same_seed_same_bytes(company, tmp_path: Path) -> None:
    """Written again, and after other companies: no draw depends on what was drawn before."""
    write(tmp_path / "again", company.kind, company.seed, count=FUTURES)
    assert digests(tmp_path / "again") == digests(company.folder)


def test_room_opens_with_governed_names_and_without_errors(company) -> None:
    room = company.room
    assert set(room.given) == NEEDED
    for name in NEEDED:
        assert set(room.given[name]["columns"]) <= set(tables()[name].names)
        assert room.given[name]["rows"] > 0
    assert "unknown_column" not in set(room.issues["code"])
    assert room.regime == "contractual"
    assert not (company.folder / "room" / "truth.json").exists()
    assert sum(path.stat().st_size for path in (company.folder / "room").iterdir()) < LARGEST
    assert 90 <= room.table("universe")["customer_id"].notna().sum() <= 600


def test_revenue_ties_to_the_ledger_and_the_invoices(company) -> None:
    tie = company.room.tieout
    for source in ("ledger_recurring", "ledger", "invoices"):
        part = tie[tie["source_b"].str.contains(source)]
        if len(part):
            assert part["unexplained"].abs().sum() <= 0.0005 * part["amount_b"].abs().sum()
    assert {"invoices"} <= set(tie["source_b"])
    assert company.room.tieout_items.query("register == 'invoices'").empty


def test_opening_and_movements_are_closing(company) -> None:
    cube = company.room.revenue()
    table = bridge(cube, movements(cube))
    assert len(table) == MONTHS - 1
    assert table["residual"].abs().max() < 0.01


def test_truth_measures_revenue_as_the_room_does(company) -> None:
    room = company.room
    monthly = room.revenue().groupby("month")["amount"].sum()
    assert len(monthly) == MONTHS
    assert abs(12 * monthly.iloc[-1] / company.truth["recurring_revenue"] - 1) < 0.002
    plan = tomllib.loads((company.folder / "deal.toml").read_text(encoding="utf-8"))["plan"]["recurring_revenue"]
    assert [plan[str(year)] for year in (2027, 2028, 2029)] == [round(company.truth["plan"][key]) for key in ("12", "24", "36")]


def test_nobody_is_sold_to_twice(company) -> None:
    """Between two first sales to one account lies the end of its contract."""
    gone = company.record.journal.table("gone")
    decided = company.record.journal.table("decided")
    won = decided[decided["outcome"] == 0].sort_values(["agent", "month"])
    for agent, months in won.groupby("agent")["month"]:
        left = gone.loc[gone["agent"] == agent, "month"].to_numpy()
        for earlier, later in pairwise(months):
            assert ((left > earlier) & (left < later)).any()
    deals = decided.groupby("agent")
    assert (deals["opened"].diff().dropna() >= 0).all()
    assert not (decided["opened"] > decided["month"]).any()


def test_customers_at_the_beginning_joined_and_left_are_those_at_the_end(company) -> None:
    spells, state = company.record.spells, company.record.world.state
    now = np.flatnonzero((state.status == 2) & (state.live > -30_000))
    assert sorted(spells.loc[spells["last"] == -1, "agent"]) == now.tolist()
    for month in range(-MONTHS, -1):
        here = ((spells["first"] <= month) & (spells["last"] >= month)).sum()
        joined, left = (spells["first"] == month + 1).sum(), (spells["last"] == month).sum()
        assert here + joined - left == ((spells["first"] <= month + 1) & (spells["last"] >= month + 1)).sum()


def test_cash_adds_up(company) -> None:
    """What was received less what was spent is the change of cash; the register's payments are what was received."""
    books = company.record.journal.table("books").set_index("month")
    spent = books[["cogs", "sales", "marketing", "customer_success", "research", "general", "capex"]].sum(axis=1)
    assert np.allclose(books["cash"].diff().iloc[1:], (books["received"] - spent).iloc[1:])
    paid = company.tables["invoices"].dropna(subset="paid_on")
    months = (pd.to_datetime(paid["paid_on"]).dt.year - 2026) * 12 + pd.to_datetime(paid["paid_on"]).dt.month - 7
    register = paid.groupby(months)["amount"].sum()
    assert np.allclose(register.loc[-40:-1], books["received"].loc[-40:-1], rtol=1e-6, atol=1.0)


def test_stages_and_deals_agree(company) -> None:
    deals, stages = company.tables["opportunities"], company.tables["stage_history"]
    assert deals["opportunity_id"].is_unique and set(stages["opportunity_id"]) == set(deals["opportunity_id"])
    last = stages.groupby("opportunity_id")["entered_on"].max()
    closed = deals[deals["status"] != "open"].set_index("opportunity_id")["closed_on"]
    assert (last.reindex(closed.index) == closed).all()
    assert (closed >= deals.set_index("opportunity_id")["created_on"].reindex(closed.index)).all()
    linked = company.tables["leads"]["opportunity_id"]
    assert set(linked[linked != ""]) <= set(deals["opportunity_id"])
