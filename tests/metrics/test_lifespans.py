"""Lives and life tables worked by hand: late entry, censoring, pauses, acquired customers, renewals."""

from typing import Any

import pandas as pd
import pytest

from diligence.metrics.lifespans import cohort_life_table, life_table, lifespans

END = pd.Timestamp("2026-06-01")


def paid(account: str, first: str, last: str, amount: float = 10.0) -> pd.DataFrame:
    return pd.DataFrame({"account_id": account, "month": pd.date_range(first, last, freq="MS"), "amount": amount})


def row(lives: pd.DataFrame, account: str) -> dict[str, Any]:
    return lives.set_index("account_id").loc[account].to_dict()


def test_ages_count_the_months_paid() -> None:
    """a pays from January to March 2026: lost at age 3. b pays from May on: seen for two months."""
    lives = lifespans(
        pd.concat([paid("z", "2025-01-01", "2026-06-01"), paid("a", "2026-01-01", "2026-03-01"), paid("b", "2026-05-01", "2026-06-01")]),
        END,
    )
    assert [row(lives, "a")[key] for key in ("entry", "exit", "lost")] == [0, 3, True]
    assert [row(lives, "b")[key] for key in ("entry", "exit", "lost")] == [0, 2, False]


def test_customers_there_before_the_data_enter_at_their_age_and_those_without_a_date_are_left_out() -> None:
    cube = pd.concat([paid("old", "2025-01-01", "2025-06-01"), paid("unknown", "2025-01-01", "2026-06-01")])
    lives = lifespans(cube, END, starts=pd.DataFrame({"account_id": ["old"], "acquired_on": ["2023-01-20"]}))
    assert [row(lives, "old")[key] for key in ("entry", "exit", "lost")] == [24, 30, True]
    assert pd.isna(row(lives, "unknown")["exit"])
    assert life_table(lives)["at_risk"].tolist() == [0, 0, 1]


def test_customers_that_came_with_an_acquired_company_are_not_new() -> None:
    """Bought in 2026-01: with a date before it they enter at their age, with the date of the deal their age is unknown."""
    cube = pd.concat(
        [paid("z", "2025-01-01", "2026-06-01"), paid("dated", "2026-01-01", "2026-06-01"), paid("undated", "2026-01-01", "2026-06-01")]
    )
    starts = pd.DataFrame({"account_id": ["dated", "undated"], "acquired_on": ["2024-01-01", "2026-01-01"], "bought": True})
    lives = lifespans(cube, END, starts=starts)
    assert [row(lives, "dated")[key] for key in ("entry", "exit")] == [24, 30]
    assert pd.isna(row(lives, "undated")["exit"])
    assert row(lifespans(cube, END), "undated")["exit"] == 6


def test_a_return_is_another_life_unless_the_absence_is_a_pause() -> None:
    cube = pd.concat([paid("z", "2025-01-01", "2026-06-01"), paid("a", "2025-03-01", "2025-05-01"), paid("a", "2025-08-01", "2026-06-01")])
    assert [row(lifespans(cube, END), "a")[key] for key in ("exit", "lost")] == [3, True]
    assert [row(lifespans(cube, END, pause=2), "a")[key] for key in ("exit", "lost")] == [14, False]


def test_with_a_pause_nobody_is_called_lost_who_may_still_come_back() -> None:
    """Silent for the last two months: with a pause of two that is not yet a loss, after three it is."""
    cube = pd.concat(
        [paid("z", "2025-01-01", "2026-06-01"), paid("two", "2025-02-01", "2026-04-01"), paid("three", "2025-02-01", "2026-03-01")]
    )
    lives = lifespans(cube, END, pause=2)
    assert (row(lives, "two")["lost"], row(lives, "three")["lost"]) == (False, True)


def test_a_credit_does_not_keep_a_customer_alive_and_later_months_do_not_count() -> None:
    cube = pd.concat(
        [
            paid("z", "2025-01-01", "2026-06-01"),
            paid("a", "2025-03-01", "2025-04-01"),
            paid("a", "2025-05-01", "2025-05-01", -5),
            paid("a", "2026-07-01", "2026-07-01"),
        ]
    )
    assert [row(lifespans(cube, END), "a")[key] for key in ("exit", "lost")] == [2, True]


def test_a_customer_who_is_not_in_the_customer_list_still_has_a_life() -> None:
    """A list exported today lacks those who left: lives come from the revenue."""
    cube = pd.concat([paid("z", "2025-01-01", "2026-06-01"), paid("gone", "2025-02-01", "2025-08-01")])
    lives = lifespans(cube, END, starts=pd.DataFrame({"account_id": ["z"], "acquired_on": ["2025-01-01"]}))
    assert row(lives, "gone")["lost"]


def test_a_loss_at_the_end_of_a_first_year_is_one_of_the_first_year() -> None:
    """A term that begins on the 15th reaches into thirteen calendar months."""
    for exits in (12, 13):
        table = life_table(pd.DataFrame({"entry": [0, 0], "exit": [exits, 40], "lost": [True, False]}))
        assert table[["age", "at_risk", "lost"]].to_numpy().tolist() == [[1, 2, 1], [2, 1, 0], [3, 1, 0]]


def test_monthly_life_tables_are_exact() -> None:
    table = life_table(pd.DataFrame({"entry": [0, 0, 1], "exit": [1, 3, 3], "lost": [True, True, False]}), months=1)
    assert table[["at_risk", "lost"]].to_numpy().tolist() == [[2, 1], [2, 0], [2, 1]]
    assert table["survival"].tolist() == pytest.approx([0.5, 0.5, 0.25])


def test_cohorts_and_lives_give_the_same_table() -> None:
    lives = pd.DataFrame({"entry": 0, "exit": [1] * 20 + [2] * 10 + [3] * 70, "lost": [True] * 30 + [False] * 70})
    alive = pd.DataFrame({"cohort": "x", "age": range(4), "alive": [100, 80, 70, 70]})
    left, right = life_table(lives, months=1), cohort_life_table(alive)
    assert left[["age", "at_risk", "lost"]].to_numpy().tolist() == right[["age", "at_risk", "lost"]].to_numpy().tolist()


def test_an_age_that_nobody_has_reached_is_no_loss() -> None:
    alive = pd.DataFrame({"cohort": "x", "age": [0, 1, 2], "alive": [100, 80, None]})
    assert len(cohort_life_table(alive)) == 1
