"""What marketing and sales wrote down: leads, touches, spend, deals with their stages and quotes, forecasts, and who sold."""

import numpy as np
import pandas as pd

from benchmarks.planted import names
from benchmarks.planted.agents import DEAL, NEVER, RIVALS
from benchmarks.planted.book import EXTENSION, PLACES, SEAT, SOURCED
from benchmarks.planted.calendar import AS_OF, label, month_of, shown, starts
from benchmarks.planted.chance import Array, stream
from benchmarks.planted.life import run_as
from benchmarks.planted.people import FOUNDER_COST, SELLER_COST
from benchmarks.planted.record import Record, customer_ids
from benchmarks.planted.selling import REASONS
from benchmarks.planted.traits import CHANNELS, MONTHS
from benchmarks.planted.world import MIX, list_price

FOUNDER = "R000"
DAY = np.timedelta64(1, "D")
KINDS = (("programme", 0.70), ("people", 0.22), ("tools", 0.08))
PLANNED = 55


def deals(record: Record) -> pd.DataFrame:
    """New business and extensions, decided and open: one row a deal, with its months, days, outcome and money."""
    decided = shown(record.journal.table("decided")).assign(status="lost", type="new", product_id=SEAT)
    decided.loc[decided["outcome"] == 0, "status"] = "won"
    return pd.concat([_days(record, decided), _days(record, _open(record)), _extensions(record)], ignore_index=True).sort_values(
        ["created_on", "agent", "type"], kind="stable", ignore_index=True
    )


def _open(record: Record) -> pd.DataFrame:
    state, world = record.world.state, record.world
    agents = np.flatnonzero(state.status == DEAL)
    seats = np.maximum(3, np.round(world.people.need[agents] * world.people.first_share[agents]))
    done = 1 - state.hours[agents] / np.maximum(state.asked[agents], 1)
    return pd.DataFrame(
        {
            "month": 0, "agent": agents, "outcome": -1, "discount": 0.0, "amount": 12 * seats * list_price(world.traits, -1), "opened": state.opened[agents],
            "seller": state.seller[agents], "via": state.via[agents], "founder": state.heard_founder[agents], "rival": state.rival[agents], "ready": state.ready[agents],
            "price": list_price(world.traits, -1), "seats": seats, "done": done, "status": "open", "type": "new", "product_id": SEAT,
        }
    )  # fmt: skip


def _days(record: Record, table: pd.DataFrame) -> pd.DataFrame:
    agents, opened, month = (table[name].to_numpy() for name in ("agent", "opened", "month"))
    created = record.day("opened", opened, agents, 8, 14)
    closed = record.day("decided", month, agents, 15, 28)
    expected = created + (PLANNED * (0.8 + 0.5 * record.chances("expects", agents * 100 - opened))).astype(int) * DAY
    rep = record.rep_of(table["seller"].to_numpy(), np.minimum(month, -1))
    is_open = (table["status"] == "open").to_numpy()
    place = np.array(PLACES)[table["via"].to_numpy()]
    return table.assign(
        created_on=created, closed_on=np.where(is_open, np.datetime64("NaT"), closed), first_expected=expected, rep_id=rep, channel=place,
        sourced_by=[SOURCED.get(p, "marketing") for p in place],
    )  # fmt: skip


def _extensions(record: Record) -> pd.DataFrame:
    rows = shown(record.journal.table("extended"))
    if not len(rows):
        return rows
    agents, month = rows["agent"].to_numpy(), rows["month"].to_numpy()
    closed = record.day("extension", month, agents, 5, 27)
    created = closed - (20 + 50 * record.chances("extension", agents * 100 - month)).astype(int) * DAY
    return pd.DataFrame(
        {
            "month": month, "agent": agents, "outcome": 0, "discount": 0.0, "amount": np.round(12 * 0.22 * rows["seats"] * rows["price"], 2), "opened": month,
            "founder": False, "rival": -1, "price": np.round(0.22 * rows["price"], 2), "seats": rows["seats"], "status": "won", "type": "expansion",
            "product_id": EXTENSION, "created_on": created, "closed_on": closed, "first_expected": closed, "channel": "existing customer",
            "rep_id": record.rep_of(np.zeros(len(rows), int), month), "sourced_by": "customer_success",
        }
    )  # fmt: skip


