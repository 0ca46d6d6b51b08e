"""Exhibits of the market: its size twice, share, penetration, what is left, growth taken apart, new customers, adoption, the right to win."""

from collections.abc import Callable

import pandas as pd

from diligence.charts import adoption as adoptions
from diligence.charts import bridge as bridges
from diligence.charts import parts
from diligence.charts import retention as dots
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import definition
from diligence.reports.exhibit import Exhibit, exhibit
from diligence.reports.exhibits.common import currency_of, not_assessable, source_line, told_of
from diligence.reports.told import Told

NAME = "03_market"
PERCENT = {"value": "percent1", "low": "percent1", "high": "percent1"}
SOURCES = ("market", "share", "price", "mix", "range")


def segment_words(segment: str) -> str:
    """Write the name of a segment as a reader says it.

    >>> segment_words("mid_market")
    'mid market'
    """
    return str(segment).replace("_", " ")


def size(analysis: Analysis) -> Exhibit:
    """Serviceable spend by two methods."""
    frame, told, question = analysis.frames.get("triangulation"), told_of(analysis), "How large is the market, counted and estimated?"
    if frame is None or not told.knows("market.sam_bottom_up", "market.sam_top_down"):
        return not_assessable(analysis, "size", question, ("market.sam_bottom_up", "market.sam_top_down", "market.tam"))
    shown = [("sam_bottom_up", "Counted, account by account"), ("sam_top_down", "Estimated from above")]
    drawn = pd.concat(
        [pd.DataFrame({"label": frame["segment"].map(segment_words), "part": name, "amount": frame[column]}) for column, name in shown]
    )
    columns = [
        "segment",
        "accounts_bottom_up",
        "accounts_top_down",
        "tam_bottom_up",
        "tam_top_down",
        "sam_bottom_up",
        "sam_top_down",
        "sam_ratio",
    ]
    return exhibit(
        parts.lying(drawn, currency=currency_of(analysis), stacked=False),
        id=f"{NAME}.size",
        question=question,
        title=f"Named accounts make a serviceable market of {told('market.sam_bottom_up')} a year, {told('market.sam_ratio')} times the {told('market.sam_top_down')} that is estimated from above",
        table=frame[columns],
        formats={"accounts_bottom_up": "count", "accounts_top_down": "count", "sam_ratio": "ratio2"} | dict.fromkeys(columns[3:7], "money"),
        labels={
            "accounts_bottom_up": "Accounts named", "accounts_top_down": "Accounts claimed", "tam_bottom_up": "Addressable, counted", "tam_top_down": "Addressable, estimated",
            "sam_bottom_up": "Serviceable, counted", "sam_top_down": "Serviceable, estimated", "sam_ratio": "Ratio",
        },
        source=source_line(analysis, "universe", "market"),
        note="Counted: named accounts by ultimate parent, potential times fit. Two methods that share one source agree for that reason alone: see what the market table names as its own.",
        alt="Bars: serviceable spend of each segment, counted from named accounts and estimated from above",
        facts=("market.sam_bottom_up", "market.sam_top_down", "market.sam_ratio"),
        currency=currency_of(analysis),
    )  # fmt: skip


def share(analysis: Analysis) -> Exhibit:
    """Share of market by segment, from revenue and as stated."""
    told, question = told_of(analysis), "What share of it does the target hold?"
    segments = _segments(analysis, "market.share")
    if not segments:
        return not_assessable(analysis, "share", question, "market.share")
    keys = [f"market.share[segment={one}]" for one in segments]
    rows = [
        (
            segment_words(one),
            *(
                told.value(f"market.{name}[segment={one}]")
                for name in ("share", "share_sam", "share_change", "share_stated", "relative_share")
            ),
        )
        for one in segments
    ]
    table = pd.DataFrame(rows, columns=["segment", "share", "share_sam", "share_change", "share_stated", "relative_share"])
    both = [
        pd.DataFrame({"label": table["segment"], "part": name, "amount": table[column]})
        for column, name in (("share", "From own revenue"), ("share_stated", "As stated"))
    ]
    lead = max(keys, key=told.value)
    return exhibit(
        parts.lying(pd.concat(both).dropna(), unit="percent", stacked=False),
        id=f"{NAME}.share",
        question=question,
        title=f"The target holds {told('market.share')} of all that its segments spend: {told(lead)} in {segment_words(_segment_of(lead))}, {told(min(keys, key=told.value))} in {segment_words(_segment_of(min(keys, key=told.value)))}",
        table=table,
        formats=dict.fromkeys(("share", "share_sam", "share_change", "share_stated"), "percent1") | {"relative_share": "ratio2"},
        labels={
            "share": "Share of spend",
            "share_sam": "Of the serviceable part",
            "share_change": "Change in a year",
            "share_stated": "As stated",
            "relative_share": "To the largest rival",
        },
        source=source_line(analysis, "revenue", "market", "competitors"),
        note="Own revenue at the closing over the market table's latest year; rivals' shares are as stated.",
        alt="Bars: share of each segment's spend from own revenue and as stated",
        facts=("market.share", *keys),
        currency=currency_of(analysis),
    )


