"""The corpus of bad input: each case told in exactly its lines, exit 2, and nothing written."""

import sys
import tempfile
import tomllib
from pathlib import Path

import pytest

from diligence.cli import main

HERE = Path(__file__).parent / "bad_input"
sys.path.insert(0, str(HERE))
from makers import MAKERS  # noqa: E402

DEALS = tomllib.loads((HERE / "deals.toml").read_text(encoding="utf-8"))
TOLD = tomllib.loads((HERE / "told.toml").read_text(encoding="utf-8"))
HEAD = '[target]\nname = "Bad"\ncurrency = "EUR"\nas_of = 2026-06-30\n'


def listed(folder: Path) -> dict[str, tuple[int, int]]:
    return {path.relative_to(folder).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*"))}


def test_every_case_is_made_and_told() -> None:
    assert set(MAKERS) == set(TOLD)
    assert set(DEALS) <= set(MAKERS)


@pytest.mark.parametrize("case", MAKERS)
def test_bad_input_is_told_in_exactly_its_lines(
    tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deal, aside = tmp_path / "deal", tmp_path / "aside"
    deal.mkdir()
    aside.mkdir()
    MAKERS[case](deal)
    (deal / "deal.toml").write_text(f"{HEAD}{DEALS.get(case, '')}\n", encoding="utf-8")
    before = listed(deal)
    monkeypatch.setattr(tempfile, "tempdir", str(aside))
    monkeypatch.setattr(sys, "argv", ["diligence", "check", str(deal)])
    with pytest.raises(SystemExit) as left:
        main()
    out, err = capsys.readouterr()
    assert err.replace(str(deal), "DEAL").splitlines() == TOLD[case]
    assert (left.value.code, out) == (2, "")
    assert listed(deal) == before
    assert listed(aside) == {}
