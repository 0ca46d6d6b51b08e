"""What a rival at the table does to winning, to the price, and to the reasons for losing."""

import pandas as pd

from diligence.facts.deals import Deals, mean_interval
from diligence.metrics.contest import discount_to_win, price_premium, tag_coverage, tagged_win_rate_bounds
from diligence.metrics.losses import loss_reasons
from diligence.metrics.matching import win_rate_by_cell
from diligence.metrics.win_rate import win_rate
from diligence.models.discount_gap import discount_gap
from diligence.models.matched_odds import matched_odds
from diligence.models.share_intervals import with_wilson

PRICE, TERMS, SILENT = "price", "terms", "no_decision"


def contest(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in win rates with a rival and without, crude and like with like, by rival, and how well the tag is kept."""
    decided = deals.judged
    if not deals.room.has("opportunities", "competitive") or decided.empty:
        return {}
    for segment, part in deals.cuts(decided):
        _rates(deals, part, segment)
    cells = win_rate_by_cell(decided, factor="competitive", cells=deals.cells)
    found = matched_odds(cells)
    sheet = deals.sheet
    sheet.add(
        "authority.contest_gap_matched", -found.gap, n=found.n, low=-found.gap_high, high=-found.gap_low, reason="no cell has both kinds"
    )
    sheet.add(
        "authority.contest_odds_ratio",
        found.odds_ratio,
        n=found.n,
        low=found.low,
        high=found.high,
        reason="no cell has both kinds and outcomes",
    )
    _tags(deals, decided)
    return {"cells": cells, **_rivals(deals, decided)}


def _rates(deals: Deals, part: pd.DataFrame, segment: str) -> None:
    known = part[part["competitive"].notna()]
    yes, won = known["competitive"].astype("bool"), known["status"].eq("won")
    with_it, without = (int((won & side).sum()) for side in (yes, ~yes))
    n_with, n_without = int(yes.sum()), int((~yes).sum())
    deals.share("authority.contested_share", n_with, len(known), segment=segment)
    deals.share("authority.competitive_win_rate", with_it, n_with, segment=segment)
    deals.share("authority.uncontested_win_rate", without, n_without, segment=segment)
    deals.share("authority.sole_source_share", without, with_it + without, segment=segment)
    both = n_with > 0 and n_without > 0
    gap = without / n_without - with_it / n_with if both else float("nan")
    low, high = _newcombe(without, n_without, with_it, n_with) if both else (float("nan"), float("nan"))
    deals.number(
        "authority.contest_gap", gap, n=min(n_with, n_without), low=low, high=high, segment=segment, reason="there are not both kinds"
    )


def _newcombe(a: int, m: int, b: int, n: int) -> tuple[float, float]:
    """The interval of a difference of two shares, from their Wilson intervals (Newcombe 1998, method 10)."""
    table = with_wilson(pd.DataFrame({"numerator": [a, b], "denominator": [m, n]}))
    p, q = a / m, b / n
    (l1, l2), (u1, u2) = table["low"], table["high"]
    low = p - q - ((p - l1) ** 2 + (u2 - q) ** 2) ** 0.5
    return float(low), float(p - q + ((u1 - p) ** 2 + (q - l2) ** 2) ** 0.5)


def _tags(deals: Deals, decided: pd.DataFrame) -> None:
    tags = tag_coverage(decided).set_index("status")
    both = bool((tags["n"] > 0).all())
    worst = tags["coverage"].idxmin() if both else "won"
    least = tags.loc[worst]
    deals.share("authority.tag_coverage", least["tagged"], least["n"])
    gap = float(tags.loc["won", "coverage"] - tags.loc["lost", "coverage"])
    deals.number("authority.tag_gap", gap, n=float(tags["n"].min()), reason="there are not both outcomes")
    if deals.room.has("opportunities", "loss_reason"):
        lost = int((decided["status"].eq("lost") & decided["loss_reason"].astype("str").eq("competitor")).sum())
        deals.share("authority.tag_contradicted", float(tags["contradicted"].sum() - tags.loc["won", "contradicted"]), lost)
    bounds = tagged_win_rate_bounds(decided)
    deals.number("authority.tag_room", bounds["high"] - bounds["low"], n=bounds["n"])


def _rivals(deals: Deals, decided: pd.DataFrame) -> dict[str, pd.DataFrame]:
    if not deals.room.has("opportunities", "competitor"):
        return {}
    named = decided[decided["competitor"].notna()]
    if named.empty:
        return {}
    found = with_wilson(win_rate(named, by="competitor"), part="won", of="n")
    for row in found.itertuples():
        deals.share("authority.rival_win_rate", row.won, row.n, object="competitor", object_id=str(row.competitor))
    return {"rivals": found}


def prices(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in the discount that a win takes against a rival, and our price beside the rival's."""
    decided = deals.judged
    if decided.empty:
        return {}
    if deals.room.has("opportunities", "rival_price"):
        _premium(deals, decided)
    if not deals.room.has("quotes") or not deals.room.has("opportunities", "competitive"):
        return {}
    quotes = deals.room.table("quotes")
    found = discount_to_win(quotes, decided, cells=deals.cells)
    whole = found.iloc[-1]
    gap = discount_gap(quotes, decided, cells=deals.cells)
    counts = {"n": float(min(whole["n_contested"], whole["n_uncontested"]))}
    alone = "no cell has won deals of both kinds with a quote"
    deals.number("authority.discount_contested", whole["contested"], n=float(whole["n_contested"]), reason=alone)
    deals.number("authority.discount_uncontested", whole["uncontested"], n=float(whole["n_uncontested"]), reason=alone)
    deals.number("authority.discount_to_win", gap.value, low=gap.low, high=gap.high, reason=alone, **counts)
    return {"discounts": found}


def _premium(deals: Deals, decided: pd.DataFrame) -> None:
    table = price_premium(decided).set_index("status")
    known = decided[(decided["rival_price"] > 0) & decided["amount"].notna()]
    premium = known["amount"].astype("float64") / known["rival_price"].astype("float64") - 1
    for metric, status in (("authority.price_premium", "won"), ("authority.price_premium_lost", "lost")):
        low, high = mean_interval(premium[known["status"].eq(status)])
        deals.number(
            metric, table.loc[status, "mean"], n=float(table.loc[status, "n"]), low=low, high=high, reason="no rival price is known"
        )
    if deals.room.has("opportunities", "competitive"):
        won = decided[decided["status"].eq("won") & (decided["competitive"] == True).fillna(False)]  # noqa: E712 - a blank is neither
        deals.share("authority.rival_price_known", float((won["rival_price"] > 0).sum()), len(won))


def losses(deals: Deals) -> dict[str, pd.DataFrame]:
    """Fill in what losses are coded, with a rival and without."""
    decided = deals.judged
    if not deals.room.has("opportunities", "loss_reason") or decided.empty:
        return {}
    for segment, part in deals.cuts(decided):
        lost = part[part["status"].eq("lost")]
        coded = lost[lost["loss_reason"].notna()]
        deals.share("authority.loss_coded", len(coded), len(lost), segment=segment)
        for metric, reason in (("price_loss_share", PRICE), ("terms_loss_share", TERMS), ("no_decision_share", SILENT)):
            deals.share(f"authority.{metric}", float(coded["loss_reason"].eq(reason).sum()), len(coded), segment=segment)
        if deals.room.has("opportunities", "competitive"):
            for metric, side in (("price_loss_contested", True), ("price_loss_uncontested", False)):
                mine = coded[coded["competitive"].notna() & (coded["competitive"] == side)]
                deals.share(f"authority.{metric}", float(mine["loss_reason"].eq(PRICE).sum()), len(mine), segment=segment)
    if deals.room.has("opportunities", "competitor"):
        _price_by_rival(deals, decided)
    table = loss_reasons(decided)
    for row in table.itertuples():
        deals.share("authority.loss_reason_share", row.numerator, row.denominator, object="loss_reason", object_id=str(row.loss_reason))
    return {"losses": table, **_sides(deals, decided)} if len(table) else {}


def _price_by_rival(deals: Deals, decided: pd.DataFrame) -> None:
    lost = decided[decided["status"].eq("lost") & decided["loss_reason"].notna() & decided["competitor"].notna()]
    for rival, part in lost.groupby(lost["competitor"].astype("str")):
        deals.share(
            "authority.rival_price_loss", float(part["loss_reason"].eq(PRICE).sum()), len(part), object="competitor", object_id=str(rival)
        )


def _sides(deals: Deals, decided: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Loss reasons with a rival and without."""
    if not deals.room.has("opportunities", "competitive"):
        return {}
    words = decided["competitive"].map({True: "with a rival", False: "without a rival"})
    return {"losses_by_rival": loss_reasons(decided.assign(rival=words), by="rival")}
