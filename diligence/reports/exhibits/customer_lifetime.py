"""Exhibits of customer lifetime: survival, cuts, reasons, renewals, the fitted curve, value, clauses, losses, the last quarter."""

from collections.abc import Callable

import pandas as pd

from diligence.charts import lifetime_value as worths
from diligence.charts import retention as retentions
from diligence.charts import survival as survivals
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import definition
from diligence.facts.sheet import OK
from diligence.reports.exhibit import Exhibit, exhibit
from diligence.reports.exhibits.common import currency_of, not_assessable, source_line, told_of

NAME = "02_customer_lifetime"
SHARE = {"value": "percent1", "low": "percent1", "high": "percent1", "n": "count"}
SHOWN_AGES = (12, 24, 36, 48, 60, 84, 120)
STEPS = {1: "First renewal", 2: "Second renewal", 3: "Third renewal", 4: "Fourth renewal", 5: "Fifth renewal and later"}
WORDS = {
    "price": "Price",
    "product": "The product",
    "service": "Service",
    "competitor": "A competitor",
    "insolvency": "Insolvency",
    "consolidation": "Consolidation",
    "need_gone": "A need that is gone",
    "other": "Another reason",
}
LIVES = "By ultimate parent. Customers there before the data enter at their age; those still there count as still there. Bands are 95% intervals."


def survival(analysis: Analysis) -> Exhibit:
    """Survival of all customers and of each segment."""
    frame, told, question = analysis.frames.get("survival"), told_of(analysis), "How long do customers stay?"
    if frame is None or not told.knows("lifetime.survival_12m"):
        return not_assessable(analysis, "survival", question, "lifetime.survival_")
    title = f"After one year {told('lifetime.survival_12m')} of customers are still there"
    if told.knows("lifetime.survival_36m"):
        title += f", after three {told('lifetime.survival_36m')}"
    if told.knows("lifetime.survival_60m"):
        title += f", after five {told('lifetime.survival_60m')}"
    drawn, cut = frame.assign(group="all"), analysis.frames.get("survival_segments")
    if cut is not None:
        parts = [cut[cut["segment"] == name] for name in _assessed(analysis, "lifetime.survival_36m")]
        drawn = pd.concat([drawn, *(part.assign(group=part["segment"].str.replace("_", " ")) for part in parts)], ignore_index=True)
    table = drawn[drawn["age"].isin(SHOWN_AGES)][["group", "age", "survival", "low", "high", "at_risk"]]
    return exhibit(
        survivals.survival(drawn[["group", "age", "survival", "low", "high"]], currency=currency_of(analysis)),
        id=f"{NAME}.survival",
        question=question,
        title=title,
        table=table,
        formats={"age": "count", "survival": "percent1", "low": "percent1", "high": "percent1", "at_risk": "count"},
        labels={"age": "Age, months", "survival": "Still there"},
        source=source_line(analysis, "revenue", "customers"),
        note=f"{LIVES} A segment of which too few were followed is left out.",
        alt="Step curves with bands: share of customers still there by months since they began, all and by segment",
        facts=(
            "lifetime.survival_12m",
            "lifetime.survival_24m",
            "lifetime.survival_36m",
            "lifetime.survival_60m",
            "lifetime.median",
        ),
        currency=currency_of(analysis),
    )


def _assessed(analysis: Analysis, metric: str) -> list[str]:
    """Name the segments for which a fact is a number."""
    facts = analysis.facts
    mine = facts[(facts["metric"] == metric) & (facts["segment"] != "") & (facts["status"] == OK)]
    return mine["segment"].tolist()


