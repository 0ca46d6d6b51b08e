"""Services read as recurring: work that is sold once does not renew, whatever the export calls it."""

from diligence.dataroom.engine import text
from diligence.dataroom.repairs.bench import Bench

WORDS = (
    "implementation", "installation", "onboarding", "training", "workshop", "consulting", "consultancy", "migration", "set-up", "setup",
    "set up", "professional services", "customi[sz]ation", "one-off", "one-time", "one off", "day rate", "commissioning", "travel expenses",
    "einrichtung", "einführung", "schulung", "beratung", "inbetriebnahme", "einmalig", "reisekosten", "formation", "mise en service",
    "mise en place", "conseil", "implementatie", "opleiding", "inrichting", "eenmalig", "implementación", "formación", "consultoría",
    "implementazione", "formazione", "consulenza", "avviamento",
)  # fmt: skip
"""Words of work that is done once. Support, managed services, maintenance, hosting recur, and are not among them."""
SPORADIC = 0.34


def reclassify_services(bench: Bench) -> None:
    """Read as services the products that are named as such and billed as such.

    Two things must hold, not one: the product's name or family is one of the words, and its customers are billed for it in a third
    of their months or fewer. A line with a service period is left: it says itself that it runs on.
    """
    named = [column for column in ("name", "family") if bench.has("products", column)]
    if not named or not bench.on("services_as_recurring"):
        return
    word = text(r"(^|[^\pL])(" + "|".join(WORDS) + r")([^\pL]|$)")
    says = " OR ".join(f"regexp_matches(lower(coalesce({column}, '')), {word})" for column in named)
    bench.make(
        "sporadic",
        f"WITH called AS (SELECT DISTINCT product_id FROM t_products WHERE {says}), "
        "active AS (SELECT customer_id, max(month_index) - min(month_index) + 1 AS months FROM lines WHERE ticks > 0 GROUP BY 1), "
        "billed AS (SELECT customer_id, product_id, count(DISTINCT month_index) AS months, bool_or(last_day IS NOT NULL) AS runs FROM lines "
        "WHERE ticks > 0 AND kind = 'recurring' GROUP BY ALL) "
        "SELECT product_id FROM billed JOIN active USING (customer_id) SEMI JOIN called USING (product_id) "
        f"GROUP BY product_id HAVING sum(billed.months) <= {SPORADIC} * sum(active.months) AND NOT bool_or(runs)",
    )
    for (product,) in bench.connection.execute("SELECT product_id FROM sporadic ORDER BY 1").fetchall():
        if not bench.on("services_as_recurring", product):
            continue
        where = f"product_id = {text(product)} AND kind = 'recurring'"
        bench.note(
            "services_as_recurring",
            f"SELECT source_row, ticks FROM lines WHERE {where}",
            before="recurring",
            after="services",
            item=product,
        )
        bench.connection.execute(f"UPDATE lines SET kind = 'services' WHERE {where}")
