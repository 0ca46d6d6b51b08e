"""What buyers say: willingness to pay, choices between offers, and what they buy on.

Planted: the price paid for the core product lies below what buyers call expensive, so the price is not the problem; at the same
price and features the better-known rival is preferred, so the name is.
"""

import numpy as np
import pandas as pd

from data.demo.generator.design import SEGMENTS
from data.demo.generator.streams import stream

RESPONDENTS = 300
INTRANSITIVE = 9
TASKS = 8
CRITERIA = {
    "planning quality": (9.1, 8.4, 7.6),
    "ease of use on site": (8.6, 8.1, 7.7),
    "integration with accounting": (7.9, 7.3, 7.4),
    "known and trusted vendor": (8.3, 5.6, 8.4),
    "price": (6.9, 7.0, 6.4),
    "support in own language": (7.1, 8.3, 6.9),
}
BRAND_VALUE = {"Wrenfield": 0.0, "Dispatchly": 0.75, "OrbitFSM": 0.25}
PRICES = (49, 59, 69, 79, 89)


def price_survey(seed: int) -> pd.DataFrame:
    """Four prices and one offer for each respondent, a month and seat of the core product; nine contradict themselves."""
    draw = stream(seed, "price survey")
    worth = draw.lognormal(np.log(84), 0.20, RESPONDENTS)
    segment = draw.choice(list(SEGMENTS), RESPONDENTS, p=(0.14, 0.56, 0.30))
    frame = pd.DataFrame({"respondent_id": [f"W{n:04d}" for n in range(1, RESPONDENTS + 1)], "segment": segment})
    frame["customer"] = draw.random(RESPONDENTS) < 0.45
    frame["product_id"] = "P10"
    for column, factor in (("too_cheap", 0.46), ("cheap", 0.72), ("expensive", 0.98), ("too_expensive", 1.26)):
        frame[column] = np.round(worth * factor * draw.uniform(0.95, 1.05, RESPONDENTS))
    odd = draw.choice(RESPONDENTS, INTRANSITIVE, replace=False)
    frame.loc[odd, ["cheap", "expensive"]] = frame.loc[odd, ["expensive", "cheap"]].to_numpy()
    frame["price_shown"] = draw.choice(PRICES, RESPONDENTS).astype(float)
    margin = (worth - frame["price_shown"]) / 9
    frame["would_buy"] = np.round(1 / (1 + np.exp(-margin + draw.normal(0, 0.5, RESPONDENTS))), 2)
    return frame


def choices(seed: int) -> pd.DataFrame:
    """Each respondent picks one of three offers, eight times."""
    draw = stream(seed, "choices")
    rows = []
    for respondent in range(1, 131):
        for task in range(1, TASKS + 1):
            offers = []
            for brand in BRAND_VALUE:
                offers.append((brand, float(draw.choice(PRICES)), bool(draw.random() < 0.5), str(draw.choice(("standard", "premium")))))
            order = draw.permutation(len(offers))
            liking = [BRAND_VALUE[b] - 0.045 * p + 0.6 * o + 0.3 * (s == "premium") + float(draw.gumbel()) for b, p, o, s in offers]
            best = int(np.argmax(liking))
            for place, i in enumerate(order, start=1):
                brand, price, optimiser, support = offers[i]
                rows.append((f"X{respondent:04d}", task, place, bool(i == best), price, brand, optimiser, support))
    return pd.DataFrame(rows, columns=["respondent_id", "task", "alternative", "chosen", "price", "brand", "optimiser", "support"])


def purchase_criteria(seed: int) -> pd.DataFrame:
    """What matters to buyers, and how the target and a rival do on it."""
    draw = stream(seed, "criteria")
    rows = []
    for respondent in range(1, 91):
        segment = str(draw.choice(list(SEGMENTS), p=(0.2, 0.55, 0.25)))
        rival = str(draw.choice(("Dispatchly", "OrbitFSM"), p=(0.65, 0.35)))
        for criterion, levels in CRITERIA.items():
            weight, own, other = (round(float(np.clip(draw.normal(level, 1.0), 1, 10)), 0) for level in levels)
            rows.append((f"V{respondent:03d}", criterion, segment, weight, own, rival, other))
    columns = ["respondent_id", "criterion", "segment", "importance", "target_score", "competitor", "competitor_score"]
    return pd.DataFrame(rows, columns=columns)
