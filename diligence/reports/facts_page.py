"""The page of all facts, from the catalogue itself: what each is, and which tables of the room it takes."""

from pathlib import Path

from diligence.dataroom.schema import tables
from diligence.facts.catalogue import Definition, catalogue

PAGE = Path(__file__).resolve().parents[2] / "docs" / "facts.md"
HEAD = """# Facts

Every number that a run can give, by the prefix of its name. A fact whose tables or columns were not given is *not assessable*; one with
fewer observations than it takes is *insufficient*. Each is followed to its rows by `diligence trace`. This page is written from the
catalogue by `make facts`.
"""


def facts_page() -> str:
    """Write the page."""
    known = catalogue()
    parts = [HEAD, f"{len(known)} facts.\n", "## Tables, and the facts that each opens\n", _coverage(known)]
    for prefix in dict.fromkeys(name.partition(".")[0] for name in known):
        parts += [f"## {prefix.replace('_', ' ')}\n", _section([one for name, one in known.items() if name.startswith(f"{prefix}.")])]
    return "\n".join(parts)


def _coverage(known: dict[str, Definition]) -> str:
    """One row a table, one column a prefix: how many facts take the table."""
    prefixes = list(dict.fromkeys(name.partition(".")[0] for name in known))
    lines = [f"| table | {' | '.join(prefixes)} | all |", f"|---|{'---:|' * (len(prefixes) + 1)}"]
    for table in tables():
        takes = [name for name, one in known.items() if table in {need.partition(".")[0] for need in one.needs}]
        counts = [sum(name.startswith(f"{prefix}.") for name in takes) for prefix in prefixes]
        lines.append(f"| {table} | {' | '.join(str(count or '') for count in counts)} | {len(takes) or ''} |")
    return "\n".join(lines) + "\n"


def _section(facts: list[Definition]) -> str:
    lines = ["| fact | what it is | formula | unit | n at least | takes |", "|---|---|---|---|---:|---|"]
    for one in facts:
        takes = ", ".join(f"`{need}`" for need in one.needs) or "nothing"
        lines.append(f"| `{one.id}` | {_cell(one.definition)} | {_cell(one.formula)} | {one.unit} | {one.min_n} | {takes} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(facts_page(), encoding="utf-8")
    print(PAGE)
