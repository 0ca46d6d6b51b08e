"""Exhibits of the offer: attach, the second product, wallet, bookings, what buyers weigh, why deals are lost, how soon customers are live."""

from collections.abc import Callable

import pandas as pd

from diligence.charts import adoption as curves
from diligence.charts import criteria as criteria_charts
from diligence.charts import parts
from diligence.charts import retention as dots
from diligence.facts.analysis import Analysis
from diligence.reports.exhibit import Exhibit, exhibit
from diligence.reports.exhibits.common import currency_of, not_assessable, source_line, told_of

NAME = "04_offer"
PERCENT = {"value": "percent1", "low": "percent1", "high": "percent1"}
QUARTERS = 12


def attach(analysis: Analysis) -> Exhibit:
    """Share of customers with each product."""
    frame, told, question = analysis.frames.get("attach"), told_of(analysis), "What do customers take?"
    if frame is None or frame.empty or not told.knows("offer.multi_product"):
        return not_assessable(analysis, "attach", question, ("offer.attach", "offer.multi_product"))
    shown = frame.sort_values("value", ascending=False, kind="stable").assign(label=lambda t: t["product"], recommended=False)
    top = f"offer.attach[product={frame.loc[frame['value'].idxmin(), 'product_id']}]"
    return exhibit(
        dots.readings(shown[["label", "value", "low", "high", "recommended"]]),
        id=f"{NAME}.attach",
        question=question,
        title=f"{told('offer.multi_product')} of customers hold two products or more, {told('offer.products_per_customer')} each on average; the largest product makes {told('offer.top_product')} of recurring revenue",
        table=shown[["product", "value", "low", "high", "numerator", "denominator", "amount", "amount_share"]],
        formats={**PERCENT, "numerator": "count", "denominator": "count", "amount": "money", "amount_share": "percent1"},
        labels={
            "value": "Attach rate",
            "numerator": "Customers with it",
            "denominator": "Customers",
            "amount": "Revenue a year",
            "amount_share": "Share",
        },
        source=source_line(analysis, "revenue", "customers"),
        note="By ultimate parent at the closing; bars are 95% intervals after Wilson.",
        alt="Dots with intervals: share of customers that hold each product",
        facts=("offer.multi_product", "offer.products_per_customer", "offer.top_product", top),
        currency=currency_of(analysis),
    )


def second_product(analysis: Analysis) -> Exhibit:
    """How soon a second product follows the first."""
    frame, told, question = analysis.frames.get("second_product"), told_of(analysis), "Does one product lead to the next?"
    if frame is None or frame.empty or not told.knows("offer.second_product_12m"):
        return not_assessable(analysis, "second_product", question, "offer.second_product")
    title = f"Of customers that start with one product, {told('offer.second_product_12m')}{told.interval('offer.second_product_12m')} take a second within a year"
    if told.knows("offer.second_product_24m"):
        title += f" and {told('offer.second_product_24m')} within two"
    title += f"; {told('offer.second_product_start')} start with two or more" if told.knows("offer.second_product_start") else ""
    return exhibit(
        curves.reached(frame, unit="months"),
        id=f"{NAME}.second_product",
        question=question,
        title=title,
        table=frame,
        formats={"months": "count", **PERCENT, "n": "count"},
        labels={"value": "Have a second product", "n": "Still watched"},
        source=source_line(analysis, "revenue", "customers"),
        note="Kaplan and Meier: customers without a second product count for as long as they were watched. Those that were there when the data begin are left out.",
        alt="Curve: share of customers with a second product by months since the first",
        facts=("offer.second_product_12m", "offer.second_product_24m", "offer.second_product_start"),
    )


