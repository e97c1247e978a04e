"""Commands for operations: loading files."""

from pathlib import Path
from typing import NoReturn

import typer

from collector.casework import actions
from collector.cli.frame import AtOption, JsonFlag, command, err, moment, office, progress_bar, show
from collector.foundation.clock import parse_moment
from collector.foundation.logs import printable
from collector.identity.rules import COMMAND_LINE
from collector.portfolio.loading import LoadResult
from collector.portfolio.rules import LoadKind


@command
def load(
    kind: LoadKind = typer.Argument(..., help="What the file holds."),
    file: Path = typer.Argument(..., help="CSV (UTF-8, also .gz) or XLSX."),
    portfolio: str | None = typer.Option(None, "--portfolio", help="Code of the portfolio the rows belong to."),
    mapping: Path | None = typer.Option(None, "--mapping", help="YAML that turns a foreign file's columns into ours."),
    rejects: Path | None = typer.Option(None, "--rejects", help="Where refused rows go, with their reasons."),
    as_of: str | None = typer.Option(
        None, "--as-of", help="Payments: every payment made until then is in the file; default: the moment of loading."
    ),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Load a file of the book. Rows that are wrong are refused one by one; the rest goes in together, or not at all.

    Exit code 2 when a row was refused, so that a script notices; what was right is loaded all the same.
    """
    with progress_bar(f"loading {file.name}") as progress:
        result = actions.load(
            office(),
            kind,
            file,
            portfolio=portfolio,
            mapping=mapping,
            rejects=rejects,
            at=moment(at),
            as_of=parse_moment(as_of) if as_of else None,
            actor=COMMAND_LINE.name,
            progress=progress,
        )
    show(result.totals(), as_json=json_, lines=_lines(result))
    if result.rejected:
        _refuse(result, rejects)


def _lines(result: LoadResult) -> list[str]:
    lines = [
        f"read {result.read} = accepted {result.accepted} + unchanged {result.unchanged} + rejected {result.rejected}"
    ]
    if result.kept:
        rows = f"{result.kept} rows have a schedule that was agreed with the borrower otherwise"
        lines.append(f"{rows}; the agreed one holds, and operations sees the difference")
    elif result.held:
        lines.append(f"{result.held} payments match no account and wait for a person")
    if result.payments_as_of:
        lines.append(f"payments as of {result.payments_as_of.isoformat()}")
    if result.proposed:
        lines.append(
            f"{', '.join(result.proposed)}: whom to pay or to call would change; a second person decides, nothing of"
            " it is in force yet"
        )
    if result.payments_as_of_held:
        lines.append("it stays there, since rows were refused: mend and load them, then promises can be judged")
    if result.skipped:
        lines.append(f"{result.skipped} rows were left out by the mapping's filter")
    return lines


def _refuse(result: LoadResult, rejects: Path | None) -> NoReturn:
    err.print(f"error: {result.rejected} of {result.read} rows were refused")
    for problem in result.problems:
        err.print(f"  {printable(str(problem))}")
    if rejects is None:
        err.print("use --rejects OUT.csv to get the refused rows with their reasons")
    raise typer.Exit(2)
