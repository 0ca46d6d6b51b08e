"""Exhibits of revenue quality: growth, bridge, retention and its readings, cohorts, concentration, renewals, season."""

from collections.abc import Callable

import pandas as pd

from diligence.charts import bridge as bridges
from diligence.charts import cohorts as cohort_charts
from diligence.charts import concentration as concentrations
from diligence.charts import growth as growths
from diligence.charts import renewals as walls
from diligence.charts import retention as retentions
from diligence.charts import seasonality as seasons
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import definition
from diligence.reports.exhibit import Exhibit, exhibit
from diligence.reports.exhibits.common import currency_of, not_assessable, source_line, told_of
from diligence.reports.formats import in_sentence

NAME = "01_revenue_quality"
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
WEAK_SEASON = 0.4
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
        note=f"{_measure(analysis)} Revenue accrues by day: a short month stands lower.",
        alt="Stacked areas: annualised recurring revenue by segment and month",
        facts=("revenue.recurring", "revenue.recurring_growth", "revenue.recurring_cagr_3y"),
        currency=currency_of(analysis),
    )


def bridge(analysis: Analysis) -> Exhibit:
    """Opening to closing over the period."""
    frame, told, question = analysis.frames.get("bridge_period"), told_of(analysis), "What moved it?"
    if frame is None:
        return not_assessable(analysis, "bridge", question, "bridge.")
    shown = frame[(frame["amount"].abs() >= 0.005) | frame["movement"].isin(["opening", "closing"])]
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
    return exhibit(
        bridges.waterfall(drawn, currency=currency_of(analysis), zoom=True),
        id=f"{NAME}.bridge",
        question=question,
        title=f"{definition(biggest).label} added most, {told(biggest)}; {definition(heaviest).label.lower()} took most, {told(heaviest, size=True)}",
        table=pd.DataFrame({"movement": drawn["label"], "amount": drawn["amount"], "pairs": shown["n"]}),
        formats={"amount": "money", "pairs": "count"},
        labels={"pairs": "Customer-product pairs"},
        source=source_line(analysis, "revenue", "customers"),
        note="Point to point over the period, by ultimate parent: what came and went in between does not show. Opening, movements and closing add up to the cent.",
        alt="Waterfall from opening to closing recurring revenue",
        facts=tuple(f"bridge.{m}" for m in shown["movement"]),
        currency=currency_of(analysis),
    )


def readings(analysis: Analysis) -> Exhibit:
    """Net and gross retention in every reading."""
    frame, told, question = analysis.frames.get("readings"), told_of(analysis), "Which retention is the right one?"
    if frame is None or not told.knows("retention.nrr_ltm"):
        return not_assessable(analysis, "readings", question, "retention.")
    shown = frame.assign(label=[_short(metric) for metric in frame["metric"]])
    net = shown[shown["metric"].str.contains(r"\.nrr_")]
    low, high = net.loc[net["value"].idxmin(), "metric"], net.loc[net["value"].idxmax(), "metric"]
    return exhibit(
        retentions.readings(shown[["label", "value", "low", "high", "recommended"]]),
        id=f"{NAME}.readings",
        question=question,
        title=f"Net revenue retention is {told('retention.nrr_ltm')} in the reading that we recommend; by other readings it is {told(low)} to {told(high)}",
        table=shown[["label", "value", "low", "high", "numerator", "denominator", "n", "recommended"]],
        formats={**PERCENT, "numerator": "money", "denominator": "money", "n": "count"},
        source=source_line(analysis, "revenue", "customers", "contracts"),
        note="Bars are 95% intervals of a bootstrap over customers. Recommended: opening cohort, point to point, by ultimate parent.",
        alt="Dots with intervals: net and gross revenue retention by each reading",
        facts=tuple(frame["metric"]),
        currency=currency_of(analysis),
    )


