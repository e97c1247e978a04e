"""Commands around files that left the house."""

from pathlib import Path
from typing import Any

import typer

from collector.cli.frame import JsonFlag, command, office, show
from collector.reports.whose import Found, FoundCase
from collector.reports.whose import whose as find

export = typer.Typer(no_args_is_help=True, help="Files that left the house.")


@export.callback()
def group() -> None:
    """Files that left the house."""


@export.command("whose")
@command
def whose(file: Path = typer.Argument(..., help="A file that was found somewhere."), json_: bool = JsonFlag) -> None:
    """Name the export or the case file that a file is of: by its SHA-256; or, where an export was changed, by the
    number that stands in it."""
    with office().database.read() as session:
        traced = find(session, file)
        found, cases = [_told(one) for one in traced.exports], [_told_case(one) for one in traced.cases]
    lines = []
    for one in found:
        how = "the very file" if one["unchanged"] else "not the same bytes, but its number stands in them"
        lines.append(f"{one['export']}: given to {one['by']} at {one['at']} ({how})")
        lines.append(f"  {one['rows']} rows as {one['format']}, list {one['list']}, book {one['book']}")
        lines.append(f"  SHA-256 {one['sha256']}")
    for one in cases:
        lines.append(f"{one['name']} of the case file of {one['account']}: made by {one['by']} at {one['at']}")
        lines.append(f"  as of {one['as_of']}, in {one['language']}, {one['files']} files, manifest {one['manifest']}")
    show({"exports": found, "case_files": cases}, as_json=json_, lines=lines)


def _told_case(found: FoundCase) -> dict[str, Any]:
    row = found.case
    return {
        "case_file": row.id,
        "name": found.name,
        "account": found.account,
        "by": row.actor,
        "at": row.made_at.isoformat(timespec="seconds"),
        "as_of": row.as_of.isoformat(timespec="seconds"),
        "language": row.language,
        "files": row.files,
        "manifest": row.sha256,
    }


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
