"""Currencies: codes as they are written, rates by month, a month without a rate."""

from diligence.dataroom.engine import TICKS, has_table, text
from diligence.dataroom.repairs.bench import Bench
from diligence.errors import InputError, Problem

CODES = {"€": "EUR", "EURO": "EUR", "EUROS": "EUR", "£": "GBP", "GBP£": "GBP", "STG": "GBP", "US$": "USD", "USD$": "USD", "SFR": "CHF"}
"""Ways of writing a currency that leave no doubt; a bare $ or kr does."""

GAP_MONTHS = 3


def convert(bench: Bench) -> None:
    """Make ``lines``, money in ticks of the deal's currency: a line is converted at the rate of the month of its date, then spread.

    Raises
    ------
    InputError
        Lines in another currency whose month has no rate, nor one within three months on either side.
    """
    own = bench.deal.target.currency
    _base(bench, own)
    _rates(bench)
    money = "CASE WHEN cur = {own} THEN local_ticks {other} END".format(
        own=text(own),
        other="WHEN rate IS NOT NULL THEN CAST(round(local_ticks * rate) AS BIGINT)"
        if bench.on("currency_conversion")
        else "ELSE local_ticks",
    )
    bench.make(
        "lines",
        f"SELECT customer_id, product_id, coalesce(kind, {text(bench.deal.defaults.revenue_kind)}) AS kind, cur AS currency, {money} AS ticks, "
        "local_ticks, quantity, date, invoice_id, (12 * year(date) + month(date) - 1)::BIGINT AS month_index, "
        "date_diff('day', DATE '1970-01-01', service_start)::BIGINT AS first_day, date_diff('day', DATE '1970-01-01', service_end)::BIGINT AS last_day, "
        "source_file, source_row FROM base LEFT JOIN rates ON date_trunc('month', date) = rates.month AND cur = rates.fx_currency",
    )
    _refuse_without_rates(bench, own)
    before = "the code as written"
    bench.note(
        "currency_code",
        "SELECT source_row, ticks FROM lines SEMI JOIN (SELECT source_row FROM base WHERE cur IS DISTINCT FROM written) USING (source_row)",
        before=before,
        after="its ISO 4217 code",
    )
    gaps = (
        "SELECT source_row, ticks FROM lines JOIN rates ON date_trunc('month', date) = rates.month AND currency = fx_currency WHERE filled"
    )
    bench.note("rate_gap", gaps, before="no rate for the month", after="the last rate before it")
    bench.make("as_given", "SELECT sum(ticks) AS ticks FROM lines")


def _base(bench: Bench, own: str) -> None:
    own_text = text(own)
    written = f"coalesce(currency, {own_text})"
    words = " ".join(f"WHEN {text(word)} THEN {text(code)}" for word, code in CODES.items())
    read = f"CASE upper(trim({written})) {words} ELSE upper(trim({written})) END" if bench.on("currency_code") else written
    bench.make("base", f"SELECT *, {written} AS written, {read} AS cur, CAST(amount * {TICKS} AS BIGINT) AS local_ticks FROM t_revenue")


def _rates(bench: Bench) -> None:
    """Rates by month; a month of the lines between two known rates, at most three months from each, takes the one before."""
    if not has_table(bench.connection, "t_fx"):
        bench.make(
            "rates",
            "SELECT CAST(NULL AS DATE) AS month, CAST(NULL AS VARCHAR) AS fx_currency, CAST(NULL AS DECIMAL(18,8)) AS rate, false AS filled WHERE false",
        )
        return
    bench.make("rates", "SELECT month, upper(trim(currency)) AS fx_currency, max(rate) AS rate, false AS filled FROM t_fx GROUP BY ALL")
    if not bench.on("rate_gap"):
        return
    near = f"INTERVAL {GAP_MONTHS} MONTH"
    bench.connection.execute(
        "INSERT INTO rates SELECT needed.month, cur, max_by(rate, rates.month) FILTER (WHERE rates.month < needed.month), true "
        "FROM (SELECT DISTINCT CAST(date_trunc('month', date) AS DATE) AS month, cur FROM base) AS needed JOIN rates ON cur = fx_currency "
        f"WHERE rates.month BETWEEN needed.month - {near} AND needed.month + {near} GROUP BY needed.month, cur "
        "HAVING bool_or(rates.month < needed.month) AND bool_or(rates.month > needed.month) AND NOT bool_or(rates.month = needed.month)"
    )


def _refuse_without_rates(bench: Bench, own: str) -> None:
    lacking = bench.connection.execute(
        "SELECT currency, strftime(date, '%Y-%m') AS m, count(*), min(source_row) FROM lines WHERE ticks IS NULL GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    if lacking:
        raise InputError(
            _rates_asked(own, currency, [row for row in lacking if row[0] == currency], bench.label)
            for currency in sorted({row[0] for row in lacking})
        )


def _rates_asked(own: str, currency: str, lacking: list[tuple], label: str) -> Problem:
    months = [row[1] for row in lacking]
    named = ", ".join(months[:6]) + (f" and {len(months) - 6} more months" if len(months) > 6 else "")
    do = 'add them to the table fx, or leave these lines out with [repairs] off = ["currency_conversion"]'
    return Problem(
        f"a rate {currency} to {own} for {named}",
        f"none for {sum(row[2] for row in lacking)} lines",
        do,
        label,
        row=min(row[3] for row in lacking),
    )


def tell_conversion(bench: Bench) -> None:
    """Log what was converted; left undone, lines in another currency are left out, and said to be."""
    own = bench.deal.target.currency
    foreign = f"SELECT source_row, ticks FROM lines WHERE currency <> {text(own)}"
    if bench.on("currency_conversion"):
        bench.note("currency_conversion", foreign, before="local currency", after=own)
        return
    left_out = f"SELECT source_row, 0 AS ticks FROM ({foreign})"
    bench.note("currency_conversion", left_out, before="another currency, not converted", after="not in any number, as the deal file asks")
    bench.connection.execute(f"DELETE FROM lines WHERE currency <> {text(own)}")
