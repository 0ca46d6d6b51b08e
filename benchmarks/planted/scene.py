"""What surrounds the company: the named market, its size, rivals, prices that people would pay, visibility, service and use."""

import numpy as np
import pandas as pd

from benchmarks.planted.agents import ADJACENT, CUSTOMER, RIVAL_NAMES, RIVALS
from benchmarks.planted.book import SEAT
from benchmarks.planted.calendar import label, shown
from benchmarks.planted.chance import stream
from benchmarks.planted.life import as_known
from benchmarks.planted.record import COUNTRIES, Record, account_ids, customer_ids
from benchmarks.planted.selling import worth_now
from benchmarks.planted.traits import MONTHS
from benchmarks.planted.world import list_price

MEASURES = {"search": 5200, "media": 130, "direct_traffic": 9000}
RESPONDENTS, ASKED = 240, 0.35
SHOWN = (0.7, 0.85, 1.0, 1.15, 1.3)
PRICE_INDEX = (106.0, 98.0, 90.0)


def potential(record: Record) -> np.ndarray:
    """What each account could spend a year at list."""
    return np.round(
        12
        * record.world.people.need
        * list_price(record.world.traits, -1)
        * np.exp(0.1 * (record.chances("potential", np.arange(record.world.count)) - 0.5)),
        -2,
    )


def universe(record: Record) -> pd.DataFrame:
    """The named list, with the fit that sales sees."""
    agents = np.arange(record.world.count)
    seen = record.world.fit + 0.12 * (record.chances("fit seen", agents) - 0.5)
    buys = record.world.state.status == CUSTOMER
    return pd.DataFrame({
        "account_id": account_ids(agents), "name": record.names, "segment": record.segments, "country": record.countries, "potential": potential(record),
        "fit": np.round(np.clip(seen, 0.01, 0.99), 2), "customer_id": np.where(buys, customer_ids(agents), ""),
    })  # fmt: skip


def market(record: Record) -> pd.DataFrame:
    """Accounts and spend by segment and year; served is what the offer fits today."""
    draw, spend, rows = stream(record.seed, "market"), potential(record), []
    for segment in dict.fromkeys(record.segments[np.argsort(record.world.people.segment, kind="stable")]):
        of = record.segments == segment
        for year in range(2021, 2027):
            level = 1.02 ** (year - 2026) * (1 + draw.normal(0, 0.005))
            rows.append(
                (
                    segment,
                    year,
                    int(of.sum()),
                    round(spend[of].sum() * level, -3),
                    round((spend * record.world.fit)[of].sum() * level, -3),
                    "named account list",
                )
            )
    return pd.DataFrame(rows, columns=["segment", "year", "accounts", "tam", "sam", "source"])


def competitors(record: Record, size: pd.DataFrame) -> pd.DataFrame:
    """Shares of each segment's spend; the rest goes to rivals by their names, and to nobody."""
    draw, rows = stream(record.seed, "competitors"), []
    months = record.journal.table("month")
    own = months.assign(segment=record.segments[months["agent"]]).groupby(["month", "segment"])["amount"].sum() * 12
    weights = 0.75 * np.exp(1.1 * RIVAL_NAMES) / np.exp(1.1 * RIVAL_NAMES).sum()
    for row in size.itertuples():
        at = min((row.year - 2026) * 12 + 5, -1)
        share = float(own.get((max(at, -MONTHS), row.segment), 0.0)) / row.tam
        rows.append((row.segment, "self", row.year, round(share, 4), 100.0))
        for rival, weight, index in zip(RIVALS, weights, PRICE_INDEX, strict=True):
            rows.append(
                (
                    row.segment,
                    rival,
                    row.year,
                    round((1 - share) * weight * (1 + draw.normal(0, 0.02)), 4),
                    round(index + draw.normal(0, 1), 1),
                )
            )
    return pd.DataFrame(rows, columns=["segment", "competitor", "year", "share", "price_index"])