def wallet(analysis: Analysis) -> Exhibit:
    """Share of wallet, and what is left."""
    frame, told, question = analysis.frames.get("wallet"), told_of(analysis), "How much more could customers spend?"
    if frame is None or not told.knows("offer.wallet_share", "offer.headroom"):
        return not_assessable(analysis, "wallet", question, ("offer.wallet", "offer.headroom"))
    named = frame.assign(label=frame["segment"].str.replace("_", " "))
    drawn = [
        pd.DataFrame({"label": named["label"], "part": part, "amount": named[column]})
        for column, part in (("numerator", "Spent with the target"), ("headroom", "Left in the wallet"))
    ]
    title = f"Customers spend {told('offer.wallet_share')} of their wallet with the target; what is left is {told('offer.headroom')} times what they spend"
    if told.knows("offer.expansion_rate"):
        title += f", which by their growth so far gives {told('offer.expansion_rate')} a year"
    return exhibit(
        parts.lying(pd.concat(drawn), currency=currency_of(analysis)),
        id=f"{NAME}.wallet",
        question=question,
        title=title,
        table=named[["label", "value", "numerator", "denominator", "headroom", "headroom_ratio", "n"]],
        formats={
            "value": "percent1",
            "numerator": "money",
            "denominator": "money",
            "headroom": "money",
            "headroom_ratio": "ratio2",
            "n": "count",
        },
        labels={
            "label": "Segment",
            "value": "Share of wallet",
            "numerator": "Spent with the target",
            "denominator": "Wallet",
            "headroom": "Left",
            "headroom_ratio": "Left over spent",
            "n": "Customers",
        },
        source=source_line(analysis, "universe", "revenue", "customers"),
        note=f"Wallet: what the list of named accounts says each could spend. {told('offer.wallet_exceeded')} of customers spend more than that: for them nothing is left, and the list understates."
        if told.value("offer.wallet_exceeded") > 0
        else "Wallet: what the list of named accounts says each could spend.",
        alt="Stacked bars: spent with the target and left in the wallet, by segment",
        facts=("offer.wallet_share", "offer.headroom", "offer.expansion_rate", "offer.wallet_exceeded"),
        currency=currency_of(analysis),
    )


def bookings(analysis: Analysis) -> Exhibit:
    """Mix of bookings by quarter."""
    frame, told, question = analysis.frames.get("bookings"), told_of(analysis), "What is sold, and is it what is easiest to sell?"
    if frame is None or frame.empty:
        return not_assessable(analysis, "bookings", question, "offer.entry")
    entry = str(frame.loc[frame["entry"], "product_id"].iloc[0]) if frame["entry"].any() else ""
    now, shift = (f"offer.entry_{name}[product={entry}]" for name in ("share", "shift"))
    if not told.knows(now):
        return not_assessable(analysis, "bookings", question, "offer.entry")
    name = str(frame.loc[frame["entry"], "product"].iloc[0])
    title = f"The entry offer, {name}, makes {told(now)} of new bookings"
    if told.knows(shift):
        title += f", {told(shift, size=True)} of bookings {'more' if told.value(shift) > 0 else 'less'} than two years before"
    recent = frame[frame["index"] > frame["index"].max() - QUARTERS].sort_values(
        ["entry", "product_id"], ascending=[False, True], kind="stable"
    )
    wide = recent.pivot_table(index="period", columns="product", values="value", aggfunc="sum").reset_index()
    return exhibit(
        parts.by_quarter(pd.DataFrame({"label": recent["period"], "part": recent["product"], "amount": recent["value"]}), unit="percent"),
        id=f"{NAME}.bookings",
        question=question,
        title=title,
        table=wide,
        formats={name: "percent1" for name in wide.columns if name != "period"},
        labels={name: name for name in wide.columns if name != "period"},
        source=source_line(analysis, "opportunities"),
        note="Won new and expansion deals by the quarter in which they closed. The entry offer is the product that most new customers buy first.",
        alt="Stacked bars: share of each product in bookings by quarter",
        facts=(now, shift),
    )


