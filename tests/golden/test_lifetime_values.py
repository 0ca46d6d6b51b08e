"""Published values of survival, retention curves and repeat purchase, each with its source.

``rossi.csv`` (Rossi, Berk and Lenihan 1980, arrests of released convicts) and ``waltons.csv`` (Walton's flies) are the data sets of that name
in the Python package lifelines 0.30 (``lifelines/datasets/``, MIT licence, Copyright (c) 2017-present Cameron Davidson-Pilon).
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from diligence.metrics.lifespans import cohort_life_table
from diligence.metrics.lifetime_value import loss_deviation
from diligence.models.bg_nbd import BetaGeometric, future_purchases
from diligence.models.gamma_gamma import GammaGamma, expected_spend
from diligence.models.pareto_nbd import ParetoNbd, active_pareto
from diligence.models.proportional_hazards import proportional_hazards
from diligence.models.retention_curve import shifted_beta_geometric
from diligence.models.survival import kaplan_meier, log_rank, median_life

HERE = Path(__file__).parent

# Freireich et al. 1963, remission of leukaemia under 6-mercaptopurine and placebo, as in Cox and Oakes 1984, table 1.1 (weeks, + censored)
MERCAPTOPURINE = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
KAPLAN_MEIER = {6: (0.8571, 0.0764), 7: (0.8067, 0.0869), 10: (0.7529, 0.0963), 13: (0.6902, 0.1068)}
KAPLAN_MEIER |= {16: (0.6275, 0.1141), 22: (0.5378, 0.1282), 23: (0.4482, 0.1346)}


def remission() -> pd.DataFrame:
    rows = [
        (word.rstrip("+"), not word.endswith("+"), arm)
        for arm, text in (("6-MP", MERCAPTOPURINE), ("placebo", PLACEBO))
        for word in text.split()
    ]
    return pd.DataFrame(rows, columns=["exit", "lost", "arm"]).astype({"exit": "float64"})


def test_kaplan_meier_and_greenwood_of_the_remission_times() -> None:
    curve = kaplan_meier(remission(), by="arm").set_index(["arm", "age"])
    for age, expected in KAPLAN_MEIER.items():
        assert curve.loc[("6-MP", age), ["survival", "std_error"]].tolist() == pytest.approx(expected, abs=1e-4)


def test_medians_and_log_rank_of_the_remission_times() -> None:
    medians = median_life(kaplan_meier(remission(), by="arm"), by="arm").set_index("arm")["median"]
    assert medians.to_dict() == {"6-MP": 23.0, "placebo": 8.0}
    test = log_rank(remission(), by="arm").iloc[0]
    assert (test["statistic"], test["df"]) == (pytest.approx(16.793, abs=1e-3), 1)


def test_median_of_the_flies() -> None:
    flies = pd.read_csv(HERE / "waltons.csv").rename(columns={"T": "exit", "E": "lost"})
    assert (len(flies), median_life(kaplan_meier(flies))["median"].item()) == (163, 56.0)
    assert log_rank(flies, by="group")["df"].item() == 1


def test_cox_with_efrons_ties_on_the_recidivism_data() -> None:
    """Coefficients as R's survival (coxph, Efron) and lifelines print them for the Rossi data."""
    rossi = pd.read_csv(HERE / "rossi.csv").rename(columns={"week": "exit", "arrest": "lost"})
    found = proportional_hazards(rossi, terms=["fin", "age", "race", "wexp", "mar", "paro", "prio"])
    expected = {"fin": -0.37942, "age": -0.05744, "race": 0.31390, "wexp": -0.14980, "mar": -0.43370, "paro": -0.08487, "prio": 0.09150}
    assert found.set_index("term")["coefficient"].to_dict() == {term: pytest.approx(value, abs=1e-4) for term, value in expected.items()}
    assert found.attrs["log_likelihood"] == pytest.approx(-658.7477, abs=1e-3)
    assert (found["n"].iloc[0], found["lost"].iloc[0]) == (432, 114)