def opportunities(record: Record, table: pd.DataFrame) -> pd.DataFrame:
    """Deals as the CRM shows them today."""
    agents = table["agent"].to_numpy()
    ids = np.array([f"O{place:05d}" for place in range(1, len(table) + 1)], dtype=object)
    key = agents * 100 - table["opened"].to_numpy()
    is_open, won = (table["status"] == "open").to_numpy(), (table["status"] == "won").to_numpy()
    rival = table["rival"].to_numpy(dtype=int)
    named = np.where((rival >= 0) & (record.chances("rival named", key) < 0.85), np.array(RIVALS)[rival], "")
    theirs = np.where(
        (named != "") & (record.chances("rival price", key) < 0.4),
        table["amount"] / (1 - table["discount"]) * _index(rival) * (0.94 + 0.12 * record.chances("their price", key)),
        np.nan,
    )
    late = table["first_expected"].to_numpy() < np.datetime64(AS_OF) + 3 * DAY
    ahead = np.where(
        late, np.datetime64(AS_OF) + (5 + 70 * record.chances("new date", key)).astype(int) * DAY, table["first_expected"].to_numpy()
    )
    expected = np.where(is_open, ahead, table["closed_on"].to_numpy() + np.floor(9 * record.chances("near", key) - 4).astype(int) * DAY)
    reason = np.array([REASONS[outcome] if outcome > 0 else "" for outcome in table["outcome"]], dtype=object)
    guess = record.chances("category", key)
    return table.assign(
        opportunity_id=ids, customer_id=np.where(won, customer_ids(agents), ""), account=record.names[agents], segment=record.segments[agents],
        stage=np.where(is_open, _stage_now(table), np.where(won, "Closed won", "Closed lost")), amount=np.round(table["amount"], 2),
        competitive=rival >= 0, competitor=named, loss_reason=np.where((table["status"] == "lost") & (record.chances("reason kept", key) > 0.05), reason, ""),
        expected_close_on=expected, founder_involved=table["founder"].astype(bool), rival_price=np.round(theirs, 0),
        forecast_category=np.where(is_open, np.where(guess < 0.2, "commit", np.where(guess < 0.5, "best_case", "pipeline")), ""),
    )  # fmt: skip


def _index(rival: Array) -> Array:
    return np.array([1.0, 1.06, 0.98, 0.9])[rival + 1]


def _stage_now(table: pd.DataFrame) -> Array:
    done = table["done"].fillna(0).to_numpy() if "done" in table else np.zeros(len(table))
    return np.where(table["ready"].fillna(NEVER).to_numpy() > NEVER, "Negotiation", np.where(done > 0.45, "Proposal", "Qualification"))


COLUMNS = (
    "opportunity_id", "customer_id", "account", "created_on", "closed_on", "status", "stage", "amount", "type", "segment", "product_id", "rep_id", "channel",
    "sourced_by", "competitive", "competitor", "loss_reason", "expected_close_on", "forecast_category", "founder_involved", "rival_price",
)  # fmt: skip


def stage_history(record: Record, table: pd.DataFrame) -> pd.DataFrame:
    """Each deal's way through the stages; the close date moves when the deal slips."""
    end = pd.Series(table["closed_on"].to_numpy()).fillna(pd.Timestamp(AS_OF)).to_numpy().astype("datetime64[D]")
    begin = table["created_on"].to_numpy().astype("datetime64[D]")
    long = (end - begin).astype(int)
    steps = []
    rank = table["stage"].map({"Qualification": 0, "Proposal": 1, "Negotiation": 2}).fillna(3).to_numpy()
    for place, (stage, share) in enumerate((("Qualification", 0.0), ("Proposal", 0.4), ("Negotiation", 0.75), ("", 1.0))):
        on = begin + np.floor(share * long).astype(int) * DAY
        moved = np.maximum(table["first_expected"].to_numpy().astype("datetime64[D]"), on + (6 if place < 3 else 0) * DAY)
        expected = np.where(place == 3, end, moved)
        part = pd.DataFrame(
            {
                "opportunity_id": table["opportunity_id"], "stage": stage or table["stage"], "entered_on": on,
                "amount": np.round(table["amount"] * (1 + (0.12 - 0.04 * place) * (table["discount"] > 0.06) * (place < 3)), 2), "expected_close_on": expected,
            }
        )  # fmt: skip
        steps.append(part[(rank >= place) & ((table["type"] == "new").to_numpy() | (place in (0, 3)))])
    return pd.concat(steps).sort_values(["opportunity_id", "entered_on"], kind="stable", ignore_index=True)


