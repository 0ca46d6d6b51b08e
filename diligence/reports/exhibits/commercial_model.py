"""Exhibits of the commercial model: price and volume, pocket price, discounts, increases, acceptance, worth, terms, cash."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from diligence.charts import bridge as bridges
from diligence.charts import pricing as charts
from diligence.facts.analysis import Analysis
from diligence.reports.exhibit import Exhibit, exhibit
from diligence.reports.exhibits.common import currency_of, not_assessable, source_line, told_of

NAME = "05_commercial_model"
STEPS = {
    "opening": "Opening", "lost": "Lost customers and products", "price": "Price", "volume": "Volume", "new": "New customers and products",
    "unpriced": "Without a quantity", "fx": "Exchange rates", "closing": "Closing", "ebitda": "EBITDA", "capex": "Capital expenditure",
    "receivables": "Receivables", "deferred_revenue": "Deferred revenue", "operating_cash_flow": "Operating cash flow", "list": "List", "net": "Net",
    "credits": "Credits after the invoice", "pocket": "Pocket",
}  # fmt: skip
TERMS = {
    "annual_prepay": "Billed a year ahead", "multi_year": "Term longer than a year", "remaining_12m": "Bound for a year or more",
    "uplift_clause": "Contracted increase", "locked_multi_year": "Locked price beyond a year", "auto_renew": "Renews by itself",
    "convenience": "May be ended without cause", "most_favoured": "Most-favoured-customer clause", "short_notice": "Notice of thirty days or fewer",
}  # fmt: skip


def _bridge(frame: pd.DataFrame, totals: tuple[str, ...]) -> pd.DataFrame:
    """Give a waterfall's steps: names in words, and which way each goes."""
    shown = frame[(frame["amount"].abs() >= 0.005) | frame["step"].isin(totals)]
    kind = ["total" if s in totals else "up" if a >= 0 else "down" for s, a in zip(shown["step"], shown["amount"], strict=True)]
    words = [STEPS.get(str(name), str(name)) for name in shown["step"]]
    return pd.DataFrame({"step": shown["step"], "label": words, "amount": shown["amount"], "kind": kind})


def _made(analysis: Analysis, name: str, figure: Any, **more: Any) -> Exhibit:
    return exhibit(figure, id=f"{NAME}.{name}", currency=currency_of(analysis), **more)


def price_volume(analysis: Analysis) -> Exhibit:
    """Price, volume, new and lost, from opening to closing."""
    question = "How much of the growth is price, and how much is volume?"
    frame, told = analysis.frames.get("price_volume"), told_of(analysis)
    if frame is None or not told.knows("commercial.pvm_price"):
        return not_assessable(analysis, "price_volume", question, "commercial.pvm_")
    price, volume = (told(f"commercial.pvm_{name}", signed=True) for name in ("price", "volume"))
    title = f"Of customers and products that stayed, price added {price} and volume {volume} to recurring revenue"
    if told.knows("commercial.price_change"):
        title += f"; their prices moved {told('commercial.price_change', signed=True)}"
    steps = _bridge(frame.rename(columns={"effect": "step"}), ("opening", "closing"))
    return _made(
        analysis, "price_volume", bridges.waterfall(steps, currency=currency_of(analysis), zoom=True), question=question, title=title,
        table=steps[["label", "amount"]].assign(n=frame.loc[steps.index, "n"]), formats={"amount": "money", "n": "count"},
        labels={"label": "Step", "n": "Pairs"}, source=source_line(analysis, "revenue"),
        note="Customer by product, at constant exchange rates, symmetric. By product alone new and lost customers count as volume: mix and volume depend on how fine an item is.",
        alt="Waterfall from opening to closing recurring revenue by price, volume, new and lost", facts=tuple(f"commercial.pvm_{one}" for one in frame["effect"]),
    )  # fmt: skip