# Berry and Linoff 2004, in Fader and Hardie 2007, How to project customer retention, table 1 (of 1,000 customers, year by year)
COHORTS = {
    "high end": ([86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1], 0.668088, 3.806095, -1611.1581, 0.3780, 0.394),
    "regular": ([63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1], 0.704077, 1.182043, -1680.2652, 0.1700, 0.173),
}


@pytest.mark.parametrize("name", COHORTS)
def test_the_shifted_beta_geometric_of_the_textbook_cohorts(name: str) -> None:
    """Seven years fitted, the twelfth forecast: 37.8% against 39.4% that were, 17.0% against 17.3%."""
    percent, alpha, beta, log_likelihood, twelfth, actual = COHORTS[name]
    alive = pd.DataFrame({"cohort": name, "age": range(8), "alive": [1000.0, *(10 * value for value in percent)]})
    found = shifted_beta_geometric(cohort_life_table(alive))
    assert found is not None
    assert (found.alpha, found.beta) == (pytest.approx(alpha, rel=1e-4), pytest.approx(beta, rel=1e-4))
    assert found.log_likelihood == pytest.approx(log_likelihood, abs=1e-3)
    assert float(found.survival(12)) == pytest.approx(twelfth, abs=1e-4)
    assert abs(float(found.survival(12)) - actual) < 0.02
    assert np.isnan(found.expected_life), "alpha is below one: the mean life is infinite"


def test_the_bg_nbd_expectation_of_the_paper() -> None:
    """Fader, Hardie and Lee 2005, section 5: x = 2, t_x = 30.43, T = 38.86 weeks, in the next 39 weeks 1.226 purchases."""
    paper = BetaGeometric(0.243, 4.414, 0.793, 2.426, -9582.4, 2357)
    found = future_purchases(pd.DataFrame({"frequency": [2], "recency": [30.43], "age": [38.86]}), paper, time=39)
    assert found["purchases"].item() == pytest.approx(1.226, abs=5e-4)


def test_the_pareto_nbd_expectations_of_the_walkthrough() -> None:
    """BTYD walkthrough, customer 1516 (x = 26, t_x = 30.86, T = 31 weeks): P(alive) 0.9979, and 25.46 purchases in 52 weeks by its first fit."""
    walkthrough = ParetoNbd(0.5534, 10.5802, 0.6061, 11.6562, -9594.98, 2357)
    found = active_pareto(pd.DataFrame({"frequency": [26], "recency": [216 / 7], "age": [31.0]}), walkthrough, time=52)
    assert found["active"].item() == pytest.approx(0.99787, abs=1e-5)
    assert found["purchases"].item() == pytest.approx(25.46, abs=1e-2)


def test_the_bg_nbd_expectations_of_the_walkthrough() -> None:
    """BTYD walkthrough, BG/NBD: a new customer buys 1.444 times in 52 weeks, customer 1516 25.76 times."""
    walkthrough = BetaGeometric(0.2425945, 4.4136019, 0.7929199, 2.4258881, -9582.43, 2357)
    assert walkthrough.expected_purchases(52) == pytest.approx(1.444, abs=1e-3)
    found = future_purchases(pd.DataFrame({"frequency": [26], "recency": [216 / 7], "age": [31.0]}), walkthrough, time=52)
    assert found["purchases"].item() == pytest.approx(25.76, abs=1e-2)


def test_the_gamma_gamma_means() -> None:
    """Parameters of the CDNOW sample, Fader and Hardie 2013 (p 6.25, q 3.74, v 15.44); conditional mean of two purchases at 40 by their formula."""
    note = GammaGamma(6.2496, 3.7442, 15.4435, -4055.0, 946)
    assert note.mean == pytest.approx(35.1704, abs=1e-3)
    found = expected_spend(pd.DataFrame({"frequency": [2], "mean_amount": [40.0]}), note)
    assert found["spend"].item() == pytest.approx(39.1305, abs=1e-3)


def test_the_deviation_of_the_loss_worked_by_hand() -> None:
    """HHI 0.04 (25 equal customers) and c = 0.1: sqrt(0.1 x 0.9 x 0.04) = 0.06."""
    assert loss_deviation([0.04] * 25, 0.1) == pytest.approx(0.06, abs=1e-12)
