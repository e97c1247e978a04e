"""The archive: originals that are late, lost, on loan or on their shelves, and the loan-out log of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field

from collector.casework import actions
from collector.casework.views import archive as views
from collector.casework.views import papers, within
from collector.casework.views.archive import MOST, ArchivePart, Shelved
from collector.foundation.clock import local_day
from collector.history.rules import ARCHIVE_MOVES, ArchiveLevel, ArchiveStep, Condition, DocumentKind, Handover
from collector.legal.casefile.words import words_in
from collector.portfolio.queries import portfolio_of
from collector.web.pages.shell import Form, frame_of, may_open, read, see, whose
from collector.web.session import CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Choice, Link, Page, Table, choices, num, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@dataclass(frozen=True)
class ArchivePage(Page):
    template: ClassVar[str] = "archive.html"
    tabs: Sequence[Link]
    listed: Table
    is_cut: bool
    most: int


@dataclass(frozen=True)
class OriginalPage(Page):
    template: ClassVar[str] = "original.html"
    original_id: int
    account_id: int
    key: str
    title: str
    facts: Sequence[tuple[str, str]]
    late: str
    steps: Table
    today: str
    may_lend: bool
    may_return: bool
    may_move: bool
    conditions: Sequence[Choice]
    endings: Sequence[Choice]


@router.get("/archive")
def archive_page(
    request: Request, desk: DeskParam, caller: CallerParam, part: Annotated[ArchivePart, Query()] = ArchivePart.on_loan
) -> Any:
    frame, now = frame_of(request, caller), desk.clock()
    with reading(desk) as session:
        found = views.archived(session, caller.actor, part, now)
    tabs = [Link(f"/archive?part={one}", frame.t.word(one), here=one is part) for one in ArchivePart]
    return render(ArchivePage(frame, tabs, shelf_table(found, frame.t), len(found) >= MOST, MOST))


def shelf_table(found: Sequence[Shelved], t: Words) -> Table:
    """Originals, each with where it is."""
    head: list[Cell | str] = [num(t("No.")), t("Account"), t("Level"), t("Kind of paper"), t("Title"), t("State")]
    head += [t("Where it lies"), t("Who has it"), t("Due back")]
    return table(
        head,
        [_shelved(one, t) for one in found],
        t("No original is here. Originals are put on their shelf from an account's page of papers."),
    )


def _shelved(one: Shelved, t: Words) -> Sequence[Cell | str]:
    row, last = one.original, one.last
    out = last.step not in (ArchiveStep.placed, ArchiveStep.returned)
    state = t.word(Condition.lost) if one.is_lost else t.word(last.step)
    return [
        num(str(row.id), href=f"/archive/{row.id}"),
        Cell(one.key, "", f"/accounts/{row.account_id}/papers"),
        t.word(row.level),
        words_in(t.language).of("document", row.kind),
        Cell(row.name, "wrap"),
        Cell(state, "late" if one.is_lost else ""),
        last.place,
        Cell(last.whom if out else "", "wrap"),
        Cell(_due(one, t), "late" if one.overdue else ""),
    ]


def _due(one: Shelved, t: Words) -> str:
    if one.last.due_on is None:
        return ""
    late = t("{days} days late", days=one.overdue)
    return f"{one.last.due_on.isoformat()} · {late}" if one.overdue else one.last.due_on.isoformat()


@router.get("/archive/{original_id}")
def original_page(original_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """One original: where it is, its loan-out log, and what may happen next."""
    now, frame = desk.clock(), frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        found = views.history_of(session, caller.actor, original_id, now)
        zone = portfolio_of(session, found.shelved.original.portfolio_id).timezone
    one, row = found.shelved, found.shelved.original
    moves = ARCHIVE_MOVES[one.last.step] if may_open(caller, "note_original") else frozenset()
    page = OriginalPage(
        frame=frame,
        original_id=original_id,
        account_id=row.account_id,
        key=one.key,
        title=row.name,
        facts=[
            (t("Level"), t.word(row.level)),
            (t("Kind of paper"), words_in(t.language).of("document", row.kind)),
            (t("State"), t.word(Condition.lost) if one.is_lost else t.word(one.last.step)),
            (t("Where it lies"), one.last.place),
        ],
        late=_due(one, t) if one.overdue else "",
        steps=_steps(found, t),
        today=local_day(now, zone).isoformat(),
        may_lend=ArchiveStep.lent in moves and not one.is_lost,
        may_return=ArchiveStep.returned in moves,
        may_move=ArchiveStep.placed in moves,
        conditions=choices(t, Condition),
        endings=[] if one.is_lost else choices(t, sorted(moves & {ArchiveStep.released, ArchiveStep.destroyed})),
    )
    return render(page)


def _steps(found: views.History, t: Words) -> Table:
    head: list[Cell | str] = [num(t("No.")), t("Day"), t("What happened"), t("Whom"), t("What for"), t("Due back")]
    head += [t("In what state"), t("Where it lies"), t("Recorded by")]
    rows: list[Sequence[Cell | str]] = [
        [
            num(str(one.number)),
            one.on.isoformat(),
            t.word(one.step),
            Cell(one.whom, "wrap"),
            Cell(one.why, "wrap"),
            one.due_on.isoformat() if one.due_on else "",
            t.word(one.condition) if one.condition else "",
            one.place,
            whose(one.actor, t),
        ]
        for one in found.steps
    ]
    return table(head, rows, "")


class HandoverForm(Form):
    step: ArchiveStep
    day: date
    place: str = Field(default="", max_length=120)
    whom: str = Field(default="", max_length=120)
    what_for: str = Field(default="", max_length=120)
    due_on: date | None = None
    condition: Condition | None = None


@router.post("/archive/{original_id}/step")
def note_original(original_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """It is lent, brought back, put elsewhere, given away or destroyed."""
    form = read(HandoverForm, fields)
    wanted = Handover(form.step, form.day, form.place, form.whom, form.what_for, form.due_on, form.condition)
    now = desk.clock()
    with writing(desk) as session:
        views.history_of(session, caller.actor, original_id, now)
        actions.move_original(session, desk.office, original_id, wanted, at=now, actor=caller.actor)
    return see(f"/archive/{original_id}", "original-noted")


class OriginalForm(Form):
    kind: DocumentKind
    day: date
    place: str = Field(max_length=120)
    title: str = Field(default="", max_length=120)
    level: ArchiveLevel | None = None
    document_id: int | None = Field(default=None, ge=1, le=2**62)


@router.post("/accounts/{account_id}/originals")
def archive_original(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """An original comes into the archive."""
    form = read(OriginalForm, fields)
    more: dict[str, Any] = {"document_id": form.document_id, "level": form.level}
    with writing(desk) as session:
        account, _ = within.account(session, caller.actor.scope, account_id)
        if form.document_id is not None:
            papers.paper(session, caller.actor, account, form.document_id)
        more |= {"kind": form.kind, "title": form.title, "place": form.place, "on": form.day}
        actions.archive_original(session, desk.office, account, at=desk.clock(), actor=caller.actor, **more)
    return see(f"/accounts/{account_id}/papers", "original-noted")
