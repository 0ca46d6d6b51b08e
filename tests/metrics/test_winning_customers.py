"""Acquisition: cohorts by creation, outcomes that compete, costs that are lagged and loaded, claims that add up, referral that reproduces."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from diligence.metrics.acquisition_cost import (
    UNALLOCATED,
    acquisition_cost,
    costs_by_loading,
    incremental_cost,
    is_media,
    lifetime_to_cost,
    magic_number,
    payback_months,
)
from diligence.metrics.channel_mix import UNKNOWN, channel_mix, is_inbound, is_paid, overwritten_sources, source_agreement
from diligence.metrics.claims import NOBODY, double_counted, reconciled_claims, shared_claims, sourcing_claims
from diligence.metrics.funnel import created_at_close, deal_outcomes, funnel, funnel_cohorts, stage_dates
from diligence.models.closing import closing_incidence, cycle, incidence_at
from diligence.models.rates import rate_interval, rate_ratio_interval, total_interval
from diligence.models.referral import referral_reproduction

AS_OF = date(2026, 6, 30)
END = pd.Timestamp("2026-06-01")


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


class TestFunnel:
    def staged(self) -> pd.DataFrame:
        leads = pd.DataFrame(
            {
                "lead_id": list("abcde"),
                "created_on": pd.to_datetime(["2025-09-01", "2025-09-05", "2026-06-20", "2025-12-01", "2026-07-09"]),
                "mql_on": pd.to_datetime(["2025-09-03", None, None, None, None]),
                "sql_on": pd.to_datetime(["2025-09-09", None, None, "2025-12-09", None]),
                "opportunity_id": ["o1", None, None, "o2", None],
            }
        )
        deals = pd.DataFrame(
            {
                "opportunity_id": ["o1", "o2"],
                "created_on": pd.to_datetime(["2025-09-15", "2025-12-20"]),
                "closed_on": pd.to_datetime(["2026-02-01", "2026-07-04"]),
                "status": ["won", "won"],
            }
        )
        return stage_dates(leads, deals, as_of=AS_OF)

    def test_a_lead_too_young_to_have_gone_on_is_left_out(self) -> None:
        found = funnel(self.staged(), as_of=AS_OF).set_index("step")
        assert found.loc["lead_to_mql", ["entered", "went_on", "young"]].tolist() == [3, 2, 1]
        assert found.loc["sql_to_opportunity", "rate"] == 1.0

    def test_nothing_after_the_as_of_date_counts(self) -> None:
        """Lead e was created and opportunity o2 won after it."""
        staged = self.staged()
        assert staged["lead"].notna().sum() == 4
        assert staged["won"].notna().tolist() == [True, False, False, False, False]

    def test_a_stage_that_was_skipped_was_passed(self) -> None:
        staged = self.staged().set_index("lead_id")
        assert staged.loc["d", "mql"] == staged.loc["d", "sql"] == day("2025-12-09")

    def test_cohorts_are_made_by_creation_and_say_whether_they_are_mature(self) -> None:
        found = funnel_cohorts(self.staged(), as_of=AS_OF).set_index("cohort")
        assert found["entered"].to_dict() == {"2025Q3": 2, "2025Q4": 1, "2026Q2": 1}
        assert found.loc["2025Q3", ["mql", "won"]].tolist() == [0.5, 0.5]
        assert not found["mature"].any()
        assert funnel_cohorts(self.staged(), as_of=date(2027, 12, 31))["mature"].all()


class TestOutcomes:
    def test_a_cohort_of_closings_is_biased_and_one_of_creation_is_not(self) -> None:
        """Half of all are won, after 30 days; the other half lost, after 300. Closed in the first 100 days all are won."""
        created = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(200) % 100, "D")
        won = np.arange(200) < 100
        closed = created + pd.to_timedelta(np.where(won, 30, 300), "D")
        deals = pd.DataFrame({"created_on": created, "closed_on": closed, "status": np.where(won, "won", "lost")})
        as_of = date(2026, 6, 30)
        by_close = deals[deals["closed_on"] <= pd.Timestamp(as_of)]
        assert (by_close["status"] == "won").mean() == 1.0
        outcomes = deal_outcomes(deals.assign(status=deals["status"].where(deals["closed_on"] <= pd.Timestamp(as_of), "open")), as_of=as_of)
        assert incidence_at(closing_incidence(outcomes), days=100)["incidence"].tolist() == pytest.approx([0.5])

    def test_no_decision_is_an_outcome_and_stays_below_the_line(self) -> None:
        deals = pd.DataFrame({"created_on": day("2026-01-01"), "closed_on": day("2026-02-01"), "status": ["won", "lost", "lost", "lost"]})
        outcomes = deal_outcomes(deals.assign(loss_reason=[None, "price", "no_decision", "no_decision"]), as_of=AS_OF)
        found = incidence_at(closing_incidence(outcomes), days=365).set_index("outcome")["incidence"]
        assert found.to_dict() == {"won": 0.25, "lost": 0.25, "no_decision": 0.5}

    def test_outcomes_and_open_ones_are_all_there_is(self) -> None:
        """Aalen and Johansen: incidences and survival add up to one on every day; against statsmodels' Kaplan-Meier."""
        random = np.random.default_rng(3)
        frame = pd.DataFrame(
            {"days": random.integers(1, 200, 400).astype("float64"), "outcome": random.choice(["won", "lost", "no_decision", "open"], 400)}
        )
        found = closing_incidence(frame)
        total = found.groupby("days")["incidence"].sum()
        survival = SurvfuncRight(frame["days"].to_numpy(), (frame["outcome"] != "open").to_numpy())
        kept = pd.Series(survival.surv_prob, index=survival.surv_times)
        np.testing.assert_allclose((total + kept.reindex(total.index).ffill()).to_numpy(), 1.0, atol=1e-9)
        inside = found[found["low"].notna()]
        assert ((inside["low"] <= inside["incidence"]) & (inside["incidence"] <= inside["high"])).all()

    def test_treating_the_rival_outcome_as_censored_overstates_it(self) -> None:
        frame = pd.DataFrame({"days": np.arange(1.0, 101.0), "outcome": ["won", "lost"] * 50})
        alone = SurvfuncRight(frame["days"].to_numpy(), (frame["outcome"] == "won").to_numpy())
        together = incidence_at(closing_incidence(frame), days=100).set_index("outcome").loc["won", "incidence"]
        assert together == pytest.approx(0.5)
        assert 1 - alone.surv_prob[-1] > 0.85

    def test_wins_created_when_they_were_won_are_found(self) -> None:
        deals = pd.DataFrame(
            {"created_on": day("2026-01-10"), "closed_on": pd.to_datetime(["2026-01-10", "2026-01-11", "2026-01-12", "2026-01-10", None])}
        )
        assert created_at_close(deals.assign(status=["won", "won", "won", "lost", "open"])).tolist() == [True, True, False, False, False]

    def test_opportunities_from_before_the_export_are_left_out(self) -> None:
        """Closed ones begin on 1 March: of those created in January only the slow are there."""
        created = pd.to_datetime(["2026-01-01", "2026-03-02", "2026-03-05"])
        deals = pd.DataFrame(
            {"created_on": created, "closed_on": pd.to_datetime(["2026-05-01", "2026-03-01", None]), "status": ["won", "lost", "open"]}
        )
        deals.loc[1, "created_on"] = day("2026-03-01")
        assert deal_outcomes(deals, as_of=AS_OF)["days"].tolist() == [0.0, 117.0]
        assert len(deal_outcomes(deals, as_of=AS_OF, complete=True)) == 3

    def test_the_cycle_counts_what_is_still_open(self) -> None:
        """Three closed after 10, 20 and 30 days, four open for 100: the median of the closed is 20; half of all are not decided."""
        frame = pd.DataFrame(
            {"days": [10.0, 20, 30, 100, 100, 100, 100], "outcome": ["won", "lost", "won", "open", "open", "open", "open"]}
        )
        found = cycle(frame)
        assert found.closed == 20 and np.isnan(found.decided)
        assert (found.won, found.lost) == (10.0, 20.0)
        assert cycle(frame.head(5)).decided == 30