def penetration(analysis: Analysis) -> Exhibit:
    """Penetration of fitting accounts by segment."""
    frame, told, question = analysis.frames.get("penetration"), told_of(analysis), "How full is each segment?"
    if frame is None or not told.knows("market.penetration_fit"):
        return not_assessable(analysis, "penetration", question, "market.penetration")
    shown = frame.assign(label=frame["segment"].map(segment_words), recommended=frame["value"].eq(frame["value"].max()))
    full = f"market.penetration_fit[segment={frame.loc[frame['value'].idxmax(), 'segment']}]"
    title = f"{told(full)} of the fitting accounts in {segment_words(_segment_of(full))} are customers; over all segments it is {told('market.penetration_fit')}"
    net = full.replace("_fit[", "_obtainable[")
    if told.knows(net):
        title += f". Net of what rivals keep, {segment_words(_segment_of(full))} is {told(net)} full"
    return exhibit(
        dots.readings(shown[["label", "value", "low", "high", "recommended"]]),
        id=f"{NAME}.penetration",
        question=question,
        title=title,
        table=shown[["label", "value", "low", "high", "numerator", "denominator", "n"]],
        formats={**PERCENT, "numerator": "number", "denominator": "number", "n": "count"},
        labels={"label": "Segment", "numerator": "Customers, by fit", "denominator": "Accounts, by fit", "n": "Accounts"},
        source=source_line(analysis, "universe", "customers", "revenue"),
        note="By ultimate parent, each account weighted by how likely the offer fits; bars are 95% intervals of a bootstrap over accounts.",
        alt="Dots with intervals: penetration of fitting accounts by segment",
        facts=("market.penetration_fit", full),
    )


def space(analysis: Analysis) -> Exhibit:
    """What is left to win, net of what rivals keep."""
    frame, told, question = analysis.frames.get("white_space"), told_of(analysis), "What is left to win?"
    if frame is None or not told.knows("market.white_space"):
        return not_assessable(analysis, "space", question, "market.white_space")
    frame = frame.assign(label=frame["segment"].map(segment_words), kept=frame["amount"] - frame["obtainable"])
    known = frame["obtainable"].notna().any()
    shown = [("obtainable", "Obtainable"), ("kept", "Held and kept by rivals")] if known else [("amount", "Open")]
    drawn = pd.concat([pd.DataFrame({"label": frame["label"], "part": name, "amount": frame[column]}) for column, name in shown])
    title = f"Accounts that are no customers could spend {told('market.white_space')} a year"
    if told.knows("market.white_space_obtainable"):
        most = f"market.white_space_obtainable[segment={frame.loc[frame['obtainable'].idxmax(), 'segment']}]"
        title += f"; net of what rivals keep it is {told('market.white_space_obtainable')}, {told(most)} of it in {segment_words(_segment_of(most))}"
    return exhibit(
        parts.lying(drawn.dropna(), currency=currency_of(analysis)),
        id=f"{NAME}.space",
        question=question,
        title=title,
        table=frame[["label", "accounts", "fitting", "amount", "obtainable_accounts", "obtainable"]],
        formats={"accounts": "count", "fitting": "number", "amount": "money", "obtainable_accounts": "number", "obtainable": "money"},
        labels={
            "label": "Segment",
            "accounts": "Accounts not won",
            "fitting": "Of which fit",
            "amount": "Open",
            "obtainable_accounts": "Accounts obtainable",
            "obtainable": "Obtainable",
        },
        source=source_line(analysis, "universe", "competitors", "opportunities", "revenue"),
        note="Potential times fit of named accounts that are no customers. Kept by rivals: their stated share of what is not the target's, times the share of deals against a rival that are lost.",
        alt="Stacked bars: white space by segment, obtainable and kept by rivals",
        facts=("market.white_space", "market.white_space_obtainable"),
        currency=currency_of(analysis),
    )


