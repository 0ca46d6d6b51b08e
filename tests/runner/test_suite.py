"""Which notebooks run, and with which parameters: everything that is wrong is told at once."""

from pathlib import Path

import nbformat
import pytest

import diligence.runner.suite as suites
from diligence.errors import InputError
from diligence.runner.suite import declared, parameters_for, suite

PARAMETERS = 'deal: str = "demo"  # a\nmonths: int = 12  # b\nshare: float = 0.5  # c\nsegment_by: str = ""  # d\n'


@pytest.fixture
def chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A suite of four notebooks: c needs b, b needs a; d stands alone and knows fewer parameters."""
    needs = {"a": [], "b": ["a"], "c": ["b"], "d": []}
    folder = tmp_path / "notebooks"
    folder.mkdir()
    text = "".join(f'[[notebook]]\nname = "{name}"\ntitle = "T"\nquestion = "Q?"\nneeds = {before}\n' for name, before in needs.items())
    (folder / "suite.toml").write_text(text.replace("'", '"'), encoding="utf-8")
    for name in needs:
        source = 'deal: str = "demo"  # a\n' if name == "d" else PARAMETERS
        cell = nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]})
        metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=metadata), folder / f"{name}.ipynb")
    monkeypatch.setattr(suites, "shipped", lambda name: tmp_path / name)
    return folder


@pytest.mark.parametrize(
    ("only", "names"),
    [((), "abcd"), (("d",), "d"), (("c",), "abc"), (("b", "d"), "abd"), (("c", "a"), "abc"), (("a", "a"), "a")],
)
def test_a_notebook_brings_what_it_needs_in_reading_order(chain: Path, only: tuple[str, ...], names: str) -> None:
    assert [book.name for book in suite(only)] == list(names)
    assert suite(only)[0].file == chain / f"{names[0]}.ipynb"


def test_every_unknown_notebook_is_told() -> None:
    with pytest.raises(InputError) as caught:
        suite(("01_revenue_qualty", "nonsense"))
    assert str(caught.value).splitlines() == [
        "key --only: expected a notebook of the suite, got '01_revenue_qualty'; do this: did you mean '01_revenue_quality'?",
        "key --only: expected a notebook of the suite, got 'nonsense'; do this: use one of 00_data_room, 01_revenue_quality, 05_commercial_model",
    ]


def test_a_notebook_declares_its_parameters_with_their_types(chain: Path) -> None:
    assert declared(suite(("a",))[0]) == {"deal": "str", "months": "int", "share": "float", "segment_by": "str"}


def test_each_notebook_gets_what_it_declares_in_its_type(chain: Path) -> None:
    given = parameters_for(suite(), {"months": "6", "share": "0.25", "segment_by": "country"})
    typed = {"months": 6, "share": 0.25, "segment_by": "country"}
    assert given == {"a": typed, "b": typed, "c": typed, "d": {}}
    assert isinstance(given["a"]["months"], int)
    assert parameters_for(suite(), {}) == {"a": {}, "b": {}, "c": {}, "d": {}}


def test_every_wrong_parameter_is_told_once(chain: Path) -> None:
    with pytest.raises(InputError) as caught:
        parameters_for(suite(), {"months": "abc", "segmnt_by": "x", "share": "half", "deal": "other"})
    assert sorted(str(caught.value).splitlines()) == [
        "key -p deal: expected a parameter of the suite, got 'deal'; do this: use one of months, segment_by, share",
        "key -p months: expected a value of type int, got 'abc'; do this: write it like months=12",
        "key -p segmnt_by: expected a parameter of the suite, got 'segmnt_by'; do this: did you mean 'segment_by'?",
        "key -p share: expected a value of type float, got 'half'; do this: write it like share=12",
    ]