class TestCost:
    COSTS = pd.DataFrame(
        {
            "month": pd.to_datetime(["2026-01-01"] * 4 + ["2026-04-01"]),
            "channel": ["paid_search", "events", "all", "all", "paid_search"],
            "amount": [600.0, 300.0, 900.0, 200.0, 9999.0],
            "kind": ["programme", "programme", "people", "commission", "programme"],
        }
    )
    WON = pd.DataFrame(
        {
            "closed_on": pd.to_datetime(["2026-03-05", "2026-03-31", "2026-03-09", "2026-04-01"]),
            "amount": [100.0, 200, 300, 7],
            "channel": ["paid_search", "paid_search", "outbound", "events"],
        }
    )

    def cost(self, **more: object) -> pd.DataFrame:
        return acquisition_cost(costs_by_loading(self.COSTS), self.WON, end=day("2026-03-01"), months=1, lag_months=2, **more)  # type: ignore[arg-type]

    def test_three_loadings_each_within_the_next(self) -> None:
        """Three customers of March against the cost of January: 600, 900 and 2,000."""
        found = self.cost().set_index("loading")
        assert found["cac"].to_dict() == {"media": 200.0, "programme": 300.0, "loaded": pytest.approx(2000 / 3)}
        assert found.loc["loaded", "cost_ratio"] == pytest.approx(2000 / 600)

    def test_the_money_that_won_a_customer_was_spent_before(self) -> None:
        same = acquisition_cost(costs_by_loading(self.COSTS), self.WON, end=day("2026-03-01"), months=1).set_index("loading")
        assert same.loc["loaded", "cost"] == 0

    def test_cost_of_no_channel_is_shown_and_not_spread_silently(self) -> None:
        found = self.cost(by="channel").query("loading == 'loaded'").set_index("channel")
        assert found["cost"].dropna().to_dict() == {UNALLOCATED: 1100, "events": 300, "paid_search": 600}
        assert found.loc["paid_search", "cac"] == 300
        assert np.isnan(found.loc["outbound", "cac"]), "nothing was booked to it: undefined, not free"
        assert np.isnan(found.loc["events", "cac"]), "nothing was won through it"
        # with the 1,100 spread over three customers: 600 + 2/3 of it for paid search
        assert found.loc["paid_search", "cost_spread"] == pytest.approx(600 + 1100 * 2 / 3)
        assert found["cost"].sum() == 2000 == pytest.approx(found["cost_spread"].drop("events").sum() + 300)

    def test_payback_is_in_months_and_not_in_months_per_customer(self) -> None:
        """The erroneous form divides one customer's cost by all new revenue: two such companies in one would pay back twice as fast."""
        one, two = ((k * 1000.0, k * 600.0, k * 4) for k in (1, 2))
        right = [payback_months(cost, new_annual=new, gross_margin=0.8) for cost, new, _ in (one, two)]
        wrong = [(cost / customers) / (new / 12 * 0.8) for cost, new, customers in (one, two)]
        assert right == [pytest.approx(25.0)] * 2
        assert wrong[1] == pytest.approx(wrong[0] / 2)
        assert np.isnan(payback_months(1.0, new_annual=0.0, gross_margin=0.8))

    def test_lifetime_value_over_cost(self) -> None:
        assert lifetime_to_cost(9.0, 3.0) == 3 and np.isnan(lifetime_to_cost(9.0, 0.0))

    def test_the_average_hides_what_the_last_ones_cost(self) -> None:
        """Spend from 100 to 400, leads from 10 to 15: 26.67 on average, 60 for each of the five added."""
        spend = pd.DataFrame(
            {
                "month": pd.to_datetime(["2024-06-01", "2026-06-01"] * 2),
                "channel": ["a", "a", "b", "b"],
                "amount": [100.0, 400.0, 50.0, 90.0],
            }
        )
        results = pd.DataFrame(
            {"date": [day("2024-06-05")] * 20 + [day("2026-06-05")] * 25, "channel": ["a"] * 10 + ["b"] * 10 + ["a"] * 15 + ["b"] * 10}
        )
        found = incremental_cost(spend, results, end=END).set_index("channel")
        assert found.loc["a", ["average", "incremental", "ratio"]].tolist() == pytest.approx([400 / 15, 60, 60 / (400 / 15)])
        assert np.isnan(found.loc["b", "incremental"]), "more money and no more leads has no price"

    def test_magic_number_takes_the_cost_of_the_quarter_before(self) -> None:
        months = pd.date_range("2025-03-01", "2026-06-01", freq="MS")
        recurring = pd.DataFrame({"month": months, "amount": [100.0 + 10 * ((place + 2) // 3) for place in range(len(months))]})
        costs = pd.DataFrame({"month": months, "amount": [5.0 if month < day("2026-04-01") else 500.0 for month in months]})
        found = magic_number(recurring, costs).set_index("quarter")
        assert found.loc["2026Q2", ["net_new", "cost", "value"]].tolist() == pytest.approx([10, 15, 10 / 15])
        assert found.loc["2026Q2", "smoothed"] == pytest.approx(40 / 60)
        assert np.isnan(found.loc["2025Q2", "value"]), "the quarter before is not whole"

    def test_media_is_bought_reach(self) -> None:
        names = pd.Series(["paid_search", "organic_social", "LinkedIn ads", "events", "tv", "partner", None])
        assert is_media(names).tolist() == [True, False, True, False, True, False, False]
        assert is_paid(names).tolist() == [True, False, True, False, True, False, False]
        assert is_inbound(pd.Series(["Organic search", "direct", "outbound", "re-direct"])).tolist() == [True, True, False, True]


class TestSources:
    def test_an_unknown_channel_is_shown(self) -> None:
        found = channel_mix(pd.DataFrame({"amount": [60.0, 30, 10], "channel": ["a", None, " "]}))
        assert found[["channel", "share", "customers"]].values.tolist() == [["a", 0.6, 1], [UNKNOWN, 0.4, 2]]

    def test_a_source_that_a_merge_overwrote_is_found(self) -> None:
        leads = pd.DataFrame(
            {
                "created_on": pd.to_datetime(["2026-02-01", "2026-01-01", "2026-01-01", "2026-02-01", "2026-01-01"]),
                "channel": ["search", "events", "events", "search", "events"],
                "opportunity_id": ["merged", "merged", "kept", "kept", "single"],
            }
        )
        deals = pd.DataFrame({"opportunity_id": ["merged", "kept", "single"], "channel": ["search", "events", "search"]})
        found = overwritten_sources(leads, deals).set_index("opportunity_id")["overwritten"]
        assert found.to_dict() == {"merged": True, "kept": False}

    def test_a_source_field_that_is_the_last_touch(self) -> None:
        leads = pd.DataFrame({"lead_id": ["a", "b", "c"], "channel": ["x", "y", "z"]})
        touches = pd.DataFrame(
            {
                "lead_id": ["a", "a", "b", "b", "c"],
                "touched_at": pd.to_datetime(["2026-01-02", "2026-01-01"] * 2 + ["2026-01-01"]),
                "channel": ["x", "y", "z", "y", "z"],
            }
        )
        found = source_agreement(leads, touches)
        assert found[["lead_id", "is_first", "is_last"]].values.tolist() == [["a", False, True], ["b", True, False]]

    def test_claims_come_back_to_one_number(self) -> None:
        won = pd.DataFrame(
            {
                "opportunity_id": ["1", "2", "3", "4"],
                "amount": [100.0, 50, 30, 20],
                "sourced_by": ["marketing", "sales", None, "partner"],
                "rep_id": ["ae", "ae", "x", "x"],
            }
        )
        won["founder_involved"] = [True, False, False, False]
        leads = pd.DataFrame({"lead_id": ["l1", "l2"], "opportunity_id": ["1", "2"], "channel": ["events", "Partner portal"]})
        reps = pd.DataFrame({"rep_id": ["ae", "x"], "role": ["account_executive", "customer_success"]})
        claims = sourcing_claims(won, leads=leads, reps=reps)
        table = reconciled_claims(claims, won).set_index("claimant")
        assert table["claimed"].to_dict() == {"founder": 100, "marketing": 150, "partner": 70, "sales": 150, NOBODY: 30}
        assert table["credited"].to_dict() == {"founder": 0, "marketing": 100, "partner": 20, "sales": 50, NOBODY: 30}
        assert table["credited"].sum() == won["amount"].sum()
        assert (table["sole"] + table["shared"]).tolist() == table["claimed"].tolist()
        assert double_counted(claims) == 300 == table["claimed"].sum() - won["amount"].sum()
        pairs = shared_claims(claims).set_index(["claimant", "other"])["amount"]
        assert pairs[("marketing", "sales")] == 150

    def test_referral_that_is_credited_to_another_channel_keeps_its_claim(self) -> None:
        won = pd.DataFrame({"opportunity_id": ["1"], "amount": [9.0], "sourced_by": ["marketing"], "customer_id": ["c2"]})
        customers = pd.DataFrame({"customer_id": ["c1", "c2"], "referred_by": [None, "c1"]})
        assert sourcing_claims(won, customers=customers)["claimant"].tolist() == ["marketing", "referral"]


class TestReferral:
    def test_reproduction_is_births_over_deaths(self) -> None:
        """100 customers a year through, 10 leave on the last day, 4 referred on the last day: 4 / 10."""
        base = pd.DataFrame({"customer_id": [f"c{n:03d}" for n in range(100)], "acquired_on": day("2020-01-01"), "referred_by": None})
        born = pd.DataFrame(
            {"customer_id": [f"n{n}" for n in range(4)], "acquired_on": day("2026-06-30"), "referred_by": ["c000", "c000", "c001", "c050"]}
        )
        customers = pd.concat([base, born], ignore_index=True).assign(left_on=pd.NaT)
        customers.loc[:9, "left_on"] = day("2026-06-30")
        found = referral_reproduction(customers, end=END)
        assert found.reproduction == pytest.approx(0.4) and found.low < 0.4 < found.high
        assert found.customer_years == pytest.approx(100, rel=0.01) and found.rate == pytest.approx(0.04, rel=0.01)
        assert found.generation_months == pytest.approx(77.9, abs=0.2)
        assert found.referrers == 1.0

    def test_without_leavers_there_is_a_rate_and_no_reproduction(self) -> None:
        customers = pd.DataFrame(
            {"customer_id": ["a", "b"], "acquired_on": pd.to_datetime(["2020-01-01", "2026-01-01"]), "referred_by": [None, "a"]}
        )
        found = referral_reproduction(customers, end=END)
        assert found.rate > 0 and np.isnan(found.reproduction)


def test_intervals_of_rates() -> None:
    """Jeffreys for a count of 0 in one unit: 0.0005 to 2.51 (Gamma 0.5); twice the exposure halves it; equal rates hold one."""
    low, high = rate_interval(0, 1.0)
    assert (low, high) == (pytest.approx(0.00049, abs=1e-5), pytest.approx(2.5119, abs=1e-3))
    assert rate_interval(0, 2.0)[1] == pytest.approx(high / 2)
    near, far = rate_ratio_interval((50, 50), (10.0, 10.0))
    assert near < 1 < far and near * far == pytest.approx(1.0)
    assert all(np.isnan(rate_interval(3, 0.0))) and all(np.isnan(total_interval([], np.random.default_rng(1))))
