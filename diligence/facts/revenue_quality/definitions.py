"""From what management reports to what we read, in money: retention, logos and annual recurring revenue."""

import pandas as pd

from diligence.dataroom.room import Room
from diligence.facts.reported import period_months
from diligence.facts.revenue_quality.scope import Scope
from diligence.metrics.definition_bridge import definition_bridge, level_differences, retention_differences
from diligence.periods import month_index, month_start, window_label

NAMES = {
    "nrr": ("nrr", "ndr", "net_revenue_retention"),
    "grr": ("grr", "gross_revenue_retention"),
    "logo": ("logo_retention", "customer_retention"),
    "arr": ("arr", "annual_recurring_revenue"),
}
PARTS = ("reported", "ours", "gap", "explained", "unexplained")
EARLY = "the data do not reach back a year before what was reported"
NO_STEP = "no difference of definition explains what was reported"
UNREPORTED = "management reported none within the data"


def definitions(scope: Scope) -> dict[str, pd.DataFrame]:
    """Fill in the gap between each reported figure and ours, and what explains it; give the bridges of all periods."""
    if scope.cube.empty or not scope.room.has("reported"):
        return {}
    said = _said(scope.room)
    months = {name: sorted(set(said.loc[said["name"] == name, "m"])) for name in NAMES}
    rates = [month for month in sorted({*months["nrr"], *months["grr"], *months["logo"]}) if _whole(scope, month)]
    pieces = [
        retention_differences(_recurring(scope), month_start(month), window=scope.window, acquired=scope.acquired).assign(
            month=month_start(month)
        )
        for month in rates
    ]
    cube = scope.room.revenue(None)
    if scope.window == 1:
        pieces += [level_differences(cube, month_start(month)).assign(month=month_start(month)) for month in months["arr"]]
    parts = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=["month", "metric", "step", "amount"])
    tables = []
    for name in NAMES:
        early = name != "arr" and not set(months[name]) & set(rates) and months[name]
        reported = said[said["name"] == name].assign(month=lambda frame: [month_start(month) for month in frame["m"]])
        table = definition_bridge(reported, parts[parts["metric"] == name])
        if len(table):
            _facts(scope, name, table)
            tables.append(table.assign(metric=name))
            continue
        reason = EARLY if early else UNREPORTED
        scope.sheet.complete([f"definition.{name}_{part}" for part in (*PARTS, "step")], reason)
    return {"definition_bridge": pd.concat(tables, ignore_index=True)} if tables else {}


def _recurring(scope: Scope) -> pd.DataFrame:
    return scope.cube[["account_id", "customer_id", "product_id", "month", "amount"]]


def _whole(scope: Scope, month: int) -> bool:
    return month - 12 - scope.window + 1 >= month_index(scope.room.first_month)


def _said(room: Room) -> pd.DataFrame:
    """What was reported within the data, one figure a metric and month: of several who report it, management."""
    table = room.table("reported")
    known = {word: name for name, words in NAMES.items() for word in words}
    plain = table["metric"].astype("str").str.strip().str.lower().str.replace(r"[\s-]+", "_", regex=True)
    spans = [period_months(str(period), room.deal.target.fiscal_year_end_month) for period in table["period"]]
    first, last = month_index(room.first_month), month_index(room.month)
    frame = table.assign(
        name=plain.map(known), m=[span[1] if span and first <= span[0] and span[1] <= last else -1 for span in spans],
        rank=(table["reported_by"] != "management").astype("int64"), value=table["value"].astype("float64"),
    )  # fmt: skip
    frame = frame[frame["name"].notna() & (frame["m"] >= 0) & frame["value"].notna()]
    return frame.sort_values(["name", "m", "rank", "reported_by"], kind="stable").drop_duplicates(["name", "m"])[["name", "m", "value"]]


def _facts(scope: Scope, name: str, table: pd.DataFrame) -> None:
    last = table["month"].max()
    row = table[table["month"] == last].set_index("step")
    period = window_label(last, 12) if name != "arr" else window_label(last, 1)
    of = "share" if name != "arr" else "amount"
    n, sheet = table["month"].nunique(), scope.sheet
    steps = row[~row["total"] & (row.index != "unexplained")]
    told = {
        "reported": row.loc["reported", of],
        "ours": row.loc["ours", of],
        "gap": row.loc["reported", "amount"] - row.loc["ours", "amount"],
        "explained": 0.0 - float(steps["amount"].sum()),
        "unexplained": 0.0 - float(row.loc["unexplained", "amount"]),
    }
    for part in PARTS:
        sheet.add(f"definition.{name}_{part}", float(told[part]), n=n, period=period, reason=UNREPORTED)
    for step, amount in steps["amount"].items():
        sheet.add(f"definition.{name}_step", 0.0 - float(amount), n=n, period=period, object="step", object_id=str(step))
    if steps.empty:
        sheet.refuse(f"definition.{name}_step", NO_STEP)
