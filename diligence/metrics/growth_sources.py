"""Growth taken apart into market, share, price, mix and range: each exact, and all of them the growth.

Revenue of a segment is ``accounts x customers per account x units per customer x price`` for each product. Each factor's effect is taken at
the mean of the others at both ends (Bennet 1920), so that no joint term is left over, and the order of the factors plays no part.
"""

import pandas as pd

from diligence.metrics.measure import need

EFFECTS = ("market", "share", "price", "mix", "range")
THEN, NOW = "then", "now"


def growth_sources(sales: pd.DataFrame, market: pd.DataFrame) -> pd.DataFrame:
    """Decompose growth of revenue by segment: ``now - then = market + share + price + mix + range``, exactly.

    With ``N`` accounts in the market, ``x`` customers for each of them, ``u`` units of a product for each customer and ``p`` its price:
    market ``dN x~ u~ p~``, share ``N~ dx u~ p~``, mix ``V~ du p~`` (what and how much customers take), price ``dp Q~``, where a tilde is the
    mean of both ends and ``V = N x``, ``Q = V u``. ``range`` is products sold in a segment at one end only: they have no price at the
    other, and are no mix.

    Parameters
    ----------
    sales
        ``segment, product_id, period`` (``then`` or ``now``), ``amount`` (currency a year), ``quantity`` (units). A product without quantities counts
        as one unit for each amount, and its change is all mix: give a count of customers where units are not known.
    market
        ``segment, period, accounts`` (in the market), ``customers`` (of ours).

    Returns
    -------
    DataFrame
        ``segment, then, now, market, share, price, mix, range`` (currency a year). Effects are NaN where the accounts or customers of an end
        are not known.

    Examples
    --------
    >>> sales = pd.DataFrame({"segment": "mid", "product_id": "p", "period": ["then", "now"], "amount": [1000.0, 1320.0], "quantity": [100.0, 120.0]})
    >>> market = pd.DataFrame({"segment": "mid", "period": ["then", "now"], "accounts": [50, 50], "customers": [10, 12]})
    >>> growth_sources(sales, market)[["market", "share", "price", "mix"]].round(6).values.tolist()
    [[0.0, 210.0, 110.0, 0.0]]
    """
    need(sales, "segment", "product_id", "period", "amount", "quantity")
    need(market, "segment", "period", "accounts", "customers")
    both = _ends(sales)
    size = _market_ends(market)
    both = both.join(size, on="segment")
    units = {end: both[f"quantity_{end}"] / both[f"customers_{end}"].where(both[f"customers_{end}"] > 0) for end in (THEN, NOW)}
    price = {end: both[f"amount_{end}"] / both[f"quantity_{end}"].where(both[f"quantity_{end}"] != 0) for end in (THEN, NOW)}
    units_mean, price_mean = (units[THEN] + units[NOW]) / 2, (price[THEN] + price[NOW]) / 2
    reach = {end: both[f"customers_{end}"] / both[f"accounts_{end}"].where(both[f"accounts_{end}"] > 0) for end in (THEN, NOW)}
    kept = both["kept"]
    effects = {
        "market": units_mean * price_mean * _step(both, "accounts") * (reach[THEN] + reach[NOW]) / 2,
        "share": units_mean * price_mean * _mean(both, "accounts") * (reach[NOW] - reach[THEN]),
        "price": (price[NOW] - price[THEN]) * _mean(both, "quantity"),
        "mix": price_mean * (_step(both, "quantity") - units_mean * _step(both, "customers")),
        "range": both["amount_now"] - both["amount_then"],
    }
    table = pd.DataFrame({"segment": both["segment"], "then": both["amount_then"], "now": both["amount_now"]})
    for name, effect in effects.items():
        table[name] = effect.where(kept, 0.0) if name != "range" else effect.where(~kept, 0.0)
    # one product that cannot be taken apart makes its segment unknown: a sum without it would not add up
    sums = table.groupby("segment", sort=True).sum(min_count=1)
    lacking = table[list(EFFECTS)].isna().any(axis=1).groupby(table["segment"]).any()
    return sums.assign(**{name: sums[name].mask(lacking.reindex(sums.index)) for name in EFFECTS}).reset_index()


def _ends(sales: pd.DataFrame) -> pd.DataFrame:
    sums = sales.groupby(["segment", "product_id", "period"], observed=True)[["amount", "quantity"]].sum(min_count=1).astype("float64")
    wide = sums.unstack("period").reindex(columns=pd.MultiIndex.from_product([["amount", "quantity"], [THEN, NOW]]))
    wide.columns = [f"{name}_{end}" for name, end in wide.columns]
    wide[["amount_then", "amount_now"]] = wide[["amount_then", "amount_now"]].fillna(0.0)
    sold = {end: (wide[f"amount_{end}"] != 0) for end in (THEN, NOW)}
    # a product without units counts its money as units: its price is one at both ends, and what moves is mix
    units = wide[["quantity_then", "quantity_now"]].fillna(0.0)
    blank = sold[THEN] & sold[NOW] & (units == 0).any(axis=1)
    for end in (THEN, NOW):
        wide[f"quantity_{end}"] = wide[f"quantity_{end}"].mask(blank, wide[f"amount_{end}"])
    wide["kept"] = sold[THEN] & sold[NOW]
    return wide.reset_index().astype({"segment": "str"})


def _market_ends(market: pd.DataFrame) -> pd.DataFrame:
    sums = market.groupby(["segment", "period"], observed=True)[["accounts", "customers"]].sum(min_count=1).astype("float64")
    wide = sums.unstack("period").reindex(columns=pd.MultiIndex.from_product([["accounts", "customers"], [THEN, NOW]]))
    wide.columns = [f"{name}_{end}" for name, end in wide.columns]
    wide.index = wide.index.astype("str")
    return wide


def _mean(frame: pd.DataFrame, name: str) -> pd.Series:
    return (frame[f"{name}_then"] + frame[f"{name}_now"]) / 2


def _step(frame: pd.DataFrame, name: str) -> pd.Series:
    return frame[f"{name}_now"] - frame[f"{name}_then"]