def sources(analysis: Analysis) -> Exhibit:
    """Growth taken apart."""
    frame, told, question = analysis.frames.get("growth_sources"), told_of(analysis), "Where did growth come from?"
    keys = [f"market.growth_{name}" for name in SOURCES]
    if frame is None or not told.knows(*keys):
        return not_assessable(analysis, "sources", question, "market.growth_")
    rows = [("then", "A year ago", float(frame["then"].sum()), "total")]
    rows += [
        (name, definition(key).label, told.value(key), "up" if told.value(key) >= 0 else "down")
        for name, key in zip(SOURCES, keys, strict=True)
        if abs(told.value(key)) >= 0.005
    ]
    rows += [("now", "Now", float(frame["now"].sum()), "total")]
    drawn = pd.DataFrame(rows, columns=["step", "label", "amount", "kind"])
    most = max(keys, key=told.value)
    return exhibit(
        bridges.waterfall(drawn, currency=currency_of(analysis), zoom=True),
        id=f"{NAME}.sources",
        question=question,
        title=f"{definition(most).label} gave {told(most)}; the growth of the market itself gave {told('market.growth_market')}, and price {told('market.growth_price')}",
        table=frame.assign(segment=frame["segment"].map(segment_words)),
        formats={name: "money" for name in frame.columns if name != "segment"},
        source=source_line(analysis, "revenue", "customers", "market"),
        note="Each effect is taken at the mean of the other factors at both ends; the five add up to the cent. Share: customers for each account of the market. Mix: what and how much each customer takes.",
        alt="Waterfall from recurring revenue a year ago to now by market, share, price, mix and range",
        facts=tuple(keys),
        currency=currency_of(analysis),
    )


def arrivals(analysis: Analysis) -> Exhibit:
    """New customers by quarter."""
    frame, told, question = analysis.frames.get("new_customers"), told_of(analysis), "Does it still give new customers?"
    if frame is None or frame.empty or not told.knows("market.new_customers_ltm"):
        return not_assessable(analysis, "arrivals", question, "market.new_customer")
    cut = frame[frame["segment"] != "all"] if frame["segment"].nunique() > 1 else frame
    falling = [
        one for one in cut["segment"].unique() if told.knows(key := f"market.new_customer_trend[segment={one}]") and told.value(key) < 0
    ]
    title = f"{told('market.new_customers_ltm')} customers came in the last four quarters"
    if falling:
        worst = min((f"market.new_customer_trend[segment={one}]" for one in falling), key=told.value)
        count = worst.replace("new_customer_trend", "new_customers_ltm")
        title += f"; {segment_words(_segment_of(worst))} gave {told(count)}, a trend of {told(worst, signed=True)} a year"
    wide = cut.pivot_table(index="period", columns="segment", values="n", aggfunc="sum").reset_index()
    wide.columns = [segment_words(name) for name in wide.columns]
    return exhibit(
        parts.by_quarter(
            pd.DataFrame({"label": cut["period"], "part": cut["segment"].map(segment_words), "amount": cut["n"].astype("float64")})
        ),
        id=f"{NAME}.arrivals",
        question=question,
        title=title,
        table=wide,
        formats={name: "count" for name in wide.columns if name != "period"},
        source=source_line(analysis, "customers"),
        note="By the date of the first contract, without customers of acquired companies. Trend: Theil-Sen slope of four-quarter sums over their mean.",
        alt="Stacked bars: new customers by quarter and segment",
        facts=("market.new_customers_ltm", *(f"market.new_customer_trend[segment={one}]" for one in falling)),
    )


