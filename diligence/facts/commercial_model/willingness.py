"""What buyers would pay: price surveys, choices, and elasticity where it can be read."""

from typing import Any

import numpy as np
import pandas as pd

from diligence.facts.commercial_model.scope import Scope
from diligence.facts.sheet import NAN
from diligence.models.choice import NONE, ChoiceModel, choice_attributes, conditional_logit
from diligence.models.choice_use import choice_shares, willingness_to_pay
from diligence.models.elasticity import DISCOUNT, REFUSED, list_change_response
from diligence.models.gabor_granger import demand_curve, revenue_price
from diligence.models.price_sensitivity import POINTS, price_sensitivity, price_sensitivity_curves, transitive_answers

NO_SURVEY = "no respondent whose four prices rise"
SEVERAL = "the survey asks of several products: cut it by product"


def survey(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in van Westendorp's points, the headroom over what is paid, and the price that earns most."""
    sheet, asked = scope.sheet, scope.room.table("price_survey")
    if not scope.room.has("price_survey") or sheet.lacking("commercial.wtp_optimal"):
        return _shown(scope, asked)
    products = asked["product_id"].dropna().unique() if "product_id" in asked else []
    if len(products) > 1:
        sheet.complete([f"commercial.wtp_{name}" for name in (*POINTS, "drop_rate", "median_expensive", "headroom", "realised")], SEVERAL)
        return _shown(scope, asked)
    for segment in ["", *(sorted(asked["segment"].dropna().unique()) if "segment" in asked else [])]:
        _points(scope, asked[asked["segment"] == segment] if segment else asked, str(segment))
    _headroom(scope, transitive_answers(asked), str(products[0]) if len(products) else "")
    return {"price_curves": price_sensitivity_curves(asked)} | _shown(scope, asked)


def _points(scope: Scope, asked: pd.DataFrame, segment: str) -> None:
    found = price_sensitivity(asked, generator=scope.generator(), draws=200)
    cut: dict[str, Any] = {"segment": segment, "period": scope.spot}
    for row in found.itertuples():
        scope.sheet.add(f"commercial.wtp_{row.point}", row.price, low=row.low, high=row.high, n=row.n, reason=NO_SURVEY, **cut)
    n = int(found["n"].iloc[0] + found["dropped"].iloc[0])
    scope.sheet.add("commercial.wtp_drop_rate", float(found["drop_rate"].iloc[0]), n=n, reason="nobody answered", **cut)


def _headroom(scope: Scope, kept: pd.DataFrame, product: str) -> None:
    sheet = scope.sheet
    expensive = float(kept["expensive"].median()) if len(kept) else NAN
    sheet.add("commercial.wtp_median_expensive", expensive, n=len(kept), period=scope.spot, reason=NO_SURVEY)
    paid = scope.prices[(scope.prices["month"] == scope.end) & (scope.prices["product_id"] == product)]
    price = float((paid["amount"] / paid["quantity"]).median()) if len(paid) else NAN
    reason = "no customer pays a unit price for the product of the survey" if product else "the survey names no product"
    sheet.add("commercial.wtp_realised", price, n=len(paid), period=scope.month, reason=reason)
    edge = next((row for row in sheet.rows if row["metric"] == "commercial.wtp_marginal_expensiveness" and not row["segment"]), None)
    known = edge is not None and np.isfinite(edge["value"]) and price > 0
    value, low, high = (edge[name] / price - 1 for name in ("value", "low", "high")) if known and edge else (NAN, NAN, NAN)
    sheet.add(
        "commercial.wtp_headroom",
        value,
        low=low,
        high=high,
        n=min(len(kept), len(paid)),
        period=scope.spot,
        reason=reason if not product or paid.empty else NO_SURVEY,
    )


def _shown(scope: Scope, asked: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Gabor-Granger, where one price was shown to each."""
    if scope.sheet.lacking("commercial.wtp_revenue_price"):
        return {}
    who = asked.dropna(subset=["price_shown", "would_buy"])
    if who["product_id"].nunique() > 1 if "product_id" in who else False:
        scope.sheet.refuse("commercial.wtp_revenue_price", SEVERAL)
        return {}
    found = revenue_price(who, scope.generator())
    scope.sheet.add(
        "commercial.wtp_revenue_price",
        found.price,
        low=found.low,
        high=found.high,
        n=found.n,
        period=scope.spot,
        reason="no price was shown",
    )
    return {"demand": demand_curve(who)} if found.n else {}


def choices(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in the choice model and what its attributes are worth."""
    sheet, asked = scope.sheet, scope.room.table("choices")
    if not scope.room.has("choices"):
        return {}
    names = choice_attributes(asked)
    model = conditional_logit(asked, attributes=names)
    reason = "the choices do not determine a model"
    sheet.add("commercial.choice_fit", model.fit, n=model.n, period=scope.spot, reason=reason)
    price = model.estimates[model.estimates["term"] == "price"]
    row = price.iloc[0] if len(price) else pd.Series({"estimate": NAN, "low": NAN, "high": NAN})
    sheet.add("commercial.choice_price", row["estimate"], low=row["low"], high=row["high"], n=model.n, period=scope.spot, reason=reason)
    offered = NONE in set(model.estimates["term"])
    tasks = asked.groupby(["respondent_id", "task"]).ngroups
    sheet.add("commercial.choice_none", float(offered), n=tasks, period=scope.spot, reason="no task")
    worth = willingness_to_pay(model, generator=scope.generator()) if model.identified else willingness_to_pay(model)
    for one in worth.itertuples():
        cut: dict[str, Any] = {"object": "attribute", "object_id": _against(str(one.term), model), "period": scope.spot}
        sheet.add(
            "commercial.choice_worth",
            one.value,
            low=one.low,
            high=one.high,
            n=model.n,
            reason="the price does not count against an offer",
            **cut,
        )
    if not model.identified:
        return {}
    frames = {"worth": worth.assign(label=[_against(str(term), model) for term in worth["term"]])}
    return frames | _brand_shares(scope, asked, model)


def _against(term: str, model: ChoiceModel) -> str:
    name, _, level = term.partition("=")
    return f"{name}: {level} against {model.bases[name]}" if name in model.bases else name


def _brand_shares(scope: Scope, asked: pd.DataFrame, model: ChoiceModel) -> dict[str, pd.DataFrame]:
    """Shares of the brands were all else alike: one offer each at the median price and the base of every other attribute."""
    if "brand" not in model.bases:
        return {}
    names = sorted(asked["brand"].dropna().astype("str").unique())
    offers = pd.DataFrame({"alternative": names, "brand": names, "price": float(asked["price"].median())})
    for attribute in choice_attributes(asked):
        if attribute not in offers:
            offers[attribute] = model.bases.get(attribute, 0.0)
    found = choice_shares(model, offers, generator=scope.generator())
    for row in found.itertuples():
        cut: dict[str, Any] = {"object": "brand", "object_id": str(row.alternative), "period": scope.spot}
        scope.sheet.add("commercial.choice_share", row.share, low=row.low, high=row.high, n=model.n, **cut)
    return {"brand_shares": found}


def elasticities(scope: Scope) -> dict[str, pd.DataFrame]:
    """Refuse an elasticity from discounts; read changes of the list where there is something to compare them with."""
    sheet = scope.sheet
    if not scope.room.has("quotes"):
        return {}
    sheet.refuse("commercial.elasticity_discounts", REFUSED[DISCOUNT])
    changes = scope.list_changes
    if changes.empty:
        sheet.refuse("commercial.elasticity_list", "the list did not change in the quotes")
        return {}
    products = scope.room.table("products") if scope.room.has("products", "launched_on") else None
    sold = scope.won.assign(month=scope.won["date"].dt.to_period("M").dt.to_timestamp())
    found = list_change_response(sold.dropna(subset=["product_id"]), changes, launches=products)
    known = found["response"].dropna()
    n = len(known)
    half = 1.96 * float(known.std()) / n**0.5 if n > 1 else NAN
    reason = "" if n else str(found["reason"].iloc[0])
    mean = float(known.mean()) if n else NAN
    sheet.add("commercial.elasticity_list", mean, low=mean - half, high=mean + half, n=n, period=f"to {scope.spot}", reason=reason)
    return {"list_response": found}