def cuts(analysis: Analysis) -> Exhibit:
    """Survival after three years by every cut."""
    frame, told, question = analysis.frames.get("cuts"), told_of(analysis), "Who stays, and who leaves?"
    shown = frame[frame["value"].notna()] if frame is not None else pd.DataFrame()
    if frame is None or shown.empty:
        return not_assessable(analysis, "cuts", question, "lifetime.survival_36m")
    unlike = [cut for cut in dict.fromkeys(frame["cut"]) if told.value(f"lifetime.log_rank[cut={cut}]") < 0.01]
    words = " and ".join(", ".join(cut.replace("_", " ") for cut in unlike).rsplit(", ", 1))
    title = (
        f"Customers leave at different rates by {words}; other cuts tell less"
        if unlike
        else "No cut parts customers who stay from customers who leave"
    )
    label = shown["cut"].str.replace("_", " ").str.capitalize() + ": " + shown["name"].astype("str").str.replace("_", " ")
    drawn = pd.DataFrame(
        {"label": label, **{name: shown[name] for name in ("value", "low", "high")}, "recommended": shown["cut"].isin(unlike)}
    )
    test = [told.value(f"lifetime.log_rank[cut={cut}]") for cut in frame["cut"]]
    return exhibit(
        retentions.readings(drawn, currency=currency_of(analysis)),
        id=f"{NAME}.cuts",
        question=question,
        title=title,
        table=frame.assign(log_rank=test),
        formats={**SHARE, "log_rank": "ratio4"},
        labels={"value": "Still there after three years", "log_rank": "Log-rank p", "n": "Customers"},
        source=source_line(analysis, "revenue", "customers"),
        note="Share still there after three years, with 95% intervals; blank where fewer than ten were at risk at some age. Filled where the log-rank test says that the cut matters (p below 0.01). One cut may stand for another: a regression with all of them is in the facts.",
        alt="Dots with intervals: share of customers still there after three years, by segment, size, country, channel, product and cohort",
        facts=tuple(f"lifetime.log_rank[cut={cut}]" for cut in dict.fromkeys(frame["cut"])),
        currency=currency_of(analysis),
    )


def reasons(analysis: Analysis) -> Exhibit:
    """Share lost to each reason by age."""
    frame, told, question = analysis.frames.get("reasons"), told_of(analysis), "Why do they leave?"
    facts = analysis.facts
    mine = facts[(facts["metric"] == "lifetime.loss_reason_36m") & (facts["status"] == OK)]
    if frame is None or mine.empty:
        return not_assessable(analysis, "reasons", question, ("lifetime.loss_reason_36m", "lifetime.own_making"))
    keys = [f"lifetime.loss_reason_36m[reason={name}]" for name in mine["object_id"]]
    most = max(keys, key=told.value)
    reason = WORDS.get(most.partition("=")[2].rstrip("]"), "")
    title = f"{reason} takes most, {told(most)} of customers within three years" if reason else "Most losses have no reason on record"
    if told.knows("lifetime.own_making"):
        title += f"; {told('lifetime.own_making')} of losses lie with the offer"
    table = mine[["object_id", "value", "low", "high"]].sort_values("value", ascending=False, kind="stable")
    return exhibit(
        survivals.incidence(frame, currency=currency_of(analysis)),
        id=f"{NAME}.reasons",
        question=question,
        title=title,
        table=table.assign(object_id=table["object_id"].str.replace("_", " ")),
        formats={"value": "percent1", "low": "percent1", "high": "percent1"},
        labels={"object_id": "Reason", "value": "Lost within three years"},
        source=source_line(analysis, "revenue", "customers", "contracts"),
        note="Reasons compete: who left for one cannot leave for another, and together they make all who left. The register's reason is what the target wrote down. Price, product, service and competitor count as lying with the offer.",
        alt="Stacked areas: share of customers that have left, by reason and months since they began",
        facts=(*keys, "lifetime.own_making"),
        currency=currency_of(analysis),
    )


def renewals(analysis: Analysis) -> Exhibit:
    """Loss among contracts that came up, by renewal."""
    frame, told, question = analysis.frames.get("renewal_loss"), told_of(analysis), "How many are lost when they can leave?"
    if not told.knows("lifetime.renewal_loss"):
        return not_assessable(analysis, "renewals", question, ("lifetime.renewal_loss", "lifetime.smeared_loss"))
    title = f"Of the contracts that came up, {told('lifetime.renewal_loss')} by value and {told('lifetime.renewal_loss_count')} by number were lost"
    if told.knows("lifetime.smeared_loss"):
        title += f"; over all under contract it reads {told('lifetime.smeared_loss')}"
    known = frame if frame is not None else pd.DataFrame()
    table = pd.DataFrame()
    if len(known):
        label = known["step"].map(STEPS)
        table = pd.DataFrame(
            {
                "label": label,
                "value": known["count_value"],
                "low": known["low"],
                "high": known["high"],
                "lost": known["lost"],
                "n": known["n"],
            }
        )
    return exhibit(
        retentions.readings(table.assign(recommended=False)) if len(table) else None,
        id=f"{NAME}.renewals",
        question=question,
        title=title,
        table=table if len(table) else None,
        formats={**SHARE, "lost": "count"} if len(table) else {},
        labels={"label": "Renewal", "value": "Lost, by number", "n": "Came up"},
        source=source_line(analysis, "contracts"),
        note="The title is of the last twelve months, the figure of five years. A contract that does not come up cannot be lost; one that ended lately without a word is open and in neither part. Unlike customers alone make early renewals worse than later ones.",
        alt="Dots with intervals: share of contracts lost at the first, second and later renewals",
        facts=(
            "lifetime.renewal_loss",
            "lifetime.renewal_loss_count",
            "lifetime.smeared_loss",
            "lifetime.first_renewal_loss",
            "lifetime.early_loss_ratio",
            "lifetime.renewal_open",
        ),
        currency=currency_of(analysis),
    )


