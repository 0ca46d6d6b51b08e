"""What customers take: products held, attach, the second product, wallet and headroom."""

import pandas as pd

from diligence.facts.customer_scope import NO_REVENUE
from diligence.facts.offer.scope import NO_PRODUCT, Scope
from diligence.facts.sheet import NAN
from diligence.metrics.attach import attach_rates, products_held, products_per_customer, second_product_spans
from diligence.metrics.market_size import named_accounts
from diligence.metrics.measure import annualised, level
from diligence.metrics.wallet import wallet_share, wallets
from diligence.models.expansion import expansion_headroom
from diligence.models.share_intervals import ratio_by_group, with_wilson
from diligence.models.waiting_time import happened_by, waiting_curve
from diligence.periods import month_label

BREADTH = ("offer.attach", "offer.multi_product", "offer.products_per_customer", "offer.top_product", "offer.tail")
SECOND = ("offer.second_product_12m", "offer.second_product_24m")
START = "offer.second_product_start"
TAIL = 0.01


def attach(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in breadth and attach by product, and how soon the second product follows; give both as tables."""
    if scope.lacks(*BREADTH, *SECOND, START) or scope.held.empty:
        scope.sheet.complete([*BREADTH, *SECOND, START], NO_REVENUE if scope.cube.empty else NO_PRODUCT)
        return {}
    rates = with_wilson(attach_rates(scope.held))
    scope.fill_cut("offer.attach", rates.rename(columns={"product_id": "product"}), "product")
    whole = with_wilson(products_per_customer(scope.held))
    scope.fill("offer.multi_product", whole.iloc[0].to_dict())
    scope.sheet.add(
        "offer.products_per_customer", float(whole["products"].iloc[0]), n=float(whole["denominator"].iloc[0]), period=scope.spot
    )
    for cut in ("segment", "country", "size_band"):
        if cut in scope.named:
            held = products_held(scope.named, scope.end, window=scope.room.window, by=cut)
            scope.fill_cut("offer.multi_product", with_wilson(products_per_customer(held, by=cut)), cut)
    _concentration(scope, rates)
    by = products_held(scope.named, scope.end, window=scope.room.window, by="segment")
    return {
        "attach": rates.assign(product=scope.named_product(rates["product_id"])),
        "attach_segment": with_wilson(attach_rates(by, by="segment")),
        "second_product": _second(scope),
    }


def _concentration(scope: Scope, rates: pd.DataFrame) -> None:
    amounts = rates["amount"].sort_values(ascending=False, kind="stable")
    total, month = float(amounts.sum()), month_label(scope.end)
    top = float(amounts.iloc[0])
    scope.sheet.add("offer.top_product", top / total, n=len(rates), numerator=top, denominator=total, period=month)
    behind = amounts.iloc[::-1].cumsum()
    tail = int((behind <= TAIL * total).sum())
    scope.sheet.add("offer.tail", tail / len(rates), n=len(rates), numerator=tail, denominator=len(rates), period=month)


def _second(scope: Scope) -> pd.DataFrame:
    spans = second_product_spans(scope.named, scope.end, start=scope.room.first_month, by="segment")
    if spans.empty:
        scope.sheet.complete([*SECOND, START], "no customer came after the data begin")
        return spans
    together = spans["observed"] & (spans["duration"] == 0)
    started = pd.DataFrame({"segment": spans["segment"], "numerator": together.astype("int64"), "denominator": 1})
    by = started.groupby("segment", sort=True)[["numerator", "denominator"]].sum().reset_index()
    for segment, rows in (
        ("", started[["numerator", "denominator"]].sum().to_frame().T),
        *((str(row["segment"]), by[by.index == place]) for place, row in by.iterrows()),
    ):
        table = with_wilson(rows)
        scope.fill(START, table.assign(value=table["numerator"] / table["denominator"]).iloc[0].to_dict(), segment=segment)
    later = spans[~together]
    for metric, months in zip(SECOND, (12, 24), strict=True):
        for segment in ["", *sorted(set(later["segment"]))]:
            found = happened_by(later if not segment else later[later["segment"] == segment], months)
            few = "nobody was watched for that long"
            scope.sheet.add(
                metric, found["value"], low=found["low"], high=found["high"], n=found["n"], segment=segment, period=scope.spot, reason=few
            )
    curve = waiting_curve(later)
    return pd.DataFrame(
        {"months": curve["time"], "value": 1 - curve["waiting"], "low": 1 - curve["high"], "high": 1 - curve["low"], "n": curve["at_risk"]}
    )


def wallet(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in the share of wallet, what is left of it, and whether growth fades as it fills."""
    names = ("offer.wallet_share", "offer.headroom", "offer.wallet_exceeded", "offer.expansion_kappa", "offer.expansion_rate")
    if scope.lacks(*names):
        return {}
    table = _wallets(scope)
    if table.empty:
        scope.sheet.complete(list(names), "no customer is in the list of named accounts with a potential")
        return {}
    scope.fill("offer.wallet_share", ratio_by_group(_ratio(table), scope.generator()).iloc[0].to_dict())
    scope.fill_cut("offer.wallet_share", ratio_by_group(_ratio(table), scope.generator(), by="segment"), "segment")
    above = with_wilson(pd.DataFrame({"numerator": [int((table["amount"] > table["wallet"]).sum())], "denominator": [len(table)]}))
    scope.fill("offer.wallet_exceeded", above.assign(value=above["numerator"] / above["denominator"]).iloc[0].to_dict())
    headroom = table.assign(numerator=table["headroom"], denominator=table["amount"])
    scope.fill("offer.headroom", ratio_by_group(headroom, scope.generator()).iloc[0].to_dict())
    scope.fill_cut("offer.headroom", ratio_by_group(headroom, scope.generator(), by="segment"), "segment")
    _expansion(scope, table)
    return {"wallet": wallet_share(table, by="segment"), "wallets": table}


def _ratio(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(numerator=table["amount"], denominator=table["wallet"])


def _wallets(scope: Scope) -> pd.DataFrame:
    universe, owners = scope.room.table("universe"), scope.room.customers
    accounts = named_accounts(universe, owners if "account_id" in owners else None)
    sold = accounts[accounts["sold"]]
    named = sold.assign(account_id=sold["account"].str.removeprefix("customer "))
    return wallets(_amounts(scope, scope.end), named)


def _amounts(scope: Scope, month: pd.Timestamp) -> pd.DataFrame:
    found = level(scope.cube, month, ["account_id"], window=scope.room.window)
    found = found[found["ticks"] > 0].astype({"account_id": "str"})
    return pd.DataFrame({"account_id": found["account_id"], "amount": [annualised(some, scope.room.window) for some in found["ticks"]]})


def _expansion(scope: Scope, table: pd.DataFrame) -> None:
    names = ("offer.expansion_kappa", "offer.expansion_rate")
    if not scope.has_year:
        scope.sheet.complete(list(names), "the data do not reach back to the opening of the period")
        return
    then = _amounts(scope, scope.start).rename(columns={"amount": "then"})
    both = table.rename(columns={"amount": "now"}).merge(then, on="account_id")
    fit = expansion_headroom(both, scope.generator())
    # a growth that headroom does not explain is no growth that fades with it
    unproved = fit.reason or (
        "" if fit.slope_p < 0.05 else "growth does not fade with the share of wallet in these data: kappa is not identified"
    )
    told = not unproved
    scope.sheet.add(names[0], fit.kappa if told else NAN, low=fit.low, high=fit.high, n=fit.n, reason=unproved)
    scope.sheet.add(names[1], fit.rate if told else NAN, n=fit.n, reason=unproved)
