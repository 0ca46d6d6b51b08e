"""TRUTH.md: the planted truth and the planted disorder, in words with their figures."""

from typing import Any


def percent(value: float, digits: int = 1) -> str:
    """A fraction in per cent."""
    return f"{100 * value:.{digits}f}%"


def euro(value: float) -> str:
    """An amount in euro."""
    return f"EUR {value:,.2f}"


def truth_text(figures: dict[str, Any]) -> str:
    """The whole of TRUTH.md."""
    return (
        "\n".join(
            [
                "# What is true of Wrenfield Systems",
                "",
                INTRO,
                "",
                *level_part(figures),
                *planted_part(figures),
                *mess_part(figures["repairs"]),
            ]
        )
        + "\n"
    )


INTRO = """Wrenfield Systems is fictional: so are its customers, people, rivals and tools. This file is written by the generator
(`python -m data.demo.generator`) from its own clean state; `truth.json` holds the same figures and more for machines.
Conventions: a line with a service period belongs to the calendar months it serves in proportion to their days, to the cent by the largest
remainder (the earlier month on a tie); a line without one belongs to the month of its date; sterling is converted once, at the rate of the
invoice month, and then spread. Recurring revenue is the kind `recurring` only. A quarter such as 2025Q3 is a calendar quarter.
Retention compares June 2025 with June 2026."""


def level_part(f: dict[str, Any]) -> list[str]:
    """Levels, retention and concentration."""
    customer, parent = f["ltm_customer_level"], f["ltm_parent_level"]
    growth = ", ".join(f"{year} {percent(value)}" for year, value in f["arr_growth_by_fiscal_year"].items())
    segments = ", ".join(f"{name} {euro(value)}" for name, value in f["arr_by_segment"].items())
    return [
        "## Levels on clean data", "",
        f"- Annualised recurring revenue (June 2026 x 12): {euro(f['arr'])}; {segments}. Growth: {growth}.",
        f"- Services and one-off revenue of the last twelve months: {euro(f['services_ltm'])}.",
        f"- Customers: {f['customers_active']} active, {f['parents_active']} ultimate parents active, {f['customers_ever']} ever.",
        f"- NRR {percent(customer['nrr'], 2)}, GRR {percent(customer['grr'], 2)}, logo retention "
        f"{percent(customer['logo_retention'], 2)} by customer; "
        f"NRR {percent(parent['nrr'], 2)}, GRR {percent(parent['grr'], 2)}, logo retention "
        f"{percent(parent['logo_retention'], 2)} by ultimate parent.",
        f"- Largest customer {percent(f['top_customer_share'])}; ten largest parents {percent(f['top10_share_parent'])}; HHI "
        f"{f['hhi_parent']:.4f}.", "",
    ]  # fmt: skip


def planted_part(f: dict[str, Any]) -> list[str]:
    """The planted truth, in six points."""
    n, m, o = f["new_business"], f["market_position"], f["operations"]
    logos = ", ".join(f"{quarter} {count}" for quarter, count in n["mid_market_new_logos_last_8_quarters"].items())
    return [
        "## Planted truth", "",
        f"1. **Well run.** Commit forecasts of the first month of a quarter miss by {percent(o['forecast_bias'])} on average "
        f"({percent(o['forecast_absolute_error'])} in absolute terms); {percent(o['slipped_share'])} of won new and expansion "
        f"deals closed more than a week "
        f"after the expected date; {percent(o['renewals_on_time'])} of renewals were signed before the term ended; the median "
        f"first answer to a lead took "
        f"{o['median_response_minutes']:.0f} minutes; stages are entered in order.",
        f"2. **The founder.** {percent(n['founder_share_of_new_arr_last_24_months'])} of new annual value won in the last 24 "
        f"months had the founder in the deal. "
        f"Win rate {percent(n['win_rate_with_founder'])} with, {percent(n['win_rate_without_founder'])} without; within "
        f"segment and size the ratio is "
        f"{n['founder_ratio_in_cells']:.2f}. The founder is rep R001.",
        f"3. **The mid-market is nearly full.** Penetration weighted by fit {percent(m['penetration_by_fit']['mid_market'])} "
        f"(enterprise {percent(m['penetration_by_fit']['enterprise'])}). New mid-market customers by quarter: {logos}. The "
        f"win rate held: "
        f"{percent(n['mid_market_win_rate_last_8_quarters'])} in these quarters, {percent(n['mid_market_win_rate_before'])} "
        f"before. "
        f"Enterprise is open, but the win rate there is {percent(n['win_rate_by_segment']['enterprise'])}.",
        f"4. **Weak where compared.** Win rate {percent(n['win_rate_uncontested'])} uncontested, "
        f"{percent(n['win_rate_contested'])} with a rival; mean discount "
        f"{percent(f['discounts']['uncontested'])} and {percent(f['discounts']['contested'])}; price names "
        f"{percent(n['price_share_of_losses_contested'])} of "
        f"contested losses and {percent(n['price_share_of_losses_uncontested'])} of others. Share of search "
        f"{percent(m['share_of_voice_ltm']['search'])} and of "
        f"media {percent(m['share_of_voice_ltm']['media'])}, against {percent(m['share_of_market_2026']['mid_market'])} of "
        f"the mid-market. Yet the price is not above "
        f"willingness to pay: the median buyer finds EUR {m['median_expensive']:.0f} expensive and pays EUR "
        f"{m['median_realised_core_price_ltm']:.2f}.",
        "5. **The plan is out of reach as run.** The plan asks EUR 29.5m in 2027, 36.0m in 2028 and 44.0m in 2029: about 22% "
        "a year, against growth of "
        f"{percent(f['arr_growth_by_fiscal_year']['FY26'])} in FY26 and net retention of {percent(f['nrr_ltm'])}, with new "
        f"business that falls.",
        f"6. **Channels.** Paid search spend went from {euro(o['paid_search_spend_fy22'])} in FY22 to "
        f"{euro(o['paid_search_spend_fy26'])} in FY26; its leads from "
        f"{o['paid_search_leads_fy22']} to {o['paid_search_leads_fy26']}.", "",
    ]  # fmt: skip