def curve(analysis: Analysis) -> Exhibit:
    """The fitted retention curve beside what was seen."""
    frame, told, question = analysis.frames.get("retention_curve"), told_of(analysis), "Does the rate of leaving fall with age?"
    if frame is None or not told.knows("lifetime.polarisation"):
        return not_assessable(analysis, "curve", question, ("lifetime.alpha", "lifetime.polarisation"))
    title = f"A new customer pays for {told('lifetime.restricted_years')} of its first five years"
    if told.value("lifetime.alpha") <= 1:
        title += "; without a horizon its mean life would be infinite, so none is given"
    mixed = told.value("lifetime.pooling") < 0.01
    together = "Cohorts differ more than chance allows: the curve mixes unlike customers with change over the years." if mixed else ""
    return exhibit(
        survivals.fitted(frame[["age", "survival", "low", "high", "observed"]], currency=currency_of(analysis)),
        id=f"{NAME}.curve",
        question=question,
        title=title,
        table=frame[["age", "survival", "low", "high", "observed", "at_risk"]],
        formats={"age": "count", **dict.fromkeys(("survival", "low", "high", "observed"), "percent1"), "at_risk": "count"},
        labels={"age": "Years", "survival": "Fitted"},
        source=source_line(analysis, "revenue", "customers"),
        note=f"Shifted beta-geometric by years of age: customers differ in their chance to leave, and those most likely to go first. {together}".strip(),
        alt="Curve with band: fitted share of customers still there by year, and what was observed",
        facts=("lifetime.alpha", "lifetime.beta", "lifetime.polarisation", "lifetime.restricted_years", "lifetime.pooling"),
        currency=currency_of(analysis),
    )


def values(analysis: Analysis) -> Exhibit:
    """Lifetime value from survival against the naive one."""
    frame, told, question = analysis.frames.get("values"), told_of(analysis), "What is a customer worth?"
    if frame is None or not told.knows("lifetime.value"):
        return not_assessable(analysis, "values", question, "lifetime.value")
    title = f"A customer of average revenue is worth {told('lifetime.value')} of margin over its first five years"
    if told.knows("lifetime.value_naive"):
        title += f"; revenue times margin over churn would say {told('lifetime.value_naive')}"
    shown = frame.assign(segment=frame["segment"].str.replace("_", " "))
    return exhibit(
        worths.values(shown[shown["value"].notna()], currency=currency_of(analysis)),
        id=f"{NAME}.values",
        question=question,
        title=title,
        table=shown,
        formats={**dict.fromkeys(("value", "low", "high", "naive", "annual_value"), "money"), "gross_margin": "percent1", "n": "count"},
        labels={"annual_value": "Revenue a year", "n": "Customers"},
        source=source_line(analysis, "revenue", "customers", "products", "ledger"),
        note="Revenue of today's customers, discounted gross margin of the first five years by observed survival, with 95% intervals of a bootstrap over customers. The naive figure has no horizon and no discount and takes all customers as alike; it is shown to be compared.",
        alt="Dots with intervals: lifetime value from survival and the naive one, by segment",
        facts=(
            "lifetime.value",
            "lifetime.value_naive",
            "lifetime.value_naive_excess",
            "lifetime.annual_value",
            "lifetime.gross_margin",
            "lifetime.base_value",
        ),
        currency=currency_of(analysis),
    )