def quotes(record: Record, table: pd.DataFrame) -> pd.DataFrame:
    """The line last quoted in each deal of new business that came so far."""
    rows = table[(table["type"] == "new") & (table["status"] != "open") & (table["outcome"] < 4)]
    listed = np.array([list_price(record.world.traits, int(m)) for m in rows["month"]])
    net = np.round(
        np.where(rows["status"] == "won", rows["amount"] / 12 / np.maximum(rows["seats"], 1), listed * (1 - rows["discount"])), 2
    )
    seats = np.round(rows["amount"].to_numpy() / 12 / np.maximum(net, 0.01))
    return pd.DataFrame(
        {
            "quote_id": ["Q" + name[1:] for name in rows["opportunity_id"]], "opportunity_id": rows["opportunity_id"].to_numpy(),
            "customer_id": rows["customer_id"].to_numpy(), "product_id": SEAT, "date": rows["closed_on"].to_numpy() - 7 * DAY,
            "quantity": seats, "list_price": listed, "net_price": np.minimum(net, listed), "won": rows["status"].to_numpy() == "won",
            "discount_reason": np.where(rows["discount"] < 0.08, "", np.where(rows["competitive"], "competitor", "volume")),
            "approved_by": np.where(rows["discount"] > 0.15, "sales lead", ""),
        }
    )  # fmt: skip


def leads(record: Record, table: pd.DataFrame) -> pd.DataFrame:
    """Leads that had a need, and as many again that had none."""
    events = shown(record.journal.table("lead"))
    agents, month = events["agent"].to_numpy(), events["month"].to_numpy()
    new = table[table["type"] == "new"]
    key = dict(zip(zip(new["agent"], new["opened"], strict=True), new["opportunity_id"], strict=True))
    created = record.day("lead", month, agents, 1, 6)
    taken = (events["in_time"] & events["meets"]).to_numpy()
    opened = [key.get((a, m), "") if t else "" for a, m, t in zip(agents, month, taken, strict=True)]
    answered = created.astype("datetime64[m]") + (60 * (9 + 8 * record.chances("hour", agents * 100 - month))).astype(int) * np.timedelta64(
        1, "m"
    )
    answered = answered + np.minimum(60 * events["answered"].to_numpy(), 60_000).astype(int) * np.timedelta64(1, "m")
    known = answered < np.datetime64("2026-07-01")
    sql = np.where(taken, np.minimum(created + 1 * DAY, record.day("opened", month, agents, 8, 14)), np.datetime64("NaT"))
    mql = np.where(record.chances("mql", agents * 100 - month) < 0.93, created, np.datetime64("NaT"))
    wanted = pd.DataFrame({
        "created_on": created, "agent": agents, "channel": np.array(PLACES)[events["via"].to_numpy()], "segment": record.segments[agents], "mql_on": mql,
        "sql_on": sql, "opportunity_id": opened, "responded_at": np.where(known, answered, np.datetime64("NaT")),
        "score": np.round(30 + 60 * record.world.fit[agents] + 8 * record.chances("score", agents * 100 - month)),
    })  # fmt: skip
    frame = pd.concat([wanted, _idle_leads(record, len(wanted))], ignore_index=True).sort_values(
        ["created_on", "agent"], kind="stable", ignore_index=True
    )
    frame.insert(0, "lead_id", [f"L{place:05d}" for place in range(1, len(frame) + 1)])
    return frame.drop(columns="agent")


def _idle_leads(record: Record, count: int) -> pd.DataFrame:
    """People who fill in a form and need nothing."""
    draw, spend = stream(record.seed, "idle leads"), shown(record.journal.table("books"))
    month = draw.choice(spend["month"].to_numpy(), count, p=(spend["marketing"] / spend["marketing"].sum()).to_numpy())
    agents = draw.integers(0, record.world.count, count)
    created = starts(month) + draw.integers(0, 28, count) * DAY
    hours = np.array([run_as(record.world.traits, int(m)).response for m in month]) * np.exp(0.9 * draw.normal(0, 1, count))
    answered = created.astype("datetime64[m]") + (60 * 11 + 60 * hours).astype(int) * np.timedelta64(1, "m")
    known = (answered < np.datetime64("2026-07-01")) & (draw.random(count) < 0.7)
    return pd.DataFrame({
        "created_on": created, "agent": agents, "channel": np.array(CHANNELS)[draw.choice(len(CHANNELS), count, p=MIX)], "segment": record.segments[agents],
        "mql_on": np.where(draw.random(count) < 0.25, created, np.datetime64("NaT")), "sql_on": np.datetime64("NaT", "D"), "opportunity_id": "",
        "responded_at": np.where(known, answered, np.datetime64("NaT")), "score": np.round(draw.uniform(5, 70, count)),
    })  # fmt: skip


