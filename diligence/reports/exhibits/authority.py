"""Exhibits of authority: win rates, rivals, losses, prices, the founder, sellers, voice, promoters."""

from collections.abc import Callable

import pandas as pd

from diligence.charts import comparisons, voice
from diligence.charts import retention as readings_chart
from diligence.charts import win_rates as win_rate_charts
from diligence.facts.analysis import Analysis
from diligence.facts.catalogue import definition
from diligence.facts.sheet import OK
from diligence.reports.exhibit import Exhibit, exhibit
from diligence.reports.exhibits.common import not_assessable, source_line, told_of

NAME = "06_authority"
READINGS = {
    "authority.win_rate": "Created cohorts, recommended",
    "authority.win_rate_broad": "Broad: no decision is lost",
    "authority.win_rate_narrow": "Narrow: no decision left out",
    "authority.win_rate_money": "Broad, in money",
}
WON, RIVAL, FOUNDER = "authority.win_rate_broad", "authority.competitive_win_rate", "authority.founder_win_rate"
FEWEST = 10
"""Deals on a side of a cell below which its rate is in the table and not in the figure."""
RATES = {"value": "percent1", "low": "percent1", "high": "percent1", "n": "count"}


def win_rates(analysis: Analysis) -> Exhibit:
    """The readings of the win rate."""
    told, question = told_of(analysis), "How often is new business won?"
    if not told.knows(WON):
        return not_assessable(analysis, "win_rates", question, "authority.win_rate")
    facts = analysis.facts
    rows = [facts[(facts["metric"] == metric) & (facts["segment"] == "") & (facts["object_id"] == "")].iloc[0] for metric in READINGS]
    table = pd.DataFrame(
        [(label, row["value"], row["low"], row["high"], row["n"]) for label, row in zip(READINGS.values(), rows, strict=True)],
        columns=["label", "value", "low", "high", "n"],
    )
    title = f"Of new business {told(WON)} is won{told.interval(WON)}"
    if told.knows("authority.win_rate_narrow"):
        title += f"; without the deals that ended in no decision it reads {told('authority.win_rate_narrow')}"
    return exhibit(
        readings_chart.readings(table.assign(recommended=[metric == "authority.win_rate" for metric in READINGS])),
        id=f"{NAME}.win_rates",
        question=question,
        title=title,
        table=table,
        formats=RATES,
        labels={"label": "Reading"},
        source=source_line(analysis, "opportunities"),
        note="In brackets and as bars, intervals of 95 per cent. A rate by close date moves with the length of the cycle; that of created cohorts does not.",
        alt="Dots with intervals: the win rate by each reading",
        facts=tuple(READINGS),
    )


def cohorts(analysis: Analysis) -> Exhibit:
    """Win rate by quarter of creation."""
    frame, told, question = analysis.frames.get("cohorts"), told_of(analysis), "Is it getting better or worse?"
    if frame is None or not told.knows("authority.win_rate"):
        return not_assessable(analysis, "cohorts", question, "authority.win_rate")
    key = "authority.win_rate"
    return exhibit(
        win_rate_charts.cohorts(frame),
        id=f"{NAME}.cohorts",
        question=question,
        title=f"Of what was created in quarters that are decided {told(key)} was won{told.interval(key)}",
        table=frame,
        formats={"won": "count", "lost": "count", "open": "count", "n": "count", "value": "percent1", "most": "percent1"},
        labels={"cohort": "Quarter from", "n": "Created", "value": "Won so far", "most": "If all open are won", "mature": "Decided"},
        source=source_line(analysis, "opportunities"),
        note="By the quarter in which opportunities were created. Hollow dots are quarters with more than a tenth still open; the bar above is what they could still reach.",
        alt="Line: win rate of each quarter of creation, with the reach of what is open",
        facts=(key,),
    )