def clauses(analysis: Analysis) -> Exhibit:
    """Share of contracted value under each clause."""
    frame, told, question = analysis.frames.get("clauses"), told_of(analysis), "What may customers do when the owner changes?"
    if frame is None or not told.knows("lifetime.change_of_control"):
        return not_assessable(analysis, "clauses", question, ("lifetime.change_of_control", "lifetime.consent"))
    names = {
        "change_of_control_termination": "May terminate at a change of control",
        "change_of_control_consent": "Must consent to a change of control",
        "convenience": "May terminate for convenience",
        "most_favoured": "Pays no more than any other customer",
    }
    shown = pd.DataFrame(
        {"label": frame["clause"].map(names), **{column: frame[column] for column in ("value", "numerator", "denominator", "n")}}
    )
    return exhibit(
        worths.shares(
            shown[["label", "value"]].assign(worst=frame["clause"] == "change_of_control_termination"), currency=currency_of(analysis)
        ),
        id=f"{NAME}.clauses",
        question=question,
        title=f"{told('lifetime.change_of_control')} of contracted value may leave or must consent when ownership changes",
        table=shown,
        formats={"value": "percent1", "numerator": "money", "denominator": "money", "n": "count"},
        labels={"label": "Clause", "n": "Contracts"},
        source=source_line(analysis, "contracts"),
        note="Contracts in force at the as-of date by annual value, of those whose clause is stated. One contract may stand under several.",
        alt="Bars: share of contracted value under each clause",
        facts=("lifetime.change_of_control", "lifetime.consent", "lifetime.convenience", "lifetime.most_favoured"),
        currency=currency_of(analysis),
    )


def losses(analysis: Analysis) -> Exhibit:
    """Simulated loss of a bad year."""
    frame, told, question = analysis.frames.get("losses"), told_of(analysis), "How bad can a year be?"
    if frame is None or not told.knows("lifetime.loss_p95"):
        return not_assessable(analysis, "losses", question, "lifetime.loss_")
    shown = pd.DataFrame({"label": frame["loss"].str.capitalize(), "value": frame["value"]})
    return exhibit(
        worths.shares(shown.assign(worst=[False, False, True, False]), currency=currency_of(analysis)),
        id=f"{NAME}.losses",
        question=question,
        title=f"In one year of twenty more than {told('lifetime.loss_p95')} of recurring revenue is lost, if customers share a common shock; {told('lifetime.loss_expected')} is expected",
        table=shown,
        formats={"value": "percent1"},
        labels={"label": "Loss in a year", "value": "Share of recurring revenue"},
        source=source_line(analysis, "revenue", "customers"),
        note="Simulated by ultimate parent at the logo loss of the last twelve months; a customer leaves whole. The correlation of the shock, one tenth, is an assumption.",
        alt="Bars: expected loss of recurring revenue in a year, and what a bad year exceeds",
        facts=("lifetime.loss_expected", "lifetime.loss_deviation", "lifetime.loss_p95", "lifetime.loss_p95_alone"),
        currency=currency_of(analysis),
    )


def recent(analysis: Analysis) -> Exhibit:
    """What sets the last three months apart."""
    frame, told, question = analysis.frames.get("recent"), told_of(analysis), "Was the last quarter brought forward?"
    if frame is None or not told.knows("lifetime.run_rate_excess"):
        return not_assessable(analysis, "recent", question, ("lifetime.run_rate_excess", "lifetime.trend_deviation"))
    side = "above" if told.value("lifetime.run_rate_excess") >= 0 else "below"
    title = f"The last three months stand {told('lifetime.run_rate_excess', size=True)} {side} the year"
    if told.knows("lifetime.early_renewals"):
        title += f"; {told('lifetime.early_renewals')} of renewals were brought forward"
    table = pd.DataFrame({"metric": [definition(metric).label for metric in frame["metric"]], "value": frame["value"], "n": frame["n"]})
    return exhibit(
        None,
        id=f"{NAME}.recent",
        question=question,
        title=title,
        table=table,
        formats={"value": "percent1", "n": "count"},
        labels={"metric": "Measure", "n": "Rows"},
        source=source_line(analysis, "revenue", "contracts", "quotes", "invoices"),
        note="A growing business stands above its year without bringing anything forward; renewals, discounts and one-offs tell the difference. Credits for these months may still come.",
        facts=tuple(frame["metric"]),
        currency=currency_of(analysis),
    )


EXHIBITS: dict[str, Callable[[Analysis], Exhibit]] = {
    "survival": survival,
    "cuts": cuts,
    "reasons": reasons,
    "renewals": renewals,
    "curve": curve,
    "values": values,
    "clauses": clauses,
    "losses": losses,
    "recent": recent,
}
