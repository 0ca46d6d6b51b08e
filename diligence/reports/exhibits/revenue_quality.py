"""Exhibits of revenue quality: growth, bridge, contracts, retention by reading and by cut, cohorts, concentration, renewals."""

from collections.abc import Callable

import pandas as pd

from diligence.charts import bridge as bridges
from diligence.charts import cohorts as cohort_charts
from diligence.charts import concentration as concentrations
from diligence.charts import growth as growths
from diligence.charts import renewals as walls
from diligence.charts import retention as retentions
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import definition
from diligence.reports.exhibit import Exhibit, exhibit
from diligence.reports.exhibits.common import currency_of, not_assessable, source_line, told_of
from diligence.reports.exhibits.recurring import contracted, cuts, definitions
from diligence.reports.told import Told

NAME = "01_revenue_quality"
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
WEAK_SEASON, FLAT = 0.4, 0.005
PERCENT = {"value": "percent1", "low": "percent1", "high": "percent1"}


def growth(analysis: Analysis) -> Exhibit:
    """Annualised recurring revenue by segment."""
    frame, told, question = analysis.frames.get("recurring"), told_of(analysis), "How fast does recurring revenue grow, and where?"
    if frame is None or frame.empty or not told.knows("revenue.recurring"):
        return not_assessable(analysis, "growth", question, "revenue.")
    now = told("revenue.recurring")
    title = f"Recurring revenue stands at {now} a year"
    if told.knows("revenue.recurring_growth"):
        title = f"Recurring revenue {'grew' if told.value('revenue.recurring_growth') >= 0 else 'shrank'} {told('revenue.recurring_growth', size=True)} to {now} in {told.span('revenue.recurring_growth')}"
    if told.knows("revenue.recurring_cagr_3y"):
        title += f"; over three years it was {told('revenue.recurring_cagr_3y')} a year"
    year_end = analysis.deal.target.fiscal_year_end_month
    ends = frame["month"].dt.month == year_end
    table = (
        frame[ends | (frame["month"] == frame["month"].max())]
        .pivot_table(index="month", columns="segment", values="amount", aggfunc="sum")
        .reset_index()
    )
    table["all"] = table.drop(columns="month").sum(axis=1)
    return exhibit(
        growths.recurring_revenue(frame, currency=currency_of(analysis), fiscal_year_end=year_end),
        id=f"{NAME}.growth",
        question=question,
        title=title,
        table=table,
        formats={column: "month" if column == "month" else "money" for column in table.columns},
        source=source_line(analysis, "revenue", "customers"),
        note=f"{_measure(analysis)} Revenue accrues by day: a short month stands lower.{_season(told, analysis)}",
        alt="Stacked areas: annualised recurring revenue by segment and month",
        facts=("revenue.recurring", "revenue.recurring_growth", "revenue.recurring_cagr_3y"),
        currency=currency_of(analysis),
    )


def bridge(analysis: Analysis) -> Exhibit:
    """Opening to closing over the period."""
    frame, told, question = analysis.frames.get("bridge_period"), told_of(analysis), "What moved it?"
    if frame is None:
        return not_assessable(analysis, "bridge", question, "bridge.")
    shown = _in_parts(frame, told)
    kind = [
        "total" if m in ("opening", "closing") else "up" if a >= 0 else "down"
        for m, a in zip(shown["movement"], shown["amount"], strict=True)
    ]
    drawn = pd.DataFrame(
        {"step": shown["movement"], "label": [_label(m) for m in shown["movement"]], "amount": shown["amount"], "kind": kind}
    )
    losses = ("bridge.churn", "bridge.contraction", "bridge.lost_product")
    gains = ("bridge.new_logo", "bridge.upsell", "bridge.cross_sell")
    biggest = max(gains, key=told.value)
    heaviest = min(losses, key=told.value)
    title = f"{definition(biggest).label} added most, {told(biggest)}; {definition(heaviest).label.lower()} took most, {told(heaviest, size=True)}"
    if told.knows("bridge.upsell_volume") and told.value("bridge.upsell") > 0:
        title += f"; of upsell {told('bridge.upsell_volume')} is volume"
    return exhibit(
        bridges.waterfall(drawn, currency=currency_of(analysis), zoom=True),
        id=f"{NAME}.bridge",
        question=question,
        title=title,
        table=pd.DataFrame({"movement": drawn["label"], "amount": drawn["amount"], "pairs": shown["n"]}),
        formats={"amount": "money", "pairs": "count"},
        labels={"pairs": "Customer-product pairs"},
        source=source_line(analysis, "revenue", "customers"),
        note="Point to point over the period, by ultimate parent: what came and went in between does not show. Opening, movements and closing add up to the cent. Price is what each unit costs more beyond the contracted uplift, volume how many more units, both at the average of the two dates.",
        alt="Waterfall from opening to closing recurring revenue",
        facts=tuple(f"bridge.{m}" for m in shown["movement"]),
        currency=currency_of(analysis),
    )


