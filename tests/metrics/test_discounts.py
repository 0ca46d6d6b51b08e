"""Discounts: worked by hand."""

import numpy as np
import pandas as pd
import pytest

from diligence.metrics.discounts import (
    bundle_discount,
    credit_note_rate,
    discount_by,
    discount_dispersion,
    pocket_waterfall,
    price_realisation,
    quarter_end_discount,
    within_cell_range,
)


def quotes(nets: list[float], **columns: object) -> pd.DataFrame:
    return pd.DataFrame({"quantity": 1.0, "list_price": 100.0, "net_price": nets}).assign(**columns)


def test_realisation_is_the_ratio_of_means_and_not_the_mean_of_ratios() -> None:
    """A line of 900 at half price and one of 100 at list: 550 of 1,000, though the mean of 50% and 100% is 75%."""
    frame = quotes([50.0, 100.0], quantity=[9.0, 1.0])
    found = price_realisation(frame).iloc[0]
    assert (found["realisation"], found["numerator"], found["denominator"], found["n"]) == (0.55, 550, 1_000, 2)
    assert price_realisation(frame, credit_rate=0.1)["realisation"].iloc[0] == pytest.approx(0.495)


def test_the_waterfall_closes_at_every_step_and_names_the_largest_leak_first() -> None:
    frame = quotes([80.0, 90.0, 60.0, 100.0], discount_reason=["volume", "volume", "rival", None])
    found = pocket_waterfall(frame, credit_rate=credit_note_rate(pd.DataFrame({"amount": [100.0, -2.0]}))["rate"])
    assert found["step"].tolist() == ["list", "rival", "volume", "net", "credits", "pocket"]
    assert found["amount"].tolist() == pytest.approx([400, -40, -30, 330, -6.6, 323.4])
    leaks = found.loc[found["kind"] == "leak", "amount"].sum()
    assert found["amount"].iloc[0] + leaks == pytest.approx(found["amount"].iloc[-1])


def test_lines_without_list_price_or_quantity_are_in_no_ratio() -> None:
    frame = quotes([50.0, 50.0, 50.0], list_price=[100.0, 0.0, np.nan])
    assert price_realisation(frame)["n"].iloc[0] == 1


def test_dispersion_is_within_cells_and_not_between_them() -> None:
    """Two segments, each with one discount of its own: nothing is dispersed, though the discounts of all are."""
    frame = quotes([90.0] * 5 + [60.0] * 5, segment=["a"] * 5 + ["b"] * 5, size_band="x")
    assert within_cell_range(discount_dispersion(frame)) == pytest.approx(0)
    assert discount_dispersion(frame, by=["size_band"])["iqr"].iloc[0] == pytest.approx(0.3)


def test_a_cell_of_too_few_lines_has_no_range() -> None:
    found = discount_dispersion(quotes([90.0] * 4, segment="a"), by=["segment"])
    assert np.isnan(found["iqr"].iloc[0]) and found["n"].iloc[0] == 4
    assert np.isnan(within_cell_range(found))


def test_whoever_gave_them() -> None:
    found = discount_by(quotes([95.0, 80.0, 70.0], approved_by=[None, "VP", "VP"])).set_index("approved_by")
    assert found.loc["VP", "discount"] == pytest.approx(0.25)
    assert found.loc["(no approval)", "share"] == pytest.approx(1 / 3)
    assert found.loc["VP", ["numerator", "denominator"]].tolist() == [50, 200]


def test_quarter_ends_follow_the_fiscal_year_and_compare_like_with_like() -> None:
    """Fiscal year to January: quarters end in January, April, July, October. The last ten days of April are the 21st to the 30th."""
    days = pd.to_datetime(["2026-04-20", "2026-04-21", "2026-04-30", "2026-06-30"])
    frame = quotes([90.0, 80.0, 70.0, 92.0], date=days, segment="a")
    found = quarter_end_discount(frame, by=["segment"], year_end_month=1)
    assert (found["at_end"], found["otherwise"], found["n"]) == (pytest.approx(0.25), pytest.approx(0.09), 2)
    assert quarter_end_discount(frame, by=["segment"], year_end_month=12)["at_end"] == pytest.approx(0.08)


def test_a_segment_that_buys_at_quarter_end_only_is_not_a_quarter_end_discount() -> None:
    days = pd.to_datetime(["2026-03-30", "2026-02-10"])
    assert np.isnan(quarter_end_discount(quotes([60.0, 95.0], date=days, segment=["big", "small"]), by=["segment"])["difference"])


def test_bundles_are_deals_of_several_products() -> None:
    frame = quotes([70.0, 80.0, 90.0, 100.0], opportunity_id=["o", "o", "o", "p"], product_id=list("abca"))
    assert bundle_discount(frame)["discount"] == pytest.approx(0.2)
    assert np.isnan(bundle_discount(frame, least=4)["discount"])
