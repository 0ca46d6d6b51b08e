"""Money and quantities in the wrong unit: lines of zero, a case counted as a bottle, a day exported in cents."""

from diligence.dataroom.repairs.bench import Bench

WILD = 5
WILD_LINES = 30
WILD_SHARE = 0.9
FACTORS = (10, 100, 1000)
DAY_LINES = 3
DAY_SHARE = 0.6
EXACT = 0.005
LOOSE = (0.5, 2)


def drop_zero_lines(bench: Bench) -> None:
    """Lines of no money and no quantity go: they would count as customers, orders and months."""
    if not bench.on("zero_lines"):
        return
    empty = "ticks = 0 AND local_ticks = 0 AND coalesce(quantity, 0) = 0"
    bench.note("zero_lines", f"SELECT source_row, ticks FROM lines WHERE {empty}", before="no money and no quantity", after="left out")
    bench.connection.execute(f"DELETE FROM lines WHERE {empty}")


def rescale_days(bench: Bench) -> None:
    """Bring a day in another unit back: its lines are ten, a hundred or a thousand times what the same customer pays for the same product.

    A line is compared with the day before and the day after of its customer, product and kind. The day is in another unit where three
    comparable lines of five, and three at least, stand off from both and from the series' median by the same factor: to half a per cent
    from the one, which leaves room for a change of price on the other side.
    """
    if not bench.on("day_in_other_unit"):
        return
    series = "customer_id, product_id, kind, currency"
    same = " AND ".join(f"daily.{column} IS NOT DISTINCT FROM middle.{column}" for column in series.split(", "))

    def near(factor: str) -> str:
        exact = " OR ".join(f"abs(coalesce({side}, 0) / {factor} - 1) < {EXACT}" for side in ("behind", "ahead"))
        both = " AND ".join(f"coalesce({side} / {factor} BETWEEN {LOOSE[0]} AND {LOOSE[1]}, true)" for side in ("behind", "ahead"))
        return f"({exact}) AND {both} AND usual / {factor} BETWEEN {LOOSE[0]} AND {LOOSE[1]}"

    factors = " ".join(f"WHEN {near(f'{factor}')} THEN {factor} WHEN {near(f'(1.0 / {factor})')} THEN {-factor}" for factor in FACTORS)
    rows = bench.make(
        "misscaled",
        f"WITH daily AS (SELECT {series}, date, sum(local_ticks) AS t FROM lines WHERE local_ticks > 0 GROUP BY ALL), "
        f"middle AS (SELECT {series}, median(t) AS m FROM daily GROUP BY ALL HAVING count(*) >= 3), "
        f"known AS (SELECT daily.*, t / m AS usual FROM daily JOIN middle ON {same}), "
        f"beside AS (SELECT *, t / lag(t) OVER w AS behind, t / lead(t) OVER w AS ahead FROM known WINDOW w AS (PARTITION BY {series} ORDER BY date)), "
        f"day AS (SELECT date, currency, CASE {factors} END AS factor FROM beside WHERE behind IS NOT NULL OR ahead IS NOT NULL), "
        "counted AS (SELECT date, currency, count(*) AS lines, mode(factor) AS factor FROM day GROUP BY ALL), "
        "found AS (SELECT date, currency, any_value(counted.factor) AS factor FROM day JOIN counted USING (date, currency) "
        f"WHERE day.factor = counted.factor GROUP BY date, currency HAVING count(*) >= {DAY_LINES} AND count(*) >= {DAY_SHARE} * any_value(counted.lines)) "
        "SELECT source_row, ticks, factor FROM lines JOIN found USING (date, currency)",
    )
    if not rows:
        return
    bench.note(
        "day_in_other_unit",
        "SELECT source_row, ticks FROM misscaled",
        before="a day's lines ten, a hundred or a thousand times the customers' usual",
        after="divided (or multiplied) by that factor",
    )
    scaled = "CASE WHEN factor > 0 THEN CAST(round({0} / factor) AS BIGINT) ELSE {0} * -factor END"
    bench.connection.execute(
        f"UPDATE lines SET ticks = {scaled.format('lines.ticks')}, local_ticks = {scaled.format('lines.local_ticks')} "
        "FROM misscaled WHERE lines.source_row = misscaled.source_row"
    )


def blank_wild_quantities(bench: Bench) -> None:
    """Only a product sold by the piece at a price, nine lines of ten within twice its median, can have a wild one."""
    if not (bench.has("revenue", "quantity") and bench.on("wild_quantity")):
        return
    rows = bench.make(
        "wild",
        "WITH priced AS (SELECT source_row, ticks, product_id, kind, currency, quantity, local_ticks / quantity AS price FROM lines "
        "WHERE quantity <> 0 AND ticks <> 0 AND product_id IS NOT NULL AND last_day IS NULL), "
        "middle AS (SELECT product_id, kind, currency, median(price) AS m FROM priced GROUP BY ALL HAVING median(price) > 0), "
        "listed AS (SELECT product_id, kind, currency, any_value(m) AS m FROM priced JOIN middle USING (product_id, kind, currency) GROUP BY ALL "
        f"HAVING count(*) >= {WILD_LINES} AND bool_and(quantity = floor(quantity)) AND avg(CASE WHEN price BETWEEN m / 2 AND m * 2 THEN 1 ELSE 0 END) >= {WILD_SHARE}) "
        f"SELECT source_row, ticks FROM priced JOIN listed USING (product_id, kind, currency) WHERE price > {WILD} * m OR price < m / {WILD}",
    )
    if rows:
        bench.connection.execute("UPDATE lines SET quantity = NULL FROM wild WHERE lines.source_row = wild.source_row")
        bench.note("wild_quantity", "SELECT source_row, ticks FROM wild", before="quantity as given", after="blank")
