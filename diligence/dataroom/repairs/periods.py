"""The months that a line serves: periods the wrong way round, renewals invoiced early, quarters and years billed as one lump, a month that is not there."""

from diligence.dataroom.engine import has_table, month_of_day, text
from diligence.dataroom.repairs.bench import Bench

EARLY_DAYS = 92
"""A renewal invoice goes out up to a quarter ahead of its term."""
LATE_DAYS = 31
SUBSCRIBED = 0.6
REGULAR = 0.75
BRIDGED_MONTHS = 2
BRIDGED = "(bridged) "
"""Before the name of the file, on lines that stand for a month that the export lacks."""

SERIES = "customer_id, product_id, currency"
WHOLE = "kind = 'recurring' AND last_day IS NULL AND customer_id IS NOT NULL"
DAY = "date_diff('day', DATE '1970-01-01', {0})::BIGINT"


def straighten_periods(bench: Bench) -> None:
    """Turn a service period round that ends before it begins; left undone, such a line counts whole at its date."""
    reversed_ = "last_day < first_day"
    if bench.on("period_reversed"):
        bench.note(
            "period_reversed",
            f"SELECT source_row, ticks FROM lines WHERE {reversed_}",
            before="ends before it begins",
            after="turned round",
        )
        bench.connection.execute(f"UPDATE lines SET first_day = last_day, last_day = first_day WHERE {reversed_}")
    bench.connection.execute(
        f"UPDATE lines SET first_day = NULL, last_day = NULL WHERE {reversed_} OR first_day IS NULL OR last_day IS NULL"
    )


def spread_lumps(bench: Bench) -> None:
    """Give lines without a service period the term that they bill: by the contract, else by the rhythm of their own series."""
    if bench.deal.defaults.regime == "repeat":
        return
    if bench.on("early_renewal_invoice"):
        _by_contract(bench)
    if bench.on("lump_spread"):
        _by_rhythm(bench)


def _by_contract(bench: Bench) -> None:
    """A line of a contract's annual value, invoiced within a quarter before a term begins, serves that term."""
    if not bench.has("contracts", "annual_value", "start_date"):
        return
    product = "AND (c.product_id IS NULL OR lines.product_id IS NULL OR c.product_id = lines.product_id)"
    rows = bench.make(
        "early",
        f"SELECT lines.source_row, lines.ticks, {DAY.format('c.start_date')} AS first_day, "
        f"{DAY.format('CAST(c.start_date + INTERVAL 12 MONTH - INTERVAL 1 DAY AS DATE)')} AS last_day FROM lines JOIN t_contracts AS c ON c.customer_id = lines.customer_id {product} "
        f"WHERE {WHOLE.replace('customer_id', 'lines.customer_id')} AND lines.ticks > 0 AND c.start_date - lines.date BETWEEN 1 AND {EARLY_DAYS} "
        "AND abs(lines.local_ticks / 10000.0 - c.annual_value) <= 0.01 * c.annual_value "
        "QUALIFY row_number() OVER (PARTITION BY lines.source_row ORDER BY c.start_date, c.source_row) = 1 "
        "AND row_number() OVER (PARTITION BY c.source_row ORDER BY lines.date DESC, lines.source_row) = 1",
    )
    if rows:
        _give_periods(bench, "early")
        bench.note(
            "early_renewal_invoice",
            "SELECT source_row, ticks FROM early",
            before="at the invoice's date",
            after="over the term that it renews",
        )


