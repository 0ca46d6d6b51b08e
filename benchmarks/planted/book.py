"""Billing: revenue lines, the invoices that they make up, contracts and the list of customers."""

import numpy as np
import pandas as pd

from benchmarks.planted.agents import CUSTOMER, NEVER
from benchmarks.planted.calendar import AS_OF, days, shown, starts
from benchmarks.planted.installed import INSOLVENT, ON_PRICE
from benchmarks.planted.money import ARREARS, UPFRONT
from benchmarks.planted.record import Record, customer_ids
from benchmarks.planted.traits import CHANNELS, MONTHS
from benchmarks.planted.world import list_price

SEAT, EXTENSION, ONBOARDING = "P1", "P2", "P3"
BILLING = np.array(["annual_upfront", "monthly", "arrears"])
PLACES = (*CHANNELS, "referral")
SOURCED = {"prospecting": "sales", "referral": "referral"}


def products(record: Record) -> pd.DataFrame:
    """What is sold."""
    price, margin = list_price(record.world.traits, -1), record.world.traits.margin
    rows = [
        (SEAT, "Platform", "platform", "seat", price, margin, "2015-03-01"),
        (EXTENSION, "Planning extension", "extensions", "seat", round(0.22 * price, 2), margin, "2019-10-01"),
        (ONBOARDING, "Onboarding", "services", "project", 950.0, 0.35, "2015-03-01"),
    ]
    return pd.DataFrame(rows, columns=["product_id", "name", "family", "pricing_metric", "list_price", "gross_margin", "launched_on"])


