"""A whole report of a company that does not exist: the content that tests render and look at."""

from pathlib import Path

import example_frames as frames
import pandas as pd

from diligence.charts import bridge, cohorts, concentration, dataroom, growth, renewals, retention, seasonality
from diligence.reports.exhibit import Exhibit, Narrative, exhibit
from diligence.reports.html import ReportContent, Section

TEMPLATES = Path(__file__).parents[2] / "templates"
TARGET = "Halden Software Group"


def _totals(frame):
    return frame.groupby("month", as_index=False)["amount"].sum().tail(12)


def exhibits() -> dict[str, Exhibit]:
    made = [
        exhibit(
            growth.recurring_revenue(frames.recurring_revenue()),
            id="growth",
            question="How fast has recurring revenue grown, and where?",
            title="Recurring revenue has more than doubled in four years, carried by enterprise; small business has stood still since 2022",
            table=_totals(frames.recurring_revenue()),
            formats={"month": "month", "amount": "money_m"},
            source="Revenue lines, tied to the ledger within 1%",
            facts=("arr_growth", "arr"),
        ),
        exhibit(
            bridge.waterfall(frames.revenue_bridge()),
            id="bridge",
            question="What moved revenue in the last fiscal year?",
            title="A third of last year's growth is price; churn and contraction took back four fifths of what new customers brought",
            table=frames.revenue_bridge()[["label", "amount"]],
            formats={"amount": "money"},
            source="Revenue lines, price list",
            note="Price is the change of the price of the same product for the same customer; volume is the rest.",
            facts=("price_share",),
        ),
        exhibit(
            retention.readings(frames.readings()),
            id="readings",
            question="Is 118% net revenue retention right?",
            title="Management's 118% is 108% by the reading that we recommend",
            table=frames.readings(),
            formats={"value": "percent1", "low": "percent1", "high": "percent1"},
            labels={"label": "Reading", "recommended": "Recommended"},
            source="Revenue lines; management presentation, page 14",
            facts=("nrr", "nrr_management"),
        ),
        exhibit(
            bridge.waterfall(frames.nrr_bridge(), unit="percent"),
            id="nrr_bridge",
            question="What explains the difference?",
            title="Acquired contracts and one good month explain most of the ten points between the two figures",
            table=frames.nrr_bridge()[["label", "amount"]],
            formats={"amount": "percent1"},
            source="Revenue lines; management presentation, page 14",
        ),
        exhibit(
            retention.trend(frames.trend()),
            id="trend",
            question="Which way is retention going?",
            title="Both readings have slid for ten quarters",
            table=frames.trend().tail(12),
            formats={"month": "month", "nrr": "percent1", "grr": "percent1"},
            labels={"nrr": "Net retention", "grr": "Gross retention"},
            source="Revenue lines, trailing twelve months",
            facts=("grr",),
        ),
        exhibit(
            cohorts.heat_map(frames.cohorts()),
            id="logo_cohorts",
            question="Do newer customers stay as long as older ones?",
            title="Each cohort since 2023 has left sooner than the one before",
            table=frames.cohorts().dropna(),
            formats={"age": "count", "value": "percent", "n": "count"},
            source="Revenue lines; cohorts by the quarter of the first invoice",
            note="A blank cell is not yet observed.",
        ),
        exhibit(
            cohorts.heat_map(frames.revenue_cohorts()),
            id="revenue_cohorts",
            question="Does growth within customers make up for those who leave?",
            title="Customers won before 2023 grew beyond their first spending; those won later have not",
            table=frames.revenue_cohorts().dropna(),
            formats={"age": "count", "value": "percent", "n": "count"},
            source="Revenue lines",
        ),
        exhibit(
            cohorts.curves(frames.cohorts()),
            id="curves",
            question="When do customers leave?",
            title="Losses are steady; there is no age after which customers are safe",
            table=None,
            formats={},
            source="Revenue lines",
        ),
        exhibit(
            concentration.curve(frames.concentration()),
            id="concentration",
            question="On how many customers does revenue rest?",
            title="Ten ultimate parents hold half of recurring revenue",
            table=frames.concentration().head(20),
            formats={"rank": "count", "share": "percent1", "cumulative_share": "percent1"},
            source="Revenue lines, customers resolved to ultimate parents",
            facts=("top10",),
        ),
        exhibit(
            renewals.wall(frames.renewals()),
            id="renewals",
            question="When is the next test of retention?",
            title="The second quarter of 2026 holds the heaviest wall of negotiated renewals, before the plan's price increase",
            table=frames.renewals(),
            formats={"amount": "money", "share": "percent1"},
            source="Contracts",
        ),
        exhibit(
            seasonality.factors(frames.factors()),
            id="season",
            question="Is a good December a trend?",
            title="December stands a fifth above an ordinary month, every year",
            table=frames.factors(),
            formats={"month_of_year": "count", "factor": "percent", "low": "percent", "high": "percent"},
            source="Invoices, 36 months",
        ),
        exhibit(
            seasonality.smoothness(frames.smoothness()),
            id="smoothness",
            question="What is left without the season?",
            title="Without the season, invoicing grows by about one per cent a month",
            table=frames.smoothness().tail(12),
            formats={"month": "month", "amount": "money", "adjusted": "money"},
            source="Invoices",
        ),
        exhibit(
            dataroom.coverage(frames.coverage()),
            id="coverage",
            question="What have we been given?",
            title="Six of 33 tables are missing, among them decision rights and win/loss interviews",
            table=frames.coverage(),
            formats={"rows": "count", "columns_given": "count", "columns_total": "count"},
            source="Data room, drop of 30 June 2025",
        ),
        exhibit(
            dataroom.tie_out(frames.tie_out()),
            id="tie_out",
            question="Do the sources agree?",
            title="Revenue lines tie to the ledger within 1% in 22 of 24 months",
            table=frames.tie_out().tail(12),
            formats={
                "month": "month",
                "residual": "money_full",
                "tolerance": "money_full",
                "amount_a": "money_full",
                "amount_b": "money_full",
            },
            labels={"amount_a": "Revenue lines", "amount_b": "Ledger"},
            source="Revenue lines, general ledger",
        ),
        exhibit(
            dataroom.issues(frames.issues()),
            id="issues",
            question="What had to be mended?",
            title="Five kinds of repair touch less than a tenth of revenue; merging customers matters most",
            table=frames.issues(),
            formats={"amount_touched": "money", "rows": "count"},
            source="Cleaning log",
        ),
        exhibit(
            None,
            id="options",
            question="What would lift the ceiling?",
            title="A documented partner programme in the north is the only option with evidence",
            table=pd.DataFrame({"option": ["Partner programme", "Second product"], "value_at_stake": [8.4e6, None], "n": [11, 0]}),
            formats={"value_at_stake": "money", "n": "count"},
            source="Management interviews",
        ),
    ]
    return {one.id: one for one in made}


