"""Commands for operations: loading files."""

from pathlib import Path
from typing import Any

import typer

from collector.casework import actions
from collector.cli.frame import AtOption, JsonFlag, command, moment, office, progress_bar, show
from collector.foundation.clock import parse_moment
from collector.identity.rules import COMMAND_LINE
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
    """Load a file of the book. Rows that are wrong are refused one by one; the rest goes in together, or not at all."""
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
    show(_told(result), as_json=json_, lines=_lines(result, rejects))


def _told(result: Any) -> dict[str, Any]:
    return {
        "run": result.run_id,
        "read": result.read,
        "accepted": result.accepted,
        "unchanged": result.unchanged,
        "rejected": result.rejected,
        "held": result.held,
        "payments_as_of": result.payments_as_of,
        "problems": result.problems,
    }


def _lines(result: Any, rejects: Path | None) -> list[str]:
    lines = [
        f"read {result.read} = accepted {result.accepted} + unchanged {result.unchanged} + rejected {result.rejected}"
    ]
    if result.held:
        lines.append(f"{result.held} payments match no account and wait for a person")
    if result.payments_as_of:
        lines.append(f"payments as of {result.payments_as_of.isoformat()}")
    lines += [f"  {problem}" for problem in result.problems]
    if result.rejected and rejects is None:
        lines.append("use --rejects OUT.csv to get the refused rows with their reasons")
    return lines