def contest(analysis: Analysis) -> Exhibit:
    """Win rate with a rival and without, by cell."""
    frame, told, question = analysis.frames.get("cells"), told_of(analysis), "What happens when a rival is at the table?"
    if frame is None or not told.knows(RIVAL, "authority.uncontested_win_rate"):
        return not_assessable(analysis, "contest", question, ("authority.compet", "authority.uncontest", "authority.contest"))
    title = f"With a rival {told(RIVAL)} is won, without one {told('authority.uncontested_win_rate')}"
    matched = "authority.contest_gap_matched"
    if told.knows(matched):
        title += f"; like with like the difference is {told(matched, size=True)}{told.interval(matched)}"
    return exhibit(
        comparisons.pairs(
            _drawn(frame),
            left="Without a rival",
            right="With a rival",
        ),
        id=f"{NAME}.contest",
        question=question,
        title=title,
        table=_cells(frame),
        formats={"without": "percent1", "with": "percent1", "n_without": "count", "n_with": "count"},
        labels={"without": "Won without a rival", "with": "Won with a rival", "n_without": "Deals without", "n_with": "Deals with"},
        source=source_line(analysis, "opportunities"),
        note="Cells of segment and half by size within it; sides with fewer than ten deals are in the table only. Like with like is Mantel and Haenszel's comparison: rivals choose their deals too, so it is no experiment.",
        alt="Pairs of dots by cell: win rate without a rival and with one",
        facts=(RIVAL, "authority.uncontested_win_rate", matched, "authority.contest_odds_ratio"),
    )


def _words(names: pd.Series) -> list[str]:
    return [str(name).replace("_", " ") for name in names]


