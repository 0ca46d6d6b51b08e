"""An executed notebook of the example company, with every kind of output."""

import example_frames as frames
import nbformat.v4 as nb
import pandas as pd
from example_report import exhibits, headline

SETUP = "import diligence as dd\n\nroom = dd.open('deal.toml')  # the data room"


def _shown(value, count):
    return nb.new_output("execute_result", data=value._repr_mimebundle_(), execution_count=count)


def notebook():
    shown = exhibits()
    table = frames.readings()[["label", "value"]]
    cells = [
        nb.new_markdown_cell("# Do customers stay?\n\nThe decision: the price, and the **covenant** on churn."),
        nb.new_code_cell("as_of = '2025-06-30'  # the day", metadata={"tags": ["parameters"]}, execution_count=1),
        nb.new_code_cell(
            SETUP, execution_count=2, outputs=[nb.new_output("stream", name="stdout", text="\x1b[31mread\x1b[0m 48,210 rows <b>\n")]
        ),
        nb.new_markdown_cell("## The answer"),
        nb.new_code_cell("headline", execution_count=3, outputs=[_shown(headline(), 3)]),
        nb.new_markdown_cell("## Is 118% right?"),
        nb.new_code_cell("readings", execution_count=4, outputs=[_shown(shown["readings"], 4)]),
        nb.new_code_cell("cohorts", execution_count=5, outputs=[_shown(shown["revenue_cohorts"], 5)]),
        nb.new_code_cell("options", execution_count=6, outputs=[_shown(shown["options"], 6)]),
        nb.new_code_cell("table", execution_count=7, outputs=[nb.new_output("execute_result", data=_bundle(table), execution_count=7)]),
        nb.new_code_cell(
            "1 / 0",
            execution_count=8,
            outputs=[
                nb.new_output(
                    "error",
                    ename="ZeroDivisionError",
                    evalue="division by zero",
                    traceback=["\x1b[31mZeroDivisionError\x1b[0m: <script>alert(1)</script>"],
                )
            ],
        ),
    ]
    made = nb.new_notebook(cells=cells, metadata={"language_info": {"name": "python", "pygments_lexer": "ipython3"}})
    for place, cell in enumerate(made.cells):
        cell.id = f"cell-{place}"
    return made


def _bundle(table: pd.DataFrame):
    return {"text/html": table._repr_html_(), "text/plain": str(table)}