def pocket(analysis: Analysis) -> Exhibit:
    """List to pocket."""
    question = "What is left of the list price?"
    frame, told = analysis.frames.get("waterfall"), told_of(analysis)
    if frame is None or not told.knows("commercial.price_realisation"):
        return not_assessable(analysis, "pocket", question, "commercial.price_realisation")
    title = f"Of the list price {told('commercial.price_realisation')}{told.interval('commercial.price_realisation')} reaches the invoice"
    if told.knows("commercial.pocket_realisation"):
        title += f" and {told('commercial.pocket_realisation')} the pocket"
    steps = _bridge(frame, ("list", "net", "pocket"))
    keys = tuple(f"commercial.leak[reason={name}]" for name in frame.loc[frame["kind"] == "leak", "step"] if name != "credits")
    return _made(
        analysis, "pocket", bridges.waterfall(steps, currency=currency_of(analysis)), question=question, title=title,
        table=steps[["label", "amount"]].assign(share=frame.loc[steps.index, "share"], n=frame.loc[steps.index, "n"]),
        formats={"amount": "money", "share": "percent1", "n": "count"}, labels={"label": "Step", "share": "Share of list", "n": "Lines"},
        source=source_line(analysis, "quotes", "invoices"),
        note="Lines won in the year, at the month's list and net value; reasons as the sellers gave them; credits at the rate of all invoices of the year.",
        alt="Waterfall from list to pocket price by reason of discount", facts=("commercial.price_realisation", *keys),
    )  # fmt: skip


def discounts(analysis: Analysis) -> Exhibit:
    """Discounts within cells of like deals."""
    question = "Do like deals get like discounts?"
    frame, told = analysis.frames.get("dispersion"), told_of(analysis)
    known = frame[frame["iqr"].notna()] if frame is not None else pd.DataFrame()
    if known.empty or not told.knows("commercial.discount_dispersion"):
        return not_assessable(analysis, "discounts", question, "commercial.discount")
    title = f"Among like deals the middle half of discounts spreads over {told('commercial.discount_dispersion')} of list"
    if told.knows("commercial.discount_structure"):
        title += f"; segment, size and product explain {told('commercial.discount_structure')} of how they differ"
    drawn = pd.DataFrame(
        {
            "label": known["segment"].astype("str").str.replace("_", " ") + ", " + known["size_band"].astype("str"),
            "value": known["median"],
            "low": known["q1"],
            "high": known["q3"],
            "n": known["n"],
        }
    )
    facts = [
        "commercial.discount_dispersion",
        "commercial.discount_structure",
        "commercial.quarter_end_discount",
        "commercial.approved_share",
    ]
    return _made(
        analysis, "discounts", charts.ranges(drawn), question=question, title=title, table=drawn,
        formats={"value": "percent1", "low": "percent1", "high": "percent1", "n": "count"},
        labels={"label": "Like deals", "value": "Median", "low": "First quartile", "high": "Third quartile", "n": "Lines"},
        source=source_line(analysis, "quotes", "opportunities"), note="Lines won; deals in thirds of their list value; cells of five lines or more.",
        alt="Dots with ranges: median and middle half of discounts by segment and size of the deal", facts=tuple(facts),
    )  # fmt: skip


def increases(analysis: Analysis) -> Exhibit:
    """Announced and realised increases of the list."""
    question = "Do price increases arrive, and who leaves after them?"
    frame, told = analysis.frames.get("increases"), told_of(analysis)
    if frame is None or not told.knows("commercial.increase_realised"):
        return not_assessable(analysis, "increases", question, ("commercial.increase_realised", "commercial.list_staleness"))
    title = f"Of announced list increases {told('commercial.increase_realised')} arrived within a year"
    if told.knows("commercial.churn_after_increase"):
        title += (
            f"; {told('commercial.raised_churn')} of the raised were gone a year later, {told('commercial.others_churn')} of like customers"
        )
    labels = frame["product_id"].astype("str") + ", " + pd.to_datetime(frame["date"]).dt.strftime("%Y-%m")
    table = frame.assign(label=labels)[["label", "announced", "realised", "share", "n"]]
    return _made(
        analysis, "increases", charts.announced(table), question=question, title=title, table=table,
        formats={"announced": "percent1", "realised": "percent1", "share": "percent", "n": "count"},
        labels={"label": "Increase", "share": "Share that arrived", "n": "Pairs"}, source=source_line(analysis, "quotes", "revenue"),
        note="Arrived: unit prices, in the currency of the lines, of those who were customers at the time and stayed. Who leaves at the renewal itself never shows a rise, so churn after an increase is a floor.",
        alt="Dots: announced and realised change of price by list increase",
        facts=("commercial.increase_realised", "commercial.churn_after_increase", "commercial.raised_churn", "commercial.others_churn"),
    )  # fmt: skip


