"""The disorder of a real data room, laid over clean records: every function says what it breaks and returns what it did.

The clean records stay as they are; each defect is listed with its count and amount, for TRUTH.md and for the tests.
"""

from datetime import date, timedelta

import pandas as pd
from numpy.random import Generator

from data.demo.generator.book import Customer, Life
from data.demo.generator.months import AS_OF, MONTHS, first_day, index_of
from data.demo.generator.names import ALIASES
from data.demo.generator.streams import stream

CREDITS = 60
FULL_CREDITS = 24
LATE_CREDITS = 6
ALIAS_MONTHS = (50, 53, 51, 55, 49, 28, 16, 40, 34)  # the month from which the second id is invoiced: five within the last year
DUPLICATE_LINES = 14
FUTURE_LINES = 25
SWITCH = date(2023, 7, 1)


def aliased_customers(lives: list[Life]) -> list[Customer]:
    """Nine customers, alive throughout, of the countries that the planted names ask for."""
    chosen: list[Customer] = []
    for (country, _, _), month in zip(ALIASES, ALIAS_MONTHS, strict=True):
        for life in lives:
            c = life.customer
            steady = c.start <= max(month - 12, 0) and all(life.seats["P10"][c.start : MONTHS] > 0)
            steady &= c.billing != "annual_upfront" or (c.anniversary - month) % 12 < MONTHS - month - 1
            if c.country == country and c.segment == "mid_market" and c.term == 12 and not c.parent_id and steady and c not in chosen:
                chosen.append(c)
                break
    assert len(chosen) == len(ALIASES)
    return chosen


def dropped_customers(lives: list[Life]) -> list[str]:
    """Two customers that left long ago and whose three lines in all are still in the export: an annual payer of two years, and of one."""
    found: dict[int, str] = {}
    heads = {life.customer.parent_id for life in lives}
    for life in lives:
        c = life.customer
        years = len(life.terms)
        plain = c.billing == "annual_upfront" and c.term == 12 and c.currency == "EUR" and c.origin == "opening"
        plain = plain and not c.parent_id and c.customer_id not in heads
        if plain and years <= 2 and life.terms[-1].status == "churned" and life.terms[-1].end < 40 and years not in found:
            found[years] = c.customer_id
    return [found[1], found[2]]


def plain_history(lines: pd.DataFrame, dropped: list[str]) -> pd.DataFrame:
    """The dropped customers bought the core product only and never changed it: three lines in all."""
    of = lines["customer_id"].isin(dropped)
    keep = ~of | ((lines["product_id"] == "P10") & (lines["kind"] == "recurring") & ~lines.duplicated(["customer_id", "service_end"]))
    return lines[keep].reset_index(drop=True)


def credit_notes(seed: int, lines: pd.DataFrame, barred: list[str]) -> pd.DataFrame:
    """Sixty credit notes: wrong invoices cancelled in full soon after, and partial credits, six of them in the last quarter of FY25.

    A full credit carries the service period of the line it cancels; a partial one on a month or on a service day carries none.
    """
    draw = stream(seed, "credit notes")
    month = lines["date"].map(index_of)
    usable = lines[~lines["customer_id"].isin(barred) & month.between(3, MONTHS - 2) & (lines["batch"] != "OB") & (lines["amount"] > 150)]
    usable = usable.assign(month=usable["date"].map(index_of))
    quiet = usable[~usable["month"].isin((45, 46, 47))]
    rows = []
    periods = quiet[(quiet["kind"] == "recurring") & (quiet["date"].map(lambda d: d.day) < 12)]
    for number, i in enumerate(draw.choice(periods.index, FULL_CREDITS, replace=False)):
        line = periods.loc[i]
        wrong = round(float(line["amount"]) * float(draw.uniform(1.05, 1.4)), 2)
        issued = line["date"] + timedelta(days=int(draw.integers(1, 4)))
        rows.append({**line, "date": issued, "amount": wrong, "invoice_id": f"RX-{number + 1:03d}", "batch": "WRONG"})
        back = issued + timedelta(days=int(draw.integers(2, 10)))
        rows.append({**line, "date": back, "amount": -wrong, "quantity": -line["quantity"], "invoice_id": "", "batch": "FULL"})
    rows += partial_credits(draw, usable, quiet)
    notes = pd.DataFrame(rows).sort_values(["date", "customer_id"], kind="stable", ignore_index=True)
    credit = notes["amount"] < 0
    notes.loc[credit, "invoice_id"] = [f"CN-{n:04d}" for n in range(1, int(credit.sum()) + 1)]
    return notes[list(lines.columns)]


def partial_credits(draw: Generator, usable: pd.DataFrame, quiet: pd.DataFrame) -> list[dict[str, object]]:
    """Commercial credits of 10 to 40% of a line."""
    late = usable[usable["month"].isin((45, 46, 47)) & usable["service_start"].isna() & (usable["kind"] != "usage")]
    late = late[~((late["month"] == 47) & (late["kind"] == "recurring")) & (late["amount"] > 1800)]
    picks = []
    for m in (45, 46, 47):
        picks += [late.loc[i] for i in draw.choice(late.index[late["month"] == m], LATE_CREDITS // 3, replace=False)]
    chosen = draw.choice(quiet.index[quiet["kind"] != "usage"], CREDITS - FULL_CREDITS - LATE_CREDITS, replace=False)
    picks += [quiet.loc[i] for i in chosen]
    rows = []
    for line in picks:
        amount = -round(float(line["amount"]) * float(draw.uniform(0.10, 0.40)), 2)
        last = 27 if line["batch"] != "USE" else 28
        day = line["date"].replace(day=min(last, line["date"].day + int(draw.integers(1, 12))))
        rows.append({**line.drop("month"), "date": day, "amount": amount, "quantity": 0.0, "invoice_id": "", "batch": "PART"})
    return rows


def second_ids(lines: pd.DataFrame, aliased: list[Customer]) -> dict[str, tuple[str, int]]:
    """First id -> second id and the month from which invoices carry it."""
    return {c.customer_id: (f"C{30001 + 7 * n}", m) for n, (c, m) in enumerate(zip(aliased, ALIAS_MONTHS, strict=True))}


def moved(frame: pd.DataFrame, moves: dict[str, tuple[str, int]], *, day: str) -> pd.DataFrame:
    """Rows dated in or after the month of the move carry the second id."""
    frame = frame.copy()
    for first, (second, month) in moves.items():
        late = (frame["customer_id"] == first) & (pd.to_datetime(frame[day]) >= pd.Timestamp(first_day(month)))
        frame.loc[late, "customer_id"] = second
    return frame


def repeated_lines(seed: int, lines: pd.DataFrame, barred: list[str]) -> pd.DataFrame:
    """Fourteen lines of the export occur twice, to the letter."""
    draw = stream(seed, "repeated lines")
    pool = lines[(lines["amount"] > 0) & (lines["date"] <= AS_OF) & ~lines["customer_id"].isin(barred) & (lines["batch"] == "SUB")]
    return pool.loc[sorted(draw.choice(pool.index, DUPLICATE_LINES, replace=False))]


def future_lines(seed: int, lines: pd.DataFrame) -> pd.DataFrame:
    """Twenty-five monthly invoices of July 2026 that the export ran into."""
    draw = stream(seed, "future lines")
    pool = lines[(lines["date"] > AS_OF) & lines["service_start"].isna() & (lines["currency"] == "EUR")]
    pool = pool[(pool["date"].map(index_of) == MONTHS) & ~pool["invoice_id"].duplicated()]
    return pool.loc[sorted(draw.choice(pool.index, FUTURE_LINES, replace=False))]
