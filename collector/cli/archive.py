"""Commands of the archive: originals placed, lent, returned, and what is not back in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import typer
from sqlmodel import Session

from collector.casework import actions
from collector.casework.views.archive import MOST, ArchivePart, Shelved, archived, history_of
from collector.cli.frame import LARGEST_ID, AtOption, JsonFlag, command, moment, office, show, show_json, show_table
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput
from collector.history.rules import ArchiveLevel, ArchiveStep, Condition, DocumentKind, Handover
from collector.history.tables import OriginalStep
from collector.identity.rules import COMMAND_LINE
from collector.portfolio.queries import account_by_key, portfolio_of

archive = typer.Typer(no_args_is_help=True, help="Originals on paper: where each lies and who has it.")

NUMBER = typer.Argument(..., min=1, max=LARGEST_ID, metavar="NUMBER", help="Number of the original.")
ON = typer.Option(None, "--on", help="The day it happened, YYYY-MM-DD; default: today where the portfolio is.")
PLACE = typer.Option("", "--place", help="Vault or room, box and shelf.")


@archive.command("add")
@command
def add(
    account: str = typer.Argument(..., help="CODE/NO"),
    kind: DocumentKind = typer.Argument(..., metavar="KIND", help=", ".join(DocumentKind)),
    title: str = typer.Option("", "--title", help="What it is called."),
    place: str = PLACE,
    level: ArchiveLevel | None = typer.Option(None, "--level", help="vault or working; default: as the kind says."),
    document: int | None = typer.Option(None, "--document", min=1, max=LARGEST_ID, help="Number of its scan."),
    on: str | None = ON,
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """An original comes into the archive."""
    desk, when = office(), moment(at)
    with desk.database.begin() as session:
        found = account_by_key(session, account)
        day = _day(on) or local_day(when, portfolio_of(session, found.portfolio_id).timezone)
        more: dict[str, Any] = {"document_id": document, "level": level, "at": when, "actor": COMMAND_LINE}
        row = actions.archive_original(session, desk, found, kind=kind, title=title, place=place, on=day, **more)
        told = {"original": row.id, "account": account, "kind": row.kind.value, "level": row.level.value}
    show(told, as_json=json_, lines=[f"original {told['original']} ({told['level']}) is in the archive"])


@archive.command("list")
@command
def list_originals(
    part: ArchivePart = typer.Option(ArchivePart.on_loan, "--part", help=", ".join(ArchivePart)),
    limit: int = typer.Option(MOST, "--limit", min=1, max=100_000, help="Lines at most."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Originals on loan, by what is due first; or those that are overdue, lost, or on their shelves."""
    _list(part, limit, at, json_=json_)


@archive.command("overdue")
@command
def overdue(at: str | None = AtOption, json_: bool = JsonFlag) -> None:
    """Originals that are not back in time. Exit code 1 when there are any."""
    if _list(ArchivePart.overdue, 100_000, at, json_=json_):
        raise typer.Exit(1)


def _list(part: ArchivePart, limit: int, at: str | None, *, json_: bool) -> int:
    with office().database.read() as session:
        found = [_told(one) for one in archived(session, COMMAND_LINE, part, moment(at), limit)]
    if json_:
        show_json({"originals": found})
        return len(found)
    head = ["original", "account", "kind", "level", "name", "place", "whom", "due_on", "days_overdue"]
    rows = [[one[name] for name in head] for one in found]
    show_table(f"originals: {part}", head, rows, "there are none")
    return len(found)


def _told(one: Shelved) -> dict[str, Any]:
    row, last = one.original, one.last
    return {
        "original": row.id,
        "account": one.key,
        "kind": row.kind.value,
        "level": row.level.value,
        "name": row.name,
        "step": last.step.value,
        "on": last.on,
        "place": last.place,
        "whom": last.whom,
        "why": last.why,
        "due_on": last.due_on,
        "condition": last.condition.value if last.condition else None,
        "days_overdue": one.overdue,
    }