def _in_parts(frame: pd.DataFrame, told: Told) -> pd.DataFrame:
    """Put upsell and contraction in parts where quantities tell them, and leave out what is nil."""
    rows: list[tuple[str, float, int]] = []
    for row in frame.itertuples():
        parts = [f"{row.movement}_{part}" for part in ("price", "uplift", "volume", "unsplit")]
        known = [part for part in parts if row.movement in ("upsell", "contraction") and told.knows(f"bridge.{part}")]
        amounts = {part: told.value(f"bridge.{part}") for part in known}
        whole = known and abs(sum(amounts.values()) - row.amount) < 0.01
        counted = {part: int(told.count(f"bridge.{part}")) for part in known}
        rows += [(part, amount, counted[part]) for part, amount in amounts.items()] if whole else [(row.movement, row.amount, row.n)]
    shown = pd.DataFrame(rows, columns=["movement", "amount", "n"])
    return shown[(shown["amount"].abs() >= 0.005) | shown["movement"].isin(["opening", "closing"])]


def readings(analysis: Analysis) -> Exhibit:
    """Net and gross retention in every reading."""
    frame, told, question = analysis.frames.get("readings"), told_of(analysis), "Which retention is the right one?"
    if frame is None or not told.knows("retention.nrr_ltm"):
        return not_assessable(analysis, "readings", question, "retention.")
    shown = frame.assign(label=[_short(metric) for metric in frame["metric"]])
    net = shown[shown["metric"].str.contains(r"\.nrr_")]
    low, high = net.loc[net["value"].idxmin(), "metric"], net.loc[net["value"].idxmax(), "metric"]
    way = _way(told)
    return exhibit(
        retentions.readings(shown[["label", "value", "low", "high", "recommended"]]),
        id=f"{NAME}.readings",
        question=question,
        title=f"Net revenue retention is {told('retention.nrr_ltm')} in the reading that we recommend; by other readings it is {told(low)} to {told(high)}{way}",
        table=shown[["label", "value", "low", "high", "numerator", "denominator", "n", "recommended"]],
        formats={**PERCENT, "numerator": "money", "denominator": "money", "n": "count"},
        source=source_line(analysis, "revenue", "customers", "contracts"),
        note="Bars are 95% intervals of a bootstrap over customers. Recommended: opening cohort, point to point, by ultimate parent.",
        alt="Dots with intervals: net and gross revenue retention by each reading",
        facts=(*frame["metric"], *(["retention.grr_trend"] if way else [])),
        currency=currency_of(analysis),
    )


def _way(told: Told) -> str:
    """Say which way gross retention goes."""
    slope = told.value("retention.grr_trend")
    if pd.isna(slope):
        return ""
    word = "has not moved" if abs(slope) < FLAT else "rises" if slope > 0 else "falls"
    change = "" if abs(slope) < FLAT else f" by {told('retention.grr_trend', size=True)} a year"
    return f"; gross retention {word}{change}"