def price_survey(record: Record) -> pd.DataFrame:
    """What buyers in the segments served say of prices for a seat a month, and whether they would buy at one shown."""
    draw, world = stream(record.seed, "price survey"), record.world
    core = np.flatnonzero(world.people.segment != ADJACENT)
    agents = draw.choice(core, min(RESPONDENTS, len(core)), replace=False)
    worth, price = worth_now(world, agents), list_price(world.traits, -1)

    def said(share: float) -> np.ndarray:
        return np.round(worth * share * np.exp(draw.normal(0, 0.07, len(agents))), 0)

    answers = np.sort(np.stack([said(share) for share in (0.45, 0.66, 0.88, 1.05)]), axis=0)
    offered = np.round(price * draw.choice(SHOWN, len(agents)), 0)
    return pd.DataFrame({
        "respondent_id": [f"P{place:04d}" for place in range(1, len(agents) + 1)], "segment": record.segments[agents],
        "customer": world.state.status[agents] == CUSTOMER, "product_id": SEAT, "too_cheap": answers[0], "cheap": answers[1], "expensive": answers[2],
        "too_expensive": answers[3], "price_shown": offered,
        "would_buy": np.where(offered <= worth * np.exp(draw.normal(0, 0.06, len(agents))), 1.0, 0.0),
    })  # fmt: skip


def visibility(record: Record) -> pd.DataFrame:
    """How often each brand is met: by how well it is known."""
    draw, rows = stream(record.seed, "visibility"), []
    for month in range(-MONTHS, 0):
        known = np.exp(1.1 * np.concatenate([[as_known(record.world.traits, month)], RIVAL_NAMES]))
        for measure, level in MEASURES.items():
            counts = draw.poisson(level * 1.003 ** (month + MONTHS) * known / known.sum())
            rows += [(label(month), brand, measure, int(count)) for brand, count in zip(("self", *RIVALS), counts, strict=True)]
    asked = shown(record.journal.table("lead")).groupby("month").size()
    rows += [(label(month), "self", "inbound", int(asked.get(month, 0))) for month in range(-MONTHS, 0)]
    return pd.DataFrame(rows, columns=["month", "brand", "measure", "value"])


def delivery(record: Record) -> pd.DataFrame:
    """Days of onboarding there were, and used."""
    rows = shown(record.journal.table("onboarding"))
    return pd.DataFrame({
        "month": [label(m) for m in rows["month"]], "capacity_days": rows["there"].round(1), "used_days": rows["used"].round(1), "go_lives": rows["live"].astype(int),
    })  # fmt: skip


def territories(record: Record, reps: pd.DataFrame) -> pd.DataFrame:
    """Segments by country, each with someone who sells."""
    here = reps.loc[(reps["role"] == "account_executive") & reps["left_on"].isna(), "rep_id"].tolist()
    spend, rows = potential(record), []
    for segment in dict.fromkeys(record.segments[np.argsort(record.world.people.segment, kind="stable")]):
        for country in COUNTRIES:
            of = (record.segments == segment) & (record.countries == country)
            rep = here[len(rows) % len(here)] if here else ""
            rows.append(
                (
                    f"T-{segment[:3]}-{country}",
                    f"{segment} {country}",
                    segment,
                    country,
                    rep,
                    int(of.sum()),
                    round(float(spend[of].sum()), -3),
                    12_000.0,
                )
            )
    return pd.DataFrame(rows, columns=["territory_id", "name", "segment", "region", "rep_id", "accounts", "potential", "annual_cost"])


def usage(record: Record) -> pd.DataFrame:
    """Who uses what is paid for: less where the customer is of a mind to leave."""
    rows = shown(record.journal.table("month"))
    agents, month = rows["agent"].to_numpy(), rows["month"].to_numpy()
    happy = np.clip(0.93 - 0.9 * record.world.leaving[agents], 0.2, 0.95)
    noise = 0.9 + 0.2 * record.chances("usage", agents * 100 - month)
    active = np.minimum(np.round(rows["seats"] * happy * noise), rows["seats"])
    return pd.DataFrame({
        "customer_id": customer_ids(agents), "month": [label(m) for m in month], "active_users": active.astype(int), "licensed_users": rows["seats"].astype(int),
        "events": np.round(active * 60 * noise),
    })  # fmt: skip


def nps(record: Record) -> pd.DataFrame:
    """A survey each June and December: some of the customers answer."""
    rows = shown(record.journal.table("month"))
    rows = rows[rows["month"] % 6 == 5]
    rows = rows[record.chances("answers", rows["agent"] * 100 - rows["month"]) < ASKED].reset_index(drop=True)
    agents = rows["agent"].to_numpy()
    luck = record.chances("score given", agents * 100 - rows["month"].to_numpy())
    score = np.clip(np.round(10.4 - 9 * record.world.leaving[agents] - 4 * luck), 0, 10).astype(int)
    return pd.DataFrame({
        "respondent_id": [f"N{place:05d}" for place in range(1, len(rows) + 1)], "customer_id": customer_ids(agents),
        "date": [f"{label(m)}-15" for m in rows["month"]], "score": score, "segment": record.segments[agents],
    })  # fmt: skip
