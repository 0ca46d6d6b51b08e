"""Exhibits of recurring revenue beyond the invoices: contracts, definitions, cuts."""

import pandas as pd

from diligence.charts import bridge as bridges
from diligence.charts import cuts as cut_charts
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import definition
from diligence.reports.exhibit import Exhibit, exhibit
from diligence.reports.exhibits.common import currency_of, not_assessable, source_line, told_of
from diligence.reports.formats import in_sentence
from diligence.reports.told import Told

NAME = "01_revenue_quality"
CUTS = {
    "size_band": "Size", "country": "Country", "industry": "Industry", "channel": "Channel", "product_family": "Product family",
    "tenure": "Tenure", "product": "Product", "cohort_year": "Cohort",
}  # fmt: skip
SHORT = {"contracted": "Under contract", "invoiced": "As invoiced", "with_metered": "With metered usage", "part_months": "Part months"}
DRAWN = ("size_band", "country", "industry", "channel", "product_family", "tenure")
WEIGHTY = 0.05
"""A value of a cut is named in the title if it holds this share of the opening."""
WORDS = {"nrr": "net revenue retention", "grr": "gross revenue retention", "logo": "logo retention", "arr": "annual recurring revenue"}
STEPS = {
    "returned": "customers won back",
    "returned_groups": "new customers of groups that had left",
    "subsidiaries": "new customers of existing groups",
    "subsidiary_returns": "customers of existing groups won back",
    "products": "products that customers added",
    "acquired": "acquired customers",
    "new_logos": "new customers",
    "downgrades": "contraction not counted",
    "metered": "metered usage",
    "part_months": "the month's last day for its accrual",
    "services": "services",
}


def contracted(analysis: Analysis) -> Exhibit:
    """From contracts to invoices, in named steps."""
    frame, told, question = analysis.frames.get("arr_bridge"), told_of(analysis), "Do contracts and invoices say the same?"
    if frame is None or not told.knows("arr.contracted", "arr.invoiced"):
        return not_assessable(analysis, "contracted", question, "arr.")
    title = f"Contracts in force give {told('arr.contracted')} a year, recurring invoices {told('arr.invoiced')}: {told('arr.disagreement')} apart"
    if told.knows("arr.signed") and told.value("arr.signed") > 0:
        title += f"; {told('arr.signed')} more is signed and not live"
    path = frame[
        frame["step"].isin(["contracted", "invoiced", "with_metered"]) | ~frame["step"].isin(["fixed_term", "evergreen", "notice"])
    ]
    path = path[path["total"] | (path["amount"].abs() >= 0.005)]
    kind = ["total" if total else "up" if amount >= 0 else "down" for total, amount in zip(path["total"], path["amount"], strict=True)]
    drawn = pd.DataFrame(
        {"step": path["step"], "label": [SHORT.get(one) or _step(one) for one in path["step"]], "amount": path["amount"], "kind": kind}
    )
    table = pd.DataFrame({"step": [_step(one) for one in frame["step"]], "amount": frame["amount"], "pairs": frame["n"]})
    return exhibit(
        bridges.waterfall(drawn, currency=currency_of(analysis), zoom=True),
        id=f"{NAME}.contracted",
        question=question,
        title=title,
        table=table,
        formats={"amount": "money", "pairs": "count"},
        labels={"pairs": "Customer-product pairs"},
        source=source_line(analysis, "contracts", "revenue", "opportunities"),
        note="Contracts and invoices meet by customer and product; the steps add up to the cent. Metered usage is the last three months x 4, a line of its own. A contract counts to the last day of its term; what is under notice stays in until then.",
        alt="Waterfall from contracted to invoiced annual recurring revenue",
        facts=tuple(f"arr.{step}" for step in frame["step"] if step != "fixed_term"),
        currency=currency_of(analysis),
    )


def _step(step: str) -> str:
    return "Fixed term, no notice" if step == "fixed_term" else definition(f"arr.{step}").label