def _by_rhythm(bench: Bench) -> None:
    """Spread what is billed every three, six or twelve months over that term.

    A series is a customer's lines of one product. Its rhythm is the term that most of its gaps show, three of four at least, all gaps
    being whole multiples of it (a renewal may go out a quarter early), and three lines of four between half and double the one before.
    Two gaps make a rhythm of quarters and half-years, one that of years where the product's other series bear it out. A series too short
    for a rhythm of its own takes that of its product, where nine of ten agree. Rooms that are not subscribed as a whole are left alone.
    """
    _rhythms(bench)
    if _subscribed(bench) < SUBSCRIBED:
        return
    rows = bench.make(
        "lumps",
        f"WITH dated AS (SELECT lines.source_row, lines.ticks, lines.date, term, first_date FROM lines JOIN rhythms AS r ON lines.customer_id = r.customer_id "
        "AND lines.product_id IS NOT DISTINCT FROM r.product_id AND lines.currency = r.currency "
        f"WHERE {WHOLE.replace('customer_id', 'lines.customer_id')} AND term > 1 AND ticks > 0), "
        "placed AS (SELECT *, CAST(round((12 * (year(date) - year(first_date)) + month(date) - month(first_date) + (day(date) - day(first_date)) / 31.0) / term + 0.0) AS BIGINT) AS nth FROM dated), "
        "begun AS (SELECT *, CAST(first_date + to_months(CAST(nth * term AS INTEGER)) AS DATE) AS due FROM placed), "
        f"begins AS (SELECT *, CASE WHEN date - due BETWEEN {-EARLY_DAYS} AND {LATE_DAYS} THEN due ELSE date END AS begins FROM begun) "
        f"SELECT source_row, ticks, begins - date AS early, {DAY.format('begins')} AS first_day, "
        f"{DAY.format('CAST(begins + to_months(CAST(term AS INTEGER)) - INTERVAL 1 DAY AS DATE)')} AS last_day FROM begins",
    )
    if not rows:
        return
    _give_periods(bench, "lumps")
    bench.note(
        "lump_spread",
        "SELECT source_row, ticks FROM lumps",
        before="a quarter, half-year or year in one month",
        after="over its term by day",
    )
    if bench.on("early_renewal_invoice"):
        early = "SELECT source_row, ticks FROM lumps WHERE early > 7"
        bench.note("early_renewal_invoice", early, before="at the invoice's date", after="over the term that it renews")
    else:
        bench.connection.execute(
            "UPDATE lines SET first_day = lines.first_day - early, last_day = lines.last_day - early FROM lumps WHERE lumps.source_row = lines.source_row AND early > 7"
        )


def _rhythms(bench: Bench) -> None:
    """Make ``rhythms``: for each series its term in months, from its own gaps, else from its product's."""
    bench.make(
        "series",
        f"WITH dated AS (SELECT {SERIES}, date, sum(ticks) AS ticks FROM lines WHERE {WHOLE} AND ticks > 0 GROUP BY ALL), "
        f"gaps AS (SELECT *, 12 * year(date) + month(date) - lag(12 * year(date) + month(date)) OVER w AS gap, ticks / lag(ticks) OVER w AS growth FROM dated WINDOW w AS (PARTITION BY {SERIES} ORDER BY date)) "
        f"SELECT {SERIES}, min(date) AS first_date, count(*) AS n, sum(ticks) AS money, count(gap) AS gaps, "
        f"coalesce(avg(CASE WHEN growth BETWEEN 0.5 AND 2 THEN 1 ELSE 0 END) FILTER (WHERE gap IS NOT NULL), 1) >= {REGULAR} AS steady, "
        + ", ".join(
            f"count(*) FILTER (WHERE gap BETWEEN {low} AND {high}) AS near{term}, count(*) FILTER (WHERE gap > {high} AND gap % {term} = 0) AS multiple{term}"
            for term, low, high in ((1, 1, 1), (3, 2, 4), (6, 5, 7), (12, 9, 15))
        )
        + f" FROM gaps GROUP BY {SERIES}",
    )
    own = " ".join(
        f"WHEN gaps >= {least} AND near{term} >= {REGULAR} * gaps AND near{term} + multiple{term} = gaps AND steady THEN {term}"
        for term, least in ((1, 2), (3, 2), (6, 2), (12, 1))
    )
    bench.make("termed", f"SELECT *, CASE {own} END AS own FROM series")
    bench.make(
        "rhythms",
        "WITH agreed AS (SELECT product_id, currency, mode(own) AS usual, count(*) FILTER (WHERE own IS NOT NULL AND gaps >= 1) AS known, "
        "count(*) FILTER (WHERE gaps >= 1) AS seen, max(CASE WHEN own = 12 THEN gaps ELSE 0 END) AS longest FROM termed GROUP BY ALL), "
        "backed AS (SELECT t.product_id, t.currency, usual, longest, count(*) FILTER (WHERE t.own = usual) AS same, any_value(seen) AS seen "
        "FROM termed AS t JOIN agreed AS a ON t.product_id IS NOT DISTINCT FROM a.product_id AND t.currency = a.currency GROUP BY ALL) "
        "SELECT t.customer_id, t.product_id, t.currency, t.first_date, t.money, "
        "CASE WHEN own = 12 AND gaps = 1 AND NOT (usual = 12 AND same >= 0.75 * seen AND (longest >= 2 OR same >= 3)) THEN NULL "
        "WHEN own IS NOT NULL THEN own WHEN gaps = 0 AND usual > 1 AND same >= 2 AND same >= 0.9 * seen AND (usual < 12 OR longest >= 2 OR same >= 3) THEN usual END AS term "
        "FROM termed AS t JOIN backed AS b ON t.product_id IS NOT DISTINCT FROM b.product_id AND t.currency = b.currency",
    )


