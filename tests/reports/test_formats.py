import datetime

import numpy as np
import pandas as pd
import pytest

from diligence.reports import formats

CASES = [
    (12_340_000, "money", "€12.3m"),
    (999_499, "money", "€999k"),
    (999_500, "money", "€1.0m"),
    (1_250_000_000, "money", "€1,250.0m"),
    (340_000, "money", "€340k"),
    (1_240, "money", "€1.2k"),
    (912, "money", "€912"),
    (999.6, "money", "€1.0k"),
    (-2_650_000, "money", "−€2.7m"),
    (0, "money", "€0"),
    (340_000, "money_m", "€0.3m"),
    (-40_000, "money_m", "€0.0m"),
    (1_234_567.5, "money_full", "€1,234,568"),
    (0.125, "percent", "13%"),
    (-0.034, "percent1", "−3.4%"),
    (1.0825, "percent1", "108.3%"),
    (-0.0004, "percent", "0%"),
    (2.345, "ratio2", "2.35"),
    (48_210, "count", "48,210"),
    (True, "count", "1"),
    (3.14159, "number", "3.14"),
    (31.4159, "number", "31.4"),
    (31_415.9, "number", "31,416"),
    (7, "number", "7"),
    (14.25, "months", "14.3 months"),
    (datetime.date(2025, 6, 30), "date", "30 Jun 2025"),
    ("2025-06-30", "date", "30 Jun 2025"),
    (pd.Timestamp("2025-06-01"), "month", "Jun 2025"),
    (pd.Period("2025-06", "M"), "month", "Jun 2025"),
    (np.datetime64("2025-06-01"), "month", "Jun 2025"),
    ("not a date", "date", "not a date"),
    ("<b>", "text", "<b>"),
    (np.True_, "text", "yes"),
    ("as reported", "money", "as reported"),
    (np.int64(5), "count", "5"),
    (np.float32(0.5), "percent", "50%"),
]


@pytest.mark.parametrize(("value", "code", "text"), CASES)
def test_a_value_is_written_in_one_way(value, code, text):
    assert formats.as_text(value, code) == text


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), pd.NA, pd.NaT, np.nan])
@pytest.mark.parametrize("code", formats.CODES)
def test_what_is_missing_is_a_dash_in_a_cell_and_words_in_a_sentence(value, code):
    assert formats.in_cell(value, code) == "–"
    assert formats.in_sentence(value, code) == "not assessable"


@pytest.mark.parametrize(("currency", "text"), [("EUR", "€1.5m"), ("GBP", "£1.5m"), ("USD", "$1.5m"), ("CHF", "CHF\u202f1.5m")])
def test_currencies(currency, text):
    assert formats.as_text(1_500_000, "money", currency=currency) == text


def test_a_rise_may_carry_its_sign():
    assert formats.as_text(0.05, "percent", signed=True) == "+5%"
    assert formats.as_text(0.0, "percent", signed=True) == "0%"


def test_an_unknown_code_is_refused():
    with pytest.raises(ValueError, match=r"expected a format out of money, .* got 'pct'; use one of these"):
        formats.as_text(1, "pct")