def _fact(key, label, value, code, **more):
    return {"key": key, "metric": key, "label": label, "value": value, "format": code, "period": "FY25", "segment": "all", **more}


def facts():
    made = [
        _fact(
            "nrr", "Net revenue retention", 1.082, "percent", low=1.051, high=1.112, numerator=30_720_000.0, denominator=28_400_000.0, n=412
        ),
        _fact("nrr_management", "Net revenue retention, as management reports it", 1.18, "percent"),
        _fact("grr", "Gross revenue retention", 0.8592, "percent1", low=0.84, high=0.88, n=412),
        _fact("arr", "Annual recurring revenue", 32_800_000.0, "money", n=431),
        _fact("arr_growth", "Growth of recurring revenue", 0.155, "percent1", numerator=4_400_000.0, denominator=28_400_000.0),
        _fact("top10", "Share of the ten largest parents", 0.503, "percent", n=180),
        _fact("price_share", "Share of growth from price", 0.386, "percent"),
        _fact("plan_probability", "Probability of the plan", 0.23, "percent", low=0.17, high=0.3, n=10_000),
        _fact("payback", "Payback of acquisition cost", None, "months", status="not_assessable", reason="media_spend not given"),
        _fact("ceiling", "Ceiling of the present design", 41_500_000.0, "money", low=37_000_000.0, high=46_200_000.0, n=10_000),
    ]
    common = {
        "definition": "What the field calls this metric, in the words of the catalogue, for customers with an active contract.",
        "formula": "closing recurring revenue of opening customers / opening recurring revenue",
        "sources": ["revenue", "contracts"],
        "unit": "fraction",
        "notebook": "03_retention.ipynb",
        "status": "ok",
    }
    return [{**common, **fact} for fact in made]


