"""Commands around files that left the house."""

from pathlib import Path
from typing import Any

import typer

from collector.cli.frame import JsonFlag, command, office, show
from collector.reports.whose import Found
from collector.reports.whose import whose as find

export = typer.Typer(no_args_is_help=True, help="Files that left the house.")


@export.callback()
def group() -> None:
    """Files that left the house."""


@export.command("whose")
@command
def whose(file: Path = typer.Argument(..., help="A file that was found somewhere."), json_: bool = JsonFlag) -> None:
    """Name the export a file is: by its SHA-256; or, where it was changed, by the number that stands in it."""
    with office().database.read() as session:
        found = [_told(one) for one in find(session, file)]
    lines = []
    for one in found:
        how = "the very file" if one["unchanged"] else "not the same bytes, but its number stands in them"
        lines.append(f"{one['export']}: given to {one['by']} at {one['at']} ({how})")
        lines.append(f"  {one['rows']} rows as {one['format']}, list {one['list']}, book {one['book']}")
        lines.append(f"  SHA-256 {one['sha256']}")
    show({"exports": found}, as_json=json_, lines=lines)


def _told(found: Found) -> dict[str, Any]:
    row = found.export
    return {
        "export": row.number,
        "unchanged": found.is_unchanged,
        "by": row.actor,
        "at": row.at.isoformat(timespec="seconds"),
        "rows": row.rows,
        "format": row.format.value,
        "list": row.wanted,
        "book": row.book,
        "portfolios": row.portfolio_ids,
        "sha256": row.sha256,
    }
