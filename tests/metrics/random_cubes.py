"""Cubes drawn at random: customers of parents, products, months, credits, currencies."""

import pandas as pd
from hypothesis import strategies as st

from diligence.periods import month_starts

START = 12 * 2024

ROW = st.tuples(
    st.integers(0, 4),  # customer
    st.integers(0, 2),  # product
    st.integers(0, 17),  # month
    st.integers(-2_000_000, 9_000_000),  # ticks
    st.sampled_from(["EUR", "GBP"]),
)
END = month_starts([START + 17])[0]


def cube(rows: list[tuple[int, int, int, int, str]]) -> pd.DataFrame:
    """Customers 0 and 1 are of one parent; a rate of 1.25 turns to 1.20 after the ninth month."""
    frame = pd.DataFrame(rows, columns=["c", "p", "m", "ticks", "currency"]).drop_duplicates(["c", "p", "m", "currency"])
    rate = (1.25 - 0.05 * (frame["m"] > 9)).where(frame["currency"] == "GBP", 1.0)
    local = frame["ticks"]
    return pd.DataFrame(
        {
            "customer_id": "c" + frame["c"].astype("str"),
            "account_id": "a" + frame["c"].clip(lower=1).astype("str"),
            "product_id": "p" + frame["p"].astype("str"),
            "segment": (frame["c"] % 2).map({0: "big", 1: "small"}),
            "currency": frame["currency"],
            "month": month_starts((frame["m"] + START).to_numpy()),
            "amount": (local * rate).round() / 10_000,
            "amount_local": local / 10_000,
        }
    ).reset_index(drop=True)


CUBES = st.lists(ROW, min_size=1, max_size=45).map(cube)