def acceptance(analysis: Analysis) -> Exhibit:
    """The price survey, with the price paid."""
    question = "Is there room in the price?"
    frame, told = analysis.frames.get("price_curves"), told_of(analysis)
    edge, paid = "commercial.wtp_marginal_expensiveness", "commercial.wtp_realised"
    if frame is None or not told.knows(edge):
        return not_assessable(analysis, "acceptance", question, "commercial.wtp_")
    low, best = "commercial.wtp_marginal_cheapness", "commercial.wtp_indifference"
    title = f"Buyers accept prices from {told(low)} to {told(edge)}"
    if told.knows("commercial.wtp_headroom"):
        room = told.value("commercial.wtp_headroom")
        title += f"; the median customer pays {told(paid)}, which leaves {told('commercial.wtp_headroom', size=True)} {'above' if room >= 0 else 'too much'}"
    named = {"Lower end": low, "Indifference": best, "Upper end": edge, "Paid": paid}
    points = pd.DataFrame({"label": list(named), "price": [told.value(key) for key in named.values()]})
    table = points.assign(
        low=[_end(analysis, key, "low") for key in named.values()], high=[_end(analysis, key, "high") for key in named.values()]
    )
    return _made(
        analysis, "acceptance", charts.sensitivity(frame, points, currency=currency_of(analysis)), question=question, title=title, table=table,
        formats={"price": "ratio2", "low": "ratio2", "high": "ratio2"}, labels={"label": "Price point"}, source=source_line(analysis, "price_survey", "revenue"),
        note="Price sensitivity meter: what buyers find acceptable, without a rival in view; respondents whose four prices do not rise are left out. Intervals by bootstrap over respondents.",
        alt="Curves: shares of respondents who find each price too cheap, cheap, expensive and too expensive", facts=(low, best, edge, paid, "commercial.wtp_headroom"),
    )  # fmt: skip


def _end(analysis: Analysis, key: str, side: str) -> float:
    facts = analysis.facts
    mine = facts[(facts["metric"] == key) & (facts["segment"] == "") & (facts["object_id"] == "")]
    return float(mine[side].iloc[0]) if len(mine) else float("nan")


def worth(analysis: Analysis) -> Exhibit:
    """Willingness to pay for attributes."""
    question = "What is each part of the offer worth to buyers?"
    frame, told = analysis.frames.get("worth"), told_of(analysis)
    known = frame[frame["value"].notna()] if frame is not None else pd.DataFrame()
    if known.empty:
        return not_assessable(analysis, "worth", question, "commercial.choice")
    ordered = known.sort_values("value", ascending=False, kind="stable", ignore_index=True)
    keys = tuple(f"commercial.choice_worth[attribute={name}]" for name in ordered["label"])
    title = f"Most is paid for {_worded(ordered['label'].iloc[0])}, {told(keys[0])} a unit"
    if len(ordered) > 1:
        title += f"; least for {_worded(ordered['label'].iloc[-1])}, {told(keys[-1])}"
    stay = "" if told.value("commercial.choice_none") else " Nobody could choose none: the pull of every offer is overstated."
    return _made(
        analysis, "worth", charts.ranges(ordered, currency=currency_of(analysis), unit="price"), question=question, title=title,
        table=ordered[["label", "value", "low", "high"]], formats={"value": "ratio2", "low": "ratio2", "high": "ratio2"},
        labels={"label": "Attribute", "value": "Willingness to pay"}, source=source_line(analysis, "choices"),
        note=f"Conditional logit, errors clustered by respondent, intervals of Krinsky and Robb.{stay}",
        alt="Dots with intervals: willingness to pay for each attribute", facts=(*keys, "commercial.choice_none"),
    )  # fmt: skip


def _worded(label: str) -> str:
    return label.replace("_", " ").replace(": true against false", "").replace(": ", " ")


