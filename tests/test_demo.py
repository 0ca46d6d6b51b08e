"""The demo target: the committed room is what the generator writes, and what TRUTH.md states is found again in the raw files."""

import csv
import json
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.demo.generator.__main__ import build

DEMO = Path(__file__).resolve().parents[1] / "data" / "demo"
DEAL = tomllib.loads((DEMO / "deal.toml").read_text(encoding="utf-8"))
TRUTH: dict[str, Any] = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))
AS_OF = pd.Timestamp("2026-06-30")
TABLES = 33
# required columns and allowed values of the governed model, where a table has any
REQUIRED = {
    "customers": "customer_id", "revenue": "customer_id date amount", "contracts": "contract_id customer_id start_date annual_value",
    "products": "product_id", "quotes": "quote_id date quantity list_price net_price", "opportunities": "opportunity_id created_on status",
    "stage_history": "opportunity_id stage entered_on", "leads": "lead_id created_on", "touches": "lead_id touched_at channel",
    "spend": "month channel amount", "reps": "rep_id", "territories": "territory_id", "market": "segment year",
    "universe": "account_id segment", "competitors": "segment competitor year", "price_survey": "respondent_id",
    "choices": "respondent_id task alternative chosen price", "purchase_criteria": "respondent_id criterion importance",
    "nps": "respondent_id date score", "visibility": "month brand measure value", "ledger": "month line amount",
    "invoices": "invoice_id customer_id issued_on amount", "usage": "customer_id month", "tickets": "ticket_id customer_id opened_on",
    "delivery": "month", "contacts": "contact_id customer_id", "forecasts": "snapshot_on period amount",
    "reported": "period metric reported_by value", "definitions": "term effective_from definition", "stack": "tool", "brands": "brand",
    "blueprint": "question_id respondent_role answer", "fx": "month currency rate",
}  # fmt: skip
ALLOWED = {
    ("customers", "sourced_by"): "marketing sales partner customer_success founder referral acquisition",
    ("revenue", "kind"): "recurring usage services one_off",
    ("contracts", "billing"): "annual_upfront quarterly monthly arrears usage cash_on_delivery",
    ("contracts", "change_of_control"): "none consent termination_right",
    ("contracts", "status"): "active renewed churned cancelled",
    ("contracts", "end_reason"): "price product service competitor insolvency consolidation need_gone other",
    ("products", "pricing_metric"): "seat usage flat tier transaction project outcome",
    ("opportunities", "status"): "open won lost",
    ("opportunities", "type"): "new expansion renewal",
    ("opportunities", "sourced_by"): "marketing sales partner customer_success founder referral",
    ("opportunities", "loss_reason"): "price terms product no_decision competitor timing relationship other",
    ("opportunities", "forecast_category"): "commit best_case pipeline omitted",
    ("spend", "kind"): "programme people tools commission",
    ("reps", "role"): "account_executive sales_development account_manager customer_success founder partner_manager",
    ("visibility", "measure"): "search media analyst social events direct_traffic inbound",
    (
        "ledger",
        "line",
    ): "revenue recurring_revenue cogs sales marketing customer_success research general ebitda cash receivables deferred_revenue capex",
    ("contacts", "role"): "economic_buyer champion user technical procurement executive_sponsor",
    ("forecasts", "category"): "commit best_case pipeline",
    ("reported", "reported_by"): "management marketing sales customer_success finance",
}
KEYS = {
    ("contracts", "customer_id"): ("customers", "customer_id"),
    ("contracts", "renews_contract_id"): ("contracts", "contract_id"),
    ("opportunities", "customer_id"): ("customers", "customer_id"),
    ("opportunities", "rep_id"): ("reps", "rep_id"),
    ("stage_history", "opportunity_id"): ("opportunities", "opportunity_id"),
    ("quotes", "opportunity_id"): ("opportunities", "opportunity_id"),
    ("quotes", "customer_id"): ("customers", "customer_id"),
    ("leads", "opportunity_id"): ("opportunities", "opportunity_id"),
    ("leads", "rep_id"): ("reps", "rep_id"),
    ("touches", "lead_id"): ("leads", "lead_id"),
    ("customers", "parent_id"): ("customers", "customer_id"),
    ("customers", "referred_by"): ("customers", "customer_id"),
    ("customers", "owner_rep_id"): ("reps", "rep_id"),
    ("customers", "territory_id"): ("territories", "territory_id"),
    ("revenue", "invoice_id"): ("invoices", "invoice_id"),
    ("revenue", "product_id"): ("products", "product_id"),
    ("usage", "customer_id"): ("customers", "customer_id"),
    ("tickets", "customer_id"): ("customers", "customer_id"),
    ("contacts", "customer_id"): ("customers", "customer_id"),
    ("nps", "customer_id"): ("customers", "customer_id"),
    ("universe", "customer_id"): ("customers", "customer_id"),
    ("territories", "rep_id"): ("reps", "rep_id"),
    ("products", "brand"): ("brands", "brand"),
    ("brands", "parent_brand"): ("brands", "brand"),
}


