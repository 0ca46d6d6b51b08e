"""Example tables of choices and of sales, made alike each time."""

import numpy as np
import pandas as pd


def choices() -> pd.DataFrame:
    random = np.random.default_rng(4)
    rows = []
    for who in range(12):
        for task in range(4):
            price = random.integers(3, 12, 3).astype("float64")
            support = random.integers(0, 2, 3)
            utility = -0.4 * price + 0.8 * support + random.gumbel(size=3)
            rows += [
                (f"r{who}", task, place, place == int(utility.argmax()), price[place], ["basic", "full"][support[place]])
                for place in range(3)
            ]
    return pd.DataFrame(rows, columns=["respondent_id", "task", "alternative", "chosen", "price", "support"])


def offers() -> pd.DataFrame:
    return pd.DataFrame({"alternative": ["a", "b"], "price": [5.0, 7.0], "support": ["basic", "full"]})


def sales() -> pd.DataFrame:
    random = np.random.default_rng(9)
    account = np.repeat(np.arange(8), 10)
    tax = random.random(80)
    price = 5 + account / 2 + 3 * tax + random.random(80)
    quantity = np.exp(3 + account * 0.2 - 1.5 * np.log(price) + 0.1 * random.normal(size=80))
    return pd.DataFrame({"account_id": [f"a{one}" for one in account], "quantity": quantity, "price": price, "tax": tax})
