"""Service periods: spread by day, to the tick, with nothing lost on any split."""

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny import line, monthly

from diligence.dataroom import reduction
from diligence.dataroom.engine import connect
from diligence.dataroom.room import Room
from diligence.periods import month_index


def by_month(room: Room, column: str = "amount") -> dict[str, float]:
    return {f"{month:%Y-%m}": round(value, 4) for month, value in room.cube.groupby("month")[column].sum().items()}


def period(amount: float | str, start: str, end: str, **more: object) -> dict:
    return line("a", start, amount, service_start=start, service_end=end, **more)


def test_an_annual_invoice_by_day(tiny_room: Callable[..., Room]) -> None:
    """36,500.00 over the 365 days of 2025 is 100.00 a day: January 3,100.00, February 2,800.00."""
    found = by_month(tiny_room([period(36500, "2025-01-01", "2025-12-31")], as_of="2025-12-31"))
    assert list(found.values()) == [3100.0, 2800.0, 3100.0, 3000.0, 3100.0, 3000.0, 3100.0, 3100.0, 3000.0, 3100.0, 3000.0, 3100.0]


def test_a_leap_year_has_its_day(tiny_room: Callable[..., Room]) -> None:
    found = by_month(tiny_room([period(36600, "2024-01-01", "2024-12-31")], as_of="2024-12-31"))
    assert (found["2024-02"], sum(found.values())) == (2900.0, 36600.0)


def test_what_does_not_divide_is_cut_down_and_made_good_later(tiny_room: Callable[..., Room]) -> None:
    """100.00 over 90 days of three months, in ticks: floor(1,000,000 x 31 / 90) = 344,444; x 59 / 90 = 655,555; the rest."""
    found = by_month(tiny_room([period(100, "2026-01-01", "2026-03-31")]))
    assert found == {"2026-01": 34.4444, "2026-02": 31.1111, "2026-03": 34.4445}


def test_a_credit_mirrors_its_line(tiny_room: Callable[..., Room]) -> None:
    room = tiny_room([period(100, "2026-01-01", "2026-03-31"), period(-100, "2026-01-01", "2026-03-31")])
    assert set(by_month(room).values()) == {0.0}


def test_what_lies_beyond_the_as_of_month_is_kept_apart_and_told(tiny_room: Callable[..., Room]) -> None:
    room = tiny_room([period(36500, "2026-01-01", "2026-12-31")])
    assert room.described["beyond"] == 100.0 * (31 + 31 + 30 + 31 + 30 + 31)
    assert sum(by_month(room).values()) + room.described["beyond"] == 36500.0 == room.described["revenue"]


def test_the_rate_is_that_of_the_month_of_the_invoice_whatever_the_months_served(tiny_room: Callable[..., Room]) -> None:
    fx = [{"month": f"2026-{month:02d}", "currency": "GBP", "rate": rate} for month, rate in ((1, 1.2), (2, 1.3), (3, 9.9))]
    found = by_month(tiny_room([period(90, "2026-01-01", "2026-03-31", currency="GBP")], fx=fx))
    assert found == {"2026-01": 37.2, "2026-02": 33.6, "2026-03": 37.2}


def test_half_a_period_is_none(tiny_room: Callable[..., Room]) -> None:
    assert by_month(tiny_room([line("a", "2026-03-10", 9, service_start="2026-05-01", service_end="")])) == {"2026-03": 9.0}


def test_what_a_month_is_worth_on_its_last_day(tiny_room: Callable[..., Room]) -> None:
    """A year of 36,525 over 365.25 days a year is 3,043.75 a month of 1461/48 days; the month of its end stands at nothing before it ends."""
    room = tiny_room([period(36500, "2025-01-01", "2025-12-31"), *monthly("b", "2025-01", "2025-12", 7)], as_of="2025-12-31")
    mine = room.cube[room.cube["customer_id"] == "a"].set_index("month")["amount_rate"]
    assert mine.tolist() == [3043.75] * 12
    short = tiny_room([period(36500, "2025-01-16", "2026-01-15")], as_of="2026-01-31").cube.set_index("month")["amount_rate"]
    assert short.tolist() == [3043.75] * 12 + [0.0]


LINES = st.lists(
    st.tuples(st.integers(-50_000_000, 50_000_000), st.integers(20_000, 20_400), st.integers(0, 1200), st.sampled_from(["a", "b"])),
    min_size=1,
    max_size=12,
)


def reduced(rows: list[tuple[int, int, int, str]]) -> pd.DataFrame:
    import ibis

    frame = pd.DataFrame(rows, columns=["ticks", "first_day", "length", "customer_id"])
    frame["last_day"] = frame["first_day"] + frame.pop("length")
    frame = frame.assign(
        local_ticks=frame["ticks"], account_id=frame["customer_id"], product_id="p", kind="recurring", currency="EUR", quantity=1
    )
    frame = frame.assign(month_index=0, date=pd.Timestamp("2024-01-01"), source_file="f", source_row=range(len(frame)))
    connection = connect()
    connection.register("given_lines", frame)
    connection.register(
        "given_months", reduction.calendar(month_index(pd.Timestamp("2024-01-01")), month_index(pd.Timestamp("2029-12-01")))
    )
    connection.execute("CREATE TABLE lines AS SELECT * FROM given_lines")
    connection.execute("CREATE TABLE calendar AS SELECT * FROM given_months")
    engine = ibis.duckdb.from_connection(connection)
    query = ibis.to_sql(reduction.monthly_lines(engine.table("lines"), engine.table("calendar")), dialect="duckdb")
    found = connection.execute(f"SELECT * FROM ({query}) ORDER BY source_row, month_index").df()
    connection.close()
    return found


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(LINES)
def test_shares_add_up_to_the_line_and_do_not_depend_on_the_others(rows: list[tuple[int, int, int, str]]) -> None:
    found = reduced(rows)
    assert found.groupby("source_row")["ticks"].sum().reindex(range(len(rows)), fill_value=0).tolist() == [row[0] for row in rows]
    signs = found["ticks"] * [rows[place][0] for place in found["source_row"]]
    assert (signs >= 0).all(), "no share has the other sign"
    backwards = reduced(rows[::-1]).assign(source_row=lambda frame: len(rows) - 1 - frame["source_row"])
    columns = ["source_row", "month_index", "ticks", "rate_ticks"]
    pd.testing.assert_frame_equal(backwards[columns].sort_values(columns[:2], ignore_index=True), found[columns])


@pytest.mark.parametrize("day", ["2026-06-30", "2026-06-29", "2026-07-01"])
def test_the_month_of_the_as_of_date(tiny_room: Callable[..., Room], day: str) -> None:
    room = tiny_room(monthly("a", "2026-01", "2026-07", 10), as_of=day)
    assert f"{room.month:%Y-%m}" == ("2026-05" if day == "2026-06-29" else "2026-06")
    assert room.revenue()["month"].max() == room.month
    assert ("incomplete_month" in set(room.issues["code"])) is (day != "2026-06-30")