def mess_part(r: dict[str, Any]) -> list[str]:
    """The planted disorder, from a to m."""
    credit, service, late = r["credit_notes"], r["service_periods"], r["ledger"]["late_credit_notes"]
    odd = ", ".join(f"{m} {v:+,.2f} without explanation" for m, v in r["ledger"]["unexplained"].items())
    pairs = [
        f"   - {p['first_id']} {p['name']} / {p['second_id']} {p['variant']}: from {p['moved_from']}, {p['lines']} lines, "
        f"{euro(p['amount'])}"
        for p in r["misspelt_duplicates"]
    ]
    return [
        "## Planted disorder", "",
        f"The revenue export has {r['revenue_rows']} lines.", "",
        "a. Nine customers stand twice in the list; invoices and contracts move from the first id to the second:", *pairs,
        f"b. {credit['lines']} credit notes, {euro(credit['amount'])}: {credit['full']} cancel a wrong invoice in full "
        f"({euro(credit['full_amount'])}), "
        f"{credit['partial']} are partial ({euro(credit['partial_amount'])}).",
        f"c. {service['year_or_longer_lines']} lines of a year or longer, {euro(service['year_or_longer_amount'])}; "
        f"{service['opening_lines']} opening lines of the "
        f"old billing system, dated 2021-07-01, {euro(service['opening_amount'])}; {service['with_service_period']} lines "
        f"carry a service period, "
        f"{service['without']} none.",
        f"d. `spend` lacks {r['missing_month']['month']}: {r['missing_month']['rows']} rows, {euro(r['missing_month']['amount'])}.",
        f"e. Dates: {r['two_date_formats']['legacy_lines']} lines before 2023-07-01 as dd.mm.yyyy, "
        f"{r['two_date_formats']['iso_lines']} as yyyy-mm-dd.",
        f"f. {r['acquired_book']['customers']} customers came with Tavola Dispatch BV on 2024-01-01, "
        f"{euro(r['acquired_book']['arr'])} a year.",
        f"g. {r['sterling']['lines']} sterling lines up to the as-of date, GBP {r['sterling']['amount_gbp']:,.2f} = "
        f"{euro(r['sterling']['amount_eur'])}.",
        f"h. {r['repeated_lines']['lines']} lines occur twice, {euro(r['repeated_lines']['amount'])}.",
        "i. `Type` holds SUB, USG, SVC, ONE for recurring, usage, services, one_off.",
        f"j. {r['orphan_lines']['lines']} lines, {euro(r['orphan_lines']['amount'])}, belong to "
        f"{' and '.join(r['orphan_lines']['customer_ids'])}, two lost customers "
        "who are not in the customer list. The lines are real: they count in the months they serve. Their three invoices are "
        "in the journal.",
        f"k. {r['future_lines']['lines']} lines of July 2026, {euro(r['future_lines']['amount'])}, lie after the as-of date.",
        f"l. Ledger against lines: {odd}; credit notes of "
        + ", ".join(f"{m} ({euro(v)})" for m, v in late.items()) + " are booked one month later. Both lines move for "
        "recurring ones, `revenue` alone for services.",
        f"m. Management's NRR for 2026Q2 is {percent(r['management_nrr']['stated'])}: it adds customers won back "
        f"({euro(r['management_nrr']['won_back_mrr'])} a month) and "
        f"new accounts of existing groups ({euro(r['management_nrr']['new_accounts_of_groups_mrr'])} a month), and in its "
        f"first year the acquired book. Its GRR adds "
        "0.6 points, its logo retention 0.8; its ARR adds metered usage of the quarter times four. Marketing counts every "
        "qualified lead, sales those it accepted.",
    ]  # fmt: skip