def _drawn(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the rates of cells that have deals enough to be drawn."""
    counts = {side: frame[f"won_{side}"] + frame[f"lost_{side}"] for side in ("without", "with")}
    left, right = (frame[f"rate_{side}"].where(n >= FEWEST) for side, n in counts.items())
    return pd.DataFrame({"label": _words(frame["cell"]), "left": left, "right": right})


def _cells(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cell": _words(frame["cell"]),
            "without": frame["rate_without"],
            "n_without": frame["won_without"] + frame["lost_without"],
            "with": frame["rate_with"],
            "n_with": frame["won_with"] + frame["lost_with"],
        }
    )


def losses(analysis: Analysis) -> Exhibit:
    """Loss reasons with a rival and without."""
    told, question = told_of(analysis), "Why are deals lost?"
    frame = analysis.frames.get("losses_by_rival", pd.DataFrame())
    if frame.empty or not told.knows("authority.price_loss_share"):
        return not_assessable(analysis, "losses", question, ("authority.price_loss", "authority.loss"))
    wide = frame.pivot_table(index="loss_reason", columns="rival", values="value", aggfunc="sum").reindex(
        columns=["with a rival", "without a rival"]
    )
    order = analysis.frames["losses"]["loss_reason"].tolist()
    wide = wide.reindex([reason for reason in order if reason in wide.index]).fillna(0.0).reset_index()
    drawn = wide.assign(label=[str(reason).replace("_", " ") for reason in wide["loss_reason"]]).rename(
        columns={"with a rival": "contested", "without a rival": "alone"}
    )
    title = f"Price is named for {told('authority.price_loss_share')} of losses"
    if told.knows("authority.price_loss_contested", "authority.price_loss_uncontested"):
        title = f"Price is named for {told('authority.price_loss_contested')} of losses to a contested deal and {told('authority.price_loss_uncontested')} of others"
    return exhibit(
        comparisons.bars(drawn, series={"contested": "With a rival", "alone": "Without a rival"}),
        id=f"{NAME}.losses",
        question=question,
        title=title,
        table=drawn[["label", "contested", "alone"]],
        formats={"contested": "percent1", "alone": "percent1"},
        labels={"label": "Reason", "contested": "With a rival", "alone": "Without a rival"},
        source=source_line(analysis, "opportunities"),
        note="Shares of coded losses, as sellers wrote them: price is the reason that flatters the seller, and is checked against what buyers say they would pay.",
        alt="Bars: share of each loss reason, with a rival and without",
        facts=("authority.price_loss_share", "authority.price_loss_contested", "authority.price_loss_uncontested"),
    )


def prices(analysis: Analysis) -> Exhibit:
    """Discounts at wins with a rival and without, by cell."""
    frame, told, question = analysis.frames.get("discounts"), told_of(analysis), "What does a win against a rival cost?"
    key = "authority.discount_to_win"
    if frame is None or not told.knows(key):
        return not_assessable(analysis, "prices", question, ("authority.discount", "authority.price_premium"))
    title = f"The discount of a contested win is higher by {told(key)} of list price{told.interval(key)}"
    if told.knows("authority.price_premium"):
        below = told.value("authority.price_premium") < 0
        title += f"; at the win the price is {told('authority.price_premium', size=True)} {'below' if below else 'above'} the rival's"
    return exhibit(
        comparisons.pairs(
            frame.assign(
                label=_words(frame["cell"]),
                left=frame["uncontested"].where(frame["n_uncontested"] >= FEWEST),
                right=frame["contested"].where(frame["n_contested"] >= FEWEST),
            ),
            left="Without a rival",
            right="With a rival",
            signed=True,
        ),
        id=f"{NAME}.prices",
        question=question,
        title=title,
        table=frame.assign(cell=_words(frame["cell"])),
        formats={"contested": "percent1", "uncontested": "percent1", "n_contested": "count", "n_uncontested": "count", "gap": "percent1"},
        labels={"n_contested": "Contested wins", "n_uncontested": "Uncontested wins"},
        source=source_line(analysis, "quotes", "opportunities"),
        note="Mean discount of won deals; sides with fewer than ten wins are in the table only. It says what was given away, not what the discount did: discounts go to deals about to be lost and to deals already won.",
        alt="Pairs of dots by cell: discount of wins without a rival and with one",
        facts=(key, "authority.discount_contested", "authority.discount_uncontested", "authority.price_premium"),
    )


def founder(analysis: Analysis) -> Exhibit:
    """Win rate with the founder and without, by cell."""
    frame, told, question = analysis.frames.get("founder_cells"), told_of(analysis), "Who wins: the company, or its founder?"
    if frame is None or not told.knows(FOUNDER, "authority.others_win_rate"):
        return not_assessable(analysis, "founder", question, ("authority.founder", "authority.others"))
    title = f"With the founder {told(FOUNDER)} is won, without {told('authority.others_win_rate')}"
    if told.knows("authority.founder_share_of_new_arr"):
        title = (
            f"The founder is in {told('authority.founder_share_of_new_arr')} of the value won in two years; {title[0].lower()}{title[1:]}"
        )
    return exhibit(
        comparisons.pairs(
            _drawn(frame),
            left="Without the founder",
            right="With the founder",
        ),
        id=f"{NAME}.founder",
        question=question,
        title=title,
        table=_cells(frame),
        formats={"without": "percent1", "with": "percent1", "n_without": "count", "n_with": "count"},
        labels={"without": "Won without the founder", "with": "Won with the founder", "n_without": "Deals without", "n_with": "Deals with"},
        source=source_line(analysis, "opportunities"),
        note="Cells of segment and half by size within it; sides with fewer than ten deals are in the table only. A founder takes the best leads: what of the gap is the person and what the lead, matching cannot tell.",
        alt="Pairs of dots by cell: win rate without the founder and with",
        facts=(FOUNDER, "authority.others_win_rate", "authority.founder_share_of_new_arr", "authority.founder_ratio"),
    )


def sellers(analysis: Analysis) -> Exhibit:
    """Each seller against what chance leaves."""
    frame, told, question = analysis.frames.get("funnel"), told_of(analysis), "Do sellers differ by more than chance?"
    key = "authority.rep_variance"
    if frame is None or frame.empty or not told.knows(key):
        return not_assessable(analysis, "sellers", question, "authority.rep_")
    below, above = int((frame["outside"] < 0).sum()), int((frame["outside"] > 0).sum())
    more = "No seller differs" if not below + above else "Some sellers differ"
    share = "nothing" if round(told.value(key), 2) == 0 else f"a share of {told(key)}"
    return exhibit(
        win_rate_charts.against_chance(frame.assign(label=frame["rep_id"]).sort_values("value", ascending=False)),
        id=f"{NAME}.sellers",
        question=question,
        title=f"{more} by more than chance and mix explain; of the variance of outcomes {share} lies between sellers{told.interval(key)}",
        table=frame[["rep_id", "won", "n", "value", "expected", "low", "high"]],
        formats={"won": "count", "n": "count", "value": "percent1", "expected": "percent1", "low": "percent1", "high": "percent1"},
        labels={
            "rep_id": "Seller",
            "n": "Decided",
            "value": "Win rate",
            "expected": "At this mix",
            "low": "Chance, low",
            "high": "Chance, high",
        },
        source=source_line(analysis, "opportunities"),
        note="Sellers with ten decided deals or more, without the founder; the band is what chance leaves at the seller's mix of segments and rivals. Of twenty sellers who are all alike one falls outside.",
        alt="Dots over bands: win rate of each seller and what chance leaves",
        facts=(key, "authority.rep_outliers"),
    )


def seen(analysis: Analysis) -> Exhibit:
    """Share of voice by measure against share of market by segment."""
    told, question = told_of(analysis), "Is the brand seen as much as it sells?"
    frame, facts = analysis.frames.get("voice"), analysis.facts
    market = facts[(facts["metric"] == "authority.share_of_market") & (facts["status"] == OK)]
    known = [key for key in ("authority.share_of_search", "authority.share_of_media") if told.knows(key)]
    if frame is None or not known or market.empty:
        return not_assessable(analysis, "seen", question, ("authority.share_of", "authority.excess"))
    shown = market.assign(label=["Market, " + (row.replace("_", " ") or "all") for row in market["segment"]])
    bars = frame.assign(label=[str(one).replace("_", " ").capitalize() for one in frame["measure"]])
    largest = market.loc[market["value"].idxmax()]
    key = "authority.share_of_market" + (f"[segment={largest['segment']}]" if largest["segment"] else "")
    words = " and ".join(f"{told(one)} of {'searches' if one.endswith('search') else 'media mentions'}" for one in known)
    where = f" of {str(largest['segment']).replace('_', ' ')}" if largest["segment"] else ""
    return exhibit(
        voice.against_market(bars, shown),
        id=f"{NAME}.seen",
        question=question,
        title=f"The brand has {words}, against {told(key)}{where}",
        table=pd.concat([bars[["label", "value"]], shown[["label", "value"]]], ignore_index=True),
        formats={"value": "percent1"},
        labels={"label": "Measure or segment", "value": "Share"},
        source=source_line(analysis, "visibility", "competitors", "market"),
        note="Share of market tends to share of voice, slowly: a prior rate of 0.07 a year from business markets, correlational and weak.",
        alt="Bars: share of voice by measure and share of market by segment",
        facts=(*known, key),
    )


def promoters(analysis: Analysis) -> Exhibit:
    """Net promoter score by segment, by count and by worth."""
    frame, told, question = analysis.frames.get("promoters"), told_of(analysis), "Would customers recommend it?"
    if frame is None or not told.knows("authority.nps"):
        return not_assessable(analysis, "promoters", question, "authority.nps")
    few = frame["n"] < definition("authority.nps").min_n
    frame = frame.assign(value=frame["value"].mask(few), weighted=frame["weighted"].mask(few))
    title = f"The net promoter score is {told('authority.nps')}{told.interval('authority.nps')}"
    if told.knows("authority.nps_weighted"):
        title += f"; weighted by what customers are worth it is {told('authority.nps_weighted')}"
    return exhibit(
        comparisons.pairs(
            frame.assign(label=_words(frame["segment"]), left=frame["value"], right=frame["weighted"]),
            left="By answers",
            right="By worth",
            signed=True,
            points=True,
        ),
        id=f"{NAME}.promoters",
        question=question,
        title=title,
        table=frame.assign(segment=_words(frame["segment"]))[
            ["segment", "promoters", "passives", "detractors", "n", "value", "weighted", "at_risk"]
        ],
        formats={
            **dict.fromkeys(("promoters", "passives", "detractors", "n"), "count"),
            "value": "points",
            "weighted": "points",
            "at_risk": "money",
        },
        labels={"n": "Answers", "value": "By answers", "weighted": "By worth", "at_risk": "Revenue of detractors"},
        source=source_line(analysis, "nps", "revenue"),
        note="Promoters less detractors, last twelve months. Each customer's worth is parted over its answers; who did not answer is in neither. Segments with fewer than thirty answers have no score.",
        alt="Pairs of dots by segment: net promoter score by answers and by worth",
        facts=("authority.nps", "authority.nps_weighted", "authority.detractor_revenue"),
        currency=analysis.deal.target.currency,
    )


EXHIBITS: dict[str, Callable[[Analysis], Exhibit]] = {
    "win_rates": win_rates,
    "cohorts": cohorts,
    "contest": contest,
    "losses": losses,
    "prices": prices,
    "founder": founder,
    "sellers": sellers,
    "seen": seen,
    "promoters": promoters,
}