def findings():
    def rule(place, status, name, value, code, *bounds, **more):
        amber, red = bounds
        common = {"rule": f"RET-{place:03d}", "area": "Customer lifecycle", "layer": "architecture", "n": 412, "coverage": 0.93}
        common |= {"source": "revenue, contracts", "override": False, "question": "Does the base hold without new business?"}
        common |= {"action": "Price the retention risk; ask for the cancellation reasons of the last eight quarters."}
        return {**common, "status": status, "name": name, "value": value, "format": code, "amber": amber, "red": red, **more}

    return [
        rule(1, "red", "Gross revenue retention below 87%", 0.8592, "percent1", 0.9, 0.87),
        rule(2, "red", "Plan reached in fewer than half of the simulations", 0.23, "percent", 0.7, 0.5, area="Plan", override=True),
        rule(3, "amber", "Half of revenue in ten parents", 0.503, "percent", 0.4, 0.6, area="Concentration"),
        rule(4, "amber", "Price carries a third of growth", 0.386, "percent", 0.3, 0.5, area="Pricing", layer="operations"),
        rule(5, "green", "Tie-out within tolerance", 0.004, "percent1", 0.01, 0.02, area="Data", layer="operations", action=""),
        rule(6, "not_assessable", "Payback of acquisition cost", None, "months", 18, 24, area="Acquisition", n=None, coverage=None),
        rule(7, "insufficient", "Win rate when a rival is present", 0.31, "percent", 0.3, 0.2, area="Pipeline", n=9, coverage=0.2),
    ]


def headline():
    sentences = (
        {
            "text": "Recurring revenue is €32.8m and grew by 15.5% last year, of which 39% is price.",
            "facts": ["arr", "arr_growth", "price_share"],
            "tone": "good",
        },
        {
            "text": "Net revenue retention is 108% (105% to 111%), not the 118% that management reports.",
            "facts": ["nrr", "nrr_management"],
            "tone": "warn",
        },
        {"text": "Gross retention is 85.9% and has fallen for ten quarters; newer cohorts leave sooner.", "facts": ["grr"], "tone": "bad"},
        {
            "text": "The present design tops out near €41.5m; the plan needs more and is reached in 23% of simulations.",
            "facts": ["ceiling", "plan_probability"],
            "tone": "bad",
        },
        {"text": "Payback of acquisition cost is not assessable: media spending was not given.", "facts": ["payback"], "tone": "plain"},
    )
    lead = (
        "Halden is a well-operated business with a ceiling built into its design: "
        "retention, not selling, limits it, and the plan does not lift that limit."
    )
    return Narrative(lead, sentences)


