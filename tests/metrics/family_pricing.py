"""Commercial model, estimates: surveys of price, choices, elasticity, structure of discounts."""

import numpy as np
import pandas as pd
from family import Call, Family
from family_commercial import changes, cube, prices, quotes
from pricing_examples import choices, offers, sales

from diligence.metrics.price_events import churn_after_increase
from diligence.models import choice, choice_use, discount_structure, elasticity, gabor_granger, price_sensitivity

ATTRIBUTES = ["price", "support"]
INVERSE = {"scale": "a coefficient is per unit of price and goes with its inverse; tested by itself"}


def survey() -> pd.DataFrame:
    random = np.random.default_rng(3)
    base = random.normal(50, 8, 40).round()
    gaps = random.integers(2, 14, (40, 4))
    answers = np.column_stack([base - gaps[:, 0] - gaps[:, 1], base - gaps[:, 1], base + gaps[:, 2], base + gaps[:, 2] + gaps[:, 3]])
    answers[5] = answers[5][::-1]
    return pd.DataFrame(answers, columns=["too_cheap", "cheap", "expensive", "too_expensive"]).assign(
        respondent_id=[f"r{one}" for one in range(40)],
        intent_cheap=random.integers(3, 6, 40),
        intent_expensive=random.integers(1, 4, 40),
        price_shown=random.choice([40.0, 50.0, 60.0, 70.0], 40),
        would_buy=random.random(40).round(3),
    )


def wide() -> pd.DataFrame:
    return pd.DataFrame(
        {"respondent_id": ["a", "b", "c"], "task": 1, "chosen": ["x", "y", "x"], "price.x": [1.0, 2.0, 3.0], "price.y": [2.0, 2.5, 1.5]}
    )


def sold() -> pd.DataFrame:
    return cube()[["product_id", "month", "quantity"]].assign(
        product_id=["p1", "p2", "p3"] * (len(cube()) // 3) + ["p1"] * (len(cube()) % 3)
    )


def cells() -> pd.DataFrame:
    return churn_after_increase(prices())


def curve() -> pd.DataFrame:
    return price_sensitivity.newton_miller_smith(survey())


def fitted(tables: dict[str, pd.DataFrame]) -> choice.ChoiceModel:
    return choice.conditional_logit(tables["choices"])


def scalars(model: choice.ChoiceModel) -> pd.DataFrame:
    return model.estimates.assign(likelihood=model.log_likelihood, n=model.n, respondents=model.respondents)


def in_place(frame: pd.DataFrame) -> pd.DataFrame:
    """Give rows in order of their numbers, named by their place, so that a comparison need not sort numbers as words."""
    ordered = frame.sort_values(list(frame.columns), kind="stable", ignore_index=True)
    return ordered.assign(place=[f"{place:04d}" for place in range(len(ordered))])


CALLS = {
    "transitive_answers": Call(
        lambda t: price_sensitivity.transitive_answers(t["survey"]),
        ("survey",),
        money=("too_cheap", "cheap", "expensive", "too_expensive", "price_shown"),
    ),
    "price_sensitivity_curves": Call(
        lambda t: in_place(price_sensitivity.price_sensitivity_curves(t["survey"])), ("survey",), money=("price",)
    ),
    "price_sensitivity": Call(
        lambda t: price_sensitivity.price_sensitivity(t["survey"], generator=np.random.default_rng(1), draws=20),
        ("survey",),
        money=("price", "low", "high"),
    ),
    "newton_miller_smith": Call(
        lambda t: in_place(price_sensitivity.newton_miller_smith(t["survey"])), ("survey",), money=("price", "revenue")
    ),
    "best_prices": Call(lambda t: price_sensitivity.best_prices(t["curve"]), ("curve",), money=("trial_price", "revenue_price")),
    "demand_curve": Call(lambda t: gabor_granger.demand_curve(t["survey"]), ("survey",), money=("price", "revenue")),
    "revenue_price": Call(
        lambda t: gabor_granger.revenue_price(t["survey"], np.random.default_rng(1), draws=30),
        ("survey",),
        money=("price", "low", "high", "revenue"),
    ),
    "long_choices": Call(
        lambda t: choice.long_choices(t["wide"], alternatives=["x", "y"]),
        ("wide",),
        exempt={"index": "rows without a respondent are told apart by their place"},
    ),
    "choice_attributes": Call(
        lambda t: choice.choice_attributes(t["choices"]), ("choices",), exempt={"lacks": "names the columns that are there"}
    ),
    "conditional_logit": Call(lambda t: scalars(fitted(t)), ("choices",), loose=1e-7, exempt=INVERSE),
    "choice_terms": Call(
        lambda t: in_place(choice.choice_terms(t["choices"], attributes=ATTRIBUTES, bases={"support": "basic"})),
        ("choices",),
        money=("price",),
    ),
    "willingness_to_pay": Call(
        lambda t: choice_use.willingness_to_pay(fitted(t)), ("choices",), money=("value", "low", "high"), loose=1e-7
    ),
    "choice_shares": Call(lambda t: choice_use.choice_shares(fitted(t), t["offers"]), ("offers", "choices"), loose=1e-7),
    "price_elasticity": Call(lambda t: elasticity.price_elasticity(t["sales"], variation="list_change"), ("sales",), loose=1e-7),
    "price_elasticity pooled": Call(
        lambda t: elasticity.price_elasticity(t["sales"], variation="shelf_price", within=False), ("sales",), loose=1e-7
    ),
    "instrumented_elasticity": Call(lambda t: elasticity.instrumented_elasticity(t["sales"], instruments=["tax"]), ("sales",), loose=1e-7),
    "list_change_response": Call(lambda t: elasticity.list_change_response(t["sold"], t["changes"], window=3), ("sold", "changes")),
    "discount_structure": Call(
        lambda t: discount_structure.discount_structure(t["quotes"], np.random.default_rng(1), draws=20), ("quotes",), loose=1e-7
    ),
    "dispersion_interval": Call(
        lambda t: discount_structure.dispersion_interval(t["quotes"], np.random.default_rng(1), least=3, draws=20), ("quotes",)
    ),
    "churn_difference": Call(lambda t: discount_structure.churn_difference(t["cells"]), ("cells",)),
}

FAMILY = Family(
    modules=(price_sensitivity, gabor_granger, choice, choice_use, elasticity, discount_structure),
    examples={
        "survey": survey, "choices": choices, "wide": wide, "offers": offers, "sales": sales, "sold": sold, "changes": changes, "cells": cells,
        "curve": curve, "quotes": quotes,
    },
    money={
        "survey": ("too_cheap", "cheap", "expensive", "too_expensive", "price_shown"), "curve": ("price", "revenue"), "choices": ("price",),
        "offers": ("price",), "sales": ("price",), "quotes": ("list_price", "net_price"),
    },
    ids=("respondent_id", "account_id", "product_id", "customer_id", "opportunity_id", "quote_id"),
    calls=CALLS,
    plumbing=frozenset({"logit_optimal_price"}),
)  # fmt: skip
