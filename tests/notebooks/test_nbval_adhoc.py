"""The worked examples give what they show, by nbval; each says what it is about and shows a table and a figure."""

import ast

import nbformat
import pytest
from committed import ADHOC, give_what_they_show


@pytest.mark.slow
def test_the_worked_examples_give_what_they_show() -> None:
    give_what_they_show(ADHOC)


@pytest.mark.parametrize("file", ADHOC, ids=lambda file: file.stem)
def test_an_example_goes_from_a_plain_frame_to_a_table_and_a_figure(file) -> None:
    notebook = nbformat.read(file, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert notebook.cells[0].cell_type == "markdown" and notebook.cells[0].source.startswith("# ")
    assert "import diligence as dd" in code[0].source and all(cell.execution_count for cell in code)
    assert "pd.DataFrame(" in "".join(cell.source for cell in code)
    shown = [data for cell in code for output in cell.outputs if (data := output.get("data"))]
    assert any("<table" in data.get("text/html", "") for data in shown), "a table"
    assert any("application/vnd.plotly.v1+json" in data for data in shown), "a figure"
    for cell in code:
        assert len(cell.source.splitlines()) <= 25
        assert not any(isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.For)) for node in ast.walk(ast.parse(cell.source)))