def definitions(analysis: Analysis) -> Exhibit:
    """From management's figures to ours, in money; where none were reported, from reading to reading."""
    frame, told, question = analysis.frames.get("definition_bridge"), told_of(analysis), "Why do the figures differ?"
    if frame is None:
        return _reading_steps(analysis, question)
    last = frame[frame["month"] == frame.groupby("metric")["month"].transform("max")]
    names = list(dict.fromkeys(last["metric"]))
    money = [name for name in names if name != "logo"]
    widest = max(money or names, key=lambda name: abs(told.value(f"definition.{name}_gap")))
    path = last[last["metric"] == widest]
    rows = [
        (row.step, _said(row.step, widest), row.amount, "total" if row.total else "up" if row.amount >= 0 else "down")
        for row in path.itertuples()
        if row.total or abs(row.amount) >= 0.5
    ]
    drawn = pd.DataFrame(rows, columns=["step", "label", "amount", "kind"])
    widely = (
        frame[frame["step"].isin(["reported", "ours"])].groupby(["metric", "month"])["share"].agg(lambda pair: abs(pair.diff().iloc[-1]))
    )
    shown = frame.set_index(["metric", "month"]).index.isin([(name, widely[name].idxmax()) for name in names])
    table = frame[shown | frame.index.isin(last.index)]
    table = table.assign(metric=table["metric"].map(WORDS), step=[_said(s, m) for s, m in zip(table["step"], table["metric"], strict=True)])
    logos = table["metric"] == WORDS["logo"]
    table["accounts"], table["amount"] = table["amount"].where(logos), table["amount"].mask(logos)
    table["share"] = table["share"].where(table["metric"] != WORDS["arr"])
    return exhibit(
        bridges.waterfall(drawn, currency=currency_of(analysis), zoom=True),
        id=f"{NAME}.definitions",
        question=question,
        title=_differences(told, names, widest, currency_of(analysis)),
        table=table[["metric", "month", "step", "amount", "accounts", "share"]],
        formats={"month": "month", "amount": "money_full", "accounts": "count", "share": "percent1"},
        labels={"share": "Of the opening"},
        source=source_line(analysis, "reported", "revenue", "usage"),
        note="Steps are summed from rows. Those differences of definition are named that bring most of the periods reported, not the last alone, within the rounding of the reported figure; what none explains is left open. Logos are counts.",
        alt="Waterfall from a reported figure to ours",
        facts=tuple(f"definition.{name}_{part}" for name in names for part in ("reported", "ours", "gap", "explained", "unexplained")),
        currency=currency_of(analysis),
    )


def _differences(told: Told, names: list[str], widest: str, currency: str) -> str:
    """Say of the widest difference how wide and why, and of the others which have no explanation."""
    reported, ours = told(f"definition.{widest}_reported"), told(f"definition.{widest}_ours")
    word = "above" if told.value(f"definition.{widest}_gap") >= 0 else "below"
    same = reported == ours
    title = f"Reported {WORDS[widest]} of {reported} is {'ours too' if same else f'{word} our {ours}'}"
    steps = {key: told.value(f"definition.{widest}_step[step={key}]") for key in STEPS}
    steps = {key: amount for key, amount in steps.items() if abs(amount) >= 0.5}
    if steps and not same:
        title += ", for " + " and ".join(
            f"{STEPS[key]} ({in_sentence(amount, 'money', currency=currency, signed=True)})" for key, amount in steps.items()
        )
    open_ = [
        WORDS[name]
        for name in names
        if not told.knows(f"definition.{name}_step")
        and not any(told.knows(f"definition.{name}_step[step={key}]") for key in STEPS)
        and told(f"definition.{name}_reported") != told(f"definition.{name}_ours")
    ]
    if open_:
        title += f"; no definition explains the reported {' and '.join(open_)}"
    return title