def lines(record: Record) -> pd.DataFrame:
    """Revenue lines: the month, a year ahead, the rest of a year for what changed in it, or the quarter that is over."""
    rows = record.journal.table("month").sort_values(["agent", "month"], kind="stable", ignore_index=True)
    whole = np.round(np.round(rows["seats"] * rows["price"], 2) * rows["part"], 2)
    rows = rows.assign(main=whole, more=np.round(rows["amount"] - whole, 2), rest=1, units=rows["seats"])
    parts = [_plain(rows[(rows["how"] != UPFRONT) | (rows["age"] == 0)]), _ahead(rows[(rows["how"] == UPFRONT) & (rows["age"] > 0)])]
    billed = pd.concat([part[part["billed"] >= -MONTHS] for part in parts], ignore_index=True)
    seat = billed.assign(product_id=SEAT, value=billed["main"], quantity=billed["units"])
    extension = billed.assign(product_id=EXTENSION, value=billed["more"], quantity=billed["units"])
    table = pd.concat([seat, extension])
    table = table[table["value"].abs() > 0.004].assign(kind="recurring")
    return pd.concat([table, _fees(record)], ignore_index=True).sort_values(
        ["billed", "agent", "month", "product_id"], kind="stable", ignore_index=True
    )


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Billed in the month it is for, or at the end of the quarter."""
    late = ((rows["how"] == ARREARS) & (rows["age"] > 0)).to_numpy()
    billed = rows["month"].to_numpy() + np.where(late, -(rows["month"].to_numpy() + 1) % 3, 0)
    return rows.assign(billed=billed, dated=late | (rows["age"] == 0).to_numpy())[rows["month"] >= -MONTHS]


def _ahead(rows: pd.DataFrame) -> pd.DataFrame:
    """Billed a year ahead; a change within the year for its rest; what was paid before the system began is carried over."""
    follows = (rows["agent"].to_numpy()[1:] == rows["agent"].to_numpy()[:-1]) & (np.diff(rows["month"]) == 1)
    follows = np.concatenate([[False], follows]) & (rows["month"] > -MONTHS).to_numpy() & ((rows["age"] - 1) % 12 != 0).to_numpy()
    rest = 12 - (rows["age"].to_numpy() - 1) % 12
    changed = {}
    for name in ("main", "more", "units"):
        value = rows[name].to_numpy()
        changed[name] = np.round(value - np.where(follows, np.concatenate([[0.0], value[:-1]]), 0.0), 2)
    table = rows.assign(**changed, rest=rest, billed=rows["month"], dated=True)
    return table.assign(main=np.round(table["main"] * rest, 2), more=np.round(table["more"] * rest, 2))


def _fees(record: Record) -> pd.DataFrame:
    events = shown(record.journal.table("invoice"))
    events = events[events["fee"] > 0]
    blank = {"product_id": ONBOARDING, "kind": "services", "dated": False, "rest": 1, "part": 1.0, "age": 0}
    return events.assign(value=events["fee"], quantity=np.round(events["fee"] / 950.0, 1), billed=events["month"], **blank)


def dated(record: Record, table: pd.DataFrame) -> pd.DataFrame:
    """Lines with their days, identities and invoices, as the billing system exports them."""
    begin = starts(table["month"].to_numpy())
    opening = (table["age"] == 0).to_numpy() & (table["kind"] == "recurring").to_numpy()
    length = np.array([31, 31, 30, 31, 30, 31, 31, 28, 31, 30, 31, 30])[table["month"].to_numpy() % 12]
    begin = np.where(opening, begin + np.round((1 - table["part"].to_numpy()) * length).astype(int), begin)
    end = starts(table["month"].to_numpy() + table["rest"].to_numpy()) - 1
    issued = _issued(record, table)
    frame = pd.DataFrame(
        {
            "customer_id": customer_ids(table["agent"]),
            "date": issued,
            "amount": np.round(table["value"].to_numpy(), 2),
            "product_id": table["product_id"].to_numpy(),
            "quantity": table["quantity"].to_numpy(),
            "kind": table["kind"].to_numpy(),
            "invoice_id": _numbers(table),
            "service_start": np.where(table["dated"].to_numpy(dtype=bool), begin.astype("datetime64[D]"), np.datetime64("NaT")),
            "service_end": np.where(table["dated"].to_numpy(dtype=bool), end, np.datetime64("NaT")),
        }
    )
    return frame.assign(agent=table["agent"].to_numpy(), billed=table["billed"].to_numpy())


def _numbers(table: pd.DataFrame) -> np.ndarray:
    key = table.groupby(["billed", "agent"], sort=True).ngroup().to_numpy()
    return np.array([f"RE{100001 + place}" for place in key], dtype=object)


def _issued(record: Record, table: pd.DataFrame) -> np.ndarray:
    events = record.journal.table("invoice")[["month", "agent", "day"]].drop_duplicates(["month", "agent"])
    day = table[["billed", "agent"]].merge(events, left_on=["billed", "agent"], right_on=["month", "agent"], how="left")["day"]
    return days(table["billed"].to_numpy(), day.fillna(1).to_numpy())


def invoices(record: Record, listed: pd.DataFrame) -> pd.DataFrame:
    """One row for each invoice of the lines, with the day on which it is due and that on which it was paid."""
    frame = listed.groupby("invoice_id", as_index=False, sort=False).agg(
        customer_id=("customer_id", "first"),
        issued_on=("date", "min"),
        amount=("amount", "sum"),
        agent=("agent", "first"),
        billed=("billed", "first"),
    )
    events = record.journal.table("invoice").drop_duplicates(["month", "agent"])
    paid = frame.merge(events[["month", "agent", "after", "pay_day"]], left_on=["billed", "agent"], right_on=["month", "agent"], how="left")
    carried = paid["after"].isna().to_numpy()
    when = days((paid["billed"] + paid["after"].fillna(0)).astype(int).to_numpy(), paid["pay_day"].fillna(1).to_numpy())
    when = np.maximum(
        np.where(carried, frame["issued_on"].to_numpy().astype("datetime64[D]"), when),
        frame["issued_on"].to_numpy().astype("datetime64[D]"),
    )
    known = when <= np.datetime64(AS_OF)
    terms = round(record.world.traits.terms)
    return frame.assign(
        amount=frame["amount"].round(2),
        due_on=frame["issued_on"].to_numpy().astype("datetime64[D]") + np.where(carried, 0, terms),
        paid_on=np.where(known, when, np.datetime64("NaT")),
    )[["invoice_id", "customer_id", "issued_on", "due_on", "paid_on", "amount"]]


def contracts(record: Record) -> pd.DataFrame:
    """One row for each term of a year, the renewals pointing to what they renew."""
    rows = record.journal.table("month")
    rows = rows[(rows["age"] >= 1) & ((rows["age"] - 1) % 12 == 0)].sort_values(["agent", "month"], kind="stable", ignore_index=True)
    rows = rows[rows["month"] >= -MONTHS - 11].reset_index(drop=True)
    agent, month = rows["agent"].to_numpy(), rows["month"].to_numpy()
    again = np.concatenate([[False], (agent[1:] == agent[:-1]) & (np.diff(month) == 12)])
    gone = record.journal.table("gone")
    left = dict(zip(zip(gone["agent"], gone["month"], strict=True), gone["why"], strict=True)) if len(gone) else {}
    why = [left.get((a, m + 12)) for a, m in zip(agent, month, strict=True)]
    ids = np.array(
        [f"K{a:05d}-{label}" for a, label in zip(agent, starts(month).astype("datetime64[M]").astype(str), strict=True)], dtype=object
    )
    clause, leaves = record.chances("clause", agent), record.chances("reason", agent * 100 - month)
    other = np.array(["product", "competitor", "service", "need_gone", "other"])[np.floor(5 * leaves).astype(int)]
    reason = [{INSOLVENT: "insolvency", ON_PRICE: "price"}.get(w, o) if w is not None else "" for w, o in zip(why, other, strict=True)]
    ended = np.where([w is not None for w in why], "churned", np.where(month + 12 < 0, "renewed", "active"))
    return pd.DataFrame(
        {
            "contract_id": ids, "customer_id": customer_ids(agent), "product_id": SEAT, "start_date": starts(month), "end_date": starts(month + 12) - 1,
            "annual_value": np.round(12 * rows["amount"].to_numpy(), 2), "billing": BILLING[rows["how"].to_numpy()],
            "payment_terms_days": round(record.world.traits.terms), "auto_renew": clause < 0.7, "notice_days": np.where(clause < 0.5, 90, 30),
            "uplift_rate": np.where(clause > 0.25, round(record.world.traits.uplift, 3), np.nan),
            "change_of_control": np.where(clause > 0.9, "consent", "none"), "terminable_for_convenience": clause > 0.93,
            "renews_contract_id": np.where(again, np.concatenate([[""], ids[:-1]]), ""), "status": ended, "end_reason": reason,
        }
    )  # fmt: skip


def customers(record: Record) -> pd.DataFrame:
    """Everyone who was ever billed, and who signed and is not live yet."""
    state, won = record.world.state, record.journal.table("decided")
    won = won[won["outcome"] == 0]
    first = record.spells.groupby("agent")["first"].min()
    waiting = np.flatnonzero((state.status == CUSTOMER) & (state.live == NEVER))
    agents = np.union1d(first.index.to_numpy(), waiting)
    last = record.spells.groupby("agent")["last"].max().reindex(agents).fillna(-1).to_numpy()
    agents = agents[last >= -MONTHS]
    signed = won.groupby("agent")["month"].max().reindex(agents)
    bought = np.where(signed.notna(), signed.fillna(0), first.reindex(agents).fillna(-1) - 30).astype(int)
    live = record.spells.groupby("agent")["live"].max().reindex(agents)
    acquired = np.where(signed.notna(), record.day("decided", bought, agents, 15, 28), record.day("signed", bought, agents))
    begun = record.journal.table("live").groupby("agent")["part"].last().reindex(agents).fillna(0.5).to_numpy()
    went = days(live.fillna(0).astype(int).to_numpy(), 1 + np.round(30 * (1 - begun)))
    place = np.array(PLACES)[state.via[agents]]
    place = np.where(signed.notna(), place, np.array(PLACES)[np.floor(5 * record.chances("old channel", agents)).astype(int)])
    source = np.array([SOURCED.get(p, "marketing") for p in place], dtype=object)
    ties, ever = record.world.people.ties, set(agents.tolist())
    by = [next((t for t in ties[a] if t in ever), -1) if p == "referral" else -1 for a, p in zip(agents, place, strict=True)]
    return pd.DataFrame(
        {
            "customer_id": customer_ids(agents), "name": record.names[agents], "segment": record.segments[agents],
            "country": record.countries[agents], "size_band": np.where(record.world.people.need[agents] > 45, "250+", "1-249"),
            "acquired_on": acquired, "channel": place, "sourced_by": source,
            "referred_by": [customer_ids([b])[0] if b >= 0 else "" for b in by],
            "territory_id": [f"T-{segment[:3]}-{country}" for segment, country in zip(record.segments[agents], record.countries[agents], strict=True)],
            "went_live_on": np.where(live.notna(), np.maximum(went, acquired), np.datetime64("NaT")),
        }
    )  # fmt: skip
