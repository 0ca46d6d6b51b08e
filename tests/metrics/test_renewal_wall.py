"""The renewal wall by hand, and who is the largest."""

from datetime import date

import pandas as pd
import pytest

from diligence.metrics.concentration import customer_shares, top_share
from diligence.metrics.renewals import renewal_wall, running_contracts

CONTRACTS = pd.DataFrame(
    [
        ("ends on the day", "2025-07-01", "2026-06-30", 1_000.0, True),
        ("ends the day after", "2025-07-02", "2026-07-01", 10.0, True),
        ("ends in the quarter", "2024-01-01", "2026-09-30", 20.0, False),
        ("ends in the next", "2024-01-01", "2026-10-01", 30.0, None),
        ("ends much later", "2024-01-01", "2031-01-01", 40.0, True),
        ("never ends", "2024-01-01", None, 100.0, None),
        ("begins on the day", "2026-06-30", "2026-12-31", 5.0, True),
        ("begins later", "2026-07-01", "2027-06-30", 2_000.0, True),
    ],
    columns=["contract_id", "start_date", "end_date", "annual_value", "auto_renew"],
)
AS_OF = date(2026, 6, 30)


def test_in_force_is_begun_and_not_ended() -> None:
    assert running_contracts(CONTRACTS, AS_OF)["annual_value"].sum() == 10 + 20 + 30 + 40 + 100 + 5


def test_each_contract_stands_in_the_quarter_of_its_end() -> None:
    wall = renewal_wall(CONTRACTS, AS_OF, quarters=3)
    found = {(row.quarter, row.auto_renew): (row.amount, row.n) for row in wall.itertuples()}
    assert found == {
        ("2026Q3", True): (10.0, 1), ("2026Q3", False): (20.0, 1), ("2026Q4", None): (30.0, 1), ("2026Q4", True): (5.0, 1),
        ("2027Q1", None): (0.0, 0), ("later", True): (40.0, 1), ("no end date", None): (100.0, 1),
    }  # fmt: skip
    assert abs(wall["share"].sum() - 1) < 1e-12
    assert wall.loc[wall["quarter"] == "no end date", "share"].tolist() == [100 / 205]


def test_no_contract_in_force_is_undefined_and_not_zero() -> None:
    wall = renewal_wall(CONTRACTS, date(2020, 1, 1))
    assert wall["share"].isna().all() and wall["amount"].sum() == 0 and len(wall) == 10


def test_the_largest_are_ranked_by_parent_and_ties_by_id() -> None:
    june = pd.Timestamp("2026-06-01")
    cube = pd.DataFrame(
        {"customer_id": list("wxyz"), "account_id": ["g", "g", "b", "a"], "month": june, "amount": [30.0, 30.0, 20.0, 20.0]}
    )
    ranked = customer_shares(cube, june)
    assert ranked[["account_id", "share"]].values.tolist() == [["g", 0.6], ["a", 0.2], ["b", 0.2]]
    assert ranked["amount"].tolist() == pytest.approx([720.0, 240.0, 240.0])
    assert customer_shares(cube, june, grain="customer_id")["share"].tolist() == [0.3, 0.3, 0.2, 0.2]
    assert top_share([0.6, 0.2, 0.2], 2) == 0.8
