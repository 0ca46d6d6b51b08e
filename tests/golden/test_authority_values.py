"""Published values of authority, each with its source.

``ucb_admissions.csv``: UCBAdmissions of R's datasets (Bickel, Hammel and O'Connell, Sex bias in graduate admissions: data from Berkeley,
Science 187, 1975), counts of 1973 by outcome, sex and department.
"""

import math
from pathlib import Path

import pandas as pd
import pytest

from diligence.metrics.matching import standardised_rates
from diligence.metrics.nps import net_promoter_score
from diligence.models.esov import RATE, required_share_of_voice, share_half_life, share_path
from diligence.models.matched_odds import matched_odds

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def berkeley() -> pd.DataFrame:
    counts = pd.read_csv(HERE / "ucb_admissions.csv").pivot_table(index="Dept", columns=["Gender", "Admit"], values="Freq")
    return pd.DataFrame(
        {
            "cell": counts.index,
            "won_with": counts["Male", "Admitted"].to_numpy(),
            "lost_with": counts["Male", "Rejected"].to_numpy(),
            "won_without": counts["Female", "Admitted"].to_numpy(),
            "lost_without": counts["Female", "Rejected"].to_numpy(),
        }
    )


def test_berkeley_crude_rates_say_the_opposite_of_the_matched_odds(berkeley: pd.DataFrame) -> None:
    """Men 44.52%, women 30.35% admitted; common odds ratio over departments 0.904697 (R: mantelhaen.test(UCBAdmissions))."""
    found = matched_odds(berkeley)
    assert (found.crude_with, found.crude_without) == (pytest.approx(0.4452, abs=5e-5), pytest.approx(0.3035, abs=5e-5))
    assert found.odds_ratio == pytest.approx(0.904697, abs=1e-5)
    assert found.crude_odds_ratio > 1.8 and found.gap < 0 < found.crude_with - found.crude_without
    # R prints the 95% interval 0.7719074 1.0603298
    assert (found.low, found.high) == (pytest.approx(0.7719074, abs=1e-5), pytest.approx(1.0603298, abs=1e-5))


def test_berkeley_department_a_is_why_one_odds_ratio_hides_something(berkeley: pd.DataFrame) -> None:
    """Breslow-Day over the six departments is 18.83 with five degrees, p 0.0021 (Agresti, Categorical Data Analysis); without A nothing differs."""
    assert matched_odds(berkeley).p_equal == pytest.approx(0.0021, abs=5e-5)
    assert matched_odds(berkeley[berkeley["cell"] != "A"]).p_equal > 0.5


def test_standardised_rates_of_berkeley_by_hand(berkeley: pd.DataFrame) -> None:
    """Each department at its own number of applicants: sum(n x rate) / 4526."""
    n = berkeley[["won_with", "lost_with", "won_without", "lost_without"]].sum(axis=1)
    women = berkeley["won_without"] / (berkeley["won_without"] + berkeley["lost_without"])
    assert n.sum() == 4526
    assert standardised_rates(berkeley)["adjusted_without"] == pytest.approx((n * women).sum() / 4526)


def test_excess_share_of_voice_in_closed_form() -> None:
    """Share of market 5%, of voice 15%, k = 0.07: +0.7 points a year at the start, 7.9531% after five years, half-life 9.902 years."""
    path = share_path(0.05, 0.15, years=5)
    slope = (share_path(0.05, 0.15, years=1, rate=RATE / 1e4)["value"].diff().iloc[1]) * 1e4
    assert slope == pytest.approx(0.007, abs=1e-6)
    assert path["value"].iloc[5] == pytest.approx(0.079531, abs=1e-6)
    assert share_half_life() == pytest.approx(9.902, abs=1e-3)
    assert required_share_of_voice(0.05, 0.079531, years=5) == pytest.approx(0.15, abs=1e-4)


def test_share_of_voice_is_the_ceiling_of_share_of_market() -> None:
    path = share_path(0.05, 0.15, years=200)
    assert (path["value"].diff().dropna() > 0).all() and path["value"].max() < 0.15
    assert (path["low"] <= path["value"]).all() and (path["value"] <= path["high"]).all() and path["high"].max() <= 0.15
    falling = share_path(0.46, 0.11, years=5)
    assert (falling["value"].diff().dropna() < 0).all() and (falling["low"] <= falling["high"]).all()
    assert required_share_of_voice(0.05, 0.2, years=1) > 1
    assert math.isnan(required_share_of_voice(0.05, 0.2, years=0)) and math.isnan(share_half_life(rate=0))


def test_net_promoter_score_as_published() -> None:
    """Reichheld's scale: 9 and 10 promote, 7 and 8 are passive, 0 to 6 detract; 3 promoters, 1 passive, 2 detractors: (3 - 2) / 6."""
    found = net_promoter_score(pd.DataFrame({"score": [10, 9, 9, 8, 6, 0, 11, None]})).iloc[0]
    assert found[["promoters", "passives", "detractors", "n"]].tolist() == [3, 1, 2, 6]
    assert found["value"] == pytest.approx(1 / 6)
