"""Rewrite data/demo/room, TRUTH.md and truth.json: python -m data.demo.generator, from the root of the repository."""

from pathlib import Path
from typing import Any

from data.demo.generator import crm, operations, repairs, story, truth, world, write
from data.demo.generator.streams import SEED


def build(folder: Path, seed: int = SEED) -> dict[str, Any]:
    """Write the room and its truth under a folder; the same seed gives the same bytes."""
    company = world.company(seed)
    tables, planted = repairs.untidy(seed, company)
    figures = truth.levels(company)
    figures["new_business"] = truth.new_business(company.tables)
    figures["market_position"] = truth.market_position(company.tables)
    figures["discounts"] = crm.discount_gap(company.tables["quotes"], company.tables["opportunities"])
    figures["operations"] = operations.operations(company)
    figures["duplicates"] = [[pair["first_id"], pair["second_id"]] for pair in planted["misspelt_duplicates"]]
    figures["repairs"] = {**planted, "management_nrr": figures["management_nrr_2026Q2"]}
    write.room(tables, folder / "room")
    write.truth_file(figures, folder / "truth.json")
    (folder / "TRUTH.md").write_bytes(story.truth_text(figures).encode("utf-8"))
    return figures


if __name__ == "__main__":
    build(Path(__file__).resolve().parents[1])
