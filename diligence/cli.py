"""The command line: new, map, check, run, trace, rules. Bad input is told in lines, never in a traceback."""

import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from diligence.errors import BAD_INPUT, OUR_FAULT, DiligenceError, InputError, Problem, printable

app = typer.Typer(
    help="Commercial due diligence: from a data room to an evidenced report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
STOPPED = 130
"""What a shell gives a command that the keyboard stopped."""
PRESSED: list[int] = []
"""Interrupts of the keyboard; a library that was at work when one came may turn it into an error of its own."""

DealPath = Annotated[str, typer.Argument(metavar="DEAL", help="A deal file, its folder, or the word demo.")]


@app.command()
def new(folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")]) -> None:
    """Make a deal folder: deal.toml with every key explained, the request list, an empty room."""
    from diligence.runner.new import new_deal

    for file in new_deal(folder):
        typer.echo(file)


@app.command("map")
def map_(
    deal: DealPath,
    threshold: Annotated[float, typer.Option(min=0.0, max=1.0, help="How sure a proposal must be to be written.")] = 0.5,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")] = False,
) -> None:
    """Propose a mapping for the files that the deal file does not map, with confidence and evidence, and write it there."""
    from diligence.runner.map import mapped

    typer.echo(mapped(deal, threshold=threshold, dry_run=dry_run))


@app.command()
def check(
    deal: DealPath,
    against: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Folder of an earlier run: say what this drop changed, and what that does.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="With --against: write every changed row to this file.")] = None,
    requests: Annotated[Path | None, typer.Option(help="Write the request list, ready to send, to this workbook (.xlsx).")] = None,
) -> None:
    """Intake only: what was given, what is odd, what was repaired, how it ties, what to ask for; what a new drop changed."""
    from diligence.runner.check import checked

    typer.echo(checked(deal, against=against, csv=csv, requests=requests))


@app.command()
def run(
    deal: DealPath,
    out: Annotated[Path | None, typer.Option(help="Folder for the run; by default out beside the deal file.")] = None,
    only: Annotated[str, typer.Option(help="Notebooks to run, separated by commas.")] = "",
    parameter: Annotated[
        list[str] | None, typer.Option("-p", metavar="KEY=VALUE", help="A parameter of the notebooks; may be repeated.")
    ] = None,
    as_of: Annotated[str, typer.Option(metavar="DATE", help="Look from another date, YYYY-MM-DD.")] = "",
    jobs: Annotated[int, typer.Option(min=1, max=16, help="Notebooks side by side.")] = 2,
) -> None:
    """Run the suite: notebooks, facts, report. Prints the report's path last."""
    from diligence.runner.progress import telling
    from diligence.runner.run import run as run_suite

    names = tuple(name.strip() for name in only.split(",") if name.strip())
    when = _day(as_of)
    with telling() as progress:
        done = run_suite(deal, out=out, only=names, parameters=_pairs(parameter or []), as_of=when, jobs=jobs, progress=progress)
    for name, error in sorted(done.errors.items()):
        place = f" in cell {error['cell']}" if error["cell"] else ""
        typer.echo(f"{name} failed{place}: {printable(error['message'], 400)}", err=True)
    typer.echo(f"done in {done.seconds:.1f} s" + (f", {len(done.errors)} of the notebooks failed" if done.errors else ""))
    typer.echo(done.out / "report.html")
    raise typer.Exit(done.exit_status)


@app.command()
def trace(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run.")],
    fact: Annotated[str, typer.Argument(metavar="FACT", help="Name of a fact, such as retention.nrr_ltm.")],
    csv: Annotated[Path | None, typer.Option(help="Write the rows behind the number to this file.")] = None,
) -> None:
    """Give the definition, the filter and the rows behind a number."""
    from diligence.facts.trace import trace as follow

    found = follow(run_folder, fact)
    typer.echo("\n".join(printable(line, 2000) for line in str(found).splitlines()))
    if csv is not None:
        found.rows.to_csv(csv, index=False)
        typer.echo(csv)
    elif len(found.rows):
        shown = [column for column in found.rows.columns if column not in ("source_file", "source_row")][:7]
        table = found.rows[[*shown, "source_file", "source_row"]].head(10).to_string(index=False)
        typer.echo("\n".join(printable(line, 400) for line in table.splitlines()))


@app.command()
def rules(rule: Annotated[str, typer.Argument(metavar="[ID]", help="A rule to explain.")] = "") -> None:
    """List the rules, or explain one."""
    from diligence.judgement.rules import rule as one_rule
    from diligence.judgement.rules import rules as all_rules

    if not rule:
        for one in all_rules().values():
            typer.echo(f"{one.id:8}{one.area:15}{one.layer:13}{one.name}")
        return
    one = one_rule(rule)
    for label in (
        "id",
        "name",
        "area",
        "layer",
        "fact",
        "comparison",
        "amber",
        "red",
        "min_n",
        "source",
        "grade",
        "owner",
        "action",
        "question",
        "since",
    ):
        typer.echo(f"{label:12}{getattr(one, label)}")


def _pairs(given: list[str]) -> dict[str, str]:
    wrong = [pair for pair in given if "=" not in pair]
    if wrong:
        raise InputError(Problem("KEY=VALUE", f"'{pair}'", "write it like -p months=12", key="-p") for pair in wrong)
    return {key.strip(): value for key, _, value in (pair.partition("=") for pair in given)}


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise InputError(Problem("a date YYYY-MM-DD", f"'{text}'", "write it like 2026-06-30", key="--as-of")) from None


def _press(number: int, frame: FrameType | None) -> NoReturn:
    PRESSED.append(number)
    raise KeyboardInterrupt


def _stopped() -> NoReturn:
    # a second press while we leave would end in a traceback
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    typer.echo("stopped; the same command takes up where it stopped", err=True)
    sys.exit(STOPPED)


@contextmanager
def _told() -> Iterator[None]:
    """Turn our errors into lines and exit statuses."""
    try:
        yield
    except DiligenceError as error:
        if PRESSED:
            _stopped()
        for line in str(error).splitlines():
            typer.echo(line, err=True)
        sys.exit(error.exit_status)
    except (KeyboardInterrupt, typer.Abort):
        _stopped()
    except Exception as error:
        if PRESSED:
            _stopped()
        if os.environ.get("DILIGENCE_DEBUG"):
            traceback.print_exc()
        line = str(error).strip().splitlines()[0] if str(error).strip() else "no message"
        typer.echo(f"a fault of ours: {type(error).__name__}: {printable(line, 300)}; set DILIGENCE_DEBUG=1 to see where", err=True)
        sys.exit(OUR_FAULT)


def main() -> None:
    """Run the command line."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _press)
    with _told():
        try:
            status = app(standalone_mode=False)
        except typer.Exit as left:
            status = left.exit_code
        except Exception as error:
            if type(error).__module__.startswith(("click", "typer")) and hasattr(error, "format_message"):
                # without a command the help has been told already, and there is no message
                if error.format_message():
                    typer.echo(f"{printable(error.format_message(), 300)}; try `diligence --help`", err=True)
                sys.exit(BAD_INPUT)
            raise
        if PRESSED and status:
            # typer has turned the keyboard's interrupt into a bare status, or a part of the run has failed of it
            raise KeyboardInterrupt
    sys.exit(status if isinstance(status, int) else 0)