def touches(record: Record, table: pd.DataFrame) -> pd.DataFrame:
    """What each lead met before it asked."""
    draw = stream(record.seed, "touches")
    many = 1 + draw.binomial(3, 0.3, len(table))
    row = np.repeat(np.arange(len(table)), many)
    order = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    last = order == np.repeat(many, many) - 1
    mixed = np.array(CHANNELS)[draw.choice(len(CHANNELS), len(row), p=MIX)]
    back = np.where(last, 0, 1 + 12 * (np.repeat(many, many) - order) + draw.integers(0, 10, len(row)))
    at = (
        table["created_on"].to_numpy().astype("datetime64[m]")[row]
        - back * 24 * 60 * np.timedelta64(1, "m")
        + draw.integers(0, 500, len(row)) * np.timedelta64(1, "m")
    )
    return pd.DataFrame({
        "touch_id": [f"X{place:06d}" for place in range(1, len(row) + 1)], "lead_id": table["lead_id"].to_numpy()[row], "touched_at": at,
        "channel": np.where(last, table["channel"].to_numpy()[row], mixed),
    })  # fmt: skip


def spend(record: Record) -> pd.DataFrame:
    """Marketing money by month, channel and kind."""
    rows = [
        (label(row.month), CHANNELS[row.agent], round(row.amount * part, 2), kind)
        for row in shown(record.journal.table("spend")).itertuples()
        for kind, part in KINDS
    ]
    return pd.DataFrame(rows, columns=["month", "channel", "amount", "kind"])


def reps(record: Record, table: pd.DataFrame) -> pd.DataFrame:
    """Who sold, with what was asked of them."""
    sellers = record.sellers[record.sellers["left"] >= -MONTHS]
    won = table.loc[(table["status"] == "won") & (table["type"] == "new"), "amount"].sum()
    years = sum((min(r.left, 0) - max(r.hired, -MONTHS)) / 12 for r in sellers.itertuples())
    quota = round(1.3 * won / max(years, 1), -4)
    who = names.persons(record.seed, len(sellers) + 1)
    hired = record.day("hired", sellers["hired"].to_numpy(), sellers["place"].to_numpy(), 1, 5)
    left = np.where(
        sellers["left"] < 0,
        record.day("left", np.minimum(sellers["left"].to_numpy(), 0), sellers["place"].to_numpy(), 1, 5),
        np.datetime64("NaT"),
    )
    frame = pd.DataFrame({
        "rep_id": sellers["rep_id"], "name": who[1:], "role": "account_executive", "hired_on": hired, "left_on": left, "annual_quota": quota,
        "annual_cost": 12 * SELLER_COST,
    })  # fmt: skip
    founder = pd.DataFrame({"rep_id": [FOUNDER], "name": who[:1], "role": ["founder"], "hired_on": [np.datetime64("2014-02-01")], "left_on": [pd.NaT],
                            "annual_quota": [np.nan], "annual_cost": [12 * FOUNDER_COST]})  # fmt: skip
    return pd.concat([founder.astype({"hired_on": frame["hired_on"].dtype, "left_on": frame["left_on"].dtype}), frame], ignore_index=True)


def forecasts(record: Record, table: pd.DataFrame) -> pd.DataFrame:
    """What sales said of a quarter in its first week: too much, and more so when deals slip."""
    draw, rows = stream(record.seed, "forecasts"), []
    won = table[(table["status"] == "won")]
    closed = month_of(won["closed_on"].to_numpy())
    for first in range(-48, 1, 3):
        sold = (
            float(won.loc[(closed >= first) & (closed < first + 3), "amount"].sum())
            if first < 0
            else float(won.loc[closed >= -3, "amount"].sum())
        )
        over = 1 + 0.6 * (run_as(record.world.traits, first).slip - 0.08)
        period = f"{label(first)[:4]}Q{(int(label(first)[5:]) + 2) // 3}"
        on = np.datetime64(label(first), "D") + 4 * DAY if first < 0 else np.datetime64(AS_OF)
        for category, share in (("commit", 0.85), ("best_case", 1.25), ("pipeline", 2.4)):
            rows.append((on, period, round(sold * share * over * float(np.exp(draw.normal(0, 0.1))), 2), category))
    return pd.DataFrame(rows, columns=["snapshot_on", "period", "amount", "category"])