def criteria(analysis: Analysis) -> Exhibit:
    """What buyers weigh, and where the target stands."""
    frame, told, question = analysis.frames.get("criteria"), told_of(analysis), "What do buyers weigh, and where does the target stand?"
    if frame is None or frame.empty or frame["gap"].notna().sum() == 0:
        return not_assessable(analysis, "criteria", question, ("offer.criterion", "offer.criteria"))
    known = [one for one in frame["criterion"] if told.knows(_gap(one))]
    if not known:
        return not_assessable(analysis, "criteria", question, ("offer.criterion", "offer.criteria"))
    worst, best = min(known, key=lambda one: told.value(_gap(one))), max(known, key=lambda one: told.value(_gap(one)))
    title = f"Against the rival that they know, buyers score the target lowest on {worst} ({told(_gap(worst), signed=True)} points) and highest on {best} ({told(_gap(best), signed=True)})"
    return exhibit(
        criteria_charts.quadrants(frame.assign(label=frame["criterion"])),
        id=f"{NAME}.criteria",
        question=question,
        title=title,
        table=frame[["criterion", "importance", "target", "rival", "gap", "low", "high", "quadrant", "n_both"]],
        formats={
            "importance": "ratio2",
            "target": "ratio2",
            "rival": "ratio2",
            "gap": "ratio2",
            "low": "ratio2",
            "high": "ratio2",
            "n_both": "count",
        },
        labels={"n_both": "Scored both", "quadrant": "So"},
        source=source_line(analysis, "purchase_criteria"),
        note="Gap: mean of the differences of those who scored both; bars are 95% intervals of a bootstrap over respondents. Fix: weighs more than the mean and behind.",
        alt="Scatter: gap to the rival and importance of each purchase criterion",
        facts=tuple(_gap(one) for one in known),
    )


def _gap(criterion: str) -> str:
    return f"offer.criterion_gap[criterion={criterion}]"


def losses(analysis: Analysis) -> Exhibit:
    """Why deals are lost."""
    frame, told, question = analysis.frames.get("losses"), told_of(analysis), "Why are deals lost?"
    if frame is None or frame.empty or not told.knows("offer.no_decision", "offer.product_gap"):
        return not_assessable(analysis, "losses", question, ("offer.no_decision", "offer.product_gap"))
    shown = frame.assign(
        label=frame["loss_reason"].str.replace("_", " "), recommended=frame["loss_reason"].isin(["no_decision", "product"])
    )
    return exhibit(
        dots.readings(shown[["label", "value", "low", "high", "recommended"]]),
        id=f"{NAME}.losses",
        question=question,
        title=f"{told('offer.no_decision')} of lost deals went to no decision{told.interval('offer.no_decision')}, {told('offer.product_gap')} to a gap in the product",
        table=shown[["label", "value", "low", "high", "numerator", "denominator"]],
        formats={**PERCENT, "numerator": "count", "denominator": "count"},
        labels={"label": "Reason", "value": "Share", "numerator": "Deals", "denominator": "Of"},
        source=source_line(analysis, "opportunities"),
        note="New and expansion deals lost in the last two years, by the reason that the sellers coded: what a buyer would say may differ.",
        alt="Dots with intervals: share of each reason among lost deals",
        facts=("offer.no_decision", "offer.product_gap"),
    )


def go_live(analysis: Analysis) -> Exhibit:
    """How soon customers are live."""
    frame, told, question = analysis.frames.get("go_live"), told_of(analysis), "How soon does it serve a new customer?"
    if frame is None or frame.empty or not told.knows("offer.go_live_median"):
        return not_assessable(analysis, "go_live", question, ("offer.go_live", "offer.live"))
    title = f"Half of new customers are live within {told('offer.go_live_median')} days"
    title += f", three quarters within {told('offer.go_live_p75')}" if told.knows("offer.go_live_p75") else ""
    return exhibit(
        curves.reached(frame, unit="days"),
        id=f"{NAME}.go_live",
        question=question,
        title=title,
        table=frame.groupby(frame["days"] // 15).tail(1),
        formats={"days": "count", **PERCENT, "n": "count"},
        labels={"value": "Live", "n": "Still watched"},
        source=source_line(analysis, "customers"),
        note="From the first contract to first productive use, customers of the last three years; those not live yet count for as long as they have waited.",
        alt="Curve: share of new customers that are live by days since the contract",
        facts=("offer.go_live_median", "offer.go_live_p75"),
    )


EXHIBITS: dict[str, Callable[[Analysis], Exhibit]] = {
    "attach": attach,
    "second_product": second_product,
    "wallet": wallet,
    "bookings": bookings,
    "criteria": criteria,
    "losses": losses,
    "go_live": go_live,
}
