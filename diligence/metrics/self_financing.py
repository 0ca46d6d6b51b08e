"""Growth that pays for itself: by billing terms for recurring revenue, by the operating cash cycle for goods, by return on equity."""

from dataclasses import dataclass

NAN = float("nan")


@dataclass(frozen=True)
class CashCycle:
    """Self-financeable growth by the operating cash cycle.

    Attributes
    ----------
    cycle_days
        Days from paying for goods to being paid for them: inventory plus receivables.
    need
        Cash that one unit of sales ties up in a cycle.
    per_cycle
        Growth that one cycle's margin pays for.
    annual
        The same a year.
    """

    cycle_days: float
    need: float
    per_cycle: float
    annual: float


def self_financed_growth(
    *,
    gross_margin: float,
    other_costs: float,
    acquisition_cost: float,
    churn: float,
    expansion: float,
    prepay_months: float,
    receivable_days: float,
    funding: float = 0.0,
) -> float:
    """Growth of recurring revenue at which free cash flow is nought: ``(GM - f - k (c - e) + x) / (k - m / 24 + d / 365)``.

    Parameters
    ----------
    gross_margin, other_costs
        ``GM`` and ``f``: gross margin, and all costs but those of winning customers, over recurring revenue.
    acquisition_cost
        ``k``: cash spent to win one unit of new recurring revenue.
    churn, expansion
        ``c`` and ``e``: a year, fractions of recurring revenue.
    prepay_months
        ``m``: months billed in advance; arrears below zero.
    receivable_days
        ``d``: days from invoice to cash.
    funding
        ``x``: outside money a year over recurring revenue.

    Returns
    -------
    float
        A fraction a year. NaN where the denominator is not above zero: growth then funds itself and cash sets no limit
        (:func:`is_self_funding`).

    Source: cash identity of a subscription business, in the manner of Churchill and Mullins 2001.

    Examples
    --------
    >>> terms = {"gross_margin": 0.78, "other_costs": 0.45, "acquisition_cost": 1.6, "churn": 0.12, "expansion": 0.04}
    >>> round(self_financed_growth(**terms, prepay_months=12, receivable_days=45), 6)
    0.165129
    """
    below = acquisition_cost - prepay_months / 24 + receivable_days / 365
    return (gross_margin - other_costs - acquisition_cost * (churn - expansion) + funding) / below if below > 0 else NAN


def is_self_funding(*, acquisition_cost: float, prepay_months: float, receivable_days: float) -> bool:
    """Say whether customers pay for their own acquisition on signing, so that cash sets no limit: ``k - m / 24 + d / 365 <= 0``.

    >>> is_self_funding(acquisition_cost=0.3, prepay_months=12, receivable_days=30)
    True
    """
    return acquisition_cost - prepay_months / 24 + receivable_days / 365 <= 0


def free_cash_flow_rate(
    growth: float,
    *,
    gross_margin: float,
    other_costs: float,
    acquisition_cost: float,
    churn: float,
    expansion: float,
    prepay_months: float,
    receivable_days: float,
    funding: float = 0.0,
) -> float:
    """Free cash flow over recurring revenue at a rate of growth: ``GM - f - k (g + c - e) + (m / 24) g - (d / 365) g + x``.

    >>> terms = {"gross_margin": 0.8, "other_costs": 0.5, "acquisition_cost": 1.0, "churn": 0.1, "expansion": 0.0}
    >>> round(free_cash_flow_rate(0.1, **terms, prepay_months=0, receivable_days=0), 6)
    0.1
    """
    won = acquisition_cost * (growth + churn - expansion)
    return gross_margin - other_costs - won + (prepay_months / 24 - receivable_days / 365) * growth + funding


def cash_cycle_growth(
    *, sales: float, cost_of_goods: float, operating_costs: float, inventory_days: float, receivable_days: float, payable_days: float
) -> CashCycle:
    """Self-financeable growth of a business with stock: ``margin / (COGS * (OCC - AP) / OCC + opex / 2) * 365 / OCC``.

    ``OCC`` = inventory + receivable days. Goods are tied up for the cycle less what suppliers wait; operating costs for half of it.

    Parameters
    ----------
    sales, cost_of_goods, operating_costs
        Of a year, currency.
    inventory_days, receivable_days, payable_days
        Days.

    Returns
    -------
    CashCycle
        NaN where sales are not above zero or the cycle has no days.

    Source: Churchill and Mullins, How Fast Can Your Company Afford to Grow?, Harvard Business Review, May 2001.

    Examples
    --------
    >>> found = cash_cycle_growth(sales=2000, cost_of_goods=1200, operating_costs=700, inventory_days=80, receivable_days=70, payable_days=30)
    >>> round(found.need, 3), round(found.annual, 5)
    (0.655, 0.18575)
    """
    cycle = inventory_days + receivable_days
    if sales <= 0 or cycle <= 0:
        return CashCycle(NAN, NAN, NAN, NAN)
    need = cost_of_goods / sales * (cycle - payable_days) / cycle + operating_costs / sales / 2
    margin = 1 - (cost_of_goods + operating_costs) / sales
    per_cycle = margin / need if need > 0 else NAN
    return CashCycle(cycle, need, per_cycle, per_cycle * 365 / cycle)


def sustainable_growth(*, return_on_equity: float, payout: float) -> float:
    """Sustainable growth: what retained earnings pay for at constant leverage, ``b ROE / (1 - b ROE)`` with ``b = 1 - payout``.

    NaN where ``b ROE`` reaches one. Source: Ross, Westerfield and Jaffe, Corporate Finance.

    >>> round(sustainable_growth(return_on_equity=0.14, payout=0.22), 4)
    0.1226
    """
    kept = (1 - payout) * return_on_equity
    return kept / (1 - kept) if kept < 1 else NAN
