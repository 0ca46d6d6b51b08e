"""Cohorts: what nobody has lived through is blank; what was lost is zero."""

import pandas as pd
import pytest

from diligence.metrics.cohorts import BEFORE, cohorts

MONTHS = pd.date_range("2024-01-01", "2025-12-01", freq="MS")


def account(name: str, first: int, last: int, amount: float) -> pd.DataFrame:
    return pd.DataFrame({"account_id": name, "month": MONTHS[first : last + 1], "amount": amount})


CUBE = pd.concat(
    [
        account("old", 0, 23, 100.0),
        account("gone", 0, 5, 100.0),
        account("first", 3, 23, 10.0),
        account("second", 3, 9, 30.0),
        account("late", 20, 23, 5.0),
    ],
    ignore_index=True,
)


def cells(**options: object) -> pd.DataFrame:
    return cohorts(CUBE, MONTHS[-1], **{"cohort_months": 3, "step": 3, **options}).set_index(["cohort", "age"])  # type: ignore[arg-type]


def test_cohort_library_that_fills_unlived_periods_with_zero_is_not_ours() -> None:
    """Known error of public material (definitions.md): unobserved is NaN, never 0."""
    found = cells()
    assert found.loc[("2025Q3", 0), "value"] == 1.0
    unlived = found.loc["2025Q3"].loc[3:, "value"]
    assert unlived.isna().all() and not (unlived == 0).any()


def test_a_cohort_by_hand() -> None:
    """Of April 2024: 40 a month in May (the first whole month), 10 from November 2024 on, when one of two is gone."""
    found = cells().loc["2024Q2"]
    assert found.loc[0, ["value", "logos", "amount", "base", "n"]].tolist() == [1.0, 1.0, 40.0, 40.0, 2]
    assert found.loc[3, "value"] == 1.0
    assert found.loc[6, ["value", "logos", "amount"]].tolist() == [0.25, 0.5, 10.0]
    assert found.loc[18, "value"] == 0.25
    assert 21 not in found.index or pd.isna(found.loc[21, "value"])


def test_those_already_there_are_a_cohort_of_their_own() -> None:
    found = cells().loc[BEFORE]
    assert found.loc[0, ["base", "n"]].tolist() == [200.0, 2]
    assert found.loc[6, ["value", "logos"]].tolist() == [0.5, 0.5]


def test_lost_is_zero_once_lived_through() -> None:
    cube = pd.concat([account("old", 0, 23, 1.0), account("lost", 2, 8, 5.0)], ignore_index=True)
    found = cohorts(cube, MONTHS[-1], cohort_months=3, step=12).set_index(["cohort", "age"])
    assert found.loc[("2024Q1", 12), ["value", "logos"]].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(("close", "label"), [(12, "FY2024"), (6, "FY2024"), (3, "FY2025")])
def test_fiscal_years_name_cohorts(close: int, label: str) -> None:
    found = cohorts(CUBE, MONTHS[-1], cohort_months=12, year_end_month=close)
    assert label in set(found["cohort"])
    assert found.loc[found["cohort"] == label, "n"].iloc[0] == 2


def test_what_comes_after_the_end_is_not_seen() -> None:
    later = pd.concat(
        [CUBE, pd.DataFrame({"account_id": ["x"], "month": [pd.Timestamp("2026-03-01")], "amount": [9.0]})], ignore_index=True
    )
    pd.testing.assert_frame_equal(cohorts(later, MONTHS[-1]), cohorts(CUBE, MONTHS[-1]))