def _subscribed(bench: Bench) -> float:
    """Share of recurring money that is billed for a period or in a rhythm: what tells a subscription from repeat purchase."""
    if bench.deal.defaults.regime == "contractual":
        return 1.0
    periods = bench.one("SELECT coalesce(sum(ticks), 0) FROM lines WHERE kind = 'recurring' AND ticks > 0 AND last_day IS NOT NULL")[0]
    rhythm, whole = bench.one("SELECT coalesce(sum(money) FILTER (WHERE term IS NOT NULL), 0), coalesce(sum(money), 0) FROM rhythms")
    return float(periods + rhythm) / float(periods + whole) if periods + whole else 0.0


def _give_periods(bench: Bench, table: str) -> None:
    bench.connection.execute(
        f"UPDATE lines SET first_day = {table}.first_day, last_day = {table}.last_day FROM {table} WHERE lines.source_row = {table}.source_row"
    )


def bridge_months(bench: Bench) -> None:
    """Fill a month that the export lacks, for customers billed before and after it: the lesser of the two amounts, no more.

    A month is lacking where the lines have no row at all dated in it, between two months that have; up to two in a row. Only what is
    billed by the month is filled; what a service period or a lump spreads is there already.
    """
    if bench.deal.defaults.regime == "repeat" or not bench.on("missing_month"):
        return
    if not has_table(bench.connection, "rhythms"):
        _rhythms(bench)
    if _subscribed(bench) < SUBSCRIBED:
        return
    bench.make(
        "gap_months",
        "WITH seen AS (SELECT DISTINCT (12 * year(date) + month(date) - 1)::BIGINT AS m FROM t_revenue WHERE date IS NOT NULL), "
        "stepped AS (SELECT m, lead(m) OVER (ORDER BY m) AS n FROM seen) "
        f"SELECT unnest(range(m + 1, n)) AS gap, m AS before, n AS after FROM stepped WHERE n - m BETWEEN 2 AND {BRIDGED_MONTHS + 1}",
    )
    side = f"SELECT {SERIES}, kind, month_index, sum(ticks) AS ticks, sum(local_ticks) AS local_ticks, min(source_row) AS source_row FROM lines WHERE {WHOLE} GROUP BY ALL HAVING sum(ticks) > 0"
    rows = bench.make(
        "bridged",
        f"WITH side AS ({side}) SELECT b.customer_id, b.product_id, b.currency, b.kind, gap AS month_index, b.source_row, "
        "coalesce(CAST(round(least(b.local_ticks, a.local_ticks) * rate) AS BIGINT), least(b.ticks, a.ticks)) AS ticks, "
        "least(b.local_ticks, a.local_ticks) AS local_ticks FROM gap_months "
        "JOIN side AS b ON b.month_index = before JOIN side AS a ON a.month_index = after AND a.customer_id = b.customer_id "
        "AND a.product_id IS NOT DISTINCT FROM b.product_id AND a.currency = b.currency AND a.kind = b.kind "
        "LEFT JOIN rates ON fx_currency = b.currency AND 12 * year(rates.month) + month(rates.month) - 1 = gap",
    )
    if not rows:
        return
    bench.connection.execute(
        "INSERT INTO lines BY NAME SELECT customer_id, product_id, kind, currency, ticks, local_ticks, month_index, "
        f"make_date(CAST(month_index // 12 AS INTEGER), CAST(month_index % 12 + 1 AS INTEGER), 1) AS date, {text(BRIDGED + bench.label)} AS source_file, source_row FROM bridged"
    )
    months = ", ".join(
        f"{gap // 12}-{gap % 12 + 1:02d}"
        for (gap,) in bench.connection.execute("SELECT DISTINCT gap FROM gap_months ORDER BY 1").fetchall()
    )
    bench.note(
        "missing_month",
        "SELECT source_row, ticks FROM bridged",
        before=f"no line at all in {months}",
        after="the lesser of the month before and the month after, an estimate",
    )


def spread_switch(bench: Bench) -> None:
    """Log what the service periods spread; left undone, every line counts whole at its date."""
    if not bench.on("service_period_spread"):
        bench.connection.execute("UPDATE lines SET first_day = NULL, last_day = NULL")
        return
    given = "last_day IS NOT NULL AND source_row IN (SELECT source_row FROM t_revenue WHERE service_end IS NOT NULL)"
    bench.note(
        "service_period_spread",
        f"SELECT source_row, ticks FROM lines WHERE {given}",
        before="whole at the invoice date",
        after="by day over its period",
    )


def month_range(bench: Bench) -> tuple[int, int]:
    """Give the first month of the lines and the month of the as-of date, as indices."""
    first = bench.one(f"SELECT min(coalesce({month_of_day('first_day')}, month_index)) FROM lines")[0]
    as_of = bench.deal.target.as_of
    last = 12 * as_of.year + as_of.month - 1
    return (last if first is None else int(first)), last