def adoption(analysis: Analysis) -> Exhibit:
    """The curve of adoption and its potential, where the data tell one."""
    frame, fits, told = analysis.frames.get("adoption"), analysis.frames.get("adoption_fits"), told_of(analysis)
    question = "How far has adoption run?"
    if frame is None or fits is None:
        return not_assessable(analysis, "adoption", question, "market.potential")
    known = [one for one in fits["segment"] if told.knows(_potential(one))]
    names = [segment_words(one) for one in fits["segment"] if one not in known and one != "all"]
    if known:
        first = _potential(known[-1])
        ratio = first.replace("potential_customers", "saturation_headroom")
        who = segment_words(known[-1]) if known[-1] != "all" else "all segments together"
        title = f"Adoption in {who} tends to {told(first)} customers{told.interval(first)}, {told(ratio)} times those won so far"
        title += f"; in {' and '.join(names)} the data do not tell a potential" if names else ""
    else:
        title = f"The data tell no potential: {told.reason('market.potential_customers').removeprefix('potential not identified: ')}"
    shown = frame[frame["segment"] != "all"] if fits["segment"].nunique() > 1 else frame
    return exhibit(
        adoptions.adoption(shown.assign(segment=shown["segment"].map(segment_words))),
        id=f"{NAME}.adoption",
        question=question,
        title=title,
        table=fits.assign(segment=fits["segment"].map(segment_words))[["segment", "curve", "reached", "potential", "skill", "n", "reason"]],
        formats={"reached": "count", "potential": "count", "skill": "percent", "n": "count"},
        labels={"reached": "Won so far", "skill": "Better than the mean by", "n": "Quarters", "reason": "Why there is no potential"},
        source=source_line(analysis, "customers"),
        note="The curve of each segment is the one of Bass, logistic and Gompertz that forecast best out of sample; a potential is told only beyond its inflection, and where it beats the mean of the last four quarters.",
        alt="Dots and lines: customers ever won by quarter and the curves fitted to them",
        facts=tuple(_potential(one) for one in fits["segment"]),
    )


def _potential(segment: str) -> str:
    return "market.potential_customers" + (f"[segment={segment}]" if segment != "all" else "")


def right_to_win(analysis: Analysis) -> Exhibit:
    """Win rate, retention and contribution by segment."""
    frame, told, question = analysis.frames.get("right_to_win"), told_of(analysis), "Where does the target have a right to win?"
    if frame is None or "win_rate" not in frame or frame["win_rate"].notna().sum() < 1:
        return not_assessable(analysis, "right_to_win", question, ("market.win", "market.retention_gap", "market.contribution"))
    shown = frame.dropna(subset=["win_rate"]).assign(label=lambda t: t["segment"].map(segment_words), value=lambda t: t["win_rate"])
    shown["recommended"] = shown["value"].eq(shown["value"].max())
    best, worst = (
        f"market.win_rate[segment={shown.loc[place, 'segment']}]" for place in (shown["value"].idxmax(), shown["value"].idxmin())
    )
    return exhibit(
        dots.readings(shown[["label", "value", "low", "high", "recommended"]]),
        id=f"{NAME}.right_to_win",
        question=question,
        title=_win_title(told, best, worst),
        table=shown.reindex(columns=["label", "win_rate", "low", "high", "deals", "kept", "kept_gap", "contribution_margin"]),
        formats=dict.fromkeys(("win_rate", "low", "high", "kept", "kept_gap", "contribution_margin"), "percent1") | {"deals": "count"},
        labels={
            "label": "Segment",
            "win_rate": "Win rate, drawn to the mean",
            "deals": "Deals decided",
            "kept": "Gross retention",
            "kept_gap": "Less the others",
            "contribution_margin": "Contribution",
        },
        source=source_line(analysis, "opportunities", "revenue", "customers", "products", "reps"),
        note="Win rates of few deals are drawn to the mean of all segments; bars are 95% intervals. Contribution: gross profit less people and territories of the segment alone.",
        alt="Dots with intervals: win rate by segment",
        facts=(best, worst),
    )


def _win_title(told: Told, best: str, worst: str) -> str:
    if not told.knows(best, worst) or best == worst:
        return "Win rates by segment, each drawn to the common mean"
    return (
        f"{told(best)} of decided deals are won in {segment_words(_segment_of(best))}, {told(worst)} in {segment_words(_segment_of(worst))}"
    )


def _segments(analysis: Analysis, metric: str) -> list[str]:
    facts = analysis.facts
    return [str(one) for one in facts.loc[(facts["metric"] == metric) & (facts["segment"] != "") & (facts["status"] == "ok"), "segment"]]


def _segment_of(key: str) -> str:
    return key.partition("segment=")[2].partition(",")[0].removesuffix("]")


EXHIBITS: dict[str, Callable[[Analysis], Exhibit]] = {
    "size": size,
    "share": share,
    "penetration": penetration,
    "space": space,
    "sources": sources,
    "arrivals": arrivals,
    "adoption": adoption,
    "right_to_win": right_to_win,
}
