"""What every command shares: opening the installation, one JSON document or readable text, exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import OperationalError

from collector.casework.office import Office, open_office
from collector.foundation.clock import parse_moment, system_clock
from collector.foundation.errors import BadInput, CollectorError, NotFound
from collector.foundation.logs import printable
from collector.foundation.settings import load_settings
from collector.foundation.told import told

P = ParamSpec("P")
R = TypeVar("R")

LARGEST_ID = 2**63 - 1
"""Of any number that names a row."""
JsonFlag = typer.Option(False, "--json", help="One JSON document on stdout.")
AtOption = typer.Option(None, "--at", help="The moment that counts, ISO 8601 with offset; default: now.")

out = Console(markup=False, highlight=False, soft_wrap=True)
err = Console(stderr=True, markup=False, highlight=False, soft_wrap=True)


def moment(at: str | None) -> datetime:
    """`--at`, or the clock."""
    return parse_moment(at) if at else system_clock()


def office() -> Office:
    return open_office(load_settings())


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Errors of ours become one sentence on stderr and an exit code: 2 for bad input, 1 for any other."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except CollectorError as error:
            fail(error, as_json=bool(kwargs.get("json_", False)))
            raise typer.Exit(2 if isinstance(error, BadInput | NotFound) else 1) from error
        except OperationalError as error:
            err.print("error: the database does not answer, or is busy; try again, or check COLLECTOR_DATABASE_URL")
            raise typer.Exit(1) from error

    return run


def fail(error: CollectorError, *, as_json: bool) -> None:
    problems = error.problems if isinstance(error, BadInput) else ()
    if as_json:
        show_json({"error": error.message, "problems": [asdict(problem) for problem in problems]})
    err.print(f"error: {printable(error.message)}")
    for problem in problems[:20]:
        if str(problem) not in error.message:
            err.print(f"  {printable(str(problem))}")


def show_json(document: Any) -> None:
    sys.stdout.write(json.dumps(told(document), ensure_ascii=False, indent=2) + "\n")


def show(document: Any, *, as_json: bool, lines: Sequence[str] = ()) -> None:
    """The document as JSON, or the same told in lines."""
    if as_json:
        show_json(document)
        return
    for line in lines or [json.dumps(told(document), ensure_ascii=False, indent=2)]:
        out.print(printable(line))


def show_table(title: str, header: Sequence[str], rows: Sequence[Sequence[Any]], empty: str) -> None:
    """A table for people; with no rows, the sentence that says what would fill it."""
    if not rows:
        out.print(empty)
        return
    table = Table(title=title, title_justify="left")
    for name in header:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable("" if cell is None else str(cell))) for cell in row))
    out.print(table)


@contextmanager
def progress_bar(words: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr for long work; silent where stderr is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, disable=not sys.stderr.isatty()) as bar:
        job = bar.add_task(words, total=None)
        yield lambda done, total: bar.update(job, completed=done, total=total or None)