def terms(analysis: Analysis) -> Exhibit:
    """What the contracts say."""
    question = "What do the contracts allow?"
    frame, told = analysis.frames.get("terms"), told_of(analysis)
    known = frame[frame["share"].notna()] if frame is not None else pd.DataFrame()
    if known.empty:
        return not_assessable(analysis, "terms", question, "commercial.uplift_clause")
    parts = []
    if told.knows("commercial.prepay_months"):
        parts.append(f"contracts are billed {told('commercial.prepay_months')} months ahead on average")
    if told.knows("commercial.uplift_clause"):
        parts.append(f"{told('commercial.uplift_clause')} of their value carries a contracted increase")
    title = "; ".join(parts) or "what the contracts in force say"
    drawn = known.assign(label=[TERMS[name] for name in known["term"]], value=known["share"], low=float("nan"), high=float("nan"))
    told_terms = [f"commercial.{name}" for name in known["term"] if name not in ("auto_renew", "convenience")]
    return _made(
        analysis, "terms", charts.ranges(drawn[["label", "value", "low", "high"]]), question=question, title=title[0].upper() + title[1:],
        table=drawn[["label", "share", "numerator", "denominator", "n"]], formats={"share": "percent1", "numerator": "money", "denominator": "money", "n": "count"},
        labels={"label": "Term", "numerator": "Value with it", "denominator": "Value that states it", "n": "Contracts"},
        source=source_line(analysis, "contracts"), note="Contracts in force at the as-of date, by annual value, each share of those that state the term.",
        alt="Dots: share of contracted value by term", facts=("commercial.prepay_months", *told_terms),
    )  # fmt: skip


def self_financing(analysis: Analysis) -> Exhibit:
    """Growth that pays for itself by billing."""
    question = "How fast can it grow on its own cash?"
    frame, told = analysis.frames.get("self_financing"), told_of(analysis)
    key = "commercial.self_financed_growth"
    if frame is None or not told.knows(key):
        return not_assessable(analysis, "self_financing", question, key)
    title = f"Its own cash pays for growth of {told(key)} a year as it bills today"
    upfront = f"{key}[billing=annual_upfront]"
    if told.knows(upfront):
        title += f", {told(upfront)} if all were billed a year ahead"
    gap, plan = "commercial.self_financed_gap", None
    if told.knows(gap):
        plan = told.value(key) - told.value(gap)
        way = "below" if told.value(gap) < 0 else "above"
        title += f"; that is {told(gap, size=True)} of recurring revenue a year {way} what the plan asks"
    keys = [key, *(f"{key}[billing={one}]" for one in frame["billing"].iloc[1:])]
    return _made(
        analysis, "self_financing", charts.growth_by_terms(frame, target=plan), question=question, title=title, table=frame,
        formats={"months": "number", "growth": "percent1"}, labels={"months": "Months ahead", "growth": "Growth a year"},
        source=source_line(analysis, "ledger", "contracts", "invoices"),
        note="Growth at which free cash flow is nought, with the margins, costs, losses and days outstanding of the last twelve months; only the billing changes.",
        alt="Bars: self-financed growth by way of billing, against the plan", facts=(*keys, gap),
    )  # fmt: skip


def cash(analysis: Analysis) -> Exhibit:
    """EBITDA to operating cash flow."""
    question = "Do earnings become cash?"
    frame, told = analysis.frames.get("cash_bridge"), told_of(analysis)
    if frame is None or frame.empty or not told.knows("commercial.operating_cash_flow"):
        return not_assessable(analysis, "cash", question, "commercial.cash_conversion")
    title = f"Operating cash flow is {told('commercial.operating_cash_flow')}"
    if told.knows("commercial.cash_conversion"):
        title += f", {told('commercial.cash_conversion')} of EBITDA"
    if told.knows("commercial.dso", "commercial.days_over_terms"):
        days = told.value("commercial.days_over_terms")
        title += f"; customers pay {told('commercial.days_over_terms', size=True)} days {'after' if days >= 0 else 'before'} they are due"
    steps = _bridge(frame, ("ebitda", "operating_cash_flow"))
    return _made(
        analysis, "cash", bridges.waterfall(steps, currency=currency_of(analysis)), question=question, title=title, table=steps[["label", "amount"]],
        formats={"amount": "money"}, labels={"label": "Step"}, source=source_line(analysis, "ledger", "invoices"),
        note="Last twelve months. A rise of receivables takes cash, a rise of deferred revenue brings it; the accounts of the data model hold no payables.",
        alt="Waterfall from EBITDA to operating cash flow", facts=("commercial.operating_cash_flow", "commercial.cash_conversion", "commercial.dso", "commercial.days_over_terms"),
    )  # fmt: skip


EXHIBITS: dict[str, Callable[[Analysis], Exhibit]] = {
    "price_volume": price_volume,
    "pocket": pocket,
    "discounts": discounts,
    "increases": increases,
    "acceptance": acceptance,
    "worth": worth,
    "terms": terms,
    "self_financing": self_financing,
    "cash": cash,
}
"""In the order of the notebook."""
