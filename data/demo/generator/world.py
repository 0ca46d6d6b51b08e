"""The whole company in order: the market, then who bought, then what they were billed, then everything that was recorded about it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.demo.generator import (
    accrual,
    billing,
    contracts,
    crm,
    customers,
    finance,
    governance,
    installed_base,
    market,
    marketing,
    mess,
    people,
    pipeline,
    reporting,
    service,
    subscriptions,
    voice,
)
from data.demo.generator.book import Customer, Life
from data.demo.generator.design import PRODUCTS
from data.demo.generator.months import AS_OF, MONTHS, index_of, quarter
from data.demo.generator.streams import stream


@dataclass
class World:
    """Clean records: the tables with governed names and columns, and the agents behind them."""

    tables: dict[str, pd.DataFrame]
    lines: pd.DataFrame
    shares: pd.DataFrame
    fx: pd.DataFrame
    book: list[Customer]
    lives: list[Life]
    aliased: list[Customer]
    dropped: list[str]


def company(seed: int) -> World:
    """Everything, clean, from one seed."""
    accounts = market.account_list(stream(seed, "accounts"))
    settled = customers.settled_books(seed, accounts)
    taken = {c.account for c in settled if c.origin == "opening"}
    deals = pipeline.new_business(seed, accounts, taken, {c.account: c.start for c in settled if c.origin == "acquired"})
    book = customers.customer_book(seed, accounts, settled, deals)
    customers.group_into_parents(seed, book)
    lives = [subscriptions.lived(seed, c) for c in book]
    aliased, dropped = mess.aliased_customers(lives), mess.dropped_customers(lives)
    customers.name_accounts(seed, accounts, book, aliased)
    fx = finance.exchange_rates(seed)
    lines = mess.plain_history(billing.invoice_lines(seed, lives), dropped)
    notes = mess.credit_notes(seed, billing.known_by(lines), dropped + [c.customer_id for c in aliased])
    ahead = mess.future_lines(seed, lines)
    lines = pd.concat([billing.known_by(lines), notes, ahead])
    lines = lines.sort_values(["date", "invoice_id", "product_id"], kind="stable", ignore_index=True)
    known = billing.known_by(lines)
    world = World({}, lines, accrual.accrued(known, fx), fx, book, lives, aliased, dropped)
    everything = crm.numbered(deals + installed_base.installed_base(seed, lives))
    world.tables = {**commercial_tables(seed, world, accounts, everything), **governance_tables(seed)}
    money_tables(seed, world, everything)
    return world


def commercial_tables(seed: int, world: World, accounts: pd.DataFrame, deals: list[pipeline.Opportunity]) -> dict[str, pd.DataFrame]:
    """The market, the customers, the pipeline and the service."""
    staff = people.reps(seed)
    people.assign_reps(seed, staff, deals)
    history = crm.stage_history(seed, deals)
    kept = [life for life in world.lives if life.customer.customer_id not in world.dropped]
    segment = {c.customer_id: c.segment for c in world.book}
    recurring = world.shares[world.shares["kind"] == "recurring"]
    recurring = recurring.assign(segment=recurring["customer_id"].map(segment))
    active = set(recurring.loc[(recurring["index"] == MONTHS - 1) & (recurring["cents"] > 0), "customer_id"])
    owner = {c.account: c.customer_id for c in world.book if c.customer_id in active}
    bound = {deal.account for deal in deals if deal.type == "new" and deal.loss_reason in ("price", "competitor")} - set(owner)
    left = {c.account for c in world.book} - set(owner)
    accounts = accounts.assign(fit=market.rescored(accounts, bound=bound - left, left=left))
    universe = accounts.assign(customer_id=[owner.get(i, "") for i in range(len(accounts))])
    universe = universe[["account_id", "name", "segment", "country", "potential", "fit", "customer_id"]]
    size = market.market_size(stream(seed, "market"), universe)
    for deal in deals:
        if deal.customer_id in world.dropped:
            deal.customer_id = ""
    return {
        "universe": universe,
        "market": size,
        "competitors": market.competitor_shares(stream(seed, "competitors"), size, recurring),
        "visibility": market.visibility(stream(seed, "visibility")),
        "reps": staff,
        "territories": people.territories(seed, universe, staff),
        "opportunities": crm.opportunities(seed, deals, accounts["name"], history),
        "stage_history": history,
        "quotes": crm.quotes(seed, deals),
        "forecasts": crm.forecasts(seed, deals),
        "contracts": contracts.contracts(seed, kept),
        "usage": service.usage(seed, kept),
        "tickets": service.tickets(seed, kept),
        "contacts": service.contacts(seed, kept),
        "nps": service.relationship_survey(seed, kept),
        "customers": customer_list(seed, world, staff),
    }


def customer_list(seed: int, world: World, staff: pd.DataFrame) -> pd.DataFrame:
    """The customer list, with owner, territory, the customer who referred it, and its go-live."""
    draw = stream(seed, "customer list")
    rows = []
    for c in world.book:
        before = [other.customer_id for other in world.book if other.signed_on < c.signed_on and other.customer_id not in world.dropped]
        referred = str(draw.choice(before)) if c.sourced_by == "referral" and before else ""
        role = "account_executive" if c.segment == "small_business" else "account_manager"
        owner = str(draw.choice(people.on_staff(staff, role, c.segment, AS_OF)))
        live = customers.went_live(seed, c)
        parent = c.parent_id
        rows.append(
            (
                c.customer_id,
                c.name,
                parent,
                c.segment,
                c.industry,
                c.country,
                c.size_band,
                c.signed_on,
                c.channel,
                c.sourced_by,
                owner,
                people.territory_of(c.segment, c.country),
                referred,
                live if live <= AS_OF else None,
            )
        )
    columns = [
        "customer_id",
        "name",
        "parent_id",
        "segment",
        "industry",
        "country",
        "size_band",
        "acquired_on",
        "channel",
        "sourced_by",
        "owner_rep_id",
        "territory_id",
        "referred_by",
        "went_live_on",
    ]
    return pd.DataFrame(rows, columns=columns)


def governance_tables(seed: int) -> dict[str, pd.DataFrame]:
    """Products, definitions, tools, brands and surveys."""
    products = pd.DataFrame([(key, *values[:7]) for key, values in PRODUCTS.items()])
    products.columns = pd.Index(["product_id", "name", "family", "brand", "pricing_metric", "list_price", "gross_margin", "launched_on"])
    return {
        "products": products,
        "definitions": governance.definitions(),
        "stack": governance.stack(),
        "brands": governance.brands(),
        "blueprint": governance.blueprint(seed),
        "price_survey": voice.price_survey(seed),
        "choices": voice.choices(seed),
        "purchase_criteria": voice.purchase_criteria(seed),
    }


def money_tables(seed: int, world: World, deals: list[pipeline.Opportunity]) -> None:
    """Spend, leads, invoices, ledger and reports, which rest on the lines and on the deals."""
    tables = world.tables
    commission = np.zeros(MONTHS)
    for deal in deals:
        if deal.status == "won" and deal.type != "renewal" and deal.closed_on is not None:
            commission[index_of(deal.closed_on)] += 0.09 * deal.amount
    team = [24_000 + 520 * month for month in range(MONTHS)]
    bought = marketing.spend(seed, team, list(commission))
    tables["leads"] = marketing.leads(seed, bought, deals, tables["reps"])
    tables["touches"] = marketing.touches(seed, tables["leads"])
    tables["spend"] = bought
    tables["fx"] = world.fx
    tables["invoices"] = finance.invoices(seed, world.lines, world.fx, world.lives)
    tables["ledger"] = finance.ledger(
        seed, world.shares, billing.known_by(world.lines), fx=world.fx, bills=tables["invoices"], staff=tables["reps"], bought=bought
    )
    opps = tables["opportunities"]
    closing = opps["closed_on"].map(lambda day: "" if day is None else quarter(index_of(day)))
    tables["reported"] = reporting.reported(world.shares, world.book, tables["leads"], opps.assign(quarter=closing))
    served = world.shares[world.shares["kind"] == "services"].groupby("index")["cents"].sum() / 100
    live = [day for day in tables["customers"]["went_live_on"] if day is not None]
    tables["delivery"] = people.delivery(seed, live, served.to_dict())