def reading_steps(analysis: Analysis) -> Exhibit:
    """From one reading to the next, in money."""
    frame, question = analysis.frames.get("reading_steps"), "Why do the readings differ?"
    if frame is None:
        return not_assessable(analysis, "reading_steps", question, "retention.")
    rows = []
    for row in frame.itertuples():
        rows.append((row.reading, _short(f"retention.{row.reading}"), row.amount, "total"))
        if row.step and abs(row.step_amount) >= 0.005:
            rows.append(
                (f"{row.reading}_step", f"{row.step[0].upper()}{row.step[1:]}", row.step_amount, "up" if row.step_amount >= 0 else "down")
            )
    drawn = pd.DataFrame(rows, columns=["step", "label", "amount", "kind"])
    steps = frame[frame["step"] != ""]
    widest = steps.loc[steps["step_amount"].abs().idxmax()]
    amount = in_sentence(widest["step_amount"], "money", currency=currency_of(analysis), signed=True)
    return exhibit(
        bridges.waterfall(drawn, currency=currency_of(analysis), zoom=True),
        id=f"{NAME}.reading_steps",
        question=question,
        title=f"The widest step between readings is {amount}: {widest['step']}",
        table=drawn[["label", "amount", "kind"]],
        formats={"amount": "money"},
        source=source_line(analysis, "revenue", "customers"),
        note="Numerators of net revenue retention, annualised; each step is summed from rows and the readings tie to the cent.",
        alt="Waterfall from reading to reading of net revenue retention, in money",
        facts=tuple(f"retention.{name}" for name in frame["reading"]),
        currency=currency_of(analysis),
    )


def trend(analysis: Analysis) -> Exhibit:
    """Twelve-month retention at each month end."""
    frame, told, question = analysis.frames.get("trend"), told_of(analysis), "Which way is retention going?"
    if frame is None or frame.empty:
        return not_assessable(analysis, "trend", question, "retention.grr_trend")
    slope = told.value("retention.grr_trend")
    way = "not assessable for lack of history" if pd.isna(slope) else "flat" if abs(slope) < 0.005 else "rising" if slope > 0 else "falling"
    change = f" ({told('retention.grr_trend', signed=True)} a year)" if told.knows("retention.grr_trend") else ""
    return exhibit(
        retentions.trend(frame),
        id=f"{NAME}.trend",
        question=question,
        title=f"The trend of gross revenue retention is {way}{change}",
        table=frame,
        formats={"month": "month", "nrr": "percent1", "grr": "percent1"},
        labels={"nrr": "Net", "grr": "Gross"},
        source=source_line(analysis, "revenue", "customers"),
        note=f"Each point looks back {told.span('retention.grr_trend')}; neighbouring points share all but one of them.",
        alt="Lines: net and gross revenue retention over twelve months at each month end",
        facts=("retention.grr_trend",),
        currency=currency_of(analysis),
    )


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


def season(analysis: Analysis) -> Exhibit:
    """Factors by month of the year."""
    frame, told, question = analysis.frames.get("season"), told_of(analysis), "Is a good month a trend or a season?"
    if frame is None:
        return not_assessable(analysis, "season", question, "season.")
    peak, trough = (MONTHS[int(frame.loc[row, "month_of_year"]) - 1] for row in (frame["factor"].idxmax(), frame["factor"].idxmin()))
    title = f"{peak} stands {told('season.peak', signed=True)} and {trough} {told('season.trough', signed=True)} against trend; the season explains {told('season.strength', code='percent')} of the movement"
    if told.value("season.strength") < WEAK_SEASON:
        title = f"There is hardly a season: it explains {told('season.strength', code='percent')} of the movement around the trend"
    return exhibit(
        seasons.factors(frame),
        id=f"{NAME}.season",
        question=question,
        title=title,
        table=frame,
        formats={"month_of_year": "count", "factor": "ratio2", "low": "ratio2", "high": "ratio2", "n": "count"},
        labels={"n": "Years"},
        source=source_line(analysis, "revenue"),
        note="All revenue by service month; robust STL on logarithms; 95% intervals over years.",
        alt="Dots with intervals: factor of each month of the year against trend",
        facts=("season.strength", "season.peak", "season.trough"),
        currency=currency_of(analysis),
    )


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
    "readings": readings,
    "reading_steps": reading_steps,
    "trend": trend,
    "cohorts": cohorts,
    "concentration": concentration,
    "renewals": renewals,
    "season": season,
}