def table(name: str) -> pd.DataFrame:
    """A table as text under its governed names and values, read as the deal file says."""
    entry = DEAL["room"]["tables"].get(name, {"file": f"{name}.csv"})
    path = DEMO / "room" / entry["file"]
    if path.suffix == ".xlsx":
        frame = pd.read_excel(path, sheet_name=entry["sheet"], dtype=object, keep_default_na=False)
    elif path.suffix == ".parquet":
        frame = pd.read_parquet(path)
    else:
        frame = pd.read_csv(path, sep=entry.get("separator", ","), dtype=str, keep_default_na=False)
    frame = frame.rename(columns={theirs: governed for governed, theirs in entry.get("columns", {}).items()})
    for column, codes in entry.get("values", {}).items():
        frame[column] = frame[column].map(lambda value, codes=codes: codes.get(value, value))
    return frame


@pytest.fixture(scope="module")
def room() -> dict[str, pd.DataFrame]:
    return {name: table(name) for name in REQUIRED}


def day(value: str) -> date | None:
    if not value:
        return None
    return date.fromisoformat(value) if value[4] == "-" else date(int(value[6:]), int(value[3:5]), int(value[:2]))


@pytest.fixture(scope="module")
def lines(room: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Revenue lines, parsed and converted at the rate of their month, still with every defect in them."""
    frame = room["revenue"].copy()
    frame["written"] = frame["date"]
    for column in ("date", "service_start", "service_end"):
        frame[column] = [day(value) for value in frame[column]]
    frame["amount"] = frame["amount"].str.replace(",", ".").astype(float)
    rates = {(r.month, r.currency): float(r.rate) for r in room["fx"].itertuples()}
    months = [d.strftime("%Y-%m") for d in frame["date"]]
    rate = [1.0 if c == "EUR" else rates.get((m, c), np.nan) for m, c in zip(months, frame["currency"], strict=True)]
    frame["euro"] = np.sign(frame["amount"]) * np.floor(frame["amount"].abs() * rate * 100 + 0.5 + 1e-7) / 100
    return frame


@pytest.fixture(scope="module")
def recurring(lines: pd.DataFrame) -> pd.DataFrame:
    """Customers by months in cents, on cleaned lines: duplicates removed, ids merged, nothing after the as-of date."""
    raw = lines.drop_duplicates()
    raw = raw[(raw["date"] <= AS_OF.date()) & (raw["kind"] == "recurring")]
    same = {second: first for first, second in TRUTH["duplicates"]}
    cells: dict[tuple[str, str], int] = {}
    for row in raw.itertuples():
        customer = same.get(row.customer_id, row.customer_id)
        for month, cents in by_day(round(row.euro * 100), row.service_start or row.date, row.service_end or row.date):
            cells[customer, month] = cells.get((customer, month), 0) + cents
    long = pd.DataFrame([(*key, cents) for key, cents in cells.items()], columns=["customer_id", "month", "cents"])
    return long.pivot_table(index="customer_id", columns="month", values="cents", aggfunc="sum", fill_value=0)


def by_day(cents: int, start: date, end: date) -> list[tuple[str, int]]:
    """Days of each month counted one by one's bounds, then the largest remainder."""
    days: dict[str, int] = {}
    first = start
    while first <= end:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        days[first.strftime("%Y-%m")] = (min(end + timedelta(days=1), following) - first).days
        first = following
    total = sum(days.values())
    floors = {m: abs(cents) * d // total for m, d in days.items()}
    spare = abs(cents) - sum(floors.values())
    for month in sorted(days, key=lambda m: (-(abs(cents) * days[m] % total), m))[:spare]:
        floors[month] += 1
    return [(m, c if cents >= 0 else -c) for m, c in floors.items()]


def test_the_generator_reproduces_the_committed_bytes(tmp_path: Path) -> None:
    build(tmp_path)
    written = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file())
    assert len(written) == TABLES - 1 + 2  # two tables share a workbook; TRUTH.md and truth.json
    assert [str(p) for p in written if (tmp_path / p).read_bytes() != (DEMO / p).read_bytes()] == []


def test_every_table_has_its_required_columns_filled(room: dict[str, pd.DataFrame]) -> None:
    assert len(room) == TABLES
    for name, columns in REQUIRED.items():
        for column in columns.split():
            assert (room[name][column].map(str) != "").all(), f"{name}.{column}"


def test_values_are_allowed(room: dict[str, pd.DataFrame]) -> None:
    for (name, column), allowed in ALLOWED.items():
        assert set(room[name][column]) - {""} <= set(allowed.split()), f"{name}.{column}"


def test_keys_hold_but_for_the_planted_orphans(room: dict[str, pd.DataFrame]) -> None:
    for (name, column), (other, key) in KEYS.items():
        assert set(room[name][column]) - {""} <= set(room[other][key]), f"{name}.{column}"
    for name in ("revenue", "invoices"):
        rows = room[name]
        orphans = rows[~rows["customer_id"].isin(room["customers"]["customer_id"])]
        assert len(orphans) == 3
        assert sorted(orphans["customer_id"].unique()) == TRUTH["repairs"]["orphan_lines"]["customer_ids"]


def test_line_defects_have_the_stated_counts_and_amounts(lines: pd.DataFrame, room: dict[str, pd.DataFrame]) -> None:
    stated = TRUTH["repairs"]
    repeated = lines[lines.duplicated()]
    assert (len(repeated), round(repeated["euro"].sum(), 2)) == (14, stated["repeated_lines"]["amount"])
    future = lines[lines["date"] > AS_OF.date()]
    assert (len(future), round(future["euro"].sum(), 2)) == (25, stated["future_lines"]["amount"])
    credit = lines[lines["amount"] < 0]
    assert (len(credit), round(credit["euro"].sum(), 2)) == (60, stated["credit_notes"]["amount"])
    pounds = lines[(lines["currency"] == "GBP")].drop_duplicates()
    assert (len(pounds), round(pounds["euro"].sum(), 2)) == (stated["sterling"]["lines"], stated["sterling"]["amount_eur"])
    orphan = lines[~lines["customer_id"].isin(room["customers"]["customer_id"])]
    assert round(orphan["euro"].sum(), 2) == stated["orphan_lines"]["amount"]
    legacy = lines["written"].str.contains(".", regex=False)
    assert legacy.sum() == stated["two_date_formats"]["legacy_lines"]
    assert (legacy == (lines["date"] < date(2023, 7, 1))).all()
    full = [
        any(a == -b for b in lines.loc[lines["customer_id"] == c, "amount"])
        for c, a in zip(credit["customer_id"], credit["amount"], strict=True)
    ]
    assert sum(full) == stated["credit_notes"]["full"]


def test_duplicates_move_from_the_first_id_to_the_second(lines: pd.DataFrame, room: dict[str, pd.DataFrame]) -> None:
    names = room["customers"].set_index("customer_id")["name"]
    assert len(TRUTH["repairs"]["misspelt_duplicates"]) == 9
    for pair in TRUTH["repairs"]["misspelt_duplicates"]:
        first, second = lines[lines["customer_id"] == pair["first_id"]], lines[lines["customer_id"] == pair["second_id"]]
        assert (names[pair["first_id"]], names[pair["second_id"]]) == (pair["name"], pair["variant"])
        assert first["date"].max() < second["date"].min()
        assert (len(second), round(second["euro"].sum(), 2)) == (pair["lines"], pair["amount"])


def test_other_names_are_not_alike(room: dict[str, pd.DataFrame]) -> None:
    fuzz = pytest.importorskip("rapidfuzz")
    second = {b for _, b in TRUTH["duplicates"]}
    names = [n for i, n in zip(room["customers"]["customer_id"], room["customers"]["name"], strict=True) if i not in second]
    likeness = fuzz.process.cdist(names, names, scorer=fuzz.fuzz.ratio)
    np.fill_diagonal(likeness, 0)
    assert likeness.max() < 90


def test_a_month_of_spend_is_missing_and_no_rate_is(room: dict[str, pd.DataFrame]) -> None:
    months = {str(p) for p in pd.period_range("2021-07", "2026-06", freq="M")}
    assert months - set(room["spend"]["month"]) == {"2024-11"}
    assert set(room["fx"]["month"]) == months
    acquired = room["customers"][room["customers"]["sourced_by"] == "acquisition"]
    second = {b for _, b in TRUTH["duplicates"]}
    acquired = acquired[~acquired["customer_id"].isin(second)]
    assert len(acquired) == 45
    assert set(acquired["acquired_on"]) == {"2024-01-01"}


def test_levels_and_retention_on_cleaned_lines(recurring: pd.DataFrame, room: dict[str, pd.DataFrame]) -> None:
    now, then = recurring["2026-06"], recurring["2025-06"]
    assert now.sum() * 12 / 100 == pytest.approx(TRUTH["arr"], abs=0.005)
    assert 23_500_000 <= TRUTH["arr"] <= 24_500_000
    monthly = recurring.sum()
    for month, amount in TRUTH["mrr"].items():
        assert monthly[month] / 100 == pytest.approx(amount, abs=0.005)
    assert (now > 0).sum() == TRUTH["customers_active"]
    assert now[then > 0].sum() / then.sum() == pytest.approx(TRUTH["nrr_ltm"], abs=1e-6)
    assert np.minimum(now, then).sum() / then.sum() == pytest.approx(TRUTH["grr_ltm"], abs=1e-6)
    assert ((now > 0) & (then > 0)).sum() / (then > 0).sum() == pytest.approx(TRUTH["logo_retention"], abs=1e-6)
    parent = room["customers"].set_index("customer_id")["parent_id"]
    groups = now.groupby([parent.get(c, "") or c for c in now.index]).sum().sort_values(ascending=False)
    assert groups.iloc[:10].sum() / groups.sum() == pytest.approx(TRUTH["top10_share_parent"], abs=1e-6)
    assert ((groups / groups.sum()) ** 2).sum() == pytest.approx(TRUTH["hhi_parent"], abs=1e-6)


def test_the_ledger_differs_from_the_lines_only_where_planted(recurring: pd.DataFrame, room: dict[str, pd.DataFrame]) -> None:
    ledger = room["ledger"][room["ledger"]["line"] == "recurring_revenue"].set_index("month")["amount"].astype(float)
    gap = (ledger - recurring.sum() / 100).dropna().round(2)
    expected = dict(TRUTH["repairs"]["ledger"]["unexplained"])
    for month, amount in TRUTH["repairs"]["ledger"]["late_credit_notes_recurring"].items():
        after = str(pd.Period(month, freq="M") + 1)
        expected[month] = expected.get(month, 0.0) - amount
        expected[after] = expected.get(after, 0.0) + amount
    assert {m: v for m, v in gap.items() if v} == pytest.approx(
        {m: v for m, v in expected.items() if m in gap.index and round(v, 2)}, abs=0.005
    )


def test_the_company_is_well_run(room: dict[str, pd.DataFrame]) -> None:
    opps = room["opportunities"]
    renewals = opps[(opps["type"] == "renewal") & (opps["status"] == "won")]
    assert (renewals["closed_on"] <= renewals["expected_close_on"]).mean() > 0.9
    assert abs(TRUTH["operations"]["forecast_bias"]) < 0.03
    assert TRUTH["operations"]["slipped_share"] < 0.15
    for column in ("stage", "amount", "rep_id", "channel", "sourced_by", "expected_close_on"):
        assert (opps[column] != "").mean() > 0.98


def decided(room: dict[str, pd.DataFrame]) -> pd.DataFrame:
    opps = room["opportunities"]
    new = opps[(opps["type"] == "new") & (opps["status"] != "open")].copy()
    new["won"] = (new["status"] == "won").astype(float)
    new["amount"] = new["amount"].astype(float)
    return new


def test_growth_leans_on_the_founder(room: dict[str, pd.DataFrame]) -> None:
    new = decided(room)
    recent = new[(new["won"] == 1) & (new["closed_on"] > "2024-06-30")]
    share = recent.loc[recent["founder_involved"] == "true", "amount"].sum() / recent["amount"].sum()
    assert share == pytest.approx(TRUTH["new_business"]["founder_share_of_new_arr_last_24_months"], abs=1e-6)
    assert 0.50 < share < 0.60
    rates = new.groupby("founder_involved")["won"].mean()
    assert 1.7 < rates["true"] / rates["false"] < 2.3
    assert list(room["reps"].loc[room["reps"]["role"] == "founder", "rep_id"]) == ["R001"]


def test_the_mid_market_is_nearly_full(room: dict[str, pd.DataFrame]) -> None:
    universe = room["universe"].assign(fit=room["universe"]["fit"].astype(float))
    mid = universe[universe["segment"] == "mid_market"]
    assert mid.loc[mid["customer_id"] != "", "fit"].sum() / mid["fit"].sum() == pytest.approx(0.62, abs=0.015)
    new = decided(room)
    won = new[(new["won"] == 1) & (new["segment"] == "mid_market")]
    years = [((won["closed_on"] > f"{y}-06-30") & (won["closed_on"] <= f"{y + 1}-06-30")).sum() for y in (2023, 2024, 2025)]
    assert years[0] > years[1] > years[2]
    assert new.loc[new["segment"] == "enterprise", "won"].mean() < 0.2


def test_authority_is_weak_where_a_rival_is_present(room: dict[str, pd.DataFrame]) -> None:
    new = decided(room)
    rates = new.groupby("competitive")["won"].mean()
    assert rates["false"] == pytest.approx(0.55, abs=0.03)
    assert rates["true"] == pytest.approx(0.22, abs=0.03)
    seen = room["visibility"].assign(value=room["visibility"]["value"].astype(float))
    search = seen[(seen["measure"] == "search") & (seen["month"] >= "2025-07")].groupby("brand")["value"].sum()
    assert search["self"] / search.sum() < TRUTH["market_position"]["share_of_market_2026"]["mid_market"]
    assert TRUTH["market_position"]["median_expensive"] > TRUTH["market_position"]["median_realised_core_price_ltm"]


def test_the_plan_asks_for_far_more_than_the_company_grows() -> None:
    plan = DEAL["plan"]["recurring_revenue"]
    assert plan == {"2027": 29_500_000, "2028": 36_000_000, "2029": 44_000_000}
    assert (plan["2029"] / TRUTH["arr"]) ** (1 / 3) - 1 > 2 * TRUTH["arr_growth_by_fiscal_year"]["FY26"]


def test_the_revenue_export_has_one_width() -> None:
    with (DEMO / "room" / DEAL["room"]["tables"]["revenue"]["file"]).open(encoding="utf-8", newline="") as handle:
        assert {len(row) for row in csv.reader(handle, delimiter=";")} == {10}