def cohorts(analysis: Analysis) -> Exhibit:
    """Money of each cohort by age."""
    frame, question = analysis.frames.get("cohorts"), "Do newer customers keep as well as older ones?"
    if frame is None or frame.empty or frame["value"].notna().sum() < 2:
        return not_assessable(analysis, "cohorts", question, "cohort.")
    step = 12 if (frame["age"] % 12 == 0).all() else 3
    named = frame.assign(cohort=frame["cohort"].replace("before", "before the data"))
    drawn = named.assign(age=named["age"] // step)
    facts = analysis.facts[(analysis.facts["metric"] == "cohort.money_12m") & (analysis.facts["status"] == "ok")]
    told = told_of(analysis)
    keys = [f"cohort.money_12m[cohort={name}]" for name in facts["object_id"]]
    title = "Cohorts by the money that they keep"
    if len(keys) > 1:
        title = f"After twelve months the cohort {facts['object_id'].iloc[-1]} is worth {told(keys[-1])} of its start, {facts['object_id'].iloc[0]} {told(keys[0])}"
    return exhibit(
        cohort_charts.heat_map(drawn, age_unit="year" if step == 12 else "quarter"),
        id=f"{NAME}.cohorts",
        question=question,
        title=title,
        table=named[named["value"].notna()][["cohort", "age", "value", "logos", "n"]],
        formats={"age": "count", "value": "percent", "logos": "percent", "n": "count"},
        labels={"age": "Age, months", "n": "Accounts"},
        source=source_line(analysis, "revenue", "customers"),
        note="By fiscal year of the first revenue, from the first whole month on. A blank cell is not yet lived through by every account of the cohort.",
        alt="Heat map: money of each cohort by age, over its start",
        facts=tuple(keys),
        currency=currency_of(analysis),
    )


def concentration(analysis: Analysis) -> Exhibit:
    """Cumulative share of the largest customers."""
    frame, told, question = analysis.frames.get("concentration"), told_of(analysis), "On how many customers does it rest?"
    if frame is None:
        return not_assessable(analysis, "concentration", question, "concentration.")
    title = f"The ten largest customers hold {told('concentration.top10')}, the largest {told('concentration.top1')}: as concentrated as {told('concentration.effective_number', code='count')} equal customers"
    return exhibit(
        concentrations.curve(frame),
        id=f"{NAME}.concentration",
        question=question,
        title=title,
        table=frame.head(20)[["rank", "account_id", "segment", "amount", "share", "cumulative_share"]],
        formats={"rank": "count", "amount": "money", "share": "percent1", "cumulative_share": "percent1"},
        labels={"account_id": "Account"},
        source=source_line(analysis, "revenue", "customers"),
        note="By ultimate parent where the customer list names one.",
        alt="Curve: cumulative share of recurring revenue by rank of customer",
        facts=("concentration.top1", "concentration.top5", "concentration.top10", "concentration.hhi", "concentration.effective_number"),
        currency=currency_of(analysis),
    )


def renewals(analysis: Analysis) -> Exhibit:
    """Contracted value by the quarter in which it ends."""
    frame, told, question = analysis.frames.get("renewal_wall"), told_of(analysis), "When does it come up for renewal?"
    if frame is None or not told.knows("renewal.next_12m"):
        return not_assessable(analysis, "renewals", question, "renewal.")
    title = f"{told('renewal.next_12m')} of contracted value ends within twelve months"
    if told.knows("renewal.peak_quarter"):
        title += f", {told('renewal.peak_quarter')} in the heaviest quarter"
    return exhibit(
        walls.wall(frame.assign(auto_renew=frame["auto_renew"].where(frame["amount"] > 0, True)), currency=currency_of(analysis)),
        id=f"{NAME}.renewals",
        question=question,
        title=title,
        table=frame,
        formats={"amount": "money", "share": "percent1", "n": "count"},
        labels={"n": "Contracts"},
        source=source_line(analysis, "contracts"),
        note="Contracts in force at the as-of date by annual value. One that renews by itself comes up too, unless notice is given.",
        alt="Bars: contracted annual value by quarter of its end, automatic and negotiated",
        facts=("renewal.next_12m", "renewal.peak_quarter", "renewal.auto_renew", "renewal.contracted"),
        currency=currency_of(analysis),
    )


def _season(told: Told, analysis: Analysis) -> str:
    """Say whether a good month is a season."""
    frame = analysis.frames.get("season")
    if frame is None or not told.knows("season.strength", "season.peak", "season.trough"):
        return ""
    if told.value("season.strength") < WEAK_SEASON:
        return f" There is hardly a season: it explains {told('season.strength', code='percent')} of the movement around the trend."
    peak, trough = (MONTHS[int(frame.loc[row, "month_of_year"]) - 1] for row in (frame["factor"].idxmax(), frame["factor"].idxmin()))
    return f" The season: {peak} stands {told('season.peak', signed=True)} and {trough} {told('season.trough', signed=True)} against trend."


def _measure(analysis: Analysis) -> str:
    months = analysis.facts.loc[analysis.facts["metric"] == "revenue.recurring", "definition"]
    return str(months.iloc[0]) if len(months) else ""


def _short(metric: str) -> str:
    """Give a reading's label short enough for an axis."""
    label = definition(metric).label.replace("Net revenue retention", "NRR").replace("Gross revenue retention", "GRR")
    return label.replace(" (recommended reading)", ", recommended")


def _label(movement: str) -> str:
    return definition(f"bridge.{movement}").label


EXHIBITS: dict[str, Callable[[Analysis], Exhibit]] = {
    "growth": growth,
    "bridge": bridge,
    "contracted": contracted,
    "readings": readings,
    "definitions": definitions,
    "cuts": cuts,
    "cohorts": cohorts,
    "concentration": concentration,
    "renewals": renewals,
}