def _said(step: str, metric: str) -> str:
    fixed = {"reported": f"Reported {WORDS[metric]}", "ours": f"Our {WORDS[metric]}", "unexplained": "Not explained"}
    label = fixed.get(step, STEPS.get(step, step))
    return label[0].upper() + label[1:]


def _reading_steps(analysis: Analysis, question: str) -> Exhibit:
    frame = analysis.frames.get("reading_steps")
    if frame is None:
        return not_assessable(analysis, "definitions", question, "retention.")
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
        id=f"{NAME}.definitions",
        question=question,
        title=f"The widest step between readings is {amount}: {widest['step']}",
        table=drawn[["label", "amount", "kind"]],
        formats={"amount": "money"},
        source=source_line(analysis, "revenue", "customers"),
        note="Management's figures were not given. Numerators of net revenue retention, annualised; each step is summed from rows and the readings tie to the cent.",
        alt="Waterfall from reading to reading of net revenue retention, in money",
        facts=tuple(f"retention.{name}" for name in frame["reading"]),
        currency=currency_of(analysis),
    )


def _short(metric: str) -> str:
    label = definition(metric).label.replace("Net revenue retention", "NRR").replace("Gross revenue retention", "GRR")
    return label.replace(" (recommended reading)", ", recommended")


def cuts(analysis: Analysis) -> Exhibit:
    """Net and gross retention of each value of each cut."""
    frame, told, question = analysis.frames.get("cuts"), told_of(analysis), "Where do customers stay, and where not?"
    if frame is None or frame["grr"].notna().sum() < 2:
        return not_assessable(analysis, "cuts", question, "retention.")
    known = frame[frame["grr"].notna()]
    whole = known.groupby("cut")["opening"].transform("sum")
    weighty = known[(known["opening"] >= WEIGHTY * whole) & known["cut"].isin(DRAWN)]
    weighty = weighty if len(weighty) > 1 else known
    low, high = weighty.loc[weighty["grr"].idxmin()], weighty.loc[weighty["grr"].idxmax()]
    names = [f"{CUTS[row['cut']].lower()} {row['value']}" for row in (low, high)]
    keys = [f"retention.grr_ltm[{row['cut']}={row['value']}]" for row in (low, high)]
    drawn = known[known["cut"].isin(DRAWN)].assign(group=known["cut"].map(CUTS))
    drawn = drawn.sort_values(
        ["cut", "grr"], key=lambda column: column.map({cut: n for n, cut in enumerate(DRAWN)}) if column.name == "cut" else column
    )
    return exhibit(
        cut_charts.dots(drawn.rename(columns={"value": "label"}), level=told.value("retention.grr_ltm")),
        id=f"{NAME}.cuts",
        question=question,
        title=f"Gross retention runs from {told(keys[0])} ({names[0]}) to {told(keys[1])} ({names[1]}), against {told('retention.grr_ltm')} of the whole",
        table=frame.assign(cut=frame["cut"].map(CUTS))[
            ["cut", "value", "n", "opening", "closing", "nrr", "nrr_low", "nrr_high", "grr", "grr_low", "grr_high", "logo"]
        ],
        formats={"n": "count", "opening": "money", "closing": "money", **dict.fromkeys(RATES, "percent1")},
        labels={"n": "Opening accounts", "nrr": "Net", "grr": "Gross", "logo": "Logos"},
        source=source_line(analysis, "revenue", "customers", "products"),
        note="Intervals of 95 per cent, a bootstrap over customers. Blank: fewer than ten accounts at the opening. Of this many values the weakest and the strongest lie apart by chance, too: read them with their intervals. Customer attributes are as of today.",
        alt="Dots with intervals: gross and net revenue retention of each value of each cut",
        facts=tuple(keys),
        currency=currency_of(analysis),
    )


RATES = ("nrr", "nrr_low", "nrr_high", "grr", "grr_low", "grr_high", "logo")
