"""The disorder of a real export: invoices cancelled and sent again, lines posted late, cells that nobody filled in."""

import numpy as np
import pandas as pd

from benchmarks.planted.chance import stream

CANCELLED, POSTED_LATE = 0.004, 0.006
BLANKS = {
    "revenue": {"product_id": 0.004}, "customers": {"country": 0.03, "channel": 0.03, "went_live_on": 0.02},
    "opportunities": {"channel": 0.03, "rep_id": 0.01, "segment": 0.01}, "leads": {"segment": 0.05, "channel": 0.01}, "contracts": {"notice_days": 0.05},
    "usage": {"events": 0.01},
}  # fmt: skip
"""Share of cells left blank."""


def cancelled(seed: int, lines: pd.DataFrame) -> pd.DataFrame:
    """Some invoices are credited in full and sent again the same day under another number."""
    draw = stream(seed, "cancelled")
    numbers = lines["invoice_id"].drop_duplicates().to_numpy()
    chosen = numbers[draw.random(len(numbers)) < CANCELLED]
    rows = lines[lines["invoice_id"].isin(chosen)]
    return pd.concat([
        lines,
        rows.assign(amount=-rows["amount"], quantity=-rows["quantity"], invoice_id="CN" + rows["invoice_id"].str[2:]),
        rows.assign(invoice_id="RN" + rows["invoice_id"].str[2:]),
    ], ignore_index=True)  # fmt: skip


def posted_late(seed: int, lines: pd.DataFrame) -> pd.DataFrame:
    """Some lines billed by the month carry a date of the month after, and say which month they are for."""
    draw = stream(seed, "posted late")
    plain = lines["service_start"].isna() & (lines["kind"] == "recurring") & ~lines["invoice_id"].str.startswith(("CN", "RN"))
    alone = ~lines["invoice_id"].isin(lines.loc[lines["amount"] < 0, "invoice_id"].str.replace("CN", "RE"))
    last = lines["date"] >= pd.Timestamp("2026-06-01")
    numbers = lines.loc[plain & alone & ~last, "invoice_id"].drop_duplicates().to_numpy()
    late = lines["invoice_id"].isin(numbers[draw.random(len(numbers)) < POSTED_LATE]) & plain
    month = lines["date"].dt.to_period("M")
    return lines.assign(
        service_start=lines["service_start"].where(~late, month.dt.to_timestamp()),
        service_end=lines["service_end"].where(~late, month.dt.to_timestamp("M").dt.normalize()),
        date=lines["date"].where(~late, (month + 1).dt.to_timestamp() + pd.Timedelta(days=4)),
    )


def blanked(seed: int, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Leave some cells blank."""
    spoilt = dict(tables)
    for table, columns in BLANKS.items():
        frame = spoilt[table].copy()
        for column, share in columns.items():
            gone = stream(seed, "blank", table, column).random(len(frame)) < share
            frame[column] = frame[column].where(~gone, None if frame[column].dtype == object else np.nan)
        spoilt[table] = frame
    return spoilt
