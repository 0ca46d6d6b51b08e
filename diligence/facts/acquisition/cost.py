"""What a customer costs and when it has paid back: three loadings, lagged by the cycle; what the last customers cost."""

import pandas as pd

from diligence.facts.acquisition.lifetime import Lifetime, lifetime_value
from diligence.facts.acquisition.scope import DAYS_A_MONTH, Scope
from diligence.facts.sheet import NAN
from diligence.metrics.acquisition_cost import (
    UNALLOCATED,
    acquisition_cost,
    costs_by_loading,
    incremental_cost,
    lifetime_to_cost,
    magic_number,
    payback_months,
)
from diligence.metrics.measure import recurring_revenue
from diligence.models.closing import cycle
from diligence.models.rates import rate_interval, total_interval
from diligence.periods import add_months, month_label, window_label

SELLERS = ("account_executive", "sales_development", "partner_manager", "founder")
NO_WINS = "no new business won in the last twelve months"
INSTALLED = "account_manager"
LOADED = frozenset(f"acquisition.{name}" for name in ("cac_loaded", "new_cac_ratio", "new_customer_efficiency"))


def cost(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in the cost of a customer, payback, LTV to CAC, the magic number; give the tables behind."""
    lag = _lag(scope)
    costs = _costs(scope)
    spent = {**_magic(scope), **_incremental(scope)}
    if scope.deals.empty:
        return spent
    ends = _won(scope)
    if costs.empty:
        return spent
    whole = acquisition_cost(costs, scope.won, end=scope.end, lag_months=lag)
    _whole(scope, whole, lag, ends)
    _payback(scope, whole, lifetime_value(scope), lag)
    _drift(scope, costs[costs["loading"] == "loaded"], lag)
    return {"cac": whole, **_by_channel(scope, costs, lag), **spent}


def _lag(scope: Scope) -> int:
    """Months between spend and win: the median cycle, in whole months."""
    days = cycle(scope.outcomes).decided if len(scope.outcomes) else NAN
    lag = round(days / DAYS_A_MONTH) if days >= 0 else 0
    if len(scope.outcomes):
        scope.sheet.add("acquisition.lag_months", float(lag), n=len(scope.outcomes), period="by creation")
    return lag


def _costs(scope: Scope) -> pd.DataFrame:
    """Costs by loading. The loaded ones are sales and marketing of the ledger, less those who serve the installed base; without a ledger
    they are all spend and the people who sell new business.
    """
    parts = []
    spend = costs_by_loading(scope.spend) if len(scope.spend) else pd.DataFrame()
    if len(spend):
        parts.append(spend[spend["loading"] != "loaded"])
    book = scope.ledger("sales", "marketing")
    if len(book):
        people = _people(scope, (INSTALLED,), book["month"])
        parts.append(book.assign(amount=book["amount"] - people, loading="loaded", channel=UNALLOCATED, segment=UNALLOCATED))
    elif len(spend):
        own = spend[spend["loading"] == "loaded"]
        parts.append(own)
        months = pd.Series(sorted(own["month"].unique()))
        people = _people(scope, SELLERS, months)
        parts.append(pd.DataFrame({"month": months, "amount": people, "loading": "loaded", "channel": UNALLOCATED, "segment": UNALLOCATED}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _people(scope: Scope, roles: tuple[str, ...], months: pd.Series) -> pd.Series:
    """Cost of people of some roles in service, by month."""
    reps = scope.room.table("reps")
    reps = reps[reps["role"].isin(roles) & reps["annual_cost"].notna()]
    hired, left = pd.to_datetime(reps["hired_on"]), pd.to_datetime(reps["left_on"])
    there = [((hired.isna() | (hired <= month)) & (left.isna() | (left >= month))) for month in pd.to_datetime(months)]
    return pd.Series([float(reps.loc[flag, "annual_cost"].sum()) / 12 for flag in there], index=months.index, dtype="float64")


def _window(scope: Scope, lag: int) -> str:
    won, spent = window_label(scope.end, 12), window_label(add_months(scope.end, -lag), 12)
    return won if not lag else f"{won}, cost {spent}"


def _won(scope: Scope) -> tuple[float, float]:
    """Fill in what was won in the year; give the interval of its value."""
    customers = scope.won_year
    n, amount = len(customers), float(customers["amount"].sum())
    few, many = rate_interval(n)
    low, high = total_interval(customers["amount"].fillna(0.0), scope.generator())
    scope.sheet.add("acquisition.new_customers", float(n), n=n, low=few, high=many)
    scope.sheet.add("acquisition.new_revenue", amount, n=n, low=low, high=high)
    for segment, rows in scope.cuts(customers):
        if segment:
            ends = rate_interval(len(rows)), total_interval(rows["amount"].fillna(0.0), scope.generator())
            scope.sheet.add("acquisition.new_customers", float(len(rows)), n=len(rows), low=ends[0][0], high=ends[0][1], segment=segment)
            scope.sheet.add(
                "acquisition.new_revenue", float(rows["amount"].sum()), n=len(rows), low=ends[1][0], high=ends[1][1], segment=segment
            )
    return low, high


def _whole(scope: Scope, whole: pd.DataFrame, lag: int, ends_of_won: tuple[float, float]) -> None:
    low, high = ends_of_won
    for row in whole.itertuples():
        few, many = rate_interval(row.customers)
        _add_cost(scope, f"acquisition.cac_{row.loading}", row.cac, row.cost, row.customers, (row.cost / many, row.cost / few), lag)
        if row.loading == "loaded":
            ratio = row.cost_ratio
            ends = (row.cost / high, row.cost / low) if low > 0 else (NAN, NAN)
            _add_cost(scope, "acquisition.new_cac_ratio", ratio, row.cost, row.customers, ends, lag, below=row.amount)
            _add_cost(scope, "acquisition.new_customer_efficiency", 1 / ratio if ratio > 0 else NAN, row.amount, row.customers, (low / row.cost, high / row.cost) if row.cost else (NAN, NAN), lag, below=row.cost)  # fmt: skip


def _add_cost(scope: Scope, metric: str, value: float, top: float, n: float, ends: tuple[float, float], lag: int, below: float = NAN, **cut: str) -> None:  # fmt: skip
    # loaded costs are of the ledger where there is one, else of spend and people: they do without it
    lacks = "" if metric in LOADED else scope.sheet.lacking(metric)
    value = value if top > 0 and not lacks else NAN
    scope.sheet.add(
        metric, value, low=ends[0], high=ends[1], n=n, numerator=top, denominator=below if below > 0 else n, period=_window(scope, lag),
        reason=lacks or (NO_WINS if not n else "no cost of this kind is booked"), **cut,  # type: ignore[arg-type]
    )  # fmt: skip


def _by_channel(scope: Scope, costs: pd.DataFrame, lag: int) -> dict[str, pd.DataFrame]:
    if not scope.room.has("opportunities", "channel") or not scope.room.has("spend", "channel"):
        return {}
    programme = costs[costs["loading"] == "programme"]
    found = acquisition_cost(programme, scope.won, end=scope.end, lag_months=lag, by="channel")
    for row in found.itertuples():
        if row.channel == UNALLOCATED or not row.cost > 0:
            continue
        few, many = rate_interval(row.customers)
        ends = (row.cost / many, row.cost / few)
        _add_cost(
            scope, "acquisition.cac_programme", row.cac, row.cost, row.customers, ends, lag, object="channel", object_id=str(row.channel)
        )
    loaded = costs[(costs["loading"] == "loaded")]
    paid = scope.in_year(loaded.groupby("month", as_index=False)["amount"].sum(), back=lag)
    direct = float(found.loc[found["channel"] != UNALLOCATED, "cost"].sum())
    value = 1 - direct / paid if paid > 0 else NAN
    scope.sheet.add(
        "acquisition.unallocated_share", value, n=len(programme), numerator=paid - direct, denominator=paid, period=_window(scope, lag),
        reason="the ledger or the spend lacks a month of the period",
    )  # fmt: skip
    return {"cac_channel": found}


def _incremental(scope: Scope) -> dict[str, pd.DataFrame]:
    """What the last leads cost: two years ago against now, by channel."""
    if not scope.room.has("leads", "channel") or scope.spend.empty:
        return {}
    own = scope.spend[scope.spend["kind"].fillna("programme") == "programme"]
    results = scope.leads[["created_on", "channel"]].rename(columns={"created_on": "date"})
    found = incremental_cost(own, results, end=scope.end)
    for row in found.itertuples():
        reason = "spend was not raised, or more of it brought no more leads"
        scope.sheet.add("acquisition.incremental_cost_ratio", row.ratio, n=row.results, numerator=row.incremental, denominator=row.average, object="channel", object_id=str(row.channel), reason=reason)  # fmt: skip
        scope.sheet.add("acquisition.cost_per_lead", row.average, n=row.results, numerator=row.cost, denominator=row.results, object="channel", object_id=str(row.channel), reason="no leads")  # fmt: skip
    return {"incremental": found}


def _payback(scope: Scope, whole: pd.DataFrame, worth: Lifetime, lag: int) -> None:
    sheet, loaded = scope.sheet, whole[whole["loading"] == "loaded"]
    if loaded.empty:
        return
    row = loaded.iloc[0]
    margin, n = worth.gross_margin, int(row["customers"])
    value = payback_months(row["cost"], new_annual=row["amount"], gross_margin=margin)
    low, high = total_interval(scope.won_year["amount"].fillna(0.0), scope.generator())
    ends = [payback_months(row["cost"], new_annual=end, gross_margin=margin) for end in (high, low)]
    reason = worth.reason or NO_WINS
    sheet.add("acquisition.payback_months", value, low=ends[0], high=ends[1], n=n, numerator=row["cost"], denominator=row["amount"] / 12 * margin, period=_window(scope, lag), reason=reason)  # fmt: skip
    sheet.add("acquisition.lifetime_value", worth.value, low=worth.low, high=worth.high, n=worth.n, reason=reason)
    few, many = rate_interval(n)
    times = [
        lifetime_to_cost(end, row["cost"] / count) if row["cost"] > 0 else NAN for end, count in ((worth.low, few), (worth.high, many))
    ]
    sheet.add("acquisition.ltv_to_cac", lifetime_to_cost(worth.value, row["cac"]), low=times[0], high=times[1], n=n, numerator=worth.value, denominator=row["cac"], period=_window(scope, lag), reason=reason)  # fmt: skip


def _drift(scope: Scope, loaded: pd.DataFrame, lag: int) -> None:
    """Yearly change of the cost of one of new revenue, over two years."""
    if loaded.empty:
        return
    found = [acquisition_cost(loaded, scope.won, end=add_months(scope.end, -back), lag_months=lag).iloc[0] for back in (0, 24)]
    first = pd.to_datetime(loaded["month"]).min()
    covered = first <= add_months(scope.end, -24 - lag - 11)
    now, then = (row["cost_ratio"] for row in found)
    value = (now / then) ** 0.5 - 1 if covered and then > 0 else NAN
    scope.sheet.add("acquisition.new_cac_ratio_drift", value, n=int(min(row["customers"] for row in found)), numerator=now, denominator=then, reason="costs do not reach back three years")  # fmt: skip


def _magic(scope: Scope) -> dict[str, pd.DataFrame]:
    book = scope.ledger("sales", "marketing")
    recurring = recurring_revenue(scope.room.revenue("recurring"), window=scope.room.window)
    recurring = recurring[recurring["month"] <= scope.end] if len(recurring) else recurring
    revenue = scope.ledger("revenue")
    spent, earned = scope.in_year(book), scope.in_year(revenue)
    lacks = "the ledger lacks sales, marketing or a month of the year"
    scope.sheet.add("acquisition.sales_and_marketing_share", spent / earned if earned > 0 else NAN, n=12, numerator=spent, denominator=earned, reason=lacks)  # fmt: skip
    if book.empty or recurring.empty:
        return {}
    found = magic_number(recurring, book)
    last = found.iloc[-1] if len(found) else None
    value = NAN if last is None else last["smoothed"]
    reason = "fewer than five whole quarters of revenue and cost"
    spread = found["value"].tail(4)
    scope.sheet.add("acquisition.magic_number", value, low=float(spread.min()), high=float(spread.max()), n=len(spread), period=month_label(scope.end), reason=reason)  # fmt: skip
    return {"magic_number": found}
