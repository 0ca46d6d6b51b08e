"""What each repair does to the headline: the room governed again with that repair, and no other, left undone."""

import shutil
import tempfile
from pathlib import Path

import pandas as pd

from diligence.dataroom.cleaning import REPAIRS
from diligence.dataroom.room import Room, govern_variant
from diligence.errors import InputError
from diligence.facts.headline import HEADLINE, headline
from diligence.facts.sheet import NAN, FactSheet


def repair_effects(room: Room, sheet: FactSheet) -> pd.DataFrame:
    """Compute the headline with every repair, and without each of them.

    Nothing is estimated: the room is cut, repaired and reduced again for each repair of the log. A room that cannot be read without a
    repair (dates of a second format, a key that stands twice) says so.

    Returns
    -------
    DataFrame
        One row a repair: ``repair, rows, amount, refused`` and for each number of :data:`HEADLINE` what it is ``<name>``, what it would
        be, were the repair left undone, ``<name>_without``, and what the repair does to it, ``<name>_effect``. Those that move retention
        most come first.
    """
    log = room.cleaning
    kinds = [kind for kind in REPAIRS if (log["repair"] == kind).any()]
    base = headline(room) if kinds else {}
    rows = []
    for kind in kinds:
        part = log[log["repair"] == kind]
        without, refused = _without(room, kind)
        touched = int(part["rows"].sum())
        row = {"repair": kind, "rows": touched, "amount": float(part["amount"].sum()), "refused": refused}
        rows.append(row | {name: base[name] for name in HEADLINE} | {f"{name}_without": value for name, value in without.items()})
        for name, value in without.items():
            sheet.add(f"data.without_{name}", value, n=touched, object="repair", object_id=kind, reason=refused)
    columns = ["repair", "rows", "amount", "refused", *HEADLINE, *(f"{name}_without" for name in HEADLINE)]
    frame = pd.DataFrame(rows, columns=columns)
    effects = {f"{name}_effect": (frame[name] - frame[f"{name}_without"]).round(8) for name in HEADLINE}
    frame = frame.assign(**effects, moved=effects["nrr_effect"].abs().fillna(0.0), money=effects["revenue_ltm_effect"].abs().fillna(0.0))
    order = frame.sort_values(["moved", "money", "repair"], ascending=[False, False, True], ignore_index=True)
    return order.drop(columns=["moved", "money"])


def _without(room: Room, kind: str) -> tuple[dict[str, float], str]:
    off = [*room.deal.repairs.off, kind]
    deal = room.deal.model_copy(update={"repairs": room.deal.repairs.model_copy(update={"off": off})})
    folder = Path(tempfile.mkdtemp(prefix="diligence-"))
    try:
        return headline(govern_variant(room, deal, folder)), ""
    except InputError as error:
        return dict.fromkeys(HEADLINE, NAN), f"without it the room cannot be read: {error.problems[0].expected}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
