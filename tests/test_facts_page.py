"""The page of facts is the catalogue's."""

from diligence.facts.catalogue import catalogue
from diligence.reports.facts_page import PAGE, facts_page


def test_the_committed_page_is_what_the_catalogue_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == facts_page(), "write it anew with `make facts`"


def test_every_fact_and_every_table_has_its_line() -> None:
    lines = facts_page().splitlines()
    for name in catalogue():
        assert sum(line.startswith(f"| `{name}` |") for line in lines) == 1
    revenue = next(line for line in lines if line.startswith("| revenue |"))
    takes = sum("revenue" in {need.partition(".")[0] for need in one.needs} for one in catalogue().values())
    assert revenue.endswith(f"| {takes} |")