def content() -> ReportContent:
    shown = exhibits()
    pick = lambda *names: [shown[name] for name in names]  # noqa: E731
    told = Narrative(
        "Growth is real, and more of it is price than the plan assumes.",
        (
            {"text": "Revenue grew by 15.5% to €32.8m.", "facts": ["arr_growth", "arr"], "tone": "good"},
            {"text": "Price made 39% of it.", "facts": ["price_share"], "tone": "warn"},
        ),
    )
    sections = [
        Section(
            "growth",
            "Growth is real, but a third of it is price",
            "Is the growth real?",
            narratives=[told],
            exhibits=pick("growth", "bridge"),
            caveats=[
                "Whether customers would accept a second increase: no price test was given.",
                "Growth of the market: the panel is missing.",
            ],
            workpaper="notebooks/02_growth.html",
        ),
        Section(
            "retention",
            "Retention is ten points below what management reports, and falling",
            "Do customers stay?",
            exhibits=pick("readings", "nrr_bridge", "trend", "logo_cohorts", "revenue_cohorts", "curves"),
            caveats=["Why customers leave: reasons were recorded for 14% of cancellations."],
            workpaper="notebooks/03_retention.html",
        ),
        Section(
            "concentration",
            "Ten parents hold half of revenue and renew before the plan's price increase",
            "What could be lost at once?",
            exhibits=pick("concentration", "renewals"),
        ),
        Section(
            "pricing",
            "Pricing could not be assessed",
            "Is there room to raise prices?",
            status="failed",
            error={
                "notebook": "05_pricing.ipynb",
                "cell": "7",
                "message": "expected column 'list_price' in price_list, got 'LISTPRICE2024'; map it in the deal file",
            },
        ),
        Section("season", "Good Decembers are seasonal", "Is the last quarter a trend?", exhibits=pick("season", "smoothness")),
        Section(
            "experiments",
            "No price test was given",
            "What did tests show?",
            status="skipped",
            error={"message": "table price_tests was not given"},
        ),
        Section(
            "data",
            "The data tie out; six tables are missing",
            "Can the numbers be trusted?",
            exhibits=pick("coverage", "tie_out", "issues", "options"),
        ),
    ]
    return ReportContent(
        target=TARGET,
        as_of="2025-06-30",
        currency="EUR",
        generated_from="diligence 0.1.0",
        scope_note="Rests on the data room of 30 June 2025: 27 of 33 tables. "
        "Not looked at: legal terms of contracts, product quality, and the market in North America.",
        headline=headline(),
        sections=sections,
        findings=findings(),
        facts=facts(),
        requests=[
            {
                "rank": 1,
                "table": "media_spend",
                "ask": "Spending by channel and month since January 2022",
                "closes": "payback, ceiling of demand",
                "value_at_stake": 3_400_000,
            },
            {
                "rank": 2,
                "table": "win_loss_interviews",
                "ask": "Notes of lost deals above €50k",
                "closes": "win rate when a rival is present",
                "value_at_stake": 1_150_000,
            },
        ],
        cleaning=[
            {"id": "DUP-1", "table": "revenue", "repair": "Duplicate lines removed", "rows": 412, "amount_touched": 1_240_000},
            {"id": "MRG-1", "table": "customers", "repair": "Names merged to one customer", "rows": 1207, "amount_touched": 3_860_000},
        ],
        tieout=[
            {
                "month": f"{row.month:%Y-%m-%d}",
                "source_a": "revenue",
                "source_b": "ledger",
                "amount_a": row.amount_a,
                "amount_b": row.amount_b,
                "residual": row.residual,
                "explained_by": "",
            }
            for row in frames.tie_out().tail(6).itertuples()
        ],
        coverage=[
            {
                "area": area,
                "tables": f"{part['given'].sum()} of {len(part)}",
                "coverage": float(part["columns_given"].sum() / part["columns_total"].sum()),
            }
            for area, part in frames.coverage().groupby("area", sort=False)
        ],
        manifest={
            "inputs": [
                {"file": "revenue.csv", "rows": 48_210, "sha256": "9f2c" * 16},
                {"file": "contracts.xlsx", "rows": 1_204, "sha256": "07ab" * 16},
            ],
            "versions": {"diligence": "0.1.0", "pandas": "3.1.1", "plotly": "7.1.0"},
            "parameters": {"as_of": "2025-06-30", "match_threshold": 0.92},
            "seed": 20250630,
        },
    )