@archive.command("show")
@command
def show_original(number: int = NUMBER, at: str | None = AtOption, json_: bool = JsonFlag) -> None:
    """One original and all that happened to it, the newest first."""
    with office().database.read() as session:
        found = history_of(session, COMMAND_LINE, number, moment(at))
        steps = [_step(one) for one in found.steps]
        document = {**_told(found.shelved), "steps": steps}
    lines = [f"{one['on']} {one['step']} {one['whom'] or one['place']} {one['why']}".rstrip() for one in steps]
    show(document, as_json=json_, lines=lines)


def _step(row: OriginalStep) -> dict[str, Any]:
    told: dict[str, Any] = {"number": row.number, "step": row.step.value, "on": row.on, "place": row.place}
    told |= {
        "whom": row.whom,
        "why": row.why,
        "due_on": row.due_on,
        "condition": row.condition.value if row.condition else None,
    }
    return {**told, "actor": row.actor, "at": row.at}


@dataclass(frozen=True, slots=True)
class _When:
    """The day that was given, and the moment at which it is said."""

    on: str | None
    at: str | None


@archive.command("lend")
@command
def lend(
    number: int = NUMBER,
    to: str = typer.Option(..., "--to", help="Who takes it."),
    why: str = typer.Option(..., "--why", help="What for: a hearing, a copy, an inspection."),
    due: str = typer.Option(..., "--due", help="By which day it is back, YYYY-MM-DD."),
    on: str | None = ON,
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """An original is taken out, and is due back on a day."""
    _move(number, ArchiveStep.lent, _When(on, at), json_=json_, whom=to, why=why, due_on=_day(due))


@archive.command("return")
@command
def give_back(
    number: int = NUMBER,
    by: str = typer.Option(..., "--by", help="Who brought it."),
    condition: Condition = typer.Option(..., "--condition", help=", ".join(Condition)),
    place: str = PLACE,
    on: str | None = ON,
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """An original comes back, in that state."""
    _move(number, ArchiveStep.returned, _When(on, at), json_=json_, whom=by, condition=condition, place=place)


@archive.command("place")
@command
def place_again(
    number: int = NUMBER,
    place: str = typer.Argument(..., help="Vault or room, box and shelf."),
    on: str | None = ON,
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """An original lies elsewhere from now on, or was found again."""
    _move(number, ArchiveStep.placed, _When(on, at), json_=json_, place=place)


@archive.command("end")
@command
def end(
    number: int = NUMBER,
    step: ArchiveStep = typer.Argument(..., metavar="STEP", help="released or destroyed."),
    whom: str = typer.Option(..., "--whom", help="Who took it, or saw it destroyed."),
    why: str = typer.Option(..., "--why", help="Such as: settled, handed back against receipt."),
    on: str | None = ON,
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """An original leaves the archive for good."""
    if step not in (ArchiveStep.released, ArchiveStep.destroyed):
        raise BadInput("an original leaves for good as released or destroyed")
    _move(number, step, _When(on, at), json_=json_, whom=whom, why=why)


def _move(number: int, step: ArchiveStep, when: _When, *, json_: bool, **said: Any) -> None:
    desk, at = office(), moment(when.at)
    with desk.database.begin() as session:
        day = _day(when.on) or _today(session, number, at)
        row = actions.move_original(session, desk, number, Handover(step, day, **said), at=at, actor=COMMAND_LINE)
        document = {"original": number, **_step(row)}
    show(document, as_json=json_, lines=[f"original {number}: {step}"])


def _today(session: Session, number: int, at: datetime) -> date:
    """The day of that moment where the original's portfolio is."""
    book = history_of(session, COMMAND_LINE, number, at).shelved.original.portfolio_id
    return local_day(at, portfolio_of(session, book).timezone)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput(f"{text!r} is no day; write YYYY-MM-DD") from error
